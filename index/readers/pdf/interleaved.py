"""PDF: columns of running text that a page's program draws row by row: the lines in, those of each column together out.

Where each column is drawn by itself, which is nearly everywhere, the program's order is the order of reading. Where it
goes from column to column in each row, the white between the columns tells what belongs together, as far down as it
reaches: that is the vertical cut of an XY-cut (Nagy and Seth 1984), in the parts of a page that need it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np

from index.readers.pdf.lines import Line
from index.text.function_words import FUNCTION_WORDS

_SAME_ROW = 0.3  # of the font's size: how far apart the baselines of one row may be
_NEXT_ROW = 2.6  # of the font's size
_GUTTER = 0.9  # of the font's size: columns are further apart
_FEWEST_ROWS = 4
_MOST_ROWS = 200  # that are looked at together
_MOST_COLUMNS = 4
_PART = 8  # of a run that is no running text, the first row in so many is left behind
_FEWEST = 12  # characters of half a line that is cut
_USUAL = 22  # characters of a column's lines, at the median
_FILLED = 0.65  # of the lines fill their column, and begin where it begins
_FULL, _HALF = 0.82, 0.5  # of a column's width, that fill it
_FUNCTION_WORDS = 0.25  # of the words
_FIGURES = 0.25  # of the words in a column of running text, at most
_GOING_ON = 0.3  # of the lines begin with a small letter, as they go on with a sentence, or are items of a list
_NUMBER = re.compile(r"^[^\W\d]{0,2}\d{1,4}[.):]? ")  # of a line, as of a law or a poem
_BULLETS = frozenset("-–—*")
_FURTHER = 1.4  # than from row to row: what stands alone below a column is no more of it
_ALIKE = 1.1  # the sizes of one column's lines


@dataclass(slots=True, eq=False)
class _Row:
    """What a page's program draws on one baseline, from left to right; `lines` are what the pieces were cut of."""

    lines: list[Line]
    pieces: list[Line]

    @property
    def baseline(self) -> float:
        return self.lines[0].baseline

    @property
    def size(self) -> float:
        return self.lines[0].size


