"""Pictures: what is read of them, what is not, and the pages that are shown."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont

from index.errors import DocumentRejectedError, PinciteError
from index.readers import read_document, render_page
from index.readers.ocr import image as reader
from index.readers.ocr import ocr

WORDS = "Rivers carry more sand than wind does"


def picture(words: str = WORDS, *, size: tuple[int, int] = (900, 300), mode: str = "RGB") -> Image.Image:
    drawn = Image.new("RGB", size, "white")
    ImageDraw.Draw(drawn).text((60, 100), words, font=ImageFont.load_default(36), fill="black")
    return drawn.convert(mode)


@pytest.fixture
def engine() -> None:
    pytest.importorskip("rapidocr", reason="pincite[ocr] is not installed")


@pytest.mark.parametrize("ending", ["png", "jpg", "tiff", "webp", "bmp", "gif"])
def test_every_format_is_read(engine: None, tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"sand.{ending}"
    picture().save(path)
    document = read_document(path)
    assert document.text == WORDS
    assert document.title == "sand"
    assert document.pages[1].certainty is not None
    assert document.pages[1].certainty > 0.8


def test_the_frames_of_a_tiff_are_pages(engine: None, tmp_path: Path) -> None:
    path = tmp_path / "pages.tif"
    first, second = picture("The first page of the file"), picture("And this is the second")
    first.save(path, save_all=True, append_images=[second], dpi=(200, 200))
    document = read_document(path)
    assert document.text == "The first page of the file\n\nAnd this is the second"
    assert list(document.pages) == [1, 2]
    assert (document.pages[1].width, document.pages[1].height) == pytest.approx((324, 108))


def test_a_photograph_is_turned_as_its_camera_says(engine: None, tmp_path: Path) -> None:
    path = tmp_path / "turned.jpg"
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was held upright
    picture().rotate(90, expand=True).save(path, exif=exif)
    document = read_document(path)
    assert document.text == WORDS
    assert document.pages[1].width > document.pages[1].height


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGBA", "CMYK", "I;16"])
def test_every_kind_of_colour_is_shown(tmp_path: Path, mode: str) -> None:
    path = tmp_path / "colour.tif"
    if mode == "I;16":
        Image.new("I;16", (200, 100), 65535).save(path)
    else:
        Image.new("RGB", (200, 100), "white").convert(mode).save(path)
    shown = Image.open(io.BytesIO(render_page(path.read_bytes(), path.name, 1, width=100)))
    assert shown.size == (100, 50)
    assert shown.convert("RGB").getpixel((50, 25)) == (255, 255, 255)


def test_what_can_be_seen_through_lies_on_white(tmp_path: Path) -> None:
    path = tmp_path / "clear.png"
    Image.new("RGBA", (20, 20), (0, 0, 0, 0)).save(path)
    shown = Image.open(io.BytesIO(reader.render_page(path.read_bytes(), 1, width=20)))
    assert shown.getpixel((5, 5)) == (255, 255, 255)


def test_without_the_extra_the_reason_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "available", lambda: False)
    path = tmp_path / "sand.png"
    picture().save(path)
    with pytest.raises(DocumentRejectedError, match=r"no text.*pincite\[ocr\]"):
        read_document(path)


def test_a_picture_without_text_is_rejected(engine: None, tmp_path: Path) -> None:
    path = tmp_path / "empty.png"
    Image.new("RGB", (600, 400), "white").save(path)
    with pytest.raises(DocumentRejectedError, match="no text was found"):
        read_document(path)


@pytest.mark.parametrize("side", [12_000, 20_000])
def test_a_bomb_is_refused_with_its_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, side: int) -> None:
    monkeypatch.setattr(ocr, "available", lambda: True)
    path = tmp_path / "bomb.png"
    Image.new("1", (side, side)).save(path)
    with pytest.raises(DocumentRejectedError, match="100 megapixels"):
        read_document(path)
    with pytest.raises(PinciteError, match="100 megapixels"):
        render_page(path.read_bytes(), path.name, 1, width=100)


def test_a_damaged_picture_is_refused_with_its_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "available", lambda: True)
    path = tmp_path / "cut.png"
    picture().save(path)
    path.write_bytes(path.read_bytes()[:400])
    with pytest.raises(DocumentRejectedError, match="damaged"):
        read_document(path)
    with pytest.raises(PinciteError, match="damaged"):
        render_page(path.read_bytes(), path.name, 1, width=100)


def test_a_page_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "sand.png"
    picture().save(path)
    with pytest.raises(PinciteError, match="not page 2"):
        render_page(path.read_bytes(), path.name, 2, width=100)


@pytest.mark.parametrize(("dpi", "width"), [((300, 300), 216.0), ((1, 1), 675.0), (None, 675.0), ((72, 72), 900.0)])
def test_the_size_of_a_page_is_what_the_file_says_if_that_can_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dpi: tuple[int, int] | None, width: float
) -> None:
    widths: list[float] = []

    def read(_picture: Image.Image, *, width: float, number: int, alive: object) -> ocr.Recognised:
        widths.append(width)
        return ocr.Recognised([], 0.0)

    monkeypatch.setattr(ocr, "available", lambda: True)
    monkeypatch.setattr(ocr, "read_picture", read)
    path = tmp_path / "sand.png"
    picture().save(path, **({"dpi": dpi} if dpi else {}))
    with pytest.raises(DocumentRejectedError):
        read_document(path)
    assert widths == [pytest.approx(width, rel=1e-3)]
