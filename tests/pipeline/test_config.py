"""Settings: precedence, unknown keys, and a password that shows nowhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.config import MailSettings, mail_password, read_home, read_settings
from pipeline.home import Home
from warehouse.errors import InputError

SECRET = "geheim-4711"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    for name in ("HOME", "MATCH__ENCODER", "MATCH__ENCODER_CACHE", "MAIL__PASSWORD", "OFFICE__CITY"):
        monkeypatch.delenv(f"TBTWATCH_{name}", raising=False)
    return Home(tmp_path)


def test_everything_has_a_default_and_mails_stay_in_the_house(place: Home) -> None:
    settings = read_settings(place)
    assert settings.mail.transport == "eml"
    assert settings.mail.send_unreviewed is False
    assert settings.publish.firm_names is False
    assert settings.match.encoder == "embedded"


def test_the_file_wins_over_defaults_and_the_environment_over_the_file(
    place: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.settings.write_text('[office]\nissuer = "甲办公室"\nphone = "1"\n[publish]\nkeep = 3\n', encoding="utf-8")
    assert read_settings(place).office.issuer == "甲办公室"
    monkeypatch.setenv("TBTWATCH_OFFICE__ISSUER", "乙办公室")
    settings = read_settings(place)
    assert (settings.office.issuer, settings.office.phone, settings.publish.keep) == ("乙办公室", "1", 3)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('[mail]\ntransprot = "smtp"\n', "mail.transprot"),
        ("[mial]\nport = 25\n", "mial"),
        ("[mail]\nport = 70000\n", "mail.port"),
        ('[mail]\ntransport = "fax"\n', "mail.transport"),
        ("[publish]\nkeep = 0\n", "publish.keep"),
    ],
)
def test_a_wrong_setting_is_named_with_its_file(place: Home, text: str, named: str) -> None:
    place.settings.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=named) as caught:
        read_settings(place)
    assert str(place.settings) in caught.value.next_step


@pytest.mark.parametrize("content", [b"[mail\nport = 25\n", b"\xff\xfe\x00 not text"])
def test_a_file_that_is_no_toml_is_refused(place: Home, content: bytes) -> None:
    place.settings.write_bytes(content)
    with pytest.raises(InputError, match=r"tbtwatch\.toml"):
        read_settings(place)


def test_a_home_below_a_file_and_a_settings_folder_are_refused(place: Home) -> None:
    (place.root / "file").write_text("x", encoding="utf-8")
    with pytest.raises(InputError, match="不是文件夹"):
        read_settings(Home(place.root / "file"))
    place.settings.mkdir()
    with pytest.raises(InputError, match="无法读取设置文件"):
        read_settings(place)


def test_the_password_shows_in_no_repr_and_no_error(place: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TBTWATCH_MAIL__PASSWORD", SECRET)
    settings = read_settings(place)
    assert mail_password(settings.mail) == SECRET
    assert SECRET not in repr(settings) + str(settings) + repr(settings.mail)
    place.settings.write_text("[mail]\nport = 70000\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_settings(place)
    assert SECRET not in str(caught.value)


def test_a_password_file_must_be_private(tmp_path: Path) -> None:
    path = tmp_path / "password"
    path.write_text(f"{SECRET}\n", encoding="utf-8")
    mail = MailSettings(password_file=str(path))
    path.chmod(0o644)
    with pytest.raises(InputError, match="可被他人读取") as caught:
        mail_password(mail)
    assert "chmod 600" in caught.value.next_step
    path.chmod(0o600)
    assert mail_password(mail) == SECRET
    path.unlink()
    with pytest.raises(InputError, match="无法读取密码文件"):
        mail_password(mail)


def test_the_home_is_stated_or_from_the_environment_or_var(place: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(place.root)
    assert read_home(None).root == place.root / "var"
    monkeypatch.setenv("TBTWATCH_HOME", str(place.root / "elsewhere"))
    assert read_home(None).root == place.root / "elsewhere"
    assert read_home(Path("stated")).root == place.root / "stated"
