"""Twenty-five years of invented notifications, firms and matches for tools/bench_warehouse.py: the same ones each time.

Each notification is made from its number alone, so that any of them can be had again, as it was or amended. Members,
headings and ICS fields are real, every text is invented.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from pathlib import Path

from warehouse.members import members
from warehouse.records import (
    Channel,
    ChineseTitle,
    Concern,
    ConcernObservation,
    Evidence,
    Level,
    Match,
    Notification,
    NotificationKind,
    Observation,
    Relation,
    TitleObservation,
)

ROOT = Path(__file__).parents[1]
FIRST, LAST = date(2001, 7, 1), date(2026, 6, 30)
N_FIRMS = 2_000
PAIRS = 5  # scored pairs of a notification that was matched; every third one is
_SEED = 25
_GROWTH = 1.7  # how many were notified by a time t of the period: t ** 1.7
_MEMBERS = (
    "USA", "EU", "UGA", "KEN", "TZA", "RWA", "BDI", "BRA", "CHN", "JPN", "KOR", "ISR", "CAN", "MEX", "COL", "ECU",
    "CHL", "PER", "ARG", "SAU", "ARE", "KWT", "BHR", "QAT", "OMN", "EGY", "ZAF", "IND", "THA", "VNM", "IDN", "MYS",
    "PHL", "CHE", "TUR", "UKR", "GBR", "AUS", "NZL", "TPKM", "CRI", "DOM",
)  # fmt: skip
_WEIGHTS = (14, 11, 10, 7, 5, 4, 3, 7, 5, 4, 4, 4, 4, 3, 2, 3, 2, 2, 2, 2, 2, 1, 1, 1, 1, 3, 2, 3, 2, 2, 1, 1, 1, 1, 1,
            1, 1, 1, 1, 1, 1, 1)  # fmt: skip
_EAC = ("KEN", "UGA", "TZA", "RWA", "BDI")
_GCC = ("SAU", "ARE", "KWT", "BHR", "QAT", "OMN", "YEM")
# the place in a block of twenty: an amendment, and the place of what it amends so many blocks before
_AMENDMENTS = {7: ("Add.1", 15, 0), 13: ("Add.1", 15, 1), 17: ("Add.2", 40, 0), 19: ("Rev.1", 60, 2)}
_KINDS = {"Add": NotificationKind.ADDENDUM, "Rev": NotificationKind.REVISION, "Cor": NotificationKind.CORRIGENDUM}
_TITLES = {
    "en": (
        "Draft Regulation laying down requirements for {a}",
        "Technical Regulation on the labelling and marking of {a}",
        "{a} - Part {n}: Safety requirements and test methods, Draft Standard",
        "Order No. {n} on the mandatory certification of {a} and {b}",
        "Maximum limits of hazardous substances in {a}",
    ),
    "es": ("Proyecto de Reglamento Técnico {n} sobre {a}", "Norma Oficial {n}, requisitos de seguridad de {a}"),
    "fr": ("Projet d'arrêté n° {n} relatif à {a}", "Décret {n} relatif à l'évaluation de la conformité de {a}"),
}
_SENTENCES = {
    "en": (
        "This draft lays down requirements for {a} which are placed on the market after {y}.",
        "It specifies limits of lead ({n} mg/kg), cadmium and other substances, and the methods of test of ISO {m}.",
        "Manufacturers of {b} shall affix a label which states the class, the batch and the name of the importer.",
        "A certificate of conformity of an accredited laboratory is required before the clearance of {a}.",
        "Products that were made before {y} may be sold for {n} months after the entry into force.",
        "Spare parts, samples for exhibitions and {b} for re-export are outside the scope of clause {n}.",
        "The measured value shall not exceed {n} percent of the declared value under the conditions of EN {m}.",
        "Importers shall register {b} with the authority under form {m} and keep records for {n} years.",
        "The notified text replaces Order {m} of {y}, which applied to {a} only.",
        "Comments on annex {n}, which lists {b}, are welcome in any of the official languages.",
    ),
    "es": (
        "El proyecto establece los requisitos de {a} que se comercialicen a partir de {y}.",
        "Se fijan los límites de plomo ({n} mg/kg) y los métodos de ensayo de la norma ISO {m}.",
        "El fabricante de {b} colocará una etiqueta con la clase, el lote y el nombre del importador.",
        "Se exige un certificado de conformidad antes del despacho de {a}, según el formulario {m}.",
        "Quedan excluidas las muestras y {b} destinados a la reexportación (artículo {n}).",
    ),
    "fr": (
        "Le projet fixe les exigences applicables à {a} mis sur le marché après {y}.",
        "Les teneurs maximales en plomb ({n} mg/kg) et les méthodes d'essai de la norme ISO {m} sont précisées.",
        "Le fabricant de {b} appose une étiquette indiquant la classe, le lot et l'importateur.",
        "Un certificat de conformité est exigé avant le dédouanement de {a}, formulaire {m}.",
        "Les échantillons et {b} destinés à la réexportation sont exclus (article {n}).",
    ),
}
_OBJECTIVES = (
    "Protection of human health or safety (TBT)", "Protection of the environment (TBT)", "Quality requirements (TBT)",
    "Prevention of deceptive practices and consumer protection (TBT)", "Consumer information, labelling (TBT)",
    "Reducing trade barriers and facilitating trade (TBT)", "Harmonization (TBT)",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """A product line of the register, as far as matching goes."""

    line_id: str
    hs_code: str


@dataclass(frozen=True, slots=True)
class History:
    """`size` notifications over 25 years, ever more a year; numbers from `size` on are days after them."""

    size: int

    def notification(self, number: int, *, version: int = 1) -> Notification:
        """The notification of a number; a later version has a later deadline and a sentence more."""
        chance = _chance("n", number)
        place, block = number % 20, number // 20
        suffix, lag, target = _AMENDMENTS.get(place, ("", 0, 0))
        if place == 19 and block % 4 == 1:
            suffix, lag, target = "Corr.1", 10, 3
        elif place == 19 and block % 2:
            suffix = ""
        if block < lag:
            suffix = ""
        root = (block - lag) * 20 + target if suffix else number
        member_codes, area = _parties(root)
        symbols = tuple(f"G/{area}/N/{code}/{root + 1}" + (f"/{suffix}" if suffix else "") for code in member_codes)
        day = self._day(number)
        lang = chance.choices(("en", "es", "fr"), (78, 15, 7))[0]
        headings, text = _headings(), chance.choice(_TITLES[lang])
        subject = _chance("s", root).randrange(len(headings))
        goods = headings[subject][1].lower()
        about = {
            "a": goods, "b": headings[(subject + chance.randrange(1, 9)) % len(headings)][1].lower(),
            "n": chance.randint(1, 90), "y": day.year, "m": chance.randint(1_000, 99_999),
        }  # fmt: skip
        deadline = day + timedelta(days=60 + 30 * (version - 1)) if chance.random() < 0.88 else None
        is_emergency = chance.random() < 0.04
        item = Notification(
            notification_id=symbols[0],
            symbols=symbols,
            area=area,
            kind=NotificationKind.EMERGENCY if is_emergency and not suffix else _kind(suffix),
            is_emergency=is_emergency,
            notification_type=suffix or "Regular notification",
            member_names=tuple(members()[code].name_en for code in member_codes),
            member_codes=member_codes,
            distribution_date=day if chance.random() < 0.995 else None,
            comment_deadline=deadline,
            comment_deadline_text="" if deadline else chance.choice(("", "60 days from notification")),
            adoption_date=day + timedelta(days=120) if chance.random() < 0.5 else None,
            adoption_text="" if chance.random() < 0.5 else "To be determined",
            entry_into_force_date=day + timedelta(days=240) if chance.random() < 0.5 else None,
            title=text.format(**about) if not suffix else f"Addendum. {text.format(**about)}",
            description=_description(chance, lang, about, version),
            products_text=f"{goods.capitalize()} and parts thereof",
            hs_codes=_hs_codes(chance, subject),
            ics_codes=_ics_codes(chance),
            objectives=tuple(chance.sample(_OBJECTIVES, chance.randint(1, 3))),
            keywords=("Human health",) if chance.random() < 0.4 else (),
            lang=lang,
            url=f"https://www.epingalert.org/en/Search?viewData={symbols[0]}",
            document_links=(f"https://members.wto.org/crnattachments/{day.year}/{area}/{root}_00_e.pdf",),
            notification_links={"en": f"https://docs.wto.org/imrd/directdoc.asp?DDFDocuments/t/{number}.DOCX"},
        )
        return _gazette(item, number, day)

    def observations(self, numbers: Sequence[int], *, version: int = 1) -> Iterator[Observation]:
        """What the source shows of these notifications: a joint one is one record a member."""
        for number in numbers:
            item = self.notification(number, version=version)
            payload = {"title": item.title, "description": item.description, "symbols": ", ".join(item.symbols)}
            for name, code in zip(item.member_names, item.member_codes, strict=True):
                yield Observation(
                    source_key=f"{number}-{code}",
                    payload={"id": number, "member": name, **payload},
                    notification=replace(item, member_names=(name,), member_codes=(code,)),
                    row=number,
                )

    def _day(self, number: int) -> date:
        if number >= self.size:
            return LAST
        passed: float = (number / self.size) ** (1 / _GROWTH)
        return FIRST + (LAST - FIRST) * passed

    def titles(self) -> Iterator[TitleObservation]:
        """Every seventh notification has a Chinese title in a public bulletin."""
        for number in range(0, self.size, 7):
            item = self.notification(number)
            for symbol in item.symbols[:1]:
                title = ChineseTitle(symbol=symbol, title_zh=f"关于第{number}号虚构产品技术要求的通报")
                yield TitleObservation(source_key=symbol, payload={"symbol": symbol}, title=title, row=number)

    def concerns(self) -> Iterator[ConcernObservation]:
        """One specific trade concern for 75 notifications."""
        for number in range(0, self.size, 75):
            item = self.notification(number)
            concern = Concern(
                concern_id=f"{item.area or 'TBT'}-{number}",
                area=item.area or "TBT",
                number=str(number),
                title=item.title,
                responding_members=item.member_codes,
                raising_members=("CHN",),
                first_raised=item.distribution_date,
                n_times_raised=1 + number % 9,
                symbols=item.symbols,
                status="Not reported",
                hs_codes=item.hs_codes[:3],
                description=item.description,
                lang="en",
            )
            yield ConcernObservation(source_key=concern.concern_id, payload={"id": number}, concern=concern, row=number)

    def pairs(self, number: int, lines: Sequence[Line]) -> tuple[Match, ...]:
        """The scored pairs of a notification: one in seven concerns two firms, so that one in twenty is a case."""
        chance = _chance("m", number)
        notification_id = self.notification(number).notification_id
        is_relevant = chance.random() < 0.15
        found = []
        for rank, line in enumerate(chance.sample(lines, PAIRS)):
            is_raised = is_relevant and rank < 2
            score = (0.9, 0.6)[rank] if is_raised else round(chance.uniform(0.01, 0.3), 4)
            found.append(
                Match(
                    notification_id=notification_id,
                    line_id=line.line_id,
                    relation=(Relation.DIRECT, Relation.INDIRECT)[rank] if is_raised else Relation.NONE,
                    score=score,
                    level=(Level.WARNING, Level.WATCH)[rank] if is_raised else Level.NONE,
                    reason=f"通报产品与企业产品（{line.hs_code}）税号同属一个品目。" if is_raised else "",
                    evidence=(
                        Evidence(kind="hs", detail="同一品目", line_text=line.hs_code, value=score),
                        Evidence(kind="semantic", detail="描述相近", line_text=f"产品{line.hs_code}", value=score / 2),
                    ),
                    sells_to_member=chance.random() < 0.4,
                )
            )
        return tuple(found)


def matched(numbers: Sequence[int]) -> list[int]:
    """Those of the numbers whose notifications are matched: every third."""
    return [number for number in numbers if number % 3 == 0]


def write_firms(path: Path) -> None:
    """Write the city's list: 2,000 firms with the lines of the labelled cities' invented firms, some times over."""
    rows: list[dict[str, str]] = []
    for city in sorted((ROOT / "models" / "data").glob("city_*")):
        with (city / "exporters.csv").open(encoding="utf-8-sig") as file:
            rows += [row | {"企业编号": f"{city.name[-1]}{row['企业编号']}"} for row in csv.DictReader(file)]
    by_firm: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        by_firm.setdefault(row["企业编号"], []).append(row)
    firms = sorted(by_firm)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), extrasaction="ignore")
        writer.writeheader()
        for number in range(N_FIRMS):
            firm, again = firms[number % len(firms)], number // len(firms)
            changed = {
                "企业编号": f"{firm}-{again}", "统一社会信用代码": "", "联系邮箱": f"tbt-{number}@firm.example",
            }  # fmt: skip
            for row in by_firm[firm]:
                writer.writerow(row | changed | {"企业名称": f"{row['企业名称']}{again or ''}"})


def _chance(what: str, number: int) -> random.Random:
    return random.Random(f"{_SEED}-{what}-{number}")  # noqa: S311  (test data)


def _parties(number: int) -> tuple[tuple[str, ...], str]:
    """Members and area of a measure."""
    chance = _chance("p", number)
    draw = chance.random()
    area = "SPS" if chance.random() < 0.2 else "TBT"
    if draw < 0.04 or number % 100 == 89:
        return (_EAC, "TBT") if draw < 0.04 else (("USA",), "TBT")
    if draw < 0.065:
        return _GCC, "TBT"
    return tuple(chance.choices(_MEMBERS, _WEIGHTS)), area


def _kind(suffix: str) -> NotificationKind:
    return _KINDS[suffix[:3]] if suffix else NotificationKind.REGULAR


def _gazette(item: Notification, number: int, day: date) -> Notification:
    """One in a hundred is a draft in the Federal Register, and the next one the notification of it."""
    if number % 100 == 88:
        name = f"FR-{day.year}-{number % 100_000:05d}"
        return replace(
            item, notification_id=name, symbols=(), channel=Channel.LEGISLATION, area="", kind=NotificationKind.REGULAR,
            member_names=("United States of America",), member_codes=("USA",),
        )  # fmt: skip
    if number % 100 == 89:
        link = f"https://www.federalregister.gov/documents/{day.year}-{(number - 1) % 100_000:05d}"
        return replace(item, document_links=(link,))
    return item


def _description(chance: random.Random, lang: str, about: dict[str, object], version: int) -> str:
    wanted, sentences = chance.randint(1_000, 2_000), _SENTENCES[lang]
    words = []
    while wanted > 0:
        numbers = {"n": chance.randint(1, 900), "m": chance.randint(1_000, 99_999)}
        words.append(chance.choice(sentences).format(**{**about, **numbers}))
        wanted -= len(words[-1]) + 1
    words += [f"The period for comments was extended for the {turn}th time." for turn in range(2, version + 1)]
    return " ".join(words)


def _hs_codes(chance: random.Random, subject: int) -> tuple[str, ...]:
    """Absent in a third; then some codes of neighbouring headings, seldom hundreds: fifteen on the average."""
    if chance.random() < 1 / 3:
        return ()
    headings = _headings()
    wanted = min(1 + int(chance.lognormvariate(1.9, 1.3)), 300)
    found: dict[str, None] = {}
    for _ in range(wanted):
        heading = headings[(subject + chance.randrange(1 + wanted // 2)) % len(headings)][0]
        kind = chance.random()
        found[heading[:2] if kind < 0.03 else heading if kind < 0.2 else f"{heading}{chance.randint(10, 90)}"] = None
    return tuple(found)


def _ics_codes(chance: random.Random) -> tuple[str, ...]:
    fields = _fields()
    return () if chance.random() < 1 / 3 else tuple(dict.fromkeys(chance.choices(fields, k=chance.randint(1, 4))))


@cache
def _headings() -> tuple[tuple[str, str], ...]:
    return tuple((row["code"], row["name_en"]) for row in _seed("hs_headings") if row["name_en"])


@cache
def _fields() -> tuple[str, ...]:
    return tuple(row["code"] for row in _seed("ics_fields") if "." in row["code"])


def _seed(name: str) -> Iterator[dict[str, str]]:
    text = files("warehouse").joinpath(f"seeds/{name}.csv").read_text(encoding="utf-8")
    return csv.DictReader(text.splitlines())
