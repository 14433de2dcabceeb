"""Every kind of issue that needs a look has its sentence in the bulletin, and no sentence is left over."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.bulletin.wording import COUNTING_RULE, issue_message
from pipeline.steps.send_alerts import _ENDED

ROOT = Path(__file__).parents[2]
SENTENCES = tomllib.loads((ROOT / "pipeline" / "bulletin" / "issue_sentences.toml").read_text("utf-8"))["sentences"]
KEBAB = re.compile(r"[a-z]+(-[a-z]+)+")
ALERTS = {f"alert-{state}" for state in (*_ENDED.values(), "retry") if state != "accepted"}  # made of the state


def trees() -> Iterator[ast.AST]:
    for room in ("crawlers", "warehouse", "pipeline"):
        for path in (ROOT / room).rglob("*.py"):
            yield ast.parse(path.read_text("utf-8"))


def constants(node: ast.AST) -> Iterator[str]:
    for found in ast.walk(node):
        if isinstance(found, ast.Constant) and isinstance(found.value, str) and KEBAB.fullmatch(found.value):
            yield found.value


def severities(call: ast.Call) -> set[str]:
    """The severities that a call names; `warning(...)` names its own."""
    named = {
        node.attr
        for argument in (*call.args, *(keyword.value for keyword in call.keywords))
        for node in ast.walk(argument)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "Severity"
    }
    return {"WARNING"} if isinstance(call.func, ast.Name) and call.func.id == "warning" else named


def raised() -> set[str]:
    """Codes of issues above info, as the calls that make them name them."""
    found: set[str] = set(ALERTS)
    for tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and severities(node) - {"INFO"}:
                code = next((keyword.value for keyword in node.keywords if keyword.arg == "code"), None)
                code = code or (node.args[0] if node.args else None)
                if code is not None and not isinstance(code, ast.JoinedStr | ast.Call):
                    found |= set(constants(code))
    return found


def test_the_search_sees_the_calls() -> None:
    assert {"hs-code-malformed", "market-unknown", "contact-missing", "alert-in-doubt", "symbol-missing"} <= raised()


def test_every_issue_that_needs_a_look_has_a_sentence() -> None:
    assert raised() - set(SENTENCES) == set()


def test_no_sentence_is_left_over() -> None:
    known = ALERTS | {code for tree in trees() for code in constants(tree)}
    assert set(SENTENCES) - known == set()


def test_sentences_are_chinese_and_sorted_and_carry_no_stop() -> None:
    assert list(SENTENCES) == sorted(SENTENCES)
    for sentence in SENTENCES.values():
        assert re.search(r"[一-鿿]", sentence)
        assert not sentence.endswith("。")


@pytest.mark.parametrize(("code", "said"), [("market-home", SENTENCES["market-home"]), ("not-known", "例句")])
def test_a_kind_without_a_sentence_shows_the_message_of_one_case(code: str, said: str) -> None:
    assert issue_message(code, "例句") == said


def test_the_counting_rule_names_what_no_month_counts() -> None:
    assert "7 件" in COUNTING_RULE.format(n_undated=7)
