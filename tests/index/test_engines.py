"""Other search indexes have their place: one class each, here one that compares all, and one that is a plain dict."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
from numpy.typing import NDArray
from support import WordEncoder

from index.errors import DamagedError
from index.library import ENGINES, Library
from index.search.protocol import DerivedIndex, EmbeddingIndex, Engines, Scores, WordIndex
from index.store.protocol import Catalog
from index.store.verify import find_traces, verify
from index.sync.sync import rebuild, sync_paths
from index.text.names import file_words
from index.text.words import content_words, split_words
from rag.assistant import Assistant

TEXTS = {"cat": "The grey cat is called Bartholomew.", "dog": "The dog barks at herons. The dog is called Augustus."}


class InMemory:
    """The embeddings of the catalog, read anew after each change. It keeps no file."""

    FOLDER: ClassVar[str] = "in-memory"

    @classmethod
    def saved_sequence(cls, _home: Path) -> int | None:
        return None

    @classmethod
    def size(cls, _home: Path) -> int:
        return 0

    @classmethod
    def discard(cls, _home: Path) -> None: ...

    def __init__(self, _home: Path, catalog: Catalog, _model: tuple[str, str], _dimension: int) -> None:
        self._catalog = catalog
        self.rebuild()

    def rebuild(self) -> None:
        self.sequence = self._catalog.sequence()
        self._rows = {
            int(i): row for ids, rows in self._catalog.all_embeddings(100) for i, row in zip(ids, rows, strict=True)
        }

    refresh = catch_up = rebuild

    def count(self) -> int:
        return len(self._rows)

    def deleted(self) -> int:
        return 0

    def problems(self) -> list[str]:
        return []

    def nearest(
        self, query: NDArray[np.float32], *, top_k: int, within: NDArray[np.int64] | None = None
    ) -> NDArray[np.int64]:
        chosen: Sequence[int] = list(self._rows) if within is None else [i for i in within.tolist() if i in self._rows]
        return np.asarray(sorted(chosen, key=lambda i: -float(self._rows[i] @ query))[:top_k], dtype=np.int64)

    def agrees(self, passage_id: int, embedding: NDArray[np.float32]) -> bool:
        return bool(np.allclose(self._rows[passage_id], embedding))


class PlainWords:
    """The words of each passage in a dict by document, all of it in one JSON file."""

    FOLDER: ClassVar[str] = "plain-words"
    unreadable = False

    @classmethod
    def saved_sequence(cls, home: Path) -> int | None:
        path = home / cls.FOLDER / "words.json"
        return int(json.loads(path.read_text())["sequence"]) if path.exists() else None

    @classmethod
    def size(cls, home: Path) -> int:
        path = home / cls.FOLDER / "words.json"
        return path.stat().st_size if path.exists() else 0

    @classmethod
    def discard(cls, home: Path) -> None:
        (home / cls.FOLDER / "words.json").unlink(missing_ok=True)

    def __init__(self, home: Path, catalog: Catalog) -> None:
        self._path, self._catalog = home / self.FOLDER / "words.json", catalog
        self.refresh()

    def refresh(self) -> None:
        kept = json.loads(self._path.read_text()) if self._path.exists() else {}
        ours = kept.get("catalog") == self._catalog.catalog_id
        self.sequence: int = kept["sequence"] if ours else 0
        self._documents: dict[str, list[tuple[int, list[str]]]] = kept["documents"] if ours else {}

    def catch_up(self) -> None:
        for change in self._catalog.changes(self.sequence):
            self._documents.pop(change.doc_id, None)
            paths = self._catalog.paths([change.doc_id]).get(change.doc_id, ())
            for stored in self._catalog.stored_passages([change.doc_id]):
                words = split_words(f"{file_words(stored.title, paths)}\n{stored.indexed_text}")
                self._documents.setdefault(change.doc_id, []).append((stored.passage.passage_id, words))
            self.sequence = change.sequence
        kept = {"catalog": self._catalog.catalog_id, "sequence": self.sequence, "documents": self._documents}
        self._path.parent.mkdir(exist_ok=True)
        self._path.write_text(json.dumps(kept))

    def rebuild(self) -> None:
        self.sequence, self._documents = 0, {}
        self.catch_up()

    def count(self) -> int:
        return sum(map(len, self._documents.values()))

    def deleted(self) -> int:
        return 0

    def problems(self) -> list[str]:
        return [] if self._path.exists() else [f"{self._path} is missing"]

    def search(self, query: str, *, top_k: int, doc_ids: Sequence[str] | None = None) -> Scores:
        asked = content_words(query)
        scores = {
            number: sum(self.rarity(word) for word in asked if word in words) / sum(map(self.rarity, asked))
            for doc_id, passages in self._documents.items()
            for number, words in (passages if doc_ids is None or doc_id in doc_ids else ())
        }
        best = sorted((number for number in scores if scores[number]), key=lambda number: (-scores[number], number))
        return {number: scores[number] for number in best[:top_k]}

    def document_frequency(self, word: str) -> int:
        return sum(word in words for passages in self._documents.values() for _, words in passages)

    def rarity(self, word: str) -> float:
        number, holding = self.count(), self.document_frequency(word)
        return math.log(1 + (number - holding + 0.5) / (holding + 0.5))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the two documents."""
    (tmp_path / "documents").mkdir()
    for name, text in TEXTS.items():
        (tmp_path / "documents" / f"{name}.txt").write_text(text)
    return tmp_path / "documents"


def open_with(home: Path, engines: Engines) -> Library:
    return Library(home, WordEncoder(), engines=engines)


