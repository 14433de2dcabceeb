"""Chinese titles of WTO notifications on public Chinese pages: the notification form, tables, lines of an article.

Source of the forms: pages of provincial platforms as stored in public text collections (docs/sources.md names them).
A title is read only where its symbol is beyond doubt; what is not is told as a doubt and never as a title.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from bs4 import BeautifulSoup, Comment, Tag
from bs4.element import NavigableString, PageElement

from crawlers.formats.dates import from_text
from crawlers.formats.text import clean_line
from warehouse.records import ChineseTitle, TitleObservation
from warehouse.symbols import parse_symbol

_HALF: Final = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}  # keeps every position
_CHARSET: Final = re.compile(rb"charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
_DROPPED: Final = ("script", "style", "noscript", "template", "head", "select", "option")
_BLOCKS: Final = re.compile(
    r"address|article|blockquote|body|br|caption|center|d[dlt]|div|fieldset|footer|form|h[1-6]|header|hr|li|main|nav|[ou]l|"
    r"p|pre|section|t(?:able|body|d|foot|h|head|r)"
)
_MAX_COLUMNS: Final = 40
_MAX_CELLS: Final = 40_000  # of one table, merged ones counted as often as they show
_MAX_TITLE: Final = 400  # characters; the longest titles of notifications have some 350
# all that is written like a symbol, read whole: a piece that is cut off or goes on must not pass for a shorter symbol
_LIKE_SYMBOL: Final = re.compile(
    r"(?<![A-Za-z0-9])G\s*/\s*(?:TBT|SPS)(?:\s*/\s*(?:(?:notif|rev|add|corr|suppl?)[.\s]*\d+|[A-Z]+|\d+))*[\w./~-]*",
    re.IGNORECASE | re.ASCII,
)
_SYMBOL_HEADERS: Final = frozenset({"通报号", "通报编号", "通报文号", "通报号码", "WTO通报号", "文件编号", "文号"})
_TITLE_HEADERS: Final = ("中文标题", "通报中文标题", "通报标题", "标题", "通报名称", "通报文件标题", "通报文件名称")
_MEANINGLESS: Final = frozenset({"通报", "补遗", "修订", "勘误", "补遗通报", "修订通报", "勘误通报", "待定", "暂无"})
_PAGES: Final = re.compile(r"\s*[(（]\s*\d+\s*页[^()（）]*[)）]\s*$")  # "(18页，英语)" is no part of the title
_CHINESE: Final = re.compile(r"[\u3400-\u9fff]")
_NUMBERING: Final = re.compile(r"\s*(?:[(]?\d{1,3}[).、,]|[一二三四五六七八九十]{1,3}、|[•·*●-])?\s*")
_NO_TITLE: Final = re.compile(
    r"号|等|至|及|和|与|的|为|中(?:规定|要求)|是|通报[了,:]|发布|规定了|[,.、;)]"
)  # the line goes on as a sentence
_BOX: Final = r"(?:\d{1,2}\s*[.、]?\s*)?"  # the numbers of the form's boxes
_LABELS: Final = (
    "通报成员|发布通报成员|通报国|负责(?:机构|部门)|通报依据|依据(?:的)?条[款例]|覆盖的?产品|可能受影响|英文标题|内容[简概]述|"
    "目[的标][和与]理由|相关文件|通报日期|通报号|拟(?:批准|生效)日期|(?:意见反馈|提意见)截[止至]日期|文本可从|备注"
)
_TITLE_LABEL: Final = re.compile(
    rf"^{_BOX}通报(?:文件的?)?(?:标题|名称)(?:、语言[及和]页数)?\s*:", re.MULTILINE | re.ASCII
)
_TITLE_END: Final = re.compile(
    rf"(?:页\s*数|(?:使用)?语\s*言|链接(?:网址|地址))\s*:|^{_BOX}(?:{_LABELS})|^\d{{1,2}}\s*[.、]?\s*$",
    re.MULTILINE,
)
_SYMBOL_LABEL: Final = re.compile(r"^通报(?:编?号|号码)\s*:\s*(.*)$", re.MULTILINE)
_DATE_LABEL: Final = re.compile(r"^通报日期\s*:\s*(.*)$", re.MULTILINE)
_MEMBER_LABEL: Final = re.compile(rf"^{_BOX}(?:发布)?通报成员\s*:", re.MULTILINE)
_BETWEEN: Final = re.compile(r"[\s,;、和及]*")  # what may stand between the symbols of a joint notification


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A symbol (canonical) and the title that its page gives it; `payload` is both as written."""

    symbol: str
    title: str
    payload: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a page says: titles, each symbol once, and pieces with a symbol whose title could not be told."""

    pairs: tuple[Pair, ...] = ()
    doubts: tuple[str, ...] = ()
    published: date | None = None  # the form's date of distribution
    symbols: tuple[str, ...] = ()  # all that the page names, canonical


@dataclass(slots=True)
class _Notes:
    """Titles found so far. A symbol with two different ones has none."""

    found: dict[str, list[Pair]] = field(default_factory=dict)
    doubts: list[str] = field(default_factory=list)

    def add(self, symbols: tuple[str, ...], symbol_text: str, title_text: str) -> None:
        title = clean_title(title_text)
        if not title or not symbols:
            self.doubts.append(symbol_text)
            return
        payload = {"symbol": symbol_text, "title": clean_line(title_text)}
        for symbol in symbols:
            self.found.setdefault(symbol, []).append(Pair(symbol=symbol, title=title, payload=payload))

    def reading(self, named: tuple[str, ...], published: date | None = None) -> Reading:
        clear = {symbol: pairs[0] for symbol, pairs in self.found.items() if len({p.title for p in pairs}) == 1}
        doubts = [text for text in self.doubts if not (held := find_symbols(text)[0]) or set(held) - set(clear)]
        doubts += [symbol for symbol in self.found if symbol not in clear]
        return Reading(
            pairs=tuple(clear.values()), doubts=tuple(dict.fromkeys(doubts)), published=published, symbols=named
        )


def soup_of(body: bytes, content_type: str = "") -> BeautifulSoup:
    """Parse a page. The charset is the header's, else the page's; gb2312 and gbk are read as the gb18030 they mean."""
    stated = _CHARSET.search(content_type.encode("ascii", "replace")) or _CHARSET.search(body[:4096])
    name = stated[1].decode("ascii", "replace").lower() if stated else "utf-8"
    name = "gb18030" if name.startswith("gb") else name
    try:
        text = body.decode(name, "replace")
    except LookupError:
        text = body.decode("utf-8", "replace")
    return BeautifulSoup(text.removeprefix("\ufeff"), "lxml")


def page_lines(root: Tag) -> list[str]:
    """The text of a page as shown: one line a block, cell or break; white space and empty lines folded."""
    pieces: list[str] = []
    _gather(root, pieces)
    return [line for raw in "".join(pieces).split("\n") if (line := clean_line(raw))]


def find_symbols(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The symbols in a text, canonical, each once, in order, and what is written like one but is none."""
    symbols: list[str] = []
    unread: list[str] = []
    for found in _LIKE_SYMBOL.finditer(text.translate(_HALF)):
        symbol = parse_symbol(found[0].rstrip("./~-"))
        if symbol is None:
            unread.append(found[0])
        else:
            symbols.append(symbol.text)
    return tuple(dict.fromkeys(symbols)), tuple(dict.fromkeys(unread))


