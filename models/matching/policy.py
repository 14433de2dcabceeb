"""The readable numbers of a matching policy, from `models/policies/*.toml`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from importlib.resources import files
from pathlib import Path
from typing import Any

from warehouse.errors import InputError

DEFAULT_POLICY = "matching-v2.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """An office's choices; the policy file explains each."""

    rules_version: str
    max_candidates: int
    z_zero: float
    z_one: float
    near: float
    warning_from: float
    short_comment_days: int


def load_policy(path: Path | None = None) -> Policy:
    """The policy of a file, by default the bundled one. Raises InputError for a missing, unknown or wrong entry."""
    name = path.name if path else DEFAULT_POLICY
    try:
        text = path.read_text("utf-8") if path else files("models.policies").joinpath(name).read_text("utf-8")
        content = tomllib.loads(text)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(
            f"无法读取匹配策略文件“{name}”：{error}", "请检查文件是否存在、是否为合法的 TOML 格式。"
        ) from error
    flat: dict[str, Any] = {}
    for key, value in content.items():
        flat.update(value if isinstance(value, dict) else {key: value})
    wanted = {field.name: field.type for field in fields(Policy)}
    wrong = sorted(set(flat) ^ set(wanted))
    if wrong:
        raise InputError(
            f"匹配策略文件“{name}”的条目缺失或无法识别：{'、'.join(wrong)}。",
            "请对照随软件提供的 matching-v2.toml 修改。",
        )
    for key, kind in wanted.items():
        value = flat[key]
        good = (
            isinstance(value, str) if kind == "str" else isinstance(value, (int, float)) and not isinstance(value, bool)
        )
        if not good:
            raise InputError(
                f"匹配策略文件“{name}”中“{key}”的值“{value}”类型不对。", "请填写数字（rules_version 为文本）。"
            )
    return Policy(**flat)
