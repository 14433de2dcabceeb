"""Reads the interchange form: one JSON object a line, one notification an object, keys as in `KEYS`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

from crawlers.formats.date_fields import date_or_text, distribution_date
from crawlers.formats.identity import stand_in_id
from crawlers.formats.json_lines import Line, read_lines
from crawlers.formats.kinds import area_of, kind_of
from crawlers.formats.parties import member_codes
from crawlers.formats.product_codes import hs_codes, ics_codes
from crawlers.formats.reporting import RowIssues
from crawlers.formats.text import clean_block, clean_line
from warehouse.errors import InputError
from warehouse.records import Issue, Notification, Observation, Severity
from warehouse.symbols import Symbol, split_symbols

TEXT_KEYS: Final = (
    "id", "area", "distribution_date", "comment_deadline", "title", "description", "products_text",
    "notification_type", "lang", "url",
)  # fmt: skip
LIST_KEYS: Final = ("symbols", "members", "hs_codes", "ics_codes", "objectives", "keywords")
KEYS: Final = frozenset((*TEXT_KEYS, *LIST_KEYS))
_LANGUAGE: Final = re.compile(r"([a-z]{2})(?:[-_][a-z]+)?", re.IGNORECASE)
_PROGRESS_EVERY: Final = 500


def read_jsonl(
    path: Path, *, on_progress: Callable[[int, int | None], None] | None = None
) -> Iterator[Observation | Issue]:
    """Yield every line of an interchange file (.jsonl, gzipped or not) as an `Observation`, what is odd as an `Issue`.

    `notification_id` and `source_key` are the line's `id`; a line without one is kept under its first symbol or a hash.
    Where an id stands twice, the later line wins. `on_progress` gets lines read and lines in all. The file is read
    twice; of it only ids are kept in memory. Raises `InputError`, on the first step, where no line can be read.
    """
    last_lines, total = _survey(path)
    unknown: set[str] = set()
    for read, line in enumerate(read_lines(path), start=1):
        issues = RowIssues(path.name, line.number)
        observation = _observation(line, issues, unknown, last_lines)
        yield from issues.take()
        if observation is not None:
            yield observation
        if on_progress is not None and (read % _PROGRESS_EVERY == 0 or read == total):
            on_progress(read, total)


def _survey(path: Path) -> tuple[dict[str, int], int]:
    """The last line of each id, and the number of lines."""
    last_lines: dict[str, int] = {}
    total = readable = 0
    for line in read_lines(path):
        total += 1
        if line.content is not None:
            readable += 1
            if stated := _stated_id(line.content):
                last_lines[stated] = line.number
    if not readable:
        raise InputError(
            f"文件“{path.name}”中没有一行是JSON对象，不是交换格式（JSONL）。",
            "请确认文件为UTF-8编码、每行一条通报的JSONL。",
        )
    return last_lines, total


def _stated_id(content: Mapping[str, object]) -> str:
    stated = content.get("id")
    return clean_line(str(stated)) if isinstance(stated, str | int) and not isinstance(stated, bool) else ""


def _observation(line: Line, issues: RowIssues, unknown: set[str], last_lines: Mapping[str, int]) -> Observation | None:
    if line.content is None:
        issues.add(
            "json-line-unreadable",
            Severity.ERROR,
            f"第{line.number}行{line.fault}，该行未导入。",
            value=line.text,
            next_step="请改正该行后重新导入。",
        )
        return None
    content = line.content
    stated = _stated_id(content)
    last = last_lines.get(stated, line.number)
    if last != line.number:
        issues.subject = stated
        issues.add(
            "id-repeated",
            Severity.WARNING,
            f"编号“{stated}”在第{last}行再次出现，以后者为准，本行未导入。",
            field="id",
            value=stated,
            next_step="请核对来源文件，保留一条。",
        )
        return None
    symbols, as_given = _symbols(content, issues)
    issues.subject = stated or next(iter(as_given), "") or stand_in_id(content)
    if not stated:
        issues.add(
            "id-missing",
            Severity.WARNING,
            f"该行缺少编号（id），已用“{issues.subject}”收录。",
            field="id",
            value=content.get("id", ""),
            next_step="请为每条通报填写稳定不变的id。",
        )
    issues.note_unknown(
        content,
        KEYS,
        unknown,
        code="key-unknown",
        message="键“{name}”不属于交换格式，其内容只随原始记录保存（同一文件只提示一次）。",
        next_step="请核对键名的拼写。",
    )
    notification = _notification(content, issues, symbols, as_given)
    return Observation(
        source_key=notification.notification_id, payload=content, notification=notification, row=line.number
    )


def _notification(
    content: Mapping[str, object], issues: RowIssues, symbols: tuple[Symbol, ...], as_given: tuple[str, ...]
) -> Notification:
    type_text = _text(content, "notification_type", issues)
    kind, is_emergency = kind_of(type_text, symbols, issues, "notification_type")
    names = _list(content, "members", issues)
    objectives = _list(content, "objectives", issues)
    deadline, deadline_text = date_or_text(_text(content, "comment_deadline", issues), issues, "comment_deadline")
    published = _text(content, "distribution_date", issues)
    return Notification(
        notification_id=issues.subject,
        symbols=as_given,
        area=_area(content, issues) or area_of(symbols, type_text, *objectives),
        kind=kind,
        is_emergency=is_emergency,
        notification_type=type_text,
        member_names=names,
        member_codes=member_codes(names, symbols, issues, "members"),
        # Bulletins and excerpts often give no date: null is a right value of this form, not a fault.
        distribution_date=distribution_date(published, issues, "distribution_date", may_be_missing=True),
        comment_deadline=deadline,
        comment_deadline_text=deadline_text,
        title=_text(content, "title", issues),
        description=_text(content, "description", issues, block=True),
        products_text=_text(content, "products_text", issues, block=True),
        hs_codes=hs_codes(_list(content, "hs_codes", issues), issues, "hs_codes"),
        ics_codes=ics_codes(_list(content, "ics_codes", issues), issues, "ics_codes"),
        objectives=objectives,
        keywords=_list(content, "keywords", issues),
        lang=_language(content, issues),
        url=_url(content, issues),
    )


def _symbols(content: Mapping[str, object], issues: RowIssues) -> tuple[tuple[Symbol, ...], tuple[str, ...]]:
    """The symbols that could be read, and all of them as text: canonical, or as given where they could not be read."""
    parsed: dict[Symbol, None] = {}
    texts: dict[str, None] = {}
    for text in _list(content, "symbols", issues):
        symbols, leftovers = split_symbols(text)
        parsed.update(dict.fromkeys(symbols))
        texts.update(dict.fromkeys(symbol.text for symbol in symbols))
        if leftovers:
            kept = text if not symbols else " ".join(leftovers)
            texts[kept] = None
            issues.add(
                "symbol-unread",
                Severity.WARNING,
                f"“{kept}”不是可识别的通报号，已按原样保留。",
                field="symbols",
                value=kept,
                next_step="请对照通报原文核实。",
            )
    return tuple(parsed), tuple(texts)


def _area(content: Mapping[str, object], issues: RowIssues) -> str:
    text = _text(content, "area", issues).upper()
    if text in {"", "TBT", "SPS"}:
        return text
    issues.add("area-unknown", Severity.WARNING, f"领域“{text}”不是TBT或SPS，已略去。", field="area", value=text)
    return ""


def _language(content: Mapping[str, object], issues: RowIssues) -> str:
    text = _text(content, "lang", issues)
    found = _LANGUAGE.fullmatch(text)
    if found is None and text:
        issues.add(
            "lang-unknown", Severity.WARNING, f"语言代码“{text}”不是两位字母代码，已略去。", field="lang", value=text
        )
    return found[1].lower() if found else ""


def _url(content: Mapping[str, object], issues: RowIssues) -> str:
    text = _text(content, "url", issues)
    if not text or text.lower().startswith(("http://", "https://")):
        return text
    issues.add("url-unreadable", Severity.INFO, "来源网址不是网址，已留空，原文已保留。", field="url", value=text)
    return ""


def _text(content: Mapping[str, object], key: str, issues: RowIssues, *, block: bool = False) -> str:
    value = content.get(key)
    if value is None:
        return ""
    if isinstance(value, str):
        return clean_block(value) if block else clean_line(value)
    return _wrong_type(value, key, "文字", issues)


def _list(content: Mapping[str, object], key: str, issues: RowIssues) -> tuple[str, ...]:
    value = content.get(key)
    if value is None:
        return ()
    if not isinstance(value, list):
        kept = _wrong_type(value, key, "列表", issues)
        return (kept,) if kept else ()
    texts = (clean_line(v) if isinstance(v, str) else _wrong_type(v, key, "文字组成的列表", issues) for v in value)
    return tuple(dict.fromkeys(text for text in texts if text))


def _wrong_type(value: object, key: str, expected: str, issues: RowIssues) -> str:
    """A number or a lone text is still readable; anything else is left to the payload."""
    kept = isinstance(value, str | int | float) and not isinstance(value, bool)
    issues.add(
        "type-wrong",
        Severity.WARNING if kept else Severity.ERROR,
        f"“{key}”应为{expected}，" + ("已按文字读取。" if kept else "该值未采用，原文已保留。"),
        field=key,
        value=value,
        next_step="请按交换格式改正后重新导入。",
    )
    return clean_line(str(value)) if kept else ""
