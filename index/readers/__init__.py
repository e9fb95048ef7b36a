"""Reading: a file in, one `Document` with its canonical text out. Each format has a module of its own with a `read`."""

from __future__ import annotations

import hashlib
import stat
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from index.errors import DocumentRejectedError
from index.readers import docx, html, markdown, pdf, text
from index.readers.content import Content
from index.records import Document

__all__ = ["READABLE_SUFFIXES", "Identity", "identify", "read_document"]

_Read = Callable[[bytes], Content]
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

_READERS: dict[str, tuple[str, _Read]] = {
    ".txt": ("text/plain", text.read),
    ".text": ("text/plain", text.read),
    ".log": ("text/plain", text.read),
    ".rst": ("text/plain", text.read),
    ".md": ("text/markdown", markdown.read),
    ".markdown": ("text/markdown", markdown.read),
    ".html": ("text/html", html.read),
    ".htm": ("text/html", html.read),
    ".xhtml": ("text/html", html.read),
    ".pdf": ("application/pdf", pdf.read),
    ".docx": (_DOCX, docx.read),
}
READABLE_SUFFIXES: frozenset[str] = frozenset(_READERS)

# How files begin that are often given another ending than their own.
_SIGNATURES = (
    (b"%PDF-", "application/pdf", "a PDF"),
    (b"PK\x03\x04", _DOCX, "a zip or office file"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "", "an old office file (.doc), or a Word file with a password"),
    (b"{\\rtf", "", "RTF"),
    (b"\x89PNG\r\n", "", "a PNG picture"),
    (b"\xff\xd8\xff", "", "a JPEG picture"),
    (b"GIF8", "", "a GIF picture"),
    (b"\x1f\x8b", "", "a gzip file"),
)
_PDF_MARK_WITHIN = 1024  # bytes before "%PDF-" that readers put up with


class Identity(NamedTuple):
    """What a file is, told without parsing it: same media type and content, same `doc_id`, wherever the file lies."""

    media_type: str
    sha256: str
    doc_id: str
    modified: float


def read_document(path: Path) -> Document:
    """Read a file of any format in READABLE_SUFFIXES.

    Raises DocumentRejectedError if it can't be read as one, with the reason; no other error of a parser comes through.
    """
    media_type, read = _reader(path)
    data, modified = _read_bytes(path)
    _check_content(data, media_type)
    try:
        content = read(data)
    except DocumentRejectedError:
        raise
    except Exception as error:  # parsers raise anything at hostile files
        reason = " ".join(str(error).split())[:120] or type(error).__name__
        raise DocumentRejectedError(f"the file is damaged ({reason}): save it again from its source") from error
    if not content.text.strip():
        raise DocumentRejectedError("it holds no text: leave it out, or add one that does")
    identity = _identity(media_type, data, modified)
    return Document(
        doc_id=identity.doc_id,
        path=str(path),
        title=content.title or path.stem,
        media_type=media_type,
        text=content.text,
        pages=content.pages,
        headings=content.headings,
        sha256=identity.sha256,
        modified=modified,
    )


def identify(path: Path) -> Identity:
    """Return what identifies a file. Raises DocumentRejectedError for an unknown suffix or an unreadable file."""
    media_type, _ = _reader(path)
    return _identity(media_type, *_read_bytes(path))


def _identity(media_type: str, data: bytes, modified: float) -> Identity:
    digest = hashlib.sha256(data)
    doc_id = hashlib.sha256(f"{media_type}\0".encode() + digest.digest()).hexdigest()[:16]
    return Identity(media_type, digest.hexdigest(), doc_id, modified)


def _reader(path: Path) -> tuple[str, _Read]:
    suffix = path.suffix.lower()
    if suffix not in _READERS:
        kind = f"{suffix} files are" if suffix else "files without an ending in their name are"
        raise DocumentRejectedError(f"{kind} not read: save it as one of {', '.join(sorted(READABLE_SUFFIXES))}")
    return _READERS[suffix]


def _read_bytes(path: Path) -> tuple[bytes, float]:
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):  # a pipe would be waited for, for ever
            raise DocumentRejectedError("it is no ordinary file: leave it out")
        return path.read_bytes(), found.st_mtime
    except OSError as error:
        raise DocumentRejectedError(
            f"it can't be opened ({error.strerror or error}): check the file's rights"
        ) from error


def _check_content(data: bytes, media_type: str) -> None:
    """Raise DocumentRejectedError if the file is empty or its first bytes are of another format than its name."""
    if not data.strip(b"\0 \t\r\n"):
        raise DocumentRejectedError("the file is empty: leave it out, or save it again")
    found = next(((kind, name) for mark, kind, name in _SIGNATURES if data.startswith(mark)), None)
    if found and found[0] != media_type:
        raise DocumentRejectedError(f"it is not what its name says, but {found[1]}: give it the right ending")
    if media_type == "application/pdf" and b"%PDF-" not in data[:_PDF_MARK_WITHIN]:
        raise DocumentRejectedError("it is named .pdf but is no PDF: give it the right ending, or export it again")
    if media_type == _DOCX and not found:
        raise DocumentRejectedError("it is named .docx but is no Word document: save it as .docx in a word processor")
