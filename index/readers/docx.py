"""Word documents: bytes in, the text of the body in order out, then its notes; no page headers, nothing deleted.

The package's XML is read as it stands, by local names: that takes what no object model has a name for (tracked changes,
text boxes, content controls, strict documents) and opens documents whose pictures or links are broken.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from index.readers.content import Content, ContentBuilder, one_line, sensible_title, superscript, table_lines
from index.readers.docx_package import Element, Numbering, Package, Style, attribute, child, children, is_on, name_of

# Elements that are no text of the document, with all in them.
_LEFT_OUT = frozenset({"del", "moveFrom", "instrText", "delText", "rPr", "pPr", "sectPr", "rt", "Fallback"})
_BOXES = frozenset({"txbxContent"})
_BREAKS = {"tab": " ", "br": " ", "cr": " ", "ptab": " ", "noBreakHyphen": "-"}
_NUMBER = re.compile(r"[\d.,%\s$€£+\-–−()]+")
_NOTES = ("footnotes", "endnotes")


def read(data: bytes) -> Content:
    """Read a Word document: its paragraphs, lists, tables and text boxes in order, then its foot- and endnotes."""
    package = Package(data)
    reader = _Reader(package.styles(), package.numbering())
    reader.read_blocks(package.body())
    reader.end_list()
    for kind in _NOTES:
        for note in package.notes(kind):
            reader.read_blocks(note)
        reader.end_list()
    return reader.builder.build(sensible_title(package.title()) or sensible_title(reader.title))


@dataclass(slots=True)
class _Reader:
    """Hands the blocks of a document to the builder."""

    styles: dict[str, Style]
    numbering: Numbering
    builder: ContentBuilder = field(default_factory=ContentBuilder)
    title: str = ""  # of the first paragraph in the style "Title"
    _items: list[str] = field(default_factory=list)

    def read_blocks(self, parent: Element) -> None:
        """Read the paragraphs and tables of a body, a note, a text box or a cell."""
        for block in _blocks(parent):
            if name_of(block) == "tbl":
                self.end_list()
                self._add_table(block)
            else:
                self._add_paragraph(block)

    def end_list(self) -> None:
        """Hand on the items so far as a list."""
        self.builder.lines(self._items)
        self._items = []

    def _add_paragraph(self, paragraph: Element) -> None:
        text = one_line(_text(paragraph))
        style = self.styles.get(attribute(child(paragraph, "pPr", "pStyle"), "val"), Style())
        level = _outline_level(paragraph, style)
        marker = "" if level else self._marker(paragraph, style)
        if not text:
            pass  # an empty paragraph is a gap; it may hold a text box
        elif marker:
            self._items.append(marker + text)
        else:
            self.end_list()
            if style.is_title and not self.title:
                self.title = text
            if level:
                self.builder.heading(level, text)
            else:
                self.builder.paragraph(text)
        for box in _boxes(paragraph):
            self.end_list()
            self.read_blocks(box)

    def _marker(self, paragraph: Element, style: Style) -> str:
        properties = child(paragraph, "pPr", "numPr")
        number_id = attribute(child(properties, "numId"), "val") or style.number_id
        depth = attribute(child(properties, "ilvl"), "val") or style.number_depth
        return self.numbering.marker(number_id, int(depth) if depth.isdecimal() else 0)

    def _add_table(self, table: Element) -> None:
        rows = [_Row(row, self._cells(row)) for row in _descend(table, "tr", stop=frozenset({"tc"}))]
        while len(rows) > 1 and len(rows[0].cells) == 1 < len(rows[1].cells):
            self.builder.paragraph(rows.pop(0).cells[0])
        style = self.styles.get(attribute(child(table, "tblPr", "tblStyle"), "val"), Style())
        header_rows = _header_rows(rows, style)
        self.builder.lines(table_lines([row.cells for row in rows], header_rows=header_rows))
        for inner in _descend(table, "tbl", stop=frozenset({"tbl"})):
            self._add_table(inner)

    def _cells(self, row: Element) -> list[str]:
        """Return the texts of a row's cells, each in its column; tables inside a cell come after the table."""
        cells: list[str] = []
        for cell in _descend(row, "tc", stop=frozenset({"tbl"})):
            texts = [_text(block) for block in _blocks(cell) if name_of(block) == "p"]
            span = attribute(child(cell, "tcPr", "gridSpan"), "val")
            cells.append(one_line(" ".join(texts)))
            cells.extend([""] * (min(int(span), 100) - 1 if span.isdecimal() and len(span) < 4 else 0))
        return cells


