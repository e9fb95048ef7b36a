"""What tables are called: by the line above them that numbers it, leads to it or labels it, or by the one below."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.text.captions import find_captions

ROWS = "Spain; Domestic (%): 100; Imported (%): 0\nSweden; Domestic (%): 23.9; Imported (%): 73.7\n"
MORE = "Wheat; 2006: 12; 2007: 14\nBarley; 2006: 5; 2007: 6\n"


def captions(text: str) -> dict[str, str]:
    """Return what is called so, by the first row of each table."""
    return {text[found.start : found.end].partition("\n")[0]: found.words for found in find_captions(text)}


@pytest.mark.parametrize(
    ("above", "words"),
    [
        ("Table SA3. | Confirmed cases, 2007¹\nDomestic (%) Imported (%)", "Table SA3. | Confirmed cases, 2007"),
        ("Tabelle 4: Fälle in Europa", "Tabelle 4: Fälle in Europa"),
        ("Table 4: Cases in Spain\nand Sweden, in 2007 (in %)", "Table 4: Cases in Spain and Sweden, in 2007 (in %)"),
        ("It rose. The cases of both were as follows (in percent):", "The cases of both were as follows (in percent)"),
        ("Confirmed cases", "Confirmed cases"),
    ],
)
def test_a_table_is_called_by_what_stands_above_it(above: str, words: str) -> None:
    assert list(captions(f"Other things.\n\n{above}\n{ROWS}").values()) == [words]


@pytest.mark.parametrize("above", ["It rose.", "Confirmed cases are shown here.", "Domestic (%) Imported (%)", ""])
def test_a_sentence_or_the_names_of_the_columns_are_no_caption(above: str) -> None:
    assert captions(f"Other things.\n\n{above}\n{ROWS}") == {}


def test_rows_under_a_label_keep_the_caption_of_their_table() -> None:
    others = ROWS.replace("S", "Z")
    text = f"Table 1: Cases\n{ROWS}Outbreaks\n{others}\nThe next one shows the harvest of both years:\n{MORE}"
    assert list(captions(text).values()) == [
        "Table 1: Cases",
        "Table 1: Cases – Outbreaks",
        "The next one shows the harvest of both years",
    ]


def test_rows_on_the_next_page_keep_the_caption_of_their_table() -> None:
    text = f"Table 1: Cases\n{ROWS}\nDomestic (%) Imported (%)\n{ROWS.replace('S', 'Z')}\nIt rose.\n\n{ROWS}"
    assert list(captions(text).values()) == ["Table 1: Cases"] * 2


def test_where_tables_are_numbered_below_them_the_line_above_is_another_ones() -> None:
    text = f"Results.\n\n{ROWS}\nTable 1: Cases.\n\n{MORE}\nTable 2: Harvest.\n\nIt was a good year."
    assert list(captions(text).values()) == ["Table 1: Cases.", "Table 2: Harvest."]


def test_where_they_are_numbered_above_them_the_line_below_is_another_ones() -> None:
    text = f"Table 1: Cases\n{ROWS}Table 2: Harvest\n{MORE}"
    assert list(captions(text).values()) == ["Table 1: Cases", "Table 2: Harvest"]


@given(
    st.lists(st.sampled_from(["a; b: c", "d: e; f: g", "Table 1: x", "as it goes on and on it is so:", "h", "", ";: "]))
)
def test_captions_come_in_order_and_do_not_overlap(lines: list[str]) -> None:
    found = find_captions("\n".join(lines))
    assert all(one.start < one.end and one.words for one in found)
    assert all(one.end <= other.start for one, other in pairwise(found))
