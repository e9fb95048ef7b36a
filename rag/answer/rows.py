"""Rows: a row of a table that may answer goes in, all rows that fit what is asked as it does come out."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import replace
from functools import cache

from index import Caption, Document, cells_of, document_name, find_captions, split_words
from rag.answer.extract import Candidate
from rag.answer.lists import Line, as_candidates, lines_around
from rag.answer.ranges import numbers_in, ranges_in
from rag.question import Question

_LEAST_CELLS = 3  # of a line with bars between them
_MOST_UNHELD = 1  # words of a question that a row need not hold
_LINKING = """
    work works working live lives living come comes belong belongs sit sits people persons person everyone everybody
    anyone members member staff employees employee list
    """
TICKS = ("yes", "x", "y", "true", "✓", "✔", "✅")
TABLE = 100_000  # characters on either side in which rows of its table are looked for
_ALIKE = 0.3  # share of their words that two rows have in common


def with_rows(question: Question, best: Candidate) -> list[Candidate]:
    """Return all rows of the table of `best` that fit what is asked as it does; nothing if it is no row that fits.

    A row fits if the question has all words of one of its cells, and what else it asks is in the row (the names of its
    columns count), in the name of its document or in the headings; see `_MOST_UNHELD`. If it has the name of that
    column, too, the cells of others don't count: of "on floor 2" a row with two seats has nothing; nor do cells of
    which `best` has more: where it has "12 June", twelve guests are none. Where the heading right above is asked for,
    as in "on Saturday", or what its table is called, rows below one that lacks it don't count either.
    """
    if not is_row_that_fits(question, best) or _is_part(best):
        return []
    document, asked = best.document, _held(question, best.text)
    whole = _cells_asked(question, best.text)
    found = lines_around(document.text, best.start, TABLE)
    rows = [line for line in found if _fits(question, document.text[line.start : line.end], asked, whole)]
    rows = _below_as_much(question, document, rows, best)
    rows = [row for row in rows if _has_as_much(_cells_asked(question, document.text[row.start : row.end]), whole)]
    named = [row for row in rows if _has_cell(question, document.text[row.start : row.end], named=True)]
    return as_candidates(best, named or rows)


def _is_part(one: Candidate) -> bool:
    """Tell whether a row is so long that only a part of it was read."""
    text = one.document.text
    before = text[text.rfind("\n", 0, one.start) + 1 : one.start]
    behind = text[one.end : one.end + 1]
    return bool(before.strip()) or behind not in ("", "\n")


def _below_as_much(question: Question, document: Document, rows: Sequence[Line], best: Candidate) -> list[Line]:
    """Return the rows above which all words of the question stand that stand above the best one, and not in it."""
    low = document.text.rfind("\n", 0, max(0, best.start - TABLE)) + 1
    found = find_captions(document.text[low : best.end + TABLE]) if len(rows) > 1 else []
    captions = [one._replace(start=one.start + low, end=one.end + low) for one in found]
    above = _above(question, document, captions, best.start) - best.words
    return [row for row in rows if not above or above <= _above(question, document, captions, row.start)]


def _above(question: Question, document: Document, captions: Sequence[Caption], at: int) -> Set[str]:
    """Return the words of a question that the heading right above a place has, or the caption of the table there."""
    above = next((heading for heading in reversed(document.headings) if heading.start <= at), None)
    called = next((caption.words for caption in captions if caption.start <= at < caption.end), "")
    return _held(question, f"{document.text[above.start : above.end] if above else ''}\n{called}")


def is_row_that_fits(question: Question, one: Candidate) -> bool:
    """Tell whether a sentence is a row that fits what is asked, as `with_rows` says, without reading its table."""
    if question.negated or not _has_cell(question, one.text):
        return False
    above = set(split_words(f"{document_name(one.document)}\n{one.hit.passage.heading}"))
    known = _held(question, one.text) | above
    exact = (question.names | question.identifiers) - known
    return not exact and len(question.rarity.keys() - known - _linking()) <= _MOST_UNHELD


def _fits(question: Question, row: str, asked: Set[str], of_best: Sequence[Set[str]]) -> bool:
    """Tell whether a row holds what is asked for, and has a cell of which the question has each word, or the best more.

    Where "Kara Sea" is asked for, "Kara Sea (Gulf of Ob)" fits as well.
    """
    if not asked <= _held(question, row):
        return False
    return _has_cell(question, row) or any(whole <= cell for cell in _cells_named(row) for whole in of_best)


def _cells_named(row: str) -> list[Set[str]]:
    return [set(split_words(row[cell.start : cell.end])) for cell in cells_of(row) if cell.column]


def _has_as_much(cells: Sequence[Set[str]], of_best: Sequence[Set[str]]) -> bool:
    """Tell whether one of a row's cells that are asked for has no fewer words than one of the best row's."""
    return not cells or any(not any(cell < whole for whole in of_best) for cell in cells)


def _has_cell(question: Question, row: str, *, named: bool = False) -> bool:
    """Tell whether a line is a row of a table with a cell of which the question has each word, and its column's."""
    return bool(_cells_asked(question, row, named=named))


def _cells_asked(question: Question, row: str, *, named: bool = False) -> list[set[str]]:
    """Return the words of those cells of a row of which the question has each, and the words of their columns."""
    found = []
    cells = [(cell.column, row[cell.start : cell.end]) for cell in cells_of(row)]
    for name, value in cells or [("", value) for value in values_between_bars(row)]:
        words = set(split_words(name if value.lower() in TICKS else value))
        if words and question.rarity.keys() >= words.union(split_words(name) if named else ()):
            found.append(words)
    return found


def values_between_bars(row: str) -> list[str]:
    """Return the cells of a row without names, also of one that was typed ("|Elm|14|yes|"); nothing of other text."""
    cells = row.strip("|").split("|")
    return [cell.strip() for cell in cells] if len(cells) >= _LEAST_CELLS else []


def is_held(question: Question, row: Candidate) -> bool:
    """Tell whether a row holds each word of the question, but for those that only link its cells: "who works in"."""
    return question.rarity.keys() - _linking() <= row.words


@cache
def _linking() -> frozenset[str]:
    return frozenset(split_words(_LINKING))


def _held(question: Question, text: str) -> Set[str]:
    return question.rarity.keys() & set(split_words(text))


def in_range_first(question: Question, candidates: Sequence[Candidate]) -> Sequence[Candidate]:
    """Put the row first whose range holds the number that is asked for, before one like it whose range doesn't.

    Of several it is the narrowest; it is taken for as likely as the one that it comes before.
    """
    numbers = numbers_in(question.asked)
    if len(numbers) != 1 or not candidates:
        return candidates
    number, best = numbers[0], candidates[0]
    ranges = ranges_in(best.text)
    if not ranges or any(one.holds(number) for one in ranges):
        return candidates
    holding = [
        (min(one.width for one in ranges_in(other.text) if one.holds(number)), rank)
        for rank, other in enumerate(candidates)
        if _is_like(other, best) and any(one.holds(number) for one in ranges_in(other.text))
    ]
    if not holding:
        return candidates
    chosen = candidates[min(holding)[1]]
    others = (candidate for candidate in candidates if candidate is not chosen)
    return [replace(chosen, probability=max(best.probability, chosen.probability)), *others]


def _is_like(one: Candidate, other: Candidate) -> bool:
    common = len(one.words & other.words)
    return one.document.doc_id == other.document.doc_id and common >= _ALIKE * max(len(one.words), len(other.words))
