"""Leaning: which questions need what was said before them."""

from __future__ import annotations

import pytest

from rag.conversation.leaning import LEANING_FEATURES, leaning, leaning_features


@pytest.mark.parametrize(
    "question",
    ["and for coffee?", "who gets it?", "why?", "what about the small one?", "how long is it?", "did she answer him?"],
)
def test_what_points_back_leans(question: str) -> None:
    assert leaning(question) > 0.8


@pytest.mark.parametrize(
    "question",
    [
        "When does the chemist in Mill Lane open?",
        "Who wrote the report on the fire of 1953?",
        "what is the wifi password of the guest network",
        "how many days of leave do trainees get",
    ],
)
def test_what_stands_alone_does_not(question: str) -> None:
    assert leaning(question) < 0.3


def test_a_question_has_a_number_for_each_feature() -> None:
    assert len(leaning_features("")) == len(leaning_features("and then?")) == len(LEANING_FEATURES)
