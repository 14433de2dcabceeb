"""Collects the issues of one row or line, so that the readers name file, row and subject once."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import replace

from crawlers.formats.text import shorten
from warehouse.records import Issue, Severity


class RowIssues:
    """Issues of one row. `subject` may be set late: each issue gets the one that stands when `take` is called."""

    __slots__ = ("_found", "file_name", "row", "subject")

    def __init__(self, file_name: str, row: int | None, subject: str = "") -> None:
        self.file_name = file_name
        self.row = row
        self.subject = subject
        self._found: list[Issue] = []

    def add(
        self,
        code: str,
        severity: Severity,
        message: str,
        *,
        field: str = "",
        value: object = "",
        next_step: str = "",
    ) -> None:
        """Note one issue; the place (file, row, subject) is filled in by `take`."""
        self._found.append(
            Issue(
                code=code,
                severity=severity,
                message=message,
                next_step=next_step,
                field_name=field,
                value=shorten(str(value)),
            )
        )

    def note_unknown(
        self,
        item: Mapping[str, object],
        known: Container[str],
        told: set[str],
        *,
        code: str,
        message: str,
        next_step: str,
    ) -> None:
        """Note each name in `item` that is neither `known` nor `told` before; `message` has a place for `{name}`."""
        for name in item:
            if name not in known and name not in told:
                told.add(name)
                self.add(
                    code,
                    Severity.WARNING,
                    message.format(name=name),
                    field=name,
                    value=item[name],
                    next_step=next_step,
                )

    def note_type(self, name: str, value: object, wanted: str) -> None:
        """Note that a field of a source is not of the type that it was known to have (`wanted`, in Chinese)."""
        self.add(
            "type-wrong",
            Severity.ERROR,
            f"字段“{name}”应为{wanted}，该值未采用，原文已保留。",
            field=name,
            value=value,
            next_step="若来源改了数据结构，请通知系统维护人员。",
        )

    def take(self) -> list[Issue]:
        """The issues so far, each with its place."""
        return [replace(i, file_name=self.file_name, row=self.row, subject=self.subject) for i in self._found]
