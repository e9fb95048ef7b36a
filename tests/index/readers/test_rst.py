"""reStructuredText."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.readers.content import Content, Source
from index.readers.markup.rst import read


def content_of(text: str) -> Content:
    return read(Source(text.encode(), "a.rst"))


def test_the_title_is_the_documents_own() -> None:
    content = content_of("Fox Guide\n=========\n\n:Author: Ann Lee\n:Version: 1.2\n\nDens\n----\n\nThey dig.\n")
    assert content.title == "Fox Guide"
    assert content.text == "Fox Guide\n\nAuthor: Ann Lee\n\nVersion: 1.2\n\nDens\n\nThey dig."
    assert [content.text[heading.start : heading.end] for heading in content.headings] == ["Fox Guide", "Dens"]


def test_markup_is_rendered() -> None:
    text = "A **bold** ``x_y`` and `link <http://a.org>`_.\n\n* one\n  goes on\n* two\n\n::\n\n  if x:\n    y\n"
    assert content_of(text).text == "A bold x_y and link.\n\n- one goes on\n- two\n\nif x:\n  y"


def test_a_table_is_rows_with_names() -> None:
    assert (
        content_of("======  ====\nPlanet  Size\n======  ====\nMars    3390\n======  ====\n").text
        == "Planet: Mars; Size: 3390"
    )


def test_a_note_is_one_line_with_its_mark() -> None:
    assert content_of("Foxes run. [1]_\n\n.. [1] Quickly.\n").text == "Foxes run. [1]\n\n[1] Quickly."


def test_what_extensions_add_is_read_as_text() -> None:
    text = "See :ref:`the den <den>` and :func:`~fox.run`.\n\n.. versionadded:: 2.0\n\n   Foxes dig.\n\n"
    assert content_of(f"{text}.. toctree::\n\n   intro\n").text == "See the den and fox.run.\n\n2.0\n\nFoxes dig."
    assert content_of("Foxes\n\n.. prompt:: bash\n\n   run  x\n").text == "Foxes\n\nrun  x"


@pytest.mark.parametrize(
    "directive", ["include:: {}", "literalinclude:: {}", "raw:: html\n   :file: {}", "csv-table::\n   :file: {}"]
)
def test_nothing_is_included(directive: str, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("secret,words")
    assert content_of(f"Foxes.\n\n.. {directive.format(secret)}\n").text == "Foxes."


def test_raw_pages_are_left_out() -> None:
    assert content_of("Foxes.\n\n.. raw:: html\n\n   <b>bold</b>\n").text == "Foxes."


def test_what_is_wrong_is_no_text_and_loses_none() -> None:
    text = content_of(
        "Head\n==\n\n*open and `broken\n\n.. unknown-thing:: x\n\n   Words in it.\n\n|missing| text_\n"
    ).text
    assert "Words in it." in text
    assert "open and" in text
    assert "Unknown" not in text
    assert "WARNING" not in text


def test_deep_nesting_is_read_or_plain_text() -> None:
    text = "".join("  " * depth + "* fox\n\n" for depth in range(400))
    assert "fox" in content_of(text).text


@pytest.mark.parametrize("mark", ["*a ", "`a", "::", "|a| ", "_", ":a:", "+-"])
def test_marks_that_nothing_ends_take_no_time(mark: str) -> None:
    text = mark * 30_000
    assert content_of(text).text == text
