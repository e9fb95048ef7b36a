"""Ranges: "6 to 11 years", "under 0.2", "65 and over": of rows built alike, the one that holds what is asked for.

The reader makes little of it that an eight-year-old is between six and eleven: it looks for the 8, or for any age.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from rag.answer.extract import Candidate
from rag.question import Question

_NUMBER = r"(?<![\w.,:/-])[£$€]?\d{1,9}(?:[.,]\d{1,3})?(?![\w:/]|[.,]\d)"
_UNIT = r"(?: ?(?:%|[a-z]{1,12}))?"
_BETWEEN = re.compile(rf"(?P<low>{_NUMBER}){_UNIT} ?(?:to|until|and|-|–|—) ?(?P<high>{_NUMBER})", re.I)
_BELOW = re.compile(
    rf"\b(?:under|below|less than|fewer than|up to|until|at most|no more than) (?P<high>{_NUMBER})", re.I
)
_ABOVE = re.compile(
    rf"\b(?:over|above|more than|at least|from) (?P<low>{_NUMBER})(?!{_UNIT} ?(?:to|until|-|–|—) ?\d)"
    rf"|(?P<and_more>{_NUMBER}){_UNIT} (?:and|or) (?:over|more|above|older|up)\b",
    re.I,
)
_STRICTLY = re.compile(r"^(?:under|below|less|fewer|over|above|more)", re.I)
_YEAR = re.compile(r"^(?:1[89]|20)\d\d$")
_ALIKE = 0.3  # share of their words that two rows have in common


class Range(NamedTuple):
    """The numbers from `low` to `high`; `strict` leaves out these two themselves."""

    low: float
    high: float
    strict: bool = False

    @property
    def width(self) -> float:
        """How wide it is; of "up to 12" and "up to 16" the first is narrower, of "over 2" and "over 5" the second."""
        return self.high if self.low == -math.inf else -self.low if self.high == math.inf else self.high - self.low

    def holds(self, number: float) -> bool:
        """Tell whether a number is in the range."""
        return self.low < number < self.high if self.strict else self.low <= number <= self.high


def ranges_in(text: str) -> list[Range]:
    """Return the ranges of numbers that a text names; those of years are none."""
    found = []
    for match in _BETWEEN.finditer(text):
        if not (_YEAR.match(match["low"]) or _YEAR.match(match["high"])):
            found.append(Range(_value(match["low"]), _value(match["high"])))
    for match in _BELOW.finditer(text):
        found.append(Range(-math.inf, _value(match["high"]), bool(_STRICTLY.match(match[0]))))
    for match in _ABOVE.finditer(text):
        found.append(Range(_value(match["low"] or match["and_more"]), math.inf, bool(_STRICTLY.match(match[0]))))
    return [one for one in found if one.low < one.high]


def in_range_first(question: Question, candidates: Sequence[Candidate]) -> Sequence[Candidate]:
    """Put the row first whose range holds the number that is asked for, before one like it whose range doesn't.

    Of several it is the narrowest; it is taken for as likely as the one that it comes before.
    """
    numbers = [number for number in re.findall(_NUMBER, question.asked) if not _YEAR.match(number)]
    if len(numbers) != 1 or not candidates:
        return candidates
    number, best = _value(numbers[0]), candidates[0]
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


def _value(written: str) -> float:
    return float(written.lstrip("£$€").replace(",", "."))
