"""Cosines of any model on one scale, so that search, answers and refusals hold for all of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pytest
from numpy.typing import NDArray
from support import WordEncoder

from index import Document, Encoder, add_documents
from index.library import Library
from index.models.default import ShippedModel
from index.models.scale import UNRELATED, measure
from rag.assistant import Assistant

TEXTS = {
    "ferry": "The ferry to the island of Orm leaves at nine in the morning. Bicycles travel free of charge.",
    "mill": "The mill of Dunwich was built in 1704. The miller is called Bartholomew Hale.",
    "lamp": "The lamp of the pier must be cleaned every second week. The keeper has the key.",
}
ANSWERED = {
    "When does the ferry to Orm leave?": "nine in the morning",
    "What is the miller of Dunwich called?": "Bartholomew Hale",
    "How often must the lamp of the pier be cleaned?": "every second week",
}
UNANSWERED = ("Who won the chess championship in Reykjavik?", "How many moons does Saturn have?")


class Raised:
    """A model whose cosines lie between .8 and 1: every embedding leans to one side, as those of some models do."""

    ready, dimension, max_tokens, digest, tokenizer_json, unrelated = True, 385, 500, "1", "", None

    def load(self) -> None: ...

    def embed(self, texts: Sequence[str], *, query: bool) -> NDArray[np.float32]:
        lower = WordEncoder().embed_passages(texts)
        return np.concatenate([np.full((len(texts), 1), np.sqrt(0.8)), np.sqrt(0.2) * lower], 1).astype(np.float32)


@pytest.fixture(scope="module", params=["pincite", "all-MiniLM-L6-v2", "raised"])
def assistant(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """An assistant with the default or one of two other models, without the reader, so that the cosines decide."""
    encoder = Encoder("raised", Raised()) if request.param == "raised" else Encoder(request.param)
    library = Library(tmp_path_factory.mktemp("home"), encoder)
    add_documents(library, [Document(k, k, "", "text/plain", v, {}, (), k, 0.0) for k, v in TEXTS.items()])
    opened = Assistant(library, reader="none")
    yield opened
    opened.close()


def test_answers_and_refusals_hold_for_any_model(assistant: Assistant) -> None:
    for question, words in ANSWERED.items():
        answer = assistant.ask(question)
        assert answer.grounded
        assert words in answer.citations[0].quote
    for question in UNANSWERED:
        assert not assistant.ask(question).grounded


def test_a_likeness_is_near_0_for_what_is_unrelated_and_1_for_the_same(assistant: Assistant) -> None:
    encoder = assistant.library.encoder
    same = encoder.embed_passages([TEXTS["mill"]]) @ encoder.embed_passages([TEXTS["mill"]])[0]
    assert encoder.likeness(same)[0] == pytest.approx(1.0, abs=0.01)
    other = encoder.embed_passages([TEXTS["lamp"], TEXTS["ferry"]]) @ encoder.embed_query(UNANSWERED[1])
    assert np.abs(encoder.likeness(other)).max() < 0.25


def test_where_the_cosines_of_the_default_model_begin() -> None:
    model = ShippedModel()
    assert measure(lambda texts, query: model.embed(texts, query=query)) == pytest.approx(UNRELATED, abs=0.02)
