"""Archives, ZIP and TAR, and single packed files: the list of the files is the text, the files are members."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import random
import struct
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rejections import read_or_rejected

from index.errors import DocumentRejectedError
from index.readers import read_source
from index.readers.archives import tar, zip
from index.readers.archives.members import Allowance, Unpacked, safe_name, unpack
from index.readers.content import Content, Source


def zipped(*files: tuple[str | zipfile.ZipInfo, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in files:
            archive.writestr(name, data)
    return buffer.getvalue()


def tarred(*files: tuple[str | tarfile.TarInfo, bytes], form: int = tarfile.PAX_FORMAT) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=form) as archive:
        for name, data in files:
            entry = name if isinstance(name, tarfile.TarInfo) else tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return buffer.getvalue()


def read(data: bytes, name: str = "archive.zip") -> Content:
    return (tar if not data.startswith(b"PK") else zip).read(Source(data, name))


def unpacked(content: Content, folder: Path) -> Unpacked:
    return unpack(content.members, folder, allowance=Allowance())


def contents(content: Content, folder: Path) -> dict[str, bytes]:
    return {file.name: file.file.read_bytes() for file in unpacked(content, folder).files}


PACKINGS: list[Callable[[bytes], bytes]] = [gzip.compress, bz2.compress, lzma.compress, bytes]


def test_the_text_of_an_archive_is_the_list_of_its_files(tmp_path: Path) -> None:
    content = read(zipped(("letters/offer.txt", b"one"), ("letters/", b""), ("b.txt", b"two")))
    assert content.text == "Files in this archive:\n\n- letters/offer.txt\n- b.txt"
    assert (content.title, content.missing) == ("", "")
    assert contents(content, tmp_path) == {"letters/offer.txt": b"one", "b.txt": b"two"}


def test_a_long_list_ends_with_how_many_more_there_are() -> None:
    lines = read(zipped(*((f"{number}.txt", b"x") for number in range(2000)))).text.split("\n")
    assert len(lines) == 203
    assert lines[-2:] == ["- 199.txt", "and 1,800 more"]


@pytest.mark.parametrize("pack", PACKINGS)
def test_a_tar_is_read_in_any_packing(pack: Callable[[bytes], bytes], tmp_path: Path) -> None:
    content = read(pack(tarred(("a/b.txt", b"one"), ("c.txt", b"two" * 1000))), "x.tar.gz")
    assert content.text == "Files in this archive:\n\n- a/b.txt\n- c.txt"
    assert contents(content, tmp_path) == {"a/b.txt": b"one", "c.txt": b"two" * 1000}


@pytest.mark.parametrize("pack", PACKINGS[:3])
@pytest.mark.parametrize(
    ("name", "inner"), [("notes.txt.gz", "notes.txt"), ("notes.bz2", "notes"), ("a.tgz", "a.tar"), ("", "unnamed")]
)
def test_one_packed_file_is_the_only_member(
    pack: Callable[[bytes], bytes], name: str, inner: str, tmp_path: Path
) -> None:
    content = read(pack(b"Some words."), name)
    assert contents(content, tmp_path) == {inner: b"Some words."}
    assert content.text == f"Files in this archive:\n\n- {inner}"


def test_hidden_files_links_and_devices_are_passed_over(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("link.txt")
    link.external_attr = 0o120777 << 16
    files = [(".hidden", b"x"), ("__MACOSX/a.txt", b"x"), ("a/.DS_Store", b"x"), ("a.txt", b"one")]
    assert contents(read(zipped((link, b"/etc/passwd"), *files)), tmp_path) == {"a.txt": b"one"}
    entries = []
    for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.DIRTYPE):
        entries.append(tarfile.TarInfo("other"))
        entries[-1].type, entries[-1].linkname = kind, "/etc/passwd"
    assert contents(read(tarred(*((entry, b"") for entry in entries), *files)), tmp_path) == {"a.txt": b"one"}


def renamed(data: bytes, old: bytes, new: bytes) -> bytes:
    """Write another name of the same length into an archive, as tools do that know nothing of Unicode."""
    assert len(old) == len(new)
    return data.replace(old, new)


@pytest.mark.parametrize(
    ("raw", "shown"),
    [("Größe.txt".encode(), "Größe.txt"), (b"Gr\x94\xe1e.txt", "Größe.txt"), ("見積.txt".encode(), "見積.txt")],
)
def test_names_are_utf8_without_saying_so_or_as_dos_wrote_them(raw: bytes, shown: str) -> None:
    data = renamed(zipped(("x" * len(raw), b"one")), b"x" * len(raw), raw)
    assert read(data).text.endswith(f"- {shown}")


def test_a_file_whose_name_is_nothing_costs_no_other(tmp_path: Path) -> None:
    content = read(renamed(zipped(("nameless.txt", b"one"), ("b.txt", b"two")), b"nameless.txt", bytes(12)))
    assert b"two" in contents(content, tmp_path).values()


def test_a_name_that_is_kept_in_unicode_beside_the_other_is_taken() -> None:
    entry = zipfile.ZipInfo("???.txt")
    name = "見積書.txt".encode()
    entry.extra = struct.pack("<HHBI", 0x7075, 5 + len(name), 1, zlib.crc32(b"???.txt")) + name
    assert read(zipped((entry, b"one"))).text.endswith("- 見積書.txt")


def test_a_name_of_a_tar_that_is_not_utf8_is_western() -> None:
    data = tarred(("Größe.txt", b"one"), form=tarfile.GNU_FORMAT)
    assert "Größe.txt".encode() in data
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.GNU_FORMAT, encoding="cp1252") as archive:
        archive.addfile(tarfile.TarInfo("Größe.txt"))
    assert read(buffer.getvalue()).text.endswith("- Größe.txt")


def locked(data: bytes, name: bytes) -> bytes:
    """Set the flag of a file that is encrypted, in both of its headers."""
    for mark, before, flags in ((b"PK\x03\x04", 30, 6), (b"PK\x01\x02", 46, 8)):
        at = -1
        while (at := data.find(mark, at + 1)) != -1:
            if data[at + before : at + before + len(name)] == name:
                data = data[: at + flags] + bytes([data[at + flags] | 1]) + data[at + flags + 1 :]
    return data


def test_files_with_a_password_are_missing_and_the_rest_is_read(tmp_path: Path) -> None:
    data = locked(zipped(("secret.txt", b"one"), ("open.txt", b"two")), b"secret.txt")
    content = read(data)
    assert contents(content, tmp_path) == {"open.txt": b"two"}
    assert content.missing == (
        "1 file in it is protected by a password (secret.txt): unpack it with the password and index the folder"
    )
    with pytest.raises(DocumentRejectedError, match=r"^1 file in it is protected by a password \(secret.txt\): "):
        read(locked(zipped(("secret.txt", b"one")), b"secret.txt"))


def test_a_packing_that_is_not_read_is_named() -> None:
    data = zipped(("a.txt", b"one"), ("b.txt", b"two"), method=zipfile.ZIP_STORED)
    at = data.index(b"PK\x01\x02")
    content = read(data[: at + 10] + struct.pack("<H", 9) + data[at + 12 :])
    assert content.text.endswith("\n\n- b.txt")
    assert content.missing == (
        "1 file in it is packed in a way that is not read (a.txt): unpack it and index the folder"
    )


def test_a_damaged_file_is_named_and_the_rest_is_read(tmp_path: Path) -> None:
    data = zipped(("a.txt", b"the first words"), ("b.txt", b"the second words"), method=zipfile.ZIP_STORED)
    result = unpacked(read(data.replace(b"first", b"fIrst")), tmp_path)
    assert [file.name for file in result.files] == ["b.txt"]
    assert result.missing == "1 file in it is damaged (a.txt): pack it again from its source"


def test_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    bomb = bytes(12 << 20)
    content = read(zipped(("bomb.txt", bomb), ("a.txt", b"one")))
    assert contents(content, tmp_path) == {"a.txt": b"one"}
    assert content.missing == (
        "1 file in it is packed more than 200 times over (bomb.txt): unpack it and index the folder"
    )
    for pack in PACKINGS[:3]:
        content = read(pack(tarred(("a.txt", b"one"), ("bomb.txt", bomb))), "x.tgz")
        result = unpacked(content, tmp_path)
        assert [file.name for file in result.files] == ["a.txt"]
        assert "it unpacks to more than is read" in content.missing


def test_files_that_share_their_bytes_are_bounded_together(tmp_path: Path) -> None:
    data = zipped(("a.txt", bytes(range(256)) * 400))
    at, end = data.index(b"PK\x01\x02"), data.index(b"PK\x05\x06")
    entry, count = data[at:end], 500
    directory = b"".join(entry.replace(b"a.txt", b"%05d" % number) for number in range(count))
    tail = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count, count, len(directory), at, 0)
    content = read(data[:at] + directory + tail)
    result = unpack(content.members, tmp_path, allowance=Allowance(bytes=1_000_000))
    assert sum(file.size for file in result.files) <= 1_000_000
    assert result.missing


@pytest.mark.parametrize("pack", PACKINGS)
def test_what_comes_before_the_end_of_an_archive_that_is_cut_off_is_read(
    pack: Callable[[bytes], bytes], tmp_path: Path
) -> None:
    noise = random.Random(1).randbytes(2 << 20)  # bzip2 packs 900 KB at once
    data = pack(tarred(("a.txt", b"one"), ("b.bin", noise[:100_000]), ("c.bin", noise)))
    content = read(data[: len(data) // 2], "x.tar.gz")
    result = unpacked(content, tmp_path)
    assert result.files[0].file.read_bytes() == b"one"
    assert "c.bin" not in [file.name for file in result.files]
    assert "cut off" in content.missing or "damaged (c.bin)" in result.missing


def test_of_a_zip_that_is_cut_off_the_whole_files_are_read(tmp_path: Path) -> None:
    noise = random.Random(1).randbytes(100_000)
    words = b"words that can be packed " * 100
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        data = zipped(("größe.txt", words), ("b.bin", noise), ("c.bin", noise), method=method)
        content = read(data[: len(data) - 60_000])
        assert contents(content, tmp_path) == {"größe.txt": words, "b.bin": noise}
        assert content.missing == ("it is cut off or damaged, and not all of it can be read: download or pack it again")


def test_of_a_zip_that_was_written_into_a_pipe_and_cut_off_the_whole_files_are_read(tmp_path: Path) -> None:
    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

        def tell(self) -> int:
            raise OSError

        def seek(self, offset: int, whence: int = 0) -> int:
            raise OSError

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", b"words " * 100)
        archive.writestr("b.txt", b"words " * 100)
    content = read(pipe.getvalue()[:-40])
    assert contents(content, tmp_path) == {"a.txt": b"words " * 100, "b.txt": b"words " * 100}


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (zipped(), "it holds no files"),
        (zipped((".DS_Store", b"x")), "it holds no files"),
        (tarred(), "it holds no files"),
        (gzip.compress(b""), "there is nothing in it"),
        (b"\x1f\x8b\x08\x00broken", "it is cut off or damaged"),
        (zipped(("a.txt", b"one"))[:33], "it is cut off or damaged"),
    ],
    ids=["zip", "zip of a note of the system", "tar", "gzip", "no gzip", "half a zip"],
)
def test_an_archive_with_nothing_to_read_is_rejected_with_the_reason(data: bytes, reason: str) -> None:
    with pytest.raises(DocumentRejectedError, match=reason) as raised:
        read(data)
    assert ": " in str(raised.value)


ARCHIVES = [  # made once: the time stands in them
    pack(whole)
    for whole in (zipped(("a.txt", b"one" * 50), ("b/c.txt", b"two")), tarred(("a", b"one")))
    for pack in (bytes, gzip.compress, bz2.compress, lzma.compress)
]


NOT_UNPACKED = (
    "it is (cut off or damaged|named .zip but is no archive: )|the file is damaged |"
    "it holds no files |[12] files? in it (is|are) "
)


@given(st.data())
def test_no_damage_of_an_archive_does_more_than_damage(data: st.DataObject) -> None:
    packed = data.draw(st.sampled_from(ARCHIVES))
    at = data.draw(st.integers(0, len(packed) - 1))
    noise = data.draw(st.binary(max_size=20))
    source = Source(packed[:at] + noise + packed[at + len(noise) :], "x.zip")
    reasons = NOT_UNPACKED if at >= 10 else ".+: "  # without the mark that it begins with it is of another kind
    read = read_or_rejected(lambda: read_source(source, path="", modified=0.0), reasons)
    if read is None:
        return
    assert read.document.text.strip()
    with tempfile.TemporaryDirectory() as folder:
        unpacked = unpack(read.members, Path(folder), allowance=Allowance(files=1, bytes=100))
        assert len(unpacked.files) <= 1
        assert sum(file.size for file in unpacked.files) <= 100
        assert all(file.file.parent == Path(folder) for file in unpacked.files)
        assert all(file.name == safe_name(file.name) for file in unpacked.files)


def test_the_archives_of_others_are_read(shared: Path, tmp_path: Path) -> None:
    for path in sorted((shared / "documents").rglob("*.zip")):
        content = read(path.read_bytes(), path.name)
        result = unpacked(content, tmp_path)
        assert len(result.files) == len(content.members) >= 2
        assert result.missing == content.missing == ""
