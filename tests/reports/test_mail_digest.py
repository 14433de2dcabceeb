"""The digest: a list to look over, each measure with the same facts as an alert, the rest as a table."""

from __future__ import annotations

import dataclasses
from datetime import date
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar
from mail_reader import Reader, calendar_of, html_of, read_back, text_of
from mail_sample import FACTS, HEAD, PUMP, SEAL, digest, measures

from reports.mail import AlertFacts, DigestFacts, DigestKind, build_digest
from reports.mail.facts import alert_of, products_of

TODAY = date(2026, 7, 3)
GMAIL_CUTS_AT = 102_000  # octets of HTML


def build(facts: DigestFacts) -> EmailMessage:
    return build_digest(facts, HEAD)


def of(*items: AlertFacts, kind: DigestKind = DigestKind.DAILY) -> DigestFacts:
    return DigestFacts(kind=kind, day=TODAY, items=items)


def both(facts: DigestFacts) -> tuple[str, str]:
    message = build(facts)
    return text_of(message), Reader(html_of(message)).text


@pytest.mark.parametrize(
    ("facts", "subject"),
    [
        (of(FACTS), "【技贸日报】7月3日1项措施，涉及贵司2个产品，最近评议截止2026年8月1日"),
        (
            digest(3, DigestKind.WEEKLY),
            "【技贸周报】6月27日至7月3日3项措施（更新1项），涉及贵司3个产品，最近评议截止2026年7月24日",
        ),
        (
            digest(12, DigestKind.BUNDLE),
            "【技贸预警汇总·含待研判】12项措施（更新1项），涉及贵司3个产品，最近评议截止2026年7月24日",
        ),
        (
            of(dataclasses.replace(FACTS, reviewed_by="", comment_deadline=None)),
            "【技贸日报·待研判】7月3日1项措施，涉及贵司2个产品",
        ),
    ],
)
def test_the_subject_counts_measures_and_products_and_names_the_nearest_deadline(
    facts: DigestFacts, subject: str
) -> None:
    assert read_back(build(facts))["Subject"] == subject


def test_loud_ones_come_first_then_the_earliest_deadline_and_what_is_over_last() -> None:
    def quiet(name: str, day: date | None) -> AlertFacts:
        return dataclasses.replace(FACTS, case_id=name, title_zh=name, comment_deadline=day, products=(SEAL,))

    items = (
        quiet("过期", date(2026, 7, 2)),
        quiet("未知", None),
        quiet("晚", date(2026, 9, 9)),
        quiet("早", TODAY),
        dataclasses.replace(FACTS, title_zh="响", comment_deadline=date(2026, 12, 31)),
    )
    ordered = of(*items).items_in_order(TODAY)
    assert [alert_of(item).title_zh for item in ordered] == ["响", "早", "晚", "未知", "过期"]
    text = text_of(build(of(*items)))
    assert [text.index(f"“{name}”") for name in ("响", "早", "晚", "未知", "过期")] == sorted(
        text.index(f"“{name}”") for name in ("响", "早", "晚", "未知", "过期")
    )


@pytest.mark.parametrize("count", [1, 2, 12, 13, 60])
def test_no_measure_product_date_or_symbol_is_lost(count: int) -> None:
    facts = digest(count)
    for text in both(facts):
        for item in facts.items:
            alert = alert_of(item)
            assert (alert.title_zh or alert.symbols[0]) in text
            assert alert.symbols[0] in text
            assert all(product.product_name in text for product in products_of(item))
        assert text.count("联系谁") == 1
        assert ("其余" in text) == (count > 12)
    html = html_of(build(facts))
    assert all(alert_of(item).url.replace("&", "&amp;") in html for item in facts.items)
    assert len(html.encode()) < GMAIL_CUTS_AT


