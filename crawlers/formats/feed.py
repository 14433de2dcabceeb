"""Reads web feeds: RSS 2.0, RSS 1.0 (RDF) and Atom 1.0 (RFC 4287). No document types, no entities, no network."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from typing import Any, Final

from lxml import etree

from crawlers.formats.text import clean_line
from warehouse.errors import InputError

# ISO 8601 with an offset; seconds may be absent or, as e-Gov of Japan prints it, left empty ("2026-06-09T15:00:Z")
_ISO: Final = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})(?::(\d{2})?(?:\.\d+)?)?(?:(Z)|([+-])(\d{2}):?(\d{2}))", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedItem:
    """One item or entry, its texts as given: `summary` may hold markup, `published` is RFC 822 or ISO 8601."""

    title: str = ""
    link: str = ""
    summary: str = ""
    published: str = ""
    identity: str = ""  # guid, id or rdf:about


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A feed and its items in the order of the file."""

    title: str
    items: tuple[FeedItem, ...]


def read_feed(body: bytes) -> Feed:
    """Return the feed in `body`; InputError where it is no XML, declares a document type or is no known feed."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False)
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise InputError(f"应答不是有效的 XML（{error}）") from error
    if root.getroottree().docinfo.doctype:
        raise InputError("订阅文件含有文档类型声明（DOCTYPE），不予读取")
    name = _local(root)
    channel = root if name == "feed" else _child(root, "channel")
    if name not in {"feed", "rss", "RDF"} or channel is None:
        raise InputError(f"应答不是 RSS 或 Atom 订阅文件（根元素为 {name}）")
    holder = root if name == "RDF" else channel  # RSS 1.0 has its items beside the channel
    wanted = "entry" if name == "feed" else "item"
    items = tuple(_item(element) for element in _children(holder) if _local(element) == wanted)
    return Feed(title=clean_line(_text(channel, "title")), items=items)


def moment_of(text: str) -> datetime | None:
    """Return the instant that a feed states (RFC 822 or ISO 8601); None where it is none or has no offset."""
    text = text.strip()
    if found := _ISO.fullmatch(text):
        year, month, day, hour, minute = (int(part) for part in found.groups()[:5])
        offset = timedelta(hours=int(found[9] or 0), minutes=int(found[10] or 0)) * (-1 if found[8] == "-" else 1)
        try:
            return datetime(year, month, day, hour, minute, int(found[6] or 0), tzinfo=timezone(offset)).astimezone(UTC)
        except (ValueError, OverflowError):
            return None
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return None if moment.tzinfo is None else moment.astimezone(UTC)


def _item(element: Any) -> FeedItem:
    return FeedItem(
        title=clean_line(_text(element, "title")),
        link=_link(element),
        summary=_text(element, "description", "summary", "content").strip(),
        published=_text(element, "pubDate", "date", "published", "updated").strip(),
        identity=(_text(element, "guid", "id") or _about(element)).strip(),
    )


def _link(element: Any) -> str:
    """The address of the page: text in RSS, in Atom an attribute of the link that is none of the other relations."""
    links = [child for child in _children(element) if _local(child) == "link"]
    for link in links:
        if link.get("href") and link.get("rel", "alternate") == "alternate":
            return str(link.get("href")).strip()
    return next((text for link in links if (text := "".join(link.itertext()).strip())), "")


def _about(element: Any) -> str:
    return next((str(value) for name, value in element.attrib.items() if etree.QName(name).localname == "about"), "")


def _text(element: Any, *names: str) -> str:
    """The text of the first of `names` that is there and not empty."""
    for name in names:
        child = _child(element, name)
        if child is not None and (text := "".join(child.itertext()).strip()):
            return text
    return ""


def _child(element: Any, name: str) -> Any:
    return next((child for child in _children(element) if _local(child) == name), None)


def _children(element: Any) -> Iterator[Any]:
    return (child for child in element if isinstance(child.tag, str))  # comments have a function for a tag


def _local(element: Any) -> str:
    return str(etree.QName(element).localname)
