"""Parts and headers of a mail, read without trusting any of it: nothing here raises for what stands in the mail."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes
from email.errors import MessageError
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime
from html import unescape

# Bounces and replies say what they have to say at their beginning; what follows is our own mail or an attachment.
LIMIT = 256 * 1024  # bytes of a mail that are read
_HEADER_LIMIT = 4000  # characters
_TEXT_LIMIT = 64 * 1024  # characters of text
_PART_LIMIT = 100

# What the standard library and `flufl.bounce` raise on damaged mails
DAMAGE = (MessageError, ValueError, TypeError, LookupError, AttributeError, RecursionError, OverflowError)
_CHARSET = re.compile(r"charset\*?\s*=\s*[\"']?([\w.:+-]+)", re.I)
_MESSAGE_ID = re.compile(r"<[^<>\s\x00-\x1f]{1,900}>")
_TAG = re.compile(r"<[^<>]*>")
_BREAK = re.compile(r"</?(?:br|p|div|tr|li|h\d|table|blockquote)\b[^<>]*>", re.I)
_HIDDEN = re.compile(r"<(/?)(?:style|script|title)\b[^<>]*>", re.I)
# Python knows encodings that are no character sets, some of them slow
_KNOWN_CHARSETS = re.compile(
    r"utf-?(?:8|16|16le|16be|7)|us-ascii|ascii|iso-?8859-\d+|iso-2022-\w+|windows-\d+|cp\d+|gb\w+|hz|big5\w*|euc-\w+|shift_?jis|koi8-\w"
)


def read_message(raw: bytes) -> Message | None:
    """The mail, of which `LIMIT` bytes count; None where nothing in it is a header."""
    try:
        message = message_from_bytes(raw[:LIMIT].lstrip(b"\r\n\t \xef\xbb\xbf"))
    except DAMAGE:
        return None
    return message if message.keys() else None


def key_of(raw: bytes, message: Message | None) -> str:
    """See `InboundMail.key`. Of a long mail without Message-ID the first `LIMIT` bytes count."""
    found = message_ids(header(message, "Message-ID")) if message is not None else ()
    return hashlib.sha256(found[0].encode() if found else raw[:LIMIT]).hexdigest()


def key_of_id(message_id: str) -> str:
    """The key of the mail with this Message-ID header; "" where it holds none."""
    found = message_ids(message_id)
    return hashlib.sha256(found[0].encode()).hexdigest() if found else ""


def header(message: Message, name: str) -> str:
    """The first header of that name, decoded, in one line; "" where there is none."""
    return next(headers(message, name), "")


def headers(message: Message, name: str) -> Iterator[str]:
    """All headers of that name, decoded, each in one line."""
    wanted = name.lower()
    for stated, value in message.raw_items():  # `get` would lose the 8-bit characters that stand there undeclared
        if stated.lower() == wanted:
            yield " ".join(_decoded(str(value)[:_HEADER_LIMIT]).split())


def message_ids(text: str) -> tuple[str, ...]:
    """Message-IDs with their angle brackets."""
    return tuple(_MESSAGE_ID.findall(text))


def address_of(message: Message, name: str) -> str:
    """The first address of an address header; "" where there is none."""
    return next(iter(addresses_of(message, name)), "")


def addresses_of(message: Message, name: str) -> tuple[str, ...]:
    """All addresses of an address header."""
    try:
        found = getaddresses(list(headers(message, name)))
    except DAMAGE:
        return ()
    return tuple(address for _, address in found if "@" in address)


def moment_of(message: Message) -> datetime | None:
    """When the mail came, in UTC: by the newest Received header, which our own server wrote, else by Date."""
    received = [str(value).rpartition(";")[2] for value in message.get_all("Received", [])[:1]]
    for stamp in [*received, *map(str, message.get_all("Date", [])[:1])]:
        try:
            moment = parsedate_to_datetime(stamp[:200].strip())
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
        except (*DAMAGE, OSError):
            continue
    return None


def own_parts(message: Message) -> Iterator[Message]:
    """The parts that the mail itself consists of, at most 100: an enclosed mail is one part and is not entered."""
    waiting, seen = [message], 0
    while waiting and seen < _PART_LIMIT:
        part, seen = waiting.pop(), seen + 1
        yield part
        if part.get_content_maintype() == "multipart":
            waiting += reversed(enclosed(part))


def enclosed(part: Message) -> list[Message]:
    """The parts of a multipart, the blocks of a delivery status, the mail in a message/rfc822."""
    payload = part.get_payload() if part.is_multipart() else []
    return [child for child in payload if isinstance(child, Message)] if isinstance(payload, list) else []


def own_text(message: Message) -> str:
    """What the mail itself says: its plain text, else its HTML without marks."""
    plain = "\n".join(own_texts(message, "text/plain")).strip()
    return (plain or without_marks("\n".join(own_texts(message, "text/html"))))[:_TEXT_LIMIT]


def own_texts(message: Message, *types: str) -> Iterator[str]:
    """The texts of the mail itself, attachments left out, HTML with its marks."""
    for part in own_parts(message):
        is_attached = "attachment" in str(part.get("Content-Disposition", "")).lower()
        if part.get_content_type() in (types or ("text/plain", "text/html")) and not is_attached:
            yield part_text(part)[: 2 * _TEXT_LIMIT]


def part_text(part: Message) -> str:
    """The text of one part, whatever its declared character set is worth."""
    try:
        content = part.get_payload(decode=True)
    except DAMAGE:
        return ""
    if not isinstance(content, bytes):
        return ""
    named = _CHARSET.search(str(part.get("Content-Type", ""))[:_HEADER_LIMIT])
    return decoded_bytes(content, named.group(1) if named else "").replace("\r\n", "\n")


def raw_text(part: Message) -> str:
    """The text of a part that the parser has split into blocks (message/...), with its transfer encoding undone."""
    if not part.is_multipart():
        return part_text(part)
    text = "\n".join(_as_text(block) for block in enclosed(part))
    if str(part.get("Content-Transfer-Encoding", "")).strip().lower() not in {"base64", "quoted-printable"}:
        return text
    flat = Message()
    flat["Content-Transfer-Encoding"] = str(part["Content-Transfer-Encoding"])
    flat.set_payload(text.strip())
    return part_text(flat)


def header_block(text: str) -> Message:
    """Lines of headers as a mail without body."""
    return read_message(text.lstrip("\n").encode("utf-8", "surrogateescape")) or Message()


def without_marks(html: str) -> str:
    """The text of an HTML page, a line for each block."""
    pieces = _HIDDEN.split(html[: 2 * _TEXT_LIMIT])  # text, then "/" or "" of each mark with the text behind it
    shown = [pieces[0]] + [text for mark, text in zip(pieces[1::2], pieces[2::2], strict=True) if mark]
    return unescape(_TAG.sub("", _BREAK.sub("\n", "".join(shown))))


def decoded_bytes(content: bytes, charset: str) -> str:
    """Text of bytes: by the declared character set, else UTF-8, else GB 18030, which reads GB 2312 and GBK as well."""
    named = charset.lower()
    if named in {"gb2312", "gbk", "gb_2312-80", "cp936"}:
        named = "gb18030"
    for candidate in (named if _KNOWN_CHARSETS.fullmatch(named) else "utf-8", "utf-8", "gb18030"):
        try:
            return content.decode(candidate)
        except (UnicodeError, LookupError, ValueError):
            continue
    return content.decode("utf-8", "replace")


def _as_text(block: Message) -> str:
    lines = [f"{name}: {value}" for name, value in block.raw_items()]
    return "\n".join([*lines, "", "" if block.is_multipart() else part_text(block)])


def _decoded(value: str) -> str:
    if any("\udc80" <= letter <= "\udcff" for letter in value):  # raw 8-bit bytes in a header
        value = decoded_bytes(value.encode("utf-8", "surrogateescape"), "")
    if "=?" not in value:
        return value
    try:
        pieces = decode_header(value)
        return "".join(
            decoded_bytes(text, charset or "") if isinstance(text, bytes) else text for text, charset in pieces
        )
    except (*DAMAGE, UnicodeError):
        return value
