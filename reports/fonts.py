"""Which fonts draw a document, which had to stand in for others, and which characters none of them has."""

from __future__ import annotations

import struct
import tomllib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import typst
from pylopdf_fonts_zh_cn import sans_path, serif_path

# Characters of Libertinus Serif, which Typst carries inside and whose file cannot be read: kept narrow on purpose.
_EMBEDDED = (range(0x20, 0x180), range(0x370, 0x3E2), range(0x400, 0x460), range(0x1E00, 0x1F00), range(0x2010, 0x2027))
_INVISIBLE = {0x09, 0x0A, 0x0D, 0x20, 0xA0, 0xAD, 0x200B, 0x200C, 0x200D, 0x2060, 0x3000}


@dataclass(frozen=True, slots=True)
class Substitution:
    """A typeface that the machine lacks and the family used instead."""

    role: str  # 仿宋, 小标宋, 楷体, 黑体
    used: str

    def __str__(self) -> str:
        return f"{self.role}字体本机未安装，PDF以{self.used}代替。"


@dataclass(frozen=True, slots=True)
class FontPlan:
    """What the PDF engine is given. `families`: role key -> family; `files`: font files that it may fall back to."""

    families: dict[str, str]
    substitutions: tuple[Substitution, ...]
    font_paths: tuple[str, ...]
    use_system: bool
    files: tuple[tuple[str, int], ...]  # path, index within a collection

    def sentences(self) -> tuple[str, ...]:
        """The substitutions as Chinese sentences, for 附件3 and `doctor`."""
        return tuple(str(item) for item in self.substitutions)

    def missing(self, value: str) -> frozenset[str]:
        """Characters of `value` that no font of the plan can draw."""
        return frozenset(c for c in set(value) if not self.draws(c))

    def draws(self, char: str) -> bool:
        """Whether some font of the plan has the character."""
        code = ord(char)
        if code in _INVISIBLE or any(code in known for known in _EMBEDDED):
            return True
        return any(code in _coverage(path, index) for path, index in self.files)


def plan_fonts(font_paths: Iterable[Path] = (), *, use_system: bool = True) -> FontPlan:
    """Choose a family for every role of `fonts.toml`.

    `font_paths` are folders of an office's own fonts (setting `font_paths`); the bundled Noto fonts are always there.
    With `use_system` false only these two count, which makes the PDF the same on every machine.
    """
    # A folder that is not there is no error: the same settings may serve machines with and without it.
    folders = [str(path) for path in font_paths if path.is_dir()]
    folders.append(str(serif_path().parent))
    found = engine_fonts(tuple(folders), use_system=use_system)
    available = {family.casefold(): family for family in found.families()}
    families: dict[str, str] = {}
    substitutions: list[Substitution] = []
    for key, role in _roles().items():
        own = next((available[name.casefold()] for name in role["families"] if name.casefold() in available), None)
        families[key] = own or role["bundled"]
        if own is None:
            substitutions.append(Substitution(role["name"], role["bundled"]))
    own_files = [(str(serif_path()), 0), (str(sans_path()), 0)]
    others = sorted({(str(font.path), int(font.index)) for font in found.fonts() if font.path} - set(own_files))
    return FontPlan(families, tuple(substitutions), tuple(folders), use_system, (*own_files, *others))


@cache
def engine_fonts(folders: tuple[str, ...], *, use_system: bool) -> typst.Fonts:
    """The fonts of folders as the engine takes them: looking for them anew takes longer than to set a page."""
    return typst.Fonts(include_system_fonts=use_system, include_embedded_fonts=True, font_paths=list(folders))


@dataclass(frozen=True, slots=True, kw_only=True)
class WordFont:
    """A typeface as a .docx names it; `instead` is the one to take where it is missing, "" where none is known.

    `charset`, `family` and `pitch` are the words of the file's font table (ISO/IEC 29500-1, 17.8.3).
    """

    name: str
    instead: str
    charset: str
    family: str
    pitch: str


