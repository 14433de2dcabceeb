from __future__ import annotations

from datetime import UTC, datetime

import pytest

from crawlers.formats.feed import FeedItem, moment_of, read_feed
from warehouse.errors import InputError

RSS = b"""<?xml version="1.0"?><rss version="2.0"><channel><title> Fictional  gates </title>
<item><title>Gate &amp; hinge</title><link>https://example.org/1</link><guid>g-1</guid>
<pubDate>Tue, 10 Jun 2025 08:30:00 +0900</pubDate><description><![CDATA[<p>Invented</p>]]></description></item>
<item/></channel></rss>"""
ATOM = b"""<feed xmlns="http://www.w3.org/2005/Atom"><title>Fictional</title><!-- none -->
<entry><id>urn:x:2</id><title type="html">Gate</title><link rel="enclosure" href="https://example.org/a.pdf"/>
<link href="https://example.org/2"/><updated>2025-06-10T08:30:00Z</updated><summary>Invented</summary></entry></feed>"""
RDF = """<rdf:RDF xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><channel rdf:about="x"><title>架空</title></channel>
<item rdf:about="https://example.org/3"><title>架空の門</title><link>https://example.org/3?a=1&amp;b=2</link>
<description>一&lt;br/&gt;二</description><dc:date>2025-06-09T15:00:Z</dc:date></item></rdf:RDF>""".encode()


def test_rss_2() -> None:
    feed = read_feed(RSS)
    assert feed.title == "Fictional gates"
    assert feed.items == (
        FeedItem(
            title="Gate & hinge",
            link="https://example.org/1",
            summary="<p>Invented</p>",
            published="Tue, 10 Jun 2025 08:30:00 +0900",
            identity="g-1",
        ),
        FeedItem(),
    )


def test_atom_takes_the_page_not_the_enclosure() -> None:
    (entry,) = read_feed(ATOM).items
    assert (entry.link, entry.identity) == ("https://example.org/2", "urn:x:2")
    assert (entry.summary, entry.published) == ("Invented", "2025-06-10T08:30:00Z")


def test_rss_1_has_its_items_beside_the_channel() -> None:
    feed = read_feed(RDF)
    assert feed.title == "架空"
    assert feed.items == (
        FeedItem(
            title="架空の門",
            link="https://example.org/3?a=1&b=2",
            summary="一<br/>二",
            published="2025-06-09T15:00:Z",
            identity="https://example.org/3",
        ),
    )


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "不是有效的 XML"),
        (b"<rss><channel>", "不是有效的 XML"),
        (b"{}", "不是有效的 XML"),
        (b"<html><body/></html>", "根元素为 html"),
        (b"<rss/>", "根元素为 rss"),
        (b'<!DOCTYPE rss [<!ENTITY a "x">]><rss><channel><title>&a;</title></channel></rss>', "DOCTYPE"),
        (b'<!DOCTYPE rss SYSTEM "file:///etc/hostname"><rss><channel/></rss>', "DOCTYPE"),
    ],
)
def test_what_is_no_feed(body: bytes, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_feed(body)


def test_nested_entities_are_refused_before_they_grow() -> None:
    levels = "".join(f'<!ENTITY e{i} "{f"&e{i - 1};" * 10}">' for i in range(1, 12))
    body = f'<!DOCTYPE rss [<!ENTITY e0 "x">{levels}]><rss><channel><title>&e11;</title></channel></rss>'
    with pytest.raises(InputError):
        read_feed(body.encode())


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("Tue, 10 Jun 2025 08:30:00 +0900", datetime(2025, 6, 9, 23, 30, tzinfo=UTC)),
        ("2025-06-10T08:30:05+09:00", datetime(2025, 6, 9, 23, 30, 5, tzinfo=UTC)),
        ("2025-06-10T08:30:05.250-0130", datetime(2025, 6, 10, 10, 0, 5, tzinfo=UTC)),
        ("2025-06-09T15:00:Z", datetime(2025, 6, 9, 15, 0, tzinfo=UTC)),
        ("2025-06-09T15:00Z", datetime(2025, 6, 9, 15, 0, tzinfo=UTC)),
        ("2025-06-09T15:00:00", None),
        ("2025-02-30T15:00:00Z", None),
        ("0001-01-01T00:00:00+09:00", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_instants(text: str, moment: datetime | None) -> None:
    assert moment_of(text) == moment
