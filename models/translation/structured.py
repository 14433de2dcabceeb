"""A title put together in Chinese from what is known of a measure, where nobody has translated it.

It says the member, the goods, what is asked of them and the kind of document, each only where a code or a word of the
notification says so, and is always shown marked 待译. The words stand in `wording.toml`.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from models.lexicon.concepts import concepts, has_flag, most_specific
from models.reading.scope import Named, Scope, Source, scope_of
from models.reading.topics import Role
from warehouse.members import member_zh
from warehouse.records import Channel, Notification, NotificationKind
from warehouse.reference import hs_heading_zh, ics_zh, kind_zh, objective_zh

_AMENDING = (NotificationKind.ADDENDUM, NotificationKind.CORRIGENDUM, NotificationKind.SUPPLEMENT)
_REMARK = re.compile(r"（[^（）]*）")
_NO_OBJECTIVE = frozenset({"其他", "未说明"})


def structured_title(notification: Notification, aspects: Sequence[str], parent: Notification | None = None) -> str:
    """Return a Chinese title such as 美国关于蓄电池能效、标签标识要求的技术法规草案.

    `aspects` are codes of kinds of measures that the title names, the heaviest first; unknown ones are left out.
    `parent` is what an addendum amends: its goods stand in where the addendum states none.
    """
    wording = _wording()
    words: Mapping[str, str] = wording["words"]
    member = _member(notification)
    goods = _goods(notification, parent)
    known = [wording["aspects_zh"][code] for code in aspects if code in wording["aspects_zh"]]
    asked = "、".join(known[: wording["aspects"]])
    document = _document(notification)
    objective = _objective(notification.objectives)
    if asked or goods:
        key = "about_aspects" if goods else "about_aspects_alone"
        subject = words[key].format(goods=goods, aspects=asked) if asked else goods
        title = words["about"].format(member=member, subject=subject, document=document)
    elif objective:
        title = words["for_objective"].format(member=member, objective=objective, document=document)
    else:
        title = words["plain"].format(member=member, document=document)
    if notification.kind in _AMENDING:
        return words["amending"].format(title=title, kind=kind_zh(notification.kind))
    return title


def _member(notification: Notification) -> str:
    wording = _wording()
    names = [member_zh(code) for code in notification.member_codes] or list(notification.member_names)
    if not names:
        return str(wording["words"]["foreign_member"])
    most = wording["members"]
    more = wording["words"]["more_members"].format(n=len(names)) if len(names) > most else ""
    return "、".join(names[:most]) + more


def _goods(notification: Notification, parent: Notification | None) -> str:
    """Goods that the title names, else the product words, else the notified HS or ICS codes; "" where none is known."""
    scope = scope_of(notification, parent, described=False)
    for source in (Source.TITLE, Source.PRODUCTS):
        names = _names(scope, source)
        if names:
            return _listed(names)
    headings = dict.fromkeys(_as_goods(name) for code in scope.hs_codes if (name := hs_heading_zh(code)))
    if headings:
        return _listed(list(headings))
    fields = dict.fromkeys(name for code in scope.ics_codes if (name := ics_zh(code)))
    return _wording()["words"]["field"].format(name="、".join(list(fields)[:2])) if fields else ""


def _names(scope: Scope, source: Source) -> list[str]:
    found = [n for n in scope.named if n.source is source and n.role is Role.COVERED and not _says_nothing(n)]
    kept = most_specific(frozenset(n.concept for n in found))
    by_words: dict[str, dict[str, bool]] = {}  # the same words may name several concepts: then it is one or the other
    for item in sorted(found, key=lambda n: (n.clause, n.concept)):
        if item.concept in kept:
            by_words.setdefault(item.words, {})[concepts()[item.concept].label] = item.qualified
    words = _wording()["words"]
    names = []
    for labels in by_words.values():
        name = words["either"].join(list(labels)[:2])
        names.append(words["some"].format(name=name) if any(labels.values()) else name)
    return list(dict.fromkeys(names))


def _says_nothing(item: Named) -> bool:
    return has_flag(item.concept, "aspect", "broad")


def _as_goods(heading: str) -> str:
    """灯具及照明装置；发光标志 within a sentence."""
    return _REMARK.sub("", heading).replace("；", "、")


def _listed(names: Sequence[str]) -> str:
    most = _wording()["goods"]
    return "、".join(names[:most]) + (_wording()["words"]["more_goods"] if len(names) > most else "")


def _objective(objectives: Iterable[str]) -> str:
    names = [name for text in objectives if (name := objective_zh(text)) not in _NO_OBJECTIVE]
    return next((name for name in names if re.search("[㐀-鿿]", name)), "")


def _document(notification: Notification) -> str:
    wording = _wording()
    folded = _folded(notification.title)
    named = wording["document_names"]
    found = [named[match[0]] for match in wording["document_pattern"].finditer(folded) if named[match[0]]]
    defaults: Mapping[str, str] = wording["documents_zh"]
    if found:
        document = found[0]  # of several at one place the pattern takes the longest
    elif notification.channel is Channel.WTO:
        document = defaults.get(notification.area, defaults["other"])
    else:
        document = defaults[notification.channel.value]
    is_draft = wording["draft_pattern"].search(folded) is not None
    return str(wording["words"]["draft"].format(document=document)) if is_draft and found else str(document)


def _folded(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.replace("’", "'")).casefold()
    return " ".join("".join(char for char in decomposed if not unicodedata.combining(char)).split())


@cache
def _wording() -> dict[str, Any]:
    data = tomllib.loads((files("models.translation") / "wording.toml").read_text(encoding="utf-8"))
    data["document_names"] = {word: entry["zh"] for entry in data["documents"] for word in entry["words"]}
    data["document_names"] |= dict.fromkeys(data["ignored"]["words"], "")
    data["document_pattern"] = _pattern(data["document_names"])
    data["draft_pattern"] = _pattern(data["draft_words"]["words"])
    return data


def _pattern(words: Iterable[str]) -> re.Pattern[str]:
    listed = sorted(words, key=lambda word: (-len(word), word))
    return re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, listed)) + r")(?!\w)")
