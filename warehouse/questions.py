"""The worked questions: SQL files over the published copy, each with its title and parameters in its head.

The head of a file in `sql/questions/` is comment lines:

    -- Which notifications name one HS heading, and until when can one comment?
    -- title: 某一品目的通报和评议截止日期
    -- param hs4 VARCHAR:heading 8507 四位品目
    -- param days INTEGER:0-36500 30 多少天以内
    -- param since DATE NULL 只看此日起散发的；不写为全部

A parameter is name, type (VARCHAR, INTEGER, DATE, TIMESTAMPTZ, BOOLEAN), default, meaning. Default `-`: must be given;
`NULL`: the query decides. After a colon stands what of the type is meant: of a VARCHAR a form (heading, member, group,
relation, end-use), of an INTEGER the least and the greatest. What no row could have is refused: an empty answer to a
slip reads like an answer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from difflib import get_close_matches
from functools import cache
from zoneinfo import ZoneInfo

from warehouse.copy_reader import literal
from warehouse.errors import InputError
from warehouse.members import member_code
from warehouse.reference import seed_rows
from warehouse.sqlfiles import grain, sql, sql_names

_REQUIRED = "-"
_OFFICE = ZoneInfo("Asia/Shanghai")
_TITLE = re.compile(r"^-- title: *(.+)$", re.MULTILINE)
_PARAMETER = re.compile(r"^-- param (\w+) ([A-Z]+)(?::(\S+))? (\S+) (.+)$", re.MULTILINE)
# what stands in a comment or a text is no parameter
_MARK = re.compile(r"--[^\n]*|'(?:[^']|'')*'|\$(\w+)")
_EXAMPLES = {
    "VARCHAR": "文字，不能为空",
    "INTEGER": "整数，如 30",
    "DATE": "日期，如 2026-06-15",
    "TIMESTAMPTZ": "时刻，如 2026-06-15T09:00+08:00（不写时区的按北京时间）",
    "BOOLEAN": " true 或 false（也可写 是、否）",
    "heading": "四位品目数字，如 8507",
    "member": "成员代码或名称，如 JPN、EU、日本",
    "group": "集团代码：",
    "relation": " direct 或 indirect",
    "end-use": "中间品、消费品或投资品",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """What a question can be asked with."""

    name: str
    kind: str  # DuckDB's type
    form: str = ""  # what of the type is meant; empty where everything is
    default: str  # as it stands in the file: `-` must be given, `NULL` the query decides
    meaning: str

    @property
    def is_required(self) -> bool:
        """Whether the question cannot be asked without it."""
        return self.default == _REQUIRED


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A worked question."""

    name: str  # of its file, without the number that orders the list
    file_name: str
    question: str  # in English, as the documents list it
    title: str  # in Chinese
    parameters: tuple[Parameter, ...]
    text: str

    @property
    def number(self) -> str:
        """Its place in the list, two digits."""
        return self.file_name.partition("_")[0]


@cache
def questions() -> tuple[Question, ...]:
    """Return all worked questions in the order of their files."""
    return tuple(_read(name) for name in sql_names("questions"))


def find_question(name: str) -> Question:
    """Return the question of that name, or of its number or file name. Raises InputError that names near ones."""
    key = name.strip().removesuffix(".sql")
    for question in questions():
        if key in {question.name, question.file_name} or key.zfill(2) == question.number:
            return question
    near = get_close_matches(key, [question.name for question in questions()], n=3, cutoff=0.4)
    hint = f"相近的有：{'、'.join(near)}。" if near else ""
    raise InputError(f"没有这个问题：{name}", f"{hint}全部问题：tbtwatch query")


def bind(question: Question, given: Mapping[str, str]) -> dict[str, object]:
    """Return the values of all parameters: given ones, else defaults.

    Raises InputError for a name that the question does not know, one that it needs, and a text that is no such value.
    """
    known = {parameter.name: parameter for parameter in question.parameters}
    if unknown := next((name for name in given if name not in known), None):
        raise InputError(f"问题 {question.name} 没有参数“{unknown}”。", _choices(question))
    if missing := next((p for p in question.parameters if p.is_required and p.name not in given), None):
        raise InputError(
            f"问题 {question.name} 需要参数“{missing.name}”（{missing.meaning}）。",
            f"例如：tbtwatch query {question.name} --param {missing.name}=……",
        )
    return {name: _value(question, parameter, given.get(name, parameter.default)) for name, parameter in known.items()}


