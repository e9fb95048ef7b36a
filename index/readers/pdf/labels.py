"""PDF: a table in, which of the lines between its rows belong to the label of the row below or above out.

"Research and development", and below it "expenses" with the figures, is the label of one row.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from index.readers.pdf.grid import DrawnTable
from index.readers.pdf.pieces import Piece, Row

_NEXT_LINE = 1.6  # of the font's size: from one line of a label to the next
_MOST_LINES = 3  # that stand before the one with the figures
_INDENT = 3.0  # of the font's size: how far the lines of one label may begin apart
_ALIKE = 1.1  # their sizes
_ENDS = (":", ".", ";")  # what ends so is a title, or a sentence


class Wrapped(NamedTuple):
    """The other lines of a row's label: those before the line with the figures, and the one behind it."""

    before: Sequence[Piece]
    behind: Sequence[Piece]


def wrapped_labels(table: DrawnTable) -> dict[int, Wrapped]:
    """Return the labels of several lines, by the number of their row in `table.cells`.

    Where as many labels as not begin with a small letter, that tells nothing.
    """
    rows = {id(row): at for at, row in enumerate(table.rows)}
    numbers = [rows.get(id(row), -1) for row in table.lines]
    labels = [row[0][0] for row in table.cells if 0 in row]
    if 2 * sum(map(_goes_on, labels)) >= len(labels):
        return {}
    found: dict[int, Wrapped] = {}
    taken: set[int] = set()
    for at, number in enumerate(numbers):
        label = table.cells[number].get(0, []) if number >= 0 else []
        if len(label) != 1:
            continue
        before = [one for one in _before(table.lines, numbers, at, label[0]) if id(one) not in taken]
        behind = list(_behind(table, numbers, at, label[-1]))
        taken |= {id(one) for one in behind}
        if before or behind:
            found[number] = Wrapped(before, behind)
    return found


def _before(lines: Sequence[Row], numbers: Sequence[int], at: int, label: Piece) -> list[Piece]:
    """Return the lines above that a label goes on, the first first; none unless the topmost begins one."""
    found: list[Piece] = []
    below = label
    while _goes_on(below) and at > 0 and numbers[at - 1] < 0 and len(found) < _MOST_LINES:
        row = lines[at - 1]
        if not _is_next(row, lines[at], below) or row.pieces[0].text.endswith(_ENDS):
            return []
        below = row.pieces[0]
        found.insert(0, below)
        at -= 1
    return found if found and not _goes_on(found[0]) else []


def _behind(table: DrawnTable, numbers: Sequence[int], at: int, label: Piece) -> Iterator[Piece]:
    """Yield the line below that goes on with a label, unless the row below that goes on with it instead."""
    lines = table.lines
    if at + 1 >= len(lines) or numbers[at + 1] >= 0 or not _is_next(lines[at], lines[at + 1], label, below=True):
        return
    one = lines[at + 1].pieces[0]
    after = table.cells[numbers[at + 2]].get(0, []) if at + 2 < len(lines) and numbers[at + 2] >= 0 else []
    if _goes_on(one) and not (after and _goes_on(after[0])):
        yield one


def _goes_on(piece: Piece) -> bool:
    """Tell whether a line goes on with what stands above it: it begins with a small letter, in brackets or not."""
    first = piece.text.lstrip("(")
    return first[:1].islower() and not first[1:2].isupper()  # as in "iPhone"


def _is_next(row: Row, under: Row, piece: Piece, *, below: bool = False) -> bool:
    """Tell whether a line of one piece stands right above, or below, a line that begins with `piece`."""
    alone = under if below else row
    if len(alone.pieces) != 1:
        return False
    alike = max(row.size, under.size) <= _ALIKE * min(row.size, under.size)
    near = under.baseline - row.baseline <= _NEXT_LINE * under.size
    return alike and near and abs(alone.pieces[0].left - piece.left) <= _INDENT * under.size
