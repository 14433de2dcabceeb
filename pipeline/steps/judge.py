"""`tbtwatch judge` and `tbtwatch case ...`: what an officer decided becomes a row that outlives every re-scoring."""

from __future__ import annotations

from pipeline.context import Context, Run, run_step
from warehouse.cases import append_event
from warehouse.errors import InputError
from warehouse.judgements import Judgement, find_pairs, record_judgements
from warehouse.records import Relation


def judge(
    context: Context,
    notification: str,
    exporter_id: str,
    *,
    product_name: str | None,
    relation: Relation,
    reason: str,
    judged_by: str,
) -> tuple[Run, tuple[str, ...]]:
    """Confirm (`relation` direct or indirect) or reject (`none`) a pair, or all scored pairs of the firm.

    `notification` is a notification_id or a symbol. Returns the product names judged. Raises InputError for an unknown
    notification, firm or product, and where nobody is named.
    """
    _require(judged_by, "研判人", "--by")
    with run_step(context, "judge", arguments={"notification": notification, "exporter_id": exporter_id}) as run:
        pairs = find_pairs(run.con, notification, exporter_id, product_name)
        judgements = [
            Judgement(
                notification_id=pair.notification_id,
                line_id=pair.line_id,
                relation=relation,
                reason=reason,
                judged_by=judged_by,
            )
            for pair in pairs
        ]
        record_judgements(run.con, judgements, now=run.now)
        run.counts["n_judged"] = len(judgements)
    return run, tuple(pair.product_name for pair in pairs)


def act_on_case(context: Context, case_id: str, *, kind: str, actor: str, detail: str) -> Run:
    """Append what an officer did to a case: `notified`, `advised`, `closed` or `reopened`.

    Raises InputError for an unknown case, and where nobody is named or nothing is said.
    """
    _require(actor, "经办人", "--by")
    _require(detail, *(("应对建议", "--text") if kind == "advised" else ("原因", "--reason")))
    with run_step(context, f"case-{kind}", arguments={"case_id": case_id}) as run:
        append_event(run.con, case_id=case_id, kind=kind, actor=actor, detail=detail, now=run.now)
    return run


def _require(text: str, what: str, option: str) -> None:
    """Refuse a blank: who did it and why is what the record is for."""
    if not text.strip():
        raise InputError(f"{what}不能为空。", f"请在 {option} 后写明{what}。")
