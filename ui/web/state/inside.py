"""What is inside of one document: words that are looked for, its headings, the lines of a page. Out come JSON values.

Places count characters of the document's text; rectangles are in per cent of their page.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

from index import Box, Document, Page
from ui.contract import Json
from ui.places import LONGEST_HEADING, capital, has_images, page_name, page_shown, title_of

LISTED = 1000  # places of words, and headings
COUNTED = 100_000
BOXED = 300  # places whose rectangles are told
LONGEST_WORDS = 200
PART, OVERLAP = 200_000, 2000  # characters that are searched at once, and more in which a match may end
SECONDS = 2.0  # of searching, after which what is found is all
PREVIEWED = 8  # headings that a preview lists
FIRST_LINES = 480  # characters of the text that it shows


def find_words(document: Document, words: str) -> Json:
    """Return where words stand in a document, whatever their case and the white space between them."""
    parts = words[:LONGEST_WORDS].split()
    places: list[Json] = []
    count = 0
    pattern = re.compile(r"\s+".join(map(re.escape, parts)), re.IGNORECASE)
    for found in _found(pattern, document.text) if parts else ():
        if count < LISTED:
            boxes = _boxes(document, *found.span()) if count < BOXED else []
            places.append({"start": found.start(), "end": found.end(), "boxes": boxes})
        count += 1
        if count == COUNTED:
            break
    return {"count": count, "places": places}


def _found(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """Yield the matches part by part, for the seconds there are: other threads wait while one part is searched."""
    until, at = time.monotonic() + SECONDS, 0
    while at < len(text) and time.monotonic() < until:
        end = at + PART
        for found in pattern.finditer(text, at, end + OVERLAP):
            if found.start() >= end:
                break
            yield found
            end = max(end, found.end())
        at = end


def outline(document: Document) -> list[Json]:
    """Return the headings of a document, each with its level and its place."""
    return [
        {
            "level": heading.level,
            "text": _one_line(document, heading.start, heading.end),
            "start": heading.start,
            "end": heading.end,
            "boxes": _boxes(document, heading.start, heading.end),
        }
        for heading in document.headings[:LISTED]
    ]


def preview(document: Document) -> Json:
    """Return what is shown of a document before it is opened.

    That is its first headings but for the title, how many `more` there are, its first lines, and the number and the
    name of its first `page` if that has an image; without one the number is 0.
    """
    title = title_of(document)
    named = [(heading, _one_line(document, heading.start, heading.end)) for heading in document.headings[:LISTED]]
    inner = [(heading, name) for heading, name in named if name and name != title]
    top = min((heading.level for heading, _ in inner), default=0)
    first = next(iter(document.pages), 0) if has_images(document) else 0
    return {
        "headings": [
            {"level": one.level - top, "text": name[:LONGEST_HEADING], "start": one.start, "end": one.end}
            for one, name in inner[:PREVIEWED]
        ],
        "more": max(0, len(inner) - PREVIEWED),
        "lines": _first_lines(document.text, title),
        "page": first,
        "name": capital(page_shown(page_name(document, first))) if first else "",
    }


def _one_line(document: Document, start: int, end: int) -> str:
    return " ".join(document.text[start:end].split())


def _first_lines(text: str, title: str) -> str:
    """Return the beginning of a text without its title and empty lines, cut off between two words."""
    lines = [line.strip() for line in text[: 4 * FIRST_LINES].splitlines()]
    lines = [line for line in lines if line]
    begun = "\n".join(lines[1:] if lines and lines[0] == title else lines)
    return begun if len(begun) <= FIRST_LINES else re.sub(r"\s+\S{0,20}$", "", begun[:FIRST_LINES]) + " …"


def page_lines(document: Document, number: int) -> list[Json]:
    """Return the lines of a page, each with its text and its rectangle; none if it has none or its places aren't known.

    Together they are the page's text, character for character but for what stands on no line.
    """
    page = document.pages.get(number)
    if page is None or page.boxes is None:
        return []
    text = document.text[page.start : page.end]
    return [{"text": text[start:end], "box": _in_per_cent(box, page)} for start, end, box in _lines(page, number)]


def _lines(page: Page, number: int) -> Iterator[tuple[int, int, Box]]:
    """Yield where each line of a page begins and ends in its text, and its rectangle."""
    line: Box | None = None
    first = last = 0
    for at, (left, top, right, bottom) in enumerate(page.boxes.tolist() if page.boxes is not None else ()):
        if left != left:  # it is not on the page
            continue
        if line is not None:
            shared = min(bottom, line.bottom) - max(top, line.top)
            if shared > 0.5 * min(bottom - top, line.bottom - line.top) and left >= line.left:
                edges = (min(top, line.top), max(right, line.right), max(bottom, line.bottom))
                line, last = Box(number, line.left, *edges), at + 1
                continue
            yield first, last, line
        line, first, last = Box(number, left, top, right, bottom), at, at + 1
    if line is not None:
        yield first, last, line


def _boxes(document: Document, start: int, end: int) -> list[list[float]]:
    """Return the rectangles of `text[start:end]`, each behind the number of its page."""
    return [
        [box.page, *_in_per_cent(box, document.pages[box.page])]
        for box in document.locate(start, end)
        if document.pages[box.page].width
    ]


def _in_per_cent(box: Box, page: Page) -> list[float]:
    across, down = 100 / (page.width or 1), 100 / (page.height or 1)
    size = (across * (box.right - box.left), down * (box.bottom - box.top))
    return [round(value, 3) for value in (across * box.left, down * box.top, *size)]
