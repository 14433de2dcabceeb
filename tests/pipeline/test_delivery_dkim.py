"""DKIM: what was signed verifies as it arrives, nothing of it can be changed or added, and bad keys are told."""

from __future__ import annotations

import re
import shutil
import subprocess
from email.message import EmailMessage
from pathlib import Path

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key as generate_rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from mail_servers import Handler, message, serving, transport

from pipeline.config import MailSettings
from pipeline.delivery import EmlTransport, Signer, outgoing
from pipeline.delivery.dkim import SIGNED, open_signer
from pipeline.delivery.transport import wire_bytes
from warehouse.errors import InputError

NAME = b"tbt1._domainkey.office.example."
PLAIN = NoEncryption()


@pytest.fixture(scope="module")
def rsa() -> RSAPrivateKey:
    return generate_rsa(public_exponent=65537, key_size=2048)


def key_file(folder: Path, pem: bytes) -> str:
    path = folder / "dkim.pem"
    path.touch(mode=0o600)
    path.write_bytes(pem)
    return str(path)


def chosen(folder: Path, pem: bytes, **changes: str) -> MailSettings:
    values = {"dkim_domain": "office.example", "dkim_selector": "tbt1", "dkim_key_file": key_file(folder, pem)}
    return MailSettings(**values | changes)  # type: ignore[arg-type]


def signer_for(folder: Path, pem: bytes) -> Signer:
    signer = open_signer(chosen(folder, pem))
    assert signer is not None
    return signer


@pytest.fixture(params=["rsa", "ed25519"])
def signer(request: pytest.FixtureRequest, rsa: RSAPrivateKey, tmp_path: Path) -> Signer:
    key = rsa if request.param == "rsa" else Ed25519PrivateKey.generate()
    return signer_for(tmp_path, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, PLAIN))


def verifies(content: bytes, signer: Signer) -> bool:
    """Whether a receiver that finds the signer's record in the DNS accepts the signature."""

    def look_up(name: bytes, timeout: int = 5) -> bytes:
        assert name == NAME
        return signer.record.encode()

    return bool(dkim.verify(content, dnsfunc=look_up))


def alert() -> EmailMessage:
    """A mail as the office sends it: Chinese throughout, two parts, all fields that are signed."""
    mail = message("第一行\n.一个点开头\n  两个  空格\n\n\n")
    mail["Reply-To"] = "tbt@office.example"
    mail["References"] = mail["In-Reply-To"] = "<case-0@office.example>"
    mail["List-Unsubscribe"] = "<https://office.example/u?t=" + "x" * 60 + ">, <mailto:tbt@office.example>"
    mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail["List-Id"] = "技贸预警 <tbt.office.example>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.replace_header("Subject", "【预警】" + "某国关于灯具能效的条例草案" * 6)
    mail.add_alternative("<p>第一行</p>", subtype="html")
    return mail


def test_a_signed_mail_verifies_and_says_what_it_covers(signer: Signer) -> None:
    content = wire_bytes(alert())
    signed = signer.sign(content)
    assert signed.endswith(content)
    assert verifies(signed, signer)
    head = re.sub(rb"\s", b"", signed[: -len(content)])
    assert head.startswith(
        b"DKIM-Signature:v=1;a=" + signer.algorithm.encode() + b";c=relaxed/relaxed;d=office.example;"
    )
    assert b";s=tbt1;" in head
    assert b";t=1773277200;" in head, "the mail's own Date"
    found = re.search(rb";h=([^;]+);", head)
    assert found is not None
    names = found.group(1).decode().split(":")
    assert {name: names.count(name) for name in names} == {name.lower(): 2 for name in SIGNED}
    assert all(len(line) <= 78 for line in signed[: -len(content)].splitlines())


def test_a_changed_body_fails(signer: Signer) -> None:
    signed = signer.sign(wire_bytes(alert()))
    assert not verifies(signed.replace(b"text/html", b"text/xhtml"), signer)
    assert not verifies(signed.rstrip() + b"\r\nPS: pay here\r\n", signer)


@pytest.mark.parametrize("name", SIGNED)
def test_no_signed_field_can_be_changed_removed_or_added(rsa: RSAPrivateKey, tmp_path: Path, name: str) -> None:
    signer = signer_for(tmp_path, rsa.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, PLAIN))
    signed = signer.sign(wire_bytes(alert()))
    field = re.compile(rb"^" + name.encode() + rb": (.*\r\n([ \t].*\r\n)*)", re.MULTILINE)
    assert field.search(signed)
    assert not verifies(field.sub(name.encode() + b": x@evil.example\r\n", signed, count=1), signer)
    assert not verifies(field.sub(b"", signed, count=1), signer)
    added = name.encode() + b": x@evil.example\r\n"
    assert not verifies(added + signed, signer)
    assert not verifies(signed.replace(b"\r\n\r\n", b"\r\n" + added + b"\r\n", 1), signer)


@pytest.mark.parametrize("name", ["List-Unsubscribe", "Reply-To", "In-Reply-To"])
def test_a_field_that_the_mail_does_not_have_cannot_be_added_either(signer: Signer, name: str) -> None:
    signed = signer.sign(wire_bytes(message()))
    assert verifies(signed, signer)
    assert not verifies(f"{name}: <mailto:x@evil.example>\r\n".encode() + signed, signer)


