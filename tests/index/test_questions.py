"""Questions are kept of documents, and are gone with them: from the catalog, and from its file."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from support import WordEncoder

from index import Library, find_traces, sync_paths, verify
from index.store import schema


@pytest.fixture
def folder(library: Library, tmp_path: Path) -> Path:
    folder = tmp_path / "documents"
    folder.mkdir()
    for name in ("cat", "dog"):
        (folder / f"{name}.txt").write_text(f"The {name} is fed every morning.")
    sync_paths(library, [folder])
    for entry in library.entries():
        library.keep_questions(entry.doc_id, f"How often is {Path(entry.path).stem}zilla fed?")
    return folder


def test_questions_go_with_their_document(library: Library, folder: Path) -> None:
    assert sorted(library.questions().values()) == ["How often is catzilla fed?", "How often is dogzilla fed?"]
    assert find_traces(library.home, "catzilla")
    library.remove([str(folder / "cat.txt")])
    assert list(library.questions().values()) == ["How often is dogzilla fed?"]
    assert find_traces(library.home, "catzilla") == []
    (folder / "dog.txt").write_text("The dog is fed every evening.")
    sync_paths(library, [folder])
    assert library.questions() == {}
    assert verify(library) == []


def test_of_a_document_that_is_gone_nothing_is_kept(library: Library, folder: Path) -> None:
    library.keep_questions("nobody", "Who?")
    assert "nobody" not in library.questions()
    assert verify(library) == []


def test_what_was_altered_is_left_out(library: Library, folder: Path) -> None:
    with library.store.catalog.database.begin() as connection:  # type: ignore[attr-defined]
        connection.execute(sa.update(schema.questions).values(body="Is it?"))
    assert library.questions() == {}


def test_they_are_there_after_a_restart(library: Library, folder: Path, encoder: WordEncoder) -> None:
    before = library.questions()
    library.close()
    with closing(Library(library.home, encoder)) as opened:
        assert opened.questions() == before != {}
