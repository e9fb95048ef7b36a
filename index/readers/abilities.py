"""What this installation can read beyond what comes with it: pictures, by an optional library; old office files.

Nothing is loaded to find that out.
"""

from __future__ import annotations

import importlib.util
import shutil
from functools import cache

_READERS = 5  # raised when the readers have become able to read more


@cache
def has_ocr() -> bool:
    """Tell whether the library that reads pictures is installed."""
    return importlib.util.find_spec("rapidocr") is not None


@cache
def find_office() -> str | None:
    """Return the program of LibreOffice, through which old office files are read, or None."""
    return shutil.which("soffice") or shutil.which("libreoffice")


def abilities() -> str:
    """Return what can be read, as a word that is another one whenever that is more or less: "5", "5+ocr+office"."""
    return "+".join(filter(None, (str(_READERS), "ocr" * has_ocr(), "office" * bool(find_office()))))
