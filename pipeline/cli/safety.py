"""`tbtwatch backup`, `tbtwatch restore`."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.output import session_of


def backup(
    context: typer.Context,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="备份写到哪里：文件夹，或 .zip 文件（默认主文件夹下 backups）", metavar="位置"),
    ] = None,
    keep: Annotated[
        int | None,
        typer.Option(
            "--keep", help="同一文件夹中本机、本主文件夹的备份只留最近 N 份；有遗漏或未核对时不删", metavar="N", min=1
        ),
    ] = None,
    verify: Annotated[
        bool, typer.Option("--verify/--no-verify", help="写成后读回，打开其中的数据库核对每张表的行数")
    ] = True,
) -> None:
    """备份：数据库、采集文件、设置和政策、文稿和已印发的各期，写成一个文件（含联系人邮箱，请妥善保管）。"""
    from pipeline.clock import read_now
    from pipeline.config import read_home
    from pipeline.steps.backup import make_backup

    session = session_of(context)
    home = read_home(session.home)  # settings are not read: a mistake in them must not keep anyone from a backup
    now = read_now(session.stated_now)
    made = make_backup(home, now=now, version=version("tbtwatch"), out=out, keep=keep, verify=verify)
    output = session.output
    n_rows, n_files = sum(made.manifest.n_rows.values()), len(made.manifest.files)
    output.line(f"已备份：{made.path}（{made.size / 1e6:.1f} MB，文件 {n_files} 个，数据库 {n_rows} 行）")
    if made.is_verified:
        output.line("已读回核对：每个文件的校验值、数据库每张表的行数均一致。")
    output.line("备份含联系人邮箱等个人信息，只有文件所有者可读；请另存一份到其他磁盘。")
    for path in made.removed:
        output.line(f"已删除旧备份：{path}")
    if keep is not None and not made.is_trusted:
        reason = "有内容未能备份" if made.is_verified else "未经读回核对"
        output.line(f"  [注意] 这份备份{reason}，旧备份一份也未删除（--keep 未起作用）。")
    for name in made.left_out:
        output.line(f"  [注意] 未能备份：{name}")
    for name in made.lost_snapshots:
        output.line(f"  [注意] 已印发各期所依据的数据快照不在，未能备份：publish/{name}")
    output.result(
        {
            "file": str(made.path),
            "size": made.size,
            "n_files": n_files,
            "n_rows": made.manifest.n_rows,
            "is_verified": made.is_verified,
            "is_trusted": made.is_trusted,
            "removed": [str(path) for path in made.removed],
            "left_out": made.left_out,
            "lost_snapshots": made.lost_snapshots,
        }
    )
    if made.left_out or made.lost_snapshots:
        raise typer.Exit(1)


def restore(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="tbtwatch backup 写成的文件", metavar="备份文件")],
    replace: Annotated[
        bool, typer.Option("--replace", help="主文件夹已有内容时也恢复；原有内容移到旁边，不删除")
    ] = False,
) -> None:
    """恢复：把备份还原到主文件夹（--home）；先核对备份和磁盘空间，有一项不符就什么都不改动。"""
    from pipeline.clock import read_now, to_shanghai
    from pipeline.config import read_home
    from pipeline.steps.restore import restore as restore_home

    session = session_of(context)
    home, now = read_home(session.home), read_now(session.stated_now)
    done = restore_home(file.expanduser().absolute(), home, now=now, replace=replace)
    output, made_at = session.output, to_shanghai(done.manifest.made_at)
    n_rows, n_files = sum(done.manifest.n_rows.values()), len(done.manifest.files)
    output.line(f"已恢复到：{done.home}（{made_at:%Y-%m-%d %H:%M} 的备份，文件 {n_files} 个，数据库 {n_rows} 行）")
    if done.moved_aside:
        output.line(f"原有内容已移到：{done.moved_aside}（含个人信息；核对无误后请自行删除）")
    for folder in done.others_aside:
        output.line(f"  [注意] 以前恢复时移开的内容还在：{folder}（含个人信息；不再需要的请自行删除）")
    output.line("接着请运行 tbtwatch cases 和 tbtwatch status 核对，再运行 tbtwatch publish 重新发布副本。")
    output.result(
        {
            "home": str(done.home),
            "made_at": done.manifest.made_at,
            "n_files": n_files,
            "n_rows": done.manifest.n_rows,
            "moved_aside": str(done.moved_aside) if done.moved_aside else None,
            "others_aside": [str(folder) for folder in done.others_aside],
        }
    )


def register(app: typer.Typer) -> None:
    """Add the commands to the root."""
    app.command("backup")(backup)
    app.command("restore")(restore)
