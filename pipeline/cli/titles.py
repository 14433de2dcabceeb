"""`tbtwatch titles export`, `import`, `translate`, `set`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.output import session_of

titles = typer.Typer(help="外文标题的中文译名：导出翻译、导入译名、机器翻译。", no_args_is_help=True)
EXPORT_WORDS = {"n_exported": "导出标题"}
IMPORT_WORDS = {
    "n_applied": "已采用",
    "n_repeated": "此前已导入",
    "n_blank": "未填写",
    "n_refused": "未采用（见下）",
}
TRANSLATE_WORDS = {"n_wanted": "待译标题", "n_translated": "已机器翻译", "n_refused": "译名未采用（见下）"}

Month = Annotated[
    str, typer.Option("--month", help="该月散发的全部通报；不写则为未办结案件涉及的通报", metavar="年-月")
]
By = Annotated[str, typer.Option("--by", help="翻译人（姓名或岗位），随译名保存", metavar="姓名或岗位")]


@titles.command("export")
def export(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="要写的文件（.xlsx）", metavar="文件")],
    month: Month = "",
) -> None:
    """把尚无人工译名的标题写成一个 Excel 翻译表；填写“中文译名”列后用 titles import 导入。"""
    from pipeline.steps.titles import export_titles

    session = session_of(context)
    run = export_titles(session.context, file, month=month)
    session.output.line(f"标题翻译表已写入：{file}")
    session.output.finish(run, EXPORT_WORDS, path=str(file))


@titles.command("import")
def import_(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="填好的标题翻译表（.xlsx）", metavar="文件")],
    by: By,
) -> None:
    """读入填好的标题翻译表：有误或已过时的行不采用并说明原因，其余一次采用；同一文件可重复导入。"""
    from pipeline.steps.titles import import_titles, refused_cells

    session = session_of(context)
    run, problems = import_titles(session.context, file, by=by)
    session.output.finish(run, IMPORT_WORDS, refused=refused_cells(problems))


@titles.command("translate")
def translate(context: typer.Context, month: Month = "") -> None:
    """用设置中的翻译工具翻译尚无译名的标题，译名标明“机器翻译”；只送出通报标题和内容摘要，不涉及企业。"""
    from pipeline.steps.titles import translate_titles

    session = session_of(context)
    run = translate_titles(session.context, month=month)
    session.output.finish(run, TRANSLATE_WORDS)


@titles.command("set")
def set_(
    context: typer.Context,
    symbol: Annotated[str, typer.Argument(help="通报号或通报编号", metavar="通报号")],
    text: Annotated[str, typer.Option("--text", help="中文译名", metavar="译名")],
    by: By,
) -> None:
    """登记一件通报标题的人工译名；同一措施的补遗、同题的联合通报一并采用。"""
    from pipeline.steps.titles import set_title

    session = session_of(context)
    run, title = set_title(session.context, symbol, text, by=by)
    session.output.line(f"{symbol}：{title.text}")
    session.output.finish(run, {}, title_zh=title.text, kind=title.kind.value, by=title.by)


def register(app: typer.Typer) -> None:
    """Add the commands to the root."""
    app.add_typer(titles, name="titles")
