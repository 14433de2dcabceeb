"""`tbtwatch judge` and `tbtwatch case ...`: what an officer decided becomes a row that outlives every re-scoring."""

from __future__ import annotations

from dataclasses import replace

from pipeline.context import Context, Run, run_step
from warehouse.cases import append_event
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
    _require(judged_by, "研判人", "--by")
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


def act_on_case(context: Context, case_id: str, *, kind: str, actor: str, detail: str) -> Run:
    """Append what an officer did to a case (by its id or a symbol of it): `notified`, `advised`, `closed`, `reopened`.

    Raises InputError for an unknown case, and where nobody is named or nothing is said.
    """
    _require(actor, "经办人", "--by")
    _require(detail, *(("应对建议", "--text") if kind == "advised" else ("原因", "--reason")))
    with run_step(context, f"case-{kind}", arguments={"case_id": case_id}) as run:
        append_event(run.con, case_key=case_id, kind=kind, actor=actor, detail=detail, now=run.now)
    return run


def _require(text: str, what: str, option: str) -> None:
    """Refuse a blank: who did it and why is what the record is for."""
    if not text.strip():
        raise InputError(f"{what}不能为空。", f"请在 {option} 后写明{what}。")