def test_what_relays_may_do_does_no_harm(signer: Signer) -> None:
    signed = signer.sign(wire_bytes(alert()))
    passed = b"Received: from a by b; Thu, 12 Mar 2026 09:00:01 +0800\r\n" + signed
    passed = passed.replace(b"MIME-Version: 1.0", b"mime-version:  1.0 ", 1) + b"\r\n\r\n"
    assert passed != signed
    assert verifies(passed, signer)


def test_the_octets_that_a_server_receives_verify(signer: Signer) -> None:
    handler = Handler()
    mail = outgoing(alert(), sender="bounce@office.example", recipient="a@firm.example", signer=signer)
    with serving(handler) as port, transport(port) as way:
        assert way.deliver(mail).state == "accepted"
    received = handler.accepted[0][2]
    assert received == mail.content
    assert verifies(received, signer)


def test_the_same_mail_gets_the_same_signature(signer: Signer, tmp_path: Path) -> None:
    first, second = (
        outgoing(alert_with(b"fixed"), sender="", recipient="a@firm.example", signer=signer) for _ in range(2)
    )
    assert first == second
    outbox = EmlTransport(tmp_path / "outbox")
    outbox.deliver(first)
    assert "未重复写入" in outbox.deliver(second).detail


def alert_with(boundary: bytes) -> EmailMessage:
    mail = alert()
    mail.set_boundary(boundary.decode())
    return mail


def test_only_a_mail_with_from_and_date_is_signed(signer: Signer) -> None:
    for name in ("From", "Date"):
        mail = message()
        del mail[name]
        with pytest.raises(ValueError, match="From and Date"):
            signer.sign(wire_bytes(mail))


def test_the_key_shows_nowhere(signer: Signer) -> None:
    assert signer.key.decode() not in repr(signer)
    assert "PRIVATE" not in repr(signer)
    assert signer.name == "tbt1._domainkey.office.example"


def test_every_form_of_an_rsa_key_that_openssl_writes_is_read(rsa: RSAPrivateKey, tmp_path: Path) -> None:
    for form in (PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL):
        pem = rsa.private_bytes(Encoding.PEM, form, PLAIN)
        for text in (pem, pem.replace(b"\n", b"\r\n"), b"\n" + pem + b"\n"):
            signer = signer_for(tmp_path, text)
            assert verifies(signer.sign(wire_bytes(message())), signer)


def test_no_settings_mean_no_signature() -> None:
    assert open_signer(MailSettings()) is None
    mail = outgoing(message(), sender="", recipient="a@firm.example", signer=None)
    assert b"DKIM-Signature" not in mail.content


@pytest.mark.parametrize("left_out", ["dkim_domain", "dkim_selector", "dkim_key_file"])
def test_half_of_the_settings_is_an_error_that_names_the_rest(
    rsa: RSAPrivateKey, tmp_path: Path, left_out: str
) -> None:
    pem = rsa.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, PLAIN)
    with pytest.raises(InputError, match=f"缺少：mail.{left_out}"):
        open_signer(chosen(tmp_path, pem, **{left_out: ""}))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("dkim_domain", "武汉.example"),
        ("dkim_domain", "office.example; d=x"),
        ("dkim_selector", "a b"),
        ("dkim_selector", "-a"),
    ],
)
def test_a_domain_or_selector_that_is_none_is_named(tmp_path: Path, key: str, value: str) -> None:
    with pytest.raises(InputError, match=f"mail.{key} 不是域名的写法"):
        open_signer(chosen(tmp_path, b"", **{key: value}))


def test_a_key_that_cannot_be_used_is_told_with_the_next_step(rsa: RSAPrivateKey, tmp_path: Path) -> None:
    pkcs8 = rsa.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, PLAIN)
    locked = rsa.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"secret"))
    public = rsa.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    other = generate_private_key(SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, PLAIN)
    der = rsa.private_bytes(Encoding.DER, PrivateFormat.PKCS8, PLAIN)
    for pem, told in (
        (locked, "设有口令"),
        (public, "不是 PEM 格式的私钥"),
        (b"", "不是 PEM 格式的私钥"),
        (pkcs8[:200], "不是 PEM 格式的私钥"),
        (der, "不是文本文件"),
        (other, "只能用 RSA 或 Ed25519"),
    ):
        with pytest.raises(InputError, match=told) as caught:
            open_signer(chosen(tmp_path, pem))
        assert caught.value.next_step
        assert "dkim" in str(caught.value)
    readable = chosen(tmp_path, pkcs8)
    Path(readable.dkim_key_file).chmod(0o640)
    with pytest.raises(InputError, match="私钥文件可被他人读取"):
        open_signer(readable)
    with pytest.raises(InputError, match="无法读取私钥文件"):
        open_signer(chosen(tmp_path, pkcs8, dkim_key_file=str(tmp_path / "none.pem")))


def test_a_key_too_short_for_receivers_is_refused(tmp_path: Path) -> None:
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("needs the openssl command: Python's library makes no key as short")
    made = subprocess.run([openssl, "genrsa", "768"], check=True, capture_output=True)
    with pytest.raises(InputError, match="768"):
        open_signer(chosen(tmp_path, made.stdout))
