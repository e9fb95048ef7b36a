"""Excel workbooks: bytes in, each sheet as a page of rows with the names of their columns out, as the cells show them.

The XML is read as it stands, row by row: no object model gives merged cells, comments and text boxes without holding
the whole workbook in memory, and they refuse workbooks for styles that no reader needs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

from index.errors import DocumentRejectedError
from index.readers.content import Content, ContentBuilder, Source, one_line, sensible_title
from index.readers.headers import Cell
from index.readers.hidden import Tally, with_hidden
from index.readers.number_formats import general, shown
from index.readers.office.drawing_hidden import drop_hidden
from index.readers.office.drawings import add_drawing
from index.readers.office.xlsx_hidden import CellPlace, SheetViewer
from index.readers.office.xlsx_looks import Colors, Look, Run
from index.readers.office.xlsx_package import (
    Sheet,
    Strings,
    WorkbookPackage,
    column_of,
    merged_cells,
    parse_items,
    string_text,
)
from index.readers.package import Element, attribute
from index.readers.sheets import SheetWriter, add_name

_SIGN_EVERY = 2000  # rows, which take well under a second
_TRUTH = {"1": "TRUE", "true": "TRUE", "0": "FALSE", "false": "FALSE"}
_PLAIN = Look()
_FIRST_DAY = datetime(1899, 12, 30)


def read(source: Source) -> Content:
    """Read a workbook: its sheets in order, hidden ones too, then what hangs on each: text boxes, charts, comments."""
    package = WorkbookPackage(source.data)
    colors = package.colors()
    reader = _Reader(package, ContentBuilder(), colors, package.looks(colors), package.shared_strings(colors))
    sheets, missing = package.sheets(), []
    for number, sheet in enumerate(sheets, start=1):
        source.report(number, len(sheets))
        reader.builder.page(sheet.name)
        if number in source.skipped:
            missing.append(f"the sheet {sheet.name} could not be read: save it as a workbook of its own")
        elif reason := reader.read_sheet(sheet, partial(source.report, number, len(sheets))):
            missing.append(f"part of the sheet {sheet.name}: {reason}")
    content = replace(reader.builder.build(sensible_title(package.title())), missing="; ".join(missing))
    return with_hidden(content, reader.hidden.passages)


@dataclass(slots=True)
class _Reader:
    """Hands the sheets of a workbook to the builder."""

    package: WorkbookPackage
    builder: ContentBuilder
    colors: Colors
    looks: list[Look]
    strings: Strings
    hidden: Tally = field(default_factory=Tally)

    def read_sheet(self, sheet: Sheet, sign: Callable[[], None]) -> str:
        """Read a sheet and what hangs on it; return why the rest of it can't be read, or ""."""
        add_name(self.builder, sheet.name)
        data = self.package.read(sheet.part)
        writer = SheetWriter(self.builder, self.package.header_rows(sheet, data))
        viewer = SheetViewer(self.package, sheet, data, self.hidden)
        merged, number, reason = merged_cells(data), 0, ""
        try:
            for count, row in enumerate(parse_items(data, "row"), start=1):
                stated = attribute(row, "r")
                number = int(stated) if stated.isdecimal() and len(stated) < 8 else number + 1
                writer.row(number, self._cells(row, number, merged, viewer))
                if count % _SIGN_EVERY == 0:
                    sign()
        except DocumentRejectedError as error:  # what came before is there
            reason = str(error)
        writer.end()
        for part in self.package.drawings(sheet):
            drawing = self.package.part(part)
            drop_hidden(drawing, self.colors.scheme, self.hidden)
            add_drawing(self.builder, self.package, part, drawing)
        for comment in self.package.comments(sheet):
            by = f" by {one_line(comment.author)}" if comment.author.strip() else ""
            text = comment.text.removeprefix(f"{comment.author}:")  # which Excel puts before it
            if text.strip():
                self.builder.paragraph(f"Comment{by} on {comment.place}: {text}")
        return reason

    def _cells(
        self, row: Element, number: int, merged: dict[tuple[int, int], tuple[int, int]], viewer: SheetViewer
    ) -> dict[int, Cell]:
        cells: dict[int, Cell] = {}
        column = -1
        for cell in row.iterchildren("{*}c"):
            stated = column_of(cell.get("r", "").rstrip("0123456789"))
            column = stated if stated >= 0 else column + 1
            place = CellPlace(number, column, *merged.get((number, column), (1, 1)))
            look = self._look(cell)
            text, is_text = self._shown(cell, look, viewer, place)
            if text:
                cells[column] = Cell(text, is_text, look.font.is_bold, place.columns, place.rows)
        return cells

    def _look(self, cell: Element) -> Look:
        style = cell.get("s", "")
        return self.looks[int(style)] if style.isdecimal() and int(style) < len(self.looks) else _PLAIN

    def _stored(self, cell: Element, kind: str) -> tuple[str, tuple[Run, ...]]:
        """Return what is stored in a cell, and the parts of it that have fonts of their own."""
        stored: str = ""
        runs: tuple[Run, ...] = ()
        for part in cell.iterchildren("{*}v", "{*}is"):
            if kind == "inlineStr":
                stored, runs = string_text(part) or stored, self.colors.runs(part) or runs
            else:
                stored = part.text or stored
        if kind != "s" or not stored:
            return stored, runs
        number = int(stored) if stored.isdecimal() else len(self.strings.words)
        return (
            self.strings.words[number] if number < len(self.strings.words) else "",
            self.strings.runs.get(number, ()),
        )

    def _shown(self, cell: Element, look: Look, viewer: SheetViewer, place: CellPlace) -> tuple[str, bool]:
        """Return what a cell shows, and whether that is text."""
        kind = cell.get("t", "n")
        stored, runs = self._stored(cell, kind)
        if kind == "e" or not stored:  # an error is no value
            return "", True
        if (look.may_hide or runs) and not (stored := viewer.seen(stored, runs, look, place)):
            return "", True
        if kind in ("s", "str", "inlineStr"):
            return viewer.formatted(stored, look.code, place) if look.code else stored, True
        if kind == "b":
            return _TRUTH.get(stored, stored), False
        if kind == "d":
            return self._date(stored, look.code), False
        try:
            return self._number(float(stored), look.code), False
        except ValueError:
            return stored, True

    def _number(self, value: float, code: str) -> str:
        return one_line(shown(value, code, from_1904=self.package.from_1904) if code else general(value))

    def _date(self, stored: str, code: str) -> str:
        """Return what is shown of a date that is stored as one, not as a number."""
        try:
            span = datetime.fromisoformat(stored).replace(tzinfo=None) - _FIRST_DAY
        except ValueError:
            return stored
        return one_line(shown(span.total_seconds() / 86400, code)) if code else stored
