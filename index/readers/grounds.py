"""What the words of a shape stand on: the shapes beneath in, the colors behind the words out, as far as known."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, hypot, inf
from typing import NamedTuple

from index.readers.markup.html_colors import Color, alike
from index.readers.reading_order import Area

NOTHING: Color = (0.0, 0.0, 0.0, 0.0)  # what an empty fill paints
EVERYWHERE = Area(-inf, -inf, inf, inf)
_MOST_PAINTS = 2000  # shapes on each other; behind more than that, nothing is known
_LETTER, _WIDE_LETTER, _LINE = 0.7, 1.0, 1.3  # of a letter's size: at most its width, and a line's height
_MARGIN = 15.0  # points between a shape's edge and its words


class Paint(NamedTuple):
    """What a shape paints: where, in which color (None if that isn't known), and whether all of its area."""

    area: Area
    color: Color | None
    is_whole: bool


def grounds_under(area: Area, paints: Sequence[Paint], background: Color | None) -> list[Color | None]:
    """Return the colors that words in an area may stand on; `paints` are those beneath them, the topmost last."""
    if len(paints) > _MOST_PAINTS:
        return [None]
    found: list[Color | None] = []
    for paint in reversed(paints):
        if touches(paint.area, area):
            found.append(paint.color)
            if paint.is_whole and _covers(paint.area, area):
                return found
    return [*found, background]


def is_lost(color: Color | None, grounds: Sequence[Color | None]) -> bool:
    """Tell whether letters of a color surely can't be seen, whichever of the grounds they stand on."""
    return color is not None and all(ground is not None and alike(color, ground) for ground in grounds)


def touches(one: Area, other: Area) -> bool:
    """Tell whether two areas have a point in common."""
    across = one.left <= other.right and other.left <= one.right
    return across and one.top <= other.bottom and other.top <= one.bottom


def text_area(area: Area, lengths: Sequence[int], *, size: float, wraps: bool, turned: bool, point: float) -> Area:
    """Return where the words of a shape may stand at most: letters that find no room go over its edges.

    `lengths` are those of the paragraphs, `size` that of the largest letters in points; `point` is a point in the
    units of `area`.
    """
    width, height = (area.right - area.left) / point, (area.bottom - area.top) / point
    needed_width = 0.0 if wraps else max(lengths, default=0) * _WIDE_LETTER * size
    room = max(width - 2 * _MARGIN, size)
    lines = sum(max(1, ceil(length * _LETTER * size / room)) for length in lengths) if wraps else len(lengths)
    needed_height = lines * _LINE * size + _MARGIN
    if turned:
        needed_width = needed_height = hypot(max(width, needed_width), max(height, needed_height))
    # They may go over either edge: it depends on where they are aligned.
    across, down = max(0.0, needed_width - width) * point, max(0.0, needed_height - height) * point
    return Area(area.left - across, area.top - down, area.right + across, area.bottom + down)


def _covers(one: Area, other: Area) -> bool:
    across = one.left <= other.left and other.right <= one.right
    return across and one.top <= other.top and other.bottom <= one.bottom
