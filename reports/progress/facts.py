"""What the note says beside the facts of the bulletin: how many firms were served."""

from __future__ import annotations

from dataclasses import dataclass

from reports.bulletin.facts import BulletinFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedFirms:
    """What was done for firms in the month, whenever the case was opened."""

    n_told_measures: int = 0  # 项 of which every firm concerned was told
    n_told_firms: int = 0  # 家 told one by one, those whose mail came back left out
    n_requested: int = 0  # 项 on which firms were asked for comments
    n_received: int = 0  # 份
    n_received_firms: int = 0  # 家
    n_impact_firms: int = 0  # 家 that reported losses or costs


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressFacts:
    """The month of the bulletin, public version, and the firms served."""

    bulletin: BulletinFacts
    served: ServedFirms
