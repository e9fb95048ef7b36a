"""PDF: values that a page's program draws apart from their labels, after them or in a column of their own: the lines of
a page in, with the values in the rows of their labels out.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence

from index.readers.pdf.lines import MARKER, Line, merged

_VALUE = re.compile(r"[^\w\s]{0,3} ?(?:[a-z]{1,3}\W{0,2})?\d[\d.,:'/ ()-]*[^\w\s]?(?:[a-z]{1,3})?", re.IGNORECASE)
_DATE = re.compile(r"(?:\d{1,2}\.? [^\W\d]{3,9}|[^\W\d]{3,9}\.? \d{1,2},) \d{4}")
_LONGEST = 30  # characters of a value
_LONGEST_LABEL = 40
_SAME_ROW = 0.25  # of the font's size: how far apart the baselines of one row may be
_SAME_SIZE = 1.25
_MOST_IN_ROW = 40


def put_beside_labels(lines: Sequence[Line]) -> list[Line]:
    """Return the lines with each value that stands alone put into the row on its left.

    One value goes there if it is drawn right after the row, or the row ends with a colon; a column of them, if each has
    a row.
    """
    rows = _Rows(lines)
    gone: set[int] = set()
    for before, column in _columns(lines):
        labels = [rows.left_of(value) for value in column]
        found = [label for label in labels if label is not None]
        if len({id(label) for label in found}) < len(column):
            continue
        if len(column) > 1 or found[0].text.endswith(":") or (before and rows.now(before) is found[0]):
            for label, value in zip(found, column, strict=True):
                rows.put(label, value)
            gone |= {id(value) for value in column}
    return [rows.now(line) for line in lines if id(line) not in gone]


def _columns(lines: Sequence[Line]) -> Iterator[tuple[Line | None, list[Line]]]:
    """Yield the values that are drawn one below the other, each lot with the line that was drawn before."""
    column: list[Line] = []
    before: Line | None = None
    for index, line in enumerate(lines):
        if column and not (_is_value(line) and _is_below(column[-1], line)):
            yield before, column
            column = []
        if _is_value(line):
            before = before if column else (lines[index - 1] if index else None)
            column.append(line)
    if column:
        yield before, column


def _is_value(line: Line) -> bool:
    """Tell whether a line is an amount, a number or a date, and no item of a list or part of a date."""
    return (
        line.angle == 0
        and len(line.text) <= _LONGEST
        and bool(_VALUE.fullmatch(line.text) or _DATE.fullmatch(line.text))
        and not (line.text.endswith(",") or MARKER.match(line.text))
    )


def _is_below(line: Line, after: Line) -> bool:
    return after.top > line.top + 0.5 * line.size and after.left < line.right and after.right > line.left


class _Rows:
    """The lines by the height at which they stand, with what was put into them."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self._now = {id(line): line for line in lines}
        self._first = {id(line): id(line) for line in lines}  # of each line and row, what it began with
        self._sorted = sorted((line for line in lines if line.angle == 0), key=lambda line: line.baseline)
        self._baselines = [line.baseline for line in self._sorted]

    def now(self, line: Line) -> Line:
        """Return what has become of a line."""
        return self._now[self._first[id(line)]]

    def left_of(self, value: Line) -> Line | None:
        """Return what has become of the line next to a value on its left, None if there is none that names it."""
        reach = _SAME_ROW * value.size
        first = bisect_left(self._baselines, value.baseline - reach)
        last = bisect_right(self._baselines, value.baseline + reach)
        if last - first > _MOST_IN_ROW:
            return None
        row = [self.now(line) for line in self._sorted[first:last]]
        left = [line for line in row if line.right <= value.left]
        nearest = max(left, key=lambda line: line.right, default=None)
        return nearest if nearest and _is_label(nearest, value) else None

    def put(self, label: Line, value: Line) -> None:
        """Put a value into the row of its label."""
        row = merged(label, value, gap=value.left - label.right)
        row.is_row, row.cell_left = True, value.left
        first = self._first[id(label)]
        self._now[first] = row
        self._first[id(row)] = self._first[id(value)] = first


def _is_label(line: Line, value: Line) -> bool:
    alike = max(line.size, value.size) < _SAME_SIZE * min(line.size, value.size)
    return alike and (line.is_row or len(line.text) <= _LONGEST_LABEL) and any(map(str.isalpha, line.text))
