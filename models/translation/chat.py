"""A chat model behind an OpenAI-compatible address (`POST {url}/chat/completions`), on this network or outside.

What leaves the machine: a notification's title, the beginning of its description, its language, and terms of the
glossary. The request holds nothing else; nothing of firms can reach this module.
"""

from __future__ import annotations

import http.client
import json
import tomllib
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from functools import cache
from importlib.resources import files
from typing import IO, Any
from urllib.parse import urlsplit

from models.translation.check import checked, terms_in
from models.translation.translator import ForeignTitle, Translated
from warehouse.errors import InputError, StageError

_DESCRIPTION = 300  # characters: what a measure is about stands at its beginning
_TITLE = 1500  # characters; a longer "title" is a whole text
_ANSWER = 1_000_000  # bytes
_MOST_TOKENS = 400
_BUSY = frozenset({408, 425, 429, 500, 502, 503, 504})
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_LONGEST_WAIT = 60.0  # seconds, whatever the server asks for


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect would carry the key to an address that nobody configured."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Any, newurl: str
    ) -> None:
        return None


class ChatTranslator:
    """Asks for one title at a time. `wait` sleeps some seconds between attempts.

    Raises InputError for an address that is no https address (http is allowed on this machine, and on the office's own
    network where `allow_http`), or without a model.
    """

    def __init__(
        self,
        url: str,
        *,
        model: str,
        key: str = "",
        timeout_seconds: float = 60.0,
        attempts: int = 3,
        allow_http: bool = False,
        wait: Callable[[float], None],
    ) -> None:
        parts = urlsplit(url)
        is_safe = parts.scheme == "https" or (
            parts.scheme == "http" and (allow_http or (parts.hostname or "") in _LOOPBACK)
        )
        if not is_safe or not parts.hostname or parts.username:
            raise InputError(
                f"翻译服务地址不可用：{url or '（未填写）'}",
                "请在 translate.url 中填写 https 地址；单位内网的 http 服务，请设置 translate.allow_http。",
            )
        if not model:
            raise InputError("没有指定翻译模型。", "请在设置 translate.model 中写明模型名称。")
        self._url = url.rstrip("/") + "/chat/completions"
        self._model = model
        self._key = key
        self._timeout = timeout_seconds
        self._attempts = attempts
        self._wait = wait
        self._name = f"{model}@{parts.hostname}"
        handlers: list[urllib.request.BaseHandler] = [_NoRedirect()]
        if parts.hostname in _LOOPBACK:
            handlers.append(urllib.request.ProxyHandler({}))
        self._opener = urllib.request.build_opener(*handlers)

    @property
    def name(self) -> str:
        return self._name

    def translate(self, titles: Sequence[ForeignTitle]) -> list[Translated]:
        return [self._translate(item) for item in titles]

    def _translate(self, item: ForeignTitle) -> Translated:
        """Ask, and ask once more with the reason where the answer cannot stand."""
        title = " ".join(item.title.split())
        if len(title) > _TITLE:
            return Translated(refused=f"原文标题过长（{len(title)}字符）")
        messages = _messages(title, item)
        answer = self._ask(messages)
        found = checked(title, answer)
        if not found.refused:
            return found
        again = _prompts()["again"].format(refused=found.refused)
        told = [{"role": "assistant", "content": answer[:_TITLE]}, {"role": "user", "content": again}]
        return checked(title, self._ask([*messages, *told]))

    def _ask(self, messages: list[dict[str, str]]) -> str:
        body = {"model": self._model, "messages": messages, "temperature": 0, "max_tokens": _MOST_TOKENS}
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if self._key:
            headers["Authorization"] = f"Bearer {self._key}"
        request = urllib.request.Request(  # noqa: S310 - the scheme was checked above
            self._url, data=json.dumps(body, ensure_ascii=False).encode(), headers=headers, method="POST"
        )
        for attempt in range(1, self._attempts + 1):
            try:
                with self._opener.open(request, timeout=self._timeout) as response:
                    raw = response.read(_ANSWER + 1)
                return _content(raw)
            except urllib.error.HTTPError as error:
                with error:
                    if error.code not in _BUSY or attempt == self._attempts:
                        raise self._refusal(error) from error
                    pause = _pause(error.headers.get("Retry-After"), attempt)
            except (urllib.error.URLError, TimeoutError, ConnectionError, http.client.HTTPException) as error:
                if attempt == self._attempts:
                    reason = getattr(error, "reason", error)
                    raise StageError(
                        f"无法连接翻译服务 {self._where}（{reason}）", "请检查网络和 translate.url，稍后重试。"
                    ) from error
                pause = _pause(None, attempt)
            self._wait(pause)
        raise AssertionError("every attempt returns, raises or waits for the next")

    @property
    def _where(self) -> str:
        parts = urlsplit(self._url)
        return f"{parts.hostname}{f':{parts.port}' if parts.port else ''}"

    def _refusal(self, error: urllib.error.HTTPError) -> StageError:
        steps = {
            401: "请检查访问密钥（translate.api_key 或 translate.api_key_file）。",
            403: "请检查访问密钥和模型的使用权限。",
            404: "请检查 translate.url 和 translate.model。",
            429: "服务限流或额度用尽，请稍后重试。",
        }
        step = steps.get(error.code, "请稍后重试；仍不行的，请联系该服务的维护人员。")
        return StageError(f"翻译服务 {self._where} 没有受理（HTTP {error.code}）", step)


def _messages(title: str, item: ForeignTitle) -> list[dict[str, str]]:
    prompts = _prompts()
    said = [prompts["title"].format(title=title)]
    if item.description.strip():
        said.append(prompts["description"].format(description=" ".join(item.description.split())[:_DESCRIPTION]))
    system = prompts["system"].strip() + "\n"
    terms = [prompts["term"].format(original=words, chinese=term.say[0]) for term, words in terms_in(title)]
    if terms:
        system += prompts["terms"].format(terms="\n".join(terms))
    return [{"role": "system", "content": system}, {"role": "user", "content": "\n".join(said)}]


def _content(raw: bytes) -> str:
    """The text of an answer; "" where the model gave none, which the check refuses."""
    try:
        content = json.loads(raw[:_ANSWER])["choices"][0]["message"]["content"]  # what was cut is no JSON
    except (ValueError, KeyError, IndexError, TypeError) as error:
        raise StageError(
            "翻译服务的回答不是约定的格式。", "请确认 translate.url 是 OpenAI 兼容接口（…/v1），不是网页地址。"
        ) from error
    return content if isinstance(content, str) else ""


def _pause(asked: str | None, attempt: int) -> float:
    """Seconds until the next attempt: what the server asks for, else 2, 4, 8 …"""
    wanted = float(asked) if asked is not None and asked.strip().isdigit() else 2.0**attempt
    return min(wanted, _LONGEST_WAIT)


@cache
def _prompts() -> dict[str, str]:
    return tomllib.loads((files("models.translation") / "chat.toml").read_text(encoding="utf-8"))
