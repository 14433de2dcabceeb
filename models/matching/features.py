"""A pair of measure and product line as numbers: what the learned head sees, each with a name that `explain` shows."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from models.lexicon.concepts import ancestors, concepts, has_flag, narrower
from models.lexicon.text import fold
from models.matching.relations import Kind, Link, links
from models.reading.codes import HsOverlap, hs_overlap
from models.reading.line_profile import Known, LineProfile
from models.reading.scope import Scope, Source
from models.reading.topics import Role

_PLACES = ("title", "products", "description", "code_name", "hs")
_LATIN = re.compile(r"[a-z][a-z0-9+\-]{2,}")
_HAN_RUN = re.compile(r"[㐀-鿿]+")

_LINKS = {Kind.SAME: "same", Kind.COMPONENT: "component", Kind.PART: "part", Kind.MADE_FOR: "made_for"}

FEATURES = (
    # the weightiest link of each kind, by where the measure names the product
    *(f"same_{place}" for place in _PLACES),
    *(f"component_{place}" for place in _PLACES),
    *(f"part_{place}" for place in _PLACES),
    *(f"made_for_{place}" for place in _PLACES),
    "wider",
    "sibling",
    "same_likely",
    "same_context",
    "part_likely",
    "part_context",
    "made_for_context",
    "same_steps",
    "same_class",
    "same_class_qualified",
    "same_class_alone",
    "same_places",
    "same_bare_title",
    "same_narrowed",
    "same_narrowed_by_title",
    "same_qualified",
    "same_qualified_near",
    "same_exact",
    "part_qualified",
    "same_by_description",
    "same_by_attribute",
    "same_by_likeness",
    "same_by_code",
    "part_by_code",
    "part_of_kind",
    "excluded",
    "other_goods",
    "not_in_products",
    "not_in_title",
    "no_goods_named",
    "line_unknown",
    # codes
    "hs6",
    "hs4",
    "hs2",
    "hs4_other6",
    "hs_none_given",
    "hs_disagree",
    "hs_of_other_goods",
    "hs_many",
    "line_without_code",
    "goods_at_line_code",
    "line_goods_at_code",
    "line_goods_at_code6",
    "ics",
    "ics_deep",
    "no_goods_and_ics",
    # texts
    "near",
    "literal",
    # together
    "same_and_hs",
    "same_and_disagree",
    "same_and_near",
    "part_and_hs",
    "part_and_near",
    "unknown_and_hs6",
    "unknown_and_hs4",
    "unknown_and_hs4_near",
    "other_and_hs6",
    "other_and_hs4",
    "literal_and_hs",
)
_PLACES_ZH = {
    "title": "标题",
    "products": "产品栏",
    "description": "内容概述",
    "code_name": "税目或分类名称",
    "hs": "税号",
}
_LINKS_ZH = {
    "same": "企业产品属于{}所指产品",
    "component": "企业产品是{}所指设备的部件",
    "part": "企业产品是{}所指产品的零部件或材料",
    "made_for": "企业产品的用途是{}所指产品",
}
FEATURES_ZH: Mapping[str, str] = MappingProxyType(
    {f"{link}_{place}": words.format(_PLACES_ZH[place]) for link, words in _LINKS_ZH.items() for place in _PLACES}
    | {
        "wider": "企业产品的范围比通报产品宽",
        "sibling": "企业产品与通报产品同属一类，但不是同一种",
        "same_likely": "产品名前有未识别的词，不一定是通报对象",
        "same_context": "通报只是顺带提及该产品",
        "part_likely": "整机名前有未识别的词",
        "part_context": "通报只是顺带提及整机",
        "made_for_context": "通报只是顺带提及用途产品",
        "same_steps": "通报所指产品比企业产品宽几级",
        "same_class": "通报针对一大类产品",
        "same_class_qualified": "通报针对一大类产品中的一部分",
        "same_class_alone": "通报针对整个大类",
        "same_places": "标题、产品栏、概述中多处写明",
        "same_bare_title": "通报只有标题，标题写明该产品",
        "same_narrowed": "通报另写明更窄的品种，企业产品不在其中",
        "same_narrowed_by_title": "标题写明更窄的品种，企业产品不在其中",
        "same_qualified": "产品名带有限定词",
        "same_qualified_near": "产品名带有限定词，但语义相近",
        "same_exact": "同一种产品，且无限定",
        "part_qualified": "整机名带有限定词",
        "same_by_description": "按产品描述归类（品名未识别）",
        "same_by_attribute": "品名或描述中的词使其属于该大类",
        "same_by_likeness": "品名与申报品目下某产品的名称相近（品名未识别）",
        "same_by_code": "按申报编码归类（品名未识别）",
        "part_by_code": "按申报编码归类为零部件",
        "part_of_kind": "是该类产品中某一种的零部件",
        "excluded": "通报明确排除该产品",
        "other_goods": "通报写明的是别的产品",
        "not_in_products": "产品栏写明的产品中没有该产品",
        "not_in_title": "标题写明的产品中没有该产品",
        "no_goods_named": "通报未写明已知产品",
        "line_unknown": "品名和描述均未识别",
        "hs6": "子目一致",
        "hs4": "品目一致",
        "hs2": "仅章一致",
        "hs4_other6": "品目一致但子目不同",
        "hs_none_given": "通报未列税号",
        "hs_disagree": "税号不一致",
        "hs_of_other_goods": "通报所列税号与其所写产品不符，税号不一致不作依据",
        "hs_many": "通报列出的税号多",
        "line_without_code": "企业产品无税号",
        "goods_at_line_code": "通报产品通常归入企业申报的品目",
        "line_goods_at_code": "企业产品通常归入通报所列品目",
        "line_goods_at_code6": "企业产品通常归入通报所列子目",
        "ics": "ICS 分类涵盖",
        "ics_deep": "ICS 分类涵盖（细分到组）",
        "no_goods_and_ics": "通报未写明产品，但 ICS 分类涵盖",
        "near": "语义相近",
        "literal": "品名字面一致",
        "same_and_hs": "同类产品且品目一致",
        "same_and_disagree": "同类产品但税号不一致",
        "same_and_near": "同类产品且语义相近",
        "part_and_hs": "零部件且品目一致",
        "part_and_near": "零部件且语义相近",
        "unknown_and_hs6": "产品未识别，子目一致",
        "unknown_and_hs4": "产品未识别，品目一致",
        "unknown_and_hs4_near": "产品未识别，品目一致且语义相近",
        "other_and_hs6": "产品不同，子目一致",
        "other_and_hs4": "产品不同，品目一致",
        "literal_and_hs": "品名字面一致且品目一致",
    }
)
_AT = {name: place for place, name in enumerate(FEATURES)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """What is known about one pair before it is weighed."""

    best: Link | None  # the weightiest link
    hs: HsOverlap
    near: float  # 0..1
    values: NDArray[np.float32]  # shape (len(FEATURES),)

    def value(self, name: str) -> float:
        """One feature by its name."""
        return float(self.values[_AT[name]])


def pair_of(scope: Scope, line: LineProfile, near: float) -> Pair:
    """Compare a measure and a line. `near` is the closeness of their texts, 0 to 1."""
    found = list(links(scope, line))
    used = [link for link in found if link.named.role is not Role.EXCLUDED]
    excluded = any(link.kind is Kind.SAME and link.named.role is Role.EXCLUDED for link in found)
    hs = hs_overlap(scope.hs_codes, line.hs_code)
    at: dict[str, float] = {}
    at |= _link_features(used)
    at["excluded"] = float(excluded)
    named = scope.covered(Source.TITLE, Source.PRODUCTS, Source.DESCRIPTION, Source.CODE_NAME)
    related = any(link.kind in (Kind.SAME, Kind.COMPONENT, Kind.PART, Kind.MADE_FOR) for link in used)
    own_words = scope.covered(Source.TITLE, Source.PRODUCTS)
    at["other_goods"] = float(bool(own_words) and not related)
    sources = {link.named.source for link in used if link.kind is Kind.SAME and link.named.role <= Role.LIKELY}
    at["same_places"] = len(sources & {Source.TITLE, Source.PRODUCTS, Source.DESCRIPTION}) / 3
    at["same_bare_title"] = float(scope.is_bare and Source.TITLE in sources)
    for source, name in ((Source.PRODUCTS, "not_in_products"), (Source.TITLE, "not_in_title")):
        at[name] = float(bool(sources) and source not in sources and bool(scope.covered(source)))
    at["no_goods_named"] = float(not named)
    at["line_unknown"] = float(not line.identity or min(line.identity.values()) is Known.CODE)
    at |= _code_features(scope, line, hs)
    if at["hs_disagree"] and _codes_are_of_other_goods(scope, used):
        at |= {"hs_disagree": 0.0, "hs_of_other_goods": 1.0}
    at["goods_at_line_code"] = _share_heading(_headings(own_words), line.hs_code)
    at["line_goods_at_code"] = _line_goods_at_code(scope, line, 4)
    at["line_goods_at_code6"] = _line_goods_at_code(scope, line, 6)
    ics = shared_ics(scope, line)
    at["ics"] = float(bool(ics))
    at["ics_deep"] = float(len(ics) > 6)
    at["no_goods_and_ics"] = at["ics"] * at["no_goods_named"]
    at["near"] = near
    at["literal"] = literal_agreement(scope.goods_text, line.passage)
    best = min(used, key=lambda link: link.order, default=None)
    same = best is not None and best.kind is Kind.SAME and best.named.source <= Source.CODE_NAME
    part = best is not None and best.kind in (Kind.COMPONENT, Kind.PART, Kind.MADE_FOR)
    unknown = not related and not (own_words and not at["line_unknown"])
    agrees = hs.digits >= 4
    at["same_and_hs"] = float(same and agrees)
    at["same_and_disagree"] = float(same and bool(at["hs_disagree"]))
    at["same_and_near"] = near * same
    at["same_qualified_near"] = near * at.get("same_qualified", 0.0)
    at["part_and_hs"] = float(part and agrees)
    at["part_and_near"] = near * part
    at["unknown_and_hs6"] = float(unknown and hs.digits == 6)
    at["unknown_and_hs4"] = float(unknown and hs.digits == 4)
    at["unknown_and_hs4_near"] = near * (unknown and agrees)
    at["other_and_hs6"] = float(not unknown and not related and hs.digits == 6)
    at["other_and_hs4"] = float(not unknown and not related and hs.digits == 4)
    at["literal_and_hs"] = at["literal"] * agrees
    values = np.zeros(len(FEATURES), dtype=np.float32)
    for name, value in at.items():
        values[_AT[name]] = value
    return Pair(best=best, hs=hs, near=near, values=values)


def _link_features(used: Sequence[Link]) -> dict[str, float]:
    best: dict[Kind, Link] = {}
    for link in sorted(used, key=lambda link: link.order):
        best.setdefault(link.kind, link)
    at: dict[str, float] = {}
    for kind, found in best.items():
        if kind in _LINKS:
            at |= _place_features(_LINKS[kind], found)
        elif kind is Kind.WIDER or kind is Kind.SIBLING:
            at[kind.name.lower()] = float(found.named.role is not Role.CONTEXT)
    same, part = best.get(Kind.SAME), best.get(Kind.PART)
    if same is not None:
        at["same_steps"] = min(same.steps, 3) / 3
        at["same_class"] = float(has_flag(same.named.concept, "class"))
        is_class = has_flag(same.named.concept, "class")
        at["same_class_qualified"] = float(is_class and same.named.qualified)
        at["same_class_alone"] = float(is_class and not same.narrowed and not same.named.qualified)
        at["same_narrowed"] = float(same.narrowed)
        at["same_narrowed_by_title"] = float(same.narrowed_by_title)
        at["same_qualified"] = float(same.named.qualified)
        plainly = same.named.role is Role.COVERED and not (same.named.qualified or same.narrowed)
        at["same_exact"] = float(plainly and same.steps == 0)
        at["same_by_description"] = float(same.known is Known.DESCRIPTION)
        at["same_by_attribute"] = float(same.known is Known.ATTRIBUTE)
        at["same_by_likeness"] = float(same.known is Known.LIKENESS)
        at["same_by_code"] = float(same.known is Known.CODE)
    if part is not None:
        at["part_qualified"] = float(part.named.qualified)
        at["part_by_code"] = float(part.known is Known.CODE)
        at["part_of_kind"] = float(part.steps > 0)
    return at


def _place_features(name: str, link: Link) -> dict[str, float]:
    """Where the measure names the product; a mention in passing is kept apart from all places."""
    group = name if name in ("same", "made_for") else "part"
    if link.named.role is Role.CONTEXT:
        return {f"{group}_context": 1.0}
    at = {f"{name}_{_PLACES[link.named.source]}": 1.0}
    if link.named.role is Role.LIKELY and group != "made_for":
        at[f"{group}_likely"] = 1.0
    return at


def _code_features(scope: Scope, line: LineProfile, hs: HsOverlap) -> dict[str, float]:
    given = len(scope.hs_codes)
    other6 = hs.digits == 4 and all(len(code) >= 6 for code in scope.hs_codes if code[:4] == hs.code[:4])
    return {
        "hs6": float(hs.digits == 6),
        "hs4": float(hs.digits == 4),
        "hs2": float(hs.digits == 2),
        "hs4_other6": float(other6 and len(line.hs_code) >= 6),
        "hs_none_given": float(not given),
        "hs_disagree": float(bool(given) and bool(line.hs_code) and hs.digits == 0),
        "hs_many": min(math.log1p(given) / math.log1p(20), 1.0),
        "line_without_code": float(not line.hs_code),
    }


def _codes_are_of_other_goods(scope: Scope, used: Sequence[Link]) -> bool:
    """Whether the goods that connect the two, named in the measure's own words, are declared under none of its codes.

    Then the codes are wrong or but a part: "epoxy primer" under 2910. They say nothing against a line under 3208.
    """
    given = {code[:4] for code in scope.hs_codes}
    goods = {
        code[:4]
        for link in used
        if link.kind is Kind.SAME and link.named.role is Role.COVERED and link.named.source <= Source.PRODUCTS
        for key in (link.named.concept, *narrower(link.named.concept))
        for code in concepts()[key].hs
        if not has_flag(link.named.concept, "class")
    }
    return bool(goods) and not any(code.startswith(tuple(given)) or code[:2] in given for code in goods)


def _headings(keys: frozenset[str]) -> frozenset[str]:
    return frozenset(code[:4] for key in keys for code in concepts()[key].hs if len(code) >= 4)


def _share_heading(headings: frozenset[str], code: str) -> float:
    return float(len(code) >= 4 and code[:4] in headings)


def _line_goods_at_code(scope: Scope, line: LineProfile, digits: int) -> float:
    """Whether the codes of what the line is called are among the measure's codes."""
    own = {
        code[:digits]
        for key, known in line.identity.items()
        if known < Known.LIKENESS  # the others come from the code itself
        for code in concepts()[key].hs
        if len(code) >= digits
    }
    return float(any(code[:digits] in own for code in scope.hs_codes if len(code) >= digits))


