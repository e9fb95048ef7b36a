"""The PDF reader: paragraphs from lines, and every character's place on its page."""

from __future__ import annotations

import io
import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pikepdf
import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from samples import saved

from index.errors import DocumentRejectedError, PinciteError
from index.readers import read_document
from index.readers.content import Source
from index.readers.pdf import pdf as reader
from index.readers.pdf.characters import shown_boxes
from index.records import Document

Pdf = Callable[..., Path]
Column = Callable[..., list[tuple[object, ...]]]

FULL = "The quick brown fox jumps over the lazy dog and runs back to the"  # about as wide as a column


def place(document: Document, words: str) -> tuple[float, float, float, float]:
    """Return where words stand on page 1."""
    start = document.text.index(words)
    boxes = document.pages[1].boxes
    assert boxes is not None
    found = boxes[start : start + len(words)]
    left, top = np.nanmin(found[:, :2], axis=0)
    right, bottom = np.nanmax(found[:, 2:], axis=0)
    return left, top, right, bottom


def check_pages(document: Document) -> None:
    """Pages tile the text in order, and have a row of boxes for each character."""
    end = 0
    for number, page in document.pages.items():
        assert page.start == end
        end = page.end
        assert page.boxes is not None
        assert page.boxes.shape == (page.end - page.start, 4)
        assert page.boxes.dtype == np.float32
        known = page.boxes[~np.isnan(page.boxes).any(axis=1)]
        assert (known[:, :2] <= known[:, 2:]).all(), number
        words = document.text[page.start : page.end]
        assert all(words[row].isspace() for row in np.flatnonzero(np.isnan(page.boxes[:, 0])))
    assert end == len(document.text)


def test_lines_of_a_paragraph_join_with_a_space(pdf: Pdf, column: Column) -> None:
    document = read_document(pdf([column(FULL, "hills where it sleeps.")]))
    assert document.text == f"{FULL} hills where it sleeps."


def test_a_gap_parts_paragraphs(pdf: Pdf, column: Column) -> None:
    page = column(FULL, FULL, "end.") + column(FULL, FULL, "end.", top=160)
    assert read_document(pdf([page])).text == f"{FULL} {FULL} end.\n\n{FULL} {FULL} end."


def test_an_indented_line_begins_a_paragraph(pdf: Pdf, column: Column) -> None:
    page = [*column(FULL, FULL), *column(FULL[:-4], left=90, top=124), *column(FULL, top=136)]
    assert read_document(pdf([page])).text == f"{FULL} {FULL}\n\n{FULL[:-4]} {FULL}"


def test_a_short_line_that_ends_a_sentence_ends_the_paragraph(pdf: Pdf, column: Column) -> None:
    page = column(FULL, "hills.", FULL.replace("The", "A"), "hills.")
    assert read_document(pdf([page])).text == f"{FULL} hills.\n\n{FULL.replace('The', 'A')} hills."


@pytest.mark.parametrize(
    ("first", "second", "joined"),
    [
        ("with a lot of infor-", "mation about it.", "with a lot of information about it."),
        ("with the work of Anglo-", "Saxon kings.", "with the work of Anglo-Saxon kings."),
        ("in the years 2019-", "2020 and later.", "in the years 2019-2020 and later."),
        ("a soft one in infor\xad", "mation about it.", "a soft one in information about it."),
        ("of the state-of-", "the-art kind.", "of the state-of-the-art kind."),
        ("a self-", "made man.", "a self-made man."),
    ],
)
def test_a_hyphenated_word_joins_up(pdf: Pdf, column: Column, first: str, second: str, joined: str) -> None:
    assert read_document(pdf([column(first, second)])).text == joined


def test_a_compound_keeps_its_hyphen_where_the_document_writes_it_so(pdf: Pdf, column: Column) -> None:
    page = column("We need a long-term plan here, nothing else but a long-", "term plan would do.")
    assert read_document(pdf([page])).text.count("long-term plan") == 2


def test_a_paragraph_goes_on_over_a_page_break(pdf: Pdf, column: Column) -> None:
    document = read_document(pdf([column(FULL, FULL), column("hills where it sleeps.", FULL)]))
    assert f"{FULL} hills where it sleeps." in document.text
    start = document.pages[2].start
    assert document.text[start:].startswith("hills where")
    check_pages(document)


