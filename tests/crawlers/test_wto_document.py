"""Notification documents as .docx, in the layouts of the WTO's forms; every measure and member text is fictional."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from io import BytesIO

import docx
import pytest

from crawlers.formats.wto_document.document import read_document
from warehouse.records import Issue, Notification, NotificationKind, Observation

COMMITTEES = {
    ("TBT", "en"): "Committee on Technical Barriers to Trade",
    ("SPS", "en"): "Committee on Sanitary and Phytosanitary Measures",
    ("TBT", "fr"): "Comité des obstacles techniques au commerce",
    ("SPS", "fr"): "Comité des mesures sanitaires et phytosanitaires",
    ("TBT", "es"): "Comité de Obstáculos Técnicos al Comercio",
    ("SPS", "es"): "Comité de Medidas Sanitarias y Fitosanitarias",
}


def form(
    symbol: str,
    day: str,
    titles: Sequence[str],
    *,
    lang: str = "en",
    rows: Sequence[str] = (),
    paragraphs: Sequence[str] = (),
    in_page_header: bool = True,
) -> bytes:
    """A .docx as the Secretariat issues it: the head in the first page's header, the boxes in a two-column table."""
    document = docx.Document()
    section = document.sections[0]
    head = [symbol, day, "(26-4711)", "Page: 1/2", COMMITTEES[symbol[2:5], lang], "Original: English"]
    if in_page_header:
        section.different_first_page_header_footer = True
        for line in head:
            section.first_page_header.add_paragraph(line)
        section.header.add_paragraph(f"{symbol} - 2 -")
    else:
        for line in head:
            document.add_paragraph(line)
    for line in titles:
        document.add_paragraph(line)
    for line in paragraphs:
        document.add_paragraph(line)
    if rows:
        table = document.add_table(rows=0, cols=2)
        for number, text in enumerate(rows, start=1):
            cells = table.add_row().cells
            cells[0].text = f"{number}."
            first, *rest = text.split("\n")
            cells[1].text = first
            for line in rest:
                cells[1].add_paragraph(line)
    packed = BytesIO()
    document.save(packed)
    return packed.getvalue()


def read(content: bytes, url: str = "") -> tuple[Observation, Notification, tuple[Issue, ...]]:
    observation, issues = read_document(content, name="sample.docx", url=url)
    json.dumps(observation.payload)  # goes into a landing file
    return observation, observation.notification, issues


def codes(issues: Sequence[Issue]) -> set[str]:
    return {issue.code for issue in issues}


TBT_EN = (
    "Notifying Member: UGANDA\nIf applicable, name of local government involved (Article 3.2 and 7.2):",
    "Agency responsible: Imaginary Bureau of Standards\nName and address (including telephone and fax numbers, email "
    "and website addresses, if available) of agency or authority designated to handle comments regarding the "
    "notification shall be indicated if different from above: https://bureau.example",
    "Notified under Article 2.9.2 [X], 2.10.1 [ ], 5.6.2 [X], 5.7.1 [ ], 3.2 [ ], 7.2 [ ], other:",
    "Products covered (HS or CCCN where applicable, otherwise national tariff heading. ICS numbers may be provided in "
    "addition, where applicable): Static converters of the imaginary kind (HS code(s): 850440; 8504.90); "
    "Power supplies (ICS code(s): 29.200)",
    "Title, number of pages and language(s) of the notified document: Draft Standard 9001:2026, Imaginary static "
    "converters, First Edition; (23 page(s), in English)",
    "Description of content: Requirements and test methods.\n1. Scope: converters up to 5 kW.\n2. Sampling: by lot.",
    "Objective and rationale, including the nature of urgent problems where applicable: Consumer information, "
    "labelling; Protection of human health or safety",
    "Relevant documents: G/TBT/N/UGA/9000; Standard 12",
    "Proposed date of adoption: September 2026\nProposed date of entry into force: To be determined",
    "Final date for comments: 60 days from notification",
    "Texts available from: National enquiry point [X] or address, telephone and fax numbers and email and website "
    "addresses, if available, of other body:\n"
    "https://members.wto.org/crnattachments/2026/TBT/UGA/26_0001_00_e.pdf",
)


