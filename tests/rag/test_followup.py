from __future__ import annotations

import pytest

from rag import Turn
from rag.followup import leans_on_history, stand_alone

FIRST = "When did Leonardo's chief executive go to Baykar's plant?"


@pytest.mark.parametrize(
    "question",
    ["And what did he announce there?", "Why?", "What about the pump?", "Who told them?", "how many?", "Is it heavy?"],
)
def test_a_question_that_leans_is_put_behind_the_one_before(question: str) -> None:
    assert stand_alone(question, [Turn(FIRST)]) == f"{FIRST} {question}"


@pytest.mark.parametrize(
    "question",
    [
        "Who is Adolfo Urso?",
        "How long is the warranty on the pump?",
        "What is the capital of France?",
        "Are there bees in Britain?",
    ],
)
def test_a_question_that_stands_alone_is_left_as_it_is(question: str) -> None:
    assert stand_alone(question, [Turn(FIRST)]) == question


def test_without_a_history_nothing_is_put_in_front() -> None:
    assert stand_alone("And why?", []) == "And why?"


def test_a_chain_of_follow_ups_keeps_its_first_question() -> None:
    second = stand_alone("And what did he announce there?", [Turn(FIRST)])
    assert stand_alone("Why?", [Turn(FIRST), Turn(second)]) == f"{second} Why?"
    assert leans_on_history("Why?")
