"""Members: the files inside of a file, under names that are safe to show, and unpacked within limits.

A reader gives its members under the names that the file has for them. Here they get the names that people see, are
written to a folder under numbers, and are found again by the path of a document, "mails.mbox/0003 Offer.eml/a.pdf".
"""

from __future__ import annotations

import lzma
import os
import re
import struct
import tarfile
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePath, PurePosixPath

from index.errors import DocumentRejectedError
from index.readers import read_source
from index.readers.content import Content, ContentBuilder, Member, Source
from index.text.characters import clean_text

MAX_FILES = 10_000  # of one file on the disk, all that it holds at any depth
MAX_BYTES = 1 << 30  # likewise, unpacked
MAX_MEMBER = 256 << 20  # bytes of one member
MAX_DEPTH = 5  # archives in archives
MAX_RATIO = 200  # times that a member may be as large as it is packed; text packs 3 to 20 times
MAX_RATIO_FROM = 10 << 20  # below this size, how well a file packs says nothing
MAX_LISTED = 200  # names in the text of an archive

UNPACK = "unpack it and index the folder"
_SHOWN = 3  # names in a sentence
_MAX_PART = 150  # characters of a folder's or a file's name
_MAX_PARTS = 20
_MAX_SUFFIX = 12
_DRIVE = re.compile(r"[A-Za-z]:")
_LINE_BREAKS = re.compile("[\t\n\f\u2029]")  # what of its kind is left in a text that was cleaned
# What other programs leave in archives and folders, beside hidden files.
_LEFTOVERS = frozenset({"__MACOSX", "Thumbs.db", "desktop.ini"})
# What unpacking raises at data that are damaged, or made to harm.
DAMAGE = (
    OSError,
    EOFError,
    ValueError,
    LookupError,
    RuntimeError,  # with it NotImplementedError
    ArithmeticError,
    MemoryError,
    struct.error,
    zlib.error,
    lzma.LZMAError,
    zipfile.BadZipFile,
    tarfile.TarError,
)


@dataclass(frozen=True, slots=True)
class Allowance:
    """How many files and bytes may still be unpacked of what lies in one file on the disk."""

    files: int = MAX_FILES
    bytes: int = MAX_BYTES


@dataclass(frozen=True, slots=True)
class UnpackedFile:
    """A member that was written to the disk: `name` is its path to show, `file` is where its bytes are."""

    name: str
    file: Path
    size: int


@dataclass(frozen=True, slots=True)
class Unpacked:
    """What was unpacked, in order; `missing` says what was not, and the cure; `left` is what may still be unpacked."""

    files: tuple[UnpackedFile, ...]
    missing: str
    left: Allowance


@dataclass(slots=True)
class Omissions:
    """Collects the members that can't be read, by reason, and says it in one sentence."""

    _names: dict[str, list[str]] = field(default_factory=dict)

    def add(self, reason: str, name: str) -> None:
        """Note a member; the reason goes on from "3 files in it are ", and holds the cure."""
        self._names.setdefault(reason, []).append(name)

    def sentence(self) -> str:
        """Return what is missing, or ""."""
        return "; ".join(_omission(reason, names) for reason, names in self._names.items())


def _omission(reason: str, names: Sequence[str]) -> str:
    shown = ", ".join(names[:_SHOWN]) + (", ..." if len(names) > _SHOWN else "")
    count = "1 file in it is" if len(names) == 1 else f"{len(names):,} files in it are"
    what, _, cure = reason.partition(": ")
    return f"{count} {what} ({shown}): {cure}"


def safe_name(name: str) -> str:
    """Return a member's name as it can be shown and put behind a path: no way up, no drive, nothing unseen."""
    name = unicodedata.normalize("NFC", name.replace("\\", "/"))
    parts = [safe for part in name.split("/") if (safe := _safe_part(part))]
    while parts and (drive := _DRIVE.match(parts[0])):
        parts[:1] = [rest] if (rest := _safe_part(parts[0][drive.end() :])) else []
    return "/".join(parts[-_MAX_PARTS:]) or "unnamed"


def _safe_part(part: str) -> str:
    """Return one part of a path, or "" for one that leads nowhere or up."""
    part = _LINE_BREAKS.sub("_", clean_text(part)).strip()
    return "" if part in (".", "..") else clean_text(_shortened(part, _MAX_PART))


def _shortened(part: str, length: int) -> str:
    """Return the part with at most `length` characters, its ending kept."""
    if len(part) <= length:
        return part
    suffix = PurePosixPath(part).suffix
    suffix = suffix if len(suffix) <= _MAX_SUFFIX else ""
    return part[: length - len(suffix)].rstrip() + suffix


def safe_names(names: Iterable[str]) -> list[str]:
    """Return the names made safe, and each only once: "offer.pdf", "offer (2).pdf"."""
    safe = [safe_name(name) for name in names]
    taken = set(safe)
    used: set[str] = set()
    numbers: dict[str, int] = {}
    result = []
    for name in safe:
        unique = name
        while unique in used or (unique != name and unique in taken):
            numbers[name] = number = numbers.get(name, 1) + 1
            unique = _numbered(name, number)
        used.add(unique)
        result.append(unique)
    return result


def _numbered(name: str, number: int) -> str:
    folder, slash, file = name.rpartition("/")
    suffix = PurePosixPath(file).suffix
    mark = f" ({number}){suffix if len(suffix) <= _MAX_SUFFIX else ''}"
    stem = file[: len(file) - len(suffix)] if len(suffix) <= _MAX_SUFFIX else file
    return folder + slash + clean_text(stem[: _MAX_PART - len(mark)].rstrip() + mark)


