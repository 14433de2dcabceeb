"""The only reader of the environment and of `tbtwatch.toml`.

Precedence: command line, environment (`TBTWATCH_...`, `__` between the parts of a name), `tbtwatch.toml` in the home
folder, defaults below. An unknown key is an error. Secrets belong in the environment or in the file that
`mail.password_file` names.
"""

from __future__ import annotations

import os
import tomllib
from datetime import time
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
    bounce_address: str = Field(
        default="", description="退信地址（信封发件人），留空则用 office.email", pattern=r"^([!-;=?A-~]+@[!-;=?A-~]+)?$"
    )
    dkim_domain: str = Field(
        default="", description="DKIM 签名的域名，应与 office.email 的域名相同；三项 dkim 设置都留空则不签名"
    )
    dkim_selector: str = Field(default="", description="DKIM 选择符，公钥发布在“选择符._domainkey.域名”的 TXT 记录中")
    dkim_key_file: str = Field(default="", description="DKIM 私钥文件（PEM 格式，RSA 或 Ed25519，权限 600）")
    timeout_seconds: float = Field(default=30.0, description="连接和读写超时（秒）", gt=0)
    send_unreviewed: bool = Field(default=False, description="是否允许未经人工研判的机器匹配直接发送")
    unsubscribe_url: str = Field(default="", description="一键退订网址（https），留空则不写该邮件头")


class InboxSettings(BaseModel):
    """Where bounces, replies and unsubscriptions are read. Nothing is changed there."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    folder: str = Field(default="", description="存放来信的文件夹或文件：Maildir、.eml 文件夹、mbox 文件，留空则不读")
    host: str = Field(default="", description="IMAP 服务器，留空则不连接")
    port: int = Field(default=993, description="IMAP 端口", ge=1, le=65535)
    security: Literal["none", "starttls", "tls"] = Field(default="tls", description="连接加密方式")
    user: str = Field(default="", description="IMAP 用户名（一般为完整邮箱地址）")
    password: str = Field(
        default="", description="IMAP 密码或授权码，只应写在环境变量 TBTWATCH_INBOX__PASSWORD 中", repr=False
    )
    password_file: str = Field(default="", description="存放 IMAP 密码的文件（权限 600）")
    ca_file: str = Field(default="", description="自建证书机构的 CA 文件")
    mailbox: str = Field(default="INBOX", description="读取的邮箱文件夹，收件箱为 INBOX", min_length=1)
    days: int = Field(default=30, description="读取 IMAP 服务器上最近几天的来信", ge=1, le=3650)


class AlertSettings(BaseModel):
    """When firms are told, beyond what each asked for (订阅方式)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    daily_at: time = Field(default=time(9), description="日报、周报的发出时间（北京时间）")
    weekly_on: int = Field(default=1, description="周报在星期几发出：1 星期一 … 7 星期日", ge=1, le=7)
    daily_cap: int = Field(default=5, description="每个联系人每天最多几封，超出的合并为一封", ge=1)


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


class TranslateSettings(BaseModel):
    """Who translates titles that no officer has translated. Only a title and its summary are ever told."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    by: Literal["none", "local", "http"] = Field(
        default="none", description="none：不用机器翻译；local：本机模型；http：OpenAI 兼容接口"
    )
    model: str = Field(default="", description="local：翻译模型文件夹（Marian、NLLB、M2M100）；http：模型名称")
    languages: tuple[str, ...] = Field(
        default=("en",), description='local 所用模型能译的语言（ISO 639-1），如 ["en", "es"]'
    )
    allow_download: bool = Field(default=False, description="local：是否允许从网上下载模型（须同时写明 revision）")
    revision: str = Field(default="", description="local：下载模型的固定版本（提交号）")
    url: str = Field(default="", description="http：接口地址，形如 https://…/v1；通报标题和内容摘要会发往该地址")
    allow_http: bool = Field(default=False, description="http：是否允许不加密的 http 地址（仅限单位内网）")
    api_key: str = Field(
        default="", description="http：访问密钥，只应写在环境变量 TBTWATCH_TRANSLATE__API_KEY 中", repr=False
    )
    api_key_file: str = Field(default="", description="http：存放访问密钥的文件（权限 600）")
    timeout_seconds: float = Field(default=60.0, description="http：每次请求的超时（秒）", gt=0)
    attempts: int = Field(default=3, description="http：连接失败或服务繁忙时最多尝试几次", ge=1, le=10)


class ReportSettings(BaseModel):
    """How the bulletin is made."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    font_folder: str = Field(default="", description="仿宋、小标宋等字体文件所在文件夹，留空则只用系统字体和随程序字体")
    simulated: bool = Field(default=False, description="数据为示例数据时设为 true，文稿会标明")
    first_overall: int = Field(default=1, description="首次用本程序印发时的总期号（此前已印发37期的填38）", ge=1)
    first_in_year: int = Field(default=1, description="首次用本程序印发时的年度期号", ge=1)
    report_to: str = Field(default="", description="文末“报”的单位，留空则不印")
    copy_to: str = Field(default="", description="文末“送”的单位，留空则不印")
    send_to: str = Field(default="", description="文末“发”的单位，留空则不印")
    site_url: str = Field(
        default="",
        description="技贸措施专栏的网址（https://…），写在订阅源中，留空则用相对链接",
        pattern=r"^(https?://[^\s<>\"'#?]+)?$",
    )


