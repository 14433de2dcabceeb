"""The model card: what a head was learned from, what it can do, where it is weak. Markdown."""

from __future__ import annotations

from collections.abc import Mapping

from models.training.figures import Figures
from models.training.learn import Learned

_COLUMNS = (
    "| | direct P | direct R | direct F1 | mean F1 per notification | false alarms | direct or indirect F1 | AP "
    "| notifications |"
)


def card_text(learned: Learned, *, about: str, held_out: Mapping[str, Figures]) -> str:
    """The card of a head. `about` is its prose; `held_out` are figures on sets that had no part in training."""
    head = learned.head
    return "\n".join(
        [
            f"# Matching head {head.version}",
            "",
            about.strip(),
            "",
            "## Cross-validated figures",
            "",
            f"Five folds grouped by family of notifications, {learned.n_pairs} weighed pairs; direct from "
            f"{head.direct_from:.2f}, direct or indirect from {head.related_from:.2f}.",
            "",
            *_table({"all": learned.overall, **learned.by_group}),
            "",
            "## What each kind of reading does alone",
            "",
            "The same method and cross-validation with fewer features, each with its own best threshold.",
            "",
            *_table(learned.ablations),
            "",
            "## Sets that the head never saw",
            "",
            *_table(held_out),
            "",
            "## Calibration",
            "",
            "| stated probability of direct | share that is direct | pairs |",
            "|---|---|---|",
            *(f"| {stated:.2f} | {true:.2f} | {count} |" for stated, true, count in learned.reliability),
            "",
        ]
    )


def _table(rows: Mapping[str, Figures]) -> list[str]:
    return [_COLUMNS, "|" + "---|" * 9, *(_row(name, found) for name, found in rows.items())]


def _row(name: str, found: Figures) -> str:
    cells = (
        f"{found.direct.precision:.2f}",
        f"{found.direct.recall:.2f}",
        f"{found.direct.f1:.2f}",
        f"{found.mean_f1:.2f}",
        f"{found.false_alarms:.1%}",
        f"{found.related.f1:.2f}",
        f"{found.average_precision:.2f}",
        str(found.n_notifications),
    )
    return f"| {name} | " + " | ".join(cells) + " |"
