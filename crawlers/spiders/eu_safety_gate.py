"""EU Safety Gate: the weekly reports on dangerous non-food products whose day of publication lies in the window.

The list of reports names the address of each; a report is one XML file of alerts without dates of their own. Quirks
that public readers of the files report: the address may end in a comma or hold line ends, `danger` may begin with the
word "null", "Unknown" stands for an empty field, markup (even cut off) stands in texts, `xsi:nil` marks what is empty.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from lxml import etree

from crawlers.engine.card import SourceCard
from crawlers.engine.exchange import AskAgain, Fetch, Fetched, Found, SchemaChanged, Window
from crawlers.formats.dates import from_text
from crawlers.formats.html_text import plain
from crawlers.formats.reporting import RowIssues
from crawlers.formats.text import clean_block, clean_line, find_addresses
from warehouse.members import member_code, member_en
from warehouse.records import Channel, Issue, Notification, Observation, Severity

LIST: Final = "safety-gate-alerts/api/download/weeklyReport/list/xml/en"
REPORT: Final = "safety-gate-alerts/api/download/weeklyReport/detail/xml/"
ACCEPT: Final = "application/xml"
_NAMES: Final = """
order caseNumber reference category product brand name type_numberOfModel batchNumber barcode companyRecallCode
productionDates riskType danger measures URLrecall description notifyingCountry countryOfOrigin type level pictures
onlineTrader
"""
FIELDS: Final = frozenset(_NAMES.split())
_NIL: Final = "{http://www.w3.org/2001/XMLSchema-instance}nil"
_LEADING_NULL: Final = re.compile(r"null\b\s*")
_EMPTY: Final = frozenset({"", "unknown", "null"})
_PRODUCT_PARTS: Final = (
    ("name", "name"),
    ("brand", "brand"),
    ("model", "type_numberOfModel"),
    ("batch", "batchNumber"),
    ("barcode", "barcode"),
    ("company recall code", "companyRecallCode"),
    ("production dates", "productionDates"),
)


class Spider:
    """Reads the list, then each report of the window."""

    def __init__(self, card: SourceCard, key: str = "") -> None:
        self._card = card
        self._published: dict[str, date] = {}  # path of a report -> its day, as the list states it
        self._contents: dict[frozenset[str], str] = {}  # alert numbers of a report -> its path
        self._unknown: set[str] = set()

    def start(self, window: Window) -> Iterator[Fetch]:
        """Yield the list of all reports."""
        yield Fetch(path=LIST, purpose="list", accept=ACCEPT)

    def parse(self, fetched: Fetched, window: Window) -> Iterator[Found]:
        """Yield the reports of the window (from the list), or the alerts of one report."""
        root = _root(fetched.body)
        if fetched.fetch.purpose == "list":
            yield from self._list(root, window)
        else:
            yield from self._report(root, fetched.fetch, window)

    def _list(self, root: etree._Element, window: Window) -> Iterator[Found]:
        entries = root.findall("weeklyReport")
        if not entries:
            raise SchemaChanged("周报目录中没有 weeklyReport")
        for place, entry in enumerate(entries, start=1):
            day = from_text(_text(entry, "publicationDate"))
            wish = self._wish(_text(entry, "URL"), _text(entry, "reference"))
            if day is None or (wish is None and day in window):
                yield self._unreadable(place, f"周报目录第{place}条没有可用的日期或地址，该期未取。", entry)
            elif wish is not None and day in window:
                self._published[wish.path] = day
                yield wish

    def _wish(self, address: str, reference: str) -> Fetch | None:
        """The address as the list gives it: the server wants its query whole."""
        parts = urlsplit("".join(address.split()).rstrip(","))
        path = parts.path.lstrip("/")
        if parts.netloc not in {"", self._card.host} or not path.startswith(REPORT):
            return None
        query = tuple(parse_qsl(parts.query.rstrip(",")))
        return Fetch(path=path, query=query, purpose="report", subject=reference, accept=ACCEPT)

    def _report(self, root: etree._Element, fetch: Fetch, window: Window) -> Iterator[Found]:
        name = fetch.subject or fetch.path.rpartition("/")[2]
        stated = from_text(_text(root, "report_date"))
        day = self._published.get(fetch.path, stated)
        if day is None:
            raise SchemaChanged(f"周报 {name} 没有可识别的日期（report_date）")
        if day not in window:
            return
        alerts = root.findall("notifications")
        if any(len(alert.findall("caseNumber")) > 1 for alert in alerts):
            raise SchemaChanged(f"周报 {name} 的一个 notifications 中有多条预警")
        self._doubt(alerts, fetch.path, name)
        if not alerts:
            yield Issue(
                code="crawl-incomplete",
                severity=Severity.ERROR,
                message=f"来源 {self._card.name} 的周报 {name} 中没有一条预警。",
                next_step="请到来源网站核对该期周报，确有预警的重新运行同一时段。",
                subject=self._card.name,
            )
        for place, alert in enumerate(alerts, start=1):
            yield from self._alert(alert, place, day)

    def _doubt(self, alerts: list[etree._Element], path: str, name: str) -> None:
        numbers = frozenset(_text(alert, "caseNumber") for alert in alerts)
        if numbers and self._contents.get(numbers, path) != path:
            raise AskAgain(f"周报 {name} 与 {self._contents[numbers]} 的预警完全相同，地址可能不起作用")
        self._contents[numbers] = path

    def _alert(self, alert: etree._Element, place: int, day: date) -> Iterator[Found]:
        payload = _payload(alert)
        number = _value(alert, "caseNumber")
        if not number:
            yield self._unreadable(place, f"第{place}条没有预警号（caseNumber），未导入。", alert)
            return
        issues = RowIssues(self._card.name, place, f"SG-{number}")
        issues.note_unknown(
            payload,
            FIELDS,
            self._unknown,
            code="field-unknown",
            message="字段“{name}”不在已知字段之中，其内容只随原始记录保存（只提示一次）。",
            next_step="若为平台新增的字段，请通知系统维护人员。",
        )
        yield from issues.take()
        yield Observation(source_key=number, payload=payload, notification=_notification(alert, number, day), row=place)

    def _unreadable(self, place: int, message: str, element: etree._Element) -> Issue:
        issues = RowIssues(self._card.name, place, self._card.name)
        issues.add(
            "item-unreadable",
            Severity.ERROR,
            message,
            value=" ".join("".join(map(str, element.itertext())).split()),
            next_step="请到来源网站核对该条；反复出现的，请通知系统维护人员。",
        )
        return issues.take()[0]


def _notification(alert: etree._Element, number: str, day: date) -> Notification:
    def value(tag: str) -> str:
        return _value(alert, tag)

    product, brand, name, category = (value(tag) for tag in ("product", "brand", "name", "category"))
    country, origin, level = (value(tag) for tag in ("notifyingCountry", "countryOfOrigin", "level"))
    details = [f"{label}: {found}" for label, tag in _PRODUCT_PARTS if (found := value(tag))]
    paragraphs = (
        ("", _long(alert, "description")),
        ("Risk: ", _long(alert, "danger")),
        ("Measures: ", _long(alert, "measures")),
        ("Online trader: ", value("onlineTrader")),
        ("Notifying country: ", country),
        ("Country of origin: ", origin),
    )
    hints = (
        category,
        level,
        f"notified by {_known_name(country)}" if country else "",
        f"made in {_known_name(origin)}" if origin else "",
    )
    return Notification(
        notification_id=f"SG-{number}",
        channel=Channel.RECALL,
        notification_type=level,
        member_names=("European Union",),
        member_codes=("EU",),
        distribution_date=day,
        title=" – ".join(dict.fromkeys(filter(None, (product, brand, name)))) or number,
        description="\n".join(label + text for label, text in paragraphs if text),
        products_text="; ".join(filter(None, (product, category, *details))),
        objectives=tuple(dict.fromkeys(risk for part in value("riskType").split(",") if (risk := part.strip()))),
        keywords=tuple(dict.fromkeys(filter(None, hints))),
        lang="en",
        url=next(iter(find_addresses(_text(alert, "reference"))), ""),
        document_links=find_addresses(_text(alert, "URLrecall")),
    )


def _known_name(country: str) -> str:
    """The WTO's name of a country, so that all sources say "made in China"; the name as given where it is unknown."""
    code = member_code(country)
    return member_en(code) if code else country