def test_regular_tbt_in_english_fills_every_field() -> None:
    content = form("G/TBT/N/UGA/9101", "6 June 2026", ["NOTIFICATION"], rows=TBT_EN)
    observation, found, issues = read(content, url="https://docs.example/UGA9101.docx")
    assert codes(issues) == set()
    assert observation.source_key == found.notification_id == "G/TBT/N/UGA/9101"
    assert (found.area, found.lang, found.kind) == ("TBT", "en", NotificationKind.REGULAR)
    assert (found.member_names, found.member_codes) == (("UGANDA",), ("UGA",))
    assert found.distribution_date == date(2026, 6, 6)
    assert found.hs_codes == ("850440", "850490")
    assert found.ics_codes == ("29.200",)
    assert found.products_text.startswith("Static converters")
    assert found.title == "Draft Standard 9001:2026, Imaginary static converters, First Edition"
    assert found.description.startswith("Requirements")
    assert "Sampling: by lot." in found.description
    assert found.objectives == ("Consumer information, labelling", "Protection of human health or safety")
    assert (found.adoption_date, found.adoption_text) == (None, "September 2026")
    assert (found.entry_into_force_date, found.entry_into_force_text) == (None, "To be determined")
    assert (found.comment_deadline, found.comment_deadline_text) == (None, "60 days from notification")
    assert found.document_links == ("https://members.wto.org/crnattachments/2026/TBT/UGA/26_0001_00_e.pdf",)
    assert found.notification_links == {"en": "https://docs.example/UGA9101.docx"}
    payload = observation.payload
    assert payload["articles"] == ["2.9.2", "5.6.2"]
    assert (payload["pages"], payload["languages"]) == (23, "English")
    assert payload["related_symbols"] == ["G/TBT/N/UGA/9000"]
    assert payload["boxes"]["relevant_documents"] == "G/TBT/N/UGA/9000; Standard 12"  # type: ignore[index]
    assert payload["unknown_boxes"] == {}


def test_head_in_the_body_reads_the_same() -> None:
    content = form("G/TBT/N/UGA/9101", "6 June 2026", ["NOTIFICATION"], rows=TBT_EN, in_page_header=False)
    _, found, issues = read(content)
    assert codes(issues) == set()
    assert (found.notification_id, found.distribution_date) == ("G/TBT/N/UGA/9101", date(2026, 6, 6))


def test_regular_tbt_in_french() -> None:
    rows = (
        "Membre notifiant: SÉNÉGAL\nLe cas échéant, pouvoirs publics locaux concernés (articles 3.2 et 7.2):",
        "Organisme responsable: Bureau imaginaire de normalisation",
        "Notification au titre de l'article 2.9.2 [ ], 2.10.1 [X], 5.6.2 [ ], 5.7.1 [ ], autres:",
        "Produits visés (le cas échéant, position du SH ou de la NCCD, sinon position du tarif douanier national. Les "
        "numéros de l’ICS peuvent aussi être indiqués, le cas échéant) : Pompes fictives (code(s) du SH: 8413); "
        "Pompes (numéro(s) de l'ICS: 23.080)",
        "Intitulé, nombre de pages et langue(s) du texte notifié: Projet de règlement relatif aux pompes "
        "(12 pages, en français)",
        "Teneur: Le projet fixe des exigences.",
        "Objectif et justification, y compris la nature des problèmes urgents, le cas échéant: Protection de "
        "l'environnement",
        "Documents pertinents: Loi n° 1",
        "Date projetée pour l'adoption: 1er août 2026\nDate projetée pour l'entrée en vigueur: À déterminer",
        "Date limite pour la présentation des observations: 15 février 2026",
        "Entité auprès de laquelle le texte peut être obtenu: Point d'information national [X]",
    )
    _, found, issues = read(form("G/TBT/N/SEN/9102", "6 juin 2026", ["NOTIFICATION"], lang="fr", rows=rows))
    assert codes(issues) == set()
    assert (found.lang, found.member_codes, found.distribution_date) == ("fr", ("SEN",), date(2026, 6, 6))
    assert (found.hs_codes, found.ics_codes) == (("8413",), ("23.080",))
    assert found.title == "Projet de règlement relatif aux pompes"
    assert found.adoption_date == date(2026, 8, 1)
    assert found.entry_into_force_text == "À déterminer"
    assert found.comment_deadline == date(2026, 2, 15)
    assert (found.kind, found.is_emergency) == (NotificationKind.REGULAR, True)  # Article 2.10.1: urgent


