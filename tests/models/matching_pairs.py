"""Fictional lines and notifications, and a head that everybody can follow, for the tests of matching."""

from __future__ import annotations

import dataclasses

import numpy as np

from models.matching import Head
from models.matching.features import FEATURES
from models.matching.head import Question
from models.matching.trees import Forest
from warehouse.records import Notification, ProductLine

LINES = {
    "cable": ("管道光缆", "松套层绞、PE护套的管道和架空光缆，用于干线。", "8544700000", ("KEN", "PER")),
    "tyre": ("乘用车轮胎", "205/55R16无内胎新轮胎。", "4011100000", ("SAU", "DEU", "EU")),
    "headlamp": ("LED前照灯总成", "近光远光组合前大灯，供整车配套。", "8512201000", ("DEU", "EU")),
    "seat": ("座椅骨架", "高强钢汽车座椅骨架。", "9401900000", ()),
    "wall-paint": ("内墙乳胶漆", "水性建筑涂料，桶装。", "3209100090", ("KEN",)),
    "tio2": ("金红石型钛白粉", "二氧化钛颜料，用于涂料和塑料。", "3206111900", ("KEN",)),
    "honey": ("桶装蜂蜜", "洋槐天然蜂蜜。", "0409000000", ("JPN",)),
    "sweetener": ("三氯蔗糖", "高倍甜味剂，用于饮料。", "2932140000", ("JPN",)),
    "relay": ("小型继电器", "PCB焊接式继电器。", "8536411090", ("FRA", "EU")),
    "fridge": ("家用冰箱", "双门冰箱。", "8418101000", ("FRA", "EU")),
    "gloves": ("工业耐油橡胶手套", "丁腈浸胶。", "4015190000", ("JPN",)),
    "unknown": ("QX-7型元件", "", "9030400000", ("KEN",)),
}


def line(key: str) -> ProductLine:
    name, description, code, markets = LINES[key]
    return ProductLine(
        line_id=key, exporter_id="E1", product_name=name, description=description, hs_code=code, market_codes=markets
    )


def note(title: str = "", products: str = "", *, member: str = "KEN", **more: object) -> Notification:
    base = Notification(
        notification_id="N1", title=title, products_text=products, member_codes=(member,) if member else ()
    )
    return dataclasses.replace(base, **more)  # type: ignore[arg-type]


def question(**weights: float) -> Question:
    """Twice these weights: the head takes the mean with its trees, of which there are none."""
    found = np.zeros(len(FEATURES))
    for name, weight in weights.items():
        found[FEATURES.index(name)] = 2 * weight
    return Question(weights=found, bias=-6.0, forest=Forest(base=0.0, trees=()))


SAME = {"same_title": 6.0, "same_products": 6.0, "same_description": 4.0, "excluded": -9.0, "same_narrowed": -6.0}
PART = {f"{kind}_{place}": 6.0 for kind in ("component", "part", "made_for") for place in ("title", "products")}
BY_HAND = Head(
    version="by-hand",
    direct=question(**SAME, hs6=1.0, hs4=0.5, near=0.5),
    related=question(**SAME, **PART, hs6=1.0, hs4=0.5),
    direct_from=0.5,
    related_from=0.5,
    facts={},
)
