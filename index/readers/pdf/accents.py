"""PDF: accents that a page sets as signs of their own, as TeX does, are put on the letters that they stand on."""

from __future__ import annotations

import unicodedata

import numpy as np
from numpy.typing import NDArray

_COMBINING = {
    0x60: "\u0300", 0xB4: "\u0301", 0x2C6: "\u0302", 0x2DC: "\u0303", 0xAF: "\u0304", 0x2D8: "\u0306",
    0x2D9: "\u0307", 0xA8: "\u0308", 0x2DA: "\u030a", 0x2DD: "\u030b", 0x2C7: "\u030c", 0xB8: "\u0327", 0x2DB: "\u0328",
}  # fmt: skip
_DOTLESS = {0x131: "i", 0x237: "j"}
_NEAR = 8  # characters: how far from its letter an accent may stand in the page's program
_OFF_CENTER = 0.35  # of the letter's width


def compose_accents(
    codes: list[int], generated: list[bool], *, tight: NDArray[np.float32], loose: NDArray[np.float32]
) -> None:
    """Put each accent that stands on a letter into that letter's code; its own becomes 0. Boxes as on the page."""
    for index in [index for index, code in enumerate(codes) if code in _COMBINING]:
        letter = _letter_below(index, codes, tight=tight, loose=loose)
        if letter is None:
            continue
        plain = _DOTLESS.get(codes[letter]) or chr(codes[letter])
        composed = unicodedata.normalize("NFC", plain + _COMBINING[codes[index]])
        if len(composed) == 1:
            codes[letter], codes[index] = ord(composed), 0
            # What pdfium puts between the two, or before an accent that comes late, parts no words.
            for between in (index - 1,) if letter < index else range(index + 1, letter):
                if generated[between]:
                    codes[between] = 0


def _letter_below(
    accent: int, codes: list[int], *, tight: NDArray[np.float32], loose: NDArray[np.float32]
) -> int | None:
    """Return the letter whose middle is that of the accent, and whose height reaches up to it."""
    left, top, right, bottom = tight[accent].tolist()
    across, down = (left + right) / 2, (top + bottom) / 2
    best, least = None, _OFF_CENTER
    for index in range(max(0, accent - _NEAR), min(len(codes), accent + _NEAR + 1)):
        if index == accent or not (codes[index] in _DOTLESS or chr(codes[index]).isalpha()):
            continue
        letter_left, letter_top, letter_right, letter_bottom = loose[index].tolist()
        width, height = letter_right - letter_left, letter_bottom - letter_top
        if width > 0 and letter_top - 0.3 * height < down < letter_bottom + 0.1 * height:
            off = abs(across - (letter_left + letter_right) / 2) / width
            if off < least:
                best, least = index, off
    return best
