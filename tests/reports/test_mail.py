"""The alert mail as a reader's program sees it: parsed back from its bytes."""

from __future__ import annotations

import dataclasses
import re
from datetime import UTC, date, datetime
from email.message import EmailMessage

import pytest
from mail_reader import Reader, calendar_of, html_of, read_back, text_of
from mail_sample import FACTS, HEAD, PUMP, SEAL

from reports.mail import AlertFacts, build_alert, retention_notice
from warehouse.errors import InputError
from warehouse.records import Level


def build(facts: AlertFacts = FACTS, **changes: object) -> EmailMessage:
    return build_alert(facts, dataclasses.replace(HEAD, **changes))  # type: ignore[arg-type]


def test_subject_names_level_member_products_and_deadline() -> None:
    subject = read_back(build())["Subject"]
    assert subject == "【技贸预警】欧盟通报“水泵能效要求条例草案”，涉及贵司2个产品，评议截止2026年8月1日"


def test_subject_of_a_machine_match_says_so() -> None:
    subject = read_back(build(dataclasses.replace(FACTS, reviewed_by=" ")))["Subject"]
    assert subject.startswith("【技贸预警·待研判】")


def test_subject_without_chinese_title_uses_the_symbol_and_an_overlong_title_is_cut() -> None:
    assert "欧盟通报G/TBT/N/EU/9999，" in build(dataclasses.replace(FACTS, title_zh=""))["Subject"]
    cut = build(dataclasses.replace(FACTS, title_zh="长" * 80))["Subject"]
    assert "“" + "长" * 25 + "…”" in cut
    assert len(cut) < 70


@pytest.mark.parametrize("part", [text_of, lambda message: Reader(html_of(message)).text])
def test_both_parts_answer_the_six_questions(part: object) -> None:
    text = part(build())  # type: ignore[operator]
    for words in (
        "水泵能效要求条例草案",
        "Draft rules for <pumps> & seals",
        "G/TBT/N/EU/9999",
        "示例离心泵",
        "8413.7099",
        "通报列明品目8413，与申报商品一致。",
        "密封圈装在受管理的泵上。",
        "2026年8月1日",
        "还有29天",
        "2027年7月1日",
        "2026 Q4",
        "（初步建议）",
        "请技术、质量部门对照通报原文",
        "示例市技贸措施工作专班",
        "000-0000 0000",
        "answer@office.example",
        "人工研判确认（研判人：王示例）",
    ):
        assert words in text, words
    assert text.index("示例离心泵") < text.index("示例密封圈"), "the louder product comes first"
    assert "liaison@firm.example" not in text, "recipients stand in the To header alone"


def test_html_shows_markup_in_a_title_as_text_and_loads_nothing() -> None:
    hostile = dataclasses.replace(FACTS, title_zh="<script>x</script>", url="javascript:alert(1)")
    reader = Reader(html_of(build(hostile)))
    assert "<script>x</script>" in reader.text
    names = {tag for tag, _ in reader.tags}
    assert not names & {"script", "img", "link", "style", "iframe"}
    targets = [attributes["href"] or "" for tag, attributes in reader.tags if tag == "a"]
    assert targets
    assert all(target.startswith(("https://", "mailto:", "tel:")) for target in targets), targets
    assert "javascript:alert(1)" in reader.text, "a link that is none is shown, not lost"


def test_html_links_keep_their_query() -> None:
    targets = [attributes.get("href") for tag, attributes in Reader(html_of(build())).tags if tag == "a"]
    assert "https://notice.example/9999?a=1&b=2" in targets


def test_machine_match_is_declared_in_both_parts() -> None:
    message = build(dataclasses.replace(FACTS, reviewed_by=""))
    for text in (text_of(message), Reader(html_of(message)).text):
        assert "机器初筛，未经人工研判" in text
        assert "不作为最终结论" in text


def test_officers_advice_replaces_the_standard_one() -> None:
    text = text_of(build(dataclasses.replace(FACTS, advice=("请于周五前来电。",))))
    assert "请于周五前来电。" in text
    assert "初步建议" not in text


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"feedback_by": date(2026, 7, 17)}, "请于2026年7月17日前将意见"),
        ({"feedback_by": date(2026, 7, 2)}, "请尽早将意见和依据发给我们，由我们研究报送评议"),
        ({"comment_deadline": date(2026, 7, 2)}, "评议期已过"),
        ({"comment_deadline": date(2026, 7, 3)}, "今天截止"),
        ({"comment_deadline": None, "comment_deadline_text": "60 days from notification"}, "自通报之日起60日"),
        ({"comment_deadline": None}, "评议截止日期未注明"),
        ({"products": (SEAL,)}, "贵司未登记对欧盟出口上述产品"),
        ({"entry_into_force_date": None}, "生效时间：未明确"),
    ],
)
def test_text_follows_dates_and_markets(change: dict[str, object], expected: str) -> None:
    assert expected in text_of(build(dataclasses.replace(FACTS, **change)))  # type: ignore[arg-type]


def test_days_left_are_counted_in_shanghai() -> None:
    late_evening_utc = datetime(2026, 7, 31, 16, 30, tzinfo=UTC)  # 1 August 00:30 in Shanghai
    assert "今天截止" in text_of(build(date=late_evening_utc))


