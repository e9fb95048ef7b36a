"""Sheets of workbooks: rows of cells in, each row as a line that names its columns out.

People put titles above tables, leave rows empty between them, and set them side by side; so a sheet is cut at its
empty rows and columns, and each part is looked at by itself.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from index.readers.content import ContentBuilder, one_line, table_lines
from index.readers.headers import MOST_HEADER_ROWS, Cell, Cells, count_header_rows, names_of, number_columns
from index.readers.tables import all_lines

_AT_ONCE = 1000  # rows of one table that are looked at together; a longer one goes on as it began
_GIVEN_NAME = re.compile(
    r"(sheet|tabelle|feuil|hoja|foglio|blad|planilha|chart|diagramm?|лист|シート) ?\d*", re.IGNORECASE
)


def column_letters(column: int) -> str:
    """Return the name of a column, from 0: A, B, ... Z, AA."""
    letters = ""
    column += 1
    while column > 0:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def add_name(builder: ContentBuilder, name: str) -> None:
    """Add the name of a sheet as a heading, unless it is the one that the program gave it.

    Of the second level, because no sheet's name is the title of its workbook.
    """
    if not _GIVEN_NAME.fullmatch(name.strip()):
        builder.heading(2, name)


@dataclass(slots=True)
class SheetWriter:
    """Takes the rows of a sheet in order, and hands its tables to the builder; `end` must follow the last row.

    `header_rows` are the numbers of rows that the file itself says to hold the names of columns.
    """

    builder: ContentBuilder
    header_rows: frozenset[int] = frozenset()
    _rows: list[tuple[int, Cells]] = field(default_factory=list)
    _spanning: dict[int, tuple[int, Cell]] = field(default_factory=dict)  # column -> last row, cell
    _names: dict[int, str] = field(default_factory=dict)  # of the columns of the last table
    _numbers: frozenset[int] = frozenset()  # its columns that have numbers
    _parts: list[Sequence[int]] | None = None  # the columns of the tables side by side, while these go on
    _held: list[tuple[int, Cells]] = field(default_factory=list)  # names alone, which may be for what comes after a gap

    def row(self, number: int, cells: Cells) -> None:
        """Take the next row; rows that are left out are empty."""
        cells = {column: cell for column, cell in cells.items() if cell.text and not cell.text.isspace()}
        if not cells:
            return
        if self._rows and number > self._rows[-1][0] + 1:
            self._end_block()
        self._rows.append((number, self._with_spanning(number, cells)))
        if len(self._rows) >= _AT_ONCE:
            self._write_block()

    def end(self) -> None:
        """Hand on what is left."""
        self._end_block()
        self._write_held()

    def _with_spanning(self, number: int, cells: dict[int, Cell]) -> Cells:
        """Return the row with the cells that reach down to it from above."""
        if self._spanning:
            self._spanning = {column: found for column, found in self._spanning.items() if found[0] >= number}
            cells = {column: cell for column, (_, cell) in self._spanning.items()} | cells
        for column, cell in cells.items():
            if cell.rows > 1 and column not in self._spanning:
                self._spanning[column] = number + cell.rows - 1, cell
        return dict(sorted(cells.items()))

    def _end_block(self) -> None:
        if self._parts is None and _are_names(self._rows) and not self._header_rows(self._rows):
            self._write_held()
            self._held, self._rows = self._rows, []
        elif self._rows:
            self._write_block()
        self._rows, self._parts = [], None

    def _write_held(self) -> None:
        """Hand on rows of names that turned out to be for nothing."""
        self.builder.lines([" | ".join(cell.text for cell in row.values()) for _, row in self._held])
        self._held = []

    def _write_block(self) -> None:
        """Hand on the rows so far; the ones to come are of the same tables until a row is empty."""
        rows, self._rows = self._rows, []
        goes_on = self._parts is not None
        if self._held and not goes_on and _fit(self._held, rows):
            self.header_rows |= {self._held[-1][0]}
            rows, self._held = [*self._held, *rows], []
        self._write_held()
        if self._parts is None:
            self._parts = _side_by_side([row for _, row in rows])
        for columns in self._parts:
            wanted = frozenset(columns)
            cut: list[tuple[int, Cells]] = [
                (number, {at: cell for at, cell in row.items() if at in wanted}) for number, row in rows
            ]
            part = [(number, row) for number, row in cut if row]
            if part:
                self._write_part(part, goes_on=goes_on and len(self._parts) == 1)

    def _write_part(self, rows: list[tuple[int, Cells]], *, goes_on: bool) -> None:
        if all(len(row) == 1 for _, row in rows):
            self.builder.lines([one_line(cell.text) for _, row in rows for cell in row.values()])
            return
        while not goes_on and len(rows[0][1]) == 1 and rows[0][0] not in self.header_rows:
            self.builder.paragraph(next(iter(rows.pop(0)[1].values())).text)
        self._write_table([row for _, row in rows], 0 if goes_on else self._header_rows(rows), goes_on=goes_on)

    def _header_rows(self, rows: Sequence[tuple[int, Cells]]) -> int:
        """Return how many rows at the top of a table name its columns."""
        for at, (number, _) in enumerate(rows[:MOST_HEADER_ROWS]):
            if number in self.header_rows:
                return at + 1
        return count_header_rows([row for _, row in rows])

    def _write_table(self, rows: list[Cells], header_rows: int, *, goes_on: bool) -> None:
        header, body = rows[:header_rows], rows[header_rows:]
        numbers = number_columns(body)
        if header:
            self._names, self._numbers = names_of(header), numbers
        elif not goes_on and not self._are_alike(body, numbers):
            self._names, self._numbers = {}, frozenset()
        columns = sorted({column for row in body for column in row} | (set(self._names) if header else set()))
        names = [self._names.get(column, "") for column in columns]
        lines = [_dense(row, columns) for row in body]
        to_lines = all_lines if header else table_lines
        self.builder.lines(to_lines([names, *lines] if any(names) else lines, header_rows=int(any(names))))

    def _are_alike(self, rows: Sequence[Cells], numbers: frozenset[int]) -> bool:
        """Tell whether a table without names of its own goes on with those of the table above it."""
        columns = {column for row in rows for column in row}
        first = min(self._names, default=0)
        return bool(numbers & self._numbers) and all(column in self._names or column < first for column in columns)


def _dense(row: Cells, columns: Sequence[int]) -> list[str]:
    """Return the texts of a row by column; of a row that is only a title in the first one, that alone."""
    if len(row) == 1 and columns[0] in row and row[columns[0]].is_text:
        return [row[columns[0]].text]
    return [row[column].text if column in row else "" for column in columns]


def _side_by_side(rows: Sequence[Cells]) -> list[Sequence[int]]:
    """Return the columns of each table in a block of rows: an empty column parts them, if both sides are tables.

    A column that is empty for looks, between words and their numbers, parts nothing.
    """
    used = sorted({column for row in rows for column in row})
    for row in rows:  # what a cell covers is not empty
        used.extend(at + more for at, cell in row.items() for more in range(1, min(cell.columns, 100)))
    used = sorted(set(used))
    groups: list[list[int]] = []
    for column in used:
        if groups and column == groups[-1][-1] + 1:
            groups[-1].append(column)
        else:
            groups.append([column])
    parts = groups[:1]
    for group in groups[1:]:
        if _stands_alone(rows, parts[-1]) and _stands_alone(rows, group):
            parts.append(group)
        else:
            parts[-1] = [*parts[-1], *group]
    return list(parts)


def _stands_alone(rows: Sequence[Cells], columns: Sequence[int]) -> bool:
    """Tell whether these columns are a table: several, with words in the first one of most of their rows."""
    wanted = frozenset(columns)
    own = [row for row in rows if wanted & row.keys()]
    own = own[1:] if len(own) > 2 else own
    first = [row[columns[0]] for row in own if columns[0] in row]
    return len(columns) > 1 and 2 * sum(cell.is_text and cell.has_words for cell in first) > len(own)


def _are_names(rows: Sequence[tuple[int, Cells]]) -> bool:
    """Tell whether these rows, which stand alone, may be the names of the columns below the gap."""
    cells = [cell for _, row in rows for cell in row.values()]
    return 0 < len(rows) <= MOST_HEADER_ROWS and len(rows[-1][1]) > 1 and all(cell.may_name for cell in cells)


def _fit(names: Sequence[tuple[int, Cells]], rows: Sequence[tuple[int, Cells]]) -> bool:
    """Tell whether names above a gap are of these rows, which have numbers and no names of their own."""
    named, body = names_of([row for _, row in names]), [row for _, row in rows]
    columns = {column for row in body for column in row}
    numbers = number_columns(body)
    has_own = count_header_rows(body) > 0
    return bool(numbers) and numbers <= named.keys() and len(columns & named.keys()) > 1 and not has_own
