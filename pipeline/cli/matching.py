"""`tbtwatch match`, `matches`, `explain`, `judge`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.output import session_of
from warehouse.records import Relation

LEVELS_ZH = {"warning": "预警", "watch": "关注", "reference": "参考", "none": "无"}
RELATIONS_ZH = {"direct": "直接", "indirect": "间接", "none": "无关"}
MATCH_WORDS = {
    "n_notifications": "本次匹配通报",
    "n_candidates": "比对候选",
    "n_direct": "直接相关",
    "n_indirect": "间接相关",
}


# what the contract of the command line promises in every table, also in an empty one
MATCH_COLUMNS = (
    "notification_id",
    "symbol",
    "exporter_id",
    "product_name",
    "relation",
    "score",
    "level",
    "reason",
)


def match(context: typer.Context) -> None:
    """匹配新增或有变化的通报与企业产品。"""
    from pipeline.steps.match import match as run_match

    session = session_of(context)
    session.output.finish(run_match(session.context), MATCH_WORDS)


def matches(
    context: typer.Context,
    out: Annotated[Path, typer.Option("--out", help="导出文件：.csv 或 .xlsx", metavar="文件")],
    every: Annotated[bool, typer.Option("--all", help="含已比对但判为无关的候选")] = False,
) -> None:
    """导出匹配结果表。"""
    from pipeline.cli.tables import write_table
    from pipeline.steps.match import read_matches

    session = session_of(context)
    rows = read_matches(session.context, include_all=every)
    write_table(out, rows, columns=MATCH_COLUMNS)
    session.output.line(f"已导出 {len(rows)} 条：{out}")
    if not rows:
        session.output.line("没有匹配结果；如尚未匹配，请先运行 tbtwatch match。")
    session.output.result({"n_rows": len(rows), "file": str(out)})


def explain(
    context: typer.Context,
    notification: Annotated[str, typer.Argument(help="通报号或编号", metavar="通报")],
    exporter: Annotated[str, typer.Argument(help="企业编号", metavar="企业")],
    product: Annotated[str | None, typer.Option("--product", help="只看这一个产品", metavar="产品名称")] = None,
) -> None:
    """说明一件通报与一家企业的产品为什么匹配或不匹配。"""
    from dataclasses import asdict

    from pipeline.steps.match import explain as run_explain

    session = session_of(context)
    found = run_explain(session.context, notification, exporter, product)
    for name, item in found:
        session.output.line(
            f"{name}：{RELATIONS_ZH[item.relation.value]}，{LEVELS_ZH[item.level.value]}，得分 {item.score:.2f}"
        )
        session.output.line(f"  {item.reason}")
        session.output.table(
            ("", "依据", "值", "通报", "产品"),
            [
                ("  " + e.kind, e.detail, f"{e.value:.2f}", e.notification_text[:40], e.line_text[:40])
                for e in item.evidence
            ],
        )
    session.output.result({"pairs": [{"product_name": name, **asdict(item)} for name, item in found]})


def judge(
    context: typer.Context,
    notification: Annotated[str, typer.Argument(help="通报号或编号", metavar="通报")],
    exporter: Annotated[str, typer.Argument(help="企业编号", metavar="企业")],
    by: Annotated[str, typer.Option("--by", help="研判人", metavar="姓名或岗位")],
    relation: Annotated[
        Relation, typer.Option("--relation", help="研判结论：direct 直接相关，indirect 间接相关，none 不相关")
    ] = Relation.DIRECT,
    product: Annotated[str | None, typer.Option("--product", help="只判这一个产品", metavar="产品名称")] = None,
    reason: Annotated[str, typer.Option("--reason", help="理由", metavar="文字")] = "",
) -> None:
    """记录人工研判结论；结论长期保存，重新匹配不会覆盖。"""
    from pipeline.steps.judge import judge as run_judge

    session = session_of(context)
    run, names = run_judge(
        session.context, notification, exporter, product_name=product, relation=relation, reason=reason, judged_by=by
    )
    session.output.line(f"已记录：{'、'.join(names)}，{RELATIONS_ZH[relation.value]}")
    session.output.result({"run_id": run.run_id, "products": names, "relation": relation.value})


def register(app: typer.Typer) -> None:
    """Add the commands to the root."""
    app.command("match")(match)
    app.command("matches")(matches)
    app.command("explain")(explain)
    app.command("judge")(judge)