def test_a_note_does_not_part_a_sentence_that_goes_on_over_the_page(pdf: Pdf, column: Column) -> None:
    first = [*column(FULL, FULL), (72, 700, "A note in small print about nothing.", 7)]
    document = read_document(pdf([first, column("hills where it sleeps and dreams.", FULL, FULL)]))
    assert f"{FULL} hills where it sleeps and dreams." in document.text
    assert "A note in small print" in document.text
    check_pages(document)


def test_columns_are_read_one_after_the_other(pdf: Pdf, column: Column) -> None:
    left = column("Left one is the first of all,", "and left two comes after it,", "and left three ends.")
    right = column("Right one is the fourth then", "and right two ends the page.", left=320)
    text = read_document(pdf([left + right])).text
    assert text == (
        "Left one is the first of all, and left two comes after it, and left three ends.\n\n"
        "Right one is the fourth then and right two ends the page."
    )


def test_items_stand_on_lines_of_their_own(pdf: Pdf, column: Column) -> None:
    page = column("We need the following things:", "• bread and butter,", "• milk.")
    assert read_document(pdf([page])).text == "We need the following things:\n\n- bread and butter,\n- milk."


def test_rows_of_a_table_stand_on_lines_of_their_own(pdf: Pdf) -> None:
    page = [(x, y, words) for y, row in ((100, ("Net sales", "117", "123")), (112, ("Costs", "66", "69")))
            for x, words in zip((72, 300, 400), row, strict=True)]  # fmt: skip
    assert read_document(pdf([page])).text == "Net sales 117 123\nCosts 66 69"


def test_larger_lines_are_headings_by_their_size(pdf: Pdf, column: Column) -> None:
    page = [(72, 60, "The Whole Story", 24), (72, 90, "How it began", 15), *column(*[FULL] * 8, top=110)]
    document = read_document(pdf([page]))
    assert [(h.level, document.text[h.start : h.end]) for h in document.headings] == [
        (1, "The Whole Story"),
        (2, "How it began"),
    ]
    assert document.title == "The Whole Story"


def test_the_outline_gives_headings_their_levels(pdf: Pdf, column: Column) -> None:
    page = [(72, 80, "Chapter One"), *column(*[FULL] * 8)]
    outline = ["<< /First 8 0 R /Last 8 0 R /Count 1 >>", "<< /Title (Chapter One) /Parent 7 0 R /Dest [5 0 R /Fit] >>"]
    document = read_document(pdf([page], catalog_entries="/Outlines 7 0 R", extra_objects=outline))
    assert [(h.level, document.text[h.start : h.end]) for h in document.headings] == [(1, "Chapter One")]


@pytest.mark.parametrize(
    ("words", "bold", "level"),
    [("No open wounds.", False, 0), ("No open wounds.", True, 1), ("3. Open wounds.", False, 1)],
)
def test_a_sentence_of_the_text_that_the_outline_names_is_no_heading(
    pdf: Pdf, column: Column, words: str, bold: bool, level: int
) -> None:
    page = [*column(*[FULL] * 8), (72, 240, words, 10, bold)]
    outline = ["<< /First 8 0 R /Last 8 0 R /Count 1 >>", f"<< /Title ({words}) /Parent 7 0 R /Dest [5 0 R /Fit] >>"]
    document = read_document(pdf([page], catalog_entries="/Outlines 7 0 R", extra_objects=outline))
    assert [heading.level for heading in document.headings] == [level] * bool(level)


def test_raised_digits_stay_raised(pdf: Pdf) -> None:
    page = [(72, 100, "It weighs 10"), (125.6, 96, "6", 6), (132, 100, "kg in all.")]
    assert "10⁶" in read_document(pdf([page])).text


@pytest.mark.parametrize(
    ("rotation", "size"), [(0, (595, 842)), (90, (842, 595)), (180, (595, 842)), (270, (842, 595))]
)
def test_boxes_are_where_the_page_shows_the_words(pdf: Pdf, rotation: int, size: tuple[int, int]) -> None:
    path = pdf([[(72, 100, "Words up here"), (72, 400, "Other words")]], page_entries=f"/Rotate {rotation}")
    document = read_document(path)
    page = document.pages[1]
    assert (page.width, page.height) == size
    left, top, right, bottom = place(document, "Words up here")
    width, height = right - left, bottom - top
    expected = {0: (72, 92), 90: (842 - 103, 72), 180: (595 - 72 - width, 842 - 103), 270: (92, 595 - 72 - height)}
    assert math.isclose(left, expected[rotation][0], abs_tol=3)
    assert math.isclose(top, expected[rotation][1], abs_tol=3)
    image = Image.open(io.BytesIO(reader.render_page(path.read_bytes(), 1, width=size[0]))).convert("L")
    assert np.asarray(image)[int(top) : int(bottom) + 1, int(left) : int(right) + 1].min() < 100  # there is ink


