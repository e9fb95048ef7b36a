"""Questions that are suggested: well formed, of English only, and each answered by the sentence it was made from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from exchanges import an_answered

from index import Document
from index.records import Heading
from rag import Answer, Suggestion, Update, nearest, suggestions_from_json, suggestions_to_json
from rag.suggestion.headings import question_of_heading
from rag.suggestion.suggest import candidates, is_answered
from rag.suggestion.wording import question_of

NAMES = [first + second for first in "bdfgk" for second in ("ale", "ine", "ore", "ube", "ack", "ill")]
PLAIN = {"bicycles", "lockers", "smoking", "cards", "election"}


@pytest.mark.parametrize(
    ("sentence", "question"),
    [
        ("8.4 The deposit is returned within 10 working days of the inspection, less any agreed deductions.",
         "How soon is the deposit returned?"),
        ("The filter of the kettle must be changed every nine weeks.",
         "How often must the filter of the kettle be changed?"),
        ("A single class costs £7 for those whose tariff does not include it.", "How much does a single class cost?"),
        ("1.2 The sum insured is £45,000.", "How much is the sum insured?"),
        ("• The door code will be changed on 1 December.", "When will the door code be changed?"),
        ("Bicycles are insured against theft up to £1,200 each.",
         "Up to what amount are bicycles insured against theft?"),
        ("The gate code is on the back of the membership card.", "Where is the gate code?"),
        ("The office closes at 5.30 pm, on Fridays at noon.", "When does the office close?"),
        ("The key must be returned by 10.", "By when must the key be returned?"),
        ("You may cancel without charge until 10 May.", "By when may I cancel without charge?"),
        ("The child lock is worked by pushing the small slider to the left.", "How is the child lock worked?"),
        ("The hose for incoming water is 1.2 m long and must not be extended.",
         "How long is the hose for incoming water?"),
        ("The accounts were checked by Jean Pascoe and approved by all.", "Who were the accounts checked by?"),
        ("The insurance year begins on 1 March.", "When does the insurance year begin?"),
        ("A change of sessions needs four weeks' notice.", "What does a change of sessions need?"),
        ("Marta and Joel Ellison will get a cat in October.", "When will Marta and Joel Ellison get a cat?"),
        ("Managing director: Gerald Pym, 3 Quarry Lane", "Who is the managing director?"),
        ("Next oil service: October 2025 or at 70,000 miles.", "When is the next oil service?"),
        ("Date of purchase: 4 November 2024", "What is the date of purchase?"),
    ],
)  # fmt: skip
def test_a_plain_sentence_is_asked_for(sentence: str, question: str) -> None:
    assert question_of(sentence, PLAIN) == question


@pytest.mark.parametrize(
    "sentence",
    [
        "It is paid every month.",
        "The orbit is tilted by 5.1 degrees to the plane.",  # no hour
        "The rent is raised by 3 per cent.",
        "The pipe is tested at 5 to 7 bar.",
        "The tank is emptied at 95 °C.",
        "This charge is £38 a month.",
        "The charge is £38 a month.",  # of what is not said
        "The fixed term is extended by one year and now ends on 31 August 2026.",
        "11. Election Barbara Leck will give up the chair in October.",  # a heading runs into it
        "The council will send wardens in the coming weeks.",
        "You are covered for 30 days.",
        "You need not put anything behind the windscreen.",
        "The cover does not renew by itself.",
        "If you are late, the fee is £5.",
        "The company which sold it is liable for two years.",
        "Der Vertrag endet am 1. Mai.",
        "Date: 4 November 2024",
        "First registered: 14 September 2018",
        "THE PARTIES",
        "",
    ],
)
def test_of_another_sentence_nothing_is_asked(sentence: str) -> None:
    assert question_of(sentence, PLAIN) == ""


@pytest.mark.parametrize(
    ("heading", "question"),
    [
        ("How long is my card good for?", "How long is my card good for?"),
        ("4.2 Cleaning the filter", "How do I clean the filter?"),
        ("Changing Your Password", "How do I change my password?"),
        ("3) Set the water hardness", "How do I set the water hardness?"),
        ("How to report a fault", "How do I report a fault?"),
        ("Cancelling bookings", "How do I cancel bookings?"),
        ("Opening Hours", "What are the opening hours?"),
        ("Membership fee", "How much is the membership fee?"),
        ("Paying fees", "How do I pay fees?"),
        ("Cleaning charges", "What are the cleaning charges?"),
        ("Notice period", "How long is the notice period?"),
        ("Booking deadline:", "What is the booking deadline?"),
        ("Where the samples are kept", "Where are the samples kept?"),
        ("When each phase can be seen", "When can each phase be seen?"),
        ("What the warranty covers", "What does the warranty cover?"),
        ("Why the tide differs from place to place", "Why does the tide differ from place to place?"),
        ("What Pietro Batacchi expects", "What does Pietro Batacchi expect?"),
        ("How the tide carries sand", "How does the tide carry sand?"),
        ("Where bees live", "Where do bees live?"),
    ],
)
def test_a_heading_is_asked_for(heading: str, question: str) -> None:
    assert question_of_heading(heading, {"hours", "your", "password", "lockers"}) == question


@pytest.mark.parametrize(
    "heading",
    [
        "Introduction",
        "Will they sting?",
        "Where to begin",
        "Why?",
        "What has happened",
        "What was done",
        "What harms them",
        "What a sundial doesn’t tell",
        "How to read this guide",
        "Set it up",
        "Switch off",
        "Make the bread dough first",
        "Borrowing by staff",
        "Rent and charges",
        "Equal hours",
        "What was due",
        "Roman times",
        "Deposit",  # of what is not said
        "Smeaton, 1759",
        "Lights: what helps?",
        "Faults (continued)",
        "Die Reinigung des Filters",
        "",
    ],
)
def test_of_another_heading_nothing_is_asked(heading: str) -> None:
    assert question_of_heading(heading, {"dough", "staff", "charges"}) == ""


def document(text: str, *headings: Heading) -> Document:
    return Document("d1", "/d1", "D1", "text/plain", text, {}, headings, "", 0.0)


def test_what_a_heading_asks_is_answered_by_its_section_and_not_by_the_title() -> None:
    title, first, inner, second = "Cleaning the kettle", "Cleaning the filter", "Opening hours", "Notice period"
    text = f"{title}\n\n{first}\n\nRinse the filter under the tap.\n\n{inner}\n\nIt is open.\n\n{second}\n\nA month."
    spans = {name: (text.index(name), text.index(name) + len(name)) for name in (title, first, inner, second)}
    levels = {title: 1, first: 2, inner: 3, second: 2}
    titled = replace(document(text, *(Heading(levels[name], *span) for name, span in spans.items())), title=title)
    found = {one.question: text[one.start : one.end].strip() for one in candidates(titled)}
    assert found == {
        "How do I clean the filter?": f"Rinse the filter under the tap.\n\n{inner}\n\nIt is open.",
        "What are the opening hours?": "It is open.",
        "How long is the notice period?": "A month.",
    }


def test_questions_of_headings_and_of_sentences_take_turns() -> None:
    parts = [f"Cleaning the {name}\n\nThe filter {name} must be changed every nine weeks." for name in NAMES]
    text = "\n\n".join(parts)
    heads = [(text.index(f"Cleaning the {name}\n"), len(f"Cleaning the {name}")) for name in NAMES]
    asked = [one.question for one in candidates(document(text, *(Heading(1, at, at + long) for at, long in heads)))]
    assert len(asked) == 12
    assert [one.startswith("How do I clean the") for one in asked] == [True, False] * 6


def test_candidates_point_at_their_sentences_and_are_of_all_parts() -> None:
    text = "\n\n".join(f"The filter {name} must be changed every {n} weeks." for n, name in enumerate(NAMES, start=2))
    found = candidates(document(text))
    assert len(found) == 12
    assert all(one.question.startswith("How often must the filter") for one in found)
    assert text[found[-1].start : found[-1].end].startswith("The filter")
    assert found[-1].start > len(text) / 2
    assert candidates(document("Der Filter muss alle neun Wochen gewechselt werden. Die Miete ist am 3. fällig.")) == []


class Answering:
    """An assistant that gives one answer."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def stream(self, _question: str) -> Iterator[Update]:
        yield Update("searching", "", None)
        yield Update("done", "", self.answer)


