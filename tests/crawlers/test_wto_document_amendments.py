"""Addenda, corrigenda, revisions, supplements of fictional notifications, as .docx in the WTO's layouts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from io import BytesIO

import docx
import pytest

from crawlers.formats.wto_document.document import read_document
from warehouse.records import Issue, NotificationKind, Observation

TBT_ES = "Comité de Obstáculos Técnicos al Comercio"
SPS_ES = "Comité de Medidas Sanitarias y Fitosanitarias"
TBT_EN = "Committee on Technical Barriers to Trade"
SPS_EN = "Committee on Sanitary and Phytosanitary Measures"
TBT_FR = "Comité des obstacles techniques au commerce"


def read(
    symbol: str, day: str, committee: str, lines: Sequence[str], table: Sequence[str] = ()
) -> tuple[Observation, tuple[Issue, ...]]:
    document = docx.Document()
    for line in (symbol, day, "(26-4712)", "Page: 1/1", committee, "Original: English", *lines):
        document.add_paragraph(line)
    if table:
        grid = document.add_table(rows=0, cols=1)
        for text in table:
            grid.add_row().cells[0].text = text
    packed = BytesIO()
    document.save(packed)
    return read_document(packed.getvalue(), name="amendment.docx")


def codes(issues: Sequence[Issue]) -> set[str]:
    return {issue.code for issue in issues}


TICKS_EN = (
    "[ ] Comment period changed - date:",
    "[X] Notified measure adopted - date: 12 May 2026",
    "[ ] Notified measure published - date:",
    "[X] Notified measure enters into force - date: 1 January 2027",
    "[X] Text of final measure available from: https://members.wto.org/crnattachments/2026/TBT/UGA/final_measure/a.pdf",
    "[ ] Notified measure withdrawn or revoked - date:\nRelevant symbol if measure re-notified:",
    "[ ] Content or scope of notified measure changed and text available from:\n"
    "New deadline for comments (if applicable):",
    "[ ] Interpretive guidance issued and text available from:",
    "[ ] Other:",
)


def test_tbt_addendum_fills_the_dates_of_its_ticks() -> None:
    observation, issues = read(
        "G/TBT/N/UGA/9101/Add.1",
        "8 June 2026",
        TBT_EN,
        (
            "NOTIFICATION",
            "Addendum",
            "The following communication, dated 5 June 2026, is being circulated at the request of the delegation of "
            "Uganda.",
            "Title: Imaginary static converters",
        ),
        ("Reason for Addendum:", *TICKS_EN, "Description: The standard was adopted."),
    )
    found = observation.notification
    assert codes(issues) == set()
    assert (found.kind, found.notification_type) == (NotificationKind.ADDENDUM, "NOTIFICATION / Addendum")
    assert (found.member_names, found.member_codes) == (("Uganda",), ("UGA",))
    assert found.distribution_date == date(2026, 6, 8)  # not the day of the communication
    assert found.title == "Imaginary static converters"
    assert found.description == "The standard was adopted."
    assert (found.adoption_date, found.entry_into_force_date) == (date(2026, 5, 12), date(2027, 1, 1))
    assert (found.comment_deadline, found.comment_deadline_text) == (None, "")
    assert found.document_links == ("https://members.wto.org/crnattachments/2026/TBT/UGA/final_measure/a.pdf",)
    assert observation.payload["reason"] == [
        {"reason": "adopted", "text": "Notified measure adopted - date: 12 May 2026", "date": "2026-05-12"},
        {
            "reason": "in_force",
            "text": "Notified measure enters into force - date: 1 January 2027",
            "date": "2027-01-01",
        },
        {
            "reason": "final_text",
            "text": "Text of final measure available from: "
            "https://members.wto.org/crnattachments/2026/TBT/UGA/final_measure/a.pdf",
            "date": None,
        },
    ]


@pytest.mark.parametrize(
    ("symbol", "day", "committee", "sentence", "label", "ticks", "lang", "key"),
    [
        (
            "G/TBT/N/CHL/9103/Add.2",
            "8 de junio de 2026",
            TBT_ES,
            "La siguiente comunicación, de fecha 5 de junio de 2026, se distribuye a petición de la delegación de "
            "Chile.",
            "Motivo del addendum:",
            ("[X] Modificación del plazo para presentar observaciones - fecha: 30 de agosto de 2026", "[ ] Otro:"),
            "es",
            "comment_period_changed",
        ),
        (
            "G/TBT/N/SEN/9102/Add.1",
            "8 juin 2026",
            TBT_FR,
            "La communication ci-après, datée du 5 juin 2026, est distribuée à la demande de la délégation du Sénégal.",
            "Motif de l'addendum:",
            (
                "[ ] Adoption de la mesure notifiée - date:",
                "☒ Modification de la teneur ou du champ d'application de la mesure notifiée et accès au texte:\n"
                "Nouveau délai pour la présentation des observations (le cas échéant): 30 août 2026",
            ),
            "fr",
            "content_changed",
        ),
    ],
)
def test_addenda_in_spanish_and_french_move_the_deadline(
    symbol: str, day: str, committee: str, sentence: str, label: str, ticks: tuple[str, ...], lang: str, key: str
) -> None:
    observation, issues = read(
        symbol,
        day,
        committee,
        ("NOTIFICATION" if lang == "fr" else "NOTIFICACIÓN", "Addendum", sentence),
        (label, *ticks),
    )
    found = observation.notification
    assert codes(issues) == set()
    assert (found.kind, found.lang) == (NotificationKind.ADDENDUM, lang)
    assert found.member_codes == (symbol.split("/")[3],)
    assert found.distribution_date == date(2026, 6, 8)
    assert found.comment_deadline == date(2026, 8, 30)
    assert [reason["reason"] for reason in observation.payload["reason"]] == [key]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("symbol", "committee", "lines"),
    [
        (
            "G/SPS/N/BRA/9201/Add.1",
            SPS_EN,
            (
                "NOTIFICATION",
                "Addendum",
                "The following communication, received on 5 June 2026, is being circulated at the request of the "
                "Delegation of Brazil.",
                "_______________",
                "Limits for residues in imaginary beans",
                "More time was asked for.",
                "This addendum concerns a:",
                "[X] Modification of final date for comments",
                "[ ] Notification of adoption, publication or entry into force of regulation",
                "[ ] Other:",
                "Comment period: (If the addendum extends the scope, a new deadline should be provided.)",
                "[ ] Sixty days from the date of circulation of the addendum and/or (dd/mm/yy): 01/09/26",
                "Text(s) available from: [X] National Enquiry Point",
            ),
        ),
        (
            "G/SPS/N/PER/9202/Add.1",
            SPS_ES,
            (
                "NOTIFICACIÓN",
                "Addendum",
                "La siguiente comunicación, recibida el 5 de junio de 2026, se distribuye a petición de la Delegación "
                "del Perú.",
                "Requisitos de bulbos imaginarios",
                "Se pidió más tiempo.",
                "Esta adición se refiere a la:",
                "[X] modificación de la fecha límite para la presentación de observaciones",
                "[ ] otro aspecto:",
                "Plazo para la presentación de observaciones:",
                "[ ] Sesenta días a partir de la fecha de distribución y/o (día/mes/año): 1 de septiembre de 2026",
                "Texto(s) disponible(s) en: [X] Servicio nacional de información",
            ),
        ),
    ],
)
def test_sps_addenda_with_a_tick_list_below_free_text(symbol: str, committee: str, lines: tuple[str, ...]) -> None:
    observation, issues = read(
        symbol, "8 de junio de 2026" if "NOTIFICACIÓN" in lines else "8 June 2026", committee, lines
    )
    found = observation.notification
    assert codes(issues) == set()
    assert found.kind is NotificationKind.ADDENDUM
    assert found.comment_deadline == date(2026, 9, 1)
    assert found.title in {"Limits for residues in imaginary beans", "Requisitos de bulbos imaginarios"}
    assert found.description in {"More time was asked for.", "Se pidió más tiempo."}
    assert [reason["reason"] for reason in observation.payload["reason"]] == [  # type: ignore[attr-defined]
        "comment_period_changed"
    ]


def test_addendum_to_an_emergency_notification_is_both() -> None:
    observation, issues = read(
        "G/SPS/N/JPN/9203/Add.1",
        "8 June 2026",
        SPS_EN,
        (
            "NOTIFICATION OF EMERGENCY MEASURES",
            "Addendum",
            "The following communication is being circulated at the request of the delegation of Japan.",
            "Imaginary birds",
            "The stop was lifted.",
        ),
    )
    found = observation.notification
    assert codes(issues) == set()
    assert (found.kind, found.is_emergency) == (NotificationKind.ADDENDUM, True)
    assert (found.title, found.description) == ("Imaginary birds", "The stop was lifted.")


def test_unknown_reason_is_kept_and_said_once() -> None:
    observation, issues = read(
        "G/TBT/N/UGA/9101/Add.2",
        "8 June 2026",
        TBT_EN,
        ("NOTIFICATION", "Addendum", "Title: Imaginary static converters"),
        ("Reason for Addendum:", "[X] Measure rolled back by lottery - date: 3 July 2026", "Description: Luck."),
    )
    assert codes(issues) == {"reason-unknown"}
    assert observation.payload["reason"] == [
        {"reason": "unknown", "text": "Measure rolled back by lottery - date: 3 July 2026", "date": None}
    ]


def test_corrigendum_is_kept_as_text() -> None:
    observation, issues = read(
        "G/TBT/N/UGA/9101/Corr.1",
        "8 June 2026",
        TBT_EN,
        (
            "NOTIFICATION",
            "Corrigendum",
            "The following communication, dated 5 June 2026, is being circulated at the request of the delegation of "
            "Uganda.",
            "_______________",
            "Box 10 should read 61 days.",
        ),
    )
    found = observation.notification
    assert codes(issues) == set()
    assert (found.kind, found.member_codes) == (NotificationKind.CORRIGENDUM, ("UGA",))
    assert found.description == "Box 10 should read 61 days."
    assert found.comment_deadline is None
    assert "Box 10 should read 61 days." in str(observation.payload["text"])


def test_revision_is_a_form_with_boxes() -> None:
    observation, issues = read(
        "G/TBT/N/UGA/9101/Rev.1",
        "8 June 2026",
        TBT_EN,
        (
            "NOTIFICATION",
            "Revision",
            "The following notification is being circulated in accordance with Article 10.6",
            "1. Notifying Member: UGANDA",
            "4. Products covered (HS): Converters (HS 2022: 8504.40, 8504.90)",
            "5. Title, number of pages and language(s) of the notified document: New draft (9 pages, in English)",
            "6. Description of content: A second draft.",
            "10. Final date for comments: 1 September 2026",
        ),
    )
    found = observation.notification
    assert codes(issues) == set()
    assert found.kind is NotificationKind.REVISION
    assert found.hs_codes == ("850440", "850490")
    assert found.comment_deadline == date(2026, 9, 1)


def test_supplement_and_a_title_that_disagrees_with_the_symbol() -> None:
    lines = (
        "The following communication is being circulated at the request of the delegation of Uganda.",
        "Translation of the notified document",
        "An unofficial translation is available: https://members.wto.org/crnattachments/2026/TBT/UGA/t.pdf",
    )
    observation, issues = read(
        "G/TBT/N/UGA/9101/Suppl.1", "8 June 2026", TBT_EN, ("NOTIFICATION", "Supplement", *lines)
    )
    assert codes(issues) == set()
    assert observation.notification.kind is NotificationKind.SUPPLEMENT
    assert observation.notification.document_links == ("https://members.wto.org/crnattachments/2026/TBT/UGA/t.pdf",)
    _, issues = read("G/TBT/N/UGA/9101/Suppl.1", "8 June 2026", TBT_EN, ("NOTIFICATION", "Addendum", *lines))
    assert codes(issues) == {"notification-type-disagrees"}
