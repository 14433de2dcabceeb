"""Documents behind the links of known notifications: the notification itself, and notified texts kept by the WTO."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from hashlib import sha256
from typing import Final
from urllib.parse import unquote, urlsplit

from crawlers.engine.card import SourceCard
from crawlers.engine.exchange import Fetch, Fetched, Found, Window
from crawlers.formats.wto_document.document import compare, read_document
from crawlers.formats.wto_document.plain_text import read_text
from crawlers.formats.wto_document.text_blocks import UnreadableError
from warehouse.records import Issue, Notification, Observation, Severity
from warehouse.symbols import parse_symbol

NOTIFICATION: Final = "notification"
TEXT: Final = "text"
MAX_PAYLOAD_BYTES: Final = 1 << 20  # as JSON; the load takes lines of 4 MiB, and a line holds the texts twice
_LANGUAGES: Final = ("en", "fr", "es")  # the WTO's own; English agrees with the search records
_ACCEPT: Final = "application/pdf, application/vnd.openxmlformats-officedocument.wordprocessingml.document, */*;q=0.5"
_UNUSABLE: Final = re.compile(r"[\s\\\x00-\x1f\x7f]")
_OTHER_SCHEME: Final = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_UPWARD: Final = re.compile(r"(?:^|[/?&=:])\.\.(?:[/?&]|$)")


class Spider:
    """Two kinds of documents, told apart by the purpose of their fetch.

    Only links on the card's own hosts are followed. Many notified texts lie on the members' sites: nothing is fetched
    from there, and nothing is said of it, for it is no fault.
    """

    def __init__(self, card: SourceCard, key: str = "", known: Sequence[Notification] = ()) -> None:
        self._base_url = card.base_url
        self._sites = {_host(card.base_url): ""} | {_host(site): site for site in card.sites}
        self._known = {notification.notification_id: notification for notification in known}

    def start(self, window: Window) -> Iterator[Fetch]:
        """Yield the documents of each known notification that was distributed in the window or bears no date."""
        for notification in self._known.values():
            day = notification.distribution_date
            if day is None or day in window:
                yield from self._wishes(notification)

    def parse(self, fetched: Fetched, window: Window) -> Iterator[Found]:
        """Yield the record of one document, and what is odd about it or differs from the notification as known."""
        notification = self._known[fetched.fetch.subject]
        if fetched.fetch.purpose == TEXT:
            yield from self._text(fetched, notification)
        else:
            yield from self._document(fetched, notification)

    def _wishes(self, notification: Notification) -> Iterator[Fetch]:
        links = notification.notification_links
        languages = [*_LANGUAGES, *sorted(set(links) - set(_LANGUAGES))]
        places = filter(None, (self._place(links[lang]) for lang in languages if lang in links))
        document = next(places, None)
        if document is not None:
            yield self._wish(document, NOTIFICATION, notification)
        texts = filter(None, map(self._place, notification.document_links))
        for place in dict.fromkeys(texts):
            if place != document:
                yield self._wish(place, TEXT, notification)

    def _wish(self, place: tuple[str, str], purpose: str, notification: Notification) -> Fetch:
        site, path = place
        subject = notification.notification_id
        return Fetch(path=path, site=site, purpose=purpose, subject=subject, is_optional=True, accept=_ACCEPT)

    def _place(self, link: str) -> tuple[str, str] | None:
        """Site and path of a link; None for one on another host, and for one that is malformed or climbs upwards.

        The query stays part of the path as it was published: `directdoc.asp?DDFDocuments/t/...` is no name=value.
        """
        link = link.strip()
        if _UNUSABLE.search(link) or _UPWARD.search(unquote(unquote(link))):
            return None
        try:
            parts = urlsplit(link)
        except ValueError:
            return None
        site = self._sites.get(parts.netloc.lower())  # the whole of it: neither user names nor ports pass
        path = parts.path.lstrip("/") + (f"?{parts.query}" if parts.query else "")
        if parts.scheme not in {"http", "https"} or site is None or not path or _OTHER_SCHEME.match(path):
            return None
        return site, path

    def _url(self, fetch: Fetch) -> str:
        return f"{(fetch.site or self._base_url).rstrip('/')}/{fetch.path}"

    def _document(self, fetched: Fetched, known: Notification) -> Iterator[Found]:
        """The notification document. Where the search names members, it alone does: members of all sources add up."""
        name = _file_name(fetched.fetch)
        read, issues = read_document(fetched.body, name=name, url=self._url(fetched.fetch))
        own = [replace(issue, subject=known.notification_id) for issue in issues]
        if not read.payload["form"]:
            yield from [_not_found(fetched, known)] if _is_web_page(fetched.body) else own
            return
        problem = _stranger(read, known, name) or _oversized(read, known, name)
        if problem is not None:
            yield problem
            return
        yield from (
            _nameless(issue, known) if issue.code == "symbol-missing" else issue  # the reader's speaks of a stand-in id
            for issue in own
        )
        yield from compare(known, read.notification)
        names_members = bool(known.member_names or known.member_codes)
        yield replace(
            read,
            source_key=_key(known),
            notification=replace(
                read.notification,
                notification_id=known.notification_id,
                symbols=known.symbols,
                member_names=() if names_members else read.notification.member_names,
                member_codes=() if names_members else read.notification.member_codes,
            ),
        )

    def _text(self, fetched: Fetched, known: Notification) -> Iterator[Found]:
        """A notified text: kept as it is. No field is taken from it, whatever codes or dates it may name."""
        name = _file_name(fetched.fetch)
        try:
            text = read_text(fetched.body)
        except UnreadableError as problem:
            yield (
                _not_found(fetched, known)
                if _is_web_page(fetched.body)
                else Issue(
                    code=problem.code,
                    severity=Severity.INFO,  # scans and other forms are common, and no field depends on it
                    message=f"通报文本“{name}”{problem.message}。",
                    next_step="需要时请打开原文查看。",
                    subject=known.notification_id,
                )
            )
            return
        if text.is_cut:
            yield Issue(
                code="notified-text-cut",
                severity=Severity.INFO,
                message=f"通报文本“{name}”很长，只保留了前{len(text.text)}个字符。",
                next_step="需要全文的，请打开原文查看。",
                subject=known.notification_id,
            )
        payload = {
            "name": name,
            "url": self._url(fetched.fetch),
            "sha256": sha256(fetched.body).hexdigest(),
            "form": text.form,
            "pages": text.pages,
            "is_cut": text.is_cut,
            "text": text.text,
        }
        notification = Notification(notification_id=known.notification_id, symbols=known.symbols)
        # the path, not the place in the list of links: that changes when a link is added
        yield Observation(source_key=f"{_key(known)}#{fetched.fetch.path}", payload=payload, notification=notification)


def _host(address: str) -> str:
    return urlsplit(address).netloc.lower()


def _key(known: Notification) -> str:
    return known.symbols[0] if known.symbols else known.notification_id


def _file_name(fetch: Fetch) -> str:
    """The document's own name: `directdoc.aspx?filename=q:/G/TBTN24/CHN1234.pdf&Open=True` gives `CHN1234.pdf`."""
    return unquote(fetch.path).rpartition("/")[2].partition("&")[0] or fetch.subject


