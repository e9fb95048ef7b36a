"""Extremes: a question for the cheapest, the longest or the most, and rows of a table go in; that row comes first.

No sentence says it, and the reader can't compare: the column is found that is meant, and its numbers are compared.
"""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from typing import NamedTuple

from index import document_name, find_values, split_words
from rag.answer.extract import Candidate
from rag.answer.lists import Line, as_candidates, lines_around
from rag.answer.rows import TABLE, TICKS, cells_of
from rag.question import Question

_MONEY = "price prices cost costs fee fees charge rent rate hire premium sum amount paid pay € £ $ euro euros eur"
_LENGTH = "length distance reach range long km mile miles m cm mm"
_TIME = "time duration minutes hours days weeks months years life keeps lasts takes term min h"
_HEIGHT = "height altitude elevation climb tall m cm"
_WEIGHT = "weight load kg g heavy t tonnes"
_SIZE = "size area volume inhabitants population people members seats sleeps places capacity pupils children persons"
_ROOM = "litres litre liters l"
_SOLD = "sold sales copies sells"
_DATE = "born built year date founded bought since start opened made"
_SPEED = "speed pace mph"
_HEAT = "temperature degrees heat °"
# Each word with the ways it is meant: whether the highest number is, and what its column or its unit is called.
_MEANT: dict[str, tuple[tuple[int, str], ...]] = {
    "cheapest": ((-1, _MONEY),),
    "dearest": ((1, _MONEY),),
    "priciest": ((1, _MONEY),),
    "costliest": ((1, _MONEY),),
    "most expensive": ((1, _MONEY),),
    "least expensive": ((-1, _MONEY),),
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
}
_EXTREME = re.compile(
    rf"(?<!at )\b(?:{'|'.join(_MEANT)})\b"
    r"(?!(?<=most) of the\b|(?<=least) of the\b| likely\b| important\b| recent\b| common\b)", re.I
)  # fmt: skip
_KIND = re.compile(r"\b(?:which|what) ([\w-]+)", re.I)
_AFTER = re.compile(rf"{_EXTREME.pattern}(?: of)?(?: (?:all|the|our|my))* ([\w-]+)", re.I)
_BUT = re.compile(r"\b(?:after|apart|besides|but|except|second|third|next|not|without)\b", re.I)  # another is meant
_SPENDING = re.compile(r"\b(?:cost|costs|spent|spend|spends|paid|pay|pays)\b", re.I)
_SPAN = re.compile(r"^(?P<start>\S+) (?:to|until|–|-) (?P<end>\S+)")
_NUMBER = re.compile(r"(?<![\w.,])[-−]?\d+(?:[.,]\d+)*")
_HOURS = re.compile(r"(?<![\w.,])(\d{1,2})(?: ?h(?:ours?|rs?)?\b ?(?:(\d{1,2})(?: ?min\w*)?)?|:(\d\d)(?!:))", re.I)
_UNITS = (
    (re.compile(r"^(?:h|hours?|hrs?)$", re.I), 60), (re.compile(r"^days?$", re.I), 1440),
    (re.compile(r"^weeks?$", re.I), 10080), (re.compile(r"^months?$", re.I), 43800),
    (re.compile(r"^years?$", re.I), 525600), (re.compile(r"^(?:km|kg|kilometres?|kilos?)$", re.I), 1000),
    (re.compile(r"^(?:cm|cl)$", re.I), 0.01), (re.compile(r"^(?:mm|ml)$", re.I), 0.001),
    (re.compile(r"^(?:million|m€)$", re.I), 1e6), (re.compile(r"^thousand$", re.I), 1e3),
    (re.compile(r"^(?:t|tonnes?)$", re.I), 1e6),
)  # fmt: skip
_YEAR = re.compile(r"1[0-9]{3}|20[0-9]{2}")
_FIRST_DAY = 10**7  # what is larger may be a date: 20260301
_LEAST_ROWS = 3
_LEAST_NUMBERS = 0.6  # share of the rows that have a number in a column
_LOOKED_AT = 10  # likeliest sentences, of which the first row of a table counts
_LEAST_LIKELY = 0.05  # of the likeliest


class _Row(NamedTuple):
    line: Line
    cells: Sequence[tuple[str, str]]


def find_extreme(question: Question, candidates: Sequence[Candidate]) -> Candidate | None:
    """Return the row that has most or least of what is asked for, among those of the table that was found for it.

    None if the question asks for no such thing, if the likeliest sentence says it itself, or if it isn't clear which
    column is meant.
    """
    words = {found[0].lower() for found in _EXTREME.finditer(question.asked)}
    if len(words) != 1 or _BUT.search(question.asked) or not candidates or min(words) in candidates[0].text.lower():
        return None
    for one in candidates[:_LOOKED_AT]:
        if one.probability >= _LEAST_LIKELY * candidates[0].probability and cells_of(one.text):
            return _extreme_of(question, min(words), one)
    return None