def is_passed_over(name: str) -> bool:
    """Tell whether a file of an archive is one that is passed over in a folder, too: hidden, or some program's own."""
    parts = [part for part in name.replace("\\", "/").split("/") if part not in ("", ".", "..")]
    if not parts:
        return True
    last = parts[-1]
    return (
        any(part.startswith(".") or part in _LEFTOVERS for part in parts)
        or last.startswith("~$")
        or last.endswith("~")
        or (last.startswith("#") and last.endswith("#"))
    )


def archive_content(members: Sequence[Member], omissions: Omissions, *, whole: str = "") -> Content:
    """Return the content of an archive: the list of the files in it is its text.

    `whole` says what is missing of the archive itself. Raises DocumentRejectedError if there is nothing in it.
    """
    missing = "; ".join(filter(None, (whole, omissions.sentence())))
    if not members:
        raise DocumentRejectedError(missing or "it holds no files that could be read: leave it out")
    names = safe_names(member.name for member in members)
    builder = ContentBuilder()
    builder.paragraph("Files in this archive:")
    builder.lines(listed(names))
    return Content("", builder.build("").text, members=members, missing=missing)


def listed(names: Sequence[str]) -> list[str]:
    """Return a line for each name, up to a limit, and how many more there are."""
    more = len(names) - MAX_LISTED
    return [f"- {name}" for name in names[:MAX_LISTED]] + ([f"and {more:,} more"] if more > 0 else [])


def _unheard(_member: int, _members: int) -> None:
    """Take a report that nobody waits for."""


def unpack(
    members: Sequence[Member],
    folder: Path,
    *,
    allowance: Allowance,
    report: Callable[[int, int], None] = _unheard,
) -> Unpacked:
    """Write the members to files in `folder` that are named by numbers, as far as the limits allow.

    `report` is called with the number of each member before it is unpacked, and how many there are.
    """
    omissions = Omissions()
    files: list[UnpackedFile] = []
    limit, left = "", allowance.bytes
    for number, (name, member) in enumerate(_named(members), start=1):
        report(number, len(members))
        if len(files) >= allowance.files:
            limit = _limit_reached(number, members, cure=f"allow more with --inside, or {UNPACK}")
            break
        if left < member.size <= MAX_MEMBER:
            limit = _limit_reached(number, members)
            break
        try:
            data = _read(member)
        except DocumentRejectedError as error:
            omissions.add(str(error), name)
            continue
        if len(data) > left:
            limit = _limit_reached(number, members)
            break
        left -= len(data)
        file = folder / f"{number:04d}"
        file.write_bytes(data)
        files.append(UnpackedFile(name, file, len(data)))
    missing = "; ".join(filter(None, (limit, omissions.sentence())))
    return Unpacked(tuple(files), missing, Allowance(allowance.files - len(files), left))


def _limit_reached(number: int, members: Sequence[Member], *, cure: str = UNPACK) -> str:
    return f"it holds more than is unpacked, only the first {number - 1:,} of {len(members):,} files are read: {cure}"


def _named(members: Sequence[Member]) -> list[tuple[str, Member]]:
    return list(zip(safe_names(member.name for member in members), members, strict=True))


def _read(member: Member) -> bytes:
    """Return a member's bytes. Raises DocumentRejectedError with a reason that goes on from "1 file in it is "."""
    too_large = f"larger than {MAX_MEMBER >> 20} MB: {UNPACK}"
    if member.size > MAX_MEMBER:
        raise DocumentRejectedError(too_large)
    try:
        data = member.read()
    except (*DAMAGE, DocumentRejectedError) as error:
        raise DocumentRejectedError("damaged: pack it again from its source") from error
    if len(data) > MAX_MEMBER:
        raise DocumentRejectedError(too_large)
    return data


def locate(path: Path) -> tuple[Path, str]:
    """Return the file on the disk that a document lies in, and the rest of its path; "" if it is that file itself.

    Raises DocumentRejectedError if there is no such file.
    """
    for place in (path, *path.parents):
        if os.path.isfile(place):  # unlike Path.is_file it takes any name, however long
            return place, "" if place == path else path.relative_to(place).as_posix()
    raise DocumentRejectedError("the file that it lies in is no more there: index its folder again")


def read_inside(data: bytes, name: str, rest: str) -> bytes:
    """Return the bytes of the file that stands at `rest` in the container `data`, however deep.

    Names may have a "/" in them, so that each beginning of `rest` may be a member. Raises DocumentRejectedError if
    there is none.
    """
    return _read_inside(data, name, rest, MAX_DEPTH) if rest else data


def _read_inside(data: bytes, name: str, rest: str, depth: int) -> bytes:
    found = read_source(Source(data, name), path=name, modified=0.0).members
    fitting = [(safe, member) for safe, member in _named(found) if f"{rest}/".startswith(f"{safe}/")]
    for safe, member in sorted(fitting, key=lambda one: -len(one[0])):
        inner = rest[len(safe) + 1 :]
        try:
            if not inner:
                return _read(member)
            if depth > 1:
                return _read_inside(_read(member), PurePath(safe).name, inner, depth - 1)
        except DocumentRejectedError:
            continue  # a shorter name may be the one that is meant
    raise DocumentRejectedError(f"{name} holds no {rest} that could be read: index it again")
