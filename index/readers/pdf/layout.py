"""PDF, last part: the lines of all pages in, paragraphs and headings as one text with the place of each page out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from index.readers.content import Content, sensible_title
from index.readers.pdf.flow import bridge_interruptions, find_joints
from index.readers.pdf.headings import OutlineEntry, drop_running_lines, mark_headings
from index.readers.pdf.lines import Boxes, Line, PageLines
from index.readers.pdf.tables import name_cells
from index.records import Heading, Page

GIVEN_UP = "too slow or too large"  # why a page is missing that an earlier attempt did not survive
_MOST_NAMED = 12  # pages, or rows of pages, that are named one by one


def lay_out(
    pages: Sequence[PageLines], outline: Sequence[OutlineEntry], *, title: str, report: Callable[[int, int], None]
) -> Content:
    """Return the document's text in paragraphs; without a title, the largest heading of page 1 is the title.

    `report` is called with each page whose tables are looked for, and how many pages there are.
    """
    running = drop_running_lines(pages)
    mark_headings(pages, outline)
    name_cells(pages, report=report)
    lines = [line for page in pages for line in (*page.in_order(), *page.notes)]
    joints = find_joints(lines)
    if bridge_interruptions(lines, joints):
        joints = find_joints(lines)
    writer = _Writer(first_height=pages[0].height)
    for line, (dropped, between) in zip(lines, joints, strict=True):
        writer.write(line, dropped=dropped, between=between)
    return Content(
        title=title or writer.title(),
        text="".join(writer.parts),
        pages=writer.pages(pages),
        headings=tuple(writer.headings),
        left_out=running,
    )


def pages_missing(numbers: Sequence[int], *, why: str) -> str:
    """Return which pages could not be read, and the cure; pages that follow each other as "7-9", none as ""."""
    rows: list[list[int]] = []
    for number in numbers:
        if rows and rows[-1][-1] == number - 1:
            rows[-1][1:] = [number]
        else:
            rows.append([number])
    if not rows:
        return ""
    if len(numbers) == 1:
        return f"page {numbers[0]} could not be read ({why}): print or export it again"
    named = ", ".join("-".join(map(str, row)) for row in rows[:_MOST_NAMED])
    more = " and others" if len(rows) > _MOST_NAMED else ""
    return f"pages {named}{more} could not be read ({why}): print or export them again"


@dataclass(slots=True)
class _Writer:
    """Writes lines one after the other, and keeps where pages and headings come to stand."""

    first_height: float
    parts: list[str] = field(default_factory=list)
    headings: list[Heading] = field(default_factory=list)
    _boxes: dict[int, list[Boxes]] = field(default_factory=dict)
    _starts: dict[int, int] = field(default_factory=dict)
    _length: int = 0
    _page: int = 1
    _titles: list[tuple[float, int, int]] = field(default_factory=list)  # headings of page 1: size, start, end
    _open_heading: bool = False

    def write(self, line: Line, *, dropped: int, between: str) -> None:
        """Add a line: drop characters at the end of the text so far, then put `between`, then the line."""
        if dropped:
            self.parts[-1] = self.parts[-1][:-dropped]
            self._boxes[self._page][-1] = self._boxes[self._page][-1][:-dropped]
            self._length -= dropped
        if between:
            self._add(between, np.full((len(between), 4), np.nan, dtype=np.float32))
        if line.page != self._page or not self._starts:
            self._page = line.page
            self._starts[line.page] = self._length
        start = self._length
        self._add(line.text, line.boxes)
        if line.level:
            self._add_heading(line, start, goes_on="\n" not in between and start > 0)

    def title(self) -> str:
        """Return the first heading of page 1 that is about as large as its largest, or ""."""
        largest = max((size for size, _, _ in self._titles), default=0)
        text = "".join(self.parts)
        titles = (sensible_title(text[start:end]) for size, start, end in self._titles if size > 0.7 * largest)
        return next((title for title in titles if title), "")

    def pages(self, pages: Sequence[PageLines]) -> dict[int, Page]:
        """Return the place of each page: they tile the text, and a page without text is an empty span."""
        placed: dict[int, Page] = {}
        ends = self._length
        for number in range(len(pages), 0, -1):
            start = self._starts.get(number, ends) if number > 1 else 0
            page = pages[number - 1]
            rows = self._boxes.pop(number, [])
            boxes = np.concatenate(rows) if rows else np.empty((0, 4), dtype=np.float32)
            placed[number] = Page(start, ends, page.width, page.height, boxes)
            ends = start
        return dict(sorted(placed.items()))

    def _add(self, text: str, boxes: Boxes) -> None:
        self.parts.append(text)
        self._boxes.setdefault(self._page, []).append(boxes)
        self._length += len(text)

    def _add_heading(self, line: Line, start: int, *, goes_on: bool) -> None:
        if goes_on and self.headings:
            start = self.headings.pop().start
        self.headings.append(Heading(line.level, start, self._length))
        if line.page == 1 and line.top < 0.5 * self.first_height:  # large words below the middle are a figure's
            if goes_on and self._titles:
                start = self._titles.pop()[1]
            self._titles.append((line.size, start, self._length))
