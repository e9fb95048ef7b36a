"""PDF: bytes in, the text in reading order with every character's place on its page out; and pages as images.

The only module that knows pdfium. pdfium is not safe in threads, so every call is made under one lock; a document is
read page by page, and the lock is let go between pages so that a page image never waits for a long document.
"""

from __future__ import annotations

import ctypes
import io
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from numpy.typing import NDArray

from index.errors import DocumentRejectedError, PinciteError
from index.readers.content import Content, sensible_title
from index.readers.pdf_headings import OutlineEntry
from index.readers.pdf_layout import lay_out
from index.readers.pdf_lines import Characters, PageLines, page_lines

_PDF = threading.Lock()
_WHITE = frozenset(map(ord, " \t\r\n\u00a0"))
_FORCED_BOLD = 1 << 18  # a flag of the PDF font descriptor
_BOLD_NAMES = ("bold", "black", "heavy", "demi")
_MAX_PIXELS = 40_000_000  # of a page image; a page that is a metre long and a point wide would ask for gigabytes
_TOO_HIGH = 4.5  # times the ink of a letter; usual is 1.3 to 2.5
_MAX_OUTLINE = 5000


def read(data: bytes) -> Content:
    """Read a PDF; `pages` has all its pages, those without text as empty spans.

    Raises DocumentRejectedError if it needs a password, is damaged, or has no text on any page.
    """
    try:
        pages, outline, title = _read_pages(data)
    except pdfium.PdfiumError as error:
        raise DocumentRejectedError(_reason(error)) from error
    if not any(page.lines for page in pages):
        raise DocumentRejectedError(
            "no text on its pages (scanned?): make the text readable with OCR, then add it again"
        )
    return lay_out(pages, outline, title=sensible_title(title))


def render_page(path: Path, number: int, *, width: int) -> bytes:
    """Return page `number` (from 1) as a PNG, `width` pixels wide (fewer if the page is absurdly tall).

    Raises PinciteError if the file is gone, damaged, or has no such page.
    """
    try:
        with _opened(path.read_bytes()) as document:
            if not 1 <= number <= len(document):
                raise PinciteError(f"{path.name} has {len(document)} pages, not page {number}: index the file again")
            with closing(_load_page(document, number - 1)) as page:
                page_width, page_height = page.get_size()
                scale = min(width / page_width, (_MAX_PIXELS / (page_width * page_height)) ** 0.5)
                with closing(page.render(scale=scale)) as bitmap:
                    image = bitmap.to_pil().convert("RGB")
    except OSError as error:
        reason = error.strerror or "it can't be read"
        raise PinciteError(f"{path} can't be shown ({reason}): put it back, or index the folder again") from error
    except (pdfium.PdfiumError, ZeroDivisionError) as error:
        raise PinciteError(f"{path} can't be shown, the file is damaged: save it again and index it") from error
    png = io.BytesIO()
    image.save(png, "PNG", compress_level=1)
    return png.getvalue()


@contextmanager
def _opened(data: bytes) -> Iterator[Any]:
    """Open a document, under the lock."""
    with _PDF, pdfium.PdfDocument(data) as document:
        yield document


def _reason(error: pdfium.PdfiumError) -> str:
    if error.err_code == pdfium_c.FPDF_ERR_PASSWORD:
        return "it is protected by a password: save a copy without one"
    if error.err_code == pdfium_c.FPDF_ERR_SECURITY:
        return "it is encrypted in a way that can't be opened: save a copy without protection"
    return "the PDF is damaged: print or export it again from its source"


def _read_pages(data: bytes) -> tuple[list[PageLines], list[OutlineEntry], str]:
    """Return the pages' lines, the outline, and the title in the properties."""
    with _PDF:
        document = pdfium.PdfDocument(data)
    try:
        pages = []
        for index in range(len(document)):
            with _PDF:
                pages.append(_read_page(document, index))
        with _PDF:
            return pages, _outline(document), document.get_metadata_value("Title")
    finally:
        with _PDF:
            document.close()


def _read_page(document: Any, index: int) -> PageLines:
    with closing(_load_page(document, index)) as page:
        width, height = page.get_size()
        with closing(page.get_textpage()) as text_page:
            lines = page_lines(_characters(page, text_page))
            for line in lines:
                line.page = index + 1
                line.bold = all(_is_bold(text_page, sample) for sample in line.samples)
    return PageLines(float(width), float(height), lines)


def _load_page(document: Any, index: int) -> Any:
    """Load a page with what is typed into its form or on top of it, which is no part of a page until it is flattened.

    That changes the copy in memory alone, and runs nothing: the forms' scripts have no engine here.
    """
    page = document[index]
    if _has_typed_text(page) and pdfium_c.FPDFPage_Flatten(page.raw, pdfium_c.FLAT_NORMALDISPLAY):
        page.close()
        page = document[index]
    return page


def _has_typed_text(page: Any) -> bool:
    for index in range(pdfium_c.FPDFPage_GetAnnotCount(page.raw)):
        annotation = pdfium_c.FPDFPage_GetAnnot(page.raw, index)
        kind = pdfium_c.FPDFAnnot_GetSubtype(annotation)
        pdfium_c.FPDFPage_CloseAnnot(annotation)
        if kind in (pdfium_c.FPDF_ANNOT_FREETEXT, pdfium_c.FPDF_ANNOT_WIDGET):
            return True
    return False


