"""PDF: the lines of a page and the grids drawn on it in, rows of named cells out: words in a closed cell are its own.

A frame around prose, a form and the grid of a layout are drawn the same way: a grid is a table only if its first rows
look like names of columns, and unlike those below.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from index.readers import headers
from index.readers.pdf.closed import Grid
from index.readers.pdf.lines import Boxes, Line
from index.readers.pdf.pieces import Piece
from index.readers.pdf.words import Words

_LONGEST_NAME = 80  # characters of a column's name
_SAME_LINE = 0.4  # of the font's size: how far apart the baselines of one line may be
_TOUCHING = 0.05  # of the font's size: letters of one word are as near
_SAME_COLUMNS = 3.0  # points between edges of columns that go on


@dataclass(slots=True, eq=False)
class Filled:
    """A cell with its words: for each of its lines the part that stands in it."""

    rows: range
    columns: range
    ground: int | None
    pieces: list[Piece] = field(default_factory=list)

    @property
    def text(self) -> str:
        """What it says."""
        return " ".join(piece.text for piece in self.pieces)

    @property
    def is_bold(self) -> bool:
        """Whether all of it is bold."""
        return all(piece.line.bold for piece in self.pieces)


@dataclass(slots=True, eq=False)
class RuledTable:
    """A grid with the words in it; `lines` are those that it takes up, `header` how many rows name its columns."""

    grid: Grid
    cells: Sequence[Filled]
    lines: Sequence[Line]
    names: Mapping[int, str] = field(default_factory=dict)  # by column
    header: int = 0


def find_ruled(
    lines: Sequence[Line], grids: Sequence[Grid], *, named: Iterable[int], before: RuledTable | None
) -> list[RuledTable]:
    """Return the tables of a page whose cells are closed by rules and whose columns are surely named.

    Lines that are `named` already are left alone. The first table may go on with the columns of the one `before` it,
    which ends the page before.
    """
    tables: list[RuledTable] = []
    taken = set(named)
    for grid in grids:
        own = [line for line in lines if _is_inside(line, grid)]
        if not own or not taken.isdisjoint(map(id, own)):
            continue
        table = _table(grid, own)
        if table is None:
            continue
        is_first = before is not None and lines[0] is own[0]
        if not table.header and before and is_first and _goes_on(before, table):
            table.names = before.names
        if table.names:
            tables.append(table)
            taken.update(map(id, own))
    return tables


def _is_inside(line: Line, grid: Grid) -> bool:
    boxes = line.boxes[np.isfinite(line.boxes[:, 0])]
    if not len(boxes):
        return False
    across, down = (boxes[:, 0] + boxes[:, 2]) / 2, (boxes[:, 1] + boxes[:, 3]) / 2
    inside = (across > grid.columns[0]) & (across < grid.columns[-1]) & (down > grid.rows[0]) & (down < grid.rows[-1])
    return bool(inside.any())


def _table(grid: Grid, lines: Sequence[Line]) -> RuledTable | None:
    """Return the words of a grid by cell, and the names of its columns if it has any; None if it is no table."""
    cells = [Filled(cell.rows, cell.columns, cell.ground) for cell in grid.cells]
    at = {(row, column): cell for cell in cells for row in cell.rows for column in cell.columns}
    for line in sorted(lines, key=lambda line: line.baseline):
        for cell, piece in _pieces(line, grid, at):
            if cell is None or line.is_running or _is_torn(piece):
                return None
            cell.pieces.append(piece)
    table = RuledTable(grid, [cell for cell in cells if cell.pieces], lines)
    for cell in table.cells:
        cell.pieces = _in_reading_order(cell.pieces)
    table.header, table.names = _header(table)
    return table if _may_be_rows(_rows(table)[table.header :]) else None


def _in_reading_order(pieces: Sequence[Piece]) -> list[Piece]:
    """Return what stands in a cell line by line; lines that run upwards stay in the order in which they are drawn."""
    if any(piece.line.angle for piece in pieces):
        return list(pieces)
    lines: list[list[Piece]] = []
    for piece in pieces:
        last = lines[-1][0].line if lines else None
        if last and piece.line.baseline - last.baseline <= _SAME_LINE * min(piece.line.size, last.size):
            lines[-1].append(piece)
        else:
            lines.append([piece])
    return [piece for line in lines for piece in sorted(line, key=lambda piece: piece.left)]


def _may_be_rows(rows: Sequence[Mapping[int, Filled]]) -> bool:
    """Tell whether most rows have cells side by side, and none has a heading over prose, or figures over others."""
    full = [row for row in rows if len(row) > 1]
    behind = [cell for row in full for column, cell in row.items() if column > 0]
    mixed = any(len({piece.line.bold for piece in cell.pieces}) > 1 for cell in behind)
    stacked = any(len(cell.pieces) > 1 and not any(map(str.isalpha, cell.text)) for cell in behind)
    return len(full) > 0 and len(rows) <= 2 * len(full) and not (mixed or stacked)


def _pieces(line: Line, grid: Grid, at: Mapping[tuple[int, int], Filled]) -> Iterator[tuple[Filled | None, Piece]]:
    """Yield the parts of a line with the cell that each stands in, None for what stands beside the grid."""
    across = (line.boxes[:, 0] + line.boxes[:, 2]) / 2
    down = (line.boxes[:, 1] + line.boxes[:, 3]) / 2
    columns = np.searchsorted(np.array(grid.columns), across) - 1
    rows = np.searchsorted(np.array(grid.rows), down) - 1
    cells = [at.get(place) for place in zip(rows.tolist(), columns.tolist(), strict=True)]
    inked = [index for index, letter in enumerate(line.text) if letter != " " and np.isfinite(across[index])]
    first = inked[0] if inked else 0
    for index, after in zip(inked, [*inked[1:], -1], strict=True):
        if after < 0 or cells[after] is not cells[index]:
            yield cells[index], Piece(line, first, index + 1, float(line.boxes[first, 0]), float(line.boxes[index, 2]))
            first = after


def _is_torn(piece: Piece) -> bool:
    """Tell whether a rule stands in a word: its letters touch those of the next cell."""
    text, after = piece.line.text, piece.end
    if after == len(text) or text[after] == " ":
        return False
    return bool(piece.line.boxes[after, 0] - piece.right < _TOUCHING * piece.line.size)


def _header(table: RuledTable) -> tuple[int, dict[int, str]]:
    """Return how many rows name the columns, and the names; none if they don't look unlike the rows below."""
    rows = _rows(table)
    count = headers.count_header_rows(
        [{column: _told(cell) for column, cell in row.items()} for row in rows], in_text=True
    )
    if not count or not _stands_out(rows[:count], rows[count:]):
        return 0, {}
    names = headers.names_of([{column: _told(cell) for column, cell in row.items()} for row in rows[:count]])
    if any(len(name) > _LONGEST_NAME or name.endswith(":") for name in names.values()):
        return 0, {}
    return count, names


