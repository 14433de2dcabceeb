from __future__ import annotations

import gzip
import itertools
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from crawling import AGENT, World, card_of
from replay import Answer, Replay, Seen, records

from crawlers.engine.bodies import BodyStore
from crawlers.engine.client import PoliteClient
from crawlers.engine.exchange import Fetch, Fetched
from warehouse.errors import StageError

PAGE = Fetch(path="data.json")
SECRET = "s3cret-key-of-the-test"


class Asked:
    """One client against the replay server, and what it did."""

    def __init__(self, replay: Replay, folder: Path, **card: object) -> None:
        self.world = World()
        self.store = BodyStore(folder)
        self.client = PoliteClient(
            card_of(str(card.pop("name", "wto_eping")), **card),
            self.store,
            self.world.surroundings(),
            base_url=replay.url,
            user_agent=AGENT,
            finished={},
        )

    def fetch(self, *fetches: Fetch) -> list[Fetched]:
        with self.client:
            return [self.client.fetch(fetch) for fetch in fetches]

    def outcomes(self) -> list[object]:
        return [attempt["outcome"] for attempt in self.store.attempts()]


def answers(*given: Answer) -> Callable[[Seen], Answer | None]:
    """One after the other, the last one for ever."""
    queue = itertools.chain(given, itertools.repeat(given[-1]))
    return lambda _: next(queue)


def json_answer(text: str = '{"a": 1}') -> Answer:
    return Answer(body=text.encode(), headers={"Content-Type": "application/json"})


def test_robots_forbids(replay: Replay, tmp_path: Path) -> None:
    replay.robots = Answer(body=b"User-agent: *\nDisallow: /data\n")
    with pytest.raises(StageError, match=r"robots\.txt 不允许"):
        Asked(replay, tmp_path).fetch(PAGE)
    assert (replay.requests, replay.n_robots) == ([], 1)


def test_robots_forbids_by_query_or_agent(replay: Replay, tmp_path: Path) -> None:
    replay.robots = Answer(body=b"User-agent: *\nDisallow: /*?page=2\n\nUser-agent: other\nDisallow: /\n")
    with pytest.raises(StageError, match=r"robots\.txt 不允许"):
        Asked(replay, tmp_path).fetch(Fetch(path="x", query=(("page", "2"),)))
    replay.robots = Answer(body=b"User-agent: *\nAllow: /\n\nUser-agent: tbtwatch\nDisallow: /\n")
    with pytest.raises(StageError, match=r"robots\.txt 不允许"):
        Asked(replay, tmp_path).fetch(PAGE)
    assert replay.requests == []


@pytest.mark.parametrize("status", [500, 503, 429])
def test_robots_unreachable_means_that_nothing_is_fetched(replay: Replay, tmp_path: Path, status: int) -> None:
    replay.robots = Answer(status=status)
    asked = Asked(replay, tmp_path, max_attempts=3)
    with pytest.raises(StageError, match=r"无法读取 127\.0\.0\.1 的 robots\.txt"):
        asked.fetch(PAGE)
    assert (replay.requests, replay.n_robots, asked.client.n_requests) == ([], 3, 3)


def test_robots_beyond_reach(tmp_path: Path) -> None:
    with Replay() as gone:
        pass
    with pytest.raises(StageError, match=r"robots\.txt"):
        Asked(gone, tmp_path, max_attempts=2).fetch(PAGE)


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_robots_absent_means_that_all_is_allowed(replay: Replay, tmp_path: Path, status: int) -> None:
    replay.robots, replay.special = Answer(status=status), answers(json_answer())
    (fetched,) = Asked(replay, tmp_path).fetch(PAGE)
    assert fetched.body == b'{"a": 1}'


def test_robots_that_is_endless_or_packed_oddly(replay: Replay, tmp_path: Path) -> None:
    replay.special = answers(json_answer())
    replay.robots = Answer(body=b"User-agent: *\nDisallow: /other\n" + b"# filler\n" * 200_000)
    Asked(replay, tmp_path / "a").fetch(PAGE)
    replay.robots = Answer(body=b"not packed", headers={"Content-Encoding": "gzip"})
    with pytest.raises(StageError, match=r"robots\.txt"):
        Asked(replay, tmp_path / "b", max_attempts=2).fetch(PAGE)


def test_the_delay_between_requests_is_kept(replay: Replay, tmp_path: Path) -> None:
    replay.special = answers(json_answer())
    asked = Asked(replay, tmp_path, delay_seconds=1.5)
    asked.fetch(*(Fetch(path=f"data{i}.json") for i in range(4)))
    assert asked.world.waits == [1.5] * 4  # robots.txt was the first request
    assert asked.client.n_requests == 5


def test_a_longer_delay_in_robots_is_kept(replay: Replay, tmp_path: Path) -> None:
    replay.special, replay.robots = answers(json_answer()), Answer(body=b"User-agent: *\nCrawl-delay: 7\n")
    asked = Asked(replay, tmp_path / "a")
    asked.fetch(PAGE, Fetch(path="b.json"))
    assert asked.world.waits == [7.0, 7.0]
    replay.robots = Answer(body=b"User-agent: *\nCrawl-delay: 86400\n")
    with pytest.raises(StageError, match="86400 秒"):
        Asked(replay, tmp_path / "b").fetch(PAGE)


