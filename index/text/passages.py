"""Passages: a document goes in, spans of whole sentences come out, small enough for the embedding model.

The passages of a document tile it: in order, without overlap, and every character but white space is in one of them.

    sentences -> pieces (tokens counted, long sentences cut) -> passages (pieces joined) -> drafts (headings, page)

Each step takes what the one before yields, so that no more of a document is held than its text and its passages.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

from index.records import Document, Heading
from index.text.captions import LONGEST_ROW, Caption, find_captions
from index.text.lines import Span
from index.text.rows import cells_of
from index.text.sentences import each_sentence

MAX_TOKENS = 200  # of the embedding model's tokenizer: with title and headings it stays below the model's 256
MAX_CHARACTERS = 3000  # of a passage: a "word" of a thousand letters may be a single token
LONGEST_HEADING = 500  # characters of the path of headings, which is embedded and indexed with each passage
_LONGEST_LABEL = 240  # characters of one heading in it
_ENOUGH_TOKENS = 100  # from here on a passage ends where a paragraph does
_HEADING_SEPARATOR = " › "
_BATCH = 512  # sentences that are tokenised at once
_BATCH_CHARACTERS = 60_000  # likewise: a token takes a hundred times the memory of a letter
_WINDOW = 30_000  # characters of a long sentence that are tokenised at once
# Behind what a long sentence is cut, the better ones first: rows of tables have semicolons, addresses have colons.
_CUTS = (("; ", "；"), (", ", ": ", "、", "，", "："), (" ", "\n", "\t"), (";", ",", ":"))
_ROW_LABEL = 120  # characters of a row's first cells, which stand above what is cut off of it

TokenStarts = Callable[[Sequence[str]], list[list[int]]]  # for each text, the offsets at which its tokens begin
Report = Callable[[int, int], None]  # is told how many characters are done, and of how many


@dataclass(frozen=True, slots=True)
class Draft:
    """A passage that has no number yet."""

    start: int
    end: int
    heading: str
    page: int | None


class _Piece(NamedTuple):
    """A sentence or a part of one, its tokens (0 if not counted yet), and whether a paragraph begins with it."""

    start: int
    end: int
    tokens: int
    is_first: bool


def _unheard(_done: int, _total: int) -> None:
    """Take a report that nobody waits for."""


def split_document(
    document: Document, token_starts: TokenStarts, *, max_tokens: int = MAX_TOKENS, report: Report = _unheard
) -> list[Draft]:
    """Split `document` into passages of at most `max_tokens` tokens, at ends of sentences wherever there are any."""
    sentences = (_Piece(start, end, 0, is_first) for (start, end), is_first in each_sentence(document.text))
    pieces = _Cutter(document.text, token_starts, max_tokens, report).counted(sentences)
    return list(_drafts(document, _pack(pieces, document.headings, max_tokens)))


# --- pieces ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Cutter:
    """Counts the tokens of the sentences of a text, and cuts those that are too long."""

    text: str
    token_starts: TokenStarts
    max_tokens: int
    report: Report

    def counted(self, pieces: Iterable[_Piece]) -> Iterator[_Piece]:
        """Yield the pieces with their tokens counted; those with too many, or too long, in parts."""
        for batch in _batches(pieces):
            counted = self.token_starts([self.text[one.start : min(one.end, one.start + _WINDOW)] for one in batch])
            for piece, starts in zip(batch, counted, strict=True):
                length = piece.end - piece.start
                if length == 1 or (len(starts) <= self.max_tokens and length <= MAX_CHARACTERS):
                    yield piece._replace(tokens=len(starts))
                    continue
                for is_counted, parts in groupby(self._parts(piece, starts), lambda part: part.tokens > 0):
                    if is_counted:
                        yield from parts
                    else:
                        yield from self.counted(parts)
            self.report(batch[-1].end, len(self.text))

    def _parts(self, piece: _Piece, starts: Sequence[int]) -> Iterator[_Piece]:
        """Cut a long piece by the `starts` of the tokens of its first window, and by those of the windows after it.

        The tokens between two cuts that are no place in a word are those of the part alone, and count. A part of a
        word may be other tokens than it was within the word: such parts come with 0 tokens, to be counted.
        """
        start, window, is_inside = piece.start, piece.start, False
        while start < piece.end:
            window_end = min(piece.end, window + _WINDOW)
            if window_end < piece.end and start + MAX_CHARACTERS > window_end:  # what follows may be cut by the window
                self.report(start, len(self.text))
                window = start
                starts = self.token_starts([self.text[window : min(piece.end, window + _WINDOW)]])[0]
                continue
            first = bisect_left(starts, start - window)
            past = first + self.max_tokens
            limit = window + starts[past] if past < len(starts) else piece.end
            cut = _cut(self.text, start, end=piece.end, limit=max(start + 1, min(limit, start + MAX_CHARACTERS)))
            was_inside, is_inside = is_inside, cut < piece.end and not _is_between_words(self.text, cut)
            tokens = 0 if was_inside or is_inside else bisect_left(starts, cut - window) - first
            yield _Piece(start, cut, tokens, piece.is_first and start == piece.start)
            start = _skip_space(self.text, cut, piece.end)


def _batches(pieces: Iterable[_Piece]) -> Iterator[list[_Piece]]:
    batch: list[_Piece] = []
    size = 0
    for piece in pieces:
        batch.append(piece)
        size += min(piece.end - piece.start, _WINDOW)
        if len(batch) == _BATCH or size >= _BATCH_CHARACTERS:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _cut(text: str, start: int, *, end: int, limit: int) -> int:
    """Return where to cut `text[start:end]`, at `limit` at the latest: after a semicolon or comma, else at a space."""
    if limit == end:
        return end
    floor = start + (limit - start) // 2
    for marks in _CUTS:
        cut = max(text.rfind(mark, floor, limit + len(mark) - 1) for mark in marks)
        if cut != -1:
            return cut if text[cut].isspace() else cut + 1
    return limit


def _is_between_words(text: str, cut: int) -> bool:
    before, after = text[cut - 1], text[cut]
    return before.isspace() or after.isspace() or any(before in marks for marks in _CUTS)


def _skip_space(text: str, start: int, end: int) -> int:
    while start < end and text[start].isspace():
        start += 1
    return start


# --- passages -------------------------------------------------------------------------------------------------


def _pack(pieces: Iterable[_Piece], headings: Sequence[Heading], max_tokens: int) -> Iterator[Span]:
    """Join neighbouring sentences while they fit; end early at a heading, and at a paragraph when there is enough."""
    heading_starts = {heading.start for heading in headings}
    heading_ends = {heading.end for heading in headings}
    start = end = size = 0
    for piece in pieces:
        fits = size + piece.tokens <= max_tokens and piece.end - start <= MAX_CHARACTERS
        enough = size >= _ENOUGH_TOKENS and piece.is_first
        new_section = piece.start in heading_starts and end not in heading_ends
        if size and (not fits or enough or new_section):
            yield start, end
            size = 0
        if not size:
            start = piece.start
        end = piece.end
        size += max(1, piece.tokens)
    if size:
        yield start, end


def _drafts(document: Document, spans: Iterable[Span]) -> Iterator[Draft]:
    """Yield the passages with the page that each begins on and the path of the headings above it.

    Headings and pages are gone through once, along with the passages.
    """
    above = _HeadingsAbove(document.text, document.headings)
    captions = deque(find_captions(document.text))
    pages = [(page.start, number) for number, page in document.pages.items()]
    turned, number = 0, None
    for start, end in spans:
        while turned < len(pages) and pages[turned][0] <= start:
            number = pages[turned][1]
            turned += 1
        caption = _row_above(document.text, start) or _caption_above(captions, start, end)
        yield Draft(start, end, above.path(start, end, caption=caption), number)


def _row_above(text: str, start: int) -> str:
    """Return the first cells of the row that a passage is cut off of, "" if it begins with a line, or far behind."""
    low = max(0, start - LONGEST_ROW)
    line = text.rfind("\n", low, start) + 1 or low
    if (line == low > 0 and text[low - 1] != "\n") or not text[line:start].strip():
        return ""
    if not cells_of(text[line : line + LONGEST_ROW].partition("\n")[0]):
        return ""
    label = text[line : min(start, line + _ROW_LABEL)]
    return label[: label.rfind("; ")] if "; " in label else label.rstrip(";")


def _caption_above(captions: deque[Caption], start: int, end: int) -> str:
    """Return what the rows that `text[start:end]` begins with are called, if it isn't said there; drop what is past."""
    while captions and captions[0].end <= start:
        captions.popleft()
    if not captions or captions[0].start > start or start <= captions[0].said < end:
        return ""
    return captions[0].words


