"""Numbers of lists and headings as a page shows them."""

from __future__ import annotations

import pytest

from index.readers.numerals import numeral


@pytest.mark.parametrize(
    ("number", "form", "shown"),
    [
        (12, "1", "12"),
        (7, "01", "07"),
        (112, "01", "112"),
        (7, "001", "007"),
        (2, "a", "b"),
        (26, "A", "Z"),
        (4, "i", "iv"),
        (1994, "I", "MCMXCIV"),
        (3, "а", "в"),
        (1, "一", "一"),
        (10, "一", "十"),
        (21, "一", "二十一"),
    ],
)
def test_a_number_is_shown_in_its_form(number: int, form: str, shown: str) -> None:
    assert numeral(number, form) == shown


def test_letters_go_on_after_the_last_one_in_two_ways() -> None:
    assert [numeral(number, "a") for number in (27, 28, 53)] == ["aa", "ab", "ba"]
    assert [numeral(number, "A", doubles=True) for number in (27, 28, 53)] == ["AA", "BB", "AAA"]


@pytest.mark.parametrize("form", ["a", "A", "i", "I", "一", "а", "?", ""])
@pytest.mark.parametrize("number", [-3, 0, 4000, 10**9])
def test_what_a_form_cannot_show_is_in_digits(number: int, form: str) -> None:
    assert numeral(number, form) == str(number)
    assert numeral(number, form, doubles=True) == str(number)
