"""Bounds of a claim, "more than 25 times", are held against the numbers of the source."""

from __future__ import annotations

import pytest

from rag import check
from rag.grounding.bounds import in_numbers

MET = "The two teams have met 24 times, and the ferry took 2,510 of their fans in 2018."
MUSEUM = "The museum opened on 10 December 2014. It cost $104.3 million, and 61 % of the visitors pay."


@pytest.mark.parametrize(
    ("claim", "source", "expected"),
    [
        ("They met more than 25 times.", MET, ("They met 24 times.", False)),
        ("They met more than 24 times.", MET, ("They met 24 times.", False)),
        ("They met more than 20 times.", MET, ("They met 24 times.", True)),
        ("They met at least 24 times.", MET, ("They met 24 times.", True)),
        ("They met fewer than 25 times.", MET, ("They met 24 times.", True)),
        ("They met at most 23 times.", MET, ("They met 24 times.", False)),
        ("They met 25 or more times.", MET, ("They met 24 times.", False)),
        ("It took about 2,500 fans.", MET, ("It took 2,510 fans.", True)),
        ("It took about 2,600 fans.", MET, ("It took 2,510 fans.", False)),
        ("It cost over $100 million.", MUSEUM, ("It cost $104.3 million.", True)),
        ("It cost under $100 million.", MUSEUM, ("It cost $104.3 million.", False)),
        ("More than half a million dollars", MUSEUM, ("$104.3 million", True)),
        ("Less than 60% pay.", MUSEUM, ("61 % pay.", False)),
        ("It opened before 2015.", MUSEUM, ("It opened on 10 December 2014.", True)),
        ("It opened before December 2014.", MUSEUM, ("It opened on 10 December 2014.", False)),
        ("It opened after March 2013.", MUSEUM, ("It opened on 10 December 2014.", True)),
        ("It opened by 2014.", MUSEUM, ("It opened on 10 December 2014.", True)),
        ("It opened after 2014.", MUSEUM, ("It opened on 10 December 2014.", False)),
        ("It opened after March 2014.", "It opened in 2014.", ("It opened in 2014.", False)),  # that is not known
    ],
)
def test_the_number_of_the_source_takes_the_place_of_a_bound(
    claim: str, source: str, expected: tuple[str, bool]
) -> None:
    assert in_numbers(claim, source) == expected


@pytest.mark.parametrize(
    ("claim", "source", "holds"),
    [
        ("Dogs of up to 45 kilos may use the ramp.", "The ramp weighs 4.4 kg.", True),  # a rule, not a count
        ("Over three years the price rose.", "It rose in 4 years.", True),
        ("Gifts of over 300 euros need a slip.", "Gifts of more than 300 euros need a slip.", True),
        ("Gifts of over 300 euros need a slip.", "Gifts under 300 euros need a slip.", False),
        ("If it drops below 1.5, open the tap.", "If it drops below 1, open the tap until it is back at 1.3.", True),
        ("One or more may come.", "Seven may come.", True),
        ("At least nine may come.", "It is open.", True),
        ("The rent is 820 euros.", "The rent is 810 euros.", True),  # no bound: facts.py sees to it
    ],
)
def test_a_claim_stays_where_the_source_has_no_plain_number_for_it(claim: str, source: str, holds: bool) -> None:
    assert in_numbers(claim, source) == (claim, holds)


def test_another_bound_of_the_same_kind_is_no_support() -> None:
    source = "It should be at 1.5. If it drops below 1, open the black tap until it is back at 1.3."
    claim = "If it drops below 1.5, open the black tap until it is back at 1.5."
    assert [sentence.verdict for sentence in check(claim, [source]).sentences] == ["contradicted"]


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        ("The museum cost more than $100 million.", "supported"),
        ("The museum cost more than $110 million.", "contradicted"),
        ("The museum opened before 2015.", "supported"),
        ("The museum opened after 2015.", "contradicted"),
    ],
)
def test_a_bound_is_judged_as_a_person_would(claim: str, verdict: str) -> None:
    assert [sentence.verdict for sentence in check(claim, [MUSEUM]).sentences] == [verdict]
