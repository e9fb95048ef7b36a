"""Pictures with text in them, scans and screenshots: a file in, what OCR reads on it out, one page for each frame.

Nothing is read without the optional extra; the pages can be shown as pictures in any case.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from index.errors import DocumentRejectedError, PinciteError
from index.readers.content import Content, Source
from index.readers.ocr import ocr
from index.readers.pdf.layout import GIVEN_UP, lay_out, pages_missing
from index.readers.pdf.lines import PageLines

_MOST_PIXELS = 100_000_000  # of a frame
_MOST_FRAMES = 5000
_USUAL_DPI = 96.0  # of a screen, where the file says nothing that can be
_DPI = (50.0, 1200.0)
_WIDTH = (72.0, 1190.0)  # points: cameras say 72 dots an inch of a picture that is then as wide as a door
_MAX_SHOWN = 40_000_000  # pixels of a page image


def read(source: Source) -> Content:
    """Read what is written in a picture; only a TIFF has more than one page.

    Raises DocumentRejectedError if OCR is not installed, or finds nothing.
    """
    with _opened(source.data) as image:
        if not ocr.available():
            raise DocumentRejectedError(f"no text in it, it is a picture: {ocr.INSTALL}")
        count = _frames(image)
        pages: list[PageLines] = []
        certainties: dict[int, float] = {}
        for number in range(1, count + 1):
            if number in source.skipped:
                pages.append(PageLines(0.0, 0.0, []))
                continue
            alive = partial(source.report, number, count)
            alive()
            frame = _frame(image, number)
            width = _width(frame)
            reading = ocr.read_picture(frame, width=width, number=number, alive=alive)
            pages.append(PageLines(width, width * frame.height / frame.width, reading.lines))
            if reading.lines:
                certainties[number] = reading.certainty
    if not certainties:
        raise DocumentRejectedError(
            "no text was found in the picture: leave it out, or take it again, larger or sharper"
        )
    missing = pages_missing([number for number in sorted(source.skipped) if number <= count], why=GIVEN_UP)
    content = lay_out(pages, [], title="", report=source.report)
    return ocr.with_certainties(replace(content, title="", missing=missing), certainties)


def render_page(data: bytes, number: int, *, width: int) -> bytes:
    """Return frame `number` (from 1) as a PNG, `width` pixels wide (fewer if it is absurdly tall).

    Raises PinciteError if the file is damaged, or has no such frame.
    """
    try:
        with _opened(data) as image:
            if not 1 <= number <= _frames(image):
                raise PinciteError(f"it has {_frames(image)} pages, not page {number}: index the file again")
            frame = _frame(image, number)
    except DocumentRejectedError as error:
        raise PinciteError(str(error)) from error
    except (OSError, ValueError, SyntaxError, EOFError) as error:  # what Pillow raises at damaged files
        raise PinciteError(f"page {number} is damaged: save the file again from its source, and index it") from error
    scale = min(width / frame.width, (_MAX_SHOWN / (frame.width * frame.height)) ** 0.5)
    size = (max(1, round(frame.width * scale)), max(1, round(frame.height * scale)))
    png = io.BytesIO()
    frame.resize(size).save(png, "PNG", compress_level=1)
    return png.getvalue()


@contextmanager
def _opened(data: bytes) -> Iterator[Image.Image]:
    """Open a picture; nothing of it is unpacked yet."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a size that is looked at here, and of odd metadata
            with Image.open(io.BytesIO(data)) as image:
                yield image
    except Image.DecompressionBombError as error:
        raise DocumentRejectedError(_too_large()) from error
    except UnidentifiedImageError as error:
        raise DocumentRejectedError("the picture is damaged: save it again from its source") from error


def _too_large() -> str:
    return f"it is a picture of more than {_MOST_PIXELS // 1_000_000} megapixels: make it smaller, or cut it up"


def _frames(image: Image.Image) -> int:
    return min(getattr(image, "n_frames", 1), _MOST_FRAMES) if image.format == "TIFF" else 1


def _frame(image: Image.Image, number: int) -> Image.Image:
    """Return a frame as it is shown: upright, on white. Raises DocumentRejectedError if it is too large."""
    if number > 1:
        image.seek(number - 1)
    if image.width * image.height > _MOST_PIXELS:
        raise DocumentRejectedError(_too_large())
    dpi = image.info.get("dpi")
    frame: Image.Image = image
    if frame.mode.startswith("I"):  # 16 bits, which would be cut off instead of scaled
        frame = Image.fromarray((np.asarray(frame).astype(np.int64) >> 8).clip(0, 255).astype(np.uint8))
    frame = ImageOps.exif_transpose(frame)
    if frame.mode in ("RGBA", "LA", "PA") or "transparency" in frame.info:
        layer = frame.convert("RGBA")
        frame = Image.alpha_composite(Image.new("RGBA", layer.size, "white"), layer)
    frame = frame.convert("RGB")
    frame.info = {"dpi": dpi}
    return frame


def _width(frame: Image.Image) -> float:
    """Return how wide a frame is in points."""
    try:
        dpi = float(frame.info["dpi"][0])
    except (TypeError, ValueError, LookupError, ZeroDivisionError):
        dpi = _USUAL_DPI
    if not _DPI[0] <= dpi <= _DPI[1]:
        dpi = _USUAL_DPI
    return min(max(frame.width * 72 / dpi, _WIDTH[0]), _WIDTH[1])
