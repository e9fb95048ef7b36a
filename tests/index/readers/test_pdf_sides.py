"""PDF: tables in columns of running text are told from those beside them, and from those that reach across."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from index.readers import read_document

Pdf = Callable[..., Path]
Drawn = list[tuple[object, ...]]

SAID = "the members of the society met again"
LEFT, RIGHT = 60, 320


def text_at(left: float, top: float, lines: int = 10) -> Drawn:
    return [(left, top + 12 * at, f"{SAID} {'in the' if at % 2 else 'at an'} hut", 10) for at in range(lines)]


def rows_at(lefts: Sequence[float], top: float, *rows: Sequence[str]) -> Drawn:
    return [
        (left, top + 14 * at, cell, 10)
        for at, row in enumerate(rows)
        for left, cell in zip(lefts, row, strict=True)
        if cell
    ]


BOATS = (("Boat", "Length", "Crew"), ("Ada", "12", "4"), ("Bo", "9", "3"))
PORTS = (("Port", "Depth", "Piers"), ("Moss", "7", "2"), ("Odda", "11", "5"))


@pytest.mark.parametrize("lower", [0, 5])
def test_tables_side_by_side_in_columns_of_text_are_two(pdf: Pdf, lower: float) -> None:
    tables = rows_at((60, 160, 220), 80, *BOATS) + rows_at((320, 420, 480), 80 + lower, *PORTS)
    lines = read_document(pdf([tables + text_at(LEFT, 180) + text_at(RIGHT, 180)])).text.splitlines()
    assert {"Boat: Ada; Length: 12; Crew: 4", "Port: Odda; Depth: 11; Piers: 5"} <= set(lines)


def test_a_table_beside_text_has_none_of_its_words(pdf: Pdf) -> None:
    table = rows_at((320, 420, 480), 185, *PORTS)
    beside = [(60, 180, "6.  the hut   is  open   again", 10), (60, 194, "7.  and   it   is  cold", 10)]
    page = text_at(LEFT, 60) + beside + text_at(LEFT, 220) + text_at(RIGHT, 60) + table + text_at(RIGHT, 240)
    assert "Port: Moss; Depth: 7; Piers: 2" in read_document(pdf([page])).text.splitlines()


def test_a_table_across_columns_of_text_is_one(pdf: Pdf) -> None:
    names, rows = ("Town", "Births", "Deaths", "Moved"), (("Moss", "12", "9", "4"), ("Odda", "31", "28", "7"))
    page = rows_at((60, 220, 340, 440), 80, names, *rows) + text_at(LEFT, 180) + text_at(RIGHT, 180)
    text = " ".join(read_document(pdf([page])).text.split())
    assert "Town: Odda; Births: 31" in text
    assert "Deaths: 28; Moved: 7" in text