def shared_ics(scope: Scope, line: LineProfile) -> str:
    """The measure's ICS code under which the line falls by what it is, or empty."""
    kinds = {key for own in line.identity for key in ancestors(own) if key == own or not has_flag(key, "class")}
    prefixes = [prefix for key in sorted(kinds) for prefix in concepts()[key].ics]
    return next((code for code in scope.ics_codes if any(code.startswith(prefix) for prefix in prefixes)), "")


def literal_agreement(goods_text: str, passage: str) -> float:
    """Share of a line's name that stands literally in the measure's own words: Chinese characters in a run, 0 to 1.

    Latin abbreviations ("MLCC", "PVC") count where both texts have them; a run of one or two characters does not.
    """
    name = _name(passage)
    if not name or not goods_text:
        return 0.0
    longest = 0
    for run in _HAN_RUN.findall(name):
        for start in range(len(run)):
            end = start + longest + 1
            while end <= len(run) and run[start:end] in goods_text:
                longest = end - start
                end += 1
    han = longest / sum(len(run) for run in _HAN_RUN.findall(name)) if longest >= 3 else 0.0
    words = set(_LATIN.findall(name))
    latin = 0.5 * any(re.search(rf"\b{re.escape(word)}\b", goods_text) for word in words)
    return round(min(1.0, max(han, latin)), 4)


@lru_cache(maxsize=10_000)
def _name(passage: str) -> str:
    return fold(passage.split("：", 1)[0])
