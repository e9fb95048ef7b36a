"""What was removed stays out of the folders that are synced, until it is named; only copies of ours are deleted."""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from dataclasses import astuple
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from samples import zipped
from support import WordEncoder

from index.errors import IndexMismatchError
from index.library import Library
from index.records import Entry
from index.store import schema
from index.store.catalog import FORMAT
from index.store.home import CATALOG
from index.store.records import place_digest
from index.store.repair import repair
from index.store.verify import find_traces, verify
from index.sync.sync import sync_paths

CAT, DOG, FISH = "The grey cat is called Bartholomew.", "The dog barks at herons.", "Fish breathe with gills."


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "documents"
    (folder / "old").mkdir(parents=True)
    (folder / "cat.txt").write_text(CAT)
    (folder / "old" / "dog.txt").write_text(DOG)
    (folder / "old" / "fish.txt").write_text(FISH)
    return folder


def names(library: Library) -> set[str]:
    return {Path(entry.path).name for entry in library.entries()}


def test_a_removed_file_stays_out_of_its_folder_also_when_it_changes(library: Library, folder: Path) -> None:
    sync_paths(library, [folder])
    library.remove([str(folder / "cat.txt")])
    assert (folder / "cat.txt").read_text() == CAT
    assert sync_paths(library, [folder]).kept_out == 1
    (folder / "cat.txt").write_text(CAT + " It sleeps.")
    sync_paths(library, [folder], changed=[folder / "cat.txt"])
    assert names(library) == {"dog.txt", "fish.txt"}
    assert verify(library) == []
    assert find_traces(library.home, "cat.txt") == [], "its name is not kept either"


def test_a_file_that_is_named_comes_back_and_is_followed_again(library: Library, folder: Path) -> None:
    sync_paths(library, [folder])
    library.remove([str(folder / "cat.txt")])
    assert sync_paths(library, [folder / "cat.txt"]).indexed == 1
    (folder / "cat.txt").write_text("Another text.")
    report = sync_paths(library, [folder])
    assert (report.indexed, report.kept_out) == (1, 0)
    assert library.store.catalog.removed() == []


def test_a_removed_folder_stays_out_of_the_one_around_it(library: Library, folder: Path) -> None:
    sync_paths(library, [folder])
    assert len(library.remove([str(folder / "old")])) == 2
    (folder / "old" / "new.txt").write_text("It came later.")
    assert sync_paths(library, [folder]).kept_out == 3
    assert names(library) == {"cat.txt"}
    sync_paths(library, [folder / "old" / "dog.txt"])
    sync_paths(library, [folder])
    assert names(library) == {"cat.txt", "dog.txt"}
    sync_paths(library, [folder / "old"])
    sync_paths(library, [folder])
    assert names(library) == {"cat.txt", "dog.txt", "fish.txt", "new.txt"}


def test_a_folder_that_is_no_longer_synced_is_whole_when_it_is_named_again(library: Library, folder: Path) -> None:
    sync_paths(library, [folder])
    library.remove([str(folder)])
    assert library.store.catalog.removed() == []
    assert sync_paths(library, [folder]).indexed == 3


def test_it_is_forgotten_that_a_file_was_removed_when_it_is_gone(library: Library, folder: Path) -> None:
    sync_paths(library, [folder])
    library.remove([str(folder / "cat.txt")])
    (folder / "cat.txt").unlink()
    sync_paths(library, [folder])
    assert library.store.catalog.removed() == []
    (folder / "cat.txt").write_text("A new one of that name.")
    assert sync_paths(library, [folder]).indexed == 1


def test_a_file_inside_of_another_stays_out_when_that_is_read_again(library: Library, folder: Path) -> None:
    (folder / "all.zip").write_bytes(zipped({"one.txt": "One is a number.", "two.txt": "Two is more."}))
    sync_paths(library, [folder])
    library.remove([str(folder / "all.zip" / "one.txt")])
    (folder / "all.zip").write_bytes(zipped({"one.txt": "One is a number.", "three.txt": "Three is most."}))
    sync_paths(library, [folder])
    assert names(library) == {"cat.txt", "dog.txt", "fish.txt", "all.zip", "three.txt"}
    assert verify(library) == []


