"""PDF: what people wrote on a page without changing it: notes, remarks on marked words, stamps, forms not yet drawn."""

from __future__ import annotations

import ctypes
import html
import re
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pypdfium2.raw as pdfium_c

from index.readers.content import one_line
from index.readers.pdf.characters import shown_boxes
from index.readers.pdf.lines import Boxes, Line

# Drawn on the page by flattening, if they say how they look.
DRAWN = frozenset({pdfium_c.FPDF_ANNOT_FREETEXT, pdfium_c.FPDF_ANNOT_WIDGET, pdfium_c.FPDF_ANNOT_STAMP})
_SILENT = frozenset({pdfium_c.FPDF_ANNOT_LINK, pdfium_c.FPDF_ANNOT_POPUP})
_TYPED_IN = ("Tx", "Ch")  # the fields that hold words: text, choices
_PASSWORD = 1 << 13  # a flag of a field
_TAG = re.compile(r"<[^<>]{0,1000}>")
_MOST = 2000  # annotations of a page
_LONGEST = 20_000  # characters of one
_USUAL = 12.0  # points: the size of what is typed into a high field
_SHORT = 12  # characters: as few may stand in the text by accident


Box = tuple[float, float, float, float]


class Note(NamedTuple):
    """What an annotation says, and its rectangle in the page's own coordinates (left, top, right, bottom)."""

    kind: int
    text: str
    box: Box


def read_notes(page: Any) -> list[Note]:
    """Return what the annotations of a page say, but for those whose words are drawn on the page."""
    notes = []
    for index in range(min(_MOST, pdfium_c.FPDFPage_GetAnnotCount(page.raw))):
        annotation = pdfium_c.FPDFPage_GetAnnot(page.raw, index)
        if annotation:
            note = _note(annotation)
            pdfium_c.FPDFPage_CloseAnnot(annotation)
            if note.text:
                notes.append(note)
    return notes


def read_drawn(page: Any) -> list[tuple[int, Box]]:
    """Return what is typed into the page's form or on top of it, or stamped on it: of which kind, and where."""
    drawn = []
    for index in range(pdfium_c.FPDFPage_GetAnnotCount(page.raw)):
        annotation = pdfium_c.FPDFPage_GetAnnot(page.raw, index)
        kind = pdfium_c.FPDFAnnot_GetSubtype(annotation)
        if kind in DRAWN:
            drawn.append((kind, _box(annotation)))
        pdfium_c.FPDFPage_CloseAnnot(annotation)
    return drawn


def note_lines(notes: Sequence[Note], page: Any, lines: Sequence[Line]) -> list[Line]:
    """Return the notes as lines of their own, each once, without those that only repeat words of the page.

    A field's value is one if it is not drawn, as in forms that leave that to the program that shows them.
    """
    said = f" {' '.join(line.text for line in lines)} " if notes else ""
    letters = said.replace(" ", "")
    boxes = np.concatenate([np.empty((0, 4), dtype=np.float32), *(line.boxes for line in lines if notes)])
    found: dict[str, Line] = {}
    for note in notes:
        own = note.text.replace(" ", "")
        repeats = f" {note.text} " in said or (len(own) > _SHORT and own in letters)
        line = _line(note, page)
        if note.kind == pdfium_c.FPDF_ANNOT_WIDGET:
            if not _is_drawn(line, boxes):
                found[f"{note.text} {note.box}"] = line
        elif note.text not in found and not (repeats and note.kind != pdfium_c.FPDF_ANNOT_TEXT):
            found[note.text] = line
    return list(found.values())


def _is_drawn(note: Line, boxes: Boxes) -> bool:
    """Tell whether there are words where the note stands, which are its own as they are shown."""
    left, top, right, bottom = note.boxes[0].tolist()
    across, down = (boxes[:, 0] + boxes[:, 2]) / 2, (boxes[:, 1] + boxes[:, 3]) / 2
    return bool(((left <= across) & (across <= right) & (top <= down) & (down <= bottom)).any())


def _note(annotation: Any) -> Note:
    kind = pdfium_c.FPDFAnnot_GetSubtype(annotation)
    hidden = pdfium_c.FPDFAnnot_GetFlags(annotation) & pdfium_c.FPDF_ANNOT_FLAG_HIDDEN
    is_state = pdfium_c.FPDFAnnot_HasKey(annotation, b"StateModel")  # "Accepted by ..."
    text = "" if hidden or is_state or kind in _SILENT else _words(annotation, kind)
    return Note(kind, one_line(text), _box(annotation))


def _box(annotation: Any) -> Box:
    rectangle = pdfium_c.FS_RECTF()
    pdfium_c.FPDFAnnot_GetRect(annotation, ctypes.byref(rectangle))
    left, right = sorted((rectangle.left, rectangle.right))
    bottom, top = sorted((rectangle.bottom, rectangle.top))
    return left, top, right, bottom


def _words(annotation: Any, kind: int) -> str:
    if kind == pdfium_c.FPDF_ANNOT_WIDGET:
        flags = ctypes.c_float()
        pdfium_c.FPDFAnnot_GetNumberValue(annotation, b"Ff", ctypes.byref(flags))
        shown = _string(annotation, b"FT") in _TYPED_IN and not int(flags.value) & _PASSWORD
        return _string(annotation, b"V") if shown else ""
    return _string(annotation, b"Contents") or html.unescape(_TAG.sub(" ", _string(annotation, b"RC")))


def _string(annotation: Any, key: bytes) -> str:
    size = pdfium_c.FPDFAnnot_GetStringValue(annotation, key, None, 0)
    if not 2 < size <= 4 * _LONGEST:
        return ""
    units = ctypes.create_string_buffer(size)
    pdfium_c.FPDFAnnot_GetStringValue(annotation, key, ctypes.cast(units, ctypes.POINTER(ctypes.c_ushort)), size)
    text = units.raw[: size - 2].decode("utf-16-le", errors="replace")
    return "".join(character for character in text if character.isprintable() or character.isspace())


def _line(note: Note, page: Any) -> Line:
    boxes = shown_boxes(page, np.array([note.box], dtype=np.float32)).repeat(len(note.text), axis=0)
    left, top, right, bottom = boxes[0].tolist()
    size = min(bottom - top, _USUAL) if note.kind == pdfium_c.FPDF_ANNOT_WIDGET else 0.0
    return Line(
        text=note.text, boxes=boxes, samples=(), left=left, top=top, right=right, bottom=bottom, baseline=bottom,
        size=size, angle=0, is_row=False, cell_left=left, is_note=True,
    )  # fmt: skip
