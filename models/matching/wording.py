"""The Chinese sentence and the evidence that an officer reads."""

from __future__ import annotations

from dataclasses import dataclass

from models.lexicon.concepts import concepts
from models.matching.features import Pair, shared_ics
from models.matching.relations import Kind, Link
from models.reading.codes import HsOverlap
from models.reading.line_profile import Known, LineProfile
from models.reading.scope import Scope, Source
from models.reading.topics import Role
from warehouse.members import member_zh
from warehouse.records import Evidence, Notification, ProductLine, Relation

_LEVEL_NAMES = {2: "章", 4: "品目", 6: "子目"}
_PLACES = {
    Source.TITLE: "标题",
    Source.PRODUCTS: "产品栏",
    Source.DESCRIPTION: "内容概述",
    Source.CODE_NAME: "税目或分类名称",
    Source.HS: "税号",
}
NO_MARKET = "登记的主要出口市场不含该通报成员"
_SHOWN = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """All that is known about one pair before it is put into words."""

    notification: Notification
    line: ProductLine
    scope: Scope
    profile: LineProfile
    pair: Pair
    relation: Relation
    p_direct: float
    p_indirect: float
    is_near: bool
    market_codes: tuple[str, ...]  # the line's markets where the measure binds
    barred: str  # Chinese clause why the measure binds no goods from China, or empty
    inherited_from: str  # symbol or id of the parent whose products were used, or empty


def evidence_of(findings: Findings) -> tuple[Evidence, ...]:
    """Every reason for and against, the strongest first."""
    found: list[Evidence] = []
    if findings.barred:
        title = _cut(findings.notification.title)
        found.append(Evidence(kind="origin", detail=findings.barred, notification_text=title))
    concept = _concept_evidence(findings)
    if concept is not None:
        found.append(concept)
    line, hs = findings.line, findings.pair.hs
    if hs.digits:
        detail = f"通报产品税目{hs.code}与本企业“{line.product_name}”申报编码{line.hs_code}同属{_hs_place(hs)}"
        found.append(
            Evidence(kind="hs", detail=detail, notification_text=hs.code, line_text=line.hs_code, value=hs.digits / 6)
        )
    ics = shared_ics(findings.scope, findings.profile)
    if ics and findings.relation is not Relation.NONE:
        detail = f"通报ICS分类{ics}涵盖本企业“{line.product_name}”所属品类"
        found.append(Evidence(kind="ics", detail=detail, notification_text=ics, line_text=line.product_name, value=1.0))
    if findings.is_near:
        found.append(
            Evidence(
                kind="semantic",
                detail=f"通报文本与产品描述语义相近（相对背景品目的接近度{findings.pair.near:.2f}）",
                notification_text=_cut(findings.scope.query),
                line_text=_cut(f"{line.product_name} {line.description}".strip()),
                value=findings.pair.near,
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
    shares = f"直接涉及{findings.p_direct:.0%}，间接涉及{findings.p_indirect:.0%}"
    found.append(Evidence(kind="probability", detail=f"机器判断的概率：{shares}", value=round(findings.p_direct, 4)))
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
        elif product.kind == "conflict":
            clause = f"虽{details['hs'].detail}，但{clause}"
        elif findings.pair.hs.digits > 2:
            code = findings.pair.hs.code
            clause += f"，且申报编码{findings.line.hs_code}与通报税目{code}同属{_hs_place(findings.pair.hs)}"
    if findings.is_near and "conflict" not in details:
        near = "通报文本与产品描述语义相近"
        clause = f"{clause}，{near}" if clause else f"{near}，但未发现共同的产品品类或税目"
    elif "hs" in details and not product and findings.relation is Relation.NONE:
        clause += "，但文本未见同一产品"
    parts.append(clause or f"未发现通报产品与本企业“{findings.line.product_name}”有关联")
    if "market" in details:
        parts.append(details["market"].detail)
    elif findings.relation is not Relation.NONE:
        parts.append(NO_MARKET)
    return "；".join(parts) + "。"


def _concept_evidence(findings: Findings) -> Evidence | None:
    """What connects the two in words; where the measure excludes the line, that; else what it is about."""
    link, line = findings.pair.best, findings.line
    product = f"本企业“{line.product_name}”"
    if findings.pair.value("excluded"):
        words = next(n.words for n in findings.scope.named if n.role is Role.EXCLUDED)
        detail = f"通报明确排除“{_cut(words)}”，{product}属于被排除的产品"
        return Evidence(kind="conflict", detail=detail, notification_text=_cut(words), line_text=line.product_name)
    if link is not None and link.kind is not Kind.SIBLING:
        words = findings.scope.words_for(link.named.concept)
        detail = _link_detail(link, words, product)
        return Evidence(
            kind="concept",
            detail=detail,
            notification_text=_cut(words or concepts()[link.named.concept].label),
            line_text=line.product_name,
            value=0.0 if findings.relation is Relation.NONE else 1.0,
        )
    covered = sorted(findings.scope.covered(Source.TITLE, Source.PRODUCTS))
    if covered and findings.profile.identity and findings.relation is Relation.NONE:
        label = concepts()[covered[0]].label
        words = findings.scope.words_for(covered[0])
        own = concepts()[next(iter(findings.profile.identity))].label
        detail = f"通报产品为{_named(label, words)}，与{product}（{own}）不是同类产品"
        return Evidence(
            kind="conflict", detail=detail, notification_text=_cut(words or label), line_text=line.product_name
        )
    return None


def _link_detail(link: Link, words: str, product: str) -> str:
    covered, own = concepts()[link.named.concept].label, concepts()[link.own].label
    named = _named(covered, words)
    place = _PLACES[link.named.source]
    if link.named.role is Role.CONTEXT:
        opening = f"通报{place}提及{named}"
    elif link.named.source >= Source.CODE_NAME:
        opening = f"通报{place}涵盖{named}"
    else:
        opening = f"通报产品为{named}"
    by_code = f"（按申报编码归为{own}）" if link.known in (Known.LIKENESS, Known.CODE) else ""
    if link.kind is Kind.SAME:
        kind_of = "即属该类产品" if link.steps == 0 else f"为{own}，属于该类产品"
        return f"{opening}，{product}{by_code or ''}{kind_of}"
    if link.kind is Kind.COMPONENT:
        return f"{opening}，{product}（{own}）是其元器件或部件，要求可能经下游客户传导"
    if link.kind is Kind.PART:
        return f"{opening}，{product}（{own}）是其常用的零部件或材料，要求可能经下游客户传导"
    if link.kind is Kind.MADE_FOR:
        return f"{opening}，{product}的用途涉及{own}，要求可能经下游客户传导"
    return f"{opening}，{product}（{own}）的范围更宽，是否含该产品需人工核对"


def _named(label: str, words: str) -> str:
    return f"{label}（原文“{_cut(words)}”）" if words and words != label else label


def _hs_place(hs: HsOverlap) -> str:
    code = hs.code[: hs.digits]
    return f"第{code}章" if hs.digits == 2 else f"{code}{_LEVEL_NAMES[hs.digits]}"


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
