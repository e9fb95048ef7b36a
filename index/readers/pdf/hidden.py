"""PDF: the characters of a page that no eye sees: of an invisible kind, in their ground's color, or too small.

Only the page's text objects are looked at where none is suspect, which is nearly everywhere. Whether pale letters show
is told by the page's picture: they do if it is another one without them, so letters on a dark ground stay, whatever
made it dark. Invisible letters over a picture stay, too: that is how OCR puts words to a scan.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import closing
from itertools import groupby, islice
from typing import Any

import numpy as np
import pypdfium2.raw as pdfium_c
from numpy.typing import NDArray

from index.readers.pdf.file import plain_function
from index.readers.pdf.pictures import picture_bounds

_CLIPPING_MODE = 7
_INVISIBLE_MODES = frozenset({3, _CLIPPING_MODE})  # neither filled nor stroked
_FILLED_MODES = frozenset({0, 4})
_PALE = 200  # of 255, in each of red, green and blue: only paler letters than that are suspect
_CLEAR = 8  # of 255, of opacity: as good as not there
_DIFFERENT = 12  # of 255: what an eye can tell apart
_SMALLEST = 1.0  # points of a letter's size
_SMALL_PAGE = 200.0  # points: drawings that are smaller may have letters as small
_MOST_OBJECTS = 50_000
_MOST_PICTURES = 2000
_DEEPEST = 8
_SHARE_SEEN = 0.3  # of the characters of an object: all of it is seen
_ACROSS = ((np.floor, 0), (np.ceil, 2))  # how the sides of a box become pixels
_DOWN = ((np.floor, 1), (np.ceil, 3))
_SCALE, _LONGEST = 2.0, 2400  # pixels for a point of a page's picture, and of its longer side


_POINTER = ctypes.c_size_t
_object = plain_function("FPDFPage_GetObject", _POINTER, _POINTER, ctypes.c_int)
_form_object = plain_function("FPDFFormObj_GetObject", _POINTER, _POINTER, ctypes.c_ulong)
_kind = plain_function("FPDFPageObj_GetType", ctypes.c_int, _POINTER)
_mode = plain_function("FPDFTextObj_GetTextRenderMode", ctypes.c_int, _POINTER)
_fill = plain_function("FPDFPageObj_GetFillColor", ctypes.c_int, _POINTER, *[_POINTER] * 4)
_text_object = plain_function("FPDFText_GetTextObject", _POINTER, _POINTER, ctypes.c_int)
_set_active = plain_function("FPDFPageObj_SetIsActive", ctypes.c_int, _POINTER, ctypes.c_int)


def hidden_characters(
    page: Any, text_page: Any, *, boxes: NDArray[np.float32], shown: NDArray[np.float32]
) -> NDArray[np.bool_]:
    """Return for each character whether it is hidden.

    `boxes` are the fonts', [n, 4], in the page's own coordinates, `shown` the same in those of the page as shown.
    """
    hidden = _specks(page, text_page, boxes)
    invisible, pale = _suspects(page)
    if not invisible and not pale:
        return hidden
    handle = _address(text_page.raw)
    objects = np.array([_text_object(handle, index) for index in range(len(boxes))], dtype=np.uint64)
    if invisible:
        bare = np.flatnonzero(np.isin(objects, np.array(sorted(invisible), dtype=np.uint64)))
        bare = bare[~_on_pictures(page, boxes[bare])]
        clips = np.array([_mode(int(item)) == _CLIPPING_MODE for item in objects[bare]], dtype=np.bool_)
        if clips.any():  # letters may be cut out of what is painted after them
            bare = bare[~(clips & _is_marked(page, shown[bare]))]
        hidden[bare] = True
    if pale:
        of_pale = np.isin(objects, np.array(sorted(pale), dtype=np.uint64))
        hidden |= of_pale & ~_is_shown(page, pale, objects=objects, shown=shown)
    return hidden


def hidden_runs(codes: list[int], hidden: NDArray[np.bool_]) -> Iterator[str]:
    """Yield the hidden characters of a page, those that follow each other together."""
    if hidden.any():
        for is_hidden, run in groupby(range(len(codes)), key=hidden.__getitem__):
            if is_hidden:
                yield "".join(chr(codes[index]) for index in run)


def _address(raw: Any) -> int:
    return ctypes.cast(raw, ctypes.c_void_p).value or 0


def _suspects(page: Any) -> tuple[set[int], set[int]]:
    """Return the text objects that draw no letters, and those that draw pale ones."""
    invisible: set[int] = set()
    pale: set[int] = set()
    parts = (ctypes.c_uint * 4)()
    red, green, blue, opacity = (ctypes.addressof(parts) + 4 * part for part in range(4))
    for item in islice(_text_objects(page), _MOST_OBJECTS):
        mode = _mode(item)
        if mode in _INVISIBLE_MODES:
            invisible.add(item)
        elif mode in _FILLED_MODES and _fill(item, red, green, blue, opacity):
            if parts[3] <= _CLEAR:
                invisible.add(item)
            elif parts[0] >= _PALE and parts[1] >= _PALE and parts[2] >= _PALE:
                pale.add(item)
    return invisible, pale


def _text_objects(page: Any) -> Iterator[int]:
    """Yield the text objects of a page, those in forms, too."""
    waiting = [(_address(page.raw), pdfium_c.FPDFPage_CountObjects(page.raw), _object, 0)]
    while waiting:
        holder, count, part, depth = waiting.pop()
        for index in range(max(0, count)):
            item = part(holder, index)
            kind = _kind(item)
            if kind == pdfium_c.FPDF_PAGEOBJ_TEXT:
                yield item
            elif kind == pdfium_c.FPDF_PAGEOBJ_FORM and depth < _DEEPEST:
                inner = ctypes.cast(item, pdfium_c.FPDF_PAGEOBJECT)
                waiting.append((item, pdfium_c.FPDFFormObj_CountObjects(inner), _form_object, depth + 1))


def _specks(page: Any, text_page: Any, boxes: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Return for each character whether it is too small to be read."""
    sides = np.maximum(np.abs(boxes[:, 2] - boxes[:, 0]), np.abs(boxes[:, 1] - boxes[:, 3]))
    small: NDArray[np.bool_] = (sides < 2 * _SMALLEST) & (sides > 0)
    if max(page.get_size()) < _SMALL_PAGE:
        small[:] = False
    matrix = pdfium_c.FS_MATRIX()
    for index in np.flatnonzero(small).tolist():
        pdfium_c.FPDFText_GetMatrix(text_page.raw, index, ctypes.byref(matrix))
        size = pdfium_c.FPDFText_GetFontSize(text_page.raw, index) * (matrix.c**2 + matrix.d**2) ** 0.5
        small[index] = 0 < size < _SMALLEST
    return small


