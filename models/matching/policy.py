"""The readable numbers of a matching policy, from `models/policies/*.toml`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from importlib.resources import files
from pathlib import Path
from typing import Any

from warehouse.errors import InputError

DEFAULT_POLICY = "matching-v1.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Thresholds and weights; the policy file explains each."""

    rules_version: str
    max_candidates: int
    z_zero: float
    z_one: float
    near: float
    very_near: float
    made_for: float
    direct_base: float
    direct_by_heading: float
    direct_by_hs6: float
    direct_by_hs4: float
    indirect_base: float
    wider_line: float
    hs6_alone: float
    hs4_alone: float
    hs2_alone: float
    conflict_cap: float
    add_hs6: float
    add_hs4: float
    add_ics: float
    add_semantic: float
    warning_score: float


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
            "请对照随软件提供的 matching-v1.toml 修改。",
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
