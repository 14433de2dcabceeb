"""The default transport: every mail a file, to be looked at or sent from the office's own mail program."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from pipeline.delivery.transport import DeliveryState, OutgoingMail, Receipt, not_noted
from warehouse.errors import StageError

_NAME_LIMIT = 120  # characters; well under 255 bytes with suffixes


class EmlTransport:
    """Writes `<Message-ID>.eml` into `folder`, each Message-ID once.

    The recipient stands in the mail's To header alone; no second copy of personal data is written.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing stays open between two mails."""

    def deliver(self, mail: OutgoingMail, on_handover: Callable[[], None] = not_noted) -> Receipt:
        """Accepted once the file is complete on disk, and again for a mail that was written before.

        Errors: `StageError` where the folder cannot be written.
        """
        name = file_name(mail.message_id)
        target = self.folder / name
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _unusable(self.folder, error) from error
        on_handover()
        try:
            is_new = _write_once(target, mail.content)
            if is_new:
                return Receipt(state=DeliveryState.ACCEPTED, code=None, detail=f"已写出 {name}")
            is_same = target.read_bytes() == mail.content
        except OSError as error:
            raise _unusable(self.folder, error) from error
        detail = f"此前已写出 {name}，未重复写入" if is_same else f"此前已写出 {name}，本次内容有变化，未覆盖"
        return Receipt(state=DeliveryState.ACCEPTED, code=None, detail=detail)

    def has_taken(self, message_id: str) -> bool | None:
        """Whether the file is there: it is put in place whole or not at all."""
        return (self.folder / file_name(message_id)).exists()


def _unusable(folder: Path, error: OSError) -> StageError:
    return StageError(f"不能写入邮件目录“{folder}”：{error.strerror or error}。", "请检查目录权限和磁盘空间后重试。")


def file_name(message_id: str) -> str:
    """A name that every file system takes and that no other Message-ID has (also where letter case does not count)."""
    bare = message_id.strip().removeprefix("<").removesuffix(">")
    if not bare:
        raise ValueError("the message has no Message-ID")
    safe = re.sub(r"[^a-z0-9@._-]", "_", bare.lower()).lstrip("._")[:_NAME_LIMIT]
    if safe != bare:
        safe = f"{safe}-{hashlib.sha256(bare.encode()).hexdigest()[:12]}"
    return f"{safe}.eml"


def _write_once(target: Path, content: bytes) -> bool:
    """False where `target` exists. A hard link is taken or not in one step: no half file, no overwriting, also with two
    writers."""
    if target.exists():
        return False
    descriptor, temporary = tempfile.mkstemp(prefix=".", suffix=".part", dir=target.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(temporary, target)
        except FileExistsError:
            return False
        except OSError:
            # File systems without hard links (some network shares): still no half file, but two writers could race.
            Path(temporary).replace(target)
    finally:
        Path(temporary).unlink(missing_ok=True)
    return True
