"""Answers SQL from the published copy. Whatever text is asked, it reads this one file and writes nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import duckdb

from warehouse.connection import Connection
from warehouse.errors import InputError, StageError

# a question runs beside the pipeline on one small server; it may not push it out of memory or fill its disk
_MEMORY = "1GB"
_LOCKS = (
    "SET TimeZone = 'Asia/Shanghai'",
    "SET autoinstall_known_extensions = false",
    "SET autoload_known_extensions = false",
    "SET enable_external_access = false",
    "SET lock_configuration = true",
)
_ANSWERED = {"SELECT", "EXPLAIN"}
# EXPLAIN and its options, with the comments between; what follows is the statement that ANALYZE carries out
_GAP = r"(?:\s|--[^\n]*\n|/\*.*?\*/)*"
_EXPLAIN = re.compile(
    rf"{_GAP}EXPLAIN\b{_GAP}(?:ANALY[SZ]E\b{_GAP})?(?:\({_GAP}(?:ANALY[SZ]E|FORMAT)\b[^()]*\))?",
    re.IGNORECASE | re.DOTALL,
)
_PART = 2000  # rows that are held at a time
_KINDS_ZH = {
    "Parser": "SQL 语法错误",
    "Catalog": "没有这个表、视图或函数",
    "Binder": "列名或用法不对",
    "Conversion": "值无法转换成所需的类型",
    "Invalid Input": "参数或取值不对",
    "Out of Range": "数值超出范围",
}
_HOW = (
    '有哪些表和列：tbtwatch sql "SHOW ALL TABLES"、tbtwatch sql "DESCRIBE mart.notifications"；'
    "现成的问题：tbtwatch query"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a question was answered with: unique column names, DuckDB's type names, rows of Python values."""

    columns: tuple[str, ...]
    types: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]
    is_cut: bool  # more rows exist than were asked for


@dataclass(frozen=True, slots=True, kw_only=True)
class Streamed:
    """The same, its rows given out as they come: they are there once, until the next question."""

    columns: tuple[str, ...]
    types: tuple[str, ...]
    rows: Iterator[tuple[object, ...]]


@contextmanager
def open_copy(link: Path, *, may_write: Path | None = None) -> Iterator[Connection]:
    """Open the published copy that `link` names, read-only, shut off from all files but `may_write`; close it on exit.

    The session's zone is the office's, Asia/Shanghai. Raises InputError where nothing was published yet or the file is
    no database.
    """
    if not link.exists():
        raise InputError(
            f"还没有发布副本：{link}",
            "请检查 --home，再运行：tbtwatch publish（还没有数据的，先运行 tbtwatch import exporters 等导入命令）。",
        )
    # the version behind the link, once: a link that moves meanwhile changes nothing for this reader
    path = link.resolve()
    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": _MEMORY,
        "temp_directory": "",
        "errors_as_json": True,
    }
    try:
        con = duckdb.connect(str(path), read_only=True, config=config)
    except duckdb.Error as error:
        raise InputError(
            f"发布副本打不开：{path}（{_parts(error).get('exception_message', '')}）",
            "请重新发布：tbtwatch publish",
        ) from error
    try:
        if may_write is not None:
            # DuckDB replaces a file that exists by way of `tmp_<name>` beside it
            allowed = (may_write, may_write.with_name(f"tmp_{may_write.name}"))
            con.execute(f"SET allowed_paths = [{', '.join(literal(str(path)) for path in allowed)}]")
        for lock in _LOCKS:
            con.execute(lock)
        yield con
    finally:
        con.close()


def ask(
    con: Connection, text: str, parameters: Mapping[str, object] | None = None, *, limit: int | None = None
) -> Answer:
    """Run one SELECT (or DESCRIBE, SHOW, SUMMARIZE, EXPLAIN, PIVOT) and return at most `limit` rows.

    Raises InputError for anything else and for SQL that DuckDB refuses, with line and column; StageError where the
    answer does not fit into memory.
    """
    streamed = stream(con, text, parameters)
    rows = tuple(islice(streamed.rows, None if limit is None else limit + 1))
    return Answer(
        columns=streamed.columns,
        types=streamed.types,
        rows=rows[:limit],
        is_cut=limit is not None and len(rows) > limit,
    )


