"""The public site in chromium, opened from a folder as a visitor without a server opens it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from site_browser import CHROMIUM, Browser, Page, browser
from site_sample import TODAY, facts

from reports.site.build import site_files
from reports.site.facts import SiteMeasure
from reports.site.pages import name_of, slugs

pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")]
FACTS = facts(130)
LISTED = "[...document.querySelectorAll('#list h3 a')].map(a => a.textContent)"
Rule = Callable[[SiteMeasure], bool]


def write(folder: Path, count: int) -> Path:
    for name, content in site_files(FACTS if count == 130 else facts(count)):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("site"), 130)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as running:
        yield running


@pytest.fixture(scope="module")
def desk(chromium: Browser, site: Path) -> Page:
    """The first page on a desk, on the day of the facts."""
    page = chromium.page(today=TODAY.isoformat())
    page.open(site / "index.html")
    return page


def choose(page: Page, name: str, value: str) -> None:
    """Choose a value as a visitor does: the event goes where the browser sends it."""
    page.value(
        f"(() => {{ const field = document.forms[0].elements['{name}']; field.value = {value!r};"
        " field.dispatchEvent(new Event('input', {bubbles: true})); })()"
    )


def clear(page: Page) -> None:
    page.value("new Promise(done => { document.getElementById('clear').click(); setTimeout(done, 20); })")


def everything(page: Page) -> list[str]:
    """Titles of the whole list, all of it shown."""
    page.value("while (!document.getElementById('more-line').hidden) document.getElementById('more').click()")
    return list(page.value(LISTED))


def expected(rule: Rule) -> list[str]:
    return sorted(name_of(each) for each in FACTS.measures if rule(each))


def left(measure: SiteMeasure) -> int:
    return (measure.comment_deadline - TODAY).days if measure.comment_deadline else -10_000


FILTERS: list[tuple[dict[str, str], Rule]] = [
    ({"q": "蓄电池 欧盟"}, lambda m: "蓄电池" in m.title_zh and "欧盟" in m.members),
    ({"q": "９０１７"}, lambda m: any("9017" in text for text in (*m.symbols, m.title))),
    ({"q": "VEHICLE parts"}, lambda m: "vehicle parts" in m.title),
    ({"q": "850760"}, lambda m: any("850760" in each.notified for each in m.headings)),
    ({"member": "日本"}, lambda m: "日本" in m.members),
    ({"industry": "锂电池与电池材料"}, lambda m: "锂电池与电池材料" in m.chains),
    ({"industry": "机电"}, lambda m: "机电" in m.industries),
    ({"chapter": "84"}, lambda m: any(each.code == "84" for each in m.chapters)),
    ({"deadline": "open"}, lambda m: left(m) >= 0),
    ({"deadline": "7"}, lambda m: 0 <= left(m) <= 7),
    ({"deadline": "15"}, lambda m: 0 <= left(m) <= 15),
    ({"deadline": "30"}, lambda m: 0 <= left(m) <= 30),
    ({"deadline": "passed"}, lambda m: -9_999 < left(m) < 0),
    ({"kind": "修订"}, lambda m: m.kind == "修订"),
    ({"area": "SPS"}, lambda m: m.area == "SPS"),
    (
        {"q": "技术法规", "member": "美国", "chapter": "85", "deadline": "open"},
        lambda m: "美国" in m.members and m.chapters[0].code == "85" and left(m) >= 0 and "技术法规" in m.title_zh,
    ),
]


@pytest.mark.parametrize(("chosen", "rule"), FILTERS, ids=lambda value: str(value) if isinstance(value, dict) else "")
def test_each_filter_and_combinations_give_what_they_say(desk: Page, chosen: dict[str, str], rule: Rule) -> None:
    clear(desk)
    for name, value in chosen.items():
        choose(desk, name, value)
    wanted = expected(rule)
    assert wanted
    assert sorted(everything(desk)) == wanted
    assert desk.value("document.getElementById('found').textContent") == f"共{len(wanted)}项"
    clear(desk)
    assert len(everything(desk)) == len(FACTS.measures)


def test_open_deadlines_come_nearest_first(desk: Page) -> None:
    clear(desk)
    choose(desk, "deadline", "30")
    by_name = {name_of(each): left(each) for each in FACTS.measures}
    days = [by_name[name] for name in everything(desk)]
    assert days == sorted(days)


def test_what_nothing_fits_is_said(desk: Page) -> None:
    clear(desk)
    choose(desk, "q", "没有这样的措施")
    assert desk.value("document.getElementById('found').textContent") == "没有符合条件的措施，请减少条件。"
    assert everything(desk) == []


def test_the_address_keeps_what_is_chosen_and_gives_it_back(chromium: Browser, desk: Page, site: Path) -> None:
    clear(desk)
    choose(desk, "q", "蓄电池")
    choose(desk, "member", "欧盟")
    fragment = desk.value("location.hash").removeprefix("#")
    wanted = sorted(everything(desk))
    assert 0 < len(wanted) < len(FACTS.measures)
    other = chromium.page(today=TODAY.isoformat())
    other.open(site / "index.html", fragment)
    assert sorted(everything(other)) == wanted
    assert other.value("document.forms[0].elements.member.value") == "欧盟"
    assert other.errors() == []


def test_a_link_to_another_choice_changes_the_list_that_is_open(desk: Page) -> None:
    clear(desk)
    fragment = f"area=SPS&industry={quote('机电')}"
    desk.value(f"new Promise(done => {{ location.hash = '{fragment}'; setTimeout(done, 50); }})")
    assert sorted(everything(desk)) == expected(lambda m: m.area == "SPS" and "机电" in m.industries)


def test_a_link_to_a_member_without_measures_lists_nothing(chromium: Browser, site: Path) -> None:
    page = chromium.page(today=TODAY.isoformat())
    page.open(site / "index.html", "member=" + quote("乌有国"))
    assert everything(page) == []
    assert page.value("document.forms[0].elements.member.selectedOptions[0].textContent") == "乌有国（0）"


@pytest.mark.parametrize("width", [320, 375])
@pytest.mark.parametrize("kind", ["index", "issues", "all", "amended", "hostile"])
def test_nothing_is_wider_than_a_phone(chromium: Browser, site: Path, kind: str, width: int) -> None:
    hostile = slugs([FACTS.measures[0].key])[FACTS.measures[0].key]
    assert "script" in hostile
    path = {
        "index": "index.html",
        "issues": "issues/index.html",
        "all": "measures/index.html",
        "amended": "measures/g-tbt-n-xx9-1.html",
        "hostile": f"measures/{hostile}.html",
    }[kind]
    page = chromium.page(width, today=TODAY.isoformat())
    page.open(site / path)
    assert page.value("document.documentElement.scrollWidth") == width
    assert page.value("window.hurt") is None
    assert page.errors() == []


def test_the_keyboard_alone_is_enough(chromium: Browser, site: Path) -> None:
    page = chromium.page(today=TODAY.isoformat())
    page.open(site / "index.html")
    page.press("Tab")
    assert page.value("document.activeElement.textContent") == "跳到正文"
    assert page.value("document.activeElement.getBoundingClientRect().left >= 0")
    assert page.value("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.press("Enter")
    for _ in range(60):
        page.press("Tab")
        if page.value("document.activeElement.id") == "q":
            break
    for key in "9017":
        page.press(key)
    assert sorted(page.value(LISTED)) == expected(lambda m: any("9017" in s for s in m.symbols))
    page.press("Tab")
    assert page.value("document.activeElement.id") == "member"
    page.press("ArrowDown")
    assert page.value("document.forms[0].elements.member.value") != ""


def test_show_more_goes_on_where_the_list_ended(chromium: Browser, site: Path) -> None:
    page = chromium.page(today=TODAY.isoformat())
    page.open(site / "index.html")
    page.value("document.getElementById('more').focus()")
    page.press("Enter")
    titles = page.value(LISTED)
    assert len(titles) == 100
    assert page.value("document.activeElement.textContent") == titles[50]


def test_every_page_is_quiet_and_asks_nobody(chromium: Browser, site: Path) -> None:
    page = chromium.page(today=TODAY.isoformat())
    for path in (site / "index.html", *sorted((site / "measures").glob("*.html"))[:6]):
        page.open(path)
        assert page.errors() == []
        assert page.value("document.documentElement.lang") == "zh-CN"


def test_an_injected_script_does_not_run_from_a_folder(chromium: Browser, site: Path, tmp_path: Path) -> None:
    hurt = shutil.copytree(site, tmp_path / "hurt")
    for name in ("index.html", "measures/index.html"):
        page = hurt / name
        text = page.read_text(encoding="utf-8")
        injected = "<script>window.hurt = 1</script><img src=x onerror='window.hurt = 1'></main>"
        page.write_text(text.replace("</main>", injected), encoding="utf-8")
        opened = chromium.page()
        opened.open(page)
        assert opened.value("window.hurt || 0") == 0
        assert opened.errors()  # the browser says that it refused them


def test_the_sample_would_hear_an_error(chromium: Browser, site: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(site / "assets", broken / "assets")
    shutil.copy(site / "index.html", broken)
    page = chromium.page()
    page.open(broken / "index.html")
    assert any("measures.js" in text or "ERR_FILE" in text for text in page.errors())


def test_without_scripts_the_newest_are_listed(chromium: Browser, site: Path) -> None:
    page = chromium.page(script=False)
    page.open(site / "index.html")
    text = page.text()
    assert text.count('<li class="measure">') == 50
    assert "浏览器未启用脚本" in text
    assert "共132项" in text


def test_days_left_follow_the_day_of_opening(chromium: Browser, site: Path) -> None:
    item = next(each for each in FACTS.measures if left(each) == 9)
    path = site / "measures" / f"{slugs([item.key])[item.key]}.html"
    told = []
    for shift in (0, 4, 9, 10):
        page = chromium.page(today=(TODAY + timedelta(days=shift)).isoformat())
        page.open(path)
        told.append(page.value("document.querySelector('dd .left').textContent"))
    assert told == ["剩余9天", "剩余5天", "今天截止", "已截止"]


def test_a_deadline_that_passed_leaves_the_next_deadlines(chromium: Browser, site: Path) -> None:
    day = TODAY + timedelta(days=20)
    page = chromium.page(today=day.isoformat())
    page.open(site / "index.html")
    shown = page.value("[...document.querySelectorAll('#due time')].map(t => t.dateTime)")
    ahead = sorted(m.comment_deadline for m in FACTS.measures if m.comment_deadline and m.comment_deadline >= day)
    assert shown == [each.isoformat() for each in ahead[:10]]


def test_every_field_has_a_label_and_every_text_contrast(desk: Page) -> None:
    clear(desk)
    unlabelled = "[...document.querySelectorAll('input, select')].filter(f => !f.labels.length).length"
    assert desk.value(unlabelled) == 0
    weakest = desk.value(
        """(() => {
        const light = text => { const [r, g, b] = text.match(/[\\d.]+/g).map(Number).slice(0, 3).map(v => {
          v /= 255; return v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4; });
          return .2126 * r + .7152 * g + .0722 * b; };
        const ground = node => { for (let n = node; n; n = n.parentElement) {
          const c = getComputedStyle(n).backgroundColor; if (c !== 'rgba(0, 0, 0, 0)') return c; }
          return 'rgb(255,255,255)'; };
        return Math.min(...[...document.querySelectorAll('body *')].filter(n => n.offsetParent &&
          [...n.childNodes].some(c => c.nodeType === 3 && c.data.trim())).map(n => {
            const [a, b] = [light(getComputedStyle(n).color), light(ground(n))].sort((x, y) => y - x);
            return (a + .05) / (b + .05); })); })()"""
    )
    assert weakest >= 4.5


def test_on_paper_there_are_no_controls(chromium: Browser, site: Path) -> None:
    page = chromium.page(today=TODAY.isoformat())
    page.open(site / "index.html")
    page.as_printed()
    assert page.value("getComputedStyle(document.getElementById('filters')).display") == "none"
    assert page.value("document.querySelectorAll('#list .measure')[0].getBoundingClientRect().height > 0")


def test_five_thousand_measures_are_filtered_in_a_blink(chromium: Browser, tmp_path: Path) -> None:
    site = write(tmp_path, 5000)
    page = chromium.page(today=TODAY.isoformat())
    page.open(site / "index.html")
    assert page.value("document.getElementById('found').textContent") == "共5002项"
    took = page.value(
        """["蓄电池", "draft 9017", "x", ""].map(text => {
        const field = document.forms[0].elements.q, before = performance.now();
        field.value = text;
        field.dispatchEvent(new Event('input', {bubbles: true}));
        document.body.offsetHeight;
        return performance.now() - before; })"""
    )
    print("ms:", [round(each, 1) for each in took])
    assert sorted(took)[1] < 100
    assert page.errors() == []
