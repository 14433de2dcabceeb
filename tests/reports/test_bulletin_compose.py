from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from bulletin_sample import FIRMS, item, quiet_month, sample, with_proceedings

from reports.bulletin.compose import compose_bulletin, summary
from reports.bulletin.facts import BulletinFacts, Counted, inconsistencies
from reports.bulletin.highlights import chosen
from reports.bulletin.schedule import hints
from reports.document import AnnexStart, Document, Heading, KeyFacts, Masthead, Note, Paragraph, Table, plain


def prose(document: Document) -> list[str]:
    return [plain(block.text) for block in document.blocks if isinstance(block, Paragraph)]


def everything(document: Document) -> str:
    parts: list[str] = []
    for block in document.blocks:
        if isinstance(block, Heading):
            parts.append(block.text)
        elif isinstance(block, Paragraph | Note):
            parts.append(plain(block.text))
        elif isinstance(block, Table):
            parts += [block.caption, *block.headers, *(plain(cell) for row in block.rows for cell in row)]
        elif isinstance(block, KeyFacts):
            parts += [label + plain(value) for label, value in block.rows]
        elif isinstance(block, Masthead):
            parts += [block.title, block.serial_line, block.mark, block.issuer, block.date_text]
    return "\n".join(parts)


def tables(document: Document) -> dict[str, Table]:
    return {block.caption.split(" ")[0]: block for block in document.blocks if isinstance(block, Table)}


def cells(table: Table) -> list[list[str]]:
    return [[plain(cell) for cell in row] for row in table.rows]


def sections(document: Document) -> list[str]:
    return [block.text for block in document.blocks if isinstance(block, Heading) and block.level == 1]


def test_every_list_of_counts_in_prose_says_what_its_table_says() -> None:
    document = compose_bulletin(sample(20))
    found = tables(document)
    checked = 0
    for sentence in prose(document):
        for clause, name in re.findall(
            r"(按[^。]*?分，[^。（]*)(?:（见|。各产业链与市场的对应情况见)(表\d+)", sentence
        ):
            first = {row[0]: row[-1] if "产业链" in clause else row[1] for row in cells(found[name])}
            pairs = re.findall(r"(.+?)(\d+)[件项](?:、|$)", clause.split("分，", 1)[1])
            assert pairs
            for label, number in pairs:
                assert first[label.removeprefix("居前的有")] == number, (clause, label)
                checked += 1
    assert checked >= 15


def test_part_of_a_month_does_not_read_as_the_whole() -> None:
    facts = sample()
    assert "数据采集至" not in everything(compose_bulletin(facts))
    early = replace(facts.sources[0], last_collected_at=datetime(2031, 10, 12, 1, 0, tzinfo=UTC))
    assert "数据采集至2031年10月12日" in everything(compose_bulletin(replace(facts, sources=(early,))))
    later = replace(facts.sources[0], last_collected_at=datetime(2031, 11, 5, 1, 0, tzinfo=UTC))
    assert "数据采集至" not in everything(compose_bulletin(replace(facts, sources=(early, later))))


def test_the_share_of_the_first_ten_is_that_of_the_table() -> None:
    document = compose_bulletin(sample())
    sentence = next(text for text in prose(document) if "因第十位并列" in text)
    listed, total, share = re.search(r"共列(\d+)个成员，合计(\d+)件，占通报总数的([\d.]+%)", sentence).groups()
    rows = cells(tables(document)["表1"])
    ranked = [row for row in rows if row[0]]
    assert int(listed) == len(ranked) == 11
    assert int(total) == sum(int(row[2]) for row in ranked)
    assert share == f"{int(total) / int(rows[-1][2]) * 100:.1f}%"
    assert sum(int(row[2]) for row in rows[:-1]) == int(rows[-1][2])


def test_the_response_rate_is_the_same_in_abstract_prose_and_table() -> None:
    document = compose_bulletin(sample())
    table = next(block for block in document.blocks if isinstance(block, Table) and "72小时" in block.caption)
    due, done, on_time, overdue, rate, pending, backfilled = cells(table)[0]
    text = next(text for text in prose(document) if text.startswith("本月应响应措施"))
    assert f"应响应措施{due}项，已响应{done}项，其中按时响应{on_time}项，按时响应率{rate}；超时{overdue}项" in text
    assert f"72小时尚未届满{pending}项" in text
    assert f"补录{backfilled}项" in text
    assert f"72小时应响应{due}项、按时响应{on_time}项" in summary(sample())
    assert "自系统首次采集成功起按自然小时计算" in everything(document)


@pytest.mark.parametrize(
    "facts", [sample(), sample(64), sample(0), quiet_month()], ids=["usual", "long", "none", "quiet"]
)
def test_the_abstract_is_short_and_ends_once(facts: BulletinFacts) -> None:
    text = "提要：" + summary(facts)
    assert len(text) <= 150
    assert text.endswith("。")
    assert text.count("。") == 1


