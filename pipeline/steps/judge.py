"""`tbtwatch judge`: what an officer decided of a pair becomes a row that outlives every re-scoring."""

from __future__ import annotations

from dataclasses import replace

from pipeline.context import Context, Run, run_step
from pipeline.steps.case_acts import require
from warehouse.errors import InputError
from warehouse.judgements import Judgement, Pair, find_pairs, record_judgements
from warehouse.records import Relation


def judge(
    context: Context,
    notification: str,
    exporter_id: str,
    *,
    product_name: str | None,
    relation: Relation | None,
    reason: str,
    judged_by: str,
) -> tuple[Run, tuple[Pair, ...]]:
    """Confirm (`relation` direct or indirect) or reject (`none`) a pair, or all scored pairs of the firm.

    Without a relation what the machine found is confirmed as it is. `notification` is a notification_id, a symbol or a
    case. Returns the pairs with the relation that now holds. Raises InputError for an unknown
    notification, firm or product, and where nobody is named.
    """
    require(judged_by, "研判人", "--by")
    with run_step(context, "judge", arguments={"notification": notification, "exporter_id": exporter_id}) as run:
        found = find_pairs(run.con, notification, exporter_id, product_name)
        pairs = tuple(replace(pair, relation=relation or pair.relation) for pair in found)
        if relation is None and any(pair.relation is Relation.NONE for pair in pairs):
            raise InputError(
                f"机器判为无关，须写明研判结论：{product_name}",
                "请加 --relation direct（直接）、indirect（间接）或 none（不相关）。",
            )
        judgements = [
            Judgement(
                notification_id=pair.notification_id,
                line_id=pair.line_id,
                relation=pair.relation,
                reason=reason,
                judged_by=judged_by,
            )
            for pair in pairs
        ]
        record_judgements(run.con, judgements, now=run.now)
        run.counts["n_judged"] = len(judgements)
    return run, pairs
