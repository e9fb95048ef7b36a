"""Word documents: bytes in, the text of the body in order out, as it reads with all changes accepted.

Page headers come before it, footers, notes and comments after it. What was deleted or hidden is not there.

The package's XML is read as it stands, by local names: that takes what no object model has a name for (tracked changes,
text boxes, content controls, strict documents) and opens documents whose pictures or links are broken.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from index.readers.content import (
    Content,
    ContentBuilder,
    Source,
    one_line,
    sensible_title,
    superscript,
)
from index.readers.hidden import with_hidden
from index.readers.numerals import Label
from index.readers.office.docx_numbering import Numbering
from index.readers.office.docx_package import Style, WordPackage, is_on
from index.readers.office.drawings import add_related, description
from index.readers.package import Element, attribute, child, children, descendants, name_of
from index.readers.tables import all_lines, count_header_rows, count_titles, is_page_number, with_spans

# Elements that are no text of the document, with all in them.
_LEFT_OUT = frozenset({"del", "moveFrom", "instrText", "delText", "rPr", "pPr", "sectPr", "rt", "Fallback"})
_BOXES = frozenset({"txbxContent"})
_BREAKS = {"tab": " ", "br": " ", "cr": " ", "ptab": " ", "noBreakHyphen": "-"}
_FORMULA = {"f": "/", "sSup": ""}  # of Office's mathematics
_NOTES = ("footnotes", "endnotes")


def read(source: Source) -> Content:
    """Read a Word document: its headers, paragraphs, lists, tables and text boxes, footers, notes and comments."""
    package = WordPackage(source.data)
    reader = _Reader(package)
    reader.read_page_ends("header")
    reader.read_blocks(package.body())
    reader.end_list()
    reader.read_page_ends("footer")
    for kind in _NOTES:
        for note in package.notes(kind):
            reader.read_blocks(note)
        reader.end_list()
    for comment in package.comments():
        author = one_line(attribute(comment, "author"))
        text = one_line(" ".join(map(_text, descendants(comment, "p"))))
        reader.builder.paragraph(f"Comment{f' by {author}' if author else ''}: {text}" if text else "")
    title = sensible_title(package.title()) or sensible_title(reader.title) or reader.first_heading
    content = reader.builder.build(title)
    return with_hidden(content, package.hidden)


@dataclass(slots=True)
class _Reader:
    """Hands the blocks of a document to the builder."""

    package: WordPackage
    builder: ContentBuilder = field(default_factory=ContentBuilder)
    title: str = ""  # of the first paragraph in the style "Title"
    first_heading: str = ""  # of the first level, without its number
    _items: list[str] = field(default_factory=list)
    _styles: dict[str, Style] = field(init=False)
    _numbering: Numbering = field(init=False)

    def __post_init__(self) -> None:
        self._styles, self._numbering = self.package.styles(), self.package.numbering()

    def read_page_ends(self, end: str) -> None:
        """Read the headers or footers of all pages, each text once; a page's number alone is none."""
        texts = [_text(paragraph) for part in self.package.page_ends(end) for paragraph in descendants(part, "p")]
        for text in dict.fromkeys(map(one_line, texts)):
            if not is_page_number(text):
                self.builder.paragraph(text)

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
        style = self._style_of(paragraph)
        level = _outline_level(paragraph, style)
        label = self._label(paragraph, style, text)
        if not text:
            pass  # an empty paragraph is a gap, though it counts; it may hold a text box
        elif label.text and not level:
            self._items.append(f"{'  ' * label.depth}{label.text} {text}")
        else:
            self.end_list()
            if level:
                self._add_heading(level, text, style, label)
            else:
                self.builder.paragraph(text)
        for drawing in _descend(paragraph, "drawing", *_BOXES, stop=_BOXES):
            self.end_list()
            if name_of(drawing) in _BOXES:
                self.read_blocks(drawing)
            else:
                self._add_drawing(drawing)

    def _add_heading(self, level: int, text: str, style: Style, label: Label) -> None:
        if style.is_title and not self.title:
            self.title = text
        if level == 1 and not self.first_heading:
            self.first_heading = text
        self.builder.heading(level, f"{label.text} {text}" if label.is_number else text)

    def _add_drawing(self, drawing: Element) -> None:
        """Add a chart's or diagram's words, and what a picture is described as."""
        for frame in children(drawing):
            self.builder.paragraph(description(child(frame, "docPr")))
        add_related(self.builder, self.package, self.package.main, drawing)

    def _label(self, paragraph: Element, style: Style, text: str) -> Label:
        """Count a paragraph in the list that it is in, and return what stands before it."""
        if not text.strip() and _is_gone(paragraph):
            return Label()
        properties = child(paragraph, "pPr", "numPr")
        number_id = attribute(child(properties, "numId"), "val") or style.number_id
        depth = attribute(child(properties, "ilvl"), "val")
        if depth.isdecimal() and len(depth) == 1:
            return self._numbering.label(number_id, int(depth))
        return self._numbering.label(number_id, self._numbering.depth(number_id, style.number_steps))

    def _add_table(self, table: Element) -> None:
        rows: list[_Row] = []
        for row in _descend(table, "tr", stop=frozenset({"tc"})):
            rows.append(self._row(row, rows[-1].cells if rows else []))
        titles = count_titles([row.width for row in rows])
        for title in rows[:titles]:
            self.builder.paragraph(" ".join(title.cells))
        rows = rows[titles:]
        style = self._styles.get(attribute(child(table, "tblPr", "tblStyle"), "val"), Style())
        count = _header_rows(rows, style)
        names = [with_spans(row.cells, row.spans) for row in rows[:count]]
        body = [row.cells if row.width > 1 else row.cells[:1] for row in rows[count:]]
        self.builder.lines(all_lines([*names, *body], header_rows=count))
        for inner in _descend(table, "tbl", stop=frozenset({"tbl"})):
            self._add_table(inner)

    def _row(self, row: Element, above: list[str]) -> _Row:
        """Return a row with the texts of its cells, each in its column; one that spans rows stands in each of them.

        Tables inside a cell come after the table.
        """
        cells: list[str] = []
        spans: dict[int, int] = {}
        for cell in _descend(row, "tc", stop=frozenset({"tbl"})):
            span = attribute(child(cell, "tcPr", "gridSpan"), "val")
            columns = min(int(span), 100) if span.isdecimal() and len(span) < 4 else 1
            if columns > 1:
                spans[len(cells)] = columns
            merge = child(cell, "tcPr", "vMerge")
            goes_on = merge is not None and attribute(merge, "val") != "restart" and len(cells) < len(above)
            cells.append(above[len(cells)] if goes_on else self._cell_text(cell))
            cells.extend([""] * (columns - 1))
        return _Row(row, cells, spans)

    def _cell_text(self, cell: Element) -> str:
        """Return the words of a cell, with the numbers of what is counted in it: rows often are."""
        texts = []
        for paragraph in _blocks(cell):
            if name_of(paragraph) == "p":
                text = _text(paragraph)
                label = self._label(paragraph, self._style_of(paragraph), text)
                texts.append(f"{label.text} {text}" if label.is_number else text)
        return one_line(" ".join(texts))

    def _style_of(self, paragraph: Element) -> Style:
        return self._styles.get(attribute(child(paragraph, "pPr", "pStyle"), "val"), Style())


