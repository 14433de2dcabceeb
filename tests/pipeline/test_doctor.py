"""`tbtwatch doctor`: says what is missing and which command brings it; changes nothing."""

from __future__ import annotations

import socket
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from mail_servers import (
    DROP,
    SECRET,
    SILENCE,
    Act,
    DsnHandler,
    Plan,
    checked,
    free_port,
    make_certificate,
    planned,
    server_context,
    serving,
)

from pipeline import doctor
from pipeline.config import MailSettings, MatchSettings, OfficeSettings, Settings
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


def by_smtp(port: int, **changes: Any) -> MailSettings:
    return MailSettings(**{"transport": "smtp", "host": "127.0.0.1", "port": port, "security": "none"} | changes)


def test_mail_as_files_needs_no_server(tmp_path: Path) -> None:
    assert look(tmp_path)["邮件"].state == "ok"


def test_the_mail_server_is_called_and_gets_no_mail(tmp_path: Path) -> None:
    certificate = make_certificate(tmp_path)
    handler = DsnHandler()
    options = {"tls_context": server_context(certificate), "authenticator": checked, "auth_required": True}
    with serving(handler, **options) as port:
        known = {"security": "starttls", "ca_file": str(certificate[0]), "user": "office"}
        good = look(tmp_path, mail=by_smtp(port, **known, password=SECRET))["邮件"]
        wrong = look(tmp_path, mail=by_smtp(port, **known, password="wrong-secret"))["邮件"]
        unknown = look(tmp_path, mail=by_smtp(port, security="starttls"))["邮件"]
        cut = look(tmp_path, mail=by_smtp(port, security="starttls", user="a", password_file=str(tmp_path / "no")))[
            "邮件"
        ]
    assert (good.state, good.remedy) == ("ok", "")
    assert f"127.0.0.1:{port} 可以连接（TLSv1.3，已登录，提供投递状态通知" in good.detail
    assert (wrong.state, "不接受用户名或口令" in wrong.detail, "授权码" in wrong.remedy) == ("error", True, True)
    assert (unknown.state, "证书未通过验证" in unknown.detail, "CA" in unknown.remedy) == ("error", True, True)
    assert (cut.state, "无法读取密码文件" in cut.detail) == ("error", True)
    assert SECRET not in repr((good, wrong, unknown))
    assert "wrong-secret" not in repr(wrong)
    assert handler.seen == 0
    assert handler.sessions == []


def test_a_mail_server_without_encryption_is_a_warning(tmp_path: Path) -> None:
    with planned() as server:
        check = look(tmp_path, mail=by_smtp(server.port))["邮件"]
        missing = look(tmp_path, mail=by_smtp(server.port, security="starttls"))["邮件"]
    assert (check.state, "明文" in check.remedy) == ("warning", True)
    assert (missing.state, "不支持 STARTTLS" in missing.detail) == ("error", True)
    assert [line[:4].lower() for line in server.commands] == [b"ehlo", b"quit", b"ehlo"]


@pytest.mark.parametrize(
    ("plan", "state", "told"),
    [
        ({"banner": Act(b"421 4.3.2 busy", drops=True)}, "warning", "暂不接受连接（421）：4.3.2 busy"),
        ({"banner": Act(b"554 go away", drops=True)}, "error", "拒绝连接（554）：go away"),
        ({"banner": DROP}, "warning", "服务器关闭了连接"),
        ({"banner": SILENCE}, "warning", "没有应答"),
        ({"banner": Act(b"SSH-2.0-OpenSSH")}, "error", "不是邮件服务器的应答：SSH-2.0"),
    ],
)
def test_a_mail_server_in_trouble_is_told_in_a_sentence(tmp_path: Path, plan: Plan, state: str, told: str) -> None:
    with planned(plan) as server:
        check = look(tmp_path, mail=by_smtp(server.port, timeout_seconds=0.3))["邮件"]
    assert (check.state, told in check.detail) == (state, True), check.detail
    assert check.remedy


def test_without_a_network_the_rest_is_still_examined(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_network(*args: object, **named: object) -> None:
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", no_network)
    found = look(tmp_path, mail=MailSettings(transport="smtp", host="mail.example.com"))
    assert found["邮件"].state == "warning"
    assert found["邮件"].detail == "不能解析邮件服务器的名称：mail.example.com:587。"
    assert "mail.host" in found["邮件"].remedy
    assert found["邮件签名"].state == "ok"


def test_a_closed_port_and_a_sender_that_is_none_are_told(tmp_path: Path) -> None:
    check = look(tmp_path, mail=by_smtp(free_port()))["邮件"]
    assert (check.state, "未开放该端口" in check.detail, "mail.port" in check.remedy) == ("warning", True, True)
    office = OfficeSettings(email="技贸办")
    check = look(tmp_path, mail=by_smtp(free_port()), office=office)["邮件"]
    assert (check.state, "office.email 不是可用的邮箱地址" in check.detail) == ("error", True)


def test_the_key_for_signing_is_read_and_its_record_shown(tmp_path: Path) -> None:
    assert "不签名" in look(tmp_path)["邮件签名"].detail
    key = tmp_path / "dkim.pem"
    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    key.touch(mode=0o600)
    key.write_bytes(pem)
    mail = MailSettings(dkim_domain="office.example", dkim_selector="t1", dkim_key_file=str(key))
    own, below, other = (
        look(tmp_path, mail=mail, office=OfficeSettings(email=address))["邮件签名"]
        for address in ("tbt@office.example", "tbt@mail.office.example", "tbt@notoffice.example")
    )
    assert own.state == below.state == "ok"
    assert "t1._domainkey.office.example 的 TXT 记录为：v=DKIM1; k=ed25519; p=" in own.remedy
    assert (other.state, "不一致" in other.detail) == ("warning", True)
    key.chmod(0o644)
    check = look(tmp_path, mail=mail)["邮件签名"]
    assert (check.state, "可被他人读取" in check.detail, "chmod 600" in check.remedy) == ("error", True, True)
    check = look(tmp_path, mail=MailSettings(dkim_domain="office.example"))["邮件签名"]
    assert (check.state, "mail.dkim_selector" in check.detail) == ("error", True)
