"""Build the bundled sample from its source: notifications.toml -> notifications.xlsx and search_page.json.

The workbook has the form of ePing's "Export Search Results", the page that of the public site's JSON. Both are written
by hand and stored without compression, so that the same source gives the same bytes on any machine and with any
version of zlib: tests/pipeline/test_sample.py compares them.

Usage: python tools/make_sample.py [--out DIR]
"""

from __future__ import annotations

import argparse
import html
import io
import json
import re
import tomllib
import zipfile
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

SAMPLE = Path(__file__).resolve().parents[1] / "pipeline" / "sample"
SITE = "https://example.org"  # reserved by RFC 2606: no link of the sample leads anywhere
FETCHED = date(2026, 7, 1)  # the day on which the search page pretends to have been read
EXCEL_EPOCH = date(1899, 12, 30)
ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)
STORES = {"EN": "t", "FR": "u", "ES": "v"}  # document store of each language at the WTO
SYMBOL = re.compile(r"^G/(TBT|SPS)/N/([A-Z]{2,4})/(\d+)((?:/(?:Rev|Add|Corr|Suppl)\.\d+)*)$")
# fmt: off
HEADERS = (
    "Notifying Member", "Distribution date", "Document symbol", "Title", "Description", "Products covered",
    "HS code(s)", "ICS code(s)", "Objectives", "Keywords", "Specific regions or countries likely to be affected",
    "Final date for comments", "Notification type", "Notified document",
    "Link to notification(EN)", "Link to notification(FR)", "Link to notification(ES)",
)
# fmt: on
WIDTHS = (30, 20, 50, 100, 100, 100, 100, 100, 100, 100, 100, 30, 100, 100, 100, 100, 100)
PLAIN, HEAD, DAY, WRAP, LINK = range(5)  # cell styles, in the order of STYLES