def test_boxes_count_from_the_corner_of_the_crop_box(pdf: Pdf) -> None:
    document = read_document(pdf([[(172, 200, "Words")]], page_entries="/CropBox [100 42 500 742]"))
    assert (document.pages[1].width, document.pages[1].height) == (400, 700)
    left, top, _, bottom = place(document, "Words")
    assert math.isclose(left, 72, abs_tol=1)
    assert 90 < top < bottom < 101


def test_words_outside_of_the_page_are_not_read(pdf: Pdf) -> None:
    document = read_document(pdf([[(72, 100, "Seen"), (72, 1200, "Unseen"), (-400, 100, "Unseen")]]))
    assert document.text == "Seen"


def test_text_up_the_margin_comes_last_on_its_page(pdf: Pdf, column: Column) -> None:
    lines = column(FULL, FULL, "ends here.")
    page = [lines[0], (30, 500, "arXiv:1234.5678", 10, False, True), *lines[1:]]
    assert read_document(pdf([page])).text == f"{FULL} {FULL} ends here.\n\narXiv:1234.5678"


def test_a_page_without_text_is_an_empty_span(pdf: Pdf, column: Column) -> None:
    document = read_document(pdf([column("First."), [], column("Third.")]))
    assert document.pages[2].start == document.pages[2].end
    assert document.page_of(document.text.index("Third")) == 3
    check_pages(document)


@pytest.mark.parametrize(
    ("before", "after", "read"),
    [
        ("Name:", "", "Name: Typed in"),
        ("", "is the name", "Typed in is the name"),
        ("Name:", "Other:", "Name: Typed in Other:"),
    ],
)
def test_what_is_typed_into_a_form_is_read_beside_its_label_and_shown(
    pdf: Pdf, before: str, after: str, read: str
) -> None:
    look = "BT /F1 10 Tf 2 4 Td (Typed in) Tj ET"
    field = "<< /Subtype /Widget /FT /Tx /T (a) /V (Typed in) /Rect [72 700 200 720] /F 4 /AP << /N 8 0 R >> >>"
    form = f"<< /Subtype /Form /BBox [0 0 128 20] /Resources << /Font << /F1 3 0 R >> >> /Length {len(look)} >>"
    path = pdf(
        [[(40, 136, before), (204, 136, after)]],
        page_entries="/Annots [7 0 R]",
        catalog_entries="/AcroForm << /Fields [7 0 R] >>",
        extra_objects=[field, f"{form}\nstream\n{look}\nendstream"],
    )
    document = read_document(path)
    assert document.text == read
    left, top, right, bottom = place(document, "Typed in")
    image = np.asarray(Image.open(io.BytesIO(reader.render_page(path.read_bytes(), 1, width=595))).convert("L"))
    assert image[int(top) : int(bottom) + 1, int(left) : int(right) + 1].min() < 100


@pytest.mark.parametrize(
    "made_up", ["untitled", "Microsoft Word - report.doc", "report_v2.pdf", "0000320193-23-000006"]
)
def test_a_made_up_title_is_no_title(pdf: Pdf, made_up: str) -> None:
    assert read_document(pdf([[(72, 100, "Words.")]], title=made_up)).title == "file"
    assert read_document(pdf([[(72, 100, "Words.")]], title="On Foxes")).title == "On Foxes"


def test_the_title_is_the_first_large_heading_that_says_something(pdf: Pdf, column: Column) -> None:
    heads = [(72, 40, "Table of Contents", 18), (72, 85, "On Foxes", 18)]
    assert read_document(pdf([[*heads, *column(*[FULL] * 8, top=110)]])).title == "On Foxes"


def test_a_page_image_is_as_wide_as_wanted(pdf: Pdf) -> None:
    image = Image.open(io.BytesIO(reader.render_page(pdf([[(72, 100, "Words")]]).read_bytes(), 1, width=300)))
    assert (image.format, image.width) == ("PNG", 300)


def test_a_page_that_is_not_there_can_not_be_shown(pdf: Pdf) -> None:
    with pytest.raises(PinciteError, match="1 pages"):
        reader.render_page(pdf([[(72, 100, "Words")]]).read_bytes(), 2, width=300)


def note(contents: str, kind: str = "Text", more: str = "") -> str:
    return f"<< /Type /Annot /Subtype /{kind} /Rect [300 700 320 720] /Contents ({contents}) {more} >>"


