from __future__ import annotations

from datetime import date

import pytest

from crawlers.formats.chinese_titles import (
    Reading,
    clean_title,
    find_symbols,
    page_lines,
    read_article,
    read_form,
    read_page,
    soup_of,
)


def article(markup: str) -> Reading:
    return read_article(soup_of(markup.encode()))


def form(markup: str) -> Reading:
    return read_form(soup_of(markup.encode()))


def titles(reading: Reading) -> dict[str, str]:
    return {pair.symbol: pair.title for pair in reading.pairs}


def table(*rows: str, head: str = "<tr><th>序号</th><th>通报号</th><th>通报标题</th></tr>") -> str:
    return f"<table>{head}{''.join(f'<tr>{row}</tr>' for row in rows)}</table>"


@pytest.mark.parametrize(
    ("text", "symbols", "unread"),
    [
        ("Ｇ／ＴＢＴ／Ｎ／ＵＳＡ／８７４／Ａｄｄ．１", ["G/TBT/N/USA/874/Add.1"], []),
        ("G / TBT / N / JPN / 12", ["G/TBT/N/JPN/12"], []),
        ("见G/SPS/N/KHM/3号通报", ["G/SPS/N/KHM/3"], []),
        ("G/TBT/N/BRA/366/add. 1/CORR.1", ["G/TBT/N/BRA/366/Add.1/Corr.1"], []),
        ("G/TBT/N/KEN/1、G/TBT/N/UGA/2，G/TBT/N/KEN/1", ["G/TBT/N/KEN/1", "G/TBT/N/UGA/2"], []),
        ("G/TBT/Notif.00/5", ["G/TBT/Notif.00/5"], []),
        ("G/TBT/N/1122/Rev.1", [], ["G/TBT/N/1122/Rev.1"]),  # the member is missing
        ("G/TBT/N/USA/874/Add", [], ["G/TBT/N/USA/874/Add"]),  # cut off: not the notification that was amended
        ("G/TBT/N/KEN/12-19", [], ["G/TBT/N/KEN/12-19"]),
        ("G/TBT/N/KEN/12A", [], ["G/TBT/N/KEN/12A"]),
        ("MG/TBT/N/USA/1 与 GB/T 1", [], []),
    ],
)
def test_symbols_in_a_text(text: str, symbols: list[str], unread: list[str]) -> None:
    assert find_symbols(text) == (tuple(symbols), tuple(unread))


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("花园门安全要求（18页，英语）", "花园门安全要求"),
        ("花园门（木质）安全要求。", "花园门（木质）安全要求"),
        ("花园门\u3000  安全要求", "花园门 安全要求"),
        ("通 报", ""),
        ("补遗", ""),
        ("Garden gates", ""),
        ("门" * 401, ""),
        ("", ""),
    ],
)
def test_what_is_a_title(text: str, title: str) -> None:
    assert clean_title(text) == title


def test_lines_are_what_a_page_shows() -> None:
    markup = "<p>通报<b>标题</b>：\n甲</p>乙<br>丙<script>x()</script><!-- 注 --><table><tr><td>丁<td>戊</table>"
    assert page_lines(soup_of(markup.encode())) == ["通报标题： 甲", "乙", "丙", "丁", "戊"]


def test_a_page_nested_deeper_than_python_recurses() -> None:
    assert page_lines(soup_of(b"<div>" * 5000 + "门".encode())) == ["门"]


@pytest.mark.parametrize("charset", ["gb2312", "gbk", "utf-8"])
@pytest.mark.parametrize("stated", ["page", "header"])
def test_charsets(charset: str, stated: str) -> None:
    meta = f'<meta charset="{charset}">' if stated == "page" else ""
    body = f"{meta}<p>镕門</p>".encode("gb18030" if charset.startswith("gb") else charset)  # not in GB 2312
    header = f"text/html; charset={charset}" if stated == "header" else "text/html"
    assert page_lines(soup_of(body, header)) == ["镕門"]


def test_an_unknown_charset_is_read_as_utf8() -> None:
    assert page_lines(soup_of("<p>门</p>".encode(), "text/html; charset=x-none")) == ["门"]


