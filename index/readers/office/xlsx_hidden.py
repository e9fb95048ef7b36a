"""Excel sheets: what of a cell's words an eye sees, by their size, their color and the fill that they stand on.

A cell whose look something else may change (a table's style, a condition, a drawing over it) keeps its words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from index.readers.cell_ranges import Ranges
from index.readers.grounds import is_lost
from index.readers.hidden import SPECK, Tally, gap
from index.readers.number_formats import shown_text
from index.readers.office.xlsx_looks import Font, Look, Run
from index.readers.office.xlsx_package import Sheet, WorkbookPackage
from index.readers.package import Element, attribute, child, children, name_of
from index.readers.sheets import column_letters

_CONDITIONS = re.compile(
    rb"<(?:\w+:)?conditionalFormatting\b[^<>]*?\bsqref=[\"']([^\"']*)[\"']|<(?:\w+:)?sqref\b[^<>]*>([^<]*)<"
)
_PICTURE = re.compile(rb"<(?:\w+:)?picture\b")
_EVERYWHERE = "all"
_LAST_ROW, _LAST_COLUMN = 1_048_576, "XFD"


class CellPlace(NamedTuple):
    """A cell: its row, from 1, its column, from 0, and how many of each it spans."""

    row: int
    column: int
    rows: int
    columns: int


class SheetViewer:
    """Tells what is seen of the cells of a sheet, and counts what isn't."""

    def __init__(self, package: WorkbookPackage, sheet: Sheet, data: bytes, tally: Tally) -> None:
        self._package, self._sheet, self._data, self._tally = package, sheet, data, tally
        self._unsure: Ranges | None = None  # until it is needed

    def seen(self, words: str, runs: tuple[Run, ...], look: Look, place: CellPlace) -> str:
        """Return what an eye sees of a cell's words, which may consist of runs."""
        parts = []
        for run in runs or (Run(words, None),):
            is_hidden = self._hides(run.font or look.font, look, place)
            if is_hidden:
                self._tally.add(run.words, (self._sheet, place))
            parts.append(gap(run.words) if is_hidden else run.words)
        return "".join(parts).strip() and "".join(parts)

    def formatted(self, text: str, code: str, place: CellPlace) -> str:
        """Return what a cell shows of a text, whose format may be to show nothing."""
        shown = shown_text(text, code)
        if text and not shown:
            self._tally.add(text, (self._sheet, place))
        return shown

    def _hides(self, font: Font, look: Look, place: CellPlace) -> bool:
        if font.size <= SPECK:
            return True
        if not is_lost(font.color, [look.ground]):
            return False
        if self._unsure is None:
            self._unsure = Ranges(_unsure_parts(self._package, self._sheet, self._data))
        return not self._unsure.touch(place.row, place.column, rows=place.rows, columns=place.columns)


def _unsure_parts(package: WorkbookPackage, sheet: Sheet, data: bytes) -> Iterator[str]:
    """Yield the parts of a sheet whose look is not that of their cells alone."""
    if b"\0" in data[:100] or _PICTURE.search(data) or package.has_pivots(sheet):
        yield _EVERYWHERE
    for match in _CONDITIONS.finditer(data):
        yield from (match[1] or match[2] or b"").decode("ascii", errors="replace").split()
    for table in package.tables(sheet):
        if attribute(child(table, "tableStyleInfo"), "name"):
            yield attribute(table, "ref")
    for part in package.drawings(sheet):
        yield from map(_covered, children(package.part(part)))


def _covered(anchor: Element) -> str:
    """Return the part of a sheet that a drawing may cover."""
    first, last = _corner(child(anchor, "from")), _corner(child(anchor, "to"))
    if not first or name_of(anchor) not in ("oneCellAnchor", "twoCellAnchor"):
        return _EVERYWHERE
    return f"{first}:{last or f'{_LAST_COLUMN}{_LAST_ROW}'}"


def _corner(place: Element | None) -> str:
    column, row = child(place, "col"), child(place, "row")
    texts = [(found.text or "").strip() if found is not None else "" for found in (column, row)]
    if not all(text.isdecimal() and len(text) < 8 for text in texts):
        return ""
    return f"{column_letters(int(texts[0]))}{int(texts[1]) + 1}"