def _is_web_page(body: bytes) -> bool:
    return body.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"<"


def _not_found(fetched: Fetched, known: Notification) -> Issue:
    is_text = fetched.fetch.purpose == TEXT
    return Issue(
        code="document-not-found",
        severity=Severity.INFO if is_text else Severity.WARNING,
        message=f"{'通报文本' if is_text else '通报文件'}的链接打开的是网页，不是文件：{_file_name(fetched.fetch)}。",
        next_step="文件可能尚未公布、已移走或需要登录，请打开链接查看。",
        subject=known.notification_id,
    )


def _stranger(read: Observation, known: Notification, name: str) -> Issue | None:
    """The issue where a document states the symbol of another notification, or neither a symbol nor any box."""
    stated = read.notification.symbols
    own = {parsed.text if (parsed := parse_symbol(symbol)) else symbol for symbol in (*known.symbols, _key(known))}
    if not own.isdisjoint(stated) or (not stated and read.payload["boxes"]):
        return None
    said = f"写的是{'、'.join(stated)}" if stated else "既无通报号也无通报栏目"
    return Issue(
        code="document-other-symbol",
        severity=Severity.WARNING,
        message=f"链接打开的文件“{name}”{said}，不是{_key(known)}的通报文件，未采用。",
        next_step="请打开链接核对；链接有误的，请以世贸组织文件库中的文件为准。",
        value="、".join(stated),
        subject=known.notification_id,
    )


def _oversized(read: Observation, known: Notification, name: str) -> Issue | None:
    size = len(json.dumps(read.payload, ensure_ascii=False).encode("utf-8", "replace"))
    if size <= MAX_PAYLOAD_BYTES:
        return None
    return Issue(
        code="document-too-large",
        severity=Severity.WARNING,
        message=f"通报文件“{name}”的文字超过{MAX_PAYLOAD_BYTES >> 20}MB，不像通报表格，未采用。",
        next_step="请打开原文查看。",
        subject=known.notification_id,
    )


def _nameless(issue: Issue, known: Notification) -> Issue:
    return replace(
        issue,
        code="document-symbol-missing",
        message=f"文件抬头中没有可识别的通报号，已按链接归入{_key(known)}。",
    )
