"""PDF: the lines of a page in, those of its paragraphs out, which are no rows of a table."""

from __future__ import annotations

from collections.abc import Sequence

from index.readers.pdf.figures import is_figure
from index.readers.pdf.lines import Line

_LONG = 28  # characters: below that a line is no running text
_PARAGRAPH = 3  # lines: fewer may be a row's name that goes on below


def running_text(lines: Sequence[Line]) -> set[int]:
    """Return the lines of paragraphs: long ones without a gap, one below the other, and few figures in them."""
    found: set[int] = set()
    paragraph: list[Line] = []
    for line in lines:
        if not (paragraph and _reads_on(line) and _is_below(paragraph[-1], line)):
            paragraph = []
        if _reads_on(line):
            paragraph.append(line)
        if len(paragraph) >= _PARAGRAPH:
            found |= set(map(id, paragraph[-_PARAGRAPH:]))
    return found


def _is_below(line: Line, after: Line) -> bool:
    return 0 < after.baseline - line.baseline < 2 * line.size and abs(after.left - line.left) < 3 * line.size


def _reads_on(line: Line) -> bool:
    if line.is_row or len(line.text) < _LONG:
        return False
    words = line.text.split(" ")
    return 3 * sum(map(is_figure, words)) < len(words)
