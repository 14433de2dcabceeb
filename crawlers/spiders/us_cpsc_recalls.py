"""US Consumer Product Safety Commission: recalls of consumer goods, with where the goods were made."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Final

from crawlers.engine.card import SourceCard
from crawlers.engine.exchange import AskAgain, Fetch, Fetched, Found, SchemaChanged, Window
from crawlers.engine.findings import outside_window
from crawlers.formats.date_fields import distribution_date
from crawlers.formats.html_text import plain
from crawlers.formats.reporting import RowIssues
from crawlers.formats.text import clean_line
from warehouse.members import members
from warehouse.records import Channel, Issue, Notification, Observation, Severity

PREFIX: Final = "CPSC-"
MOST_DAYS: Final = 180  # one query for more than a year is known to fail
_FIELD_NAMES: Final = """
RecallID RecallNumber RecallDate Description URL Title ConsumerContact LastPublishDate SoldAtLabel Products
Inconjunctions Images Injuries Manufacturers Retailers Importers Distributors ManufacturerCountries ProductUPCs
Hazards Remedies RemedyOptions
"""
FIELDS: Final = frozenset(_FIELD_NAMES.split())
_FIRMS: Final = {"Manufacturers": "manufacturer", "Importers": "importer", "Distributors": "distributor"}
_LONGEST_OPTION: Final = 40  # characters; the field sometimes carries the whole remedy instead of its kind


class Spider:
    """Asks for days of announcement. The service has no pages: an answer is complete, or it is an error."""

    def __init__(self, card: SourceCard, key: str = "") -> None:
        self._card = card
        self._unknown: set[str] = set()  # field names told already
        self._outside_told = False

    def start(self, window: Window) -> Iterator[Fetch]:
        """Yield one query for each half year of the window."""
        since = window.since
        while since <= window.until:
            until = min(since + timedelta(days=MOST_DAYS - 1), window.until)
            yield Fetch(
                path="RestWebServices/Recall",
                query=(
                    ("format", "json"),
                    ("RecallDateStart", since.isoformat()),
                    ("RecallDateEnd", until.isoformat()),
                ),
            )
            since = until + timedelta(days=1)

    def parse(self, fetched: Fetched, window: Window) -> Iterator[Found]:
        """Yield the recalls that lie in the window."""
        for place, item in enumerate(_recalls(fetched.body), start=1):
            issues = RowIssues(self._card.name, place)
            if not isinstance(item, dict) or not _identity(item):
                issues.add(
                    "item-unreadable",
                    Severity.ERROR,
                    f"第{place}条没有召回编号，未收录。",
                    value=item,
                    next_step="若来源改了数据结构，请通知系统维护人员。",
                )
                yield from issues.take()
                continue
            record = _Recall(item, issues).observation()
            day = record.notification.distribution_date
            if day is not None and day not in window:
                yield from self._outside()
                continue
            issues.note_unknown(
                item,
                FIELDS,
                self._unknown,
                code="field-unknown",
                message="字段“{name}”不在已知字段之中，其内容只随原始记录保存（只提示一次）。",
                next_step="若为来源新增的字段，请通知系统维护人员。",
            )
            yield from issues.take()
            yield record

    def _outside(self) -> Iterator[Issue]:
        if not self._outside_told:
            self._outside_told = True
            yield outside_window(self._card.name)


class _Recall:
    """One recall while it is taken apart."""

    __slots__ = ("_issues", "_item", "_lists")

    def __init__(self, item: Mapping[str, object], issues: RowIssues) -> None:
        self._item = item
        self._issues = issues
        self._lists: dict[str, list[Mapping[str, object]]] = {}  # each is read for several fields, and judged once

    def observation(self) -> Observation:
        """The recall as a record; what is odd goes to the issues."""
        item, issues = self._item, self._issues
        issues.subject = PREFIX + _identity(item)
        country = members()["USA"]
        notification = Notification(
            notification_id=issues.subject,
            channel=Channel.RECALL,
            notification_type="Recall",
            member_names=(country.name_en,),
            member_codes=(country.code,),
            distribution_date=distribution_date(self._line("RecallDate"), issues, "RecallDate"),
            title=clean_line(self._block("Title")),
            description=self._description(),
            products_text="; ".join(self._products()),
            objectives=_unique(*self._parts("Hazards", "HazardType"), *self._parts("Hazards", "Name")),
            keywords=self._keywords(),
            lang="en",
            url=self._line("URL"),
            document_links=_unique(*self._parts("Inconjunctions", "URL")),  # the same recall in another country
        )
        recall_id = item.get("RecallID")  # stays when the number or the text is amended
        key = str(recall_id) if isinstance(recall_id, int) and recall_id else issues.subject
        return Observation(source_key=key, payload=item, notification=notification, row=issues.row)

    def _description(self) -> str:
        labelled = (
            ("Units", self._parts("Products", "NumberOfUnits")),
            ("Injuries", self._parts("Injuries", "Name")),
            ("Remedy", self._parts("Remedies", "Name")),
        )
        lines = [f"{label}: {'; '.join(parts)}" for label, parts in labelled if parts]
        return "\n".join(filter(None, (self._block("Description"), *lines)))

    def _products(self) -> Iterator[str]:
        for product in self._members("Products"):
            words = [_clean(product.get(name)) for name in ("Name", "Type", "Model", "Description")]
            yield ", ".join(_unique(*words))

    def _keywords(self) -> tuple[str, ...]:
        """Where the goods were made, what becomes of them, who made and brought them, their bar codes."""
        words = [f"manufactured in {country}" for country in self._parts("ManufacturerCountries", "Country")]
        words += [word for word in self._parts("RemedyOptions", "Option") if len(word) <= _LONGEST_OPTION]
        words += [f"{role}: {firm}" for name, role in _FIRMS.items() for firm in self._parts(name, "Name")]
        words += [f"UPC {code}" for code in self._parts("ProductUPCs", "UPC")]
        return _unique(*words)

    def _text(self, name: str) -> str:
        value = self._item.get(name)
        if value is None or isinstance(value, str):
            return value or ""
        self._issues.note_type(name, value, "文字")
        return ""

    def _line(self, name: str) -> str:
        return clean_line(self._text(name))

    def _block(self, name: str) -> str:
        return plain(self._text(name))

    def _members(self, name: str) -> list[Mapping[str, object]]:
        if name not in self._lists:
            value = self._item.get(name)
            is_list = isinstance(value, list) and all(isinstance(member, dict) for member in value)
            self._lists[name] = value if is_list and isinstance(value, list) else []
            if value is not None and not is_list:
                self._issues.note_type(name, value, "对象列表")
        return self._lists[name]

    def _parts(self, name: str, part: str) -> list[str]:
        return [text for member in self._members(name) if (text := _clean(member.get(part)))]


def _recalls(body: bytes) -> list[object]:
    """The list of recalls. An error of the service comes with status 200, as one recall with the id 0."""
    try:
        data = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise SchemaChanged(f"应答不是有效的 JSON（{error}）") from error
    if not isinstance(data, list):
        raise SchemaChanged("应答不是召回列表")
    for item in data:
        if isinstance(item, dict) and not _identity(item) and _clean(item.get("Title")).startswith("Error"):
            raise AskAgain(f"来源称取数出错（{_clean(item['Title'])}）")
    return data


def _identity(item: Mapping[str, object]) -> str:
    """The recall's number, or its id, marked as such: both count in five digits; "" where it has neither."""
    number, recall_id = item.get("RecallNumber"), item.get("RecallID")
    if isinstance(number, str) and number.strip():
        return "".join(number.split())
    return f"ID-{recall_id}" if isinstance(recall_id, int) and recall_id > 0 else ""


def _clean(value: object) -> str:
    """A text inside a list on one line, without markup; "" for what is none."""
    return clean_line(plain(value)) if isinstance(value, str) else ""


def _unique(*words: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, words)))
