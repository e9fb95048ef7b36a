"""PDF: headers, footers and page numbers are left out; what only looks like them, because pages are alike, stays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from index.readers import read_document

Pdf = Callable[..., Path]
Column = Callable[..., list[tuple[object, ...]]]

WORDS = ("alpha", "beta", "gamma", "delta", "epsilon", "zeta")
TOP, BOTTOM = 30, 815


@pytest.fixture
def read(pdf: Pdf, column: Column) -> Callable[..., str]:
    """Read pages whose edges have these texts, (x, y, words) each, and a line of their own between them."""

    def reading(pages: Sequence[Sequence[tuple[object, ...]]]) -> str:
        bodies = [column(f"The page of {word} says something of its own.", top=400) for word in WORDS[: len(pages)]]
        return read_document(pdf([[*edge, *body] for edge, body in zip(pages, bodies, strict=True)])).text

    return reading


def test_a_header_stays_where_it_is_said_first_and_page_numbers_go(read: Callable[..., str]) -> None:
    text = read([[(72, TOP, "Annual Report"), (290, BOTTOM, str(number))] for number in range(1, 5)])
    assert text.count("Annual Report") == 1
    assert text.index("Annual Report") < text.index("alpha")
    assert not any(character.isdigit() for character in text)
    assert all(f"The page of {word} says something of its own." in text for word in WORDS[:4])


@pytest.mark.parametrize(
    "form", ["{}", "Page {}", "- {} -", "Page {} of 4", "Page: {}", "Seite {} von 4", "A-{}", "2-{}"]
)
def test_a_number_that_counts_the_pages_goes(read: Callable[..., str], form: str) -> None:
    text = read([[(290, BOTTOM, form.format(number + 40))] for number in range(4)])
    assert not any(character.isdigit() for character in text)


def test_roman_numbers_count_pages_too(read: Callable[..., str]) -> None:
    text = read([[(290, BOTTOM, number)] for number in ("ii", "iii", "iv", "v")])
    assert text.split("\n\n") == [f"The page of {word} says something of its own." for word in WORDS[:4]]


@pytest.mark.parametrize("form", ["ACME Inc. | Report 2023 | {}", "Report 2023, page {}, final", "Manual 2023 {} / 4"])
def test_a_footer_that_counts_the_pages_is_said_once(read: Callable[..., str], form: str) -> None:
    text = read([[(72, BOTTOM, form.format(number))] for number in range(1, 5)])
    assert text.count("2023") == 1
    assert form.format(1) in text


def test_a_number_set_off_from_the_footers_words_is_the_pages(read: Callable[..., str]) -> None:
    text = read([[(72, BOTTOM, str(number)), (90, BOTTOM, "Cancer Council")] for number in range(6, 10)])
    assert text.count("Cancer Council") == 1


def test_lines_whose_numbers_differ_stay(read: Callable[..., str]) -> None:
    edges = [
        [
            (72, TOP, f"Payslip no. {301 + number}"),
            (72, 60, f"Net pay: {2100 + 37 * number}.50 euros"),
            (72, BOTTOM, f"Closing balance on {3 + 7 * number} May: {5000 - 411 * number}.25"),
        ]
        for number in range(4)
    ]
    text = read(edges)
    assert all(str(words) in text for edge in edges for _, _, words in edge)


def test_an_amount_stays_on_every_page_though_it_is_the_same_on_most(read: Callable[..., str]) -> None:
    text = read([[(72, TOP, f"Net pay: {pay}.50 euros")] for pay in (2100, 2100, 2100, 2100, 2137, 2137)])
    assert text.count("2100.50") == 4
    assert text.count("2137.50") == 2


def test_a_header_that_numbers_the_chapters_is_said_once_for_each(read: Callable[..., str]) -> None:
    text = read([[(72, TOP, f"Chapter {chapter}")] for chapter in (1, 1, 1, 2, 2, 2)])
    assert text.count("Chapter 1") == text.count("Chapter 2") == 1


def test_a_number_that_counts_nothing_stays(read: Callable[..., str]) -> None:
    text = read([[(290, BOTTOM, number)] for number in ("412", "97", "X", "2100")])
    assert all(number in text for number in ("412", "97", "X", "2100"))


def test_numbers_of_a_year_are_no_page_numbers(read: Callable[..., str]) -> None:
    text = read([[(72, TOP, f"Statement {number}/2024")] for number in range(1, 5)])
    assert all(f"Statement {number}/2024" in text for number in range(1, 5))


def test_years_are_no_page_numbers(read: Callable[..., str]) -> None:
    text = read([[(72, TOP, str(2021 + number))] for number in range(4)])
    assert all(str(2021 + number) in text for number in range(4))


@pytest.mark.parametrize("label", ["Invoice no.", "Number:", "Invoice"])
def test_a_number_after_a_label_is_not_the_pages(read: Callable[..., str], label: str) -> None:
    text = read([[(72, TOP, label), (300, TOP, str(1001 + number))] for number in range(4)])
    assert all(str(1001 + number) in text for number in range(4))
    assert text.count(label) == 4


def test_rows_of_a_table_stay_and_so_does_its_header(pdf: Pdf) -> None:
    def row(y: float, *cells: object) -> list[tuple[object, ...]]:
        return [(x, y, str(cell)) for x, cell in zip((72, 200, 300), cells, strict=True)]

    pages = [
        [
            cell
            for number in range(64)
            for cell in (row(30, "Part", "Price", "Stock") if not number else row(30 + 12 * number, 5, 100 + page, 7))
        ]
        for page in range(4)
    ]
    text = read_document(pdf(pages)).text
    assert text.count("Part Price Stock") == 4
    assert all(text.count(f"5 {100 + page} 7") == 63 for page in range(4))


def test_a_row_that_is_the_same_on_every_page_stays_in_its_table(pdf: Pdf) -> None:
    pages = [
        [
            *[(x, 760, words) for x, words in ((72, f"Fee {word}"), (300, f"{number}.20"))],
            *[(x, 775, words) for x, words in ((72, "Bank charge"), (300, "3.50"))],
        ]
        for number, word in enumerate(WORDS)
    ]
    assert read_document(pdf(pages)).text.count("Bank charge 3.50") == len(WORDS)


@pytest.mark.parametrize("at", [(300, TOP), (72, TOP + 14)])
def test_a_label_stays_with_its_value_beside_or_below_it(read: Callable[..., str], at: tuple[int, int]) -> None:
    text = read([[(72, TOP, "Net pay"), (*at, f"{2100 + 37 * number}.50")] for number in range(4)])
    assert text.count("Net pay") == 4


def test_a_line_stays_in_the_block_that_it_is_part_of(read: Callable[..., str]) -> None:
    text = read([[(72, 40, f"Enrollment in {word} schools"), (72, 53, "[in thousands]")] for word in WORDS])
    assert text.count("[in thousands]") == len(WORDS)


def test_a_header_parts_no_sentence_and_is_no_heading(pdf: Pdf, column: Column) -> None:
    first = "Whoever rents the house has to tell the owner in writing by the"
    lines = [f"{word} of the month, and keeps a copy of what was written to them." for word in WORDS]
    pages = [[(72, TOP, "Confidential Report", 10, True), *column(line, top=150)] for line in lines]
    document = read_document(pdf([column(first), *pages]))
    assert document.headings == ()
    assert f"{first} {lines[0]}" in document.text
    assert document.text.count("Confidential Report") == 1


def test_two_pages_have_no_running_lines(read: Callable[..., str]) -> None:
    text = read([[(72, TOP, "Annual Report"), (290, BOTTOM, f"Page {number}")] for number in (1, 2)])
    assert text.count("Annual Report") == 2
    assert text.count("Page ") == 2
