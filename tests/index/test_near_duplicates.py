"""Which texts count as one, and what comes first where a document or a text would take all the places."""

from __future__ import annotations

import random

import pytest
from growth import check_growth
from hypothesis import given
from hypothesis import strategies as st

from index.records import Hit, Passage
from index.search.crowding import PER_DOCUMENT, PER_TEXT, in_falling_order, spread
from index.search.near_duplicates import Wording, are_alike, resemblance, say_the_same, wording
from index.text.words import content_words, split_words

WARRANTY = "The warranty on the pump is five years, and it begins on the day of delivery to the buyer."
ASKED = frozenset(content_words("How long is the warranty on the pump?"))


def worded(text: str) -> Wording:
    return wording(split_words(text))


def ranked(texts: list[tuple[str, str]], *, last: float = 0.5) -> tuple[list[Hit], dict[int, str]]:
    """Return hits of (document, text) whose scores fall evenly from 1 to `last`, and their texts by number."""
    step = (1 - last) / max(1, len(texts) - 1)
    hits = [Hit(Passage(i, doc, 0, 0, "", None), 1 - i * step, i + 1) for i, (doc, _) in enumerate(texts)]
    return hits, {i: text for i, (_, text) in enumerate(texts)}


def spread_out(texts: list[tuple[str, str]], *, top_k: int = 20, last: float = 0.5) -> list[str]:
    """Return "document: text" of what comes of hits, in order."""
    hits, by_number = ranked(texts, last=last)
    first, others = spread(hits, lambda p: split_words(by_number[p.passage_id]), asked=ASKED, top_k=top_k)
    return [f"{hit.passage.doc_id}: {by_number[hit.passage.passage_id]}" for hit in (*first, *others)]


def different(number: int) -> str:
    """Return a text that shares no word with that of another number."""
    return " ".join(f"{chr(97 + number // 26)}{chr(97 + number % 26)}{letter}" for letter in "bcdfghjklm")


@pytest.mark.parametrize(
    "variant",
    [
        WARRANTY.upper(),
        WARRANTY.replace(" ", "  \n"),
        WARRANTY.replace(",", " –").replace(".", "!!!"),
        "On the day of delivery to the buyer it begins, and the warranty on the pump is five years.",
        f"{WARRANTY} {WARRANTY} {WARRANTY}",
        f"Really, {WARRANTY}",
    ],
)
def test_marks_spaces_order_repetition_and_a_word_more_make_no_other_text(variant: str) -> None:
    assert say_the_same(worded(WARRANTY), worded(variant))


@pytest.mark.parametrize("variant", [WARRANTY.replace("five", "99"), WARRANTY.replace("five", "twelve")])
def test_another_number_says_something_else_in_like_words(variant: str) -> None:
    assert not say_the_same(worded(WARRANTY), worded(variant))
    assert are_alike(worded(WARRANTY), worded(variant))


def test_another_text_on_the_same_thing_is_not_alike() -> None:
    other = "Keep the filter of the pump clean. Damage by frost is not covered by the warranty, nor is that by sand."
    assert not are_alike(worded(WARRANTY), worded(other))


def test_rows_of_one_table_are_not_alike() -> None:
    first = worded("height: 12; width: 40; price: 399; weight: 17\nheight: 13; width: 41; price: 420; weight: 18")
    second = worded("height: 77; width: 90; price: 801; weight: 66\nheight: 78; width: 91; price: 805; weight: 67")
    assert first.words == second.words
    assert not are_alike(first, second)


@given(st.frozensets(st.integers(0, 20).map(str)), st.frozensets(st.integers(0, 20).map(str)))
def test_resemblance_is_the_jaccard_coefficient(one: frozenset[str], other: frozenset[str]) -> None:
    expected = len(one & other) / len(one | other) if one | other else 1.0
    assert resemblance(one, other) == resemblance(other, one) == expected


def test_of_one_text_a_document_has_one_place_and_all_documents_together_three() -> None:
    assert spread_out([("a", WARRANTY)] * 30 + [("b", different(0))]) == [f"a: {WARRANTY}", f"b: {different(0)}"]
    found = spread_out([(f"copy{i}", f"{WARRANTY} {'!' * i}") for i in range(50)] + [("b", different(0))])
    assert len(found) == PER_TEXT + 1
    assert found[-1] == f"b: {different(0)}"


def test_what_is_alike_but_for_numbers_comes_last_and_is_not_lost() -> None:
    hostile = [(f"h{i}", WARRANTY.replace("five", str(50 + i))) for i in range(10)]
    found = spread_out([*hostile, ("b", different(0))])
    assert [line[0] for line in found] == ["h"] * PER_TEXT + ["b"] + ["h"] * (10 - PER_TEXT)


def test_texts_that_hold_other_words_of_the_question_are_never_one() -> None:
    boiler = WARRANTY.replace("pump", "boiler")
    assert are_alike(worded(WARRANTY), worded(boiler))
    texts = [(f"b{i}", f"{boiler} {'!' * i}") for i in range(5)] + [("p", WARRANTY)]
    assert spread_out(texts)[PER_TEXT] == f"p: {WARRANTY}"


def test_beyond_the_most_of_a_document_those_of_others_come_first_unless_they_are_much_worse() -> None:
    texts = [("a", different(i)) for i in range(9)] + [("b", different(20))]
    assert [line[0] for line in spread_out(texts)] == ["a"] * PER_DOCUMENT + ["b"] + ["a"] * (9 - PER_DOCUMENT)
    assert [line[0] for line in spread_out(texts, last=0.1)] == ["a"] * 9 + ["b"]
    assert len(spread_out(texts[:9])) == 9  # nothing else is there


def test_further_down_a_document_has_four_of_five_places() -> None:
    texts = [("a", different(i)) for i in range(16)] + [("b", different(i)) for i in range(20, 24)]
    placed = "".join(line[0] for line in spread_out(texts, top_k=20))
    assert placed == "aaaaaaa" + "bb" + "ab" + "aaaab" + "aaaa"


def test_at_least_as_many_come_as_are_wanted_and_there() -> None:
    texts = [("a", different(i)) for i in range(40)]
    assert len(spread_out(texts, top_k=20)) == 20
    assert spread_out([]) == []


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 9).map(different)), max_size=40))
def test_nothing_comes_twice_and_scores_never_rise(texts: list[tuple[str, str]]) -> None:
    hits, by_number = ranked(texts)
    first, others = spread(hits, lambda p: split_words(by_number[p.passage_id]), asked=ASKED, top_k=10)
    numbers = [hit.passage.passage_id for hit in (*first, *others)]
    assert len(set(numbers)) == len(numbers)
    assert len(numbers) >= min(10, len(set(texts)), sum(min(PER_TEXT, n) for n in _documents_by_text(texts)))
    scores = [hit.score for hit in in_falling_order([*first, *others])]
    assert scores == sorted(scores, reverse=True)


def _documents_by_text(texts: list[tuple[str, str]]) -> list[int]:
    return [len({doc for doc, other in texts if other == text}) for text in {text for _, text in texts}]


def test_candidates_are_not_compared_all_with_all() -> None:
    rng = random.Random(4)
    vocabulary = [different(i).split()[0] for i in range(600)]
    texts = [(f"d{i}", " ".join(rng.choices(vocabulary, k=150))) for i in range(2000)]
    hits, by_number = ranked(texts)
    words = {number: split_words(text) for number, text in by_number.items()}
    check_growth(lambda count: spread(hits[:count], lambda p: words[p.passage_id], asked=ASKED, top_k=20), 500)
