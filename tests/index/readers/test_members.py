"""Members of files: the names that they are shown under, the limits of unpacking, and the way back to them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path, PurePath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import DocumentRejectedError
from index.readers import read_source
from index.readers.archives import members
from index.readers.archives.members import Allowance, is_passed_over, locate, read_inside, safe_name, safe_names, unpack
from index.readers.content import Member, Source


def member(name: str, data: bytes = b"words", *, size: int | None = None) -> Member:
    return Member(name, len(data) if size is None else size, lambda: data)


def failing(error: Exception) -> Callable[[], bytes]:
    def read() -> bytes:
        raise error

    return read


def zipped(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("letters/offer.pdf", "letters/offer.pdf"),
        ("../../etc/passwd", "etc/passwd"),
        ("/etc/passwd", "etc/passwd"),
        ("C:\\Users\\ann\\offer.pdf", "Users/ann/offer.pdf"),
        ("c:offer.pdf", "offer.pdf"),
        ("a/./b//c/", "a/b/c"),
        ("a\0b\n.pdf", "ab_.pdf"),
        ("fdp.\u202eexe", "fdp.exe"),
        ("half \ud83d.txt", "half \ufffd.txt"),
        ("in\u00advis\u200bi\u2060ble\ufeff.txt", "invisible.txt"),
        (".\u200b./a.txt", "a.txt"),
        ("نامه\u200cها.txt", "نامه\u200cها.txt"),
        ("Gru\u0308n.txt", "Grün.txt"),
        ("..", "unnamed"),
        ("", "unnamed"),
    ],
)
def test_a_members_name_leads_nowhere_else_and_shows_what_it_is(name: str, shown: str) -> None:
    assert safe_name(name) == shown


def test_a_long_name_is_shortened_before_its_ending() -> None:
    assert safe_name("x" * 1000 + ".pdf") == "x" * 146 + ".pdf"


def test_members_of_one_name_are_numbered() -> None:
    names = ["a/offer.pdf", "a/offer.pdf", "a/offer (2).pdf", "./a/offer.pdf", "b", "b"]
    assert safe_names(names) == ["a/offer.pdf", "a/offer (3).pdf", "a/offer (2).pdf", "a/offer (4).pdf", "b", "b (2)"]


any_name = st.text(st.characters(codec=None), max_size=200) | st.from_regex(r"([./\\]|C:|a|\.\.|\x00| ){0,30}")


@given(st.lists(any_name | st.sampled_from(["a.txt", "a (2).txt", "../a.txt", "A:A:a.txt"]), max_size=8))
def test_shown_names_are_safe_and_different_and_stay_as_they_are(names: list[str]) -> None:
    shown = safe_names(names)
    assert len(set(shown)) == len(names)
    for name in shown:
        parts = name.split("/")
        assert all(part and part not in (".", "..") and len(part) <= 150 and part == part.strip() for part in parts)
        assert not PurePath(name).is_absolute()
        assert name.isprintable() or not any(character < " " for character in name)
        name.encode("utf-8")
    assert safe_names(shown) == shown


@pytest.mark.parametrize(
    "name", [".git/config", "a/.DS_Store", "__MACOSX/a.pdf", "a/Thumbs.db", "a/~$offer.docx", "notes~", "#notes#", "/"]
)
def test_what_is_passed_over_in_a_folder_is_in_an_archive(name: str) -> None:
    assert is_passed_over(name)
    assert not is_passed_over("./letters/offer.pdf")


def test_members_are_unpacked_under_names_that_are_none_of_theirs(tmp_path: Path) -> None:
    unpacked = unpack([member("../../evil.txt", b"one"), member("b", b"two")], tmp_path, allowance=Allowance())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["0001", "0002"]
    assert [(file.name, file.file.read_bytes(), file.size) for file in unpacked.files] == [
        ("evil.txt", b"one", 3),
        ("b", b"two", 3),
    ]
    assert unpacked.missing == ""
    assert unpacked.left == Allowance(members.MAX_FILES - 2, members.MAX_BYTES - 6)


def test_what_was_unpacked_before_a_limit_stays(tmp_path: Path) -> None:
    found = [member(str(number)) for number in range(5)]
    for allowance, cure in ((Allowance(files=2), "allow more with --inside, or "), (Allowance(bytes=12), "")):
        unpacked = unpack(found, tmp_path, allowance=allowance)
        assert [file.name for file in unpacked.files] == ["0", "1"]
        assert f"only the first 2 of 5 files are read: {cure}unpack it and index the folder" in unpacked.missing


def test_a_member_that_lies_about_its_size_counts_with_the_true_one(tmp_path: Path) -> None:
    unpacked = unpack([member("a", b"x" * 100, size=1)], tmp_path, allowance=Allowance(bytes=99))
    assert unpacked.files == ()
    assert "it holds more than is unpacked" in unpacked.missing
    assert list(tmp_path.iterdir()) == []


def test_a_member_that_is_too_large_costs_itself_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(members, "MAX_MEMBER", 2 << 20)
    found = [member("said.bin", size=3 << 20), member("unsaid.bin", bytes(3 << 20), size=0), member("b.txt")]
    unpacked = unpack(found, tmp_path, allowance=Allowance())
    assert [file.name for file in unpacked.files] == ["b.txt"]
    assert unpacked.missing == (
        "2 files in it are larger than 2 MB (said.bin, unsaid.bin): unpack it and index the folder"
    )


def test_damaged_members_are_named_and_the_others_read(tmp_path: Path) -> None:
    errors = [EOFError(), zipfile.BadZipFile("x"), ValueError("x"), DocumentRejectedError("x"), NotImplementedError()]
    found = [Member(f"{number}.txt", 1, failing(error)) for number, error in enumerate(errors)]
    unpacked = unpack([*found, member("whole.txt")], tmp_path, allowance=Allowance())
    assert [file.name for file in unpacked.files] == ["whole.txt"]
    assert unpacked.missing == ("5 files in it are damaged (0.txt, 1.txt, 2.txt, ...): pack it again from its source")


def test_unpacking_says_how_far_it_is(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    unpack([member("a"), member("b")], tmp_path, allowance=Allowance(), report=lambda *at: told.append(at))
    assert told == [(1, 2), (2, 2)]


def test_a_document_is_located_in_the_file_that_it_lies_in(tmp_path: Path) -> None:
    archive = tmp_path / "letters.zip"
    archive.write_bytes(b"x")
    assert locate(archive) == (archive, "")
    assert locate(archive / "a.mbox" / "0001 Offer.eml") == (archive, "a.mbox/0001 Offer.eml")
    assert locate(archive / ("long/" * 3000)) == (archive, ("long/" * 3000).rstrip("/"))
    with pytest.raises(DocumentRejectedError, match="no more there"):
        locate(tmp_path / "gone.zip" / "a.pdf")


def test_a_file_is_read_from_inside_of_files() -> None:
    mail = b'Subject: Offer\nContent-Type: text/plain; name="a/b.txt"\nContent-Disposition: attachment\n\nwords\n'
    inner = zipped({"mail/offer.eml": mail, "mail": b"no archive"})
    outer = zipped({"x/inner.zip": inner, "x/inner.zip/mail": b"a file of a confusing name"})
    assert read_inside(outer, "outer.zip", "") == outer
    assert read_inside(outer, "outer.zip", "x/inner.zip") == inner
    assert read_inside(outer, "outer.zip", "x/inner.zip/mail/offer.eml/a/b.txt") == b"words\n"
    assert read_inside(outer, "outer.zip", "x/inner.zip/mail") == b"a file of a confusing name"


@pytest.mark.parametrize("rest", ["b.txt", "a.txt/b", "a.tx", "../a.txt", "/a.txt"])
def test_what_is_not_inside_is_not_found(rest: str) -> None:
    with pytest.raises(DocumentRejectedError, match="holds no"):
        read_inside(zipped({"a.txt": b"words"}), "a.zip", rest)


def test_each_unpacked_member_can_be_read_from_inside_by_its_name(tmp_path: Path) -> None:
    data = zipped({"../a.txt": b"1", "a.txt": b"2", "b\\c.txt": b"3", "C:/d.txt": b"4"})
    unpacked = unpack(
        read_source(Source(data, "x.zip"), path="x.zip", modified=0.0).members, tmp_path, allowance=Allowance()
    )
    assert [file.name for file in unpacked.files] == ["a.txt", "a (2).txt", "b/c.txt", "d.txt"]
    for file in unpacked.files:
        assert read_inside(data, "x.zip", file.name) == file.file.read_bytes()
