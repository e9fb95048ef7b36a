"""PDF: the rules of a page in, the grids of cells that they close out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_MOST_RULES = 500  # that are looked at together
_MOST_GRIDS = 40  # on a page: each is compared with all of its lines
_TOUCHING = 2.0  # points between rules that meet
_SAME = 3.0  # points between rules that part the same columns or rows
_CLOSED = 0.8  # of a cell's side has a rule
_MOST_COLUMNS = 40
_MOST_ROWS = 200

Rule = tuple[float, float, float]  # where it stands, and from where to where it goes


@dataclass(frozen=True, slots=True)
class ClosedCell:
    """A cell: the rows and columns of its grid that it takes up, and the color that it is filled with, if it is."""

    rows: range
    columns: range
    ground: int | None = None


@dataclass(frozen=True, slots=True)
class Grid:
    """Cells that tile a rectangle of at least two rows and columns; its outermost sides may have no rules."""

    columns: Sequence[float]  # their edges, one more than there are columns
    rows: Sequence[float]
    cells: Sequence[ClosedCell]


def find_grids(across: Sequence[Rule], down: Sequence[Rule]) -> list[Grid]:
    """Return the largest grids that rules draw, the largest first; rules go from the left, or from the top."""
    across, down = _joined(across), _joined(down)
    if not across or not down or max(len(across), len(down)) > _MOST_RULES:
        return []
    grids = [grid for wide, high in _meeting(across, down) if (grid := _grid(wide, high)) is not None]
    grids.sort(key=lambda grid: (grid.columns[0] - grid.columns[-1]) * (grid.rows[-1] - grid.rows[0]))
    return grids[:_MOST_GRIDS]


def _joined(rules: Sequence[Rule]) -> list[Rule]:
    """Return the rules with those put together that go on where others end."""
    joined: list[Rule] = []
    for group in _alike(sorted(rules)):
        last: Rule | None = None
        for at, start, end in sorted(group, key=lambda rule: rule[1]):
            if last and start <= last[2] + _TOUCHING:
                last = last[0], last[1], max(last[2], end)
                joined[-1] = last
            else:
                last = at, start, end
                joined.append(last)
    return joined


def _alike(rules: Sequence[Rule]) -> Iterator[list[Rule]]:
    """Yield the rules that stand at the same place together."""
    group: list[Rule] = []
    for rule in rules:
        if group and rule[0] - group[0][0] > _TOUCHING:
            yield group
            group = []
        group.append(rule)
    if group:
        yield group


def _meeting(across: Sequence[Rule], down: Sequence[Rule]) -> Iterator[tuple[list[Rule], list[Rule]]]:
    """Yield the rules that hang together."""
    wide, high = np.array(across), np.array(down)
    meets = (
        (wide[:, None, 1] - _TOUCHING <= high[None, :, 0])
        & (high[None, :, 0] <= wide[:, None, 2] + _TOUCHING)
        & (high[None, :, 1] - _TOUCHING <= wide[:, None, 0])
        & (wide[:, None, 0] <= high[None, :, 2] + _TOUCHING)
    )
    left = np.ones(len(wide), dtype=np.bool_)
    while left.any():
        rows = np.zeros_like(left)
        rows[np.argmax(left)] = True
        while True:
            columns = meets[rows].any(axis=0)
            grown = rows | meets[:, columns].any(axis=1)
            if (grown == rows).all():
                break
            rows = grown
        left &= ~rows
        if columns.any():
            hanging = np.flatnonzero(columns).tolist()
            yield [across[at] for at in np.flatnonzero(rows).tolist()], [down[at] for at in hanging]


def _grid(across: Sequence[Rule], down: Sequence[Rule]) -> Grid | None:
    """Return the cells between rules, None if some aren't rectangles, or there is but one row or column."""
    columns = _places([*(rule[0] for rule in down), *(end for rule in across for end in rule[1:])])
    rows = _places([*(rule[0] for rule in across), *(end for rule in down for end in rule[1:])])
    if not (3 <= len(columns) <= _MOST_COLUMNS + 1 and 3 <= len(rows) <= _MOST_ROWS + 1):
        return None
    above = _walls(across, rows, columns)  # [row, column]: whether a rule is drawn over a place
    before = _walls(down, columns, rows).T
    cells = _cells(above, before)
    if cells is None:
        return None
    return _without_empty(columns, rows, cells)


def _places(places: Sequence[float]) -> list[float]:
    found: list[float] = []
    for place in sorted(places):
        if not found or place - found[-1] > _SAME:
            found.append(place)
    return found


def _walls(rules: Sequence[Rule], places: Sequence[float], ends: Sequence[float]) -> NDArray[np.bool_]:
    """Return for each place, and each part of it from one end to the next, whether a rule is drawn along it."""
    walls = np.zeros((len(places), len(ends) - 1), dtype=np.bool_)
    starts, stops = np.array(ends[:-1]), np.array(ends[1:])
    standing = np.array(places)
    for at, start, end in rules:
        covered = np.minimum(stops, end) - np.maximum(starts, start)
        walls[np.argmin(np.abs(standing - at))] |= covered >= _CLOSED * (stops - starts)
    return walls


def _cells(above: NDArray[np.bool_], before: NDArray[np.bool_]) -> list[tuple[range, range]] | None:
    """Return the rows and columns of each cell, those on top first; None if some have no rectangle for themselves."""
    height, width = above.shape[0] - 1, above.shape[1]
    taken = np.zeros((height, width), dtype=np.bool_)
    cells = []
    for row, column in np.ndindex(height, width):
        if taken[row, column]:
            continue
        right = column + 1
        while right < width and not before[row, right]:
            right += 1
        bottom = row + 1
        while bottom < height and not above[bottom, column:right].any():
            bottom += 1
        inside_down = before[row:bottom, column + 1 : right].any()
        open_side = (column and not before[row:bottom, column].all()) or (
            right < width and not before[row:bottom, right].all()
        )
        open_end = (row and not above[row, column:right].all()) or (
            bottom < height and not above[bottom, column:right].all()
        )
        if inside_down or open_side or open_end or taken[row:bottom, column:right].any():
            return None
        taken[row:bottom, column:right] = True
        cells.append((range(row, bottom), range(column, right)))
    return cells


def _without_empty(
    columns: Sequence[float], rows: Sequence[float], cells: Sequence[tuple[range, range]]
) -> Grid | None:
    """Return the cells as a grid without the rows and columns in which none begins."""
    tops = sorted({cell_rows.start for cell_rows, _ in cells})
    lefts = sorted({cell_columns.start for _, cell_columns in cells})
    if len(tops) < 2 or len(lefts) < 2:
        return None
    row_edges, column_edges = [*tops, len(rows) - 1], [*lefts, len(columns) - 1]
    found = [
        ClosedCell(
            range(_index(row_edges, down.start), _index(row_edges, down.stop)),
            range(_index(column_edges, along.start), _index(column_edges, along.stop)),
        )
        for down, along in cells
    ]
    return Grid([columns[at] for at in column_edges], [rows[at] for at in row_edges], found)


def _index(edges: Sequence[int], place: int) -> int:
    return next(at for at, edge in enumerate(edges) if edge >= place)