def test_what_notes_say_is_a_paragraph_after_their_page(pdf: Pdf, column: Column) -> None:
    path = pdf(
        [column(FULL, "ends here."), column("Second page.")],
        page_entries="/Annots [9 0 R]",
        extra_objects=[note("Is this\ntrue?", "Highlight")],
    )
    document = read_document(path)
    assert document.text == f"{FULL} ends here.\n\nIs this true?\n\nSecond page.\n\nIs this true?"
    [box] = document.locate(start := document.text.index("Is this"), start + len("Is this true?"))
    assert box == (1, 300, 122, 320, 142)
    check_pages(document)


def test_a_note_parts_no_sentence_that_goes_on_over_the_page(pdf: Pdf, column: Column) -> None:
    first = pikepdf.open(pdf([column(FULL, FULL), column("hills where it sleeps and dreams.", FULL, FULL)]))
    subtype, rectangle = pikepdf.Name("/Text"), pikepdf.Array([300, 700, 320, 720])
    first.pages[0].Annots = pikepdf.Array([pikepdf.Dictionary(Subtype=subtype, Rect=rectangle, Contents="Why?")])
    assert f"Why?\n\n{FULL} {FULL} hills where it sleeps and dreams." in reader.read(Source(saved(first))).text


@pytest.mark.parametrize(
    "silent",
    [
        note("Unseen words", more="/F 2"),
        note("Unseen words", "Link"),
        note("Unseen words", "Popup"),
        note("Unseen words", more="/StateModel (Review) /State (Accepted)"),
        note("Seen words", "Highlight"),
    ],
)
def test_notes_that_say_nothing_of_their_own_are_left_out(pdf: Pdf, silent: str) -> None:
    path = pdf([[(72, 100, "Seen words here")]], page_entries="/Annots [7 0 R]", extra_objects=[silent])
    assert read_document(path).text == "Seen words here"


def test_a_field_that_is_not_drawn_is_read_from_its_value(pdf: Pdf) -> None:
    field = "<< /Subtype /Widget /FT /Tx /T (a) /V (Typed in) /Rect [72 700 200 720] /F 4 >>"
    path = pdf([[(40, 136, "Name:")]], page_entries="/Annots [7 0 R]", extra_objects=[field])
    document = read_document(path)
    assert document.text == "Name: Typed in"
    assert place(document, "Typed in") == (72, 122, 200, 142)
    secret = field.replace("/FT /Tx", "/FT /Tx /Ff 8192")
    path = pdf([[(40, 136, "Name:")]], page_entries="/Annots [7 0 R]", extra_objects=[secret])
    assert read_document(path).text == "Name:"


def test_accents_stand_on_their_letters(pdf: Pdf) -> None:
    page = [
        (72, 100, "Universit"),
        (110.4, 100, "\xb4"),
        (111, 100, "e de Gen"),
        (148.6, 100, "eve."),
        (149.6, 100, "`"),
    ]
    assert read_document(pdf([page])).text == "Université de Genève."


def test_letters_at_infinity_stand_where_they_can_be_compared(pdf: Pdf) -> None:
    nan, far = float("nan"), float("inf")
    odd = np.array([[nan, far, -far, 1e30], [72, 100, 78, 90]], dtype=np.float32)
    with pypdfium2.PdfDocument(pdf([[(72, 100, "Words")]])) as document:
        boxes = shown_boxes(document[0], odd)
    assert np.abs(boxes).max() < 1e6
    assert boxes[1].tolist() == [72, 742, 78, 752]


_words = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=12)
_texts = st.tuples(
    st.integers(0, 560),
    st.integers(10, 830),
    st.lists(_words, min_size=1, max_size=8).map(" ".join),
    st.sampled_from([6, 10, 18]),
)


@settings(max_examples=60)
@given(pages=st.lists(st.lists(_texts, max_size=12), min_size=1, max_size=4))
def test_pages_tile_the_text_whatever_stands_on_them(pdf: Pdf, pages: list[list[tuple[int, int, str, int]]]) -> None:
    path = pdf(pages)
    try:
        document = read_document(path)
    except DocumentRejectedError as error:
        assert "no text" in str(error) or "blank" in str(error)  # noqa: PT017 - all are right, by what was drawn
        return
    check_pages(document)
    assert document.text == document.text.strip()
    for heading in document.headings:
        assert document.text[heading.start : heading.end].strip() != ""
        assert "\n\n" not in document.text[heading.start : heading.end]
