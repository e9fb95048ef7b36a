"""Notebooks (Jupyter): cells in, their Markdown as it would be rendered out, code and what it printed as it is."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from index.errors import DocumentRejectedError
from index.readers.content import Content, ContentBuilder, Source, sensible_title
from index.readers.encoding import decode
from index.readers.markup.html import read_rendered
from index.readers.markup.markdown import render

_LONGEST_OUTPUT = 10_000  # characters of what a cell printed
_TERMINAL_COLOUR = re.compile(r"\x1b\[[\d;]*[A-Za-z]")
_NO_WORDS = re.compile(r"<[\w.]+[^<>]* at 0x[0-9a-f]+>|<Figure size[^<>]*>|\[<matplotlib[^\n]*")


def read(source: Source) -> Content:
    """Read a notebook: its title is that in its data, or its first heading; pictures are left out."""
    try:
        notebook = json.loads(decode(source.data))
    except (ValueError, RecursionError) as error:
        raise DocumentRejectedError(f"the notebook is damaged ({error}): save it again") from error
    builder = ContentBuilder()
    for cell in _cells(notebook):
        kind, text = cell.get("cell_type"), _text(cell.get("source", cell.get("input")))
        if kind == "markdown":
            builder.include(read_rendered(render(text), title=""))
        elif kind == "heading":  # of the third version
            builder.heading(min(_number(cell.get("level")), 6), text)
        else:
            builder.verbatim(text)
            for output in filter(_is_object, _list(cell.get("outputs"))):
                _add_output(builder, output)
    data = _object(_object(notebook).get("metadata"))
    return builder.build(sensible_title(_text(data.get("title"))))


def _cells(notebook: Any) -> Iterator[dict[str, Any]]:
    """Yield the cells; the third version has them in sheets."""
    sheets = [notebook, *filter(_is_object, _list(_object(notebook).get("worksheets")))]
    for sheet in sheets:
        yield from filter(_is_object, _list(_object(sheet).get("cells")))


def _add_output(builder: ContentBuilder, output: dict[str, Any]) -> None:
    """Add what a cell printed, or its value: the table of a page rather than one that is drawn with spaces."""
    if output.get("output_type") in ("error", "pyerr"):
        builder.paragraph(f"{_text(output.get('ename'))}: {_text(output.get('evalue'))}"[:_LONGEST_OUTPUT])
        return
    data = {**output, **_object(output.get("data"))}
    page = _text(data.get("text/html", data.get("html")))
    if "<table" in page and len(page) < 10 * _LONGEST_OUTPUT:
        builder.include(read_rendered(page, title=""))
    elif markdown := _text(data.get("text/markdown")):
        builder.include(read_rendered(render(markdown[:_LONGEST_OUTPUT]), title=""))
    else:
        text = _TERMINAL_COLOUR.sub("", _text(data.get("text/plain", data.get("text")))[:_LONGEST_OUTPUT])
        if not _NO_WORDS.fullmatch(text.strip()):
            builder.verbatim(text)


def _text(value: Any) -> str:
    """Return a text, which may be stored as a list of lines."""
    if isinstance(value, list):
        return "".join(line for line in value if isinstance(line, str))
    return value if isinstance(value, str) else ""


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _is_object(value: Any) -> bool:
    return isinstance(value, dict)


def _number(value: Any) -> int:
    return value if isinstance(value, int) and value > 0 else 1
