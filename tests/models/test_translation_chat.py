"""The chat translator over real HTTP: what it sends, what it takes, what it does when the other side is in trouble."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from models.translation.chat import ChatTranslator
from models.translation.translator import ForeignTitle
from warehouse.errors import InputError, StageError

PATH = "/v1/chat/completions"
LAMPS = ForeignTitle(title="Draft rule on lamps", lang="en", description="Sets limits.")


def reply(text: object) -> dict[str, Any]:
    return {"choices": [{"message": {"role": "assistant", "content": text}}]}


class Office:
    """A server on this machine that answers in turn, and a translator that asks it."""

    def __init__(self, server: HTTPServer, *answers: Callable[[], Response], **options: Any) -> None:
        self.asked: list[Request] = []
        self.waits: list[float] = []
        self._answers = list(answers)
        server.expect_request(PATH, method="POST").respond_with_handler(self._answer)
        given: dict[str, Any] = {"model": "m-7b", "key": "k-1", "timeout_seconds": 5.0, "wait": self.waits.append}
        self.translator = ChatTranslator(server.url_for("/v1/"), **{**given, **options})

    def _answer(self, request: Request) -> Response:
        request.get_data()
        self.asked.append(request)
        return self._answers.pop(0)()

    def sent(self, number: int = 0) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.asked[number].get_data())
        return found


def says(text: object) -> Callable[[], Response]:
    return lambda: Response(json.dumps(reply(text)), content_type="application/json")


def fails(status: int, **headers: str) -> Callable[[], Response]:
    return lambda: Response("busy", status=status, headers={k.replace("_", "-"): v for k, v in headers.items()})


def test_a_title_is_asked_for_and_taken(httpserver: HTTPServer) -> None:
    office = Office(httpserver, says("灯具法规草案"))
    [answer] = office.translator.translate([LAMPS])
    assert answer.title_zh == "灯具法规草案"
    assert office.translator.name == "m-7b@localhost"
    assert office.asked[0].headers["Authorization"] == "Bearer k-1"


def test_nothing_leaves_but_title_summary_and_terms(httpserver: HTTPServer) -> None:
    office = Office(httpserver, says("越南灯具技术法规草案"))
    title = "Draft technical  regulation on lamps of Viet Nam"
    office.translator.translate([ForeignTitle(title=title, lang="en", description="d" * 5000)])
    sent = office.sent()
    assert set(sent) == {"model", "messages", "temperature", "max_tokens"}
    system, user = (message["content"] for message in sent["messages"])
    assert user == f"标题：{' '.join(title.split())}\n内容摘要（仅供理解，不译）：{'d' * 300}"
    assert "technical regulation → 技术法规" in system
    assert "viet nam → 越南" in system
    agent = office.asked[0].headers["User-Agent"]
    assert set(dict(office.asked[0].headers)) <= {
        "Host", "User-Agent", "Connection", "Accept-Encoding", "Content-Length", "Content-Type", "Accept",
        "Authorization",
    }, agent  # fmt: skip


def test_a_bad_answer_is_asked_for_once_more_with_the_reason(httpserver: HTTPServer) -> None:
    office = Office(httpserver, says("Draft rule on lamps"), says("灯具法规草案"))
    assert office.translator.translate([LAMPS])[0].title_zh == "灯具法规草案"
    assert "译文与原文相同" in office.sent(1)["messages"][-1]["content"]


@pytest.mark.parametrize("text", ["Draft rule on lamps", "", None, "Regla sobre lámparas", "灯" * 2000, "😀"])
def test_an_answer_that_stays_bad_is_refused(httpserver: HTTPServer, text: object) -> None:
    office = Office(httpserver, says(text), says(text))
    [answer] = office.translator.translate([LAMPS])
    assert answer.title_zh == ""
    assert answer.refused


def test_a_busy_service_is_asked_again_when_it_says(httpserver: HTTPServer) -> None:
    office = Office(httpserver, fails(429, Retry_After="7"), fails(503), says("灯具法规草案"))
    assert office.translator.translate([LAMPS])[0].title_zh == "灯具法规草案"
    assert office.waits == [7.0, 4.0]


@pytest.mark.parametrize(
    ("status", "n_asked", "step"), [(401, 1, "访问密钥"), (404, 1, "translate.url"), (400, 1, "重试"), (503, 3, "重试")]
)
def test_a_refusal_says_what_to_do(httpserver: HTTPServer, status: int, n_asked: int, step: str) -> None:
    office = Office(httpserver, *[fails(status)] * 3)
    with pytest.raises(StageError, match=f"HTTP {status}") as caught:
        office.translator.translate([LAMPS])
    assert len(office.asked) == n_asked
    assert step in caught.value.next_step
    assert "k-1" not in str(caught.value)


def test_a_redirect_is_not_followed(httpserver: HTTPServer) -> None:
    office = Office(httpserver, fails(307, Location=httpserver.url_for("/elsewhere")))
    with pytest.raises(StageError, match="HTTP 307"):
        office.translator.translate([LAMPS])
    assert [request.path for request, _ in httpserver.log] == [PATH]


@pytest.mark.parametrize("body", ["<html>", "{}", '{"choices": []}', '{"choices": [{"message": null}]}', "[1]"])
def test_an_answer_in_another_form_is_an_error(httpserver: HTTPServer, body: str) -> None:
    office = Office(httpserver, lambda: Response(body))
    with pytest.raises(StageError, match="不是约定的格式"):
        office.translator.translate([LAMPS])


def test_a_service_that_is_not_there_is_told(httpserver: HTTPServer) -> None:
    waits: list[float] = []
    translator = ChatTranslator("http://127.0.0.1:9/v1", model="m", attempts=2, wait=waits.append)
    with pytest.raises(StageError, match=r"127\.0\.0\.1:9"):
        translator.translate([LAMPS])
    assert waits == [2.0]


def test_a_service_that_does_not_answer_is_given_up(httpserver: HTTPServer) -> None:
    import time

    def sleepy() -> Response:
        time.sleep(0.6)
        return Response("{}")

    office = Office(httpserver, sleepy, timeout_seconds=0.1, attempts=1)
    with pytest.raises(StageError, match="无法连接"):
        office.translator.translate([LAMPS])


@pytest.mark.parametrize(
    "url", ["", "http://llm.example/v1", "file:///etc/passwd", "https://", "https://u:p@h.example"]
)
def test_an_unsafe_address_is_refused(url: str) -> None:
    with pytest.raises(InputError, match="翻译服务地址不可用"):
        ChatTranslator(url, model="m", wait=lambda _: None)


def test_plain_http_within_the_office_must_be_allowed() -> None:
    assert ChatTranslator("http://llm.office.example/v1", model="m", allow_http=True, wait=lambda _: None).name


def test_a_whole_text_in_place_of_a_title_is_not_sent(httpserver: HTTPServer) -> None:
    office = Office(httpserver)
    assert "过长" in office.translator.translate([ForeignTitle(title="x" * 2000)])[0].refused
    assert office.asked == []
