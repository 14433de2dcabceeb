"""PDFs, Word's own check boxes and numbering, bad bytes, and the comparison with a search record."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from io import BytesIO
from typing import Any

import docx
import pytest
import typst
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from crawlers.formats.wto_document.document import compare, read_document
from crawlers.formats.wto_document.values import dates_in, hs_runs, ics_runs
from warehouse.records import Issue, Notification, NotificationKind, Severity

BOXES = (
    "Notifying Member: UGANDA",
    "Agency responsible: Imaginary Bureau of Standards",
    "Notified under Article 2.9.2 [X], 2.10.1 [ ], 5.6.2 [ ], 5.7.1 [ ], other:",
    "Products covered (HS or CCCN where applicable, otherwise national tariff heading. ICS numbers may be provided in "
    "addition, where applicable): Static converters of the imaginary kind, with all of their parts and accessories "
    "that a long line has to say (HS code(s): 850440); Power supplies (ICS code(s): 29.200)",
    "Title, number of pages and language(s) of the notified document: Draft Standard 9001 on imaginary static "
    "converters (23 page(s), in English)",
    "Description of content: The draft lays down requirements, marking and methods of test for imaginary static "
    "converters of low voltage.",
    "Objective and rationale, including the nature of urgent problems where applicable: Safety",
    "Relevant documents: none",
    "Proposed date of adoption: 1 October 2026 \\ Proposed date of entry into force: To be determined",
    "Final date for comments: 5 August 2026",
    'Texts available from: #link("https://members.wto.org/crnattachments/2026/TBT/UGA/26_0001_00_e.pdf")[here]',
)


def pdf(body: str) -> bytes:
    source = '#set page(width: 16cm, height: 14cm)\n#set text(lang: "en", size: 10pt)\n' + body
    made: Any = typst.compile(source.encode())
    return bytes(made)


def escaped(text: str) -> str:
    return text.replace("[X]", "\\[X\\]").replace("[ ]", "\\[ \\]")


def read(content: bytes, name: str = "UGA9101.pdf") -> tuple[Notification, dict[str, Any], tuple[Issue, ...]]:
    observation, issues = read_document(content, name=name)
    return observation.notification, dict(observation.payload), issues


@pytest.mark.parametrize("layout", ["table", "paragraphs"])
def test_pdf_over_several_pages(layout: str) -> None:
    head = "G/TBT/N/UGA/9101 \\ 6 June 2026 \\ (26-4711) \\ Page: 1/2\n\nCommittee on Technical Barriers to Trade\n\n"
    if layout == "table":
        cells = ", ".join(f"[{number}.], [{escaped(text)}]" for number, text in enumerate(BOXES, start=1))
        body = f"#table(columns: (1cm, 1fr), {cells})"
    else:
        body = "\n\n".join(f"{number}\\. {escaped(text)}" for number, text in enumerate(BOXES, start=1))
    running = "#set page(header: context if counter(page).get().first() > 1 [G/TBT/N/UGA/9101 \\ \\- 2 \\-])\n"
    found, payload, issues = read(pdf(running + head + "NOTIFICATION\n\n" + body))
    assert issues == ()
    assert payload["form"] == "pdf"
    assert (found.notification_id, found.member_codes, found.area) == ("G/TBT/N/UGA/9101", ("UGA",), "TBT")
    assert found.distribution_date == date(2026, 6, 6)
    assert found.hs_codes == ("850440",)
    assert found.ics_codes == ("29.200",)
    assert found.title == "Draft Standard 9001 on imaginary static converters"
    assert found.description == (
        "The draft lays down requirements, marking and methods of test for imaginary static converters of low voltage."
    )
    assert found.adoption_date == date(2026, 10, 1)
    assert found.entry_into_force_text == "To be determined"
    assert found.comment_deadline == date(2026, 8, 5)
    assert found.document_links == ("https://members.wto.org/crnattachments/2026/TBT/UGA/26_0001_00_e.pdf",)
    assert payload["articles"] == ["2.9.2"]
    assert payload["pages"] == 23


def test_word_check_boxes_content_controls_automatic_numbers_and_links() -> None:
    document = docx.Document()
    for line in ("G/SPS/N/BRA/9201", "6 June 2026", "NOTIFICATION"):
        document.add_paragraph(line)
    table = document.add_table(rows=0, cols=2)
    for text in ("Notifying Member: BRAZIL", "Products covered: Beans (HS 0713)", "A label of tomorrow: unheard of"):
        cells = table.add_row().cells
        cells[0].paragraphs[0].style = "List Number"
        cells[0].paragraphs[0]._p.get_or_add_pPr().append(
            parse_xml(f'<w:numPr {nsdecls("w")}><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>')
        )
        cells[1].text = text
    regions = table.add_row().cells[1].paragraphs[0]
    regions.add_run("Regions or countries likely to be affected: ")
    w14 = 'xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml"'
    for value, words in (("0", "All trading partners "), ("1", "Specific regions or countries: Atlantis")):
        regions._p.append(
            parse_xml(
                f'<w:sdt {nsdecls("w")} {w14}><w:sdtPr><w14:checkbox><w14:checked w14:val="{value}"/></w14:checkbox>'
                "</w:sdtPr><w:sdtContent><w:r><w:t>?</w:t></w:r></w:sdtContent></w:sdt>"
            )
        )
        regions.add_run(f" {words}")
    deleted = parse_xml(f"<w:del {nsdecls('w')}><w:r><w:delText>Utopia</w:delText></w:r></w:del>")
    regions._p.append(deleted)
    objective = table.add_row().cells[1].paragraphs[0]
    objective.add_run("Objective and rationale: ")
    for ticked, words in (("1", "food safety, "), ("0", "animal health")):
        objective._p.append(
            parse_xml(
                f'<w:r {nsdecls("w")}><w:fldChar w:fldCharType="begin"><w:ffData><w:checkBox><w:sizeAuto/>'
                f'<w:default w:val="{ticked}"/></w:checkBox></w:ffData></w:fldChar></w:r>'
            )
        )
        objective.add_run(f" {words}")
    target = "https://members.wto.org/crnattachments/2026/SPS/BRA/26_0002_00_x.pdf"
    document.part.relate_to(
        target, "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink", is_external=True
    )
    packed = BytesIO()
    document.save(packed)
    found, payload, issues = read(packed.getvalue(), "BRA9201.docx")
    assert found.member_codes == ("BRA",)
    assert found.hs_codes == ("0713",)
    assert payload["unknown_boxes"] == {"A label of tomorrow": "unheard of"}
    assert found.affected_regions == "Atlantis"
    assert found.objectives == ("food safety",)
    assert found.document_links == (target,)
    assert {issue.code for issue in issues} == {"box-label-unknown", "box-missing"}


def zipped(parts: dict[str, bytes]) -> bytes:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return packed.getvalue()


def lying_about_its_size() -> bytes:
    """A package whose directory understates what a part unpacks to."""
    content = bytearray(zipped({"word/document.xml": b"0" * (60 << 20)}))
    size = (60 << 20).to_bytes(4, "little")
    return bytes(content.replace(size, (1000).to_bytes(4, "little")))


ENCRYPTED_PDF = b"""%%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]>>endobj
4 0 obj<</Filter/Standard/V 1/R 2/O<%(o)s>/U<%(o)s>/P -44>>endobj
trailer<</Root 1 0 R/Encrypt 4 0 R/ID[<00><00>]/Size 5>>
%%%%EOF
""" % {b"o": b"ab" * 32}


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "document-empty"),
        (b"\xef\xbb\xbf <!DOCTYPE html><html><body>Please log in</body></html>", "document-is-web-page"),
        (b"garbage \x00\x01", "document-unknown-form"),
        (b"{}", "document-unknown-form"),
        (b"%PDF-1.7 and no more", "document-damaged"),
        (ENCRYPTED_PDF, "document-encrypted"),
        (b"PK\x03\x04 cut off", "document-damaged"),
        (zipped({"xl/workbook.xml": b"<x/>"}), "document-not-word"),
        (zipped({"word/document.xml": b"<x/>"}), "document-damaged"),
        (zipped({"word/document.xml": b"0" * (51 << 20)}), "document-bomb"),
        (lying_about_its_size(), "document-damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "document-encrypted"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old Word", "document-old-word"),
        (b"%PDF-1.4" + b"0" * (30 << 20), "document-too-large"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_read_is_one_clear_error(content: bytes, code: str) -> None:
    found, payload, issues = read(content, "x.docx")
    assert [(issue.code, issue.severity) for issue in issues] == [(code, Severity.ERROR)]
    assert "x.docx" in issues[0].message
    assert issues[0].next_step
    assert payload["form"] == ""
    assert found.notification_id.startswith("doc-")
    assert found.kind is NotificationKind.UNKNOWN


def test_broken_parts_of_a_real_package_are_an_error_too() -> None:
    packed = BytesIO()
    docx.Document().save(packed)
    with zipfile.ZipFile(packed) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    bad = b'<!DOCTYPE a [<!ENTITY b "c">]><w:document>&b;'
    for broken in ({**parts, "word/document.xml": bad}, {k: v for k, v in parts.items() if k != "_rels/.rels"}):
        _, _, issues = read(zipped(broken), "x.docx")
        assert [issue.code for issue in issues] == ["document-damaged"]


def test_pdf_without_text_says_so() -> None:
    _, _, issues = read(pdf("#rect(width: 3cm, height: 3cm, fill: black)"))
    assert [issue.code for issue in issues] == ["document-without-text"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("6 June 2026", [date(2026, 6, 6)]),
        ("June 6, 2026", [date(2026, 6, 6)]),
        ("le 1er août 2026", [date(2026, 8, 1)]),
        ("6 de junio de 2026 y 7 de julio del 2026", [date(2026, 6, 6), date(2026, 7, 7)]),
        ("(dd/mm/yy): 05/08/26", [date(2026, 8, 5)]),
        ("2026-08-05", [date(2026, 8, 5)]),
        ("31/02/2026, section 2.10.1, G/TBT/N/UGA/26", []),
        ("September 2026", []),
    ],
)
def test_dates_in_three_languages(text: str, expected: Sequence[date]) -> None:
    assert list(dates_in(text)) == expected


@pytest.mark.parametrize(
    ("text", "hs", "ics"),
    [
        ("Lamp (HS code(s): 8539); Light (ICS code(s): 29.140.30)", ("8539",), ("29.140.30",)),
        ("Iron (HS 850940), (ICS 13.020)", ("850940",), ("13.020",)),
        ("HS: 8504.40, 8504 90 and ex 8541; 5 kg bags", ("850440", "850490", "8541"), ()),
        ("SA 85.04; SH: 28.33.22", ("8504", "283322"), ()),
        (
            "partidas arancelarias 0713.31 y 0713.32; ICS: 67.060, 67.080.20",
            ("071331", "071332"),
            ("67.060", "67.080.20"),
        ),
        ("HS Chapters 28, 29. ICS: 71", ("28", "29"), ("71",)),
        ("Pumps of 2026, 8 bar, ICSID 12.345", (), ()),
    ],
)
def test_code_conventions(text: str, hs: tuple[str, ...], ics: tuple[str, ...]) -> None:
    assert hs_runs(text) == hs
    assert ics_runs(text) == ics


def test_compare_names_both_values_and_only_real_conflicts() -> None:
    search = Notification(
        notification_id="G/TBT/N/UGA/9101",
        comment_deadline=date(2026, 8, 5),
        distribution_date=date(2026, 6, 6),
        hs_codes=("8504", "8541"),
        member_codes=("UGA",),
    )
    assert compare(search, search) == ()
    assert compare(search, Notification(notification_id="x")) == ()
    assert compare(search, replace(search, hs_codes=("8541", "8504"))) == ()
    other = replace(
        search,
        comment_deadline=date(2026, 8, 9),
        distribution_date=date(2026, 6, 7),
        hs_codes=("8504",),
        member_codes=("KEN",),
    )
    issues = compare(search, other)
    assert [issue.field_name for issue in issues] == [
        "comment_deadline",
        "distribution_date",
        "hs_codes",
        "member_codes",
    ]
    assert {(issue.code, issue.severity) for issue in issues} == {("document-disagrees", Severity.WARNING)}
    assert "2026-08-05" in issues[0].message
    assert "2026-08-09" in issues[0].message
    assert "乌干达" in issues[3].message
    assert issues[0].subject == "G/TBT/N/UGA/9101"
