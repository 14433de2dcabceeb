"""The measures as a script that pages of a plain folder can load: no request, no server."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from reports.mail.clean import one_line
from reports.site.facts import SiteFacts, SiteMeasure
from reports.site.pages import name_of, public_title

# "</script>" cannot end the script, U+2028 cannot end a line, whatever a title holds
_ESCAPES = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}


def data_script(facts: SiteFacts, slug_of: Mapping[str, str]) -> bytes:
    """`window.tbtSite = {...};`: names once, and of each measure what the list shows and searches."""
    members = _Names()
    chapters = _Names()
    kinds = _Names()
    industries = _Names()
    chapter_names = {each.code: each.name for measure in facts.measures for each in measure.chapters}
    chains = {name for measure in facts.measures for name in measure.chains}
    headings = {each.code: each.name for measure in facts.measures for each in measure.headings if each.name}
    measures = []
    for item in facts.measures:
        row = {
            "p": slug_of[item.key],
            "t": name_of(item),
            "k": kinds.of(item.kind),
            "c": [members.of(one_line(name)) for name in item.members],
        }
        optional: dict[str, object] = {
            "m": item.title_mark,
            "o": _original(item),
            "l": item.lang,
            "s": [one_line(symbol) for symbol in item.symbols],
            "a": item.area,
            "d": item.updated.isoformat() if item.updated else "",
            "e": item.comment_deadline.isoformat() if item.comment_deadline else "",
            "h": [code for each in item.headings for code in each.notified or (each.code,)],
            "g": [chapters.of(each.code) for each in item.chapters],
            "n": [industries.of(name) for name in (*item.chains, *item.industries)],
        }
        measures.append(row | {name: value for name, value in optional.items() if value})
    data = {
        "members": members.all,
        "kinds": kinds.all,
        "chapters": [[code, chapter_names[code]] for code in chapters.all],
        "industries": [[name, name in chains] for name in industries.all],
        "headings": dict(sorted(headings.items())),
        "measures": measures,
    }
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    for char, escape in _ESCAPES.items():
        text = text.replace(char, escape)
    return f"window.tbtSite={text};\n".encode()


def _original(item: SiteMeasure) -> str:
    title = public_title(item.title)
    return "" if title == name_of(item) else title


class _Names:
    """Gives each name a number, in the order of first use."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def of(self, name: str) -> int:
        return self._numbers.setdefault(name, len(self._numbers))

    @property
    def all(self) -> Sequence[str]:
        return list(self._numbers)
