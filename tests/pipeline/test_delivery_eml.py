"""The file transport: complete files, each Message-ID once, no copy of addresses beside the To header."""

from __future__ import annotations

import email
import email.policy
import os
from email.message import EmailMessage
from pathlib import Path

import pytest

from pipeline.delivery import DeliveryState, EmlTransport, OutgoingMail, outgoing
from pipeline.delivery.eml import file_name
from warehouse.errors import StageError


def mail(message_id: str = "<case-1.1@office.example>", text: str = "示例正文") -> OutgoingMail:
    message = EmailMessage()
    message["From"] = "alert@office.example"
    message["To"] = "liaison@firm.example"
    message["Subject"] = "示例预警"
    message["Message-ID"] = message_id
    message.set_content(text, cte="base64")
    return outgoing(message, sender="alert@office.example", recipient="other@firm.example")


def test_file_is_the_mail(tmp_path: Path) -> None:
    folder = tmp_path / "outbox" / "eml"
    with EmlTransport(folder) as transport:
        receipt = transport.deliver(mail())
    assert receipt.state == "accepted"
    (file,) = folder.iterdir()
    assert file.name == "case-1.1@office.example.eml"
    octets = file.read_bytes()
    assert octets == mail().content
    assert b"other@firm.example" not in octets
    assert b"\n" not in octets.replace(b"\r\n", b"")
    parsed = email.message_from_bytes(octets, policy=email.policy.default)
    assert parsed["Subject"] == "示例预警"
    assert parsed.get_content().strip() == "示例正文"  # type: ignore[attr-defined]


def test_same_message_id_is_written_once(tmp_path: Path) -> None:
    transport = EmlTransport(tmp_path)
    transport.deliver(mail())
    (file,) = tmp_path.iterdir()
    first = file.read_bytes(), file.stat().st_mtime_ns
    again = transport.deliver(mail())
    changed = transport.deliver(mail(text="改过的正文"))
    assert (file.read_bytes(), file.stat().st_mtime_ns) == first
    assert list(tmp_path.iterdir()) == [file]
    assert again.state is changed.state is DeliveryState.ACCEPTED
    assert "未重复写入" in again.detail
    assert "未覆盖" in changed.detail


def test_a_rival_that_wrote_in_between_wins_and_nothing_is_left_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "case-1.1@office.example.eml"
    real_link = os.link

    def link_late(source: str, destination: Path) -> None:
        target.write_bytes(b"rival")
        real_link(source, destination)

    monkeypatch.setattr(os, "link", link_late)
    EmlTransport(tmp_path).deliver(mail())
    assert list(tmp_path.iterdir()) == [target]
    assert target.read_bytes() == b"rival"


def test_works_without_hard_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_link(source: str, destination: Path) -> None:
        raise PermissionError(source, destination)

    monkeypatch.setattr(os, "link", no_link)
    assert EmlTransport(tmp_path).deliver(mail()).state == "accepted"
    assert [file.suffix for file in tmp_path.iterdir()] == [".eml"]


@pytest.mark.parametrize(
    "message_id", ["<../../etc/passwd@x>", "<..@x>", "<A@x>", "<a/b:c*d?e|f@x>", "<" + "l" * 300 + "@x>"]
)
def test_names_stay_in_the_folder_and_apart(message_id: str) -> None:
    name = file_name(message_id)
    assert "/" not in name
    assert not name.startswith(".")
    assert len(name) < 150
    others = ["<a@x>", "<a_b_c_d_e_f@x>", "<etc_passwd@x>", "<" + "l" * 301 + "@x>"]
    assert name.lower() not in {file_name(other).lower() for other in others}


def test_unusable_folder_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(StageError, match="不能写入邮件目录"):
        EmlTransport(tmp_path / "file").deliver(mail())


def test_the_note_is_made_before_the_file_and_without_it_there_is_none(tmp_path: Path) -> None:
    seen: list[int] = []
    transport = EmlTransport(tmp_path)
    for _ in range(2):
        transport.deliver(mail(), lambda: seen.append(len(list(tmp_path.iterdir()))))
    assert seen == [0, 1]

    class DiskFullError(Exception):
        pass

    def fail() -> None:
        raise DiskFullError

    with pytest.raises(DiskFullError):
        transport.deliver(mail("<other@office.example>"), fail)
    assert len(list(tmp_path.iterdir())) == 1


def test_it_knows_which_mails_it_took(tmp_path: Path) -> None:
    transport = EmlTransport(tmp_path / "outbox")
    identity = mail().message_id
    assert transport.has_taken(identity) is False
    transport.deliver(mail())
    assert transport.has_taken(identity) is True
    assert EmlTransport(tmp_path / "outbox").has_taken(identity) is True
    assert transport.has_taken(identity.replace("1.1", "1.2")) is False


def test_a_mail_without_message_id_is_a_fault_of_the_caller() -> None:
    with pytest.raises(ValueError, match="Message-ID"):
        mail("")