def word_font(role: str) -> str:
    """The family name that a .docx carries for a role key of `fonts.toml`."""
    return str(_roles()[role]["word"])


def word_fonts() -> tuple[WordFont, ...]:
    """Every typeface that a .docx names, Chinese ones first."""
    own = (
        WordFont(name=role["word"], instead=role["instead"], charset="86", family=role["design"], pitch=role["pitch"])
        for role in _roles().values()
    )
    latin = _data()["latin"]
    return (
        *own,
        WordFont(name=latin["word"], instead=latin["instead"], charset="00", family="roman", pitch="variable"),
    )


def latin_font() -> str:
    """The family name that a .docx carries for Latin letters and digits."""
    return str(_data()["latin"]["word"])


def script_name(char: str) -> str:
    """The script of a character in Chinese (泰文, 阿拉伯文, ...), 其他文字 where the table has no name."""
    first = unicodedata.name(char, "").split(" ")[0].split("-")[0]
    return str(_data()["scripts"].get(first, "其他文字"))


def without_missing(value: str, missing: frozenset[str]) -> str:
    """`value` with every run of undrawable characters replaced by a remark that names its script: no silent boxes."""
    out: list[str] = []
    gap = ""
    for char in value:
        if char in missing:
            gap = gap or script_name(char)
        elif gap and (char == " " or unicodedata.combining(char)):
            continue  # blanks between missing words belong to the gap
        else:
            if gap:
                out.append(f"〔{gap}从略〕")
                gap = ""
            out.append(char)
    return "".join(out) + (f"〔{gap}从略〕" if gap else "")


def missing_sentence(missing: frozenset[str]) -> str:
    """One Chinese sentence about what could not be drawn, or ""."""
    if not missing:
        return ""
    scripts = "、".join(sorted({script_name(char) for char in missing}))
    return f"本机缺少{scripts}字体，PDF中相应字符以〔……从略〕标示，请以网页版、Word版或通报原文为准。"


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(resources.files("reports").joinpath("fonts.toml").read_text(encoding="utf-8"))


def _roles() -> dict[str, dict[str, Any]]:
    roles: dict[str, dict[str, Any]] = _data()["roles"]
    return roles


@cache
def _coverage(path: str, index: int) -> frozenset[int]:
    """Code points of a font file, from its `cmap` (formats 4 and 12; OpenType 1.9). Empty if it cannot be read."""
    try:
        with Path(path).open("rb") as handle:
            start = 0
            head = handle.read(12)
            if head[:4] == b"ttcf":
                handle.seek(12 + 4 * index)
                (start,) = struct.unpack(">I", handle.read(4))
                handle.seek(start)
                head = handle.read(12)
            (count,) = struct.unpack(">H", head[4:6])
            for _ in range(count):
                tag, _, offset, length = struct.unpack(">4sIII", handle.read(16))
                if tag == b"cmap":
                    handle.seek(offset)
                    return _read_cmap(handle.read(length))
    except (OSError, struct.error):
        return frozenset()
    return frozenset()


def _read_cmap(table: bytes) -> frozenset[int]:
    codes: set[int] = set()
    (count,) = struct.unpack_from(">H", table, 2)
    for number in range(count):
        (offset,) = struct.unpack_from(">I", table, 8 + 8 * number)
        (form,) = struct.unpack_from(">H", table, offset)
        if form == 12:
            (groups,) = struct.unpack_from(">I", table, offset + 12)
            for start, end, _ in struct.iter_unpack(">III", table[offset + 16 : offset + 16 + 12 * groups]):
                codes.update(range(start, end + 1))
        elif form == 4:
            (double,) = struct.unpack_from(">H", table, offset + 6)
            ends = struct.unpack_from(f">{double // 2}H", table, offset + 14)
            starts = struct.unpack_from(f">{double // 2}H", table, offset + 16 + double)
            for start, end in zip(starts, ends, strict=True):
                codes.update(range(start, min(end, 0xFFFE) + 1))
    return frozenset(codes)
