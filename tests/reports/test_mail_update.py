"""The update: what changed, for which products, what to do, in the thread of the alert."""

from __future__ import annotations

import dataclasses
from datetime import date
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar
from mail_reader import Reader, calendar_of, html_of, read_back, text_of
from mail_sample import CABLE, FACTS, HEAD, MOVED, PUMP, SEAL, UPDATE, UPDATE_HEAD

from reports.mail import DateChange, UpdateFacts, build_alert, build_update
from reports.mail.wording import change_phrase, chinese_date, stated_date
from warehouse.records import Level

TODAY = date(2026, 7, 3)


def build(facts: UpdateFacts = UPDATE) -> EmailMessage:
    return build_update(facts, UPDATE_HEAD)


def both(facts: UpdateFacts = UPDATE) -> tuple[str, str]:
    message = build(facts)
    return text_of(message), Reader(html_of(message)).text


def subject(facts: UpdateFacts) -> str:
    return str(read_back(build(facts))["Subject"])


def test_the_subject_says_what_moved_from_when_to_when() -> None:
    only = dataclasses.replace(UPDATE, new_products=())
    assert subject(only) == "【技贸预警·更新】欧盟通报“水泵能效要求条例草案”评议截止由8月1日延至9月1日"
    assert subject(UPDATE).endswith("评议截止由8月1日延至9月1日，新增涉及贵司1个产品")


def test_the_subject_of_new_products_alone_names_the_deadline_that_stays() -> None:
    only = dataclasses.replace(UPDATE, changes=())
    assert subject(only) == "【技贸预警·更新】欧盟通报“水泵能效要求条例草案”新增涉及贵司1个产品，评议截止9月1日"
    for text in both(only):
        assert "评议截止：2026年9月1日（还有60天），无变化" in text


def test_the_subject_of_several_dates_counts_them() -> None:
    later = DateChange(label="生效时间", old="2027年7月1日", new="2028年1月1日")
    facts = dataclasses.replace(UPDATE, changes=(MOVED, later), new_products=())
    assert subject(facts).endswith("评议截止由8月1日延至9月1日等2处日期变更")
    for text in both(facts):
        assert "生效时间" in text
        assert "2028年1月1日" in text


def test_a_machine_match_is_declared() -> None:
    facts = dataclasses.replace(UPDATE, alert=dataclasses.replace(UPDATE.alert, reviewed_by=""))
    assert subject(facts).startswith("【技贸预警·更新·待研判】")
    for text in both(facts):
        assert "机器初筛，未经人工研判" in text
        assert "不作为最终结论" in text


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("2026年8月1日", "2026年9月1日", "评议截止由8月1日延至9月1日"),
        ("2026-09-01", "2026-08-01", "评议截止由9月1日提前至8月1日"),
        ("2026年12月20日", "2027年1月15日", "评议截止由2026年12月20日延至2027年1月15日"),
        ("", "2026年9月1日", "评议截止明确为9月1日"),
        ("2026年8月1日", " ", "评议截止由8月1日改为未明确"),
        ("", "", "评议截止未明确"),
        ("60 days", "2026 Q4", "评议截止由60 days改为2026 Q4"),
        ("2026年2月30日", "2026年9月1日", "评议截止由2026年2月30日改为9月1日"),
    ],
)
def test_a_change_in_words(old: str, new: str, expected: str) -> None:
    assert change_phrase(DateChange(label="评议截止", old=old, new=new), TODAY) == expected


@given(st.dates(), st.text(max_size=12))
def test_a_printed_date_reads_back_and_no_text_is_an_error(day: date, text: str) -> None:
    if day.year >= 1000:
        assert stated_date(chinese_date(day)) == day
    assert stated_date(day.isoformat()) == day
    assert stated_date(text) is None


