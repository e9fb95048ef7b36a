"""Dates and times of spreadsheets: days since 1900 in, what a date format shows of them out."""

from __future__ import annotations

import locale
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import NamedTuple


class Token(NamedTuple):
    """A part of a format code.

    `kind` is literal, digit, point, comma, percent, exponent, slash, general, text, or one of a date: those below,
    noon (AM/PM) and fraction (of a second).
    """

    kind: str
    text: str


DATE_TOKENS = frozenset({"year", "month", "day", "hour", "minute", "second", "elapsed"})

_DAY = 86400  # seconds
_LAST = 2958466  # the day after 31 December 9999
_LEAP_DAY = 60  # 29 February 1900, which Excel believes in
_FROM_1904 = 1462  # days between the two beginnings
_LANGUAGE = 0x3FF  # the part of a locale's number that is the language
_LOCALES = {  # the usual locale of each language, by the number of the language
    number & _LANGUAGE: name for number, name in locale.windows_locale.items() if number >> 10 == 1
}
_ENGLISH = "en_US"


def shown_date(value: float, tokens: Sequence[Token], *, language: int, from_1904: bool) -> str:
    """Return a date or a time as a format's tokens show it, or "" if there is no such day."""
    value += _FROM_1904 if from_1904 else 0
    digits = max((len(token.text) - 1 for token in tokens if token.kind == "fraction"), default=0)
    seconds = round(abs(value) * _DAY, min(digits, 6))
    if any(token.kind == "elapsed" for token in tokens):
        sign = "-" if value < 0 else ""
        return sign + "".join(_elapsed(token, seconds, tokens) for token in tokens)
    if not 0 <= value < _LAST:
        return ""
    moment = datetime(1899, 12, 31 if value < _LEAP_DAY else 30) + timedelta(seconds=seconds)
    half = any(token.kind == "noon" for token in tokens)
    return "".join(_part(token, moment, language, half=half) for token in tokens)


def _elapsed(token: Token, seconds: float, tokens: Sequence[Token]) -> str:
    """Return a part of a span of time; the largest one is not cut off at the day or the hour."""
    width = len(token.text)
    if token.kind == "elapsed":
        return f"{int(seconds // {'h': 3600, 'm': 60, 's': 1}[token.text[0]]):0{width}d}"
    if token.kind in ("hour", "minute", "month", "second"):
        part = {"h": seconds // 3600 % 24, "m": seconds // 60 % 60, "s": seconds % 60}[token.text[0]]
        return f"{int(part):0{width}d}"
    if token.kind == "fraction":
        return _fraction(seconds % 1, width - 1)
    return token.text


def _part(token: Token, moment: datetime, language: int, *, half: bool) -> str:
    """Return what one token shows of a moment; `half` is whether the clock has twelve hours."""
    width = len(token.text)
    if token.kind == "year":
        return f"{moment.year}" if width > 2 else f"{moment.year % 100:02d}"
    if token.kind in ("month", "day") and width > 2:
        return _name(token, moment, language)
    if token.kind == "hour":
        return f"{(moment.hour + 11) % 12 + 1 if half else moment.hour:0{min(width, 2)}d}"
    if token.kind in ("month", "day", "minute", "second"):
        return f"{getattr(moment, token.kind):0{min(width, 2)}d}"
    if token.kind == "fraction":
        return _fraction(moment.microsecond / 1e6, width - 1)
    if token.kind == "noon":
        words = token.text.split("/")
        return words[moment.hour >= 12]
    return token.text


def _name(token: Token, moment: datetime, language: int) -> str:
    months, days = _names(language & _LANGUAGE)
    name = months[moment.month - 1] if token.kind == "month" else days[moment.weekday()]
    return {3: name[:3], 5: name[0] if token.kind == "month" else name}.get(len(token.text), name)


@lru_cache
def _names(language: int) -> tuple[Sequence[str], Sequence[str]]:
    """Return the months and the days of the week in a language, in English if it is unknown."""
    from babel.core import UnknownLocaleError  # takes 0.2 s: only if names are shown
    from babel.dates import get_day_names, get_month_names

    name = _LOCALES.get(language, _ENGLISH)
    try:
        months, days = get_month_names(locale=name), get_day_names(locale=name)
    except UnknownLocaleError:
        return _names(0)  # which is none
    return [months[month] for month in range(1, 13)], [days[day] for day in range(7)]


def _fraction(part: float, digits: int) -> str:
    return f".{int(round(part, 6) * 10**digits + 1e-6):0{digits}d}"
