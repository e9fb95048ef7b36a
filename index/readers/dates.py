"""Dates and times of spreadsheets: days since 1900 in, what a date format shows of them out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
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
_ENGLISH = (
    "January February March April May June July August September October November December",
    "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
)
_NAMES = {  # months and days of the week, by the number of the language
    0x07: (
        "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
        "Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag",
    ),
    0x0A: (
        "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
        "lunes martes miércoles jueves viernes sábado domingo",
    ),
    0x0C: (
        "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
        "lundi mardi mercredi jeudi vendredi samedi dimanche",
    ),
    0x10: (
        "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
        "lunedì martedì mercoledì giovedì venerdì sabato domenica",
    ),
    0x13: (
        "januari februari maart april mei juni juli augustus september oktober november december",
        "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag",
    ),
    0x16: (
        "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
        "segunda-feira terça-feira quarta-feira quinta-feira sexta-feira sábado domingo",
    ),
}


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
    months, days = (names.split() for names in _NAMES.get(language & _LANGUAGE, _ENGLISH))
    name = months[moment.month - 1] if token.kind == "month" else days[moment.weekday()]
    return {3: name[:3], 5: name[0] if token.kind == "month" else name}.get(len(token.text), name)


def _fraction(part: float, digits: int) -> str:
    return f".{int(round(part, 6) * 10**digits + 1e-6):0{digits}d}"
