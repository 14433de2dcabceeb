"""Encryption and login: never in clear text where it was asked for, and the next step where it does not work."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from mail_servers import (
    HOST,
    SECRET,
    Act,
    Handler,
    checked,
    free_port,
    mail,
    make_certificate,
    planned,
    server_context,
    serving,
    transport,
)

from pipeline.delivery import SmtpSettings, SmtpTransport
from pipeline.delivery.transport import Receipt
from warehouse.errors import StageError


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return make_certificate(tmp_path_factory.mktemp("tls"))


def send(port: int, **settings: object) -> Receipt:
    with transport(port, **settings) as way:
        return way.deliver(mail())


@contextmanager
def implicit_tls(handler: Handler, context: ssl.SSLContext) -> Iterator[int]:
    controller = Controller(handler, hostname=HOST, port=free_port(), ssl_context=context)
    # Its own readiness probe speaks TLS without checking; it must, as the certificate is made up here.
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


def with_login(certificate: tuple[Path, Path]) -> dict[str, object]:
    return {
        "tls_context": server_context(certificate),
        "require_starttls": True,
        "authenticator": checked,
        "auth_required": True,
    }


def test_starttls_with_login(certificate: tuple[Path, Path]) -> None:
    handler = Handler()
    with serving(handler, **with_login(certificate)) as port:
        known = {"security": "starttls", "ca_file": certificate[0], "user": "office"}
        assert send(port, **known, password=SECRET).state == "accepted"
        with pytest.raises(StageError, match="不接受用户名或口令") as caught:
            send(port, **known, password="wrong-secret")
    assert "wrong-secret" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert len(handler.accepted) == 1


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_many_mails_share_one_encrypted_connection(
    certificate: tuple[Path, Path], security: str, version: ssl.TLSVersion
) -> None:
    handler, context = Handler(), server_context(certificate)
    context.maximum_version = version
    serve = implicit_tls(handler, context) if security == "tls" else serving(handler, tls_context=context)
    with serve as port, transport(port, security=security, ca_file=certificate[0]) as way:
        states = [way.deliver(mail(number=n)).state for n in range(1, 11)]
    assert states == ["accepted"] * 10
    assert len(handler.accepted) == 10
    assert len(handler.sessions) == 1


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_an_unknown_certificate_stops_with_the_next_step(certificate: tuple[Path, Path], security: str) -> None:
    handler, context = Handler(), server_context(certificate)
    serve = implicit_tls(handler, context) if security == "tls" else serving(handler, tls_context=context)
    with serve as port, pytest.raises(StageError, match="证书未通过验证") as caught:
        send(port, security=security)
    assert "CA 证书" in caught.value.next_step
    assert not handler.accepted


def test_a_certificate_for_another_name_is_refused(certificate: tuple[Path, Path]) -> None:
    with (
        serving(Handler(), tls_context=server_context(certificate)) as port,
        pytest.raises(StageError, match="证书未通过验证"),
    ):
        send(port, host="localhost", security="starttls", ca_file=certificate[0])


def test_it_never_falls_back_to_clear_text() -> None:
    handler = Handler()
    with serving(handler) as port:
        with pytest.raises(StageError, match="不支持 STARTTLS"):
            send(port, security="starttls")
        with pytest.raises(StageError, match="加密连接"):
            send(port, security="tls")
    with pytest.raises(StageError, match="未加密"):
        transport(25, user="office", password=SECRET)
    assert not handler.accepted


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [(b"502 not today", "拒绝加密"), (b"454 not now", "deferred"), (b"hm?", "deferred")],
)
def test_a_server_that_offers_starttls_and_does_not_do_it_gets_no_mail(answer: bytes, outcome: str) -> None:
    plan = {"ehlo": Act(b"250-test\r\n250 STARTTLS"), "starttls": Act(answer)}
    with planned(plan) as server:
        if outcome == "deferred":
            assert send(server.port, security="starttls").state == outcome
        else:
            with pytest.raises(StageError, match=outcome):
                send(server.port, security="starttls")
    assert not server.stored


def test_a_server_without_passwords_and_one_that_is_busy_are_told_apart(certificate: tuple[Path, Path]) -> None:
    known = {"security": "starttls", "ca_file": certificate[0], "user": "office", "password": SECRET}
    no_login = {"tls_context": server_context(certificate), "auth_exclude_mechanism": ["LOGIN", "PLAIN"]}
    with serving(Handler(), **no_login) as port, pytest.raises(StageError, match="不支持用户名和口令登录"):
        send(port, **known)

    def busy(*args: object) -> object:
        from aiosmtpd.smtp import AuthResult

        return AuthResult(success=False, handled=False, message="454 4.7.0 Temporary authentication failure")

    with serving(Handler(), **with_login(certificate) | {"authenticator": busy}) as port:
        receipt = send(port, **known)
    assert (receipt.state, receipt.code, receipt.status) == ("deferred", 454, "4.7.0")


def test_settings_do_not_show_credentials_and_bad_ones_are_told(tmp_path: Path) -> None:
    settings = SmtpSettings(host="mail.office.example", user="office-user", password=SECRET)
    assert SECRET not in repr(settings)
    assert "office-user" not in repr(settings)
    for change, told in (
        ({"ca_file": tmp_path / "none.pem"}, "证书文件"),
        ({"user": "office", "password": "口令１２３"}, "半角"),
        ({"host": ""}, "未设置邮件服务器"),
    ):
        with pytest.raises(StageError, match=told) as caught:
            SmtpTransport(SmtpSettings(**{"host": "mail.office.example"} | change))  # type: ignore[arg-type]
        assert "口令１２３" not in str(caught.value)
    with transport(25, host="a..b") as way, pytest.raises(StageError, match="名称写法有误"):
        way.deliver(mail())
