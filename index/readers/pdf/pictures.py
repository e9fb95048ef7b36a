"""PDF: pages without text, or with hardly any: which are blank, which show something, and what OCR reads on those.

A page is rendered small to see that; only where OCR is installed, and there is something to read, is it rendered large.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from enum import Enum
from functools import partial
from itertools import islice
from typing import Any

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from index.readers.content import Source
from index.readers.ocr import ocr
from index.readers.pdf.file import PDFIUM
from index.readers.pdf.lines import Line, PageLines
from index.text.garbled import is_garbled

_SMALL = 420  # pixels of the longer side of a page that is only looked at
_RESOLUTION = 200 / 72  # pixels for a point of a page that is read; letters of 6 points are 17 pixels high
_LONGEST = 3600  # pixels of the longer side of it
_FEW_WORDS = 25  # a stamp, a header and a page number laid over a scan
_DIFFERENT = 32  # of 255: from the paper
_SPECKS = 0.0003  # of the area of a scan: dust
_CELLS = 32  # across and down a page, to tell how much of it has something on it
_DECORATION = 0.05  # of those cells: a line, a logo
_FRAME = 0.15  # of those cells: a border and a logo behind words
_SCAN = 0.5  # of a page under pictures: it is one
_WHOLE_SCAN = 0.7  # the same, for a page that has words of its own
_LIGHT = 160  # paper is at least so light
_MOST_OBJECTS = 5000
_MOST_NAMED = 12
_UNREADABLE = (pdfium.PdfiumError, ArithmeticError, LookupError, ValueError)


class PictureKind(Enum):
    """What a page shows besides its text: nothing, a decoration at most, or a picture that may hold text."""

    BLANK = "blank"
    MARKED = "marked"
    PICTURE = "picture"


def judge(pixels: NDArray[np.uint8], *, covered: float, has_words: bool = False) -> PictureKind:
    """Tell what a page shows by a small picture of it, [height, width, 3].

    `covered` is the share of it that lies under pictures.

    A page that has words of its own shows a picture only if that looks like paper: photographs stand behind titles.
    """
    paper = np.array([np.bincount(pixels[:, :, color].ravel()).argmax() for color in range(3)])
    inked = (np.abs(pixels.astype(np.int16) - paper) > _DIFFERENT).any(axis=2)
    share = float(inked.mean())
    if not inked.any() or (covered >= _SCAN and share < _SPECKS):
        return PictureKind.BLANK
    filled = _filled_cells(inked)
    if has_words:
        is_paper = paper.min() >= _LIGHT and share < 0.5
        return PictureKind.PICTURE if covered >= _WHOLE_SCAN and is_paper and filled >= _FRAME else PictureKind.MARKED
    return PictureKind.PICTURE if covered >= _SCAN or filled >= _DECORATION else PictureKind.MARKED


@dataclass(slots=True)
class Pictures:
    """The pages of a document that say little, and what they show."""

    _kinds: dict[int, PictureKind] = field(default_factory=dict)
    _unread: list[int] = field(default_factory=list)
    _garbled: list[int] = field(default_factory=list)  # whose letters are not those that they show
    _hardly_any: bool = False

    def look(self, page: Any, number: int, lines: Sequence[Line]) -> None:
        """Look at a page if its lines say little, or nothing that can be read; pdfium's lock is held."""
        words = sum(len(line.text.split()) for line in lines)
        if is_garbled("\n".join(line.text for line in lines)):
            self._garbled.append(number)
            return
        if words > _FEW_WORDS:
            return
        with contextlib.suppress(*_UNREADABLE):
            covered = _covered(page)
            if not words or covered >= _WHOLE_SCAN:
                kind = judge(_small(page, lines), covered=covered, has_words=words > 0)
                if not words or kind is PictureKind.PICTURE:
                    self._kinds[number] = kind

    def read(self, document: Any, pages: Sequence[PageLines], source: Source) -> dict[int, float]:
        """Put what OCR reads into the pages that show pictures; return how sure it is, by page.

        Without OCR they are remembered as not read.
        """
        has_text = any(page.lines or page.notes for page in pages)
        wanted = [
            number
            for number, kind in self._kinds.items()
            if kind is PictureKind.PICTURE or (kind is PictureKind.MARKED and not has_text)
        ]
        if not ocr.available():
            self._unread = wanted
            self._hardly_any = any(pages[number - 1].lines for number in wanted)
            return {}
        certainties: dict[int, float] = {}
        for number in sorted([*wanted, *self._garbled]):
            alive = partial(source.report, number, len(pages))
            alive()
            page = pages[number - 1]
            own = [] if number in self._garbled else page.lines
            picture = _large(document, number, page, but=own)
            if picture is None:
                continue
            reading = ocr.read_picture(picture, width=page.width, number=number, alive=alive)
            if reading.lines:
                page.lines = _together(own, reading.lines)
                certainties[number] = reading.certainty
        self._garbled = [number for number in self._garbled if number not in certainties]
        return certainties

    def reason(self) -> str:
        """Return why a document is rejected on whose pages no text was found."""
        if not self._kinds:
            return "no text on its pages: print or export it again from its source"
        if all(kind is PictureKind.BLANK for kind in self._kinds.values()):
            return "its pages are blank: leave it out, or print or export it again from its source"
        if self._unread:
            return f"no text on its pages, only pictures (scanned or drawn): {ocr.INSTALL}"
        return "no text was found on its pages, not by OCR either: leave it out, or scan it again, larger or sharper"

    def missing(self) -> str:
        """Return which pages of a document that has text could not be read, with the cure; "" if all were."""
        return "; ".join(filter(None, (self._missing_pictures(), self._missing_letters())))

    def _missing_letters(self) -> str:
        if not self._garbled:
            return ""
        cure = "print or export it again" if ocr.available() else "install pincite[ocr] and index it again"
        show = "says" if len(self._garbled) == 1 else "say"
        return f"{_named(self._garbled)} {show} other letters than a reader sees (a font's fault): {cure}"

    def _missing_pictures(self) -> str:
        if not self._unread:
            return ""
        which = _named(self._unread)
        what = "with hardly any text" if self._hardly_any else "without text"
        are = "are pictures" if len(self._unread) > 1 else "is a picture"
        return f"{which} {are} {what} (scanned): install pincite[ocr] and index it again"


