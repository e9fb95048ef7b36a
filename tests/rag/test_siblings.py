"""What is asked for by a number or a kind that nothing has is not answered by another of its kind."""

from __future__ import annotations

import pytest

from index.records import Document, Hit, Passage
from index.text.words import split_words
from rag.answer.extract import Candidate
from rag.answer.siblings import asks_for_another
from rag.question import read_question

SENTENCES = [
    "Bus SK 70 goes to Odda. Bus SK 75 goes to Voss.",
    "Release 2.1 added a map. Release 2.10 added a clock.",
    "Ida Holm is the keeper of the bees. Bo Lund is the keeper of the hens. Cy Dorn is the friend of the bees.",
    "Rule 8 forbids fires. It was written in 1990.",
    "The small tent costs 300 euros.",
    "shipment: 7301; goods: olives; crates: 16. shipment: 7308; goods: honey; crates: 18.",
]


def candidates(text: str) -> list[Candidate]:
    document = Document("d", "d", "d", "text/plain", text, {}, (), "d", 0.0)
    hit = Hit(Passage(1, "d", 0, len(text), "", None), 1.0, 1)
    sentences = [f"{part}." for part in text.removesuffix(".").split(". ")]
    starts = [text.index(sentence) for sentence in sentences]
    return [
        Candidate(document, hit, start, start + len(one), frozenset(split_words(one)), 0.5, None)
        for one, start in zip(sentences, starts, strict=True)
    ]


@pytest.mark.parametrize(
    ("question", "about", "another"),
    [
        ("Where does bus AF 70 go?", 0, True),
        ("Where does bus SK 71 go?", 0, True),
        ("Where does bus SK 75 go?", 0, False),
        ("What did release 2.2 add?", 1, True),
        ("What did release 2.10 add?", 1, False),
        ("What was added in 2.2 weeks?", 1, False),
        ("Who is the keeper of the goats?", 2, True),
        ("Who is the keeper of the hens?", 2, False),
        ("Who is the friend of the goats?", 2, False),  # one friend: the bees may be called so
        ("What does rule 9 forbid?", 3, True),
        ("What does rule 8 forbid?", 3, False),
        ("What does article 9 forbid?", 3, False),
        ("Which tent costs 400 euros?", 4, True),
        ("Which tent costs 300 euros?", 4, False),
        ("Which tent costs about 310 euros?", 4, False),
        ("What does shipment 7312 weigh?", 5, True),
        ("What does shipment 7308 weigh?", 5, False),
    ],
)
def test_one_that_is_not_there_is_told_from_one_that_is(question: str, about: int, another: bool) -> None:
    asked = read_question(question, lambda word: 1.0)
    assert asks_for_another(asked, candidates(SENTENCES[about]), lambda word: True) is another


def test_nothing_read_names_no_other() -> None:
    assert not asks_for_another(read_question("Where does bus SK 75 go?", lambda word: 1.0), [], lambda word: True)


def said_below(*headings: str, says: str = "The notice period is {} months.") -> list[Candidate]:
    """Return a sentence below each heading, all of which say the same of something else."""
    found = []
    for number, heading in enumerate(headings):
        text = says.format(number + 2)
        document = Document("d", "d", "d", "text/plain", text, {}, (), "d", 0.0)
        hit = Hit(Passage(number, "d", 0, len(text), heading, None), 1.0, number)
        found.append(Candidate(document, hit, 0, len(text), frozenset(split_words(text)), 0.5 - number / 9, None))
    return found


CONTRACTS = said_below("Contract of Dana Petrov", "Contract of Anna Ferro")
KNOWN = {"dana", "petrov", "anna", "ferro", "contract"}


@pytest.mark.parametrize(
    ("question", "found", "another"),
    [
        ("What is the notice period of Frida Holm?", CONTRACTS, True),
        ("What is the notice period of Anna Holm?", CONTRACTS[:1], False),  # said of one: it may be of all
        ("What is the notice period of Dana Petrov?", CONTRACTS, False),
        ("What is the notice period of Dana Petrow?", CONTRACTS, False),
        ("What is the notice period of Petrof?", CONTRACTS, False),  # misspelt
        ("What is the notice period of Contract Pine?", CONTRACTS, True),  # each is called a contract
        ("What is the notice period of Frida Holm, Bo Vik, Cy Dorn and Di Lund?", CONTRACTS, False),  # of too many
        ("what is the notice period of frida holm?", CONTRACTS, False),  # not written as a name
        ("Wie lang ist die Frist der Kündigung bei Frida Holm?", CONTRACTS, False),
        ("Do you ship to Malta?", said_below("Do you ship to Iceland?", says="No."), True),
        ("Do you ship to Iceland?", said_below("Do you ship to Iceland?", says="No."), False),
        ("Do you have a shop in Malta?", said_below("Do you ship to Iceland?", says="No."), False),
    ],
)
def test_of_a_name_that_nobody_knows_nothing_is_told_that_is_said_of_several(
    question: str, found: list[Candidate], another: bool
) -> None:
    asked = read_question(question, lambda word: 1.0)
    assert asks_for_another(asked, found, KNOWN.__contains__) is another
