"""The shelf: what is said of files that were added, from before they are read until they are removed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from index.errors import HomeError, SettingsError
from index.library import Library
from index.writer import Writer
from ui.web.state.indexing import Indexing
from ui.web.state.shelf import Shelf

if TYPE_CHECKING:
    from conftest import GatedEncoder


def add(library: Library, indexing: Indexing, name: str, data: bytes) -> Path:
    with library.upload(name, size=len(data)) as upload:
        upload.write(data)
        place = upload.keep()
    indexing.add(place)
    return place


def test_what_was_added_is_not_searched_before_it_is_read_and_then_tells_what_became_of_it(
    library: Library, indexing: Indexing, encoder: GatedEncoder
) -> None:
    encoder.go_on.set()
    shelf = Shelf(indexing)
    with library.writing():  # nothing is read meanwhile
        owl = add(library, indexing, "owl.txt", b"The owl is called Archibald.")
        assert [(one.path, one.entry) for one in shelf.added(library.entries())] == [(owl, None)]
        assert shelf.reading(shelf.added([])) == "owl.txt is being read: it is not searched yet."
        add(library, indexing, "bad.pdf", b"no PDF")
        assert shelf.reading(shelf.added([])) == "2 added documents are being read: they are not searched yet."
        indexing.clear_added()
        assert len(shelf.added([])) == 2, "what waits stays in the list"
    assert indexing.wait(60)
    found = shelf.added(library.entries())
    assert [(one.path.name, one.entry and one.entry.state) for one in found] == [
        ("bad.pdf", "rejected"),
        ("owl.txt", "indexed"),
    ]
    assert shelf.reading(found) == ""
    assert shelf.remove([str(owl)], library.entries()) == 1
    assert [one.path.name for one in shelf.added(library.entries())] == ["bad.pdf"]
    indexing.clear_added()
    assert shelf.added(library.entries()) == []


def test_a_removal_that_fails_half_way_can_be_taken_back(
    library: Library, indexing: Indexing, encoder: GatedEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoder.go_on.set()
    shelf = Shelf(indexing)
    owl = add(library, indexing, "owl.txt", b"The owl is called Archibald.")
    assert indexing.wait(60)
    pets = library.make_collection("Pets")
    library.collect(pets, [str(owl)])
    with monkeypatch.context() as patched:
        patched.setattr(Writer, "catch_up", fail)
        assert shelf.remove([str(owl)], library.entries()) == 0
    assert shelf.trouble == "owl.txt is not removed: the disk is full"
    [removal] = shelf.undoable
    assert shelf.take_back(removal.key) == 0
    assert indexing.wait(60)
    assert owl.read_bytes() == b"The owl is called Archibald."
    assert [entry.path for entry in library.entries()] == [str(owl)]
    assert [one.paths for one in library.collections()] == [(str(owl),)]


def fail(*_: object) -> None:
    raise HomeError("the disk is full")


def test_a_move_is_taken_back_but_for_what_was_in_the_other_collection_before(
    library: Library, indexing: Indexing, encoder: GatedEncoder
) -> None:
    encoder.go_on.set()
    shelf = Shelf(indexing)
    paths = [str(add(library, indexing, f"{name}.txt", name.encode())) for name in ("cat", "dog")]
    assert indexing.wait(60)
    cat, dog = paths
    pets, others = library.make_collection("Pets"), library.make_collection("Others")
    library.collect(pets, paths)
    library.collect(others, [dog])
    shelf.move(pets, "none", paths)
    shelf.move(pets, pets, paths)
    assert shelf.undoable == []
    shelf.move(pets, others, paths)
    assert {one.name: one.paths for one in library.collections()} == {"Others": (cat, dog), "Pets": ()}
    [move] = shelf.undoable
    assert shelf.take_back(move.key) == 0
    assert {one.name: one.paths for one in library.collections()} == {"Others": (dog,), "Pets": (cat, dog)}
    shelf.move(pets, others, paths)
    library.delete_collection(pets)
    [move] = shelf.undoable
    with pytest.raises(SettingsError, match="the collection is gone"):
        shelf.take_back(move.key)
    with pytest.raises(SettingsError, match="any more"):
        shelf.take_back(move.key)


def test_what_was_added_and_is_there_already_is_named(
    library: Library, indexing: Indexing, encoder: GatedEncoder
) -> None:
    encoder.go_on.set()
    shelf = Shelf(indexing)
    add(library, indexing, "owl.txt", b"The owl is called Archibald.")
    add(library, indexing, "again.txt", b"The owl is called Archibald.")
    add(library, indexing, "eel.txt", b"The eel is called Leopold.")
    assert indexing.wait(60)
    found = {one.path.name: one.same for one in shelf.added(library.entries())}
    assert found == {"owl.txt": "again.txt", "again.txt": "owl.txt", "eel.txt": ""}


def test_only_what_is_in_the_library_is_removed(library: Library, indexing: Indexing, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("Nobody may delete this.")
    shelf = Shelf(indexing)
    for path in (str(tmp_path / "mine.txt"), str(tmp_path), "", "/", str(library.home)):
        assert shelf.remove([path], library.entries()) == 0
    assert (tmp_path / "mine.txt").exists()
    assert shelf.trouble == ""


def test_what_is_added_is_read_before_a_long_run_goes_on(
    library: Library, indexing: Indexing, encoder: GatedEncoder, tmp_path: Path
) -> None:
    (tmp_path / "many").mkdir()
    for number in range(200):
        (tmp_path / "many" / f"{number:03}.txt").write_text(f"Document {number} says this.")
    indexing.start([tmp_path / "many"])
    owl = add(library, indexing, "owl.txt", b"The owl is called Archibald.")
    encoder.go_on.set()
    assert indexing.wait(180)
    order = [library.store.catalog.document(doc_id) for doc_id in library.store.catalog.document_ids()]
    assert [document.path for document in order if document].index(str(owl)) < 150
    assert library.counts().documents == library.counts().embedded == 201