def test_regular_tbt_in_spanish_with_the_tariff_in_its_words() -> None:
    rows = (
        "Miembro que notifica: CHILE\nSi procede, nombre del gobierno local de que se trate (artículos 3.2 y 7.2):",
        "Organismo responsable: Ministerio Imaginario",
        "Notificación hecha en virtud del artículo 2.9.2 [X], 2.10.1 [ ], 5.6.2 [ ], 5.7.1 [ ], o en virtud de:",
        "Productos abarcados (partida del SA o de la NCCA cuando corresponda; en otro caso partida del arancel "
        "nacional. Podrá indicarse además, cuando proceda, el número de partida de la ICS): Transformadores ficticios "
        "SA 85.04; Códigos del SA: 8537 y 8538.10; código(s) de la ICS: 29.180, 29.130.10",
        "Título, número de páginas e idioma(s) del documento notificado: Reglamento de transformadores "
        "(7 páginas, en español)",
        "Descripción del contenido: Requisitos de seguridad.",
        "Objetivo y razón de ser, incluida, cuando proceda, la naturaleza de los problemas urgentes: Seguridad",
        "Documentos pertinentes: -",
        "Fecha propuesta de adopción: 31 de diciembre de 2026\n"
        "Fecha propuesta de entrada en vigor: 1º de julio de 2027",
        "Fecha límite para la presentación de observaciones: 5/8/2026",
        "Textos disponibles en: Servicio nacional de información [X]",
    )
    _, found, issues = read(form("G/TBT/N/CHL/9103", "6 de junio de 2026", ["NOTIFICACIÓN"], lang="es", rows=rows))
    assert codes(issues) == set()
    assert (found.lang, found.member_codes, found.distribution_date) == ("es", ("CHL",), date(2026, 6, 6))
    assert found.hs_codes == ("8504", "8537", "853810")
    assert found.ics_codes == ("29.180", "29.130.10")
    assert (found.adoption_date, found.entry_into_force_date) == (date(2026, 12, 31), date(2027, 7, 1))
    assert found.comment_deadline == date(2026, 8, 5)
    assert found.title == "Reglamento de transformadores"


def test_old_form_in_paragraphs_without_ics_and_with_one_box_for_both_dates() -> None:
    lines = (
        "1. Member to Agreement notifying: KENYA",
        "2. Agency responsible: Imaginary Bureau",
        "3. Notified under Article 2.9.2 [X], 2.10.1 [ ], 5.6.2 [ ], 5.7.1 [ ], other:",
        "4. Products covered (HS or CCCN where applicable, otherwise national tariff heading): Lamps (HS: 8539), "
        "ballasts (HS 8504)",
        "5. Title: Lamps (4 pages, in English)",
        "6. Description of content: Marking of lamps.",
        "7. Objective and rationale: Safety",
        "8. Relevant documents: none",
        "9. Proposed dates of adoption and entry into force: 1 March 2001",
        "10. Final date for comments: 12 February 2001",
        "11. Texts available from: National enquiry point",
    )
    content = form("G/TBT/Notif.00/905", "3 December 2000", ["NOTIFICATION"], paragraphs=lines)
    _, found, issues = read(content)
    assert codes(issues) == set()
    assert (found.notification_id, found.member_codes) == ("G/TBT/Notif.00/905", ("KEN",))
    assert (found.hs_codes, found.ics_codes) == (("8539", "8504"), ())
    assert found.adoption_date == found.entry_into_force_date == date(2001, 3, 1)
    assert found.comment_deadline == date(2001, 2, 12)
    assert found.title == "Lamps"