def test_retry_after_in_seconds(replay: Replay, tmp_path: Path) -> None:
    replay.special = answers(Answer(status=429, headers={"Retry-After": "120"}), json_answer())
    asked = Asked(replay, tmp_path)
    asked.fetch(PAGE)
    assert 120.0 in asked.world.waits
    assert asked.outcomes() == ["429", "200"]


def test_retry_after_as_a_date(replay: Replay, tmp_path: Path) -> None:
    date = "Fri, 13 Jun 2025 08:03:00 GMT"
    replay.special = answers(Answer(status=503, headers={"Retry-After": date}), json_answer())
    asked = Asked(replay, tmp_path)
    asked.fetch(PAGE)
    assert max(asked.world.waits) == pytest.approx(179.0)  # a second has passed since robots.txt


@pytest.mark.parametrize("wish", ["86400", "Sat, 14 Jun 2025 08:00:00 GMT"])
def test_a_long_rest_is_left_for_the_next_run(replay: Replay, tmp_path: Path, wish: str) -> None:
    replay.special = answers(Answer(status=429, headers={"Retry-After": wish}))
    asked = Asked(replay, tmp_path)
    with pytest.raises(StageError, match="1440 分钟后再访问") as caught:
        asked.fetch(PAGE)
    assert "不会重取" in caught.value.next_step
    assert len(replay.requests) == 1
    assert max(asked.world.waits) < 2


@pytest.mark.parametrize("header", ["soon", "-5", "Mon, 99999999999999999999 Jan 2026 00:00:00 GMT"])
def test_an_unreadable_retry_after_does_no_harm(replay: Replay, tmp_path: Path, header: str) -> None:
    replay.special = answers(Answer(status=429, headers={"Retry-After": header}), json_answer())
    assert Asked(replay, tmp_path).fetch(PAGE)


def test_a_source_that_stays_down(replay: Replay, tmp_path: Path) -> None:
    replay.special = answers(Answer(status=503))
    asked = Asked(replay, tmp_path, max_attempts=4, delay_seconds=0.0)
    with pytest.raises(StageError, match=r"连续 4 次.*503"):
        asked.fetch(PAGE)
    assert [wait for wait in asked.world.waits if wait] == [0.5, 1.0, 2.0]  # no wait after the last attempt
    assert asked.outcomes() == ["503"] * 4


@pytest.mark.parametrize(
    ("status", "name", "words"),
    [
        (401, "wto_eping", "拒绝访问（401）"),
        (403, "wto_eping", "拒绝访问（403）"),
        (401, "wto_eping_api", "不接受访问密钥（401）"),
        (403, "wto_eping_api", "不接受访问密钥（403）"),
        (404, "wto_eping", "地址无效（404）"),
        (304, "wto_eping", "地址无效（304）"),
    ],
)
def test_refusals_are_not_repeated(replay: Replay, tmp_path: Path, status: int, name: str, words: str) -> None:
    replay.special = answers(Answer(status=status))
    with pytest.raises(StageError, match=words) as caught:
        Asked(replay, tmp_path, name=name).fetch(PAGE)
    assert caught.value.next_step
    assert len(replay.requests) == 1


def test_a_redirect_within_the_host_is_followed_politely(replay: Replay, tmp_path: Path) -> None:
    replay.special = answers(Answer(status=302, headers={"Location": "/elsewhere.json?x=1"}), json_answer())
    asked = Asked(replay, tmp_path)
    asked.fetch(PAGE)
    assert [seen.path for seen in replay.requests] == ["/data.json", "/elsewhere.json"]
    assert asked.world.waits == [1.0, 1.0]
    assert asked.client.n_requests == 3


@pytest.mark.parametrize("there", ["http://localhost:{port}/x", "http://127.0.0.1:{other}/x", "file:///etc/passwd"])
def test_a_redirect_elsewhere_is_refused(replay: Replay, tmp_path: Path, there: str) -> None:
    location = there.format(port=replay.port, other=replay.port + 1)
    replay.special = answers(Answer(status=302, headers={"Location": location}))
    with pytest.raises(StageError, match="转到了别的网站"):
        Asked(replay, tmp_path).fetch(Fetch(path="data.json", headers={"Ocp-Apim-Subscription-Key": SECRET}))
    assert len(replay.requests) == 1


def test_redirects_in_a_circle(replay: Replay, tmp_path: Path) -> None:
    replay.special = answers(Answer(status=307, headers={"Location": "/data.json"}))
    with pytest.raises(StageError, match="反复跳转"):
        Asked(replay, tmp_path).fetch(PAGE)
    assert len(replay.requests) == 6


def test_a_body_over_the_limit(replay: Replay, tmp_path: Path) -> None:
    replay.special = answers(json_answer('"' + "a" * 200_000 + '"'))
    with pytest.raises(StageError, match=r"超过 0\.1 MB"):
        Asked(replay, tmp_path, max_body_mb=0.1).fetch(PAGE)
    assert len(replay.requests) == 1


