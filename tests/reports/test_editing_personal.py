"""What a public text must not hold: found however it is written, and nothing else of the trade's numbers."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from stdnum.cn import uscc

from reports.editing.personal import find_personal, without_personal

CODE = "91110000600037341L"
MOBILE, MAIL, NUMBER = "手机号码", "电子邮箱", "统一社会信用代码或证件号码"


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("13800138000", MOBILE),
        ("138 0013 8000", MOBILE),
        ("138-0013-8000", MOBILE),
        ("138—0013—8000", MOBILE),
        ("１３８００１３８０００", MOBILE),
        ("138\u30000013\u00a08000", MOBILE),
        ("+86 13800138000", MOBILE),
        ("8613800138000", MOBILE),
        ("1 3 8 0 0 1 3 8 0 0 0", MOBILE),
        ("zhang.san@example.com", MAIL),
        ("ZHANG＠example.com.cn", MAIL),
        ("zhang @ example.com", MAIL),
        (CODE, NUMBER),
        (CODE.lower(), NUMBER),
        ("110101199003070011", NUMBER),
    ],
)
def test_a_number_or_an_address_is_found_within_chinese_words(words: str, kind: str) -> None:
    assert uscc.is_valid(CODE)
    for text in (words, f"有疑问请联系{words}咨询。", f"联系方式：{words}\n第二行"):
        found = find_personal(text)
        assert found is not None
        assert found.kind == kind
        assert found.next_step
        assert len(found.begins) == 3


@pytest.mark.parametrize(
    "text",
    [
        "",
        "商品编码9405410000、1806310000，税率 5%。",
        "税号1806310000 5项产品",
        "依据GB 19517-2023、GB/T 17743-2021和IEC 60598-1:2020。",
        "评议截止2026年6月12日，咨询电话027-85555555。",
        "G/TBT/N/USA/1380、G/SPS/N/JPN/13800",
        "出口额1380013800元，其中1380万元受影响。",
        "见 https://members.wto.org/crnattachments/2026/TBT/USA/26_01234_00_e.pdf",
        "批准号 2026042100012345678901",
    ],
)
def test_numbers_of_the_trade_are_left_alone(text: str) -> None:
    assert find_personal(text) is None


GAPS = st.lists(st.sampled_from(["", "", " ", "-", "－"]), min_size=10, max_size=10)


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True), GAPS)
def test_a_mobile_number_is_found_with_any_blanks_and_hyphens(number: str, gaps: list[str]) -> None:
    assume(any(gaps[:9]) or not gaps[9])  # ten digits in one piece are a commodity code, and then its next number
    written = "".join(digit + gap for digit, gap in zip(number, [*gaps, ""], strict=True))
    assert find_personal(f"电话{written}。") is not None


PARTS = ("请联系", "13800138000", "１３８ 0013-8000", "a.b@example.com", CODE, "，", "税号9405410000", "ﬁ")


@given(st.lists(st.sampled_from(PARTS)))
def test_what_is_found_in_a_source_is_left_out_and_the_rest_stays(parts: list[str]) -> None:
    text = "。".join(parts)
    left = without_personal(text)
    assert find_personal(left) is None
    if find_personal(text) is None:
        assert left == text
    assert left.count("税号9405410000") == text.count("税号9405410000")
