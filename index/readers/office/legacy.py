"""Old Office files (.doc, .ppt, .xls) and whatever else is in an OLE file: bytes in, their text out.

Their binary forms are read by LibreOffice, where it is installed: it saves them in the form that our own reader takes.
"""

from __future__ import annotations

import contextlib
import io
import os
import signal
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import olefile

from index.errors import DocumentRejectedError
from index.readers.abilities import find_office
from index.readers.content import Content, Source
from index.readers.mail import msg
from index.readers.office import docx, pptx, xlsx

_TIME_LIMIT = 25.0  # seconds; a process that reads is ended after 30 without a sign
_PASSWORD = "it is protected by a password: save a copy without one"  # noqa: S105 - says so, is none

# Nothing in a document is run, and nothing that it links to is fetched.
_PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="MacroSecurityLevel" oor:op="fuse">
<value>3</value></prop><prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop>
<prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Calc/Content/Update"><prop oor:name="Link" oor:op="fuse"><value>2</value></prop>
</item><item oor:path="/org.openoffice.Office.Writer/Content/Update"><prop oor:name="Link" oor:op="fuse">
<value>0</value></prop></item></oor:items>
"""


class _Kind(NamedTuple):
    """A kind of old file: its ending, that of what it is saved as and its reader, and whether it needs a password."""

    suffix: str
    target: str
    read: Callable[[Source], Content]
    is_locked: Callable[[bytes], bool]


def _is_locked_text(stream: bytes) -> bool:
    return len(stream) > 11 and bool(stream[11] & 1)  # the flag fEncrypted of the header


def _is_locked_workbook(stream: bytes) -> bool:
    at, locked = 0, b"\x2f\x00"  # the record FILEPASS, near the beginning
    for _ in range(64):
        if stream[at : at + 2] == locked:
            return True
        at += 4 + int.from_bytes(stream[at + 2 : at + 4], "little")
    return False


def _is_locked_show(stream: bytes) -> bool:
    return stream[12:16] == b"\xdf\xc4\xd1\xf3"  # the token in "Current User"


_KINDS = {  # by the stream that is in each
    "WordDocument": _Kind("doc", "docx", docx.read, _is_locked_text),
    "Workbook": _Kind("xls", "xlsx", xlsx.read, _is_locked_workbook),
    "Book": _Kind("xls", "xlsx", xlsx.read, _is_locked_workbook),
    "Current User": _Kind("ppt", "pptx", pptx.read, _is_locked_show),
    "PowerPoint Document": _Kind("ppt", "pptx", pptx.read, lambda _stream: False),
}


def read(source: Source) -> Content:
    """Read an OLE file by what is in it: an old Office document, or a message."""
    with olefile.OleFileIO(io.BytesIO(source.data)) as ole:
        if ole.exists("EncryptedPackage"):
            raise DocumentRejectedError(_PASSWORD)
        name = next((name for name in _KINDS if ole.exists(name)), "")
        if not name:
            return _read_other(source, is_message=ole.exists("__properties_version1.0"))
        kind = _KINDS[name]
        is_locked = kind.is_locked(ole.openstream(name).read(1 << 16))
    office = find_office()
    if office is None:
        cure = f"save it as .{kind.target}"
        raise DocumentRejectedError(f".{kind.suffix} files are read through LibreOffice: install it, or {cure}")
    source.report(0, 0)  # its time begins now
    converted = _convert(source.data, kind, office)
    source.report(0, 0)
    if converted is None:
        reason = f"LibreOffice can't open it: save it as .{kind.target}"
        raise DocumentRejectedError(_PASSWORD if is_locked else reason)
    return kind.read(Source(converted, f"{source.name}.{kind.target}", source.report, source.skipped))


def _read_other(source: Source, *, is_message: bool) -> Content:
    if is_message:
        return msg.read(source)
    raise DocumentRejectedError("it is an Office file of a kind that is not read: save it as PDF")


def _convert(data: bytes, kind: _Kind, office: str) -> bytes | None:
    """Return the file as LibreOffice saves it in the new form, or None if it can't."""
    with tempfile.TemporaryDirectory(prefix="pincite-", ignore_cleanup_errors=True) as folder:
        old, new = Path(folder, f"document.{kind.suffix}"), Path(folder, "new", f"document.{kind.target}")
        old.write_bytes(data)
        profile = Path(folder, "profile", "user")
        profile.mkdir(parents=True)
        (profile / "registrymodifications.xcu").write_text(_PROFILE, encoding="utf-8")
        _run(
            [
                office,
                f"-env:UserInstallation={profile.parent.as_uri()}",
                *("--headless", "--norestore", "--nologo", "--nodefault", "--nolockcheck"),
                *("--convert-to", kind.target, "--outdir", str(new.parent), str(old)),
            ]
        )
        return new.read_bytes() if new.is_file() else None


def _run(command: list[str]) -> None:
    """Run a program; end it, with all that it started, when its time is up."""
    program = subprocess.Popen(  # noqa: S603 - the program that was found, with names of our own making
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        program.wait(timeout=_TIME_LIMIT)
    except subprocess.TimeoutExpired as error:
        limit = f"{_TIME_LIMIT:.0f} s"
        raise DocumentRejectedError(f"LibreOffice takes over {limit} for it: save it in a new format") from error
    finally:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            _end_group(program.pid)
        program.kill()
        program.wait()


def _end_group(group: int) -> None:
    if os.name == "posix":
        os.killpg(group, signal.SIGKILL)
