"""What a firm lost and spends because of a measure: read, kept in the log, replaced by a later report, shown."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from case_office import BY, LAMP, ONE, at, bring, events, hours, now_stands, refused
from hypothesis import given
from hypothesis import strategies as st

from pipeline.acts import Act
from pipeline.impact import KIND, Impact, impacts_in_force, make_impact, read_impact, sum_words
from pipeline.steps.case_acts import act_on_case
from pipeline.steps.show_case import describe_case, event_text, show_case
from pipeline.steps.triage import case_version
from warehouse.cases import CaseEvent, case_pairs
from warehouse.connection import open_reader, open_writer
from warehouse.errors import InputError

START = datetime(2026, 3, 10, 8, 0, tzinfo=UTC)
amounts = st.none() | st.decimals(min_value=0, max_value=99_999_999, places=4)


def report(firm: str, *, loss: str = "", cost: str = "", text: str = "退运") -> Act:
    return Act(kind=KIND, actor=BY, code=make_impact(firm, loss=loss, cost=cost).code, detail=text)


def reported(n: float, firm: str, loss: str) -> CaseEvent:
    return CaseEvent(kind=KIND, occurred_at=START + timedelta(hours=n), code=make_impact(firm, loss=loss, cost="").code)


@given(st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1, max_size=12), amounts, amounts)
def test_what_a_code_says_is_what_was_written(firm: str, loss: Decimal | None, cost: Decimal | None) -> None:
    impact = Impact(exporter_id=firm, loss=loss, cost=cost)
    assert read_impact(impact.code) == impact


@pytest.mark.parametrize(
    ("text", "amount"),
    [("120.5", "120.5"), ("0", "0"), (" 1,234.5 ", "1234.5"), ("１２", "12"), ("3.14159", None), ("0.0001", "0.0001"),
     ("99999999.9999", "99999999.9999"), ("100000000", None), ("-1", None), ("1e3", None), ("一百", None),
     ("5万元", None), ("1,2", None), ("nan", None), ("10²", None), ("٣", None)],
)  # fmt: skip
def test_amounts_are_plain_numbers_of_ten_thousand_yuan(text: str, amount: str | None) -> None:
    if amount is None:
        with pytest.raises(InputError, match="--loss") as caught:
            make_impact("E1", loss=text, cost="")
        assert caught.value.next_step
        with pytest.raises(InputError, match="--cost"):
            make_impact("E1", loss="1", cost=text)
    else:
        assert make_impact("E1", loss=text, cost="").loss == Decimal(amount)


@pytest.mark.parametrize(("firm", "loss", "words"), [("E1", " ", "没有写金额"), (" ", "1", "没有写企业编号")])
def test_a_report_names_a_firm_and_an_amount(firm: str, loss: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        make_impact(firm, loss=loss, cost="")


def test_the_last_report_of_a_firm_holds_as_a_whole() -> None:
    log = [
        reported(1, "E1", "5"),
        reported(2, "E2", "1"),
        reported(3, "E1", "0.5"),
        CaseEvent(kind="noted", occurred_at=START),
    ]
    assert impacts_in_force(log) == (
        Impact(exporter_id="E1", loss=Decimal("0.5")),
        Impact(exporter_id="E2", loss=Decimal(1)),
    )
    assert sum_words(impacts_in_force(log)) == "2家，直接损失合计1.5万元，新增成本合计0万元"
    assert sum_words(()) == ""


def test_a_report_is_an_event_and_moves_nothing(office: Path) -> None:
    before = now_stands(office, START)
    _, after = act_on_case(hours(office, 0.5), ONE, report("E2", loss="120.50", cost="30", text=" 退运两票 "))
    assert (KIND, "120.5:30:E2") in events(office)
    assert (after.state.stage, after.state.is_closed) == (before.state.stage, before.state.is_closed)
    shown = show_case(hours(office, 1), ONE)
    said = describe_case(shown, START)
    assert "企业受影响情况：1家，直接损失合计120.5万元，新增成本合计30万元" in said
    assert event_text(shown.events[-1]) == "E2 直接损失120.5万元，新增成本30万元：退运两票"


def test_a_report_makes_no_triage_row_stale(office: Path) -> None:
    def version() -> str:
        with open_reader(office / "warehouse.duckdb") as con:
            return case_version(now_case(office), case_pairs(con, [ONE]))

    before = version()
    act_on_case(hours(office, 0.5), ONE, report("E1", cost="2"))
    assert version() == before


def now_case(office: Path) -> Any:
    return now_stands(office, START).case


def test_a_closed_case_takes_reports(office: Path) -> None:
    act_on_case(hours(office, 1), ONE, Act(kind="closed", actor=BY, code="done", detail="办结"))
    _, after = act_on_case(hours(office, 2), ONE, report("E1", loss="3"))
    assert after.state.is_closed
    assert (KIND, "3::E1") in events(office)


def test_a_firm_that_left_the_list_may_report_and_an_unknown_one_may_not(office: Path) -> None:
    from warehouse_sample import exporter, register

    with open_writer(office / "warehouse.duckdb") as con:
        register(con, START, exporter("E1", "台灯", "灯泡"))
    act_on_case(hours(office, 1), ONE, report("E2", loss="3"))
    error = refused(office, 2, report("E9", loss="3"))
    assert "企业清单中没有：E9" in error.message
    assert error.next_step
    assert "内容不能为空" in refused(office, 2, report("E1", loss="3", text=" ")).message


def test_key_firms_are_marked_where_pairs_are_shown(tmp_path: Path) -> None:
    from warehouse_sample import exporter, match, notification, register

    with open_writer(tmp_path / "warehouse.duckdb") as con:
        register(
            con, START, exporter("E1", "台灯", is_negotiation_key=True), exporter("E2", "灯座", is_survey_sample=True)
        )
    bring(tmp_path, START, notification(ONE), matched=(match(ONE, LAMP),))
    shown = show_case(at(tmp_path, START), ONE)
    assert shown.n_key_firms == 1
    said = "\n".join(describe_case(shown, START))
    assert "涉及企业产品（1），其中重点企业库企业1家，标〔重点〕：" in said
    assert "虚构光电E1有限公司〔重点〕：台灯（直接" in said
    assert "〔样本〕" not in said