def test_both_parts_say_old_and_new_what_to_do_and_where_to_read() -> None:
    for text in both():
        for words in (
            "2026年8月1日",
            "2026年9月1日",
            "延后31天，还有60天",
            "示例防水电缆",
            "通报所列“潜水泵用电缆”包含该产品",
            "此前已告知产品：示例离心泵、示例密封圈",
            "请核对新增产品的型号",
            "有意见的，请于2026年9月1日前尽早连同依据发给我们。",
            "依据：2026年7月2日G/TBT/N/EU/9999/Add.1",
            "G/TBT/N/EU/9999",
            "人工研判确认（研判人：王示例）",
            "示例市技贸措施工作专班 综合组",
            "000-0000 0000",
            "（初步",
        ):
            assert words in text, words
    targets = [attributes.get("href") for tag, attributes in Reader(html_of(build())).tags if tag == "a"]
    assert {"https://notice.example/9999-add1", "https://notice.example/9999?a=1&b=2"} <= set(targets)


def test_the_officers_advice_follows_what_is_new_and_is_not_called_preliminary() -> None:
    facts = dataclasses.replace(UPDATE, alert=dataclasses.replace(UPDATE.alert, advice=("请于周五前来电。",)))
    for text in both(facts):
        assert "请按新的日期调整应对安排。" in text
        assert "请于周五前来电。" in text
        assert "初步" not in text
        assert "有意见的" not in text


def test_advice_follows_the_state_of_the_comment_period() -> None:
    closed = dataclasses.replace(UPDATE, alert=dataclasses.replace(UPDATE.alert, comment_deadline=date(2026, 7, 2)))
    assert "评议期已过" in text_of(build(closed))
    asked = dataclasses.replace(UPDATE, alert=dataclasses.replace(UPDATE.alert, feedback_by=date(2026, 8, 20)))
    assert "有意见的，请于2026年8月20日前连同依据发给我们。" in text_of(build(asked))


def test_a_new_product_makes_the_mail_as_loud_as_itself_and_stands_once() -> None:
    loud = dataclasses.replace(CABLE, level=Level.WARNING)
    quiet = dataclasses.replace(FACTS, products=(SEAL, CABLE))
    facts = dataclasses.replace(UPDATE, alert=quiet, new_products=(loud,))
    assert subject(facts).startswith("【技贸预警·更新】")
    assert [p.product_name for p in facts.products()] == ["示例防水电缆", "示例密封圈"]
    assert text_of(build(facts)).count("示例防水电缆") == 1


def test_the_calendar_entry_replaces_the_one_of_the_alert() -> None:
    first, second = calendar_of(build_alert(FACTS, HEAD)), calendar_of(build())
    assert first is not None
    assert second is not None
    (before,), (after,) = (Calendar.from_ical(found[0]).walk("VEVENT") for found in (first, second))
    assert before["UID"] == after["UID"]
    assert before["SEQUENCE"] < after["SEQUENCE"]
    assert after["DTSTART"].dt == date(2026, 9, 1)


def test_the_mail_stands_in_the_thread_of_the_alert() -> None:
    head = dataclasses.replace(UPDATE_HEAD, references=("<case-1.1@office.example>", "<case-1.2@office.example>"))
    message = read_back(build_update(UPDATE, head))
    assert message["In-Reply-To"] == "<case-1.2@office.example>"
    assert message["References"].split() == ["<case-1.1@office.example>", "<case-1.2@office.example>"]


def test_an_update_without_news_is_refused() -> None:
    with pytest.raises(ValueError, match="change or new product"):
        UpdateFacts(alert=FACTS)


def test_many_known_products_are_counted_not_listed() -> None:
    many = tuple(dataclasses.replace(PUMP, product_name=f"示例泵{n}") for n in range(9))
    facts = dataclasses.replace(UPDATE, alert=dataclasses.replace(UPDATE.alert, products=many))
    assert "示例泵5等9个" in text_of(build(facts))
    assert "示例泵6" not in text_of(build(facts))
