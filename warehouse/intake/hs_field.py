"""The check of an HS cell of the exporters' list: shape, lost zeros, heading and edition."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from warehouse.codes import HsCode, parse_hs
from warehouse.intake.findings import Finding, Report, warning
from warehouse.intake.tables import Cell
from warehouse.records import Severity
from warehouse.reference import hs_heading_zh, hs_successors, is_new_in_hs2022

_OLD_EDITION = re.compile(r"旧版|HS\s*20(?:07|12|17)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class HsValue:
    """The digits to store ("" where none can be trusted) and the HS edition, where it could be told."""

    digits: str = ""
    edition: str = ""


def check_hs(cell: Cell, note: str, report: Report) -> HsValue:
    """Read an HS cell. `note` is the row's remark, which may say that the code is of an old edition."""
    if not cell.text:
        report(warning("hs-code-missing", "没有填写HS编码，只能按产品名称和描述匹配。", "请补填至少6位HS编码。"))
        return HsValue()
    code = _parse_with_repairs(cell, report)
    if code is None:
        return HsValue()
    if code.is_malformed:
        report(
            warning(
                "hs-code-malformed",
                f"HS编码只有{len(code.digits)}位，位数应为偶数，可能漏填或多填了一位。",
                f"请核对编码；在更正前只按前{code.level}位使用。",
                cell.text,
            )
        )
        return HsValue(code.digits[: code.level])
    if code.hs4 and not code.is_national_chapter and not hs_heading_zh(code.hs4):
        report(
            warning(
                "hs-heading-unknown",
                f"HS2022目录中没有品目{code.hs4}。",
                "请按现行税则核对编码。",
                cell.text,
            )
        )
    elif code.level < 6:
        report(
            Finding(
                code="hs-code-coarse",
                severity=Severity.INFO,
                value=cell.text,
                message=f"HS编码只到{code.level}位（{'品目' if code.level == 4 else '章'}级），会与同一"
                f"{'品目' if code.level == 4 else '章'}的其他产品混在一起。",
                next_step="请细化到6位或以上，匹配会更准。",
            )
        )
    return HsValue(code.digits, _edition(code, note, cell.text, report))


def _parse_with_repairs(cell: Cell, report: Report) -> HsCode | None:
    text = unicodedata.normalize("NFKC", cell.text)
    digits = re.sub(r"[\s.\-_·]", "", text)
    if cell.is_number and re.fullmatch(r"\d+\.\d", text):
        text = digits = f"{digits}0"  # 8517.70 typed as a number loses its last zero
        report(
            warning(
                "hs-code-zero-restored",
                f"HS编码被存成了数字，已补回末尾的0，按{digits}读取。",
                "请把该列设为文本格式并核对。",
                cell.text,
            )
        )
    if digits.isascii() and digits.isdigit() and len(digits) == 13:
        text = digits = digits[:10]  # 10 digits of the tariff and 3 of the inspection list (CIQ)
        report(
            warning(
                "hs-code-ciq", f"填写的是13位检验检疫编码，已按前10位{digits}读取。", "请改填10位商品编号。", cell.text
            )
        )
    if _lost_leading_zero(digits, is_number=cell.is_number):
        text = f"0{digits}"
        report(
            warning(
                "hs-code-zero-restored",
                f"HS编码开头的0可能已丢失，已按{text}读取。",
                "请把该列设为文本格式并核对。",
                cell.text,
            )
        )
    code = parse_hs(text)
    if code is None:
        report(
            Finding(
                code="hs-code-invalid",
                severity=Severity.ERROR,
                value=cell.text,
                message="这不是有效的HS编码，该产品暂按无编码处理。",
                next_step="请填写2至10位数字的商品编号，可以带点号。",
            )
        )
    return code


def _lost_leading_zero(digits: str, *, is_number: bool) -> bool:
    """True for an odd number of digits that names a heading once a zero is put before it. As text it may as well be
    a digit too few: then only the absence of a heading without the zero speaks for it."""
    if not (digits.isascii() and digits.isdigit() and len(digits) in {3, 5, 7, 9}):
        return False
    return bool(hs_heading_zh(f"0{digits[:3]}")) and (is_number or not hs_heading_zh(digits[:4]))


def _edition(code: HsCode, note: str, value: str, report: Report) -> str:
    successors = hs_successors(code.hs6) if code.hs6 else None
    said_old = bool(_OLD_EDITION.search(note))
    if successors is None:
        if said_old:
            report(
                warning(
                    "hs-edition-unclear",
                    f"备注说是旧版编码，但对照表中没有{code.digits}的新旧变化。",
                    "请按现行税则核对编码和备注。",
                    value,
                )
            )
        return "HS2022" if is_new_in_hs2022(code.hs6) else ""
    still_valid = code.hs6 in successors.new_codes
    candidates = "、".join(f"{new[:4]}.{new[4:]}" for new in successors.new_codes)
    # A code that lives on with a narrower meaning is only old where the firm says so.
    if still_valid and not said_old:
        return ""
    meaning = "在HS2022中范围已缩小" if still_valid else "在HS2022中已取消"
    report(
        warning(
            "hs-edition-old",
            f"{code.hs6[:4]}.{code.hs6[4:]}是{successors.old_edition}的编码，{meaning}，现行编码可能是{candidates}。",
            "请按产品实际情况确认后更新编码。",
            value,
        )
    )
    return successors.old_edition
