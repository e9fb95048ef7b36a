"""PDF: what a line at the edge of a page says, and which number in it may be the page's own.

In: a line. Out: its readings. Which of them is right, other pages tell: a page's number counts the pages.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from index.readers.pdf.lines import Line

_NUMBER = r"\d{1,4}|[ivxlc]{1,7}"
_WORD = r"pages?|seite|p[aá]gina|pág|side|sid[ae]n?|sivu|stran[ay]|strona|стр|slide|folie|sheet|blatt|pg|p"
_OF = "of|/|von|de|di|av|af|van|z|из"
_ALONE = re.compile(
    rf"[\W_]*(?:(?P<word>{_WORD})\b\W{{0,3}})?(?:[A-Z]{{1,2}}[-–]|\d{{1,2}}[-–])?(?P<number>{_NUMBER})"
    rf"(?:\s*(?:{_OF})\s*\d{{1,4}})?[\W_]*",
    re.IGNORECASE,
)
_NAMED = re.compile(rf"\b(?:{_WORD})[.:]? ?(?P<number>{_NUMBER})\b", re.IGNORECASE)
_LEADING = re.compile(rf"(?P<number>{_NUMBER}) (?=\S)", re.IGNORECASE)
_TRAILING = re.compile(rf"(?<=\S) (?P<number>{_NUMBER})$", re.IGNORECASE)
_OF_ALL = re.compile(rf"(?<!\S)(?P<number>\d{{1,4}}) ?(?:{_OF}) ?(?P<all>\d{{1,4}})$", re.IGNORECASE)
_LABEL = re.compile(r"(?:[:#№]|\b(?:no|nr|num|id)\.?)$", re.IGNORECASE)
_ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}
_YEARS = range(1900, 2100)  # which count pages too seldom to be taken for their numbers
_SEPARATORS = frozenset("|–—•·/-")
_SET_OFF = 1.0  # of the font's size: no space between words is as wide
_FURTHEST = 20  # that the number at a line's end may be ahead of the page: beyond, it numbers slips or invoices


class Numbered(NamedTuple):
    """What a line says but for its page number, and how far that is ahead of the page, None without such a number.

    `is_number` tells that it says nothing else, `is_sure` that it names the page on which it stands as "page 3".
    """

    text: str
    ahead: int | None = None
    is_number: bool = False
    is_sure: bool = False


def readings(line: Line) -> list[Numbered]:
    """Return how a line may be read: first with all its numbers as they are, then with each that may be the page's."""
    found = [Numbered(_kept(line, ""))]
    if alone := _ALONE.fullmatch(line.text):
        value = _value(alone["number"])
        if value not in _YEARS:
            reading = _without(line, alone)
            found.append(reading._replace(is_number=True, is_sure=len(alone["word"] or "") > 2 and not reading.ahead))
        return found
    return found + [_without(line, number) for number in _numbers(line) if _value(number["number"]) not in _YEARS]


def _numbers(line: Line) -> Iterator[re.Match[str]]:
    """Yield the numbers that may be the page's: named so, one "of" all, or set off at an end of the line."""
    if named := _NAMED.search(line.text):
        yield named
    if (one := _OF_ALL.search(line.text)) and int(one["number"]) <= int(one["all"]) not in _YEARS:
        yield one
    if (leading := _LEADING.match(line.text)) and _is_set_off(line, leading.end("number"), before=False):
        yield leading
    if (trailing := _TRAILING.search(line.text)) and _is_set_off(line, trailing.start("number"), before=True):
        is_near = _value(trailing["number"]) - line.page <= _FURTHEST
        if is_near and not _LABEL.search(line.text[: trailing.start()]):
            yield trailing


def _without(line: Line, number: re.Match[str]) -> Numbered:
    start, end = number.span("number")
    text = f"{line.text[:start]}\0{line.text[end:]}"
    return Numbered(_kept(line, text), _value(number["number"]) - line.page)


def _kept(line: Line, text: str) -> str:
    """Return what stays the same from page to page."""
    return f"{round(line.size)} {(text or line.text).casefold()}"


def _value(number: str) -> int:
    if number.isdigit():
        return int(number)
    values = [_ROMAN.get(letter, 0) for letter in number.lower()]
    return sum(-one if one < after else one for one, after in zip(values, [*values[1:], 0], strict=True))


def _is_set_off(line: Line, edge: int, *, before: bool) -> bool:
    """Tell whether a wide gap or a separator stands before or after the edge of a number; a space is at its side."""
    inner, outer = (edge - 2, edge) if before else (edge + 1, edge - 1)
    if line.text[inner] in _SEPARATORS:
        return True
    left, right = sorted((inner, outer))
    gap = float(line.boxes[right, 0] - line.boxes[left, 2])
    return bool(np.isfinite(gap)) and gap > _SET_OFF * line.size
