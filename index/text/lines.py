"""Lines: a text goes in, its blocks come out, which are paragraphs, or lines that stand for themselves.

A line end inside a paragraph is a boundary unless the paragraph is wrapped by hand; then it is a space. That it is
wrapped has to be shown by its lines: they are near one width, and the word that begins a line would not have fitted on
the one before; lines begin in the middle of sentences; sentences end in the middle of lines. What a paragraph of two or
three lines doesn't show is taken from the rest of the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from index.text.rows import is_row

Span = tuple[int, int]

_BLANK_LINE = re.compile(r"\n[^\S\n]*+(?:\n[^\S\n]*+)++|\f|\u2029")
_LIST_MARKER = re.compile(
    r"[-*•◦▪–—+]\s|\(?(?:\d{1,3}|[a-zA-Z]|[ivxIVX]{1,4})[.)]\s|#{1,6}\s|\|"
    # "2.2 The tenant" (before a capital: "2.2 metres" may be within a sentence), "Article 2: Rent", "Step 1. Open it"
    r"|\d{1,3}(?:\.\d{1,3}){1,4}[.:)]?\s+(?=[^\W\d_a-zß-ÿ])|第\s?\d{1,3}\s?[条條章]"
    r"|(?:Article|Section|Clause|Step|Artikel|Articolo|Artículo|Artigo|Madde|§)\s?\d{1,3}(?:\.\d{1,3}){0,4}[.:)]\s"
)
_LABEL = re.compile(r"[^\W\d_][^\n:.!?]{0,30}: \S")  # "Mother: a teapot"
_ENDS, _CLOSERS = tuple(".!?:…؟۔।。！？"), "\"'”’»›)]」』*_"
_END_WITHIN = re.compile(r"[^\W_]{2}[.!?][\"”’)]? +[\"“‘(]?[^\W\d_a-zß-ÿ]|[。！？।]")
_STARTERS = re.compile(r"(?:The|An?|It|He|She|They|We|I|You|Our|My|This|These|There)\b")  # hardly within a sentence
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_OPENERS = "\"'“‘«‹„([{¿¡「『*_"

_SAMPLE = 50_000  # characters of a text that show how it is wrapped
_LONGEST_PARAGRAPH = 20_000  # characters; of a longer one the text shows how it is wrapped
_LONGEST_LINE = 120  # characters; a text with a longer one is not wrapped by hand
_NARROWEST = 30  # characters
_ROWS = 0.3  # more lines of a text than that are rows, and it was not wrapped by hand
_FULL = 0.75  # of the lines of a paragraph that is wrapped, at the least
_RAGGED = 0.82  # of the width: so far a line goes at the least that a person wrapped, and not a program


class _Evidence(NamedTuple):
    """What the line ends of a paragraph show that aren't at the end of a sentence, or in front of an item of a list.

    Of `breaks` line ends, `full` stand where the next word would not have fitted, `ragged` near there; `inside` are
    followed by a small letter. `is_prose` tells whether sentences end within its lines, or an item's lines hang below
    its mark; `is_begun` whether a line begins as sentences do; `is_labelled` whether lines begin with labels.
    """

    breaks: int = 0
    full: int = 0
    ragged: int = 0
    inside: int = 0
    is_prose: bool = False
    is_begun: bool = False
    is_labelled: bool = False


def each_block(text: str, begin: int, end: int) -> Iterator[Span]:
    """Yield the spans of the blocks of `text[begin:end]`, without white space around them.

    The rest of `text` is looked at to see how it is wrapped.
    """
    whole = _Whole(text)
    for start, paragraph_end in _paragraphs(text, begin, end):
        width, is_labelled = whole.wrapping(start, paragraph_end, is_cut=start == begin)
        at = text.find("\n", start, paragraph_end)
        while at != -1:
            if not width or not _is_wrapping(text, start, at, paragraph_end, width, is_labelled=is_labelled):
                if block := trim(text, start, at):
                    yield block
                start = at + 1
            at = text.find("\n", at + 1, paragraph_end)
        if block := trim(text, start, paragraph_end):
            yield block


def trim(text: str, start: int, end: int) -> Span | None:
    """Return the span without the white space at its ends, or None if it is nothing else."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return (start, end) if start < end else None


def _paragraphs(text: str, begin: int, end: int) -> Iterator[Span]:
    """Cut behind blank lines."""
    for match in _BLANK_LINE.finditer(text, begin, end):
        yield begin, match.end()
        begin = match.end()
    yield begin, end


