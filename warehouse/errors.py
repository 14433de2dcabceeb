"""Errors that reach a user. Each says what failed, on what, and the next step; the command line prints no traceback."""

from __future__ import annotations


class TbtwatchError(Exception):
    """Base of all errors shown to a user.

    `message` says what failed and on what (file, row, field); `next_step` says what to do now. Both are Chinese.
    """

    exit_code = 3

    def __init__(self, message: str, next_step: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.next_step = next_step

    def __str__(self) -> str:
        return f"{self.message}\n{self.next_step}" if self.next_step else self.message


class InputError(TbtwatchError):
    """Wrong usage or an input that cannot be read as a whole (exit code 2). Bad single rows are `Issue`s instead."""

    exit_code = 2


class StageError(TbtwatchError):
    """A stage could not do its work (exit code 3)."""
