"""`tbtwatch case impact`, `tbtwatch survey`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipeline.acts import Act
from pipeline.cli.cases import By, CaseId, act
from pipeline.cli.output import session_of

if TYPE_CHECKING:
    from warehouse.survey_records import SurveyFirm, SurveyGroup


def impact(
    context: typer.Context,
    case_id: CaseId,
    firm: Annotated[str, typer.Option("--firm", help="企业编号", metavar="编号")],
    text: Annotated[str, typer.Option("--text", help="说明：损失和成本的内容、时间、数据来源", metavar="文字")],
    by: By,
    loss: Annotated[
        str, typer.Option("--loss", help="直接损失额（出口受阻、退运、丢失订单），万元人民币", metavar="万元")
    ] = "",
    cost: Annotated[
        str, typer.Option("--cost", help="新增成本（检测、认证、改造等），万元人民币", metavar="万元")
    ] = "",
) -> None:
    """登记企业受影响情况：直接损失额、新增成本，至少写一项；同一企业再次登记，代替前一次。"""
    from pipeline.impact import KIND, make_impact

    found = make_impact(firm, loss=loss, cost=cost)
    act(context, case_id, Act(kind=KIND, actor=by, code=found.code, detail=text), "已登记企业受影响情况")


def survey(
    context: typer.Context,
    since: Annotated[str, typer.Option("--from", help="统计期第一天", metavar="YYYY-MM-DD")],
    until: Annotated[str, typer.Option("--to", help="统计期最后一天", metavar="YYYY-MM-DD")],
    out: Annotated[Path | None, typer.Option("--out", help="另写成工作簿（.xlsx）", metavar="文件")] = None,
    firm_names: Annotated[bool, typer.Option("--firm-names", help="内部版：企业明细写明企业名称和所属区")] = False,
) -> None:
    """统计一段时间的案件、受影响企业、政企联动和损失，供影响统计调查参考。"""
    from pipeline.steps.survey import read_survey, require_workbook, write_survey
    from reports.survey import shown, summary_rows

    if out is not None:
        require_workbook(out)
    session = session_of(context)
    report = read_survey(session.context, since, until, firm_names=firm_names)
    rows = summary_rows(report)
    session.output.line(f"统计期：{report.first_day} 至 {report.last_day}")
    session.output.table(
        ("类别", "指标", "单位", "本期案件", "本期发生"),
        [(row.section, row.label, row.unit, shown(row.value), shown(row.in_period)) for row in rows],
    )
    session.output.line("本期案件：统计期内开始计时的案件，办理情况截至目前；本期发生：统计期内办理的，不论何时开案。")
    if out is not None:
        write_survey(report, out)
        session.output.line(f"统计表已写入：{out}")
    counted = report.survey
    session.output.result(
        {
            "from": report.first_day.isoformat(),
            "to": report.last_day.isoformat(),
            "register": asdict(counted.register),
            "total": _json(counted.total),
            "in_period": _json(counted.in_period),
            "by_kind": _listed(counted.by("kind")),
            "by_member": _listed(counted.by("member")),
            "by_chain": _listed(counted.by("chain")),
            "firms": [_firm(item, firm_names=firm_names) for item in counted.firms],
            "path": str(out) if out is not None else None,
        }
    )


def _listed(groups: Sequence[SurveyGroup]) -> list[dict[str, Any]]:
    return [_json(group) for group in groups]


def _firm(item: SurveyFirm, *, firm_names: bool) -> dict[str, Any]:
    hidden = () if firm_names else ("name", "district")
    return {name: value for name, value in _json(item).items() if name not in hidden}


def _json(record: Any) -> dict[str, Any]:
    """A record with its numbers as JSON has them."""
    return {
        name: _json(value) if isinstance(value, dict) else float(value) if isinstance(value, Decimal) else value
        for name, value in (record if isinstance(record, dict) else asdict(record)).items()
    }


def register(app: typer.Typer, case: typer.Typer) -> None:
    """Add the commands to the root and to the group of single cases."""
    case.command("impact")(impact)
    app.command("survey")(survey)
