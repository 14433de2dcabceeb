"""What several spiders find wrong in an answer, in the same words; and a JSON body that must be an object."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from crawlers.engine.exchange import SchemaChanged
from warehouse.records import Issue, Severity


def json_object(body: bytes) -> Mapping[str, Any]:
    """Return the object that a body holds; SchemaChanged where it holds none."""
    try:
        data = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise SchemaChanged(f"应答不是有效的 JSON（{error}）") from error
    if not isinstance(data, dict):
        raise SchemaChanged("应答不是 JSON 对象")
    return data


def outside_window(source: str) -> Issue:
    """The source gave records of other days than those asked for."""
    return Issue(
        code="crawl-outside-window",
        severity=Severity.WARNING,
        message=f"来源 {source} 返回了所查日期以外的记录，已略去。",
        next_step="来源可能不再支持日期条件，请核对来源卡。",
        subject=source,
    )


def incomplete(source: str, total: int, got: int) -> Issue:
    """The source states more records than its pages hold."""
    return Issue(
        code="crawl-incomplete",
        severity=Severity.ERROR,
        message=f"来源 {source} 声明共有 {total} 条，各页合计只有 {got} 条不同的记录。",
        next_step="翻页期间来源可能有变动，请重新运行同一时段。",
        subject=source,
    )
