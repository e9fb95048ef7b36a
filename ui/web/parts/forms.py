"""The forms in which a conversation is exported: their names, what writes each, and the names of the files."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from ui.web.parts.export import to_html, to_json, to_markdown
from ui.web.parts.export_docx import to_docx
from ui.web.parts.export_pdf import to_pdf
from ui.web.parts.markup import HALF
from ui.web.state.exchange import Exchange

_UNSAFE = re.compile(r"[^\w.-]+")
LONGEST_NAME = 80  # characters of a file's name


class Form(NamedTuple):
    """A form: its name, its media type, and what writes a conversation of a name in it."""

    name: str
    media_type: str
    write: Callable[[str, Sequence[Exchange]], bytes]


FORMS: Mapping[str, Form] = MappingProxyType(  # by the endings of their files
    {
        "pdf": Form("PDF", "application/pdf", to_pdf),
        "docx": Form("Word", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", to_docx),
        "md": Form("Markdown", "text/markdown", lambda *told: to_markdown(*told).encode()),
        "html": Form("HTML", "text/html", lambda *told: to_html(*told).encode()),
        "json": Form("JSON", "application/json", lambda *told: to_json(*told).encode()),
    }
)


def offered() -> list[str]:
    """Return the endings of the forms that can be written here: PDF only with the extra `pincite[pdf]`."""
    return [ending for ending in FORMS if ending != "pdf" or importlib.util.find_spec("typst")]


def file_name(name: str, ending: str) -> str:
    """Return a name for the file that every system takes: letters, digits and hyphens, no path and no leading dot."""
    safe = _UNSAFE.sub("-", HALF.sub("", name)).strip(".-_")[:LONGEST_NAME].rstrip(".-_")
    return f"pincite-{safe or 'conversation'}.{ending}"
