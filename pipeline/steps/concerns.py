"""What the next committee meeting could take up: measures with a concern proposed, linked, or comments unanswered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from pipeline.clock import to_shanghai
from pipeline.context import Context
from pipeline.steps.open_cases import load_timing
from pipeline.steps.show_case import ShownCase, shown_cases
from warehouse.cases import cases_with, read_cases
from warehouse.connection import open_reader

PROPOSED_ZH, LINKED_ZH, UNANSWERED_ZH = "建议提出", "已有关注", "评议未获答复"


@dataclass(frozen=True, slots=True, kw_only=True)
class AgendaItem:
    """One measure, why it stands on the list, and on what grounds."""

    shown: ShownCase
    why: str  # one of the three words above
    concern: str  # number of the linked concern; empty for the others
    grounds: str  # in the words of the officer


def read_agenda(context: Context) -> tuple[AgendaItem, ...]:
    """Return the list: proposals first, then linked concerns, then comments without an answer after their deadline.

    A measure stands on it once, with the strongest reason; closed cases stand on it too, since concerns outlive them.
    """
    timing, today = load_timing(context.home), to_shanghai(context.now).date()
    with open_reader(context.home.warehouse) as con:
        found = cases_with(con, ("concern-proposed", "concern-linked", "comment-submitted"))
        timed = [timing.timed(case, context.now) for key in found for case in read_cases(con, only=key)]
        items = [item for shown in shown_cases(con, timed) if (item := _item(shown, today))]
    return tuple(sorted(items, key=lambda item: (_RANK[item.why], item.shown.timed.case.case_id)))


_RANK = {PROPOSED_ZH: 0, LINKED_ZH: 1, UNANSWERED_ZH: 2}


def _item(shown: ShownCase, today: date) -> AgendaItem | None:
    last = {event.kind: event for event in shown.events}
    if "concern-proposed" in last:
        return AgendaItem(shown=shown, why=PROPOSED_ZH, concern="", grounds=last["concern-proposed"].detail)
    if "concern-linked" in last:
        linked = last["concern-linked"]
        return AgendaItem(shown=shown, why=LINKED_ZH, concern=linked.code, grounds=linked.detail)
    deadline = shown.timed.case.comment_deadline
    is_over = deadline is None or deadline < today
    if is_over and "comment-answered" not in last:
        return AgendaItem(shown=shown, why=UNANSWERED_ZH, concern="", grounds=last["comment-submitted"].detail)
    return None
