"""`tbtwatch report site`: writes the public 技贸措施专栏 as a folder and puts it in place as a whole."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.bulletin.named_firms import FirmFinder
from pipeline.bulletin.public_words import Unfit
from pipeline.clock import to_shanghai
from pipeline.context import Context, Run, run_step
from pipeline.site_facts import current_measures, without_firms
from pipeline.steps.issue_files import FOLDER, keep_standing
from pipeline.steps.public_check import require_public
from pipeline.steps.render_issue import file_name
from reports.site.build import MARKER, is_marker, site_files
from reports.site.facts import IssueFile, SiteFacts, SiteIssue, SiteMeasure
from warehouse.errors import InputError, StageError
from warehouse.facts import listed_firms
from warehouse.issues_released import ReleasedIssue, issue_files, read_issues
from warehouse.records import Issue, Severity

_LABELS = {"html": "网页版", "pdf": "PDF", "docx": "Word", "xlsx": "附表（Excel）"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Issue:
    """An issue and, in the same order, where its public files lie."""

    shown: SiteIssue
    sources: tuple[Path, ...]

    def copies(self) -> Iterator[tuple[str, Path]]:
        """Yield the path in the site and the source of each file."""
        yield from zip((file.path for file in self.shown.files), self.sources, strict=True)


def write_site(context: Context, out: Path | None = None) -> tuple[Run, tuple[Path, ...]]:
    """Write the site to `out` (by default `site` in the home folder); return all files, `index.html` first.

    A site that stands there is replaced as a whole: pages of measures no longer current go. The same data, files and
    moment give the same bytes. Raises InputError where `out` holds something else or a released file was altered,
    StageError where it cannot be written.
    """
    place = (out or context.home.root / "site").expanduser().absolute().resolve()
    _require_ours(place)
    with run_step(context, "report-site", arguments={"out": str(place)}) as run:
        measures = current_measures(run.con, to_shanghai(run.now).date())
        firms = FirmFinder(listed_firms(run.con))
        measures, held = without_firms(measures, firms)
        run.issues += [_left_out(measure, unfit) for measure, unfit in held]
        in_force = [issue for issue in read_issues(run.con) if issue.withdrawn_at is None]
        issues = [_issue(run, context, issue) for issue in in_force]
        facts = SiteFacts(
            issuer=context.settings.office.issuer,
            site_url=_folder_address(context.settings.report.site_url),
            today=to_shanghai(run.now).date(),
            built_at=run.now,
            simulated=context.settings.report.simulated,
            issues=tuple(each.shown for each in issues),
            measures=measures,
        )
        copies = (
            (file.path, path) for each in issues for file, path in zip(each.shown.files, each.sources, strict=True)
        )
        pages = _looked_at(site_files(facts), firms, own=(facts.issuer,))
        names = _put_in_place(place, pages, copies)
        run.counts.update(n_measures=len(measures), n_issues=len(issues), n_files=len(names))
    return run, tuple(place / name for name in names)


def _issue(run: Run, context: Context, issue: ReleasedIssue) -> _Issue:
    """An issue with its public files alone: no version with firm names, no manifest with officers' names."""
    hashes = issue_files(run.con, issue.overall)
    keep_standing(run.con, context, issue)
    folder = context.home.reports / issue.report_month / FOLDER
    files, sources = [], []
    for ending, label in _LABELS.items():
        name = file_name(issue.report_month, ending, restricted=False)
        if name not in hashes:
            continue
        path = folder / name
        files.append(
            IssueFile(
                path=f"issues/{issue.report_month}.{ending}", label=label, save_as=name, n_bytes=path.stat().st_size
            )
        )
        sources.append(path)
    shown = SiteIssue(
        overall=issue.overall,
        name=issue.name_zh,
        month=issue.report_month,
        released_at=issue.released_at,
        files=tuple(files),
    )
    return _Issue(shown=shown, sources=tuple(sources))


def _looked_at(
    pages: Iterable[tuple[str, bytes]], firms: FirmFinder, *, own: tuple[str, ...]
) -> Iterator[tuple[str, bytes]]:
    """The pages one by one, each looked through before it is written."""
    for name, content in pages:
        require_public({name: content}, firms, own=own)
        yield name, content


def _left_out(measure: SiteMeasure, unfit: Unfit) -> Issue:
    name = "、".join(measure.symbols) or measure.key
    what = "企业名称" if unfit.what.startswith("企业名称") else unfit.what  # the message is kept and published
    return Issue(
        code="site-measure-names-firm",
        severity=Severity.WARNING,
        message=f"{name}的中文题名或内容含有{what}，未列入专栏",
        next_step=f"请核对；题名用 tbtwatch titles set {name.partition('、')[0]} --text 译名 --by 姓名 改写。",
        subject=measure.key,
    )


def _folder_address(url: str) -> str:
    return f"{url.rstrip('/')}/" if url else ""


def _require_ours(place: Path) -> None:
    """Refuse a folder of somebody else's: putting the site in place removes what was there."""
    if not place.name:
        raise InputError(f"不能写入根目录：{place}", "请换一个空文件夹。")
    _finish_interrupted(place)
    marker = place / MARKER
    try:
        is_free = not place.exists() or (place.is_dir() and not any(place.iterdir()))
        is_ours = not is_free and marker.is_file() and is_marker(marker.read_bytes())
    except OSError as error:
        raise _unwritable(place, error) from error
    if not is_free and not is_ours:
        raise InputError(f"输出位置已有其他内容：{place}", "生成专栏会替换整个文件夹；请换一个空文件夹。")


def _put_in_place(place: Path, files: Iterable[tuple[str, bytes]], copies: Iterable[tuple[str, Path]]) -> list[str]:
    """Write all files beside `place`, then let the new folder take its place in two renames."""
    fresh, stale = _beside(place, "new"), _beside(place, "old")
    try:
        if fresh.exists():
            shutil.rmtree(fresh)
        names = list(_write(fresh, files, copies))
        if place.exists():
            place.rename(stale)
        fresh.rename(place)
        if stale.exists():
            shutil.rmtree(stale)
    except OSError as error:
        _finish_interrupted(place)
        raise _unwritable(place, error) from error
    return names


def _write(folder: Path, files: Iterable[tuple[str, bytes]], copies: Iterable[tuple[str, Path]]) -> Iterator[str]:
    made: set[Path] = set()
    read = ((name, path.read_bytes()) for name, path in copies)
    for name, content in (pair for pairs in (files, read) for pair in pairs):
        path = folder / name
        if path.parent not in made:
            path.parent.mkdir(parents=True, exist_ok=True)
            made.add(path.parent)
        path.write_bytes(content)
        yield name


def _finish_interrupted(place: Path) -> None:
    """After a run that was cut off between the two renames: the former site stands again."""
    stale = _beside(place, "old")
    if not stale.exists():
        return
    try:
        if place.exists():
            shutil.rmtree(stale)
        else:
            stale.rename(place)
    except OSError as error:
        raise _unwritable(place, error) from error


def _beside(place: Path, what: str) -> Path:
    return place.with_name(f".{place.name}.{what}")


def _unwritable(place: Path, error: OSError) -> StageError:
    return StageError(
        f"无法写入专栏：{place}（{error.strerror}）",
        "请检查磁盘空间、文件夹权限；文件夹不能是挂载点，可改用其下的子文件夹。",
    )
