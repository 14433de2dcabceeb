"""Atom (RFC 4287) and RSS 2.0 of the latest issues and measures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from email.utils import format_datetime
from itertools import islice
from uuid import UUID, uuid5

from reports.render.environment import environment
from reports.site.facts import SiteFacts, SiteIssue, SiteMeasure
from reports.site.pages import name_of, public_title

# names of entries stay the same where the site moves, so they are no addresses of it
_NAMESPACE = UUID("6f1d2f0e-6f0c-5d0a-9a7e-7462747761b7")
_N_ISSUES, _N_MEASURES = 12, 50


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    id: str
    title: str
    link: str
    updated: datetime
    summary: str
    category: str

    @property
    def updated_rss(self) -> str:
        return format_datetime(self.updated)


def feed_files(facts: SiteFacts, slug_of: Mapping[str, str]) -> Iterator[tuple[str, bytes]]:
    """Yield `atom.xml` and `rss.xml`. Without an address of the site links are relative, and none is to the feed."""
    entries = sorted(_entries(facts, slug_of), key=lambda entry: entry.updated, reverse=True)
    # the moment of the newest entry: a feed in which nothing is new stays as it is
    updated = max((entry.updated for entry in entries), default=facts.built_at)
    for name, template in (("atom.xml", "site_atom.xml.j2"), ("rss.xml", "site_rss.xml.j2")):
        text = (
            environment()
            .get_template(template)
            .render(
                facts=facts,
                feed_id=_urn(f"site {facts.issuer}"),
                entries=entries,
                updated=updated,
                updated_rss=format_datetime(updated),
            )
        )
        yield name, text.encode()


def _entries(facts: SiteFacts, slug_of: Mapping[str, str]) -> Iterator[_Entry]:
    for issue in facts.issues[:_N_ISSUES]:
        yield _issue_entry(issue, facts.site_url)
    dated = ((item, item.updated) for item in facts.measures if item.updated)
    for measure, updated in islice(dated, _N_MEASURES):
        yield _measure_entry(measure, updated, slug_of[measure.key], facts.site_url)


def _issue_entry(issue: SiteIssue, site_url: str) -> _Entry:
    return _Entry(
        id=_urn(f"issue {issue.overall}"),
        title=f"境外技术性贸易措施风险信息提示 {issue.name}",
        link=f"{site_url}{issue.files[0].path if issue.files else 'issues/index.html'}",
        updated=issue.released_at.astimezone(UTC),
        summary=f"{int(issue.month[:4])}年{int(issue.month[5:])}月",
        category="月度提示",
    )


def _measure_entry(measure: SiteMeasure, updated: date, slug: str, site_url: str) -> _Entry:
    mark = f"（{measure.title_mark}）" if measure.title_mark else ""
    facts = [
        "、".join(measure.symbols),
        "、".join(measure.members),
        measure.kind,
        f"评议截止日期：{measure.comment_deadline}" if measure.comment_deadline else "",
        f"原文标题：{public_title(measure.title)}" if measure.title else "",
    ]
    return _Entry(
        id=_urn(f"measure {measure.key} {updated}"),
        title=name_of(measure) + mark,
        link=f"{site_url}measures/{slug}.html",
        updated=datetime.combine(updated, time(), tzinfo=UTC),
        summary="；".join(public_title(part) for part in facts if part),
        category="措施",
    )


def _urn(name: str) -> str:
    return uuid5(_NAMESPACE, name).urn
