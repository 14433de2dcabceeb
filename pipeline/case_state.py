"""Where a case stands: a pure fold over its events. Nothing is stored that the events do not give."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from warehouse.cases import CaseEvent

CONCLUSIONS_ZH: Mapping[str, str] = MappingProxyType({"warning": "预警", "watch": "关注", "none": "不相关"})
COMMENT_ZH: Mapping[str, str] = MappingProxyType({"yes": "评议", "no": "不评议", "undecided": "待定"})
CAUSES_ZH: Mapping[str, str] = MappingProxyType(
    {
        "collection": "采集中断",
        "backlog": "人工积压",
        "text-missing": "原文缺失",
        "contact-lost": "联系人失效",
        "system": "系统故障",
        "other": "其他",
    }
)
# In one moment a case is collected before it is screened, and closed before it is reopened: what may be open is open.
_ORDER = (
    "collected", "screened", "amended", "judged", "concluded", "assigned", "told", "notified", "undelivered",
    "advised", "comment-decided", "comment-requested", "comment-received", "comment-submitted", "comment-answered",
    "concern-linked", "concern-proposed", "consulted", "impact-reported", "noted", "explained", "escalated",
    "superseded", "closed", "reopened", "restarted",
)  # fmt: skip
_RANK = MappingProxyType({kind: place for place, kind in enumerate(_ORDER)})


class Stage(StrEnum):
    """How far a case has come (field notes 3.3: 采集 → 机器初筛 → 人工研判 → 企业告知 → 应对建议 → 评议 → 结案)."""

    COLLECTED = "collected"
    SCREENED = "screened"
    JUDGED = "judged"
    NOTIFIED = "notified"
    ADVISED = "advised"
    COMMENTING = "commenting"
    CLOSED = "closed"


STAGES_ZH: Mapping[Stage, str] = MappingProxyType(
    {
        Stage.COLLECTED: "采集",
        Stage.SCREENED: "机器初筛",
        Stage.JUDGED: "人工研判",
        Stage.NOTIFIED: "企业告知",
        Stage.ADVISED: "应对建议",
        Stage.COMMENTING: "评议",
        Stage.CLOSED: "结案",
    }
)
_REACHED = MappingProxyType(
    {
        "collected": Stage.COLLECTED,
        "screened": Stage.SCREENED,
        "judged": Stage.JUDGED,
        "concluded": Stage.JUDGED,
        "notified": Stage.NOTIFIED,
        "advised": Stage.ADVISED,
        "comment-requested": Stage.COMMENTING,
        "comment-received": Stage.COMMENTING,
        "comment-submitted": Stage.COMMENTING,
        "comment-answered": Stage.COMMENTING,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseState:
    """What the events of a case come to. Texts are empty where nobody has said anything yet."""

    stage: Stage
    conclusion: str  # "", "warning", "watch" or "none": the officer's, above the machine's level
    owner: str
    comment: str  # "", "yes", "no" or "undecided"
    advice: str  # the signed one
    causes: Mapping[str, str]  # milestone -> code of CAUSES_ZH
    escalated: frozenset[str]  # "milestone:state" of the mails that went to the office
    comments_submitted: tuple[str, ...]  # to whom, in order
    is_closed: bool
    n_reopened: int


def in_order(events: Iterable[CaseEvent]) -> list[CaseEvent]:
    """The events as they happened, each once: the order in which they are read must not matter."""
    once = {(event.kind, event.code, event.occurred_at, event.actor, event.detail): event for event in events}
    return sorted(
        once.values(),
        key=lambda event: (event.occurred_at, _RANK[event.kind], event.code, event.detail, event.actor),
    )


def rounds(started_at: datetime, events: Iterable[CaseEvent]) -> list[tuple[datetime, list[CaseEvent]]]:
    """The clocks of a case: its start and the events until an addendum starts it anew, then each later start with its.

    What was answered before an addendum stays answered: a new clock never rewrites the record of an earlier one.
    """
    found: list[tuple[datetime, list[CaseEvent]]] = [(started_at, [])]
    for event in in_order(events):
        if event.kind == "restarted" and event.occurred_at > found[-1][0]:
            found.append((event.occurred_at, []))
        found[-1][1].append(event)
    return found


def read_state(events: Iterable[CaseEvent]) -> CaseState:
    """Fold the events of one case. Any order and any repetition of them gives the same state."""
    latest: dict[str, CaseEvent] = {}
    causes: dict[str, str] = {}
    escalated: set[str] = set()
    submitted: list[str] = []
    reached, is_closed, n_reopened = Stage.COLLECTED, False, 0
    stages = list(Stage)
    for event in in_order(events):
        latest[event.kind] = event
        if event.kind in _REACHED:
            reached = max(reached, _REACHED[event.kind], key=stages.index)
        elif event.kind == "closed":
            is_closed = True
        elif event.kind in ("reopened", "restarted"):
            is_closed, n_reopened = False, n_reopened + 1
        elif event.kind == "explained":
            milestone, _, cause = event.code.partition(":")
            causes[milestone] = cause
        elif event.kind == "escalated":
            escalated.add(event.code)
        if event.kind == "comment-submitted":
            submitted.append(event.code)

    def code(kind: str) -> str:
        return latest[kind].code if kind in latest else ""

    return CaseState(
        stage=Stage.CLOSED if is_closed else reached,
        conclusion=code("concluded"),
        owner=code("assigned"),
        comment=code("comment-decided"),
        advice=latest["advised"].detail if "advised" in latest else "",
        causes=MappingProxyType(causes),
        escalated=frozenset(escalated),
        comments_submitted=tuple(submitted),
        is_closed=is_closed,
        n_reopened=n_reopened,
    )


def why_not(state: CaseState, kind: str) -> str:
    """Why an officer cannot do this to a case that stands so, in Chinese; empty where nothing speaks against it."""
    if kind == "reopened":
        return "" if state.is_closed else "案件未结案，不需要重新打开"
    if kind in ("noted", "explained", "impact-reported"):  # a loss often shows when the case is long closed
        return ""
    if state.is_closed:
        return "案件已结案，请先用 tbtwatch case reopen 重新打开"
    if kind.startswith("comment-") and kind != "comment-decided" and state.comment == "no":
        return "已决定不评议，请先用 tbtwatch case comment --step decide --value yes 改为评议"
    return ""
