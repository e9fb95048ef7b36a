"""Passages: a document goes in, spans of whole sentences come out, small enough for the embedding model.

The passages of a document tile it: in order, without overlap, and every character but white space is in one of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from index.records import Document, Heading
from index.sentences import Span, paragraph_starts, split_sentences, starts_paragraph

MAX_TOKENS = 200  # of the embedding model's tokenizer: with title and headings it stays below the model's 256
_ENOUGH_TOKENS = 100  # from here on a passage ends where a paragraph does
_MAX_CHARACTERS = 3000  # a "word" of a thousand letters may be a single token
_HEADING_SEPARATOR = " › "

CountTokens = Callable[[Sequence[str]], list[int]]


@dataclass(frozen=True, slots=True)
class Draft:
    """A passage that has no number yet."""

    start: int
    end: int
    heading: str
    page: int | None


def split_document(document: Document, count_tokens: CountTokens, *, max_tokens: int = MAX_TOKENS) -> list[Draft]:
    """Split `document` into passages of at most `max_tokens` tokens, at ends of sentences wherever there are any."""
    sentences = split_sentences(document.text)
    counts = count_tokens([document.text[start:end] for start, end in sentences])
    pieces = _cut_long_sentences(document.text, sentences, counts, count_tokens, max_tokens)
    spans = _pack(pieces, document, max_tokens)
    return [Draft(start, end, _heading_above(document, start, end), document.page_of(start)) for start, end in spans]


def _pack(pieces: Sequence[tuple[Span, int]], document: Document, max_tokens: int) -> list[Span]:
    """Join neighbouring sentences while they fit; end early at a heading, and at a paragraph when there is enough."""
    paragraphs = paragraph_starts(document.text)
    headings = {heading.start for heading in document.headings}
    heading_ends = {heading.end for heading in document.headings}
    spans: list[Span] = []
    start = end = size = 0
    for (piece_start, piece_end), tokens in pieces:
        fits = size + tokens <= max_tokens and piece_end - start <= _MAX_CHARACTERS
        enough = size >= _ENOUGH_TOKENS and starts_paragraph(paragraphs, piece_start)
        new_section = piece_start in headings and end not in heading_ends
        if size and (not fits or enough or new_section):
            spans.append((start, end))
            size = 0
        if not size:
            start = piece_start
        end = piece_end
        size += max(1, tokens)
    if size:
        spans.append((start, end))
    return spans


def _cut_long_sentences(
    text: str, sentences: Sequence[Span], counts: Sequence[int], count_tokens: CountTokens, max_tokens: int
) -> list[tuple[Span, int]]:
    pieces: list[tuple[Span, int]] = []
    for (start, end), tokens in zip(sentences, counts, strict=True):
        if tokens <= max_tokens and end - start <= _MAX_CHARACTERS:
            pieces.append(((start, end), tokens))
            continue
        while start < end:
            cut = _longest_fit(text, start, end, count_tokens, max_tokens)
            pieces.append(((start, cut), count_tokens([text[start:cut]])[0]))
            start = cut
            while start < end and text[start].isspace():
                start += 1
    return pieces


def _longest_fit(text: str, start: int, end: int, count_tokens: CountTokens, max_tokens: int) -> int:
    """Return where to cut `text[start:end]` so that the first piece fits: after a comma, else at a space."""
    low, high = start + 1, min(end, start + _MAX_CHARACTERS)
    while low < high:  # the largest cut with few enough tokens; tokens grow with the length
        middle = (low + high + 1) // 2
        if count_tokens([text[start:middle]])[0] <= max_tokens:
            low = middle
        else:
            high = middle - 1
    if low == end:
        return end
    floor = start + (low - start) // 2
    for marks in (";:,、，；：", " \n\t"):
        cut = max(text.rfind(mark, floor, low) for mark in marks)
        if cut != -1:
            return cut + 1 if not text[cut].isspace() else cut
    return low


def _heading_above(document: Document, start: int, end: int) -> str:
    """Return the path of headings under which `text[start:end]` stands, outermost first; its own heading included."""
    path: list[Heading] = []
    for heading in document.headings:
        if heading.start >= end or (heading.start > start and path and heading.level <= path[-1].level):
            break
        while path and path[-1].level >= heading.level:
            path.pop()
        path.append(heading)
    return _HEADING_SEPARATOR.join(" ".join(document.text[h.start : h.end].split()) for h in path)
