"""Cells: of a row of a table, the figure whose column the question names."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from index import cells_of, sync_paths
from index.records import Document, Hit, Passage
from rag.answer.cells import cells_asked_for, label_share
from rag.answer.extract import Candidate
from rag.answer.extractive import with_cell
from rag.assistant import open_assistant
from rag.question import read_question
from rag.reader.protocol import Span

MIX = (
    "Phones; Revenue Mix Year Ended January 28, 2017: 34%; Revenue Mix Year Ended January 30, 2016: 32%; "
    "Comparable Sales Year Ended January 28, 2017: 5.0 %; Comparable Sales Year Ended January 30, 2016: 4.7 %"
)
QUARTERS = (
    "Online; Three Months Ended September 30, 2022: 53; Three Months Ended September 30, 2023: 57; "
    "Nine Months Ended September 30, 2022: 155; Nine Months Ended September 30, 2023: 161"
)
DEATHS = "Age: 55-64; Women Hispanic: 806; Women non-Hispanic: 12,273; Men Hispanic: 1,906; Men non-Hispanic: 31,564"
TESTED = "Country: Hungary; 2007 N: 300; 2007 % Pos: 0.1; 2006 N: 202; 2006 % Pos: 2.5"
REPORT = """# Ardal annual report

At the end of 2021, Ardal operated 815 warehouses worldwide: 564 in the United States, located in 46 states, 105 in
Canada, 39 in Mexico, 30 in Japan and 29 in the United Kingdom.

In 2021, in the United States the rate of employees who stay was above 90% for those who have been with us for a year.

The total number of employees by segment is:

| | Number of employees 2021 | Number of employees 2020 | Number of employees 2019 |
|---|---|---|---|
| United States | 192,000 | 181,000 | 167,000 |
| Canada | 47,000 | 46,000 | 42,000 |
| Total employees | 288,000 | 273,000 | 254,000 |
"""
NOTES = "Notes Due 2040; Remaining Term (years): 16.9; Rate: 3.54%; April 30, 2023: 1,000; January 29, 2023: 1,250"


def asked_for(question: str, row: str) -> list[str]:
    return [row[cell.start : cell.end] for cell in cells_asked_for(read_question(question, lambda _: 1.0), row)]


@pytest.mark.parametrize(
    ("question", "row", "cells"),
    [
        ("How did comparable sales of phones change in the year ended January 28, 2017?", MIX, ["5.0 %"]),
        ("What share of the revenue mix had phones in the year ended January 30, 2016?", MIX, ["32%"]),
        ("Online sales in the third quarter of 2023?", QUARTERS, ["57"]),
        ("Online sales of the nine months ended September 30, 2022?", QUARTERS, ["155"]),
        ("How many Hispanic men aged 55-64 died?", DEATHS, ["1,906"]),
        ("How many female non-Hispanic people aged 55-64 died?", DEATHS, ["12,273"]),
        ("How many years remain on the notes due 2040 as of April 30, 2023?", NOTES, ["16.9"]),
        ("What was owed on the notes due 2040 on January 29, 2023?", NOTES, ["1,250"]),
        ("How often do students feel it occasionally?", "Language; Frequently: .6%; Occasionally: 10.6%", ["10.6%"]),
        ("How many were tested in Hungary in 2006?", TESTED, ["202"]),
        ("What percentage was found in Hungary in 2006?", TESTED, ["2.5"]),
        ("What was it in Hungary in 2006?", TESTED, ["202", "2.5"]),
        ("What do 25 banners cost?", "PVC banner; 1-4 pieces: 38; 5-19 pieces: 34; 20 or more: 29", ["29"]),
    ],
)
def test_the_cell_is_the_one_whose_column_is_named(question: str, row: str, cells: list[str]) -> None:
    assert asked_for(question, row) == cells


@pytest.mark.parametrize(
    ("question", "row"),
    [
        pytest.param("What did phones bring?", MIX, id="no column is named"),
        pytest.param("Who is in the red team?", "Name: Ida; Team: red; Year: 2020", id="the named one is said"),
        pytest.param("What is the year's mix?", "The mix; note: it rose; see the year", id="no row"),
        pytest.param("When was the year?", "Year: 2020", id="one cell"),
    ],
)
def test_nothing_is_chosen_where_nothing_tells(question: str, row: str) -> None:
    assert not asked_for(question, row)


def test_cells_stand_where_they_are_in_the_row() -> None:
    row = "Mars; Radius: 3,390 km; Moons: 2"
    assert [(row[cell.start : cell.end], cell.column) for cell in cells_of(row)] == [
        ("Mars", ""),
        ("3,390 km", "Radius"),
        ("2", "Moons"),
    ]
    assert cells_of("They sold it; the price: 5 euros") == []


def test_a_row_that_comes_for_one_like_it_has_the_cell_that_is_asked_for_as_its_words() -> None:
    question = read_question("Online sales in the third quarter of 2023?", lambda _: 1.0)
    document = Document("d", "d", "d", "text/plain", f"Sales\n{QUARTERS}", {}, (), "d", 0.0)
    hit = Hit(Passage(1, "d", 0, len(document.text), "", None), 1.0, 1)
    row = Candidate(document, hit, 6, len(document.text), frozenset(), 0.5, None)
    assert with_cell(question, row).answering == "57"
    unclear = read_question("What were the sales?", lambda _: 1.0)
    assert with_cell(unclear, row) is row
    read = replace(row, span=Span(6, 12, 1.0))
    assert with_cell(question, read) is read


@pytest.mark.parametrize(
    ("question", "row", "share"),
    [
        ("What were net sales in 2020?", "Net sales; 2021: 5; 2020: 4", 1.0),
        ("What were the sales in 2020?", "Net sales; 2021: 5; 2020: 4", 0.5),
        ("What were net sales in 2020?", "Income; Net sales: 5; Cost: 4", 0.0),
        ("What were net sales in 2020?", "Net sales; 2021: 5; Note: none in May", 0.0),
        ("What were net sales in 2020?", "Net sales were 4 in 2020.", 0.0),
    ],
)
def test_the_label_of_a_row_is_asked_for_by_its_words(question: str, row: str, share: float) -> None:
    assert label_share(read_question(question, lambda _: 1.0), row) == share


def test_a_row_whose_label_is_asked_for_goes_before_what_else_has_the_words(tmp_path: Path) -> None:
    (tmp_path / "report.md").write_text(REPORT, encoding="utf-8")
    assistant = open_assistant(tmp_path / "home")
    sync_paths(assistant.library, [tmp_path / "report.md"])
    answer = assistant.ask("How many employees did Ardal have in the United States at the end of 2021?")
    assert answer.short_answer is not None
    assert answer.short_answer.text == "192,000"
    assert answer.sentences[0].support > 0.85
    assistant.close()


def test_where_a_figure_is_wanted_words_are_none() -> None:
    row = f"{TESTED}; Sample unit: single"
    question = read_question("How many units were tested in Hungary in 2006?", lambda _: 1.0)
    assert [row[cell.start : cell.end] for cell in cells_asked_for(question, row)] == ["single"]
    assert [row[cell.start : cell.end] for cell in cells_asked_for(question, row, figures=True)] == ["202"]