def clean_title(text: str) -> str:
    """The title on one line, without count of pages and full stop; "" for what is no Chinese title ("补遗")."""
    title = _PAGES.sub("", clean_line(text)).rstrip(" 。;；,，")
    is_title = len(_CHINESE.findall(title)) >= 3 and len(title) <= _MAX_TITLE
    return title if is_title and re.sub(r"\s", "", title) not in _MEANINGLESS else ""


def read_form(root: Tag) -> Reading:
    """Read a page that shows one notification in its numbered form, or as labelled lines (通报号：, 通报标题：).

    The symbols are those after 通报号 or, in the head of the form, those that stand alone on lines before 通报成员;
    a joint notification has several there, and each gets the title.
    """
    shown = "\n".join(page_lines(root))
    half = shown.translate(_HALF)
    named = find_symbols(half)[0]
    labels = list(_TITLE_LABEL.finditer(half))
    if not labels:
        return Reading(doubts=named, symbols=named)
    first_box = _MEMBER_LABEL.search(half)
    head = half[: first_box.start() if first_box else labels[0].start()]
    alone = [line for line in head.split("\n") if _is_all_symbols(line)]
    labelled = [found[1] for found in _SYMBOL_LABEL.finditer(half) if _is_all_symbols(found[1])]
    published = _form_date(half, head)
    groups = {find_symbols(" ".join(texts))[0] for texts in (alone, labelled) if texts}
    if len(groups) != 1:  # none, or the form contradicts its heading
        return Reading(doubts=named or find_symbols(half)[1], published=published, symbols=named)
    notes = _Notes()
    for label in labels:
        end = _TITLE_END.search(half, label.end())
        value = shown[label.end() : end.start() if end else len(shown)]
        notes.add(next(iter(groups)), " ".join(alone or labelled), _joined(value))
    return notes.reading(named, published)


