"""The line that tells the contact what is kept about him, why, how long and how to object (个人信息保护法 Art 17)."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib.resources import files

from reports.mail.clean import one_line


def retention_notice(*, office: str, purpose: str = "", basis: str = "", retention_days: int | None = None) -> str:
    """One sentence or two for `MailHead.retention_text`, worded by `privacy.toml`.

    In: the office as processor; `purpose` and legal `basis` in Chinese, "" = the standard purpose, no basis named;
    `retention_days` are counted from the day on which the person stops being the firm's contact, `None` = ends then.
    """
    words = _words()
    until = words["until_open"]
    if retention_days is not None:
        until = words["until_days"].replace("{days}", str(retention_days))
    named_basis = one_line(basis)
    values = {
        "{office}": one_line(office) or "本单位",
        "{purpose}": one_line(purpose) or words["purpose"],
        "{basis}": words["basis"].replace("{basis}", named_basis) if named_basis else "",
        "{until}": until,
    }
    pieces = words["notice"]
    for name, value in values.items():
        pieces = pieces.replace(name, value.replace("{", "｛").replace("}", "｝"))
    return pieces


@lru_cache(maxsize=1)
def _words() -> dict[str, str]:
    return tomllib.loads(files("reports.mail").joinpath("privacy.toml").read_text(encoding="utf-8"))
