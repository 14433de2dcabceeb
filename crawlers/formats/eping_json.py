"""Reads pages of ePing's public search: JSON `{"items": [...], "totalCount": ...}`, an item a member's notification."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Final

from crawlers.formats.date_fields import date_or_text, distribution_date
from crawlers.formats.html_text import plain
from crawlers.formats.identity import stand_in_id
from crawlers.formats.json_lines import open_bytes
from crawlers.formats.kinds import area_of, kind_of
from crawlers.formats.parties import cached_code, member_codes
from crawlers.formats.product_codes import hs_codes, ics_codes
from crawlers.formats.reporting import RowIssues
from crawlers.formats.text import clean_block, clean_line, find_addresses, split_list
from warehouse.errors import InputError
from warehouse.records import Issue, Notification, Observation, Severity
from warehouse.symbols import Symbol, split_symbols

ENVELOPES: Final = ("items", "notifications", "rows", "data", "results")
_FIELD_NAMES: Final = """
id area notificationType documentSymbol notifyingMember notifyingMemberCode distributionDate commentDeadlineDate
title description productsFreeText objectivesFreeText titlePlain descriptionPlain productsFreeTextPlain titleEnglish
hsCodes hsCodeText icsCodes icsCodeText objectives keywords spsKeywords countriesAffected allTradingPartners
isOpenForComments proposedAdoptionDate proposedAdoptionDateText proposedEntryIntoForceDate
proposedEntryIntoForceDateText relevantDocumentTitle notifiedDocumentLink linkToNotification dolLink
"""
FIELDS: Final = frozenset(_FIELD_NAMES.split())
PUBLIC_PAGE: Final = "https://epingalert.org/en/Search?viewData="
_LINK_LANGUAGE: Final = re.compile(r"DDFDocuments/([tuv])/", re.IGNORECASE)
_LANGUAGES: Final = {"t": "en", "u": "fr", "v": "es"}
_MAX_FILE: Final = 256 << 20  # a page of 100 items has about 0.5 MB


def read_search_file(path: Path) -> Iterator[Observation | Issue]:
    """Yield the notifications of a saved page, of a list of pages, or of a bare list of items.

    Raises `InputError`, on the first step, where the file is no such JSON.
    """
    with open_bytes(path) as source:
        raw = source.read(_MAX_FILE + 1)
    if len(raw) > _MAX_FILE:
        raise InputError(f"文件“{path.name}”过大，不像保存的检索结果页。", "请分页保存后逐个导入。")
    try:
        data = json.loads(raw.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise InputError(f"文件“{path.name}”不是有效的JSON（{error}）。", "请重新保存检索结果页后再导入。") from error
    unknown: set[str] = set()
    pages = data if isinstance(data, list) else [data]
    if data is pages and all(isinstance(page, dict) and _items(page) is None for page in pages):
        pages = [{"items": pages}]  # a bare list of items
    for page in pages:
        if not isinstance(page, dict):
            raise InputError(f"文件“{path.name}”中的页不是JSON对象。", "请重新保存检索结果页后再导入。")
        yield from read_search_page(page, file_name=path.name, unknown=unknown)


def read_search_page(
    data: Mapping[str, object], *, file_name: str = "", unknown: set[str] | None = None
) -> Iterator[Observation | Issue]:
    """Yield the notifications of one page. An issue's `row` is the item's place on the page, from 1.

    `source_key` is the item's id: a joint notification is several items with one list of symbols. Field names that this
    reader does not know are told once each; pass the same set as `unknown` to tell them once for several pages.
    Raises `InputError` where the page carries no list of items.
    """
    unknown = set() if unknown is None else unknown
    items = _items(data)
    if items is None:
        raise InputError(
            "检索结果页中没有通报列表（items）。",
            f"页内现有的键：{'、'.join(map(str, data)) or '无'}。请核对数据来源。",
        )
    for place, item in enumerate(items, start=1):
        issues = RowIssues(file_name, place)
        if isinstance(item, dict) and any(name in FIELDS for name in item):
            observation = _Item(item, issues).observation()
            issues.note_unknown(
                item,
                FIELDS,
                unknown,
                code="field-unknown",
                message="字段“{name}”不在已知字段之中，其内容只随原始记录保存（只提示一次）。",
                next_step="若为平台新增的字段，请通知系统维护人员。",
            )
            yield from issues.take()
            yield observation
        else:
            issues.add("item-unreadable", Severity.ERROR, f"第{place}条不是通报，未导入。", value=item)
            yield from issues.take()


def _items(data: Mapping[str, object]) -> Sequence[object] | None:
    found = next((data[name] for name in ENVELOPES if isinstance(data.get(name), list)), None)
    return found if isinstance(found, list) else None


class _Item:
    """One item of the list while it is taken apart."""

    __slots__ = ("_issues", "_item")

    def __init__(self, item: Mapping[str, object], issues: RowIssues) -> None:
        self._item = item
        self._issues = issues

    def observation(self) -> Observation:
        """The item as a record; what is odd goes to the issues."""
        issues, item = self._issues, self._item
        symbols = self._symbols()
        name = self._name("notifyingMember")
        names = (name,) if name else ()
        code = self._text("notifyingMemberCode")
        looked_up = (code,) if code and (not name or cached_code(name) is None) and cached_code(code) else names
        type_text = self._text("notificationType")
        kind, is_emergency = kind_of(type_text, symbols, issues, "notificationType")
        objectives = self._names("objectives") or split_list(plain(self._raw("objectivesFreeText")))
        deadline, deadline_text = date_or_text(self._text("commentDeadlineDate"), issues, "commentDeadlineDate")
        adoption, adoption_text = self._date("proposedAdoptionDate")
        entry, entry_text = self._date("proposedEntryIntoForceDate")
        notification = Notification(
            notification_id=issues.subject,
            symbols=tuple(symbol.text for symbol in symbols),
            area=self._text("area").upper() or area_of(symbols, type_text, *objectives),
            kind=kind,
            is_emergency=is_emergency,
            notification_type=type_text,
            member_names=names,
            member_codes=member_codes(looked_up, symbols, issues, "notifyingMember"),
            distribution_date=distribution_date(self._text("distributionDate"), issues, "distributionDate"),
            comment_deadline=deadline,
            comment_deadline_text=deadline_text,
            adoption_date=adoption,
            adoption_text=adoption_text,
            entry_into_force_date=entry,
            entry_into_force_text=entry_text,
            title=clean_line(self._plain("title")),
            description=self._plain("description"),
            products_text=self._plain("productsFreeText"),
            hs_codes=hs_codes(self._codes("hsCodes") or self._text("hsCodeText"), issues, "hsCodes"),
            ics_codes=ics_codes(self._codes("icsCodes") or self._text("icsCodeText"), issues, "icsCodes"),
            objectives=objectives,
            keywords=tuple(dict.fromkeys(self._names("keywords") + self._names("spsKeywords"))),
            affected_regions="; ".join(self._names("countriesAffected"))
            or ("All trading partners" if item.get("allTradingPartners") is True else ""),
            url=PUBLIC_PAGE + symbols[0].text if symbols else "",
            document_links=find_addresses(self._raw("notifiedDocumentLink")),
            notification_links=self._links(),
        )
        key = item.get("id")
        source_key = str(key) if key is not None else f"{','.join(notification.symbols) or issues.subject}|{name}"
        return Observation(source_key=source_key, payload=item, notification=notification, row=issues.row)

    def _symbols(self) -> tuple[Symbol, ...]:
        text = self._text("documentSymbol")
        symbols, leftovers = split_symbols(text)
        self._issues.subject = symbols[0].text if symbols else stand_in_id(self._item)
        if leftovers or not symbols:
            self._issues.add(
                "symbol-unread" if symbols else "symbol-missing",
                Severity.WARNING,
                f"“{' '.join(leftovers)}”不是通报号，已略去，原文已保留。"
                if symbols
                else f"没有可识别的通报号，已用临时编号{self._issues.subject}收录。",
                field="documentSymbol",
                value=text,
                next_step="请对照通报原文核实。",
            )
        return symbols

    def _raw(self, name: str) -> str:
        value = self._item.get(name)
        if value is None or isinstance(value, str):
            return value or ""
        if isinstance(value, int | float) and not isinstance(value, bool):
            return str(value)
        self._issues.note_type(name, value, "文字")
        return ""

    def _text(self, name: str) -> str:
        return clean_line(self._raw(name))

    def _plain(self, name: str) -> str:
        """The field without markup: its plain twin where the item has one."""
        return clean_block(self._raw(f"{name}Plain")) or plain(self._raw(name))

    def _name(self, name: str) -> str:
        value = self._item.get(name)
        return clean_line(str(value.get("name") or "")) if isinstance(value, dict) else self._text(name)

    def _names(self, name: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self._parts(name, "name")))

    def _codes(self, name: str) -> tuple[str, ...]:
        return tuple(self._parts(name, "code"))

    def _parts(self, name: str, part: str) -> list[str]:
        """One part of each member of a list of objects; members that are plain text count as they are."""
        values = self._item.get(name)
        if isinstance(values, str):
            return list(split_list(values))
        if values is None or not isinstance(values, list):
            return [self._raw(name)] if values is not None else []
        texts = (value.get(part) if isinstance(value, dict) else value for value in values)
        return [text for value in texts if value is not None and (text := clean_line(str(value)))]

    def _date(self, name: str) -> tuple[date | None, str]:
        found, text = date_or_text(self._text(name), self._issues, name)
        return found, text or ("" if found else self._text(f"{name}Text"))

    def _links(self) -> dict[str, str]:
        links: dict[str, str] = {}
        for address in find_addresses(self._raw("linkToNotification")):
            letter = _LINK_LANGUAGE.search(address)
            links.setdefault(_LANGUAGES[letter[1].lower()] if letter else "en", address)
        return links