def test_no_product_is_lost_when_there_are_many() -> None:
    many = tuple(dataclasses.replace(SEAL, product_name=f"示例零件{n}号") for n in range(12))
    message = build(dataclasses.replace(FACTS, products=many))
    for text in (text_of(message), html_of(message)):
        assert all(f"示例零件{n}号" in text for n in range(12))


def test_same_input_same_bytes_and_structure() -> None:
    assert build().as_bytes() == build().as_bytes()
    kinds = [part.get_content_type() for part in read_back(build()).walk()]
    assert kinds == ["multipart/mixed", "multipart/alternative", "text/plain", "text/html", "text/calendar"]


def test_firm_without_address_or_with_a_bad_one_is_an_input_error_without_the_address() -> None:
    with pytest.raises(InputError, match="示例泵业有限公司"):
        build(recipient=" ")
    with pytest.raises(InputError) as caught:
        build(recipient="secret name@firm.example")
    assert "secret" not in str(caught.value)


def test_a_head_shows_neither_the_address_nor_the_personal_links() -> None:
    shown = repr(HEAD)
    for secret in (HEAD.recipient, HEAD.unsubscribe_url, HEAD.unsubscribe_mailto):
        assert secret
        assert secret not in shown


def test_the_greeting_names_the_post_and_who_else_of_the_firm_was_told() -> None:
    text = text_of(build(other_posts=("质量部", "", "外贸部", "质量部", "")))
    assert "示例泵业有限公司 关企联络员：" in text
    assert "同时发送贵司：质量部2人、外贸部，另有2位联系人" in text
    assert "同时发送贵司：另1位联系人" in Reader(html_of(build(other_posts=("",)))).text
    assert "同时发送" not in text_of(build(other_posts=()))
    assert "示例泵业有限公司：" in text_of(build(post=""))


def test_the_foot_tells_what_is_kept_why_and_how_long() -> None:
    for text in (text_of(build()), Reader(html_of(build())).text):
        assert "示例市技贸措施工作专班仅为告知技术性贸易措施风险使用贵司联络人的岗位和联系方式" in text
    own = retention_notice(office="示例办", purpose="风险告知", basis="示例法第{x}条", retention_days=730)
    assert "示例办仅为风险告知使用" in own
    assert "（依据：示例法第｛x｝条）" in own
    assert "联络人后730天" in own
    assert own in text_of(build(retention_text=own))


def test_a_number_with_an_extension_is_no_link() -> None:
    def numbers(phone: str) -> list[str]:
        tags = Reader(html_of(build(sender=dataclasses.replace(HEAD.sender, phone=phone)))).tags
        return [href for tag, attributes in tags if (href := attributes.get("href") or "").startswith("tel:")]

    assert numbers("+86 (000) 0000-0000") == ["tel:+8600000000000"]
    assert numbers("000-00000000转8") == []
    assert numbers("") == []


def test_faults_of_the_caller_are_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        build(date=datetime(2026, 7, 3))  # noqa: DTZ001
    with pytest.raises(ValueError, match="message_id"):
        build(message_id="<a@b>\r\nBcc: x@y.example")
    with pytest.raises(ValueError, match="references"):
        build(references=("<a@b>", "<c@d>\r\nBcc: x@y.example"))
    with pytest.raises(ValueError, match="message_id"):
        build(message_id="<" + "a" * 250 + "@b>")
    with pytest.raises(ValueError, match="product"):
        dataclasses.replace(FACTS, products=())
    with pytest.raises(ValueError, match="level"):
        dataclasses.replace(PUMP, level=Level.NONE)


def test_calendar_entry_is_an_all_day_event_by_the_standard() -> None:
    title = "水泵；密封件, 反斜杠\\与\r\n换行" + "很长的题名" * 6
    found = calendar_of(build(dataclasses.replace(FACTS, title_zh=title, version=3)))
    assert found is not None
    octets, part = found
    assert part.get_filename() == "评议截止_2026-08-01.ics"
    assert octets.endswith(b"END:VCALENDAR\r\n")
    assert b"\n" not in octets.replace(b"\r\n", b"")
    assert b"\r" not in octets.replace(b"\r\n", b"")
    for line in octets.split(b"\r\n"):
        assert len(line) <= 75
        line.decode("utf-8")  # no character is cut in two
    lines = octets.decode().replace("\r\n ", "").split("\r\n")
    assert "DTSTART;VALUE=DATE:20260801" in lines
    assert "DTEND;VALUE=DATE:20260802" in lines
    assert "DTSTAMP:20260703T020500Z" in lines
    assert "SEQUENCE:3" in lines
    summary = next(line for line in lines if line.startswith("SUMMARY"))
    assert "水泵；密封件\\, 反斜杠\\\\与 换行" in summary


def test_calendar_uid_stays_over_versions_and_differs_between_cases() -> None:
    def uid(**change: object) -> str:
        found = calendar_of(build(dataclasses.replace(FACTS, **change)))  # type: ignore[arg-type]
        assert found is not None
        return re.findall(r"UID:(\S+)", found[0].decode())[0]

    assert uid() == uid(version=2, comment_deadline=date(2026, 9, 1))
    assert uid() != uid(case_id="CASE-2")


@pytest.mark.parametrize("deadline", [None, date(2026, 7, 3), date(2026, 7, 2)])
def test_no_calendar_entry_without_a_future_deadline(deadline: date | None) -> None:
    message = build(dataclasses.replace(FACTS, comment_deadline=deadline))
    assert calendar_of(message) is None
    assert "日历" not in text_of(message)