class PrivacySettings(BaseModel):
    """Why addresses of contacts are held, and how long."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    purpose: str = Field(default="技术性贸易措施风险告知", description="联系邮箱的处理目的", min_length=1)
    basis: str = Field(
        default="履行法定职责（个人信息保护法第十三条第一款第三项）", description="联系邮箱的处理依据", min_length=1
    )
    retention_days: int = Field(default=730, description="联系人停用后、邮件文件写成后保存的天数", ge=1, le=36500)


class PublishSettings(BaseModel):
    """What analysts get."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    firm_names: bool = Field(default=False, description="发布副本是否含企业名称和信用代码")
    keep: int = Field(default=7, description="保留几份发布副本（已印发期次所依据的副本另外保留）", ge=1)
    parquet_hours: float = Field(
        default=6.0,
        description="Parquet 文件夹至少保留几小时，不论份数：逐个打开文件的程序可能还没有读完",
        ge=0,
    )


class Settings(BaseSettings):
    """All settings, each with a default."""

    model_config = SettingsConfigDict(
        env_prefix="TBTWATCH_", env_nested_delimiter="__", extra="forbid", frozen=True, case_sensitive=False
    )

    office: OfficeSettings = OfficeSettings()
    mail: MailSettings = MailSettings()
    inbox: InboxSettings = InboxSettings()
    alerts: AlertSettings = AlertSettings()
    match: MatchSettings = MatchSettings()
    crawl: CrawlSettings = CrawlSettings()
    translate: TranslateSettings = TranslateSettings()
    report: ReportSettings = ReportSettings()
    publish: PublishSettings = PublishSettings()
    privacy: PrivacySettings = PrivacySettings()

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


def inbox_password(settings: InboxSettings) -> str:
    """Return the IMAP password from the environment or from the file that the settings name."""
    return settings.password or _secret_in(settings.password_file, "inbox.password_file")


def dkim_key(settings: MailSettings) -> str:
    """Return the private DKIM key (PEM) from the file that the settings name, "" where none is named."""
    return _secret_in(settings.dkim_key_file, "mail.dkim_key_file", what="私钥文件")


def translate_key(settings: TranslateSettings) -> str:
    """Return the access key of the translation service from the environment or from the file that is named."""
    return settings.api_key or _secret_in(settings.api_key_file, "translate.api_key_file", what="密钥文件")


def source_key(settings: CrawlSettings, key_setting: str) -> str:
    """Return the access key that a source card asks for by the name of its setting; "" where none is set."""
    if key_setting == "crawl.wto_api_key":
        return settings.wto_api_key or _secret_in(settings.wto_api_key_file, "crawl.wto_api_key_file")
    return ""


def _secret_in(name: str, setting: str, *, what: str = "密码文件") -> str:
    if not name:
        return ""
    path = Path(name).expanduser()
    try:
        if path.stat().st_mode & 0o077:
            raise InputError(f"{what}可被他人读取：{path}", f"请运行 chmod 600 {path}")
        return path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise InputError(f"无法读取{what}：{path}", f"请检查 {setting}。") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{what}不是文本文件：{path}", f"请检查 {setting}。") from error


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
