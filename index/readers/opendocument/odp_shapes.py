"""OpenDocument presentations: the shapes of a slide, and where they stand."""

from __future__ import annotations

from index.readers.opendocument.odf import points
from index.readers.package import Element, attribute, children, name_of
from index.readers.reading_order import Area

FURNITURE = frozenset({"date-time", "footer", "header", "page-number", "page", "handout"})  # whose words are not read
_NO_SHAPES = frozenset({"notes", "annotation", "forms", "event-listeners", "par", "seq", "layer-set"})


def shapes_in(page: Element) -> list[Element]:
    """Return the shapes directly on a slide, the lowest first."""
    return [shape for shape in children(page) if name_of(shape) not in _NO_SHAPES]


def area_of(shape: Element) -> Area:
    """Return where a shape stands, in points; a group, around all in it."""
    if name_of(shape) == "g":
        inside = [area_of(found) for found in children(shape) if attribute(found, "width")]
        if inside:
            return Area(
                min(area.left for area in inside),
                min(area.top for area in inside),
                max(area.right for area in inside),
                max(area.bottom for area in inside),
            )
    left, top = points(attribute(shape, "x")), points(attribute(shape, "y"))
    return Area(left, top, left + points(attribute(shape, "width")), top + points(attribute(shape, "height")))
