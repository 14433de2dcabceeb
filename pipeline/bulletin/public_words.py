"""What no text for the public may hold: a firm of the list, a mobile number, an address, a credit code."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.bulletin.named_firms import FirmFinder
from reports.editing.personal import find_personal, without_personal


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfit:
    """Why a text is not for the public: what it holds, the words (a number only by how it begins), what to do."""

    what: str
    next_step: str


def find_unfit(text: str, firms: FirmFinder) -> Unfit | None:
    """What a text holds that is not for the public; None where nothing is."""
    firm = firms.find(text)
    if firm is not None:
        said = "" if firm.words == "".join(firm.name.split()) else f"（即{firm.name}）"
        return Unfit(what=f"企业名称“{firm.words}”{said}", next_step="请改为“相关企业”等说法。")
    personal = find_personal(text)
    if personal is not None:
        return Unfit(what=f"{personal.kind}（{personal.begins}…）", next_step=personal.next_step)
    return None


def of_source(text: str, firms: FirmFinder) -> str:
    """A source's own words for the public: numbers and addresses are left out, a text that names a firm as a whole."""
    left = without_personal(text)
    return "" if firms.find(left) else left
