"""Searching: exact by meaning, by words in any script, both fused, and also while documents come in."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest
from support import WordEncoder

from index.library import Library
from index.records import Document
from index.search.fusion import fuse
from index.store.verify import verify
from index.sync.sync import add_documents, sync_paths
from index.text.words import content_words, split_words


def test_people_ask_while_the_first_indexing_runs(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.sync.intake._SEARCHABLE_AFTER", 0.0)
    for number in range(40):
        (tmp_path / f"{number}.txt").write_text(f"Heron number {number} stands in the reeds.")
    done, faults = threading.Event(), []

    def ask() -> None:
        while not done.is_set():
            try:
                library.search("heron in the reeds")
            except Exception as error:  # noqa: BLE001 - whatever it is, the test must not hang
                faults.append(error)

    asking = threading.Thread(target=ask)
    asking.start()
    sync_paths(library, [tmp_path])
    done.set()
    asking.join()
    assert faults == []
    assert len(library.search("heron", top_k=50)) == 40
    assert verify(library) == []


def test_equal_texts_that_come_after_an_embedded_batch_are_in_the_vector_index(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.sync.embedding._AT_ONCE", 1)
    texts = ["The same words.", "Other words.", "The same words."]
    documents = [Document(str(i), str(i), "", "text/plain", t, {}, (), str(i), 0.0) for i, t in enumerate(texts)]
    add_documents(library, documents, progress=lambda _: library.refresh())
    assert library.indexes.embeddings.count() == 3
    assert verify(library) == []


def test_equal_texts_are_embedded_once(library: Library, encoder: WordEncoder) -> None:
    documents = [Document(name, name, "", "text/plain", "The same words.", {}, (), name, 0.0) for name in "abc"]
    assert add_documents(library, documents) == 3
    assert encoder.embedded == ["The same words."]
    assert len(library.search("same words")) == 3
    library.remove(["a"])
    assert len(library.search("same words")) == 2
    assert verify(library) == []


def test_dense_search_is_exact(library: Library) -> None:
    texts = [" ".join(f"word{(7 * number + step) % 50}" for step in range(number % 9 + 1)) for number in range(300)]
    documents = [
        Document(f"d{i}", f"d{i}", "", "text/plain", text, {}, (), str(i), 0.0) for i, text in enumerate(texts)
    ]
    add_documents(library, documents)
    ids, embeddings = library.store.catalog.embeddings(1, 300)
    query = library.encoder.embed_query("word3 word4 word5 word6")
    scores = embeddings @ query
    nearest = library.indexes.embeddings.cosines(query, library.indexes.embeddings.nearest(query, top_k=20).tolist())
    np.testing.assert_allclose(list(nearest.values()), np.sort(scores)[::-1][:20], rtol=1e-5)
    assert all(np.isclose(scores[list(ids).index(i)], score, rtol=1e-5) for i, score in nearest.items())
    assert set(library.indexes.embeddings.nearest(query, top_k=5, within=ids[:3])) == set(ids[:3].tolist())


def test_scripts_without_spaces_are_found_by_their_words(library: Library) -> None:
    texts = {"ja": "東京は日本の首都です。", "th": "กรุงเทพเป็นเมืองหลวงของไทย", "en": "Paris is a capital."}
    add_documents(library, [Document(k, k, "", "text/plain", v, {}, (), k, 0.0) for k, v in texts.items()])
    assert list(library.indexes.words.search("日本の首都", top_k=5)) == [1]
    assert list(library.indexes.words.search("เมืองหลวง", top_k=5)) == [2]


def test_half_a_surrogate_pair_and_a_null_in_a_text_do_no_harm(library: Library) -> None:
    text = "Before \ud800 the break.\x00 After the null comes a tortoise."
    add_documents(library, [Document("odd", "odd", "t\udfff", "text/plain", text, {}, (), "odd", 0.0)])
    [hit] = library.search("tortoise")
    assert library.document("odd").text[hit.passage.start : hit.passage.end] == text


def test_words_are_folded_and_stemmed_and_function_words_left_out_of_queries() -> None:
    assert split_words("Visited Cafés, visits") == ["visit", "cafe", "visit"]
    assert content_words("When did the CEO visit the factory?") == ["ceo", "visit", "factori"]
    assert content_words("who is it") == ["who", "is", "it"]


def test_fusion_ranks_by_the_weighted_sum_and_breaks_ties_by_number() -> None:
    assert fuse({}, {}) == {}
    assert list(fuse({1: 0.9, 2: 0.2}, {2: 1.0, 3: 0.1}, weight=0.5)) == [2, 1, 3]
    assert list(fuse({2: 0.5, 1: 0.5}, {})) == [1, 2]
    assert fuse({1: -0.4}, {1: 0.0}) == {1: 0.0}
