"""Of two things that are compared a sentence each is told, and of what is not allowed nothing that is."""

from __future__ import annotations

import pytest

from index.records import Document, Hit, Passage
from index.text.words import split_words
from rag.answer.compose import compare, compose
from rag.answer.extract import Candidate
from rag.question import read_question

PLANS = [
    "The Club plan includes seven nights and breakfast.",
    "The Club plan is new.",
    "The Basic plan is sold at the desk.",
    "The Basic plan includes three nights.",
    "Both plans can be had in June.",
]


def candidates(sentences: list[str]) -> list[Candidate]:
    text = " ".join(sentences)
    document = Document("d", "d", "d", "text/plain", text, {}, (), "d", 0.0)
    hit = Hit(Passage(1, "d", 0, len(text), "", None), 1.0, 1)
    starts = [text.index(one) for one in sentences]
    return [
        Candidate(document, hit, start, start + len(one), frozenset(split_words(one)), 0.5 - 0.01 * i, None)
        for i, (one, start) in enumerate(zip(sentences, starts, strict=True))
    ]


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("What is the difference between the Basic and the Club plan?", [PLANS[3], PLANS[0]]),
        ("How does the Club plan differ from the Basic plan?", [PLANS[0], PLANS[3]]),
        ("Club vs Basic", [PLANS[0], PLANS[3]]),
        ("What is the difference between the Club and the Gold plan?", []),
    ],
)
def test_each_of_two_is_told_of_in_the_same_wording(question: str, told: list[str]) -> None:
    found = compare(read_question(question, lambda word: 1.0), candidates(PLANS))
    assert [one.candidate.text for one in found] == told


def test_a_sentence_about_both_is_enough() -> None:
    both = ["The Club plan has seven nights, the Basic plan three.", *PLANS]
    assert compare(read_question("Compare the Club plan and the Basic plan", lambda word: 1.0), candidates(both)) == []


def test_what_is_allowed_is_not_told_with_what_is_not() -> None:
    rules = ["Lockers are not included.", "Towels are included."]
    asked = read_question("What is not included?", lambda word: 1.0)
    assert asked.wants_list
    assert [one.candidate.text for one in compose(asked, candidates(rules))] == rules[:1]
