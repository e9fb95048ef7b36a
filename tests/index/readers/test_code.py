"""Source code and settings."""

from __future__ import annotations

from index.readers.content import Source
from index.readers.plain.code import read


def text_of(data: bytes) -> str:
    return read(Source(data, "a.py")).text


def test_lines_and_indentation_stay() -> None:
    assert text_of(b"\n\ndef f():  \r\n\tif x:\r\n\t\treturn 1\r\n\r\n") == "def f():\n\tif x:\n\t\treturn 1"


def test_the_declared_encoding_counts() -> None:
    assert text_of("# -*- coding: cp1251 -*-\nx = 'м'\n".encode("cp1251")) == "# -*- coding: cp1251 -*-\nx = 'м'"
    assert text_of("x = 'Größe für Käufer'".encode("latin-1")) == "x = 'Größe für Käufer'"


def test_a_line_may_be_very_long() -> None:
    assert len(text_of(b"var a=1;" * 500_000)) == 4_000_000
