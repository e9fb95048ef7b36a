"""OCR, second part: strips of text found in a picture in, lines in reading order out, as the reader of PDFs has them.

All places are pixels from the top left corner of the picture, which has been turned upright.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from index.readers.pdf.lines import Boxes, Characters, Line, page_lines

_DESCENDERS = frozenset("gjpqyQ,;()[]{}|/$")
_X_HEIGHT, _CAPITALS = 0.5, 0.7  # of the font's size
_MANY_CAPITALS = 0.85  # of the letters and digits are small: with fewer, it is not sure which were measured
_ASCENT, _DESCENT = 0.74, 0.22
_ALIKE = 0.18  # sizes that differ by less are the same: they are measured in a blurred picture
_SPACE, _NEWLINE = 0x20, 0x0A
_WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_NARROW = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}  # Chinese punctuation, where nothing is Chinese
_RUNNING = 18  # characters: the lines of a column are longer than the cells of a table


class Strip(NamedTuple):
    """A piece of a line as it was found. `quad` are its corners from where its text begins on top, clockwise.

    `spans` says for each character of `text` where it begins and ends along the strip, 0 to 1, [len(text), 2].
    """

    text: str
    quad: Boxes
    spans: Boxes
    score: float

    @property
    def is_tall(self) -> bool:
        """Whether its text runs down the page."""
        width, height = np.ptp(self.quad[:, 0]), np.ptp(self.quad[:, 1])
        return bool(height > 1.5 * width) and len(self.text) > 1

    @classmethod
    def of(cls, text: str, quad: Boxes, places: NDArray[np.float32], *, score: float) -> Strip:
        """Make a strip of its text and the places of its characters but the spaces, [n, 4, 2], if those are known.

        Only a word as a whole is placed well: it is as wide as it is there, and its characters are alike.
        """
        text = text if _WIDE.search(text) else text.translate(_NARROW)
        spans = np.empty((len(text), 2), dtype=np.float32)
        axis = 1 if np.ptp(quad[:, 1]) > 1.5 * np.ptp(quad[:, 0]) else 0
        low, length = float(quad[:, axis].min()), max(float(np.ptp(quad[:, axis])), 1.0)
        at = seen = 0
        for word in text.split(" "):
            start, end = at / len(text), (at + len(word)) / len(text)
            if seen + len(word) <= len(places):
                edges = (places[seen : seen + len(word), :, axis] - low) / length
                start, end = float(edges.min()), float(edges.max())
            steps = np.linspace(start, max(start, end), len(word) + 1)
            spans[at : at + len(word)] = np.stack([steps[:-1], steps[1:]], axis=1)
            spans[at + len(word) : at + len(word) + 1] = end
            at, seen = at + len(word) + 1, seen + len(word)
        return cls(text, quad, np.clip(spans, 0, 1), score)


class _Placed(NamedTuple):
    """A strip with what was measured of it, in the picture without its slant."""

    strip: Strip
    left: float
    right: float
    baseline: float
    size: float
    other_size: float  # if it was the capitals and digits in it that were measured

    @property
    def top(self) -> float:
        return self.baseline - _ASCENT * self.size


def strips_to_lines(strips: Sequence[Strip], gray: NDArray[np.uint8]) -> list[Line]:
    """Return the lines of a page in reading order, column by column, those that run down the page at its end."""
    slope, middle = _slope(strips), gray.shape[1] / 2
    across = [_placed(strip, gray, slope=slope, middle=middle) for strip in strips if not strip.is_tall]
    rows = _in_reading_order(_with_few_sizes(across))
    codes: list[int] = []
    tight: list[Boxes] = []
    loose: list[Boxes] = []
    for row in rows:
        for place in row:
            end = _SPACE if place is not row[-1] else _NEWLINE
            codes += [*map(ord, place.strip.text), end]
            inner, outer = _character_boxes(place)
            tight.append(inner)
            loose.append(outer)
    for strip in strips:
        if strip.is_tall:
            codes += [*map(ord, strip.text), _NEWLINE]
            tight.append(_tall_boxes(strip))
            loose.append(_tall_boxes(strip))
    if not codes:
        return []
    generated = np.array([code in (_SPACE, _NEWLINE) for code in codes])
    lines = page_lines(Characters(codes, generated, np.concatenate(tight), np.concatenate(loose)))
    for line in lines:
        if line.angle == 0:
            line.boxes[:, 1::2] += slope * (line.boxes[:, 0::2].mean(axis=1, keepdims=True) - middle)
    return lines


def turned_back(boxes: Boxes, quarters: int, *, width: float, height: float) -> Boxes:
    """Return the boxes as they stand in the picture of this size before it was turned so many quarters to the left."""
    left, top, right, bottom = boxes.T
    sides = {
        0: (left, top, right, bottom),
        1: (width - bottom, left, width - top, right),
        2: (width - right, height - bottom, width - left, height - top),
        3: (top, height - right, bottom, height - left),
    }[quarters % 4]
    return np.stack(sides, axis=1)


def _slope(strips: Sequence[Strip]) -> float:
    """Return how far the lines of a page go down for each pixel to the right; 0 if it lies straight."""
    slopes = []
    for strip in strips:
        across, down = (strip.quad[1] + strip.quad[2] - strip.quad[0] - strip.quad[3]) / 2
        if not strip.is_tall and across > 10 * abs(down) and len(strip.text) > 15:
            slopes.append(float(down / across))
    slope = float(np.median(slopes)) if len(slopes) > 2 else 0.0
    return slope if abs(slope) > 0.002 else 0.0


def _placed(strip: Strip, gray: NDArray[np.uint8], *, slope: float, middle: float) -> _Placed:
    """Measure the size of a strip's letters and the line they stand on: the strip itself has a margin of any width."""
    corners = strip.quad
    left, right = float(corners[:, 0].min()), float(corners[:, 0].max())
    height = float(corners[2:, 1].mean() - corners[:2, 1].mean())
    above, below = _band(strip, gray, height)
    small, all_of_it = sum(map(str.islower, strip.text)), sum(map(str.isalnum, strip.text))
    by_small, by_capitals = (
        min(max((below - above) / share, 0.45 * height), 1.1 * height) for share in (_X_HEIGHT, _CAPITALS)
    )
    size = by_small if small > 0.5 * all_of_it else by_capitals
    other_size = by_capitals if small < _MANY_CAPITALS * all_of_it else by_small
    baseline = float(corners[:2, 1].mean()) + below
    return _Placed(strip, left, right, baseline - slope * ((left + right) / 2 - middle), size, other_size)


