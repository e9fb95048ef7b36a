"""Yes or no: said only where the one sentence that answers says so plainly."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rag.answer.polarity import yes_or_no
from rag.records import Answer, Citation, Sentence, ShortAnswer


def answer(question: str, text: str, *, support: float = 0.97) -> Answer:
    citation = Citation(1, "d", "/d", "D", None, 0, len(text), text, support)
    sentence = Sentence(text, (1,), support)
    return Answer(question, question, text, (sentence,), None, (citation,), (), True, support, (), {})


@pytest.mark.parametrize(
    ("question", "text", "said"),
    [
        ("Are dogs allowed on board?", "Dogs are not allowed on board.", "no"),
        ("Are dogs allowed on board?", "Dogs are allowed on board of all boats.", "yes"),
        ("May I smoke in the flat?", "Tenants may smoke in the flat.", "yes"),
        ("Is smoking permitted in the flat?", "Smoking in the flat is prohibited.", "no"),
        ("Does the pump have a warranty?", "The pump has no warranty.", "no"),
        ("Does the pump have a warranty?", "The pump has a warranty.", "yes"),
    ],
)
def test_what_is_asked_is_said_plainly(question: str, text: str, said: str) -> None:
    assert yes_or_no(answer(question, text)) == said


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("Are dogs allowed on board?", "Dogs are allowed on board if they are small."),
        ("Are dogs allowed on board?", "Dogs are only allowed on board of the Alma."),
        ("Are dogs allowed on board?", "Dogs are not allowed on board unless they wear a muzzle."),
        ("Are dogs allowed on board?", "Cats are not allowed on board."),
        ("Are dogs forbidden on board?", "Dogs are not allowed on board."),
        ("Can I get a refund?", "Refunds are made within 14 days."),
        ("Is Marta the keeper of the lighthouse?", "Marta is the sister of the keeper of the lighthouse."),
        ("Does the pump have a warranty?", "The pump has a warranty of five years."),
        ("Where are dogs allowed?", "Dogs are allowed on board."),
        ("Is it not allowed to fish?", "It is not allowed to fish."),
        ("Are dogs allowed?", "It is not true that dogs are not allowed."),
    ],
)
def test_what_is_not_sure_is_not_said(question: str, text: str) -> None:
    assert yes_or_no(answer(question, text)) == ""


def test_little_support_and_sources_that_differ_are_not_sure() -> None:
    sure = answer("Are dogs allowed on board?", "Dogs are not allowed on board.")
    assert yes_or_no(answer(sure.question, sure.text, support=0.4)) == ""
    assert yes_or_no(replace(sure, differing=(ShortAnswer("not allowed", 1, 9, 20),))) == ""
    assert yes_or_no(replace(sure, sentences=sure.sentences * 2)) == ""
