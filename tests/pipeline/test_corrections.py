"""更正: what an issue printed wrongly is said once, with what is right and what was printed."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from warehouse_sample import notification

from pipeline.bulletin.corrections import (
    CorrigendumRecord,
    PresentRecord,
    PrintedItem,
    days_of,
    find_corrections,
    present_record,
    printed_items,
)

RELEASED = datetime(2026, 6, 2, tzinfo=UTC)
LATER, EARLIER = RELEASED + timedelta(days=9), RELEASED - timedelta(days=9)
CASE = "G/TBT/N/ATL/1"
FACTS: dict[str, Any] = {
    "items": [
        {
            "case_id": CASE,
            "symbols": [CASE],
            "member_zh": "某成员",
            "title": "Draft rule",
            "comment_deadline": "2026-07-04",
            "comment_deadline_text": "",
            "adoption_text": "",
            "entry_text": "未明确",
        }
    ],
    "deadlines": [
        {"case_id": CASE, "symbols": [CASE], "member_zh": "某成员", "on": "2026-07-04", "event": "评议截止"},
        {"case_id": "C2", "symbols": ["G/TBT/N/ATL/2"], "member_zh": "某成员", "on": "2026-07-09"},
    ],
}
VALUES = {
    "comment_deadline": "2026年7月4日", "adoption": "", "entry": "未明确", "title": "Draft rule", "members": "某成员",
    "symbols": CASE,
}  # fmt: skip


def printed() -> list[PrintedItem]:
    return list(printed_items(5, "2026年第5期", RELEASED, json.dumps(FACTS)))


def record(changed_at: datetime = LATER, **values: str) -> dict[tuple[int, str], PresentRecord]:
    stated = {name: frozenset({VALUES[name]}) for name in ("comment_deadline", "adoption", "entry")}
    present = PresentRecord(values={**VALUES, **values}, changed_at=dict.fromkeys(values, changed_at), stated=stated)
    return {(5, CASE): present}


def sentences(*arguments: Any) -> list[str]:
    present, corrigenda, corrected = (*arguments, *({},) * (3 - len(arguments)))
    return [each.sentence for each in find_corrections(printed(), present, corrigenda, corrected)]


def test_an_issue_is_read_with_its_items_and_its_other_deadlines() -> None:
    items = printed()
    assert [item.case_id for item in items] == [CASE, "C2"]
    assert items[0].values == VALUES
    assert items[1].values["comment_deadline"] == "2026年7月9日"


def test_a_changed_record_is_put_right_in_one_sentence() -> None:
    assert sentences(record(comment_deadline="2026年8月4日")) == [
        "2026年第5期所载G/TBT/N/ATL/1（某成员）评议截止日期应为2026年8月4日，原刊为2026年7月4日。"
    ]


def test_what_was_not_stated_and_now_is_and_the_other_way_round() -> None:
    assert sentences(record(adoption="2026年12月1日", entry="")) == [
        "2026年第5期所载G/TBT/N/ATL/1（某成员）拟批准日期应为2026年12月1日，原刊为“未注明”。",
        "2026年第5期所载G/TBT/N/ATL/1（某成员）拟生效日期应为“未注明”，原刊为未明确。",
    ]


@pytest.mark.parametrize(
    "present",
    [{}, record(), record(EARLIER, comment_deadline="2026年8月4日"), record(RELEASED, title="Other"),
     record(comment_deadline="2026年7月4日"), record(title=" Draft  rule ")],
    ids=["record gone", "unchanged", "changed before", "changed at the release", "changed back", "white space"],
)  # fmt: skip
def test_what_is_no_change_since_the_release_is_not_put_right(present: Any) -> None:
    assert sentences(present) == []


def test_a_corrigendum_has_the_last_word_on_dates_and_an_early_one_none() -> None:
    late = CorrigendumRecord(collected_at=LATER, values={"comment_deadline": "2026年9月1日", "entry": ""})
    early = CorrigendumRecord(collected_at=EARLIER, values={"comment_deadline": "2026年9月2日"})
    (said,) = sentences(record(comment_deadline="2026年8月4日"), {CASE: [early, late]})
    assert "应为2026年9月1日，原刊为2026年7月4日" in said
    assert sentences({}, {CASE: [early]}) == []


def test_a_corrigendum_puts_right_only_what_its_own_document_stated() -> None:
    stated = {"comment_deadline": frozenset({"2026年6月4日"})}  # what was printed is of an addendum
    repeats = CorrigendumRecord(collected_at=LATER, values={"comment_deadline": "2026年6月4日"}, corrects=stated)
    assert sentences({}, {CASE: [repeats]}) == []
    own = replace(repeats, corrects={"comment_deadline": frozenset({"2026年7月4日"})})
    (said,) = sentences({}, {CASE: [own]})
    assert "应为2026年6月4日，原刊为2026年7月4日" in said


def test_a_record_puts_right_only_what_it_stated_before() -> None:
    ((key, before),) = record(comment_deadline="2026年6月4日").items()
    other = replace(before, stated={**before.stated, "comment_deadline": frozenset({"2026年6月1日"})})
    assert sentences({key: other}) == []


def test_words_that_are_no_date_are_put_in_chinese() -> None:
    (said,) = sentences(record(comment_deadline="60 days from notification"))
    assert "应为自通报之日起60日，原刊为2026年7月4日" in said


def version(moment: datetime, day: date | None, words: str = "") -> dict[str, Any]:
    return {
        "source": "eping", "source_key": "k", "first_seen_at": moment, "comment_deadline": day,
        "comment_deadline_text": words, "adoption_date": None, "adoption_text": "", "entry_into_force_date": None,
        "entry_into_force_text": "", "member_names": ["某成员"], "symbols": [CASE], "title": "Draft rule",
    }  # fmt: skip


def test_words_beside_a_day_that_stays_are_no_change() -> None:
    item = notification(CASE, comment_deadline=date(2026, 7, 4))
    touched = [version(EARLIER, date(2026, 7, 4)), version(LATER, date(2026, 7, 4), "60 days from notification")]
    assert present_record(item, touched).changed_at == {}
    moved = present_record(item, [version(EARLIER, date(2026, 7, 1)), version(LATER, date(2026, 7, 4))])
    assert moved.changed_at == {"comment_deadline": LATER}
    assert moved.stated["comment_deadline"] == {"2026年7月1日", "2026年7月4日"}


def test_a_corrigendum_without_a_day_states_none() -> None:
    silent = notification(f"{CASE}/Corr.1", comment_deadline=None, comment_deadline_text="Not applicable")
    assert days_of(silent) == {}


def test_it_is_said_once_and_again_only_after_another_change() -> None:
    once = {(5, CASE, "comment_deadline"): "2026年8月4日"}
    assert sentences(record(comment_deadline="2026年8月4日"), {}, once) == []
    (said,) = sentences(record(comment_deadline="2026年8月9日"), {}, once)
    assert said.endswith("评议截止日期应为2026年8月9日，此前更正为2026年8月4日。")
    (back,) = sentences(record(comment_deadline="2026年7月4日"), {}, once)
    assert "应为2026年7月4日" in back


def test_a_title_is_quoted() -> None:
    assert "题名应为《Draft rule on lamps》，原刊为《Draft rule》" in sentences(record(title="Draft rule on lamps"))[0]
