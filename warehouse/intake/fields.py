"""Checks of single cells of the exporters' list: each takes a cell and gives its value and what is wrong with it."""

from __future__ import annotations

import re
import unicodedata

from stdnum.cn import uscc
from stdnum.exceptions import ValidationError

from warehouse.intake.findings import Finding, Report, warning
from warehouse.intake.markets import parse_markets
from warehouse.intake.tables import Cell
from warehouse.records import Severity, Subscription

_ADDRESS = re.compile(
    r"(?=[^@]{1,64}@)[A-Za-z0-9](?:[A-Za-z0-9._%+'-]*[A-Za-z0-9_+-])?@(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z]{2,}"
)
_AMOUNT = re.compile(r"(-?\d+(?:\.\d+)?)(亿元|亿|万元|万)?")
_SUBSCRIPTIONS = {
    "即时": Subscription.IMMEDIATE, "实时": Subscription.IMMEDIATE, "立即": Subscription.IMMEDIATE,
    "日报": Subscription.DAILY, "每日": Subscription.DAILY, "每天": Subscription.DAILY, "按日": Subscription.DAILY,
    "周报": Subscription.WEEKLY, "每周": Subscription.WEEKLY, "按周": Subscription.WEEKLY,
}  # fmt: skip
_YES = frozenset({"是", "Y", "YES", "T", "TRUE", "1", "√", "✓", "✔", "☑", "√是", "是√"})
_NO = frozenset(
    {"", "否", "N", "NO", "F", "FALSE", "0", "×", "X", "✗", "✘", "☐", "□", "不是", "无", "-", "—", "——", "/"}
)
_REFUSALS = frozenset({"不订阅", "退订", "不接收", "不需要", "取消订阅", "否"})


def check_markets(cell: Cell, report: Report) -> tuple[str, ...]:
    """Read a market cell into member codes, sorted."""
    if not cell.text:
        report(warning("market-missing", "没有填写出口市场，无法判断措施是否在该企业的市场实施。", "请补填出口市场。"))
        return ()
    markets = parse_markets(cell.text)
    if markets.unknown:
        report(
            warning(
                "market-unknown",
                f"无法识别的市场：{'、'.join(markets.unknown)}。",
                "请改用规范的成员名称，各市场用分号隔开。",
                "、".join(markets.unknown),
            )
        )
    if markets.too_wide:
        report(
            warning(
                "market-too-wide",
                f"“{'、'.join(markets.too_wide)}”范围太大，没有展开，不参与市场判断。",
                "请列出主要的具体市场。",
                "、".join(markets.too_wide),
            )
        )
    if markets.home:
        report(
            warning(
                "market-home",
                f"出口市场里有“{'、'.join(markets.home)}”，已略去。",
                "如指中国香港、中国澳门或中国台湾，请写全称。",
                "、".join(markets.home),
            )
        )
    wide = {word: count for word, count in markets.regions.items() if count > 1}
    if wide:
        listed = "、".join(f"“{word}”已展开为{count}个市场" for word, count in wide.items())
        report(
            Finding(
                code="market-region",
                severity=Severity.INFO,
                value="、".join(wide),
                message=f"出口市场按区域填报：{listed}。",
                next_step="如只销往其中几个市场，请改填具体市场，以免误报。",
            )
        )
    return markets.codes


def check_emails(cell: Cell, report: Report) -> tuple[str, ...]:
    """The well-formed addresses of a cell. Reports show addresses masked: they are personal data."""
    plain = unicodedata.normalize("NFKC", cell.text)
    found = []
    for part in (piece.strip() for piece in re.split(r"[;,、|]", plain)):
        if not part:
            continue
        if len(part) > 254 or ".." in part or not _ADDRESS.fullmatch(part):
            report(
                Finding(
                    code="email-malformed",
                    severity=Severity.ERROR,
                    value=_mask(part),
                    message="联系邮箱格式不对，不能用于发送。",
                    next_step="请核对邮箱地址，地址中不能有空格、换行或中文。",
                )
            )
        else:
            found.append(part)
    if found and plain != cell.text:
        report(warning("email-width", "联系邮箱里有全角字符，已换成半角。", "请在清单中改正。", _mask(found[0])))
    return tuple(dict.fromkeys(found))


def _mask(address: str) -> str:
    name, at, rest = address.partition("@")
    domain = "".join(rest.split()[:1])  # what follows a line break may be another address
    return f"{name[:1]}***{at}{domain}"


def check_amount(cell: Cell, report: Report) -> float | None:
    """An amount in 万元. "1.2亿" counts as 12,000; thousands separators are allowed."""
    text = re.sub(r"[,\s约¥]", "", unicodedata.normalize("NFKC", cell.text))
    if not text or text in {"-", "—", "/", "无"}:
        return None
    match = _AMOUNT.fullmatch(text)
    if match is None or match[1].startswith("-"):
        report(warning("amount-malformed", "年出口额不是数字，已留空。", "请填写以万元为单位的数字。", cell.text))
        return None
    return float(match[1]) * (10_000 if (match[2] or "").startswith("亿") else 1)


def check_subscription(cell: Cell, report: Report) -> Subscription | None:
    """How often a firm wants mail; None where it wants none."""
    text = unicodedata.normalize("NFKC", cell.text).replace(" ", "")
    if text in _REFUSALS:
        report(
            Finding(
                code="subscription-refused",
                severity=Severity.INFO,
                value=text,
                message="企业不接收邮件，联系人未导入。",
                next_step="如情况有变，请改填即时、日报或周报。",
            )
        )
        return None
    found = _SUBSCRIPTIONS.get(text)
    if found is not None:
        return found
    said = f"订阅方式“{text}”无法识别" if text else "没有填写订阅方式"
    report(warning("subscription-unknown", f"{said}，暂按日报处理。", "请填写即时、日报或周报。", text))
    return Subscription.DAILY


def check_credit_code(cell: Cell, report: Report) -> str:
    """A 统一社会信用代码 with its check digit (GB 32100-2015), as given where it is wrong."""
    text = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", cell.text)).upper()
    if not text:
        report(warning("credit-code-missing", "没有填写统一社会信用代码。", "请补填18位代码。"))
        return ""
    try:
        uscc.validate(text)
    except ValidationError:
        why = f"共{len(text)}位，应为18位" if len(text) != 18 else "校验不通过"
        hint = "；该列在 Excel 中可能被存成了数字，请设为文本格式" if cell.is_number else ""
        report(
            warning(
                "credit-code-invalid", f"统一社会信用代码{why}，可能录入有误。", f"请对照营业执照核对{hint}。", text
            )
        )
    return text


def check_flag(cell: Cell, report: Report) -> bool:
    """Whether a firm is marked (是, √, 1, Y); blank is no, and so is what cannot be read, which is reported."""
    said = read_flag(cell.text)
    if said is None:
        report(
            warning(
                "flag-unreadable",
                f"“{cell.text[:20]}”看不出是或否，暂按“否”处理。",
                "请填写“是”或“否”，留空即为否。",
                cell.text,
            )
        )
    return bool(said)


def read_flag(text: str) -> bool | None:
    """What a yes-or-no cell says; None where that cannot be told."""
    word = "".join(unicodedata.normalize("NFKC", text).split()).upper()
    return True if word in _YES else False if word in _NO else None