@dataclass(slots=True, eq=False)
class _Run:
    """Rows below each other that are parted at the same places."""

    rows: list[_Row] = field(default_factory=list)
    extents: list[tuple[float, float]] = field(default_factory=list)  # of the columns, from left to right
    cells: list[list[list[Line]]] = field(default_factory=list)  # by row, the pieces in each column

    def take(self, row: _Row) -> bool:
        """Take one more row, unless it doesn't stand in the columns; tell which."""
        if not self.rows and len(row.pieces) > _MOST_COLUMNS:
            return False  # no columns of text, and each of its pieces would be compared with all
        if self.rows and not 0 < row.baseline - self.rows[-1].baseline < _NEXT_ROW * row.size:
            return False
        extents = list(self.extents) or [(piece.left, piece.right) for piece in row.pieces]
        places = []
        for piece in row.pieces:
            over = [at for at, (left, right) in enumerate(extents) if piece.left < right and piece.right > left]
            if len(over) != 1 or _is_figures(piece):
                return False
            left, right = extents[over[0]]
            extents[over[0]] = min(left, piece.left), max(right, piece.right)
            places.append(over[0])
        if any(after[0] - before[1] < _GUTTER * row.size for before, after in pairwise(extents)):
            return False
        self.rows.append(row)
        self.extents = extents
        self.cells.append([[] for _ in extents])
        for at, piece in zip(places, row.pieces, strict=True):
            self.cells[-1][at].append(piece)
        return True

    def end(self) -> None:
        """Leave out what stands below the last row of several columns, unless it goes on with its own."""
        shared = [index for index, cells in enumerate(self.cells) if sum(map(bool, cells)) > 1]
        steps = sorted(after.baseline - row.baseline for row, after in pairwise(self.rows))
        end = shared[-1] + 1 if shared else 0
        while 0 < end < len(self.rows):
            before, row = self.rows[end - 1], self.rows[end]
            alike = max(row.size, before.size) < _ALIKE * min(row.size, before.size)
            if not alike or row.baseline - before.baseline > _FURTHER * steps[len(steps) // 2]:
                break
            end += 1
        del self.rows[end:], self.cells[end:]

    def columns(self) -> list[list[Line]]:
        """Return the lines of each column if they are running text, none if not."""
        shared = sum(sum(map(bool, cells)) > 1 for cells in self.cells)
        if shared < _FEWEST_ROWS or not 1 < len(self.extents) <= _MOST_COLUMNS:
            return []
        columns = [[piece for cells in self.cells for piece in cells[at]] for at in range(len(self.extents))]
        return columns if all(map(_is_running_text, columns)) else []


def by_columns(lines: Sequence[Line]) -> list[Line]:
    """Return the lines with columns that are drawn row by row one after the other; tables stay as they are."""
    ordered: list[Line] = []
    index = 0
    rows = _rows(lines)
    while index < len(rows):
        run = _run(rows, index)
        columns = run.columns()
        # Row by row takes minutes where a page has thousands.
        end = index + (len(run.rows) if columns else max(1, len(run.rows) // _PART))
        for lines_of_one in columns or [row.lines for row in rows[index:end]]:
            ordered += lines_of_one
        index = end
    return ordered


def _rows(lines: Sequence[Line]) -> list[_Row]:
    """Return the rows in the order in which they are drawn; lines are cut if there are wide gaps in the page at all."""
    parted = sum(line.is_row and len(line.text) > 2 * _USUAL for line in lines) > 1
    rows: list[_Row] = []
    for line in lines:
        last = rows[-1].lines[-1] if rows else None
        if last is None or not _is_beside(last, line):
            rows.append(_Row([], []))
        rows[-1].lines.append(line)
        rows[-1].pieces += _pieces(line) if parted and line.angle == 0 else [line]
    return rows


def _is_beside(line: Line, after: Line) -> bool:
    """Tell whether a line that is drawn after another stands in the same row, on its right."""
    if line.angle or after.angle:
        return False
    return abs(line.baseline - after.baseline) <= _SAME_ROW * line.size and after.left > line.right


def _run(rows: Sequence[_Row], index: int) -> _Run:
    """Return the rows from one on that are parted at the same places."""
    run = _Run()
    if len(rows[index].pieces) < 2:
        return run
    while len(run.rows) < _MOST_ROWS and index < len(rows) and rows[index].lines[0].angle == 0:
        if not run.take(rows[index]):
            break
        index += 1
    run.end()
    return run


def _pieces(line: Line) -> list[Line]:
    """Return a line cut at the gaps that are as wide as between columns."""
    spaces = [at for at, character in enumerate(line.text) if character == " "]
    if len(line.text) < 2 * _FEWEST or not spaces:
        return [line]
    gaps = line.boxes[[at + 1 for at in spaces], 0] - line.boxes[[at - 1 for at in spaces], 2]
    wide = [at for at, gap in zip(spaces, np.nan_to_num(gaps).tolist(), strict=True) if gap >= _GUTTER * line.size]
    if not wide:
        return [line]
    return [_piece(line, start, end) for start, end in pairwise([-1, *wide, len(line.text)])]


def _piece(line: Line, before: int, end: int) -> Line:
    """Return the part of a line between two gaps."""
    boxes = line.boxes[before + 1 : end]
    left, right = float(np.nanmin(boxes[:, 0])), float(np.nanmax(boxes[:, 2]))
    return replace(
        line, text=line.text[before + 1 : end], boxes=boxes, left=left, right=right, is_row=False, cell_left=left
    )


def _is_figures(line: Line) -> bool:
    """Tell whether most of a line's words are numbers."""
    words = line.text.split(" ")
    return 2 * sum(any(map(str.isdigit, word)) for word in words) > len(words)


def _goes_on(text: str) -> bool:
    """Tell whether a line begins with a small letter, or has one behind its number, or is an item of a list."""
    first = _NUMBER.sub("", text)[:1]
    return first in _BULLETS or (first.isalpha() and not first.isupper())


def _is_running_text(column: Sequence[Line]) -> bool:
    """Tell whether lines are of paragraphs: they begin below each other, few words are numbers, and lines are full.

    Where many words only hold others together, as in no table, half a column is enough.
    """
    start, end = min(line.left for line in column), max(line.right for line in column)
    words = [word.strip(".,;:()").lower() for line in column for word in line.text.split(" ")]
    reads_on = sum(word in FUNCTION_WORDS for word in words) >= _FUNCTION_WORDS * len(words)
    reached = _HALF if reads_on else _FULL
    full = sum(line.right - start > reached * (end - start) for line in column)
    flush = sum(abs(after.left - line.left) < line.size for line, after in pairwise(column))
    lengths = sorted(len(line.text) for line in column)
    goes_on = sum(_goes_on(line.text) for line in column)
    return (
        lengths[len(lengths) // 2] >= _USUAL
        and full >= _FILLED * len(column)
        and flush >= _FILLED * (len(column) - 1)
        and goes_on >= _GOING_ON * len(column)
        and sum(any(map(str.isdigit, word)) for word in words) <= _FIGURES * len(words)
    )
