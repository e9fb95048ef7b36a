"""OCR: the picture of a page in, its lines of text out, each character with its place, and how sure that is.

The only module that knows the library, an optional extra. The networks run on OpenVINO.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from index.readers.abilities import has_ocr
from index.readers.content import Content
from index.readers.ocr.lines import Strip, strips_to_lines, turned_back
from index.readers.pdf.lines import Line

INSTALL = "install pincite[ocr] (`pip install 'pincite[ocr]'`) and index it again"

_WIDEST = 2600  # pixels of a picture that is read; wider ones are made smaller
_TALLEST = 1.6  # times its width: what is taller (a screenshot of a web page) is read piece by piece
_OVERLAP = 0.06  # of a piece's height, so that no line is cut
_MOST_PIECES = 24
_SEARCHED = 1088  # pixels of the longer side in which lines are searched: most of the memory goes there
_THREADS = 2  # one file is read faster for it; as many files as there are cores lose a twentieth
_STEP = 320  # pixels by which the widths of lines differ: a network keeps code for every shape that it has seen
_SURE = 0.6  # below that it is no text, but what looks like it in a picture
_TOO_LITTLE = 3  # letters and digits on a page: a drawing that looks like one
_UPRIGHT = 0.8  # mean certainty, below which the page may stand on its head


class Recognised(NamedTuple):
    """What was read on a page; `certainty` is the mean of its characters', 0 to 1."""

    lines: list[Line]
    certainty: float


def available() -> bool:
    """Tell whether pictures can be read; nothing is loaded for that."""
    return has_ocr()


def read_picture(
    picture: Image.Image, *, width: float, number: int, alive: Callable[[], None] = lambda: None
) -> Recognised:
    """Return the lines of page `number`, which is `width` points wide, in reading order, from its picture.

    A page that was scanned lying on its side or on its head is turned for reading; the places are as it is shown.
    A page takes ten seconds of a processor's time, on a slow or busy machine many more: `alive` is called at each line.
    """
    _engine().text_rec.session.alive = alive
    picture = picture.convert("RGB")
    if picture.width > _WIDEST:
        picture = picture.resize((_WIDEST, max(1, round(picture.height * _WIDEST / picture.width))))
    strips, quarters = _strips_of_upright(picture)
    strips = [strip for strip in strips if strip.score >= _SURE and any(map(str.isalnum, strip.text))]
    if sum(sum(map(str.isalnum, strip.text)) for strip in strips) < _TOO_LITTLE:
        return Recognised([], 0.0)
    gray = np.rot90(np.asarray(picture.convert("L")), quarters)
    lines = strips_to_lines(strips, gray)
    for line in lines:
        shown = turned_back(line.boxes, quarters, width=picture.width, height=picture.height)
        line.boxes = (shown * (width / picture.width)).astype(np.float32)
        _scale(line, width / picture.width)
        line.page = number
    return Recognised(lines, round(_mean_score(strips), 3))


def with_certainties(content: Content, certainties: dict[int, float]) -> Content:
    """Return the content with its pages marked that were read by OCR."""
    pages = {number: replace(page, certainty=certainties.get(number)) for number, page in content.pages.items()}
    return replace(content, pages=pages)


def _scale(line: Line, scale: float) -> None:
    """Turn a line's measures from pixels into points."""
    for name in ("left", "top", "right", "bottom", "baseline", "size", "cell_left"):
        setattr(line, name, getattr(line, name) * scale)


def _strips_of_upright(picture: Image.Image) -> tuple[list[Strip], int]:
    """Return the strips of the picture once it stands upright, and how many quarters to the left it was turned."""
    pixels: NDArray[np.uint8] = np.asarray(picture)
    strips, quarters = _strips(pixels), 0
    across = sum(len(strip.text) for strip in strips if not strip.is_tall)
    if strips and across < 0.5 * sum(len(strip.text) for strip in strips):
        quarters = 1
        strips = _strips(np.rot90(pixels))
    if 0 < _mean_score(strips) < _UPRIGHT:
        turned = _strips(np.rot90(pixels, quarters + 2))
        if _mean_score(turned) > _mean_score(strips) + 0.05:
            strips, quarters = turned, quarters + 2
    return strips, quarters


