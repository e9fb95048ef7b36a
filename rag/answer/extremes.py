"""Extremes: a question for the cheapest, the longest or the most, and rows of a table go in; that row comes first.

No sentence says it, and the reader can't compare: the column is found that is meant, and its numbers are compared.
"""

from __future__ import annotations

import re
from collections.abc import Sequence, Set

from index import split_words
from rag.answer.extract import Candidate
from rag.answer.features import heading_words
from rag.answer.lists import as_candidates
from rag.answer.tables import (
    CLOCK,
    LEAST_NUMBERS,
    MONEY,
    Row,
    amounts,
    first_value,
    rows_asked_for,
    tables_of,
    words_and_signs,
)
from rag.question import Question

_LENGTH = "length distance reach range long km mile miles m cm mm"
_TIME = "time duration minutes hours days weeks months years life keeps lasts takes term min h"
_HEIGHT = "height altitude elevation climb tall m cm"
_WEIGHT = "weight load kg g heavy t tonnes"
_SIZE = "size area volume inhabitants population people members seats sleeps places capacity pupils children persons"
_ROOM = "litres litre liters l"
_SOLD = "sold sales copies sells"
_DATE = "born built year date founded bought since start opened made"
_SPEED = "speed pace mph"
_STRENGTH = "strength power alcohol % nm hp kw w force"
_HEAT = "temperature degrees heat °"
# Each word with the ways it is meant: whether the highest number is, and what its column or its unit is called.
_MEANT: dict[str, tuple[tuple[int, str], ...]] = {
    "cheapest": ((-1, MONEY),),
    "dearest": ((1, MONEY),),
    "priciest": ((1, MONEY),),
    "costliest": ((1, MONEY),),
    "most expensive": ((1, MONEY),),
    "least expensive": ((-1, MONEY),),
    "most valuable": ((1, "value worth"),),
    "longest": ((1, _LENGTH), (1, _TIME), (-1, "since")),
    "shortest": ((-1, _LENGTH), (-1, _TIME), (-1, _HEIGHT)),
    "tallest": ((1, _HEIGHT),),
    "highest": ((1, _HEIGHT), (1, "")),
    "lowest": ((-1, _HEIGHT), (-1, "")),
    "largest": ((1, f"{_SIZE} {_ROOM}"), (1, "")),
    "biggest": ((1, f"{_SIZE} {_ROOM}"), (1, "")),
    "smallest": ((-1, f"{_SIZE} {_ROOM}"), (-1, "")),
    "heaviest": ((1, _WEIGHT),),
    "lightest": ((-1, _WEIGHT),),
    "oldest": ((-1, _DATE), (1, "age")),
    "earliest": ((-1, _DATE),),
    "soonest": ((-1, f"{_DATE} delivery {_TIME}"),),
    "youngest": ((1, _DATE), (-1, "age")),
    "newest": ((1, _DATE),),
    "latest": ((1, _DATE),),
    "fastest": ((1, _SPEED), (-1, _TIME)),
    "quickest": ((1, _SPEED), (-1, _TIME)),
    "slowest": ((-1, _SPEED), (1, _TIME)),
    "hottest": ((1, _HEAT),),
    "warmest": ((1, _HEAT),),
    "coldest": ((-1, _HEAT),),
    "deepest": ((1, "depth deep m"),),
    "nearest": ((-1, _LENGTH),),
    "closest": ((-1, _LENGTH),),
    "furthest": ((1, _LENGTH),),
    "farthest": ((1, _LENGTH),),
    **dict.fromkeys(("best selling", "best-selling", "bestselling", "sold best", "sells best"), ((1, _SOLD),)),
    **dict.fromkeys(("worst selling", "worst-selling", "sold worst", "sells worst"), ((-1, _SOLD),)),
    "most": ((1, ""),),
    "fewest": ((-1, ""),),
    "least": ((-1, ""),),
    "greatest": ((1, ""),),
    "strongest": ((1, _STRENGTH), (1, "")),
    "weakest": ((-1, _STRENGTH), (-1, "")),
    "darkest": ((1, "colour color ebc darkness"),),
    "fullest": ((1, _SIZE),),
}
_EXTREME = re.compile(
    rf"(?<!at )\b(?:{'|'.join(_MEANT)})\b"
    r"(?!(?<=most) of the\b|(?<=least) of the\b| likely\b| important\b| recent\b| common\b)", re.I
)  # fmt: skip
_KIND = re.compile(r"\b(?:which|what) ([\w-]+)", re.I)
_AFTER = re.compile(rf"{_EXTREME.pattern}(?: of)?(?: (?:all|the|our|my))* ([\w-]+)", re.I)
_BUT = re.compile(r"\b(?:after|apart|besides|but|except|second|third|next|not|without)\b", re.I)  # another is meant
_SPENDING = re.compile(r"\b(?:cost|costs|spent|spend|spends|paid|pay|pays)\b", re.I)
_WORD = re.compile(r"\w+")
_LEAST_LIKELY = 0.05  # of the likeliest


