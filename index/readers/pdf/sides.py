"""PDF: the lines of a page with columns of running text in, those of each column out: a table stands in one of them.

Beside a table in one column there is text or a table in the other, whose lines may stand as high. A table across the
columns has rows that reach across, or that go on with figures on the other side.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence, Set
from itertools import pairwise

from index.readers.pdf.extents import Extent, covered
from index.readers.pdf.figures import is_figure
from index.readers.pdf.lines import Line

_FEWEST = 8  # lines of running text in each column
_MOST = 12  # columns; a line of running text is looked at for each
_ACROSS = 12  # of the lines of running text, one in so many may reach across
_GUTTER = 0.9  # of the font's size: columns are further apart
_FULL = 0.2  # of the font's size: how far from the end of a column a line of running text ends
_SAME_ROW = 0.1  # of the font's size: how far apart the baselines of one row may be
_NEXT_ROW = 3.6  # of the font's size: how far down the next row of a table may be


def in_columns_of_text(lines: Sequence[Line], prose: Set[int]) -> list[Sequence[Line]]:
    """Return the lines that reach across the columns of a page, and those in each column; all if there is one column.

    `prose` holds the ids of the lines of running text.
    """
    columns = _columns([line for line in lines if id(line) in prose])
    gutters = [(one[1] + other[0]) / 2 for one, other in pairwise(columns)]
    if not gutters:
        return [lines]
    full = {id(line) for line in lines if any(_fills(line, column) for column in columns)}
    across = _across(lines, prose | full, gutters)
    parts: list[list[Line]] = [[] for _ in range(len(gutters) + 2)]
    for line in lines:
        parts[0 if id(line) in across else 1 + bisect_right(gutters, line.left)].append(line)
    return [part for part in parts if part]


def _columns(prose: Sequence[Line]) -> list[Extent]:
    """Return where the columns of running text stand, none that touch."""
    columns = covered(((line.left, line.right) for line in prose), allowed=len(prose) // _ACROSS)
    if len(columns) > _MOST:
        return []
    held = [(one, sum(one[0] <= line.left and line.right <= one[1] for line in prose)) for one in columns]
    wide = [one for one, count in held if count >= _FEWEST]
    size = max((line.size for line in prose), default=0.0)
    return wide if all(other[0] - one[1] > _GUTTER * size for one, other in pairwise(wide)) else []


def _fills(line: Line, column: Extent) -> bool:
    return abs(line.left - column[0]) < line.size and abs(line.right - column[1]) < _FULL * line.size


def _across(lines: Sequence[Line], prose: Set[int], gutters: Sequence[float]) -> set[int]:
    """Return the ids of the lines of rows across the columns, of those between such rows, and those next to them.

    What is next to one is on both sides.
    """
    rows = _rows([line for line in lines if id(line) not in prose and line.angle == 0])
    across = [any(map(_is_figure, _beyond(row, gutters))) or _reaches_across(row, gutters) for row in rows]
    near = [after[0].baseline - row[0].baseline <= _NEXT_ROW * after[0].size for row, after in pairwise(rows)]
    on_both_sides = [bool(_beyond(row, gutters)) for row in rows]
    for at in range(1, len(rows)):
        across[at] |= across[at - 1] and near[at - 1] and on_both_sides[at]
    for at in reversed(range(len(rows) - 1)):
        across[at] |= across[at + 1] and near[at] and on_both_sides[at]
    known = [at for at, is_across in enumerate(across) if is_across]
    for above, below in pairwise(known):
        if all(near[above:below]):
            across[above:below] = [True] * (below - above)
    return {id(line) for row, is_across in zip(rows, across, strict=True) if is_across for line in row}


def _rows(lines: Sequence[Line]) -> list[list[Line]]:
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda line: line.baseline):
        if rows and line.baseline - rows[-1][0].baseline <= _SAME_ROW * line.size:
            rows[-1].append(line)
        else:
            rows.append([line])
    return [sorted(row, key=lambda line: line.left) for row in rows]


def _beyond(row: Sequence[Line], gutters: Sequence[float]) -> list[Line]:
    """Return the lines of a row that are the first behind a gutter, where there are others before it."""
    return [after for before, after in pairwise(row) if any(before.right < gutter < after.left for gutter in gutters)]


def _is_figure(line: Line) -> bool:
    return all(map(is_figure, line.text.split(" ", 2)[:2]))


def _reaches_across(row: Sequence[Line], gutters: Sequence[float]) -> bool:
    return any(line.left < gutter < line.right for line in row for gutter in gutters)
