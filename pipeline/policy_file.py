"""A response policy as an office writes it down: every field checked, every fault named."""

from __future__ import annotations

import tomllib
from datetime import time
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from pipeline.worktime import WorkHours
from warehouse.errors import InputError

_HELP = "请对照随软件提供的 response-72h.toml 检查各字段。"


class MilestoneFile(BaseModel):
    """One `[[milestones]]`: what must have happened within how many hours."""

    model_config = ConfigDict(extra="forbid", strict=True)

    event: Literal["judged", "notified", "advised", "comment-decided"]
    label: str = Field(min_length=1)
    hours: int = Field(gt=0)
    rule: str


class PolicyFile(BaseModel):
    """A file `response-*.toml`."""

    model_config = ConfigDict(extra="forbid", strict=True)

    version: str = Field(min_length=1)
    title: str
    hours: Literal["natural", "working"]
    amber_ratio: float = Field(gt=0, lt=1)
    backfill_days: int = Field(ge=0)
    channels: list[Literal["wto", "legislation", "recall"]] = Field(min_length=1)
    milestones: list[MilestoneFile] = Field(min_length=1)
    working_hours: dict[Literal["start", "end", "pause_start", "pause_end"], str] | None = None

    @property
    def office_hours(self) -> WorkHours | None:
        """The hours that count; None where every hour does."""
        if self.working_hours is None:
            return None
        return WorkHours(**{key: time.fromisoformat(value) for key, value in self.working_hours.items()})

    @model_validator(mode="after")
    def _fits_together(self) -> PolicyFile:
        events = [milestone.event for milestone in self.milestones]
        if len(set(events)) < len(events):
            raise ValueError("milestones.event：同一节点写了两次")
        if (self.hours == "working") != (self.working_hours is not None):
            raise ValueError("hours：写 working 时须有 [working_hours]，写 natural 时不能有")
        for key, value in (self.working_hours or {}).items():
            try:
                time.fromisoformat(value)
            except ValueError as error:
                raise ValueError(f"working_hours.{key}：“{value}”不是时间") from error
        for key in ("start", "end"):
            if self.working_hours is not None and key not in self.working_hours:
                raise ValueError(f"working_hours 缺少 {key}")
        try:
            _ = self.office_hours
        except InputError as error:
            raise ValueError(f"working_hours（start、end）：{error.message}") from error
        return self


def read_policy_file(raw: bytes, name: str) -> PolicyFile:
    """Read a policy file. Raises InputError naming the file and the field that is wrong."""
    try:
        return PolicyFile.model_validate(tomllib.loads(raw.decode("utf-8-sig")))
    except ValidationError as error:
        faults = "；".join(
            f"{'.'.join(str(part) for part in item['loc'])} {item['msg']}".strip() for item in error.errors()[:3]
        )
        raise InputError(f"响应规则文件有误：{name}：{faults}", _HELP) from error
    except ValueError as error:  # no TOML, not UTF-8
        raise InputError(f"响应规则文件有误：{name}：{error}", _HELP) from error
