"""What the survey of a period counts, as records; `warehouse.survey` counts, `reports/survey.toml` says the rules."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

Dimension = Literal["total", "kind", "member", "chain"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyActs:
    """What was done. Cases are counted once each, consultations and answers of firms each time."""

    n_told: int  # cases
    n_consultations: int
    n_consulted_firms: int
    n_requested: int  # cases of which firms were asked for comments
    n_received: int
    n_received_firms: int
    n_submitted: int  # cases
    n_answered: int  # cases
    n_linked: int  # cases linked to a trade concern
    n_proposed: int  # cases proposed as one
    n_impact_firms: int  # that reported
    loss_cny_10k: Decimal  # 直接损失额, 万元
    cost_cny_10k: Decimal  # 新增成本, 万元


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyGroup:
    """The cases of a period, all or those of one kind of measure, member or industry chain (`name`: its code)."""

    dimension: Dimension
    name: str
    n_cases: int
    n_backfill: int  # 补录, among them
    n_affecting: int  # cases that concern a firm at present: not all rejected
    n_firms: int  # distinct, as matched by the machine or found by an officer
    n_confirmed_firms: int  # confirmed by an officer
    n_listed_firms: int  # of `n_firms`, on the list now
    n_sample_firms: int  # of those
    n_key_firms: int  # of those
    acts: SurveyActs


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyRegister:
    """The firms on the list now."""

    n_listed: int
    n_sample: int
    n_key: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyFirm:
    """One firm over all cases of the period; `name` and `district` are for restricted papers."""

    exporter_id: str
    name: str
    district: str
    industry_chain: str
    is_negotiation_key: bool
    is_survey_sample: bool
    is_listed: bool
    n_cases: int
    n_confirmed_cases: int
    n_consultations: int
    n_received: int
    n_impact_cases: int
    loss_cny_10k: Decimal
    cost_cny_10k: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """All counts of one period."""

    register: SurveyRegister
    total: SurveyGroup
    groups: tuple[SurveyGroup, ...]  # kinds, members, chains; those with most cases first within each
    in_period: SurveyActs  # whatever was done in the period, whenever the case was opened
    firms: tuple[SurveyFirm, ...]

    def by(self, dimension: Dimension) -> tuple[SurveyGroup, ...]:
        """The groups of one dimension."""
        return tuple(group for group in self.groups if group.dimension == dimension)