def filled(question: Question, values: Mapping[str, object]) -> str:
    """Return the question's SQL with its values written in, for tools that know no `$name`."""

    def fill(mark: re.Match[str]) -> str:
        if not mark[1]:
            return mark[0]
        value = values[mark[1]]
        return f"TIMESTAMPTZ {literal(value)}" if isinstance(value, datetime) else literal(value)

    return _MARK.sub(fill, question.text)


def marks(text: str) -> set[str]:
    """Return the names that stand as `$name` in the SQL, outside comments and texts."""
    return {mark[1] for mark in _MARK.finditer(text) if mark[1]}


def _read(name: str) -> Question:
    text = sql(name)
    file_name = name.rpartition("/")[2]
    title = _TITLE.search(text)
    return Question(
        name=file_name.partition("_")[2],
        file_name=file_name,
        question=grain(text),
        title=title[1].strip() if title else "",
        parameters=tuple(
            Parameter(name=found[1], kind=found[2], form=found[3] or "", default=found[4], meaning=found[5].strip())
            for found in _PARAMETER.finditer(text)
        ),
        text=text,
    )


def _choices(question: Question) -> str:
    if not question.parameters:
        return "这个问题没有参数。"
    return "可用的参数：" + "；".join(f"{p.name}（{p.meaning}）" for p in question.parameters)


def _value(question: Question, parameter: Parameter, text: str) -> object:
    text = text.strip()
    if text == "NULL" and parameter.default == "NULL":
        return None
    try:
        return _read_value(parameter, text)
    except (ValueError, KeyError, OverflowError) as error:
        raise InputError(
            f"问题 {question.name} 的参数“{parameter.name}”（{parameter.meaning}）的值无法识别：{text}",
            f"应为{_example(parameter)}。",
        ) from error


def _read_value(parameter: Parameter, text: str) -> object:
    if parameter.kind == "VARCHAR" and parameter.form:
        return _FORMS[parameter.form](text)
    value = _READERS[parameter.kind](text)
    if isinstance(value, int) and parameter.form:
        least, greatest = map(int, parameter.form.split("-"))
        if not least <= value <= greatest:
            raise ValueError(text)
    return value


def _example(parameter: Parameter) -> str:
    if parameter.kind == "INTEGER" and parameter.form:
        least, greatest = parameter.form.split("-")
        return f" {least} 至 {greatest} 的整数"
    if parameter.form == "group":
        return _EXAMPLES["group"] + "、".join(_groups())
    return _EXAMPLES[parameter.form or parameter.kind]


def _text(text: str) -> str:
    if not text or text == "NULL":
        raise ValueError(text)
    return text


def _integer(text: str) -> int:
    if abs(number := int(text)) >= 2**31:
        raise ValueError(text)
    return number


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=_OFFICE)).astimezone(UTC)


def _heading(text: str) -> str:
    digits = text.replace(".", "")
    if not re.fullmatch(r"[0-9]{4}", digits):
        raise ValueError(text)
    return digits


def _member(text: str) -> str:
    code = member_code(text)
    if code is None:
        raise ValueError(text)
    return code


def _group(text: str) -> str:
    if text.upper() not in _groups():
        raise ValueError(text)
    return text.upper()


def _one_of(*words: str) -> Callable[[str], str]:
    known = {word: word for word in words}
    return lambda text: known[text.lower()]


@cache
def _groups() -> tuple[str, ...]:
    return tuple(row["group_code"] for row in seed_rows("member_groups.csv"))


_READERS: dict[str, Callable[[str], object]] = {
    "VARCHAR": _text,
    "INTEGER": _integer,
    "DATE": date.fromisoformat,
    "TIMESTAMPTZ": _moment,
    "BOOLEAN": lambda text: {"true": True, "false": False, "是": True, "否": False}[text.lower()],
}
_FORMS: dict[str, Callable[[str], str]] = {
    "heading": _heading,
    "member": _member,
    "group": _group,
    "relation": _one_of("direct", "indirect"),
    "end-use": _one_of("中间品", "消费品", "投资品"),
}
