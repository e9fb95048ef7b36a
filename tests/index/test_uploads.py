"""Uploads: names that come from outside become names of files in one folder, and only what is whole is kept."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import HomeError, PinciteError, SettingsError
from index.library import Library
from index.readers import LARGEST
from index.store import uploads
from index.store.uploads import clean_name
from index.sync.sync import is_visible

NAMES = {
    "report.pdf": "report.pdf",
    "../../etc/passwd": "passwd",
    "..\\..\\boot.ini": "boot.ini",
    "/": "document",
    "..": "document",
    "": "document",
    "a\u202etxt.exe": "atxt.exe",
    "two\nlines\x00.txt": "two lines.txt",
    ".hidden.txt": "hidden.txt",
    "~$draft.docx": "draft.docx",
    "backup.txt~": "backup.txt",
    "#auto#": "#auto",
    "CON.txt": "document CON.txt",
    "nul": "document nul",
    'a<b>:"c|d?*.txt': "a_b_c_d_.txt",
    "Caf\u0065\u0301.txt": "Caf\u00e9.txt",
    "رسالة.txt": "رسالة.txt",
    "half\ud800.txt": "half\ufffd.txt",
    "x" * 300 + ".pdf": "x" * 196 + ".pdf",
    "trailing. ": "trailing",
}


@pytest.mark.parametrize("name", NAMES)
def test_of_a_name_the_last_part_stays_cleaned(name: str) -> None:
    assert clean_name(name) == NAMES[name]


@given(st.text() | st.text("./\\~#$ \u202ea"))
def test_whatever_a_name_is_it_becomes_one_that_a_sync_reads(name: str) -> None:
    clean = clean_name(name)
    assert clean == clean_name(clean) == os.path.basename(clean)
    assert len(clean.encode()) <= 240
    assert is_visible(Path("/folder") / clean, [Path("/folder")])


def files(library: Library) -> list[str]:
    return sorted(path.name for path in library.uploads.glob("*"))


def unfinished(library: Library) -> list[Path]:
    return list(library.temporary.glob("upload-*"))


def keep(library: Library, name: str, data: bytes) -> Path:
    with library.upload(name, size=len(data)) as upload:
        for byte in data:
            upload.write(bytes([byte]))
        return upload.keep()


def test_a_file_is_kept_whole_and_for_its_owner_alone(library: Library) -> None:
    place = keep(library, "a/b/letter.txt", b"Dear Marta")
    assert (place.parent, place.name, place.read_bytes()) == (library.uploads, "letter.txt", b"Dear Marta")
    assert unfinished(library) == []
    if os.name == "posix":
        assert stat.S_IMODE(place.stat().st_mode) == 0o600
        assert stat.S_IMODE(place.parent.stat().st_mode) == 0o700


def test_files_of_one_name_are_kept_apart(library: Library) -> None:
    for data in (b"one", b"two", b"three"):
        keep(library, "letter.txt", data)
    assert files(library) == ["letter (2).txt", "letter (3).txt", "letter.txt"]
    assert (library.uploads / "letter (2).txt").read_bytes() == b"two"


def test_what_does_not_come_whole_leaves_nothing(library: Library) -> None:
    with library.upload("letter.txt", size=4) as upload:
        upload.write(b"De")
    assert (files(library), unfinished(library)) == ([], [])


def test_what_is_too_large_or_too_many_or_has_no_room_is_refused(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(SettingsError, match=r"big\.txt is larger than 512 MB: split it"):
        library.upload("big.txt", size=LARGEST + 1)
    keep(library, "one.txt", b"1")
    monkeypatch.setattr(uploads, "MOST", 1)
    with pytest.raises(SettingsError, match="1 added files are kept already: remove some"):
        library.upload("two.txt", size=1)
    monkeypatch.setattr(uploads, "MOST", 2)
    monkeypatch.setattr(uploads, "_RESERVE", 1 << 60)
    with pytest.raises(HomeError, match="the disk is full"):
        library.upload("two.txt", size=1)
    assert files(library) == ["one.txt"]


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="rights are POSIX's, and root has them all")
def test_a_folder_that_can_not_be_written_is_an_error_with_a_cure(library: Library) -> None:
    keep(library, "one.txt", b"1")
    library.uploads.chmod(0o500)
    with pytest.raises(PinciteError, match="--home"):
        keep(library, "two.txt", b"2")
    library.uploads.chmod(0o700)
    assert files(library) == ["one.txt"]
