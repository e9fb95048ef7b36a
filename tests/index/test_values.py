"""Values: dates, numbers and amounts are found however they are written, and what is the same counts as the same."""

from __future__ import annotations

import time

import pytest

from index.text.values import find_units, find_values, in_one_form

DAY = ["7 December 2022", "2022-12-07", "Dec. 7th, 2022", "December 7, 2022", "7.12.2022", "the 7th of December 2022"]
THOUSAND = ["1,000", "1000", "1 000", "1'000", "1k", "1\u00a0000", "one thousand", "1.000", "1,000.00"]
HOURS = ["2.5 hours", "two and a half hours", "2,5 h", "2½ hours", "2.5-hour"]
HALF = ["50 %", "50%", "fifty percent", "50 per cent", "fifty per cent"]
FINE = ["€1.250,50", "1,250.50 euros", "1250.5 EUR", "€ 1 250.50"]
MILLIONS = ["$2.5m", "2.5 million dollars", "2,500,000 dollars", "USD 2,500,000", "two million five hundred thousand"]
SMALL = ["twenty-five guests", "25 guests"]


@pytest.mark.parametrize("written", [DAY, THOUSAND, HOURS, HALF, FINE, MILLIONS, SMALL])
def test_what_is_written_in_several_ways_is_one(written: list[str]) -> None:
    found = [find_values(f"It says {text} there.") for text in written]
    assert all(len(values) == 1 for values in found), found
    assert all(values[0].is_as(found[0][0]) for values in found)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("7 December 2022", "8 December 2022"),
        ("7 December 2022", "December 2022"),
        ("1,000", "10,000"),
        ("1,000 euros", "1,000 dollars"),
        ("2.5 hours", "2.5 minutes"),
        ("50 %", "50 guests"),
        ("25 guests", "25 rooms"),
    ],
)
def test_other_days_numbers_and_units_are_not_the_same(one: str, other: str) -> None:
    assert not find_values(one)[0].is_as(find_values(other)[0])


@pytest.mark.parametrize("day", ["12 July 2022", "7 December 2022"])
def test_a_date_that_can_be_read_in_two_ways_is_either(day: str) -> None:
    assert find_values("on 7/12/22")[0].is_as(find_values(day)[0])


def test_a_day_lies_in_its_month() -> None:
    (month,) = find_values("in February 2024")
    assert find_values("on 2024-02-11")[0].within == month.readings


@pytest.mark.parametrize("text", ["room A12-3", "10:30", "see 3.2.1", "ISBN 978-3-16-148410-0", "LH442", "no one"])
def test_what_is_a_name_or_a_time_is_no_value(text: str) -> None:
    assert find_values(text) == []


@pytest.mark.parametrize(
    ("written", "modern"), [("5 Auguſt 1812", "5 August 1812"), ("2 thouſand", "2000"), ("ſixty pounds", "60 pounds")]
)
def test_a_long_s_is_an_s(written: str, modern: str) -> None:
    assert find_values(written)[0].is_as(find_values(modern)[0])


@pytest.mark.parametrize(
    "written",
    [
        *("2022-11-07T14:30:00Z", "2022/11/07", "2022.11.07", "07-11-2022", "the 7th day of November, 2022"),
        *("7 de noviembre de 2022", "7 novembre 2022", "7 de novembro de 2022", "7 Kasım 2022", "7 KASIM 2022"),
    ],
)
def test_a_day_is_read_in_other_orders_and_languages(written: str) -> None:
    (day,) = find_values(f"({written})")
    assert day.is_as(find_values("2022-11-07")[0])


@pytest.mark.parametrize(
    ("written", "number"),
    [("3 trillion", "3000000000000"), ("half a million", "500000"), ("half a dozen eggs", "6 eggs")],
)
def test_scales_and_halves_of_them_are_numbers(written: str, number: str) -> None:
    (value,) = find_values(written)
    assert value.is_as(find_values(number)[0])


def test_a_sign_makes_another_number() -> None:
    cold, warm = (find_values(f"It is {text} there.")[0] for text in ("-20 °C", "20 °C"))
    assert not cold.is_as(warm)
    assert cold.is_as(find_values("at −20 °C")[0])
    assert find_values("of 10−20 kg")[0].is_as(find_values("20 kg")[0])


def test_values_are_where_they_say() -> None:
    text = "On 5 May 2021 we paid two hundred euros, 1,500 in all, for 2.5 hours."
    assert [text[v.start : v.end] for v in find_values(text)] == [
        "5 May 2021",
        "two hundred euros",
        "1,500",
        "2.5 hours",
    ]


def test_units_of_several_words_are_found_as_words_and_as_signs() -> None:
    assert find_units("How many revolutions per minute?") == {"rpm": "revolutions per minute"}
    assert find_units("It spins at 1,500 rpm and drives 60km/h.") == {"rpm": "rpm", "km/h": "km/h"}
    assert find_units("The rpms of an hour") == {}


@pytest.mark.parametrize(("one", "other"), [(HALF[0], HALF[2]), (HOURS[0], HOURS[1]), (FINE[0], FINE[1])])
def test_in_one_form_the_same_is_the_same(one: str, other: str) -> None:
    assert in_one_form(f"It took {one} of it.") == in_one_form(f"It took {other} of it.")


@pytest.mark.parametrize("unit", ["1 000 ", "two ", "1,000,", "1.", "and a half ", "may 1 ", "1/1/", "50 % ", "€ "])
def test_values_are_found_in_time_in_proportion(unit: str) -> None:
    def seconds(characters: int) -> float:
        start = time.process_time()
        find_values(unit * (characters // len(unit)))
        return time.process_time() - start

    for _ in range(5):
        few, many = seconds(5000), seconds(20_000)
        if many <= 8 * few + 0.02:
            return
    pytest.fail(f"5,000 characters take {few:.4f} s, 20,000 {many:.4f} s")
