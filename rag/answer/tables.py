"""Tables: a row that was found goes in, the rows of its table come out, and what their cells amount to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from typing import NamedTuple

from index import Cell, cells_of, find_values, in_columns, split_words, with_row
from rag.answer.extract import Candidate
from rag.answer.features import heading_words
from rag.answer.lists import Line, as_candidates, lines_around
from rag.answer.rows import TABLE, TICKS, values_between_bars
from rag.question import Question

MONEY = "price prices cost costs fee fees charge rent rate hire premium sum amount paid pay € £ $ euro euros eur"
LEAST_NUMBERS = 0.6  # share of the rows that have a number in a column whose numbers are compared
_LEAST_ROWS = 3
_MOST_UNHELD = 1  # words of a question that asks for a whole table that nothing there has
_LOOKED_AT = 10  # likeliest sentences
_LONGEST = 200  # characters of a column's name and a cell that tell of what kind its numbers are
_SPAN = re.compile(r"^(?P<start>\S+) (?:to|until|–|-) (?P<end>\S+)")
_NUMBER = re.compile(r"(?<![\w.,])[-−]?\d+(?:[.,]\d+)*")
CLOCK = re.compile(r"(?<![\w.,])(\d{1,2})(?: ?h(?:ours?|rs?)?\b ?(?:(\d{1,2})(?: ?min\w*)?)?|:(\d\d)(?!:))", re.I)
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


class Row(NamedTuple):
    """A row of a table: its line, and its cells, each with the name of its column; "" is none."""

    line: Line
    cells: Sequence[tuple[str, str]]


def tables_of(candidates: Sequence[Candidate], *, least: float) -> Iterator[tuple[Candidate, list[Row]]]:
    """Yield the tables of which the likeliest sentences are rows, each once, with the likeliest of its rows.

    A sentence that is `least` times as likely as the likeliest is one of these.
    """
    seen: set[tuple[str, int]] = set()
    for one in candidates[:_LOOKED_AT]:
        is_likely = one.probability >= least * candidates[0].probability
        if is_likely and (one.document.doc_id, one.start) not in seen and _is_row(one.text):
            rows = table_of(one)
            seen.update((one.document.doc_id, row.line.start) for row in rows)
            if len(rows) >= _LEAST_ROWS:
                yield one, rows


def whole_table(question: Question, one: Candidate) -> list[Candidate]:
    """Return all rows of the table of `one`, if what its rows are is asked for, and nothing that tells them apart.

    "Which formats can be read?" asks for each row of a table whose first or second column is called so.
    """
    cells = cells_of(one.text)
    if not question.wants_list or question.negated or question.exact or not cells:
        return []
    names = [set(split_words(cell.column)) for cell in cells]
    values = split_words(" ".join(one.text[cell.start : cell.end] for cell in cells))
    above = heading_words(one.document, one.hit)
    asked = question.rarity.keys() - above
    named = [at for at, words in enumerate(names) if words & question.rarity.keys()]
    unheld = asked - set().union(*names)
    if named not in ([0], [1]) or unheld & {*values, *question.names} or len(unheld) > _MOST_UNHELD:
        return []
    return as_candidates(one, [row.line for row in table_of(one)])


def _is_row(text: str) -> bool:
    return bool(cells_of(text) or values_between_bars(text))


def words_and_signs(name: str, value: str) -> set[str]:
    """Return the words of a column's name and of a cell, and the signs that stand for units."""
    return set(re.findall(r"[^\W\d_]+|[€£$°%]", f"{name[:_LONGEST]} {value[:_LONGEST]}".lower()))


def table_of(one: Candidate) -> list[Row]:
    """Return the rows of the table of which `one` is a row, with the names of their columns; each has all of these."""
    return _named_table(one) if cells_of(one.text) else _table_between_bars(one)


def _named_table(one: Candidate) -> list[Row]:
    text = one.document.text
    columns: tuple[str, ...] = ()
    run: list[tuple[Line, list[Cell]]] = []
    for line in lines_around(text, one.start, TABLE):
        cells = cells_of(text[line.start : line.end])
        goes_on = not line.apart or columns == tuple(cell.column for cell in cells)  # over an empty line, or a page
        wider = with_row(columns, cells) if cells and goes_on else ()
        if wider:
            columns = wider
            run.append((line, cells))
        elif line.start > one.start:
            break
        else:
            columns = with_row((), cells)
            run = [(line, cells)] if cells else []
    return [Row(line, _values(text[line.start : line.end], columns, cells)) for line, cells in run]


def _values(row: str, columns: tuple[str, ...], cells: Sequence[Cell]) -> list[tuple[str, str]]:
    values = (row[cell.start : cell.end] if cell else "" for cell in in_columns(columns, cells))
    return list(zip(columns, values, strict=True))


def _table_between_bars(one: Candidate) -> list[Row]:
    """Return the rows below the one that names the columns."""
    width, run = len(values_between_bars(one.text)), list[tuple[Line, list[str]]]()
    for line in lines_around(one.document.text, one.start, TABLE):
        values = values_between_bars(one.document.text[line.start : line.end])
        if len(values) == width:
            run.append((line, values))
        elif line.start > one.start:
            break
        else:
            run = []
    body = [(line, values) for line, values in run if re.search(r"\w", "".join(values))]
    return [Row(line, list(zip(body[0][1], values, strict=True))) for line, values in body[1:]]


def first_value(rows: Sequence[Row], column: int) -> str:
    """Return the first value of a column, by which its numbers are told: the first row may have none."""
    return next((row.cells[column][1] for row in rows if row.cells[column][1]), "")


def rows_asked_for(asked: Set[str], rows: Sequence[Row]) -> list[Row]:
    """Return the rows that hold those words of the question which tell them apart."""
    kept = list(rows)
    for word in asked:
        holding = [row for row in kept if any(_holds(word, name, value) for name, value in row.cells)]
        if len(holding) > 1:
            kept = holding
    return kept


def _holds(word: str, name: str, value: str) -> bool:
    return word in split_words(name if value.lower() in TICKS else value)


def amounts(values: Sequence[str]) -> list[float | None]:
    """Return what the cells of a column amount to, so that they can be compared: among dates, a year is one, too."""
    numbers = [amount(value) for value in values]
    if any(number is not None and number > _FIRST_DAY for number in numbers):
        return [amount(f"1 January {value}" if _YEAR.fullmatch(value) else value) for value in values]
    return numbers


def amount(value: str) -> float | None:
    """Return what a cell amounts to: a number, minutes, metres or grams, or a date as one number; None if nothing."""
    if value.lower() in ("free", "free of charge"):
        return 0.0
    span = _SPAN.match(value)
    if span and (ends := [amount(span[name]) for name in ("start", "end")]) and None not in ends:
        return float(ends[1]) - float(ends[0])  # type: ignore[arg-type]
    dates = [found for found in find_values(value) if found.unit == "date"]
    if dates and dates[0].start == 0:
        return float(min(dates[0].readings).replace("-", "").ljust(8, "0"))
    hours = CLOCK.search(value)
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
