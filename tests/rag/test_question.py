"""What a question asks for: its parts, politeness around it, lists."""

from __future__ import annotations

import time
from typing import get_args

import pytest

from rag import Turn
from rag.conversation.followup import stand_alone
from rag.question import AnswerKind, question_parts, read_question, shows_kind, without_politeness


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("When and by whom was it built?", ("When was it built?", "by whom was it built?")),
        ("Who founded Pincite and when?", ("Who founded Pincite?", "when founded Pincite?")),
        (
            "When was the bridge opened, and who designed it?",
            ("When was the bridge opened?", "who designed it?"),
        ),
        ("How much is the deposit? And when is it due?", ("How much is the deposit?", "when is it due?")),
        ("Where and when did they meet?", ("Where did they meet?", "when did they meet?")),
    ],
)
def test_a_question_of_two_parts_becomes_two(question: str, parts: tuple[str, ...]) -> None:
    assert question_parts(question) == parts


@pytest.mark.parametrize(
    "question",
    [
        "What do salt and pepper cost?",
        "Who wrote War and Peace?",
        "When did Leonardo's CEO visit Baykar?",
        "warranty and returns",
        "How high is the rent compared to last year?",
        "",
    ],
)
def test_a_question_of_one_part_stays_whole(question: str) -> None:
    assert question_parts(question) == ()


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("Could you please tell me when it opened?", "when it opened?"),
        ("Hi, I was wondering who built it, thanks!", "who built it"),
        ("please tell me the price", "the price"),
        ("Who built it?", "Who built it?"),
        ("Please", "Please"),
    ],
)
def test_politeness_is_no_part_of_the_question(said: str, asked: str) -> None:
    assert without_politeness(said) == asked


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("What are the three branches of government?", True),
        ("Which countries signed it?", True),
        ("List the ingredients", True),
        ("Which boats are painted red?", True),
        ("What tools does the shed hold?", True),
        ("Where do the ferries sail?", True),
        ("Who is in the choir?", True),
        ("Who is in charge of the choir?", False),
        ("Which boat is painted red?", False),
        ("What class does she teach?", False),
        ("What is the capital of France?", False),
        ("When was it built?", False),
    ],
)
def test_a_question_for_several_things_is_known(text: str, wanted: bool) -> None:
    assert read_question(text, lambda word: 1.0).wants_list is wanted


REPEATED = [" ", "\n", "!", "_", "1 ", "A", "A-", "A’", "Ab ", " A", "in ", "in the ", "it ", "please ", "hi, ", "who "]
REPEATED += [
    "what are ",
    "what are a ",
    "; what ",
    ", and what kind aaaa ",
    "when and who ",
    "could you please tell me ",
]


def read_all(text: str) -> None:
    """Have a text read by all that looks for patterns in questions and sentences."""
    read_question(text, lambda word: 1.0)
    stand_alone(text, [Turn(text, text), Turn("When was the heron of Dr. Ash seen?", text)])
    for kind in get_args(AnswerKind):
        shows_kind(text, kind)


def seconds(text: str) -> float:
    start = time.process_time()
    read_all(text)
    return time.process_time() - start


@pytest.mark.parametrize("first", ["", "what are the "])
@pytest.mark.parametrize("unit", REPEATED)
def test_questions_and_sentences_are_read_in_time_in_proportion(unit: str, first: str) -> None:
    few = many = float("inf")
    for _ in range(5):
        few = min(few, seconds(first + unit * (3000 // len(unit)) + "x"))
        many = min(many, seconds(first + unit * (12_000 // len(unit)) + "x"))
        if many <= 8 * few + 0.02:
            return
    pytest.fail(f"3,000 characters take {few:.4f} s, 12,000 {many:.4f} s")


@pytest.mark.parametrize(
    ("question", "exact"),
    [
        ("Who rents locker 318?", {"318"}),
        ("What was spent in 2017?", {"2017"}),
        ("what does fault F204 mean", {"f204"}),
        ("Who paid invoice 2,000?", {"2000"}),
        ("What opened on 5 May 2021?", {"2021", "20210505"}),
        ("Who gave 12,500 dollars?", set()),
        ("How much is a ticket for 10 people?", set()),  # how many, not which
        ("How long do 5kg last?", set()),
        ("What is the 3rd rule?", set()),
    ],
)
def test_numbers_that_name_something_are_told_from_those_that_count(question: str, exact: set[str]) -> None:
    assert read_question(question, lambda word: 1.0).exact == exact


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("What is the difference in weight between the Wren and the Heron?", ("weight the Wren?", "weight the Heron?")),
        ("Which costs more, the Wren or the Heron?", ("costs the Wren?", "costs the Heron?")),
        ("Which boat costs more, the Wren or the Heron?", ("costs the Wren?", "costs the Heron?")),
        ("Compare the price of the Wren and the Heron", ("price the Wren?", "price the Heron?")),
        ("How does the Wren differ from the Heron?", ("the Wren?", "the Heron?")),
        ("The Wren vs. the Heron?", ("The Wren?", "the Heron?")),
    ],
)
def test_a_comparison_asks_for_each(question: str, parts: tuple[str, str]) -> None:
    assert question_parts(question) == parts


def test_only_questions_for_what_is_not_are_negated() -> None:
    assert read_question("Where may bikes not be left?", lambda word: 1.0).negated
    assert not read_question("Isn't the pool open?", lambda word: 1.0).negated
    assert not read_question("Where may bikes be left?", lambda word: 1.0).negated


@pytest.mark.parametrize("question", ["List everyone in the choir", "Name all of the choir", "Please list the choir"])
def test_that_a_list_is_wanted_is_no_part_of_what_is_asked(question: str) -> None:
    assert set(read_question(question, lambda word: 1.0).rarity) == {"choir"}


def test_who_asks_is_no_name() -> None:
    assert read_question("What should I tell Ida?", lambda word: 1.0).names == {"ida"}
