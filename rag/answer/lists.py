"""Lists: a sentence that is an item of a list, or leads to one, goes in, and the whole list comes out.

A list is a run of lines that are marked alike (bullets, numbers, letters; what is deeper belongs to the item before
it), or lines under one that ends with a colon, of a few words each (these also under a title) or parted by semicolons.
(Tables are in `rows.py`.)
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import replace
from difflib import SequenceMatcher
from typing import NamedTuple

from index import Document, split_words
from rag.answer.agreement import are_of_different_things
from rag.answer.extract import Candidate
from rag.question import Question, is_negated

_MOST_ITEMS = 1000  # of a list, or rows of a table
_MARKER = re.compile(
    r"(?P<indent>[ \t]*)(?:(?P<bullet>[-*•◦▪–—])|\(?(?:(?P<dotted>\d{1,2}(?:\.\d{1,2}){1,4}\.?)"
    r"|(?P<number>\d{1,2})[.)]|(?P<letter>[a-zA-Z])[.)]))[ \t]+\S"
)
_PARTED = re.compile(r";(?: (?:and|or|and/or))?$")
_NUMBERED = "1"
_HOW = re.compile(r"^\W*(?:how (?:do|does|can|could|should|must|to|is|are)|what are the steps|show me how)\b", re.I)
_LEAST_ITEMS = 2
_LEAST_ABOVE = 0.3  # share of the question's words that stands above a list that is asked for
_LEAST_ABOVE_ELSE = 0.5  # where the question doesn't say that several things are wanted
_TITLE_WORDS = 10
_PLAIN_WORDS = 8  # of an item without a mark
_LEAST_UNDER_TITLE = 3  # items without a mark where no colon leads to them
_LEAST_ALIKE = 0.5  # share of the words that sentences have in common which say the same of other things


class _Level(NamedTuple):
    """How an item is marked: with what, how many numbers, how far from the margin (in steps of two)."""

    mark: str
    numbers: int
    indent: int

    def is_deeper(self, other: _Level) -> bool:
        return self.numbers > other.numbers or self.indent > other.indent


class Line(NamedTuple):
    """A line, `text[start:end]` without white space at its ends; `level` if it is a marked item of a list.

    `apart` tells that a blank line is above it.
    """

    start: int
    end: int
    level: _Level | None
    apart: bool


class _List(NamedTuple):
    """The line that leads to a list, if one does, and its items."""

    lead: Line | None
    items: Sequence[Line]


def with_list(question: Question, best: Candidate) -> list[Candidate]:
    """Return the whole list that `best` leads to or is an item of, in its order, if that is what is asked for.

    `best` leads to it, or what stands above the list (the line that leads to it, its headings) holds more of what is
    asked than the item does: of "Please bring: - a towel - a lamp" the first line has what "what should I bring" names.
    Where a single item names what is asked ("- Warranty: 3 years"), or there is no list, nothing is returned. Of steps
    that are numbered, one that names no more than their heading does is no answer to how something is done.
    """
    text = best.document.text
    lines = list(lines_around(text, best.start))
    here = next((i for i, line in enumerate(lines) if line.start <= best.start < line.end), None)
    if here is None:
        return []
    below = _list_below(best.document, lines, here, wanted=question.wants_list)
    least = _LEAST_ABOVE if question.wants_list else _LEAST_ABOVE_ELSE
    held = question.coverage(best.words)
    if below and (lines[here].level is None or held >= least):
        return [best, *as_candidates(best, below)]
    lead, items = _list_at(best.document, lines, here, wanted=question.wants_list)
    above = best.hit.passage.heading + (f"\n{text[lead.start : lead.end]}" if lead else "")
    asked = question.coverage(frozenset(split_words(above)))
    level = lines[here].level
    is_step = level is not None and level.mark == _NUMBERED and _HOW.search(question.asked) is not None
    return as_candidates(best, items) if asked >= least and (held < asked or (is_step and held == asked)) else []


def list_around(document: Document, at: int) -> list[tuple[int, int]]:
    """Return the spans of the list around a place, the line that leads to it among them; nothing if there is none."""
    lines = list(lines_around(document.text, at))
    here = next((i for i, line in enumerate(lines) if line.start <= at < line.end), None)
    if here is None:
        return []
    lead, items = _list_at(document, lines, here, wanted=False)
    return [(line.start, line.end) for line in ([lead, *items] if lead and items else items)]


def with_siblings(question: Question, best: Candidate, candidates: Sequence[Candidate]) -> list[Candidate]:
    """Return `best` and the sentences that say the same of other things, those of a document in its order.

    "The Alma sails to Moss. The Brage sails to Horten.": where several are asked for, one answers no more than another.
    They are worded alike, and hold what `best` has of the question. If there are none, nothing is returned. Where a
    place is asked for, what differs in the place alone is no other thing: it contradicts.
    """
    asked = question.rarity.keys() & best.words
    found = {best.words: best}
    for other in candidates if asked else ():
        if question.kind == "place" and not are_of_different_things(question, best, other):
            continue
        if asked <= other.words and other.words not in found and _are_worded_alike(best, other, asked):
            found[other.words] = replace(other, probability=max(other.probability, best.probability))
    ranks = {candidate.document.doc_id: i for i, candidate in reversed(list(enumerate(found.values())))}
    alike = sorted(found.values(), key=lambda c: (ranks[c.document.doc_id], c.start))
    return alike[:_MOST_ITEMS] if len(alike) >= _LEAST_ITEMS else []


def _are_worded_alike(one: Candidate, other: Candidate, asked: Set[str]) -> bool:
    """Tell whether two sentences have the same words in the same order but for a few, none of which is asked for."""
    if len(one.words & other.words) < _LEAST_ALIKE * max(len(one.words), len(other.words)):
        return False
    if is_negated(one.text) != is_negated(other.text):
        return False
    ours, theirs = split_words(one.text), split_words(other.text)
    changes = [change for change in SequenceMatcher(None, ours, theirs, False).get_opcodes() if change[0] != "equal"]
    replaced = sum(j - i for _, i, j, _, _ in changes)
    is_alike = len(ours) - replaced >= _LEAST_ALIKE * max(len(ours), len(theirs))
    return is_alike and all(i < j and m < n and not asked & set(ours[i:j]) for _, i, j, m, n in changes)


def _list_below(document: Document, lines: Sequence[Line], here: int, *, wanted: bool) -> Sequence[Line]:
    """Return the items of the list that the line leads to, none if it leads to none.

    If a list is `wanted`, any line right above one leads to it.
    """
    line, text = lines[here], document.text[lines[here].start : lines[here].end]
    below = lines[here + 1].level if here + 1 < len(lines) else None
    if below is None:
        items = _items_under(document, lines, here + 1) if text.endswith((":", "：")) and not line.level else []
    elif line.level is not None:
        items = _run(lines, here + 1) if below.is_deeper(line.level) or below.mark != line.level.mark else []
    else:
        items = _run(lines, here + 1) if wanted or _leads(text) else []
    return items if len(items) >= _LEAST_ITEMS else []


def _list_at(document: Document, lines: Sequence[Line], here: int, *, wanted: bool) -> _List:
    """Return the list that the line is an item of."""
    if lines[here].level is None:
        return _plain_list(document, lines, here, wanted=wanted)
    items = _run(lines, here)
    first = lines.index(items[0])
    above = lines[first - 1] if first else None
    is_lead = above is not None and (wanted or _leads(document.text[above.start : above.end]))
    return _List(above if is_lead else None, items if len(items) >= _LEAST_ITEMS else [])


def _run(lines: Sequence[Line], here: int) -> Sequence[Line]:
    """Return the lines around an item that are marked as it is, with the deeper ones between and after them."""
    level = lines[here].level
    first = last = here
    for i in range(here - 1, -1, -1):
        other = lines[i].level
        if other is None or level is None or not (other == level or other.is_deeper(level)):
            break
        first = i if other == level else first
    for i in range(here + 1, len(lines)):
        other = lines[i].level
        if other is None or level is None or not (other == level or other.is_deeper(level)):
            break
        last = i
    return lines[first : last + 1]


def _plain_list(document: Document, lines: Sequence[Line], here: int, *, wanted: bool) -> _List:
    """Return the list without marks that a line is an item of: under a colon; where one is `wanted`, under a title."""
    first = here
    while first and (
        _is_parted(document, lines[first - 1]) or (not lines[first].apart and _is_plain(document, lines[first - 1]))
    ):
        first -= 1
    above = lines[first - 1] if first else None
    if above and document.text[above.start : above.end].endswith((":", "：")):
        items = _items_under(document, lines, first)
        return _List(above, items if here < first + len(items) and len(items) >= _LEAST_ITEMS else [])
    titled = above is not None and any((h.start, h.end) == (above.start, above.end) for h in document.headings)
    lead, first = (above, first) if titled else (lines[first], first + 1)
    items = _plain_items(document, lines, first) if wanted else []
    return _List(lead, items if first <= here < first + len(items) and len(items) >= _LEAST_UNDER_TITLE else [])


def _items_under(document: Document, lines: Sequence[Line], first: int) -> Sequence[Line]:
    """Return the items from the first on that a colon leads to: those that semicolons part and the one behind them."""
    last = first
    while last < len(lines) and _is_parted(document, lines[last]):
        last += 1
    parted = lines[first : last + 1] if last > first else []
    return parted or _plain_items(document, lines, first)


def _is_parted(document: Document, line: Line) -> bool:
    """Tell whether a line is an item without a mark that another follows: "damage by frost; or"."""
    return line.level is None and _PARTED.search(document.text, line.start, line.end) is not None


def _plain_items(document: Document, lines: Sequence[Line], first: int) -> Sequence[Line]:
    """Return the lines of a few words from the first on, if a blank line ends them, or the text."""
    last = first
    while last < len(lines) and (last == first or not lines[last].apart):
        if not _is_plain(document, lines[last]):
            return []
        last += 1
    return lines[first:last]


def _is_plain(document: Document, line: Line) -> bool:
    text = document.text[line.start : line.end]
    return line.level is None and len(text.split()) <= _PLAIN_WORDS and not text.endswith((*".!?:。：",))


def _leads(line: str) -> bool:
    """Tell whether a line may lead to a list: it ends with a colon, or is short and without a stop."""
    return line.endswith((":", "：")) or (
        len(line.split()) <= _TITLE_WORDS and not line.endswith((".", "!", "?", "。"))
    )


_AROUND = 6000  # characters on either side in which a list is looked for


def lines_around(text: str, at: int, around: int = _AROUND) -> Iterator[Line]:
    """Yield the lines around a place; empty ones are left out, and one that goes on with an item is part of it."""
    low = text.rfind("\n", 0, max(0, at - around)) + 1
    high = text.find("\n", at + around) + 1 or len(text)
    line: Line | None = None
    apart = True
    for found in re.finditer(r"[^\n]*\n?", text[low:high]):
        written = found[0].strip()
        if not written:
            apart = True
            continue
        start = low + found.start() + found[0].index(written[0])
        new = Line(start, start + len(written), _level(found[0]), apart)
        if line and line.level and new.level is None and not apart and found[0][0].isspace():
            line = line._replace(end=new.end)
        else:
            if line:
                yield line
            line = new
        apart = False
    if line:
        yield line


def _level(line: str) -> _Level | None:
    found = _MARKER.match(line)
    if found is None:
        return None
    mark = found["bullet"] or ("a" if found["letter"] else _NUMBERED)
    numbers = len(re.findall(r"\d+", found["dotted"])) if found["dotted"] else 1
    return _Level(mark, numbers, len(found["indent"].expandtabs(4)) // 2)


def as_candidates(best: Candidate, lines: Sequence[Line]) -> list[Candidate]:
    """Return items as candidates."""
    return [_candidate(best, line) for line in lines[:_MOST_ITEMS]]


def _candidate(best: Candidate, line: Line) -> Candidate:
    words = frozenset(split_words(best.document.text[line.start : line.end]))
    span = best.span if line.start <= best.start < best.end <= line.end else None
    return replace(best, start=line.start, end=line.end, words=words, span=span)
