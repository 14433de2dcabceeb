"""The subjects of the three mails. A machine match says so in the mark: a list of subjects must not mislead."""

from __future__ import annotations

from datetime import date

from reports.mail.facts import AlertFacts, DigestFacts, DigestKind, UpdateFacts, alert_of, line_key, products_of
from reports.mail.wording import LEVEL_WORDS, change_phrase, chinese_date, measure_name, short_date

DIGEST_WORDS = {DigestKind.DAILY: "技贸日报", DigestKind.WEEKLY: "技贸周报", DigestKind.BUNDLE: "技贸预警汇总"}
_SUBJECT_TITLE = 26  # characters of the title in a subject: a phone shows about 40 on two lines


def alert_subject(facts: AlertFacts, today: date) -> str:
    """One line, e.g. 【技贸预警】欧盟通报“…”，涉及贵司2个产品，评议截止2026年8月1日."""
    mark = f"技贸{LEVEL_WORDS[facts.level]}" + ("" if facts.is_reviewed else "·待研判")
    parts = [measure_name(facts, _SUBJECT_TITLE), f"涉及贵司{len(facts.products)}个产品"]
    if facts.comment_deadline is not None:
        is_over = facts.comment_deadline < today
        parts.append("评议期已过" if is_over else f"评议截止{chinese_date(facts.comment_deadline)}")
    return f"【{mark}】" + "，".join(parts)


def update_subject(facts: UpdateFacts, today: date) -> str:
    """One line, e.g. 【技贸预警·更新】欧盟通报“…”评议截止由8月1日延至9月1日."""
    alert = facts.alert
    mark = f"技贸{LEVEL_WORDS[facts.level]}·更新" + ("" if alert.is_reviewed else "·待研判")
    parts = []
    if facts.changes:
        more = f"等{len(facts.changes)}处日期变更" if len(facts.changes) > 1 else ""
        parts.append(change_phrase(facts.changes[0], today, limit=16) + more)
    if facts.new_products:
        parts.append(f"新增涉及贵司{len(facts.new_products)}个产品")
        deadline = alert.comment_deadline
        if not facts.changes and deadline is not None and deadline >= today:
            parts.append(f"评议截止{short_date(deadline, today)}")
    return f"【{mark}】{measure_name(alert, _SUBJECT_TITLE)}" + "，".join(parts)


def digest_subject(facts: DigestFacts, today: date) -> str:
    """One line, e.g. 【技贸日报】7月3日3项措施，涉及贵司5个产品，最近评议截止2026年8月1日."""
    n_machine = sum(not alert_of(item).is_reviewed for item in facts.items)
    doubt = "" if not n_machine else "·待研判" if n_machine == len(facts.items) else "·含待研判"
    mark = DIGEST_WORDS[facts.kind] + doubt
    parts = [
        f"{period_text(facts, today)}{len(facts.items)}项措施{_updates(facts)}",
        f"涉及贵司{product_count(facts)}个产品",
    ]
    nearest = nearest_deadline(facts, today)
    if nearest is not None:
        parts.append(f"最近评议截止{chinese_date(nearest)}")
    return f"【{mark}】" + "，".join(parts)


def period_text(facts: DigestFacts, today: date) -> str:
    """7月3日, 6月29日至7月5日; "" for a bundle of one day, which is no report of that day."""
    if facts.since is not None and facts.since != facts.day:
        return f"{short_date(facts.since, today)}至{short_date(facts.day, today)}"
    return "" if facts.kind is DigestKind.BUNDLE else short_date(facts.day, today)


def product_count(facts: DigestFacts) -> int:
    """Lines of the firm's list that any of the measures touches, each counted once."""
    return len({line_key(product) for item in facts.items for product in products_of(item)})


def nearest_deadline(facts: DigestFacts, today: date) -> date | None:
    """The earliest comment deadline that has not passed."""
    deadlines = (alert_of(item).comment_deadline for item in facts.items)
    return min((day for day in deadlines if day is not None and day >= today), default=None)


def _updates(facts: DigestFacts) -> str:
    count = sum(isinstance(item, UpdateFacts) for item in facts.items)
    return f"（更新{count}项）" if count else ""
