"""OCR: what is read on a picture, where it stands, in which order, and how sure that is."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from index.errors import DocumentRejectedError
from index.readers import read_document, read_source
from index.readers.content import Source
from index.readers.ocr import ocr
from index.readers.ocr.lines import Strip, strips_to_lines, turned_back
from index.readers.pdf.layout import lay_out
from index.readers.pdf.lines import Line, PageLines

Pdf = Callable[..., Path]

FOX = ("The quick brown fox jumps over the lazy", "dog and runs back to the hills where it", "sleeps until dawn.")
SEA = ("Ships of every nation cross the narrow", "sea in summer, and in winter only those", "that are not afraid.")


@pytest.fixture
def engine() -> None:
    pytest.importorskip("rapidocr", reason="pincite[ocr] is not installed")


def drawn(lines: Sequence[tuple[float, float, str]], *, page: tuple[int, int] = (1240, 900)) -> Image.Image:
    """Draw lines of text: (left, baseline, words) in pixels."""
    picture = Image.new("RGB", page, "white")
    draw = ImageDraw.Draw(picture)
    for left, baseline, words in lines:
        draw.text((left, baseline), words, font=ImageFont.load_default(28), fill="black", anchor="ls")
    return picture


def paragraph(lines: Sequence[str], *, left: float = 100, top: float = 200) -> list[tuple[float, float, str]]:
    return [(left, top + 36 * number, words) for number, words in enumerate(lines)]


def strip(text: str, left: float, baseline: float, *, score: float = 0.99, width: float = 12) -> Strip:
    """Make a strip whose characters are `width` wide and whose box is 30 high, the baseline 22 below its top."""
    right = left + width * len(text)
    top = baseline - 22
    quad = np.array([[left, top], [right, top], [right, top + 30], [left, top + 30]], dtype=np.float32)
    return Strip.of(text, quad, np.empty((0, 4, 2), dtype=np.float32), score=score)


def text_of(strips: Sequence[Strip]) -> list[str]:
    return [line.text for line in strips_to_lines(strips, np.full((1200, 1600), 255, dtype=np.uint8))]


def read_lines(picture: Image.Image, *, width: float = 595.2) -> list[Line]:
    return ocr.read_picture(picture, width=width, number=1).lines


def ink_within(box: Sequence[float], picture: Image.Image, *, width: float = 595.2) -> float:
    """Return how much of the ink of a picture is in a box of points, in percent."""
    scale = picture.width / width
    inked = np.asarray(picture.convert("L")) < 128
    left, top, right, bottom = (round(float(side) * scale) for side in box)
    return 100 * float(inked[top : bottom + 1, left : right + 1].sum() / inked.sum())


# The geometry, without the networks.


def test_columns_are_read_one_after_the_other() -> None:
    left = [strip(words, 100, 200 + 36 * number) for number, words in enumerate([*FOX, *FOX])]
    right = [strip(words, 700, 200 + 36 * number) for number, words in enumerate([*SEA, *SEA])]
    title = strip("A title that stands over both of the columns of this page, from left to right", 200, 120)
    mixed = [piece for pair in zip(left, right, strict=True) for piece in pair]
    assert text_of([*mixed, title]) == [title.text, *FOX, *FOX, *SEA, *SEA]


def test_a_table_in_a_column_does_not_hide_the_column() -> None:
    left = [strip(words, 100, 200 + 36 * number) for number, words in enumerate([*FOX, *FOX])]
    right = [strip(words, 700, 200 + 36 * number) for number, words in enumerate([*SEA, *SEA])]
    cells = [strip(cell, 700 + 100 * place, 420 + 36 * row) for row in range(3) for place, cell in enumerate("abcd")]
    assert text_of([*cells, *right, *left]) == [*FOX, *FOX, *SEA, *SEA, *["a b c d"] * 3]


def test_chinese_punctuation_stands_only_in_chinese() -> None:
    assert strip("Start Date：2021（", 100, 200).text == "Start Date:2021("
    assert strip("其他参考数据：", 100, 200).text == "其他参考数据："


def test_the_cells_of_a_row_stay_together() -> None:
    rows = [("Revenue", "1,234", "999"), ("Costs", "1,000", "800"), ("Profit", "234", "199"), ("Tax", "34", "19")]
    strips = [
        strip(cell, left, 200 + 36 * number)
        for number, row in enumerate(rows)
        for left, cell in zip((100, 500, 800), row, strict=True)
    ]
    assert text_of(strips[::-1]) == [" ".join(row) for row in rows]


def test_a_slant_does_not_mix_the_lines() -> None:
    lines = [f"{words} and so on and so forth, to the end" for words in (*FOX, *SEA)]
    slanted = []
    for number, words in enumerate(lines):
        flat = strip(words, 100, 200 + 36 * number)
        drop = 0.03 * (flat.quad[:, 0] - 100)
        slanted.append(flat._replace(quad=flat.quad + np.stack([0 * drop, drop], axis=1)))
    assert text_of(slanted) == lines


def test_a_box_is_kept_for_every_character_and_a_word_is_split_evenly() -> None:
    [line] = strips_to_lines([strip("ab cd", 100, 200, width=20)], np.full((400, 400), 255, dtype=np.uint8))
    assert line.text == "ab cd"
    np.testing.assert_allclose(line.boxes[:, 0], [100, 120, np.nan, 160, 180], atol=0.01)
    np.testing.assert_allclose(line.boxes[:, 2], [120, 140, np.nan, 180, 200], atol=0.01)


@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
def test_places_are_those_of_the_page_before_it_was_turned(quarters: int) -> None:
    page = np.zeros((40, 60))
    page[5:9, 10:30] = 1
    rows, columns = np.nonzero(np.rot90(page, quarters))
    turned = np.array([[columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]], dtype=np.float32)
    np.testing.assert_array_equal(turned_back(turned, quarters, width=60, height=40), [[10, 5, 30, 9]])


# With the networks.


def test_a_picture_is_read_in_paragraphs(engine: None) -> None:
    reading = ocr.read_picture(drawn(paragraph(FOX) + paragraph(SEA, top=400)), width=595.2, number=1)
    content = lay_out([PageLines(595.2, 432.0, reading.lines)], [], title="", report=Source(b"").report)
    assert content.text.split("\n\n") == [" ".join(FOX), " ".join(SEA)]
    assert 0.9 < reading.certainty <= 1


def test_the_boxes_of_the_words_hold_their_ink(engine: None) -> None:
    picture = drawn([(200, 300, "alone")])
    [line] = read_lines(picture)
    box = [*line.boxes[:, :2].min(axis=0), *line.boxes[:, 2:].max(axis=0)]
    assert ink_within(box, picture) >= 97
    assert box[3] - box[1] < 30 * 595.2 / 1240  # no higher than the letters and a little more


@pytest.mark.parametrize("quarters", [1, 2, 3])
@pytest.mark.slow
def test_a_page_that_lies_on_its_side_is_read_and_placed_as_shown(engine: None, quarters: int) -> None:
    upright = drawn(paragraph([*FOX, *SEA]))
    picture = Image.fromarray(np.rot90(np.asarray(upright), quarters).copy())
    lines = read_lines(picture, width=picture.width * 0.48)
    assert [line.text for line in lines] == [*FOX, *SEA]
    first = lines[0].boxes[~np.isnan(lines[0].boxes[:, 0])]
    box = [*first[:, :2].min(axis=0), *first[:, 2:].max(axis=0)]
    only = drawn(paragraph(FOX[:1]))
    shown = Image.fromarray(np.rot90(np.asarray(only), quarters).copy())
    assert ink_within(box, shown, width=shown.width * 0.48) >= 95


@pytest.mark.slow
def test_a_tall_picture_is_read_in_pieces_and_nothing_twice(engine: None) -> None:
    words = [f"Line number {number} of the long page" for number in range(1, 61)]
    picture = drawn([(40, 60 + 50 * number, line) for number, line in enumerate(words)], page=(800, 3100))
    assert [line.text for line in read_lines(picture)] == words


def test_a_drawing_holds_no_text(engine: None) -> None:
    picture = Image.new("RGB", (800, 800), "white")
    corners = [(100, 100), (300, 100), (300, 200), (200, 200), (200, 300), (100, 300)]
    ImageDraw.Draw(picture).polygon(corners, fill="black")
    assert ocr.read_picture(picture, width=600, number=1) == ([], 0.0)


def test_there_is_a_sign_of_life_at_every_line(engine: None) -> None:
    signs: list[int] = []
    ocr.read_picture(drawn(paragraph([*FOX, *SEA])), width=595.2, number=1, alive=lambda: signs.append(1))
    assert len(signs) >= 6


# PDFs.


def scanned(path: Path, pictures: Sequence[Image.Image]) -> Path:
    pictures[0].save(path, "PDF", save_all=True, append_images=pictures[1:], resolution=150)
    return path


def test_a_scanned_pdf_is_read_with_its_certainty(engine: None, tmp_path: Path) -> None:
    pages = [drawn(paragraph(FOX)), Image.new("RGB", (1240, 900), "white"), drawn(paragraph(SEA))]
    seen: list[tuple[int, int]] = []
    data = scanned(tmp_path / "scan.pdf", pages).read_bytes()
    source = Source(data, "scan.pdf", lambda page, count: seen.append((page, count)))
    document = read_source(source, path="scan.pdf", modified=0.0).document
    assert document.text == f"{' '.join(FOX)}\n\n{' '.join(SEA)}"
    assert [document.page_of(document.text.index(words)) for words in ("quick", "Ships")] == [1, 3]
    assert [page.certainty is None for page in document.pages.values()] == [False, True, False]
    assert document.pages[1].boxes is not None
    assert len(document.pages[1].boxes) == document.pages[1].end - document.pages[1].start
    assert document.missing == ""
    assert {(1, 3), (3, 3)} <= set(seen)


def test_words_that_are_text_already_are_not_read_again(engine: None, tmp_path: Path) -> None:
    data = stamped(tmp_path, "CONFIDENTIAL 0017", paragraph([*FOX, *SEA] * 3))
    text = read_document(data).text
    assert text.count("CONFIDENTIAL") == 1
    assert "quick brown fox" in text
    assert "only those that are not afraid" in text


def test_a_scan_without_text_is_rejected_also_with_ocr(engine: None, tmp_path: Path) -> None:
    picture = Image.new("RGB", (1240, 900), "white")
    ImageDraw.Draw(picture).ellipse((300, 300, 800, 700), fill="gray")
    with pytest.raises(DocumentRejectedError, match="not by OCR either"):
        read_document(scanned(tmp_path / "scan.pdf", [picture]))


def stamped(folder: Path, stamp: str, lines: Sequence[tuple[float, float, str]]) -> Path:
    """Write a page that is a scan with a stamp of real text over it."""
    import pikepdf

    file = scanned(folder / "stamped.pdf", [drawn(lines)])
    with pikepdf.open(io.BytesIO(file.read_bytes())) as document:
        page = document.pages[0]
        font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
        page.Resources.Font = pikepdf.Dictionary(F1=document.make_indirect(font))
        page.contents_add(f"BT /F1 10 Tf 60 400 Td ({stamp}) Tj ET".encode())
        document.save(file)
    return file
