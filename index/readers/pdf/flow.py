"""PDF, second part: where paragraphs begin and end, judged from the places of the lines and from how they read."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from index.readers.pdf.headings import body_size
from index.readers.pdf.lines import MARKER, Line
from index.readers.pdf.words import Words

_SENTENCE_END = re.compile(r"[.!?:;…。！？]['\"”’»)\]¹²³⁰⁴-⁹]*$")
_BULLET = re.compile(r"[-–—*] ")
_CAPTION = re.compile(r"(?:figure|fig\.|table|tabelle|abbildung|tableau)\s*\d", re.IGNORECASE)
_NOTE_MARKS = frozenset("¹²³⁴⁵⁶⁷⁸⁹†‡")
_SAME_SIZE = 1.12
_USUAL_LEADING = 1.2  # of the font's size, where the document doesn't show its own
_WIDER = 1.3  # than the usual leading: a gap between paragraphs
_FILLED = 0.7  # of a column's width: a line of running text, though the next word would have fitted
_INDENT = 0.8  # of the font's size
_SHORT = 30  # characters: words in a figure, not of the text
_LONGEST_INTERRUPTION = 60  # paragraphs: the words in a figure are many

# How a line joins the one before it: how many of its last characters to drop, and what to put between.
Joint = tuple[int, str]


def find_joints(lines: Sequence[Line]) -> list[Joint]:
    """Return for each line how it joins the one before."""
    flow = _Flow(_leadings(lines), _columns(lines), Words(lines))
    return [flow.joint(lines, index) if index else (0, "") for index in range(len(lines))]


def bridge_interruptions(lines: list[Line], joints: Sequence[Joint]) -> bool:
    """Put together paragraphs that a figure, table or note parts at the end of a column or page; tell whether any.

    What interrupts goes after the paragraph, or before it if it stands on the page on which the paragraph begins and
    the paragraph ends on the next: the lines of a page stay together.
    """
    paragraphs: list[list[Line]] = []
    for line, (_, between) in zip(lines, joints, strict=True):
        if "\n" in between or not paragraphs:
            paragraphs.append([])
        paragraphs[-1].append(line)
    body, changed, index = body_size([line for line in lines if not line.is_note]), False, 0
    while index < len(paragraphs):
        following = _continuation(paragraphs, index, body=body)
        if following is not None:
            changed = True
            paragraphs[index : following + 1] = _bridged(paragraphs[index : following + 1])
        index += 1
    lines[:] = [line for paragraph in paragraphs for line in paragraph]
    return changed


def _continuation(paragraphs: Sequence[list[Line]], index: int, *, body: float) -> int | None:
    """Return the paragraph that goes on with the sentence that paragraph `index` breaks off, or None."""
    last = paragraphs[index][-1]
    if last.level or last.is_running or last.is_row or _SENTENCE_END.search(last.text) or not _is_body(last, body):
        return None
    for following in range(index + 1, min(index + 1 + _LONGEST_INTERRUPTION, len(paragraphs))):
        first, end = paragraphs[following][0], paragraphs[following][-1]
        if first.is_running:
            continue
        if first.level or first.page > last.page + 1:
            return None
        short = sum(len(line.text) for line in paragraphs[following]) <= _SHORT
        if _is_body(first, body) and not (short or first.is_row or _CAPTION.match(first.text)):
            moves = first.page != last.page or first.baseline < last.baseline  # to the next column or page
            fits = following > index + 1 and moves and first.text[0].islower() and _same_size(last, first)
            between = paragraphs[index + 1 : following]
            # Lines may not change places with lines of another page.
            begins_here = all(paragraphs[index][0].page == last.page for part in between if part[0].page == last.page)
            one_page = end.page == first.page and all(part[0].page == part[-1].page for part in between)
            return following if fits and one_page and (begins_here or first.page == last.page) else None
    return None


def _bridged(parts: list[list[Line]]) -> list[list[Line]]:
    """Return the paragraphs with the last put on to the first, and those between before or after it."""
    head, between, tail = parts[0], parts[1:-1], parts[-1]
    before = [part for part in between if part[0].page == head[-1].page != tail[0].page]
    after = [part for part in between if part[0].page == tail[0].page]
    return [*before, head, tail, *after]


def _is_body(line: Line, body: float) -> bool:
    return line.angle == 0 and abs(line.size - body) < 0.06 * body and len(line.text) > 3


@dataclass(frozen=True, slots=True)
class _Column:
    """How far the lines reach that follow each other on a page."""

    left: float
    right: float
    lines: int


def _columns(lines: Sequence[Line]) -> list[_Column]:
    """Return for each line the run of lines that it stands in."""
    columns: list[_Column] = []
    start = 0
    for index in range(1, len(lines) + 1):
        if index < len(lines) and _follows(lines[index - 1], lines[index]):
            continue
        run = lines[start:index]
        edges = [line for line in run if not line.is_row] or run
        column = _Column(min(line.left for line in edges), max(line.right for line in edges), len(run))
        columns.extend([column] * len(run))
        start = index
    return columns


def _follows(line: Line, after: Line) -> bool:
    """Tell whether `after` stands under `line` and looks like it."""
    down = after.baseline - line.baseline
    return (
        line.page == after.page
        and line.angle == after.angle
        and _same_size(line, after)
        and 0.3 * line.size < down < 2.6 * line.size
        and after.left < line.right
        and after.right > line.left
    )


def _same_size(line: Line, after: Line) -> bool:
    return max(line.size, after.size) < _SAME_SIZE * min(line.size, after.size)


def _leadings(lines: Sequence[Line]) -> dict[tuple[int, float], float]:
    """Return the usual distance between baselines for each size, over all pages (page 0) and on each page."""
    seen: dict[tuple[int, float], Counter[float]] = {}
    for line, after in pairwise(lines):
        if _follows(line, after) and not (line.level or line.is_closed):
            down = round((after.baseline - line.baseline) * 2) / 2
            for page in (0, line.page):
                seen.setdefault((page, round(line.size)), Counter())[down] += min(len(line.text), len(after.text))
    return {key: downs.most_common(1)[0][0] for key, downs in seen.items()}


@dataclass(slots=True)
class _Flow:
    """Decides line by line whether a paragraph goes on."""

    leadings: dict[tuple[int, float], float]
    columns: Sequence[_Column]
    words: Words
    _start: Line | None = None  # the first line of the paragraph that is being read
    _in_item: bool = False

    def joint(self, lines: Sequence[Line], index: int) -> tuple[int, str]:
        """Return how line `index` joins the one before: how many of its characters to drop, and what to put between."""
        before, line = lines[index - 1], lines[index]
        self._start = self._start or before
        separator = self._separator(lines, index)
        starts_item = bool(MARKER.match(line.text))
        if separator:
            self._start = line
            self._in_item = starts_item
            return 0, separator
        return self.words.joint(before.text, line.text)

    def _separator(self, lines: Sequence[Line], index: int) -> str:
        """Return what parts the line from the one before, "" if it goes on."""
        before, line = lines[index - 1], lines[index]
        if before.is_note or line.is_note or before.is_running != line.is_running:
            return "\n\n"
        if before.is_closed or line.is_closed:
            return "\n" if before.is_closed and line.is_closed and before.page == line.page else "\n\n"
        if before.level or line.level:
            goes_on = before.level == line.level and _follows(before, line) and self._gap(before, line) < 1.6
            return "" if goes_on else "\n\n"
        if before.angle != line.angle or not _same_size(before, line):
            return "\n\n"
        if line.text[0] in _NOTE_MARKS and _follows(before, line):
            return "\n"
        if self._starts_item(before, line):
            near = before.page != line.page or self._gap(before, line) < 2.2
            return "\n" if self._in_item and near else "\n\n"
        if not _follows(before, line):
            return self._separator_of_columns(lines, index)
        gap = self._gap(before, line)
        if before.is_row or line.is_row:
            under_cell = not line.is_row and abs(line.left - before.cell_left) < 0.5 * line.size
            if under_cell and gap < _WIDER and line.text[0].islower():
                return ""
            return "\n" if gap < 1.8 else "\n\n"
        if gap > _WIDER:
            return "\n\n"
        return self._separator_in_column(lines, index)

    def _gap(self, before: Line, line: Line) -> float:
        """Return the distance of two lines, 1 being usual where they stand."""
        size = round(before.size)
        usual = self.leadings.get((before.page, size)) or self.leadings.get((0, size)) or _USUAL_LEADING * before.size
        # A page of single lines has wide gaps only.
        usual = min(usual, 2.1 * before.size)
        return (line.baseline - before.baseline) / usual

    def _starts_item(self, before: Line, line: Line) -> bool:
        if not MARKER.match(line.text):
            return False
        if _BULLET.match(line.text):
            return True
        # A number may be the end of a sentence that goes on from the line above.
        return self._in_item or before.is_row or bool(_SENTENCE_END.search(before.text))

    def _separator_in_column(self, lines: Sequence[Line], index: int) -> str:
        before, line = lines[index - 1], lines[index]
        step = line.left - before.left
        if step > _INDENT * line.size and not self._in_item and self._starts_paragraph(lines, index):
            return "\n\n"
        steps_back = step < -_INDENT * line.size and before is not self._start
        if steps_back and not (self._in_item and line.left > (self._start or before).left + _INDENT * line.size):
            return "\n\n"
        if self._would_have_fitted(before, line, column=self.columns[index]):
            if _SENTENCE_END.search(before.text):
                return "\n\n"
            column = self.columns[index]
            filled = before.right - column.left > _FILLED * (column.right - column.left)
            if not (filled or line.text[0].islower() or before.text.endswith((",", "-"))):
                return "\n"
        return ""

    def _starts_paragraph(self, lines: Sequence[Line], index: int) -> bool:
        """Tell whether the indented line is the first of a paragraph, not one of many."""
        before, line = lines[index - 1], lines[index]
        if index + 1 < len(lines) and _follows(line, lines[index + 1]):
            return lines[index + 1].left < line.left - 0.5 * _INDENT * line.size
        return bool(_SENTENCE_END.search(before.text))

    def _would_have_fitted(self, before: Line, line: Line, *, column: _Column) -> bool:
        """Tell whether the line's first word had room on the line before, so that no margin ended that."""
        word = line.text.split(" ", 1)[0]
        width = (line.right - line.left) * len(word) / len(line.text)
        return before.right + width + 0.6 * line.size < column.right

    def _separator_of_columns(self, lines: Sequence[Line], index: int) -> str:
        """Return what parts the last line of a column or page from the first of the next."""
        before, line = lines[index - 1], lines[index]
        if before.is_row and line.is_row:
            return "\n"
        if before.is_row or line.is_row or _SENTENCE_END.search(before.text):
            return "\n\n"
        if line.text[0].islower() and (self.columns[index - 1].lines > 1 or len(before.text) > _SHORT):
            return ""
        if before.text.endswith("-"):
            return "\n\n"
        above, below = self.columns[index - 1], self.columns[index]
        full = above.lines > 1 and below.lines > 1 and before.right > above.right - 2 * before.size
        return "" if full and line.left < below.left + _INDENT * line.size else "\n\n"
