"""PDF: which lines run along the top or bottom of the pages, headers, footers and page numbers; lines of all pages in.

What says something of its own on a page is none, however alike the pages are: a line whose numbers differ, unless they
count the pages; a row of a table; a label with its value; a line of a block of which other lines differ.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from index.readers.pdf.lines import Line, PageLines
from index.readers.pdf.numbering import Numbered, readings

_MARGIN = 0.13  # of the page's height: where running lines stand
_EDGE_LINES = 4  # looked at from the top and from the bottom
_REPEATS = 0.2  # of the pages; headers differ between left and right pages, and from chapter to chapter
_REPEATS_ANYWHERE = 0.5
_FEWEST = 3  # pages
_FEWEST_NUMBERS = 2  # pages whose numbers count them, at one place
_BESIDE = 0.4  # of the font's size: how far apart the baselines of one row may be
_NEXT_ROW = 2.2  # of the font's size: from one row of a table to the next
_ONE_BLOCK = 1.75  # of the font's size: what stands closer below each other belongs together
_DIGITS = re.compile(r"\d+")
_PART = re.compile(r"(?:chapter|section|part|vol(?:ume)?|lecture|kapitel|abschnitt|teil|band|chapitre|partie)\b")


def find_running_lines(pages: Sequence[PageLines]) -> dict[int, Numbered]:
    """Return the running lines by their identity, each with how it is to be read."""
    if len(pages) < _FEWEST:
        return {}
    looked_at = [_Edges.of(page) for page in pages]
    seen = _Seen(len(pages))
    for edges in looked_at:
        seen.add(edges)
    running: dict[int, Numbered] = {}
    for edges in looked_at:
        running.update(seen.counted(edges))
    differing = _differing(looked_at, running)
    for edges in looked_at:
        running.update(seen.repeated(edges, but=differing | running.keys()))
    for page in pages:
        while bound := _content(page, running):
            for line in bound:
                del running[id(line)]
    return running


def _differing(looked_at: Sequence[_Edges], counted: Mapping[int, Numbered]) -> set[int]:
    """Return the lines that others are like but for their numbers, which don't count the pages: amounts, dates."""
    alike: dict[str, dict[str, list[int]]] = {}
    for edges in looked_at:
        for line in edges.lines():
            text = line.text.casefold()
            if id(line) not in counted and not _PART.match(text):
                alike.setdefault(_DIGITS.sub("#", text), {}).setdefault(text, []).append(id(line))
    return {line for texts in alike.values() if len(texts) > 1 for lines in texts.values() for line in lines}


@dataclass(slots=True)
class _Edges:
    """The lines of a page that may run: those near its edges, and the outermost; and their readings."""

    near: list[Line]
    outermost: list[Line]
    readings: dict[int, list[Numbered]]

    @classmethod
    def of(cls, page: PageLines) -> _Edges:
        """Look at a page. Where pages are filled to different heights, the footer stands below the last line."""
        upright = sorted((line for line in page.lines if line.angle == 0), key=lambda line: line.baseline)
        top = [line for line in upright[:_EDGE_LINES] if line.bottom < _MARGIN * page.height]
        bottom = [line for line in upright[-_EDGE_LINES:] if line.top > (1 - _MARGIN) * page.height]
        near = top + [line for line in bottom if line not in top]
        outermost = upright[:1] + upright[-1:] if len(upright) > 2 else []
        return cls(near, outermost, {id(line): readings(line) for line in (*near, *outermost)})

    def lines(self) -> Iterator[Line]:
        """Yield each line once."""
        yield from self.near
        yield from (line for line in self.outermost if line not in self.near)


@dataclass(slots=True)
class _Seen:
    """On how many pages each reading is seen: at its place near the edges, as outermost line, as a page number."""

    pages: int
    _placed: Counter[tuple[Numbered, int]] = field(default_factory=Counter)
    _outermost: Counter[Numbered] = field(default_factory=Counter)

    def add(self, edges: _Edges) -> None:
        """Take the lines of one more page."""
        self._placed.update({(one, _place(line)) for line in edges.near for one in edges.readings[id(line)]})
        self._outermost.update({one for line in edges.outermost for one in edges.readings[id(line)]})

    def counted(self, edges: _Edges) -> Iterator[tuple[int, Numbered]]:
        """Yield the lines whose number counts the pages, as that of others does at their place."""
        for line in edges.lines():
            for reading in edges.readings[id(line)][1:]:
                if reading.is_sure or self._repeats(line, reading, edges):
                    yield id(line), reading
                    break

    def repeated(self, edges: _Edges, *, but: Container[int]) -> Iterator[tuple[int, Numbered]]:
        """Yield the lines that stand as they are on many pages, but some."""
        for line in edges.lines():
            exact = edges.readings[id(line)][0]
            if id(line) not in but and self._repeats(line, exact, edges):
                yield id(line), exact

    def _repeats(self, line: Line, reading: Numbered, edges: _Edges) -> bool:
        """Tell whether many pages have this reading where the line stands; of page numbers few are enough."""
        near, outermost = max(_FEWEST, _REPEATS * self.pages), max(_FEWEST, _REPEATS_ANYWHERE * self.pages)
        if reading.is_number:
            near, outermost = _FEWEST_NUMBERS, _FEWEST
        place = _place(line)
        at_place = sum(self._placed[reading, one] for one in (place - 1, place, place + 1))
        return (line in edges.near and at_place >= near) or (
            line in edges.outermost and self._outermost[reading] >= outermost
        )


def _place(line: Line) -> int:
    return round(line.baseline / 4)


def _content(page: PageLines, running: Mapping[int, Numbered]) -> list[Line]:
    """Return the lines that are content though they repeat: they stand in one block or table with some that don't."""
    upright = sorted((line for line in page.lines if line.angle == 0), key=lambda line: line.baseline)
    repeating = [line for line in upright if id(line) in running and not running[id(line)].is_number]
    if not repeating:
        return []
    rows = {id(line) for line in upright if line.is_row}
    for line, after in pairwise(upright):
        if after.baseline - line.baseline < _BESIDE * line.size:
            rows |= {id(line), id(after)}
    own = [line for line in upright if id(line) not in running]
    return [line for line in repeating if any(_is_bound(line, other, rows) for other in own)]


def _is_bound(line: Line, other: Line, rows: Container[int]) -> bool:
    """Tell whether a line that says the same elsewhere belongs to one that doesn't."""
    apart = abs(other.baseline - line.baseline) / line.size
    if apart < _BESIDE:
        return line.text.endswith(":") or bool(_DIGITS.search(other.text))
    if apart < _ONE_BLOCK:
        return other.left < line.right and other.right > line.left
    return apart < _NEXT_ROW and id(line) in rows and id(other) in rows
