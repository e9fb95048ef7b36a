"""Of sentences that are nearly as likely, the one comes first that says what is asked."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from index.records import Document, Hit, Passage
from index.text.words import split_words
from rag.answer.extract import Candidate
from rag.answer.fitting import is_of_the_day, put_fitting_first
from rag.answer.regression import support_level
from rag.question import read_question


def found(question: str, sentences: Sequence[tuple[str, float]]) -> list[Candidate]:
    """Return what the sentences of a document come to, with how likely each is."""
    text = " ".join(sentence for sentence, _ in sentences)
    document = Document("d", "d", "d", "text/plain", text, {}, (), "d", 0.0)
    hit = Hit(Passage(1, "d", 0, len(text), "", None), 1.0, 1)
    candidates = [
        Candidate(document, hit, start, start + len(one), frozenset(split_words(one)), probability, None)
        for one, probability in sentences
        for start in [text.index(one)]
    ]
    return put_fitting_first(read_question(question, lambda word: 1.0), candidates)


def first(question: str, sentences: Sequence[tuple[str, float]]) -> str:
    ordered = found(question, sentences)
    assert {one.text for one in ordered} == {sentence for sentence, _ in sentences}
    return ordered[0].text


ALLOWED, DENIED = "Tents are allowed on the lower meadow.", "Tents are not permitted on the upper meadow."


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("Where are tents not allowed?", DENIED),
        ("Where must tents not be put up?", DENIED),
        ("Where are tents allowed?", ALLOWED),
        ("Where may I put up tents?", ALLOWED),
    ],
)
@pytest.mark.parametrize("other", [0.6, 0.2])
def test_what_allows_or_forbids_comes_as_it_is_asked_for(question: str, wanted: str, other: float) -> None:
    unwanted = ALLOWED if wanted == DENIED else DENIED
    assert first(question, [(unwanted, 0.6), (wanted, 0.6 * other)]) == wanted
    assert first(question, [(wanted, 0.6), (unwanted, 0.6 * other)]) == wanted


def test_what_is_far_less_likely_stays_behind() -> None:
    assert first("Where are tents not allowed?", [(ALLOWED, 0.9), (DENIED, 0.005)]) == ALLOWED


def test_what_denies_something_else_stays_behind() -> None:
    assert first("Where are tents not allowed?", [(ALLOWED, 0.5), ("Fires are not allowed here.", 0.4)]) == ALLOWED


@pytest.mark.parametrize(
    "question", ["Are tents allowed?", "Why are tents allowed?", "What do tents cost?", "Tents can be had for what?"]
)
def test_where_neither_is_asked_for_the_likeliest_comes_first(question: str) -> None:
    assert first(question, [(DENIED, 0.5), (ALLOWED, 0.4)]) == DENIED


def test_an_item_of_a_list_of_what_is_not_denies() -> None:
    item, other = "- damage by frost", "Parts are covered for no less than three months."
    text = f"These are not covered:\n\n{item}\n- damage by salt\n\n{other}"
    document = Document("d", "d", "d", "text/plain", text, {}, (), "d", 0.0)
    hit = Hit(Passage(1, "d", 0, len(text), "", None), 1.0, 1)
    candidates = [
        Candidate(document, hit, text.index(one), text.index(one) + len(one), frozenset(split_words(one)), 0.5, None)
        for one in (item, other)
    ]
    question = read_question("What isn't covered?", lambda word: 1.0)
    assert put_fitting_first(question, candidates)[0].text == item


@pytest.mark.parametrize("heading", ["Bill 17 was paid by Ida.", "Bill 18 was paid by Bo."])
def test_the_number_that_is_asked_for_comes_first(heading: str) -> None:
    number = heading.split()[1]
    sentences = [("Bill 19 was paid by Cy.", 0.5), ("Bill 17 was paid by Ida.", 0.1), ("Bill 18 was paid by Bo.", 0.1)]
    assert first(f"Who paid bill {number}?", sentences) == heading


def test_what_is_asked_counts_for_more_than_the_kind_of_thing() -> None:
    heavy, floats = "The Tern boat weighs 90 kg.", "The Gull can float upright."
    assert first("Which boat can float upright?", [(heavy, 0.5), (floats, 0.4)]) == floats


def test_what_is_asked_with_a_verb_names_no_kind_of_thing() -> None:
    total, part = "Total: 1263 euros.", "The rent is 1180 euros with the parking."
    assert first("What does the rent with the parking come to?", [(total, 0.5), (part, 0.4)]) == total


def test_whether_something_is_allowed_is_told_by_what_allows_or_forbids() -> None:
    forbidden, else_said = "Smoking in the common parts is forbidden.", "Smoke was smelt in the stairwell."
    assert first("Is it all right to smoke in the stairwell?", [(forbidden, 0.5), (else_said, 0.4)]) == forbidden


def test_whether_something_is_so_is_told_by_what_says_most_of_it() -> None:
    with_water, with_milk = "Take the drops with water.", "Never take the drops with milk."
    assert first("Can I take the drops with milk?", [(with_water, 0.5), (with_milk, 0.4)]) == with_milk


@pytest.mark.parametrize(
    ("question", "sure"),
    [
        ("What happened on 7 December 2022?", True),
        ("What took place on 2022-12-07?", True),
        ("What sailed on 8 December 2022?", False),
        ("What burnt down on 7 December 2022?", False),
        ("What happened in 2022?", False),
    ],
)
def test_what_has_the_day_and_all_else_that_is_asked_is_sure(question: str, sure: bool) -> None:
    text = "The ferry first sailed on Dec. 7th, 2022."
    document = Document("d", "d", "d", "text/plain", text, {}, (), "d", 0.0)
    hit = Hit(Passage(1, "d", 0, len(text), "", None), 1.0, 1)
    one = Candidate(document, hit, 0, len(text), frozenset(split_words(text)), 0.1, None)
    assert is_of_the_day(read_question(question, lambda word: 1.0), one) is sure


@pytest.mark.parametrize(
    ("question", "likelier", "wanted"),
    [
        ("Where does the dog sleep?", "The hen sleeps in the pear tree.", "The dog sleeps on the landing."),
        ("What was done in June?", "In July the barn was built.", "In June the road was paved."),
        (
            "Which subject is in the first hour on Friday?",
            "Hour: second; Monday: German; Friday: physics",
            "Hour: first; Monday: maths; Friday: sport",
        ),
        ("What happens at +5 °C?", "At -5 °C the valve closes.", "At +5 °C the valve opens."),
        ("What happens at -5 °C?", "At +5 °C the valve opens.", "At −5 °C the valve closes."),
    ],
)
def test_of_two_that_are_built_alike_the_one_comes_first_that_says_what_is_asked(
    question: str, likelier: str, wanted: str
) -> None:
    assert first(question, [(likelier, 0.6), (wanted, 0.2)]) == wanted
    assert first(question, [(likelier, 0.6), (wanted, 0.05)]) == likelier
    assert (
        first(question, [(likelier, 0.6), ("Somebody wrote, long ago, of a dog, of June and of a first.", 0.2)])
        == likelier
    )


def first_row(question: str, rows: Sequence[tuple[str, str]]) -> str:
    """Return which of two rows, each under its headings, comes first, if it is the second in probability."""
    candidates = []
    for number, (heading, row) in enumerate(rows):
        document = Document(str(number), "d", "d", "text/plain", row, {}, (), "d", 0.0)
        hit = Hit(Passage(number, str(number), 0, len(row), heading, None), 1.0, number + 1)
        words = frozenset(split_words(row))
        candidates.append(Candidate(document, hit, 0, len(row), words, 0.5 - 0.2 * number, None))
    return put_fitting_first(read_question(question, lambda word: 1.0), candidates)[0].text


RATE, JOBLESS = "2005; Women: 66.5; Men: 70.3", "2005; Women: 8.6; Men: 8.2"
TAX, ALL_TAX = "Tax credits; 2016: 39; 2017: 381", "Total gross deferred tax assets; 2016: 4,086; 2017: 5,498"
INCOME = "Comprehensive income; 2022: 7; 2023: 9", "Accumulated other comprehensive income; 2022: 3; 2023: 4"


@pytest.mark.parametrize(
    ("question", "rows"),
    [
        (
            "What was the employment rate of women in 2005?",
            [("Unemployment", JOBLESS), ("Employment rate", RATE)],
        ),
        ("What are deferred tax assets from tax credits in 2017?", [("", ALL_TAX), ("Deferred tax assets", TAX)]),
        ("What was comprehensive income in 2023?", [("Equity", INCOME[1]), ("", INCOME[0])]),
    ],
)
def test_of_two_rows_the_one_fits_that_says_more_or_is_called_by_less(
    question: str, rows: list[tuple[str, str]]
) -> None:
    assert first_row(question, rows) == rows[1][1]


def test_a_row_that_says_no_more_stays_behind() -> None:
    assert first_row("What was comprehensive income in 2023?", [("", INCOME[0]), ("Equity", INCOME[1])]) == INCOME[0]
    assert first_row("What was the rate of men in 2005?", [("", JOBLESS), ("", RATE)]) == JOBLESS


HALF, WHOLE = "Payment: Deposit, second half; Amount: £1,180", "The tenants pay a deposit of £2,360."


def test_who_asks_for_all_of_it_is_not_told_a_part() -> None:
    assert first("How much is the deposit?", [(HALF, 0.5), (WHOLE, 0.1)]) == WHOLE
    assert first("How much is the second half of the deposit?", [(HALF, 0.5), (WHOLE, 0.1)]) == HALF
    assert first("How much is the deposit?", [(HALF, 0.5), (WHOLE, 0.04)]) == HALF
    assert first("How much is the deposit?", [(HALF, 0.5), ("The rent is £1,180.", 0.3)]) == HALF


def test_what_is_put_before_a_part_is_never_called_well_supported_for_that() -> None:
    assert support_level(found("How much is the deposit?", [(HALF, 0.95), (WHOLE, 0.1)])[0].probability) == "partly"
