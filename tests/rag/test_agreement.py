"""Whether two sentences make the same claim, or contradict each other."""

from __future__ import annotations

import pytest

from index.records import Document, Hit, Passage
from index.text.words import split_words
from rag.answer.agreement import find_differing, make_same_claim
from rag.answer.extract import Candidate
from rag.question import read_question

CLAIM = "The orchard gate is locked every evening by the head gardener of the park."


def candidate(text: str, doc_id: str) -> Candidate:
    document = Document(doc_id, doc_id, doc_id, "text/plain", text, {}, (), doc_id, 0.0)
    passage = Passage(1, doc_id, 0, len(text), "", None)
    return Candidate(document, Hit(passage, 1.0, 1), 0, len(text), frozenset(split_words(text)), 0.5, None)


@pytest.mark.parametrize(
    "other",
    [
        "The orchard gate is not locked every evening by the head gardener of the park.",
        "The orchard gate is never locked every evening by the head gardener of the park.",
        "The orchard gate is locked every morning by the head gardener of the park.",
        "The orchard gate is opened every evening by the head gardener of the park.",
        "The southern gate is locked every evening by the head gardener of the park.",
        "The orchard gate is locked every evening by the head gardener of the castle.",
        "The orchard gate 2 is locked every evening by the head gardener of the park.",
    ],
)
def test_a_sentence_that_claims_something_else_is_no_second_source(other: str) -> None:
    assert not make_same_claim(candidate(CLAIM, "a"), candidate(other, "b"))


@pytest.mark.parametrize(
    "other",
    [CLAIM, "The orchard gate is locked each evening, by the head gardener of the park.".replace("each", "every")],
)
def test_the_same_claim_in_the_same_words_is_one(other: str) -> None:
    assert make_same_claim(candidate(CLAIM, "a"), candidate(other, "b"))


def test_single_letters_that_name_something_count() -> None:
    assert not make_same_claim(
        candidate("Boiler B was serviced in May.", "a"), candidate("Boiler C was serviced in May.", "b")
    )


@pytest.mark.parametrize(
    ("question", "other", "differ"),
    [
        ("Is the orchard gate locked in the evening?", CLAIM.replace("is locked", "is not locked"), True),
        ("Who locks the orchard gate?", CLAIM.replace("gardener", "porter"), True),
        ("Who locks the orchard gate?", CLAIM.replace("orchard", "southern"), False),  # asked about: another gate
        ("Who locks the orchard gate?", CLAIM, False),
        ("Who locks the orchard gate?", "The head gardener also looks after the roses.", False),
    ],
)
def test_a_contradiction_is_shown_with_both_sentences(question: str, other: str, differ: bool) -> None:
    asked = read_question(question, lambda word: 1.0)
    found = find_differing(asked, [candidate(CLAIM, "a"), candidate(other, "b")])
    assert bool(found) is differ
    assert [one.answering for one in found] == ([CLAIM, other] if differ else [])


@pytest.mark.parametrize(
    ("question", "one", "other", "differ"),
    [
        ("What does the gate cost?", "The old gate costs 1,000 euros.", "The old gate costs €1000.", False),
        ("How much of it is sold?", "Of the seats 50 % are sold.", "Of the seats fifty percent are sold.", False),
        ("How long is the film?", "The film lasts 2.5 hours.", "The film lasts two and a half hours.", False),
        ("How long is the film?", "The film lasts 2.5 hours.", "The film lasts three and a half hours.", True),
        ("When was the gate sold?", "The gate was sold on 5 March 2021.", "The gate was sold on 2021-03-05.", False),
        ("When was the gate sold?", "The gate was sold on 5 March 2021.", "The gate was sold on 2021-06-05.", True),
        ("What does the gate cost?", "The old gate costs 1,000 euros.", "The old gate costs $1000.", True),
    ],
)
def test_values_differ_by_what_they_are_and_not_by_how_they_are_written(
    question: str, one: str, other: str, differ: bool
) -> None:
    found = find_differing(read_question(question, lambda word: 1.0), [candidate(one, "a"), candidate(other, "b")])
    assert bool(found) is differ
    assert make_same_claim(candidate(one, "a"), candidate(other, "b")) is not differ


@pytest.mark.parametrize(
    ("question", "one", "other", "differ"),
    [
        ("Where are the keys kept?", "The keys are kept in the mill.", "The keys are kept in the shed.", True),
        ("Where do the ferries sail?", "The Alma sails to Moss.", "The Brage sails to Horten.", False),
        ("Which boats are painted red?", "The Tern is painted red.", "The Gull is painted red.", False),
    ],
)
def test_things_of_a_list_differ_only_if_one_has_two_places(question: str, one: str, other: str, differ: bool) -> None:
    asked = read_question(question, lambda word: 1.0)
    assert asked.wants_list
    assert bool(find_differing(asked, [candidate(one, "a"), candidate(other, "b")])) is differ
