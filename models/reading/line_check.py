"""Does the declared code of a product line fit its words? A question to the officer, never a correction."""

from __future__ import annotations

from dataclasses import dataclass

from models.lexicon.concepts import concepts, narrower
from models.reading.codes import current_codes
from models.reading.line_profile import Known, LineProfile
from warehouse.reference import hs_heading_zh


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """What the words say and what the code says, both in Chinese."""

    called: str  # label of the concept that the name says
    usual_headings: tuple[str, ...]  # four digits, where such goods usually fall
    declared_name: str  # name of the declared heading


def disagreement(profile: LineProfile) -> Disagreement | None:
    """None where words and code agree, or where one of them says too little.

    Only a name that the lexicon knows is held against a code, and only where not even the chapter agrees: headings of
    one chapter are often a matter of classification that the firm knows better.
    """
    named = [key for key, known in profile.identity.items() if known is Known.NAME]
    codes = [code for code in current_codes(profile.hs_code) if len(code) >= 4]
    if not named or not codes:
        return None
    usual = {code for key in named for kind in (key, *narrower(key)) for code in concepts()[kind].hs}
    if not usual or {code[:2] for code in usual} & {code[:2] for code in codes}:
        return None
    declared = hs_heading_zh(codes[-1])
    own = tuple(sorted({code[:4] for code in concepts()[named[0]].hs if len(code) >= 4}))
    if not declared or not own:
        return None  # an unknown heading is asked about elsewhere; a class has no heading of its own
    return Disagreement(
        called=concepts()[named[0]].label,
        usual_headings=own,
        declared_name=declared,
    )
