"""Rooms for more than 50, what costs under £20, those without a window: the rows of a table within a bound."""

from __future__ import annotations

import pytest

from index import Document, Hit
from index.records import Passage
from rag.answer.extract import Candidate
from rag.answer.filters import rows_that_pass
from rag.question import read_question

ROOMS = """# Rooms
Room: Banks; Floor: first; Area: 58 m2; Rows: 45; Half day: £120; Daylight: no; Radiators: 1; Walk: 50 minutes
Room: Mendel; Floor: first; Area: 34 m2; Rows: 20; Half day: £85.50; Daylight: yes; Radiators: 2; Walk: 2 h 10
Room: Sowerby; Floor: basement; Area: 88 m2; Rows: 70; Half day: £1,150; Daylight: no; Radiators: 0; Walk: 3 hours
Room: Carver; Floor: second; Area: 34 m2; Rows: 22; Half day: £90; Daylight: yes; Radiators: 3; Walk: 45 minutes

Parcel: small; Weight: up to 2 kg; Price: 4
Parcel: middle; Weight: up to 5 kg; Price: 6
Parcel: large; Weight: up to 10 kg; Price: 9

Load: sand; Mass (kg): 40; Hours: 1:30
Load: lime; Mass (kg): 15; Hours: 0:50
Load: tile; Mass (kg): 25; Hours: 3:10

Part: hose; Stock: 3
Part: lid; Price: £4; Stock: 12
Part: seal; Price: £2.50; Remark: of rubber; for lids
Part: valve; Price: £9; Stock: 7
"""


def rows_of(question: str, line: int) -> list[Candidate]:
    """Return the rows that are found where a line of `ROOMS` is the likeliest."""
    document = Document("d", "d.md", "d", "text/plain", ROOMS, {}, (), "The list", 0.0)
    hit = Hit(Passage(1, "d", 0, len(ROOMS), "", None), 1, 0.5)
    text = ROOMS.splitlines()[line]
    start = ROOMS.index(text)
    best = Candidate(document, hit, start, start + len(text), frozenset(), 0.4, None)
    return rows_that_pass(read_question(question, lambda word: 1.0), [best])


def found(question: str, line: int) -> list[str]:
    """Return what they are called."""
    return [row.text.partition("; ")[0].partition(": ")[2] for row in rows_of(question, line)]


@pytest.mark.parametrize(
    ("question", "rows"),
    [
        ("which rooms have more than 40 rows", ["Banks", "Sowerby"]),
        ("which room has more than one radiator", ["Mendel", "Carver"]),
        ("rooms with two or more radiators", ["Mendel", "Carver"]),
        ("rooms with at least three radiators", ["Carver"]),
        ("which rooms cost under £90 for half a day", ["Mendel"]),
        ("which rooms cost at most £90", ["Mendel", "Carver"]),
        ("which rooms are cheaper than 100 pounds", ["Mendel", "Carver"]),
        ("rooms larger than 50 m² in area", ["Banks", "Sowerby"]),
        ("rooms without daylight", ["Banks", "Sowerby"]),
        ("which rooms have no radiators?", ["Sowerby"]),
        ("rooms on the first floor without daylight", ["Banks"]),
        ("which rooms take less than 2 hours to walk to", ["Banks", "Carver"]),
    ],
)
def test_the_rows_within_the_bound_are_found(question: str, rows: list[str]) -> None:
    assert found(question, 2) == rows


@pytest.mark.parametrize(
    ("question", "rows"),
    [
        ("which loads have a mass over 20 kg", ["sand", "tile"]),
        ("loads that need less than 2 hours", ["sand", "lime"]),
        ("loads of up to 25 kg", ["lime", "tile"]),
    ],
)
def test_a_number_is_compared_in_the_unit_of_its_column(question: str, rows: list[str]) -> None:
    assert found(question, 10) == rows


@pytest.mark.parametrize(
    ("question", "rows"),
    [
        ("parts without a price", ["hose"]),
        ("which parts cost under £5", ["lid", "seal"]),
        ("parts with no stock", ["seal"]),
    ],
)
@pytest.mark.parametrize("line", [14, 15])
def test_a_cell_that_is_empty_is_a_cell_of_its_row(question: str, line: int, rows: list[str]) -> None:
    assert found(question, line) == rows


@pytest.mark.parametrize(
    ("question", "line"),
    [
        ("how much is a parcel of more than 2 kg", 6),  # the cells are ranges themselves
        ("which parcel is for more than 2 kg weight", 6),
        ("which room is on the first floor", 2),  # no bound
        ("which rooms have more than 40 beds", 2),  # no such column
        ("which rooms have more than 400 rows", 2),  # none
        ("which rooms have more than 2 rows", 2),  # all
        ("does a room have more than 40 rows", 2),
        ("why are there rooms without daylight", 2),
        ("which rooms have more than 40 rows and less than 3 radiators", 2),  # two bounds
    ],
)
def test_nothing_is_found_where_no_bound_or_no_column_is_clear(question: str, line: int) -> None:
    assert found(question, line) == []


def test_rows_in_the_unit_of_the_bound_surely_answer() -> None:
    assert {row.probability for row in rows_of("which rooms cost under £90", 2)} == {0.6}
    assert {row.probability for row in rows_of("which rooms have no daylight", 2)} == {0.4}
