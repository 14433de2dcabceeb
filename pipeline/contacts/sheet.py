"""The workbook that a firm is handed when it asks what is held of its contacts (个人信息保护法第四十五条)."""

from __future__ import annotations

import io
import os
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from pipeline.clock import to_shanghai
from pipeline.contacts.words import EVENTS_ZH, MAIL_KINDS_ZH, MAIL_STATES_ZH, REASONS_ZH, STANDINGS_ZH
from warehouse.contact_records import Holdings
from warehouse.errors import InputError, StageError

_Row = Sequence[str]


def write_holdings(held: Holdings, path: Path, *, firm_name: str, office: str, retention_days: int) -> None:
    """Write an .xlsx with all that is held, in four sheets, readable by its owner alone (mode 600).

    Moments are shown in Asia/Shanghai. Raises InputError for another ending or a file that is there already,
    StageError where it cannot be written.
    """
    if path.suffix.lower() != ".xlsx":
        raise InputError(f"不支持的导出格式：{path.name}", "文件名请以 .xlsx 结尾。")
    sheets = {
        "说明": _notes(held, firm_name, office, retention_days),
        "联系人": _contacts(held, retention_days),
        "经过": _events(held),
        "邮件": _mails(held),
    }
    content = _workbook(sheets)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
    except FileExistsError as error:
        raise InputError(f"文件已存在：{path}", "请换一个文件名，或先移走原文件。") from error
    except OSError as error:
        raise StageError(f"无法写入文件：{path}（{error.strerror}）", "请检查文件夹是否可写。") from error


def _notes(held: Holdings, firm_name: str, office: str, retention_days: int) -> list[_Row]:
    grounds = {(c.purpose, c.basis) for c in held.contacts}
    return [
        ("项目", "内容"),
        ("企业", f"{held.exporter_id} {firm_name}".strip()),
        ("处理者", office),
        *(("处理目的", purpose) for purpose in sorted({purpose for purpose, _ in grounds})),
        *(("处理依据", basis) for basis in sorted({basis for _, basis in grounds})),
        ("个人信息种类", "联系邮箱、岗位；收发邮件和办理的记录。不含姓名。"),
        ("来源", "企业清单"),
        ("保存期限", f"在企业清单中期间保存，停用满{retention_days}天后清除。"),
        ("权利", "可要求查阅、复制、更正、删除，或者退订邮件，请向处理者提出。"),
    ]


def _contacts(held: Holdings, retention_days: int) -> list[_Row]:
    head = (
        "编号", "邮箱", "岗位", "状态", "原因", "状态起始", "处理目的", "处理依据",
        "首次登记", "最近登记", "停用", "清除日期",
    )  # fmt: skip
    rows = [
        (
            c.contact_id,
            c.email,
            c.post,
            STANDINGS_ZH[c.standing],
            REASONS_ZH.get(c.reason, c.reason),
            _moment(c.since),
            c.purpose,
            c.basis,
            _moment(c.first_listed_at),
            _moment(c.last_listed_at),
            _moment(c.closed_at),
            f"{_until(c.closed_at, retention_days)}" if c.closed_at else "",
        )
        for c in held.contacts
    ]
    return [head, *rows]


def _events(held: Holdings) -> list[_Row]:
    head = ("时间", "联系人编号", "事项", "方式", "经办", "内容")
    rows = [
        (
            _moment(e.occurred_at),
            e.contact_id,
            EVENTS_ZH[e.kind],
            REASONS_ZH.get(e.code, e.code),
            "系统" if e.actor == "machine" else e.actor,
            e.detail,
        )
        for e in held.events
    ]
    return [head, *rows]


def _mails(held: Holdings) -> list[_Row]:
    head = ("生成时间", "联系人编号", "种类", "案件", "状态", "接收时间")
    rows = [
        (
            _moment(m.queued_at),
            m.contact_id,
            MAIL_KINDS_ZH.get(m.kind, m.kind),
            m.case_id,
            MAIL_STATES_ZH.get(m.state, m.state),
            _moment(m.accepted_at),
        )
        for m in held.mails
    ]
    return [head, *rows]


def _moment(moment: datetime | None) -> str:
    return f"{to_shanghai(moment):%Y-%m-%d %H:%M}" if moment else ""


def _until(closed_at: datetime, retention_days: int) -> date:
    return to_shanghai(closed_at + timedelta(days=retention_days)).date()


def _workbook(sheets: dict[str, list[_Row]]) -> bytes:
    book = Workbook(write_only=True)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        sheet.freeze_panes = "A2"
        for column in "ABCDEFGHIJKL":
            sheet.column_dimensions[column].width = 22
        for row in rows:
            cells = []
            for text in row:
                # a control character would make the file unreadable to Excel
                cell = WriteOnlyCell(sheet, value=ILLEGAL_CHARACTERS_RE.sub("", text))
                cell.data_type = "s"  # text stays text, also where it begins like a formula
                cells.append(cell)
            sheet.append(cells)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()
