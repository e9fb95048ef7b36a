"""PDF: a value that is drawn apart from its label comes to stand in the label's row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from index.readers import read_document

Pdf = Callable[..., Path]
Column = Callable[..., list[tuple[object, ...]]]

LABELS = ("Net amount", "VAT", "Amount due", "Payable by")
VALUES = ("346.22", "€ 65.78", "412.00 EUR", "3 May 2024")


def set_in(left: float, lines: Sequence[str]) -> list[tuple[object, ...]]:
    return [(left, 300 + 20 * number, words) for number, words in enumerate(lines)]


def test_a_column_of_values_is_put_beside_its_labels(pdf: Pdf, column: Column) -> None:
    drawn = [*column("Invoice of the water works"), *set_in(72, LABELS), *set_in(400, VALUES)]
    document = read_document(pdf([drawn]))
    rows = [f"{label} {value}" for label, value in zip(LABELS, VALUES, strict=True)]
    assert document.text.split("\n\n")[1].split("\n") == rows
    boxes = document.pages[1].boxes
    assert boxes is not None
    start = document.text.index("412.00")
    assert np.nanmin(boxes[start : start + 6, 0]) == pytest.approx(400, abs=2)


def test_a_table_that_is_drawn_column_by_column_has_its_rows(pdf: Pdf) -> None:
    names = ("Wages", "Rent", "Travel")
    drawn = [*set_in(72, names), *set_in(250, ("10.5", "20.5", "30.5")), *set_in(400, ("11", "21", "31"))]
    assert read_document(pdf([drawn])).text == "Wages 10.5 11\nRent 20.5 21\nTravel 30.5 31"


FORM = ("Invoice number", "Customer", "Date of issue", "Amount due", "Contact")
FILLED = ("INV-2024-17", "Ana Muster", "1 February 2025", "EUR 412.00", "Ben Klein")


@pytest.mark.parametrize("lefts", [(72, 300), (300, 430)])
@pytest.mark.parametrize("values_first", [False, True])
def test_words_among_values_that_are_drawn_apart_come_to_stand_in_their_rows(
    pdf: Pdf, lefts: tuple[float, float], values_first: bool
) -> None:
    columns = [set_in(lefts[0], FORM), set_in(lefts[1], FILLED)]
    drawn = [line for column in reversed(columns) for line in column] if values_first else [*columns[0], *columns[1]]
    text = read_document(pdf([[(72, 60, "Water works"), *drawn, (72, 500, "Thank you for your order.")]])).text
    rows = [f"{label} {value}" for label, value in zip(FORM, FILLED, strict=True)]
    assert text.split("\n\n") == ["Water works", "\n".join(rows), "Thank you for your order."]


def test_words_are_values_where_labels_end_with_a_colon(pdf: Pdf) -> None:
    labels = ("Tenant:", "Landlady:", "Place:", "Remarks:", "Key:")
    drawn = [*set_in(72, labels), *(line for line in set_in(300, ("Ana", "Berta", "Northbay", "", "blue")) if line[2])]
    text = read_document(pdf([drawn])).text
    assert text == "Tenant: Ana\nLandlady: Berta\nPlace: Northbay\nRemarks:\nKey: blue"


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (("Lead office:", "Second office:", "Third office:"), ("Board:", "Council:", "Bureau:")),
        (("Apples", "Pears", "Plums"), ("Cherries", "Grapes", "Quinces")),
        (("the tenant pays for", "the water that is used,", "and for the light"), ("by 3 May 2024", "12", "13")),
    ],
)
def test_columns_that_are_no_form_stay_columns(pdf: Pdf, left: Sequence[str], right: Sequence[str]) -> None:
    text = read_document(pdf([[*set_in(72, left), *set_in(300, right)]])).text
    assert f"{left[0]} {right[0]}" not in text


def test_one_value_is_put_after_a_colon_wherever_it_is_drawn(pdf: Pdf) -> None:
    drawn = [(72, 300, "Amount due:"), (72, 340, "Thank you for your order."), (400, 300, "412.00")]
    assert "Amount due: 412.00" in read_document(pdf([drawn])).text


def test_a_digit_drawn_far_behind_its_row_belongs_to_it(pdf: Pdf) -> None:
    drawn = [cell for y in (300, 312) for cell in ((72, y, "Part 0"), (260, y, "1000"), (400, y, "0"))]
    assert read_document(pdf([drawn])).text == "Part 0 1000 0\nPart 0 1000 0"


def test_numbers_beside_running_text_stay_apart(pdf: Pdf, column: Column) -> None:
    text = column("The quick brown fox jumps over the lazy dog and runs", "back to the hills where it sleeps.")
    ticks = [(500, 100, "40"), (500, 112, "20")]
    assert read_document(pdf([[*text, *ticks]])).text.startswith(
        "The quick brown fox jumps over the lazy dog and runs back to the hills where it sleeps."
    )
