"""PDF: columns of running text that a page's program draws row by row: the lines in, those of each column together out.

Where each column is drawn by itself, which is nearly everywhere, the program's order is the order of reading.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from index.readers.pdf.lines import Line
from index.text.function_words import FUNCTION_WORDS

_SAME_ROW = 0.3  # of the font's size: how far apart the baselines of one row may be
_NEXT_ROW = 2.6  # of the font's size
_GUTTER = 0.9  # of the font's size: columns are further apart
_FEWEST_ROWS = 4
_MOST_ROWS = 200  # that are looked at together
_PART = 8  # of a run that is no running text, the first one in so many lines is left behind
_SHORTEST = 12  # characters of a line of a column
_USUAL = 22  # the same, at the median
_FILLED = 0.65  # of the lines fill their column, and begin where it begins
_FULL, _HALF = 0.82, 0.5  # of a column's width, that fill it
_FUNCTION_WORDS = 0.25  # of the words
_FIGURES = 0.25  # of the words in a column of running text, at most


class _Pair(NamedTuple):
    """Two lines side by side, and how many lines they were."""

    left: Line
    right: Line
    lines: int


def by_columns(lines: Sequence[Line]) -> list[Line]:
    """Return the lines with columns that are drawn row by row one after the other; tables stay as they are."""
    ordered: list[Line] = []
    index = 0
    parted = sum(line.is_row and len(line.text) > 2 * _USUAL for line in lines) > 1
    pairs = [_pair(lines, at, parted=parted) for at in range(len(lines))]
    while index < len(lines):
        run = _run(pairs, index)
        left, right = [pair.left for pair in run], [pair.right for pair in run]
        if len(run) >= _FEWEST_ROWS and _is_running_text(left) and _is_running_text(right):
            ordered += left + right
            index += sum(pair.lines for pair in run)
        else:
            end = index + max(1, len(run) // _PART)  # line by line takes minutes where a page has thousands
            ordered += lines[index:end]
            index = end
    return ordered


def _run(pairs: Sequence[_Pair | None], index: int) -> list[_Pair]:
    """Return the rows from a line on that are parted at one place; `pairs` has what stands side by side from each."""
    run: list[_Pair] = []
    reached, begins = 0.0, float("inf")
    while len(run) < _MOST_ROWS and index < len(pairs) and (pair := pairs[index]):
        reached, begins = max(reached, pair.left.right), min(begins, pair.right.left)
        if begins - reached < _GUTTER * pair.left.size:
            break
        if run and not 0 < pair.left.baseline - run[-1].left.baseline < _NEXT_ROW * pair.left.size:
            break
        run.append(pair)
        index += pair.lines
    return run


def _pair(lines: Sequence[Line], index: int, *, parted: bool) -> _Pair | None:
    """Return what stands side by side from a line on: its two halves, or it and the line that is drawn after it.

    A line is cut if there are wide gaps in lines of the page at all.
    """
    line = lines[index]
    if line.angle:
        return None
    if parted and (halves := _halves(line)):
        left, right, count = *halves, 1
    elif index + 1 < len(lines) and lines[index + 1].angle == 0:
        left, right, count = line, lines[index + 1], 2
    else:
        return None
    beside = abs(left.baseline - right.baseline) <= _SAME_ROW * line.size and right.left > left.right
    long = min(len(left.text), len(right.text)) >= _SHORTEST and not (left.is_row or right.is_row)
    return _Pair(left, right, count) if beside and long else None


def _halves(line: Line) -> tuple[Line, Line] | None:
    """Return a line cut at its widest gap, None if none is as wide as between columns."""
    spaces = [at for at, character in enumerate(line.text) if character == " "]
    if len(line.text) < 2 * _SHORTEST or not spaces:
        return None
    gaps = line.boxes[[at + 1 for at in spaces], 0] - line.boxes[[at - 1 for at in spaces], 2]
    order = np.argsort(np.nan_to_num(gaps))
    at = spaces[int(order[-1])]
    if not gaps[order[-1]] >= _GUTTER * line.size:
        return None
    others = len(spaces) > 1 and float(gaps[order[-2]]) > 0.5 * float(gaps[order[-1]])
    edge, begins = float(line.boxes[at - 1, 2]), float(line.boxes[at + 1, 0])
    left = replace(line, text=line.text[:at], boxes=line.boxes[:at], right=edge, is_row=others, cell_left=line.left)
    right = replace(
        line, text=line.text[at + 1 :], boxes=line.boxes[at + 1 :], left=begins, is_row=others, cell_left=begins
    )
    return left, right


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
    return (
        lengths[len(lengths) // 2] >= _USUAL
        and full >= _FILLED * len(column)
        and flush >= _FILLED * (len(column) - 1)
        and sum(any(map(str.isdigit, word)) for word in words) <= _FIGURES * len(words)
    )
