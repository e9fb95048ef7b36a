"""The library as a whole: real files, a real catalog, real FAISS and Tantivy; only the encoder is a stand-in."""

from __future__ import annotations

import gc
import os
import shutil
import weakref
from pathlib import Path

import pytest
from support import WordEncoder

from index.errors import HomeError, IndexMismatchError, SettingsError
from index.library import Library
from index.store.verify import verify
from index.sync.sync import rebuild, sync_paths

TEXTS = {
    "cats.txt": "Cats sleep for most of the day. A cat hunts at dusk.",
    "dogs.txt": "Dogs guard the house. A dog barks at strangers.",
    "sub/fish.md": "# Fish\n\nFish breathe with gills. A fish swims in water.",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in TEXTS.items():
        path = tmp_path / "documents" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path / "documents"


def files_of(home: Path) -> list[Path]:
    """Return the files of the derived indexes."""
    return [path for name in ("lexical", "vectors") for path in (home / name).rglob("*") if path.is_file()]


def found(library: Library, query: str, **scope: list[str]) -> list[str]:
    return [Path(library.document(hit.passage.doc_id).path).name for hit in library.search(query, **scope)]


def test_what_was_synced_is_found_best_first(library: Library, folder: Path) -> None:
    report = sync_paths(library, [folder])
    assert (report.indexed, report.unchanged, report.removed, report.passages) == (3, 0, 0, 3)
    assert found(library, "what guards the house?")[0] == "dogs.txt"
    hits = library.search("gills of a fish")
    assert [hit.rank for hit in hits] == [1, 2, 3]
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert verify(library) == []


def test_a_query_without_words_finds_nothing_and_a_small_library_gives_what_it_has(
    library: Library, folder: Path
) -> None:
    sync_paths(library, [folder])
    assert library.search("  ") == []
    assert library.search("cat", top_k=0) == []
    assert len(library.search("cat", top_k=50)) == 3


def test_an_unchanged_file_is_neither_read_nor_embedded_again(
    library: Library, folder: Path, encoder: WordEncoder
) -> None:
    sync_paths(library, [folder])
    encoder.embedded.clear()
    report = sync_paths(library, [folder])
    assert (report.indexed, report.unchanged, report.passages) == (0, 3, 0)
    assert encoder.embedded == []


def test_a_changed_file_replaces_what_it_said(library: Library, folder: Path) -> None:
    sync_paths(library, [folder])
    (folder / "cats.txt").write_text("Parrots talk.", encoding="utf-8")
    assert sync_paths(library, [folder]).indexed == 1
    assert found(library, "parrots talk")[0] == "cats.txt"
    assert all("sleep" not in library.document(hit.passage.doc_id).text for hit in library.search("cats sleep"))
    assert library.counts().documents == 3
    assert verify(library) == []


def test_a_renamed_file_keeps_its_document_and_costs_no_embedding(
    library: Library, folder: Path, encoder: WordEncoder
) -> None:
    sync_paths(library, [folder])
    before = {entry.sha256: entry.doc_id for entry in library.entries()}
    encoder.embedded.clear()
    (folder / "cats.txt").rename(folder / "felines.txt")
    report = sync_paths(library, [folder])
    assert (report.indexed, report.removed) == (0, 0)
    assert encoder.embedded == []
    assert {entry.sha256: entry.doc_id for entry in library.entries()} == before
    assert "felines.txt" in found(library, "cats hunt at dusk")
    assert verify(library) == []


def test_a_removed_file_is_gone_from_the_very_next_search(library: Library, folder: Path) -> None:
    sync_paths(library, [folder])
    assert "dogs.txt" in found(library, "dog barks")
    (folder / "dogs.txt").unlink()
    assert sync_paths(library, [folder]).removed == 1
    assert "dogs.txt" not in found(library, "dog barks")
    assert library.indexes.embeddings.count() == library.indexes.words.count() == 2
    assert verify(library) == []


def test_a_document_that_two_files_hold_stays_until_both_are_gone(library: Library, folder: Path) -> None:
    shutil.copy(folder / "cats.txt", folder / "copy.txt")
    sync_paths(library, [folder])
    assert library.counts().documents == 3
    library.remove([str(folder / "cats.txt")])
    assert "copy.txt" in found(library, "cat hunts at dusk")
    library.remove([str(folder / "copy.txt")])
    assert "copy.txt" not in found(library, "cat hunts at dusk")
    assert verify(library) == []


def test_a_folder_is_removed_with_what_was_indexed_of_it_even_when_it_is_gone(library: Library, folder: Path) -> None:
    sync_paths(library, [folder])
    shutil.rmtree(folder)
    with pytest.raises(SettingsError, match="pincite remove"):
        sync_paths(library, [folder])
    assert len(library.remove([str(folder)])) == 3
    assert library.search("cats sleep") == []
    assert library.store.catalog.roots() == []


def test_a_folder_that_is_synced_is_taken_off_also_where_nothing_of_it_is_indexed(
    library: Library, folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()
    sync_paths(library, [folder, tmp_path / "empty"])
    assert library.remove([str(tmp_path / "empty")]) == []
    assert library.roots() == [str(folder)]
    with pytest.raises(SettingsError, match="empty"):
        library.remove([str(tmp_path / "empty")])


def test_a_folder_is_taken_off_with_those_within_it_and_none_around_it_takes_it_again(
    library: Library, folder: Path
) -> None:
    sync_paths(library, [folder, folder / "sub"])
    library.add_root(folder.parent)
    assert len(library.take_off(str(folder))) == 3
    assert library.roots() == [str(folder.parent)]
    sync_paths(library, [folder.parent])
    assert library.counts().documents == 0
    assert (folder / "cats.txt").exists()
    with pytest.raises(SettingsError, match="not synced"):
        library.take_off(str(folder))
    assert verify(library) == []


def test_what_was_added_stays_when_a_folder_around_the_home_is_taken_off(library: Library, folder: Path) -> None:
    with library.upload("swan.txt", size=28) as upload:
        upload.write(b"The swan is called Ottoline.")
        copy = upload.keep()
    sync_paths(library, [folder, folder.parent, library.uploads])
    assert len(library.take_off(str(folder.parent))) == 3
    assert copy.exists()
    assert (library.roots(), found(library, "Ottoline")) == ([str(library.uploads)], ["swan.txt"])


def test_removing_something_unknown_removes_nothing(library: Library, folder: Path) -> None:
    sync_paths(library, [folder])
    with pytest.raises(SettingsError, match=r"nowhere\.txt"):
        library.remove([str(folder / "cats.txt"), "nowhere.txt"])
    assert library.counts().documents == 3


def test_a_rejected_file_is_listed_with_its_reason_and_the_rest_goes_on(library: Library, folder: Path) -> None:
    (folder / "picture.png").write_bytes(b"\x89PNG")
    (folder / "empty.txt").touch()
    report = sync_paths(library, [folder])
    assert report.indexed == 3
    assert {Path(rejected.path).name for rejected in report.rejected} == {"picture.png", "empty.txt"}
    states = {Path(entry.path).name: (entry.state, bool(entry.reason)) for entry in library.entries()}
    assert states["picture.png"] == ("rejected", True)
    assert states["cats.txt"] == ("indexed", False)


def test_a_search_keeps_to_its_scope(library: Library, folder: Path) -> None:
    sync_paths(library, [folder])
    cats = next(entry.doc_id for entry in library.entries() if entry.path.endswith("cats.txt"))
    assert found(library, "dogs guard", documents=[cats]) == ["cats.txt"]
    assert found(library, "dogs guard", folders=[str(folder / "sub")]) == ["fish.md"]
    assert found(library, "dogs guard", folders=[str(folder / "su")]) == []


def test_another_process_sees_what_was_committed(library: Library, folder: Path, encoder: WordEncoder) -> None:
    reader = Library(library.home, encoder)
    assert reader.search("cat") == []
    sync_paths(library, [folder])
    assert found(reader, "cats sleep")[0] == "cats.txt"
    library.remove([str(folder / "cats.txt")])
    assert "cats.txt" not in found(reader, "cats sleep")
    reader.close()


def test_a_document_is_found_by_its_words_before_it_is_embedded(library: Library, folder: Path) -> None:
    class StoppedError(Exception):
        pass

    def stop_at_embedding(progress: object) -> None:
        if getattr(progress, "stage", "") == "embedding":
            raise StoppedError

    with pytest.raises(StoppedError):
        sync_paths(library, [folder], progress=stop_at_embedding)
    assert library.counts().embedded == 0
    assert found(library, "fish gills") == ["fish.md"]
    sync_paths(library, [folder])
    assert library.counts().embedded == 3
    assert verify(library) == []


def test_a_path_has_one_name_however_it_is_written(library: Library, folder: Path) -> None:
    sync_paths(library, [folder / "sub" / ".."])
    report = sync_paths(library, [folder])
    assert (report.indexed, report.unchanged) == (0, 3)
    assert len(library.entries()) == 3
    assert library.store.catalog.roots() == [str(folder)]


def test_a_folder_that_can_not_be_read_keeps_what_is_indexed_of_it(
    library: Library, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sync_paths(library, [folder])
    scan = os.scandir

    def fail(path: str) -> object:
        if str(path).endswith("sub"):
            raise PermissionError(13, "Permission denied", str(path))
        return scan(path)

    monkeypatch.setattr(os, "scandir", fail)
    report = sync_paths(library, [folder])
    assert report.removed == 0
    assert [Path(rejected.path).name for rejected in report.rejected] == ["sub"]
    assert "fish.md" in found(library, "fish gills")


def test_a_document_is_cited_under_a_path_that_is_still_there(library: Library, folder: Path) -> None:
    shutil.copy(folder / "cats.txt", folder / "zebra.txt")
    sync_paths(library, [folder])
    assert found(library, "cats sleep")[0] == "cats.txt"
    (folder / "cats.txt").unlink()
    sync_paths(library, [folder])
    assert found(library, "cats sleep")[0] == "zebra.txt"


def test_a_rebuild_by_another_process_with_another_model_is_noticed(library: Library, folder: Path) -> None:
    sync_paths(library, [folder])
    library.search("cats")
    other = WordEncoder()
    other.model_id = "another-model"
    rebuilding = Library(library.home, other, rebuilding=True)
    rebuild(rebuilding)
    rebuilding.close()
    with pytest.raises(IndexMismatchError, match=r"another-model.*or start again"):
        library.search("cats")


def test_an_index_of_earlier_weights_says_what_to_do_once(
    library: Library, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sync_paths(library, [folder])
    library.close()
    monkeypatch.setattr(WordEncoder, "digest", "of weights that were trained")
    later = Library(library.home, WordEncoder())
    with pytest.raises(IndexMismatchError, match=r"earlier weights of model .*: run `pincite index --rebuild`$"):
        later.search("cats")
    later.close()


@pytest.mark.parametrize("damage", ["remove", "cut", "garbage"])
def test_damaged_derived_indexes_are_made_again_without_embedding(
    library: Library, folder: Path, encoder: WordEncoder, damage: str
) -> None:
    sync_paths(library, [folder])
    expected = library.search("cat hunts")
    library.close()
    for path in files_of(library.home):
        if damage == "remove":
            path.unlink()
        else:
            path.write_bytes(path.read_bytes()[:20] if damage == "cut" else b"\0garbage")
    encoder.embedded.clear()
    again = Library(library.home, encoder)
    assert again.search("cat hunts") == expected
    sync_paths(again, [folder])
    assert encoder.embedded == []
    assert verify(again) == []
    again.close()


def test_an_index_of_another_model_is_refused_and_rebuilt_on_demand(
    library: Library, folder: Path, encoder: WordEncoder
) -> None:
    sync_paths(library, [folder])
    library.close()
    other = WordEncoder()
    other.model_id = "another-model"
    with pytest.raises(IndexMismatchError, match=r"pincite.*another-model.*--rebuild"):
        Library(library.home, other)
    rebuilt = Library(library.home, other, rebuilding=True)
    rebuild(rebuilt)
    assert found(rebuilt, "cats sleep")[0] == "cats.txt"
    assert rebuilt.counts().documents == 3
    assert verify(rebuilt) == []
    rebuilt.close()


def test_one_writes_at_a_time(library: Library, folder: Path, encoder: WordEncoder) -> None:
    second = Library(library.home, encoder)
    with library.writing(), pytest.raises(HomeError, match="process"), second.writing(wait=0.1):
        pass
    sync_paths(second, [folder])
    second.close()


def test_a_home_folder_with_a_file_in_the_way_is_named(tmp_path: Path, encoder: WordEncoder) -> None:
    (tmp_path / "home").write_text("in the way")
    with pytest.raises(HomeError, match=r"home.*--home"):
        Library(tmp_path / "home", encoder)


def test_a_mistyped_path_is_named_and_a_half_mistyped_list_goes_on(library: Library, folder: Path) -> None:
    with pytest.raises(SettingsError, match="nowhere"):
        sync_paths(library, [folder / "nowhere"])
    report = sync_paths(library, [folder / "nowhere", folder])
    assert report.indexed == 3
    assert [Path(rejected.path).name for rejected in report.rejected] == ["nowhere"]


def test_a_library_that_is_let_go_of_frees_its_files_without_waiting_for_the_garbage_collector(
    tmp_path: Path, folder: Path, encoder: WordEncoder
) -> None:
    gc.disable()
    try:
        library = Library(tmp_path / "home of its own", encoder)
        sync_paths(library, [folder])
        assert library.search("lighthouse")
        words = weakref.ref(library.indexes.words)  # which maps files, and keeps their room on the disk
        library.close()
        del library
        assert words() is None
    finally:
        gc.enable()
