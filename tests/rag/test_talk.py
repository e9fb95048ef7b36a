"""Conversations with the real models, over some of the sample documents."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from rag import Answer, Assistant, Turn, open_assistant, support_level
from ui.cli.commands import EXAMPLES


@pytest.fixture(scope="module")
def assistant(sampled: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """An assistant over seven of the sample documents."""
    opened = open_assistant(Path(shutil.copytree(sampled, tmp_path_factory.mktemp("copy") / "home")))
    yield opened
    opened.close()


def say(assistant: Assistant, *lines: str) -> Answer:
    """Say one line after the other, and return what comes out of the last."""
    turns: list[Turn] = []
    for line in lines:
        answer = assistant.ask(line, turns)
        turns.append(Turn(answer.standalone_question, answer.text if answer.grounded else ""))
    return answer


def test_a_follow_up_is_answered_from_what_the_answer_before_it_says(assistant: Assistant) -> None:
    answer = say(assistant, EXAMPLES[0], "And what did he announce there?", "who confirmed it?")
    assert answer.text.startswith("Baykar confirmed the visit")


@pytest.mark.parametrize("line", ["asdf", "qwertz uiop", "you are stupid"])
@pytest.mark.parametrize("before", [(), ("what is the capital of peru",), (EXAMPLES[0],)])
def test_of_what_no_document_has_a_word_nothing_is_said(
    assistant: Assistant, before: tuple[str, ...], line: str
) -> None:
    assert not say(assistant, *before, line).grounded


def test_what_only_seems_to_follow_on_is_asked_as_it_was_typed(assistant: Assistant) -> None:
    answer = say(assistant, "How long is the warranty on the pump?", "rent how much??")
    assert "£1,180" in answer.text
    assert answer.standalone_question == "rent how much??"


def test_a_follow_up_with_a_weak_answer_is_asked_by_itself_too(assistant: Assistant) -> None:
    answer = say(assistant, "Where does the Danube rise?", "how long is it?")
    assert answer.text.startswith("River: Danube; Length in km: 2,850")
    assert answer.standalone_question == "how long is the Danube?"
    assert "3,530" in say(assistant, "Where does the Danube rise?", "how long is it?", "and the Volga?").text


def test_a_follow_up_is_understood_from_the_question_before(assistant: Assistant) -> None:
    first = assistant.ask("When did Leonardo's CEO visit Baykar?")
    second = assistant.ask("And what did he say there?", [Turn(first.standalone_question, first.text)])
    assert second.question == "And what did he say there?"
    assert "Leonardo's CEO" in second.standalone_question
    assert "Baykar" in second.standalone_question
    assert "baykar" in second.citations[0].path


def test_what_is_said_of_another_thing_than_is_asked_now_is_not_well_supported(assistant: Assistant) -> None:
    before = assistant.ask("How much is the deposit?")
    answer = assistant.ask("And when is the rent due?", [Turn(before.question, before.text)])
    assert answer.sentences
    assert all("rent" in one.text.lower() or support_level(one.support) != "well" for one in answer.sentences)
    pointing = assistant.ask("When is it due?", [Turn(before.question, before.text)])
    assert "25 August 2025" in pointing.text


def test_what_answers_a_question_that_names_nothing_is_not_well_supported(assistant: Assistant) -> None:
    turns: list[Turn] = []
    for question in (EXAMPLES[0], "And what did he announce there?", "who confirmed it?", "what was it about"):
        answer = assistant.ask(question, turns)
        turns.append(Turn(answer.standalone_question, answer.text))
    assert answer.sentences
    assert all(support_level(one.support) != "well" for one in answer.sentences)


def test_a_follow_up_is_not_taken_for_one_of_two_questions(assistant: Assistant) -> None:
    first = assistant.ask(EXAMPLES[0])
    answer = assistant.ask("And what did he announce there?", [Turn(first.standalone_question, first.text)])
    assert "Moon" not in answer.text


def test_a_misspelt_question_is_answered_and_shown_as_it_was_understood(assistant: Assistant) -> None:
    answer = assistant.ask("how logn is the waranty on teh pump")
    assert answer.grounded
    assert (answer.question, answer.standalone_question) == (
        "how logn is the waranty on teh pump",
        "how long is the warranty on the pump",
    )
