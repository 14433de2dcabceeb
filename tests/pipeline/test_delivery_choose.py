"""Which transport the settings name, and what of them it gets."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.config import MailSettings, OfficeSettings, Settings, read_settings
from pipeline.context import Context
from pipeline.delivery import EmlTransport, SmtpTransport, envelope_sender
from pipeline.delivery.choose import open_transport, smtp_settings
from pipeline.home import Home
from warehouse.errors import InputError


def test_files_are_the_default_and_a_server_takes_a_setting(plain_environment: None, tmp_path: Path) -> None:
    context = Context(home=Home(tmp_path), now=datetime(2026, 3, 12, tzinfo=UTC), settings=Settings())
    with open_transport(context) as transport:
        assert isinstance(transport, EmlTransport)
        assert transport.folder == Home(tmp_path).outbox
    settings = Settings(mail=MailSettings(transport="smtp", host="mail.office.example"))
    with open_transport(Context(home=context.home, now=context.now, settings=settings)) as transport:
        assert isinstance(transport, SmtpTransport)


def test_the_password_comes_from_its_file(tmp_path: Path) -> None:
    path = tmp_path / "password"
    path.touch(mode=0o600)
    path.write_text("open-sesame\n", encoding="utf-8")
    found = smtp_settings(MailSettings(user="office", password_file=str(path), ca_file="~/ca.pem", timeout_seconds=7))
    assert (found.user, found.password, found.timeout) == ("office", "open-sesame", 7.0)
    assert found.ca_file == Path("~/ca.pem").expanduser()
    path.chmod(0o644)
    with pytest.raises(InputError, match="可被他人读取"):
        smtp_settings(MailSettings(user="office", password_file=str(path)))


def test_bounces_go_to_the_office_unless_told_otherwise(plain_environment: None) -> None:
    office = OfficeSettings(email="tbt@office.example")
    assert envelope_sender(Settings(office=office)) == "tbt@office.example"
    mail = MailSettings(bounce_address="bounce@office.example")
    assert envelope_sender(Settings(office=office, mail=mail)) == "bounce@office.example"
    with pytest.raises(InputError, match=r"office\.email 不是可用的邮箱地址：技贸办"):
        envelope_sender(Settings(office=OfficeSettings(email="技贸办")))


@pytest.mark.parametrize("value", ["bounce", "a b@office.example", "退信@office.example", "<a@office.example>"])
def test_a_bounce_address_that_is_none_is_named(plain_environment: None, tmp_path: Path, value: str) -> None:
    home = Home(tmp_path)
    home.settings.write_text(f'[mail]\nbounce_address = "{value}"\n', encoding="utf-8")
    with pytest.raises(InputError, match=r"mail\.bounce_address"):
        read_settings(home)
