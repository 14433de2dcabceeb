"""Chinese renderings of foreign titles: kept as they were given, and of each notification the one that counts."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from warehouse.connection import Connection, transaction
from warehouse.errors import InputError
from warehouse.members import members
from warehouse.query import fetch_all
from warehouse.records import Notification
from warehouse.sqlfiles import sql
from warehouse.symbols import parse_symbol


class TitleKind(StrEnum):
    """Where a Chinese title is from. The order is the order of trust."""

    ORIGINAL = "original"  # notified in Chinese
    OFFICER = "officer"
    PUBLIC = "public"  # a public Chinese bulletin
    MACHINE = "machine"
    PENDING = "pending"  # nobody has translated it: put together from what is known


_MARKS = {TitleKind.MACHINE: "机器翻译", TitleKind.PENDING: "待译"}


@dataclass(frozen=True, slots=True, kw_only=True)
class BestTitle:
    """The Chinese title of a notification that counts."""

    text: str
    kind: TitleKind
    by: str = ""  # officer, bulletin or model; "" for an original or a pending one
    is_stale: bool = False  # the original title has other words since the officer translated it

    @property
    def mark(self) -> str:
        """What readers must be told of it: 机器翻译, 待译, or ""."""
        return _MARKS.get(self.kind, "")

    @property
    def marked(self) -> str:
        """The text with its mark in brackets."""
        return f"{self.text}（{self.mark}）" if self.mark else self.text

    @property
    def is_translated(self) -> bool:
        """Whether somebody answers for it: an officer, a public bulletin, or the member itself."""
        return self.kind in (TitleKind.ORIGINAL, TitleKind.OFFICER, TitleKind.PUBLIC)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTranslation:
    """A rendering to be kept. `translator` is the officer, or the name of the model."""

    notification_id: str
    title_zh: str
    kind: TitleKind  # officer or machine
    translator: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedTitle:
    """A notification whose title is to be had in Chinese."""

    notification_id: str
    words: str  # equal for titles of the same words
    is_in_case: bool


def best_titles(con: Connection, notification_ids: Sequence[str]) -> dict[str, BestTitle]:
    """Return the Chinese titles that count, by notification_id; a notification that has none is left out.

    The order is that of the view `best_titles`: the original where it is Chinese; an officer's for the notification,
    for the same words, for the measure; a public Chinese bulletin's; a machine's.
    """
    rows = fetch_all(con, "translations/best", {"notification_ids": json.dumps(list(notification_ids))})
    return {
        row["notification_id"]: BestTitle(
            text=" ".join(row["title_zh"].split()),
            kind=TitleKind(row["kind"]),
            by=row["translator"],
            is_stale=row["is_stale"],
        )
        for row in rows
    }


def wanted_titles(con: Connection, *, first_day: date | None, last_day: date | None) -> tuple[WantedTitle, ...]:
    """Return the notifications of a period, or without one those of open cases that concern firms; newest first."""
    rows = fetch_all(con, "translations/wanted", {"first_day": first_day, "last_day": last_day})
    return tuple(WantedTitle(**row) for row in rows)


def notification_titled(con: Connection, key: str) -> str:
    """Return the id of the notification that an id or a document symbol names. Raises InputError where none does."""
    symbol = parse_symbol(key)
    rows = fetch_all(con, "translations/named", {"key": symbol.text if symbol else key.strip()})
    if not rows:
        raise InputError(f"没有这件通报：{key}", "请写通报号（如 G/TBT/N/EU/1234）；尚未采集的，请先采集或导入。")
    return str(rows[0]["notification_id"])


def record_translations(
    con: Connection, translations: Iterable[NewTranslation], notifications: Iterable[Notification], *, now: datetime
) -> None:
    """Keep renderings made at `now`, all or none; `notifications` holds those that they are of."""
    by_id = {item.notification_id: item for item in notifications}
    with transaction(con):
        for item in translations:
            notification = by_id[item.notification_id]
            said = (item.notification_id, notification.title, item.title_zh, item.kind, item.translator)
            con.execute(
                sql("translations/add"),
                {
                    "translation_id": _identity(said, now),
                    "notification_id": item.notification_id,
                    "title_zh": item.title_zh,
                    "bound_to": bound_to(item.title_zh, notification.member_codes),
                    "kind": item.kind.value,
                    "translator": item.translator,
                    "now": now,
                },
            )


def bound_to(title_zh: str, member_codes: Sequence[str]) -> list[str]:
    """The notifying members that a Chinese title names: 巴林灯具技术法规 says nothing of Kuwait's same draft."""
    return [code for code in member_codes if any(name in title_zh for name in _chinese_names(code))]


def _chinese_names(code: str) -> tuple[str, ...]:
    member = members().get(code)
    if member is None:
        return ()
    names = (member.name_zh, *member.aliases)
    return tuple(name for name in names if name and all("㐀" <= char <= "鿿" for char in name))


def _identity(said: Sequence[str], now: datetime) -> str:
    return hashlib.sha256("\x1f".join((*said, now.isoformat())).encode()).hexdigest()[:24]
