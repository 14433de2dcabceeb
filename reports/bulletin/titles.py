"""What a measure is called in Chinese: its translated title, else what is known of it put together and marked."""

from __future__ import annotations

from reports.bulletin.facts import BulletinItem, LaterDocument
from reports.bulletin.figures import say, short_day, shorten
from reports.document import Text, text


def subject(item: BulletinItem) -> str:
    """What the measure is about, in Chinese where it is known: products, else the codes, else 有关产品."""
    if item.products_zh:
        return "、".join(item.products_zh[:3]) + ("等产品" if len(item.products_zh) > 3 else "")
    codes = "、".join(item.hs[:3])
    return f"税号{codes}项下产品" if codes else say("items.structured_subject_none")


def about(item: BulletinItem, limit: int) -> str:
    """What the measure is in a few words, without the member: for places that name it and leave the title to others."""
    if item.title_zh:
        return shorten(item.title_zh.removeprefix(f"{item.member_zh}关于"), limit)
    return subject(item)


def chinese_title(item: BulletinItem) -> str:
    """The Chinese title, or what is known put together as one."""
    if item.title_zh:
        return item.title_zh
    return say("items.structured_title", member=item.member_zh, subject=subject(item), kind=item.kind_zh)


def title_text(item: BulletinItem, limit: int = 300) -> str:
    """The Chinese title, at most `limit` characters, with its mark: 机器翻译, or 题名待译 where it is put together."""
    if not item.title_zh:
        return shorten(chinese_title(item), limit) + say("items.untranslated")
    mark = f"（{item.title_mark}）" if item.title_mark else ""
    return shorten(item.title_zh, limit) + mark


def document_text(document: LaterDocument) -> str:
    """补遗 G/TBT/N/XYZ/1/Add.1（2026-07-10）"""
    day = f"（{short_day(document.on)}）" if document.on else ""
    return f"{document.kind_zh} {document.symbol}{day}"


def title_cell(item: BulletinItem, limit: int = 300) -> Text:
    """`title_text` as text of a cell."""
    return text(title_text(item, limit))
