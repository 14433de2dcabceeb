"""What a check of a cell reports. Row, column and firm are added by the reader of the file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from warehouse.records import Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What is wrong with one cell; the caller adds file, row, column and firm."""

    code: str
    severity: Severity
    message: str
    next_step: str
    value: str = ""


Report = Callable[[Finding], None]


def warning(code: str, message: str, next_step: str, value: str = "") -> Finding:
    """A finding that changed or doubts a value, without losing the row."""
    return Finding(code=code, severity=Severity.WARNING, message=message, next_step=next_step, value=value)


def make_finding(code: str, severity: Severity, message: str, next_step: str, value: str = "") -> Finding:
    """A finding from its parts, in the order in which they are read."""
    return Finding(code=code, severity=severity, message=message, next_step=next_step, value=value)
