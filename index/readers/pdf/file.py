"""PDF, before all: a file is opened, and mended in memory if pdfium alone can't open it or finds no page in it."""

from __future__ import annotations

import ctypes
import io
import logging
import re
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

import pikepdf
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from index.errors import DocumentRejectedError

# pdfium is not safe in threads: whatever calls it holds this.
PDFIUM = threading.RLock()
_OBJECT = re.compile(rb"(?<!\d)(\d{1,7}) (\d{1,5}) obj\b|/Type\s{0,9}/(Page|Catalog)\b|endobj")
_MOST_SALVAGED = 20_000  # pages
_MOST_COUNTED = 100_000  # pages: a broken file may claim any number
_SILENCE = logging.NullHandler()  # what is wrong with a file is of no interest, only what is left of it
DAMAGED = "the PDF is damaged: print or export it again from its source"
_LOCKED = "it is encrypted in a way that can't be opened: save a copy without protection"


@contextmanager
def opened(data: bytes) -> Iterator[Any]:
    """Open a document, and close it at the end. Raises DocumentRejectedError if it can't be opened."""
    with PDFIUM:
        document = _open(data)
    try:
        yield document
    finally:
        with PDFIUM:
            document.close()


def plain_function(name: str, result: Any, *kinds: Any) -> Callable[..., Any]:
    """Return a function of pdfium that takes addresses as plain numbers.

    Such a call takes half the time of one with pointer objects, and so does one that doesn't hand over Python's lock.
    """
    address = ctypes.cast(getattr(pdfium_c, name), ctypes.c_void_p).value or 0
    return ctypes.PYFUNCTYPE(result, *kinds)(address)


def pages_there(document: Any) -> int:
    """Return the number of the last page that can be found, which may be less than the document claims."""
    count = min(len(document), _MOST_COUNTED)
    while count and not _is_there(document, count - 1):
        count -= 1
    return count


def _open(data: bytes) -> Any:
    """Return the document as it is, or as it was mended if that has more pages."""
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        if error.err_code == pdfium_c.FPDF_ERR_PASSWORD and b"/Encrypt" in data:
            raise DocumentRejectedError("it is protected by a password: save a copy without one") from error
        if error.err_code == pdfium_c.FPDF_ERR_SECURITY:
            raise DocumentRejectedError(_LOCKED) from error
        document = None
    if document is not None and len(document) and _is_there(document, len(document) - 1):
        return document
    best, found = document, pages_there(document) if document else 0
    for mended in _mended(data):
        other = _open_mended(mended)
        if other is None:
            continue
        if pages_there(other) > found or best is None:
            best, other, found = other, best, pages_there(other)
        if other is not None:
            other.close()
    if best is None:
        raise DocumentRejectedError(_LOCKED if b"/Encrypt" in data else DAMAGED)
    return best


def _open_mended(data: bytes) -> Any:
    try:
        return pdfium.PdfDocument(data)
    except pdfium.PdfiumError:
        return None


def _is_there(document: Any, index: int) -> bool:
    size = pdfium_c.FS_SIZEF()
    return bool(pdfium_c.FPDF_GetPageSizeByIndexF(document.raw, index, ctypes.byref(size)))


def _mended(data: bytes) -> Iterator[bytes]:
    """Yield the file put right in several ways: with its catalog, its objects, or its pages found anew."""
    catalog, pages, free = _found_objects(data) if b"/Encrypt" not in data else (b"", [], 0)
    if catalog:
        yield data + _trailer(catalog, size=free)
    if rewritten := _rewritten(data):
        yield rewritten
    if pages:
        tree = b"\n%d 0 obj\n<< /Type /Pages /Count %d /Kids [%s] >>\nendobj\n" % (free, len(pages), b" ".join(pages))
        root = b"%d 0 obj\n<< /Type /Catalog /Pages %d 0 R >>\nendobj" % (free + 1, free)
        yield data + tree + root + _trailer(b"%d 0 R" % (free + 1), size=free + 2)


def _rewritten(data: bytes) -> bytes:
    """Return the file as qpdf understands and writes it, b"" if it finds no more in it than pdfium does."""
    logging.getLogger("pikepdf").addHandler(_SILENCE)
    written = io.BytesIO()
    try:
        with warnings.catch_warnings(), closing(pikepdf.open(io.BytesIO(data))) as document:
            warnings.simplefilter("ignore")
            document.save(written, fix_metadata_version=False)
    except (pikepdf.PdfError, pikepdf.PasswordError, ValueError, TypeError, RuntimeError):
        return b""
    return written.getvalue()


def _found_objects(data: bytes) -> tuple[bytes, list[bytes], int]:
    """Return the last catalog and the pages in the order of the file, as references, and the first free number."""
    pages: dict[bytes, None] = {}
    catalog = within = b""
    highest = 0
    for found in _OBJECT.finditer(data):
        if found[1]:
            within = b"%s %s R" % (found[1], found[2])
            highest = max(highest, int(found[1]))
        elif found[3] == b"Catalog":
            catalog = within or catalog
        elif found[3] and within and len(pages) < _MOST_SALVAGED:
            pages[within] = None
        elif not found[3]:
            within = b""
    return catalog, list(pages), highest + 1


def _trailer(root: bytes, *, size: int) -> bytes:
    return b"\ntrailer\n<< /Root %s /Size %d >>\nstartxref\n0\n%%%%EOF\n" % (root, size)
