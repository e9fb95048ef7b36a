"""PowerPoint files: bytes in, each slide as a page out, with its notes and comments; no numbers, dates and footers.

The XML is read as it stands, by local names, as for Word files: it opens what object models refuse, and gives them
charts, diagrams and comments as well. What no eye sees on a slide is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from index.errors import DocumentRejectedError
from index.readers.content import Content, ContentBuilder, Source, sensible_title
from index.readers.hidden import with_hidden
from index.readers.office.drawings import add_related, description, paragraph_text, shape_text
from index.readers.office.pptx_hidden import drop_hidden
from index.readers.office.pptx_package import (
    FURNITURE,
    Placeholder,
    Slide,
    SlidePackage,
    about,
    depth,
    placeholder,
    shapes_in,
)
from index.readers.package import Element, attribute, child, children, descendants, name_of
from index.readers.reading_order import in_reading_order
from index.readers.tables import all_lines, count_header_rows
from index.records import LeftOut


def read(source: Source) -> Content:
    """Read a presentation: its slides in order, hidden ones too, each with its notes and comments."""
    package = SlidePackage(source.data)
    parts, builder, missing = package.slides(), ContentBuilder(), []
    hidden: list[LeftOut] = []
    for number, part in enumerate(parts, start=1):
        source.report(number, len(parts))
        builder.page()
        if number in source.skipped:
            missing.append(f"slide {number} could not be read: save it as a presentation of its own")
            continue
        try:
            slide = package.slide(part)
            passages = drop_hidden(slide, package.size())
            hidden += [replace(one, first=number, last=number) for one in passages]
            _SlideReader(package, slide, builder).read()
        except DocumentRejectedError as error:  # a slide is lost, not all of them
            missing.append(f"slide {number}: {error}")
    content = replace(builder.build(sensible_title(package.title())), missing="; ".join(missing))
    return with_hidden(content, hidden)


@dataclass(slots=True)
class _SlideReader:
    """Hands the shapes of one slide to the builder."""

    package: SlidePackage
    slide: Slide
    builder: ContentBuilder
    _items: list[str] = field(default_factory=list)
    _counts: dict[int, int] = field(default_factory=dict)

    def read(self) -> None:
        """Read the title, the other shapes in reading order, the notes and the comments."""
        shapes = shapes_in(child(self.slide.root, "cSld", "spTree"))
        titles = [shape for shape in shapes if placeholder(shape).is_title]
        for shape in titles:
            self.builder.heading(1, " ".join(shape_text(child(shape, "txBody"))))
        self._add_shapes([shape for shape in shapes if shape not in titles])
        notes = self.package.notes(self.slide)
        if shape_text(notes):
            self._add_text(notes, None, Placeholder("", ""), before="Notes: ")
        for author, comment in self.package.comments(self.slide):
            body = child(comment, "txBody")
            text = child(comment, "text")
            words = " ".join(shape_text(body)) if text is None else text.text or ""
            if words.strip():
                self.builder.paragraph(f"Comment{f' by {author}' if author else ''}: {words}")

    def _add_shapes(self, shapes: Sequence[Element]) -> None:
        areas = [self.slide.area(shape, placeholder(shape)) for shape in shapes]
        for at in in_reading_order(areas):
            self._add_shape(shapes[at])

    def _add_shape(self, shape: Element) -> None:
        place, name = placeholder(shape), name_of(shape)
        if place.kind in FURNITURE:
            return
        if name == "grpSp":
            self._add_shapes(shapes_in(shape))
        elif name == "pic":
            self.builder.paragraph(description(child(about(shape), "cNvPr")))
        elif name == "graphicFrame":
            for table in descendants(shape, "tbl"):
                self._add_table(table)
            add_related(self.builder, self.package, self.slide.part, shape)
        else:
            self._add_text(child(shape, "txBody"), shape, place)

    def _add_text(self, body: Element | None, shape: Element | None, place: Placeholder, *, before: str = "") -> None:
        """Add the paragraphs of a shape; the first one comes after the words `before`."""
        self._counts = {}
        for paragraph in children(body):
            text = paragraph_text(paragraph) if name_of(paragraph) == "p" else ""
            if not text:
                continue
            marker = "" if before else self._marker(paragraph, shape, place)
            if marker:
                self._items.append(marker + text)
            else:
                self._end_list()
                self.builder.paragraph(before + text)
            before = ""
        self._end_list()

    def _marker(self, paragraph: Element, shape: Element | None, place: Placeholder) -> str:
        level = depth(paragraph)
        kind = self.slide.bullet(paragraph, shape, place)
        self._counts = {deep: count for deep, count in self._counts.items() if deep <= level}
        if kind != "number":
            self._counts.pop(level, None)
            return f"{'  ' * level}- " if kind == "bullet" else ""
        start = attribute(child(paragraph, "pPr", "buAutoNum"), "startAt")
        first = int(start) if start.isdecimal() and len(start) < 6 else 1
        self._counts[level] = self._counts.get(level, first - 1) + 1
        return f"{'  ' * level}{self._counts[level]}. "

    def _end_list(self) -> None:
        self.builder.lines(self._items)
        self._items = []

    def _add_table(self, table: Element) -> None:
        rows: list[list[str]] = []
        for row in (one for one in children(table) if name_of(one) == "tr"):
            above = rows[-1] if rows else []
            cells = [cell for cell in children(row) if name_of(cell) == "tc"]
            rows.append([_cell(cell, above[at] if at < len(above) else "") for at, cell in enumerate(cells)])
        marked = attribute(child(table, "tblPr"), "firstRow") in ("1", "true")
        is_header = len(rows) > 1 and marked and sum(map(bool, rows[0])) > 1
        header_rows = int(is_header) or count_header_rows(rows)
        self.builder.lines(all_lines(rows, header_rows=header_rows))


def _cell(cell: Element, above: str) -> str:
    """Return the text of a cell; a cell that goes on from the row above has that one's."""
    if attribute(cell, "vMerge") in ("1", "true"):
        return above
    return " ".join(shape_text(child(cell, "txBody")))
