"""The front door: clicks, folder and server together, each mail once."""

from __future__ import annotations

import ast
from datetime import UTC, datetime
from pathlib import Path

import pytest
from imap_server import HOST, SECRET, USER, serving
from imapclient import IMAPClient

import pipeline.inbound
from pipeline.config import InboxSettings, Settings
from pipeline.home import Home
from pipeline.inbound import one_click_file, read_inbox
from pipeline.inbound.one_click import ClickFile
from warehouse.errors import InputError, StageError

NOW = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
SAMPLES = Path(__file__).parent / "inbound_samples"
TOKEN = "Zk3xQ9vT-1a_bC2dE4fG6h"


def test_nothing_set_is_nothing_read(tmp_path: Path) -> None:
    assert list(read_inbox(Settings(), Home(tmp_path), now=NOW)) == []
    assert list(tmp_path.iterdir()) == []


def test_clicks_come_first_and_known_mails_are_left_out(tmp_path: Path) -> None:
    home = Home(tmp_path)
    ClickFile(one_click_file(home)).append(TOKEN, "one-click", NOW)
    settings = Settings(inbox=InboxSettings(folder=str(SAMPLES)))
    mails = list(read_inbox(settings, home, now=NOW))
    assert mails[0].channel == "one-click"
    assert len(mails) == 1 + len(list(SAMPLES.glob("*.eml")))
    known = {mail.key for mail in mails[:-1]}
    assert [mail.key for mail in read_inbox(settings, home, now=NOW, known=known)] == [mails[-1].key]


def test_a_mail_in_folder_and_server_comes_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TBTWATCH_INBOX__PASSWORD", SECRET)
    raw = (SAMPLES / "postfix-unknown-user.eml").read_bytes()
    (tmp_path / "a.eml").write_bytes(raw)
    with serving() as port:
        with IMAPClient(HOST, port=port, ssl=False) as client:
            client.login(USER, SECRET)
            client.create_folder("退信")
            client.append("退信", raw, msg_time=datetime(2026, 11, 1, tzinfo=UTC))
            client.append("退信", (SAMPLES / "reply-question.eml").read_bytes(), msg_time=NOW)
        inbox = {"host": HOST, "port": port, "security": "none", "user": USER, "mailbox": "退信"}
        settings = Settings(inbox={**inbox, "folder": str(tmp_path)})  # type: ignore[arg-type]
        assert settings.inbox.password == SECRET
        kinds = [mail.kind for mail in read_inbox(settings, Home(tmp_path / "home"), now=NOW)]
    assert kinds == ["hard-bounce", "reply"]


def test_trouble_with_a_source_is_said(tmp_path: Path) -> None:
    missing = Settings(inbox=InboxSettings(folder=str(tmp_path / "none")))
    with pytest.raises(StageError, match="无法读取来信"):
        list(read_inbox(missing, Home(tmp_path), now=NOW))
    (tmp_path / "secret").write_text("x")
    (tmp_path / "secret").chmod(0o644)
    open_file = Settings(inbox=InboxSettings(host="imap.example", password_file=str(tmp_path / "secret")))
    with pytest.raises(InputError, match="可被他人读取"):
        list(read_inbox(open_file, Home(tmp_path), now=NOW))


def test_the_room_writes_nothing_but_clicks() -> None:
    """No other module opens anything for writing, and no command of IMAP that changes a mailbox is named."""
    folder = Path(pipeline.inbound.__file__).parent
    changing = {
        "append",
        "store",
        "add_flags",
        "set_flags",
        "remove_flags",
        "delete_messages",
        "expunge",
        "copy",
        "move",
    }
    for path in folder.glob("*.py"):
        called = {
            node.func.attr
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        }
        assert not called & {"write_text", "write_bytes", "unlink", "rename", "replace_with"}, path.name
        if path.name == "imap.py":
            assert not called & changing
