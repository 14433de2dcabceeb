"""What officers wrote for a bulletin, and what its drafted Word files said when they went out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from warehouse.connection import Connection
from warehouse.query import fetch_all
from warehouse.sqlfiles import sql

ITEM_SLOTS = ("content", "effect", "advice")
_KEPT_DRAFTS = 20  # of a month: an officer edits a recent one


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficerText:
    """A text of one slot that holds now."""

    slot: str  # preface, content, effect, advice, hint:1 ..., correction:1 ...
    case_id: str  # "" but for content, effect and advice
    text: str
    written_by: str
    written_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NewText:
    """A text to be written down; an empty one takes back what stood in the slot."""

    slot: str
    case_id: str
    text: str


def read_texts(con: Connection, month: str) -> tuple[OfficerText, ...]:
    """Return the texts that hold for a month (YYYY-MM), one a slot and case."""
    return tuple(OfficerText(**row) for row in fetch_all(con, "issues/texts", {"report_month": month}))


def add_texts(
    con: Connection, month: str, texts: Sequence[NewText], *, by: str, source_file: str, now: datetime
) -> None:
    """Append texts, within a transaction of the caller."""
    for text in texts:
        con.execute(
            sql("issues/add_text"),
            {
                "report_month": month,
                "slot": text.slot,
                "case_id": text.case_id,
                "text": text.text,
                "written_by": by,
                "source_file": source_file,
                "now": now,
            },
        )


def put_baseline(con: Connection, month: str, outline: str, *, is_restricted: bool, now: datetime) -> None:
    """Keep what a drafted Word file said; the drafts before the last twenty of the month are dropped."""
    values = {"report_month": month, "is_restricted": is_restricted, "outline": outline, "now": now}
    con.execute(sql("issues/put_baseline"), values)
    con.execute(sql("issues/drop_baselines"), {"report_month": month, "keep": _KEPT_DRAFTS})


def read_baselines(con: Connection, month: str, drafted_at: datetime) -> tuple[str, ...]:
    """Return what the Word files of the draft of that second said, the public one first; () for an unknown draft."""
    rows = fetch_all(con, "issues/baseline", {"report_month": month, "drafted_at": drafted_at})
    return tuple(row["outline"] for row in rows)


def drafted_hash(con: Connection, month: str, file_name: str) -> str:
    """Return the SHA-256 of a drafted file as it was written last, "" where none was."""
    rows = fetch_all(con, "issues/drafted_hash", {"report_month": month, "file_name": file_name})
    return str(rows[0]["sha256"]) if rows else ""