def _band(strip: Strip, gray: NDArray[np.uint8], height: float) -> tuple[float, float]:
    """Return between which rows of a strip most of its ink is: from the small letters' top to what they stand on."""
    start, end = strip.quad[0], strip.quad[1]
    rows = max(round(height), 1)
    ink = np.zeros(rows)
    for low, high in _words(strip):
        first, last = (int(start[0] + (end[0] - start[0]) * edge) for edge in (low, high))
        top = max(0, round(float(start[1] + (end[1] - start[1]) * (low + high) / 2)))
        piece = gray[top : top + rows, max(0, first) : max(0, last) + 1].astype(np.int16)
        if piece.size and len(piece) == rows:
            difference = np.abs(piece - np.median(piece))
            ink += (difference > 0.4 * difference.max()).sum(axis=1)
    dense = np.flatnonzero(ink > 0.4 * np.percentile(ink, 95)) if ink.any() else np.array([])
    if not len(dense):
        return 0.3 * height, 0.78 * height
    # Lines above and below may reach into the strip: the run of rows around its middle counts.
    runs = np.split(dense, np.flatnonzero(np.diff(dense) > max(2, 0.12 * rows)) + 1)
    best = max(runs, key=lambda run: ink[run].sum() - abs(run.mean() - rows / 2))
    return float(best[0]), float(best[-1] + 1)


def _words(strip: Strip) -> list[tuple[float, float]]:
    """Return where each word begins and ends along the strip."""
    found, at = [], 0
    for word in strip.text.split(" "):
        found.append((float(strip.spans[at, 0]), float(strip.spans[at + len(word) - 1, 1])))
        at += len(word) + 1
    return found


def _with_few_sizes(places: Sequence[_Placed]) -> list[_Placed]:
    """Return the strips with sizes that are nearly the same made the same, beginning with what is most of the text."""
    found: dict[int, _Placed] = {}
    left = list(range(len(places)))
    sizes = np.array([place.size for place in places])
    weights = np.array([len(place.strip.text) for place in places])
    if places:
        others = np.array([place.other_size for place in places])
        nearness = np.abs(np.log(sizes[:, None] / sizes[None, :])) < _ALIKE
        usual = sizes[int((nearness @ weights).argmax())]
        sizes = np.where(np.abs(np.log(others / usual)) < np.abs(np.log(sizes / usual)), others, sizes)
    while left:
        rest = np.array(left)
        near = np.abs(np.log(sizes[rest][:, None] / sizes[rest][None, :])) < _ALIKE
        group = rest[near[int((near @ weights[rest]).argmax())]]
        order = group[np.argsort(sizes[group])]
        half = int(np.searchsorted(np.cumsum(weights[order]), weights[order].sum() / 2))
        size = float(sizes[order[min(half, len(order) - 1)]])
        for index in group.tolist():
            found[index] = places[index]._replace(size=size)
        left = [index for index in left if index not in found]
    return [found[index] for index in range(len(places))]


