from __future__ import annotations

from pathlib import Path

import pytest
from support import WordEncoder

from index.library import Library
from index.records import Document
from index.search.crowding import PER_TEXT
from index.store.verify import verify
from index.sync.sync import sync_paths
from index.text.names import document_name, file_words


def named(title: str, path: str) -> str:
    return document_name(Document("d", path, title, "text/plain", "", {}, (), "", 0.0))


@pytest.mark.parametrize(
    ("title", "path", "expected"),
    [
        ("Protocol", "/board/protocol_autumn.docx", "Protocol (autumn)"),
        ("protocol_autumn", "/board/protocol_autumn.docx", "protocol autumn"),
        ("Tenancy", "/x/HoffmannTenancy.txt", "Tenancy (Hoffmann)"),
        ("", "/x/HRPolicy-v2 final(1).pdf", "HR Policy v2 final 1"),
        ("Accounts", "/x/accounts2019draft.xlsx", "Accounts (2019 draft)"),
        ("Diary", "/x/2021-11-30.md", "Diary (2021-11-30)"),
        ("The autumn protocols", "/x/protocol-autumn.odt", "The autumn protocols"),
        ("Protocol", "/x/box.zip/protocol%20spring.txt", "Protocol (spring)"),
        ("Ärzteliste", "/x/ärzte_süd.csv", "Ärzteliste (ärzte süd)"),
        ("", "", ""),
    ],
)
def test_a_document_is_called_by_its_title_and_what_its_file_is_called_beside(
    title: str, path: str, expected: str
) -> None:
    assert named(title, path) == expected


def test_the_words_of_files_are_those_of_names_and_of_folders_that_say_something() -> None:
    assert file_words("Protocol", ["/home/Board meetings/protocol-autumn.md"]) == "autumn Board meetings"
    assert file_words("Protocol", ["/ann/Documents/protocol-autumn.md"]) == "autumn"
    assert file_words("Protocol", ["/a/North/p1.md", "/b/South/p1.md"]) == "p1 North South"


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path / "home", WordEncoder())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "papers"
    folder.mkdir()
    for season, name in (
        ("spring", "Ivo Berg"),
        ("summer", "Mia Dahl"),
        ("autumn", "Udo Frey"),
        ("winter", "Eva Horn"),
    ):
        (folder / f"protocol-{season}.md").write_text(f"# Protocol\n\nThe meeting was led by {name}, as always.\n")
    return folder


def first(library: Library, query: str) -> str:
    return Path(library.document(library.search(query, top_k=4)[0].passage.doc_id).path).name


def test_a_document_is_found_by_the_name_of_its_file(library: Library, folder: Path) -> None:
    sync_paths(library, [folder])
    for season in ("spring", "summer", "autumn", "winter"):
        assert first(library, f"Who led the meeting of the {season} protocol?") == f"protocol-{season}.md"
    assert len(library.indexes.words.search("papers", top_k=9)) == 4  # the folder


def test_a_renamed_file_is_found_by_its_new_name_only(library: Library, folder: Path) -> None:
    sync_paths(library, [folder])
    (folder / "protocol-spring.md").rename(folder / "protocol-easter.md")
    (folder / "copy-of-summer.md").write_bytes((folder / "protocol-summer.md").read_bytes())
    sync_paths(library, [folder])
    assert first(library, "easter protocol") == "protocol-easter.md"
    assert not library.indexes.words.search("spring", top_k=9)
    assert len(library.indexes.words.search("copy", top_k=9)) == 1
    (folder / "copy-of-summer.md").write_text("# Protocol\n\nThere was none.\n")
    sync_paths(library, [folder])
    assert len(library.indexes.words.search("copy", top_k=9)) == 1
    assert verify(library) == []


def test_the_document_that_is_named_is_not_crowded_out_by_those_of_the_same_wording(
    library: Library, tmp_path: Path
) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(4 * PER_TEXT):
        text = f"# Lease\n\nThe rent of this flat is {800 + number} euros, to be paid at the start of each month.\n"
        (folder / f"lease-street{number}.md").write_text(text)
    (folder / "lease-Quay.md").write_text(
        "# Lease\n\nThe rent of this flat is 999 euros, to be paid at the start of each month.\n"
    )
    sync_paths(library, [folder])
    assert first(library, "What is the rent of the flat in the Quay lease?") == "lease-Quay.md"
