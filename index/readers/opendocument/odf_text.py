"""The text of OpenDocument files: paragraphs, lists, tables and shapes as XML in, blocks for the builder out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from index.readers.content import ContentBuilder, one_line, superscript, table_lines
from index.readers.numerals import Label
from index.readers.office.drawings import is_description
from index.readers.opendocument.odf import OpenDocument, Styles, repeated
from index.readers.opendocument.odf_numbering import Counts, Numbering, stated_number
from index.readers.package import Element, attribute, child, children, descendants, name_of
from index.readers.tables import all_lines, count_header_rows, count_titles, with_spans

_LEFT_OUT = frozenset(
    {"ruby-text", "number", "tracked-changes", "annotation-end", "event-listeners", "forms", "script"}
)
_SPACES = frozenset({"s", "tab", "line-break"})
_SHAPES = frozenset(
    "frame g custom-shape rect ellipse circle line polyline polygon path regular-polygon connector caption measure"
    " control a".split()
)
_PAGE_FIELDS = frozenset({"page-number", "page-count", "page-continuation"})
_MOST_CELLS = 256  # copies of one cell that are written as one; more is a line drawn through the sheet
_DEEPEST = 60  # lists, tables and shapes within each other


@dataclass(slots=True)
class TextReader:
    """Hands blocks to the builder; keeps the notes and comments, which come when `end_notes` is called."""

    document: OpenDocument
    styles: Styles
    builder: ContentBuilder
    title: str = ""  # of the first paragraph in the style "Title"
    without_page_numbers: bool = False
    _items: list[str] = field(default_factory=list)
    _notes: list[Element] = field(default_factory=list)
    _comments: list[Element] = field(default_factory=list)
    _shapes: list[Element] = field(default_factory=list)
    first_heading: str = ""  # of the first level, without its number
    _numbering: Numbering = field(init=False)
    _depth: int = 0

    def __post_init__(self) -> None:
        self._numbering = Numbering(self.styles.lists, self.styles.outline)

    def read_blocks(self, parent: Element) -> None:
        """Read the paragraphs, lists and tables in an element, and the shapes that hang on them."""
        self._depth += 1
        for block in children(parent) if self._depth < _DEEPEST else ():
            name = name_of(block)
            if name in ("p", "h"):
                self._add_paragraph(block)
            elif name == "list":
                self._add_list(block)
            elif name == "table":
                self.end_list()
                self.add_table(block)
            elif name in _SHAPES:
                self.end_list()
                self.add_shape(block)
            elif name == "annotation":
                self._comments.append(block)
            elif name not in _LEFT_OUT and not name.endswith("-source"):
                self.read_blocks(block)
        self._depth -= 1

    def end_list(self) -> None:
        """Hand on the items so far as a list."""
        self.builder.lines(self._items)
        self._items = []

    def end_notes(self) -> None:
        """Hand on the notes so far, then the comments."""
        self.end_list()
        while self._notes:  # a note may hang on a note
            notes, self._notes = self._notes, []
            for note in notes:
                self.read_blocks(note)
                self.end_list()
        comments, self._comments = self._comments, []
        for comment in comments:
            self.add_comment(comment)

    def end_shapes(self) -> None:
        """Hand on the shapes that hung on what was read so far."""
        shapes, self._shapes = self._shapes, []
        if shapes:
            self.end_list()
        for shape in shapes:
            self.add_shape(shape)

    def add_comment(self, comment: Element, *, on: str = "") -> None:
        """Add a comment, with who wrote it, and on which cell."""
        author = child(comment, "creator")
        by = f" by {one_line(author.text)}" if author is not None and author.text else ""
        text = " ".join(self.text(found) for found in comment.iter("{*}p", "{*}h"))
        if text.strip():
            self.builder.paragraph(f"Comment{by}{f' on {on}' if on else ''}: {text}")

    def text(self, paragraph: Element) -> str:
        """Return the words of a paragraph on one line; its notes, comments and shapes are kept for later."""
        return one_line("".join(self._inline(paragraph)).replace("\u00ad", ""))

    def add_table(self, table: Element) -> None:
        """Add a table, each row with the names of its columns; what hangs in its cells comes after it."""
        rows = list(self._spanning_rows(table))
        titles = count_titles([len(row.cells) for row in rows])
        for title in rows[:titles]:
            self.builder.paragraph(" ".join(title.cells))
        rows = rows[titles:]
        marked = sum(1 for part in descendants(table, "table-header-rows") for _ in descendants(part, "table-row"))
        marked -= titles
        cells, spans = [row.cells for row in rows], [row.spans for row in rows]
        count = marked if 0 < marked < len(rows) else count_header_rows(cells, spans=spans)
        names = [with_spans(row.cells, row.spans) for row in rows[:count]]
        self.builder.lines(all_lines([*names, *cells[count:]], header_rows=count))
        self.end_shapes()
        for inner in _tables_inside(table):
            self.add_table(inner)

    def rows(self, table: Element) -> Iterator[list[str]]:
        """Yield the rows of a table; a cell that spans several stands in each of them."""
        return (row.cells for row in self._spanning_rows(table))

    def _spanning_rows(self, table: Element) -> Iterator[_Row]:
        above: dict[int, tuple[int, str]] = {}  # column -> rows to come, text
        for row in _rows_of(table):
            cells: list[str] = []
            spans: dict[int, int] = {}
            for cell in children(row):
                if name_of(cell) not in ("table-cell", "covered-table-cell"):
                    continue
                text = "" if name_of(cell).startswith("covered") else self.cell_text(cell)
                if text and (columns := repeated(cell, "number-columns-spanned")) > 1:
                    spans[len(cells)] = columns
                for _ in range(min(repeated(cell, "number-columns-repeated"), _MOST_CELLS)):
                    column = len(cells)
                    left, kept = above.pop(column, (0, ""))
                    cells.append(text or kept)
                    left = repeated(cell, "number-rows-spanned") if text else left
                    if left > 1:
                        above[column] = left - 1, cells[-1]
            while cells and not cells[-1]:
                cells.pop()
            yield _Row(cells, spans)

    def cell_text(self, cell: Element) -> str:
        """Return the words of a cell, without those of a table in it."""
        parts: list[str] = []
        stack = children(cell)[::-1]
        while stack:
            element = stack.pop()
            name = name_of(element)
            if name in ("p", "h"):
                parts.append(self.text(element))
            elif name == "list":
                parts.append(self._list_text(element))
            elif name in _SHAPES:
                self._shapes.append(element)
            elif name == "annotation":
                self._comments.append(element)
            elif name not in ("table", *_LEFT_OUT):
                stack.extend(children(element)[::-1])
        return one_line(" ".join(parts))

    def _list_text(self, parent: Element) -> str:
        """Return the words of a list in a cell, with the numbers of its items: rows often are numbered so."""
        parts = []
        style = attribute(parent, "style-name")
        for block, label in self._list_blocks(parent, style, 1, self._numbering.begin(parent, style)):
            if name_of(block) in ("p", "h"):
                number = label.text if label and label.is_number else ""
                parts += [stated_number(block) or number, self.text(block)]
            elif name_of(block) in _SHAPES:
                self._shapes.append(block)
        return " ".join(filter(None, parts))

    def add_shape(self, shape: Element) -> None:
        """Add the words of a shape, a text box or a group, a chart's, or what a picture is described as."""
        self._depth += 1
        inside = children(shape) if self._depth < _DEEPEST else []
        for found in inside:
            name = name_of(found)
            if name in ("text-box", "table"):
                self.read_blocks(found) if name == "text-box" else self.add_table(found)
            elif name in _SHAPES:
                self.add_shape(found)
            elif name in ("p", "h"):
                self._add_paragraph(found)
            elif name == "list":
                self._add_list(found)
        self.end_list()
        if name_of(shape) == "frame":
            described = child(shape, "desc")
            text = one_line(described.text or "") if described is not None else ""
            self.builder.paragraph(text if is_description(text) else "")
            self._add_object(self.document.embedded(shape))
        self._depth -= 1

    def _add_object(self, root: Element | None) -> None:
        """Add a chart's title and what it shows, or a formula."""
        if root is None:
            return
        if name_of(root) == "math":
            words = [text for found in root.iter("{*}mi", "{*}mo", "{*}mn", "{*}mtext") for text in found.itertext()]
            self.builder.paragraph(" ".join(words))
            return
        for chart in descendants(child(root, "body"), "chart"):
            for title in children(chart):
                if name_of(title) in ("title", "subtitle"):
                    self.builder.paragraph(" ".join(map(self.text, descendants(title, "p"))))
            for table in (found for found in children(chart) if name_of(found) == "table"):
                rows = list(self.rows(table))
                self.builder.lines(table_lines(rows, header_rows=int(len(rows) > 1)))

    def _add_paragraph(self, paragraph: Element, *, label: Label | None = None) -> None:
        """Add a paragraph or heading; in a list it has a label, an empty one if it goes on with the item above it."""
        text = self.text(paragraph)
        style = self.styles.style(attribute(paragraph, "style-name"))
        is_title = "Title" in style.names
        if name_of(paragraph) == "h" or is_title:
            level = attribute(paragraph, "outline-level")
            depth = int(level) if level in tuple("123456789") or level == "10" else 1
            if label is None and name_of(paragraph) == "h" and style.list_style in (None, self.styles.outline):
                label = self._numbering.heading(paragraph, depth)
            if text:
                self.end_list()
                self.title = self.title or (text if is_title else "")
                self.first_heading = self.first_heading or (text if depth == 1 else "")
                number = label.text if label and label.is_number else ""
                self.builder.heading(min(depth, 6), f"{stated_number(paragraph) or number} {text}")
        elif text and label is not None:
            mark = (stated_number(paragraph) if label.is_number else "") or label.text or " "
            self._items.append(f"{'  ' * min(label.depth, 8)}{mark} {text}")
        elif text:
            self.end_list()
            self.builder.paragraph(f"{stated_number(paragraph)} {text}")
        self.end_shapes()

    def _add_list(self, parent: Element) -> None:
        """Add the items of a list, and of the lists in them."""
        style = attribute(parent, "style-name")
        for block, label in self._list_blocks(parent, style, 1, self._numbering.begin(parent, style)):
            if name_of(block) in ("p", "h"):
                self._add_paragraph(block, label=label)
            else:
                self._shapes.append(block)
                self.end_shapes()

    def _list_blocks(
        self, parent: Element, style: str, level: int, counts: Counts
    ) -> Iterator[tuple[Element, Label | None]]:
        """Yield the paragraphs, tables and shapes of a list, and of the lists in it; paragraphs with what is before."""
        for item in children(parent) if level <= _DEEPEST else ():
            own = attribute(item, "style-override") or style
            label: Label | None = None  # of the item, once it has had its first words
            for block in children(item):
                name = name_of(block)
                if name == "list":
                    inner = attribute(block, "style-name") or own
                    if label is not None and attribute(block, "continue-numbering") != "true":
                        counts.pop(level + 1, None)
                    yield from self._list_blocks(block, inner, level + 1, counts)
                elif name in ("p", "h"):
                    if label is None and name_of(item) == "list-item":
                        named = own or self.styles.style(attribute(block, "style-name")).list_style or ""
                        label = self._numbering.label(named, counts, level, start=attribute(item, "start-value"))
                        yield block, label if label.text or name == "h" else None
                    else:
                        yield block, Label("", level - 1)
                elif name in _SHAPES or name == "table":
                    yield block, None

    def _inline(self, root: Element) -> Iterator[str]:
        """Yield the pieces of a paragraph's words in order."""
        stack: list[tuple[Element, bool, bool]] = [(root, False, True)]  # element, raised, whether it is to be entered
        while stack:
            element, raised, enters = stack.pop()
            if not enters:
                yield _raised(element.tail or "", raised)
                continue
            if element is not root:
                stack.append((element, raised, False))  # what comes behind it
            name = name_of(element)
            if name in _SPACES:
                yield " "
            elif self._keeps_for_later(element, name):
                continue
            else:
                style = self.styles.style(attribute(element, "style-name")) if name in ("span", "a") else None
                raised = raised or bool(style and style.is_raised)
                yield _raised(element.text or "", raised)
                stack.extend((found, raised, True) for found in reversed(children(element)))

    def _keeps_for_later(self, element: Element, name: str) -> bool:
        """Tell whether an element is no part of the paragraph it stands in; note what is to be read after it."""
        if name == "note":
            self._notes.extend(found for found in children(element) if name_of(found) == "note-body")
        elif name == "annotation":
            self._comments.append(element)
        elif name in _SHAPES and name != "a":
            self._shapes.append(element)
        else:
            return name in _LEFT_OUT or (self.without_page_numbers and name in _PAGE_FIELDS)
        return True


class _Row(NamedTuple):
    """The texts of a row's cells, and by column how many columns cells span."""

    cells: list[str]
    spans: dict[int, int]


def _raised(text: str, raised: bool) -> str:
    return superscript(text) if raised else text


def _rows_of(table: Element) -> Iterator[Element]:
    """Yield the rows of a table in order, those of groups and headers among them."""
    stack = children(table)[::-1]
    while stack:
        element = stack.pop()
        if name_of(element) == "table-row":
            yield element
        elif name_of(element) in ("table-header-rows", "table-rows", "table-row-group"):
            stack.extend(children(element)[::-1])


def _tables_inside(table: Element) -> Sequence[Element]:
    """Return the tables in the cells of a table, not those that are deeper."""
    found: list[Element] = []
    stack = children(table)[::-1]
    while stack:
        element = stack.pop()
        if name_of(element) == "table":
            found.append(element)
        elif name_of(element) not in _SHAPES:
            stack.extend(children(element)[::-1])
    return found
