"""Characters: text as any program may have written it goes in, text that shows all that it holds comes out.

What can't be encoded is replaced. What no reader of a text sees is taken out: control characters, marks that turn the
direction of writing, characters without width. They serve to hide words, to show a text other than it is read, and to
keep words from being found. What stays of them stays where writing needs it: joiners in Persian, in the scripts of
India and in emoji, a variation selector behind what it varies.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

_AT_ONCE = 1 << 20  # characters that are looked at in one step: a step takes some twenty bytes for each
_LINE_END, _SPACE, _CARRIAGE_RETURN = 0x0A, 0x20, 0x0D
_NON_JOINER, _JOINER = 0x200C, 0x200D
_LINE_ENDS = (0x0B, _CARRIAGE_RETURN, 0x85, 0x2028)  # vertical tab, NEL, line separator: none of them ends a paragraph
_SEPARATORS = ((0x1C, 0x1F),)  # of files, groups, records, units: white space to those who write them
_CONTROLS = ((0x00, 0x08), (0x0E, 0x1B), (0x7F, 0x84), (0x86, 0x9F))
# Unicode's Default_Ignorable_Code_Point (DerivedCoreProperties.txt) with the interlinear annotations, but without what
# is named below and the Hangul fillers, which are as wide as a letter.
_UNSEEN = (
    *((0xAD, 0xAD), (0x34F, 0x34F), (0x61C, 0x61C), (0x17B4, 0x17B5), (0x180E, 0x180E), (0x200B, 0x200B)),
    *((0x200E, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0xFEFF, 0xFEFF), (0xFFF0, 0xFFFB)),
    *((0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A), (0xE0000, 0xE00FF), (0xE01F0, 0xE0FFF)),
)
_SELECTORS = ((0x180B, 0x180D), (0x180F, 0x180F), (0xFE00, 0xFE0F), (0xE0100, 0xE01EF))
_JOINERS = ((_NON_JOINER, _JOINER),)
# Arabic, Syriac, N'Ko and their like; India, Tibet, Burma; Khmer and Mongolian; the others of South-East Asia.
_JOINING_SCRIPTS = (
    *((0x600, 0x8FF), (0x900, 0x109F), (0x1780, 0x18AF), (0x1A20, 0x1CFF), (0xA800, 0xA9FF), (0xAA00, 0xAADF)),
    *((0xABC0, 0xABFF), (0xFB50, 0xFDFF), (0xFE70, 0xFEFC), (0x10A00, 0x10AFF), (0x10D00, 0x11FFF), (0x1E900, 0x1E95F)),
)
_EMOJI = ((0x2190, 0x21FF), (0x2300, 0x23FF), (0x2600, 0x27BF), (0x2900, 0x297F), (0x2B00, 0x2BFF), (0x1F000, 0x1FAFF))
_VIRAMA_CLASS = 9  # the canonical combining class of the signs that take a consonant's vowel away

_DROPPED, _SELECTS, _JOINS, _SCRIPT, _PICTURE, _VIRAMA, _BLANK = (1 << bit for bit in range(7))


def _set(*ranges: tuple[int, int]) -> str:
    return "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in ranges)


_ENDS = tuple((code, code) for code in _LINE_ENDS)
_HALVES = re.compile("[\ud800-\udfff]")
_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")
_ODD_SET = _set(*_ENDS, *_SEPARATORS, *_CONTROLS, *_UNSEEN, *_SELECTORS, *_JOINERS)
_ODD = re.compile(f"[{_ODD_SET}]")
_NOT_ODD = re.compile(f"[^{_ODD_SET}]")


class Cleaned(NamedTuple):
    """A text made clean, the same object if it was; `dropped` are the offsets of what is gone, in order, int64."""

    text: str
    dropped: NDArray[np.int64]


def clean_text(text: str) -> str:
    """Return `text` without what no reader of it sees, half surrogates replaced, and each line end a line feed."""
    for step in STEPS:
        text = step(text).text
    return text


def join_surrogates(text: str) -> Cleaned:
    """Return `text` with the two halves of a character as that character, and U+FFFD for a half without the other."""
    if not _HALVES.search(text):
        return Cleaned(text, _NONE)
    halves = np.fromiter((pair.start() + 1 for pair in _PAIR.finditer(text)), dtype=np.int64)
    return Cleaned(text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace"), halves)


def drop_unseen(text: str) -> Cleaned:
    """Return `text` without what no reader of it sees, and each line end a line feed; there are no surrogates in it."""
    if not _ODD.search(text):
        return Cleaned(text, _NONE)
    parts: list[str] = []
    dropped: list[NDArray[np.int64]] = []
    start, before = 0, _SPACE
    while start < len(text):
        following = _NOT_ODD.search(text, start + _AT_ONCE)
        end = following.end() if following else len(text)  # behind a character that stays, whatever comes after it
        codes = np.frombuffer(text[start:end].encode("utf-32-le"), dtype=np.uint32).copy()
        is_dropped = _plain_line_ends(codes) | _is_unseen(codes, before)
        parts.append(codes[~is_dropped].tobytes().decode("utf-32-le"))
        dropped.append(start + np.flatnonzero(is_dropped))
        start, before = end, int(codes[-1])
    cleaned = "".join(parts)
    return Cleaned(text if cleaned == text else cleaned, np.concatenate(dropped))


_NONE = np.zeros(0, dtype=np.int64)
STEPS = (join_surrogates, drop_unseen)  # each with offsets in what the one before it returns


def _plain_line_ends(codes: NDArray[np.uint32]) -> NDArray[np.bool_]:
    """Make each line end in `codes` [n] a line feed; return which are to be dropped, as a line feed follows."""
    doubled = np.zeros(len(codes), dtype=np.bool_)
    doubled[:-1] = (codes[:-1] == _CARRIAGE_RETURN) & (codes[1:] == _LINE_END)
    codes[np.isin(codes, _LINE_ENDS) & ~doubled] = _LINE_END
    for first, last in _SEPARATORS:
        codes[(codes >= first) & (codes <= last)] = _SPACE
    return doubled


def _is_unseen(codes: NDArray[np.uint32], before: int) -> NDArray[np.bool_]:
    """Return which of `codes` [n] no reader sees; `before` is the code in front of them, the last one is seen.

    Of each row of such characters stay at most the first variation selector and the first joiner, where they belong.
    """
    kinds = _kinds()
    kind = kinds[codes]
    at = np.flatnonzero(kind & (_DROPPED | _SELECTS | _JOINS))
    unseen = np.zeros(len(codes), dtype=np.bool_)
    unseen[at] = True
    if not (kind[at] & (_SELECTS | _JOINS)).any():
        return unseen
    begins = np.flatnonzero(np.diff(at, prepend=-2) != 1)
    ends = np.append(begins[1:], len(at)) - 1
    row = np.repeat(np.arange(len(begins)), ends - begins + 1)
    left = np.where(at[begins] > 0, kind[at[begins] - 1], kinds[before])
    right = np.append(kind, _BLANK)[at[ends] + 1]
    pictures = (left & right & _PICTURE) > 0
    letters = ((left & right & _SCRIPT) > 0) | ((left & _VIRAMA) > 0)
    varied = (left & _BLANK) == 0
    for chosen, fits in (
        ((kind[at] & _SELECTS) > 0, varied[row]),
        ((kind[at] & _JOINS) > 0, letters[row] | (pictures[row] & (codes[at] == _JOINER))),
    ):
        candidates = np.flatnonzero(chosen & fits)
        _, first = np.unique(row[candidates], return_index=True)
        unseen[at[candidates[first]]] = False
    return unseen


@cache
def _kinds() -> NDArray[np.uint8]:
    """Return what kind each code is of, uint8 [codes]: bits that are named above."""
    kinds = np.zeros(0x110000, dtype=np.uint8)
    for bit, ranges in (
        (_DROPPED, (*_CONTROLS, *_UNSEEN)),
        (_SELECTS, _SELECTORS),
        (_JOINS, _JOINERS),
        (_SCRIPT, _JOINING_SCRIPTS),
        (_PICTURE, _EMOJI),
    ):
        for first, last in ranges:
            kinds[first : last + 1] |= bit
    for code in range(0x900, 0x12000):
        if unicodedata.combining(chr(code)) == _VIRAMA_CLASS:
            kinds[code] |= _VIRAMA
    for code in range(0x3001):
        if chr(code).isspace():
            kinds[code] |= _BLANK
    return kinds
