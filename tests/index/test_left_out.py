"""What is left out of a document is kept with it, checked like all that is read, and gone with it."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from support import WordEncoder

from index import Library, find_traces, repair, sync_paths, verify
from index.errors import DamagedError, DocumentRejectedError
from index.isolation.packing import document_message, document_of
from index.readers.hidden import LONGEST, MOST_NAMED
from index.records import Document, LeftOut
from index.store import schema

LIE = "The warranty is Bartholomew years long."
PAGE = "<style>.away {{ visibility: hidden }}</style><p>It runs well{}.</p><p class=away>{}</p>"


@pytest.fixture
def folder(library: Library, tmp_path: Path) -> Path:
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "pump.html").write_text(PAGE.format("", LIE))
    (folder / "plain.txt").write_text("Nothing is hidden here.")
    sync_paths(library, [folder])
    return folder


def left_out(library: Library) -> dict[str, tuple[LeftOut, ...]]:
    return {Path(entry.path).name: library.document(entry.doc_id).left_out for entry in library.entries()}


def test_it_is_kept_with_the_document_and_not_searched(library: Library, folder: Path, encoder: WordEncoder) -> None:
    told = {"pump.html": (LeftOut("hidden", LIE),), "plain.txt": ()}
    assert left_out(library) == told
    assert all(LIE not in library.document(hit.passage.doc_id).text for hit in library.search("Bartholomew"))
    library.close()
    with closing(Library(library.home, encoder)) as opened:
        assert left_out(opened) == told
        assert verify(opened) == []


def test_it_goes_with_its_document(library: Library, folder: Path) -> None:
    assert find_traces(library.home, "Bartholomew")
    library.remove([str(folder / "pump.html")])
    assert find_traces(library.home, "Bartholomew") == []
    assert verify(library) == []


def test_it_is_what_the_file_has_now(library: Library, folder: Path) -> None:
    (folder / "pump.html").write_text(PAGE.format(" still", "It is said to be the best of all."))
    sync_paths(library, [folder])
    assert left_out(library)["pump.html"] == (LeftOut("hidden", "It is said to be the best of all."),)
    (folder / "pump.html").write_text("<p>It runs well.</p>")
    sync_paths(library, [folder])
    assert left_out(library)["pump.html"] == ()
    assert verify(library) == []


def test_a_library_of_before_has_none_until_its_files_are_read_again(
    library: Library, folder: Path, encoder: WordEncoder
) -> None:
    with library.store.catalog.database.begin() as connection:  # type: ignore[attr-defined]
        connection.exec_driver_sql("drop table left_out")
        connection.exec_driver_sql("update meta set value = '8' where key = 'format'")
    library.close()
    with closing(Library(library.home, encoder)) as opened:
        assert left_out(opened) == {"pump.html": (), "plain.txt": ()}
        sync_paths(opened, [folder], anew=[folder / "pump.html"])
        assert left_out(opened)["pump.html"] == (LeftOut("hidden", LIE),)
        assert verify(opened) == []


def test_what_was_altered_is_never_returned_and_mended_from_the_file(
    library: Library, folder: Path, encoder: WordEncoder
) -> None:
    with library.store.catalog.database.begin() as connection:  # type: ignore[attr-defined]
        connection.execute(sa.update(schema.left_out).values(body='[["hidden", "It is.", 1, null, null]]'))
    with pytest.raises(DamagedError):
        left_out(library)
    assert verify(library) != []
    library.close()
    repair(library.home, encoder)
    with closing(Library(library.home, encoder)) as opened:
        assert left_out(opened)["pump.html"] == (LeftOut("hidden", LIE),)
        assert verify(opened) == []


def test_a_repair_keeps_it(library: Library, folder: Path, encoder: WordEncoder) -> None:
    (folder / "pump.html").unlink()
    plain = next(entry.doc_id for entry in library.entries() if entry.path.endswith("plain.txt"))
    with library.store.catalog.database.begin() as connection:  # type: ignore[attr-defined]
        connection.execute(sa.update(schema.documents).where(schema.documents.c.doc_id == plain).values(title="x"))
    library.close()
    repair(library.home, encoder)
    with closing(Library(library.home, encoder)) as opened:
        pump = [entry for entry in opened.entries() if entry.path.endswith("pump.html")]
        assert all(opened.document(entry.doc_id).left_out == (LeftOut("hidden", LIE),) for entry in pump)
        assert verify(opened) == []


@pytest.mark.parametrize(
    "row",
    [
        ["shown", LIE, 1, None, None], ["hidden", LIE, "1", None, None], ["hidden", LIE, 1, "x", None],
        ["hidden", LIE], ["hidden", LIE, 0, None, None], [[], LIE, 1, None, None], "hidden",
    ],
)  # fmt: skip
def test_nonsense_of_the_process_that_reads_is_refused(row: object) -> None:
    fields, data = a_message()
    with pytest.raises(DocumentRejectedError, match="makes no sense"):
        document_of({**fields, "left_out": [row]}, b"".join(data), path="/a.txt")


def test_what_the_process_that_reads_tells_is_bounded() -> None:
    fields, data = a_message()
    rows = [["hidden", f"{number} " * 1000, 1, None, None] for number in range(1000)]
    found = document_of({**fields, "left_out": rows}, b"".join(data), path="/a.txt").left_out
    assert len(found) == MOST_NAMED + 1
    assert max(len(one.text) for one in found) == LONGEST
    assert sum(one.times for one in found) == 1000


def a_message() -> tuple[dict[str, object], list[bytes]]:
    return document_message(Document("id", "/a.txt", "A", "text/plain", "It runs.", {}, (), "0" * 64, 0.0))


def test_a_message_carries_it() -> None:
    told = (LeftOut("running", "ACME — 1 … ACME — 9", 9, 1, 9), LeftOut("hidden", LIE))
    document = Document("id", "/a.pdf", "A", "application/pdf", "It runs.", {}, (), "0" * 64, 0.0, left_out=told)
    fields, data = document_message(document)
    assert document_of(fields, b"".join(data), path="/a.pdf").left_out == told
