"""What the 技贸措施专栏 tells: everything in it is public. No firm, no contact, no officer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeName:
    """A code of a nomenclature and its Chinese name ("" where unknown)."""

    code: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HsHeading:
    """An HS heading (four digits) and the codes below it as they were notified."""

    code: str
    name: str
    notified: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One document of a measure: the notification itself, an addendum, a corrigendum."""

    symbol: str  # symbols joined by 、, or the id of what has none
    kind: str
    distributed: date | None
    title: str
    lang: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteMeasure:
    """A measure with all its documents. Dates are WTO dates (Geneva); `lang` is ISO 639-1 or ""."""

    key: str  # symbol of the measure, else its id: the name of its page comes from it and does not change
    symbols: tuple[str, ...]
    members: tuple[str, ...]  # Chinese names
    area: str  # "TBT", "SPS" or ""
    kind: str
    title: str
    lang: str
    title_zh: str
    title_mark: str  # 机器翻译, 待译 or ""
    distributed: date | None
    updated: date | None  # latest document
    comment_deadline: date | None
    comment_deadline_text: str
    adoption_text: str
    entry_text: str
    chapters: tuple[CodeName, ...] = ()
    headings: tuple[HsHeading, ...] = ()
    ics: tuple[CodeName, ...] = ()
    objectives: tuple[str, ...] = ()
    chains: tuple[str, ...] = ()  # 产业链 of the city, only such as several firms belong to
    industries: tuple[str, ...] = ()  # of the national survey, by HS chapter
    products: str = ""
    description: str = ""
    url: str = ""
    documents: tuple[str, ...] = ()
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueFile:
    """A public file of an issue: its path in the site, what it is, its name when saved, its size in bytes."""

    path: str
    label: str
    save_as: str
    n_bytes: int

    @property
    def opens(self) -> bool:
        """Whether a browser shows it by itself, so that a link opens it instead of saving it."""
        return self.path.endswith((".html", ".pdf"))


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteIssue:
    """A released issue of the bulletin."""

    overall: int
    name: str  # 2026年第6期（总第38期）
    month: str  # YYYY-MM
    released_at: datetime
    files: tuple[IssueFile, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteFacts:
    """The whole site. `today` is the day in Asia/Shanghai that days left are printed for; `site_url` ends in "/"."""

    issuer: str
    site_url: str  # "" where it is not known
    today: date
    built_at: datetime
    simulated: bool
    issues: tuple[SiteIssue, ...]  # latest first
    measures: tuple[SiteMeasure, ...]  # latest first
