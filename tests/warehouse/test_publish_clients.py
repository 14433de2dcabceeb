"""An older DuckDB reads the copy: every table, every mart, the macros, and the Parquet files."""

from __future__ import annotations

import json
import os
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from warehouse_sample import exporter, load, match, notification, register, store

from warehouse.cases import open_cases
from warehouse.connection import open_writer
from warehouse.publish import publish

CLIENT = os.environ.get("TBTWATCH_OLD_DUCKDB", "")  # noqa: TID251 - where a client is installed is no setting
NOW = datetime(2026, 3, 10, 8, tzinfo=UTC)
SCRIPT = """
import json, sys
import duckdb

con = duckdb.connect(sys.argv[1], read_only=True)
names = con.execute(
    "SELECT schema_name || '.' || table_name FROM duckdb_tables() UNION ALL "
    "SELECT schema_name || '.' || view_name FROM duckdb_views() WHERE NOT internal"
).fetchall()
read = {name: len(con.execute(f"FROM {name}").fetchall()) for (name,) in names}
macros = con.execute(
    "SELECT function_name, len(parameters) FROM duckdb_functions() "
    "WHERE schema_name = 'mart' AND function_type = 'table_macro' AND function_name LIKE '%as_of'"
).fetchall()
asked = {name: len(con.execute(f"FROM mart.{name}(TIMESTAMPTZ '2026-03-11')").fetchall()) for name, _ in macros}
parquet = {}
for name in (name.removeprefix("main.") for name in read if name.startswith("main.")):
    files = {"files": f"{sys.argv[2]}/{name}/*.parquet"}
    parquet[name] = con.execute("SELECT count(*) FROM read_parquet($files)", files).fetchone()[0]
print(json.dumps({"version": duckdb.__version__, "read": read, "asked": asked, "parquet": parquet}))
"""


@pytest.mark.skipif(not CLIENT, reason="make clients sets TBTWATCH_OLD_DUCKDB, the Python of an older DuckDB")
def test_an_older_client_reads_everything(tmp_path: Path) -> None:
    with open_writer(tmp_path / "warehouse.duckdb") as con:
        load(con, tmp_path, NOW, notification())
        register(con, NOW, exporter())
        store(con, NOW, match())
        open_cases(con, policy_version="p", backfill_days=30, now=NOW)
        publish(con, tmp_path / "publish", firm_names=False, keep=2, version="0.1", now=NOW)
        load(con, tmp_path, NOW, notification("G/TBT/N/ATL/2", title="Changed"))
        done = publish(con, tmp_path / "publish", firm_names=False, keep=2, version="0.1", now=NOW)
    assert not done.is_full
    asked = subprocess.run(
        [CLIENT, "-c", SCRIPT, str(done.link), str(done.parquet)], capture_output=True, text=True, check=False
    )
    assert asked.returncode == 0, asked.stderr
    told = json.loads(asked.stdout)
    assert tuple(map(int, told["version"].split(".")[:2])) < (1, 5), "not an older one"
    assert told["read"]["main.notifications"] == told["read"]["mart.notifications"] == 2
    assert told["asked"]["notifications_as_of"] == 2
    assert told["parquet"] == {name[5:]: n for name, n in told["read"].items() if name.startswith("main.")}
