"""The default model: English as before, every other language in the same space."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from index import Document, Encoder, add_documents
from index.library import Library
from index.models.default import ENGLISH, ShippedModel
from index.models.shipped import ShippedNetwork

GERMAN = "Die Waschküche ist von sieben bis einundzwanzig Uhr für alle Mieter geöffnet."
ENGLISH_TEXTS = (
    "The laundry is open to all tenants from seven in the morning to nine in the evening.",
    "The ferry to the island leaves at nine, and the last one comes back at six.",
    "The judges held that the complaint had been lodged after the time limit.",
)


def test_english_is_embedded_by_the_english_network_alone() -> None:
    model, texts = ShippedModel(), list(ENGLISH_TEXTS)
    assert np.array_equal(model.embed(texts, query=False), ShippedNetwork(ENGLISH).embed(texts, query=False))
    assert not model._others.ready


def test_a_text_lies_near_its_translation() -> None:
    embeddings = Encoder().embed_passages([GERMAN, *ENGLISH_TEXTS])
    assert np.allclose(np.linalg.norm(embeddings, axis=1), 1, atol=1e-3)
    translation, *others = (embeddings[1:] @ embeddings[0]).tolist()
    assert translation > 0.4
    assert translation > max(others) + 0.2


def test_texts_of_several_languages_keep_their_order() -> None:
    model = ShippedModel()
    mixed = model.embed([GERMAN, ENGLISH_TEXTS[0], "水曜日は休みです。", ENGLISH_TEXTS[1]], query=False)
    for row, text in ((0, GERMAN), (1, ENGLISH_TEXTS[0]), (3, ENGLISH_TEXTS[1])):
        assert np.allclose(mixed[row], model.embed([text], query=False)[0], atol=0.01)


def test_a_question_finds_a_passage_in_another_language(tmp_path: Path) -> None:
    library = Library(tmp_path / "home", Encoder())
    texts = {
        "haus": GERMAN,
        "bateau": "Le bateau part à neuf heures et revient à six heures du soir.",
        "court": ENGLISH_TEXTS[2],
    }
    add_documents(library, [Document(k, k, "", "text/plain", v, {}, (), k, 0.0) for k, v in texts.items()])
    for question, document in (
        ("When does the boat leave?", "bateau"),
        ("Bis wann darf man waschen?", "haus"),
        ("Pourquoi la plainte a-t-elle été rejetée ?", "court"),
    ):
        assert library.search(question)[0].passage.doc_id == document
    library.close()
