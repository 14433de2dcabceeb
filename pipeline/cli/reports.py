"""`tbtwatch report` and what belongs to the life of an issue: edit, release, withdraw, issues."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.output import session_of

REPORT_WORDS = {
    "n_symbols": "通报（件）",
    "n_measures": "按文本计（项）",
    "n_relevant": "与我市相关（项）",
    "n_firms": "涉及企业（家）",
}
EDIT_WORDS = {
    "n_applied": "已采用",
    "n_repeated": "与现有文字相同",
    "n_blank": "未改动",
    "n_refused": "未采用（见下）",
    "n_outside": "栏目以外的改动（见下）",
}
SITE_WORDS = {"n_measures": "近期通报措施（项）", "n_issues": "已印发期次", "n_files": "文件"}

_AFTER_WITHDRAWAL = (
    "技贸措施专栏仍列有这一期：请运行 tbtwatch report site 重新生成，已上传网站的重新上传。",
    "已生成的试点工作进展仍按这一期：请运行 tbtwatch report note --month {month} 重新生成。",
    "已发出、已张贴的文稿，程序无法收回：请逐一通知收件单位作废。",
)
_SHOWN = 24  # characters of a text in a column of a table

Month = Annotated[str, typer.Option("--month", help="月份", metavar="YYYY-MM")]
By = Annotated[str, typer.Option("--by", help="姓名或岗位", metavar="姓名或岗位")]

report = typer.Typer(help="月度风险信息提示：起草、编辑、印发、撤回。", invoke_without_command=True)


@report.callback()
def draft(
    context: typer.Context,
    month: Annotated[str | None, typer.Option("--month", help="月份", metavar="YYYY-MM")] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="输出文件夹（默认主文件夹下 reports/月份）", metavar="文件夹")
    ] = None,
) -> None:
    """生成当月《境外技术性贸易措施风险信息提示》草稿（.html、.docx、.pdf 和数据附表 .xlsx，公开版和内部版）和编辑表。

    已印发的月份给出正式文件，不重新起草。
    """
    if context.invoked_subcommand is not None:
        if month is not None or out is not None:
            raise typer.BadParameter(f"--month、--out 请写在 {context.invoked_subcommand} 之后")
        return
    if month is None:
        raise typer.BadParameter("缺少 --month", param_hint="--month")
    from pipeline.steps.draft_report import draft_report

    session = session_of(context)
    run, files = draft_report(session.context, month, out=out)
    for path in files:
        session.output.line(f"已生成：{path}" if _is_drafted(run) else f"正式文件：{path}")
    session.output.finish(run, REPORT_WORDS, files=[str(path) for path in files])


@report.command("edit")
def edit(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="填好的编辑表（.xlsx）或改过的文稿（.docx）", metavar="文件")],
    month: Month,
    by: By,
) -> None:
    """读入改过的导语、主要内容、对我市影响、应对建议和工作提示；再次起草时印出。同一文件可重复导入。"""
    from pipeline.steps.edit_report import edit_report

    session = session_of(context)
    run, found = edit_report(session.context, month, file, by=by)
    try:
        session.output.finish(
            run,
            EDIT_WORDS,
            refused=[{"place": each.place, "message": each.message} for each in found.problems],
            outside=[{"kind": each.kind, "heading": each.heading, "text": each.first_words} for each in found.outside],
        )
    finally:  # where something was refused, `finish` leaves with an exit code
        if run.counts["n_applied"]:
            session.output.line(f"请运行 tbtwatch report --month {month} 重新生成文稿，印出已采用的文字。")


@report.command("release")
def release(
    context: typer.Context,
    month: Month,
    by: Annotated[str, typer.Option("--by", help="签发人", metavar="姓名或岗位")],
    anyway: Annotated[
        str, typer.Option("--anyway", help="有未研判的解读或数据检查未通过时仍印发的理由，记录在案", metavar="理由")
    ] = "",
) -> None:
    """印发：编年度期号和总期号，定稿数据、文件和校验值，存入 reports/月份/正式。已印发的，核对文件是否原样。"""
    from pipeline.steps.release import release_issue

    session = session_of(context)
    run, done = release_issue(session.context, month, by=by, anyway=anyway)
    if done.is_new:
        session.output.line(f"已印发：{done.issue.name_zh}")
    else:
        restored = f"，已按定稿数据补回：{'、'.join(done.restored)}" if done.restored else "，文件没有变化"
        session.output.line(f"此前已印发：{done.issue.name_zh}{restored}")
    for path in done.files:
        session.output.line(f"  {path}")
    session.output.finish(
        run,
        {},
        overall=done.issue.overall,
        year=done.issue.year,
        in_year=done.issue.in_year,
        is_new=done.is_new,
        restored=list(done.restored),
        files=[str(path) for path in done.files],
    )


@report.command("withdraw")
def withdraw_command(
    context: typer.Context,
    month: Month,
    by: By,
    reason: Annotated[str, typer.Option("--reason", help="撤回原因", metavar="原因")],
) -> None:
    """撤回已印发的一期：期号保留不再使用，文件移到“已撤回”文件夹，可重新起草、印发。"""
    from pipeline.steps.release import withdraw

    session = session_of(context)
    run, issue = withdraw(session.context, month, by=by, reason=reason)
    session.output.line(f"已撤回：{issue.name_zh}")
    for step in _AFTER_WITHDRAWAL:
        session.output.line(f"  {step.format(month=month)}")
    session.output.finish(run, {}, overall=issue.overall)


@report.command("note")
def note(
    context: typer.Context,
    month: Month,
    out: Annotated[
        Path | None, typer.Option("--out", help="输出文件夹（默认主文件夹下 reports/月份）", metavar="文件夹")
    ] = None,
) -> None:
    """生成当月试点工作进展（一页，.docx、.pdf），数字与当月风险信息提示一致；已印发的月份取定稿数据。"""
    from pipeline.steps.progress_note import write_note

    session = session_of(context)
    run, files = write_note(session.context, month, out)
    for path in files:
        session.output.line(f"已生成：{path}")
    session.output.finish(run, {}, files=[str(path) for path in files])


@report.command("issues")
def issues(context: typer.Context) -> None:
    """列出已印发的各期，含已撤回的。"""
    from pipeline.clock import to_shanghai
    from pipeline.steps.release import list_issues

    session = session_of(context)
    found = list_issues(session.context)
    if not found:
        session.output.line("还没有已印发的期次。")
    session.output.table(
        ("期号", "月份", "印发时间", "签发人", "状态", "印发时的未决事项"),
        [
            (
                issue.name_zh,
                issue.report_month,
                f"{to_shanghai(issue.released_at):%Y-%m-%d %H:%M}",
                issue.released_by,
                f"已撤回（{issue.withdrawn_by}：{_short(issue.withdrawn_reason)}）" if issue.withdrawn_at else "有效",
                _in_spite_of_zh(issue.in_spite_of),
            )
            for issue in found
        ],
    )
    if any(issue.in_spite_of for issue in found):
        session.output.line("未决事项和理由的全文：tbtwatch --json report issues")
    session.output.result(
        {
            "issues": [
                {
                    "year": issue.year,
                    "in_year": issue.in_year,
                    "overall": issue.overall,
                    "month": issue.report_month,
                    "released_at": issue.released_at,
                    "released_by": issue.released_by,
                    "facts_sha256": issue.facts_sha256,
                    "snapshot": issue.snapshot,
                    "in_spite_of": issue.in_spite_of,
                    "withdrawn_at": issue.withdrawn_at,
                    "withdrawn_by": issue.withdrawn_by,
                    "withdrawn_reason": issue.withdrawn_reason,
                }
                for issue in found
            ]
        }
    )


@report.command("site")
def site(
    context: typer.Context,
    out: Annotated[
        Path | None, typer.Option("--out", help="输出文件夹（默认主文件夹下 site）", metavar="文件夹")
    ] = None,
) -> None:
    """生成公开的技贸措施专栏（静态网页）：已印发各期、近期截止、近期通报措施检索、订阅源；不含企业和经办人信息。

    整个文件夹一次替换，可直接双击 index.html 打开，也可上传到任何网站。
    """
    from pipeline.steps.site import write_site

    session = session_of(context)
    run, files = write_site(session.context, out)
    session.output.line(f"已生成：{files[0]}")
    session.output.finish(run, SITE_WORDS, index=str(files[0]))


def _in_spite_of_zh(text: str) -> str:
    """What stood against a release, counted, and the reason given: as much as a row of a table holds."""
    if not text:
        return ""
    against, _, reason = text.rpartition("理由：")
    kinds = (("数据检查未通过：", "数据检查{n}项"), ("未经人工研判：", "未经研判{n}项"))
    counted = [words.format(n=against.count(mark)) for mark, words in kinds if mark in against]
    return "；".join((*counted, f"理由：{_short(reason)}"))


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else f"{line[:_SHOWN]}…"


def _is_drafted(run: object) -> bool:
    return not any(issue.code == "month-released" for issue in getattr(run, "issues", ()))


def register(app: typer.Typer) -> None:
    """Add the commands to the root; a further subcommand is a function with `@report.command`."""
    app.add_typer(report, name="report")
