"""Other search indexes have their place: each is one file and one line, here the two of `tests/toys/`."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from support import WordEncoder
from toys.embedding_index import InMemory
from toys.search_index import PlainWords

from index.errors import DamagedError
from index.library import ENGINES, Library
from index.search.derived import read_manifest, write_manifest
from index.search.protocol import DerivedIndex, EmbeddingIndex, Engines, WordIndex
from index.store.repair import repair
from index.store.verify import find_traces, verify
from index.sync.sync import rebuild, sync_paths
from rag.assistant import Assistant

TEXTS = {"cat": "The grey cat is called Bartholomew.", "dog": "The dog barks at herons. The dog is called Augustus."}


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
    opened = Library(tmp_path / "home", WordEncoder(), engines=Engines(PlainWords, InMemory))
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
    assert [line for line in verify(library) if "the lexical index has 0 passages, the catalog 2" in line]
    rebuild(library)
    assert verify(library) == []
    assert library.document(library.search("herons")[0].passage.doc_id).title == "dog"


@pytest.mark.parametrize("damage", [b"", b"{}", b"\xff\x00"])
def test_another_index_that_is_damaged_is_made_anew(library: Library, tmp_path: Path, damage: bytes) -> None:
    (library.home / PlainWords.FOLDER / "manifest.json").write_bytes(damage)
    assert [line for line in verify(library) if "manifest.json is damaged" in line]
    again = open_with(tmp_path / "home", Engines(PlainWords, InMemory))
    assert again.document(again.search("herons")[0].passage.doc_id).title == "dog"
    assert verify(again) == []
    again.close()


def test_other_indexes_are_found_again_at_the_next_start(library: Library, tmp_path: Path) -> None:
    again = open_with(tmp_path / "home", Engines(PlainWords, InMemory))
    assert again.indexes.words.sequence == library.sequence()
    assert again.indexes.words.search("herons", top_k=5) == library.indexes.words.search("herons", top_k=5) != {}
    again.close()


def test_an_index_alone_says_what_it_keeps_and_how_much_it_is(library: Library) -> None:
    kept = library.home / PlainWords.FOLDER / "manifest.json"
    sizes = library.sizes()
    assert (sizes["lexical"], sizes["vectors"]) == (kept.stat().st_size, 0)
    assert sizes["catalog"] > 0
    assert not [path for path in library.home.iterdir() if path.name in ENGINES.folders]


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
def test_what_another_index_keeps_is_closed_to_others(library: Library) -> None:
    kept = library.home / PlainWords.FOLDER / "manifest.json"
    kept.chmod(0o644)
    library.close()
    assert (kept.stat().st_mode & 0o077, library.home.stat().st_mode & 0o077) == (0, 0)


def test_what_was_derived_from_changes_that_the_catalog_has_not_is_made_anew(library: Library, tmp_path: Path) -> None:
    sequence, catalog_id = library.sequence(), library.store.catalog.catalog_id
    kept = library.home / PlainWords.FOLDER / "manifest.json"
    write_manifest(kept, {**read_manifest(kept), "sequence": sequence + 9})
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


def test_a_repair_throws_away_what_other_indexes_keep_and_makes_it_anew(library: Library) -> None:
    home, engines = library.home, Engines(PlainWords, InMemory)
    library.close()
    stray = home / PlainWords.FOLDER / "of-nobody"  # which only goes with all that is there
    stray.touch()
    with contextlib.closing(sqlite3.connect(home / "catalog.sqlite")) as connection, connection:
        connection.execute("update documents set title = 'hound' where title = 'dog'")
    assert "1 damaged documents were read again from their files" in repair(home, WordEncoder(), engines=engines)
    assert not stray.exists()
    again = open_with(home, engines)
    assert PlainWords.saved_sequence(home) == again.indexes.words.sequence == again.sequence()
    assert again.document(again.search("herons")[0].passage.doc_id).title == "dog"
    assert verify(again) == []
    assert not [path for path in home.iterdir() if path.name in ENGINES.folders]
    again.close()


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
