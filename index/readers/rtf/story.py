"""The text of an RTF file as it is read: paragraphs, lists and tables in order, handed to a builder at the end."""

from __future__ import annotations

from dataclasses import dataclass, field

from index.readers.content import ContentBuilder, one_line, table_lines
from index.readers.tables import count_header_rows


@dataclass(slots=True)
class _Row:
    cells: list[str]
    is_header: bool
    is_bold: bool


@dataclass(slots=True)
class _Table:
    rows: list[_Row] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Paragraph:
    text: str
    level: int = 0  # as a heading
    marker: str = ""  # as an item of a list


@dataclass(slots=True)
class Story:
    """Text that goes on by itself: the body, a note, a text box."""

    marker: str = ""  # of the list's item that begins
    _blocks: list[_Paragraph | _Table] = field(default_factory=list)
    _parts: list[str] = field(default_factory=list)
    _cells: list[str] = field(default_factory=list)
    _merged: list[bool] = field(default_factory=list)  # with the cell above, by column
    _is_header: bool = False
    _merges: bool = False
    _bold: bool = True
    _boxes: list[_Paragraph | _Table] = field(default_factory=list)  # the text boxes in the paragraph so far

    def add(self, text: str, *, bold: bool) -> None:
        """Add words to the paragraph."""
        self._parts.append(text)
        self._bold = self._bold and (bold or not text.strip())

    def add_box(self, box: Story) -> None:
        """Add a text box, which comes after the paragraph that it hangs on."""
        self._boxes += box.end()

    def end_paragraph(self, *, level: int, in_table: bool) -> None:
        """End a paragraph; one in a table goes on in its cell."""
        if in_table:
            self._parts.append(" ")
            return
        text = one_line("".join(self._parts))
        self._parts = []
        if self._cells:  # a row that nobody ended
            self.end_row()
        if text:
            self._blocks.append(_Paragraph(text, level, self.marker))
        elif self._blocks and isinstance(self._blocks[-1], _Table):
            self._blocks.append(_Paragraph(""))  # what keeps two tables apart
        self.marker, self._bold = "", True
        self._blocks += self._boxes
        self._boxes = []

    def end_cell(self) -> None:
        """End a cell of a table's row."""
        text = one_line("".join(self._parts))
        self._cells.append(f"{self.marker}{text}" if text else "")
        self._parts, self.marker = [], ""

    def begin_row(self) -> None:
        """Forget what was said of the cells of the row before."""
        self._merged, self._merges, self._is_header = [], False, False

    def mark_header(self) -> None:
        """Take the row for one that names the columns."""
        self._is_header = True

    def merge_up(self) -> None:
        """Take it that the next column's cell is one with the cell above."""
        self._merges = True

    def end_column(self) -> None:
        """Take it that all is said of a column of the row."""
        self._merged.append(self._merges)
        self._merges = False

    def end_row(self) -> None:
        """End a row of a table."""
        if not any(cell for cell in self._cells):
            self._cells = []
            return
        if not self._blocks or not isinstance(self._blocks[-1], _Table):
            self._blocks.append(_Table())
        table = self._blocks[-1]
        if isinstance(table, _Table):
            above = table.rows[-1].cells if table.rows else []
            for column, merged in enumerate(self._merged[: min(len(above), len(self._cells))]):
                if merged and not self._cells[column]:
                    self._cells[column] = above[column]
            table.rows.append(_Row(self._cells, self._is_header, self._bold))
        self._cells, self._bold = [], True
        self._blocks += self._boxes
        self._boxes = []

    def end(self) -> list[_Paragraph | _Table]:
        """End the story; return its blocks."""
        self.end_paragraph(level=0, in_table=False)
        return self._blocks

    def text(self) -> str:
        """Return the story, which is short, as a paragraph."""
        return one_line(" ".join(block.text for block in self.end() if isinstance(block, _Paragraph)))

    def write(self, builder: ContentBuilder) -> None:
        """Hand the blocks to `builder`."""
        items: list[str] = []
        for block in self.end():
            if isinstance(block, _Paragraph) and block.marker and not block.level:
                items.append(block.marker + block.text)
                continue
            builder.lines(items)
            items = []
            if isinstance(block, _Table):
                _write_table(block, builder)
            elif block.level:
                builder.heading(block.level, block.marker.lstrip(" -") + block.text)
            else:
                builder.paragraph(block.text)
        builder.lines(items)


def _write_table(table: _Table, builder: ContentBuilder) -> None:
    rows = table.rows
    while len(rows) > 1 and len(rows[0].cells) == 1 < len(rows[1].cells):
        builder.paragraph(rows[0].cells[0])
        rows = rows[1:]
    marked = next((count for count, row in enumerate(rows) if not row.is_header), 0)
    cells = [row.cells for row in rows]
    looks_apart = rows[0].is_bold and not rows[-1].is_bold
    builder.lines(table_lines(cells, header_rows=marked or count_header_rows(cells, looks_apart=looks_apart)))
