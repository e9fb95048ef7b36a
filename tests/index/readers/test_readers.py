"""What all readers have in common: identity, titles, and the reason for each rejection."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path

import pytest

from index.errors import DocumentRejectedError
from index.readers import READABLE_SUFFIXES, identify, read_document

SAMPLES = Path(__file__).resolve().parents[3] / "corpus"


def file(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def test_a_document_is_identified_by_its_content_and_kind(tmp_path: Path) -> None:
    data = b"# Foxes\n\nThey run.\n"
    document = read_document(file(tmp_path, "a.md", data))
    digest = hashlib.sha256(data)
    assert document.sha256 == digest.hexdigest()
    assert document.doc_id == hashlib.sha256(b"text/markdown\0" + digest.digest()).hexdigest()[:16]
    copy = file(tmp_path, "b.md", data)
    found = ("text/markdown", document.sha256, document.doc_id, copy.stat().st_mtime)
    assert identify(copy) == found
    assert identify(file(tmp_path, "b.txt", data)).doc_id != document.doc_id
    assert document.path == str(tmp_path / "a.md")
    assert document.modified == (tmp_path / "a.md").stat().st_mtime


def test_the_title_is_the_documents_own_or_the_name_of_the_file(tmp_path: Path) -> None:
    assert read_document(file(tmp_path, "a.md", b"# Foxes\n\nThey run.")).title == "Foxes"
    assert read_document(file(tmp_path, "my notes.md", b"They run.")).title == "my notes"


def test_suffixes_count_in_any_case(tmp_path: Path) -> None:
    assert read_document(file(tmp_path, "A.TXT", b"words")).text == "words"
    assert all(suffix == suffix.lower() and suffix.startswith(".") for suffix in READABLE_SUFFIXES)


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.xyz", bytes(range(256)), r"\.xyz files are not read: save it"),
        ("binary", bytes(range(256)), "without an ending"),
        ("a.txt", b"", "the file is empty"),
        ("a.html", b" \n\n", "the file is empty"),
        ("a.html", b"<html><body><img src=x></body></html>", "holds no text"),
        ("a.pdf", b"just words", "no PDF"),
        ("a.pdf", b"PK\x03\x04" + b"x" * 50, "damaged"),
        ("a.docx", b"just words", "no Word document"),
        ("a.docx", b"%PDF-1.7 x", "the PDF is damaged"),
        ("a.html", b"PK\x03\x04" + b"x" * 50, "damaged"),
        ("a.xlsb", b"PK\x03\x04" + bytes(26) + b"[Content_Types].xml ... xl/workbook.bin", "save it as .xlsx"),
        ("a.7z", b"7z\xbc\xaf\x27\x1c" + b"x" * 50, "an archive of a kind that is not read: unpack it"),
        ("a.exe", b"MZ\x90\0" + b"x" * 50, "a program"),
        ("a.mp4", b"\0\0\0\x18ftypmp42" + b"x" * 50, "subtitles"),
        ("a.db", b"SQLite format 3\0" + b"x" * 50, "a database"),
    ],
)
def test_a_rejection_says_why(tmp_path: Path, name: str, data: bytes, reason: str) -> None:
    with pytest.raises(DocumentRejectedError, match=reason) as caught:
        read_document(file(tmp_path, name, data))
    assert "\n" not in str(caught.value)
    assert str(tmp_path) not in str(caught.value)
    assert ": " in str(caught.value)  # the cure


@pytest.mark.parametrize("name", ["moon.pdf", "moon.txt", "moon.docx", "moon.bin", "moon"])
def test_a_file_is_read_as_what_it_is_whatever_it_is_called(tmp_path: Path, name: str) -> None:
    document = read_document(file(tmp_path, name, (SAMPLES / "the-moon.pdf").read_bytes()))
    assert document.media_type == "application/pdf"
    assert len(document.pages) > 1
    document = read_document(file(tmp_path, name, (SAMPLES / "measuring-time.docx").read_bytes()))
    assert document.media_type.endswith("wordprocessingml.document")
    assert read_document(file(tmp_path, name, b"{\\rtf1 words}")).media_type == "application/rtf"


@pytest.mark.parametrize("name", ["README", "notes.xyz", ".profile", "Makefile"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp1252"])
def test_a_text_without_a_known_ending_is_read(tmp_path: Path, name: str, encoding: str) -> None:
    words = "The café opens at nine. The baker comes at four.\n"
    assert read_document(file(tmp_path, name, words.encode(encoding))).text == words
    assert identify(file(tmp_path, name, words.encode(encoding))).media_type == "text/plain"


def test_a_file_that_can_not_be_opened_is_rejected(tmp_path: Path) -> None:
    with pytest.raises(DocumentRejectedError, match="can't be opened"):
        read_document(tmp_path / "gone.txt")
    (tmp_path / "folder.txt").mkdir()
    with pytest.raises(DocumentRejectedError, match="no ordinary file"):
        identify(tmp_path / "folder.txt")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes")
def test_a_named_pipe_is_rejected_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    with pytest.raises(DocumentRejectedError, match="no ordinary file"):
        read_document(tmp_path / "pipe.txt")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_rights_is_rejected(tmp_path: Path) -> None:
    path = file(tmp_path, "a.txt", b"words")
    path.chmod(0)
    with pytest.raises(DocumentRejectedError, match="can't be opened"):
        read_document(path)


def outcome(path: Path) -> str:
    """Return why a file is rejected; "" if it is read."""
    try:
        assert read_document(path).text
    except DocumentRejectedError as rejected:
        return str(rejected)
    return ""


GARBAGE = b"".join(hashlib.sha256(bytes([number])).digest() for number in range(100))
NO_TEXT = "its bytes are not text: "
NO_SUCH = r"it is named \S+ but is no .*: |\(File is not a zip file\): |there is no (page|message) in "
MAIL = {".eml", ".emlx"}  # read to what is text of it, as a mail is of which the headers are gone


@pytest.mark.parametrize(
    ("head", "reasons", "read"),
    [
        (b"", f"{NO_TEXT}|{NO_SUCH}", MAIL),
        (b"<html>", f"{NO_TEXT}|{NO_SUCH}|its XML is damaged|neither headers nor text: ", set()),
        (b"%PDF-1.4\n", "the PDF is damaged: ", set()),
        (b"PK\x03\x04", r"it is cut off or damaged, |is damaged \(File is not a zip file\): ", set()),
    ],
)
def test_garbage_is_rejected_as_what_it_begins_like_or_is_named(
    tmp_path: Path, head: bytes, reasons: str, read: set[str]
) -> None:
    found = {suffix: outcome(file(tmp_path, f"a{suffix}", head + GARBAGE)) for suffix in READABLE_SUFFIXES}
    assert {suffix for suffix, reason in found.items() if not reason} == read
    assert {suffix: reason for suffix, reason in found.items() if reason and not re.search(reasons, reason)} == {}


def test_garbage_that_says_which_text_it_is_is_read_where_text_is(tmp_path: Path) -> None:
    of_text = {suffix for suffix in READABLE_SUFFIXES if NO_TEXT in outcome(file(tmp_path, f"a{suffix}", GARBAGE))}
    found = {suffix: outcome(file(tmp_path, f"b{suffix}", b"\xff\xfe" + GARBAGE)) for suffix in READABLE_SUFFIXES}
    assert len(of_text) > 50
    assert {suffix for suffix, reason in found.items() if not reason} == of_text - {".ipynb"} | MAIL
    assert "the notebook is damaged" in found[".ipynb"]
