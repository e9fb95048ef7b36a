"""Notebooks."""

from __future__ import annotations

import json
from typing import Any

import pytest

from index.errors import DocumentRejectedError
from index.readers.content import Content, Source
from index.readers.data.notebook import read


def content_of(*cells: dict[str, Any], **data: Any) -> Content:
    return read(Source(json.dumps({"cells": cells, "nbformat": 4, **data}).encode(), "a.ipynb"))


def code(source: str | list[str], *outputs: dict[str, Any]) -> dict[str, Any]:
    return {"cell_type": "code", "source": source, "outputs": outputs}


def test_markdown_is_rendered_and_code_stays_as_it_is() -> None:
    content = content_of(
        {"cell_type": "markdown", "source": ["# Fox *study*\n", "\n", "They **run**."]},
        code(["for fox in foxes:\n", "    fox.run()"]),
    )
    assert content.title == "Fox study"
    assert content.text == "Fox study\n\nThey run.\n\nfor fox in foxes:\n    fox.run()"
    assert [content.text[heading.start : heading.end] for heading in content.headings] == ["Fox study"]


def test_markup_that_a_cell_does_not_end_ends_with_it() -> None:
    content = content_of(
        {"cell_type": "markdown", "source": "A <div> <!-- x"}, {"cell_type": "markdown", "source": "# Dens"}
    )
    assert content.text.endswith("\n\nDens")
    assert [content.text[heading.start : heading.end] for heading in content.headings] == ["Dens"]


def test_what_a_cell_printed_is_text_and_its_pictures_are_not() -> None:
    page = "<table><tr><th>Planet</th><th>Size</th></tr><tr><td>Mars</td><td>3390</td></tr></table>"
    content = content_of(
        code("run()", {"output_type": "stream", "text": ["\x1b[31mred\x1b[0m fox\n"]}),
        code("t", {"output_type": "execute_result", "data": {"text/plain": "drawn", "text/html": [page]}}),
        code("p", {"output_type": "display_data", "data": {"text/plain": "<Figure size 1x1>", "image/png": "iVBO"}}),
        code("1/0", {"output_type": "error", "ename": "ZeroDivisionError", "evalue": "by zero", "traceback": ["x"]}),
    )
    assert content.text == (
        "run()\n\nred fox\n\nt\n\nPlanet: Mars; Size: 3390\n\np\n\n1/0\n\nZeroDivisionError: by zero"
    )


def test_a_long_output_is_cut() -> None:
    assert len(content_of(code("x", {"output_type": "stream", "text": "word " * 100_000})).text) < 20_000


def test_the_third_version_is_read() -> None:
    cells = [{"cell_type": "heading", "level": 2, "source": "Dens"}, {"cell_type": "code", "input": "x = 1"}]
    content = content_of(worksheets=[{"cells": cells}])
    assert content.text == "Dens\n\nx = 1"
    assert content.headings[0].level == 2


@pytest.mark.parametrize("data", [b"{", b"[" * 100_000])
def test_a_damaged_one_is_rejected(data: bytes) -> None:
    with pytest.raises(DocumentRejectedError, match="notebook is damaged"):
        read(Source(data, "a.ipynb"))


@pytest.mark.parametrize("data", [b"1", b'{"cells": 3}', b'{"cells": [1, {"source": {}, "outputs": [[]]}]}'])
def test_a_strange_one_holds_nothing(data: bytes) -> None:
    assert read(Source(data, "a.ipynb")).text == ""
