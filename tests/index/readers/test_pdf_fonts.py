"""PDF: what a font says of its letters, and what it says wrongly or not at all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
from samples import saved

from index.readers.content import Source
from index.readers.pdf import pdf as reader

Pdf = Callable[..., Path]
Column = Callable[..., list[tuple[object, ...]]]


def font(document: pikepdf.Pdf, name: str, unicode: str, *, letter: str = "A") -> pikepdf.Dictionary:
    """Return a font that says of one of its characters what it is in Unicode, in hexadecimal."""
    mapped = f"<{ord(letter):02X}> <{unicode}>"
    ranges = f"1 begincodespacerange <00> <FF> endcodespacerange 1 beginbfchar {mapped} endbfchar"
    to_unicode = f"/CIDInit /ProcSet findresource begin 12 dict begin begincmap {ranges} endcmap end end"
    return pikepdf.Dictionary(
        Type=pikepdf.Name.Font,
        Subtype=pikepdf.Name.Type1,
        BaseFont=pikepdf.Name("/" + name),
        ToUnicode=document.make_stream(to_unicode.encode()),
    )


@pytest.mark.parametrize(
    ("name", "unicode", "read"),
    [
        ("Helvetica", "D835DC5D", "p"),  # a mathematical letter
        ("Helvetica", "D842DF9F", "𠮟"),
        ("Helvetica", "FB03", "ffi"),
        ("SymbolMT", "F0B3", "≥"),
        ("Wingdings", "F0B3", ""),
    ],
)
def test_signs_become_the_letters_that_they_show(pdf: Pdf, name: str, unicode: str, read: str) -> None:
    document = pikepdf.open(pdf([[(72, 100, "Words before", 10), (142, 100, "A", 10, True)]]))
    document.pages[0].Resources.Font.F2 = font(document, name, unicode)
    assert reader.read(Source(saved(document))).text == f"Words before {read}".strip()


@pytest.mark.parametrize(
    ("letter", "before", "read"),
    [
        ("-", "0.0409", "0.0409 −0.9393"),
        ("+", "0.0409", "0.0409 □0.9393"),
        ("-", "words", "words 0.9393"),  # what stands far before the number is no sign of it
    ],
)
def test_a_sign_that_its_font_says_as_a_control_character_is_seen(
    pdf: Pdf, letter: str, before: str, read: str
) -> None:
    at = 142 if before[0].isdecimal() else 120
    document = pikepdf.open(pdf([[(72, 100, before, 10), (at, 100, letter, 10, True), (146, 100, "0.9393", 10)]]))
    document.pages[0].Resources.Font.F2 = font(document, "Helvetica", "0003", letter=letter)
    assert reader.read(Source(saved(document))).text == read


def test_a_line_is_as_large_as_its_font_where_that_says_no_more_than_the_boxes_of_its_letters(
    pdf: Pdf, column: Column
) -> None:
    page = column("oxo oox oxo oxo oxo", "oxo oxx oxx oxo", "ggg ggg", "oxo oxo oxo oxo oxo")
    document = pikepdf.open(pdf([[(*line, line[2] == "ggg ggg") for line in page]]))
    for font_name, drawn in (("/F1", {"o": "0 0 400 500", "x": "0 0 400 500"}), ("/F2", {"g": "0 -200 400 500"})):
        letters = {f"/{name}": document.make_stream(f"500 0 {box} d1".encode()) for name, box in drawn.items()}
        names = [part for name in drawn for part in (ord(name), pikepdf.Name("/" + name))]
        document.pages[0].Resources.Font[font_name] = pikepdf.Dictionary(
            Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type3,
            FontBBox=[0, 0, 0, 0], FontMatrix=[0.001, 0, 0, 0.001, 0, 0], CharProcs=pikepdf.Dictionary(letters),
            Encoding=pikepdf.Dictionary(Differences=names), FirstChar=32, LastChar=ord("x"), Widths=[500] * 89,
        )  # fmt: skip
    content = reader.read(Source(saved(document)))
    assert content.headings == ()
    assert "oxo oxx oxx oxo ggg ggg oxo" in content.text
