"""Landing folder -> raw_notifications -> notifications. Loading a folder twice adds nothing."""

from __future__ import annotations

import glob
import gzip
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from warehouse.build import build_notifications
from warehouse.connection import Connection, in_small_memory, transaction
from warehouse.errors import StageError
from warehouse.ledger import record_issues
from warehouse.query import fetch_one
from warehouse.records import Issue, Severity
from warehouse.sqlfiles import sql


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadReport:
    """What a load did, in records of the source (a joint notification may be several)."""

    n_records: int
    n_new: int  # records never seen before
    n_changed: int  # known records with a new version
    n_unchanged: int
    n_notifications_touched: int
    issues: tuple[Issue, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceTitle:
    """How a source is shown and how it ranks where two sources state a field differently."""

    source: str
    title: str
    priority: int


def load_landing(con: Connection, folder: Path, *, source: SourceTitle, run_id: str, now: datetime) -> LoadReport:
    """Load one finished landing folder (`observations*.jsonl.gz` and the like, `run.json`) in one transaction.

    The parts of the landing form are loaded one after the other, so that memory does not grow with the folder. Raises
    StageError if the folder is unfinished (a crawl that was killed has no `run.json` and is never loaded) or damaged;
    nothing of it is kept then.
    """
    if not (folder / "run.json").exists():
        raise StageError(
            f"采集批次不完整，未入库：{folder.name}", "请重新运行该采集或导入命令，程序会重新写入完整批次。"
        )
    counts: Counter[str] = Counter()
    try:
        issues = tuple(read_issues(folder / "issues.jsonl"))
        with in_small_memory(con), transaction(con):
            con.execute(sql("load/source"), {**_title(source), "now": now})
            con.execute(sql("load/1_start"))
            for part in sorted(folder.glob("observations*.jsonl.gz")):
                counts.update(_load_part(con, part, source=source.source, run_id=run_id, now=now))
            for kind in ("concerns", "titles"):
                for part in sorted(folder.glob(f"{kind}-*.jsonl.gz")):
                    counts.update(_load_others(con, kind, part, source=source.source, run_id=run_id, now=now))
            n_touched = con.execute("SELECT count(*) FROM touched_by_load").fetchone()
            record_issues(con, issues, source=source.source, run_id=run_id, now=now)
    except (duckdb.Error, ValueError) as error:
        raise StageError(
            f"采集批次无法入库：{folder.name}（{str(error).splitlines()[0]}）",
            "数据库未改动；请重新运行该采集或导入命令，程序会重新写入完整批次。",
        ) from error
    return LoadReport(
        n_records=counts["n_records"],
        n_new=counts["n_new"],
        n_changed=counts["n_changed"],
        n_unchanged=counts["n_records"] - counts["n_new"] - counts["n_changed"],
        n_notifications_touched=n_touched[0] if n_touched else 0,
        issues=issues,
    )


def _load_part(con: Connection, part: Path, *, source: str, run_id: str, now: datetime) -> dict[str, int]:
    of_source = {"source": source}
    load_number = fetch_one(con, "load/next_load")["load_number"]
    # DuckDB takes a path for a pattern: a file below a folder named 报告[1] would not be found
    con.execute(sql("load/2_incoming"), {"path": glob.escape(str(part))})
    con.execute(sql("load/3_touched"), of_source)
    counts = fetch_one(con, "load/counts", of_source)
    con.execute(sql("load/4_seen_again"), {**of_source, "load_number": load_number, "now": now})
    # relative to landing/ of the home: source, run, part
    new = {"load_number": load_number, "run_id": run_id, "landing_file": "/".join(part.parts[-3:]), "now": now}
    con.execute(sql("load/5_new_versions"), {**of_source, **new})
    con.execute(sql("load/turns"), {**of_source, "run_id": run_id, "now": now})
    con.execute(sql("load/add_touched"))
    build_notifications(con)
    con.execute(sql("load/6_last_seen"), {"now": now})
    return counts


def _load_others(con: Connection, kind: str, part: Path, *, source: str, run_id: str, now: datetime) -> dict[str, int]:
    """Load a part of records that are no notifications: nothing is built from them, views show what is current."""
    of_source = {"source": source}
    before = fetch_one(con, f"load/{kind}_counts", of_source)
    load_number = fetch_one(con, "load/next_load")["load_number"]
    parameters = {**of_source, "path": glob.escape(str(part)), "run_id": run_id, "load_number": load_number, "now": now}
    con.execute(sql(f"load/{kind}"), parameters)
    after = fetch_one(con, f"load/{kind}_counts", of_source)
    with gzip.open(part) as lines:
        n_records = sum(1 for _ in lines)
    n_new = after["n_keys"] - before["n_keys"]
    n_versions = after["n_versions"] - before["n_versions"]
    return {"n_records": n_records, "n_new": n_new, "n_changed": n_versions - n_new}


def read_issues(path: Path) -> Iterator[Issue]:
    """Read the issues of a landing folder; none if the file is absent."""
    if not path.exists():
        return
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            fields = json.loads(line)
            yield Issue(**{**fields, "severity": Severity(fields["severity"])})


def _title(source: SourceTitle) -> dict[str, object]:
    return {"source": source.source, "title": source.title, "priority": source.priority}