def test_words_that_an_official_text_must_not_carry() -> None:
    text = everything(compose_bulletin(with_proceedings(sample(30))))
    assert "壁垒" not in text
    assert "国家" not in text
    assert not re.search(r"None|\{\w*\}|nan", text.replace("{{ jinja }}", "").replace("{% if %}", ""))
    assert "台澎金马单独关税区（中国台北）" not in text or "中国台北" in text
    # Half-width marks between Chinese characters would look careless.
    assert not re.search(r"[\u4e00-\u9fff][,;:()!?](?=[\u4e00-\u9fff])", text)
    assert not re.search(r"。。|，，|；；|、、|；。|，。", text)


def test_a_month_with_nothing_still_gives_a_true_issue() -> None:
    document = compose_bulletin(quiet_month())
    text = everything(document)
    assert sections(document) == [
        "一、总体情况",
        "二、与我市中间品出口相关情况",
        "三、重点通报解读",
        "四、时限提醒",
        "五、72小时快速响应情况",
        "六、工作提示",
    ]
    assert "未监测到世贸组织成员新发布的技术性贸易措施通报" in text
    assert "未发现与清单内产品相关的措施" in text
    assert "本月没有采集来源记录" in text
    assert "草稿，未编期号" in text
    assert "第" not in next(b for b in document.blocks if isinstance(b, Masthead)).serial_line
    assert [b.label for b in document.blocks if isinstance(b, AnnexStart)] == ["附件1", "附件2", "附件3"]


def test_the_part_on_concerns_comes_only_with_facts_and_numbers_close_up() -> None:
    assert "六、工作提示" in sections(compose_bulletin(sample()))
    assert sections(compose_bulletin(with_proceedings(sample())))[5:] == ["六、评议与特别贸易关注进展", "七、工作提示"]


def test_tables_are_numbered_without_gaps() -> None:
    document = compose_bulletin(with_proceedings(sample(20)))
    assert list(tables(document)) == [f"表{n}" for n in range(1, len(tables(document)) + 1)]


def test_the_annex_carries_every_item_and_no_more() -> None:
    facts = sample(64)
    document = compose_bulletin(facts)
    annex = next(block for block in document.blocks if isinstance(block, Table) and len(block.headers) > 10)
    assert len(annex.rows) == len(facts.items) == 64
    shown = "".join(row[1] for row in cells(annex))
    assert all(facts_item.symbols[0] in shown for facts_item in facts.items)


def test_firm_names_stand_in_the_restricted_issue_only() -> None:
    public, restricted = (everything(compose_bulletin(sample(20, firm_names=flag))) for flag in (False, True))
    assert not any(name in public for name in FIRMS)
    assert all(name in restricted for name in FIRMS)
    assert "内部资料 注意保存" in restricted
    assert "内部资料" not in public


def test_highlights_are_three_to_eight() -> None:
    watched = tuple(item(n, level="关注") for n in range(20))
    assert len(chosen(watched)) == 5
    assert len(chosen(tuple(item(n, level="预警") for n in range(20)))) == 8
    assert len(chosen(tuple(item(n) for n in range(20)))) == 3
    assert chosen((item(1),)) == (item(1),)
    mixed = chosen((item(1), item(2, level="预警"), item(3, level="关注"), item(4)))
    assert [one.level for one in mixed] == ["预警", "关注", "参考"]


def test_an_untranslated_title_is_put_together_and_marked() -> None:
    text = everything(compose_bulletin(sample()))
    assert "（题名待译）" in text
    assert "泰国关于税号8708项下产品的补遗" in text
    assert "机器初筛，未经人工研判" in text


def test_a_deadline_in_words_is_put_in_chinese_and_a_past_one_said() -> None:
    text = everything(compose_bulletin(sample()))
    assert "自通报之日起60日" in text
    assert "（本期发布时已截止）" in text


def test_hints_follow_from_facts_only() -> None:
    first, *rest = hints(sample())
    assert "G/TBT/N/CHL/9777（智利）将于2031年11月9日评议截止" in first
    assert any("G/TBT/N/EU/9001列入预警" in hint for hint in rest)
    assert not any("超过时限仍未响应" in hint for hint in rest)
    own = hints(sample(14, firm_names=True))
    assert any("尚有1项措施超过时限仍未响应" in hint for hint in own)
    assert hints(quiet_month()) == ()


def test_facts_that_do_not_add_up_forbid_signing() -> None:
    facts = sample()
    assert inconsistencies(facts) == ()
    assert inconsistencies(quiet_month()) == ()
    wrong = replace(facts, breakdown=replace(facts.breakdown, kinds=(Counted("补遗", 1),)))
    assert inconsistencies(wrong) == ("各类型通报之和（1件）与通报总数（142件）不符",)
    warning = [b for b in compose_bulletin(wrong).blocks if isinstance(b, Note) and b.tone == "warning"]
    assert any("不得签发" in plain(note.text) for note in warning)
    late = replace(facts, response=replace(facts.response, overdue=5))
    assert any("应响应数" in sentence for sentence in inconsistencies(late))
