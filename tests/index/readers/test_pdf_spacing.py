"""PDF: words whose letters are set apart are words again; letters that are no word stay apart."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from index.readers import read_document
from index.records import Document

Pdf = Callable[..., Path]


def spaced(words: str, *, step: float = 9, between: float = 14, left: float = 72) -> list[tuple[object, ...]]:
    """Set the letters of words at equal steps, with more between two words."""
    drawn: list[tuple[object, ...]] = []
    for word in words.split():
        drawn += [(left + step * number, 100, letter) for number, letter in enumerate(word)]
        left += step * len(word) + between
    return drawn


def check_boxes(document: Document) -> None:
    boxes = document.pages[1].boxes
    assert boxes is not None
    assert len(boxes) == len(document.text)


@pytest.mark.parametrize("words", ["The tenant pays", "GENERAL TERMS", "Überschrift", "payable"])
def test_letters_set_apart_are_words(pdf: Pdf, words: str) -> None:
    document = read_document(pdf([spaced(words)]))
    assert document.text == words
    check_boxes(document)


def test_letters_with_typed_spaces_are_a_word(pdf: Pdf) -> None:
    document = read_document(pdf([[(72, 100, "S O L I C I T A:"), (72, 140, "Rest of the page.")]]))
    assert document.text.startswith("SOLICITA:")
    check_boxes(document)


def test_a_word_among_others_is_closed_up(pdf: Pdf) -> None:
    assert read_document(pdf([[(72, 100, "1. S U M M E 412.00 EUR")]])).text == "1. SUMME 412.00 EUR"


@pytest.mark.parametrize("letters", ["A B C D E F", "X X X X X", "M T W T F S S", "a b c d e", "x Y z A b c"])
def test_letters_that_are_no_word_stay_apart(pdf: Pdf, letters: str) -> None:
    assert read_document(pdf([[(72, 100, letters)]])).text == letters


def test_letters_of_columns_stay_apart(pdf: Pdf) -> None:
    row = [(72 + 16 * number, 100, letter) for number, letter in enumerate("JFMAMJJASOND")]
    assert read_document(pdf([row])).text.replace("\n", " ").split() == list("JFMAMJJASOND")