SPS_EN = (
    "Notifying Member: BRAZIL\nIf applicable, name of local government involved:",
    "Agency responsible: Imaginary Sanitary Agency",
    "Products covered (provide tariff item number(s) as specified in national schedules deposited with the WTO; ICS "
    "numbers should be provided in addition, where applicable): Imaginary beans (HS code(s): 0713; 07133)",
    "Regions or countries likely to be affected, to the extent relevant or practicable:\n"
    "[X] All trading partners\n[ ] Specific regions or countries:",
    "Title of the notified document: Draft resolution 77 on residues. Language(s): Portuguese. Number of pages: 5\n"
    "https://members.wto.org/crnattachments/2026/SPS/BRA/26_0002_00_x.pdf",
    "Description of content: Limits for residues.",
    "Objective and rationale: [X] food safety, [ ] animal health, [X] plant protection, [ ] protect humans from "
    "animal/plant pest or disease, [ ] protect territory from other damage from pests.\nBecause of reasons.",
    "Is there a relevant international standard? If so, identify the standard:\n[X] Codex Alimentarius Commission "
    "(e.g. title): CXS 1\n[ ] None\nDoes this proposed regulation conform to the relevant international standard?\n"
    "[X] Yes [ ] No",
    "Other relevant documents and language(s) in which these are available:",
    "Proposed date of adoption (dd/mm/yy): To be determined.\n"
    "Proposed date of publication (dd/mm/yy): 1 September 2026",
    "Proposed date of entry into force: [ ] Six months from date of publication, and/or (dd/mm/yy): 15/10/26\n"
    "[X] Trade facilitating measure",
    "Final date for comments: [X] Sixty days from the date of circulation of the notification and/or (dd/mm/yy): "
    "5 August 2026\nAgency or authority designated to handle comments: [X] National Notification Authority",
    "Text(s) available from: [X] National Enquiry Point",
)


def test_regular_sps_in_english() -> None:
    observation, found, issues = read(form("G/SPS/N/BRA/9201", "6 June 2026", ["NOTIFICATION"], rows=SPS_EN))
    assert codes(issues) == {"hs-code-malformed"}  # 07133, kept
    assert (found.area, found.kind, found.member_codes) == ("SPS", NotificationKind.REGULAR, ("BRA",))
    assert found.hs_codes == ("0713", "07133")
    assert found.affected_regions == "All trading partners"
    assert found.title == "Draft resolution 77 on residues"
    assert (observation.payload["pages"], observation.payload["languages"]) == (5, "Portuguese")
    assert found.objectives == ("food safety", "plant protection")
    assert found.adoption_text == "To be determined."
    assert found.entry_into_force_date == date(2026, 10, 15)
    assert found.comment_deadline == date(2026, 8, 5)
    assert found.document_links == ("https://members.wto.org/crnattachments/2026/SPS/BRA/26_0002_00_x.pdf",)


