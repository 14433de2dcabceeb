"""`tbtwatch publish`: the analysts' copy."""

from __future__ import annotations

from pipeline.context import Context, Run, run_step
from warehouse.publish import Publication, publish


def publish_copy(context: Context) -> tuple[Run, Publication]:
    """Write the read-only copy and move the link to it."""
    with run_step(context, "publish") as run:
        publication = publish(
            run.con,
            context.home.publish,
            firm_names=context.settings.publish.firm_names,
            keep=context.settings.publish.keep,
            version=context.tool_version,
            now=context.now,
        )
        run.counts.update(n_tables=publication.n_tables, n_rows=publication.n_rows)
    return run, publication
