"""PDF: columns of running text that are drawn row by row are read one after the other; tables are not torn apart."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from index.readers import read_document
from index.readers.pdf import interleaved
from index.readers.pdf.lines import Line

Pdf = Callable[..., Path]

LEFT = (
    "the committee agreed that every member",
    "shall pay a share of what it costs to",
    "keep the garden, and that the secretary",
    "is to report to the members once a year",
    "on what was spent and on what is left.",
)
RIGHT = (
    "Nothing of this holds for those who have",
    "been members for over thirty years, or",
    "who work in the garden by themselves in",
    "spring and in autumn, as has been the use",
    "since the society was founded in a pub.",
)


def row_by_row(
    left: Sequence[str], right: Sequence[str], *, gutter: float = 320, strict: bool = True
) -> list[tuple[object, ...]]:
    rows = zip(left, right, strict=strict)
    return [
        cell
        for at, (one, other) in enumerate(rows)
        for cell in ((72, 100 + 12 * at, one), (gutter, 100 + 12 * at, other))
    ]


def test_columns_that_are_drawn_row_by_row_are_read_one_after_the_other(pdf: Pdf) -> None:
    text = read_document(pdf([row_by_row(LEFT, RIGHT)])).text
    assert text.split() == " ".join((*LEFT, *RIGHT)).split()


def test_columns_whose_lines_are_numbered_are_read_one_after_the_other(pdf: Pdf) -> None:
    left, right = ([f"{at} {line.lower()}" for at, line in enumerate(lines, 17)] for lines in (LEFT, RIGHT))
    text = read_document(pdf([row_by_row(left, right)])).text
    assert text.split() == " ".join((*left, *right)).split()


@pytest.mark.parametrize(
    ("left", "right"),
    [
        pytest.param(
            [
                f"{at}. {line}"
                for at, line in enumerate(("The roof is mended by the landlady", "The rent is paid by the tenant"), 1)
            ]
            * 3,
            [f"It is to be done in {at} weeks of the day on which it was told" for at in range(6)],
            id="numbered duties",
        ),
        pytest.param(
            [f"Office of the company no. {number}" for number in range(5)],
            [f"Station Road {number}, Newtown, 48{number}00" for number in range(5)],
            id="addresses",
        ),
        pytest.param(
            ("Landlady", "Tenant", "Start of the rent", "Deposit", "Key"),
            RIGHT,
            id="labels beside text",
        ),
    ],
)
def test_what_stands_side_by_side_in_a_table_stays_so(pdf: Pdf, left: Sequence[str], right: Sequence[str]) -> None:
    lines = read_document(pdf([row_by_row(left, right)])).text.replace("\n", " ")
    assert all(f"{one} {other}" in lines for one, other in zip(left, right, strict=True))


THIRD = (
    "whoever leaves the society gives back",
    "the key of the shed and the two keys",
    "of the gate, and takes nothing out of",
    "the beds but what he has planted with",
    "his own hands in the year he goes away.",
)


def test_three_columns_that_are_drawn_row_by_row_are_read_one_after_the_other(pdf: Pdf) -> None:
    rows = [
        (left, 100 + 12 * at, words, 9)
        for at, row in enumerate(zip(LEFT, RIGHT, THIRD, strict=True))
        for left, words in zip((40, 220, 400), row, strict=True)
    ]
    assert read_document(pdf([rows])).text.split() == " ".join((*LEFT, *RIGHT, *THIRD)).split()


@pytest.mark.parametrize(("left", "right"), [((*LEFT, *THIRD), RIGHT), (LEFT, (*RIGHT, *THIRD))])
def test_columns_of_which_one_is_longer_are_read_to_their_end(
    pdf: Pdf, left: Sequence[str], right: Sequence[str]
) -> None:
    rows = [cell for cell in row_by_row((*left, *[""] * 9), (*right, *[""] * 9), strict=False) if cell[2]]
    below = (72, 260, "All of this was agreed upon by all who came.")
    assert read_document(pdf([[*rows, below]])).text.split() == " ".join((*left, *right, str(below[2]))).split()


def test_columns_whose_paragraphs_end_in_different_rows_are_read_one_after_the_other(pdf: Pdf) -> None:
    left, right = (*LEFT[:3], "", *LEFT[3:], *THIRD), (*RIGHT[:4], "", RIGHT[4], *LEFT)
    rows = [cell for cell in row_by_row(left, right) if cell[2]]
    assert read_document(pdf([rows])).text.split() == " ".join((*left, *right)).split()


def test_lists_side_by_side_are_read_one_after_the_other(pdf: Pdf) -> None:
    left = [f"- Keep the gate of {name} shut at night" for name in ("north", "south", "east", "west")]
    right = [f"- No dogs in the {name} of the garden" for name in ("north", "south", "east", "west")]
    assert read_document(pdf([row_by_row(left, right)])).text.split() == " ".join((*left, *right)).split()


def test_questions_beside_their_answers_stay_so(pdf: Pdf) -> None:
    asked = [f"How often is the filter of pump {name} cleaned?" for name in ("A", "B", "C", "D", "E")]
    answered = [f"Every {name} weeks, and with clean water" for name in ("two", "three", "four", "five", "six")]
    lines = read_document(pdf([row_by_row(asked, answered)])).text.replace("\n", " ")
    assert all(f"{one} {other}" in lines for one, other in zip(asked, answered, strict=True))


@pytest.mark.parametrize("cell", ["12345 67890 12345 67890 {}", "Part of the large pump no. {}"])
def test_rows_of_a_table_are_looked_at_a_few_times_however_many_they_are(
    pdf: Pdf, monkeypatch: pytest.MonkeyPatch, cell: str
) -> None:
    cut, looked_at = 0, 0
    pieces, is_running_text = interleaved._pieces, interleaved._is_running_text

    def counted_pieces(line: Line) -> list[Line]:
        nonlocal cut
        cut += 1
        return pieces(line)

    def counted_text(column: Sequence[Line]) -> bool:
        nonlocal looked_at
        looked_at += len(column)
        return is_running_text(column)

    monkeypatch.setattr(interleaved, "_pieces", counted_pieces)
    monkeypatch.setattr(interleaved, "_is_running_text", counted_text)
    cells = [cell.format(number) for number in range(300)]
    text = read_document(pdf([row_by_row(cells, cells)], height=4000)).text
    assert f"{cells[0]} {cells[0]}" in text
    assert 0 < cut <= 300
    assert looked_at <= 10 * 300  # 300 * 301 / 2 where each row begins a run


def test_columns_below_rows_of_figures_are_read_one_after_the_other(pdf: Pdf) -> None:
    figures = [f"{number} 12345 67890 12345 67890" for number in range(100, 140)]
    rows = row_by_row([*figures, *LEFT * 4], [*figures, *RIGHT * 4])
    text = " ".join(read_document(pdf([rows], height=1200)).text.split())
    assert " ".join(LEFT) in text
    assert " ".join(RIGHT) in text