def read_article(root: Tag) -> Reading:
    """Read tables with a column of symbols and one of titles, and lines that begin with one symbol and its title."""
    notes = _Notes()
    for table in root.find_all("table"):
        if table.find("table") is None:
            _read_table(table, notes)
    lines = page_lines(root)
    for line in lines:
        _read_line(line, notes)
    return notes.reading(find_symbols("\n".join(lines))[0])


def read_page(root: Tag) -> Reading:
    """Read a page of either kind: the form where it labels a title, else an article."""
    half = "\n".join(page_lines(root)).translate(_HALF)
    return read_form(root) if _TITLE_LABEL.search(half) else read_article(root)


def title_observations(
    reading: Reading, *, page_key: str, url: str, published: date | None
) -> Iterator[TitleObservation]:
    """The titles of a page as records; `page_key` names the page within its source."""
    for pair in reading.pairs:
        yield TitleObservation(
            source_key=f"{page_key}:{pair.symbol}",
            payload=pair.payload,
            title=ChineseTitle(symbol=pair.symbol, title_zh=pair.title, published_date=published, url=url),
        )


def _gather(node: PageElement, pieces: list[str]) -> None:
    stack: list[PageElement | str] = [node]
    while stack:  # not by recursion: pages nest deeper than Python may
        item = stack.pop()
        if isinstance(item, Tag):
            if item.name in _DROPPED:
                continue
            edge = "\n" if _BLOCKS.fullmatch(item.name) else ""
            stack.append(edge)
            stack.extend(reversed(item.contents))
            stack.append(edge)
        elif isinstance(item, NavigableString) and not isinstance(item, Comment):
            pieces.append(re.sub(r"\s+", " ", item))  # a line break in the source is a blank on the page
        elif isinstance(item, str) and not isinstance(item, PageElement):
            pieces.append(item)


def _is_all_symbols(text: str) -> bool:
    symbols, unread = find_symbols(text)
    return bool(symbols) and not unread and _BETWEEN.fullmatch(_LIKE_SYMBOL.sub("", text)) is not None


def _form_date(half: str, head: str) -> date | None:
    stated = [found[1] for found in _DATE_LABEL.finditer(half)] or head.split("\n")
    return next((day for text in stated if (day := from_text(text.strip()))), None)


def _joined(value: str) -> str:
    """Lines of one title; between two Chinese characters a break is nothing."""
    return re.sub(r"(?<=[\u3000-\u9fff\uff00-\uffef]) *\n *(?=[\u3000-\u9fff\uff00-\uffef])", "", value.strip())