def test_regular_sps_in_spanish_with_named_regions() -> None:
    rows = (
        "Miembro que notifica: PERÚ\nSi procede, nombre del gobierno local de que se trate:",
        "Organismo responsable: Servicio Imaginario",
        "Productos abarcados (número de la(s) partida(s) arancelaria(s) según se especifica en las listas nacionales "
        "depositadas en la OMC; deberá indicarse además, cuando proceda, el número de partida de la ICS): Bulbos",
        "Regiones o países que podrían verse afectados, en la medida en que sea procedente o factible:\n"
        "[ ] Todos los interlocutores comerciales\n[X] Regiones o países específicos: China, Chile",
        "Título del documento notificado: Requisitos de bulbos. Idioma(s): español. Número de páginas: 3",
        "Descripción del contenido: Requisitos.",
        "Objetivo y razón de ser: [ ] inocuidad de los alimentos, [ ] sanidad animal, [X] preservación de los "
        "vegetales",
        "¿Existe una norma internacional pertinente? De ser así, indíquese la norma:\n[X] Ninguna",
        "Otros documentos pertinentes e idioma(s) en que están disponibles:",
        "Fecha propuesta de adopción (día/mes/año): Por determinar\nFecha propuesta de publicación (día/mes/año):",
        "Fecha propuesta de entrada en vigor: [X] Seis meses a partir de la fecha de publicación, y/o (día/mes/año):\n"
        "[ ] Medida de facilitación del comercio",
        "Fecha límite para la presentación de observaciones: [X] Sesenta días a partir de la fecha de distribución de "
        "la notificación y/o (día/mes/año):\nOrganismo o autoridad encargado de tramitar las observaciones: [X]",
        "Texto(s) disponible(s) en: [X] Servicio nacional de información",
    )
    _, found, issues = read(form("G/SPS/N/PER/9202", "6 de junio de 2026", ["NOTIFICACIÓN"], lang="es", rows=rows))
    assert codes(issues) == set()
    assert found.affected_regions == "China, Chile"
    assert found.objectives == ("preservación de los vegetales",)
    assert found.title == "Requisitos de bulbos"
    assert found.adoption_text == "Por determinar"
    assert found.entry_into_force_text == "Seis meses a partir de la fecha de publicación"
    assert found.comment_deadline_text.startswith("Sesenta días")
    assert found.comment_deadline_text.endswith("la notificación")


@pytest.mark.parametrize(
    ("lang", "day", "title", "rows"),
    [
        (
            "en",
            "6 June 2026",
            "NOTIFICATION OF EMERGENCY MEASURES",
            (
                "Notifying Member: Japan\nIf applicable, name of local government involved:",
                "Agency responsible: Imaginary Ministry",
                "Products covered (provide tariff item number(s)): Live imaginary birds (HS 0105)",
                "Regions or countries likely to be affected, to the extent relevant or practicable:\n"
                "[ ] All trading partners\n[X] Specific regions or countries: Atlantis",
                "Title of the notified document: Stop of imports. Language(s): English. Number of pages: 1",
                "Description of content: Imports stop.",
                "Objective and rationale: [ ] food safety, [X] animal health",
                "Nature of the urgent problem(s) and reason for the adoption of the measure: Disease.",
                "Is there a relevant international standard? If so, identify the standard: [X] None",
                "Other relevant documents and language(s) in which these are available:",
                "Date of entry into force (dd/mm/yy)/period of application (as applicable): 1 June 2026",
                "Agency or authority designated to handle comments: [X] National Enquiry Point",
                "Text(s) available from: [X] National Enquiry Point",
            ),
        ),
        (
            "fr",
            "6 juin 2026",
            "NOTIFICATION DE MESURES D'URGENCE",
            (
                "Membre notifiant: Japon\nLe cas échéant, pouvoirs publics locaux concernés:",
                "Organisme responsable: Ministère imaginaire",
                "Produits visés (Prière d'indiquer le(s) numéro(s) du tarif): Oiseaux vivants (SH 01.05)",
                "Régions ou pays susceptibles d'être concernés, si cela est pertinent ou faisable:\n"
                "[ ] Tous les partenaires commerciaux\n[X] Régions ou pays spécifiques: Atlantis",
                "Intitulé du texte notifié: Arrêt des importations. Langue(s): anglais. Nombre de pages: 1",
                "Teneur: Les importations cessent.",
                "Objectif et raison d'être: [ ] innocuité des produits alimentaires, [X] santé des animaux",
                "Nature du (des) problème(s) urgent(s) et raison pour laquelle la mesure est prise: Maladie.",
                "Existe-t-il une norme internationale pertinente? Dans l'affirmative, indiquer laquelle: [X] Néant",
                "Autres documents pertinents et langue(s) dans laquelle (lesquelles) ils sont disponibles:",
                "Date d'entrée en vigueur (jj/mm/aa)/période d'application (le cas échéant): 1er juin 2026",
                "Organisme ou autorité désigné pour traiter les observations: [X] Point d'information national",
                "Texte(s) disponible(s) auprès de: [X] Point d'information national",
            ),
        ),
    ],
)
def test_sps_emergency(lang: str, day: str, title: str, rows: tuple[str, ...]) -> None:
    observation, found, issues = read(form("G/SPS/N/JPN/9203", day, [title], lang=lang, rows=rows))
    assert codes(issues) == set()
    assert (found.kind, found.is_emergency) == (NotificationKind.EMERGENCY, True)
    assert (found.lang, found.member_codes) == (lang, ("JPN",))
    assert found.hs_codes == ("0105",)
    assert found.affected_regions == "Atlantis"
    assert found.entry_into_force_date == date(2026, 6, 1)
    assert observation.payload["boxes"]["urgency"]  # type: ignore[index]
    assert len(found.objectives) == 1