def find_extreme(question: Question, candidates: Sequence[Candidate]) -> Candidate | None:
    """Return the row that has most or least of what is asked for, among those of the table that was found for it.

    None if the question asks for no such thing, if the likeliest sentence says it itself, or if it isn't clear which
    column is meant.
    """
    words = {found[0].lower() for found in _EXTREME.finditer(question.asked)}
    if len(words) != 1 or _BUT.search(question.asked) or not candidates or min(words) in candidates[0].text.lower():
        return None
    tables = tables_of(candidates, least=_LEAST_LIKELY)
    return next((found for one, rows in tables if (found := _extreme_of(question, min(words), one, rows))), None)


def _extreme_of(question: Question, word: str, one: Candidate, rows: Sequence[Row]) -> Candidate | None:
    if any(word in name.lower() for name, _ in rows[0].cells):
        return None
    asked = question.rarity.keys() - set(split_words(word))
    rows = rows_asked_for(asked - heading_words(one.document, one.hit) - _kind_of(question.asked), rows)
    ways = _MEANT[word]
    if not any(hints for _, hints in ways) and _SPENDING.search(question.asked):
        ways = ((ways[0][0], MONEY),)
    meant = _column_of(ways, asked, set(_WORD.findall(question.asked.lower())), rows)
    if meant is None:
        return None
    column, sign = meant
    found = zip(amounts([row.cells[column][1] for row in rows]), rows, strict=True)
    numbers = [(number, row) for number, row in found if number is not None]
    if not numbers:
        return None
    best = max(sign * number for number, _ in numbers)
    lines = [row.line for number, row in numbers if sign * number == best]
    return as_candidates(one, lines)[0] if len(lines) == 1 else None


def _kind_of(asked: str) -> set[str]:
    """Return the words of what the rows are, as "room" of "which room" and "the smallest room": each row is one."""
    found = [*_KIND.finditer(asked), *_AFTER.finditer(asked)]
    return {word for one in found for word in split_words(one[1])}


def _column_of(
    ways: Sequence[tuple[int, str]], asked: Set[str], written: Set[str], rows: Sequence[Row]
) -> tuple[int, int] | None:
    """Return which column is meant, and 1 if its highest number is, -1 if its lowest; None if that isn't clear.

    The first column names the rows: it counts only by what its kind of number is called. Of two that are named as well,
    it is the one that is asked for as it is `written`: bottles, not when they were bottled.
    """
    fitting: dict[int, tuple[int, int, int]] = {}  # score, words as they are written, sign
    for column, (name, _) in enumerate(rows[0].cells):
        values = [row.cells[column][1] for row in rows]
        if sum(number is not None for number in amounts(values)) < LEAST_NUMBERS * len(values):
            continue
        named = len(asked & set(split_words(name))) if column else 0
        first = first_value(rows, column)
        words = words_and_signs(name, first) | ({"time"} if CLOCK.match(first) else set())
        for sign, hints in ways:
            score = 2 * named + 3 * (not words.isdisjoint(hints.split()))
            if score > fitting.get(column, (0, 0, 0))[0]:
                fitting[column] = score, len(written & set(_WORD.findall(name.lower()))), sign
    best = sorted(((fit[:2], column, fit[2]) for column, fit in fitting.items()), reverse=True)
    clear = best and (len(best) == 1 or best[0][0] > best[1][0])
    return best[0][1:] if clear else None
