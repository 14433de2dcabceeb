"""How measures are named, dated and shortened on pages, in the data and in feeds alike."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from reports.editing.personal import without_personal
from reports.mail.clean import one_line, shorten
from reports.site.facts import SiteMeasure
from reports.stated_dates import stated_zh

LONGEST_TITLE = 300  # characters
LONGEST_TEXT = 3000
_LONGEST_SLUG = 80
URGENT, SOON = 7, 30  # days
# as the warehouse blots out addresses in what is published (macro without_addresses)
_ADDRESS = re.compile(r"[^\s<>\"'，。；、：（）]+[@＠][^\s<>\"'，。；、：（）]*")
# no XML document may hold these, however they are written
_NO_CHARACTERS = re.compile("[\ufffe\uffff]")
_RTL = frozenset({"ar", "fa", "he", "ur"})


@dataclass(frozen=True, slots=True, kw_only=True)
class DaysLeft:
    """How near a deadline is: the words, and a state that the style knows."""

    text: str
    state: str  # passed, urgent, soon or open


def slugs(keys: Iterable[str]) -> dict[str, str]:
    """Names of pages by key: lower-case ASCII letters, digits and hyphens, each once, the same on every run.

    `G/TBT/N/USA/874` gives `g-tbt-n-usa-874`; keys that would share a name, or have none, get a hash at the end.
    """
    plain = {key: re.sub(r"[^a-z0-9]+", "-", key.lower()).strip("-")[:_LONGEST_SLUG] for key in keys}
    shared = Counter(plain.values())
    return {
        key: name if shared[name] == 1 and "-" in name else f"{name or 'm'}-{_hash(key)}" for key, name in plain.items()
    }


def days_left(deadline: date, today: date) -> DaysLeft:
    """剩余12天, 今天截止 or 已截止."""
    left = (deadline - today).days
    if left < 0:
        return DaysLeft(text="已截止", state="passed")
    state = "urgent" if left <= URGENT else "soon" if left <= SOON else "open"
    return DaysLeft(text=f"剩余{left}天" if left else "今天截止", state=state)


def public_title(text: str) -> str:
    """A title as one line without control characters and addresses, at most `LONGEST_TITLE` characters."""
    return _public(text, LONGEST_TITLE)


def public_text(text: str) -> str:
    """A longer text, as `public_title`."""
    return _public(text, LONGEST_TEXT)


def public_date(words: str) -> str:
    """A date that is stated in words, a known phrase in Chinese."""
    return stated_zh(public_title(words))


def name_of(measure: SiteMeasure) -> str:
    """The title that a measure goes by: the Chinese one, else the original one, else its symbol."""
    return public_title(measure.title_zh) or public_title(measure.title) or one_line(measure.key)


def direction(lang: str) -> str:
    """Value of `dir` for a text in `lang`."""
    return "rtl" if lang[:2] in _RTL else "ltr" if lang else "auto"


def _public(text: str, limit: int) -> str:
    return shorten(without_personal(_ADDRESS.sub("（邮箱略）", _NO_CHARACTERS.sub("", one_line(text)))), limit)


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()[:8]
