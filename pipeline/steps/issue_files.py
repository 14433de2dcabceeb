"""The folder of a released issue: written once as a whole, read-only, compared with its hashes on every later run."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline.context import Context
from pipeline.steps.render_issue import RESTRICTED_FOLDER, file_name, version_files
from reports.bulletin.facts import BulletinFacts
from reports.bulletin.frozen import freeze, thaw
from warehouse.connection import Connection
from warehouse.errors import InputError, StageError
from warehouse.issues_released import Frozen, ReleasedIssue, issue_facts, issue_files, read_issues

FOLDER = "正式"
_MANIFEST = "MANIFEST.json"
MANIFEST = f"{RESTRICTED_FOLDER}/{_MANIFEST}"  # it says who released the issue and in spite of what
_STAGED = ".正式.part"
_DATA = "定稿数据"
_READ_ONLY = 0o444


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A released issue's files after a look at them; `restored` were missing and drawn again."""

    issue: ReleasedIssue
    files: tuple[Path, ...]
    restored: tuple[str, ...]


def issue_contents(public: BulletinFacts, restricted: BulletinFacts, month: str, context: Context) -> dict[str, bytes]:
    """Every file of an issue but the manifest, by name: both versions and their facts as canonical JSON."""
    contents: dict[str, bytes] = {}
    for facts in (public, restricted):
        contents |= version_files(facts, month, context)
        contents[_data_name(facts, month)] = freeze(facts).encode()
    return contents


def manifest_of(issue: ReleasedIssue, hashes: Mapping[str, str]) -> bytes:
    """MANIFEST.json: the issue, its data and the SHA-256 of each file."""
    data = {
        "report_month": issue.report_month,
        "year": issue.year,
        "in_year": issue.in_year,
        "overall": issue.overall,
        "released_at": issue.released_at.isoformat(),
        "released_by": issue.released_by,
        "in_spite_of": issue.in_spite_of,
        "tool_version": issue.tool_version,
        "facts_sha256": issue.facts_sha256,
        "snapshot": {"name": issue.snapshot, "sha256": issue.snapshot_sha256},
        "files": dict(sorted(hashes.items())),
    }
    return (json.dumps(data, ensure_ascii=False, indent=2) + "\n").encode()


def sha256_of(content: bytes) -> str:
    """SHA-256 as it stands in manifests and tables."""
    return hashlib.sha256(content).hexdigest()


def sha256_of_file(path: Path) -> str:
    """SHA-256 of a file of any size."""
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def stage(folder: Path, contents: Mapping[str, bytes]) -> None:
    """Write the files beside their place, to the disk and read-only; what a killed run left there is cleared."""
    staged = folder / _STAGED
    _clear(staged)
    try:
        for name, content in contents.items():
            _write_durably(staged / name, content)
    except OSError as error:
        raise _unwritable(staged, error) from error


def promote(folder: Path) -> None:
    """Give the staged files their place in one step."""
    try:
        (folder / _STAGED).rename(folder / FOLDER)
    except OSError as error:
        raise _unwritable(folder / FOLDER, error) from error


def put_aside_withdrawn(con: Connection, folder: Path, month: str) -> None:
    """Move away the files of an issue of the month that was withdrawn, also where a killed run left them."""
    place = folder / FOLDER
    withdrawn = next((i for i in read_issues(con) if i.report_month == month and i.withdrawn_at is not None), None)
    if place.exists() and withdrawn is not None:
        place.rename(folder / f"已撤回_总第{withdrawn.overall}期")


def require_place_free(folder: Path) -> None:
    """Refuse a folder 正式 that no issue in the database explains: it may be of another database."""
    if (folder / FOLDER).exists():
        raise InputError(
            f"文件夹已存在，但数据库中没有该月已印发的期次：{folder / FOLDER}",
            "可能恢复过旧的数据库，或 --home 有误；请核对后移走该文件夹再印发。",
        )