def _rows(table: RuledTable) -> list[dict[int, Filled]]:
    """Return the cells by row and column; one that reaches down stands in the rows below, too, but among names."""
    rows: list[dict[int, Filled]] = [{} for _ in table.grid.rows[1:]]
    for cell in table.cells:
        for row in cell.rows:
            rows[row][cell.columns.start] = cell
    return rows


def _told(cell: Filled) -> headers.Cell:
    return headers.Cell(
        cell.text, is_text=any(map(str.isalpha, cell.text)), is_bold=cell.is_bold, columns=len(cell.columns)
    )


def _stands_out(header: Sequence[Mapping[int, Filled]], body: Sequence[Mapping[int, Filled]]) -> bool:
    """Tell whether the names are bold, or on a ground of their own, and the cells below the last of them are not."""
    named = [cell for row in header for cell in row.values()]
    below = [cell for row in body for column, cell in row.items() if column > 0]
    bold = all(cell.is_bold for cell in named) and 2 * sum(cell.is_bold for cell in below) < len(below)
    grounds = {cell.ground for cell in named}
    return bold or (len(grounds) == 1 and not any(cell.ground in grounds for cell in below))


def _goes_on(before: RuledTable, table: RuledTable) -> bool:
    """Tell whether the columns of a table stand where those of another do."""
    edges, others = before.grid.columns, table.grid.columns
    return len(edges) == len(others) and all(
        abs(edge - other) <= _SAME_COLUMNS for edge, other in zip(edges, others, strict=True)
    )


def named_rows(table: RuledTable, words: Words) -> list[Line]:
    """Return a line for each row: those of names as they are read, the others with each cell behind its name."""
    lines = []
    for number, row in enumerate(_rows(table)):
        cells = [row[column] for column in sorted(row)]
        if number < table.header:
            lines.append(_line([(cell, " ") for cell in cells if cell.rows.start == number], words))
        elif len(cells) == 1 and len(cells[0].columns) == len(table.grid.columns) - 1:
            lines.append(_line([(cells[0], "")], words))  # a title between the rows
        else:
            # What stands in several columns is named after none.
            own = [table.names.get(cell.columns.start, "") if len(cell.columns) == 1 else "" for cell in cells]
            named = zip(cells, own, strict=True)
            lines.append(_line([(cell, f"; {name}: " if name else "; ") for cell, name in named], words))
    return [line for line in lines if line is not None]


def _line(cells: Iterable[tuple[Filled, str]], words: Words) -> Line | None:
    """Return cells as one line, each with what is to stand before it, but for a separator before the first."""
    texts: list[str] = []
    boxes: list[Boxes] = []
    pieces = []
    for cell, before in cells:
        pieces += cell.pieces
        texts.append(before.lstrip("; ") if not texts else before)
        boxes.append(_unplaced(len(texts[-1])))
        for number, piece in enumerate(cell.pieces):
            if number:
                dropped, filler = words.joint(texts[-1], piece.text)
                if dropped:
                    texts[-1], boxes[-1] = texts[-1][:-dropped], boxes[-1][:-dropped]
                texts.append(filler)
                boxes.append(_unplaced(len(filler)))
            texts.append(piece.text)
            boxes.append(piece.line.boxes[piece.start : piece.end])
    if not pieces:
        return None
    lines = [piece.line for piece in pieces]
    return replace(
        lines[0], text="".join(texts), boxes=np.concatenate(boxes),
        left=min(line.left for line in lines), right=max(line.right for line in lines),
        top=min(line.top for line in lines), bottom=max(line.bottom for line in lines),
        baseline=max(line.baseline for line in lines), angle=0, is_row=True, is_closed=True, level=0,
    )  # fmt: skip


def _unplaced(count: int) -> Boxes:
    return np.full((count, 4), np.nan, dtype=np.float32)
