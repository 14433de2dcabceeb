"""`tbtwatch crawl`, `sources`, `new-source`."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.output import session_of
from warehouse.errors import InputError

CRAWL_WORDS = {
    "n_requests": "请求",
    "n_records": "取得记录",
    "n_repeated": "重复略去",
    "n_new": "新增",
    "n_changed": "有变化",
    "n_unchanged": "无变化",
    "n_notifications_touched": "涉及通报",
}


def crawl(
    context: typer.Context,
    source: Annotated[str, typer.Argument(help="来源名称，见 tbtwatch sources", metavar="来源")],
    since: Annotated[str | None, typer.Option("--since", help="起始散发日期", metavar="YYYY-MM-DD")] = None,
    until: Annotated[str | None, typer.Option("--until", help="截止散发日期", metavar="YYYY-MM-DD")] = None,
    base_url: Annotated[
        str | None, typer.Option("--base-url", help="改用镜像、代理或回放地址，其余不变", metavar="网址")
    ] = None,
) -> None:
    """采集一个来源并入库；中断后再次运行同一命令会接着采集。"""
    from pipeline.steps.crawl import crawl_source

    session = session_of(context)
    run = crawl_source(
        session.context, source, since=_day(since, "--since"), until=_day(until, "--until"), base_url=base_url
    )
    if run.counts["is_resumed"]:
        session.output.line("已接着上次中断处采集。")
    if run.counts["is_source_unchanged"]:
        session.output.line("来源自上次采集后没有变化。")
    session.output.finish(run, CRAWL_WORDS)


def sources(context: typer.Context) -> None:
    """列出可采集的来源。"""
    from crawlers.engine.card import card_names, read_card

    session = session_of(context)
    cards = [read_card(name) for name in card_names()]
    session.output.table(
        ("来源", "名称", "发布方", "频次", "密钥", "实网核验"),
        [
            (
                card.name,
                card.title,
                card.publisher,
                card.cadence,
                card.key_setting or "不需要",
                f"{'已核验' if card.verified else '未核验'}（{card.verified_on}）",
            )
            for card in cards
        ],
    )
    session.output.result(
        {"sources": [{"name": c.name, "title": c.title, "base_url": c.base_url, "verified": c.verified} for c in cards]}
    )


def live_check(
    context: typer.Context,
    names: Annotated[list[str] | None, typer.Argument(help="来源名称，不写则检查全部", metavar="来源")] = None,
    base_url: Annotated[str | None, typer.Option("--base-url", help="改用镜像、代理或回放地址", metavar="网址")] = None,
) -> None:
    """（联网时）向每个来源请求一次，指出与来源卡不符之处；不入库。"""
    from pipeline.steps.crawl import check_live

    session = session_of(context)
    readings = check_live(session.context, names or (), base_url=base_url)
    for reading in readings:
        state = f"记录 {reading.n_records} 条，后续页面 {reading.n_next} 个"
        session.output.line(f"{reading.source}：{'；'.join(reading.differences) or f'与来源卡一致，{state}'}")
    session.output.result({"sources": [asdict(reading) for reading in readings]})
    if any(reading.differences for reading in readings):
        raise typer.Exit(1)


def changes(
    context: typer.Context,
    key: Annotated[str, typer.Argument(help="通报号、通报编号或案件号", metavar="通报")],
) -> None:
    """列出来源对一件通报先后改过的内容，逐栏列出。"""
    from pipeline.clock import to_shanghai
    from warehouse.connection import open_reader
    from warehouse.facts import notification_ids_named
    from warehouse.query import fetch_all

    session = session_of(context)
    with open_reader(session.context.home.warehouse) as con:
        if not notification_ids_named(con, key):
            raise InputError(f"没有这件通报：{key}", "请核对通报号。")
        rows = fetch_all(con, "queries/changes", {"key": key})
    if not rows:
        session.output.line("采集以来没有变化。")
    session.output.table(
        ("发现时间", "通报", "栏目", "原为", "现为", "来源"),
        [
            (
                f"{to_shanghai(row['changed_at']):%Y-%m-%d %H:%M}",
                row["notification_id"],
                row["field_name"],
                row["old_value"],
                row["new_value"],
                row["source_title"],
            )
            for row in rows
        ],
    )
    session.output.result({"changes": rows})


def new_source(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="新来源的名称：小写字母、数字和下划线", metavar="名称")],
    root: Annotated[Path, typer.Option("--root", help="程序源码所在文件夹", metavar="文件夹")] = Path(),
) -> None:
    """（开发者）新建一个来源：来源卡、采集程序、样本和一个待完成的测试。"""
    from crawlers.new_source import write_source

    session = session_of(context)
    written = write_source(root, name, session.context.now.date())
    for path in written:
        session.output.line(f"已写出：{path}")
    session.output.line("请填写来源卡和解析程序，放入样本，然后运行：pytest tests/crawlers/test_frozen.py")
    session.output.result({"files": [str(path) for path in written]})


def _day(text: str | None, option: str) -> date | None:
    if text is None:
        return None
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007  (a WTO date has no zone)
    except ValueError as error:
        raise InputError(f"{option} 的日期无法识别：{text}", "请写成 2026-06-01 这样的形式。") from error


def register(app: typer.Typer) -> None:
    """Add the commands to the root."""
    app.command("crawl")(crawl)
    app.command("sources")(sources)
    app.command("changes")(changes)
    app.command("live-check")(live_check)
    app.command("new-source")(new_source)
