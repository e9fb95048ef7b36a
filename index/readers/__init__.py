"""Reading: a file in, one `Document` with its canonical text out, and the files inside of it, if it holds any.

`formats` says which formats there are; each has a module of its own with `read(source) -> Content`.
"""

from __future__ import annotations

import hashlib
import importlib
import os
import stat
from collections.abc import Callable, Sequence
from io import BufferedReader
from pathlib import Path, PurePath
from typing import NamedTuple

from index.errors import DocumentRejectedError, PinciteError
from index.readers.cleaning import clean_content, clean_line
from index.readers.content import LONGEST_TITLE, Content, Member, Source
from index.readers.formats import READABLE_SUFFIXES, Format, format_of
from index.records import Document

__all__ = ["READABLE_SUFFIXES", "Identity", "identify", "open_ordinary", "read_document", "read_source", "render_page"]

LARGEST = 512 << 20  # bytes of a file that is read
LONGEST_TEXT = 50_000_000  # characters of a document: ten Bibles, and four minutes of embedding
_FLAGS = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)  # a pipe would be waited for, for ever
_SAMPLE = 1 << 16  # bytes at both ends of a file that tell its format


class Identity(NamedTuple):
    """What a file is, told without parsing it: same media type and content, same `doc_id`, wherever the file lies."""

    media_type: str
    sha256: str
    doc_id: str
    modified: float


class SourceRead(NamedTuple):
    """What is in a file: its own document, and the files inside of it."""

    document: Document
    members: Sequence[Member]


def read_document(path: Path) -> Document:
    """Read a file, in this process. Raises DocumentRejectedError as `read_source` does."""
    data, modified = _read_bytes(path)
    return read_source(Source(data, path.name), path=str(path), modified=modified).document


def read_source(source: Source, *, path: str, modified: float) -> SourceRead:
    """Read a file from its bytes; it is what they say, or else what its name says.

    Raises DocumentRejectedError if it can't be read, with the reason; no other error of a parser comes through.
    """
    format = format_of(_sample(source.data), source.name)
    try:
        content = clean_content(_reader(format)(source))
    except DocumentRejectedError:
        raise
    except MemoryError as error:
        raise DocumentRejectedError("it takes more memory than a file may: split it") from error
    except Exception as error:  # parsers raise anything at hostile files
        reason = " ".join(str(error).split())[:120] or type(error).__name__
        raise DocumentRejectedError(f"the file is damaged ({reason}): save it again from its source") from error
    if not content.text.strip():
        raise DocumentRejectedError("it holds no text: leave it out, or add one that does")
    if len(content.text) > LONGEST_TEXT:
        raise DocumentRejectedError(f"its text has over {LONGEST_TEXT:,} characters: split it")
    identity = _identity(format, hashlib.sha256(source.data), modified)
    document = Document(
        doc_id=identity.doc_id,
        path=path,
        title=content.title or clean_line(PurePath(source.name).stem, most=LONGEST_TITLE),
        media_type=identity.media_type,
        text=content.text,
        pages=content.pages,
        headings=content.headings,
        sha256=identity.sha256,
        modified=modified,
        missing=content.missing,
        left_out=tuple(content.left_out),
    )
    return SourceRead(document, content.members)


def render_page(data: bytes, name: str, number: int, *, width: int) -> bytes:
    """Return page `number` (from 1) of a file as a PNG, `width` pixels wide.

    Raises PinciteError if it has no such page, or its format has no pages that can be shown.
    """
    module = importlib.import_module(f"index.readers.{format_of(_sample(data), name).reader}")
    if not hasattr(module, "render_page"):
        raise PinciteError(f"{name} has no pages that can be shown as pictures")
    image: bytes = module.render_page(data, number, width=width)
    return image


def open_ordinary(path: Path) -> BufferedReader:
    """Open a file to read its bytes. Raises DocumentRejectedError if it is none, too large, or closed to us."""
    file = _open(path)
    if os.fstat(file.fileno()).st_size <= LARGEST:
        return file
    file.close()
    raise _too_large()


def identify(path: Path, *, name: str = "") -> Identity:
    """Return what identifies a file, which is called `name` if not as its path says.

    Raises DocumentRejectedError for a file of no format that is read, or that can't be opened.
    """
    with _open(path) as file:
        try:
            found = os.fstat(file.fileno())
            if found.st_size <= _SAMPLE:  # most files: read once, without the buffers of the other way
                data = file.read()
                return _identity(format_of(data, name or path.name), hashlib.sha256(data), found.st_mtime)
            sample = file.read(_SAMPLE)
            file.seek(max(_SAMPLE, found.st_size - _SAMPLE))
            format = format_of(sample + file.read(_SAMPLE), name or path.name)
            if found.st_size > LARGEST:
                raise _too_large()
            file.seek(0)
            return _identity(format, hashlib.file_digest(file, "sha256"), found.st_mtime)
        except OSError as error:
            raise _unreadable(error) from error


def _sample(data: bytes) -> bytes:
    return data[:_SAMPLE] + data[max(_SAMPLE, len(data) - _SAMPLE) :]


def _reader(format: Format) -> Callable[[Source], Content]:
    """Return the function that reads a format; its module is loaded now, with the libraries that it needs."""
    read: Callable[[Source], Content] = importlib.import_module(f"index.readers.{format.reader}").read
    return read


def _identity(format: Format, digest: hashlib._Hash, modified: float) -> Identity:
    doc_id = hashlib.sha256(f"{format.media_type}\0".encode() + digest.digest()).hexdigest()[:16]
    return Identity(format.media_type, digest.hexdigest(), doc_id, modified)


def _read_bytes(path: Path) -> tuple[bytes, float]:
    with open_ordinary(path) as file:
        try:
            return file.read(), os.fstat(file.fileno()).st_mtime
        except OSError as error:
            raise _unreadable(error) from error


def _open(path: Path) -> BufferedReader:
    """Open an ordinary file; what it is is asked of the open one, as a name may stand for another a moment later."""
    try:
        number = os.open(path, _FLAGS)
    except OSError as error:
        raise _unreadable(error) from error
    if stat.S_ISREG(os.fstat(number).st_mode):
        return os.fdopen(number, "rb")
    os.close(number)
    raise DocumentRejectedError("it is no ordinary file: leave it out")


def _too_large() -> DocumentRejectedError:
    return DocumentRejectedError(f"it is larger than {LARGEST >> 20} MB: split it")


def _unreadable(error: OSError) -> DocumentRejectedError:
    return DocumentRejectedError(f"it can't be opened ({error.strerror or error}): check the file's rights")
