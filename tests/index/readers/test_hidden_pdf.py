"""PDF: letters that no eye sees on the page are no text of it; what is seen, or put to a scan by OCR, stays."""

from __future__ import annotations

import io

import pikepdf
import pytest

from index.errors import DocumentRejectedError
from index.readers.content import Content, Source
from index.readers.pdf import pdf as reader

LIE = "The warranty is 99 years."
SEEN = "The warranty is 2 years."
HELLO = " ".join(f"word{number}" for number in range(26))  # so many that no page is taken for a scan


def read(
    stream: str, *, form: str = "", crop: tuple[int, int, int, int] = (0, 0, 595, 842), first: str = HELLO
) -> Content:
    """Read a page with these drawing commands; /P is a picture, /X a form with its own commands."""
    document = pikepdf.new()
    page = document.add_blank_page(page_size=(595, 842))
    font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
    fonts = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
    picture = pikepdf.Stream(document, bytes(range(0, 192, 4)))
    picture.stream_dict = pikepdf.Dictionary(
        Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, Width=4, Height=4,
        ColorSpace=pikepdf.Name.DeviceRGB, BitsPerComponent=8,
    )  # fmt: skip
    inner = pikepdf.Stream(document, form.encode())
    inner.stream_dict = pikepdf.Dictionary(
        Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Form, BBox=[0, 0, 595, 842], Resources=fonts
    )
    clear = pikepdf.Dictionary(ca=0)
    page.Resources = pikepdf.Dictionary(
        Font=fonts.Font, XObject=pikepdf.Dictionary(P=picture, X=inner), ExtGState=pikepdf.Dictionary(G0=clear)
    )
    page.CropBox = list(crop)
    page.Contents = document.make_stream((text(first, size=5, at=(72, 700)) + stream).encode())
    written = io.BytesIO()
    document.save(written)
    return reader.read(Source(written.getvalue()))


def text(words: str, *, state: str = "", size: float = 11, at: tuple[int, int] = (72, 600)) -> str:
    return f"q BT {state} /F1 {size} Tf 1 0 0 1 {at[0]} {at[1]} Tm ({words}) Tj ET Q\n"


@pytest.mark.parametrize(
    "stream",
    [
        text(LIE, state="3 Tr"),
        text(LIE, state="7 Tr"),
        text(LIE, state="1 g"),
        text(LIE, state="1 1 1 rg"),
        text(LIE, state="0.99 0.98 1 rg"),
        text(LIE, state="0 0 0 0 k"),
        text(LIE, state="/G0 gs"),
        text(LIE, size=0.5),
        f"BT 0 g /F1 11 Tf 0.05 0 0 0.05 72 600 Tm ({LIE}) Tj ET\n",
        "0.9 0.92 1 rg 60 590 400 40 re f\n" + text(LIE, state="0.9 0.92 1 rg"),
        "q 60 590 400 40 re S Q\n" + text(LIE, state="1 g"),
        text(LIE, state="1 g") + "q 100 0 0 100 72 300 cm /P Do Q\n",
    ],
)
def test_letters_that_nobody_sees_are_left_out_and_said(stream: str) -> None:
    content = read(stream + text(SEEN, state="0 g", at=(72, 500)))
    assert content.text == f"{HELLO}\n\n{SEEN}"
    assert content.missing == "1 passage that the page hides from the eye is left out"


def test_a_page_that_hides_all_its_text_is_no_blank_one() -> None:
    with pytest.raises(DocumentRejectedError, match="all text of its pages is hidden from the eye"):
        read(text(LIE, state="3 Tr"), first="")
    with pytest.raises(DocumentRejectedError, match="its pages are blank"):
        read("", first="")


def test_letters_in_a_form_are_looked_at_too() -> None:
    content = read("/X Do\n", form=text(LIE, state="1 g") + text(LIE, state="3 Tr", at=(72, 560)))
    assert content.text == HELLO


def test_letters_outside_of_the_crop_box_are_left_out() -> None:
    assert read(text(LIE, at=(72, 100)), crop=(0, 300, 595, 842)).text == HELLO


@pytest.mark.parametrize(
    "stream",
    [
        "0.1 0.2 0.4 rg 60 590 400 40 re f\n" + text(SEEN, state="1 g"),
        "q 400 0 0 60 60 580 cm /P Do Q\n" + text(SEEN, state="1 g"),
        "0 g 0 0 595 660 re f\n" + text(SEEN, state="0.9 g"),
        text(SEEN, state="0.6 g"),
        text(SEEN, state="1 g 0 G 1 Tr"),
        text(SEEN, state="1 g 0 G 0.4 w 2 Tr"),
        text(SEEN, size=4),
        "q " + text(SEEN, state="7 Tr")[2:-2].rstrip("Q") + " 0 0 1 rg 0 560 595 100 re f Q\n",
        "q 595 0 0 842 0 0 cm /P Do Q\n" + text(SEEN, state="3 Tr"),
        "q 400 0 0 60 60 580 cm /P Do Q\n" + text(SEEN, state="3 Tr"),
    ],
)
def test_letters_that_are_seen_or_put_to_a_picture_stay(stream: str) -> None:
    content = read(stream)
    assert SEEN in content.text
    assert content.missing == ""


def test_words_of_a_form_on_a_dark_ground_stay() -> None:
    form = "0 0.3 0.3 rg 60 590 400 40 re f\n" + text(SEEN, state="1 g")
    assert SEEN in read("/X Do\n", form=form).text


def test_the_neighbours_of_hidden_letters_keep_their_places() -> None:
    with_lie = read(text("Left", at=(72, 600)) + text(LIE, state="1 g", at=(110, 600)) + text("right", at=(300, 600)))
    assert with_lie.text.split() == [*HELLO.split(), "Left", "right"]
    boxes = with_lie.pages[1].boxes
    assert boxes is not None
    assert len(boxes) == len(with_lie.text)
