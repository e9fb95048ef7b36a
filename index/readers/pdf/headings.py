"""PDF: which lines are headings; and those that run along the top or bottom of the pages are taken out of the text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from index.readers.pdf.lines import Line, PageLines, is_marker
from index.readers.pdf.running import find_running_lines
from index.records import LeftOut

_LARGER = 1.12  # than the body: a heading by its size
_LONGEST = 200  # characters of a heading
_LONGEST_BOLD = 110
_SENTENCE_END = re.compile(r"[.,;:!?]$")
_NUMBERED = re.compile(r"(?:\d{1,2}(?:\.\d{1,2})*\.?|[A-Z]\.|[IVX]{1,5}\.) \S")
_PLAIN = re.compile(r"[\W_]+")


class OutlineEntry(NamedTuple):
    """An entry of a document's own outline: its level from 1, and the number of the page it leads to."""

    title: str
    level: int
    page: int


def drop_running_lines(pages: Sequence[PageLines]) -> list[LeftOut]:
    """Take out headers, footers and page numbers: lines that stand at the same place of many pages, and say the same.

    Their digits are the same, too, or count the pages. What says more than the page's number stays where it is said
    first, marked as running. A row of a table stays, and a label with its value. Returns what was taken out.
    """
    running = find_running_lines(pages)
    said: set[str] = set()
    dropped: dict[str, list[Line]] = {}
    for page in pages:
        said.update(line.text.casefold() for line in page.lines if id(line) not in running)
        lines = []
        for line in page.lines:
            reading = running.get(id(line))
            if reading is None:
                lines.append(line)
            elif not (reading.is_number or reading.text in said or line.text.casefold() in said):
                said.add(reading.text)
                line.is_running = True
                lines.append(line)
            else:
                dropped.setdefault(reading.text, []).append(line)
        page.lines = lines
    return [_left_out(lines) for lines in dropped.values()]


def _left_out(lines: Sequence[Line]) -> LeftOut:
    """Return what is told of lines that say the same, or count the pages."""
    first, last = lines[0], lines[-1]
    text = first.text if last.text == first.text else f"{first.text} … {last.text}"
    return LeftOut("running", text, len(lines), first.page, last.page)


def body_size(lines: Sequence[Line]) -> float:
    """Return the size that most of the text is set in."""
    sizes: Counter[float] = Counter()
    for line in lines:
        sizes[_rounded(line.size)] += len(line.text)
    return sizes.most_common(1)[0][0] if sizes else 0.0


def mark_headings(pages: Sequence[PageLines], outline: Sequence[OutlineEntry]) -> None:
    """Set the level of each line that is a heading: by the document's outline, by its size, or by standing out bold."""
    lines = [line for page in pages for line in page.lines]
    body = body_size(lines)
    deepest = _mark_by_outline(pages, outline, body=body)
    total = sum(len(line.text) for line in lines) or 1
    large = [line for line in lines if not (line.level or line.is_running) and _is_large(line, body)]
    if sum(len(line.text) for line in large) > 0.3 * total:
        large = []  # two sizes of body text
    large = [line for part in _parts(large) if _is_short(part) for line in part]
    sizes = sorted({_rounded(line.size) for line in large}, reverse=True)
    highest = max((line.size for line in lines if line.level), default=0)
    for line in large:
        # What is larger than any heading in the outline is the title.
        below = deepest + 1 + sizes.index(_rounded(line.size)) if deepest and line.size <= highest else 0
        line.level = min(below or 1 + (not deepest) * sizes.index(_rounded(line.size)), 6)
    if sum(len(line.text) for line in lines if line.bold) > 0.3 * total:
        return
    level = min(deepest + 1 + len(sizes), 6)
    for page in pages:
        _mark_bold(page, body=body, level=level)


def _rounded(size: float) -> float:
    return round(size * 2) / 2


def _is_large(line: Line, body: float) -> bool:
    return (
        line.size > _LARGER * body
        and len(line.text) <= _LONGEST
        and sum(character.isalpha() for character in line.text) >= 2
        and not line.is_row
        and line.angle == 0
    )


def _parts(large: Sequence[Line]) -> list[list[Line]]:
    """Return the lines put together that stand below each other in the same size."""
    parts: list[list[Line]] = []
    for line in large:
        last = parts[-1][-1] if parts else None
        if last is None or last.page != line.page or abs(last.size - line.size) > 0.5:
            parts.append([line])
        elif 0 < line.baseline - last.baseline < 1.8 * line.size:
            parts[-1].append(line)
        else:
            parts.append([line])
    return parts


