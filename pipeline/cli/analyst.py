"""`tbtwatch sql`, `tbtwatch query`: asking the published copy."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.output import Output, Session, session_of

if TYPE_CHECKING:
    from warehouse.copy_reader import Answer
    from warehouse.questions import Parameter, Question

_USUAL_LIMIT = 200
_NARROWEST = 14  # below so many characters a column nobody can read a table on a screen
_NUMBERS = ("BIGINT", "HUGEINT", "INTEGER", "SMALLINT", "TINYINT", "DOUBLE", "FLOAT", "DECIMAL", "UBIGINT", "UINTEGER")

Out = Annotated[Path | None, typer.Option("--out", help="结果写成文件：.csv、.xlsx、.parquet 或 .json", metavar="文件")]
Limit = Annotated[
    int | None,
    typer.Option("--limit", min=0, help=f"最多显示多少行（默认 {_USUAL_LIMIT}；写成文件时默认全部）", metavar="行数"),
]


def run_sql(
    context: typer.Context,
    text: Annotated[str, typer.Argument(help="一条 SELECT；写 - 从标准输入读取", metavar="SQL")] = "",
    file: Annotated[Path | None, typer.Option("--file", help="从文件读取 SQL", metavar="文件")] = None,
    out: Out = None,
    limit: Limit = None,
) -> None:
    """用 SQL 查询发布副本（只读）；不打开正在使用的数据库，不影响其他命令。"""
    session = session_of(context)
    _answer(session, _stated(text, file), {}, out, limit)


def run_query(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="问题的名称或序号；不写则列出全部问题", metavar="名称")] = "",
    parameters: Annotated[list[str] | None, typer.Option("--param", help="参数，可多次使用", metavar="名称=值")] = None,
    show_sql: Annotated[bool, typer.Option("--sql", help="只打印代入参数后的 SQL，供其他工具使用，不查询")] = False,
    out: Out = None,
    limit: Limit = None,
) -> None:
    """现成的问题：不写名称则列出全部问题和参数，写名称则查询发布副本。"""
    from warehouse.errors import InputError
    from warehouse.questions import bind, filled, find_question

    session = session_of(context)
    if not name:
        if parameters or show_sql or out is not None:
            raise InputError("没有写问题的名称。", "全部问题：tbtwatch query")
        _list_questions(session.output)
        return
    question = find_question(name)
    values = bind(question, _pairs(parameters or []))
    if show_sql:
        text = filled(question, values)
        session.output.line(text.rstrip())
        session.output.result({"name": question.name, "sql": text})
        return
    heading = [question.title]
    if values:
        heading.append("参数：" + "，".join(f"{key}={_stated_value(value)}" for key, value in values.items()))
    _answer(session, question.text, values, out, limit, heading)


def _answer(
    session: Session,
    text: str,
    values: Mapping[str, object],
    out: Path | None,
    limit: int | None,
    heading: Sequence[str] = (),
) -> None:
    from pipeline.steps.query_copy import ask_copy, json_rows, require_ending

    if out is not None:
        require_ending(out)
        n_rows, n_cut = _write(session, text, values, out, limit)
        session.output.line(f"已写入 {n_rows} 行：{out}")
        if n_cut:
            session.output.line(
                f"  [注意] 有 {n_cut} 个单元格超过 Excel 的上限，已截短；要完整内容，请写成 .csv 或 .parquet。"
            )
        session.output.result({"n_rows": n_rows, "n_cells_cut": n_cut, "path": str(out)})
        return
    copied = ask_copy(session.context, text, values, limit=_USUAL_LIMIT if limit is None else limit)
    for line in heading:
        session.output.line(line)
    _show(session.output, copied.answer)
    session.output.line(_foot(copied.answer, copied.published_at))
    session.output.result(
        {
            "columns": copied.answer.columns,
            "types": copied.answer.types,
            "rows": json_rows(copied.answer),
            "n_rows": len(copied.answer.rows),
            "is_cut": copied.answer.is_cut,
            "published_at": copied.published_at.isoformat(),
        }
    )


def _write(session: Session, text: str, values: Mapping[str, object], out: Path, limit: int | None) -> tuple[int, int]:
    """Write the answer; return its rows and how many cells were cut."""
    from pipeline.cli.tables import write_table
    from pipeline.steps.query_copy import copy_to_parquet, sheet_rows, stream_copy, write_json

    ending = out.suffix.lower()
    if ending == ".parquet":
        return copy_to_parquet(session.context, text, values, out, limit=limit), 0
    with stream_copy(session.context, text, values, limit=limit, sheet=ending == ".xlsx") as found:
        if ending == ".json":
            return write_json(out, found), 0
        rows = sheet_rows(found.columns, found.rows)
        written = write_table(out, rows, columns=found.columns, sheet="query")
        return written.n_rows, written.n_cut


def _show(output: Output, answer: Answer) -> None:
    """A table, or one line a value where the screen is too narrow for the columns."""
    from rich.table import Column

    from pipeline.steps.query_copy import plain, shown

    names = [plain(name) for name in answer.columns]
    if sys.stdout.isatty() and len(answer.columns) * _NARROWEST > shutil.get_terminal_size().columns:
        for number, row in enumerate(answer.rows, start=1):
            output.line(f"— 第 {number} 行")
            output.table(("列", "值"), [(name, shown(value)) for name, value in zip(names, row, strict=True)])
        return
    columns = [
        Column(
            name, justify="right" if kind.startswith(_NUMBERS) and not kind.endswith("]") else "left", overflow="fold"
        )
        for name, kind in zip(names, answer.types, strict=True)
    ]
    output.table(columns, [[shown(value) for value in row] for row in answer.rows])


def _foot(answer: Answer, published_at: datetime) -> str:
    from pipeline.clock import to_shanghai

    made = f"副本发布于 {to_shanghai(published_at):%Y-%m-%d %H:%M}，时间均为北京时间"
    if not answer.rows and not answer.is_cut:
        return f"没有符合条件的行（{made}）。"
    cut = "后面还有，未显示；要全部，请加大 --limit，或用 --out 写成文件" if answer.is_cut else "全部显示"
    return f"{len(answer.rows)} 行，{cut}（{made}）。"


def _stated(text: str, file: Path | None) -> str:
    from warehouse.errors import InputError

    if file is not None and text:
        raise InputError("SQL 和 --file 只能写一个。", "例如：tbtwatch sql --file 查询.sql")
    if file is None and text != "-":
        if not text.strip():
            raise InputError("没有写 SQL。", 'tbtwatch sql "SELECT …"，或 --file 文件，或用 - 从标准输入读取。')
        return text
    try:
        return file.read_text(encoding="utf-8-sig") if file is not None else sys.stdin.read()
    except FileNotFoundError as error:
        raise InputError(f"没有这个文件：{file}", "请检查路径。") from error
    except UnicodeDecodeError as error:
        raise InputError(f"不是 UTF-8 文本：{file or '标准输入'}", "请将 SQL 另存为 UTF-8 编码的文本文件。") from error


def _pairs(stated: Sequence[str]) -> dict[str, str]:
    from warehouse.errors import InputError

    pairs: dict[str, str] = {}
    for item in stated:
        key, equals, value = item.partition("=")
        if not equals or not key.strip():
            raise InputError(f"参数写法有误：{item}", "请写成 --param 名称=值，例如 --param hs4=8507。")
        if key.strip() in pairs:
            raise InputError(f"参数“{key.strip()}”写了两次。", "每个参数只写一次。")
        pairs[key.strip()] = value
    return pairs


def _list_questions(output: Output) -> None:
    from warehouse.questions import questions

    known = questions()
    output.table(
        ("序号", "名称", "问题", "参数"),
        [(q.number, q.name, q.title, _parameters(q)) for q in known],
    )
    output.line()
    output.line("查询：tbtwatch query 名称 --param 参数=值；参数名后写明默认值，标 * 的必须写。")
    output.result(
        {
            "questions": [
                {
                    "name": q.name,
                    "title": q.title,
                    "question": q.question,
                    "parameters": [
                        {
                            "name": p.name,
                            "type": p.kind,
                            "is_required": p.is_required,
                            "default": None if p.default in {"-", "NULL"} else p.default,
                            "meaning": p.meaning,
                        }
                        for p in q.parameters
                    ],
                }
                for q in known
            ]
        }
    )


def _parameters(question: Question) -> str:
    def one(parameter: Parameter) -> str:
        default = "*" if parameter.is_required else "" if parameter.default == "NULL" else f"={parameter.default}"
        return f"{parameter.name}{default}（{parameter.meaning}）"

    return "；".join(one(parameter) for parameter in question.parameters)


def _stated_value(value: object) -> str:
    from pipeline.steps.query_copy import shown

    return "未指定" if value is None else shown(value)


def register(app: typer.Typer) -> None:
    """Add the commands to the root."""
    app.command("sql")(run_sql)
    app.command("query")(run_query)
