"""What stands in the triage workbook: the rows written, the entries read back, and the columns of `columns.toml`."""

from __future__ import annotations

import hashlib
import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import Any, Final, Literal

from warehouse.errors import InputError

Conclusion = Literal["warning", "watch", "none"]
RelationWord = Literal["direct", "indirect", "none"]
CommentWord = Literal["yes", "no", "undecided"]
Cause = Literal["collection", "backlog", "text-missing", "contact-lost", "system", "other"]

# Excel keeps a control character as _xHHHH_ (ECMA-376 22.9.2.19); programs that do not know this leave it in the text
_ESCAPED_CONTROL: Final = re.compile(r"_x00(?:[01][0-9A-Fa-f]|7F)_")
# not allowed in XML 1.0, or able to show a text in another order than it has
_UNFIT: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff\u200e\u200f\u202a-\u202e\u2066-\u2069]"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TriageRow:
    """One open case as it goes out. Texts are Chinese unless a name says otherwise; "" and () leave a cell empty."""

    case_id: str
    state: str  # opaque version of the case at export; comes back unchanged
    level_zh: str
    time_left: str  # 18小时20分, 超时3小时
    due_zh: str  # what is due next: 研判, 企业告知, 应对建议
    due_at: datetime  # aware
    is_overdue: bool
    needs_cause: bool  # a limit was missed and nobody has said why
    is_amber: bool
    members_zh: str
    symbols: tuple[str, ...]
    title: str  # original
    title_zh: str
    measure: str
    products: tuple[str, ...]
    pairs: tuple[str, ...]  # 企业：产品（直接，0.82）
    reasons: tuple[str, ...]  # the machine's, one sentence each
    comment_deadline: date | None
    link: str
    draft_advice: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TriageEntry:
    """One row that an officer filled without fault."""

    case_id: str
    state: str  # as written by the export
    row: int  # in the sheet, from 1
    conclusion: Conclusion
    relation: RelationWord | None
    owner: str
    advice: str
    comment: CommentWord | None
    cause: Cause | None
    reason: str
    digest: str  # sha256 over all of this but `row`: the same file imported twice has the same digests


@dataclass(frozen=True, slots=True, kw_only=True)
class CellProblem:
    """Why a row gives no entry: the cell as the program names it (H7), its column's header, what stood there."""

    cell: str
    header: str
    value: str  # at most 60 characters
    message: str
    next_step: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TriageRead:
    """A workbook read back: entries and problems by row, and the number of cases that nobody touched."""

    entries: tuple[TriageEntry, ...]
    problems: tuple[CellProblem, ...]
    export_id: str
    n_blank: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: field name, header, width in characters, and for a cell to fill its choices (code -> word)."""

    name: str
    header: str
    width: float
    sealed: bool = False
    format: str = ""
    choices: Mapping[str, str] = field(default_factory=dict)
    prompt: str = ""
    guide: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """What is said of one fault; both texts have places for `str.format`."""

    message: str
    next_step: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The whole of `columns.toml`."""

    layout: str
    sheet: str
    guide_sheet: str
    register_sheet: str
    limit: int
    shown_lines: int
    shown_text: int
    words: Mapping[str, str]
    read: tuple[Column, ...]
    fill: tuple[Column, ...]
    hidden: tuple[Column, ...]
    guide: Mapping[str, Any]
    validation: Mapping[str, str]
    problems: Mapping[str, Sentence]
    refusals: Mapping[str, Sentence]

    @property
    def columns(self) -> tuple[Column, ...]:
        """All columns from left to right, as they are written."""
        return self.read + self.fill + self.hidden


@cache
def load_layout() -> Layout:
    """Read `columns.toml`, which ships with the program."""
    data = tomllib.loads((files("pipeline") / "triage" / "columns.toml").read_text(encoding="utf-8"))
    for part in ("read", "fill", "hidden"):
        data[part] = tuple(Column(**entry) for entry in data[part])
    for part in ("problems", "refusals"):
        data[part] = {code: Sentence(**entry) for code, entry in data[part].items()}
    return Layout(**data)


def refusal(code: str, **values: object) -> InputError:
    """The error for a file that cannot be read or written as a whole; `code` is one of `[refusals]`."""
    sentence = load_layout().refusals[code]
    return InputError(sentence.message.format(**values), sentence.next_step.format(**values))


def clean_text(text: str) -> str:
    """`text` as a cell can hold it: \\n for every line break, no control characters, no white space around it."""
    plain = _ESCAPED_CONTROL.sub(lambda found: chr(int(found[0][2:6], 16)), text)
    lines = plain.replace("\r\n", "\n").replace("\r", "\n")
    return _UNFIT.sub("", lines).strip()


def plain_word(text: str) -> str:
    """A header or a choice for comparison: full-width forms folded, white space and invisible characters dropped."""
    folded = unicodedata.normalize("NFKC", text)
    return "".join(c for c in folded if not c.isspace() and unicodedata.category(c) not in {"Cf", "Cc"})


def digest_of(parts: Iterable[str]) -> str:
    """sha256 over texts; each with its length, so that no two sequences run together."""
    whole = "".join(f"{len(part)}:{part}" for part in parts)
    return hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()


def seal_of(case_id: str, shown: Iterable[str]) -> str:
    """What ties the sealed columns of a row to its case. White space does not count: programs rewrite it on saving."""
    return digest_of((case_id, *("".join(clean_text(text).split()) for text in shown)))[:16]
