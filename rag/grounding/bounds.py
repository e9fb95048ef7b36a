"""Bounds: a claim with "more than 50" and the words of a source go in; the claim with the source's number comes out.

An entailment network reads "more than 25 times" and "24 times" as nearly the same, and can't count. So a bound is held
against the number here, and the network judges the rest: "they met 24 times".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from index import find_values

_MORE = r"(?P<more>(?:more|greater|higher|larger) than|over|above|exceed(?:s|ed|ing)?|in excess of|upwards? of)"
_LEAST = r"(?P<least>at least|(?:no|not) (?:less|fewer) than)"
_LESS = r"(?P<less>(?:less|fewer|lower|smaller) than|under|below)"
_MOST = r"(?P<most>at most|(?:no|not) more than)"
_ABOUT = r"(?P<about>about|around|approximately|roughly|nearly|almost|close to)"
_ALLOWS = r"(?P<allows>up to|\w+er than|(?:maximum|minimum|limit)(?: \w+)?(?: of)?)"  # a rule, which no number shows
_BEFORE_NUMBER = re.compile(rf"\b(?:{_MOST}|{_LEAST}|{_MORE}|{_LESS}|{_ABOUT}|{_ALLOWS}):?(?: (?:an?|the))? ?$", re.I)
_BEHIND_NUMBER = re.compile(
    r"(?: [^\W\d_]+)? or (?:(?P<least>more|over|above|later)|(?P<most>less|fewer|under|earlier))\b", re.I
)
_BEFORE_DATE = re.compile(
    r"\b(?:(?P<less>before|prior to|earlier than)|(?P<more>after|later than)|(?P<most>by|no later than))"
    r"(?: (?:the )?(?:end|start|beginning|middle) of)?(?: the)? ?$", re.I
)  # fmt: skip
_LASTS = re.compile(r"\b(?:for|lasts?|lasted|takes?|took|of|is|was|are|were|and|with|has|have|had) $", re.I)
_OF_TIME = ("h", "min", "s", "day", "week", "month", "year", "decade", "hour", "minute", "second")
_BARE = re.compile(r"(?<![\w.,/:-])[0-9]{1,3}(?:,[0-9]{3})*(?:\.[0-9]+)?(?![\w/:-]|[.,][0-9])")
_YEAR = re.compile(r"(?<![\w.,/:-])(?:1[0-9]|20)[0-9]{2}(?![\w/:]|[.,][0-9]|-[0-9])")
_NOUN = re.compile(r"[ -]([^\W\d_]{2,30})")
_LOOKED_BACK = 30  # characters before a number in which its bound is said
_LIKE = 4.0  # times: a number of another noun is taken for the same thing up to there


class _Number(NamedTuple):
    """A number, `text[start:end]`, and the unit or noun behind it; or a date, "2022", "2022-12" or "2022-12-07"."""

    start: int
    end: int
    amount: float
    unit: str
    is_measured: bool
    date: str = ""

    def is_as(self, other: _Number) -> bool:
        """Tell whether both are the same number of the same unit or noun, or the same date."""
        return (self.amount, self.unit, self.date) == (other.amount, other.unit, other.date)


class Bound(NamedTuple):
    """What `text[start:end]` says of a number: more than that (1), less (-1) or about as much (0)."""

    start: int
    end: int
    number: _Number
    sign: int
    inclusive: bool
    allows: bool

    def is_like(self, other: Bound) -> bool:
        """Tell whether both bound the same kind of number in the same way."""
        ours, theirs = self.number, other.number
        return (self.sign, ours.unit, bool(ours.date)) == (other.sign, theirs.unit, bool(theirs.date))

    def holds(self, other: _Number) -> bool:
        """Tell whether a number is surely within the bound; of a date no more counts than both say of it."""
        amount, limit = other.amount, self.number.amount
        if self.sign == 0:
            return _rounded(amount, limit) == limit
        if self.number.date:
            known = min(len(other.date), len(self.number.date))
            theirs, ours = other.date[:known], self.number.date[:known]
            beyond = self.sign * ((theirs > ours) - (theirs < ours))
            return beyond > 0 or (beyond == 0 and self.inclusive and len(other.date) >= len(self.number.date))
        beyond = self.sign * (amount > limit) - self.sign * (amount < limit)
        return beyond > 0 or (beyond == 0 and self.inclusive)


def in_numbers(claim: str, source: str) -> tuple[str, bool]:
    """Return a claim with the source's numbers in the place of its bounds, and whether all of these hold.

    A bound for which the source has no plain number stays; it doesn't hold if the source sets it the other way.
    """
    bounds = [bound for bound in _bounds_of(claim) if not bound.allows]
    if not bounds:
        return claim, True
    holds, theirs = True, list(_bounds_of(source))
    bounded = {bound.number for bound in theirs}
    plain = [one for one in _numbers_of(source) if one not in bounded]
    for bound in reversed(bounds):
        same = [other for other in theirs if other.number.is_as(bound.number)]
        if same:
            holds = holds and not (bound.sign and {other.sign for other in same} == {-bound.sign})
        elif any(bound.is_like(other) for other in theirs):
            continue  # "if it drops below 1" is no "below 1.5"
        elif near := _meant(bound, plain):
            holds = holds and bound.holds(near)
            claim = f"{claim[: bound.start]}{_preposition(near)}{source[near.start : near.end]}{claim[bound.end :]}"
    return claim, holds


def _bounds_of(text: str) -> Iterator[Bound]:
    """Yield the bounds of a text in their order."""
    for number in _numbers_of(text):
        before = text[max(0, number.start - _LOOKED_BACK) : number.start]
        found = (_BEFORE_DATE if number.date else _BEFORE_NUMBER).search(before)
        behind = None if found else _BEHIND_NUMBER.match(text, number.end)
        if found is None and behind is None:
            continue
        start = number.start - len(before) + found.start() if found else number.start
        words = (found or behind).groupdict()  # type: ignore[union-attr]
        over_time = number.unit in _OF_TIME and words.get("more", "") in ("over", "Over")
        if over_time and not _LASTS.search(text[max(0, start - _LOOKED_BACK) : start]):
            continue  # "over three years", in that time
        if behind and number.amount <= 1:
            continue  # "one or more"
        more, less = words.get("more") or words.get("least"), words.get("less") or words.get("most")
        sign = 1 if more else -1 if less else 0
        inclusive = not (words.get("more") or words.get("less"))
        end = behind.end() if behind else number.end
        yield Bound(start, end, number, sign, inclusive, bool(words.get("allows")))


def _numbers_of(text: str) -> list[_Number]:
    """Return the numbers and dates of a text in their order; a year is a date."""
    found: list[_Number] = []
    taken = bytearray(len(text))

    def take(number: _Number) -> None:
        if not any(taken[number.start : number.end]):
            found.append(number)
            taken[number.start : number.end] = b"\1" * (number.end - number.start)

    for value in find_values(text):
        reading = min(value.readings)
        if value.unit == "date":
            take(_Number(value.start, value.end, _as_number(reading), "", False, reading))
        elif not _YEAR.fullmatch(text[value.start : value.end]):
            take(_Number(value.start, value.end, float(reading), value.unit, value.is_measured))
    for year in _YEAR.finditer(text):
        take(_Number(*year.span(), float(year[0]), "", False, year[0]))
    for bare in _BARE.finditer(text):
        noun = _NOUN.match(text, bare.end())
        unit = noun[1].lower().rstrip("s") if noun else ""
        take(_Number(*bare.span(), float(bare[0].replace(",", "")), unit, False))
    return sorted(found)


def _as_number(date: str) -> float:
    """Return a date as a number: 2022-12-07 is 2022.1207, and 2022-12 is 2022.12."""
    year, _, rest = date.partition("-")
    return float(f"{year}.{rest.replace('-', '')}")


def _meant(bound: Bound, others: Sequence[_Number]) -> _Number | None:
    """Return the number of a source that a bound is about: of the same unit or noun, else one that is like it.

    Of several it is the nearest within the bound: whether it is of what the claim says the network tells.
    """
    number = bound.number
    same = [other for other in others if bool(other.date) == bool(number.date)]
    if not number.date:
        named = [other for other in same if other.unit == number.unit and other.unit]
        like = [one for one in same if not one.is_measured and _is_like(one.amount, number.amount)]
        same = named or ([] if number.is_measured else like)
    return min(same, key=lambda one: (not bound.holds(one), abs(one.amount - number.amount)), default=None)


def _is_like(amount: float, other: float) -> bool:
    return other != 0 and 1 / _LIKE <= amount / other <= _LIKE


def _rounded(amount: float, like: float) -> float:
    """Return a number to as many digits as another one has: 24.6 like 25, 1,234 like 1,200."""
    digits = len(f"{like:g}".replace(".", "").strip("0").lstrip("-")) or 1
    return float(f"{amount:.{digits}g}")


def _preposition(number: _Number) -> str:
    return {0: "", 4: "in ", 7: "in "}.get(len(number.date), "on ")