Record = Mapping[str, Any]  # one table of the source, as tomllib gives it

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
STYLES = (
    f'<styleSheet xmlns="{MAIN}"><numFmts count="1"><numFmt numFmtId="164" formatCode="dd/MM/yyyy"/></numFmts>'
    '<fonts count="3"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/>'
    '</font><font><u/><sz val="11"/><color rgb="FF0000FF"/><name val="Calibri"/></font></fonts><fills count="2">'
    '<fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="5">'
    '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>'
    '<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0" applyAlignment="1">'
    '<alignment vertical="top" wrapText="1"/></xf>'
    '<xf numFmtId="0" fontId="2" fillId="0" borderId="0" xfId="0" applyFont="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)
TYPE_OF_PART = {
    "xl/workbook.xml": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
    "xl/worksheets/sheet1.xml": "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml",
    "xl/styles.xml": "application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml",
    "docProps/core.xml": "application/vnd.openxmlformats-package.core-properties+xml",
}


def named(codes: Iterable[str], names: Mapping[str, str]) -> list[str]:
    """`["850760 - Lithium-ion accumulators ..."]`; a code without a name in the source is a KeyError."""
    return [f"{code} - {names[code]}" for code in codes]


def parts_of(symbol: str) -> tuple[str, str, str]:
    """Area, member and stem of the WTO's file: G/TBT/N/JPN/9002/Rev.1 -> ("TBT", "JPN", "JPN9002R1")."""
    match = SYMBOL.match(symbol)
    if match is None:
        raise SystemExit(f"notifications.toml: not a document symbol: {symbol}")
    suffixes = re.findall(r"/([RACS])[a-z]+\.(\d+)", match[4])
    return match[1], match[2], match[2] + match[3] + "".join(letter + number for letter, number in suffixes)


def document_links(record: Record) -> list[str]:
    """Links of the notified texts: one a language suffix, then the further ones."""
    area, member, name = parts_of(record["symbols"][-1])  # a joint text lies under its last member
    stem = f"{SITE}/crnattachments/2026/{area}/{member}/26_{name}_00"
    return [f"{stem}_{suffix}.pdf" for suffix in record.get("texts", [])] + list(record.get("more_links", []))


def notification_link(record: Record, language: str) -> str:
    """Link of the WTO document in one language, "" where the record has none."""
    if language not in record.get("links", ["EN"]):
        return ""
    area, _member, name = parts_of(record["symbols"][0])
    folder = "G/TBTN26/" if area == "TBT" else "G/SPS/N"
    return f"{SITE}/imrd/directdoc.asp?DDFDocuments/{STORES[language]}/{folder}{name}.DOCX"


# --- the workbook -------------------------------------------------------------------------------------------------


def column(index: int) -> str:
    return chr(ord("A") + index)  # 17 columns: one letter is enough


def text_cell(place: str, text: str, style: int) -> str:
    if not text:
        return f'<c r="{place}" s="{style}" t="inlineStr"/>'
    return f'<c r="{place}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>'


def day_cell(place: str, day: date | str, *, bare: bool) -> str:
    if isinstance(day, str):
        return text_cell(place, day, DAY)
    return f'<c r="{place}" s="{PLAIN if bare else DAY}"><v>{(day - EXCEL_EPOCH).days}</v></c>'


def hyperlink_cell(place: str, url: str, shown: str, style: int) -> str:
    """A formula without a cached value, as ePing writes it."""
    if not url:
        return f'<c r="{place}" s="{PLAIN}"/>'
    formula = f'HYPERLINK("{url}","{shown}")'
    return f'<c r="{place}" s="{style}"><f>{escape(formula)}</f><v/></c>'


def row_cells(record: Record, symbol: str, number: int, source: Record) -> str:
    """One row: a record as the member of `symbol` shows it."""
    symbols = " " + ", ".join(record["symbols"])  # the leading space is ePing's
    bare = bool(record.get("serial_dates", False))
    texts = {
        0: source["members"][parts_of(symbol)[1]][0],
        3: record["title"],
        4: record.get("description", ""),
        5: record.get("products", ""),
        6: "; ".join(named(record.get("hs", []), source["hs_names"])),
        7: "; ".join(named(record.get("ics", []), source["ics_names"])),
        8: "; ".join(record.get("objectives", [])),
        9: "; ".join(record.get("keywords", [])),
        10: record.get("affected", ""),
        12: record.get("type", "Regular notification"),
        13: "\n".join(document_links(record)),
    }
    cells = {index: text_cell(f"{column(index)}{number}", text, WRAP) for index, text in texts.items()}
    cells[1] = day_cell(f"B{number}", record["distributed"], bare=bare)
    cells[2] = hyperlink_cell(f"C{number}", f"{SITE}/en/Search?viewData={symbols}", symbols, LINK)
    cells[11] = day_cell(f"L{number}", record.get("deadline", ""), bare=bare)
    for index, language in enumerate(STORES, start=14):
        url = notification_link(record, language)
        cells[index] = hyperlink_cell(f"{column(index)}{number}", url, url, PLAIN)
    return f'<row r="{number}">{"".join(cells[index] for index in sorted(cells))}</row>'


def sheet_xml(source: Record) -> str:
    rows = [(record, symbol) for record in source["workbook"] for symbol in record["symbols"]]
    rows.sort(key=lambda row: row[0]["distributed"], reverse=True)  # newest first, as exported; the sort is stable
    head = "".join(text_cell(f"{column(index)}1", name, HEAD) for index, name in enumerate(HEADERS))
    body = "".join(row_cells(record, symbol, number, source) for number, (record, symbol) in enumerate(rows, start=2))
    widths = "".join(f'<col min="{n}" max="{n}" width="{width}" customWidth="1"/>' for n, width in enumerate(WIDTHS, 1))
    return (
        f'<worksheet xmlns="{MAIN}"><dimension ref="A1:Q{len(rows) + 1}"/><cols>{widths}</cols>'
        f'<sheetData><row r="1">{head}</row>{body}</sheetData></worksheet>'
    )


def relationships(*targets: tuple[str, str]) -> str:
    links = "".join(
        f'<Relationship Id="rId{n}" Type="{kind}" Target="{target}"/>' for n, (kind, target) in enumerate(targets, 1)
    )
    return f'<Relationships xmlns="{PACKAGE}/relationships">{links}</Relationships>'


def workbook_bytes(source: Record) -> bytes:
    """The whole .xlsx: fixed dates inside, no compression."""
    overrides = "".join(f'<Override PartName="/{part}" ContentType="{kind}"/>' for part, kind in TYPE_OF_PART.items())
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" '
        f'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>{overrides}</Types>',
        "_rels/.rels": relationships(
            (f"{OFFICE}/officeDocument", "xl/workbook.xml"),
            (f"{PACKAGE}/relationships/metadata/core-properties", "docProps/core.xml"),
        ),
        "docProps/core.xml": f'<cp:coreProperties xmlns:cp="{PACKAGE}/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><dc:title>Fictional sample</dc:title>'
        f'<dcterms:created xsi:type="dcterms:W3CDTF">{FETCHED}T00:00:00Z</dcterms:created></cp:coreProperties>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
        '<sheet name="Notifications" sheetId="1" r:id="rId1"/></sheets><calcPr fullCalcOnLoad="1"/></workbook>',
        "xl/_rels/workbook.xml.rels": relationships(
            (f"{OFFICE}/worksheet", "worksheets/sheet1.xml"), (f"{OFFICE}/styles", "styles.xml")
        ),
        "xl/styles.xml": STYLES,
        "xl/worksheets/sheet1.xml": sheet_xml(source),
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, xml in parts.items():
            entry = zipfile.ZipInfo(name, date_time=ZIP_EPOCH)
            entry.create_system = 3  # else it names the system that built it
            archive.writestr(entry, DECLARATION + xml)
    return buffer.getvalue()


# --- the search page ----------------------------------------------------------------------------------------------


def as_html(text: str) -> str:
    """Paragraphs as the site's editor leaves them."""
    paragraphs = (html.escape(line, quote=False) for line in text.split("\n") if line)
    return "".join(f'<p style="margin:2px">{line}</p>' for line in paragraphs)


def instant(day: date | str | None, *, offset: bool = True) -> str | None:
    if day is None:
        return None
    if isinstance(day, str):
        raise SystemExit(f"notifications.toml: the search page takes dates only, not {day!r}")
    return f"{day.isoformat()}T00:00:00{'+00:00' if offset else ''}"


def listed(names: Iterable[str], first_id: int) -> list[dict[str, object]]:
    return [{"id": number, "name": name} for number, name in enumerate(names, start=first_id)]


def coded(names: Iterable[str], first_id: int) -> list[dict[str, object]]:
    return [{**row, "code": str(row["name"]).split(" - ", 1)[0]} for row in listed(names, first_id)]


def page_item(record: Record, symbol: str, number: int, source: Record) -> dict[str, object]:
    """One item: a joint text comes as one item a member, each with an id of its own and all the symbols."""
    area, member, _stem = parts_of(symbol)
    name, code = source["members"][member]
    hs = named(record.get("hs", []), source["hs_names"])
    deadline = record.get("deadline")
    offset = number % 5 != 0  # the site leaves the offset out now and then
    texts = {key: record.get(key, "") for key in ("title", "description", "products")}
    return {
        "id": number,
        "area": area,
        "notificationType": record.get("type", "Regular notification"),
        "documentSymbol": " " + ", ".join(record["symbols"]),
        "notifyingMember": name,
        "notifyingMemberCode": code,
        "distributionDate": instant(record["distributed"], offset=offset),
        "commentDeadlineDate": instant(deadline, offset=offset),
        "isOpenForComments": deadline is not None and deadline >= FETCHED,
        "title": as_html(texts["title"]),
        "titlePlain": texts["title"],
        "description": as_html(texts["description"]),
        "descriptionPlain": texts["description"],
        "productsFreeText": as_html(texts["products"]),
        "productsFreeTextPlain": texts["products"],
        "hsCodes": coded(hs, number * 100),
        "hsCodeText": "; ".join(hs),
        "icsCodeText": "; ".join(named(record.get("ics", []), source["ics_names"])),
        "objectives": listed(record.get("objectives", []), 1),
        "objectivesFreeText": "",
        "keywords": listed(record.get("keywords", []), 1) if area == "TBT" else [],
        "spsKeywords": listed(record.get("keywords", []), 1) if area == "SPS" else [],
        "countriesAffected": listed([record["affected"]], 1) if "affected" in record else [],
        "allTradingPartners": bool(record.get("all_trading_partners", False)),
        "proposedAdoptionDate": instant(record.get("adoption")),
        "proposedAdoptionDateText": record.get("adoption_text", ""),
        "proposedEntryIntoForceDate": instant(record.get("entry")),
        "proposedEntryIntoForceDateText": record.get("entry_text", ""),
        "relevantDocumentTitle": "",
        "notifiedDocumentLink": ", ".join(document_links(record)),
        "linkToNotification": notification_link(record, "EN") or notification_link(record, "ES"),
    }


def page_bytes(source: Record) -> bytes:
    """The whole .json: UTF-8, newest first."""
    pairs = [(record, symbol) for record in source["search_page"] for symbol in record["symbols"]]
    pairs.sort(key=lambda pair: pair[0]["distributed"], reverse=True)
    items = [page_item(record, symbol, number, source) for number, (record, symbol) in enumerate(pairs, start=900101)]
    areas = [{"name": area, "count": sum(item["area"] == area for item in items)} for area in ("TBT", "SPS")]
    count = len(items)
    page = {"items": items, "totalCount": count, "isCountExceeded": False, "endRow": count, "areas": areas}
    return (json.dumps(page, ensure_ascii=False, indent=1) + "\n").encode()


def main() -> None:
    parser = argparse.ArgumentParser(description="Build the bundled sample from notifications.toml.")
    parser.add_argument("--out", type=Path, default=SAMPLE, help="folder to write into (default: the package's own)")
    folder: Path = parser.parse_args().out
    source = tomllib.loads((SAMPLE / "notifications.toml").read_text("utf-8"))
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "notifications.xlsx").write_bytes(workbook_bytes(source))
    (folder / "search_page.json").write_bytes(page_bytes(source))


if __name__ == "__main__":
    main()
