"""What a server's answer says about the address. The knowledge stands in `statuses.toml`, with its sources."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from pipeline.inbound.mail import InboundKind

# 550 5.1.1 words, 550-5.1.1 words, 550 #5.1.1
_CODE = re.compile(r"(?<![\d.:/\[])([45]\d\d)(?:[ -]*#?([45]\.\d{1,3}\.\d{1,3})(?![.\d]))?(?=\W|[A-Z]{2}:|[一-鿿]|$)")
_STATUS = re.compile(r"(?<![\d.])([45]\.\d{1,3}\.\d{1,3})(?![.\d])")
# Addresses, links and hosts (spamfilter.firm.cn[192.0.2.1]) name things; they do not say what went wrong.
_NAMES = re.compile(
    r"https?://\S+|[^\s<>]{1,255}@[\w.-]+|\bhost [\w-]{1,63}(?:\.[\w-]{1,63}){1,8}"
    r"|[\w.-]{1,255}(?=[\[(]\d)|\[[^\[\]]{0,100}\]"
)
# RFC 5321 4.2.3, RFC 7504, and what servers in China use besides; another number in a text is no reply code
_REPLIES = {
    421,
    432,
    450,
    451,
    452,
    454,
    471,
    500,
    501,
    502,
    503,
    504,
    521,
    530,
    535,
    541,
    550,
    551,
    552,
    553,
    554,
    555,
    556,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a server answered: `status` such as 5.1.1 or "", reply code or None."""

    status: str = ""
    smtp_code: int | None = None


@dataclass(frozen=True, slots=True)
class _Table:
    faults: Mapping[str, tuple[str, str]]  # "1.1" or "1" -> fault, words
    vague: frozenset[str]
    replies: Mapping[int, str]
    said: tuple[tuple[str, re.Pattern[str]], ...]


def answer_in(text: str) -> Answer | None:
    """The first answer of a mail server in a text: reply code, enhanced status where it follows; None without any."""
    for found in _CODE.finditer(text):
        code, status = int(found.group(1)), found.group(2) or ""
        if code in _REPLIES or status[:1] == found.group(1)[:1]:
            return Answer(status=status, smtp_code=code)
    found_status = _STATUS.search(text)
    return Answer(status=found_status.group(1)) if found_status else None


def status_in(text: str) -> str:
    """The enhanced status that a Status field holds; "" where it holds none."""
    found = _STATUS.search(text)
    return found.group(1) if found else ""


def said_in(words: str) -> str:
    """The status that known words stand for; "" for unknown words."""
    return next(iter(all_said_in(words)), "")


def all_said_in(words: str) -> tuple[str, ...]:
    """The statuses of all known words in a text, each once, in the table's order."""
    lowered = " ".join(_NAMES.sub(" ", words.lower()).split())
    return tuple(status for status, pattern in _table().said if pattern.search(lowered))


def settled(answer: Answer, words: str) -> str:
    """The status that counts: the stated one, unless it says nothing and the words or the reply code say more.

    The class (4 or 5) of a stated status or reply code stays: a server that gave up only for now keeps its say.
    """
    table = _table()
    stated = answer.status
    if stated and _detail(stated) not in table.vague:
        return stated
    implied = said_in(words)
    inner = answer_in(words)
    if inner and inner.status and _detail(inner.status) not in table.vague:
        implied = inner.status
    if not implied and (not stated or _detail(stated) == "0.0"):
        code = answer.smtp_code or (inner.smtp_code if inner else None)
        implied = table.replies.get(code or 0, "")
    if not implied:
        return stated
    code_class = f"{answer.smtp_code}"[0] if answer.smtp_code else ""
    return (stated[:1] or code_class or implied[0]) + implied[1:]


def says_nothing(status: str) -> bool:
    """Whether a status is one that servers give for lack of a better one."""
    return _detail(status) in _table().vague


def kind_of(status: str) -> InboundKind:
    """Whether a delivery that was given up with this status is a hard or a soft bounce."""
    is_hard = status.startswith("5.") and _fault(status)[0] == "address"
    return InboundKind.HARD_BOUNCE if is_hard else InboundKind.SOFT_BOUNCE


def words_of(status: str) -> str:
    """What a status means, in Chinese; "" where there is none."""
    return _fault(status)[1] if status else ""


def _detail(status: str) -> str:
    return status.partition(".")[2]


def _fault(status: str) -> tuple[str, str]:
    faults, detail = _table().faults, _detail(status)
    return faults.get(detail) or faults.get(detail.partition(".")[0]) or faults["0.0"]


@cache
def _table() -> _Table:
    content = tomllib.loads(files("pipeline.inbound").joinpath("statuses.toml").read_text(encoding="utf-8"))
    return _Table(
        faults={row["code"]: (row["fault"], row["words"]) for row in content["status"]},
        vague=frozenset(content["vague"]["codes"]),
        replies={int(code): status for code, status in content["reply"].items()},
        said=tuple((row["status"], re.compile("|".join(row["patterns"]))) for row in content["said"]),
    )