def test_a_plain_table() -> None:
    reading = article(
        table(
            "<td>1<td>G/TBT/N/USA/9001<td>花园门安全要求",
            "<td>2<td>Ｇ／ＳＰＳ／Ｎ／ＪＰＮ／９００２<td>木质围栏的检疫<br>要求",
            "<td colspan=3>合计2项",
        )
    )
    assert titles(reading) == {"G/TBT/N/USA/9001": "花园门安全要求", "G/SPS/N/JPN/9002": "木质围栏的检疫要求"}
    assert reading.doubts == ()
    assert reading.pairs[1].payload["symbol"] == "Ｇ／ＳＰＳ／Ｎ／ＪＰＮ／９００２"


def test_merged_cells_stand_in_every_row_that_they_cover() -> None:
    reading = article(
        table(
            "<td rowspan=3>1<td>G/TBT/N/KEN/9003<td rowspan=2>花盆标签要求",
            "<td>G/TBT/N/UGA/9004",
            "<td>G/TBT/N/KEN/9005<td>花架承重要求",
        )
    )
    assert titles(reading) == {
        "G/TBT/N/KEN/9003": "花盆标签要求",
        "G/TBT/N/UGA/9004": "花盆标签要求",
        "G/TBT/N/KEN/9005": "花架承重要求",
    }


def test_a_joint_notification_has_one_title_for_each_symbol() -> None:
    reading = article(table("<td>1<td>G/TBT/N/ARE/1，G/TBT/N/BHR/2、<br>G/TBT/N/QAT/3<td>花园水管标准"))
    assert titles(reading) == dict.fromkeys(["G/TBT/N/ARE/1", "G/TBT/N/BHR/2", "G/TBT/N/QAT/3"], "花园水管标准")


@pytest.mark.parametrize(
    "row",
    [
        "<td>1<td>G/TBT/N/ARE/1、G/TBT/N/BHR/2<td>花园水管标准<br>花园水泵标准",  # each may have its own
        "<td>1<td>G/TBT/N/KEN/1至25<td>花园水管标准",
        "<td>1<td>G/TBT/N/KEN/1-25<td>花园水管标准",
        "<td>1<td>G/TBT/N/USA/1 G/TBT/N/1122/Rev.1<td>花园水管标准",
        "<td>1<td>G/TBT/N/USA/1/Add<td>花园水管标准",
        "<td>1<td>G/TBT/N/USA/1<td>补遗",
        "<td>1<td>G/TBT/N/USA/1<td>",
        "<td>1<td>G/TBT/N/USA/1<td>花园水管标准（修订G/TBT/N/USA/2）",
        "<td rowspan=2>1<td rowspan=2>G/TBT/N/USA/1<td>花园水管标准<tr><td>花园水泵标准",
    ],
)
def test_a_doubtful_row_gives_no_title(row: str) -> None:
    reading = article(table(row))
    assert reading.pairs == ()
    assert reading.doubts


def test_a_short_row_is_left_out() -> None:
    assert article(table("<td>1<td>G/TBT/N/USA/1")).pairs == ()


@pytest.mark.parametrize(
    ("head", "cells", "title"),
    [
        ("通报编号|英文标题|中文标题", "G/TBT/N/USA/1|Garden gates|花园门安全要求", "花园门安全要求"),
        ("标 题|通报 号：", "花园门安全要求|G/TBT/N/USA/1", "花园门安全要求"),
        ("通报号|通报文件名称|标题", "G/TBT/N/USA/1|花园门草案|花园门安全要求", "花园门安全要求"),
        ("通报号|标题|标题", "G/TBT/N/USA/1|花园门安全要求|花园门草案", None),
        ("通报号|产品", "G/TBT/N/USA/1|花园门及其附件", None),
        ("通报号|文号|标题", "G/TBT/N/USA/1|G/TBT/N/USA/2|花园门安全要求", None),
    ],
)
def test_the_columns_are_told_by_their_names(head: str, cells: str, title: str | None) -> None:
    rows = ("".join(f"<td>{cell}" for cell in line.split("|")) for line in (head, cells))
    found = titles(article(f"<table><tr>{'<tr>'.join(rows)}</table>"))
    assert found == ({"G/TBT/N/USA/1": title} if title else {})


