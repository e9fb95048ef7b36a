"""The records that cross the borders of `index`: documents, passages, hits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray


class Box(NamedTuple):
    """A rectangle on a page: points (1/72 inch) from the page's top left corner, as the page is shown."""

    page: int
    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True, eq=False)
class Page:
    """Where a page stands in its document's text, and where its characters stand on the page.

    A page is what the format has of that kind: a sheet of paper, a slide, a sheet of a workbook, a chapter, a subtitle.
    `label` is its own name, "" if it has only its number. `certainty` is None, or, where the text was read from a
    picture by OCR, how sure that is, 0 to 1.

    `boxes` has a row (left, top, right, bottom) for each character of `text[start:end]`, float32, in points from the
    top left corner; a row of NaN is a character that is not on the page (a joining space or line end). It is None
    where the format has no geometry; then `width` and `height` are 0.
    """

    start: int
    end: int
    width: float = 0.0
    height: float = 0.0
    boxes: NDArray[np.float32] | None = None
    label: str = ""
    certainty: float | None = None


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of a document: its level (1 is the highest) and its span in the text."""

    level: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Words that stand in a file and are not in its document's text, on purpose.

    A "running" line says a header or footer once more, or counts the pages; a "hidden" passage no eye sees. `text` is
    how they begin; where only a page's number differs, the first line and the last; "" for all that are too many to be
    named. `times` is how often they are left out, from page `first` to `last`; None where there are no pages.
    """

    kind: Literal["running", "hidden"]
    text: str
    times: int = 1
    first: int | None = None
    last: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Document:
    """One document as it was read. Every offset anywhere counts Unicode characters of `text`.

    `missing` says what of the file is not in the text, with the cure; "" if all is. `left_out` is what was not meant to
    be in it.
    """

    doc_id: str
    path: str
    title: str
    media_type: str
    text: str
    pages: Mapping[int, Page]
    headings: tuple[Heading, ...]
    sha256: str
    modified: float
    missing: str = ""
    left_out: tuple[LeftOut, ...] = ()

    def page_of(self, offset: int) -> int | None:
        """Return the number of the page that holds the character at `offset`, or None if there are no pages."""
        found = None
        for number, page in self.pages.items():
            if page.start <= offset:
                found = number
            else:
                break
        return found

    def locate(self, start: int, end: int) -> list[Box]:
        """Return the rectangles of `text[start:end]` on the pages, one a line; none where there is no geometry."""
        found: list[Box] = []
        for number, page in self.pages.items():
            if page.boxes is not None and page.start < end and page.end > start:
                rows = page.boxes[max(0, start - page.start) : max(0, end - page.start)]
                found.extend(Box(number, *line) for line in _merge_lines(rows))
        return found


@dataclass(frozen=True, slots=True)
class Passage:
    """Where a passage is: its text is `document.text[start:end]`. `heading` is the path of headings above it."""

    passage_id: int
    doc_id: str
    start: int
    end: int
    heading: str
    page: int | None


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that was found; `rank` counts from 1, a higher `score` is better."""

    passage: Passage
    score: float
    rank: int


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the list of what is indexed; a rejected file has no `doc_id` and a `reason`.

    `added` is when its path was first seen, in seconds since 1970; 0 for what an earlier version has seen.
    """

    doc_id: str
    path: str
    title: str
    media_type: str
    pages: int
    characters: int
    passages: int
    sha256: str
    state: Literal["indexed", "partial", "rejected"]
    reason: str
    added: float = 0.0


@dataclass(frozen=True, slots=True)
class Collection:
    """Files that a person has put together under a name; a file may be in several."""

    collection_id: str
    name: str
    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Counts:
    """How much is indexed; `embedded` is less than `passages` while embedding goes on."""

    documents: int
    passages: int
    embedded: int
    rejected: int
    characters: int


def _merge_lines(rows: NDArray[np.float32]) -> list[tuple[float, float, float, float]]:
    """Join the boxes of neighbouring characters that stand on one line; rows of NaN are passed over."""
    lines: list[tuple[float, float, float, float]] = []
    for left, top, right, bottom in rows[~np.isnan(rows).any(axis=1)].tolist():
        if lines:
            last = lines[-1]
            shared = min(bottom, last[3]) - max(top, last[1])
            same_line = shared > 0.5 * min(bottom - top, last[3] - last[1]) and left >= last[0]
            if same_line and left - last[2] < 4 * max(bottom - top, 1.0):
                lines[-1] = (last[0], min(top, last[1]), max(right, last[2]), max(bottom, last[3]))
                continue
        lines.append((left, top, right, bottom))
    return lines