def _mean_score(strips: list[Strip]) -> float:
    weights = [len(strip.text) for strip in strips]
    return float(np.average([strip.score for strip in strips], weights=weights)) if sum(weights) else 0.0


def _strips(pixels: NDArray[np.uint8]) -> list[Strip]:
    """Return what is found in a picture; one that is very tall is read in pieces."""
    height, width = pixels.shape[:2]
    piece = max(round(_TALLEST * width), 400)
    if height <= piece:
        return list(_found(pixels, 0))
    count = min(_MOST_PIECES, -(-height // piece))
    core, overlap = height / count, _OVERLAP * piece
    strips: list[Strip] = []
    for number in range(count):
        top, bottom = number * core, (number + 1) * core
        first, last = max(0, int(top - overlap)), min(height, int(bottom + overlap))
        for strip in _found(pixels[first:last], first):
            if top <= strip.quad[:, 1].mean() < bottom:
                strips.append(strip)
    return strips


def _found(pixels: NDArray[np.uint8], top: int) -> Iterator[Strip]:
    """Yield the strips of a piece of a picture that begins at row `top`."""
    found = _engine()(
        np.ascontiguousarray(pixels[:, :, ::-1]), use_det=True, return_word_box=True, return_single_char_box=True
    )
    if found.boxes is None or found.txts is None:
        return
    characters = {"".join(text for text, _, _ in line): line for line in found.word_results or () if line}
    for quad, text, score in zip(found.boxes, found.txts, found.scores, strict=True):
        text = " ".join(text.split())
        quad = np.asarray(quad, dtype=np.float32) + np.array([0, top], dtype=np.float32)
        places = np.array(
            [np.asarray(box, dtype=np.float32) for _, _, box in characters.get(text.replace(" ", ""), ())],
            dtype=np.float32,
        )
        if len(places):
            places[:, :, 1] += top
        if text:
            yield Strip.of(text, quad, places, score=float(score))


@cache
def _engine() -> Any:
    """Return the networks, loaded when the first picture is read."""
    rapidocr = importlib.import_module("rapidocr")
    engine = rapidocr.RapidOCR(
        params={
            "Global.log_level": "critical",
            "Global.use_cls": False,  # which way up a page is, its certainty says better
            "Global.text_score": 0.0,
            "Global.max_side_len": 4 * _WIDEST,
            "Det.engine_type": rapidocr.EngineType.OPENVINO,
            "Det.limit_type": "max",
            "Det.limit_side_len": _SEARCHED,
            "Cls.engine_type": rapidocr.EngineType.OPENVINO,
            "Rec.engine_type": rapidocr.EngineType.OPENVINO,
            "Rec.rec_batch_num": 1,
            "EngineConfig.openvino.inference_num_threads": _THREADS,
            "EngineConfig.openvino.num_streams": 1,
        }
    )
    engine(np.full((48, 96, 3), 255, dtype=np.uint8), use_det=False)  # it loads what it needs when it is needed
    engine.text_rec.session = _Padded(engine.text_rec.session)
    return engine


class _Padded:
    """A network that is given only few shapes, lines with nothing after them: it takes half of the memory."""

    def __init__(self, session: Any) -> None:
        self._session = session
        self.alive: Callable[[], None] = lambda: None

    def __call__(self, lines: NDArray[np.float32]) -> NDArray[np.float32]:
        self.alive()
        width = lines.shape[3]
        padded = np.pad(lines, ((0, 0), (0, 0), (0, 0), (0, -width % _STEP)))
        found: NDArray[np.float32] = self._session(padded)
        return found[:, : max(1, round(found.shape[1] * width / padded.shape[3]))]
