"""What was spoken of: a follow-up is looked for where the answer before it stands."""

from __future__ import annotations

import numpy as np
import pytest

from index import Document, Library
from index.sync.sync import add_documents
from rag.answer.spoken import find_spoken_of, spoken_logits, spoken_rows
from rag.assistant import Assistant
from rag.question import SpokenOf
from rag.records import Turn

TEXTS = {
    "Ferry": "The ferry to Skellan leaves at nine. It is called Fulmar. Its café sells soup. Dogs travel on deck.",
    "Inn": "The inn at Skellan has nine rooms. It is run by Ada Moor. Its café sells cake. Dogs sleep in the barn.",
}


@pytest.fixture
def islands(library: Library) -> Library:
    """A library of two documents that tell of like things."""
    add_documents(library, [Document(k, k, k, "text/plain", v, {}, (), k, 0.0) for k, v in TEXTS.items()])
    return library


def test_the_last_answer_is_found_word_for_word(islands: Library) -> None:
    found = find_spoken_of(islands.refresh(), "why?", Turn("who runs the inn?", "It is run by Ada Moor. And more."))
    assert found is not None
    assert TEXTS[found.doc_id][found.start : found.end] == "It is run by Ada Moor."
    assert found.leaning > 0.9


def test_an_answer_in_other_words_stands_for_its_passage(islands: Library) -> None:
    found = find_spoken_of(islands.refresh(), "why?", Turn("who runs the inn?", "Ada Moor"))
    assert found is not None
    assert (found.doc_id, found.start) == ("Inn", 0)


@pytest.mark.parametrize("turn", [Turn("who runs the inn?", ""), Turn("", "  ")])
def test_without_an_answer_nothing_was_spoken_of(islands: Library, turn: Turn) -> None:
    assert find_spoken_of(islands.refresh(), "why?", turn) is None


def test_a_place_is_the_nearer_the_fewer_characters_lie_between_and_what_was_told_is_not() -> None:
    spoken_of = SpokenOf("a", 100, 200, 0.75, frozenset())
    rows = spoken_rows(spoken_of, [("a", 100, 200), ("a", 210, 220), ("a", 900, 950), ("a", 0, 500), ("b", 0, 9)])
    assert rows[0].tolist() == [0.75, 0.25, 0.0]
    assert rows[3, 2] == 0.75 > rows[1, 2] > rows[2, 2] > 0
    assert not rows[4].any()


def test_what_is_of_the_document_spoken_of_counts_more_the_more_the_question_leans_on_it() -> None:
    for of in ("sentence", "passage"):
        leaning, alone = (
            spoken_logits(SpokenOf("a", 100, 200, leaning, frozenset()), [("a", 210, 220), ("b", 0, 9)], of)
            for leaning in (1.0, 0.0)
        )
        assert leaning[0] > alone[0] > alone[1] == leaning[1] == 0


def test_where_nothing_was_said_no_place_counts_more() -> None:
    assert not np.any(spoken_logits(None, [("a", 0, 9), ("b", 0, 9)], "sentence"))


@pytest.mark.parametrize(
    ("before", "answer", "quote"),
    [
        ("What is the ferry to Skellan called?", "It is called Fulmar.", "Dogs travel on deck."),
        ("Who runs the inn at Skellan?", "It is run by Ada Moor.", "Dogs sleep in the barn."),
    ],
)
def test_a_follow_up_is_answered_from_what_was_spoken_of(
    islands: Library, before: str, answer: str, quote: str
) -> None:
    found = Assistant(islands).ask("and the dogs?", [Turn(before, answer)])
    assert [sentence.text for sentence in found.sentences][:1] == [quote]
