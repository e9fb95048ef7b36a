"""`pincite index` and `pincite remove`: afterwards the library holds exactly what is in the files."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conftest import Folder, Pincite

CAT = "The grey cat of the mill is called Bartholomew and sleeps on the flour sacks.\n"
DOG = "The dog of the ferryman is called Ottoline and barks at every heron.\n"
OWL = "The owl in the church tower is called Cassius and comes out at midnight.\n"
REPORT_KEYS = {"indexed", "unchanged", "removed", "rejected", "passages", "seconds"}


def counts(report: Any) -> dict[str, int]:
    assert report.keys() == REPORT_KEYS
    assert type(report["seconds"]) in (int, float)
    numbers = {name: report[name] for name in ("indexed", "unchanged", "removed", "passages")}
    assert all(type(number) is int for number in numbers.values())
    return {name: number for name, number in numbers.items() if number} | (
        {"rejected": len(report["rejected"])} if report["rejected"] else {}
    )


def embeddings(home: Path) -> dict[bytes, bytes]:
    """Return each embedding that is kept, by its key."""
    connection = sqlite3.connect(home / "catalog.sqlite")
    try:
        return dict(connection.execute("select embedding_key, vector from embeddings").fetchall())
    finally:
        connection.close()


def embed_changes(home: Path) -> int:
    """Return how often passages were embedded."""
    connection = sqlite3.connect(home / "catalog.sqlite")
    try:
        return int(connection.execute("select count(*) from changes where kind = 'embed'").fetchone()[0])
    finally:
        connection.close()


def names(pincite: Pincite, home: Path) -> dict[str, str]:
    listed = pincite("list", "--json", "--home", home).json["documents"]
    return {Path(entry["path"]).name: entry["doc_id"] for entry in listed}


def everything_found(pincite: Pincite, home: Path, word: str) -> str:
    """Return all that search and answer print for a word."""
    found = pincite("search", word, "--top-k", 100, "--json", "--home", home)
    answer = pincite("ask", f"What is {word} called?", "--json", "--home", home)
    return " ".join(hit["text"] for hit in [*found.json["hits"], *answer.json["hits"]]) + answer.json["answer"]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def test_a_first_sync_indexes_and_a_second_changes_nothing(pincite: Pincite, folder: Folder, home: Path) -> None:
    made = folder({"cat.txt": CAT, "deep/er/dog.md": DOG})
    first = pincite("index", made, "--json", "--home", home)
    assert (first.code, first.err) == (0, "")
    assert counts(first.json) == {"indexed": 2, "passages": 2}
    sequence = pincite("status", "--json", "--home", home).json["sequence"]
    second = pincite("index", made, "--json", "--home", home)
    assert counts(second.json) == {"unchanged": 2}
    assert pincite("status", "--json", "--home", home).json["sequence"] == sequence


def test_a_renamed_file_keeps_its_id_and_costs_no_embedding(pincite: Pincite, folder: Folder, home: Path) -> None:
    made = folder({"cat.txt": CAT, "dog.txt": DOG})
    pincite("index", made, "--home", home)
    before, kept, embedded = names(pincite, home), embeddings(home), embed_changes(home)
    (made / "cat.txt").rename(made / "tomcat.txt")
    assert counts(pincite("index", made, "--json", "--home", home).json) == {"unchanged": 2}
    after = names(pincite, home)
    assert after == {"tomcat.txt": before["cat.txt"], "dog.txt": before["dog.txt"]}
    assert (embeddings(home), embed_changes(home)) == (kept, embedded)
    hit = pincite("search", "Bartholomew", "--json", "--home", home).json["hits"][0]
    assert hit["path"] == str(made / "tomcat.txt")


def test_a_file_moved_into_another_folder_is_a_renamed_file(pincite: Pincite, folder: Folder, home: Path) -> None:
    made = folder({"cat.txt": CAT, "dog.txt": DOG})
    pincite("index", made, "--home", home)
    before, embedded = names(pincite, home), embed_changes(home)
    (made / "old").mkdir()
    (made / "cat.txt").rename(made / "old" / "cat.txt")
    assert counts(pincite("index", made, "--json", "--home", home).json) == {"unchanged": 2}
    assert (names(pincite, home), embed_changes(home)) == (before, embedded)


def test_a_changed_file_is_read_again_and_its_old_words_are_gone(pincite: Pincite, folder: Folder, home: Path) -> None:
    made = folder({"cat.txt": CAT, "dog.txt": DOG})
    pincite("index", made, "--home", home)
    before, kept = names(pincite, home), embeddings(home)
    folder({"cat.txt": CAT.replace("Bartholomew", "Melisande")})
    assert counts(pincite("index", made, "--json", "--home", home).json) == {
        "indexed": 1, "unchanged": 1, "passages": 1
    }  # fmt: skip
    after = names(pincite, home)
    assert after["cat.txt"] != before["cat.txt"]
    assert after["dog.txt"] == before["dog.txt"]
    assert len(embeddings(home).keys() & kept.keys()) == 1
    found = everything_found(pincite, home, "the grey cat of the mill")
    assert "Melisande" in found
    assert "Bartholomew" not in found


def test_a_deleted_file_is_gone_from_search_answer_list_and_files(pincite: Pincite, folder: Folder, home: Path) -> None:
    made = folder({"cat.txt": CAT, "dog.txt": DOG})
    pincite("index", made, "--home", home)
    assert "Bartholomew" in everything_found(pincite, home, "the grey cat of the mill")
    (made / "cat.txt").unlink()
    assert counts(pincite("index", made, "--json", "--home", home).json) == {"unchanged": 1, "removed": 1}
    assert "Bartholomew" not in everything_found(pincite, home, "the grey cat of the mill")
    assert names(pincite, home).keys() == {"dog.txt"}
    left = [path for path in home.rglob("*") if path.is_file() and b"bartholomew" in path.read_bytes().lower()]
    assert left == []


def test_a_deleted_subfolder_takes_its_documents_along(pincite: Pincite, folder: Folder, home: Path) -> None:
    made = folder({"cat.txt": CAT, "old/dog.txt": DOG, "old/older/owl.txt": OWL})
    pincite("index", made, "--home", home)
    shutil.rmtree(made / "old")
    assert counts(pincite("index", made, "--json", "--home", home).json) == {"unchanged": 1, "removed": 2}
    assert names(pincite, home).keys() == {"cat.txt"}


def test_the_last_file_of_a_folder_can_be_deleted(pincite: Pincite, folder: Folder, home: Path) -> None:
    made = folder({"cat.txt": CAT})
    pincite("index", made, "--home", home)
    (made / "cat.txt").unlink()
    assert counts(pincite("index", made, "--json", "--home", home).json) == {"removed": 1}
    assert names(pincite, home) == {}
    assert pincite("verify", "--json", "--home", home).json["sound"] is True


def test_index_without_paths_syncs_the_folders_of_before(pincite: Pincite, folder: Folder, home: Path) -> None:
    made = folder({"cat.txt": CAT})
    pincite("index", made, "--home", home)
    folder({"dog.txt": DOG})
    assert counts(pincite("index", "--json", "--home", home).json) == {"indexed": 1, "unchanged": 1, "passages": 1}


def test_syncing_one_folder_leaves_the_documents_of_others_alone(pincite: Pincite, folder: Folder, home: Path) -> None:
    made = folder({"a/cat.txt": CAT, "ab/dog.txt": DOG})
    pincite("index", made / "a", made / "ab", "--home", home)
    (made / "a" / "cat.txt").unlink()
    (made / "ab" / "dog.txt").unlink()
    (made / "a" / "owl.txt").write_text(OWL)
    pincite("index", made / "a", "--home", home)
    assert names(pincite, home).keys() == {"dog.txt", "owl.txt"}


def test_files_can_be_named_singly_and_others_beside_them_stay_out(
    pincite: Pincite, folder: Folder, home: Path
) -> None:
    made = folder({"cat.txt": CAT, "dog.txt": DOG})
    assert counts(pincite("index", made / "cat.txt", "--json", "--home", home).json) == {"indexed": 1, "passages": 1}
    assert names(pincite, home).keys() == {"cat.txt"}
    assert pincite("status", "--json", "--home", home).json["folders"] == []


def test_a_file_named_singly_and_deleted_is_removed_when_it_is_named_again(
    pincite: Pincite, folder: Folder, home: Path
) -> None:
    made = folder({"cat.txt": CAT, "dog.txt": DOG})
    pincite("index", made / "cat.txt", made / "dog.txt", "--home", home)
    (made / "cat.txt").unlink()
    assert pincite("index", made / "cat.txt", "--json", "--home", home).code in (0, 3)
    assert names(pincite, home).keys() == {"dog.txt"}


def test_a_file_reached_by_two_paths_is_indexed_once(
    pincite: Pincite, folder: Folder, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = folder({"cat.txt": CAT})
    monkeypatch.chdir(made)
    run = pincite("index", made, made / "cat.txt", "cat.txt", ".", "--json", "--home", home)
    assert counts(run.json) == {"indexed": 1, "passages": 1}
    assert names(pincite, home).keys() == {"cat.txt"}


def test_hidden_files_and_folders_and_lock_files_are_passed_over(pincite: Pincite, folder: Folder, home: Path) -> None:
    made = folder({"cat.txt": CAT, ".dog.txt": DOG, ".git/owl.txt": OWL, "~$cat.docx": "x", ".DS_Store": b"\0"})
    run = pincite("index", made, "--json", "--home", home)
    assert run.code == 0
    assert counts(run.json) == {"indexed": 1, "passages": 1}


def test_the_same_content_twice_is_one_document_under_two_paths(pincite: Pincite, folder: Folder, home: Path) -> None:
    made = folder({"cat.txt": CAT, "copy.txt": CAT})
    pincite("index", made, "--home", home)
    found = names(pincite, home)
    assert found["cat.txt"] == found["copy.txt"]
    assert len(pincite("search", "Bartholomew", "--json", "--home", home).json["hits"]) == 1
    (made / "cat.txt").unlink()
    pincite("index", made, "--home", home)
    hits = pincite("search", "Bartholomew", "--json", "--home", home).json["hits"]
    assert [hit["path"] for hit in hits] == [str(made / "copy.txt")]


def test_a_rejected_file_is_named_with_its_reason_and_exit_3_and_the_others_are_indexed(
    pincite: Pincite, folder: Folder, home: Path
) -> None:
    made = folder({"cat.txt": CAT, "picture.png": b"\x89PNG\r\n\x1a\n", "empty.txt": ""})
    run = pincite("index", made, "--json", "--home", home)
    assert run.code == 3
    assert counts(run.json) == {"indexed": 1, "passages": 1, "rejected": 2}
    for rejected in run.json["rejected"]:
        assert rejected.keys() == {"path", "reason"}
        assert f"pincite: {rejected['path']}: {rejected['reason']}\n" in run.err
    assert run.err.count("\n") == 2
    assert names(pincite, home) == {"cat.txt": names(pincite, home)["cat.txt"], "picture.png": "", "empty.txt": ""}


def test_a_rejected_file_stays_rejected_until_it_is_mended_or_gone(
    pincite: Pincite, folder: Folder, home: Path
) -> None:
    made = folder({"cat.txt": "", "dog.txt": DOG, "owl.txt": ""})
    assert pincite("index", made, "--home", home).code == 3
    assert pincite("index", made, "--home", home).code == 3
    folder({"cat.txt": CAT})
    (made / "owl.txt").unlink()
    run = pincite("index", made, "--json", "--home", home)
    assert run.code == 0
    assert names(pincite, home).keys() == {"cat.txt", "dog.txt"}
    assert pincite("status", "--json", "--home", home).json["rejected"] == 0


def test_a_document_whose_file_is_emptied_is_gone_from_every_answer(
    pincite: Pincite, folder: Folder, home: Path
) -> None:
    made = folder({"cat.txt": CAT, "dog.txt": DOG})
    pincite("index", made, "--home", home)
    folder({"cat.txt": ""})
    assert pincite("index", made, "--home", home).code == 3
    assert "Bartholomew" not in everything_found(pincite, home, "the grey cat of the mill")


def test_rebuild_gives_the_same_documents_and_the_same_hits(pincite: Pincite, folder: Folder, home: Path) -> None:
    made = folder({"cat.txt": CAT, "dog.txt": DOG})
    pincite("index", made, "--home", home)
    before = pincite("search", "called", "--json", "--home", home).json, names(pincite, home)
    assert pincite("index", "--rebuild", "--home", home).code == 0
    assert (pincite("search", "called", "--json", "--home", home).json, names(pincite, home)) == before
    assert pincite("verify", "--json", "--home", home).json["sound"] is True


def test_a_removed_document_is_gone_from_the_next_search_by_id_and_by_path(
    pincite: Pincite, folder: Folder, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = folder({"cat.txt": CAT, "dog.txt": DOG, "owl.txt": OWL})
    pincite("index", made / "cat.txt", made / "dog.txt", made / "owl.txt", "--home", home)
    doc_id = names(pincite, home)["cat.txt"]
    run = pincite("remove", doc_id, "--json", "--home", home)
    assert (run.json, run.err) == ({"removed": [{"doc_id": doc_id, "path": str(made / "cat.txt")}]}, "")
    monkeypatch.chdir(made)
    assert pincite("remove", "dog.txt", "--home", home).out == f"removed {made / 'dog.txt'}\n"
    assert names(pincite, home).keys() == {"owl.txt"}
    found = everything_found(pincite, home, "the dog of the ferryman")
    assert "Ottoline" not in found
    assert "Bartholomew" not in found
    assert pincite("verify", "--json", "--home", home).json["sound"] is True


def test_a_removed_file_of_a_synced_folder_stays_out_until_it_is_named(
    pincite: Pincite, folder: Folder, home: Path
) -> None:
    made = folder({"cat.txt": CAT, "dog.txt": DOG})
    pincite("index", made, "--home", home)
    run = pincite("remove", made / "cat.txt", "--json", "--home", home)
    assert [entry["path"] for entry in run.json["removed"]] == [str(made / "cat.txt")]
    assert run.err.count("\n") == 1
    assert "until you name it" in run.err
    again = pincite("index", made, "--json", "--home", home)
    assert (again.code, again.json["unchanged"]) == (0, 1)
    assert "1 removed before" in again.err
    assert names(pincite, home).keys() == {"dog.txt"}
    pincite("index", made / "cat.txt", "--home", home)
    assert names(pincite, home).keys() == {"cat.txt", "dog.txt"}
    assert pincite("index", made, "--json", "--home", home).err == ""


def test_removing_an_unknown_name_is_an_error_and_removes_nothing(pincite: Pincite, folder: Folder, home: Path) -> None:
    made = folder({"cat.txt": CAT, "empty.txt": ""})
    pincite("index", made, "--home", home)
    before = names(pincite, home)
    for unknown in ("nonesuch", "", " ", ".", "cat", "0" * 16):
        run = pincite("remove", made / "cat.txt", unknown, "--json", "--home", home)
        assert run.code == 2
        assert repr(unknown) in run.error
        assert "pincite list" in run.error
        assert names(pincite, home) == before


def test_removing_one_of_two_paths_of_a_document_keeps_it(pincite: Pincite, folder: Folder, home: Path) -> None:
    made = folder({"cat.txt": CAT, "copy.txt": CAT})
    pincite("index", made, "--home", home)
    assert pincite("remove", made / "cat.txt", "--home", home).code == 0
    assert names(pincite, home).keys() == {"copy.txt"}
    assert pincite("search", "Bartholomew", "--json", "--home", home).json["hits"]


def test_removing_an_id_removes_every_path_of_the_document(pincite: Pincite, folder: Folder, home: Path) -> None:
    made = folder({"cat.txt": CAT, "copy.txt": CAT, "dog.txt": DOG})
    pincite("index", made, "--home", home)
    pincite("remove", names(pincite, home)["cat.txt"], "--home", home)
    assert names(pincite, home).keys() == {"dog.txt"}


def test_a_file_name_that_is_no_text_does_not_stop_the_others(pincite: Pincite, folder: Folder, home: Path) -> None:
    made = folder({"cat.txt": CAT})
    try:
        Path(str(made / "caf\udce9.txt")).write_text(DOG)
    except (OSError, UnicodeError):
        pytest.skip("this file system has no such names")
    run = pincite("index", made, "--json", "--home", home)
    assert run.code in (0, 3)
    assert run.json["indexed"] + len(run.json["rejected"]) == 2
    assert "Bartholomew" in everything_found(pincite, home, "the grey cat of the mill")
    assert pincite("list", "--json", "--home", home).code == 0


def test_a_home_inside_a_synced_folder_is_passed_over(pincite: Pincite, folder: Folder) -> None:
    made = folder({"cat.txt": CAT})
    inner = made / "index"
    for _ in range(2):
        run = pincite("index", made, "--json", "--home", inner)
        assert run.code == 0, run.err
    assert names(pincite, inner).keys() == {"cat.txt"}
