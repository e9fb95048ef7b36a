"""PDF: the lines drawn on a page, which say above which columns of a table a name stands, and close cells."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import pypdfium2.raw as pdfium_c
from numpy.typing import NDArray

from index.readers.pdf.characters import shown_boxes
from index.readers.pdf.closed import ClosedCell, Grid, Rule, find_grids
from index.readers.pdf.file import plain_function
from index.readers.pdf.lines import Boxes

_MOST_OBJECTS = 20_000
_MOST_RULES = 2000
_THICKEST = 3.0  # points
_SHORTEST = 8.0
_TOUCHING = 1.5  # points between two rules that are one
_RECTANGLE = (4, 5)  # steps of its path, the last of which may go back to where it began

_POINTER = ctypes.c_size_t
_object = plain_function("FPDFPage_GetObject", _POINTER, _POINTER, ctypes.c_int)
_kind = plain_function("FPDFPageObj_GetType", ctypes.c_int, _POINTER)
_bounds = plain_function("FPDFPageObj_GetBounds", ctypes.c_int, _POINTER, *[_POINTER] * 4)
_steps = plain_function("FPDFPath_CountSegments", ctypes.c_int, _POINTER)
_mode = plain_function("FPDFPath_GetDrawMode", ctypes.c_int, _POINTER, _POINTER, _POINTER)
_color = plain_function("FPDFPageObj_GetFillColor", ctypes.c_int, _POINTER, *[_POINTER] * 4)


class Rules(NamedTuple):
    """What is drawn on a page: the rules across it from left to right, [n, 4] as (left, top, right, bottom) of the page
    as shown, and the grids that rules make.
    """

    across: Boxes
    grids: Sequence[Grid] = ()


def read_rules(page: Any) -> Rules:
    """Return the rules of a page, and the closed cells between them."""
    items, found = _paths(page)
    if not found:
        return Rules(np.empty((0, 4), dtype=np.float32))
    boxes = shown_boxes(page, np.array(found, dtype=np.float32))
    width, height = boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]
    wide = (height <= _THICKEST) & (width >= _SHORTEST)
    high = (width <= _THICKEST) & (height >= _SHORTEST)
    large = np.flatnonzero((width > _SHORTEST) & (height > _SHORTEST))
    outlined = [at for at in large.tolist() if _is_outlined(items[at])]
    sides = boxes[outlined]
    grids = find_grids(
        [*_rules(boxes[wide], 1), *_rules(sides[:, [0, 1, 2, 1]], 1), *_rules(sides[:, [0, 3, 2, 3]], 1)],
        [*_rules(boxes[high], 0), *_rules(sides[:, [0, 1, 0, 3]], 0), *_rules(sides[:, [2, 1, 2, 3]], 0)],
    )
    if grids:
        fills = [
            (color, box) for at in large.tolist() if (color := _fill(items[at])) is not None for box in [boxes[at]]
        ]
        grids = [_on_grounds(grid, fills) for grid in grids]
    return Rules(_joined(boxes[wide]), grids)


def _paths(page: Any) -> tuple[list[int], list[tuple[float, ...]]]:
    """Return the paths of a page in the order in which they are drawn, and their boxes in the page's coordinates."""
    handle = ctypes.cast(page.raw, ctypes.c_void_p).value
    sides = (ctypes.c_float * 4)()
    addresses = [ctypes.addressof(sides) + 4 * side for side in range(4)]
    items: list[int] = []
    found: list[tuple[float, ...]] = []
    for index in range(min(_MOST_OBJECTS, pdfium_c.FPDFPage_CountObjects(page.raw))):
        item = _object(handle, index)
        if _kind(item) == pdfium_c.FPDF_PAGEOBJ_PATH and _bounds(item, *addresses):
            left, bottom, right, top = sides
            items.append(item)
            found.append((left, top, right, bottom))
            if len(found) >= _MOST_RULES:
                break
    return items, found


def _rules(boxes: Boxes, axis: int) -> Iterator[Rule]:
    """Yield rules as where they stand, and from where to where they go; across the page for axis 1, down it for 0."""
    other = 1 - axis
    for box in boxes.tolist():
        yield (box[axis] + box[axis + 2]) / 2, box[other], box[other + 2]


def _is_outlined(item: int) -> bool:
    """Tell whether a path is a rectangle whose sides are drawn."""
    if _steps(item) not in _RECTANGLE:
        return False
    filled, outlined = ctypes.c_int(), ctypes.c_int()
    return bool(_mode(item, ctypes.addressof(filled), ctypes.addressof(outlined)) and outlined.value)


def _fill(item: int) -> int | None:
    """Return the color that a path is filled with, None if it isn't."""
    filled, outlined = ctypes.c_int(), ctypes.c_int()
    parts = (ctypes.c_uint * 4)()
    addresses = [ctypes.addressof(parts) + 4 * part for part in range(4)]
    if not (_mode(item, ctypes.addressof(filled), ctypes.addressof(outlined)) and filled.value):
        return None
    red, green, blue, opaque = parts if _color(item, *addresses) else (0, 0, 0, 0)
    return red << 16 | green << 8 | blue if opaque else None


def _on_grounds(grid: Grid, fills: Sequence[tuple[int, NDArray[np.float32]]]) -> Grid:
    """Return a grid with the color of what was filled last under the middle of each cell."""
    boxes = np.array([box for _, box in fills], dtype=np.float32).reshape(-1, 4)
    return replace(grid, cells=[_on_ground(cell, grid, fills, boxes) for cell in grid.cells])


def _on_ground(cell: ClosedCell, grid: Grid, fills: Sequence[tuple[int, Any]], boxes: Boxes) -> ClosedCell:
    across = (grid.columns[cell.columns.start] + grid.columns[cell.columns.stop]) / 2
    down = (grid.rows[cell.rows.start] + grid.rows[cell.rows.stop]) / 2
    under = (boxes[:, 0] < across) & (across < boxes[:, 2]) & (boxes[:, 1] < down) & (down < boxes[:, 3])
    last = np.flatnonzero(under)
    return replace(cell, ground=fills[last[-1]][0]) if len(last) else cell


def _joined(rules: Boxes) -> Boxes:
    """Return the rules with those that go on where another ends put together."""
    joined: list[list[float]] = []
    for left, top, right, bottom in sorted(rules.tolist(), key=lambda rule: (round(rule[1]), rule[0])):
        last = joined[-1] if joined else None
        if last and abs(last[1] - top) < _TOUCHING and last[0] <= left <= last[2] + _TOUCHING:
            last[2] = max(last[2], right)
        else:
            joined.append([left, top, right, bottom])
    return np.array(joined, dtype=np.float32).reshape(-1, 4)
