"""A hostile document that repeats the question fills neither the hits nor the answer, and who differs is shown."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from index.library import Library
from index.models import Encoder
from index.records import Document
from index.search.crowding import PER_TEXT, SHARE_OF_DOCUMENT
from index.sync.sync import add_documents
from rag import Answer, Assistant

QUESTION = "How long is the warranty on the pump?"
HONEST = {
    "manual.txt": (
        "Read this manual first. The pump must stand on level ground. The warranty on the pump is five years. "
        "Keep the filter clean and dry."
    ),
    "boiler.txt": "The boiler heats forty litres. The warranty on the boiler is seven years. Its lamp blinks red.",
    "prices.txt": "The pump costs 400 euros and the boiler 900. Delivery takes two weeks. Payment is due in a month.",
    "garden.txt": "The garden was laid out by Mara Lindt in the spring. Roses grow along the wall.",
    "store.txt": "The keys of the store are kept in the gatehouse of Lindau. It is open on weekdays.",
}
Ask = Callable[[Mapping[str, str], str], Answer]


def claims(count: int, *, numbers: bool = False) -> list[str]:
    """Return texts that ask and answer the question wrongly, no two of them worded quite alike."""
    rng = random.Random(3)
    found = []
    for number in range(count):
        years = 99 + number if numbers else 99
        answer = rng.choice(["The warranty on the pump is {} years.", "{} years is the warranty on the pump."])
        text = f"{QUESTION} {answer.format(years)}"
        words = text.split()
        words.insert(rng.randrange(len(words)), rng.choice(["indeed", "really", "truly"]))
        found.append(rng.choice([text, text.upper(), text.replace(" ", "  "), text.rstrip(".") + "!", " ".join(words)]))
    return found


@pytest.fixture
def ask(tmp_path: Path) -> Iterator[Ask]:
    """Return what answers a question from the honest documents and others."""
    opened: list[Library] = []

    def answer(others: Mapping[str, str], question: str) -> Answer:
        library = Library(tmp_path / f"home{len(opened)}", Encoder())
        opened.append(library)
        texts = {**HONEST, **others}
        documents = [
            Document(name, name, name[:-4], "text/plain", text, {}, (), name, 0.0) for name, text in texts.items()
        ]
        add_documents(library, documents)
        return Assistant(library).ask(question)

    yield answer
    for library in opened:
        library.close()


def places(answer: Answer) -> Counter[str]:
    """Return how many of the hits are of each document."""
    return Counter(hit.passage.doc_id for hit in answer.hits)


def differing(answer: Answer) -> set[str]:
    return {words.text.lower() for words in answer.differing}


@pytest.mark.parametrize("numbers", [False, True])
def test_a_document_that_repeats_the_question_does_not_take_all_the_hits(ask: Ask, numbers: bool) -> None:
    answer = ask({"hostile.txt": "\n\n".join(claims(200, numbers=numbers))}, QUESTION)
    assert places(answer)["hostile.txt"] <= SHARE_OF_DOCUMENT * len(answer.hits)
    assert places(answer).keys() >= HONEST.keys()
    assert "manual.txt" in {citation.doc_id for citation in answer.citations}
    assert "five years" in differing(answer)
    assert any(text != "five years" for text in differing(answer))


def test_many_files_of_one_claim_count_as_its_witnesses_and_the_one_that_differs_is_shown(ask: Ask) -> None:
    answer = ask({f"hostile{i}.txt": text for i, text in enumerate(claims(50))}, QUESTION)
    assert sum(count for name, count in places(answer).items() if name not in HONEST) <= PER_TEXT
    assert places(answer).keys() >= HONEST.keys()
    assert differing(answer) == {"99 years", "five years"}


@pytest.mark.slow
def test_more_hostile_files_than_there_are_candidates_do_not_hide_the_others(ask: Ask) -> None:
    answer = ask({f"hostile{i}.txt": text for i, text in enumerate(claims(250))}, QUESTION)
    assert "manual.txt" in places(answer)
    assert "five years" in differing(answer)


@pytest.mark.parametrize(
    ("question", "claim", "said"),
    [
        (
            "Who laid out the garden?",
            "The garden was laid out by Olaf Brandt in the spring.",
            {"mara lindt", "olaf brandt"},
        ),
        ("Where are the keys of the store kept?", "The keys of the store are kept in the cellar of Bregenz.", None),
    ],
)
def test_names_and_places_that_differ_in_like_sentences_are_both_shown(
    ask: Ask, question: str, claim: str, said: set[str] | None
) -> None:
    answer = ask({"hostile.txt": claim}, question)
    assert len(answer.differing) == 2
    assert len({answer.citations[words.citation - 1].doc_id for words in answer.differing}) == 2
    assert said is None or all(any(name in words for words in differing(answer)) for name in said)


@pytest.mark.parametrize(
    ("question", "other"),
    [
        ("Who laid out the garden?", "The park was laid out by Olaf Brandt in the spring."),
        ("Who laid out the garden?", "The garden was laid out by Lindt in the spring, as we know."),
        (QUESTION, "The warranty on the pump is 5 years, they told us."),
        (QUESTION, "The warranty on the filter is nine years."),
    ],
)
def test_what_speaks_of_another_thing_or_says_the_same_is_no_disagreement(ask: Ask, question: str, other: str) -> None:
    assert ask({"other.txt": other}, question).differing == ()
