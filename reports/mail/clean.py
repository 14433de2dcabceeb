"""Foreign text made safe for one line of a header or a page. Titles and links come from outside."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from warehouse.errors import InputError

# Bidirectional overrides and isolates can show a text in another order than it has: no title needs them.
_BIDI = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
# Control characters (category Cc, which is closed), line and paragraph separators: each becomes a space.
_BREAK = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*")


def one_line(text: str) -> str:
    """`text` without line breaks, control characters and lone surrogates; runs of white space become one space."""
    spaced = _BREAK.sub(" ", _BIDI.sub("", text))
    whole = spaced.encode("utf-8", "replace").decode("utf-8")
    return " ".join(whole.split())


def shorten(text: str, limit: int) -> str:
    """At most `limit` characters, the last one an ellipsis where something was cut."""
    clean = one_line(text)
    return clean if len(clean) <= limit else clean[: limit - 1].rstrip() + "…"


def web_link(text: str) -> str:
    """The http(s) address in `text`, or "" where it is none: only such may become a link in a mail."""
    link = one_line(text)
    try:
        parts = urlsplit(link)
    except ValueError:
        return ""
    is_web = parts.scheme in {"http", "https"} and bool(parts.netloc) and not set(link) & set(' <>"\\')
    return link if is_web else ""


def mail_address(text: str, what: str) -> str:
    """`text` as a plain ASCII address; `what` names it in the error.

    Raises `InputError` (the address itself is personal data and is not repeated in the message).
    """
    address = text.strip()
    if not _ADDRESS.fullmatch(address):
        raise InputError(
            f"{what}不是可用的电子邮箱地址。", "请改为形如 name@example.com 的地址（不含空格、汉字和换行）后重试。"
        )
    return address
