"""The mails on a phone, laid out by a real browser: nothing to scroll sideways, nothing too small to read or to tap."""

from __future__ import annotations

import dataclasses
from email.message import EmailMessage
from pathlib import Path

import pytest
from mail_browser import CHROMIUM, measure
from mail_reader import html_of
from mail_sample import FACTS, HEAD, PUMP, UPDATE, UPDATE_HEAD, digest

from reports.mail import DateChange, DigestFacts, build_alert, build_digest, build_update

UNBROKEN = "Übermäßig" * 30
ENDLESS = dataclasses.replace(
    FACTS,
    exporter_name=UNBROKEN,
    member_zh=UNBROKEN,
    title=UNBROKEN,
    title_zh=UNBROKEN,
    symbols=(UNBROKEN,),
    kind_zh=UNBROKEN,
    adoption_text=UNBROKEN,
    comment_deadline=None,
    comment_deadline_text=UNBROKEN,
    entry_into_force_date=None,
    entry_into_force_text=UNBROKEN,
    advice=(UNBROKEN,),
    document_links=(UNBROKEN, f"https://notice.example/{UNBROKEN}"),
    products=(dataclasses.replace(PUMP, product_name=UNBROKEN, hs_code=UNBROKEN, reason=UNBROKEN),),
)
ENDLESS_UPDATE = dataclasses.replace(
    UPDATE,
    alert=ENDLESS,
    changes=(DateChange(label=UNBROKEN, old=UNBROKEN, new=UNBROKEN),),
    cause_title=UNBROKEN,
    cause_url=UNBROKEN,
)
LONG_HEAD = dataclasses.replace(
    UPDATE_HEAD,
    post=UNBROKEN,
    other_posts=(UNBROKEN,),
    retention_text=UNBROKEN,
    sender=dataclasses.replace(HEAD.sender, office=UNBROKEN, reply_to=f"{'a' * 60}@{'b' * 60}.example"),
)
MAILS = {
    "alert": build_alert(FACTS, HEAD),
    "update": build_update(UPDATE, UPDATE_HEAD),
    "digest of 1": build_digest(digest(1), HEAD),
    "digest of 3": build_digest(digest(3), HEAD),
    "digest of 60": build_digest(digest(60), HEAD),
    "endless alert": build_alert(ENDLESS, LONG_HEAD),
    "endless update": build_update(ENDLESS_UPDATE, LONG_HEAD),
    "endless digest": build_digest(
        DigestFacts(kind=digest(1).kind, day=digest(1).day, items=(ENDLESS, ENDLESS_UPDATE)), LONG_HEAD
    ),
}

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed"),
]


@pytest.mark.parametrize("message", MAILS.values(), ids=MAILS)
def test_a_phone_needs_no_sideways_scroll_no_glass_and_no_needle(message: EmailMessage, tmp_path: Path) -> None:
    layout = measure(html_of(message), 375, tmp_path)
    assert layout.width <= 375
    assert layout.right <= 375
    assert layout.smallest_font >= 13
    assert layout.link_heights
    assert min(layout.link_heights) >= 36


def test_the_layout_sees_a_page_that_is_too_wide(tmp_path: Path) -> None:
    layout = measure(
        '<table><tr><td style="white-space:nowrap">' + "宽" * 60 + "</td></tr></table><a>x</a>", 375, tmp_path
    )
    assert layout.width > 375


def test_an_update_is_read_on_one_screen_and_a_half(tmp_path: Path) -> None:
    short = dataclasses.replace(UPDATE, new_products=())
    assert measure(html_of(build_update(short, UPDATE_HEAD)), 375, tmp_path).height <= 1.5 * 667


def test_a_wide_window_shows_a_column_that_can_be_read(tmp_path: Path) -> None:
    layout = measure(html_of(MAILS["alert"]), 1024, tmp_path)
    assert layout.width <= 1024
    assert layout.right == (1024 + 640) / 2
