"""OpenDocument presentations: bytes in, each slide as a page out, with its notes and comments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from index.readers.content import Content, ContentBuilder, Source, sensible_title
from index.readers.hidden import with_hidden
from index.readers.opendocument.odf import OpenDocument, Styles
from index.readers.opendocument.odf_text import TextReader
from index.readers.opendocument.odp_hidden import SlideViewer
from index.readers.opendocument.odp_shapes import FURNITURE, area_of, shapes_in
from index.readers.package import Element, attribute, child, children, name_of
from index.readers.reading_order import in_reading_order


def read(source: Source) -> Content:
    """Read a presentation: its slides in order, hidden ones too, each with its notes and comments."""
    document = OpenDocument(source.data, kind="presentation", noun="presentation")
    root = document.root()
    styles, common = Styles(), document.common()
    for part in (common, root):
        styles.add(part)
    viewer = SlideViewer.of(root, common)
    pages = [page for page in children(document.body(root)) if name_of(page) == "page"]
    reader = _SlideReader(TextReader(document, styles, ContentBuilder()))
    for number, page in enumerate(pages, start=1):
        source.report(number, len(pages))
        viewer.view(page)
        reader.read(page)
    content = reader.text.builder.build(sensible_title(document.title(root)))
    return with_hidden(content, viewer.passages)


@dataclass(slots=True)
class _SlideReader:
    """Hands the shapes of slides to the builder."""

    text: TextReader

    def read(self, page: Element) -> None:
        """Read a slide: its title, its other shapes in reading order, its notes and its comments."""
        builder = self.text.builder
        builder.page()
        shapes = shapes_in(page)
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
        areas = [area_of(shape) for shape in shapes]
        for at in in_reading_order(areas):
            shape = shapes[at]
            if attribute(shape, "class") not in FURNITURE:
                self.text.add_shape(shape)