def _read_line(line: str, notes: _Notes) -> None:
    half = line.translate(_HALF)
    symbols, unread = find_symbols(half)
    if not symbols and not unread:
        return
    found = _LIKE_SYMBOL.search(half)
    rest = half[found.end() :] if found else ""
    separator = re.match(r"\s*[:|—-]\s*|\s+", rest)
    title = line[-len(rest) + separator.end() :] if separator and rest else ""
    is_clear = (
        found is not None
        and len(symbols) == 1
        and not unread
        and _NUMBERING.fullmatch(half[: found.start()]) is not None
        and bool(title)
        and not _NO_TITLE.match(title.translate(_HALF))
        and "。" not in title.rstrip("。 ")
        and bool(clean_title(title))
    )
    if is_clear:
        notes.add(symbols, found[0] if found else "", title)
    elif not _is_all_symbols(half):  # a cell that holds nothing but symbols is read with its table
        notes.doubts.append(line)


def _read_table(table: Tag, notes: _Notes) -> None:
    grid = _grid(table)
    if not any(_columns(row) for row in grid) and len({len(row) for row in grid}) == 1:
        grid = [list(column) for column in zip(*grid, strict=True)]  # the names may stand at the left
    columns: tuple[int, int] | None = None
    for row in grid:
        columns = _columns(row) or columns
        if columns is None or _columns(row) is not None or max(columns) >= len(row):
            continue
        symbol_text, title_text = row[columns[0]], row[columns[1]]
        symbols, unread = find_symbols(symbol_text)
        if not symbols and not unread:
            continue
        rest = _LIKE_SYMBOL.sub("", symbol_text.translate(_HALF))
        is_each_its_own = len(symbols) > 1 and len(title_text.strip().split("\n")) > 1
        if unread or re.search(r"\d", rest) or is_each_its_own or find_symbols(title_text)[0]:
            notes.doubts.append(clean_line(symbol_text))
        else:
            notes.add(symbols, clean_line(symbol_text), _joined(title_text))


def _columns(row: list[str]) -> tuple[int, int] | None:
    """Where symbols and titles stand, if the row is a header that says so without doubt."""
    names = [re.sub(r"[\s:]", "", cell.translate(_HALF)) for cell in row]
    symbols = [i for i, name in enumerate(names) if name in _SYMBOL_HEADERS]
    titles = next(
        ([i for i, name in enumerate(names) if name == wanted] for wanted in _TITLE_HEADERS if wanted in names), []
    )
    return (symbols[0], titles[0]) if len(symbols) == 1 and len(titles) == 1 else None


def _grid(table: Tag) -> list[list[str]]:
    """The cells as shown: a merged cell stands in every place that it covers."""
    grid: list[list[str]] = []
    hanging: dict[int, tuple[int, str]] = {}  # column -> rows still to come, text
    n_cells = 0
    for tr in table.find_all("tr"):
        row: list[str] = []
        for cell in [*tr.find_all(["td", "th"], recursive=False), None]:
            while len(row) in hanging:
                column = len(row)
                left, text = hanging.pop(column)
                row.append(text)
                if left > 1:
                    hanging[column] = (left - 1, text)
            if cell is None or len(row) >= _MAX_COLUMNS:
                break
            text = "\n".join(page_lines(cell))
            down = _span(cell, "rowspan")
            for _ in range(min(_span(cell, "colspan"), _MAX_COLUMNS - len(row))):
                if down > 1:
                    hanging[len(row)] = (down - 1, text)
                row.append(text)
        n_cells += len(row)
        if n_cells > _MAX_CELLS:
            break
        grid.append(row)
    return grid


def _span(cell: Tag, name: str) -> int:
    stated = str(cell.get(name, "1")).strip()
    return max(int(stated), 1) if stated.isascii() and stated.isdigit() and len(stated) < 6 else 1
