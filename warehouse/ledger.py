"""The run ledger and the issues: what ran, how it ended, and what a person should look at."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime

from warehouse.connection import Connection
from warehouse.records import Issue
from warehouse.sqlfiles import sql


def begin_run(
    con: Connection,
    *,
    run_id: str,
    step: str,
    source: str,
    arguments: Mapping[str, object],
    version: str,
    now: datetime,
) -> None:
    """Open the ledger row of a step, in a transaction of its own: a killed run stays visible as `running`."""
    con.execute(
        sql("ledger/begin_run"),
        {
            "run_id": run_id,
            "step": step,
            "source": source,
            "arguments": json.dumps(dict(arguments), ensure_ascii=False),
            "tool_version": version,
            "started_at": now,
        },
    )


def finish_run(con: Connection, *, run_id: str, outcome: str, counts: Mapping[str, int], now: datetime) -> None:
    """Close the ledger row of a step with its outcome (`done`, `findings` or `failed`) and counts."""
    con.execute(
        sql("ledger/finish_run"),
        {"run_id": run_id, "outcome": outcome, "counts": json.dumps(dict(counts)), "finished_at": now},
    )


def record_issues(con: Connection, issues: Sequence[Issue], *, source: str, run_id: str, now: datetime) -> None:
    """Add issues, or mark known ones as seen again. The same finding twice, even in one batch, is one row."""
    distinct = {issue_id(issue, source): issue for issue in issues}
    if not distinct:
        return
    found = tuple(distinct.values())
    con.execute(
        sql("ledger/record_issues"),
        {
            "issue_id": list(distinct),
            "code": [i.code for i in found],
            "severity": [i.severity.value for i in found],
            "message": [i.message for i in found],
            "next_step": [i.next_step for i in found],
            "source": source,
            "file_name": [i.file_name for i in found],
            "row_number": [i.row for i in found],
            "field_name": [i.field_name for i in found],
            "field_value": [i.value for i in found],
            "subject": [i.subject for i in found],
            "run_id": run_id,
            "now": now,
        },
    )


def issue_id(issue: Issue, source: str) -> str:
    """Identity of a finding: what, where and on which value, but not when."""
    parts = (issue.code, source, issue.file_name, issue.row, issue.field_name, issue.value, issue.subject)
    return hashlib.sha256("\x1f".join(map(str, parts)).encode()).hexdigest()[:16]
