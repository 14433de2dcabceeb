"""Does a measure bind goods from China at all? Two plain cases where it does not."""

from __future__ import annotations

import re

from warehouse.members import member_code, member_zh
from warehouse.records import Notification

_FROM = re.compile(
    r"(?:\bfrom|\boriginating (?:in|from)|\bfrom the territory of|\boriginarios? de|\boriginarias? de|\bprocedentes? de"
    r"|\boriginaires? d[eu]|\ben provenance d[eu]|\bsobre|\bin)\s+(?:the\s+|la\s+|el\s+|l['’])?"
    r"((?:[A-ZÀ-Ý][\w'’-]+)(?:\s+(?:of|de|and|the|[A-ZÀ-Ý][\w'’-]+)){0,4})"
)
_FROM_ZH = re.compile(r"(?:来自|原产于|产自|源自)([一-鿿]{2,8})")
_RESTRICTS = re.compile(
    r"suspen|prohibit|restrict|ban\b|outbreak|originating in|importation of|import of|phytosanitary|animal health|"
    r"importaci[oó]n|suspende|brote|sanitarias|importation|暂停|禁止|限制|进口",
    re.IGNORECASE,
)
_EVERYONE = re.compile(r"all (?:trading partners|countries|origins)|todos los|tous les|所有|全部", re.IGNORECASE)


def is_own_member(notification: Notification) -> bool:
    """A notification of China itself: it binds no export from China."""
    return bool(notification.member_codes) and all(code == "CHN" for code in notification.member_codes)


def other_origins(notification: Notification) -> tuple[str, ...]:
    """Chinese names of the origins that alone are restricted, China not among them; empty where the measure binds all.

    Two sources: the field of affected regions, and a title that names where the restricted goods come from. Only a text
    that restricts or admits imports counts, and a name must be a member's: "from the market" says nothing.
    """
    notifying = set(notification.member_codes)
    stated = _known(re.split(r"[;,、；，\n]+", notification.affected_regions))
    text = f"{notification.title}. {notification.description[:600]}"
    if _EVERYONE.search(notification.affected_regions) or "CHN" in stated.values():
        return ()
    if stated:
        return tuple(member_zh(code) for code in stated.values())
    if not _RESTRICTS.search(text):
        return ()
    # a description also tells who wrote what and where: only the title, or else a restriction in so many words, counts
    named = _named_origins(notification.title) or (_named_origins(text) if notification.area == "SPS" else {})
    named = {name: code for name, code in named.items() if code not in notifying}
    return () if "CHN" in named.values() else tuple(member_zh(code) for code in named.values())


def _named_origins(text: str) -> dict[str, str]:
    names: list[str] = []
    for match in _FROM.finditer(text):
        words = match[1].split()
        # the capitalised run may go on behind the name ("Poland to"): take the longest beginning that is a member
        names += [" ".join(words[:length]) for length in range(len(words), 0, -1)]
    for match in _FROM_ZH.finditer(text):
        names += [match[1][:length] for length in range(len(match[1]), 1, -1)]
    return _known(names)


def _known(names: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name in names:
        code = member_code(name.strip()) if len(name.strip()) > 2 or "一" <= name.strip()[:1] <= "鿿" else None
        if code is not None and code not in found.values():
            found[name.strip()] = code
    return found