class _HeadingsAbove:
    """The headings above one place in a document, which moves on."""

    def __init__(self, text: str, headings: Sequence[Heading]) -> None:
        self._text = text
        self._headings = sorted(headings, key=lambda heading: heading.start)
        self._passed = 0
        self._open: list[tuple[int, str]] = []  # level and words, outermost first

    def path(self, start: int, end: int, *, caption: str = "") -> str:
        """Return the headings under which `text[start:end]` stands, outermost first, its own included, and the caption.

        Where they are too long in all, the outermost are left out.
        """
        while self._passed < len(self._headings) and self._headings[self._passed].start <= start:
            self._enter(self._headings[self._passed])
            self._passed += 1
        while self._passed < len(self._headings):
            heading = self._headings[self._passed]
            if heading.start >= end or (self._open and heading.level <= self._open[-1][0]):
                break
            self._enter(heading)
            self._passed += 1
        return self._joined(caption)

    def _enter(self, heading: Heading) -> None:
        while self._open and self._open[-1][0] >= heading.level:
            self._open.pop()
        self._open.append((heading.level, _label(self._text, heading)))

    def _joined(self, caption: str) -> str:
        path = "" if any(caption in label for _, label in self._open) else caption
        for _, label in reversed(self._open):
            longer = label + _HEADING_SEPARATOR + path if path else label
            if len(longer) > LONGEST_HEADING:
                break
            path = longer
        return path


def _label(text: str, heading: Heading) -> str:
    """Return the words of a heading on one line, shortened if they are more than a heading has."""
    words = " ".join(text[heading.start : min(heading.end, heading.start + 2 * _LONGEST_LABEL)].split())
    return words if len(words) <= _LONGEST_LABEL else words[: _LONGEST_LABEL - 1].rstrip() + "…"
