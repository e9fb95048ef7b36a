"""The tagger that is shipped: which words of a conversation a question leans on."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

from index import shared_words
from rag import Turn
from rag.conversation.followup import read_in_context, stand_alone
from rag.networks import open_tokenizer
from rag.tagger.inputs import MAX_TOKENS, encode
from rag.tagger.tagger import FOLDER, MANIFEST, Tagger

RYE = Turn("Which programme does the rye mix use?", "Bread: rye mix; Programme: 2; Size: medium; Twist: sourdough 15 g")
DANUBE = Turn("How long is the Danube?", "The Danube has 2,850 km; it is the second-longest river in Europe.")
DONAU = Turn("Wie lang ist die Donau?", "Die Donau ist 2850 km lang.")
FLAT = Turn("what's the range of the flat", "Model: Tarn Flat; Motor: Ishii T1; Torque: 95 Nm; Range: 90 km")


@pytest.fixture(scope="module")
def tagger() -> Tagger:
    tagger = Tagger()
    tagger.load()
    assert not tagger.warning
    return tagger


@pytest.mark.parametrize(
    ("turn", "question", "form"),
    [
        (RYE, "how long does that programme run", "rye"),
        (DANUBE, "which cities are on it", "danube"),
        (DANUBE, "and where does it end?", "danube"),
        (FLAT, "and what does it cost", "flat"),
        (DONAU, "Und wo beginnt die?", "donau"),
    ],
)
def test_a_followup_leans_on_what_was_spoken_of(tagger: Tagger, turn: Turn, question: str, form: str) -> None:
    tags = tagger.tag(question, [turn])
    assert tags is not None
    assert tags.leans > 0.8
    assert max(tags.probabilities, key=tags.of) == form
    assert form in stand_alone(question, [turn], tags).lower()


@pytest.mark.parametrize(
    "question",
    [
        "when does the chemist open",
        "How many people work at Halvorsen?",
        "who won the regatta in 2021",
        "how often do bees sting",
    ],
)
@pytest.mark.parametrize("turn", [RYE, DANUBE, FLAT])
def test_a_question_about_something_else_is_left_alone(tagger: Tagger, turn: Turn, question: str) -> None:
    tags = tagger.tag(question, [turn])
    assert tags is not None
    assert tags.leans < 0.5
    assert stand_alone(question, [turn], tags) == question
    assert read_in_context(question, question, turn, lambda _: 1.0, tags).in_context == ()


def test_what_has_no_place_in_the_question_is_put_behind_it(tagger: Tagger) -> None:
    question = "how long does that programme run"
    assert stand_alone(question, [RYE], tagger.tag(question, [RYE])) == f"{question} (rye mix)"


def test_of_a_long_mention_only_what_the_question_leans_on_is_put_in(tagger: Tagger) -> None:
    turn = Turn("Which river touches the most countries?", "The Danube touches ten countries, more than any other.")
    assert stand_alone("where does it rise", [turn], tagger.tag("where does it rise", [turn])) == (
        "where does the Danube rise"
    )


def test_what_the_question_leans_on_least_is_exchanged(tagger: Tagger) -> None:
    turn = Turn("How long is the warranty on the pump?", "The pump and the boiler are covered for five years.")
    assert stand_alone("and the boiler?", [turn], tagger.tag("and the boiler?", [turn])) == (
        "How long is the warranty on the boiler?"
    )


def test_columns_of_a_table_are_nothing_that_was_spoken_of() -> None:
    row = Turn("what does prune do", "Command: prune; What it does: deletes old versions; Asks first: yes")
    assert "Asks" not in stand_alone("what is the limit of that", [row])


def test_words_count_as_much_as_the_question_leans_on_them(tagger: Tagger) -> None:
    tags = tagger.tag("which cities are on it", [DANUBE])
    understood = read_in_context("which cities are on it", "which cities are on it", DANUBE, lambda _: 1.0, tags)
    assert understood.context["danub"] > 0.9
    assert "volga" not in understood.context


def test_of_a_long_conversation_the_oldest_is_left_out() -> None:
    tokenizer = open_tokenizer(shared_words()[1])
    turns = [Turn(f"What is number {i}?", "a word and another " * 40) for i in range(9)]
    inputs = encode(tokenizer, "and then?", turns)
    assert len(inputs.ids) <= MAX_TOKENS
    assert inputs.texts[0].startswith("What is number 8?")
    for word in inputs.words:
        assert inputs.texts[word.turns_ago][word.start : word.end].lower() == word.form
        assert 0 < word.first < word.last <= len(inputs.ids)


def test_nothing_said_is_nothing_to_lean_on(tagger: Tagger) -> None:
    assert tagger.tag("and then?", []) is None


def test_odd_text_is_read(tagger: Tagger) -> None:
    rng = random.Random(5)
    for _ in range(20):
        text = "".join(chr(rng.choice((rng.randrange(32, 127), rng.randrange(0x20, 0x11000)))) for _ in range(60))
        assert tagger.tag(text, [Turn(text[::-1], text)]) is not None


def test_damage_is_said_and_rules_are_left(tmp_path: Path) -> None:
    shutil.copytree(FOLDER, tmp_path / "tagger", ignore=shutil.ignore_patterns("training", "__pycache__"))
    (tmp_path / "tagger" / MANIFEST).write_text("{}", encoding="utf-8")
    tagger = Tagger(tmp_path / "tagger")
    assert tagger.tag("which cities are on it", [DANUBE]) is None
    assert "tagger.json is damaged" in tagger.warning
    assert stand_alone("Where does it end?", [DANUBE], None) == "Where does the Danube end?"


def test_behind_a_question_of_which_nothing_is_known_a_whole_one_is_left_alone(tagger: Tagger) -> None:
    question, turn = "How much is the rent?", Turn("What is the wifi password?")
    assert stand_alone(question, [turn], tagger.tag(question, [turn])) == question
