"""OpenDocument spreadsheets: the words of a cell that no eye sees are taken out of it."""

from __future__ import annotations

import re
from bisect import bisect_right

from index.readers.cell_ranges import Ranges
from index.readers.markup.html_colors import WHITE
from index.readers.opendocument.odf import repeated
from index.readers.opendocument.odf_hidden import Viewer
from index.readers.opendocument.odf_looks import Look, StyleBook
from index.readers.package import Element, attribute, children, name_of
from index.records import LeftOut

_CONDITIONS = re.compile(rb"<(?:\w+:)?conditional-format\s[^<>]*?target-range-address=\"([^\"]*)\"")
_QUOTED = re.compile(r"'[^']*'")
_BEHIND = re.compile(rb"\srun-through=\"background\"|:run-through=\"background\"")
_MOST_COLUMNS = 20_000  # whose styles are kept


class CellViewer:
    """Goes through cells row by row, and takes out what isn't seen."""

    def __init__(self, data: bytes) -> None:
        self._viewer = Viewer(StyleBook())
        self._looks: dict[str, tuple[Look, bool]] = {}  # of cells by their style, and whether they are seen
        self._has_pictures_behind = _BEHIND.search(data) is not None
        self._conditions = Ranges()  # of all sheets
        for match in _CONDITIONS.finditer(data):
            for reference in _QUOTED.sub("", match[1].decode("utf-8", errors="replace")).split():
                self._conditions.add(":".join(corner.rpartition(".")[2] for corner in reference.split(":")))
        self._ends: list[int] = []  # the columns at which the cells' usual style changes
        self._styles: list[str] = []  # before each

    @property
    def passages(self) -> tuple[LeftOut, ...]:
        """The passages of at least a sentence that were taken out so far."""
        return self._viewer.tally.passages

    def add_styles(self, root: Element | None) -> None:
        """Take the styles in `root`."""
        self._viewer.styles.add(root)
        self._looks.clear()

    def begin_sheet(self) -> None:
        """Forget the columns of the sheet before."""
        self._ends, self._styles = [], []

    def add_column(self, column: Element) -> None:
        """Take note of which style the cells in the next columns have that state none."""
        if len(self._ends) < _MOST_COLUMNS:
            self._ends.append((self._ends or [0])[-1] + repeated(column, "number-columns-repeated"))
            self._styles.append(attribute(column, "default-cell-style-name"))

    def view(self, cell: Element, row: Element, *, number: int, column: int) -> None:
        """Take out what isn't seen of a cell in a row; `number` counts from 1, `column` from 0."""
        style = self._style(cell, row, column)
        if style not in self._looks:
            look = self._viewer.styles.look(Look(), "table-cell", style)
            self._looks[style] = look, look.is_seen
        look, is_seen = self._looks[style]
        if is_seen and all(name_of(inner) == "p" and not len(inner) and not inner.attrib for inner in cell):
            return
        rows = max(repeated(cell, "number-rows-spanned"), repeated(row, "number-rows-repeated"))
        columns = max(repeated(cell, "number-columns-spanned"), repeated(cell, "number-columns-repeated"))
        is_over_pictures = look.grounds == (WHITE,) and self._has_pictures_behind
        if is_over_pictures or self._conditions.touch(number, column, rows=rows, columns=columns):
            look = look.on((None,))
        for inner in children(cell):
            self._viewer.view(inner, look)

    def view_shapes(self, shapes: Element) -> None:
        """Take out what isn't seen of the shapes on a sheet; what is beneath them isn't known."""
        self._viewer.view(shapes, Look(grounds=(None,)))

    def _style(self, cell: Element, row: Element, column: int) -> str:
        at = bisect_right(self._ends, column)
        of_column = self._styles[at] if at < len(self._styles) else ""
        return attribute(cell, "style-name") or attribute(row, "default-cell-style-name") or of_column or "Default"
