"""A growing list of blocks that numbers its own sections, tables and figures."""

from __future__ import annotations

from dataclasses import dataclass, field

from reports.bulletin.figures import chinese_number
from reports.document import (
    BarChart,
    Block,
    Heading,
    HeatMap,
    LineChart,
    Note,
    Paragraph,
    Series,
    Span,
    Table,
    Text,
    clean,
    text,
)


@dataclass(slots=True)
class Builder:
    """Collects blocks. Numbers are given when a block is added, so that a section left out leaves no gap."""

    blocks: list[Block] = field(default_factory=list)
    sections: int = 0
    subsections: int = 0
    tables: int = 0
    charts: int = 0

    def add(self, *blocks: Block) -> None:
        """Append blocks as they are."""
        self.blocks.extend(blocks)

    def section(self, title: str) -> None:
        """一、title"""
        self.sections += 1
        self.subsections = 0
        self.add(Heading(1, f"{chinese_number(self.sections)}、{clean(title)}"))

    def subsection(self, title: str) -> None:
        """（一）title"""
        self.subsections += 1
        self.add(Heading(2, f"（{chinese_number(self.subsections)}）{clean(title)}"))

    def body(self, *sentences: str) -> None:
        """One paragraph of the sentences that are not empty."""
        joined = "".join(sentence for sentence in sentences if sentence)
        if joined:
            self.add(Paragraph(text(joined)))

    def lead(self, label: str, rest: Text = ()) -> None:
        """A bold label on its own, which stays with what follows; with `rest`, both in one paragraph."""
        self.add(Paragraph((Span(clean(label), bold=True), *rest), role="body" if rest else "lead"))

    def slot(self, name: str, paragraph: str = "", *, label: str = "") -> None:
        """A text that an officer may change in the Word file, empty where there is none yet, behind a bold label."""
        self.add(Paragraph(text(paragraph), slot=name, label=text(label, bold=True)))

    def note(self, sentence: str, tone: str = "plain") -> None:
        """A remark below a table or paragraph."""
        self.add(Note(text(sentence), tone))

    def next_table(self) -> str:
        """表N, the name of the table that will be added next: prose refers to it before it stands."""
        return f"表{self.tables + 1}"

    def next_chart(self) -> str:
        """图N, the name of the picture that will be added next."""
        return f"图{self.charts + 1}"

    def table(
        self,
        caption: str,
        headers: tuple[str, ...],
        rows: tuple[tuple[str | Text, ...], ...],
        widths: tuple[float, ...],
        align: str,
        *,
        total_row: bool = False,
        small: bool = False,
    ) -> None:
        """Append a numbered table; strings become clean text."""
        self.tables += 1
        cells = tuple(tuple(text(cell) if isinstance(cell, str) else cell for cell in row) for row in rows)
        self.add(
            Table(
                caption=f"表{self.tables} {caption}",
                headers=tuple(map(clean, headers)),
                rows=cells,
                widths=widths,
                align=align,
                total_row=total_row,
                small=small,
            )
        )

    def chart(self, caption: str, labels: tuple[str, ...], values: tuple[int, ...], unit: str, alt: str) -> None:
        """Append a numbered bar chart."""
        self.charts += 1
        self.add(
            BarChart(
                caption=f"图{self.charts} {caption}",
                labels=tuple(map(clean, labels)),
                values=values,
                unit=unit,
                alt=clean(alt),
            )
        )

    def line_chart(
        self, caption: str, labels: tuple[str, ...], series: tuple[Series, ...], unit: str, alt: str
    ) -> None:
        """Append a numbered line chart."""
        self.charts += 1
        numbered = f"图{self.charts} {caption}"
        self.add(LineChart(caption=numbered, labels=labels, series=series, unit=unit, alt=clean(alt)))

    def heat_map(
        self,
        caption: str,
        rows: tuple[str, ...],
        columns: tuple[str, ...],
        values: tuple[tuple[int, ...], ...],
        unit: str,
        alt: str,
    ) -> None:
        """Append a numbered heat map."""
        self.charts += 1
        self.add(
            HeatMap(
                caption=f"图{self.charts} {caption}",
                rows=tuple(map(clean, rows)),
                columns=tuple(map(clean, columns)),
                values=values,
                unit=unit,
                alt=clean(alt),
            )
        )
