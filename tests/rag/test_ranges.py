"""Of rows built alike, the one comes first whose range holds the number that is asked for."""

from __future__ import annotations

import math

import pytest

from index.records import Document, Hit, Passage
from index.text.words import split_words
from rag.answer.extract import Candidate
from rag.answer.ranges import Range, in_range_first, ranges_in
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
        ("6 to 11 years", [Range(6, 11)]),
        ("10\u201314 kg", [Range(10, 14)]),
        ("from 2.5 kg to 5 kg", [Range(2.5, 5)]),
        ("under 0.2", [Range(-math.inf, 0.2, strict=True)]),
        ("up to £12", [Range(-math.inf, 12)]),
        ("65 and over", [Range(65, math.inf)]),
        ("over 2 kg", [Range(2, math.inf, strict=True)]),
        ("from 100 on", [Range(100, math.inf)]),
        ("in 2016-2018, from 10:30 to 12:15, 0800 400 18, 1.2.3-4, room 5", []),
        ("11 to 6", []),
    ],
)
def test_ranges_are_found(text: str, wanted: list[Range]) -> None:
    assert ranges_in(text) == wanted


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
