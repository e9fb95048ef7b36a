"""PDF: the lines drawn across a page, which say above which columns of a table a name stands."""

from __future__ import annotations

import ctypes
from typing import Any

import numpy as np
import pypdfium2.raw as pdfium_c

from index.readers.pdf.characters import shown_boxes
from index.readers.pdf.file import plain_function
from index.readers.pdf.lines import Boxes

_MOST_OBJECTS = 20_000
_MOST_RULES = 2000
_THICKEST = 3.0  # points
_SHORTEST = 8.0
_TOUCHING = 1.5  # points between two rules that are one

_POINTER = ctypes.c_size_t
_object = plain_function("FPDFPage_GetObject", _POINTER, _POINTER, ctypes.c_int)
_kind = plain_function("FPDFPageObj_GetType", ctypes.c_int, _POINTER)
_bounds = plain_function("FPDFPageObj_GetBounds", ctypes.c_int, _POINTER, *[_POINTER] * 4)


def read_rules(page: Any) -> Boxes:
    """Return the rules of a page from left to right, [n, 4] as (left, top, right, bottom) of the page as shown."""
    handle = ctypes.cast(page.raw, ctypes.c_void_p).value
    sides = (ctypes.c_float * 4)()
    addresses = [ctypes.addressof(sides) + 4 * side for side in range(4)]
    found: list[tuple[float, ...]] = []
    for index in range(min(_MOST_OBJECTS, pdfium_c.FPDFPage_CountObjects(page.raw))):
        item = _object(handle, index)
        if _kind(item) == pdfium_c.FPDF_PAGEOBJ_PATH and _bounds(item, *addresses):
            left, bottom, right, top = sides
            found.append((left, top, right, bottom))
            if len(found) >= _MOST_RULES:
                break
    if not found:
        return np.empty((0, 4), dtype=np.float32)
    boxes = shown_boxes(page, np.array(found, dtype=np.float32))
    wide = (boxes[:, 3] - boxes[:, 1] <= _THICKEST) & (boxes[:, 2] - boxes[:, 0] >= _SHORTEST)
    return _joined(boxes[wide])


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
