"""`tbtwatch publish`, `monthly`, `status`, `doctor`, `demo`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.output import SEVERITIES_ZH, Session, session_of
from pipeline.cli.reports import Month

MARKS = {"ok": "正常", "warning": "注意", "error": "有误"}
STEPS_ZH = {
    "import-exporters": "导入企业清单",
    "import-notifications": "导入通报",
    "crawl": "采集",
    "case-notified": "登记企业告知",
    "match": "匹配",
    "judge": "研判",
    "cases": "开案",
    "case-advised": "登记应对建议",
    "case-closed": "结案",
    "case-reopened": "重新打开案件",
    "alert": "告警",
    "report": "月度提示",
    "report-edit": "修改月度提示文字",
    "report-release": "印发",
    "report-withdraw": "撤回已印发的一期",
    "publish": "发布副本",
}
OUTCOMES_ZH = {"running": "未完成", "done": "完成", "findings": "完成，有问题待看", "failed": "失败"}


def publish(
    context: typer.Context,
    full: Annotated[bool, typer.Option("--full", help="全部重写，不在上一份副本的基础上更新")] = False,
) -> None:
    """发布供分析人员查询的只读副本和 Parquet 文件（不含联系方式）。"""
    from pipeline.steps.publish import publish_copy

    session = session_of(context)
    output = session.output
    run, publication = publish_copy(session.context, full=full, say=output.line)
    output.line(f"已发布：{publication.link} → {publication.path.name}")
    output.line(f"Parquet 文件：{publication.parquet}")
    output.line(
        f"{'全部重写' if publication.is_full else '在上一份副本的基础上更新'}，用时 {run.counts['n_seconds']} 秒。"
    )
    words = {
        "n_tables": "表",
        "n_rows": "行",
        "n_written": "其中本次写入",
        "n_files_written": "新写文件",
        "n_files_linked": "沿用文件",
    }
    output.finish(run, words, file=str(publication.path), parquet=str(publication.parquet))


def monthly(
    context: typer.Context,
    month: Month,
    unreviewed: Annotated[bool, typer.Option("--unreviewed", help="也发送未经人工研判的机器匹配")] = False,
) -> None:
    """月度全流程：匹配、开案、告警、月度提示、发布，依次运行。"""
    from pipeline.steps.monthly import run_month

    session = session_of(context)
    outcome = run_month(session.context, month, include_unreviewed=unreviewed, say=session.output.line)
    session.output.result({"outcome": outcome})
    if outcome == "findings":
        raise typer.Exit(1)


def status(
    context: typer.Context,
    show_issues: Annotated[bool, typer.Option("--issues", help="列出待看的问题")] = False,
) -> None:
    """最近的运行、各来源的采集情况、待看的问题。"""
    from pipeline.clock import to_shanghai
    from pipeline.steps.status import read_status

    session = session_of(context)
    state = read_status(session.context)
    output = session.output
    output.line(
        f"通报 {state.n_notifications} 件，在册企业 {state.n_exporters} 家、产品 {state.n_lines} 个，"
        f"案件 {state.n_cases} 个，待看的问题 {state.n_issues} 条。"
    )
    output.line()
    output.table(
        ("来源", "首次采集", "最近采集", "最近一次采集的结果"),
        [
            (
                s["title"],
                *(
                    f"{to_shanghai(s[k]):%Y-%m-%d %H:%M}" if s[k] else "—"
                    for k in ("first_collected_at", "last_collected_at")
                ),
                _crawl_outcome(s["last_outcome"]),
            )
            for s in state.sources
        ],
    )
    output.line()
    output.table(
        ("时间", "步骤", "结果"),
        [
            (
                f"{to_shanghai(r['started_at']):%Y-%m-%d %H:%M}",
                STEPS_ZH.get(r["step"], r["step"]),
                OUTCOMES_ZH[r["outcome"]],
            )
            for r in state.runs
        ],
    )
    for finding in state.findings:
        severity = SEVERITIES_ZH[finding.severity]
        output.line(f"[数据检查·{severity}] {finding.description}：{finding.n_rows} 条，例如 {finding.sample}")
    if show_issues:
        output.table(
            ("级别", "文件", "行", "列", "问题", "怎么办"),
            [
                (
                    SEVERITIES_ZH[i["severity"]],
                    i["file_name"],
                    i["row_number"],
                    i["field_name"],
                    i["message"],
                    i["next_step"],
                )
                for i in state.issues
            ],
        )
    output.result(
        {
            "n_notifications": state.n_notifications,
            "n_exporters": state.n_exporters,
            "n_lines": state.n_lines,
            "n_cases": state.n_cases,
            "n_issues": state.n_issues,
            "sources": state.sources,
            "runs": state.runs,
            "issues": state.issues if show_issues else [],
            "findings": [{"name": f.name, "severity": f.severity.value, "n_rows": f.n_rows} for f in state.findings],
        }
    )
    if state.n_issues or any(finding.severity != "info" for finding in state.findings):
        raise typer.Exit(1)


def _crawl_outcome(outcome: str | None) -> object:
    from rich.text import Text

    if outcome is None:
        return "—"
    return Text(OUTCOMES_ZH[outcome], style="bold red" if outcome in {"failed", "running"} else "")


def doctor(context: typer.Context) -> None:
    """检查本机环境：程序包、字体、编码模型、磁盘、邮件设置；缺什么给出安装命令。"""
    from pipeline.doctor import examine

    session = session_of(context)
    results = examine(session.context)
    for result in results:
        session.output.line(f"[{MARKS[result.state]}] {result.title}：{result.detail}")
        if result.remedy:
            session.output.line(f"        {result.remedy}")
    session.output.result({"checks": [{"title": r.title, "state": r.state, "detail": r.detail} for r in results]})
    if any(result.state == "error" for result in results):
        raise typer.Exit(3)
    if any(result.state == "warning" for result in results):
        raise typer.Exit(1)


def demo(
    context: typer.Context,
    folder: Annotated[
        Path | None, typer.Option("--folder", help="演示的主文件夹（默认主文件夹下 demo）", metavar="文件夹")
    ] = None,
) -> None:
    """用随程序的示例数据（虚构）离线走完整个月：导入、匹配、开案、告警、月度提示、发布。"""
    from pipeline.steps.demo import run_demo

    session: Session = session_of(context)
    home = run_demo(session.context, folder, say=session.output.line)
    session.output.result({"home": str(home.root)})


def register(app: typer.Typer) -> None:
    """Add the commands to the root."""
    app.command("publish")(publish)
    app.command("monthly")(monthly)
    app.command("status")(status)
    app.command("doctor")(doctor)
    app.command("demo")(demo)
