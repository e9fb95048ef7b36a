"""PDF files that are locked, blank or damaged: what is whole is read, and what is not is named."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from rejections import read_or_rejected
from samples import saved

from index.errors import DocumentRejectedError, PinciteError
from index.readers import read_document
from index.readers.content import Source
from index.readers.pdf import pdf as reader

Pdf = Callable[..., Path]
Column = Callable[..., list[tuple[object, ...]]]

FULL = "The quick brown fox jumps over the lazy dog and runs back to the"  # about as wide as a column


def test_an_empty_password_opens_by_itself(pdf: Pdf) -> None:
    assert read_document(pdf([[(72, 100, "Secret words")]], password="")).text == "Secret words"


def test_a_password_is_named_as_the_reason(pdf: Pdf) -> None:
    with pytest.raises(DocumentRejectedError, match="password"):
        read_document(pdf([[(72, 100, "Secret words")]], password="fox"))


def test_blank_pages_are_named_as_the_reason(pdf: Pdf) -> None:
    with pytest.raises(DocumentRejectedError, match="its pages are blank"):
        read_document(pdf([[]]))


def test_a_damaged_pdf_is_rejected(tmp_path: Path) -> None:
    path = tmp_path / "cut.pdf"
    path.write_bytes(b"%PDF-1.7\n" + b"1 0 obj << /Type" * 5)
    with pytest.raises(DocumentRejectedError, match="damaged"):
        read_document(path)


def test_a_damaged_page_costs_that_page_only(pdf: Pdf, column: Column) -> None:
    path = pdf([column("First."), column("Second."), column("Third.")])
    path.write_bytes(path.read_bytes().replace(b"[5 0 R 7 0 R 9 0 R]", b"[5 0 R 99 0 R 9 0 R]"))
    document = read_document(path)
    assert document.text == "First.\n\nThird."
    assert document.missing == "page 2 could not be read (damaged): print or export it again"
    assert list(document.pages) == [1, 2, 3]
    assert document.page_of(document.text.index("Third")) == 3
    with pytest.raises(PinciteError, match="page 2 is damaged"):
        reader.render_page(path.read_bytes(), 2, width=300)


def test_pages_that_an_attempt_died_of_are_left_out_and_named(pdf: Pdf, column: Column) -> None:
    data = pdf([column(f"Page {word}.") for word in ("one", "two", "three", "four", "five")]).read_bytes()
    told: list[tuple[int, int]] = []
    content = reader.read(
        Source(data, report=lambda page, pages: told.append((page, pages)), skipped=frozenset({2, 3, 5}))
    )
    assert told == [(1, 5), (4, 5)]
    assert content.text == "Page one.\n\nPage four."
    assert content.missing == "pages 2-3, 5 could not be read (too slow or too large): print or export them again"


def test_a_tree_of_pages_that_runs_in_circles_keeps_its_pages(pdf: Pdf, column: Column) -> None:
    path = pdf([column("First page here."), column("Second page here.")])
    path.write_bytes(path.read_bytes().replace(b"[5 0 R 7 0 R]", b"[5 0 R 2 0 R]"))
    assert read_document(path).text == "First page here.\n\nSecond page here."


@pytest.mark.parametrize("lost", [b"/Pages 2 0 R", b"/Type /Catalog"])
def test_a_file_whose_pages_are_not_listed_is_mended(pdf: Pdf, column: Column, lost: bytes) -> None:
    path = pdf([column("First page here."), column("Second page here.")])
    path.write_bytes(path.read_bytes().replace(lost, b" " * len(lost)))
    assert read_document(path).text == "First page here.\n\nSecond page here."
    assert Image.open(io.BytesIO(reader.render_page(path.read_bytes(), 2, width=300))).width == 300


def test_a_file_that_is_cut_off_keeps_what_is_there(pdf: Pdf, column: Column) -> None:
    path = pdf([column("First page here."), column("Second page here.")])
    data = path.read_bytes()
    path.write_bytes(data[: data.index(b"7 0 obj")])
    document = read_document(path)
    assert document.text == "First page here."
    assert document.missing == "page 2 could not be read (damaged): print or export it again"


NOT_READ = "the PDF is damaged: |no text on its pages: |its pages are blank: |all text of its pages is hidden "
_PIECES = st.lists(st.tuples(st.integers(0, 3000), st.binary(min_size=1, max_size=6)), min_size=1, max_size=8)


@settings(max_examples=150)
@given(pieces=_PIECES)
def test_a_pdf_with_other_bytes_in_it_is_read_or_rejected(
    pdf: Pdf, column: Column, pieces: list[tuple[int, bytes]]
) -> None:
    data = bytearray(pdf([column(FULL, FULL), column("Second page.")], page_entries="/Annots []").read_bytes())
    for at, piece in pieces:
        at %= len(data)
        data[at : at + len(piece)] = piece
    content = read_or_rejected(lambda: reader.read(Source(bytes(data))), NOT_READ)
    if content:
        assert content.text.strip()
        assert all(0 <= page.start <= page.end <= len(content.text) for page in content.pages.values())


_NUMBERS = st.sampled_from(["0", "-1", "1e39", "99999999999", "0.00001", "-32768.5", "12"])


@settings(max_examples=80)
@given(box=st.tuples(*[_NUMBERS] * 4), matrix=st.tuples(*[_NUMBERS] * 6), size=_NUMBERS, rotation=st.integers(-90, 450))
def test_numbers_that_make_no_sense_break_nothing(
    pdf: Pdf, box: tuple[str, ...], matrix: tuple[str, ...], size: str, rotation: int
) -> None:
    document = pikepdf.open(pdf([[(72, 100, "Words")], [(72, 100, "Other words")]], page_entries=f"/Rotate {rotation}"))
    program = f"BT /F1 {size} Tf {' '.join(matrix)} Tm (Some odd words) Tj ET"
    document.pages[0].Contents = document.make_stream(program.encode())
    data = saved(document).replace(b"[ 0 0 595 842 ]", f"[ {' '.join(box)} ]".encode(), 1)
    content = read_or_rejected(lambda: reader.read(Source(data)), NOT_READ)
    for page in content.pages.values() if content else ():
        assert page.boxes is not None
        assert not np.isinf(page.boxes).any()
