"""Cleaning: what a reader made of a file, without what no one sees of it; what counts characters moves along.

It is done in one place, where a document is made, so that no reader has to think of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from index.readers.content import LONGEST_TITLE, Content, one_line
from index.readers.hidden import summed
from index.records import Heading, Page
from index.text.characters import STEPS, Cleaned, clean_text

_LONGEST_LABEL = 200  # characters of a page's own name
_LONGEST_REASON = 2000  # characters of what is said to be missing


def clean_content(content: Content) -> Content:
    """Return `content` with its text, title, labels and reasons cleaned; the same object if there is nothing to clean.

    The names of members stay as the file has them: `safe_name` cleans those.
    """
    for step in STEPS:
        cleaned = step(content.text)
        if cleaned.text is not content.text:
            content = _moved(content, cleaned)
    if content.left_out:
        cleaned_words = (replace(one, text=clean_text(one.text)) for one in content.left_out)
        content = replace(content, left_out=summed(cleaned_words))
    title = clean_line(content.title, most=LONGEST_TITLE)
    missing = clean_line(content.missing, most=_LONGEST_REASON)
    labels = {
        number: label
        for number, page in content.pages.items()
        if (label := clean_line(page.label, most=_LONGEST_LABEL)) != page.label
    }
    if labels:
        pages = content.pages
        pages = {number: replace(page, label=labels.get(number, page.label)) for number, page in pages.items()}
        content = replace(content, pages=pages)
    if (title, missing) == (content.title, content.missing):
        return content
    return replace(content, title=title, missing=missing)


def clean_line(text: str, *, most: int) -> str:
    """Return `text` cleaned, on one line of at most `most` characters."""
    line = one_line(clean_text(text))
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def _moved(content: Content, cleaned: Cleaned) -> Content:
    """Return `content` with the cleaned text, and its pages and headings where they stand in it."""
    text, dropped = cleaned
    return replace(content, text=text, pages=_pages(content.pages, dropped), headings=_headings(content, cleaned))


def _headings(content: Content, cleaned: Cleaned) -> tuple[Heading, ...]:
    """Return the headings in the cleaned text; those of which nothing is left are none."""
    text, dropped = cleaned
    levels = [heading.level for heading in content.headings]
    starts = _offsets([heading.start for heading in content.headings], dropped)
    ends = _offsets([heading.end for heading in content.headings], dropped)
    found = (Heading(*place) for place in zip(levels, starts, ends, strict=True))
    return tuple(heading for heading in found if text[heading.start : heading.end].strip())


def _pages(pages: Mapping[int, Page], dropped: NDArray[np.int64]) -> dict[int, Page]:
    starts = _offsets([page.start for page in pages.values()], dropped)
    ends = _offsets([page.end for page in pages.values()], dropped)
    return {
        number: replace(page, start=start, end=end, boxes=_boxes(page, dropped))
        for (number, page), start, end in zip(pages.items(), starts, ends, strict=True)
    }


def _boxes(page: Page, dropped: NDArray[np.int64]) -> NDArray[np.float32] | None:
    """Return the boxes of the page's characters that are still there."""
    first, past = np.searchsorted(dropped, [page.start, page.end])
    if page.boxes is None or first == past:
        return page.boxes
    return np.delete(page.boxes, dropped[first:past] - page.start, axis=0)


def _offsets(offsets: list[int], dropped: NDArray[np.int64]) -> list[int]:
    """Return where the characters at `offsets` stand after those that were dropped before them are gone."""
    before = np.asarray(offsets, dtype=np.int64)
    moved: list[int] = (before - np.searchsorted(dropped, before)).tolist()
    return moved