def test_a_small_body_that_grows_is_stopped(replay: Replay, tmp_path: Path) -> None:
    packed = gzip.compress(b" " * (64 << 20))
    assert len(packed) < 1 << 17
    replay.special = answers(Answer(body=packed, headers={"Content-Encoding": "gzip"}))
    with pytest.raises(StageError, match="超过 1 MB"):
        Asked(replay, tmp_path, max_body_mb=1.0).fetch(PAGE)
    replay.special = answers(Answer(body=zlib.compress(b" " * (8 << 20)), headers={"Content-Encoding": "deflate"}))
    with pytest.raises(StageError, match="超过 1 MB"):
        Asked(replay, tmp_path, max_body_mb=1.0).fetch(PAGE)


def test_a_body_that_is_packed_twice_is_not_unpacked(replay: Replay, tmp_path: Path) -> None:
    twice = gzip.compress(gzip.compress(b'{"a": 1}'))
    replay.special = answers(Answer(body=twice, headers={"Content-Encoding": "gzip, gzip"}))
    with pytest.raises(StageError, match="重复压缩"):
        Asked(replay, tmp_path, max_attempts=2).fetch(PAGE)


def test_a_packed_body_is_unpacked_and_a_broken_one_asked_for_again(replay: Replay, tmp_path: Path) -> None:
    packed = {"Content-Encoding": "gzip", "Content-Type": "application/json"}
    good = Answer(body=gzip.compress(b'{"a": 1}'), headers=packed)
    replay.special = answers(Answer(body=b"no gzip at all", headers=packed), good)
    asked = Asked(replay, tmp_path)
    assert asked.fetch(PAGE)[0].body == b'{"a": 1}'
    assert asked.outcomes() == ["DecodingError", "200"]


@pytest.mark.parametrize("body", [b"<html>", b"\n  <!doctype html>", b"<?xml version='1.0'?><Error/>"])
def test_a_web_page_for_ever(replay: Replay, tmp_path: Path, body: bytes) -> None:
    replay.special = answers(Answer(body=body))
    with pytest.raises(StageError, match="返回网页"):
        Asked(replay, tmp_path, max_attempts=3).fetch(PAGE)
    assert len(replay.requests) == 3
    assert not list((tmp_path / "raw").glob("*.gz"))


def test_a_web_page_that_passes(replay: Replay, tmp_path: Path) -> None:
    replay.special = answers(Answer(body=b"<html>"), Answer(body=b""), Answer(body=b'{"a": '), json_answer())
    assert Asked(replay, tmp_path).fetch(PAGE)[0].body == b'{"a": 1}'


def test_html_is_fine_where_html_is_asked_for(replay: Replay, tmp_path: Path) -> None:
    replay.special = answers(Answer(body=b"<p>1</p>"))
    assert Asked(replay, tmp_path).fetch(Fetch(path="a", accept="text/html"))[0].body == b"<p>1</p>"


@pytest.mark.parametrize("fault", ["close", "slow"])
def test_broken_and_slow_connections(replay: Replay, tmp_path: Path, fault: str) -> None:
    replay.records, replay.faults, replay.every = records(20), (fault,), 2
    asked = Asked(replay, tmp_path)
    search = "api/v1/azureSearch/getAll"
    asked.fetch(*(Fetch(path=search, query=(("page", str(i)),)) for i in (1, 2)))
    assert asked.outcomes() == ["200", {"close": "RemoteProtocolError", "slow": "ReadTimeout"}[fault], "200"]


def test_a_query_within_the_path_is_left_as_it_is(replay: Replay, tmp_path: Path) -> None:
    replay.special = answers(json_answer())
    Asked(replay, tmp_path).fetch(Fetch(path="doc.asp?a=1"), Fetch(path="doc.asp?a=1", query=(("b", "2"),)))
    assert [dict(seen.query) for seen in replay.requests] == [{"a": "1"}, {"a": "1", "b": "2"}]


def test_the_key_is_written_nowhere(replay: Replay, tmp_path: Path) -> None:
    fetch = Fetch(path="data.json", headers={"Ocp-Apim-Subscription-Key": SECRET})
    replay.special = answers(Answer(status=503), json_answer(), Answer(status=403))
    asked = Asked(replay, tmp_path)
    with asked.client:
        fetched = asked.client.fetch(fetch)
        with pytest.raises(StageError) as caught:
            asked.client.fetch(Fetch(path="b.json", headers=fetch.headers))
    assert [seen.headers["Ocp-Apim-Subscription-Key"] for seen in replay.requests] == [SECRET] * 3
    assert SECRET not in repr(fetched) + repr(caught.value) + str(caught.value)
    assert SECRET not in (tmp_path / "requests.jsonl").read_text()
    for path in (tmp_path / "raw").iterdir():
        assert SECRET.encode() not in gzip.decompress(path.read_bytes())


def test_an_address_that_is_none(replay: Replay, tmp_path: Path) -> None:
    with pytest.raises(StageError, match="网址无法使用"):
        Asked(replay, tmp_path).fetch(Fetch(path="a\x00b"))
    assert replay.requests == []