def _is_short(part: Sequence[Line]) -> bool:
    """Tell whether lines are short enough for a heading; a few lines that end with a full stop are a lead paragraph."""
    is_lead = len(part) > 1 and part[-1].text.endswith(".") and not all(line.bold for line in part)
    return sum(len(line.text) for line in part) <= _LONGEST and not is_lead


def _mark_by_outline(pages: Sequence[PageLines], outline: Sequence[OutlineEntry], *, body: float) -> int:
    """Mark the lines that say what the outline says of their page; return the deepest level that was marked.

    Some programs put sentences of the text into the outline: they stay text.
    """
    deepest = 0
    for entry in outline:
        if not 1 <= entry.page <= len(pages) or not (wanted := _plain(entry.title)):
            continue
        lines = [line for line in pages[entry.page - 1].lines if not line.is_running]
        for index in range(len(lines)):
            count = _lines_that_say(wanted, lines[index : index + 4])
            if count and _is_sentence(lines[index : index + count], body):
                break
            for line in lines[index : index + count]:
                line.level = min(entry.level, 6)
            if count:
                deepest = max(deepest, min(entry.level, 6))
                break
    return deepest


def _is_sentence(lines: Sequence[Line], body: float) -> bool:
    """Tell whether lines end like a sentence and look like the text, and no number stands before them."""
    is_plain = not any(line.bold or line.size > _LARGER * body for line in lines)
    return is_plain and lines[-1].text.endswith((".", ";")) and not _NUMBERED.match(lines[0].text)


def _lines_that_say(wanted: str, lines: Sequence[Line]) -> int:
    """Return how many of the lines, from the first, say together what is wanted; 0 if they don't."""
    said = ""
    for count, line in enumerate(lines, start=1):
        said += _plain(line.text)
        if said == wanted or said.lstrip("0123456789") == wanted:
            return count
        if len(said) >= len(wanted) + 8:
            return 0
    return 0


def _plain(text: str) -> str:
    return _PLAIN.sub("", text).casefold()


def _mark_bold(page: PageLines, *, body: float, level: int) -> None:
    """Mark the bold lines that stand alone, at the left or in the middle, above text that is not bold."""
    lefts = Counter(round(line.left / 4) for line in page.lines if not line.is_row)
    usual = {place for place, count in lefts.items() if count >= 3}
    places = {id(line): index for index, line in enumerate(page.lines)}
    bold = [
        line
        for line in page.lines
        if line.bold and not (line.level or line.angle or line.is_running) and line.size > 0.9 * body
    ]
    for part in _parts(bold):
        first, index = part[0], places[id(part[0])]
        previous = page.lines[index - 1] if index else None
        apart = previous is None or previous.level > 0 or not 0 < first.baseline - previous.baseline < 1.35 * first.size
        at_left = not {round(first.left / 4) + shift for shift in (-1, 0, 1)}.isdisjoint(usual)
        stands_out = (apart or _NUMBERED.match(first.text)) and (at_left or _is_centered(page, index))
        if stands_out and _reads_as_heading(part):
            for line in part:
                line.level = level


def _reads_as_heading(part: Sequence[Line]) -> bool:
    """Tell whether bold lines begin like a heading, end like one, and are no longer."""
    text = " ".join(line.text for line in part)
    return (
        len(text) <= _LONGEST_BOLD * min(len(part), 2)
        and not any(line.is_row for line in part)
        and text[0].isalnum()
        and not text[0].islower()
        and not is_marker(text)
        and sum(character.isalpha() for character in text) >= 4
        and not (_SENTENCE_END.search(text) and (len(part) == 1 or text[-1] in ",;:"))
    )


def _is_centered(page: PageLines, index: int) -> bool:
    """Tell whether the line stands in the middle of the page, or of the column that goes on below it."""
    line = page.lines[index]
    middle = (line.left + line.right) / 2
    below = page.lines[index + 1 : index + 3]
    return abs(middle - page.width / 2) < line.size or any(
        abs(middle - (after.left + after.right) / 2) < line.size and after.right - after.left > line.right - line.left
        for after in below
    )