def test_names_at_the_left() -> None:
    markup = "<table><tr><td>通报成员<td>美国<tr><td>通报号<td>G/TBT/N/USA/1<tr><td>通报标题<td>花园门安全要求</table>"
    assert titles(article(markup)) == {"G/TBT/N/USA/1": "花园门安全要求"}


def test_a_table_within_a_table_that_only_lays_out() -> None:
    reading = article(f"<table><tr><td>导航<td>{table('<td>1<td>G/TBT/N/USA/1<td>花园门安全要求')}</table>")
    assert titles(reading) == {"G/TBT/N/USA/1": "花园门安全要求"}


def test_tables_side_by_side_do_not_lend_their_columns() -> None:
    left = table("<td>1<td>G/TBT/N/USA/1<td>花园门安全要求")
    right = "<table><tr><td>2<td>G/TBT/N/USA/2<td>评议期已经结束</table>"
    reading = article(f"<table><tr><td>{left}<td>{right}</table>")
    assert titles(reading) == {"G/TBT/N/USA/1": "花园门安全要求"}


def test_a_span_of_nothing_is_one() -> None:
    reading = article(table('<td colspan="0">1<td rowspan="0">G/TBT/N/USA/1<td>花园门安全要求'))
    assert titles(reading) == {"G/TBT/N/USA/1": "花园门安全要求"}


@pytest.mark.parametrize(
    "span", ['rowspan="99999999999"', 'colspan="99999"', 'rowspan="-1"', 'colspan="两"', "rowspan=0"]
)
def test_absurd_spans_do_no_harm(span: str) -> None:
    reading = article(table(f"<td {span}>1<td>G/TBT/N/USA/1<td>花园门安全要求", "<td>G/TBT/N/USA/2<td>花园椅要求"))
    assert len(reading.pairs) <= 2


@pytest.mark.parametrize(
    ("line", "title"),
    [
        ("G/TBT/N/USA/123 花园门安全要求", "花园门安全要求"),
        ("1. G/TBT/N/USA/123：花园门安全要求。", "花园门安全要求"),
        ("（2）Ｇ／ＴＢＴ／Ｎ／ＵＳＡ／１２３　花园门安全要求", "花园门安全要求"),
        ("三、G/TBT/N/USA/123 - 花园门（木质）安全要求", "花园门（木质）安全要求"),
        ("G/TBT/N/USA/123 中央空调能效要求", "中央空调能效要求"),
        ("G/TBT/N/USA/123 通报了花园门安全要求", None),
        ("G/TBT/N/USA/123号通报涉及花园门安全要求", None),
        ("G/TBT/N/USA/123 号通报涉及花园门安全要求", None),
        ("G/TBT/N/USA/123 等通报涉及花园门", None),
        ("G/TBT/N/USA/123、G/TBT/N/USA/124 花园门安全要求", None),
        ("G/TBT/N/USA/123至125 花园门安全要求", None),
        ("G/TBT/N/USA/123 花园门安全要求。该措施将于明年生效。", None),
        ("美国发布G/TBT/N/USA/123 花园门安全要求", None),
        ("花园门安全要求（G/TBT/N/USA/123）", None),
        ("G/TBT/N/USA/123/Add 花园门安全要求", None),
        ("G/TBT/N/USA/123 花园门安全要求（修订G/TBT/N/USA/9）", None),
        ("G/TBT/N/USA/123 花园门安全要求（修订G/TBT/N/9/Rev.1）", None),
    ],
)
def test_a_line_of_running_text(line: str, title: str | None) -> None:
    reading = article(f"<p>{line}</p>")
    assert titles(reading) == ({"G/TBT/N/USA/123": title} if title else {})
    assert bool(reading.doubts) == (title is None)


def test_a_symbol_read_from_the_table_is_no_doubt_elsewhere() -> None:
    reading = article(f"<p>其中G/TBT/N/USA/1值得关注。</p>{table('<td>1<td>G/TBT/N/USA/1<td>花园门安全要求')}")
    assert len(reading.pairs) == 1
    assert reading.doubts == ()


