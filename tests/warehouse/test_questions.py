"""The worked questions as files: heads that say everything, parameters that take what they should and nothing else."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.copy_reader import literal
from warehouse.errors import InputError
from warehouse.questions import Parameter, Question, bind, filled, find_question, marks, questions

KINDS = {"VARCHAR", "INTEGER", "DATE", "TIMESTAMPTZ", "BOOLEAN"}


def question(*parameters: tuple[str, str, str], text: str = "SELECT 1") -> Question:
    made = tuple(
        Parameter(name=n, kind=kind.partition(":")[0], form=kind.partition(":")[2], default=default, meaning="含义")
        for n, kind, default in parameters
    )
    return Question(name="one", file_name="01_one", question="Q", title="题", parameters=made, text=text)


def test_there_are_at_least_twenty_and_their_numbers_have_no_gap() -> None:
    assert [item.number for item in questions()] == [f"{n:02}" for n in range(1, len(questions()) + 1)]
    assert len(questions()) >= 20
    assert len({item.name for item in questions()}) == len(questions())


@pytest.mark.parametrize("item", questions(), ids=lambda item: item.name)
def test_a_head_says_everything(item: Question) -> None:
    assert item.question.endswith("?")
    assert re.search(r"[一-鿿]", item.title)
    head = [line for line in item.text.splitlines() if re.match(r"-- (title|param)\b", line)]
    assert len(head) == 1 + len(item.parameters), "a line of the head that does not read as one"
    assert marks(item.text) == {parameter.name for parameter in item.parameters}
    for parameter in item.parameters:
        assert parameter.kind in KINDS
        assert re.search(r"[一-鿿]", parameter.meaning)
    stated = {
        p.name: "2026-06-15" if p.kind in {"DATE", "TIMESTAMPTZ"} else "1" for p in item.parameters if p.is_required
    }
    assert bind(item, stated).keys() == {parameter.name for parameter in item.parameters}
    assert "$" not in re.sub(r"--.*", "", filled(item, bind(item, stated)))


@pytest.mark.parametrize("item", questions(), ids=lambda item: item.name)
def test_a_question_is_found_by_name_number_and_file(item: Question) -> None:
    for key in (item.name, item.number, item.number.lstrip("0"), item.file_name, f"{item.file_name}.sql"):
        assert find_question(key) == item


def test_an_unknown_question_names_near_ones() -> None:
    with pytest.raises(InputError, match="没有这个问题：exposed") as refused:
        find_question("exposed")
    assert "exposed_firms" in refused.value.next_step
    with pytest.raises(InputError) as refused:
        find_question("")
    assert "tbtwatch query" in refused.value.next_step


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("VARCHAR", " 8507 ", "8507"),
        ("INTEGER", "-3", -3),
        ("DATE", "2026-06-15", date(2026, 6, 15)),
        ("TIMESTAMPTZ", "2026-06-15T09:00+08:00", datetime(2026, 6, 15, 1, 0, tzinfo=UTC)),
        ("TIMESTAMPTZ", "2026-06-15", datetime(2026, 6, 14, 16, 0, tzinfo=UTC)),  # the office's midnight
        ("BOOLEAN", "TRUE", True),
        ("BOOLEAN", "是", True),
        ("BOOLEAN", " 否 ", False),
        ("VARCHAR:heading", "85.07", "8507"),
        ("VARCHAR:member", "eu", "EU"),
        ("VARCHAR:member", "日本", "JPN"),
        ("VARCHAR:group", "eac", "EAC"),
        ("VARCHAR:relation", "Direct", "direct"),
        ("VARCHAR:end-use", " 消费品", "消费品"),
        ("INTEGER:1-600", "600", 600),
    ],
)
def test_a_value_is_read_as_its_type(kind: str, text: str, value: object) -> None:
    assert bind(question(("x", kind, "-")), {"x": text}) == {"x": value}


def test_nothing_is_said_only_where_the_query_knows_what_to_do_then() -> None:
    assert bind(question(("x", "INTEGER", "NULL")), {"x": " NULL "}) == {"x": None}
    assert bind(question(("x", "INTEGER", "NULL")), {}) == {"x": None}
    for kind, default in (("INTEGER", "30"), ("INTEGER", "-"), ("VARCHAR", "-"), ("VARCHAR:heading", "8507")):
        with pytest.raises(InputError, match="的值无法识别：NULL"):
            bind(question(("x", kind, default)), {"x": "NULL"})


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("INTEGER", "x"), ("INTEGER", "1.5"), ("INTEGER", ""), ("INTEGER", str(2**31)), ("VARCHAR", " "),
        ("DATE", "15.6.2026"), ("DATE", "2026-02-30"), ("TIMESTAMPTZ", "now"), ("BOOLEAN", "maybe"),
        ("TIMESTAMPTZ", "0001-01-01"), ("VARCHAR:heading", "85"), ("VARCHAR:heading", "8507.60"),
        ("VARCHAR:member", "EAC"), ("VARCHAR:member", "Lemuria"), ("VARCHAR:group", "JPN"),
        ("VARCHAR:relation", "none"), ("VARCHAR:end-use", "intermediate"), ("INTEGER:1-600", "-3"),
        ("INTEGER:1-600", "0"), ("INTEGER:1-600", "2000000000"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_named_with_what_it_should_be(kind: str, text: str) -> None:
    with pytest.raises(InputError, match="“x”（含义）的值无法识别") as refused:
        bind(question(("x", kind, "-")), {"x": text})
    assert refused.value.next_step.startswith("应为")


def test_a_wrong_group_is_told_the_ones_there_are() -> None:
    with pytest.raises(InputError) as refused:
        bind(question(("x", "VARCHAR:group", "NULL")), {"x": "东非"})
    assert "EAC、" in refused.value.next_step


def test_the_least_and_the_greatest_value_are_named() -> None:
    with pytest.raises(InputError) as refused:
        bind(question(("x", "INTEGER:1-600", "12")), {"x": "0"})
    assert refused.value.next_step == "应为 1 至 600 的整数。"


def test_a_missing_and_an_unknown_parameter_are_named() -> None:
    asked = question(("needed", "VARCHAR", "-"), ("other", "INTEGER", "3"))
    with pytest.raises(InputError, match="需要参数“needed”"):
        bind(asked, {"other": "1"})
    with pytest.raises(InputError, match="没有参数“third”") as refused:
        bind(asked, {"needed": "x", "third": "1"})
    assert "needed（含义）；other（含义）" in refused.value.next_step
    assert bind(asked, {"needed": "x"}) == {"needed": "x", "other": 3}
    with pytest.raises(InputError) as refused:
        bind(question(), {"x": "1"})
    assert refused.value.next_step == "这个问题没有参数。"


def test_only_parameters_are_filled_in() -> None:
    asked = question(("a", "VARCHAR", "-"), text="SELECT '$a', 'it''s $a', $a -- $a\n")
    assert marks(asked.text) == {"a"}
    assert filled(asked, {"a": "O'Neill $a"}) == "SELECT '$a', 'it''s $a', 'O''Neill $a' -- $a\n"


@given(st.one_of(st.text(), st.integers(-(2**31), 2**31 - 1), st.booleans(), st.dates(), st.none()))
def test_what_is_filled_in_is_one_literal(value: object) -> None:
    text = filled(question(("a", "VARCHAR", "-"), text="SELECT $a"), {"a": value})
    assert text == f"SELECT {literal(value)}"
    if isinstance(value, str):
        assert literal(value)[1:-1].replace("''", "") == value.replace("'", "")