def answered(**changes: Any) -> Answer:
    answer = an_answered().answer
    assert answer is not None
    return replace(answer, differing=(), **changes)


def test_only_what_is_answered_well_by_its_own_sentence_is_suggested() -> None:
    one = Suggestion("When was it built?", "d1", 2, 12)
    weak = tuple(replace(sentence, support=0.1) for sentence in answered().sentences)
    refused = {"sentences": (), "citations": (), "grounded": False}
    for answer, expected in (
        (answered(), True),
        (answered(sentences=weak), False),
        (answered(**refused), False),
        (an_answered().answer, False),  # the sources differ
    ):
        assert is_answered(Answering(answer), one, busy=lambda: False) is expected  # type: ignore[arg-type]
    assert is_answered(Answering(answered()), replace(one, start=40, end=50), busy=lambda: False) is False  # type: ignore[arg-type]
    assert is_answered(Answering(answered()), replace(one, doc_id="d9"), busy=lambda: False) is False  # type: ignore[arg-type]
    assert is_answered(Answering(answered()), one, busy=lambda: True) is None  # type: ignore[arg-type]


def test_what_is_near_comes_first_and_the_question_itself_not_again() -> None:
    known = [
        Suggestion("How often must the filter be changed?", "d1", 900, 950),
        Suggestion("Where is the serial number?", "d1", 100, 150),
        Suggestion("When is the next oil service?", "d1", 500, 520),
        Suggestion("How much is the oil for the lamp?", "d2", 0, 40),
        Suggestion("Who were the accounts checked by?", "d3", 0, 40),
    ]
    found = nearest(known, "When is the oil changed?", documents=["d1"], at=880, answered=True)
    assert found == [known[0], known[2], known[1], known[3]]
    assert known[1] not in nearest(known, "Where is the  serial number?", documents=["d1"], at=880, answered=True)
    assert nearest(known, "Who won the oil match of 1998?", documents=["d1"], at=None) == [], "one word of four"
    assert nearest(known, "Anything else?", documents=[], at=None) == []
    told = nearest(known, "And the filter?", documents=["d1"], at=910, answered=True)
    assert known[0] not in told, "what was just answered, in other words"
    away = nearest(known, "And the filter?", documents=["d1"], at=910, answered=True, elsewhere=True)
    assert away == [*told, known[3], known[4]]
    assert known[0] in nearest(known, "And the filter?", documents=["d1"], at=910)
    assert known[0] in nearest(known, "And the filter?", documents=["d1"], at=899, answered=True)


def test_suggestions_are_kept_and_come_back() -> None:
    kept = [Suggestion("Who keeps “it” ş?", "d1", 3, 9)]
    assert suggestions_from_json("d1", suggestions_to_json(kept)) == kept
    assert suggestions_from_json("d1", '{"version": 0, "questions": []}') is None
