"""The cheapest, the longest, the most: the row of a table that has it comes first."""

from __future__ import annotations

from dataclasses import replace

import pytest

from index import Document, Hit
from index.records import Passage
from rag.answer.extract import Candidate
from rag.answer.extremes import find_extreme
from rag.question import read_question

HUTS = """The huts of the ridge
Hut: Lake Hut; Height: 2,005 m; Beds: 18; Half board: €58.00; Walk: 1 h 40; Built: 1932; Shower: no
Hut: Corno; Height: 2,310 m; Beds: 64; Half board: €71.50; Walk: 3 hours; Built: 12 May 1908; Shower: yes
Hut: Alpe Fiora; Height: 1,640 m; Beds: 40; Half board: €62.00; Walk: 45 minutes; Built: 1987; Shower: yes

Hut: unlike; Height: 9,000 m
"""
SHARES = """Where it comes from
Spain; Domestic (%): 40; Imported (%): 60; Ports: 3
Malta; Imported (%): 100; Ports: 2
Latvia; Domestic (%): 75; Imported (%): 25; Ports: 5
"""
BARS = """# Cars

| Car | Seats | Price a day | Range |
|---|---|---|---|
| Pip | 4 | 31.50 | 380 km |
| Moss Van | 3 | 62.00 | 1,100 km |
| Alder | 7 | 48,90 | 640 km |
"""
BINS = """Bins and books
Bin: blue; Yes: paper and card; Litres: 240
Bin: green; Yes: glass; Litres: 60
Bin: brown; Yes: leaves; Litres: 120

Title: Salt Year; Author: Amaro; Published: 2019; Copies sold: 31,000
Title: Glasswing; Author: Amaro; Published: 2022; Copies sold: 9,700
Title: Uncle's Bees; Author: Harju; Published: 2016; Copies sold: 58,000

Beer: stout; Bottled: 8 March; Alcohol: 5.6; Bottles: 88; Men: 5:51.7; Women: 6:38.0
Beer: mild; Bottled: 2 May; Alcohol: 3.4; Bottles: 96; Men: 6:05.9; Women: 6:30.1
Beer: saison; Bottled: 9 July; Alcohol: 6.9; Bottles: 71; Men: 5:58.3; Women: 6:41.1
"""


def candidate(text: str, line: str, probability: float = 0.4) -> Candidate:
    """Return a line of `text` as it was found."""
    document = Document("d", "d.md", "d", "text/plain", text, {}, (), "The list", 0.0)
    hit = Hit(Passage(1, "d", 0, len(text), "", None), 1, 0.5)
    start = text.index(line)
    return Candidate(document, hit, start, start + len(line), frozenset(), probability, None)


def find(question: str, text: str, line: str) -> str | None:
    """Return the row that is found for a question where `line` is the likeliest."""
    found = find_extreme(read_question(question, lambda word: 1.0), [candidate(text, line)])
    return found.text if found else None


@pytest.mark.parametrize(
    ("question", "row"),
    [
        ("Which hut is the cheapest?", "Lake Hut"),
        ("the most expensive hut", "Corno"),
        ("highest hut?", "Corno"),
        ("which hut is the lowest", "Alpe Fiora"),
        ("Which hut has the most beds?", "Corno"),
        ("hut with the fewest beds", "Lake Hut"),
        ("which hut has the longest walk", "Corno"),
        ("shortest walk to a hut", "Alpe Fiora"),
        ("What is the oldest hut?", "Corno"),
        ("newest hut", "Alpe Fiora"),
        ("cheapest hut with a shower", "Alpe Fiora"),
    ],
)
def test_the_row_with_most_or_least_of_what_is_meant_is_found(question: str, row: str) -> None:
    line = HUTS.splitlines()[3 if row != "Alpe Fiora" else 1]
    found = find(question, HUTS, line)
    assert found is not None
    assert found.startswith(f"Hut: {row};")


@pytest.mark.parametrize(
    "line", ["Spain; Domestic (%): 40; Imported (%): 60; Ports: 3", "Malta; Imported (%): 100; Ports: 2"]
)
@pytest.mark.parametrize(
    ("question", "row"), [("which country has the most ports", "Latvia"), ("which imported the highest share", "Malta")]
)
def test_the_first_column_may_have_no_name_and_a_row_no_cell(question: str, line: str, row: str) -> None:
    assert (find(question, SHARES, line) or "").startswith(row)


@pytest.mark.parametrize(
    ("question", "line", "row"),
    [
        ("the smallest of the bins", 1, "Bin: green"),
        ("which of our bins is the biggest?", 2, "Bin: blue"),
        ("which title sold best", 5, "Title: Uncle's Bees"),
        ("worst selling of Amaro's titles", 5, "Title: Glasswing"),
        ("which beer gave the fewest bottles", 9, "Beer: saison"),
        ("the weakest beer", 9, "Beer: mild"),
        ("slowest with men", 9, "Beer: mild"),
        ("fastest women", 9, "Beer: mild"),
    ],
)
def test_the_column_is_found_by_what_is_counted_in_it(question: str, line: int, row: str) -> None:
    found = find(question, BINS, BINS.splitlines()[line])
    assert found is not None
    assert found.startswith(f"{row};")


def test_the_next_table_is_looked_at_where_the_first_has_no_such_column() -> None:
    lines = BINS.splitlines()
    found = find_extreme(
        read_question("which one has the strongest alcohol", lambda word: 1.0),
        [candidate(BINS, lines[1], 0.5), candidate(BINS, lines[9], 0.3)],
    )
    assert found is not None
    assert found.text.startswith("Beer: saison;")


def test_most_of_the_time_asks_for_no_row() -> None:
    assert find("where are the bins most of the time", BINS, BINS.splitlines()[1]) is None


@pytest.mark.parametrize(
    ("question", "row"),
    [
        ("which car is the cheapest", "Pip"),
        ("dearest car", "Moss Van"),
        ("which car has the longest range?", "Moss Van"),
    ],
)
def test_numbers_are_compared_as_they_are_written_in_a_table_with_bars(question: str, row: str) -> None:
    found = find(question, BARS, "| Alder | 7 | 48,90 | 640 km |")
    assert found is not None
    assert found.startswith(f"| {row} |")


@pytest.mark.parametrize(
    "question",
    [
        "Which hut is the best?",  # of what there is no column
        "What is the half board at the Corno?",  # nothing is compared
        "What is the second cheapest hut?",
        "cheapest hut except the Lake Hut",
        "the largest and cheapest hut",
        "Which hut has at least one bed?",
    ],
)
def test_nothing_is_found_where_it_is_not_clear_what_is_compared(question: str) -> None:
    assert find(question, HUTS, HUTS.splitlines()[1]) is None


def test_a_sentence_that_says_it_itself_is_left_alone() -> None:
    text = f"The cheapest hut is the Zaro, at €20.\n\n{HUTS}"
    question = read_question("Which hut is the cheapest?", lambda word: 1.0)
    said = candidate(text, "The cheapest hut is the Zaro, at €20.")
    assert find_extreme(question, [said, candidate(text, HUTS.splitlines()[1], 0.3)]) is None
    other = replace(said, start=text.index("The huts"), end=text.index("The huts") + 21)
    assert find_extreme(question, [other, candidate(text, HUTS.splitlines()[2], 0.3)]) is not None


def test_two_rows_that_have_as_much_are_not_told_apart() -> None:
    text = HUTS.replace("Beds: 40", "Beds: 64")
    assert find("Which hut has the most beds?", text, text.splitlines()[1]) is None
    assert find("Which hut has the fewest beds?", text, text.splitlines()[2]) is not None
