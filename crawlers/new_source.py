"""Writes the files of a new source: card, spider, and a frozen sample whose test fails until it is reviewed."""

from __future__ import annotations

import re
from datetime import date
from importlib.resources import files
from pathlib import Path
from string import Template

from warehouse.errors import InputError

_NAME = re.compile(r"[a-z][a-z0-9_]{2,40}")
_SAMPLE = '{"items": [{"id": 1, "title": "Fictional record: replace it by one in the form of the source"}]}\n'


def write_source(root: Path, name: str, today: date) -> tuple[Path, ...]:
    """Write a new source below `root`, a checkout of this project, and return the files.

    Raises InputError for an unfit name, a folder that is no checkout, or a source that exists.
    """
    if not _NAME.fullmatch(name):
        raise InputError(f"来源名称不合要求：{name}", "请用小写字母开头，只含小写字母、数字和下划线，如 jp_meti。")
    spiders, frozen = root / "crawlers" / "spiders", root / "tests" / "crawlers" / "frozen"
    if not spiders.is_dir() or not frozen.is_dir():
        raise InputError(f"{root.absolute()} 不是本程序的源码文件夹。", "请在源码文件夹中运行，或用 --root 指定。")
    if (spiders / f"{name}.toml").exists():
        raise InputError(f"来源已存在：{name}", "请换一个名称，或直接修改已有来源。")
    words = {"name": name, "today": today.isoformat()}
    sample = frozen / name / "example"
    contents = {
        spiders / f"{name}.toml": _filled("card.toml", words),
        spiders / f"{name}.py": _filled("spider.txt", words),
        sample / "response.json": _SAMPLE,
        sample / "ORIGIN.md": _filled("ORIGIN.md", words),
    }
    for path, text in contents.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tuple(contents)


def _filled(template: str, words: dict[str, str]) -> str:
    text = (files("crawlers") / "templates" / template).read_text(encoding="utf-8")
    return Template(text).substitute(words)
