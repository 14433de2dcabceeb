"""应对建议 in a first draft: what a measure asks for, the office's dates, five sentences for an officer to sign."""

from __future__ import annotations

from pipeline.response_advice.deadlines import CommentState, DeadlinePolicy, Deadlines, deadline_policy, deadlines
from pipeline.response_advice.draft import (
    AdviceDraft,
    AdviceFacts,
    CommentAdvice,
    MeasureStatus,
    draft_advice,
    kind_names,
)
from pipeline.response_advice.kinds import kind_codes, measure_kinds

__all__ = [
    "AdviceDraft",
    "AdviceFacts",
    "CommentAdvice",
    "CommentState",
    "DeadlinePolicy",
    "Deadlines",
    "MeasureStatus",
    "deadline_policy",
    "deadlines",
    "draft_advice",
    "kind_codes",
    "kind_names",
    "measure_kinds",
]