def test_what_was_removed_is_remembered_through_a_repair(library: Library, folder: Path, encoder: WordEncoder) -> None:
    sync_paths(library, [folder])
    library.remove([str(folder / "cat.txt")])
    with library.store.catalog.database.begin() as connection:  # type: ignore[attr-defined]
        connection.execute(sa.insert(schema.removed).values(place="not ours", holder="", root="", checksum=1))
    assert any("damaged in the table of removed" in line for line in verify(library))
    library.close()
    repair(library.home, encoder)
    with closing(Library(library.home, encoder)) as mended:
        assert [one.place for one in mended.store.catalog.removed()] == [place_digest(str(folder / "cat.txt"))]
        assert names(mended) == {"dog.txt", "fish.txt"}
        assert verify(mended) == []


class Counted(Entry):
    """An entry that counts how often anything of one is looked at."""

    looks = 0

    def __getattribute__(self, name: str) -> Any:
        Counted.looks += 1
        return super().__getattribute__(name)


def test_many_are_removed_without_looking_at_all_the_others_for_each(
    library: Library, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(60):
        (folder / f"{number}.txt").write_text(f"This is number {number}.")
    sync_paths(library, [folder])
    catalog, calls = library.store.catalog, Counter[str]()
    entries = [Counted(*astuple(entry)) for entry in catalog.entries()]

    def counted(name: str) -> None:
        real = getattr(catalog, name)

        def call(*given: Any) -> Any:
            calls[name] += 1
            return real(*given)

        monkeypatch.setattr(catalog, name, call)

    for name in ("roots", "forget_root"):
        counted(name)
    monkeypatch.setattr(catalog, "entries", lambda: entries)
    Counted.looks = 0
    assert len(library.remove([str(folder / f"{number}.txt") for number in range(60)])) == 60
    assert Counted.looks < 20 * len(entries)
    assert calls == {"roots": 1}


def test_of_what_is_removed_together_only_the_outermost_places_are_kept_out(library: Library, folder: Path) -> None:
    (folder / "older").mkdir()
    (folder / "older" / "owl.txt").write_text("The owl is called Archibald.")
    (folder / "all.zip").write_bytes(zipped({"one.txt": "One is a number.", "two.txt": "Two is more."}))
    sync_paths(library, [folder])
    inside = folder / "all.zip" / "one.txt"
    cat = library.store.catalog.files()[str(folder / "cat.txt")].doc_id or ""
    gone = library.remove(
        [cat, str(folder / "old"), str(folder / "old" / "dog.txt"), str(folder / "all.zip"), str(inside)]
    )
    assert len(gone) == 6
    kept_out = {one.place for one in library.store.catalog.removed()}
    assert kept_out == {place_digest(str(folder / name)) for name in ("cat.txt", "old", "all.zip")}
    assert names(library) == {"owl.txt"}
    assert verify(library) == []


def test_a_removal_can_be_taken_back_and_what_was_added_is_a_copy_again(
    library: Library, folder: Path, tmp_path: Path
) -> None:
    place, aside = added(library, "swan.txt", b"The swan is called Ottoline."), tmp_path / "aside"
    aside.mkdir()
    (folder / "all.zip").write_bytes(zipped({"one.txt": "The owl is called Archibald.", "two.txt": "Two is a number."}))
    sync_paths(library, [folder, library.uploads])
    gone = [str(folder / "cat.txt"), str(place), str(folder / "all.zip" / "one.txt"), str(folder / "old" / "dog.txt")]
    pets = library.make_collection("Pets")
    library.collect(pets, gone)
    library.collect(library.make_collection("Gone"), gone)
    collected = library.collections()
    library.delete_collection(collected[0].collection_id)
    library.remove(gone, aside=aside)
    assert not place.exists()
    (folder / "old" / "dog.txt").unlink()
    added(library, "swan.txt", b"Another swan.")
    back = library.restore(gone, aside=aside, collected=collected)
    other = library.uploads / "swan (2).txt"
    assert back == [folder / "cat.txt", other, folder / "all.zip" / "one.txt"], "the dog's file is gone"
    assert list(aside.iterdir()) == []
    holder = folder / "all.zip"
    sync_paths(library, [folder, library.uploads], changed=[folder / "cat.txt", other, holder], anew=[*back, holder])
    assert names(library) == {"cat.txt", "fish.txt", "swan (2).txt", "all.zip", "one.txt", "two.txt"}
    assert [(one.name, set(one.paths)) for one in library.collections()] == [("Pets", set(map(str, back)))]
    assert library.search("Ottoline")
    assert verify(library) == []


def test_what_is_read_anew_is_read_whatever_is_known_of_it(library: Library, folder: Path) -> None:
    (folder / "bad.pdf").write_bytes(b"no PDF")
    sync_paths(library, [folder])
    assert sync_paths(library, [folder]).indexed == 0
    before = {entry.path: entry.added for entry in library.entries()}
    assert all(before.values())
    cat, bad = folder / "cat.txt", folder / "bad.pdf"
    report = sync_paths(library, [folder], changed=[cat, bad], anew=[cat, bad])
    assert (report.indexed, report.unchanged, len(report.rejected)) == (1, 0, 1)
    assert {entry.path: entry.added for entry in library.entries()} == before
    assert verify(library) == []


def test_a_catalog_of_the_format_before_is_brought_up_to_date(
    library: Library, folder: Path, encoder: WordEncoder
) -> None:
    sync_paths(library, [folder])
    later = ("removed", "arrivals", "collections", "collected", "questions", "left_out")
    as_of(library, "4", *(f"drop table {name}" for name in later))
    with closing(Library(library.home, encoder)) as opened:
        assert {entry.added for entry in opened.entries()} == {0.0}
        assert opened.collections() == []
        assert opened.store.catalog.removed() == []
        assert names(opened) == {"cat.txt", "dog.txt", "fish.txt"}
        opened.remove([str(folder / "cat.txt")])
        assert verify(opened) == []


@pytest.mark.parametrize(("format", "cure"), [("3", "delete it"), ("x", "delete it"), ("99", "use that version")])
def test_a_catalog_of_another_format_is_refused(library: Library, encoder: WordEncoder, format: str, cure: str) -> None:
    as_of(library, format)
    with pytest.raises(IndexMismatchError, match=f"has format {format}, this version of Pincite has {FORMAT}: {cure}"):
        Library(library.home, encoder)


def as_of(library: Library, format: str, *statements: str) -> None:
    """Close the library, and make its catalog one of another format."""
    engine = library.store.catalog.database  # type: ignore[attr-defined]
    with engine.begin() as connection:
        for statement in (*statements, f"update meta set value = '{format}' where key = 'format'"):
            connection.exec_driver_sql(statement)
    library.close()
    assert (library.home / CATALOG).exists()


def test_an_upload_is_synced_by_itself_only_and_goes_with_its_document(library: Library, folder: Path) -> None:
    place = added(library, "swan.txt", b"The swan is called Ottoline.")
    sync_paths(library, [library.uploads])
    assert library.search("Ottoline")
    around = library.home.parent  # of the home, too
    sync_paths(library, [around])
    sync_paths(library, [folder])
    sync_paths(library, [around], changed=[place])
    assert names(library) == {"cat.txt", "dog.txt", "fish.txt", "swan.txt"}
    assert str(library.uploads) in library.roots()
    library.remove([str(place)])
    assert not place.exists()
    assert all(library.find_document(hit.passage.doc_id) for hit in library.search("Ottoline"))
    assert names(library) == {"cat.txt", "dog.txt", "fish.txt"}
    assert library.store.catalog.removed() == []
    assert find_traces(library.home, "Ottoline") == []
    assert verify(library) == []


def test_an_upload_that_was_removed_may_be_added_again(library: Library) -> None:
    for _ in range(2):
        place = added(library, "swan.txt", b"The swan is called Ottoline.")
        assert place.name == "swan.txt"
        sync_paths(library, [library.uploads], changed=[place])
        assert library.search("Ottoline")
        library.remove([str(place)])


def added(library: Library, name: str, data: bytes) -> Path:
    with library.upload(name, size=len(data)) as upload:
        upload.write(data)
        return upload.keep()