def _extreme_of(question: Question, word: str, one: Candidate) -> Candidate | None:
    rows = _table_of(one)
    if len(rows) < _LEAST_ROWS or any(word in name.lower() for name, _ in rows[0].cells):
        return None
    above = set(split_words(f"{document_name(one.document)}\n{one.hit.passage.heading}"))
    asked = question.rarity.keys() - set(split_words(word))
    rows = _asked_for(asked - above - _kind_of(question.asked), rows)
    ways = _MEANT[word]
    if not any(hints for _, hints in ways) and _SPENDING.search(question.asked):
        ways = ((ways[0][0], _MONEY),)
    meant = _column_of(ways, asked, rows)
    if meant is None:
        return None
    column, sign = meant
    amounts = _numbers([row.cells[column][1] for row in rows])
    numbers = [(number, row) for number, row in zip(amounts, rows, strict=True) if number is not None]
    if not numbers:
        return None
    best = max(sign * number for number, _ in numbers)
    lines = [row.line for number, row in numbers if sign * number == best]
    return as_candidates(one, lines)[0] if len(lines) == 1 else None


def _table_of(one: Candidate) -> list[_Row]:
    """Return the rows of the table of which `one` is a row, with the names of their columns."""
    text = one.document.text
    width = len(cells_of(one.text))
    run: list[_Row] = []
    for line in lines_around(text, one.start, TABLE):
        cells = cells_of(text[line.start : line.end])
        if len(cells) == width:
            run.append(_Row(line, cells))
        elif line.start > one.start:
            break
        else:
            run = []
    names = [name for name, _ in cells_of(one.text)]
    if any(names):
        return [row for row in run if [name for name, _ in row.cells] == names]
    body = [row for row in run if re.search(r"\w", "".join(value for _, value in row.cells))]
    head = [value for _, value in body[0].cells] if body else []
    return [
        _Row(row.line, [(name, value) for name, (_, value) in zip(head, row.cells, strict=True)]) for row in body[1:]
    ]


def _asked_for(asked: Set[str], rows: Sequence[_Row]) -> list[_Row]:
    """Return the rows that hold those words of the question which tell them apart."""
    kept = list(rows)
    for word in asked:
        holding = [row for row in kept if any(_holds(word, name, value) for name, value in row.cells)]
        if len(holding) > 1:
            kept = holding
    return kept


def _kind_of(asked: str) -> set[str]:
    """Return the words of what the rows are, as "room" of "which room" and "the smallest room": each row is one."""
    found = [*_KIND.finditer(asked), *_AFTER.finditer(asked)]
    return {word for one in found for word in split_words(one[1])}


def _holds(word: str, name: str, value: str) -> bool:
    return word in split_words(name if value.lower() in TICKS else value)


def _column_of(ways: Sequence[tuple[int, str]], asked: Set[str], rows: Sequence[_Row]) -> tuple[int, int] | None:
    """Return which column is meant, and 1 if its highest number is, -1 if its lowest; None if that isn't clear.

    The first column names the rows: it counts only by what its kind of number is called.
    """
    fitting: dict[int, tuple[int, int]] = {}
    for column, (name, _) in enumerate(rows[0].cells):
        values = [row.cells[column][1] for row in rows]
        if sum(number is not None for number in _numbers(values)) < _LEAST_NUMBERS * len(values):
            continue
        named = len(asked & set(split_words(name))) if column else 0
        words = set(re.findall(r"[^\W\d_]+|[€£$°]", f"{name} {values[0]}".lower()))
        for sign, hints in ways:
            score = 2 * named + 3 * (not words.isdisjoint(hints.split()))
            if score > fitting.get(column, (0, 0))[0]:
                fitting[column] = score, sign
    best = sorted(((score, column, sign) for column, (score, sign) in fitting.items()), reverse=True)
    clear = best and (len(best) == 1 or best[0][0] > best[1][0])
    return best[0][1:] if clear else None


def _numbers(values: Sequence[str]) -> list[float | None]:
    """Return what the cells of a column amount to, so that they can be compared: among dates, a year is one, too."""
    numbers = [_number(value) for value in values]
    if any(number is not None and number > _FIRST_DAY for number in numbers):
        return [_number(f"1 January {value}" if _YEAR.fullmatch(value) else value) for value in values]
    return numbers


def _number(value: str) -> float | None:
    """Return what a cell amounts to: a number, minutes, metres or grams, or a date as one number; None if nothing."""
    if value.lower() in ("free", "free of charge"):
        return 0.0
    span = _SPAN.match(value)
    if span and (ends := [_number(span[name]) for name in ("start", "end")]) and None not in ends:
        return float(ends[1]) - float(ends[0])  # type: ignore[arg-type]
    dates = [found for found in find_values(value) if found.unit == "date"]
    if dates and dates[0].start == 0:
        return float(min(dates[0].readings).replace("-", "").ljust(8, "0"))
    hours = _HOURS.search(value)
    if hours:
        return 60.0 * int(hours[1]) + int(hours[2] or hours[3] or 0)
    found = _NUMBER.search(value)
    if found is None:
        return None
    unit = re.match(r"\s?([^\W\d_]+)", value[found.end() :])
    scale = next((scale for pattern, scale in _UNITS if unit and pattern.match(unit[1])), 1)
    return _plain(found[0]) * scale


def _plain(written: str) -> float:
    """Return the number that is written with points and commas: 1,250.50 and 1.250,50 are the same."""
    written = written.replace("−", "-")
    mark = max(".", ",", key=written.rfind)
    whole, _, part = written.rpartition(mark)
    if not whole or (len(part) == 3 and (mark == "," or written.count(mark) > 1)):
        return float(re.sub(r"[.,]", "", written))
    return float(f"{re.sub(r'[.,]', '', whole)}.{part}")
