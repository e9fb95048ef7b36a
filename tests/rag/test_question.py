"""What a question asks for: its parts, politeness around it, lists."""

from __future__ import annotations

import pytest

from rag.question import question_parts, read_question, without_politeness


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
        ("What is the capital of France?", False),
        ("When was it built?", False),
    ],
)
def test_a_question_for_several_things_is_known(text: str, wanted: bool) -> None:
    assert read_question(text, lambda word: 1.0).wants_list is wanted
