"""The same notifications as ePing prints many real ones: the field of products holds only names of codes.

Real notifications often state their product in the title alone, while the field of products repeats the names of HS
headings, chapters or ICS fields, all wider than the measure. Labels stay: by the labelling guide the text decides. Only
notifications whose title names the goods are varied.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace

from models.reading.nomenclature import code_text
from models.reading.scope import Source, scope_of
from warehouse.records import Notification
from warehouse.reference import hs_chapter_en, ics_en


def variants_of(notification: Notification) -> Iterator[Notification]:
    """At most three variants, chosen by the notification's id, so that training stays deterministic."""
    bare = replace(notification, products_text="", hs_codes=(), ics_codes=(), description="")
    titled = scope_of(bare).covered(Source.TITLE)
    if not titled:
        return
    if scope_of(notification).covered(Source.PRODUCTS) <= titled:
        yield bare  # a notice of which only the title was published
    choice = int(hashlib.sha256(notification.notification_id.encode()).hexdigest(), 16)
    icss = _ics_names(notification)
    headings = tuple(dict.fromkeys(code[:4] for code in notification.hs_codes if len(code) >= 4))
    chapters = tuple(dict.fromkeys(code[:2] for code in notification.hs_codes))
    if headings and choice % 2:
        names = "; ".join([*(f"{code_text(code)} (HS code(s): {code})" for code in headings), *icss])
        yield replace(notification, products_text=names, hs_codes=headings)
    elif chapters:
        names = "; ".join([*(f"{hs_chapter_en(code).upper()} (HS code(s): {code})" for code in chapters), *icss])
        yield replace(notification, products_text=names, hs_codes=chapters)
    if icss:
        yield replace(notification, products_text="; ".join(icss), hs_codes=())


def _ics_names(notification: Notification) -> list[str]:
    named = [(ics_en(code), code) for code in notification.ics_codes]
    return [f"{name} (ICS code(s): {code})" for name, code in named if name]
