"""PDF: what pdfium knows of the characters of a page, asked with as few and as cheap calls as it takes.

pdfium is asked for each character alone, some ten thousand calls for a full page: they take most of the time of a PDF.
"""

from __future__ import annotations

import ctypes
import sys
import unicodedata
from collections import deque
from collections.abc import Callable
from itertools import pairwise, repeat
from typing import Any

import numpy as np
import pypdfium2.raw as pdfium_c
from numpy.typing import NDArray

from index.readers.hidden import hidden_passages
from index.readers.pdf.accents import compose_accents
from index.readers.pdf.file import plain_function
from index.readers.pdf.hidden import hidden_characters, hidden_runs
from index.readers.pdf.lines import Characters

_WHITE = frozenset(map(ord, " \t\r\n\u00a0"))
_FORCED_BOLD = 1 << 18  # a flag of the PDF font descriptor
_BOLD_NAMES = ("bold", "black", "heavy", "demi")
_TOO_HIGH = 4.5  # times the ink of a letter; usual is 1.3 to 2.5
_LEAST_INK = 0.5  # points
_FEWEST_BARE = 40  # characters of a page that tell whether its fonts say no height
_LEAST_FILLED = 0.3  # of a font's size by the ink of most letters
_MATHEMATICAL = range(0x1D400, 0x1D800)
# The letters of the font Symbol from 0x20 on, where programs without Unicode put them into private use.
_SYMBOL_LETTERS = (
    " !∀#∃%&∋()∗+,-./0123456789:;<=>?≅ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ[∴]⊥_ αβχδεφγηιϕκλμνοπθρστυϖωξψζ{|}∼ "
    + " " * 33
    + "ϒ′≤⁄∞ƒ♣♦♥♠↔←↑→↓°±″≥×∝∂•÷≠≡≈…  ↵ℵℑℜ℘⊗⊕∅∩∪⊃⊇⊄⊂⊆∈∉∠∇®©™∏√⋅¬∧∨⇔⇐⇑⇒⇓◊〈®©™∑           〉∫             "
)
_SYMBOLS = range(0xF020, 0xF020 + len(_SYMBOL_LETTERS))
_UNSAID = frozenset(range(1, 0x20)) - {0x02, 0x09, 0x0A, 0x0D}  # control characters but pdfium's hyphen, white space
_MOST_SIGNS = 2  # kinds of them on a page
_MINUS, _UNKNOWN = ord("−"), ord("□")
_FARTHEST = 1e5  # points: no page reaches as far


_OF_CHARACTER = (ctypes.c_int, ctypes.c_size_t, ctypes.c_int)  # what they return, the page's text, the character
_char_box = plain_function("FPDFText_GetCharBox", *_OF_CHARACTER, *[ctypes.c_size_t] * 4)
_loose_char_box = plain_function("FPDFText_GetLooseCharBox", *_OF_CHARACTER, ctypes.c_size_t)
_is_generated = plain_function("FPDFText_IsGenerated", *_OF_CHARACTER)


def read_characters(page: Any, text_page: Any) -> Characters:
    """Return the characters of a page; those that stand outside of it, or that no eye sees, have the code 0."""
    raw, count = text_page.raw, max(0, text_page.count_chars())
    codes = _of_symbols(raw, _joined(_codes(raw, count)))
    handle = ctypes.cast(raw, ctypes.c_void_p).value
    generated = [code in _WHITE and _is_generated(handle, index) == 1 for index, code in enumerate(codes)]
    tight_boxes = _tight_boxes(raw, count)
    with np.errstate(all="ignore"):  # broken files have characters at infinity
        loose_boxes = _sane_boxes(raw, _loose_boxes(raw, count), tight=tight_boxes)
        to_shown = _shown(page)
        tight, loose = to_shown(tight_boxes), to_shown(loose_boxes)
        width, height = page.get_size()
        across, down = (loose[:, 0] + loose[:, 2]) / 2, (loose[:, 1] + loose[:, 3]) / 2
        inside = (across >= -1) & (across <= width + 1) & (down >= -1) & (down <= height + 1)
    tight, loose = _finite(tight), _finite(loose)
    hidden = hidden_characters(page, text_page, boxes=_finite(loose_boxes), shown=loose)
    unseen = hidden_passages(hidden_runs(codes, hidden & inside))
    for index in np.flatnonzero(~inside | hidden):
        if codes[index] not in _WHITE:
            codes[index] = 0
    _show_signs(codes, tight=tight)
    compose_accents(codes, generated, tight=tight, loose=loose)
    return Characters(codes, np.array(generated, dtype=np.bool_), tight, loose, unseen)


