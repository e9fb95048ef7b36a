"""PDF: bytes in, the text in reading order with every character's place on its page out; and pages as images.

A document is read page by page, and pdfium's lock is let go between pages, so that a page image never waits for a long
document. A page that can't be read costs that page only.
"""

from __future__ import annotations

import contextlib
import io
from contextlib import closing
from dataclasses import replace
from itertools import islice
from typing import Any

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from index.errors import DocumentRejectedError, PinciteError
from index.readers.content import Content, Source, sensible_title
from index.readers.hidden import with_hidden
from index.readers.ocr.ocr import with_certainties
from index.readers.pdf.characters import is_bold, read_characters, shown_boxes
from index.readers.pdf.file import DAMAGED, PDFIUM, opened, pages_there
from index.readers.pdf.forms import put_in_place
from index.readers.pdf.grid import may_hold_tables
from index.readers.pdf.headings import OutlineEntry
from index.readers.pdf.interleaved import by_columns
from index.readers.pdf.layout import GIVEN_UP, lay_out, pages_missing
from index.readers.pdf.lines import PageLines, page_lines
from index.readers.pdf.notes import Box, Note, note_lines, read_drawn, read_notes
from index.readers.pdf.pictures import Pictures
from index.readers.pdf.rules import read_rules
from index.readers.pdf.spacing import close_up
from index.readers.pdf.values import put_beside_labels

_MAX_PIXELS = 40_000_000  # of a page image; a page that is a metre long and a point wide would ask for gigabytes
_MAX_OUTLINE = 5000
_ALL_HIDDEN = "all text of its pages is hidden from the eye: leave it out, or print or export it again from its source"
# What pdfium raises at a damaged page, and Python at numbers that make no sense.
_UNREADABLE = (pdfium.PdfiumError, ArithmeticError, LookupError, ValueError)


def read(source: Source) -> Content:
    """Read a PDF; `pages` has all its pages, those without text as empty spans.

    Raises DocumentRejectedError if it needs a password, is damaged, or has no text on any page.
    """
    with opened(source.data) as document:
        pictures = Pictures()
        pages, lost = _read_pages(document, source, pictures)
        certainties = pictures.read(document, pages, source)
        with PDFIUM:
            outline, title = _outline(document), _title(document)
    hidden = [one for page in pages for one in page.hidden]
    if not any(page.lines or page.notes for page in pages):
        if lost:
            raise DocumentRejectedError(DAMAGED)
        if hidden:
            raise DocumentRejectedError(_ALL_HIDDEN)
        raise DocumentRejectedError(pictures.reason())
    damaged = pages_missing([number for number in lost if number not in source.skipped], why="damaged")
    given_up = pages_missing([number for number in lost if number in source.skipped], why=GIVEN_UP)
    missing = "; ".join(filter(None, (damaged, given_up, pictures.missing())))
    content = lay_out(pages, outline, title=sensible_title(title), report=source.report)
    content = with_hidden(replace(content, missing=missing), hidden)
    return with_certainties(content, certainties)


def render_page(data: bytes, number: int, *, width: int) -> bytes:
    """Return page `number` (from 1) as a PNG, `width` pixels wide (fewer if the page is absurdly tall).

    Raises PinciteError if the file is damaged, or has no such page.
    """
    try:
        with PDFIUM, opened(data) as document:
            if not 1 <= number <= len(document):
                raise PinciteError(f"it has {len(document)} pages, not page {number}: index the file again")
            page, *_ = _load_page(document, number - 1)
            with closing(page):
                page_width, page_height = page.get_size()
                scale = min(width / page_width, (_MAX_PIXELS / (page_width * page_height)) ** 0.5)
                with closing(page.render(scale=scale)) as bitmap:
                    image = bitmap.to_pil().convert("RGB")
    except DocumentRejectedError as error:
        raise PinciteError(str(error)) from error
    except _UNREADABLE as error:
        raise PinciteError(f"page {number} is damaged: save the file again from its source, and index it") from error
    png = io.BytesIO()
    image.save(png, "PNG", compress_level=1)
    return png.getvalue()


def _read_pages(document: Any, source: Source, pictures: Pictures) -> tuple[list[PageLines], list[int]]:
    """Return the pages' lines, and the numbers of the pages that could not be read."""
    with PDFIUM:
        claimed, there = len(document), pages_there(document)
    pages: list[PageLines] = []
    lost = []
    for number in range(1, there + 1):
        page = None
        if number not in source.skipped:
            source.report(number, there)
            with contextlib.suppress(*_UNREADABLE), PDFIUM:
                page = _read_page(document, number, pictures)
        if page is None:
            lost.append(number)
        pages.append(page or PageLines(0.0, 0.0, []))
    return pages, [*lost, *range(there + 1, claimed + 1)]


def _read_page(document: Any, number: int, pictures: Pictures) -> PageLines:
    page, notes, fields = _load_page(document, number - 1)
    with closing(page):
        width, height = page.get_size()
        with closing(page.get_textpage()) as text_page:
            characters = read_characters(page, text_page)
            lines = put_beside_labels(by_columns([close_up(line) for line in page_lines(characters)]))
            for line in lines:
                line.bold = all(is_bold(text_page, sample) for sample in line.samples)
        remarks = note_lines(notes, page, lines)
        rules = read_rules(page)
        if fields:
            placed = put_in_place([*lines, *remarks], shown_boxes(page, np.array(fields, dtype=np.float32)))
            lines = [line for line in placed if not line.is_note]
            remarks = [line for line in placed if line.is_note]
        for line in (*lines, *remarks):
            line.page = number
        pictures.look(page, number, lines)
        hidden = tuple(replace(one, first=number, last=number) for one in characters.hidden)
    across = rules.across if may_hold_tables(lines) else None
    return PageLines(float(width), float(height), lines, remarks, hidden, across, rules.grids)


def _load_page(document: Any, index: int) -> tuple[Any, list[Note], list[Box]]:
    """Load a page with what is typed into its form or on top of it, which is no part of a page until it is flattened.

    That changes the copy in memory alone, and runs nothing: the forms' scripts have no engine here. The notes are what
    people's remarks say, the boxes those of the form's fields. Raises PdfiumError if the page is damaged.
    """
    page = document[index]
    notes, drawn = read_notes(page), read_drawn(page)
    if drawn and pdfium_c.FPDFPage_Flatten(page.raw, pdfium_c.FLAT_NORMALDISPLAY):
        page.close()
        page = document[index]
    return page, notes, [box for kind, box in drawn if kind == pdfium_c.FPDF_ANNOT_WIDGET]


def _title(document: Any) -> str:
    with contextlib.suppress(*_UNREADABLE):
        return str(document.get_metadata_value("Title"))
    return ""


def _outline(document: Any) -> list[OutlineEntry]:
    """Return the entries of the document's outline that lead to a page, as far as it can be read."""
    entries: list[OutlineEntry] = []
    with contextlib.suppress(*_UNREADABLE):
        for item in islice(document.get_toc(max_depth=6), _MAX_OUTLINE):
            destination = item.get_dest()
            index = destination.get_index() if destination else None
            if index is not None:
                entries.append(OutlineEntry(item.get_title() or "", item.level + 1, index + 1))
    return entries
