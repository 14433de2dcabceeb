"""The files of the site: pages, data, feeds, style and script."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import date, timedelta, timezone
from importlib.resources import files

from jinja2 import Environment

from reports.mail.clean import one_line, web_link
from reports.render.environment import environment
from reports.site.data import data_script
from reports.site.facts import HsHeading, SiteFacts, SiteMeasure
from reports.site.feeds import feed_files
from reports.site.pages import days_left, direction, name_of, public_date, public_text, public_title, slugs

MARKER = "site.json"  # a folder that holds it is a site of ours and may be replaced
_GENERATOR = "tbtwatch report site"
N_NEWEST, N_DEADLINES, N_ISSUES = 50, 10, 6
_SHANGHAI = timezone(timedelta(hours=8))


def site_files(facts: SiteFacts) -> Iterator[tuple[str, bytes]]:
    """Yield (path, content) of all files but those of the issues, which are copied. The same facts, the same bytes."""
    slug_of = slugs(measure.key for measure in facts.measures)
    pages = _environment(facts, slug_of)
    ahead = [m for m in facts.measures if m.comment_deadline and m.comment_deadline >= facts.today]
    deadlines = sorted(ahead, key=lambda m: (m.comment_deadline or date.max, m.key))[:N_DEADLINES]
    newest = facts.measures[:N_NEWEST]
    index = pages.get_template("site_index.html.j2")
    yield "index.html", index.render(root="", newest=newest, deadlines=deadlines, n_issues=N_ISSUES).encode()
    yield "issues/index.html", pages.get_template("site_issues.html.j2").render(root="../").encode()
    yield "measures/index.html", pages.get_template("site_all.html.j2").render(root="../").encode()
    page = pages.get_template("site_measure.html.j2")
    for measure in facts.measures:
        yield f"measures/{slug_of[measure.key]}.html", page.render(root="../", m=measure).encode()
    yield "data/measures.js", data_script(facts, slug_of)
    for name in ("site.css", "site.js"):
        yield f"assets/{name}", (files("reports") / "templates" / name).read_bytes()
    yield from feed_files(facts, slug_of)
    yield MARKER, _marker(facts)


def is_marker(content: bytes) -> bool:
    """Whether a file named `MARKER` is one that `site_files` wrote."""
    return _GENERATOR.encode() in content


def _environment(facts: SiteFacts, slug_of: dict[str, str]) -> Environment:
    """The room's templates with the words that all pages of the site use."""
    pages = environment().overlay()
    pages.globals = {
        **environment().globals,
        "facts": facts,
        "slug_of": slug_of,
        "built_at": facts.built_at.astimezone(_SHANGHAI),
        "days_left": days_left,
        "direction": direction,
        "headings_in": _headings_in,
        "line": one_line,
        "link": web_link,
        "links": _links,
        "name_of": name_of,
        "size": _size,
        "stated": public_date,
        "text_of": public_text,
        "title_of": public_title,
    }
    return pages


def _headings_in(measure: SiteMeasure, chapter: str) -> tuple[HsHeading, ...]:
    return tuple(heading for heading in measure.headings if heading.code[:2] == chapter)


def _links(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(found for text in texts if (found := web_link(text))))


def _size(n_bytes: int) -> str:
    return f"{n_bytes / 1_048_576:.1f} MB" if n_bytes >= 1_048_576 else f"{max(1, round(n_bytes / 1024))} KB"


def _marker(facts: SiteFacts) -> bytes:
    data = {
        "generator": _GENERATOR,
        "built_at": facts.built_at.isoformat(),
        "n_measures": len(facts.measures),
        "n_issues": len(facts.issues),
    }
    return (json.dumps(data, indent=2) + "\n").encode()