def is_bold(text_page: Any, index: int) -> bool:
    """Tell whether a character is set in bold letters."""
    name, flags = _font(text_page.raw, index)
    weight = pdfium_c.FPDFText_GetFontWeight(text_page.raw, index)
    return bool(flags & _FORCED_BOLD) or weight >= 700 or any(word in name for word in _BOLD_NAMES)


def _font(raw: Any, index: int) -> tuple[str, int]:
    """Return the name of a character's font in small letters, and its flags."""
    name = ctypes.create_string_buffer(128)
    flags = ctypes.c_int()
    pdfium_c.FPDFText_GetFontInfo(raw, index, name, len(name), ctypes.byref(flags))
    return name.value.decode("utf-8", errors="ignore").lower(), flags.value


def shown_boxes(page: Any, boxes: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return boxes in the page's own coordinates, [n, 4] as (left, top, right, bottom), as the page is shown."""
    with np.errstate(all="ignore"):
        return _finite(_shown(page)(boxes))


def _finite(boxes: NDArray[np.float32]) -> NDArray[np.float32]:
    boxes = np.nan_to_num(boxes, nan=0.0, posinf=_FARTHEST, neginf=-_FARTHEST)
    return np.clip(boxes, -_FARTHEST, _FARTHEST).astype(np.float32)


def _codes(raw: Any, count: int) -> list[int]:
    """Return the unit of UTF-16 of each character, in one call where no character is left out by that."""
    units = np.zeros(count + 1, dtype=np.uint16)
    pointer = units.ctypes.data_as(ctypes.POINTER(ctypes.c_ushort))
    written = pdfium_c.FPDFText_GetText(raw, 0, count, pointer) if count else 1
    if written == count + 1:
        codes: list[int] = units[:count].tolist()
        return codes
    return [pdfium_c.FPDFText_GetUnicode(raw, index) for index in range(count)]


def _joined(codes: list[int]) -> list[int]:
    """Return the codes with two halves of one as the whole, and a 0 after it; mathematical letters become plain."""
    if max(codes, default=0) < 0xD800:
        return codes
    codes = [code if code <= sys.maxunicode else 0 for code in codes]
    for index, (code, after) in enumerate(pairwise(codes)):
        if 0xD800 <= code < 0xDC00 <= after < 0xE000:
            whole = 0x10000 + ((code - 0xD800) << 10) + after - 0xDC00
            plain = unicodedata.normalize("NFKC", chr(whole)) if whole in _MATHEMATICAL else ""
            codes[index], codes[index + 1] = ord(plain) if len(plain) == 1 else whole, 0
    return codes


def _of_symbols(raw: Any, codes: list[int]) -> list[int]:
    """Return the codes with those of the font Symbol, which Word writes for "≥", as what they look like."""
    if max(codes, default=0) < _SYMBOLS.start:
        return codes
    for index, code in enumerate(codes):
        if code in _SYMBOLS and _SYMBOL_LETTERS[code - _SYMBOLS.start] != " " and "symbol" in _font(raw, index)[0]:
            codes[index] = ord(_SYMBOL_LETTERS[code - _SYMBOLS.start])
    return codes


def _show_signs(codes: list[int], *, tight: NDArray[np.float32]) -> None:
    """Put a sign before each number whose own a font says as a control character: a minus if it is drawn as one.

    That is a bar at half the height of the digit right behind it. What is drawn otherwise becomes a box: a number that
    loses its sign says something else. A font with many such characters has them for letters.
    """
    said = _UNSAID.intersection(codes)
    if not 0 < len(said) <= _MOST_SIGNS:
        return
    for index, code in enumerate(codes[:-1]):
        if code not in said or not 0x30 <= codes[index + 1] < 0x3A:
            continue
        left, top, right, bottom = tight[index].tolist()
        start, upper, _, lower = tight[index + 1].tolist()
        high, middle = lower - upper, (top + bottom) / 2
        is_before = -0.2 * high < start - right < 0.6 * high and upper - 0.2 * high < middle < lower + 0.2 * high
        begins = not index or not chr(codes[index - 1]).isalnum()
        if is_before and begins and 0 < bottom - top < 1.3 * high:
            is_bar = bottom - top < 0.2 * high and right - left > 2 * (bottom - top)
            codes[index] = _MINUS if is_bar and abs(middle - (upper + lower) / 2) < 0.2 * high else _UNKNOWN


def _loose_boxes(raw: Any, count: int) -> NDArray[np.float32]:
    """Return the fonts' boxes, [count, 4] as (left, top, right, bottom) in the page's own coordinates."""
    boxes = np.zeros((count, 4), dtype=np.float32)
    first, row = boxes.ctypes.data, 4 * boxes.itemsize
    _call(_loose_char_box, raw, range(count), range(first, first + row * count, row))
    return boxes


def _tight_boxes(raw: Any, count: int) -> NDArray[np.float32]:
    """Return the boxes of the ink, like `_loose_boxes`."""
    boxes = np.zeros((count, 4), dtype=np.float64)
    first, row = boxes.ctypes.data, 4 * boxes.itemsize
    left, top, right, bottom = (range(first + 8 * side, first + 8 * side + row * count, row) for side in range(4))
    _call(_char_box, raw, range(count), left, right, bottom, top)
    with np.errstate(all="ignore"):
        return boxes.astype(np.float32)


def _call(function: Callable[..., Any], raw: Any, *arguments: range) -> None:
    """Call a function for all characters."""
    handle = ctypes.cast(raw, ctypes.c_void_p).value
    deque(map(function, repeat(handle), *arguments), maxlen=0)


def _sane_boxes(raw: Any, loose: NDArray[np.float32], *, tight: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the fonts' boxes, put right where they are many times as high as the letters are, or just as high as each.

    Some programs write nonsense for ascent and descent, or nothing at all; the font's size and the line that letters
    stand on stay true.
    """
    heights, inks = loose[:, 1] - loose[:, 3], tight[:, 1] - tight[:, 3]
    inked = np.count_nonzero(inks > _LEAST_INK)
    high = np.count_nonzero((heights > _TOO_HIGH * inks) & (inks > _LEAST_INK)) > 0.05 * inked  # fewer are dashes, dots
    bare = np.flatnonzero((np.abs(heights - inks) < 0.02 * inks) & (inks > _LEAST_INK))
    if not high and len(bare) <= max(_FEWEST_BARE, 0.5 * inked):
        return loose
    sizes, lines = _sizes(raw, np.flatnonzero(heights > 0).tolist(), len(loose))
    wrong = (np.abs(heights - sizes) > 0.6 * sizes) & (sizes > 0)
    if not high:
        filled = float(np.median(inks[bare] / sizes[bare]))
        wrong = (sizes > 0) if _LEAST_FILLED < filled < 1 else np.zeros_like(wrong)
    loose = loose.copy()
    loose[wrong, 1], loose[wrong, 3] = (lines + 0.8 * sizes)[wrong], (lines - 0.2 * sizes)[wrong]
    return loose


def _sizes(raw: Any, indices: list[int], count: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the sizes of upright characters as their fonts say, and the heights of the lines they stand on; else 0."""
    sizes, lines = np.zeros(count, dtype=np.float32), np.zeros(count, dtype=np.float32)
    matrix = pdfium_c.FS_MATRIX()
    across, up = ctypes.c_double(), ctypes.c_double()
    for index in indices:
        pdfium_c.FPDFText_GetMatrix(raw, index, ctypes.byref(matrix))
        if abs(matrix.d) > abs(matrix.c) and abs(matrix.a) > 10 * abs(matrix.b):
            pdfium_c.FPDFText_GetCharOrigin(raw, index, ctypes.byref(across), ctypes.byref(up))
            sizes[index] = pdfium_c.FPDFText_GetFontSize(raw, index) * (matrix.c**2 + matrix.d**2) ** 0.5
            lines[index] = up.value
    return sizes, lines


def _shown(page: Any) -> Callable[[NDArray[np.float32]], NDArray[np.float32]]:
    """Return the way from the page's own coordinates to points from the top left corner of the page as shown."""
    left, bottom, right, top = page.get_bbox()
    rotation = page.get_rotation()

    def convert(boxes: NDArray[np.float32]) -> NDArray[np.float32]:
        x0, y1, x1, y0 = boxes.T
        sides = {
            0: (x0 - left, top - y1, x1 - left, top - y0),
            90: (y0 - bottom, x0 - left, y1 - bottom, x1 - left),
            180: (right - x1, y0 - bottom, right - x0, y1 - bottom),
            270: (top - y1, right - x1, top - y0, right - x0),
        }[rotation]
        return np.stack(sides, axis=1).astype(np.float32)

    return convert
