"""A question is read with its dates and amounts as the passages write them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rag.answer.wording import as_written
from rag.question import Question, read_question

PASSAGES = [
    "The mill was sold on 2019-09-14 for 12,500 dollars. Bill 1000 is open, bill 10,000 is paid.",
    "Half past two came. Fifty percent of it is reserved; it lasts two and a half hours at 900 rpm.",
    "A banner of 1 x 3 m, and one of 0.85 x 2 m.",
    "It was sold again on 14 September 2019, and burnt down on Nov. 21st, 2020.",
]


def read(question: str) -> Question:
    return as_written(read_question(question, lambda word: 1.0), PASSAGES, lambda word: 1.0)


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("What was sold on 14 September 2019?", "What was sold on 2019-09-14?"),
        ("What was sold in September 2019?", "What was sold in 2019-09?"),
        ("What burnt down on 2020-11-21?", "What burnt down on Nov. 21st, 2020?"),
        ("Who paid bill 1,000?", "Who paid bill 1000?"),
        ("Who gave 12 500 dollars?", "Who gave 12,500 dollars?"),
        ("What lasts 2.5 hours?", "What lasts two and a half hours?"),
        ("Of what are 50 % reserved?", "Of what are fifty percent reserved?"),
        ("How many revolutions per minute are there?", "How many rpm are there?"),
        ("What burnt down in November 2020?", "What burnt down in Nov. 21st, 2020?"),
        ("What is 1x3?", "What is 1 x 3?"),
        ("What is 0,85×2 m?", "What is 0.85 x 2 m?"),
        ("What is 1x4?", "What is 1x4?"),
    ],
)
def test_values_are_asked_for_as_the_passages_write_them(question: str, asked: str) -> None:
    assert read(question).asked == asked
    assert read(question).text == question


@pytest.mark.parametrize(
    "question", ["What was sold on 2019-09-14?", "Who paid bill 2,000?", "What lasts 3 hours?", "Who owns the mill?"]
)
def test_what_is_written_so_or_nowhere_stays_as_it_is(question: str) -> None:
    assert read(question) == read_question(question, lambda word: 1.0)


def test_an_amount_that_some_passage_has_as_it_is_asked_for_stays_so() -> None:
    passages = ["Form of the 3.250% Notes.", "Of the 3.25% Notes, $1,000 are owed."]
    question = read_question("When were the 3.25% Notes issued?", lambda word: 1.0)
    assert as_written(question, passages, lambda word: 1.0) == question
    assert "3.250%" in as_written(question, passages[:1], lambda word: 1.0).asked


def test_the_name_of_a_month_stays_among_the_words_asked_for() -> None:
    question = "What was sold in September 2019?"
    assert read(question).rarity == read_question(question, lambda word: 1.0).rarity


def test_a_follow_up_stays_in_its_context() -> None:
    asked = replace(
        read_question("Who paid bill 1,000?", lambda word: 1.0), in_context=("Is it open? who paid 1,000?",)
    )
    found = as_written(replace(asked, context={"open": 0.5}), PASSAGES, lambda word: 1.0)
    assert found.asked == "Who paid bill 1000?"
    assert found.in_context == asked.in_context
    assert found.context == {"open": 0.5}