@dataclass(frozen=True, slots=True)
class _Row:
    element: Element
    cells: list[str]


def _header_rows(rows: list[_Row], style: Style) -> int:
    """Return how many rows at a table's top name its columns.

    Word marks them only where somebody asked it to repeat them on every page, so looks count, too: bold, a style that
    sets the first row apart, or words above numbers. Three columns without an empty or repeated name are a header.
    """
    marked = 0
    while marked < len(rows) and is_on(child(rows[marked].element, "trPr", "tblHeader")):
        marked += 1
    if marked or len(rows) < 2:
        return marked if marked < len(rows) else 0
    first, body = rows[0], rows[1:]
    names = [cell for cell in first.cells if cell]
    if len(names) < 2 or len(set(names)) < len(names) or any(_NUMBER.fullmatch(name) for name in names):
        return 0
    over_numbers = any(
        name and len(body) > 1 and all(column < len(row.cells) and _is_number(row.cells[column]) for row in body)
        for column, name in enumerate(first.cells)
    )
    looks_apart = style.first_row_differs or (_is_bold(first) and not _is_bold(body[-1]))
    return int(looks_apart or over_numbers or (len(names) > 2 and len(names) == len(first.cells)))


def _is_number(cell: str) -> bool:
    return any(character.isdigit() for character in cell) and sum(character.isalpha() for character in cell) <= 4


def _is_bold(row: _Row) -> bool:
    runs = [run for run in _descend(row.element, "r") if _text(run).strip()]
    return bool(runs) and all(is_on(child(run, "rPr", "b")) for run in runs)


def _outline_level(paragraph: Element, style: Style) -> int:
    """Return the paragraph's level as a heading, from 1, or 0 if it is none."""
    own = attribute(child(paragraph, "pPr", "outlineLvl"), "val")
    if own.isdecimal():
        return int(own) + 1 if int(own) < 6 else 0
    return style.level


def _blocks(parent: Element) -> Iterator[Element]:
    """Yield the paragraphs and tables directly in `parent`, or in what only wraps them (content controls, changes)."""
    return _descend(parent, "p", "tbl", stop=frozenset({"p", "tbl"}) | _BOXES)


def _boxes(paragraph: Element) -> Iterator[Element]:
    """Yield the text boxes that hang on a paragraph, each once (Word writes them twice, for old readers)."""
    return _descend(paragraph, *_BOXES, stop=_BOXES)


def _descend(root: Element, *names: str, stop: frozenset[str] = frozenset()) -> Iterator[Element]:
    """Yield the elements with these names below `root`, in order; nothing below one of `stop`, nothing left out."""
    stack = list(reversed(children(root)))
    while stack:
        element = stack.pop()
        name = name_of(element)
        if name in _LEFT_OUT:
            continue
        if name in names:
            yield element
        if name not in stop:
            stack.extend(reversed(children(element)))


def _text(root: Element) -> str:
    """Return the words of a paragraph or run, without what is deleted, hidden, or in a text box."""
    parts: list[str] = []
    stack = [root]
    while stack:
        element = stack.pop()
        name = name_of(element)
        if name in _LEFT_OUT or (name in _BOXES and element is not root):
            continue
        if name == "t":
            parts.append(_raise(element))
        elif name in _BREAKS:
            parts.append(_BREAKS[name])
        elif name != "r" or not is_on(child(element, "rPr", "vanish")):
            stack.extend(reversed(children(element)))
    return "".join(parts).replace("\u00ad", "")


def _raise(text: Element) -> str:
    """Return the words of a text element; raised digits as raised characters."""
    words = text.text or ""
    raised = attribute(child(text.getparent(), "rPr", "vertAlign"), "val") == "superscript"
    return superscript(words) if raised else words