def _in_reading_order(places: Sequence[_Placed], depth: int = 0) -> list[list[_Placed]]:
    """Return the rows of the page: each column from its top to its bottom, what spans them between its parts."""
    gutter = _gutter(places) if depth < 4 else None
    if gutter is None:
        return _rows(places)
    spanning = sorted((p for p in places if p.left < gutter < p.right), key=lambda place: place.baseline)
    rest = [p for p in places if not p.left < gutter < p.right]
    rows: list[list[_Placed]] = []
    for row in [*_rows(spanning), []]:
        above = [p for p in rest if not row or p.baseline < row[0].baseline]
        rest = [p for p in rest if row and p.baseline >= row[0].baseline]
        for side in ([p for p in above if p.right <= gutter], [p for p in above if p.left >= gutter]):
            rows += _in_reading_order(side, depth + 1)
        rows += [row] * bool(row)
    return rows


def _gutter(places: Sequence[_Placed]) -> float | None:
    """Return where the page is parted into columns of running text, or None."""
    if len(places) < 8:
        return None
    left, right = np.array([p.left for p in places]), np.array([p.right for p in places])
    length = np.array([len(p.strip.text) for p in places])
    base = np.array([p.baseline for p in places])
    best: tuple[float, float] | None = None
    for edge in np.unique(np.round(right)):
        after, before = left >= edge, right <= edge
        crossing = float(length[~after & ~before].sum()) / float(length.sum())
        if crossing > 0.35 or not all(_is_column(left[side], right[side], length[side]) for side in (before, after)):
            continue
        shared = min(base[before].max(), base[after].max()) - max(base[before].min(), base[after].min())
        shorter = min(np.ptp(base[before]), np.ptp(base[after]))
        if shared > 0.4 * shorter and (best is None or crossing < best[0] - 1e-9):
            best = crossing, (edge + float(left[after].min())) / 2
    return best[1] if best else None


def _is_column(left: Boxes, right: Boxes, length: NDArray[np.int64]) -> bool:
    """Tell whether most of the text stands in lines that fill the width: a table or a figure may stand between them."""
    if len(left) < 4:
        return False
    width = np.percentile(right, 95) - np.percentile(left, 5)
    running = (length >= _RUNNING) & (right - left > 0.55 * width)
    return bool(running.sum() >= 4 and length[running].sum() > 0.6 * length.sum())


def _rows(places: Sequence[_Placed]) -> list[list[_Placed]]:
    """Return the strips in rows from top to bottom, each from left to right."""
    rows: list[list[_Placed]] = []
    for place in sorted(places, key=lambda place: place.baseline):
        last = rows[-1][-1] if rows else None
        if last and place.baseline - last.baseline < 0.4 * min(last.size, place.size):
            rows[-1].append(place)
        else:
            rows.append([place])
    return [part for row in rows for part in _side_by_side(sorted(row, key=lambda place: place.left))]


def _side_by_side(row: list[_Placed]) -> list[list[_Placed]]:
    """Return a row in parts where strips stand over each other, so that they can be no neighbours."""
    parts = [row[:1]]
    for before, place in pairwise(row):
        if place.left < before.right - place.size:
            parts.append([])
        parts[-1].append(place)
    return parts


def _character_boxes(place: _Placed) -> tuple[Boxes, Boxes]:
    """Return the boxes of the ink and of the font of each character, and of the space after them, which is nowhere."""
    text, spans = place.strip.text, place.strip.spans
    tight = np.full((len(text) + 1, 4), np.nan, dtype=np.float32)
    tight[:-1, 0] = place.left + (place.right - place.left) * spans[:, 0]
    tight[:-1, 2] = place.left + (place.right - place.left) * spans[:, 1]
    loose = tight.copy()
    tight[:-1, 1], tight[:-1, 3] = place.top, place.baseline
    tight[[index for index, character in enumerate(text) if character in _DESCENDERS], 3] += _DESCENT * place.size
    loose[:-1, 1], loose[:-1, 3] = place.baseline - 0.8 * place.size, place.baseline + 0.2 * place.size
    return tight, loose


def _tall_boxes(strip: Strip) -> Boxes:
    """Return the boxes of the characters of a strip that runs down the page, and of the line's end after them."""
    boxes = np.full((len(strip.text) + 1, 4), np.nan, dtype=np.float32)
    low, high = strip.quad.min(axis=0), strip.quad.max(axis=0)
    boxes[:-1, 0], boxes[:-1, 2] = low[0], high[0]
    boxes[:-1, 1::2] = low[1] + (high[1] - low[1]) * strip.spans
    return boxes
