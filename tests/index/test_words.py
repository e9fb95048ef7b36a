from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.text.forms import normal_forms
from index.text.words import content_words, split_words

SAME = [
    ("the sum of 2,750", "the sum of 2750", "the sum of 2 750", "the sum of 2\u00a0750", "the sum of 2’750"),
    ("13,000,000 bricks", "13000000 bricks", "13.000.000 bricks", "13 000 000 bricks"),
    ("3.480,75 francs", "3,480.75 francs", "3480.75 francs"),
    ("valve TKX4410", "valve TKX-4410", "valve TKX 4410", "valve tkx4410"),
    ("error F-204", "error F204"),
    ("a rope of 30m", "a rope of 30 m"),
    ("on 9 August 1987", "on 1987-08-09", "on August 9, 1987", "on Aug. 9th, 1987", "on 9th of August 1987"),
    ("am 24. Dezember 1975", "am 24.12.1975", "am 24 December 1975", "am 12/24/1975", "am 24/12/1975"),
    ("T. B. Hansen", "T.B. Hansen", "TB Hansen", "T B Hansen"),
    ("the U.K. Parliament", "the UK Parliament"),
    ("the ﬂag of the oﬃce", "the flag of the office"),
    ("ＨＡＬＬ ７", "HALL 7"),
    ("volume Ⅻ", "volume XII"),
    ("½ pint", "1/2 pint"),
    ("the Brightex™ lamp¹ is", "the Brightex lamp is"),
]


@pytest.mark.parametrize("forms", SAME, ids=lambda forms: forms[0])
def test_what_is_written_in_several_ways_has_the_same_words(forms: tuple[str, ...]) -> None:
    first, *others = (sorted(split_words(form)) for form in forms)
    assert all(other == first for other in others), [first, *others]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1,250", "12,500"),
        ("3.141", "3141"),
        ("F-204", "F-240"),
        ("TKX-4410", "TKX-4401"),
        ("9 August 1987", "8 August 1987"),
        ("C++", "C"),
        ("F#", "F"),
        ("A+", "A"),
    ],
)
def test_what_is_not_the_same_has_other_words(one: str, other: str) -> None:
    assert set(split_words(one)) != set(split_words(other))


def test_a_day_is_a_word_of_its_own_in_whatever_form() -> None:
    assert "19870809" in split_words("It rained on Aug. 9th, 1987, and then not.")
    assert "19870908" not in split_words("It rained on 08/09/1987.")  # or in September?
    assert split_words("Call 192.168.100.20 or 555 123 4567 or 2.5 or 12.13.14") == [
        *("call", "192", "168", "100", "20", "or", "555", "123", "4567", "or", "2", "5", "or", "12", "13", "14")
    ]


@pytest.mark.parametrize(
    ("asked", "written"),
    [
        ("wifi", "the wi-fi here"),
        ("wi-fi", "the wifi here"),
        ("wi-fi", "the wi-fi here"),
        ("preschool", "a pre-school"),
        ("pre-school", "a preschool"),
        ("startup", "a start-up"),
        ("start-up", "a startup"),
        ("flower-pot", "a flower pot"),
        ("flower-pot", "a flower-pot"),
        ("flower", "a flower-pot"),
        ("flowerpot", "a flower-pot"),
        ("co‑author", "his coauthor"),
    ],
)
def test_a_compound_is_found_however_it_is_joined(asked: str, written: str) -> None:
    assert set(content_words(asked)) <= set(split_words(written))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("Who pays for IT?", ["pay", "itacronym"]),
        ("Who pays for it?", ["pay"]),
        ("What has the WHO said of May?", ["whoacronym", "said", "may"]),
        ("WHO PAYS FOR IT?", ["pay"]),
        ("Where does Mr Will live?", ["mr", "will", "live"]),
        ("Where Is The Will?", ["where", "is", "the", "will"]),
        ("Does the man who sold it live here? May I see it?", ["man", "sold", "live", "see"]),
        ("Who sleeps in the den?", ["sleep", "den"]),
        ("Wer schläft in der Kammer?", ["schlaft", "kammer"]),
        ("What is in Las Palmas?", ["las", "palma"]),
        ("Où est le port de la ville?", ["port", "vill"]),
    ],
)
def test_function_words_are_those_of_the_language_and_names_are_none(query: str, expected: list[str]) -> None:
    assert content_words(query) == expected


def test_an_acronym_is_found_where_it_is_written_as_one() -> None:
    asked = set(content_words("Who pays for IT?"))
    assert asked <= set(split_words("The costs of IT: Mr Moe pays."))
    assert not asked <= set(split_words("The costs of it: Mr Moe pays."))
    assert set(content_words("the trade of the US")) <= set(split_words("The trade of the U.S. grew."))


@given(st.text(st.sampled_from("aBC 1290.,-+#/'’\u00a0½ﬁ²日"), max_size=60))
def test_a_form_once_normal_keeps_its_words(text: str) -> None:
    assert [word for word in split_words(text) if not word.isascii()] == [
        word for word in split_words(normal_forms(text)) if not word.isascii()
    ]
    assert all(word and word == word.lower() for word in split_words(text))
