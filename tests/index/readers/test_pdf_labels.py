"""PDF: a row's label that stands in several lines is whole, wherever the figures stand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from index.readers import read_document

Pdf = Callable[..., Path]
Drawn = list[tuple[float, float, str, int]]
LEFTS = (72, 280, 360)
HEAD = ("", "2021", "2020")
SALES = ("Sales", "417", "523")
WAGES = ("Wages", "93", "88")


def drawn_at(*rows: Sequence[str]) -> Drawn:
    return [
        (left, 100 + 14 * at, cell, 10)
        for at, row in enumerate(rows)
        for left, cell in zip(LEFTS, row, strict=False)
        if cell
    ]


@pytest.mark.parametrize(
    ("rows", "whole"),
    [
        pytest.param(
            (HEAD, SALES, ("Research and",), ("development costs", "31", "42"), WAGES),
            "Research and development costs; 2021: 31; 2020: 42",
            id="figures in the last line",
        ),
        pytest.param(
            (HEAD, SALES, ("Research and", "31", "42"), ("development costs",), WAGES),
            "Research and development costs; 2021: 31; 2020: 42",
            id="figures in the first line",
        ),
        pytest.param(
            (HEAD, SALES, ("Costs of research,",), ("of trials, and",), ("of tests", "31", "42"), WAGES),
            "Costs of research, of trials, and of tests; 2021: 31; 2020: 42",
            id="three lines",
        ),
        pytest.param(
            (HEAD, SALES, ("Costs for non-",), ("technical staff", "31", "42"), WAGES),
            "Costs for non-technical staff; 2021: 31; 2020: 42",
            id="a hyphen",
        ),
        pytest.param(
            (HEAD, SALES, WAGES, ("Research and", "31", "42"), ("development costs",)),
            "Research and development costs; 2021: 31; 2020: 42",
            id="the last row",
        ),
        pytest.param(
            (HEAD, SALES, ("Fees", "7", "8"), ("Research and",), ("development costs", "31", "42"), WAGES),
            "Fees; 2021: 7; 2020: 8",
            id="the row above keeps its own",
        ),
    ],
)
def test_the_lines_of_a_label_are_one(pdf: Pdf, rows: Sequence[Sequence[str]], whole: str) -> None:
    assert whole in read_document(pdf([drawn_at(*rows)])).text.splitlines()


def test_each_line_of_a_label_is_marked_where_it_stands(pdf: Pdf) -> None:
    document = read_document(pdf([drawn_at(HEAD, SALES, ("Research and",), ("costs", "31", "42"), WAGES)]))
    boxes = document.pages[1].boxes
    assert boxes is not None
    tops = [boxes[document.text.index(word), 1] for word in ("Research", "costs", "31")]
    assert tops[1] - tops[0] == pytest.approx(14, abs=3)
    assert tops[2] == pytest.approx(tops[1], abs=3)


@pytest.mark.parametrize(
    ("rows", "kept"),
    [
        pytest.param((HEAD, SALES, ("Costs:",), ("of research", "31", "42"), WAGES), "Costs:", id="a title"),
        pytest.param((HEAD, SALES, ("Costs",), ("Research", "31", "42"), WAGES), "Costs", id="a label of its own"),
        pytest.param(
            (HEAD, SALES, ("Costs",), ("research", "31", "42"), ("trials", "5", "6"), ("wages", "3", "4")),
            "Costs",
            id="labels in small letters",
        ),
        pytest.param((HEAD, SALES, ("Sold",), ("iPhones", "31", "42"), WAGES), "Sold", id="a name in small letters"),
        pytest.param((HEAD, SALES, ("Research and",), (), (), ("costs", "31", "42"), WAGES), "Research and", id="far"),
    ],
)
def test_what_is_no_part_of_a_label_stays_a_line(pdf: Pdf, rows: Sequence[Sequence[str]], kept: str) -> None:
    assert kept in read_document(pdf([drawn_at(*rows)])).text.splitlines()
