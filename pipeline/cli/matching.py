"""`tbtwatch match`, `matches`, `explain`, `judge`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.output import Output, session_of
from warehouse.records import Relation

if TYPE_CHECKING:  # the command line starts without numpy
    from models.matching import Explanation

LEVELS_ZH = {"warning": "预警", "watch": "关注", "reference": "参考", "none": "无"}
RELATIONS_ZH = {"direct": "直接", "indirect": "间接", "none": "无关"}
VERDICTS_ZH = {"confirmed": "已确认", "rejected": "已排除", "unjudged": "未研判"}
HEADERS_ZH = {
    "notification_id": "编号",
    "symbol": "通报号",
    "exporter_id": "企业编号",
    "product_name": "产品名称",
    "relation": "关联",
    "score": "得分",
    "level": "等级",
    "reason": "理由",
    "exporter_name": "企业名称",
    "members": "通报成员",
    "distribution_date": "散发日期",
    "comment_deadline": "评议截止",
    "title": "题名",
    "sells_to_member": "登记出口该成员",
    "verdict": "人工研判",
    "url": "网址",
}
EVIDENCE_ZH = {
    "concept": "概念",
    "hs": "税号",
    "ics": "ICS",
    "semantic": "语义",
    "market": "市场",
    "origin": "原产地",
    "inherited": "沿用原通报",
    "conflict": "矛盾",
    "probability": "概率",
}
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
    if out.suffix.lower() == ".xlsx":  # for people; the .csv keeps the names that programs read
        write_table(out, [_worded(row) for row in rows], columns=tuple(HEADERS_ZH[name] for name in MATCH_COLUMNS))
    else:
        write_table(out, rows, columns=MATCH_COLUMNS)
    session.output.line(f"已导出 {len(rows)} 条：{out}")
    if not rows:
        session.output.line("没有匹配结果；如尚未匹配，请先运行 tbtwatch match。")
    session.output.result({"n_rows": len(rows), "file": str(out)})


def _worded(row: Mapping[str, object]) -> dict[str, object]:
    words = {"relation": RELATIONS_ZH, "level": LEVELS_ZH, "verdict": VERDICTS_ZH}
    return {HEADERS_ZH[name]: words[name][str(row[name])] if name in words else row[name] for name in MATCH_COLUMNS}


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
    for name, explained in found:
        item = explained.match
        session.output.line(
            f"{name}：{RELATIONS_ZH[item.relation.value]}，{LEVELS_ZH[item.level.value]}，得分 {item.score:.2f}"
        )
        session.output.line(f"  {item.reason}")
        session.output.table(
            ("", "依据", "值", "通报", "产品"),
            [
                (
                    "  " + EVIDENCE_ZH.get(e.kind, e.kind),
                    e.detail,
                    f"{e.value:.2f}",
                    e.notification_text[:40],
                    e.line_text[:40],
                )
                for e in item.evidence
            ],
        )
        _print_waterfall(session.output, explained)
    session.output.result({"pairs": [{"product_name": name, **asdict(explained)} for name, explained in found]})


def _print_waterfall(output: Output, explained: Explanation) -> None:
    """How the probability of a direct relation came about: log-odds by feature, thresholds, versions."""
    from models.matching.features import FEATURES_ZH

    rows = [("  起点（无任何线索时）", f"{explained.base:+.2f}")]
    rows += [
        (f"  {'' if name in explained.present else '无此项：'}{FEATURES_ZH[name]}", f"{value:+.2f}")
        for name, value in explained.contributions
    ]
    if any(item.kind == "origin" for item in explained.match.evidence) and not explained.p_direct:
        output.line("  措施仅针对其他原产地的货物，按规则判为无关；以下各项不参与判断。")
    output.table(("判断直接涉及的依据（对数几率）", "贡献"), rows)
    output.line(
        f"  直接涉及概率 {explained.p_direct:.0%}（达到 {explained.direct_from:.0%} 判为直接）；"
        f"直接或间接概率 {explained.p_direct + explained.p_indirect:.0%}（达到 {explained.related_from:.0%} 判为间接）"
    )
    output.line(f"  模型 {explained.model_version}；规则 {explained.rules_version}")


def judge(
    context: typer.Context,
    notification: Annotated[str, typer.Argument(help="通报号、编号或案件号", metavar="通报")],
    exporter: Annotated[str, typer.Argument(help="企业编号", metavar="企业")],
    by: Annotated[str, typer.Option("--by", help="研判人", metavar="姓名或岗位")],
    relation: Annotated[
        Relation | None,
        typer.Option("--relation", help="结论：direct 直接，indirect 间接，none 不相关；不写则认可机器判断"),
    ] = None,
    product: Annotated[str | None, typer.Option("--product", help="只判这一个产品", metavar="产品名称")] = None,
    reason: Annotated[str, typer.Option("--reason", help="理由", metavar="文字")] = "",
) -> None:
    """记录人工研判结论；结论长期保存，重新匹配不会覆盖。"""
    from pipeline.steps.judge import judge as run_judge

    session = session_of(context)
    run, pairs = run_judge(
        session.context, notification, exporter, product_name=product, relation=relation, reason=reason, judged_by=by
    )
    for pair in pairs:
        session.output.line(f"已记录：{pair.product_name}，{RELATIONS_ZH[pair.relation.value]}")
    session.output.result(
        {
            "run_id": run.run_id,
            "products": [pair.product_name for pair in pairs],
            "relations": [pair.relation.value for pair in pairs],
        }
    )


def register(app: typer.Typer) -> None:
    """Add the commands to the root."""
    app.command("match")(match)
    app.command("matches")(matches)
    app.command("explain")(explain)
    app.command("judge")(judge)
