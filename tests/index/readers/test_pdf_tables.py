"""PDF: the cells of a table stand behind the names of their columns, if it is sure what these are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from index.readers import read_document
from index.readers.content import Source
from index.readers.pdf import figures
from index.readers.pdf import pdf as reader

Pdf = Callable[..., Path]
Drawn = list[tuple[object, ...]]

LEFTS = (72, 200, 280, 360, 440)


def rows_at(top: float, *rows: Sequence[str], lefts: Sequence[float] = LEFTS) -> Drawn:
    """Return the cells of rows, those without text left out."""
    return [
        (left, top + 14 * number, cell)
        for number, row in enumerate(rows)
        for left, cell in zip(lefts, row, strict=False)
        if cell
    ]


def lines_of(path: Path) -> list[str]:
    return read_document(path).text.splitlines()


def test_cells_stand_behind_the_names_of_their_columns(pdf: Pdf) -> None:
    drawn = rows_at(100, ("Planet", "Radius", "Moons"), ("Mars", "3,390 km", "2"), ("Earth", "6,371 km", "1"))
    document = read_document(pdf([drawn]))
    lines = document.text.splitlines()
    assert lines == ["Planet Radius Moons", "Planet: Mars; Radius: 3,390 km; Moons: 2", lines[2]]
    boxes = document.pages[1].boxes
    assert boxes is not None
    start = document.text.index("Radius: 3,390")
    assert np.isnan(boxes[start : start + 8]).all()
    assert boxes[start + 8, 0] == pytest.approx(200, abs=2)


def test_years_name_columns_and_the_first_column_may_have_no_name(pdf: Pdf) -> None:
    drawn = rows_at(100, ("", "2021", "2022"), ("Net income", "417", "(523)"), ("Revenue", "$4,170", "$5,230"))
    assert lines_of(pdf([drawn]))[1] == "Net income; 2021: 417; 2022: (523)"


def test_a_name_above_several_columns_is_of_each_of_them(pdf: Pdf) -> None:
    rows = (("Germany", "12", "34", "56", "78"), ("France", "13", "35", "57", "79"))
    names = [(241, 100, "Men"), (395, 100, "Women")]
    drawn = [*names, *rows_at(114, ("Country", "2010", "2020", "2010", "2020"), *rows)]
    assert lines_of(pdf([drawn]))[-2] == "Country: Germany; Men 2010: 12; Men 2020: 34; Women 2010: 56; Women 2020: 78"


def test_a_name_of_several_lines_is_one(pdf: Pdf) -> None:
    names = rows_at(100, ("", "Retail", "Outlets"), ("", "sales", ""), ("Country", "(bn)", ""))
    drawn = [*names, *rows_at(142, ("Spain", "89", "440"), ("Italy", "311", "627"))]
    assert lines_of(pdf([drawn]))[-1] == "Country: Italy; Retail sales (bn): 311; Outlets: 627"


def test_a_table_that_goes_on_keeps_its_names(pdf: Pdf) -> None:
    rows = [(f"Item {number}", str(1000 + number), str(7 * number)) for number in range(10, 30)]
    pages = [rows_at(100, ("Item", "Price", "Stock"), *rows[:10]), rows_at(100, *rows[10:])]
    assert lines_of(pdf(pages))[-1] == "Item: Item 29; Price: 1029; Stock: 203"


def test_a_title_above_a_table_names_no_column(pdf: Pdf) -> None:
    title = [(72, 80, "Table 3. Stocks of the warehouse at the end of the year, in pieces")]
    drawn = [*title, *rows_at(100, ("Item", "Price", "Stock"), ("Nut", "10", "20"), ("Bolt", "11", "21"))]
    assert lines_of(pdf([drawn]))[-1] == "Item: Bolt; Price: 11; Stock: 21"


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param(
            (
                ("Serial:", "4583", "Built:", "No"),
                ("Seats:", "4", "Weight:", "2000"),
                ("Gear:", "3", "Inspected:", "2"),
            ),
            id="form",
        ),
        pytest.param((("Nut", "10", "20"), ("Bolt", "11", "21"), ("Washer", "12", "22")), id="without names"),
        pytest.param((("Item", "Price", "Price"), ("Nut", "10", "20"), ("Bolt", "11", "21")), id="two of a name"),
    ],
)
def test_where_nothing_surely_names_the_columns_there_are_no_names(pdf: Pdf, rows: Sequence[Sequence[str]]) -> None:
    text = read_document(pdf([rows_at(100, *rows)])).text
    assert ";" not in text
    assert "Price: " not in text


def test_two_columns_of_prose_are_no_table(pdf: Pdf, column: Callable[..., Drawn]) -> None:
    left = [f"the left column has 3 lines of words, number {number}" for number in range(8)]
    drawn = [*column(*left), *column(*left, left=330)]
    assert ";" not in read_document(pdf([drawn])).text


def test_each_page_is_told_again_when_its_tables_are_looked_for(pdf: Pdf) -> None:
    drawn = rows_at(100, ("Planet", "Radius", "Moons"), ("Mars", "3,390 km", "2"), ("Earth", "6,371 km", "1"))
    told: list[tuple[int, int]] = []
    reader.read(Source(pdf([drawn, [], drawn]).read_bytes(), report=lambda page, pages: told.append((page, pages))))
    assert told == [(1, 3), (2, 3), (3, 3), (1, 3), (3, 3)]


def test_what_cells_say_is_looked_at_once_for_each_text(pdf: Pdf, monkeypatch: pytest.MonkeyPatch) -> None:
    matched: list[str] = []

    class Figure:
        def fullmatch(self, text: str) -> object:
            matched.append(text)
            return figure.fullmatch(text)

    figure = figures._FIGURE
    monkeypatch.setattr(figures, "_FIGURE", Figure())
    rows = [(f"Row no. {number}", "71,3", "82,4", "93,5") for number in range(30)]
    drawn = rows_at(100, ("Kind", "First", "Second", "Third"), *rows)
    assert "Row no. 29; First: 71,3; Second: 82,4" in " ".join(lines_of(pdf([drawn])))
    assert matched.count("82,4") <= 1


@pytest.mark.parametrize("count", [2, 5])
def test_amounts_are_in_their_columns_where_the_words_before_them_stand_too_close_to_be_parted(
    pdf: Pdf, count: int
) -> None:
    bookings = [("07.01.2025", "Basislastschrift", "", "12,50"), ("08.01.2025", "Gutschrift", "88,10", "")]
    bookings += [(f"{day:02}.02.2025", "Standing order", "", f"{day},90") for day in range(1, count - 1)]
    drawn = rows_at(100, ("Date", "Text", "Debit", "Credit"), *bookings, lefts=(72, 125, 300, 380))
    assert lines_of(pdf([drawn]))[1:3] == [
        "07.01.2025 Basislastschrift; Credit: 12,50",
        "08.01.2025 Gutschrift; Debit: 88,10",
    ]


def test_a_short_label_far_from_its_amount_is_a_row_and_no_mark_of_a_list(pdf: Pdf) -> None:
    drawn = rows_at(100, ("Rent", "500.00"), ("Tax", "40.25"), ("Gas", "12.10"), lefts=(72, 300))
    assert lines_of(pdf([drawn])) == ["Rent 500.00", "Tax 40.25", "Gas 12.10"]
    drawn = rows_at(100, ("Item", "Paid", "Owed"), ("Rent", "500.00", ""), ("Gas", "", "40.00"), lefts=(72, 300, 380))
    assert lines_of(pdf([drawn]))[1:] == ["Item: Rent; Paid: 500.00", "Item: Gas; Owed: 40.00"]


def test_no_row_is_lost_of_a_table_over_several_pages_whose_rows_are_alike(pdf: Pdf) -> None:
    pages = [
        rows_at(60, ("Part", "Price", "Stock"), *((f"Part {at}", str(1000 + at), str(7 * at)) for at in on_page))
        for on_page in (range(45 * page, 45 * page + 45) for page in range(4))
    ]
    lines = lines_of(pdf(pages))
    assert [line for line in lines if line.startswith("Part:")] == [
        f"Part: Part {at}; Price: {1000 + at}; Stock: {7 * at}" for at in range(180)
    ]
