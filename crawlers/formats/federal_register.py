"""Reads documents of the US Federal Register as its API v1 gives them, and says which of them are about goods.

The fields are those of the API's published description (`/api/v1/documentation.json`, schema `DocumentField`).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from crawlers.formats.date_fields import date_or_text, distribution_date
from crawlers.formats.html_text import plain
from crawlers.formats.reporting import RowIssues
from crawlers.formats.text import clean_line
from warehouse.members import members
from warehouse.records import Channel, Notification, Observation

PREFIX: Final = "FR-"
KINDS: Final = {"Rule": "RULE", "Proposed Rule": "PRORULE"}  # as shown -> as asked for
CORRECTION: Final = "Correction"  # a type that is shown but cannot be asked for
_FIELD_NAMES: Final = """
document_number title abstract action dates type publication_date effective_on comments_close_on agencies
cfr_references docket_ids regulation_id_numbers topics significant correction_of html_url pdf_url
"""
FIELDS: Final = tuple(_FIELD_NAMES.split())  # asked for, so no others are known
_CITED: Final = re.compile(r"(\d{1,2})(?: CFR (\d+)(?:-(\d+))?)?")
_DOCUMENT: Final = re.compile(r"/documents/([^/?#]+?)(?:\.json)?(?:[?#].*)?$")


@dataclass(frozen=True, slots=True)
class CfrParts:
    """A run of parts of one title of the Code of Federal Regulations, both ends included."""

    title: int
    first: int = 0
    last: int = 1_000_000

    @classmethod
    def of(cls, text: str) -> CfrParts:
        """Read "21", "47 CFR 15" or "40 CFR 700-799"; ValueError for anything else."""
        found = _CITED.fullmatch(text)
        if found is None:
            raise ValueError(f"no title or parts of the CFR: {text!r}")
        if found[2] is None:
            return cls(int(found[1]))
        return cls(int(found[1]), int(found[2]), int(found[3] or found[2]))

    def hold(self, title: int, part: int | None) -> bool:
        """True where a reference lies in here; one to a title as a whole lies in each of its parts."""
        return title == self.title and (part is None or self.first <= part <= self.last)


@dataclass(frozen=True, slots=True)
class Scope:
    """The agencies asked for, by slug, and the parts of the CFR for which each is."""

    agencies: Mapping[str, tuple[CfrParts, ...]]

    def is_asked(self, item: Mapping[str, object]) -> bool:
        """True for a rule or proposed rule, or its correction, of an agency asked for or perhaps of a part of one."""
        is_theirs = any(agency.get("slug") in self.agencies or agency.get("parent_id") for agency in _agencies(item))
        return item.get("type") in {*KINDS, CORRECTION} and is_theirs

    def covers(self, item: Mapping[str, object]) -> bool:
        """True where it affects a listed part of an agency asked for, or is of such an agency and states no part."""
        parts = [part for slug in _slugs(item) for part in self.agencies.get(slug, ())]
        references = list(_references(item))
        return bool(parts) and (not references or any(part.hold(*stated) for part in parts for stated in references))


@cache
def scope() -> Scope:
    """`federal_register.toml` as it stands."""
    text = files("crawlers.formats").joinpath("federal_register.toml").read_text(encoding="utf-8")
    listed: Mapping[str, list[str]] = tomllib.loads(text)["agencies"]
    return Scope({slug: tuple(map(CfrParts.of, parts)) for slug, parts in listed.items()})


def document_number(item: Mapping[str, object]) -> str:
    """The number as printed ("2025-09947", "C1-2025-09947"), or "" where the document states none."""
    number = item.get("document_number")
    text = number.strip() if isinstance(number, str) else ""
    return text if text and not any(map(str.isspace, text)) else ""


def read_document(item: Mapping[str, object], issues: RowIssues) -> Observation:
    """Return one document that has a number as a record; what is odd goes to the issues."""
    number = document_number(item)
    issues.subject = PREFIX + number
    country = members()["USA"]
    dates = _block(item, "dates", issues)
    kind = _line(item, "type", issues)
    deadline, deadline_text = date_or_text(_line(item, "comments_close_on", issues), issues, "comments_close_on")
    entry, entry_text = date_or_text(_line(item, "effective_on", issues), issues, "effective_on")
    is_proposed = kind == "Proposed Rule"
    notification = Notification(
        notification_id=issues.subject,
        channel=Channel.LEGISLATION,
        notification_type=kind,
        member_names=(country.name_en,),
        member_codes=(country.code,),
        distribution_date=distribution_date(_line(item, "publication_date", issues), issues, "publication_date"),
        comment_deadline=deadline,
        # The paragraph DATES says what the fields cannot: "90 days after ...", several dates, an extension
        comment_deadline_text=deadline_text or (dates if is_proposed and deadline is None else ""),
        entry_into_force_date=entry,
        entry_into_force_text=entry_text or (dates if not is_proposed and entry is None else ""),
        title=clean_line(_block(item, "title", issues)),
        description=_description(item, issues),
        keywords=_keywords(item, issues),
        lang="en",
        url=_line(item, "html_url", issues),
        document_links=tuple(filter(None, (_line(item, "pdf_url", issues),))),
    )
    return Observation(source_key=number, payload=item, notification=notification, row=issues.row)


def _description(item: Mapping[str, object], issues: RowIssues) -> str:
    action = clean_line(_block(item, "action", issues))  # alone says that a rule is withdrawn or a period reopened
    lines = (_block(item, "abstract", issues), f"Action: {action}" if action else "")
    return "\n".join(filter(None, lines))


def _keywords(item: Mapping[str, object], issues: RowIssues) -> tuple[str, ...]:
    """What the document affects and is filed under: parts of the CFR, indexing terms, dockets, RINs, agencies."""
    corrected = _DOCUMENT.search(_line(item, "correction_of", issues))
    words = [f"{title} CFR {part}" if part is not None else f"{title} CFR" for title, part in _references(item)]
    words += _words(item, "topics", issues)
    words += _words(item, "docket_ids", issues)
    words += [f"RIN {number}" for number in _words(item, "regulation_id_numbers", issues)]
    words += [clean_line(str(agency.get("name") or agency.get("raw_name") or "")) for agency in _agencies(item)]
    words += [f"correction of {PREFIX}{corrected[1]}"] if corrected else []
    return tuple(dict.fromkeys(filter(None, words)))


def _references(item: Mapping[str, object]) -> Iterator[tuple[int, int | None]]:
    """Title and part of each CFR reference; numbers may come as text, a part may be missing."""
    references = item.get("cfr_references")
    for reference in references if isinstance(references, list) else ():
        if isinstance(reference, dict) and (title := _number(reference.get("title"))) is not None:
            yield title, _number(reference.get("part"))


def _number(value: object) -> int | None:
    text = str(value).strip()
    return int(text) if re.fullmatch(r"[0-9]{1,6}", text) else None


def _agencies(item: Mapping[str, object]) -> Iterator[Mapping[str, object]]:
    agencies = item.get("agencies")
    yield from (agency for agency in (agencies if isinstance(agencies, list) else ()) if isinstance(agency, dict))


def _slugs(item: Mapping[str, object]) -> list[str]:
    return [slug for agency in _agencies(item) if isinstance(slug := agency.get("slug"), str)]


def _text(item: Mapping[str, object], name: str, issues: RowIssues) -> str:
    value = item.get(name)
    if value is None or isinstance(value, str):
        return value or ""
    issues.note_type(name, value, "文字")
    return ""


def _line(item: Mapping[str, object], name: str, issues: RowIssues) -> str:
    return clean_line(_text(item, name, issues))


def _block(item: Mapping[str, object], name: str, issues: RowIssues) -> str:
    return plain(_text(item, name, issues))


def _words(item: Mapping[str, object], name: str, issues: RowIssues) -> list[str]:
    value = item.get(name)
    if value is None:
        return []
    if not isinstance(value, list) or not all(word is None or isinstance(word, str) for word in value):
        issues.note_type(name, value, "文字列表")
        return []
    return [clean_line(word) for word in value if word]
