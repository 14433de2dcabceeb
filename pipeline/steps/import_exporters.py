"""`tbtwatch import exporters`: the city's list becomes the register."""

from __future__ import annotations

from pathlib import Path

from pipeline.context import Context, Run, run_step
from warehouse.errors import InputError
from warehouse.intake.exporters import read_exporters
from warehouse.register import replace_register

SOURCE = "exporters"


def import_exporters(context: Context, path: Path) -> Run:
    """Read the list at `path` and make the register what it says.

    Counts: rows, firms, lines, and what changed against the last import. A list of which no row can be used leaves the
    register as it is: a wrong file must not close every firm.
    """
    listed = read_exporters(path)
    if not listed.exporters:
        raise InputError(
            f"{path.name} 中没有可用的企业（共 {listed.n_rows} 行）。",
            "企业清单未改动；请确认文件是企业清单，并检查“企业编号”“产品名称”两列。",
        )
    with run_step(context, "import-exporters", source=SOURCE, arguments={"file": path.name}, creates=True) as run:
        run.counts["n_rows"] = listed.n_rows
        run.counts.update(replace_register(run.con, listed.exporters, run_id=run.run_id, now=run.now))
        run.issues.extend(listed.issues)
    return run
