"""PDF: words whose letters are set apart, as in headings: a line in, the line with each word's letters together out."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from index.readers.pdf.lines import Boxes, Line

_LETTERS_APART = re.compile(r"(?<!\S)[^\W\d_]{1,2}(?: [^\W\d_]{1,2}){4,}(?=[.,:;!?]?(?!\S))")
_SINGLE = 0.6  # of the pieces between spaces are single letters
_WIDEST = 0.6  # of the font's size: letters of one word are no further apart
_WIDER = 1.5  # than the gaps between letters: a gap between words, which is wider
_BY = 0.2  # of the font's size, too
_EVEN = 0.05  # how far equal steps from letter to letter may differ
_VOWELS = frozenset("aeiouy")


def close_up(line: Line) -> Line:
    """Return the line with "T h e t e n a n t" as "The tenant"; columns and lists of letters stay as they are."""
    dropped: list[int] = []
    if line.angle == 0:
        for found in _LETTERS_APART.finditer(line.text):
            dropped += _needless_spaces(line, *found.span())
    if not dropped:
        return line
    kept = np.ones(len(line.text), dtype=np.bool_)
    kept[dropped] = False
    text = "".join(character for character, stays in zip(line.text, kept.tolist(), strict=True) if stays)
    return replace(line, text=text, boxes=line.boxes[kept])


def _needless_spaces(line: Line, start: int, end: int) -> list[int]:
    """Return the spaces between letters of one word in a run of letters, nearly each with a space after it."""
    pieces = line.text[start:end].split(" ")
    if sum(len(piece) == 1 for piece in pieces) < _SINGLE * len(pieces):
        return []
    places = [place for place in range(start, end) if line.text[place] != " "]
    letters = line.boxes[places]
    gaps = (letters[1:, 0] - letters[:-1, 2]) / line.size
    steps = (letters[1:, 0] - letters[:-1, 0]) / line.size
    if not np.isfinite(steps + gaps).all():
        return []
    middle = float(np.median(steps))
    # Letters at equal steps have wider gaps after a narrow one.
    inner = _within_words(steps if np.median(np.abs(steps - middle)) < _EVEN * middle else gaps)
    text = "".join(pieces)
    if gaps[inner].max(initial=0) > _WIDEST or not _are_words(text, inner.tolist()):
        return []
    return [
        place + 1
        for place, after, joined in zip(places, places[1:], inner.tolist(), strict=False)
        if joined and after > place + 1
    ]


def _within_words(gaps: Boxes) -> NDArray[np.bool_]:
    """Return which gaps are between letters of one word: those below the place where they, sorted, jump most."""
    ordered = np.maximum(np.sort(gaps), 0.05)
    ratios = ordered[1:] / ordered[:-1]
    jump = int(ratios.argmax())
    if ratios[jump] < _WIDER or ordered[jump + 1] - ordered[jump] < _BY:
        return np.ones(len(gaps), dtype=np.bool_)
    within: NDArray[np.bool_] = gaps < ordered[jump + 1]
    return within


def _are_words(text: str, joined: list[bool]) -> bool:
    """Tell whether letters make words: not "A B C D E", not "X X X X X", not the days of a week."""
    plain = text.casefold()
    if plain == "".join(sorted(plain)) or (plain.isascii() and _VOWELS.isdisjoint(plain)):
        return False
    words = [text[0]]
    for letter, is_joined in zip(text[1:], joined, strict=True):
        if is_joined:
            words[-1] += letter
        else:
            words.append(letter)
    return max(map(len, words)) > 1 and all(word.isupper() or word[1:].islower() or len(word) == 1 for word in words)
