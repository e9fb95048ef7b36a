"""Collections: names with files in them, which no sync changes, until a file is forgotten."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from support import WordEncoder

from index.library import Library
from index.store.repair import repair
from index.store.verify import find_traces, verify
from index.sync.sync import sync_paths


@pytest.fixture
def folder(library: Library, tmp_path: Path) -> Path:
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "cat.txt").write_text("The grey cat is called Bartholomew.")
    (folder / "dog.txt").write_text("The dog barks at herons.")
    sync_paths(library, [folder])
    return folder


def held(library: Library) -> dict[str, list[str]]:
    return {one.name: [Path(path).name for path in one.paths] for one in library.collections()}


def test_collections_are_made_filled_emptied_renamed_and_deleted(library: Library, folder: Path) -> None:
    cat, dog = str(folder / "cat.txt"), str(folder / "dog.txt")
    pets, others = library.make_collection("pets"), library.make_collection("Others")
    library.collect(pets, [cat, dog, cat, "/etc/passwd"])
    library.collect(others, [dog])
    assert held(library) == {"Others": ["dog.txt"], "pets": ["cat.txt", "dog.txt"]}
    library.take_out(pets, [dog])
    library.rename_collection(pets, "Cats")
    library.delete_collection(others)
    assert held(library) == {"Cats": ["cat.txt"]}
    library.collect("none", [cat])
    library.rename_collection("none", "No")
    library.delete_collection("none")
    assert held(library) == {"Cats": ["cat.txt"]}
    assert library.counts().documents == 2
    assert verify(library) == []


def test_collections_keep_the_order_they_are_given_and_others_come_behind_by_name(library: Library) -> None:
    ids = {name: library.make_collection(name) for name in ("b", "C", "a")}
    assert list(held(library)) == ["a", "b", "C"]
    library.order_collections([ids["C"], "none", ids["a"], ids["b"]])
    assert list(held(library)) == ["C", "a", "b"]
    library.make_collection("Z")
    library.make_collection("0")
    library.rename_collection(ids["a"], "x")
    library.delete_collection(ids["b"])
    assert list(held(library)) == ["C", "x", "0", "Z"]


def test_files_move_from_one_collection_to_another_and_to_none_that_is_gone(library: Library, folder: Path) -> None:
    cat, dog = str(folder / "cat.txt"), str(folder / "dog.txt")
    pets, others = library.make_collection("Pets"), library.make_collection("Others")
    library.collect(pets, [cat, dog])
    library.collect(others, [dog])
    library.move_files(pets, others, [cat, "/etc/passwd"])
    assert held(library) == {"Others": ["cat.txt", "dog.txt"], "Pets": ["dog.txt"]}
    library.move_files(pets, "none", [dog])
    library.move_files(others, others, [dog])
    assert held(library) == {"Others": ["cat.txt", "dog.txt"], "Pets": ["dog.txt"]}


def test_a_file_that_changes_stays_in_its_collection_and_one_that_is_removed_leaves_no_name(
    library: Library, folder: Path
) -> None:
    pets = library.make_collection("Pets")
    library.collect(pets, [str(folder / "cat.txt"), str(folder / "dog.txt")])
    (folder / "cat.txt").write_text("The cat is called Ottoline now.")
    sync_paths(library, [folder])
    assert held(library) == {"Pets": ["cat.txt", "dog.txt"]}
    library.remove([str(folder / "dog.txt")])
    assert held(library) == {"Pets": ["cat.txt"]}
    assert find_traces(library.home, "dog.txt") == []


def test_collections_change_while_something_else_is_written(library: Library, folder: Path) -> None:
    with library.writing():
        library.collect(library.make_collection("Pets"), [str(folder / "cat.txt")])
        assert held(library) == {"Pets": ["cat.txt"]}


def test_collections_are_kept_through_a_repair(library: Library, folder: Path, encoder: WordEncoder) -> None:
    others, pets = library.make_collection("Others"), library.make_collection("Pets")
    library.order_collections([pets, others])
    library.collect(pets, [str(folder / "cat.txt")])
    with library.store.catalog.database.begin() as connection:  # type: ignore[attr-defined]
        connection.exec_driver_sql("update files set checksum = 1 where path like '%dog.txt'")
    library.close()
    repair(library.home, encoder)
    with closing(Library(library.home, encoder)) as mended:
        assert held(mended) == {"Pets": ["cat.txt"], "Others": []}
        assert [one.collection_id for one in mended.collections()] == [pets, others]