def _on_pictures(page: Any, boxes: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Return for each box whether its middle lies on a picture, or on a form that holds one."""
    across, up = (boxes[:, 0] + boxes[:, 2]) / 2, (boxes[:, 1] + boxes[:, 3]) / 2
    found = np.zeros(len(boxes), dtype=np.bool_)
    for left, bottom, right, top in islice(picture_bounds(page), _MOST_PICTURES):
        found |= (across >= left) & (across <= right) & (up >= bottom) & (up <= top)
    return found


def _is_shown(
    page: Any, pale: set[int], *, objects: NDArray[np.uint64], shown: NDArray[np.float32]
) -> NDArray[np.bool_]:
    """Return for each character whether the page looks another way there without the pale letters."""
    scale = _scale(page)
    with_them = _picture(page, scale)
    for item in pale:
        _set_active(item, 0)
    try:
        without = _picture(page, scale)
    finally:
        for item in pale:
            _set_active(item, 1)
    differs = (np.abs(with_them - without) > _DIFFERENT).any(axis=2)
    seen = _holds_any(differs, shown * scale)
    _, numbers = np.unique(objects, return_inverse=True)
    shares: NDArray[np.float64] = np.bincount(numbers, weights=seen) / np.bincount(numbers)
    seen |= shares[numbers] >= _SHARE_SEEN  # blanks between the letters show nothing
    return seen


def _picture(page: Any, scale: float) -> NDArray[np.int16]:
    with closing(page.render(scale=scale)) as bitmap:
        return np.asarray(bitmap.to_pil().convert("RGB"), dtype=np.int16)


def _is_marked(page: Any, shown: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Return for each box whether the page shows anything but its paper there."""
    scale = _scale(page)
    picture = _picture(page, scale)
    paper = np.array([np.bincount(picture[:, :, color].ravel()).argmax() for color in range(3)])
    return _holds_any((np.abs(picture - paper) > _DIFFERENT).any(axis=2), shown * scale)


def _holds_any(pixels: NDArray[np.bool_], boxes: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Return for each box, [n, 4] in pixels, whether any of the pixels in it is set."""
    sums = np.pad(pixels.cumsum(axis=0, dtype=np.int32).cumsum(axis=1, dtype=np.int32), ((1, 0), (1, 0)))
    height, width = pixels.shape
    left, right = (np.clip(edge(boxes[:, side]), 0, width).astype(int) for edge, side in _ACROSS)
    top, bottom = (np.clip(edge(boxes[:, side]), 0, height).astype(int) for edge, side in _DOWN)
    found: NDArray[np.bool_] = sums[bottom, right] - sums[top, right] - sums[bottom, left] + sums[top, left] > 0
    return found


def _scale(page: Any) -> float:
    return float(min(_SCALE, _LONGEST / max(*page.get_size(), 1.0)))
