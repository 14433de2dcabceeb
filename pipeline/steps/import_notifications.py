"""`tbtwatch import notifications`: a file becomes a landing folder, the landing folder is loaded."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from crawlers.formats.detect import detect
from crawlers.formats.eping_json import read_search_file
from crawlers.formats.eping_workbook import read_workbook
from crawlers.formats.interchange import read_jsonl
from crawlers.landing import LandingWriter
from pipeline.context import Context, Run, run_step
from warehouse.load import SourceTitle, load_landing
from warehouse.records import Issue, Observation

Progress = Callable[[int, int | None], None]

# What the WTO's own platform says outranks what was typed from elsewhere.
SOURCES = {
    "eping-workbook": SourceTitle(source="eping_workbook", title="ePing 平台导出文件", priority=50),
    "eping-json": SourceTitle(source="eping_json", title="ePing 平台检索结果", priority=50),
    "interchange": SourceTitle(source="interchange", title="交换格式文件", priority=30),
}


def import_notifications(context: Context, path: Path, *, on_progress: Progress | None = None) -> Run:
    """Read the file at `path`, whatever of the known forms it has, and load it.

    Counts: records of the file (a joint notification in ePing is one a member), new, changed and unchanged ones, and
    the notifications that they touch. A second import of the same file adds nothing.
    """
    form = detect(path)
    source = SOURCES[form]
    with run_step(
        context, "import-notifications", source=source.source, arguments={"file": path.name}, creates=True
    ) as run:
        folder = context.home.landing / source.source / run.run_id
        with LandingWriter(folder, source=source.source, run_id=run.run_id, input_path=path) as landing:
            for item in _read(form, path, on_progress):
                if isinstance(item, Issue):
                    landing.issue(item)
                else:
                    landing.write(item)
        report = load_landing(run.con, folder, source=source, run_id=run.run_id, now=run.now)
        run.counts.update(
            n_records=report.n_records,
            n_new=report.n_new,
            n_changed=report.n_changed,
            n_unchanged=report.n_unchanged,
            n_notifications_touched=report.n_notifications_touched,
        )
        run.issues.extend(report.issues)
        run.n_recorded = len(run.issues)
    return run


def _read(form: str, path: Path, on_progress: Progress | None) -> Iterator[Observation | Issue]:
    if form == "eping-workbook":
        return read_workbook(path, on_progress=on_progress)
    if form == "interchange":
        return read_jsonl(path, on_progress=on_progress)
    return read_search_file(path)
