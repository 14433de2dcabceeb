"""The only reader of the environment and of `tbtwatch.toml`.

Precedence: command line, environment (`TBTWATCH_...`, `__` between the parts of a name), `tbtwatch.toml` in the home
folder, defaults below. An unknown key is an error. Secrets belong in the environment or in the file that
`mail.password_file` names.
"""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from pipeline.home import Home
from warehouse.errors import InputError


class OfficeSettings(BaseModel):
    """Who issues bulletins and alerts."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    issuer: str = Field(default="武汉市技术性贸易措施监测预警工作组", description="编发单位")
    phone: str = Field(default="", description="联系电话，印在提示和邮件中")
    email: str = Field(default="tbt-office@example.com", description="发件人和回复地址")
    reminders: str = Field(default="", description="督办提醒的收件地址，留空则用 office.email")


class MailSettings(BaseModel):
    """How alerts leave the house."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    transport: Literal["eml", "smtp"] = Field(default="eml", description="eml：写成文件；smtp：交邮件服务器发送")
    host: str = Field(default="localhost", description="SMTP 服务器")
    port: int = Field(default=587, description="SMTP 端口", ge=1, le=65535)
    security: Literal["none", "starttls", "tls"] = Field(default="starttls", description="连接加密方式")
    user: str = Field(default="", description="SMTP 用户名，留空则不认证")
    password: str = Field(default="", description="SMTP 密码，只应写在环境变量 TBTWATCH_MAIL__PASSWORD 中", repr=False)
    password_file: str = Field(default="", description="存放 SMTP 密码的文件（权限 600）")
    ca_file: str = Field(default="", description="自建证书机构的 CA 文件")
    timeout_seconds: float = Field(default=30.0, description="连接和读写超时（秒）", gt=0)
    send_unreviewed: bool = Field(default=False, description="是否允许未经人工研判的机器匹配直接发送")
    unsubscribe_url: str = Field(default="", description="一键退订网址（https），留空则不写该邮件头")


class MatchSettings(BaseModel):
    """Which encoder reads the texts."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    encoder: str = Field(
        default="embedded",
        description="embedded：随程序提供的 multilingual-e5-small；hashing：字符哈希（仅供测试）；"
        "其他值视为 sentence-transformers 模型名或文件夹",
    )
    encoder_cache: str = Field(default="", description="解包后模型的存放文件夹，留空则在主文件夹的 cache 下")


class CrawlSettings(BaseModel):
    """How sources are asked."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    contact: str = Field(default="", description="写在采集程序标识中的联系邮箱或网址，留空则用 office.email")
    wto_api_key: str = Field(
        default="", description="WTO API 访问密钥，只应写在环境变量 TBTWATCH_CRAWL__WTO_API_KEY 中", repr=False
    )
    wto_api_key_file: str = Field(default="", description="存放 WTO API 访问密钥的文件（权限 600）")


class ReportSettings(BaseModel):
    """How the bulletin is made."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    font_folder: str = Field(default="", description="仿宋、小标宋等字体文件所在文件夹，留空则只用系统字体和随程序字体")
    simulated: bool = Field(default=False, description="数据为示例数据时设为 true，文稿会标明")


class PublishSettings(BaseModel):
    """What analysts get."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    firm_names: bool = Field(default=False, description="发布副本是否含企业名称和信用代码")
    keep: int = Field(default=7, description="保留几份发布副本", ge=1)


class Settings(BaseSettings):
    """All settings, each with a default."""

    model_config = SettingsConfigDict(
        env_prefix="TBTWATCH_", env_nested_delimiter="__", extra="forbid", frozen=True, case_sensitive=False
    )

    office: OfficeSettings = OfficeSettings()
    mail: MailSettings = MailSettings()
    match: MatchSettings = MatchSettings()
    crawl: CrawlSettings = CrawlSettings()
    report: ReportSettings = ReportSettings()
    publish: PublishSettings = PublishSettings()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Let the environment win over the values read from the file, which come in as arguments."""
        return env_settings, init_settings


def read_home(stated: Path | None) -> Home:
    """Return the home folder: `--home`, else `TBTWATCH_HOME`, else `var/` below the current folder."""
    return Home((stated or Path(os.environ.get("TBTWATCH_HOME") or "var")).expanduser().absolute())


def read_settings(home: Home) -> Settings:
    """Read the settings of an installation; raises InputError naming the file, the key and what was expected."""
    try:
        return Settings(**_file_values(home.settings))
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise InputError(
            f"设置有误：{key}（{first['msg']}）",
            f"请检查 {home.settings} 和环境变量 TBTWATCH_*；全部设置见 docs/settings.md。",
        ) from error


def mail_password(settings: MailSettings) -> str:
    """Return the SMTP password from the environment or from the file that the settings name."""
    return settings.password or _secret_in(settings.password_file, "mail.password_file")


def source_key(settings: CrawlSettings, key_setting: str) -> str:
    """Return the access key that a source card asks for by the name of its setting; "" where none is set."""
    if key_setting == "crawl.wto_api_key":
        return settings.wto_api_key or _secret_in(settings.wto_api_key_file, "crawl.wto_api_key_file")
    return ""


def _secret_in(name: str, setting: str) -> str:
    if not name:
        return ""
    path = Path(name).expanduser()
    try:
        if path.stat().st_mode & 0o077:
            raise InputError(f"密码文件可被他人读取：{path}", f"请运行 chmod 600 {path}")
        return path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise InputError(f"无法读取密码文件：{path}", f"请检查 {setting}。") from error


def _file_values(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except NotADirectoryError as error:
        raise InputError(
            f"主文件夹的路径不是文件夹：{path.parent}", "请检查 --home 或环境变量 TBTWATCH_HOME。"
        ) from error
    except OSError as error:
        raise InputError(f"无法读取设置文件：{path}（{error.strerror}）", "请检查文件权限。") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"设置文件无法解析：{path}（{error}）", "请按 TOML 格式修改该行。") from error
