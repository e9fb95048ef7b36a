"""What this installation can read beyond what comes with it: pictures, by an optional library; old office files.

Nothing is loaded to find that out.
"""

from __future__ import annotations

import importlib.util
import shutil
import zlib
from functools import cache

from index.readers.formats import FORMATS

_READERS = 5  # raised when a format that was read before is read better; another format counts by itself


@cache
def has_ocr() -> bool:
    """Tell whether the library that reads pictures is installed."""
    return importlib.util.find_spec("rapidocr") is not None


@cache
def find_office() -> str | None:
    """Return the program of LibreOffice, through which old office files are read, or None."""
    return shutil.which("soffice") or shutil.which("libreoffice")


def abilities() -> str:
    """Return what can be read, as a word that is another one whenever that is more or less: "5-1c291ca3+ocr"."""
    formats = zlib.crc32(repr(sorted((format.reader, format.suffixes) for format in FORMATS)).encode())
    return "+".join(filter(None, (f"{_READERS}-{formats:08x}", "ocr" * has_ocr(), "office" * bool(find_office()))))
