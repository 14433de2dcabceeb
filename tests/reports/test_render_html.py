from __future__ import annotations

import re
from html.parser import HTMLParser
from itertools import pairwise

from bulletin_sample import FIRMS, HOSTILE, quiet_month, sample, with_proceedings

from reports.bulletin.compose import compose_bulletin
from reports.render.html import render_html

VOID = {"meta", "br", "col", "line", "rect"}


class Page(HTMLParser):
    """Collects text and tags, and fails on tags that do not close in order."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(source)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return "".join(self.words)


def test_the_page_is_self_contained_accessible_and_well_formed() -> None:
    page = Page(render_html(compose_bulletin(with_proceedings(sample()))))
    names = [tag for tag, _ in page.tags]
    assert ("html", {"lang": "zh-CN"}) in page.tags
    assert "script" not in names
    assert "link" not in names
    assert "img" not in names
    assert names.count("h1") == 1
    headers = [attrs for tag, attrs in page.tags if tag == "th"]
    assert headers
    assert all(attrs.get("scope") in {"col", "row"} for attrs in headers)
    assert names.count("caption") == names.count("table")
    assert all(attrs.get("aria-label") for tag, attrs in page.tags if tag == "svg")
    targets = {attrs.get("id") for _, attrs in page.tags}
    assert all(attrs["href"][1:] in targets for tag, attrs in page.tags if tag == "a" and attrs["href"].startswith("#"))


def test_the_column_that_names_a_row_is_a_header_of_it() -> None:
    page = render_html(compose_bulletin(with_proceedings(sample())))
    tables = re.findall(r"<thead>(.*?)</thead>\s*<tbody>(.*?)</tbody>", page, re.DOTALL)
    assert tables
    named = 0
    for head, body in tables:
        columns = re.findall(r"<th scope=\"col\">(.*?)</th>", head)
        for row in re.findall(r"<tr[^>]*>(.*?)</tr>", body, re.DOTALL):
            cells = re.findall(r"<(td|th scope=\"row\")", row)
            if "通报号" in columns:
                assert cells.index('th scope="row"') == columns.index("通报号")
            assert cells.count('th scope="row"') <= 1
            named += cells.count('th scope="row"')
    assert named > len(tables)


def test_a_hostile_title_stays_text() -> None:
    page = Page(render_html(compose_bulletin(sample())))
    assert "<script>alert(1)</script>" in page.text
    document = compose_bulletin(sample(5, items=sample().items[4:5]))
    assert HOSTILE in Page(render_html(document)).text


def test_foreign_titles_carry_language_and_direction() -> None:
    tags = Page(render_html(compose_bulletin(sample()))).tags
    assert ("bdi", {"lang": "ar", "dir": "rtl"}) in tags
    assert ("bdi", {"lang": "th", "dir": "ltr"}) in tags


def test_an_address_that_is_no_web_address_becomes_no_link() -> None:
    items = tuple(sample().items[:1])
    bad = type(items[0])(
        **{name: getattr(items[0], name) for name in items[0].__slots__} | {"url": "javascript:alert(1)"}
    )
    assert "javascript:" not in render_html(compose_bulletin(sample(5, items=(bad,))))


def test_no_firm_name_leaves_in_the_public_page() -> None:
    public, restricted = (Page(render_html(compose_bulletin(sample(20, firm_names=f)))).text for f in (False, True))
    assert not any(name in public for name in FIRMS)
    assert all(name in restricted for name in FIRMS)


def test_a_quiet_month_has_a_page() -> None:
    assert "未监测到" in Page(render_html(compose_bulletin(quiet_month()))).text


def _luminance(colour: str) -> float:
    """WCAG 2.2: relative luminance of #rrggbb or #rgb."""
    digits = colour.lstrip("#")
    digits = digits if len(digits) == 6 else "".join(2 * digit for digit in digits)
    parts = [int(digits[n : n + 2], 16) / 255 for n in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_every_colour_of_text_is_readable_on_its_ground() -> None:
    colours = dict(re.findall(r"--(\w+): (#[0-9a-f]{3,6});", render_html(compose_bulletin(sample()))))
    assert colours.keys() >= {"ink", "soft", "red", "link", "tint"}
    for ink in ("ink", "soft", "red", "link"):
        for ground in ("#ffffff", colours["tint"]):
            light, dark = sorted((_luminance(colours[ink]), _luminance(ground)), reverse=True)
            assert (light + 0.05) / (dark + 0.05) >= 4.5, (ink, ground)


def test_headings_go_down_one_step_at_a_time() -> None:
    tags = [tag for tag, _ in Page(render_html(compose_bulletin(with_proceedings(sample())))).tags]
    steps = [int(tag[1]) for tag in tags if re.fullmatch(r"h[1-6]", tag)]
    assert steps[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(steps))
