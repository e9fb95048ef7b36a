"""PDF: the lines of a page in, its tables out: rows of cells in columns, found by the white space between them.

Only tables with figures are looked for: where words alone stand in columns, nothing tells a table from other prose.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from index.readers.pdf.extents import Extent, covered
from index.readers.pdf.figures import is_figure
from index.readers.pdf.lines import Line
from index.readers.pdf.pieces import Piece, Row
from index.readers.pdf.prose import running_text
from index.readers.pdf.sides import in_columns_of_text

_GAP = 0.55  # of the font's size: wider than between words, and what is wider parts cells
_WIDER = 1.35  # than most spaces
_FIGURES = 0.4  # of the font's size: two numbers that are so far apart are two cells
_NARROWEST, _WIDEST = 0.12, 0.9  # of the font's size: a space between words
_FEWEST_SPACES = 20  # that tell how wide they are
_SAME_ROW = 0.4  # of the font's size: how far apart the baselines of one row may be
_NEXT_ROW = 3.6  # of the font's size: how far down the next row of a table may be
_CROWDED = 12  # rows: so many may have one among them that stands across the columns
_SHARE_FIGURES = 0.6  # of the cells of a column of figures
_NEAR = 1.2  # of the font's size: words so far behind others may belong to them
_SPARSE = 0.3  # of the rows have a cell in a column that counts
_FEWEST_FULL = 3  # rows that have most columns
MOST_TITLES = 4  # rows of one cell that stand between rows of figures
_MOST_ROWS = 400  # on a page
_MOST_COLUMNS = 40
_SIGNS = re.compile(r"[^\w\s.]{1,2}|[A-Z]{0,2}\$|EUR|CHF|USD|GBP")
_AMOUNT = re.compile(r"\(?\d|[–—-]$")
_CURRENCIES = frozenset("$€£¥")
_SIGN = re.compile(rf"[A-Z]{{0,2}}[{''.join(sorted(_CURRENCIES))}]")
_SIGN_BEHIND = re.compile(rf"\S (?P<sign>{_SIGN.pattern})$")
_NOTHING = frozenset("-–—")  # in a column of figures
_UNIT = re.compile(r"(?<=[\d\s])[A-Za-zµ²³]{1,9}$")  # behind a number


Grid = Sequence[dict[int, list[Piece]]]  # by row, the pieces of each column


@dataclass(slots=True, eq=False)
class DrawnTable:
    """Rows with figures, and where their columns stand; `above` are the rows over it, the nearest first.

    `lines` are the rows with what stands between them, and right below the last.
    """

    columns: Sequence[Extent]
    rows: Sequence[Row]
    above: Sequence[Row]
    names: int  # how many of the rows above are surely names
    cells: Sequence[dict[int, list[Piece]]] = field(default_factory=list)  # by row and column
    lines: Sequence[Row] = ()


def may_hold_tables(lines: Sequence[Line]) -> bool:
    """Tell whether a page has rows of cells at all."""
    return sum(line.is_row for line in lines) > 1


def find_tables(lines: Sequence[Line]) -> list[DrawnTable]:
    """Return the tables of a page, those of each column of its text from top to bottom."""
    if not may_hold_tables(lines):
        return []
    prose = running_text(lines)
    return [table for part in in_columns_of_text(lines, prose) for table in _tables(part, prose)]


def _tables(lines: Sequence[Line], prose: Set[int]) -> Iterator[DrawnTable]:
    rows = _rows(lines, prose)
    if len(rows) <= _MOST_ROWS:
        for start, end in _runs(rows):
            if table := _table(rows, start, end):
                yield table


def _rows(lines: Sequence[Line], prose: Set[int]) -> list[Row]:
    """Return the lines that stand side by side as rows, running text left out."""
    upright = sorted(
        (line for line in lines if line.angle == 0 and id(line) not in prose and not line.is_running),
        key=lambda line: line.baseline,
    )
    groups: list[list[Line]] = []
    for line in upright:
        last = groups[-1][0] if groups else None
        near = last is not None and line.baseline - last.baseline <= _SAME_ROW * min(line.size, last.size)
        beside = groups[-1][-_MOST_COLUMNS:] if near else []
        if near and not any(line.left < other.right and line.right > other.left for other in beside):
            groups[-1].append(line)
        else:
            groups.append([line])
    gap = max(_GAP, _WIDER * _word_gap(upright))
    return [_row(group, gap) for group in groups]


def _word_gap(lines: Sequence[Line]) -> float:
    """Return how wide most spaces are, in the font's sizes: that of a typewriter is wide."""
    gaps = sorted(float(gap) for line in lines for gap in _spaces(line))
    return gaps[len(gaps) // 4] if len(gaps) >= _FEWEST_SPACES else 0.0


def _spaces(line: Line) -> NDArray[np.float32]:
    """Return how wide the spaces of a line are that may stand between words, in the font's size."""
    inked = line.boxes[np.isfinite(line.boxes[:, 0]) & (np.frombuffer(line.text.encode("utf-32-le"), np.uint32) != 32)]
    gaps = (inked[1:, 0] - inked[:-1, 2]) / line.size
    spaces: NDArray[np.float32] = gaps[(gaps > _NARROWEST) & (gaps < _WIDEST)]
    return spaces


def _row(lines: Sequence[Line], gap: float) -> Row:
    pieces = sorted((piece for line in lines for piece in _pieces(line, gap)), key=lambda piece: piece.left)
    if any(piece.text[-1:] in _CURRENCIES for piece in pieces):
        pieces = list(_signs_before(pieces))
    return Row(pieces, lines[0].baseline, max(line.size for line in lines))


def _signs_before(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """Yield the pieces of a row, a sign that stands nearer to the number before it than to its own by itself.

    Of "$ 76 $" and "55" the second sign is of the 55; where amounts don't begin with the sign, "76 €", it stays.
    """
    opening = {piece.text.partition(" ")[0] for piece in pieces}
    for piece, after in zip(pieces, [*pieces[1:], None], strict=True):
        found = _SIGN_BEHIND.search(piece.text)
        if found is None or found["sign"] not in opening or after is None or not _AMOUNT.match(after.text):
            yield piece
            continue
        at, boxes = piece.start + found.start("sign"), piece.line.boxes
        yield replace(piece, end=at - 1, right=float(boxes[at - 2, 2]))
        yield replace(piece, start=at, left=float(boxes[at, 0]))


def _pieces(line: Line, gap: float) -> Iterator[Piece]:
    """Yield the parts of a line between gaps that are wider than those between its words."""
    left, right = line.boxes[:, 0].tolist(), line.boxes[:, 2].tolist()
    start, at = 0, line.text.find(" ")
    while at >= 0:
        between = left[at + 1] - right[at - 1] if 0 < at < len(line.text) - 1 else 0.0
        digits = between > 0 and line.text[at - 1].isdecimal() and line.text[at + 1].isdecimal()
        if between > (min(gap, _FIGURES) if digits else gap) * line.size:
            yield Piece(line, start, at, left[start], right[at - 1])
            start = at + 1
        at = line.text.find(" ", at + 1)
    yield Piece(line, start, len(line.text), left[start], right[-1])


def _runs(rows: Sequence[Row]) -> Iterator[tuple[int, int]]:
    """Yield from which row to which figures stand in columns."""
    start = end = -1
    for index, row in enumerate(rows):
        is_body = row.has_figures and not (row.names_figures and _names_those_below(rows, index))
        if start >= 0 and (_is_apart(rows[index - 1], row) or not (is_body or _goes_on(rows, end, index))):
            yield start, end + 1
            start = -1
        if is_body:
            start, end = (index if start < 0 else start), index
    if start >= 0:
        yield start, end + 1


def _is_apart(row: Row, below: Row) -> bool:
    return below.baseline - row.baseline > _NEXT_ROW * max(row.size, below.size)


def _goes_on(rows: Sequence[Row], end: int, index: int) -> bool:
    """Tell whether a row of words belongs to the rows of figures before it: no word stands where they have figures."""
    if len(rows[index].pieces) < 2:
        return index - end <= MOST_TITLES and not _reaches_across(rows[index].pieces[0], rows[end])
    if rows[index].has_figures:
        return False
    figures = [piece for piece in rows[end].pieces[1:] if piece.is_figure]
    is_labelled = rows[index].pieces[0].left < rows[end].pieces[0].right
    words = [piece for piece in rows[index].pieces[is_labelled:] if not piece.is_figure]
    if not is_labelled and len(words) == sum(any(map(str.isdigit, figure.text)) for figure in figures):
        return False  # the names of a table that follows
    return not any(word.left < figure.right and word.right > figure.left for word in words for figure in figures)


def _reaches_across(piece: Piece, row: Row) -> bool:
    """Tell whether a line reaches above all figures of a row: it is no title of other rows, but a sentence."""
    figures = [other for other in row.pieces[1:] if other.is_figure]
    return bool(figures) and piece.left < figures[0].left and piece.right > figures[-1].right


def _names_those_below(rows: Sequence[Row], index: int) -> bool:
    """Tell whether years or counted numbers stand over other figures."""
    if index + 1 >= len(rows):
        return False
    if any(piece.is_figure and piece.text.endswith(",") for piece in rows[index].pieces):
        return True  # days of dates
    below = rows[index + 1]
    if below.names_figures and below.has_figures:
        return False
    if not index or not rows[index - 1].has_figures or _is_apart(rows[index - 1], rows[index]):
        return True
    return rows[index].pieces[0].left > rows[index - 1].pieces[0].right  # it has no label


def _table(rows: Sequence[Row], start: int, end: int) -> DrawnTable | None:
    """Return the rows from `start` to `end` as a table, None if they are none."""
    names = 0
    while start < end and _names_figures_below(rows[start], rows[start + 1 : end]):
        start, names = start + 1, names + 1
    body = [row for row in rows[start:end] if len(row.pieces) > 1]
    columns = _with_words(_columns(body), body)
    if len(body) < 2 or not 1 < len(columns) <= _MOST_COLUMNS:
        return None
    cells: Grid = [_placed(row, columns) for row in body]
    cells = [_with_own_signs(row) if _has_sign_behind(row) else row for row in cells]
    columns, cells = _with_signs(columns, cells)
    columns, cells = _without_sparse(columns, cells)
    if len(columns) < 2 or not (any(has_figures(column, cells) for column in range(1, len(columns))) or _all(cells)):
        return None
    if _is_form(cells):
        return None
    return DrawnTable(columns, body, rows[:start][::-1], names, cells, rows[start : end + 1])


def _names_figures_below(row: Row, below: Sequence[Row]) -> bool:
    """Tell whether a row has as many words as figures, or more, where those below have figures."""
    if len(row.pieces) < 2:
        return True
    figures = [piece for other in below[:_CROWDED] for piece in other.pieces[1:] if piece.is_figure]
    first = row.pieces[0]
    under = any(first.left < other.pieces[0].right and first.right > other.pieces[0].left for other in below)
    behind = row.pieces[1:] if under else row.pieces
    words = sum(
        not piece.is_figure and any(piece.left < figure.right and piece.right > figure.left for figure in figures)
        for piece in behind
    )
    return words > 0 and words >= sum(piece.is_figure and not piece.names_year for piece in behind)


def _columns(rows: Sequence[Row]) -> list[Extent]:
    """Return where ink stands below ink, in nearly all rows; a long label may reach across columns that it has not."""
    columns = _inked(rows)
    said = [sum(not _SIGNS.fullmatch(piece.text) for piece in row.pieces) for row in rows]
    most = max(said, default=0)
    full = [2 * pieces > most for pieces in said]
    if _FEWEST_FULL <= sum(full) < len(rows):
        known = list(zip(rows, full, strict=True))
        parted = _inked([row if is_full else replace(row, pieces=row.pieces[1:]) for row, is_full in known])
        labels = [row.pieces[0] for row, is_full in known if not is_full]
        if len(parted) > len(columns) and all(one.left < parted[0][1] for one in labels):
            return parted
    return columns


def _inked(rows: Sequence[Row]) -> list[Extent]:
    allowed = len(rows) // _CROWDED
    columns = covered(((piece.left, piece.right) for row in rows for piece in row.pieces), allowed=allowed)
    if allowed:  # what few rows have is a column, too, if nothing else stands there
        lone = [
            (piece.left, piece.right)
            for row in rows
            for piece in row.pieces
            if not any(piece.left < right and piece.right > left for left, right in columns)
        ]
        columns = sorted([*columns, *_united(lone)])
    return columns


def _with_words(columns: Sequence[Extent], rows: Sequence[Row]) -> list[Extent]:
    """Return the columns with those that few rows have, of words right behind others, put to these."""
    joined: list[Extent] = []
    for left, right in columns:
        own = [piece for row in rows for piece in row.pieces if left <= piece.left and piece.right <= right]
        few = len(own) < _SPARSE * len(rows) and (len(own) == 1 or not any(piece.is_figure for piece in own))
        if joined and few and own and left - joined[-1][1] < _NEAR * own[0].line.size:
            joined[-1] = joined[-1][0], right
        else:
            joined.append((left, right))
    return joined


def _united(extents: Sequence[Extent]) -> list[Extent]:
    united: list[Extent] = []
    for left, right in sorted(extents):
        if united and left < united[-1][1]:
            united[-1] = united[-1][0], max(united[-1][1], right)
        else:
            united.append((left, right))
    return united


def _placed(row: Row, columns: Sequence[Extent]) -> dict[int, list[Piece]]:
    """Return the pieces of a row by their column; nothing if one stands across columns."""
    cells: dict[int, list[Piece]] = {}
    lefts, rights = [left for left, _ in columns], [right for _, right in columns]
    for piece in row.pieces:
        column = bisect_right(rights, piece.left)  # the first that ends behind the piece's beginning
        if column == 0 and piece is row.pieces[0]:
            cells[0] = [piece]
            continue
        if bisect_left(lefts, piece.right) != column + 1:
            return {}
        cells.setdefault(column, []).append(piece)
    return cells


def _has_sign_behind(row: dict[int, list[Piece]]) -> bool:
    return any(len(pieces) > 1 and pieces[-1].text[-1:] in _CURRENCIES for pieces in row.values())


def _with_own_signs(row: dict[int, list[Piece]]) -> dict[int, list[Piece]]:
    """Return a row with the sign behind a number, by itself, put before the next one, where amounts begin with it."""
    cells = {column: list(pieces) for column, pieces in row.items()}
    opening = {pieces[0].text.partition(" ")[0] for pieces in cells.values()}
    for column, pieces in cells.items():
        last, after = pieces[-1].text, cells.get(column + 1, [])
        if len(pieces) > 1 and last in opening and _SIGN.fullmatch(last) and after and _AMOUNT.match(after[0].text):
            after.insert(0, pieces.pop())
    return cells


def _with_signs(columns: Sequence[Extent], cells: Grid) -> tuple[list[Extent], Grid]:
    """Return the columns with those that hold only signs ("$" before numbers, "%" and ")" after) put to the numbers."""
    joined: dict[int, int] = {}
    for column in range(len(columns)):
        texts = [piece.text for row in cells for piece in row.get(column, ())]
        if texts and all(_SIGNS.fullmatch(text) and text not in _NOTHING for text in texts):
            before = any(text[-1] in "$€£¥(" or text[-1].isalpha() for text in texts)
            other = column + 1 if before else column - 1
            if 0 <= other < len(columns) and any(other in row for row in cells if column in row):
                joined[column] = other
    return joined_columns(columns, cells, joined)


def joined_columns(columns: Sequence[Extent], cells: Grid, joined: Mapping[int, int]) -> tuple[list[Extent], Grid]:
    """Return the columns with each of `joined` put to the one beside it that is named there."""
    kept = [column for column in range(len(columns)) if column not in joined]
    place = {column: at for at, column in enumerate(kept)}
    for column in sorted(joined, key=lambda one: abs(one - joined[one])):
        place[column] = place.get(joined[column], -1)
    extents = [columns[column] for column in kept]
    moved: list[dict[int, list[Piece]]] = [{} for _ in cells]
    for column, at in place.items():
        if at >= 0:
            extents[at] = min(extents[at][0], columns[column][0]), max(extents[at][1], columns[column][1])
            for row, new in zip(cells, moved, strict=True):
                if column in row:
                    new[at] = sorted([*new.get(at, ()), *row[column]], key=lambda piece: piece.left)
    return extents, moved


def _without_sparse(columns: Sequence[Extent], cells: Grid) -> tuple[list[Extent], Grid]:
    """Return the columns without those at the edges that few rows have and that hold no figures: what stands beside."""
    first, last = 0, len(columns)
    while first < last and _is_beside(first, cells):
        first += 1
    while last > first and _is_beside(last - 1, cells):
        last -= 1
    kept = [{at - first: pieces for at, pieces in row.items() if first <= at < last} for row in cells]
    return list(columns[first:last]), kept


def _is_beside(column: int, cells: Grid) -> bool:
    own = [row[column] for row in cells if column in row]
    return len(own) < _SPARSE * len(cells) and not any(pieces[-1].is_figure for pieces in own)


def has_figures(column: int, cells: Grid) -> bool:
    """Tell whether most cells of a column are figures."""
    own = [row[column] for row in cells if column in row]
    figures = sum(is_figure(" ".join(piece.text for piece in pieces)) for pieces in own)
    return figures >= max(2, _SHARE_FIGURES * len(own))


def _all(cells: Grid) -> bool:
    """Tell whether all cells but those of the first column are figures: of a few rows none may have two in a column."""
    behind = [pieces for row in cells for at, pieces in row.items() if at > 0]
    return len(behind) > 1 and all(is_figure(" ".join(piece.text for piece in pieces)) for pieces in behind)


def _is_form(cells: Grid) -> bool:
    """Tell whether labels stand beside their values, or words in most cells: no column has one name for all of it.

    Nor has a single column of values in several units, as of what something weighs and how long it is.
    """
    behind = [(at, " ".join(piece.text for piece in row[at])) for row in cells for at in row if at > 0]
    if all(at == 1 for at, _ in behind) and len({unit[0] for _, text in behind if (unit := _UNIT.search(text))}) > 1:
        return True
    labels = Counter(at for row in cells for at, pieces in row.items() if len(row) > 1 and pieces[-1].text[-1] == ":")
    figures = sum(is_figure(text) for _, text in behind)
    return 2 * figures < len(behind) or max(labels.values(), default=0) >= max(2, _SPARSE * len(cells))


def middle(extent: Extent) -> float:
    """Return the middle of an extent."""
    return (extent[0] + extent[1]) / 2
