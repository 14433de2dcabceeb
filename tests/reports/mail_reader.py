"""A mail as a reader's program sees it: parsed back from its bytes."""

from __future__ import annotations

import email
import email.policy
from email.message import EmailMessage
from html.parser import HTMLParser


def read_back(message: EmailMessage) -> EmailMessage:
    parsed = email.message_from_bytes(message.as_bytes(), policy=email.policy.default)
    assert isinstance(parsed, EmailMessage)
    assert not [defect for part in parsed.walk() for defect in part.defects]
    return parsed


def text_of(message: EmailMessage) -> str:
    part = read_back(message).get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def html_of(message: EmailMessage) -> str:
    part = read_back(message).get_body(("html",))
    assert part is not None
    return str(part.get_content())


class Reader(HTMLParser):
    """What a page shows and where it points."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return "".join(self.words)


def calendar_of(message: EmailMessage) -> tuple[bytes, EmailMessage] | None:
    for part in read_back(message).iter_attachments():
        payload = part.get_payload(decode=True)
        assert isinstance(payload, bytes)
        return payload, part
    return None
