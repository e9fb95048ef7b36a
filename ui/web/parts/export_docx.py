"""A conversation as a Word document, by python-docx. Its name and its exchanges go in, the bytes of the file come out.

Texts become runs, never XML; the fonts are those of whoever opens it.
"""

from __future__ import annotations

import io
from collections.abc import Sequence

import docx
from docx.document import Document
from docx.oxml.ns import qn
from docx.oxml.parser import OxmlElement
from docx.shared import Pt
from docx.text.paragraph import Paragraph

from ui.text import one_line
from ui.web.parts.markup import HALF
from ui.web.parts.pieces import Piece, pieces
from ui.web.parts.scripts import is_rightward
from ui.web.state.exchange import Exchange


def to_docx(name: str, exchanges: Sequence[Exchange]) -> bytes:
    """Return a conversation as a Word document."""
    document = docx.Document()
    document.core_properties.title = _clean(name)[:255]
    document.core_properties.author = "Pincite"
    document.styles["Quote"].font.italic = False  # many letters have no slanted form
    _write(document.add_paragraph(style="Title"), name)
    for asked in exchanges:
        _write(document.add_paragraph(style="Heading 1"), asked.question)
        for piece in pieces(asked):
            _add(document, piece)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _add(document: Document, piece: Piece) -> None:
    if piece.kind == "source":
        ((number, title, where, quote),) = piece.rows
        head = document.add_paragraph()
        head.paragraph_format.keep_with_next = True
        _write(head, f"{number} {title}", bold=True)
        head.add_run("  ")
        _write(head, where, points=9)
        quoted = document.add_paragraph(style="Quote")
        quoted.paragraph_format.left_indent = Pt(18)
        for line in quote.splitlines():
            if quoted.runs:
                quoted.add_run().add_break()
            _write(quoted, line)
    elif piece.kind == "table":
        _add_table(document, piece)
    elif piece.kind == "list":
        for number, *cited in piece.rows:
            item = document.add_paragraph(style="List" if number else "List Bullet")
            if number:
                item.add_run(f"{number}\t")
                item.paragraph_format.left_indent, item.paragraph_format.first_line_indent = Pt(24), Pt(-24)
            _cite(item, *cited)
    elif piece.kind == "text":
        paragraph = document.add_paragraph()
        for row in piece.rows:
            _cite(paragraph, *row)
    elif piece.kind == "short":
        _write(document.add_paragraph(), piece.rows[0][0], bold=True, points=13)
    else:
        _write(document.add_paragraph(), piece.rows[0][0], italic=True)


def _add_table(document: Document, piece: Piece) -> None:
    columns, *rows = piece.rows
    table = document.add_table(rows=0, cols=len(columns), style="Table Grid")
    if any(columns):
        for cell, column in zip(table.add_row().cells, columns, strict=True):
            _write(cell.paragraphs[0], column, bold=True)
    for *values, marks in rows:
        cells = table.add_row().cells
        for number, value in enumerate(values):
            _cite(cells[number].paragraphs[0], value, marks if number == len(values) - 1 else "")
    document.add_paragraph()  # else a table that follows would be one with it


def _cite(paragraph: Paragraph, text: str, marks: str) -> None:
    """Write a sentence with its marks."""
    _write(paragraph, text)
    if marks:
        paragraph.add_run(f" {marks}").font.superscript = True
    paragraph.add_run(" ")


def _write(paragraph: Paragraph, text: str, *, bold: bool = False, italic: bool = False, points: float = 0) -> None:
    """Write text at the end of a paragraph, from right to left where its letters go so."""
    run = paragraph.add_run(_clean(text))
    run.bold, run.italic = bold or None, italic or None
    if points:
        run.font.size = Pt(points)
    if is_rightward(text):
        run.font.rtl = True
        bidi = paragraph._p.get_or_add_pPr()
        if bidi.find(qn("w:bidi")) is None:
            bidi.insert_element_before(OxmlElement("w:bidi"), "w:spacing", "w:ind", "w:jc", "w:rPr")


def _clean(text: str) -> str:
    """Return text on one line with what XML can hold."""
    return HALF.sub("\ufffd", one_line(text))
