"""Why a measure concerns the city, in words that hold nothing of the firms' list: no goods as named there, no codes."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from warehouse.bulletin_facts import pair_grounds
from warehouse.connection import Connection
from warehouse.query import Row
from warehouse.reference import hs_chapter_zh, hs_heading_zh

PublicReasons = Mapping[tuple[str, str], str]  # by notification and product line
_LEADING = ("concept", "hs", "ics", "semantic")  # the first that a match rests on opens the sentence
_NAMED_PLACES = (4, 6)  # digits of an HS code that say more than its chapter


def public_reasons(con: Connection, lines: Sequence[Row]) -> dict[tuple[str, str], str]:
    """The sentence of each pair whose reason is the machine's; a pair with an officer's reason is left out.

    `lines` are rows of `relevant_lines`.
    """
    asked = {(row["notification_id"], row["line_id"]): row for row in lines}
    return {
        key: sentence(asked[key]["relation"], found["grounds"] or [])
        for found in pair_grounds(con, list(asked))
        if asked[key := (found["notification_id"], found["line_id"])]["reason"] in ("", found["reason"])
    }


def sentence(relation: str, grounds: Sequence[Mapping[str, Any]]) -> str:
    """What a match of this relation rests on: `grounds` are evidence as {kind, words, weight}."""
    words = _words()
    by_kind = {ground["kind"]: ground for ground in grounds if _says_what(ground)}
    said = words["direct" if relation == "direct" else "indirect"]
    leading = next((kind for kind in _LEADING if kind in by_kind), "other")
    ground = by_kind.get(leading, {"words": ""})
    parts = [words["inherited"].format(words=by_kind["inherited"]["words"])] if "inherited" in by_kind else []
    parts.append(said[leading].format(words=ground["words"], place=_place(ground) if leading == "hs" else ""))
    if leading == "concept" and "hs" in by_kind and _digits(by_kind["hs"]) in _NAMED_PLACES:
        parts.append(words["also"]["hs"].format(place=_place(by_kind["hs"])))
    return "".join((*parts, words["stop"]))


def _says_what(ground: Mapping[str, Any]) -> bool:
    """Whether there is something to name; meaning alone rests on no words."""
    if ground["kind"] == "hs":
        return str(len(ground["words"][: _digits(ground)])) in _words()["places"]
    return bool(ground["words"])


def _digits(ground: Mapping[str, Any]) -> int:
    """How many digits two codes share; the weight of the evidence is that number out of six."""
    return round(float(ground["weight"]) * 6)


def _place(ground: Mapping[str, Any]) -> str:
    code = ground["words"][: _digits(ground)]
    name = hs_chapter_zh(code) if len(code) == 2 else hs_heading_zh(code)
    said: str = _words()["places"][str(len(code))].format(code=code, name=name)
    return said.replace("（）", "")


@cache
def _words() -> dict[str, Any]:
    return tomllib.loads((files("pipeline") / "bulletin" / "public_reasons.toml").read_text(encoding="utf-8"))
