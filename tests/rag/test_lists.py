"""Lists: asked for as a whole they come whole; a single item that is asked for comes alone."""

from __future__ import annotations

import pytest

from index.records import Document, Hit, Passage
from index.text.words import split_words
from rag.answer.extract import Candidate
from rag.answer.lists import MOST_ITEMS, with_list
from rag.question import read_question

TEXT = """Spring camp

Please bring on the first day:
- a sleeping bag
- a torch
- a spoon

Facts
- Fee: 40 euros
- Place: the mill
- Leader: Ida Holm

Closing words."""


def best(line: str, text: str = TEXT) -> Candidate:
    document = Document("d", "d", "Camp", "text/plain", text, {}, (), "d", 0.0)
    start = text.index(line)
    passage = Passage(1, "d", 0, len(text), "", None)
    return Candidate(document, Hit(passage, 1.0, 1), start, start + len(line), frozenset(split_words(line)), 0.5, None)


def ask(question: str, line: str, text: str = TEXT) -> list[str]:
    return [one.text for one in with_list(read_question(question, lambda word: 1.0), best(line, text))]


@pytest.mark.parametrize("line", ["- a torch", "- a spoon"])
def test_what_the_line_above_asks_for_is_the_whole_list(line: str) -> None:
    assert ask("what should I bring on the first day?", line) == ["- a sleeping bag", "- a torch", "- a spoon"]


def test_the_line_that_leads_to_a_list_brings_it_along() -> None:
    found = ask("what should I bring?", "Please bring on the first day:")
    assert found == ["Please bring on the first day:", "- a sleeping bag", "- a torch", "- a spoon"]


@pytest.mark.parametrize(
    ("question", "line"),
    [
        ("what is the fee?", "- Fee: 40 euros"),
        ("who is the leader", "- Leader: Ida Holm"),
        ("what closes?", "Closing words."),
    ],
)
def test_an_item_that_is_asked_for_by_its_name_comes_alone(question: str, line: str) -> None:
    assert ask(question, line) == []


def test_a_list_is_cut_at_its_bound_and_every_item_is_a_quotation() -> None:
    text = "Parts to order:\n" + "\n".join(f"{n}. part {n}" for n in range(1, 60))
    found = with_list(read_question("which parts to order?", lambda word: 1.0), best("Parts to order:", text))
    assert len(found) == MOST_ITEMS + 1
    assert all(text[one.start : one.end] == one.text for one in found)
