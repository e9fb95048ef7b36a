"""Rows of tables: cells, and which rows make one table."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import Cell, cells_between_bars, cells_of, in_columns, with_row
from ui.blocks import row as row_shown


@pytest.mark.parametrize("text", ["He said: come in.", "Note: bring a lamp; and food", "Room: Elm", "", "A: 1; A: 2"])
def test_a_sentence_with_colons_is_no_row(text: str) -> None:
    assert cells_of(text) == []


def test_cells_are_where_their_values_stand() -> None:
    text = "Room: Elm; Per hour: 22.00\n"
    assert cells_of(text) == [Cell("Room", 6, 9), Cell("Per hour", 21, 26)]
    assert [text[cell.start : cell.end] for cell in cells_of(text)] == ["Elm", "22.00"]


def test_the_first_column_may_have_no_name() -> None:
    text = "Elm; Seats: 14; Floor: 2"
    assert cells_of(text) == [Cell("", 0, 3), Cell("Seats", 12, 14), Cell("Floor", 23, 24)]
    assert with_row((), cells_of(text)) == ("", "Seats", "Floor")
    assert cells_of("Elm; in the hall; Seats: 14; Floor: 2") == []
    assert cells_of("They sold it; the price: 5 euros") == []


def test_two_columns_may_have_one_name_where_each_row_has_both() -> None:
    columns = with_row((), cells_of("2023: 4; Total: 9; 2024: 5; Total: 7"))
    assert columns == ("2023", "Total", "2024", "Total")
    row = cells_of("2023: 1; Total: 2; 2024: 3; Total: 4")
    assert with_row(columns, row) == columns
    assert in_columns(columns, row) == row
    assert with_row(columns, cells_of("2023: 1; Total: 2; 2024: 3")) == ()


def test_a_row_may_have_hundreds_of_cells_of_which_the_page_makes_no_table() -> None:
    text = "; ".join(f"Day {number}: {number}" for number in range(300))
    assert len(cells_of(text)) == 300
    assert len(with_row((), cells_of(text))) == 300
    assert row_shown(text) == []


def test_a_value_may_have_a_semicolon() -> None:
    text = "Thing: cooker; Condition: good; one knob replaced"
    assert [text[cell.start : cell.end] for cell in cells_of(text)] == ["cooker", "good; one knob replaced"]


def test_cells_between_bars_have_no_names() -> None:
    assert cells_between_bars("Elm | 14 | yes") == [Cell("", 0, 3), Cell("", 6, 8), Cell("", 11, 14)]
    assert cells_between_bars("Elm | 14") == []


def test_a_row_joins_a_table_that_has_half_of_its_columns_in_order() -> None:
    columns = with_row((), cells_of("Room: Elm; Seats: 14"))
    assert columns == ("Room", "Seats")
    assert with_row(columns, cells_of("Room: Oak; Floor: 2; Seats: 6")) == ("Room", "Floor", "Seats")
    assert with_row(columns, cells_of("Seats: 6; Room: Oak")) == ()
    assert with_row(columns, cells_of("Day: Monday; Open: no")) == ()
    assert with_row(columns, cells_between_bars("Elm | 14 | yes")) == ()


def test_a_row_has_a_cell_or_none_for_each_column() -> None:
    row = cells_of("Room: Elm; Seats: 14")
    assert in_columns(("Room", "Floor", "Seats"), row) == [row[0], None, row[1]]
    assert in_columns(("", "", "", ""), cells_between_bars("a | b | c"))[-1] is None


@given(st.text(alphabet="ab:; |\n", max_size=60))
def test_cells_are_apart_and_in_order(text: str) -> None:
    for found in (cells_of(text), cells_between_bars(text)):
        edges = [edge for cell in found for edge in (cell.start, cell.end)]
        assert edges == sorted(edges)