def test_two_titles_for_one_symbol_are_none() -> None:
    reading = article(f"<p>G/TBT/N/USA/1 花园椅要求</p>{table('<td>1<td>G/TBT/N/USA/1<td>花园门安全要求')}")
    assert reading.pairs == ()
    assert reading.doubts == ("G/TBT/N/USA/1",)


NUMBERED = """<div>世界贸易组织<p>{symbol}</p><p>2025-06-06</p></div><h3>通 报</h3>
<table><tr><td>1.<td>通报成员：美国<tr><td>4.<td>覆盖的产品：花园门（见 G/TBT/N/USA/800）
<tr><td>5.<td>通报标题：<p>{title}</p>页数：18 使用语言：英语<br>链接网址：
<tr><td>6.<td>内容简述：修订 G/TBT/N/USA/801 的附录。</table>"""


def test_the_numbered_form() -> None:
    reading = form(NUMBERED.format(symbol="G/TBT/N/USA/9001/Rev.1", title="花园门<br>安全要求（18页，英语）"))
    assert titles(reading) == {"G/TBT/N/USA/9001/Rev.1": "花园门安全要求"}
    assert reading.published == date(2025, 6, 6)
    assert reading.doubts == ()


def test_the_numbered_form_of_a_joint_notification() -> None:
    reading = form(NUMBERED.format(symbol="G/TBT/N/KEN/1,<br>G/TBT/N/UGA/2, G/TBT/N/TZA/3", title="花盆标签要求"))
    assert titles(reading) == dict.fromkeys(["G/TBT/N/KEN/1", "G/TBT/N/UGA/2", "G/TBT/N/TZA/3"], "花盆标签要求")


@pytest.mark.parametrize(
    ("symbol", "title"),
    [
        ("G/TBT/N/9001/Rev.1", "花园门安全要求"),
        ("", "花园门安全要求"),
        ("G/TBT/N/USA/1", "补遗"),
        ("G/TBT/N/USA/1", ""),
    ],
)
def test_a_form_without_symbol_or_title(symbol: str, title: str) -> None:
    reading = form(NUMBERED.format(symbol=symbol, title=title))
    assert reading.pairs == ()
    assert reading.doubts


LABELLED = """<div>通报号：{symbol}</div><div>通报标题：花园门（质量控制）令</div><div>通报成员：印度</div>
<div>覆盖的产品：花园门 HS：7308 ICS：</div><div>通报日期：2025-07-03 00:00:00</div><div>内容概述：</div>"""


def test_labelled_lines() -> None:
    reading = form(LABELLED.format(symbol="G/TBT/N/IND/9288"))
    assert titles(reading) == {"G/TBT/N/IND/9288": "花园门（质量控制）令"}
    assert reading.published == date(2025, 7, 3)


def test_labels_and_form_that_agree_and_that_do_not() -> None:
    both = LABELLED.format(symbol="G/TBT/N/USA/9001") + NUMBERED.format(
        symbol="G/TBT/N/USA/{}", title="花园门（质量控制）令"
    )
    head, _, rest = both.partition("<div>通报成员")
    moved = f"<p>G/TBT/N/USA/{{}}</p>{head}<div>通报成员{rest}"
    assert titles(form(moved.format(9001, 9001))) == {"G/TBT/N/USA/9001": "花园门（质量控制）令"}
    assert form(moved.format(9002, 9002)).pairs == ()


def test_a_bad_date_is_none() -> None:
    assert form(LABELLED.replace("2025-07-03 00:00:00", "02025-07-03").format(symbol="G/TBT/N/IND/1")).published is None


def test_a_page_tells_its_kind() -> None:
    assert titles(read_page(soup_of(LABELLED.format(symbol="G/TBT/N/IND/1").encode())))
    assert titles(read_page(soup_of("<p>G/TBT/N/USA/123 花园门安全要求</p>".encode())))
    nothing = read_page(soup_of(b""))
    assert nothing == Reading()
