"""Who notified: names as given and member codes, from names and symbols together."""

from __future__ import annotations

from functools import lru_cache

from crawlers.formats.reporting import RowIssues
from warehouse.members import member_code
from warehouse.records import Severity
from warehouse.symbols import Symbol

cached_code = lru_cache(maxsize=1024)(member_code)


def member_codes(names: tuple[str, ...], symbols: tuple[Symbol, ...], issues: RowIssues, field: str) -> tuple[str, ...]:
    """Codes of all notifying members, those of the symbols first, each once.

    A joint text has one symbol a member while a row names one of them, so the symbols count as much as the names.
    """
    codes = dict.fromkeys(symbol.member_code for symbol in symbols if symbol.member_code)
    for name in names:
        code = cached_code(name)
        if code is not None:
            codes[code] = None
        else:
            known = "、".join(codes)
            issues.add(
                "member-unknown",
                Severity.WARNING,
                f"通报成员“{name}”不在成员名录中，" + (f"已按通报号记为{known}。" if known else "成员代码暂缺。"),
                field=field,
                value=name,
                next_step="请核对名称；名称无误的，请通知系统维护人员在成员名录中补充该别名。",
            )
    return tuple(codes)
