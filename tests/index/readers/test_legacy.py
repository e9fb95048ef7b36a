"""Old Office files: through LibreOffice where it is, else with a reason; other OLE files by what is in them."""

from __future__ import annotations

import stat
import struct
import subprocess
import time
from pathlib import Path

import docx
import psutil
import pytest

from index.errors import DocumentRejectedError
from index.readers.content import Source
from index.readers.office import legacy

needs_office = pytest.mark.skipif(legacy.find_office() is None, reason="LibreOffice is not installed")
FREE, END, TABLE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
SECTOR = 512


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a busy machine LibreOffice may take minutes."""
    monkeypatch.setattr(legacy, "_TIME_LIMIT", 240)


def ole(*streams: str, content: bytes = b"") -> bytes:
    """Return an OLE file with these streams, all of this content (at most 4 KB, which is filled up with zeros)."""
    body = content.ljust(4096, b"\0")
    each = len(body) // SECTOR
    entries = [_entry("Root Entry", kind=5, child=1 if streams else FREE, start=END, size=0)]
    table = [TABLE]
    for at, name in enumerate(streams):
        sibling = at + 2 if at + 1 < len(streams) else FREE
        entries.append(_entry(name, kind=2, right=sibling, start=1 + at * each, size=len(body)))
        table += [*range(2 + at * each, 1 + (at + 1) * each), END]
    directory = len(table)
    entries += [bytes(128)] * (-len(entries) % 4)
    table += [*range(directory + 1, directory + len(entries) // 4), END]
    table += [FREE] * (128 - len(table))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIIIIIII", 0, 1, directory, 0, 4096, END, 0, END, 0) + struct.pack(
        "<109I", 0, *[FREE] * 108
    )
    return header + struct.pack("<128I", *table) + body * len(streams) + b"".join(entries)


def _entry(name: str, *, kind: int, right: int = FREE, child: int = FREE, start: int, size: int) -> bytes:
    words = name.encode("utf-16-le") + b"\0\0"
    head = words.ljust(64, b"\0") + struct.pack("<HBBIII", len(words), kind, 1, FREE, right, child)
    return head + bytes(36) + struct.pack("<IQ", start, size)


def old_file(folder: Path, source: Path, suffix: str) -> bytes:
    """Return a file as LibreOffice saves it in the old form."""
    profile = (folder / "profile").as_uri()
    command = [
        "soffice",
        f"-env:UserInstallation={profile}",
        "--headless",
        "--convert-to",
        suffix,
        "--outdir",
        str(folder),
    ]
    subprocess.run([*command, str(source)], check=True, capture_output=True, timeout=120)
    return (folder / f"{source.stem}.{suffix}").read_bytes()


@pytest.mark.slow
@needs_office
def test_an_old_word_file_is_read_through_libreoffice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    room = tmp_path / "room"
    room.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(room))
    draft = docx.Document()
    draft.add_heading("On Foxes", 1)
    draft.add_paragraph("They run — fast.")
    draft.save(tmp_path / "foxes.docx")
    data = old_file(tmp_path, tmp_path / "foxes.docx", "doc")
    content = legacy.read(Source(data, "foxes.doc"))
    assert content.text == "On Foxes\n\nThey run — fast."
    assert content.headings
    assert list(room.iterdir()) == []


@needs_office
def test_what_libreoffice_cannot_open_is_rejected_with_the_cure() -> None:
    with pytest.raises(DocumentRejectedError, match=r"LibreOffice can't open it: save it as \.docx"):
        legacy.read(Source(ole("WordDocument", content=b"no such header"), "x.doc"))


@pytest.mark.parametrize(
    ("stream", "cure"),
    [
        ("WordDocument", r"\.doc files are read through LibreOffice: install it, or save it as \.docx"),
        ("Workbook", r"\.xls files .* save it as \.xlsx"),
        ("Book", r"\.xls files .* save it as \.xlsx"),
        ("PowerPoint Document", r"\.ppt files .* save it as \.pptx"),
    ],
)
def test_without_libreoffice_the_cure_is_said(monkeypatch: pytest.MonkeyPatch, stream: str, cure: str) -> None:
    monkeypatch.setattr(legacy, "find_office", lambda: None)
    with pytest.raises(DocumentRejectedError, match=cure):
        legacy.read(Source(ole(stream), "x"))


def test_an_encrypted_package_needs_a_password() -> None:
    with pytest.raises(DocumentRejectedError, match="protected by a password"):
        legacy.read(Source(ole("EncryptedPackage", "EncryptionInfo"), "x.docx"))


@pytest.mark.parametrize(
    ("stream", "content"),
    [
        ("WordDocument", bytes(11) + b"\1"),
        ("Workbook", b"\x09\x08\x02\x00\x00\x06" + b"\x2f\x00\x02\x00\x01\x00"),
        ("Current User", bytes(12) + b"\xdf\xc4\xd1\xf3"),
    ],
)
def test_an_old_file_that_is_locked_needs_a_password(
    monkeypatch: pytest.MonkeyPatch, stream: str, content: bytes, tmp_path: Path
) -> None:
    program = tmp_path / "soffice"
    program.write_text("#!/bin/sh\nexit 1\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setattr(legacy, "find_office", lambda: str(program))
    with pytest.raises(DocumentRejectedError, match="protected by a password"):
        legacy.read(Source(ole(stream, content=content), "x"))


def ends(process: int) -> bool:
    """Wait until a process that was killed has ended, a minute at the most: it takes a while on a busy machine."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            if psutil.Process(process).status() == psutil.STATUS_ZOMBIE:
                return True
        except psutil.NoSuchProcess:
            return True
        time.sleep(0.05)
    return False


def test_a_program_that_hangs_is_ended_with_all_that_it_started(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program, started = tmp_path / "soffice", tmp_path / "started"
    program.write_text(f"#!/bin/sh\nsleep 600 &\necho $! > {started}\nsleep 600\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setattr(legacy, "find_office", lambda: str(program))
    monkeypatch.setattr(legacy, "_TIME_LIMIT", 2)
    with pytest.raises(DocumentRejectedError, match="LibreOffice takes over"):
        legacy.read(Source(ole("WordDocument"), "x.doc"))
    assert ends(int(started.read_text()))


def test_an_ole_file_of_another_kind_is_rejected() -> None:
    with pytest.raises(DocumentRejectedError, match="of a kind that is not read"):
        legacy.read(Source(ole("VisioDocument"), "x.vsd"))
