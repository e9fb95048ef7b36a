"""Rows of tables: a line of text goes in, its cells come out; rows go in, the columns of their table come out.

They are as the readers write them (`index.readers.content.table_lines`): "Planet: Mars; Radius: 3,390 km", or, where
nothing names the columns, "Mars | 3,390 km"; a cell that is empty is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

_LONGEST_NAME = 120  # characters of a column's name
_BAR = " | "
_BETWEEN = "; "
_LEAST_NAMES, _LEAST_BETWEEN_BARS = 2, 3
_MOST_CELLS = 1000  # of a row
_MOST_COLUMNS = 100  # of a table whose rows have not all the same
_LEAST_KNOWN = 0.5  # share of a row's columns that the table above it has


class Cell(NamedTuple):
    """A cell of a row: the name of its column, "" without one, and where its value stands in the row's text."""

    column: str
    start: int
    end: int


def is_row(line: str) -> bool:
    """Tell whether a line has the form of a row: cells with names, or a bar between two."""
    return _BAR in line or bool(cells_of(line))


def cells_of(row: str) -> list[Cell]:
    """Return the cells of a row whose columns have names, but for one at the most; none of other text.

    The one may be the first, "Spain; Domestic (%): 100; Imported (%): 0". Further on it is the rest of the cell before
    it: "Room: Elm; Remarks: broken; in June; Seats: 14".
    """
    if _BETWEEN not in row:
        return []
    cells: list[Cell] = []
    start = unnamed = 0
    row = row.rstrip()
    for part in row.split(_BETWEEN, _MOST_CELLS + 1):
        name, colon, value = part.partition(": ")
        end = start + len(part)
        if colon and value.strip() and 0 < len(name) <= _LONGEST_NAME:
            cells.append(Cell(name, start + len(name) + len(colon), end))
        elif cells:
            cells[-1] = cells[-1]._replace(end=end)
            unnamed += 1
        else:
            cells.append(Cell("", start, end))
            unnamed += 1
        start = end + len(_BETWEEN)
    names = {cell.column for cell in cells} - {""}
    return cells if unnamed <= 1 and len(names) >= _LEAST_NAMES and len(cells) <= _MOST_CELLS else []


def cells_between_bars(row: str) -> list[Cell]:
    """Return the cells of a row without names ("Elm | 14 | yes"); none if the text is no such row."""
    at, cells = 0, []
    for value in row.rstrip().split(_BAR):
        cells.append(Cell("", at, at + len(value)))
        at += len(value) + len(_BAR)
    return cells if _LEAST_BETWEEN_BARS <= len(cells) <= _MOST_CELLS else []


def with_row(columns: tuple[str, ...], row: Sequence[Cell]) -> tuple[str, ...]:
    """Return the columns of a table with one more row; none if the row is not of that table.

    It is if the table has half of its columns already, in the same order, or if neither has names. Where two columns
    have one name, it has them all.
    """
    names = tuple(cell.column for cell in row)
    if not columns or not any((*columns, *names)):
        return names if len(names) > len(columns) else columns
    if names == columns:
        return columns
    places = {name: place for place, name in enumerate(columns)}
    known = [places[name] for name in names if name in places]
    if len(known) < _LEAST_KNOWN * len(names) or known != sorted(known):
        return ()
    if len(places) < len(columns) or len(set(names)) < len(names):
        return ()
    merged, at = list(columns), 0
    for name in names:
        if name in places:
            at = merged.index(name) + 1
        else:
            merged.insert(at, name)
            at += 1
    return tuple(merged) if len(merged) <= _MOST_COLUMNS else ()


def in_columns(columns: Sequence[str], row: Sequence[Cell]) -> list[Cell | None]:
    """Return the cells of a row, one for each column of its table; None where it has none."""
    if not any(columns) or len(row) == len(columns):
        return [*row, *[None] * (len(columns) - len(row))]
    by_name = {cell.column: cell for cell in row}
    return [by_name.get(column) for column in columns]
