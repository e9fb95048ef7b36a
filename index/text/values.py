"""Values: the dates, numbers and amounts of a text, however they are written, with what they stand for.

"Dec. 7th, 2022" and 2022-12-07 are one date; 1,000 and 1 000 and 1k one number; "two and a half hours" and 2.5 h, or
50 % and "fifty percent", one amount. Of what can be read in two ways (03/04/2023, 1.250) both are kept.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple

from index.text.forms import MONTH_NUMBERS

_YEAR = r"(?:1[0-9]|20)[0-9]{2}"
_MORE_MONTHS = (  # of languages whose dates the index has no form for; i for ı, between which no expression tells
    "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "ocak şubat mart nisan mayis haziran temmuz ağustos eylül ekim kasim aralik",
)
_MONTHS = MONTH_NUMBERS | {name: i for names in _MORE_MONTHS for i, name in enumerate(names.split(), start=1)}
_MONTH = rf"(?:{'|'.join(sorted(_MONTHS, key=len, reverse=True))})"
_ONE_I = str.maketrans({"ı": "i", "\u0307": ""})
_DATE = re.compile(
    rf"(?<![\w.,/-])(?:(?P<y1>{_YEAR})(?P<sign1>[-/.])(?P<m1>[0-9]{{2}})(?P=sign1)(?P<d1>[0-9]{{2}})"
    r"(?:(?=T[0-9]{2}:)|(?![\w-]|\.[0-9]))"
    rf"|(?P<y5>{_YEAR})-(?P<m5>[0-9]{{2}})(?![\w-])"
    rf"|(?P<a2>[0-9]{{1,2}})(?P<sign>[./-]) ?(?P<b2>[0-9]{{1,2}})(?P=sign) ?(?P<y2>{_YEAR}|(?<!-)[0-9]{{2}})"
    r"(?![\w/-]|[.,][0-9])"
    rf"|(?P<d3>[0-9]{{1,2}})(?:st|nd|rd|th|er|\.)? (?:day )?(?:of |de )?(?P<m3>{_MONTH})\b\.?,?"
    rf" (?:del? )?(?P<y3>{_YEAR})(?![\w-]|[.,][0-9])"
    rf"|(?P<m4>{_MONTH})\b\.? (?:(?P<d4>[0-9]{{1,2}})(?:st|nd|rd|th)?,? )?(?:of )?(?P<y4>{_YEAR})(?![\w-]|[.,][0-9]))",
    re.I,
)
_SMALL = {
    word: n
    for n, word in enumerate(
        """
        zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
        eighteen nineteen
        """.split()
    )
}
_TENS = {word: 10 * n for n, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)}
_SCALES = {
    "k": 1000,
    "thousand": 1000,
    "mn": 10**6,
    "million": 10**6,
    "bn": 10**9,
    "billion": 10**9,
    "trillion": 10**12,
    "dozen": 12,
}
_UNITS = {
    "%": "percent|per cent",
    "kg": "kgs|kilograms?|kilogrammes?|kilos?",
    "g": "grams?|grammes?",
    "km": "kilometres?|kilometers?",
    "m": "metres?|meters?",
    "cm": "centimetres?|centimeters?",
    "mm": "millimetres?|millimeters?",
    "ft": "foot|feet",
    "l": "litres?|liters?",
    "ml": "millilitres?|milliliters?",
    "h": "hrs?|hours?",
    "min": "mins?|minutes?",
    "s": "secs?|seconds?",
    "rpm": "revolutions per minute|revolutions a minute|turns per minute",
    "km/h": "kmh|kph|kilometres (?:per|an) hour|kilometers (?:per|an) hour",
    "mph": "miles (?:per|an) hour",
    "m/s": "metres (?:per|a) second|meters (?:per|a) second",
    "fps": "frames (?:per|a) second",
    "kwh": "kilowatt[ -]hours?",
    "°c": "degrees? celsius|degrees? centigrade",
    "kb": "kilobytes?",
    "mb": "megabytes?",
    "gb": "gigabytes?",
    "tb": "terabytes?",
    "kw": "kilowatts?",
    "w": "watts?",
    "v": "volts?",
    "hz": "hertz",
    "€": "euros?|eur",
    "$": "dollars?|usd",
    "£": "gbp",
}
_UNIT = re.compile("|".join(f"(?:{re.escape(sign)}|{words})" for sign, words in _UNITS.items()), re.I)
_UNIT_NAMES = [(sign, re.compile(f"{re.escape(sign)}|{words}", re.I)) for sign, words in _UNITS.items()]
_UNIT_WORDS = {sign: sign if sign.isalpha() else re.split(r"\W", words)[0] for sign, words in _UNITS.items()}
_WORD = "|".join((*_SMALL, *_TENS, "hundred", "thousand", "million", "billion", "trillion", "dozen"))
_SCALE = "|".join(_SCALES)
_AMOUNT = re.compile(
    r"(?:(?<![\w.,/:)−-])(?P<minus>[−-](?=[€$£]?[0-9]))|(?<![\w.,/:-]))(?P<before>[€$£])? ?"
    r"(?:(?P<digits>[0-9]{1,3}(?:(?P<group>[,.'’ \u00a0\u202f])[0-9]{3}(?:(?P=group)[0-9]{3})*(?:[.,][0-9]{1,2})?"
    r"(?![0-9]))|[0-9]{1,15}(?:[.,][0-9]{1,6})?)"
    rf"|(?P<half_of>\bhalf an? (?=(?:{_SCALE})\b))"
    rf"|(?P<words>\b(?:{_WORD})(?:(?:-| and | )(?:{_WORD})\b){{0,8}}))"
    r"(?:(?P<half> and a half|½)|(?P<quarter> and a quarter|¼))?"
    rf"(?:[ \u00a0\u202f]?(?P<scale>{_SCALE})(?![^\W_]))?"
    rf"(?:[ \u00a0\u202f-]?(?P<unit>{_UNIT.pattern})(?![^\W_]))?(?![\w/:]|[.,-][0-9]|-[^\W_])",
    re.I,
)
_NEXT_WORD = re.compile(r"[ -]([^\W\d_]{2,30})")
_SURE = 1000  # a whole number under this says nothing without its unit or the word behind it: two doors, two hours
_COMPOUND_UNITS = (
    "rpm",
    "km/h",
    "mph",
    "m/s",
    "fps",
    "kwh",
    "°c",
)  # that are asked for in words where texts have signs


class Value(NamedTuple):
    """A date, number or amount, `text[start:end]`: each of `readings` is what it may be, in one form.

    `unit` is what it is an amount of, "" where that is not said, or "date"; `within` is the month that a date lies in.
    """

    start: int
    end: int
    readings: frozenset[str]
    unit: str
    within: frozenset[str] = frozenset()

    @property
    def is_measured(self) -> bool:
        """True if its unit is a measure, or it is a date: no noun that stands behind a number, as in "three doors"."""
        return self.unit == "date" or self.unit in _UNITS

    def is_as(self, other: Value) -> bool:
        """Tell whether both may stand for the same; an amount without a unit may be of any."""
        same_unit = self.unit == other.unit or (
            not (self.unit and other.unit) and "date" not in (self.unit, other.unit)
        )
        return same_unit and bool(self.readings & other.readings)


def find_values(text: str) -> list[Value]:
    """Return the values of a text in their order."""
    dates = [date for found in _DATE.finditer(text) for date in _dates(found)]
    amounts = [amount for found in _AMOUNT.finditer(text) for amount in _amounts(found)]
    free = [a for a in amounts if all(a.end <= d.start or a.start >= d.end for d in dates)]
    return sorted([*dates, *free])


def find_units(text: str) -> dict[str, str]:
    """Return how a text writes the units that it has in words or as a sign, such as rpm: by their sign."""
    names = ((sign, re.search(rf"(?<![^\W\d_])(?:{name.pattern})(?![^\W_])", text, re.I)) for sign, name in _UNIT_NAMES)
    return {sign: found[0] for sign, found in names if found and sign in _COMPOUND_UNITS}


def in_one_form(text: str) -> str:
    """Return a text with its values each in one form, to be compared with another; it is shown to no one."""
    for value in reversed(find_values(text)):
        unit = _UNIT_WORDS.get(value.unit, "")
        text = f"{text[: value.start]}{min(value.readings)}{unit and f' {unit}'}{text[value.end :]}"
    return text


def _dates(found: re.Match[str]) -> list[Value]:
    if found["a2"]:
        year = int(found["y2"]) + (0 if len(found["y2"]) == 4 else 2000)
        first, second = int(found["a2"]), int(found["b2"])
        days = [(second, first)] if found["sign"] == "." else [(second, first), (first, second)]
    else:
        year = int(found["y1"] or found["y3"] or found["y4"] or found["y5"])
        name = found["m3"] or found["m4"]  # of any case: "Auguſt", "KASIM"
        month = _MONTHS[name.casefold().translate(_ONE_I)] if name else int(found["m1"] or found["m5"])
        day = found["d1"] or found["d3"] or found["d4"]
        if not day:
            return [Value(*found.span(), frozenset([f"{year}-{month:02}"]), "date")] if 1 <= month <= 12 else []
        days = [(month, int(day))]
    days = [(month, day) for month, day in days if 1 <= month <= 12 and 1 <= day <= 31]
    readings = frozenset(f"{year}-{month:02}-{day:02}" for month, day in days)
    within = frozenset(f"{year}-{month:02}" for month, _ in days)
    return [Value(*found.span(), readings, "date", within)] if days else []


def _amounts(found: re.Match[str]) -> list[Value]:
    numbers = _numbers(found)
    part = Decimal("0.5") if found["half"] else Decimal("0.25") if found["quarter"] else Decimal(0)
    scale = _SCALES[found["scale"].casefold()] if found["scale"] else 1
    unit = next((sign for sign, name in _UNIT_NAMES if found["unit"] and name.fullmatch(found["unit"])), "")
    if found["before"]:
        unit, scale = found["before"], 10**6 if unit == "m" else scale
    amounts = [(number + part) * (-scale if found["minus"] else scale) for number in numbers]
    if not unit and all(abs(amount) < _SURE and amount % 1 == 0 for amount in amounts):
        after = _NEXT_WORD.match(found.string, found.end())
        unit = after[1].lower().rstrip("s") if after else ""
        if not unit:
            return []
    start = found.start() + len(found[0]) - len(found[0].lstrip())
    return [Value(start, found.end(), frozenset(f"{amount.normalize():f}" for amount in amounts), unit)]


def _numbers(found: re.Match[str]) -> list[Decimal]:
    """Return what the number of an amount may be, before its scale, or a fraction behind it, is taken into account."""
    if found["half_of"]:
        return [Decimal("0.5")]
    return [_spelled(found["words"])] if found["words"] else _written(found["digits"], found["group"])


def _written(digits: str, group: str | None) -> list[Decimal]:
    """Return what a number in digits may be: 1.250 is a thousand or one and a quarter."""
    if group is None:
        return [Decimal(digits.replace(",", "."))]
    whole, fraction = digits, ""
    if decimals := re.search(r"[.,]([0-9]{1,2})$", digits):
        whole, fraction = digits[: decimals.start()], f".{decimals[1]}"
    grouped = Decimal(re.sub("[^0-9]", "", whole) + fraction)
    twofold = group == "." and not fraction and digits.count(".") == 1
    return [grouped, Decimal(digits)] if twofold else [grouped]


def _spelled(words: str) -> Decimal:
    """Return the number that is written in words."""
    total = part = 0
    for word in re.split(r"[- ]", words.casefold()):
        if word in ("thousand", "million", "billion", "trillion"):
            total, part = total + (part or 1) * _SCALES[word], 0
        elif word == "hundred":
            part = (part or 1) * 100
        elif word == "dozen":
            part = (part or 1) * 12
        elif word != "and":
            part += _SMALL.get(word, 0) + _TENS.get(word, 0)
    return Decimal(total + part)
