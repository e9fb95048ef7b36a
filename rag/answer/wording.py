"""Wording: a question goes in, the same comes out with its dates and amounts written as the passages write them.

The reader compares letters: that 2022-12-07 is "Dec. 7th, 2022", or 1k is 1,000, it can't tell.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from index import Value, find_units, find_values
from rag.answer.ranges import SIDE, SIZE
from rag.question import Question, read_question


def as_written(question: Question, passages: Sequence[str], rarity: Callable[[str], float]) -> Question:
    """Return `question` with its dates, amounts, sizes and units as the first of `passages` that has them writes them.

    Where a month is asked for, and they have days of it, only what the reader reads is changed: the month's name is
    among the words of each day.
    """
    asked = _with_sizes(_with_units(question.asked, passages), passages)
    for value in reversed(find_values(asked)):
        asked = _replaced(asked, value, _same(value, asked, passages))
    changed = question
    if asked != question.asked:
        changed = read_question(asked, rarity)
        changed = replace(
            changed,
            text=question.text,
            in_context=question.in_context,
            context=question.context,
            spoken_of=question.spoken_of,
            is_unheard_of=question.is_unheard_of,
        )
    months = [value for value in find_values(asked) if value.unit == "date" and not value.within]
    for value in reversed(months):
        asked = _replaced(asked, value, _day_of(value, asked, passages))
    return replace(changed, asked=asked)


def _same(value: Value, question: str, passages: Iterable[str]) -> str:
    """Return how the passages write a value of the question; "" if they have it as it is there, or not at all.

    A number in words is no name, though a sentence may begin with it. Of an amount that some passage has as it is
    asked for, 3.25%, another may have 3.250%.
    """
    written = question[value.start : value.end]
    each = ([passage[v.start : v.end] for v in find_values(passage) if v.is_as(value)] for passage in passages)
    found = [names for names in each if names]
    if not found:
        return ""
    if value.unit == "date":
        return "" if written in found[0] else found[0][0]
    return "" if any(written in names for names in found) else found[0][0].lower()


def _day_of(month: Value, question: str, passages: Iterable[str]) -> str:
    """Return how the passages write the month, or a day of it, as `_same` does."""
    written = question[month.start : month.end]
    for passage in passages:
        found = [passage[v.start : v.end] for v in find_values(passage) if v.within & month.readings]
        if found:
            name = min(month.readings)
            return "" if any(written in day for day in found) else name if found[0].startswith(name) else found[0]
    return ""


def _replaced(text: str, value: Value, other: str) -> str:
    return f"{text[: value.start]}{other}{text[value.end :]}" if other else text


def _with_units(question: str, passages: Sequence[str]) -> str:
    asked = find_units(question)
    for sign, written in asked.items():
        found = next((units[sign] for units in map(find_units, passages) if sign in units), written)
        question = question.replace(written, found)
    return question


def _with_sizes(question: str, passages: Sequence[str]) -> str:
    """Return a question with "1x3" as the passages write it: "1 x 3"."""
    if not SIZE.search(question):
        return question
    written = {_sides(found[0]): found[0] for passage in reversed(passages) for found in SIZE.finditer(passage)}
    return SIZE.sub(lambda found: written.get(_sides(found[0]), found[0]), question)


def _sides(size: str) -> tuple[str, ...]:
    return tuple(re.findall(SIDE, size.replace(",", ".")))
