"""Reads the pages of Japan's recall site (www.recall.caa.go.jp): the list of recalls and the page of one recall.

A row of the list: category, picture, title with link, 掲載日 (day of publication), 対応開始日. Titles read
`架空商会「架空の加湿器」 - 回収`: firm, goods, action. On the page of a recall a caption (`detail_cap`) stands before
its text (`detail_text`), or before a script that holds the text as the JSON of the Quill editor within a string.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final
from urllib.parse import parse_qs, urlsplit

from bs4 import BeautifulSoup, Tag

from crawlers.formats.dates import from_text
from crawlers.formats.text import clean_line

_RANGE: Final = re.compile(r"(\d+)\s*件中\s*(\d+)\s*[-－～]\s*(\d+)\s*件")  # "320件中　1-15件を表示中"
_QUILL: Final = re.compile(r"contentsText\s*=\s*'((?:[^'\\]|\\.)+)'")
_NUMBER: Final = re.compile(r"\d{1,20}")
_GOODS: Final = re.compile(r"「(.+)」")


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallRow:
    """One row of the list, texts as given; `number` is "" where the row has no link to a recall."""

    number: str
    title: str
    category: str
    posted: str
    started: str

    @property
    def posted_date(self) -> date | None:
        """The day of publication (掲載日)."""
        return from_text(self.posted)

    @property
    def goods(self) -> str:
        """What stands in the title's brackets."""
        found = _GOODS.search(self.title)
        return found[1] if found else ""

    @property
    def action(self) -> str:
        """What is done, after the title's last dash: 回収, 交換, 返金."""
        return self.title.rpartition(" - ")[2] if " - " in self.title else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallList:
    """A page of the list: `first` to `last` of `total` recalls."""

    total: int
    first: int
    last: int
    rows: tuple[RecallRow, ...]


def read_list(body: bytes) -> RecallList | None:
    """Return a page of the list; None where it has no table or does not say which recalls it shows."""
    soup = BeautifulSoup(body, "lxml")
    shown = _RANGE.search(clean_line(soup.get_text(" ")))
    table = soup.select_one("div.search_result_main tbody")
    if shown is None or table is None:
        return None
    total, first, last = (int(number) for number in shown.groups())
    return RecallList(total=total, first=first, last=last, rows=tuple(_row(row) for row in table.find_all("tr")))


def read_recall(body: bytes) -> tuple[Mapping[str, str], tuple[str, ...]] | None:
    """Return the texts of a recall's page by caption, and the captions whose text could not be read.

    "件名" stands for the title and "原因" for the line below it. None where the page has no title.
    """
    soup = BeautifulSoup(body, "lxml")
    heading = soup.select_one("div.detail_title h3")
    if heading is None:
        return None
    texts = {"件名": clean_line(heading.get_text())}
    below = soup.select_one("div.detail_title p")
    if below is not None and (line := clean_line(below.get_text())):
        texts["原因"] = line
    unread = []
    for caption, text in _captioned(soup):
        if text is None:
            unread.append(caption)
        elif text and caption not in texts:
            texts[caption] = text
    return texts, tuple(unread)


def _row(row: Tag) -> RecallRow:
    link = row.select_one("a[href*='detail.php']")
    found = parse_qs(urlsplit(str(link["href"])).query).get("rcl", [""])[0] if link else ""
    return RecallRow(
        number=found if _NUMBER.fullmatch(found) else "",
        title=clean_line(link.get_text()) if link else "",
        category=_text(row, "span.result_list_category"),
        posted=_text(row, "span.result_list_post_date"),
        started=_text(row, "span.result_list_start_date"),
    )


def _text(element: Tag, selector: str) -> str:
    found = element.select_one(selector)
    return clean_line(found.get_text()) if found else ""


def _captioned(soup: BeautifulSoup) -> Iterator[tuple[str, str | None]]:
    for entry in soup.find_all("li"):
        caption = _text(entry, "span.detail_cap")
        if not caption:
            continue
        script = entry.find("script")
        shown = _text(entry, "span.detail_text")
        yield caption, _quill(script.get_text()) if script is not None and not shown else shown


def _quill(script: str) -> str | None:
    """The text of a Quill delta, `{"ops": [{"insert": "text"}]}`, that a script assigns as a string; None if broken."""
    text = ""
    for literal in _QUILL.findall(script):
        try:
            delta = json.loads(json.loads(f'"{literal.replace(chr(92) + chr(39), chr(39))}"'))
            text += "".join(op["insert"] for op in delta["ops"] if isinstance(op.get("insert"), str))
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            return None
    return "\n".join(line for part in text.splitlines() if (line := clean_line(part)))
