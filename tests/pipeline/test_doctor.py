"""`tbtwatch doctor`: says what is missing and which command brings it; changes nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pipeline import doctor
from pipeline.config import MailSettings, MatchSettings, Settings
from pipeline.context import Context
from pipeline.doctor import Check, examine
from pipeline.home import Home
from warehouse.errors import StageError


def look(root: Path, **settings: Any) -> dict[str, Check]:
    context = Context(home=Home(root), now=datetime(2026, 6, 12, tzinfo=UTC), settings=Settings(**settings))
    return {check.title: check for check in examine(context)}


def test_a_machine_that_was_set_up_has_no_error_and_nothing_is_made(
    plain_environment: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = look(tmp_path / "home")
    assert [check for check in found.values() if check.state == "error"] == []
    assert "尚未建立" in found["数据库"].detail
    assert not (tmp_path / "home").exists()


def test_a_missing_package_names_the_command_that_brings_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "_NEEDED", ("duckdb", "no-such-package-tbt"))
    check = look(tmp_path)["程序包"]
    assert (check.state, "no-such-package-tbt" in check.detail, "make setup" in check.remedy) == ("error", True, True)


def test_a_foreign_package_of_the_same_name_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "packages_distributions", lambda: {"models": ["tbtwatch", "someone-else"]})
    check = look(tmp_path)["程序包归属"]
    assert check.state == "error"
    assert "someone-else" in check.detail


def test_a_missing_encoder_is_an_error_only_where_it_is_used(
    plain_environment: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone() -> Path:
        raise StageError("找不到编码模型。", "请运行：make setup")

    monkeypatch.setattr(doctor, "find_wheel_file", gone)
    assert look(tmp_path)["编码模型"].state == "ok"
    monkeypatch.setenv("TBTWATCH_MATCH__ENCODER", "embedded")
    assert look(tmp_path, match=MatchSettings(encoder="embedded"))["编码模型"].state == "error"


def test_a_full_disk_is_a_warning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = type("Usage", (), {"free": 1_000_000})
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda path: usage)
    assert look(tmp_path)["磁盘"].state == "warning"


def test_mail_by_smtp_without_a_server_is_a_warning(tmp_path: Path) -> None:
    assert look(tmp_path)["邮件"].state == "ok"
    assert look(tmp_path, mail=MailSettings(transport="smtp"))["邮件"].state == "warning"
    assert look(tmp_path, mail=MailSettings(transport="smtp", host="mail.example.com"))["邮件"].state == "ok"
