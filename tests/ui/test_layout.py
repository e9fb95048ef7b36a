"""How a text is laid out in the source panel, and what its pages are called."""

from __future__ import annotations

import numpy as np
import pytest

from index.readers.formats import FORMATS, OLE, UNKNOWN
from index.records import Document, Heading, Page
from ui.places import KINDS, PAGES, capital, certainty, has_images, kind_of, page_name, section_name, whereabouts
from ui.web.parts.layout import Part, TextTable, parts, sections, tables

OFFICE = "application/vnd.openxmlformats-officedocument"
SLIDES, SHEETS = f"{OFFICE}.presentationml.presentation", f"{OFFICE}.spreadsheetml.sheet"
BOOK, FILM, MAIL = "application/epub+zip", "application/x-subrip", "message/rfc822"


def a_document(text: str, media_type: str, *headings: Heading, pages: dict[int, Page] | None = None) -> Document:
    return Document("id", "/folder/a", "A", media_type, text, pages or {}, headings, "", 0.0)


def paged(media_type: str, *labels: str) -> Document:
    """Return a document with a page for each label, which says its number."""
    texts = [f"This is number {number}." for number in range(1, len(labels) + 1)]
    pages, at = {}, 0
    for number, (text, label) in enumerate(zip(texts, labels, strict=True), start=1):
        pages[number] = Page(at, at + len(text), label=label)
        at += len(text) + 2
    return a_document("\n\n".join(texts), media_type, pages=pages)


def kinds(document: Document) -> list[tuple[str, str, int]]:
    """Return what is laid out, as (kind, text, level)."""
    found = parts(document, 0, len(document.text))
    return [(part.kind, document.text[part.start : part.end], part.level) for part in found]


@pytest.mark.parametrize("media_type", [format.media_type for format in (*FORMATS, OLE)])
def test_every_format_has_a_name(media_type: str) -> None:
    assert kind_of(media_type).name not in ("", UNKNOWN.name)


def test_only_what_a_format_is_called_is_translated() -> None:
    formats = (*FORMATS, OLE, UNKNOWN)
    assert set(KINDS) <= {format.name for format in formats}
    assert set(PAGES) <= {format.page for format in formats}


@pytest.mark.parametrize(
    ("media_type", "label", "name", "where"),
    [
        ("application/pdf", "", "page 1", "Page 1 of 2"),
        ("application/pdf", "iv", "page iv", "Page iv (1 of 2)"),
        (SLIDES, "", "slide 1", "Slide 1 of 2"),
        (SHEETS, "Revenue", "sheet Revenue", "Sheet Revenue (1 of 2)"),
        (SHEETS, "Sheet1", "Sheet1", "Sheet1 (1 of 2)"),
        (BOOK, "The storm", "chapter The storm", "Chapter The storm (1 of 2)"),
        (BOOK, "CHAPTER I. The storm", "CHAPTER I. The storm", "CHAPTER I. The storm (1 of 2)"),
        (FILM, "0:01:02", "0:01:02", "0:01:02"),
        ("image/tiff", "", "page 1", "Page 1 of 2"),
    ],
)
def test_a_place_is_called_what_its_format_calls_it(media_type: str, label: str, name: str, where: str) -> None:
    document = paged(media_type, label, label)
    assert page_name(document, 1) == name
    assert whereabouts(document, 3) == where


def test_what_is_on_no_page_has_no_place() -> None:
    document = a_document("Words.", "text/plain")
    assert page_name(document, None) == ""
    assert whereabouts(document, 0) == ""


def test_a_picture_of_one_page_has_no_number() -> None:
    assert whereabouts(paged("image/png", ""), 0) == ""


def test_a_section_whose_text_begins_with_its_name_is_not_called_it_twice() -> None:
    text = "The storm\n\nIt blew."
    named = a_document(text, BOOK, pages={1: Page(0, 19, label="The storm"), 2: Page(11, 19, label="Calm")})
    assert section_name(named, 1) == "Chapter 1"
    assert section_name(named, 2) == "Chapter Calm"


def test_a_section_ends_where_the_next_one_begins() -> None:
    document = paged(SLIDES, "", "", "")
    text = document.text
    cut = [(text[section.start : section.end], section.number) for section in sections(document, 0, len(text))]
    assert cut == [("This is number 1.\n\n", 1), ("This is number 2.\n\n", 2), ("This is number 3.", 3)]
    assert [section.number for section in sections(document, 5, 25)] == [1, 2]


