"""Ranges: "6 to 11 years", "under 0.2", "5-19 pieces": which of a question's numbers lie in one that a text names.

The reader makes little of it that an eight-year-old is between six and eleven: it looks for the 8, or for any age.
"""

from __future__ import annotations

import math
import re
from typing import NamedTuple

from index import split_words

SIDE = r"\d{1,5}(?:[.,]\d{1,3})?"
SIZE = re.compile(rf"(?<![\w.,]){SIDE}(?: ?[x×] ?{SIDE}){{1,2}}(?![\w.,]*\d)")  # 1 x 3, 85x200
_NUMBER = r"(?<![\w.,:/-])[£$€]?(?!0\d)\d{1,9}(?:[.,]\d{1,3})?(?![\w:/]|[.,]\d)"
_UPPER = r"[£$€]?\d{1,9}(?:[.,]\d{1,3})?(?![\w:/-]|[.,]\d)"  # behind a hyphen or a word
_WORD = r"%|[a-z]{1,12}"
_BETWEEN = re.compile(
    rf"(?P<low>{_NUMBER})(?: ?(?P<of_low>{_WORD}))? ?(?:(?:to|until|and|–|—) ?|- ?)(?P<high>{_UPPER})"
    rf"(?: ?(?P<unit>{_WORD}))?",
    re.I,
)
_BELOW = re.compile(
    rf"\b(?:under|below|less than|fewer than|up to|until|at most|no more than) (?P<high>{_NUMBER})"
    rf"(?: ?(?P<unit>{_WORD}))?",
    re.I,
)
_ON = rf"from(?= [£$€]?[\d.,]+(?: (?:{_WORD}))? (?:on|onwards?|up|upwards?)\b)"
_ABOVE = re.compile(
    rf"\b(?:over|above|more than|at least|{_ON}) (?P<low>{_NUMBER})(?!(?: ?(?:{_WORD}))? ?(?:to|until|-|–|—) ?\d)"
    rf"(?: ?(?P<unit>{_WORD}))?"
    rf"|(?P<and_more>{_NUMBER})(?: ?(?P<of_more>{_WORD}))? (?:and|or) (?:over|more|above|older|up)\b",
    re.I,
)
_ASKED = re.compile(rf"(?P<number>{_NUMBER})(?:[ -]?(?P<unit>{_WORD}))?", re.I)
_STRICTLY = re.compile(r"^(?:under|below|less|fewer|over|above|more)", re.I)
_CLOCK = ("am", "pm", "h", "o")  # behind a number that is a time of day
_YEAR = re.compile(r"^(?:1[89]|20)\d\d$")
_DAYS = {"day": 1.0, "week": 7.0, "month": 365.25 / 12, "year": 365.25}
_UNITS = {unit: unit for unit in ("kg", "g", "km", "m", "cm", "mm", "l", "ml", "%", *_DAYS)}
_UNITS |= {f"{unit}s": unit for unit in _DAYS} | {"yr": "year", "yrs": "year", "yo": "year"}
_GLUED = re.compile(rf"(?<=\d)(?=(?:{'|'.join(map(re.escape, _UNITS))})\b)")


class Number(NamedTuple):
    """A number of a question: its words as the index has them, its value, and its unit, "" if that is none we know."""

    words: frozenset[str]
    value: float
    unit: str


class Range(NamedTuple):
    """The numbers from `low` to `high`, in `unit` ("" if it is not said); `strict` leaves out these two themselves."""

    low: float
    high: float
    strict: bool = False
    unit: str = ""

    @property
    def width(self) -> float:
        """How wide it is; of "up to 12" and "up to 16" the first is narrower, of "over 2" and "over 5" the second."""
        one = _DAYS.get(self.unit, 1.0)
        return one * (
            self.high if self.low == -math.inf else -self.low if self.high == math.inf else self.high - self.low
        )

    def holds(self, number: Number) -> bool:
        """Tell whether a number is in the range; 8 months are in that from half a year to two, 8 kg are not."""
        value = _converted(number.value, number.unit, self.unit)
        if value is None:
            return False
        return self.low < value < self.high if self.strict else self.low <= value <= self.high


def ranges_in(text: str) -> list[Range]:
    """Return the ranges of numbers that a text names; those of years are none."""
    text = _GLUED.sub(" ", text)
    found = []
    for match in _BETWEEN.finditer(text):
        if not (_YEAR.match(match["low"]) or _YEAR.match(match["high"])):
            unit, low = _unit(match["unit"]), _value(match["low"])
            low = _converted(low, _unit(match["of_low"]), unit) or low
            found.append(Range(low, _value(match["high"]), unit=unit))
    for match in _BELOW.finditer(text):
        strict = bool(_STRICTLY.match(match[0]))
        found.append(Range(-math.inf, _value(match["high"]), strict, _unit(match["unit"])))
    for match in _ABOVE.finditer(text):
        least, unit = match["low"] or match["and_more"], match["unit"] or match["of_more"]
        found.append(Range(_value(least), math.inf, bool(_STRICTLY.match(match[0])), _unit(unit)))
    return [one for one in found if one.low < one.high]


def numbers_in(question: str) -> list[Number]:
    """Return the numbers of a question, but for years and what is part of a size, a date, a code or a time of day."""
    asked = _GLUED.sub(" ", SIZE.sub(";", question))
    matches = (match for match in _ASKED.finditer(asked) if not _YEAR.match(match["number"]))
    return [_number(m["number"], m["unit"] or "") for m in matches if (m["unit"] or "").lower() not in _CLOCK]


def words_in_range(numbers: list[Number], text: str) -> frozenset[str]:
    """Return the words of those numbers that lie in a range which the text names."""
    ranges = ranges_in(text) if numbers else []
    return frozenset(word for n in numbers if any(one.holds(n) for one in ranges) for word in n.words)


def _number(written: str, unit: str) -> Number:
    glued = f"{written}{unit}" if _unit(unit) else written  # as in "8yo"
    words = {*split_words(written), *split_words(glued)}
    return Number(frozenset(word for word in words if word[:1].isdigit()), _value(written), _unit(unit))


def _converted(value: float, unit: str, into: str) -> float | None:
    """Return a number in another unit, as it is if one of both isn't known, None where they measure other things."""
    if unit in _DAYS and into in _DAYS:
        return value * _DAYS[unit] / _DAYS[into]
    return None if unit and into and unit != into else value


def _unit(word: str | None) -> str:
    return _UNITS.get((word or "").lower(), "")


def _value(written: str) -> float:
    return float(written.lstrip("£$€").replace(",", "."))
