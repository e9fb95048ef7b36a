"""PDF: the sign of an amount stands before its own number, and what stands above all years is of each of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from index.readers import read_document

Pdf = Callable[..., Path]
Drawn = list[tuple[float, float, str, int]]

SIZE = 10
DIGIT = 0.556 * SIZE  # how wide one is
NEAR = 0.45 * SIZE  # from a number to the sign of the next one


def amounts_at(
    top: float, label: str, *numbers: str, sign: str = "", rights: Sequence[float] = (190, 270, 350)
) -> Drawn:
    """Return a row whose numbers end at the same places, each sign nearer to the number before than to its own."""
    drawn: Drawn = [(72, top, label, SIZE)]
    for number, right in zip(numbers, rights, strict=False):
        drawn.append((right - DIGIT * len(number), top, number, SIZE))
    if sign:
        drawn.append((rights[0] - 70, top, sign, SIZE))
        drawn += [(right + NEAR, top, sign, SIZE) for right in rights[: len(numbers) - 1]]
    return sorted(drawn, key=lambda one: one[0])


def lines_of(path: Path) -> list[str]:
    return read_document(path).text.splitlines()


@pytest.mark.parametrize("sign", ["$", "€"])
def test_a_sign_nearer_to_the_number_before_stands_before_its_own(pdf: Pdf, sign: str) -> None:
    drawn = amounts_at(100, "", "2021", "2020", "2019")[1:]
    drawn += amounts_at(114, "Opening", "76", "55", "86", sign=sign)
    drawn += amounts_at(128, "Canada", "1500", "4000", "3000")
    assert f"Opening; 2021: {sign} 76; 2020: {sign} 55; 2019: {sign} 86" in lines_of(pdf([drawn]))


def test_a_sign_behind_its_number_stays_there(pdf: Pdf) -> None:
    drawn = amounts_at(100, "", "2021", "2020", "2019")[1:]
    drawn += amounts_at(114, "Opening", "76", "55", "86")
    drawn = sorted(
        [*drawn, *((right + NEAR, 114.0, "€", SIZE) for right in (190, 270, 350))], key=lambda one: one[1::-1]
    )
    drawn += amounts_at(128, "Canada", "1500", "4000", "3000")
    assert "Opening; 2021: 76 €; 2020: 55 €; 2019: 86 €" in lines_of(pdf([drawn]))


def test_a_name_above_years_in_whose_midst_one_is_names_all_of_them(pdf: Pdf) -> None:
    drawn: Drawn = [(248.6, 100, "Staff", SIZE)]
    drawn += amounts_at(114, "", "2021", "2020", "2019")[1:]
    drawn += amounts_at(128, "Canada", "1500", "4000", "3000") + amounts_at(142, "Mexico", "1501", "4001", "3001")
    assert "Canada; Staff 2021: 1500; Staff 2020: 4000; Staff 2019: 3000" in lines_of(pdf([drawn]))


def test_a_name_of_more_lines_than_its_neighbours_is_not_theirs_though_another_stands_above_two(pdf: Pdf) -> None:
    drawn: Drawn = [(left, 100, name, SIZE) for left, name in ((246, "Stock"), (448, "Others"))]
    names = ((168, "Total"), (246, "alone"), (328, "Left"), (412, "Old"), (490, "New"))
    drawn += [(left, 112, name, SIZE) for left, name in names]
    for top, label in ((126, "Canada"), (140, "Mexico"), (154, "Brazil")):
        drawn += amounts_at(top, label, "1500", "4000", "3000", "2000", "1000", rights=(190, 270, 350, 430, 510))
    found = lines_of(pdf([drawn]))
    assert "Canada; Total: 1500; Stock alone: 4000; Left: 3000; Others Old: 2000; Others New: 1000" in found
