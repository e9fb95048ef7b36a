"""OpenDocument spreadsheets: bytes in, each sheet as a page of rows with the names of their columns out.

A cell's paragraphs are what it shows, so no number has to be formatted. The XML is read row by row.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from lxml import etree

from index.errors import DocumentRejectedError
from index.readers.content import Content, ContentBuilder, Source, sensible_title
from index.readers.headers import Cell
from index.readers.hidden import with_hidden
from index.readers.opendocument.odf import OpenDocument, Styles, repeated
from index.readers.opendocument.odf_text import TextReader
from index.readers.opendocument.ods_hidden import CellViewer
from index.readers.package import Element, attribute, children, name_of
from index.readers.sheets import SheetWriter, add_name, column_letters

_MOST_COPIES = 100  # of a row or a cell that is said to be repeated; more is decoration
_SIGN_EVERY = 2000  # rows
_ERROR = re.compile(r"#(N/A|REF!|DIV/0!|VALUE!|NAME\?|NUM!|NULL!)|Err:\d+")
_TAGS = tuple(f"{{*}}{name}" for name in ("table", "table-column", "table-row", "shapes", "styles", "automatic-styles"))


def read(source: Source) -> Content:
    """Read a workbook: its sheets in order, hidden ones too, then what hangs on each: shapes, charts, comments."""
    document = OpenDocument(source.data, kind="spreadsheet", noun="spreadsheet")
    data, common = document.content(), document.common()
    styles, viewer = Styles(), CellViewer(data)
    for taken in (styles.add, viewer.add_styles):
        taken(common)
    reader = _Reader(TextReader(document, styles, ContentBuilder()), viewer, source.report)
    reader.sheets = max(1, data.count(b"<table:table "))
    reader.read(data)
    content = reader.text.builder.build(sensible_title(document.title(None)))
    return with_hidden(content, viewer.passages)


@dataclass(slots=True)
class _Reader:
    """Hands the sheets of a workbook to the builder as they come by."""

    text: TextReader
    viewer: CellViewer
    report: Callable[[int, int], None]
    sheets: int = 1
    _sheet: int = 0
    _depth: int = 0  # of tables: those within a sheet are of its charts
    _row: int = 0
    _count: int = 0
    _writer: SheetWriter = field(init=False)
    _shapes: list[Element] = field(default_factory=list)
    _comments: list[tuple[str, Element]] = field(default_factory=list)

    def read(self, data: bytes) -> None:
        """Read all sheets. Raises DocumentRejectedError where the XML is broken."""
        options = {"resolve_entities": False, "no_network": True, "load_dtd": False}
        events = etree.iterparse(
            io.BytesIO(data), events=("start", "end"), tag=_TAGS, remove_comments=True, remove_pis=True, **options
        )
        try:
            for event, element in events:
                self._take(event, name_of(element), element)
        except etree.XMLSyntaxError as error:
            raise DocumentRejectedError(f"its XML is damaged ({error}): save it again") from error

    def _take(self, event: str, name: str, element: Element) -> None:
        if name == "table":
            self._depth += 1 if event == "start" else -1
            if event == "start" and self._depth == 1:
                self._begin(attribute(element, "name"))
            elif event == "end" and self._depth == 0:
                self._end()
                element.clear()
        elif event == "end" and name.endswith("styles"):
            self.text.styles.add(element)
            self.viewer.add_styles(element)
        elif event == "end" and self._depth == 1 and name == "table-row":
            self._add_row(element)
            _forget(element)
        elif event == "end" and self._depth == 1 and name == "table-column":
            self.viewer.add_column(element)
        elif event == "end" and self._depth == 1:
            self._shapes.append(element)

    def _begin(self, name: str) -> None:
        self._sheet += 1
        self._row = 0
        self.viewer.begin_sheet()
        self.report(self._sheet, max(self.sheets, self._sheet))
        self.text.builder.page(name)
        add_name(self.text.builder, name)
        self._writer = SheetWriter(self.text.builder)

    def _end(self) -> None:
        self._writer.end()
        shapes, self._shapes = self._shapes, []
        for found in shapes:
            self.viewer.view_shapes(found)
            self.text.read_blocks(found)
        self.text.end_shapes()
        comments, self._comments = self._comments, []
        for place, comment in comments:
            self.text.add_comment(comment, on=place)
        self.text.end_notes()

    def _add_row(self, row: Element) -> None:
        times = repeated(row, "number-rows-repeated")
        cells = self._cells(row)
        for number in range(min(times, _MOST_COPIES) if cells else 0):
            self._writer.row(self._row + number + 1, cells)
        self._row += times
        self._count += 1
        if self._count % _SIGN_EVERY == 0:
            self.report(self._sheet, max(self.sheets, self._sheet))

    def _cells(self, row: Element) -> dict[int, Cell]:
        cells: dict[int, Cell] = {}
        column = 0
        for cell in children(row):
            times = repeated(cell, "number-columns-repeated")
            if name_of(cell) == "table-cell" and len(cell):
                self.viewer.view(cell, row, number=self._row + 1, column=column)
                found = self._cell(cell, f"{column_letters(column)}{self._row + 1}")
                for at in range(column, column + min(times, _MOST_COPIES) if found.text else 0):
                    cells[at] = found
            column += times
        return cells

    def _cell(self, cell: Element, place: str) -> Cell:
        for comment in [found for found in children(cell) if name_of(found) == "annotation"]:
            cell.remove(comment)
            self._comments.append((place, comment))
        text = self.text.cell_text(cell)
        return Cell(
            "" if _ERROR.fullmatch(text) else text,
            attribute(cell, "value-type") in ("", "string"),
            self.text.styles.style(attribute(cell, "style-name")).is_bold,
            repeated(cell, "number-columns-spanned"),
            repeated(cell, "number-rows-spanned"),
        )


def _forget(element: Element) -> None:
    """Give back the memory of a row that was read."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]
