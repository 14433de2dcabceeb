"""What a reader, or the reader's mail program, says: a wish to get no more mails, an absence, an answer."""

from __future__ import annotations

import re
from email.message import Message
from html import unescape
from typing import Final
from urllib.parse import unquote

from pipeline.inbound.parts import header, own_text, own_texts
from pipeline.inbound.words import words

TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{16,128}")  # as `secrets.token_urlsafe` and `token_hex` write them
_COMMAND = re.compile(r"\s*(?:unsubscribe|退订|停收)[\s:：=]+([A-Za-z0-9_-]{16,128})\s*", re.I)
_LINK = re.compile(r"(?:[?&](?:t|token)=|unsubscribe(?:%20|\+|\s|[:：=])+)([A-Za-z0-9_-]{16,128})(?![\w-])", re.I)
_TRIM = " \t\r\n.。!！,，;；:：、~…\"'“”‘’()（）[]【】"
_WISH_LENGTH = 40  # characters; a longer text says more than a wish
_OWN_LINES = 60


def command_token(message: Message) -> str:
    """The token of a mail whose subject is `unsubscribe TOKEN`, as a mail program writes it from List-Unsubscribe."""
    found = _COMMAND.fullmatch(header(message, "Subject"))
    return found.group(1) if found else ""


def wishes_no_more(message: Message) -> bool:
    """Whether subject or first line are nothing but the wish to be unsubscribed. Quoted text never counts."""
    subject = words("reply", "subjects").sub("", header(message, "Subject"))
    token_free = TOKEN.sub("", subject)
    lines = own_lines(message)
    return _is_wish(token_free) or (bool(lines) and len(lines) <= 5 and _is_wish(TOKEN.sub("", lines[0])))


def mentions_it(message: Message) -> bool:
    """Whether the reader's own words name it at all: a person should look."""
    subject = words("reply", "subjects").sub("", header(message, "Subject"))
    return words("unsubscribe", "mentions").search("\n".join([subject, *own_lines(message)])) is not None


def quoted_token(message: Message) -> str:
    """The token in the subject or anywhere in the text, also in our mail that is quoted; "" where there is none.

    Two different ones are none: which of the two is meant cannot be known.
    """
    texts = [header(message, "Subject"), *own_texts(message)]
    found = {token for text in texts for token in _LINK.findall(unquote(unescape(text)))}
    if not found:
        first = own_lines(message)[:3]
        found = {line.strip(_TRIM) for line in first if TOKEN.fullmatch(line.strip(_TRIM)) and re.search(r"\d", line)}
    return found.pop() if len(found) == 1 else ""


def own_lines(message: Message) -> list[str]:
    """The reader's own lines, without blank ones, up to where quoted text begins."""
    lines: list[str] = []
    for line in own_text(message).split("\n"):
        text = line.strip()
        if words("quote", "lines").match(text) or len(lines) >= _OWN_LINES:
            break
        if text and not text.startswith((">", "|", "＞")):
            lines.append(text)
    return lines


def answers_by_itself(message: Message) -> bool:
    """Whether a machine answered for a person: RFC 3834, then what programs wrote before and beside it.

    `auto-generated` alone is no answer: our own mails say so, copies of them included.
    """
    auto = header(message, "Auto-Submitted").lower()
    if auto.startswith(("auto-replied", "auto-notified")):
        return True
    if any(header(message, name) for name in ("X-Autoreply", "X-Autorespond", "X-Autoresponder", "X-Mail-Autoreply")):
        return True
    if "auto_reply" in header(message, "Precedence").lower() or "auto_reply" in header(message, "X-Precedence").lower():
        return True
    return words("auto", "subjects").match(header(message, "Subject").lstrip("[【(（ ")) is not None


def is_distributed(message: Message) -> bool:
    """Whether a mail went to many: newsletters, and our own mails where copies of them come in."""
    precedence = header(message, "Precedence").lower()
    is_generated = header(message, "Auto-Submitted").lower().startswith("auto-generated")
    lists = any(header(message, name) for name in ("List-Id", "List-Unsubscribe"))
    return lists or is_generated or precedence in {"bulk", "list", "junk"}


def is_answer(message: Message) -> bool:
    """Whether a mail answers another one."""
    if header(message, "In-Reply-To") or header(message, "References"):
        return True
    return words("reply", "subjects").match(header(message, "Subject")) is not None


def _is_wish(text: str) -> bool:
    bare = text.strip(_TRIM)
    if not bare or len(bare) > _WISH_LENGTH:
        return False
    if words("unsubscribe", "wishes").fullmatch(bare):
        return True
    short = words("unsubscribe", "politeness").sub("", bare)
    return words("unsubscribe", "wishes").fullmatch(re.sub(r"[\s,，。.!！、]+", "", short)) is not None