class _Whole:
    """A text, and what is seen in all of it of how it is wrapped."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._width, self._evidence = _seen(text[:_SAMPLE])
        seen = self._evidence
        self._is_wrapped = seen.breaks >= 3 and seen.full >= 0.8 * seen.breaks and seen.inside >= 0.5 * seen.breaks

    def wrapping(self, start: int, end: int, *, is_cut: bool) -> tuple[int, bool]:
        """Return the width at which `text[start:end]` is wrapped, 0 if it isn't, and whether its lines have labels.

        It is a paragraph or a part of one, whose beginning may be missing if it `is_cut`; the whole is looked at.
        """
        if not self._width or self._text.find("\n", start, end) == -1:
            return 0, False
        first, last = self._bounds(start, end, is_cut=is_cut)
        if last - first > _LONGEST_PARAGRAPH:
            return (self._width if self._is_wrapped or _is_wrapped(self._evidence, sure=False) else 0), False
        lines = self._text[first:last].strip("\n").split("\n")
        for width in dict.fromkeys((self._width, max(map(len, lines)))):
            evidence = _evidence(lines, width)
            # The text speaks for its own width only.
            if width >= _NARROWEST and _is_wrapped(evidence, sure=self._is_wrapped and width == self._width):
                return width, evidence.is_labelled
        return 0, False

    def _bounds(self, start: int, end: int, *, is_cut: bool) -> Span:
        """Return where the paragraph ends of which `text[start:end]` is a part, or more than is looked at."""
        first = start
        if is_cut:
            first = max(0, start - _LONGEST_PARAGRAPH - 1)
            for match in _BLANK_LINE.finditer(self._text, first, start):
                first = match.end()
        if not self._text[end - 1].isspace():
            last = min(len(self._text), end + _LONGEST_PARAGRAPH + 1)
            following = _BLANK_LINE.search(self._text, end, last)
            return first, following.start() if following else last
        return first, end


@lru_cache(maxsize=16)  # a question reads several passages of a document, one by one
def _seen(sample: str) -> tuple[int, _Evidence]:
    """Return the common width of lines, 0 if they aren't wrapped by hand, and what the line ends show in all."""
    width = _common_width(sample)
    found = [_evidence(paragraph.split("\n"), width) for paragraph in _BLANK_LINE.split(sample)] if width else []
    return width, _Evidence(
        breaks=sum(one.breaks for one in found),
        full=sum(one.full for one in found),
        ragged=sum(one.ragged for one in found),
        inside=sum(one.inside for one in found),
        is_prose=any(one.is_prose for one in found),
    )


def _common_width(text: str) -> int:
    """Return the width of the longer lines of `text`, or 0 if they can't be wrapped by hand."""
    lines = [line.rstrip() for line in text.split("\n") if line.strip()]
    rows = sum(map(is_row, lines))
    if len(lines) < 2 or rows > _ROWS * len(lines):
        return 0
    lengths = sorted(map(len, lines))
    if lengths[-1] > _LONGEST_LINE and any(len(line) > _LONGEST_LINE and " " in line.strip() for line in lines):
        return 0
    width = lengths[int(0.95 * (len(lengths) - 1))]
    return next((one for one in (width, lengths[-1]) if one >= _NARROWEST), 0)


def _evidence(lines: list[str], width: int) -> _Evidence:
    """Return what the line ends show between the lines of a paragraph, if it is `width` wide."""
    lines = [line.rstrip() for line in lines]
    labels = sum(_LABEL.match(line) is not None for line in lines)
    is_labelled = labels >= 2 and 2 * labels >= len(lines)
    breaks = full = ragged = inside = 0
    is_begun = hangs = False
    for line, following in pairwise(lines):
        follows = following.lstrip()
        if not follows or not line or _is_ended(line) or _stands_alone(line, follows, is_labelled):
            continue
        needed = len(line) + 1 + _first_word(follows)
        first = follows.lstrip(_OPENERS)[:1]
        breaks += 1
        full += needed > width
        ragged += needed > _RAGGED * width
        inside += not (first.isupper() or first.isdigit())
        is_begun |= _STARTERS.match(follows) is not None
        hangs |= _indent(following) > _indent(line) and _LIST_MARKER.match(line.lstrip()) is not None
    last = [line for line in lines if line][-2:]
    goes_on = len(last) > 1 and _is_ended(last[1]) and not _is_ended(last[0])
    is_prose = hangs or goes_on or any(_END_WITHIN.search(line) for line in lines)
    return _Evidence(breaks, full, ragged, inside, is_prose, is_begun, is_labelled)


def _is_wrapped(seen: _Evidence, *, sure: bool) -> bool:
    """Tell whether that speaks for lines that were wrapped; `sure` if the rest of the text does."""
    if not seen.breaks:
        return sure
    if not seen.inside:  # each line begins as a sentence, an item or a name does
        return seen.full == seen.breaks and not seen.is_begun and (seen.is_prose or (sure and seen.breaks == 1))
    if seen.full >= _FULL * seen.breaks and (seen.is_prose or sure):
        return True
    if seen.breaks >= 4 and seen.full >= 0.9 * seen.breaks:
        return True
    return seen.is_prose and 2 * seen.inside >= seen.breaks and seen.ragged >= _FULL * seen.breaks


def _is_wrapping(text: str, start: int, at: int, end: int, width: int, *, is_labelled: bool) -> bool:
    """Tell whether the line end at `at` only wraps a line: the next word would not have fitted on the line before."""
    line_start = text.rfind("\n", max(0, start - _LONGEST_LINE - 1), at) + 1 or start  # it may begin before `start`
    next_end = text.find("\n", at + 1, end)
    following = text[at + 1 : end if next_end == -1 else next_end].strip()
    line = text[line_start:at].rstrip()
    if not following or _stands_alone(line, following, is_labelled):
        return False
    return len(line) + 1 + _first_word(following) > _RAGGED * width


def _stands_alone(line: str, following: str, is_labelled: bool) -> bool:
    """Tell whether the line after `line` is no part of what goes before, whatever is known of their lengths."""
    if _LIST_MARKER.match(following) or is_row(following) or is_row(line):
        return True
    return is_labelled and _LABEL.match(following) is not None


def _is_ended(line: str) -> bool:
    """Tell whether a sentence, or what leads to a list, ends with the line."""
    return line.endswith(_ENDS) or line.rstrip(_CLOSERS).endswith(_ENDS)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _first_word(line: str) -> int:
    """Return the length of the first word of a line."""
    return 1 if _UNSPACED.match(line) else len(line.split(None, 1)[0])
