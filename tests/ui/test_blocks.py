"""The blocks of an answer: running text, lists, tables."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag import Sentence
from ui.blocks import blocks, bullet, more, numbering, row_values


def kinds(*texts: str) -> list[tuple[str, int]]:
    """Return the kinds of the blocks and how many sentences each has."""
    return [(block.kind, len(block.sentences)) for block in blocks([Sentence(text, (1,), 0.9) for text in texts])]


def test_items_that_follow_each_other_are_a_list_after_the_line_that_leads_to_them() -> None:
    assert kinds("Please bring:", "- a tent", "- a lamp") == [("text", 1), ("list", 2)]
    assert kinds("1. Open it.", "2. Press.", "(c) Wait.") == [("list", 3)]


def test_an_item_alone_is_text() -> None:
    assert kinds("- Sellers pay 7 %.") == [("text", 1)]
    assert kinds("- Sellers pay 7 %.", "Buyers pay nothing.") == [("text", 1), ("text", 1)]


@pytest.mark.parametrize("text", ["3.5 metres are enough.", "-5 degrees", "A. was here", "*Note", "and 12 more"])
def test_what_only_looks_like_an_item_is_none(text: str) -> None:
    assert kinds("He said so.", text) in ([("text", 2)], [("text", 1), ("text", 1)])


def test_rows_of_the_same_columns_are_one_table_and_of_others_another() -> None:
    assert kinds("Room: Elm; Seats: 14", "Room: Oak; Seats: 6", "Day: Monday; Open: no") == [("table", 2), ("table", 1)]


def test_what_more_there_is_belongs_to_its_list_or_table() -> None:
    assert kinds("- a", "- b", "and 12 more") == [("list", 3)]
    assert kinds("Room: Elm; Seats: 14", "and 1,200 more") == [("table", 2)]


def test_a_row_without_some_of_the_columns_stays_in_its_table() -> None:
    texts = ["Room: Elm; Seats: 14", "Room: Oak; Floor: 2; Seats: 6", "Room: Ash", "and 3 more"]
    (table, *others) = blocks([Sentence(text, (1,), 0.9) for text in texts])
    assert table.columns == ("Room", "Floor", "Seats")
    assert [row_values(table, sentence) for sentence in table.sentences] == [["Elm", "", "14"], ["Oak", "2", "6"]]
    assert [block.kind for block in others] == ["text"]


def test_a_row_between_bars_is_one_of_a_table_without_names() -> None:
    (table,) = blocks([Sentence(text, (1,), 0.9) for text in ("Elm | 14 | yes", "Oak | 6 | no")])
    assert (table.kind, table.columns) == ("table", ("", "", ""))
    assert row_values(table, table.sentences[1]) == ["Oak", "6", "no"]


def test_how_many_more_there_are_is_read() -> None:
    assert [more(text) for text in ("and 12 more", "and 1,200 more", "and more", "and 12 more.")] == [12, 1200, 0, 0]


def test_a_bullet_is_told_from_a_number() -> None:
    texts = ("-  a tent", "• b", "2. Press.", "(c)  Wait.", "word")
    assert [bullet(text) for text in texts] == ["-  ", "• ", "", "", ""]
    assert [numbering(text) for text in texts] == ["", "", "2. ", "(c)  ", ""]


@given(st.lists(st.text(alphabet="ab-*•:; .(1)\n", max_size=30), max_size=8))
def test_no_sentence_is_lost_or_moved(texts: list[str]) -> None:
    sentences = [Sentence(text, (1,), 0.5) for text in texts]
    assert [sentence for block in blocks(sentences) for sentence in block.sentences] == sentences
