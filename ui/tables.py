"""Rows of tables as the format readers write them: lines of text in, cells and columns out.

A row is "Room: Elm; Seats: 14", or "Elm | 14" where nothing names the columns; a cell that is empty is left out of it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

_NAME = re.compile(r"(?:\A|(?<=; ))(?P<name>[^:;\n]{1,60}):[ ]")
_BAR = " | "
_LEAST_CELLS, _LEAST_BETWEEN_BARS = 2, 3
_MOST_COLUMNS = 100
_LEAST_KNOWN = 0.5  # share of a row's columns that the table above it has


class CellSpan(NamedTuple):
    """A cell of a row: the name of its column, "" without one, and where its value stands in the row's text."""

    column: str
    start: int
    end: int


def cells(text: str) -> list[CellSpan]:
    """Return the cells of a row whose cells are named ("Room: Elm; Seats: 14"); none if the text is no such row."""
    text = text.rstrip()
    marks = list(_NAME.finditer(text))
    if not _LEAST_CELLS <= len(marks) <= _MOST_COLUMNS or marks[0].start():
        return []
    ends = [*(mark.start() - len("; ") for mark in marks[1:]), len(text)]
    found = [CellSpan(m["name"].strip(), m.end(), end) for m, end in zip(marks, ends, strict=True)]
    once = len({cell.column for cell in found}) == len(found)
    return found if once and all(text[cell.start : cell.end].strip() for cell in found) else []


def cells_between_bars(text: str) -> list[CellSpan]:
    """Return the cells of a row without names ("Elm | 14 | yes"); none if the text is no such row."""
    at, found = 0, []
    for value in text.rstrip().split(_BAR):
        found.append(CellSpan("", at, at + len(value)))
        at += len(value) + len(_BAR)
    return found if _LEAST_BETWEEN_BARS <= len(found) <= _MOST_COLUMNS else []


def with_row(columns: Sequence[str], row: Sequence[CellSpan]) -> tuple[str, ...]:
    """Return the columns of a table with one more row; none if the row is not of that table.

    It is if the table has half of its columns already, in the same order, or if neither has names.
    """
    names = [cell.column for cell in row]
    if not columns or not any((*columns, *names)):
        return tuple(names) if len(names) > len(columns) else tuple(columns)
    places = {name: place for place, name in enumerate(columns)}
    known = [places[name] for name in names if name in places]
    if len(known) < _LEAST_KNOWN * len(names) or known != sorted(known):
        return ()
    merged, at = list(columns), 0
    for name in names:
        if name in places:
            at = merged.index(name) + 1
        else:
            merged.insert(at, name)
            at += 1
    return tuple(merged) if len(merged) <= _MOST_COLUMNS else ()


def in_columns(columns: Sequence[str], row: Sequence[CellSpan]) -> list[CellSpan | None]:
    """Return the cells of a row, one for each column of its table; None where it has none."""
    if not any(columns):
        return [*row, *[None] * (len(columns) - len(row))]
    by_name = {cell.column: cell for cell in row}
    return [by_name.get(column) for column in columns]