def _characters(page: Any, text_page: Any) -> Characters:
    """Return what pdfium knows of each character of a page, without those that stand outside of the page."""
    raw, count = text_page.raw, text_page.count_chars()
    code_of = pdfium_c.FPDFText_GetUnicode
    codes = [code_of(raw, index) for index in range(count)]
    generated = [code in _WHITE and pdfium_c.FPDFText_IsGenerated(raw, index) == 1 for index, code in enumerate(codes)]
    to_shown = _shown(page)
    tight_boxes = _tight_boxes(raw, count)
    tight, loose = to_shown(tight_boxes), to_shown(_sane_boxes(raw, _loose_boxes(raw, count), tight=tight_boxes))
    width, height = page.get_size()
    across, down = (loose[:, 0] + loose[:, 2]) / 2, (loose[:, 1] + loose[:, 3]) / 2
    seen = (across >= -1) & (across <= width + 1) & (down >= -1) & (down <= height + 1)
    for index in np.flatnonzero(~seen):
        if codes[index] not in _WHITE:
            codes[index] = 0
    return Characters(codes, np.array(generated, dtype=np.bool_), tight, loose)


def _loose_boxes(raw: Any, count: int) -> NDArray[np.float32]:
    """Return the fonts' boxes, [count, 4] as (left, top, right, bottom) in the page's own coordinates."""
    rectangles = (pdfium_c.FS_RECTF * max(count, 1))()
    size = ctypes.sizeof(pdfium_c.FS_RECTF)
    for index in range(count):
        pdfium_c.FPDFText_GetLooseCharBox(raw, index, ctypes.byref(rectangles[0], index * size))
    return np.frombuffer(rectangles, dtype=np.float32).reshape(-1, 4)[:count]


def _tight_boxes(raw: Any, count: int) -> NDArray[np.float32]:
    """Return the boxes of the ink, like `_loose_boxes`."""
    boxes: list[float] = []
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    pointers = [ctypes.byref(value) for value in (left, right, bottom, top)]
    for index in range(count):
        pdfium_c.FPDFText_GetCharBox(raw, index, *pointers)
        boxes += (left.value, top.value, right.value, bottom.value)
    return np.array(boxes, dtype=np.float32).reshape(-1, 4)


def _sane_boxes(raw: Any, loose: NDArray[np.float32], *, tight: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the fonts' boxes, put right where a font claims to be many times as high as its letters are.

    Some programs write nonsense for ascent and descent; the font's size and the line that letters stand on stay true.
    """
    heights, inks = loose[:, 1] - loose[:, 3], tight[:, 1] - tight[:, 3]
    suspects = np.flatnonzero((heights > _TOO_HIGH * inks) & (inks > 0.5))
    if len(suspects) <= 0.05 * np.count_nonzero(inks > 0.5):
        return loose  # dashes and dots
    loose = loose.copy()
    matrix = pdfium_c.FS_MATRIX()
    across, up = ctypes.c_double(), ctypes.c_double()
    for index in np.flatnonzero(heights > 0).tolist():
        pdfium_c.FPDFText_GetMatrix(raw, index, ctypes.byref(matrix))
        size = pdfium_c.FPDFText_GetFontSize(raw, index) * (matrix.c**2 + matrix.d**2) ** 0.5
        upright = abs(matrix.d) > abs(matrix.c)
        if upright and abs(heights[index] - size) > 0.6 * size > 0:
            pdfium_c.FPDFText_GetCharOrigin(raw, index, ctypes.byref(across), ctypes.byref(up))
            loose[index, 1], loose[index, 3] = up.value + 0.8 * size, up.value - 0.2 * size
    return loose


def _shown(page: Any) -> Callable[[NDArray[np.float32]], NDArray[np.float32]]:
    """Return the way from the page's own coordinates to points from the top left corner of the page as shown."""
    left, bottom, right, top = page.get_bbox()
    rotation = page.get_rotation()

    def convert(boxes: NDArray[np.float32]) -> NDArray[np.float32]:
        x0, y1, x1, y0 = boxes.T
        sides = {
            0: (x0 - left, top - y1, x1 - left, top - y0),
            90: (y0 - bottom, x0 - left, y1 - bottom, x1 - left),
            180: (right - x1, y0 - bottom, right - x0, y1 - bottom),
            270: (top - y1, right - x1, top - y0, right - x0),
        }[rotation]
        return np.stack(sides, axis=1).astype(np.float32)

    return convert


def _is_bold(text_page: Any, index: int) -> bool:
    name = ctypes.create_string_buffer(128)
    flags = ctypes.c_int()
    pdfium_c.FPDFText_GetFontInfo(text_page.raw, index, name, len(name), ctypes.byref(flags))
    lowered = name.value.decode("utf-8", errors="ignore").lower()
    weight = pdfium_c.FPDFText_GetFontWeight(text_page.raw, index)
    return bool(flags.value & _FORCED_BOLD) or weight >= 700 or any(word in lowered for word in _BOLD_NAMES)


def _outline(document: Any) -> list[OutlineEntry]:
    """Return the entries of the document's outline that lead to a page."""
    entries = []
    for item in islice(document.get_toc(max_depth=6), _MAX_OUTLINE):
        destination = item.get_dest()
        index = destination.get_index() if destination else None
        if index is not None:
            entries.append(OutlineEntry(item.get_title() or "", item.level + 1, index + 1))
    return entries