def stream(con: Connection, text: str, parameters: Mapping[str, object] | None = None) -> Streamed:
    """Run one question as `ask` does and give out its rows as they come, in little memory. Errors as `ask`.

    Errors of a row show when it is reached.
    """
    _require_one_question(con, text, parameters or {})
    try:
        con.execute(text, dict(parameters or {}))
    except duckdb.Error as error:
        raise _worded(error, text) from error
    described = con.description or []
    return Streamed(
        columns=_unique([str(column[0]) for column in described]),
        types=tuple(str(column[1]) for column in described),
        rows=_rows(con, text),
    )


def _rows(con: Connection, text: str) -> Iterator[tuple[object, ...]]:
    while True:
        try:
            part = con.fetchmany(_PART)
        except duckdb.Error as error:
            raise _worded(error, text) from error
        except OverflowError as error:  # an INTERVAL of ten million years
            raise InputError(
                f"结果中有的值过大，无法显示（{error}）。", "请缩小时间间隔，或在 SQL 中转换成文本：值::VARCHAR。"
            ) from error
        if not part:
            return
        yield from part


def count_up_to(con: Connection, text: str, parameters: Mapping[str, object] | None, most: int) -> int:
    """Return how many rows a question has, or `most`, without fetching them. Errors as `ask`."""
    _require_one_question(con, text, parameters or {})
    try:
        counted = con.sql(text, params=dict(parameters or {})).limit(most).count("*").fetchone()
    except duckdb.Error as error:
        raise _worded(error, text) from error
    return int(counted[0]) if counted else 0


def write_answer(
    con: Connection, text: str, parameters: Mapping[str, object] | None, path: Path, *, limit: int | None = None
) -> int:
    """Run one question and write its rows, types kept, to `path` as Parquet (zstd); return the number of rows.

    The copy must have been opened with `may_write` of that path. Errors as `ask`; StageError where the file cannot be
    written.
    """
    _require_one_question(con, text, parameters or {})
    try:
        relation = con.sql(text, params=dict(parameters or {}))
        if limit is not None:
            relation = relation.limit(limit)
    except duckdb.Error as error:
        raise _worded(error, text) from error
    try:
        relation.write_parquet(str(path), compression="zstd")
        counted = con.execute("SELECT count(*) FROM read_parquet($path)", {"path": str(path)}).fetchone()
    except duckdb.IOException as error:
        raise StageError(f"无法写入文件夹：{path.parent}", "请检查文件夹是否可写、磁盘空间是否足够。") from error
    except duckdb.Error as error:
        raise _worded(error, text) from error
    return int(counted[0]) if counted else 0


def literal(value: object) -> str:
    """Return a value as SQL writes it: text, number, truth value, date, NULL."""
    if value is None:
        return "NULL"
    if isinstance(value, bool | int | float):
        return str(value).upper() if isinstance(value, bool) else str(value)
    return "'" + str(value).replace("'", "''") + "'"


