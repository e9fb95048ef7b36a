"""PDF: the pages' lines in, the same with the cells of tables behind the names of their columns out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from index.readers.pdf.grid import MOST_TITLES, DrawnTable, find_tables, may_hold_tables
from index.readers.pdf.labels import Wrapped, wrapped_labels
from index.readers.pdf.lines import Boxes, Line, PageLines
from index.readers.pdf.percents import named_columns
from index.readers.pdf.pieces import Piece
from index.readers.pdf.ruled import RuledTable, find_ruled, named_rows
from index.readers.pdf.words import Words

_LONGEST_TITLE = 80  # characters of a title of rows


def name_cells(pages: Sequence[PageLines], *, report: Callable[[int, int], None]) -> None:
    """Write the rows of tables as those of other formats are: "Mars; Radius: 3,390 km; Moons: 2".

    The lines with the names stay what they are. A table without names that begins a page goes on with the columns of
    the one that ends the page before. `report` is called with each page that has rows, and how many pages there are.
    """
    before: tuple[DrawnTable, list[str]] | None = None
    ruled_before: RuledTable | None = None
    words = Words([line for page in pages if page.grids for line in page.lines])
    for at, page in enumerate(pages, 1):
        if may_hold_tables(page.lines):
            report(at, len(pages))
        named: dict[int, Line | None] = {}
        last = None
        for number, table in enumerate(find_tables(page.lines)):
            names = named_columns(table, page.rules)
            earlier = before if number == 0 else last if last and _is_right_below(last[0], table) else None
            if not any(names) and earlier and _goes_on(earlier[0], table):
                names = earlier[1]
            last = table, names
            if any(names[1:]):
                named.update(_named_rows(table, names))
        before = last
        ruled = find_ruled(page.lines, page.grids, named=named, before=ruled_before) if page.grids else []
        ruled_before = next((table for table in ruled if page.lines[-1] in table.lines), None)
        page.lines = list(_put_in(page.lines, named, ruled, words))


def _put_in(
    lines: Sequence[Line], named: Mapping[int, Line | None], ruled: Sequence[RuledTable], words: Words
) -> Iterator[Line]:
    """Yield the lines of a page with the rows of its tables in their places."""
    rows: dict[int, list[Line]] = {id(line): [] for table in ruled for line in table.lines}
    rows |= {id(table.lines[0]): named_rows(table, words) for table in ruled}
    for line in lines:
        yield from rows.get(id(line), [now] if (now := named.get(id(line), line)) else [])


def _is_right_below(before: DrawnTable, table: DrawnTable) -> bool:
    """Tell whether nothing but titles of rows stands between two tables of a page."""
    for row in table.above[: MOST_TITLES + 1]:
        if row in before.rows:
            return True
        if len(row.pieces) > 1 or len(row.pieces[0].text) > _LONGEST_TITLE:
            return False
    return False


def _goes_on(before: DrawnTable, table: DrawnTable) -> bool:
    """Tell whether the columns of a table stand where those of another do."""
    if len(before.columns) != len(table.columns):
        return False
    return all(
        left < others[1] and right > others[0] and sum(left < one[1] and right > one[0] for one in before.columns) == 1
        for (left, right), others in zip(table.columns, before.columns, strict=True)
    )


def _named_rows(table: DrawnTable, names: Sequence[str]) -> dict[int, Line | None]:
    """Return the lines of the table's rows by what they were before; None are those that went into another."""
    cells: dict[int, list[tuple[Piece, str]]] = {}  # by line: each piece of it, with what is to stand before it
    for row in table.cells:
        for column, pieces in row.items():
            name = f"{names[column]}: " if names[column] else ""
            for number, piece in enumerate(pieces):
                cells.setdefault(id(piece.line), []).append((piece, " " if number else f"; {name}"))
    labels = {id(table.cells[at][0][0].line): label for at, label in wrapped_labels(table).items()}
    named: dict[int, Line | None] = {
        key: _named(of_line, labels.get(key, Wrapped((), ()))) for key, of_line in cells.items()
    }
    return named | {id(one.line): None for label in labels.values() for one in (*label.before, *label.behind)}


def _named(cells: Sequence[tuple[Piece, str]], label: Wrapped) -> Line:
    """Return a line with each of its cells behind its name, and a semicolon between them; its label is made whole."""
    line = cells[0][0].line
    ordered = sorted(cells, key=lambda cell: cell[0].start)
    first = [*label.before, ordered[0][0], *label.behind]
    joined = (("" if one.text.endswith("-") else " ", other) for one, other in pairwise(first))
    parts = [(ordered[0][1][2:], first[0]), *joined]
    parts += [(before, piece) for piece, before in ordered[1:]]
    boxes: list[Boxes] = []
    for between, piece in parts:
        boxes += [np.full((len(between), 4), np.nan, dtype=np.float32), piece.line.boxes[piece.start : piece.end]]
    return replace(
        line,
        text="".join(between + piece.text for between, piece in parts),
        boxes=np.concatenate(boxes),
        top=min(piece.line.top for _, piece in parts),
        bottom=max(piece.line.bottom for _, piece in parts),
        is_row=True,
    )
