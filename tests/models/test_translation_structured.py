"""The title put together from known facts: it says what codes and words say, and no more."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.translation.structured import structured_title
from warehouse.records import Channel, Notification, NotificationKind


def note(title: str = "", **fields: Any) -> Notification:
    given: dict[str, Any] = {"notification_id": "x", "area": "TBT", "member_codes": ("USA",), "title": title}
    return Notification(**{**given, **fields})


@pytest.mark.parametrize(
    ("item", "aspects", "expected"),
    [
        (
            note("Draft technical regulation on energy labelling of storage batteries", lang="en"),
            ("energy-efficiency", "labelling"),
            "美国关于蓄电池能效、标签标识要求的技术法规草案",
        ),
        (note("Lamp Standards", lang="en"), (), "美国关于灯泡的标准"),
        (note("Ordinance of 3 May", hs_codes=("8507",)), ("safety",), "美国关于蓄电池安全要求的法令"),
        (note("XYZ-1", ics_codes=("29.220",)), (), "美国关于原电池和蓄电池领域的技术性贸易措施"),
        (
            note("XYZ-1", objectives=("Protection of the environment (TBT)",)),
            (),
            "美国以保护环境为目的的技术性贸易措施",
        ),
        (note("XYZ-1", objectives=("Other (TBT)",)), ("other", "nonsense"), "美国的技术性贸易措施"),
        (note("XYZ-1", area="SPS", member_codes=()), (), "境外成员的卫生与植物卫生措施"),
        (
            note("XYZ-1", channel=Channel.RECALL, hs_codes=("9503",)),
            (),
            "美国关于玩具、玩偶、缩小模型、智力玩具的产品召回或警示信息",
        ),
        (note("Ghana Standards Authority: Guidelines"), (), "美国的指南"),
        (note("XYZ-1", kind=NotificationKind.ADDENDUM), (), "美国的技术性贸易措施的补遗"),
        (note("XYZ-1", member_codes=("USA", "JPN", "KOR", "FRA")), (), "美国、日本、韩国等4个成员的技术性贸易措施"),
    ],
)
def test_facts_are_put_into_words(item: Notification, aspects: tuple[str, ...], expected: str) -> None:
    assert structured_title(item, aspects) == expected


def test_goods_that_the_words_narrow_are_only_a_part_of_the_named_ones() -> None:
    assert "部分" in structured_title(note("Rule on medical refrigerators", lang="en"), ())


def test_an_addendum_without_goods_takes_those_of_its_measure() -> None:
    addendum = note("Entry into force", kind=NotificationKind.ADDENDUM, lang="en")
    parent = note("Rule on refrigerators", lang="en", products_text="Refrigerators")
    assert "冰箱" in structured_title(addendum, (), parent)
    assert "冰箱" not in structured_title(addendum, ())


def test_a_draft_is_said_to_be_one_only_where_the_title_says_so() -> None:
    assert structured_title(note("Decreto sobre juguetes", lang="es"), ()).endswith("法令")
    assert structured_title(note("Proyecto de Decreto sobre juguetes", lang="es"), ()).endswith("法令草案")
    assert "草案" not in structured_title(note("ร่างกฎกระทรวง", lang="th"), ())


@settings(deadline=None)  # the first example loads data files
@given(st.text(max_size=80), st.lists(st.sampled_from(["8507", "99", "850710", "x"]), max_size=4))
def test_any_title_gives_one_line_of_chinese(title: str, codes: list[str]) -> None:
    made = structured_title(note(title, hs_codes=tuple(codes)), ("labelling",))
    assert made.startswith("美国")
    assert "\n" not in made
    assert len(made) < 200
