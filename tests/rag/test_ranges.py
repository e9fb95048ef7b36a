"""Ranges are found, numbers lie in them, and of rows built alike that comes first whose range holds what is asked."""

from __future__ import annotations

import math

import pytest

from index.records import Document, Hit, Passage
from index.text.words import split_words
from rag.answer.extract import Candidate
from rag.answer.ranges import Range, numbers_in, ranges_in, words_in_range
from rag.answer.rows import in_range_first
from rag.question import read_question

INFANT, CHILD, ADULT = "Age: 2 to 5 years; Dose: 8 drops", "Age: 6 to 11 years; Dose: 15 drops", "12 and over: 30 drops"
SMALL, MIDDLE, LARGE = "Length: up to 7 m; Fee: 14", "Length: up to 12 m; Fee: 26", "Length: up to 16 m; Fee: 38"


def first(question: str, rows: list[str]) -> tuple[str, float]:
    """Return the row that comes first, and its probability, of rows of which the first is the likeliest."""
    text = "\n".join(rows)
    document = Document("d", "d", "d", "text/plain", text, {}, (), "d", 0.0)
    hit = Hit(Passage(1, "d", 0, len(text), "", None), 1.0, 1)
    places = [(text.index(row), row) for row in rows]
    candidates = [
        Candidate(document, hit, start, start + len(row), frozenset(split_words(row)), 0.6 / (rank + 1), None)
        for rank, (start, row) in enumerate(places)
    ]
    found = in_range_first(read_question(question, lambda word: 1.0), candidates)
    assert {one.text for one in found} == set(rows)
    return found[0].text, found[0].probability


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("6 to 11 years", [Range(6, 11, unit="year")]),
        ("6 months to 2 years", [Range(0.5, 2, unit="year")]),
        ("5-19 pieces", [Range(5, 19)]),
        ("10\u201314 kg", [Range(10, 14, unit="kg")]),
        ("10-14kg", [Range(10, 14, unit="kg")]),
        ("from 2.5 kg to 5 kg", [Range(2.5, 5, unit="kg")]),
        ("under 0.2", [Range(-math.inf, 0.2, strict=True)]),
        ("up to £12", [Range(-math.inf, 12)]),
        ("65 and over", [Range(65, math.inf)]),
        ("over 2 kg", [Range(2, math.inf, strict=True, unit="kg")]),
        ("20 pieces or more", [Range(20, math.inf)]),
        ("from 100 on", [Range(100, math.inf)]),
        ("in 2016-2018, from 10:30 to 12:15, 0800 400 18, 1.2.3-4, room 5", []),
        ("on 7-12-2016, 2016-12-07, 01-15, call 020-7946 or 555-01", []),
        ("11 to 6", []),
    ],
)
def test_ranges_are_found(text: str, wanted: list[Range]) -> None:
    assert ranges_in(text) == wanted


@pytest.mark.parametrize(
    ("question", "text", "held"),
    [
        ("sick pay after 3 years", "2 to 5 years", {"3", "3year"}),
        ("sick pay after 8 months", "6 months to 2 years", {"8", "8month"}),
        ("sick pay after 8 months", "2 to 5 years", set()),
        ("the dose for 40kg", "up to 45 kg", {"40"}),
        ("the dose for 8 kg", "6 to 11 years", set()),  # which is something else
        ("price of 6 banners", "1-4 pieces: 61; 5-19 pieces: 55", {"6"}),
        ("price of a banner of 1x3", "1-4 pieces: 61", set()),  # a size
        ("price in 2019", "up to 3,000", set()),
        ("price of 25 or 200", "10 or more, under 100", {"25", "200"}),
        ("price of banners", "1-4 pieces: 61", set()),
        ("line 42", "from 10 December", set()),
        ("errors at 3 am", "2 to 4 errors", set()),
    ],
)
def test_the_numbers_of_a_question_lie_in_ranges(question: str, text: str, held: set[str]) -> None:
    assert words_in_range(numbers_in(question), text) == held


@pytest.mark.parametrize(
    ("question", "rows", "wanted"),
    [
        ("how many drops for my 8 year old", [INFANT, CHILD, ADULT], CHILD),
        ("what is the fee for 11 m", [SMALL, LARGE, MIDDLE], MIDDLE),
        ("how many drops for my 8 year old", [CHILD, INFANT], CHILD),
        ("how many drops for a child", [INFANT, CHILD], INFANT),  # no number is asked for
        ("how many drops for 8 or 9", [INFANT, CHILD], INFANT),  # nor one alone
        ("how many drops in 1998", [INFANT, CHILD], INFANT),
        ("how many drops at 40", [INFANT, CHILD], INFANT),  # nothing holds it
        ("how many drops at 8", ["Shake it well.", CHILD], "Shake it well."),  # it has no range that could be wrong
        ("how many drops at 8", [INFANT, "Boats of 6 to 11 metres pay double."], INFANT),  # it is of something else
    ],
)
def test_the_row_whose_range_holds_the_number_comes_first(question: str, rows: list[str], wanted: str) -> None:
    assert first(question, rows) == (wanted, 0.6)


def test_a_long_row_is_read_in_no_time() -> None:
    assert len(ranges_in("1 to 2, " * 20_000)) == 20_000
    assert ranges_in("under " * 20_000 + "1" * 20_000) == []
