"""`tbtwatch import exporters`: the city's list becomes the register."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from models.lexicon.concepts import concepts
from models.reading.codes import current_codes
from models.reading.line_check import disagreement
from models.reading.line_profile import LineProfile, profile_of
from pipeline.context import Context, Run, run_step
from warehouse.contacts import Grounds, erased_firms
from warehouse.errors import InputError
from warehouse.intake.exporters import read_exporters
from warehouse.records import Exporter, Issue, ProductLine, Severity
from warehouse.register import LineReading, replace_register, store_readings

SOURCE = "exporters"


def import_exporters(context: Context, path: Path) -> Run:
    """Read the list at `path` and make the register what it says.

    Counts: rows, firms, lines, and what changed against the last import. A list of which no row can be used leaves the
    register as it is: a wrong file must not close every firm.
    """
    listed = read_exporters(path)
    if not listed.exporters:
        raise InputError(
            f"{path.name} 中没有可用的企业（共 {listed.n_rows} 行）。",
            "企业清单未改动；请确认文件是企业清单，并检查“企业编号”“产品名称”两列。",
        )
    with run_step(context, "import-exporters", source=SOURCE, arguments={"file": path.name}, creates=True) as run:
        run.counts["n_rows"] = listed.n_rows
        privacy = context.settings.privacy
        grounds = Grounds(purpose=privacy.purpose, basis=privacy.basis)
        counts = replace_register(run.con, listed.exporters, run_id=run.run_id, now=run.now, grounds=grounds)
        run.counts.update(counts)
        run.issues.extend(listed.issues)
        run.issues.extend(_erased(listed.exporters, erased_firms(run.con, listed.exporters), path.name))
        profiles = [(line, profile_of(line)) for exporter in listed.exporters for line in exporter.lines]
        store_readings(run.con, [_reading(line, profile) for line, profile in profiles], now=run.now)
        run.counts["n_lines_unread"] = sum(1 for _, profile in profiles if not profile.identity)
        run.issues.extend(_disagreements(listed.exporters, profiles, path.name))
    return run


def _reading(line: ProductLine, profile: LineProfile) -> LineReading:
    return LineReading(
        line_id=line.line_id,
        concepts=tuple(profile.identity),
        concepts_zh=tuple(concepts()[key].label for key in profile.identity),
        known_by=min(profile.identity.values()).name.lower() if profile.identity else "",
        current_codes=current_codes(line.hs_code) if line.hs_code else (),
    )


def _erased(exporters: Sequence[Exporter], n_erased: Mapping[str, int], file_name: str) -> list[Issue]:
    """A warning for every firm whose address in the list was erased: it names the firm, never the address."""
    return [
        Issue(
            code="contact-erased",
            severity=Severity.WARNING,
            message=f"{exporter.name or exporter.exporter_id}有{n_erased[exporter.exporter_id]}个联系邮箱已应要求删除，"
            "未导入。",
            next_step="请从清单中删去该邮箱；本人同意恢复的，用 tbtwatch contacts resubscribe --erased。",
            file_name=file_name,
            field_name="联系邮箱",
            subject=exporter.exporter_id,
        )
        for exporter in exporters
        if exporter.exporter_id in n_erased
    ]


def _disagreements(
    exporters: Sequence[Exporter], profiles: Sequence[tuple[ProductLine, LineProfile]], file_name: str
) -> list[Issue]:
    """A question to the officer for every line whose name and HS code speak of different goods."""
    names = {exporter.exporter_id: exporter.name for exporter in exporters}
    found = []
    for line, profile in profiles:
        odd = disagreement(profile)
        if odd is None:
            continue
        usual = "、".join(odd.usual_headings)
        found.append(
            Issue(
                code="hs-description-disagree",
                severity=Severity.WARNING,
                message=f"{names[line.exporter_id]}的“{line.product_name}”按品名属{odd.called}（通常归入{usual}），"
                f"申报编码{line.hs_code}却属“{odd.declared_name}”。",
                next_step="请与企业核对税号或品名；匹配时以品名为主、税号为辅。",
                file_name=file_name,
                field_name="HS编码",
                value=line.hs_code,
                subject=line.exporter_id,
            )
        )
    return found
