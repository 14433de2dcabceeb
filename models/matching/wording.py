"""The Chinese sentence and the evidence that an officer reads."""

from __future__ import annotations

from dataclasses import dataclass

from models.matching.codes import HsOverlap
from models.matching.concepts import concepts
from models.matching.decide import Ground, Verdict, shared_ics
from models.matching.scope import Scope
from warehouse.members import member_zh
from warehouse.records import Evidence, Notification, ProductLine, Relation

_LEVEL_NAMES = {2: "章", 4: "品目", 6: "子目"}
_SHOWN = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """All that is known about one pair before it is put into words."""

    notification: Notification
    line: ProductLine
    scope: Scope
    verdict: Verdict
    hs: HsOverlap
    nearness: float
    is_near: bool
    market_codes: tuple[str, ...]  # the line's markets where the measure binds
    barred: str  # Chinese clause why the measure binds no goods from China, or empty
    inherited_from: str  # symbol or id of the parent whose products were used, or empty


def evidence_of(findings: Findings) -> tuple[Evidence, ...]:
    """Every reason for and against, the strongest first."""
    found: list[Evidence] = []
    if findings.barred:
        found.append(
            Evidence(kind="origin", detail=findings.barred, notification_text=_cut(findings.notification.title))
        )
    concept = _concept_evidence(findings)
    if concept is not None:
        found.append(concept)
    line, hs, scope = findings.line, findings.hs, findings.scope
    if hs.digits:
        detail = f"通报产品税目{hs.code}与本企业“{line.product_name}”申报编码{line.hs_code}同属{_hs_place(hs)}"
        found.append(
            Evidence(kind="hs", detail=detail, notification_text=hs.code, line_text=line.hs_code, value=hs.digits / 6)
        )
    own = findings.verdict.own
    ics = shared_ics(scope, own) if own and findings.verdict.relation is not Relation.NONE else ""
    if ics:
        detail = f"通报ICS分类{ics}涵盖{concepts()[own].label}"
        found.append(Evidence(kind="ics", detail=detail, notification_text=ics, line_text=line.product_name, value=1.0))
    if findings.is_near:
        detail = "通报文本与产品描述语义相近"
        found.append(
            Evidence(
                kind="semantic",
                detail=f"{detail}（相对背景品目的接近度{findings.nearness:.2f}）",
                notification_text=_cut(scope.query),
                line_text=_cut(f"{line.product_name} {line.description}".strip()),
                value=findings.nearness,
            )
        )
    if findings.inherited_from:
        detail = f"本通报未列产品，沿用原通报{findings.inherited_from}所列产品"
        found.append(Evidence(kind="inherited", detail=detail, notification_text=findings.inherited_from, value=1.0))
    if findings.market_codes:
        markets = "、".join(member_zh(code) for code in findings.market_codes)
        detail = f"出口市场含{markets}"
        found.append(
            Evidence(kind="market", detail=detail, notification_text=markets, line_text=line.market_text, value=1.0)
        )
    return tuple(found)


def reason_of(findings: Findings, evidence: tuple[Evidence, ...]) -> str:
    """One sentence: what decided, what supports it, where the line is sold."""
    details = {item.kind: item for item in evidence}
    parts: list[str] = []
    if findings.barred:
        parts.append(findings.barred)
    if findings.inherited_from:
        parts.append(details["inherited"].detail)
    product = details.get("concept") or details.get("conflict")
    clause = product.detail if product else ""
    if "hs" in details:
        if not product:
            clause = details["hs"].detail
        elif findings.verdict.ground is Ground.CONFLICT:
            clause = f"虽{details['hs'].detail}，但{clause}"
        elif findings.hs.digits > 2:
            clause += f"，且申报编码{findings.line.hs_code}与通报税目{findings.hs.code}同属{_hs_place(findings.hs)}"
    if findings.is_near and findings.verdict.ground is not Ground.CONFLICT:
        near = "通报文本与产品描述语义相近"
        clause = f"{clause}，{near}" if clause else f"{near}，但未发现共同的产品品类或税目"
    elif findings.verdict.ground is Ground.CODE_ALONE:
        clause += "，但文本未见同一产品"
    parts.append(clause or f"未发现通报产品与本企业“{findings.line.product_name}”有关联")
    if "market" in details:
        parts.append(details["market"].detail)
    elif findings.verdict.relation is not Relation.NONE:
        parts.append("登记的主要出口市场不含该通报成员")
    return "；".join(parts) + "。"


def _concept_evidence(findings: Findings) -> Evidence | None:
    verdict, line = findings.verdict, findings.line
    if not verdict.covered:
        return None
    covered, own = concepts()[verdict.covered].label, concepts()[verdict.own].label
    words = findings.scope.words_for(verdict.covered)
    named = f"{covered}（原文“{_cut(words)}”）" if words and words != covered else covered
    product = f"本企业“{line.product_name}”"
    kind_of = "即属该类产品" if verdict.covered == verdict.own else f"为{own}，属于该类产品"
    details = {
        Ground.SAME_PRODUCT: f"通报产品为{named}，{product}{kind_of}",
        Ground.HEADING_NAME: f"通报税目或ICS分类名称涵盖{named}，{product}属于其中的{own}",
        Ground.PART_OR_MATERIAL: f"通报产品为{named}，{product}（{own}）是其常用的零部件或材料，要求可能经下游客户传导",
        Ground.MADE_FOR: f"通报产品为{named}，{product}的用途涉及{own}，要求可能经下游客户传导",
        Ground.WIDER_LINE: f"通报产品为{named}，{product}（{own}）的范围更宽，是否含该产品需人工核对",
        Ground.CONFLICT: f"通报产品为{named}，与{product}（{own}）不是同类产品",
    }
    return Evidence(
        kind="conflict" if verdict.ground is Ground.CONFLICT else "concept",
        detail=details[verdict.ground],
        notification_text=_cut(words or covered),
        line_text=line.product_name,
        value=0.0 if verdict.relation is Relation.NONE else 1.0,
    )


def _hs_place(hs: HsOverlap) -> str:
    code = hs.code[: hs.digits]
    return f"第{code}章" if hs.digits == 2 else f"{code}{_LEVEL_NAMES[hs.digits]}"


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