def test_joint_symbols_give_all_members() -> None:
    symbols = "G/TBT/N/BDI/9301, G/TBT/N/KEN/9302, G/TBT/N/RWA/9303"
    rows = ("Notifying Member: Burundi, Kenya and Rwanda", *TBT_EN[1:])
    _, found, issues = read(form(symbols, "6 June 2026", ["NOTIFICATION"], rows=rows))
    assert codes(issues) == set()
    assert found.symbols == ("G/TBT/N/BDI/9301", "G/TBT/N/KEN/9302", "G/TBT/N/RWA/9303")
    assert found.member_codes == ("BDI", "KEN", "RWA")
    assert found.member_names == ("Burundi", "Kenya", "Rwanda")


def test_unknown_box_and_missing_boxes_are_said_and_kept() -> None:
    rows = (TBT_EN[0], TBT_EN[1], TBT_EN[2], "Degree of digital transformation: high: very\nhigh", *TBT_EN[4:])
    observation, found, issues = read(form("G/TBT/N/UGA/9104", "6 June 2026", ["NOTIFICATION"], rows=rows))
    assert observation.payload["unknown_boxes"] == {"Degree of digital transformation": "high: very\nhigh"}
    unknown = [issue for issue in issues if issue.code == "box-label-unknown"]
    assert len(unknown) == 1
    assert unknown[0].severity.value == "info"
    missing = [issue for issue in issues if issue.code == "box-missing"]
    assert [issue.field_name for issue in missing] == ["覆盖的产品"]
    assert found.products_text == ""
    assert found.hs_codes == ()


def test_a_range_of_codes_gives_its_ends_and_a_warning() -> None:
    rows = (*TBT_EN[:3], "Products covered: Imaginary yarn (HS 5004-5007, 5101)", *TBT_EN[4:])
    _, found, issues = read(form("G/TBT/N/UGA/9106", "6 June 2026", ["NOTIFICATION"], rows=rows))
    assert found.hs_codes == ("5004", "5007", "5101")
    assert codes(issues) == {"hs-code-range"}


def test_dates_that_cannot_be_settled_stay_text_with_an_issue() -> None:
    rows = (
        *TBT_EN[:8],
        "Proposed date of adoption: 31/02/2026\nProposed date of entry into force: 1 May 2026, parts on 1 June 2026",
        *TBT_EN[9:],
    )
    _, found, issues = read(form("G/TBT/N/UGA/9105", "6 June 2026", ["NOTIFICATION"], rows=rows))
    assert codes(issues) == {"date-unreadable", "dates-several"}
    assert (found.adoption_date, found.adoption_text) == (None, "31/02/2026")
    assert found.entry_into_force_text == "1 May 2026, parts on 1 June 2026"


def test_text_that_is_no_form_is_kept_whole() -> None:
    document = docx.Document()
    document.add_paragraph("A letter about nothing in particular.")
    packed = BytesIO()
    document.save(packed)
    observation, found, issues = read(packed.getvalue())
    assert observation.payload["text"] == "A letter about nothing in particular."
    assert codes(issues) == {"symbol-missing", "document-not-understood", "distribution-date-missing"}
    assert found.notification_id.startswith("doc-")
    assert observation.source_key == found.notification_id
