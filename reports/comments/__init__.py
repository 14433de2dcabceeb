"""The comment dossier 《对〇〇第〇号通报的评议意见（征求意见稿）》: facts in, a document of blocks out.

`compose_dossier(CommentFacts)` gives a `reports.document.Document`; the renderers of `reports.render` draw it. The form
follows what is publicly known of comment work; the own form of GB/T 44976-2024 was not seen (`wording.toml`).
"""

from __future__ import annotations

from reports.comments.compose import compose_dossier
from reports.comments.facts import (
    AffectedProduct,
    Basis,
    BasisKind,
    CommentFacts,
    CommentPoint,
    Decision,
    FirmFeedback,
    FullText,
    Signature,
    Submission,
    SubmissionState,
    blanks,
    inconsistencies,
)

__all__ = [
    "AffectedProduct",
    "Basis",
    "BasisKind",
    "CommentFacts",
    "CommentPoint",
    "Decision",
    "FirmFeedback",
    "FullText",
    "Signature",
    "Submission",
    "SubmissionState",
    "blanks",
    "compose_dossier",
    "inconsistencies",
]
