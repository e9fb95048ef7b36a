"""PDF pages without text: which are blank, which are pictures, and what is said of them where OCR is not installed."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pikepdf
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from index.errors import DocumentRejectedError
from index.readers import read_document
from index.readers.ocr import ocr
from index.readers.pdf.pictures import PictureKind, judge

Pdf = Callable[..., Path]
SIZE = (297, 420)


@pytest.fixture(autouse=True)
def without_ocr(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "available", lambda: False)


def small(*boxes: tuple[int, int, int, int], paper: str = "white", ink: str = "black") -> NDArray[np.uint8]:
    page = Image.new("RGB", SIZE, paper)
    for box in boxes:
        ImageDraw.Draw(page).rectangle(box, fill=ink)
    return np.asarray(page)


def document(tmp_path: Path, *drawings: str) -> Path:
    """Write a PDF; each page is what its drawing operators say, `/Im` being a scanned page of text."""
    scan = Image.new("L", (600, 800), 240)
    for row in range(60, 740, 24):
        ImageDraw.Draw(scan).rectangle((60, row, 540, row + 8), fill=30)
    packed = io.BytesIO()
    scan.save(packed, "JPEG")
    path = tmp_path / "file.pdf"
    with pikepdf.new() as pdf:
        image = pikepdf.Stream(pdf, packed.getvalue())
        image.update(
            {"/Type": pikepdf.Name.XObject, "/Subtype": pikepdf.Name.Image, "/Width": 600, "/Height": 800}
            | {"/ColorSpace": pikepdf.Name.DeviceGray, "/BitsPerComponent": 8, "/Filter": pikepdf.Name.DCTDecode}
        )
        font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
        shared = [pdf.make_indirect(thing) for thing in (image, font)]
        for drawing in drawings:
            page = pdf.add_blank_page(page_size=(600, 800))
            page.Resources = pikepdf.Dictionary(
                XObject=pikepdf.Dictionary(Im=shared[0]), Font=pikepdf.Dictionary(F1=shared[1])
            )
            page.Contents = pdf.make_stream(drawing.encode())
        pdf.save(path)
    return path


SCAN = "q 600 0 0 800 0 0 cm /Im Do Q"
BLANK = ""
LINE = "50 400 500 1 re f"
WORDS = "BT /F1 12 Tf 72 700 Td (These are real words of a page.) Tj ET"
DRAWN = "".join(f"{50 + 20 * n} {100 + 30 * n} 12 20 re f " for n in range(20)) + "50 50 400 3 re f 50 60 3 600 re f"


def test_a_uniform_page_is_blank_whatever_its_colour() -> None:
    assert judge(small(), covered=0.0) is PictureKind.BLANK
    assert judge(small(paper="navy"), covered=1.0) is PictureKind.BLANK
    assert judge(small((0, 0, 148, 420), paper="black", ink="blue"), covered=0.0) is not PictureKind.BLANK


def test_dust_on_a_scan_is_nothing_but_on_a_drawn_page_it_is_a_mark() -> None:
    dust = small((40, 40, 42, 42))
    assert judge(dust, covered=1.0) is PictureKind.BLANK
    assert judge(dust, covered=0.0) is PictureKind.MARKED


def test_a_line_or_a_logo_is_a_decoration() -> None:
    assert judge(small((30, 200, 270, 201)), covered=0.0) is PictureKind.MARKED
    assert judge(small((20, 20, 60, 50)), covered=0.01) is PictureKind.MARKED


def test_a_page_that_is_drawn_on_all_over_is_a_picture() -> None:
    rows = [(30, row, 260, row + 4) for row in range(40, 380, 12)]
    assert judge(small(*rows), covered=0.0) is PictureKind.PICTURE


def test_a_scan_of_a_whole_page_is_a_picture_though_there_is_little_on_it() -> None:
    assert judge(small((100, 200, 160, 206)), covered=1.0) is PictureKind.PICTURE


def test_behind_words_only_a_scan_counts_not_a_photograph() -> None:
    rows = [(30, row, 260, row + 4) for row in range(40, 380, 12)]
    assert judge(small(*rows), covered=1.0, has_words=True) is PictureKind.PICTURE
    assert judge(small(*rows, paper="navy", ink="white"), covered=1.0, has_words=True) is PictureKind.MARKED
    assert judge(small(*rows), covered=0.3, has_words=True) is PictureKind.MARKED


def test_blank_pages_are_the_reason(tmp_path: Path) -> None:
    with pytest.raises(DocumentRejectedError, match="its pages are blank: "):
        read_document(document(tmp_path, BLANK, BLANK))


@pytest.mark.parametrize("drawing", [SCAN, LINE, DRAWN])
def test_a_document_of_pictures_says_what_to_install(tmp_path: Path, drawing: str) -> None:
    with pytest.raises(DocumentRejectedError, match=r"^no text on its pages.*: install pincite\[ocr\]"):
        read_document(document(tmp_path, BLANK, drawing))


def test_a_document_with_text_on_some_pages_says_which_are_missing(tmp_path: Path) -> None:
    path = document(tmp_path, WORDS, BLANK, SCAN, LINE, SCAN, SCAN, SCAN, WORDS, SCAN, SCAN)
    read = read_document(path)
    assert read.missing == (
        "pages 3, 5 to 7, 9 and 10 are pictures without text (scanned): install pincite[ocr] and index it again"
    )
    assert "real words" in read.text


def test_one_missing_page_is_named_alone(tmp_path: Path) -> None:
    assert read_document(document(tmp_path, WORDS, SCAN)).missing.startswith("page 2 is a picture without text (scan")


def test_a_stamp_over_a_scan_is_not_its_text(tmp_path: Path) -> None:
    read = read_document(document(tmp_path, WORDS, f"{SCAN} {WORDS}"))
    assert read.missing.startswith("page 2 is a picture with hardly any text (scanned): ")


def test_a_frame_behind_words_is_not_missing(tmp_path: Path) -> None:
    frame = f"{SCAN} 1 1 1 rg 0 0 600 800 re f 0 g "
    border = "20 20 560 4 re f 20 776 560 4 re f 20 20 4 760 re f 576 20 4 760 re f "
    assert read_document(document(tmp_path, WORDS, frame + border + WORDS)).missing == ""


def test_a_scan_in_strips_is_one(tmp_path: Path) -> None:
    strips = " ".join(f"q 600 0 0 50 0 {50 * row} cm /Im Do Q" for row in range(16))
    assert read_document(document(tmp_path, WORDS, strips)).missing.startswith("page 2 is a picture")


def test_a_small_logo_is_not_missing(tmp_path: Path) -> None:
    assert read_document(document(tmp_path, WORDS, "q 80 0 0 60 40 700 cm /Im Do Q", LINE)).missing == ""
