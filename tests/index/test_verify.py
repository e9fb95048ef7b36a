"""Verifying and repairing: each invariant is broken by itself, is reported, and is whole again after a repair."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
from pathlib import Path

import numpy as np
import pytest
from support import WordEncoder

from index.library import Library
from index.store.repair import repair
from index.store.verify import find_traces, verify
from index.sync.sync import sync_paths

TEXT = "# Heron {0}\n\nThe heron {0} stands in the reeds.\n\n## Night\n\nNobody saw heron {0} by night."
# What is done to the catalog, and what `verify` then says.
BROKEN = {
    "delete from files where path like '%/2.md'": "a document is held by no file",
    "update files set doc_id = 'none' where path like '%/2.md'": "a file is said to hold a document that is not there",
    "delete from documents where title = 'Heron 2'": "a file is said to hold a document that is not there",
    "insert into pages values ('none', 1, 0, 1, 1.0, 1.0, '', null, null)": "a page is of a document that is not there",
    "update passages set doc_id = 'none' where passage_id = 3": "a passage is of a document that is not there",
    "insert into embeddings values (x'00', x'00', 0)": "an embedding is of no passage",
    "delete from embeddings where embedding_key = (select embedding_key from passages limit 1)": (
        "a passage has no embedding and waits for none"
    ),
    "insert into pending values (99)": "what waits for an embedding is no passage",
    "insert into pending values (3)": "a passage waits for an embedding that is there",
    "update meta set value = '3' where key = 'last_passage'": "a passage has a number that was not given yet",
    "insert into changes values (1000, 'add', 'none', 500, 500)": "a change is of a passage that was not numbered yet",
    "update documents set text = cast(replace(text, 'reeds', 'weeds') as blob) where title = 'Heron 2'": "is damaged",
    "update documents set title = 'Heron 22' where title = 'Heron 2'": "is damaged",
    "update documents set modified = modified + 1 where title = 'Heron 2'": "is damaged",
    "update files set path = path || 'x' where path like '%/2.md'": "is damaged",
    "update files set modified = modified + 1 where path like '%/2.md'": "is damaged",
    "update passages set start = start + 1 where passage_id = 3": "is damaged",
    "update passages set page = 7 where passage_id = 3": "is damaged",
    "delete from passages where passage_id = 3": "is in no passage",
    "update embeddings set vector = zeroblob(768)": "is damaged",
    "delete from changes": "the lexical index has 0 passages",
}


@pytest.fixture
def folder(tmp_path: Path, library: Library) -> Path:
    """A folder of documents, which are in the library."""
    made = tmp_path / "documents"
    made.mkdir()
    for number in range(5):
        (made / f"{number}.md").write_text(TEXT.format(number))
    sync_paths(library, [made])
    assert verify(library) == []
    return made


def change(home: Path, statement: str) -> None:
    with contextlib.closing(sqlite3.connect(home / "catalog.sqlite")) as connection, connection:
        assert connection.execute(statement).rowcount > 0


def verified(home: Path) -> list[str]:
    library = Library(home, WordEncoder())
    try:
        return verify(library)
    finally:
        library.close()


@pytest.mark.parametrize(("statement", "line"), BROKEN.items(), ids=BROKEN.keys())
def test_a_broken_catalog_is_reported_and_a_repair_makes_it_whole(
    statement: str, line: str, library: Library, folder: Path
) -> None:
    expected = library.entries()
    texts = {entry.path: library.document(entry.doc_id).text for entry in expected}
    library.close()
    change(library.home, statement)
    found = verified(library.home)
    assert any(line in problem for problem in found), found
    assert any("run `pincite verify --repair`" in problem for problem in found)
    repair(library.home, WordEncoder())
    assert verified(library.home) == []
    mended = Library(library.home, WordEncoder())
    try:
        assert mended.entries() == expected
        assert {entry.path: mended.document(entry.doc_id).text for entry in expected} == texts
        assert len(mended.search("heron by night", top_k=50)) == 10
    finally:
        mended.close()


def test_a_passage_without_embedding_is_reported_until_it_has_one(library: Library, folder: Path) -> None:
    (folder / "6.md").write_text(TEXT.format(6))
    with pytest.raises(InterruptedError):
        sync_paths(library, [folder], progress=stop_at_embedding)
    assert any("2 passages have no embedding yet" in problem for problem in verify(library))
    sync_paths(library, [folder])
    assert verify(library) == []


def stop_at_embedding(progress: object) -> None:
    if getattr(progress, "stage", "") == "embedding":
        raise InterruptedError


def test_embeddings_of_another_model_are_reported(library: Library, folder: Path) -> None:
    class OtherEncoder(WordEncoder):
        def _embed(self, text: str) -> np.ndarray:
            return np.ascontiguousarray(super()._embed(text)[::-1])

    other = Library(library.home, OtherEncoder())
    try:
        assert any("is not what the model gives" in problem for problem in verify(other))
    finally:
        other.close()


def test_another_embedding_in_the_vector_index_is_reported(library: Library, folder: Path) -> None:
    index = library.indexes.embeddings
    first, _ = library.store.catalog.embeddings(1, 1)
    _, another = library.store.catalog.embeddings(4, 4)
    index._index.remove_ids(first)
    index._index.add_with_ids(another, first)
    found = verify(library)
    # Only a sample is looked at; here the last passage of each document.
    assert found == [] or all("is another one in the vector index" in problem for problem in found)
    last, _ = library.store.catalog.embeddings(2, 2)
    index._index.remove_ids(last)
    index._index.add_with_ids(another, last)
    assert any("is another one in the vector index" in problem for problem in verify(library))


@pytest.mark.parametrize("name", ["lexical", "vectors"])
def test_an_index_that_lags_behind_or_has_too_much_is_reported(name: str, library: Library, folder: Path) -> None:
    kept = library.home.with_name("kept")
    shutil.copytree(library.home / name, kept)
    (folder / "1.md").unlink()
    sync_paths(library, [folder])
    library.close()
    shutil.rmtree(library.home / name)
    shutil.copytree(kept, library.home / name)
    found = verified(library.home)
    assert found
    assert all(name[:6] in problem for problem in found)
    repair(library.home, WordEncoder())
    assert verified(library.home) == []


def test_damaged_files_and_files_that_are_of_no_index_are_reported(library: Library, folder: Path) -> None:
    library.close()
    terms = min((library.home / "lexical").glob("*/*.term"))
    left = [
        library.home / "lexical" / "1-0123abcd",
        terms.with_name("0" * 32 + ".term"),
        library.home / "vectors" / "vectors-1-0123abcd.faiss",
        library.home / "saved.sqlite",
    ]
    left[0].mkdir()
    for path in left[1:]:
        shutil.copy(terms, path)
    found = verified(library.home)
    for path in left:
        assert any(str(path) in problem for problem in found), found
    repair(library.home, WordEncoder())
    assert verified(library.home) == []
    assert not any(path.exists() for path in left)


def test_a_lexical_file_that_is_damaged_under_an_open_library_is_reported(library: Library, folder: Path) -> None:
    for terms in list((library.home / "lexical").glob("*/*.term")):
        terms.write_bytes(bytes(len(terms.read_bytes())))
    assert any("is damaged" in problem for problem in verify(library))


def test_what_was_deleted_and_not_compacted_is_reported(library: Library, folder: Path) -> None:
    library.store.catalog.remove_files([str(folder / "1.md")])
    library.indexes.catch_up()
    found = verify(library)
    assert any("still hold something of 2 deleted passages" in problem for problem in found)
    assert any("may still hold something of what was deleted" in problem for problem in found)
    library.compact()
    assert verify(library) == []


def test_traces_are_found_in_any_encoding_and_across_parts_of_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.store.verify._AT_ONCE", 16)
    (tmp_path / "a").write_bytes(b"x" * 11 + b"Zyxomandrel" + b"y" * 40)
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "b").write_bytes(b"x" * 7 + "zyxomandrel".encode("utf-16-le"))
    (tmp_path / "c").write_bytes(b"nothing")
    assert [Path(path).name for path in find_traces(tmp_path, "Zyxomandrel")] == ["a", "b"]
