"""How a document's text is laid out: which stretches are sections, list items, rows, code. Document in, spans out.

The readers give plain text: a paragraph is a line, a list or a table a block of lines, and a blank line stands between
two blocks. What a block is can be told from how its lines begin.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise
from typing import Literal, NamedTuple

from index import Cell, Document, is_row, with_row
from ui.blocks import row
from ui.places import has_images, kind_of

BlockKind = Literal["heading", "item", "row", "code", "field"]

DEEPEST = 6
_LINE = re.compile(r"[^\n]*(?:\n|\Z)")
_INDENT = re.compile(r"[ \t]*")
_ITEM = re.compile(r"[ \t]*((?:[-•‣◦▪–*]|\(?(?:\d{1,4}|[a-zA-Z])[.)])[ \t]+)\S")
_CODE = re.compile(r"(?: {2}|\t)[ \t]*\S")
_FIELD = re.compile(r"(?:From|To|Cc|Bcc|Reply-To|Date|Sent|Subject|Attachments): ")


class Part(NamedTuple):
    """A stretch of text of one kind; `level` is a heading's level, or how deep a list's item is.

    `hang` is how wide, in digits, what stands before the first word of a list's item is.
    """

    start: int
    end: int
    kind: BlockKind
    level: int = 0
    hang: float = 0.0


class TextTable(NamedTuple):
    """Rows that follow each other, each with its cells, and the names of their columns, "" where they have none."""

    start: int
    end: int
    columns: tuple[str, ...]
    rows: list[tuple[Part, list[Cell]]]


class Section(NamedTuple):
    """A stretch of text that is on one page, or, if `number` is None, on none."""

    start: int
    end: int
    number: int | None


def sections(document: Document, first: int, last: int) -> list[Section]:
    """Return `text[first:last]` cut where its pages begin; in one where pages only cut a flowing text."""
    if has_images(document):
        return [Section(first, last, None)]
    begun = [(page.start, number) for number, page in document.pages.items() if page.start < page.end]
    edges = [Section(start, next_, number) for (start, number), (next_, _) in pairwise([*sorted(begun), (last, 0)])]
    found = [Section(first, min(edges[0].start if edges else last, last), None), *edges]
    return [
        Section(max(first, start), min(last, end), number)
        for start, end, number in found
        if max(first, start) < min(last, end)
    ]


def parts(document: Document, first: int, last: int) -> list[Part]:
    """Return what in `text[first:last]` is no running text, in order and apart from each other."""
    found = [Part(heading.start, heading.end, "heading", heading.level) for heading in document.headings]
    if document.media_type != "text/plain":  # whose lines are as their author broke them
        found.extend(_lines(document, first, last))
    apart: list[Part] = []
    at = first
    for part in sorted(found):
        start, end = max(part.start, at), min(part.end, last)
        if start < end:
            apart.append(part._replace(start=start, end=end))
            at = end
    return apart


def tables(document: Document, found: Sequence[Part]) -> list[Part | TextTable]:
    """Return the parts with the rows that follow each other and have cells put together as tables."""
    together: list[Part | TextTable] = []
    for part in found:
        text = document.text[part.start : part.end]
        cells = row(text) if part.kind == "row" else []
        last = together[-1] if together else None
        above = last if cells and isinstance(last, TextTable) and last.end == part.start else None
        columns = with_row(above.columns, cells) if above else ()
        if above and columns:
            above.rows.append((part, cells))
            together[-1] = above._replace(end=part.end, columns=columns)
        elif cells:
            together.append(TextTable(part.start, part.end, with_row((), cells), [(part, cells)]))
        else:
            together.append(part)
    return together


def _lines(document: Document, first: int, last: int) -> Iterator[Part]:
    """Yield the lines of each block that is no paragraph."""
    if kind_of(document.media_type).holds == "lines":
        yield Part(first, last, "code")
        return
    found = [match.span() for match in _LINE.finditer(document.text, first, last) if match.end() > match.start()]
    text, headings = document.text, {heading.start for heading in document.headings}
    for blank, group in groupby(found, key=lambda span: not text[slice(*span)].strip()):
        block = list(group)
        if not blank and block[0][0] not in headings:
            yield from _block(document, block)


def _block(document: Document, spans: list[tuple[int, int]]) -> Iterator[Part]:
    lines, holds = [document.text[start:end] for start, end in spans], kind_of(document.media_type).holds
    if any(map(_ITEM.match, lines)):
        for (start, end), line, depth in zip(spans, lines, _depths(lines), strict=True):
            yield Part(start, end, "item", depth, _hang(line))
    elif len(lines) > 1 and any(map(_CODE.match, lines)):
        yield Part(spans[0][0], spans[-1][1], "code")
    elif holds == "mail" and all(map(_FIELD.match, lines)):
        for start, end in spans:
            yield Part(start, end, "field")
    elif holds == "tables" or (len(lines) > 1 and any(map(is_row, lines))):
        for start, end in spans:
            yield Part(start, end, "row")


def _depths(lines: list[str]) -> Iterator[int]:
    """Yield how deep each line stands in its list; one below an item, without a mark, stands as deep as that."""
    depth = 0
    for line in lines:
        if _ITEM.match(line):
            depth = min(len(_indent(line)) // 2, DEEPEST)
        yield depth


def _hang(line: str) -> float:
    """Return how wide the indent and the mark of a list's item are: spaces and points are half as wide as digits."""
    mark = _ITEM.match(line)
    return len(_indent(line)) / 2 + (len(mark[1]) - 1 if mark else 0)


def _indent(line: str) -> str:
    found = _INDENT.match(line)
    return found[0].expandtabs(4) if found else ""