def _root(body: bytes) -> etree._Element:
    """The root `Safety-Gate`, read without entities, network or document types."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        raise AskAgain(f"应答不是完整有效的 XML（{error}）") from error  # cut off in a way that HTTP does not show
    if root.getroottree().docinfo.doctype:
        raise SchemaChanged("应答带有文档类型声明（DOCTYPE），周报不应有")
    if etree.QName(root).localname != "Safety-Gate":
        raise SchemaChanged(f"应答的根元素是 {etree.QName(root).localname}，不是 Safety-Gate")
    for element in root.iter(etree.Element):
        element.tag = etree.QName(element).localname  # the namespace, if any, says nothing
    return root


def _payload(alert: etree._Element) -> Mapping[str, object]:
    """Name -> text of each element; of `pictures` the list of addresses."""
    payload: dict[str, object] = {}
    for element in alert.iterchildren(etree.Element):
        pictures = [picture.text or "" for picture in element.iterchildren(etree.Element)]
        payload[str(element.tag)] = pictures or "".join(map(str, element.itertext()))
    return payload


def _text(parent: etree._Element, tag: str) -> str:
    element = parent.find(tag)
    if element is None or element.get(_NIL) == "true":
        return ""
    return clean_line("".join(map(str, element.itertext())))


def _value(alert: etree._Element, tag: str) -> str:
    """A short field without markup; empty where the source says that it is unknown."""
    text = clean_line(plain(_text(alert, tag)))
    return "" if text.casefold() in _EMPTY else text


def _long(alert: etree._Element, tag: str) -> str:
    """A text with its paragraphs."""
    element = alert.find(tag)
    if element is None or element.get(_NIL) == "true":
        return ""
    text = clean_block(plain(_LEADING_NULL.sub("", "".join(map(str, element.itertext())).strip(), count=1)))
    return "" if text.casefold() in _EMPTY else text
