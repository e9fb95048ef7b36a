"""Cells: a question and a row of a table go in, the cells that answer by the names of their columns come out.

And how much of what the row is called is asked for.

The reader finds the row, but often takes the first figure in it: "Sweden; Domestic: 23.9; Imported: 73.7".
"""

from __future__ import annotations

import re
from collections.abc import Sequence, Set

from index import FUNCTION_WORDS, Cell, cells_of, content_words, split_words
from rag.answer.ranges import numbers_in, words_in_range
from rag.question import Question, has_digit

_BEYOND = 0.1  # what a word costs that is in a column's name and not asked for
_OF_A_DATE = 0.3  # of a word, what each part of a date counts
_MONTHS = frozenset(
    split_words("january february march april may june july august september october november december")
)
_WORD = re.compile(r"\w+")
_SHARE = re.compile(r"%|\b(?:per ?cent(?:age)?|proportion|share)\b", re.I)
_COUNT = re.compile(r"\bhow many\b", re.I)
# What people say, and what columns are called.
_CALLED = (
    ("quarter", "three months"),
    ("half", "six months"),
    ("women", "female females woman girls"),
    ("men", "male males man boys"),
    ("female", "women"),
    ("male", "men"),
)


def cells_asked_for(question: Question, row: str, *, figures: bool = False) -> list[Cell]:
    """Return the cells whose columns the question names, more than the others; none if nothing tells them apart.

    Where `figures` are wanted, only cells with a digit count.

    What the question says itself is no answer: of "who is in the red team" not the team.
    """
    cells = cells_of(row)
    said = set(split_words(question.asked)) if cells else set()
    open_cells = [cell for cell in cells if cell.column and not _is_said(row[cell.start : cell.end], said)]
    if figures:
        open_cells = [cell for cell in open_cells if has_digit(row[cell.start : cell.end])]
    if len(open_cells) < 2:
        return []
    fits = _fits([cell.column for cell in open_cells], question)
    best = max(fits)
    if max(best) <= 0 or min(fits) == best:
        return []
    found = [cell for cell, fit in zip(open_cells, fits, strict=True) if fit == best]
    return _of_the_sort(question, found, row)


def _of_the_sort(question: Question, cells: Sequence[Cell], row: str) -> list[Cell]:
    """Return of cells that fit alike those of the sort that is asked for: shares, or what is none; all if none is."""
    share, count = _SHARE.search(question.asked), _COUNT.search(question.asked)
    shares = [cell for cell in cells if _SHARE.search(f"{cell.column} {row[cell.start : cell.end]}")]
    others = [cell for cell in cells if cell not in shares]
    return (shares if share else others if count else []) or list(cells)


def label_share(question: Question, row: str) -> float:
    """Return how many content words of the label of a row of figures the question has, as a share; 0 for other text."""
    label, *figures = [row[cell.start : cell.end] for cell in cells_of(row)] or [""]
    words = set() if any(map(str.isalpha, "".join(figures))) else set(content_words(label))
    return len(words & question.rarity.keys()) / max(1, len(words))


def _fits(names: Sequence[str], question: Question) -> list[tuple[float, float]]:
    """Return how well each name is what is asked for: by its words as they are indexed, then as they are written.

    (A whole date is one word of the index; "the December 2022 quarter" has words of it. Who asks of
    six asks for "5-19 pieces".)
    """
    numbers = numbers_in(question.asked)
    written = [word for word in _WORD.findall(question.asked.lower()) if word not in FUNCTION_WORDS]
    written += [word for said, called in _CALLED if said in written for word in called.split()]
    indexed = {*question.rarity, *split_words(" ".join(written))}
    by_index = _shares([words_in_range(numbers, name).union(split_words(name)) for name in names], indexed)
    as_written = _shares([set(_WORD.findall(name.lower())) for name in names], set(written))
    return list(zip(by_index, as_written, strict=True))


def _shares(names: Sequence[Set[str]], asked: Set[str]) -> list[float]:
    """Return for each name how many of its words are asked for, of those that not all names have."""
    common = frozenset.intersection(*map(frozenset, names))
    return [_weight(name & asked - common) - _BEYOND * _weight(name - asked - common) for name in names]


def _weight(words: Set[str]) -> float:
    """Return how much words count; a date has three or four."""
    return sum(_OF_A_DATE if has_digit(word) or word in _MONTHS else 1.0 for word in words)


def _is_said(value: str, said: Set[str]) -> bool:
    words = set(split_words(value))
    return bool(words) and words <= said