def test_what_stands_before_the_first_page_and_pages_without_text_are_no_sections() -> None:
    document = a_document("Title\n\nWords", SLIDES, pages={1: Page(7, 7), 2: Page(7, 12)})
    assert [section.number for section in sections(document, 0, 12)] == [None, 2]


def test_pages_with_an_image_do_not_cut_the_text() -> None:
    page = Page(0, 5, 600, 800, np.zeros((5, 4), np.float32))
    document = a_document("Words on.", "application/pdf", pages={1: page, 2: Page(6, 9, 600, 800)})
    assert has_images(document)
    assert [section.number for section in sections(document, 0, 9)] == [None]


def test_pages_without_boxes_have_no_image() -> None:
    assert not has_images(paged(SLIDES, "", ""))


def test_the_items_of_a_list_hang_as_deep_as_they_stand() -> None:
    text = "Before.\n\n- One\n  - Two\n    and more\n- Three\n\nAfter - not an item."
    assert kinds(a_document(text, "text/html")) == [
        ("item", "- One\n", 0),
        ("item", "  - Two\n", 1),
        ("item", "    and more\n", 1),
        ("item", "- Three\n", 0),
    ]
    assert [kind for kind, _, _ in kinds(a_document("1. One\n2. Two", "text/html"))] == ["item", "item"]


def test_a_heading_with_a_number_is_no_item() -> None:
    assert kinds(a_document("1. Care\n\nWash it.", "text/html", Heading(2, 0, 7))) == [("heading", "1. Care", 2)]


def test_rows_of_a_table_are_apart_from_each_other() -> None:
    text = "A sentence: with a colon; and another: one.\n\nName: Mars; Moons: 2\nName: Earth; Moons: 1"
    assert [(kind, line) for kind, line, _ in kinds(a_document(text, "text/html"))] == [
        ("row", "Name: Mars; Moons: 2\n"),
        ("row", "Name: Earth; Moons: 1"),
    ]
    assert [kind for kind, _, _ in kinds(a_document("Name: Mars\n\nMars", "text/csv"))] == ["row", "row"]


def test_rows_that_follow_each_other_are_a_table_and_those_of_others_another() -> None:
    text = "Name: Mars; Moons: 2\nName: Earth; Rings: no; Moons: 1\n\nDay: Monday; Open: no\nJust a line"
    document = a_document(text, "text/csv")
    first, second, line = tables(document, parts(document, 0, len(text)))
    assert isinstance(first, TextTable)
    assert isinstance(second, TextTable)
    assert (first.columns, len(first.rows)) == (("Name", "Rings", "Moons"), 2)
    assert second.columns == ("Day", "Open")
    assert line == Part(text.index("Just"), len(text), "row")


def test_indented_lines_are_code_and_code_is_code_all_through() -> None:
    text = "Run this:\n\nif x:\n    y()\n\nThen wait."
    assert kinds(a_document(text, "text/markdown")) == [("code", "if x:\n    y()\n", 0)]
    assert parts(a_document(text, "text/x-source"), 0, 36) == [Part(0, 36, "code")]


def test_plain_text_is_as_its_author_broke_it() -> None:
    assert kinds(a_document("- One\n- Two\n\n  a: b; c: d\n  e", "text/plain")) == []


def test_the_headers_of_a_mail_are_set_apart() -> None:
    text = "From: A <a@example.org>\nTo: B\nSubject: Tea: or not\n\nNote: it is late."
    assert [kind for kind, _, _ in kinds(a_document(text, MAIL))] == ["field"] * 3
    assert kinds(a_document(text, "text/html")) == []


def test_how_sure_the_ocr_was_is_never_said_to_be_all() -> None:
    assert certainty(Page(0, 1, certainty=0.937)) == "by OCR, 94\u00a0% certain"
    assert certainty(Page(0, 1, certainty=1.0)) == "by OCR, 99\u00a0% certain"
    assert certainty(Page(0, 1)) == ""


def test_the_first_letter_alone_becomes_large() -> None:
    assert capital("sheet Q3 revenue") == "Sheet Q3 revenue"
    assert capital("") == ""