def _require_one_question(con: Connection, text: str, parameters: Mapping[str, object]) -> None:
    _require_utf8(text, *(value for value in parameters.values() if isinstance(value, str)))
    try:
        statements = con.extract_statements(text)
    except duckdb.Error as error:
        raise _worded(error, text) from error
    # PIVOT is taken apart into types of its own making, which have no text, and a SELECT
    stated = [s for s in statements if not (s.type.name == "CREATE" and not s.query)]
    if not stated:
        raise InputError("没有写 SQL。", '例如：tbtwatch sql "SELECT count(*) FROM mart.notifications"')
    if refused := next((s.type.name for s in stated if s.type.name not in _ANSWERED), None):
        raise InputError(
            f"只能查询，不能执行 {refused} 语句：发布副本是只读的，也不读写其他文件。",
            "请改用 SELECT（或 DESCRIBE、SHOW、SUMMARIZE）；要把结果写成文件，请加 --out。",
        )
    if any(not _explains_a_question(con, s.query) for s in stated if s.type.name == "EXPLAIN"):
        raise InputError(
            "EXPLAIN 只能用于查询：EXPLAIN ANALYZE 会执行所解释的语句。", "请在 EXPLAIN 之后写 SELECT、WITH 或 FROM。"
        )
    if len(stated) > 1:
        raise InputError(f"一次只执行一条查询，这里有 {len(stated)} 条。", "请分次执行。")
    if missing := sorted({name for s in stated for name in s.named_parameters} - parameters.keys()):
        raise InputError(
            f"SQL 中的参数没有值：{'、'.join('$' + name for name in missing)}",
            "请在 SQL 中直接写值；现成的问题用 tbtwatch query 名称 --param 参数=值。",
        )


def _require_utf8(*texts: str) -> None:
    # what a terminal or a pipe in another encoding gave stands in a text as half of a character
    if any("\ud800" <= letter <= "\udfff" for text in texts for letter in text):
        raise InputError(
            "SQL 或参数不是 UTF-8 文本。", "请把终端的编码设为 UTF-8，或将 SQL 存为 UTF-8 文件，用 --file 读取。"
        )


def _explains_a_question(con: Connection, text: str) -> bool:
    prefix = _EXPLAIN.match(text)
    if prefix is None:
        return False
    try:
        explained = con.extract_statements(text[prefix.end() :])
    except duckdb.Error:  # a form of EXPLAIN that is not known here
        return False
    return [s.type.name for s in explained] == ["SELECT"]


def _parts(error: duckdb.Error) -> dict[str, str]:
    """What DuckDB says of an error as JSON, with `errors_as_json`; else its text alone."""
    text = str(error)
    try:
        found = json.loads(text[text.index("{") :])
    except ValueError:
        return {"exception_message": text.partition(": ")[2] or text}
    return {str(key): str(value) for key, value in found.items()}


def _worded(error: duckdb.Error, text: str) -> InputError | StageError:
    if isinstance(error, duckdb.OutOfMemoryException):
        return StageError(f"查询用的内存超过上限（{_MEMORY}）。", "请加条件或 LIMIT，少取一些行或列。")
    parts = _parts(error)
    message = parts.get("exception_message", "").strip()
    if isinstance(error, duckdb.PermissionException):
        return InputError(f"不能读写其他文件：{message}", "只能查询发布副本中的表；其他文件请用自己的 DuckDB 打开。")
    kind = _KINDS_ZH.get(parts.get("exception_type", ""), "SQL 未能执行")
    place, line = _place(text, parts.get("position", ""))
    return InputError(f"{kind}{place}：{message}{line}", _HOW)


def _place(text: str, position: str) -> tuple[str, str]:
    """Line and column (from 1, in characters) of a byte offset, and that line with a mark under the place."""
    if not position.isdigit():
        return "", ""
    before = text.encode()[: int(position)].decode(errors="ignore")
    row, column = before.count("\n"), len(before) - (before.rfind("\n") + 1)
    line = text.split("\n")[row]
    shown = "".join("　" if ord(character) > 0x2E7F else " " for character in line[:column])
    return f"（第 {row + 1} 行第 {column + 1} 个字）", f"\n    {line}\n    {shown}^"


def _unique(names: Sequence[str]) -> tuple[str, ...]:
    """Names as they are, a repeated one with a number, as DuckDB's own exports do."""
    taken: list[str] = []
    for name in names:
        candidate, number = name, 0
        while candidate in taken:
            number += 1
            candidate = f"{name}_{number}"
        taken.append(candidate)
    return tuple(taken)