@dataclass(frozen=True, slots=True)
class _Row:
    element: Element
    cells: list[str]
    spans: dict[int, int]  # column -> how many columns the cell spans that begins there

    @property
    def width(self) -> int:
        """How many cells the row has, whatever they span."""
        return len(self.cells) - sum(self.spans.values()) + len(self.spans)


def _header_rows(rows: list[_Row], style: Style) -> int:
    """Return how many rows at a table's top name its columns.

    Word marks them only where somebody asked it to repeat them on every page, so looks count, too: bold, or a style
    that sets the first row apart.
    """
    marked = 0
    while marked < len(rows) and is_on(child(rows[marked].element, "trPr", "tblHeader")):
        marked += 1
    if marked or len(rows) < 2:
        return marked if marked < len(rows) else 0
    looks_apart = style.first_row_differs or (_is_bold(rows[0]) and not _is_bold(rows[-1]))
    return count_header_rows([row.cells for row in rows], looks_apart=looks_apart, spans=[row.spans for row in rows])


def _is_bold(row: _Row) -> bool:
    runs = [run for run in _descend(row.element, "r") if _text(run).strip()]
    return bool(runs) and all(is_on(child(run, "rPr", "b")) for run in runs)


def _outline_level(paragraph: Element, style: Style) -> int:
    """Return the paragraph's level as a heading, from 1, or 0 if it is none."""
    own = attribute(child(paragraph, "pPr", "outlineLvl"), "val")
    if own.isdecimal():
        return int(own) + 1 if int(own) < 6 else 0
    return style.level


def _is_gone(paragraph: Element) -> bool:
    """Tell whether the end of a paragraph is deleted or hidden, so that one without words isn't there at all."""
    mark = child(paragraph, "pPr", "rPr")
    return child(mark, "del") is not None or is_on(child(mark, "vanish"))


def _blocks(parent: Element) -> Iterator[Element]:
    """Yield the paragraphs and tables directly in `parent`, or in what only wraps them (content controls, changes)."""
    return _descend(parent, "p", "tbl", stop=frozenset({"p", "tbl"}) | _BOXES)


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
        elif name in _FORMULA and len(children(element)) > 1:
            parts.append(_formula(element, name))
        else:
            stack.extend(reversed(children(element)))
    return "".join(parts).replace("\u00ad", "")


def _raise(text: Element) -> str:
    """Return the words of a text element; raised digits as raised characters."""
    words = text.text or ""
    raised = attribute(child(text.getparent(), "rPr", "vertAlign"), "val") == "superscript"
    return superscript(words) if raised else words


def _formula(element: Element, name: str) -> str:
    """Return a fraction or a power on one line."""
    first, second = (_text(found) for found in [one for one in children(element) if name_of(one) != f"{name}Pr"][:2])
    return f"{first}{_FORMULA[name]}{second}" if name == "f" else f"{first}{superscript(second)}"
