"""`tbtwatch publish`: the analysts' copy."""

from __future__ import annotations

import time
from collections.abc import Callable

from pipeline.clock_limits import write_limits
from pipeline.context import Context, Run, run_step
from pipeline.steps.open_cases import load_timing
from warehouse.check import require_sound
from warehouse.publish import Publication, publish


def publish_copy(
    context: Context, *, full: bool = False, say: Callable[[str], None] = lambda _: None
) -> tuple[Run, Publication]:
    """Write the read-only copy and move the links to it; `full` writes it from nothing.

    `say` is told what data checks warn of. Raises StageError where one fails with an error; the earlier copy stays.
    """
    timing = load_timing(context.home)
    settings = context.settings.publish
    started = time.monotonic()
    with run_step(context, "publish", arguments={"full": full} if full else {}) as run:
        write_limits(run.con, timing, anew=full)
        warnings = require_sound(run.con)
        publication = publish(
            run.con,
            context.home.publish,
            firm_names=settings.firm_names,
            keep=settings.keep,
            parquet_hours=settings.parquet_hours,
            version=context.tool_version,
            now=context.now,
            full=full,
        )
        run.counts.update(
            n_tables=publication.n_tables,
            n_rows=publication.n_rows,
            n_written=publication.n_written,
            n_files_written=publication.n_files_written,
            n_files_linked=publication.n_files_linked,
            n_seconds=round(time.monotonic() - started),
        )
        for warning in warnings:
            say(f"[数据检查·注意] {warning.description}：{warning.n_rows} 条，例如 {warning.sample}")
    return run, publication