def _filled_cells(inked: NDArray[np.bool_]) -> float:
    """Return in which share of the cells of a page there is something."""
    rows = np.linspace(0, inked.shape[0], min(_CELLS, inked.shape[0]), endpoint=False).astype(np.intp)
    columns = np.linspace(0, inked.shape[1], min(_CELLS, inked.shape[1]), endpoint=False).astype(np.intp)
    return float(np.logical_or.reduceat(np.logical_or.reduceat(inked, rows, axis=0), columns, axis=1).mean())


def _covered(page: Any) -> float:
    """Return which share of a page lies under pictures, also where a scan is put together of many strips."""
    left, bottom, right, top = page.get_bbox()
    grid = np.zeros((_CELLS, _CELLS), dtype=np.bool_)
    for sides in picture_bounds(page):
        bounds = np.array(sides)
        across, up = (
            np.clip(np.rint((bounds[side::2] - low) / (high - low) * _CELLS), 0, _CELLS).astype(int)
            for side, low, high in ((0, left, right), (1, bottom, top))
        )
        grid[up[0] : up[1], across[0] : across[1]] = True
    return float(grid.mean())


def picture_bounds(page: Any) -> Iterator[tuple[float, float, float, float]]:
    """Yield (left, bottom, right, top) of each picture on a page, and of each form with pictures in it, as a whole."""
    kinds = [pdfium_c.FPDF_PAGEOBJ_IMAGE, pdfium_c.FPDF_PAGEOBJ_FORM]
    for item in islice(page.get_objects(filter=kinds, max_depth=1), _MOST_OBJECTS):
        if item.type != pdfium_c.FPDF_PAGEOBJ_FORM or _holds_picture(page, item):
            yield item.get_bounds()


def _holds_picture(page: Any, form: Any) -> bool:
    inner = page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_IMAGE], form=form.raw, level=1, max_depth=4)
    return next(iter(inner), None) is not None


def _small(page: Any, lines: Sequence[Line]) -> NDArray[np.uint8]:
    """Return a small picture of the page, its own words painted over."""
    scale = _SMALL / max(*page.get_size(), 1.0)
    with closing(page.render(scale=scale)) as bitmap:
        pixels: NDArray[np.uint8] = np.asarray(_without(lines, bitmap.to_pil().convert("RGB"), scale))
    return pixels


def _large(document: Any, number: int, page: PageLines, *, but: Sequence[Line]) -> Image.Image | None:
    """Return the page as a picture to read, the lines that are known painted over; None if it is damaged."""
    longer = max(page.width, page.height, 1.0)
    scale = min(_RESOLUTION, _LONGEST / longer)
    picture = None
    with (
        contextlib.suppress(*_UNREADABLE),
        PDFIUM,
        closing(document[number - 1]) as shown,
        closing(shown.render(scale=scale)) as bitmap,
    ):
        picture = bitmap.to_pil().convert("RGB")
    return picture and _without(but, picture, scale)


def _without(lines: Sequence[Line], picture: Image.Image, scale: float) -> Image.Image:
    """Paint over the lines of text in a picture that has `scale` pixels for a point; return it."""
    draw = ImageDraw.Draw(picture)
    for line in lines:
        known = line.boxes[~np.isnan(line.boxes).any(axis=1)] * scale
        if len(known):
            draw.rectangle([*known[:, :2].min(axis=0).tolist(), *known[:, 2:].max(axis=0).tolist()], fill="white")
    return picture


def _together(text: list[Line], read: list[Line]) -> list[Line]:
    """Return the lines of both kinds, the page's own before what was read if they stand above it, else after it."""
    first = min(line.top for line in read)
    return [
        *(line for line in text if line.baseline <= first),
        *read,
        *(line for line in text if line.baseline > first),
    ]


def _named(numbers: Sequence[int]) -> str:
    """Return pages in words: "page 3", "pages 3, 5 to 9, 12 and 13"."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and runs[-1][-1] == number - 1:
            runs[-1][1:] = [number]
        else:
            runs.append([number])
    words: list[str] = []
    for run in runs:
        words += [f"{run[0]} to {run[-1]}"] if run[-1] > run[0] + 1 else map(str, run)
    if len(words) > _MOST_NAMED:
        words = [*words[:_MOST_NAMED], "others"]
    noun = "page" if len(numbers) == 1 else "pages"
    return f"{noun} {', '.join(words[:-1])}{' and ' * (len(words) > 1)}{words[-1]}"
