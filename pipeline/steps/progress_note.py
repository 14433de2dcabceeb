"""`tbtwatch report note`: the month's note on the pilot's progress (试点工作进展), one page, .docx and .pdf."""

from __future__ import annotations

import hashlib
from pathlib import Path

from pipeline.bulletin.collect import bulletin_facts
from pipeline.context import Context, Run, run_step
from pipeline.steps.draft_report import keep_changed, read_month, require_consistent, write_file
from reports.bulletin.facts import BulletinFacts
from reports.bulletin.frozen import thaw
from reports.fonts import plan_fonts
from reports.progress.compose import compose_note
from reports.progress.facts import ProgressFacts, ServedFirms
from reports.render.docx import render_docx
from reports.render.pdf import render_pdf
from warehouse.bulletin_facts import Period, n_told_firms, record_file
from warehouse.connection import Connection
from warehouse.issues_released import issue_facts, issue_in_force
from warehouse.survey import acts_in_period

NAME = "试点工作进展"


def write_note(context: Context, month: str, out: Path | None = None) -> tuple[Run, tuple[Path, ...]]:
    """Write the note of `month` (YYYY-MM) to `out` (default: the month's folder) and return its files.

    Its numbers are those of the released issue, else those that a draft would have now. Writing again replaces the
    files; one that somebody changed is kept under another name. Raises InputError for a month that has not begun or
    cannot be read, StageError when figures do not add up.
    """
    period = read_month(month, context.now)
    folder = out or context.home.reports / month
    with run_step(context, "report-note", arguments={"month": month}) as run:
        facts = progress_facts(run.con, context, month, period)
        require_consistent(facts.bulletin)
        own = context.settings.report.font_folder
        fonts = plan_fonts([Path(own).expanduser()] if own else [])
        document = compose_note(facts)
        contents = {"docx": render_docx(document, fonts), "pdf": render_pdf(document, fonts)}
        written = []
        for ending, content in contents.items():
            name = f"{NAME}_{month}.{ending}"
            keep_changed(run, folder, month, name, next_step="改动仍需采用的，请人工移到新文稿中。")
            write_file(folder / name, content)
            sha256 = hashlib.sha256(content).hexdigest()
            record_file(run.con, month=month, file_name=name, sha256=sha256, run_id=run.run_id, now=run.now)
            written.append(folder / name)
        run.counts["n_files"] = len(written)
    return run, tuple(written)


def progress_facts(con: Connection, context: Context, month: str, period: Period) -> ProgressFacts:
    """The facts of the bulletin, those that were printed where the issue is released, and of the firms served."""
    acts = acts_in_period(con, starts_at=period.first_instant, ends_at=period.end_instant)
    served = ServedFirms(
        n_told_measures=acts.n_told,
        n_told_firms=n_told_firms(con, period),
        n_requested=acts.n_requested,
        n_received=acts.n_received,
        n_received_firms=acts.n_received_firms,
        n_impact_firms=acts.n_impact_firms,
    )
    return ProgressFacts(bulletin=_bulletin(con, context, month, period), served=served)


def _bulletin(con: Connection, context: Context, month: str, period: Period) -> BulletinFacts:
    released = issue_in_force(con, month)
    if released is not None:
        return thaw(issue_facts(con, released.overall).public)
    return bulletin_facts(con, context, period, firm_names=False)