@pytest.fixture
def library(tmp_path: Path, folder: Path) -> Iterator[Library]:
    """A library of the two documents without an engine of ours."""
    opened = open_with(tmp_path / "home", Engines(PlainWords, InMemory))
    sync_paths(opened, [folder])
    yield opened
    opened.close()


def test_another_index_of_embeddings_takes_the_place_of_ours(tmp_path: Path, folder: Path) -> None:
    library = open_with(tmp_path / "home", Engines(ENGINES.words, InMemory))
    index: EmbeddingIndex = library.indexes.embeddings
    assert isinstance(index, InMemory)
    sync_paths(library, [folder])
    assert verify(library) == []
    assert library.document(library.search("the dog and the herons")[0].passage.doc_id).title == "dog"
    (folder / "dog.txt").unlink()
    sync_paths(library, [folder])
    assert [library.document(hit.passage.doc_id).title for hit in library.search("the dog")] == ["cat"]
    assert verify(library) == []
    assert not (tmp_path / "home" / "vectors").exists()
    library.close()


def test_a_question_is_answered_with_a_citation_through_other_indexes(library: Library) -> None:
    index: WordIndex = library.indexes.words
    assert isinstance(index, PlainWords)
    answer = Assistant(library).ask("What is the dog called?")
    (citation,) = answer.citations
    assert "Augustus" in answer.text
    assert library.document(citation.doc_id).text[citation.start : citation.end] == citation.quote
    assert index.search("the grey cat", top_k=5).keys() < {1, 2}
    assert library.search("the grey cat", documents=[citation.doc_id])[0].passage.doc_id == citation.doc_id


def test_other_indexes_forget_what_is_deleted_and_leave_no_trace_of_it(library: Library, folder: Path) -> None:
    assert find_traces(library.home, "augustu")
    (folder / "dog.txt").unlink()
    sync_paths(library, [folder])
    assert library.indexes.words.search("the dog", top_k=5) == {}
    assert [library.document(hit.passage.doc_id).title for hit in library.search("the dog")] == ["cat"]
    assert "Augustus" not in Assistant(library).ask("What is the dog called?").text
    assert find_traces(library.home, "augustu") == []
    assert verify(library) == []


def test_other_indexes_are_verified_and_made_anew(library: Library) -> None:
    assert verify(library) == []
    PlainWords.discard(library.home)
    assert [line for line in verify(library) if "words.json is missing" in line]
    rebuild(library)
    assert verify(library) == []
    assert library.document(library.search("herons")[0].passage.doc_id).title == "dog"


def test_other_indexes_are_found_again_at_the_next_start(library: Library, tmp_path: Path) -> None:
    again = open_with(tmp_path / "home", Engines(PlainWords, InMemory))
    assert again.indexes.words.sequence == library.sequence()
    assert again.indexes.words.search("herons", top_k=5) == library.indexes.words.search("herons", top_k=5) != {}
    again.close()


def test_an_index_alone_says_what_it_keeps_and_how_much_it_is(library: Library) -> None:
    kept = library.home / "plain-words" / "words.json"
    sizes = library.sizes()
    assert (sizes["lexical"], sizes["vectors"]) == (kept.stat().st_size, 0)
    assert sizes["catalog"] > 0
    assert not [path for path in library.home.iterdir() if path.name in ENGINES.folders]


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
def test_what_another_index_keeps_is_closed_to_others(library: Library) -> None:
    kept = library.home / "plain-words" / "words.json"
    kept.chmod(0o644)
    library.close()
    assert (kept.stat().st_mode & 0o077, library.home.stat().st_mode & 0o077) == (0, 0)


def test_what_was_derived_from_changes_that_the_catalog_has_not_is_made_anew(library: Library, tmp_path: Path) -> None:
    sequence, catalog_id = library.sequence(), library.store.catalog.catalog_id
    kept = library.home / "plain-words" / "words.json"
    kept.write_text(json.dumps({**json.loads(kept.read_text()), "sequence": sequence + 9}))
    again = open_with(tmp_path / "home", Engines(PlainWords, InMemory))
    assert again.store.catalog.catalog_id != catalog_id
    assert again.document(again.search("herons")[0].passage.doc_id).title == "dog"
    assert again.indexes.words.sequence == sequence
    again.close()


def test_a_catalog_that_was_emptied_is_noticed_by_what_was_derived_from_it(library: Library, tmp_path: Path) -> None:
    library.close()
    (library.home / "catalog.sqlite").write_bytes(b"")
    with pytest.raises(DamagedError, match="emptied"):
        open_with(tmp_path / "home", Engines(PlainWords, InMemory))
    PlainWords.discard(library.home)
    fresh = open_with(tmp_path / "home", Engines(PlainWords, InMemory))
    assert fresh.is_empty()
    fresh.close()


@pytest.mark.parametrize("engine", ENGINES, ids=ENGINES.folders)
def test_what_ours_keep_is_thrown_away_whole_and_made_again(
    engine: type[DerivedIndex], tmp_path: Path, folder: Path
) -> None:
    library = open_with(tmp_path / "home", ENGINES)
    assert (engine.saved_sequence(library.home), engine.size(library.home)) == (None, 0)
    sync_paths(library, [folder])
    kept = [path for path in (library.home / engine.FOLDER).rglob("*") if path.is_file()]
    assert engine.size(library.home) == sum(path.stat().st_size for path in kept) > 0
    assert engine.saved_sequence(library.home) == library.sequence()
    library.close()
    engine.discard(library.home)
    assert (engine.saved_sequence(library.home), engine.size(library.home)) == (None, 0)
    again = open_with(tmp_path / "home", ENGINES)
    assert again.document(again.search("herons")[0].passage.doc_id).title == "dog"
    sync_paths(again, [folder])
    assert verify(again) == []
    again.close()
