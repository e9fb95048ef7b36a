"""Filters: a question that sets a bound goes in ("more than 50", "without a window"), the rows within it come out.

No row says it, and the reader can't compare: the column is found that is meant, and its cells are held against it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

from index import Value, find_values, split_words
from rag.answer.extract import Candidate
from rag.answer.features import heading_words
from rag.answer.lists import as_candidates
from rag.answer.ranges import ranges_in
from rag.answer.tables import (
    LEAST_NUMBERS,
    MONEY,
    Row,
    amount,
    amounts,
    first_value,
    rows_asked_for,
    tables_of,
    words_and_signs,
)
from rag.question import Question

_FOR_ROWS = re.compile(
    r"^\W*(?!(?:how|when|why|where|whose|can|could|may|must|do|does|did|is|was|were|will|would|should|has|have)\b"
    r"|(?:what|which) (?:is|was|happens?|if)\b)", re.I
)  # fmt: skip
_THAN = r"(?:more|long|larg|bigg|high|heavi|old|wid|deep|tall|dear|warm|fast)(?:er)?(?: expensive)? than"
_BELOW_THAN = r"(?:less|few|short|small|low|light|young|cheap|cold|narrow|quick)(?:er)?(?: expensive)? than"
_MORE = re.compile(rf"\b(?:{_THAN}|over|above|(?P<with>at least|no less than|a minimum of))[ £$€]*$", re.I)
_LESS = re.compile(rf"\b(?:{_BELOW_THAN}|under|below|(?P<with>at most|no more than|up to|a maximum of))[ £$€]*$", re.I)
_OR_MORE = re.compile(r"^(?: [^\W\d_]+)? (?:or|and) (?:more|over|above|longer|older|larger|up)\b", re.I)
_OR_LESS = re.compile(r"^(?: [^\W\d_]+)? (?:or|and) (?:less|fewer|under|below|shorter|younger|smaller)\b", re.I)
_WITHOUT = re.compile(
    r"\b(?:without|(?:with|has|have|had) no(?:t any)?|(?:does|do)(?: not|n't|nt) (?:have|get))\b"
    r"(?: (?:a|an|any|the)\b)? (?P<what>[\w-]+(?: [\w-]+)?)", re.I
)  # fmt: skip
_NONE = frozenset({*"no none 0 - – — n false ✗ nil".split(), "not any", "not offered", "not possible"})
_PLAIN = re.compile(r"[-−]?[\d.,]+")
_LEAST_LIKELY = 0.2  # of the likeliest
OF_SURE = 0.6  # confidence in what surely answers
_NEAR = 40  # characters on either side of a number in which its bound is said
_SIGNS = {"pound": "£", "dollar": "$"}
_OF_MONEY = re.compile(r"[£$€]|\b(?:cost|costs|cheaper|dearer|expensive|price|pay|euros?|pounds?|dollars?)\b", re.I)


class _Bound(NamedTuple):
    """What a cell must be: words of its column, and from which number on (`sign` 1) or up to which (-1); `limit` is in
    the units of `amount`, `plain` as it is written. Where there is no number, the cell must say that there is none."""

    column: frozenset[str]
    limit: float = 0.0
    plain: float = 0.0
    unit: str = ""
    sign: int = 0
    inclusive: bool = True

    def holds(self, value: str, number: float | None, *, plain: bool = False) -> bool:
        """Tell whether a cell, and what it amounts to, is within the bound."""
        if not self.sign:
            return not value or value.lower() in _NONE or number == 0
        if number is None:
            return False
        beyond = self.sign * (number - (self.plain if plain else self.limit))
        return beyond > 0 or (beyond == 0 and self.inclusive)


def rows_that_pass(question: Question, candidates: Sequence[Candidate]) -> list[Candidate]:
    """Return the rows within the bound that a question sets, of the table that was found for it, in their order.

    Nothing if it sets none, if it isn't clear which column is meant, or if all rows pass or none does. Where the column
    has the unit of the bound, they surely answer.
    """
    bound = _bound_of(question.asked)
    if bound is None or not candidates or not _FOR_ROWS.match(question.asked):
        return []
    tables = tables_of(candidates, least=_LEAST_LIKELY)
    return next((found for one, rows in tables if (found := _passing(question, bound, one, rows))), [])


def _passing(question: Question, bound: _Bound, one: Candidate, table: Sequence[Row]) -> list[Candidate]:
    columns = [(_fit(bound, column, table), column) for column in range(1, len(table[0].cells))]
    best = sorted(columns, reverse=True)[:2]
    if not best or best[0][0] <= 0 or (len(best) > 1 and best[0][0] == best[1][0]):
        return []
    column = best[0][1]
    names = {word for name, _ in table[0].cells for word in split_words(name)}
    above = heading_words(one.document, one.hit)
    rows = rows_asked_for(question.rarity.keys() - above - bound.column - names, table)
    values = [row.cells[column][1] for row in rows]
    is_plain = all(map(_PLAIN.fullmatch, filter(None, values)))
    plain = is_plain and bound.unit in _units_of(table[0].cells[column][0], "")
    found = zip(rows, values, amounts(values), strict=True)
    lines = [row.line for row, value, number in found if bound.holds(value, number, plain=plain)]
    if _has_unit(bound, table, column):
        one = replace(one, probability=max(one.probability, OF_SURE))
    return as_candidates(one, lines) if 0 < len(lines) < len(table) else []


def _has_unit(bound: _Bound, rows: Sequence[Row], column: int) -> bool:
    """Tell whether the unit of the bound is that of a cell, or of its column."""
    units = {bound.unit, _SIGNS.get(bound.unit, bound.unit)} - {""}
    return not units.isdisjoint(_units_of(rows[0].cells[column][0], first_value(rows, column)))


def _fit(bound: _Bound, column: int, rows: Sequence[Row]) -> int:
    """Return how well a column is what the bound is for: by its name, and by the unit of its numbers."""
    name, values = rows[0].cells[column][0], [row.cells[column][1] for row in rows]
    named = len(bound.column & set(split_words(name)))
    if not bound.sign:
        return named if any(bound.holds(value, None) for value in values) else 0
    numbers = sum(number is not None for number in amounts(values))
    if numbers < LEAST_NUMBERS * len(values) or any(map(ranges_in, values)):
        return 0
    return 2 * named + 3 * _has_unit(bound, rows, column)


def _bound_of(asked: str) -> _Bound | None:
    """Return the one bound that a question sets; None if it sets none, or several."""
    bounds = [bound for value in find_values(asked) if (bound := _bound_at(asked, value))]
    if without := _WITHOUT.search(asked):
        bounds.append(_Bound(frozenset(split_words(without["what"]))))
    return bounds[0] if len(bounds) == 1 else None


def _bound_at(asked: str, value: Value) -> _Bound | None:
    """Return the bound that a number of a question is: "more than 50", "5 or more"."""
    before, behind = asked[max(0, value.start - _NEAR) : value.start], asked[value.end : value.end + _NEAR]
    more, less = _MORE.search(before), _LESS.search(before)
    or_more, or_less = _OR_MORE.match(behind), _OR_LESS.match(behind)
    if value.unit == "date" or not (more or less or or_more or or_less):
        return None
    written = asked[value.start : value.end]
    plain = float(min(value.readings))
    limit = amount(written) if any(map(str.isdigit, written)) else plain
    inclusive = bool(or_more or or_less or (more or less)["with"])  # type: ignore[index]
    words = frozenset(split_words(f"{asked} {MONEY}" if _OF_MONEY.search(asked) else asked))
    return None if limit is None else _Bound(words, limit, plain, value.unit, 1 if more or or_more else -1, inclusive)


def _units_of(name: str, value: str) -> set[str]:
    """Return the words and signs of a column's name and of a cell, as units are written: h for hours."""
    return {_unit(word) for word in words_and_signs(name, value)}


@lru_cache(maxsize=1000)
def _unit(word: str) -> str:
    found = find_values(f"1 {word}")
    return found[0].unit if found and found[0].unit else word