def keep_standing(con: Connection, context: Context, issue: ReleasedIssue) -> Standing:
    """Look at a released issue's files: finish an interrupted release, draw missing files again from frozen facts.

    Raises InputError naming files that were altered, StageError where a file drawn again is not the one released.
    """
    folder = context.home.reports / issue.report_month
    hashes = issue_files(con, issue.overall)
    place = folder / FOLDER
    if not place.exists() and _is_whole(folder / _STAGED, hashes):
        promote(folder)
    altered = [name for name, sha in hashes.items() if (place / name).exists() and sha256_of_file(place / name) != sha]
    if altered:
        raise InputError(
            f"{issue.name_zh}的正式文件被改动：{'、'.join(altered)}",
            f"请从备份恢复；没有备份的，从 {place} 移走被改动的文件后再次运行，程序将按定稿数据重新生成。",
        )
    missing = [name for name in hashes if not (place / name).exists()]
    if missing:
        _restore(con, context, issue, place, missing)
    _clear(folder / _STAGED)
    return Standing(issue=issue, files=tuple(place / name for name in hashes), restored=tuple(missing))


def copy_standing(standing: Standing, context: Context, out: Path) -> tuple[Path, ...]:
    """Copy a released issue's files to `out`, the same bytes; refuses to write over a file that differs."""
    place = context.home.reports / standing.issue.report_month / FOLDER
    pairs = [(path, out / path.relative_to(place)) for path in standing.files]
    for source, target in pairs:
        if target.exists() and sha256_of_file(target) != sha256_of_file(source):
            raise InputError(f"文件已存在且内容不同：{target}", "该月已印发，程序不覆盖；请换一个输出文件夹。")
    for source, target in pairs:
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
    return tuple(target for _, target in pairs)


def _restore(con: Connection, context: Context, issue: ReleasedIssue, place: Path, missing: list[str]) -> None:
    frozen = issue_facts(con, issue.overall)
    hashes = issue_files(con, issue.overall)
    contents = _contents_again(frozen, issue, hashes, context, missing)
    different = [name for name in missing if sha256_of(contents.get(name, b"")) != hashes[name]]
    if different:
        raise StageError(
            f"{issue.name_zh}缺少正式文件，按定稿数据重新生成的与印发时不一致：{'、'.join(different)}",
            f"程序或字体可能已更新（印发时程序版本 {issue.tool_version}）；未写入任何文件，请从备份恢复到 {place}。",
        )
    try:
        for name in missing:
            _write_durably(place / name, contents[name])
    except OSError as error:
        raise _unwritable(place, error) from error


def _contents_again(
    frozen: Frozen, issue: ReleasedIssue, hashes: Mapping[str, str], context: Context, missing: list[str]
) -> dict[str, bytes]:
    """The missing files anew; nothing is drawn where only data or the manifest is wanted."""
    public, restricted = (
        file_name(issue.report_month, "json", restricted=False, title=_DATA),
        file_name(issue.report_month, "json", restricted=True, title=_DATA),
    )
    # an issue of an older version of the program has it among the public files
    manifest = next(name for name in hashes if name in (MANIFEST, _MANIFEST))
    others = {name: sha for name, sha in hashes.items() if name != manifest}
    contents = {
        public: frozen.public.encode(),
        restricted: frozen.restricted.encode(),
        manifest: manifest_of(issue, others),
    }
    if set(missing) <= set(contents):
        return contents
    return issue_contents(thaw(frozen.public), thaw(frozen.restricted), issue.report_month, context) | contents


def _data_name(facts: BulletinFacts, month: str) -> str:
    return file_name(month, "json", restricted=facts.firm_names, title=_DATA)


def _is_whole(staged: Path, hashes: Mapping[str, str]) -> bool:
    return all((staged / name).is_file() and sha256_of_file(staged / name) == sha for name, sha in hashes.items())


def _write_durably(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(path.name + ".part")
    with draft.open("wb") as target:
        target.write(content)
        target.flush()
        os.fsync(target.fileno())
    draft.chmod(_READ_ONLY)
    draft.replace(path)


def _clear(staged: Path) -> None:
    if staged.exists():
        shutil.rmtree(staged)


def _unwritable(path: Path, error: OSError) -> StageError:
    return StageError(f"无法写入：{path}（{error.strerror}）", "请检查磁盘空间和文件夹权限，再重新运行。")
