"""Lists: a sentence that is an item of a list, or leads to one, goes in, and the whole list comes out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from index import Document, split_words
from rag.answer.extract import Candidate
from rag.question import Question

MOST_ITEMS = 24
_ITEM = re.compile(r"[ \t]*(?:[-*•◦▪–—]|\(?(?:\d{1,2}|[a-zA-Z])[.)])[ \t]+\S")
_LEAST_ITEMS = 2
_LEAST_ABOVE = 0.3  # share of the question's words that stands above a list that is asked for
_LEAST_ABOVE_ELSE = 0.5  # where the question doesn't say that several things are wanted
_TITLE_WORDS = 10


def with_list(question: Question, best: Candidate) -> list[Candidate]:
    """Return the whole list that `best` leads to or is an item of, in its order, if that is what is asked for.

    `best` leads to it, or what stands above the list (the line that leads to it, its headings) holds more of what is
    asked than the item does: of "Please bring: - a towel - a lamp" the first line has what "what should I bring" names.
    Where a single item names what is asked ("- Warranty: 3 years"), or there is no list, nothing is returned.
    """
    lead, items = _list_around(best.document, best.start, wanted=question.wants_list)
    if len(items) < _LEAST_ITEMS:
        return []
    leads = lead is not None and lead[0] <= best.start < lead[1]
    if not leads:
        above = best.hit.passage.heading + (f"\n{best.document.text[slice(*lead)]}" if lead else "")
        asked, held = question.coverage(frozenset(split_words(above))), question.coverage(best.words)
        least = _LEAST_ABOVE if question.wants_list else _LEAST_ABOVE_ELSE
        if asked < least or held >= asked:
            return []
    spans = [lead] if lead is not None and leads else []
    return [_candidate(best, span) for span in (*spans, *items[:MOST_ITEMS])]


def _list_around(document: Document, at: int, *, wanted: bool) -> tuple[tuple[int, int] | None, list[tuple[int, int]]]:
    """Return the line that leads to the list at `at`, if there is one, and the spans of the list's items.

    If a list is `wanted`, any line right above one leads to it.
    """
    text = document.text
    lines = list(_lines_around(text, at))
    item = [_ITEM.match(text[slice(*line)]) is not None for line in lines]
    here = next((i for i, (start, end) in enumerate(lines) if start <= at < end), None)
    if here is None:
        return None, []
    if not item[here]:
        here += 1
        if here == len(lines) or not item[here] or not (wanted or _leads(text[slice(*lines[here - 1])])):
            return None, []
    first, last = here, here
    while first and item[first - 1]:
        first -= 1
    while last + 1 < len(lines) and item[last + 1]:
        last += 1
    lead = lines[first - 1] if first and (wanted or _leads(text[slice(*lines[first - 1])])) else None
    return lead, lines[first : last + 1]


def _leads(line: str) -> bool:
    """Tell whether a line may lead to a list: it ends with a colon, or is short and without a stop."""
    return line.endswith((":", "：")) or (
        len(line.split()) <= _TITLE_WORDS and not line.endswith((".", "!", "?", "。"))
    )


def _lines_around(text: str, at: int) -> Iterator[tuple[int, int]]:
    """Yield the lines around a place, without white space at their ends; empty ones are left out."""
    low, high = max(0, at - 6000), at + 6000
    low = text.rfind("\n", 0, low) + 1 if low else 0
    for found in re.finditer(r"[^\n]+", text[low:high]):
        line = found[0].rstrip()
        lead = len(line) - len(line.lstrip())
        if line.strip():
            yield low + found.start() + lead, low + found.start() + len(line)


def _candidate(best: Candidate, span: tuple[int, int]) -> Candidate:
    start, end = span
    if start <= best.start < end:
        return best
    return replace(best, start=start, end=end, words=frozenset(split_words(best.document.text[start:end])), span=None)
