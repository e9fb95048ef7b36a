"""PDF: values that a page's program draws apart from their labels, after them or in a column of their own: the lines of
a page in, with the values in the rows of their labels out.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise

from index.readers.pdf.lines import MARKER, Line, merged

_VALUE = re.compile(r"[^\w\s]{0,3} ?(?:[a-z]{1,3}\W{0,2})?\d[\d.,:'/ ()-]*[^\w\s]?(?:[a-z]{1,3})?", re.IGNORECASE)
_DATE = re.compile(r"(?:\d{1,2}\.? [^\W\d]{3,9}|[^\W\d]{3,9}\.? \d{1,2},) \d{4}")
_LONGEST = 30  # characters of a value
_LONGEST_LABEL = 40
_SAME_ROW = 0.25  # of the font's size: how far apart the baselines of one row may be
_SAME_SIZE = 1.25
_MOST_IN_ROW = 40
_FEWEST_PAIRS = 3  # labels with their values in columns of their own


def put_beside_labels(lines: Sequence[Line]) -> list[Line]:
    """Return the lines with each value that stands alone put into the row on its left.

    One value goes there if it is drawn right after the row, or the row ends with a colon; a column of them, if each has
    a row. A column in which words stand, too, goes to a column of labels that is drawn before or after it.
    """
    lines = _joined_columns(lines)
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


def _joined_columns(lines: Sequence[Line]) -> list[Line]:
    """Return the lines with columns of labels and of their values that are drawn one after the other as rows."""
    rows: dict[int, Line] = {}
    gone: set[int] = set()
    for column, after in pairwise(_stacks(lines)):
        if any(id(line) in gone or id(line) in rows for line in column):
            continue
        labels, values = (column, after) if column[0].left < after[0].left else (after, column)
        pairs = _pairs(labels, values)
        if pairs and _is_form(pairs):
            gone |= {id(value) for _, value in pairs}
            rows |= {id(label): _row(label, value) for label, value in pairs}
    return [rows.get(id(line), line) for line in lines if id(line) not in gone]


def _stacks(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Yield the short lines that are drawn one below the other, those that follow each other together."""
    stack: list[Line] = []
    for line in lines:
        is_short = line.angle == 0 and len(line.text) <= _LONGEST_LABEL and not line.is_row
        if stack and not (is_short and _is_below(stack[-1], line)):
            yield stack
            stack = []
        if is_short:
            stack.append(line)
    if stack:
        yield stack


def _pairs(labels: Sequence[Line], values: Sequence[Line]) -> list[tuple[Line, Line]]:
    """Return each value with the label in its row, from top to bottom; none if a value has no label."""
    pairs = []
    at = 0
    for value in values:
        reach = _SAME_ROW * value.size
        while at < len(labels) and labels[at].baseline < value.baseline - reach:
            at += 1
        if at == len(labels) or labels[at].baseline > value.baseline + reach:
            return []
        if labels[at].right > value.left - value.size:
            return []
        pairs.append((labels[at], value))
        at += 1
    return pairs


def _is_form(pairs: Sequence[tuple[Line, Line]]) -> bool:
    """Tell whether labels stand beside their values, not the lines of one text beside those of another."""
    if len(pairs) < _FEWEST_PAIRS or any(_is_value(label) or label.text[-1] in ".,;-" for label, _ in pairs):
        return False
    if any(label.text[0].islower() or value.text[-1] in ",;:-" for label, value in pairs):
        return False
    values = sum(_is_value(value) for _, value in pairs)
    named = sum(label.text.endswith(":") for label, _ in pairs)
    return 2 * named >= len(pairs) or (values > 1 and 3 * values >= len(pairs))


def _row(label: Line, value: Line) -> Line:
    row = merged(label, value, gap=value.left - label.right)
    row.is_row, row.cell_left = True, value.left
    return row


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
        row = _row(label, value)
        first = self._first[id(label)]
        self._now[first] = row
        self._first[id(row)] = self._first[id(value)] = first


def _is_label(line: Line, value: Line) -> bool:
    alike = max(line.size, value.size) < _SAME_SIZE * min(line.size, value.size)
    return alike and (line.is_row or len(line.text) <= _LONGEST_LABEL) and any(map(str.isalpha, line.text))
