"""What an officer may do to a case, as a record."""

from __future__ import annotations

from dataclasses import dataclass

from warehouse.records import Relation


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One thing that an officer does to a case. `cause`: code of CAUSES_ZH, asked for where a limit was missed."""

    kind: str
    actor: str
    detail: str = ""
    code: str = ""
    cause: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conclusion:
    """What an officer finds of a case: 研判结论, and what follows from it."""

    conclusion: str  # "warning", "watch" or "none"
    actor: str
    relation: Relation | None = None  # None: as the machine found each pair
    reason: str = ""
    owner: str = ""
    cause: str = ""
