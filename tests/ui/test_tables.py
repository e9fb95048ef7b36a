"""Rows of tables: cells, and which rows make one table."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui.tables import CellSpan, cells, cells_between_bars, in_columns, with_row


@pytest.mark.parametrize("text", ["He said: come in.", "Note: bring a lamp; and food", "Room: Elm", "", "A: 1; A: 2"])
def test_a_sentence_with_colons_is_no_row(text: str) -> None:
    assert cells(text) == []


def test_cells_are_where_their_values_stand() -> None:
    text = "Room: Elm; Per hour: 22.00\n"
    assert cells(text) == [CellSpan("Room", 6, 9), CellSpan("Per hour", 21, 26)]
    assert [text[cell.start : cell.end] for cell in cells(text)] == ["Elm", "22.00"]


def test_a_value_may_have_a_semicolon() -> None:
    text = "Thing: cooker; Condition: good; one knob replaced"
    assert [text[cell.start : cell.end] for cell in cells(text)] == ["cooker", "good; one knob replaced"]


def test_cells_between_bars_have_no_names() -> None:
    assert cells_between_bars("Elm | 14 | yes") == [CellSpan("", 0, 3), CellSpan("", 6, 8), CellSpan("", 11, 14)]
    assert cells_between_bars("Elm | 14") == []


def test_a_row_joins_a_table_that_has_half_of_its_columns_in_order() -> None:
    columns = with_row((), cells("Room: Elm; Seats: 14"))
    assert columns == ("Room", "Seats")
    assert with_row(columns, cells("Room: Oak; Floor: 2; Seats: 6")) == ("Room", "Floor", "Seats")
    assert with_row(columns, cells("Seats: 6; Room: Oak")) == ()
    assert with_row(columns, cells("Day: Monday; Open: no")) == ()
    assert with_row(columns, cells_between_bars("Elm | 14 | yes")) == ()


def test_a_row_has_a_cell_or_none_for_each_column() -> None:
    row = cells("Room: Elm; Seats: 14")
    assert in_columns(("Room", "Floor", "Seats"), row) == [row[0], None, row[1]]
    assert in_columns(("", "", "", ""), cells_between_bars("a | b | c"))[-1] is None


@given(st.text(alphabet="ab:; |\n", max_size=60))
def test_cells_are_apart_and_in_order(text: str) -> None:
    for found in (cells(text), cells_between_bars(text)):
        edges = [edge for cell in found for edge in (cell.start, cell.end)]
        assert edges == sorted(edges)
