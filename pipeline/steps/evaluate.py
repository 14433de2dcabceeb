"""`tbtwatch evaluate`: the stored matches against labels that careful readers made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from models.training.figures import Decision, Figures, figures
from models.training.learn import groups_of, worst_errors
from pipeline.context import Context
from pipeline.labelled import read_labels
from warehouse.connection import open_reader
from warehouse.errors import InputError
from warehouse.facts import read_notifications
from warehouse.query import fetch_all
from warehouse.records import Relation

_SMALLEST_GROUP = 5  # notifications: below that a figure says nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """One pair on which machine and label differ."""

    symbol: str
    title: str
    exporter_id: str
    product_name: str
    kind: str  # "missed" or "false"
    reason: str  # the machine's sentence, where it weighed the pair


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """Figures of all and of each group, and the worst mistakes."""

    overall: Figures
    groups: Mapping[str, Figures]
    mistakes: tuple[Mistake, ...]


def evaluate(context: Context, gold: Path, *, n_mistakes: int = 20) -> Evaluation:
    """Measure the stored matches on the notifications that `gold` labels.

    Raises InputError where none of them is in the warehouse: the figures would be all zero and say nothing.
    """
    labels = read_labels(gold)
    with open_reader(context.home.warehouse) as con:
        ids = sorted({item.notification_id for item in labels})
        notifications = {item.notification_id: item for item in read_notifications(con, ids)}
        rows = fetch_all(con, "queries/scored_pairs", {})
        products = {row["line_id"]: row for row in fetch_all(con, "queries/line_names", {})}
    missing = [key for key in ids if key not in notifications]
    if missing or not ids:
        named = "、".join(missing[:5]) + ("等" if len(missing) > 5 else "")
        raise InputError(
            f"{gold.name} 标注的 {len(ids)} 件通报中有 {len(missing)} 件不在库中：{named}"
            if ids
            else f"{gold.name} 没有标注。",
            "请先导入全部标注的通报和企业清单，再运行 tbtwatch match；否则指标没有意义。",
        )
    labelled = {line for item in labels for line in item.direct | item.indirect | item.ambiguous}
    if not labelled <= products.keys():
        raise InputError(
            f"{gold.name} 中有 {len(labelled - products.keys())} 个产品不在企业清单中。",
            "请核对企业编号和产品名称，或先导入标注所用的企业清单。",
        )
    found = {
        (row["notification_id"], row["line_id"]): Decision(
            relation=Relation(row["relation"]), score=row["score"], p_direct=row["score"]
        )
        for row in rows
    }
    reasons = {(row["notification_id"], row["line_id"]): row["reason"] for row in rows}
    groups = {}
    for name, members in groups_of(list(notifications.values())).items():
        chosen = [item for item in labels if item.notification_id in members]
        if len(chosen) >= _SMALLEST_GROUP:
            groups[name] = figures(chosen, found)
    mistakes = []
    for (notification_id, line_id), kind in worst_errors(labels, found, n_mistakes):
        notification, product = notifications[notification_id], products.get(line_id, {})
        mistakes.append(
            Mistake(
                symbol=notification.symbols[0] if notification.symbols else notification_id,
                title=notification.title,
                exporter_id=product.get("exporter_id", ""),
                product_name=product.get("product_name", line_id),
                kind=kind,
                reason=reasons.get((notification_id, line_id), ""),
            )
        )
    return Evaluation(overall=figures(labels, found), groups=groups, mistakes=tuple(mistakes))
