"""OpenDocument presentations: bytes in, each slide as a page out, with its notes and comments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from index.readers.content import Content, ContentBuilder, Source, sensible_title
from index.readers.odf import OpenDocument, Styles, points
from index.readers.odf_text import TextReader
from index.readers.package import Element, attribute, child, children, name_of
from index.readers.reading_order import Area, in_reading_order

_FURNITURE = frozenset({"date-time", "footer", "header", "page-number", "page", "handout"})
_NO_SHAPES = frozenset({"notes", "annotation", "forms", "event-listeners", "par", "seq", "layer-set"})


def read(source: Source) -> Content:
    """Read a presentation: its slides in order, hidden ones too, each with its notes and comments."""
    document = OpenDocument(source.data, kind="presentation", noun="presentation")
    root = document.root()
    styles = Styles()
    for part in (document.common(), root):
        styles.add(part)
    pages = [page for page in children(document.body(root)) if name_of(page) == "page"]
    reader = _SlideReader(TextReader(document, styles, ContentBuilder()))
    for number, page in enumerate(pages, start=1):
        source.report(number, len(pages))
        reader.read(page)
    return reader.text.builder.build(sensible_title(document.title(root)))


@dataclass(slots=True)
class _SlideReader:
    """Hands the shapes of slides to the builder."""

    text: TextReader

    def read(self, page: Element) -> None:
        """Read a slide: its title, its other shapes in reading order, its notes and its comments."""
        builder = self.text.builder
        builder.page()
        shapes = [shape for shape in children(page) if name_of(shape) not in _NO_SHAPES]
        titles = [shape for shape in shapes if attribute(shape, "class") == "title"]
        for shape in titles:
            builder.heading(1, self._words(shape))
        self._add_shapes([shape for shape in shapes if shape not in titles])
        before = "Notes: "
        for shape in children(child(page, "notes")):
            for paragraph in shape.iter("{*}p", "{*}h") if attribute(shape, "class") == "notes" else ():
                words = self.text.text(paragraph)
                builder.paragraph(before + words if words else "")
                before = "" if words else before
        for comment in children(page):
            if name_of(comment) == "annotation":
                self.text.add_comment(comment)
        self.text.end_notes()

    def _words(self, shape: Element) -> str:
        return " ".join(map(self.text.text, shape.iter("{*}p", "{*}h")))

    def _add_shapes(self, shapes: Sequence[Element]) -> None:
        areas = [_area(shape) for shape in shapes]
        for at in in_reading_order(areas):
            shape = shapes[at]
            if attribute(shape, "class") not in _FURNITURE:
                self.text.add_shape(shape)


def _area(shape: Element) -> Area:
    """Return where a shape stands; a group, around all in it."""
    if name_of(shape) == "g":
        inside = [_area(found) for found in children(shape) if attribute(found, "width")]
        if inside:
            return Area(
                min(area.left for area in inside),
                min(area.top for area in inside),
                max(area.right for area in inside),
                max(area.bottom for area in inside),
            )
    left, top = points(attribute(shape, "x")), points(attribute(shape, "y"))
    return Area(left, top, left + points(attribute(shape, "width")), top + points(attribute(shape, "height")))