def test_each_measure_is_told_with_reason_dates_advice_and_certainty() -> None:
    for text in both(digest(3)):
        for words in (
            "通报列明品目8413，与申报商品一致。",
            "2027年7月1日",
            "2026年8月1日",
            "还有29天",
            "延后14天，还有21天",
            "Draft rules for <pumps> & seals",
            "8413.7099",
            "核对产品的型号、材料和用途是否在措施范围内，并向英国客户核实新要求。",
            "人工研判确认（研判人：王示例）",
            "建议（初步）",
        ):
            assert words in text, words


def test_officers_advice_stands_alone_and_each_line_ends() -> None:
    for text in both(of(dataclasses.replace(FACTS, advice=("请于周五前来电", "请备好检测报告。")))):
        assert "请于周五前来电。请备好检测报告。" in text
        assert "初步" not in text


def test_a_machine_match_among_confirmed_ones_is_marked_where_it_stands() -> None:
    machine = dataclasses.replace(FACTS, case_id="M", title_zh="机器所见", reviewed_by="")
    text, page = both(of(FACTS, machine))
    for shown in (text, page):
        assert "标有“待研判”的1项由系统自动比对得出" in shown
        assert "机器初筛，未经人工研判" in shown
    marked = next(line for line in text.splitlines() if "机器所见" in line)
    assert "待研判" in marked
    alone = text_of(build(of(machine)))
    assert "本邮件由系统自动比对生成，尚未经人工研判" in alone


def test_beyond_twelve_each_row_says_whether_it_is_confirmed() -> None:
    facts = digest(60)
    text = text_of(build(facts))
    rest = text.partition("==== 其余48项措施")[2]
    doubtful = [item for item in facts.items_in_order(TODAY)[12:] if not alert_of(item).is_reviewed]
    assert doubtful
    assert rest.count("待研判") == len(doubtful)


def test_one_calendar_file_has_one_event_for_each_open_deadline() -> None:
    over = dataclasses.replace(FACTS, case_id="OVER", comment_deadline=TODAY)
    newer = dataclasses.replace(FACTS, version=2, comment_deadline=date(2026, 9, 9))
    facts = dataclasses.replace(digest(12), items=(*measures(12), over, newer))
    found = calendar_of(build(facts))
    assert found is not None
    octets, part = found
    events = Calendar.from_ical(octets).walk("VEVENT")
    expected = {alert_of(item).case_id for item in facts.items if (alert_of(item).comment_deadline or TODAY) > TODAY}
    assert len(events) == len({event["UID"] for event in events}) == len(expected)
    assert part.get_filename() == f"评议截止_{len(expected)}项.ics"
    assert date(2026, 9, 9) in {event["DTSTART"].dt for event in events}
    assert date(2026, 8, 1) not in {
        event["DTSTART"].dt for event in events if "水泵能效要求" in str(event["SUMMARY"])
    }, "the older version of a case is left out"
    assert calendar_of(build(of(over))) is None


def test_firms_are_never_mixed_and_an_empty_digest_is_refused() -> None:
    with pytest.raises(ValueError, match="one firm"):
        of(FACTS, dataclasses.replace(FACTS, exporter_name="另一示例企业"))
    with pytest.raises(ValueError, match="at least one"):
        of()
    with pytest.raises(ValueError, match="starts before"):
        dataclasses.replace(of(FACTS), since=date(2026, 7, 4))


def test_a_product_that_several_measures_touch_is_counted_once() -> None:
    twice = of(FACTS, dataclasses.replace(FACTS, case_id="2", products=(PUMP,)))
    assert "涉及贵司2个产品" in build(twice)["Subject"]


@settings(deadline=None, max_examples=40)
@given(st.permutations(measures(6)), st.sampled_from(DigestKind))
def test_the_order_given_changes_nothing(items: list[AlertFacts], kind: DigestKind) -> None:
    one = DigestFacts(kind=kind, day=TODAY, items=tuple(items))
    other = dataclasses.replace(one, items=measures(6))
    assert build(one).as_bytes() == build(other).as_bytes()
