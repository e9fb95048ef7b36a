"""Org: bytes in, the text as it would be exported, without markup, out. Nothing that it includes is opened."""

from __future__ import annotations

import re
import textwrap
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

from index.readers.content import Content, ContentBuilder, Source, one_line, sensible_title, table_lines
from index.readers.encoding import decode
from index.readers.markup.org_inline import shown, shown_heading

_HEADING = re.compile(r"(\*+)[ \t]+(.*)")
_PRIORITY = re.compile(r"\[#\w\][ \t]*")
_TAGS = re.compile(r"[ \t]+:[\w@#%:]+:[ \t]*$")
_KEYWORD = re.compile(r"[ \t]*#\+(\w+)(?:\[[^\]]*\])?:[ \t]*(.*)")
_BLOCK = re.compile(r"[ \t]*#\+begin_(\w+)", re.IGNORECASE)
_BLOCK_END = re.compile(r"[ \t]*#\+end_(\w+)", re.IGNORECASE)
_DRAWER = re.compile(r"[ \t]*:[\w-]+:[ \t]*")
_DRAWER_END = re.compile(r"[ \t]*:end:[ \t]*", re.IGNORECASE)
_FIXED = re.compile(r"[ \t]*:(?: (.*)|)$")
_COMMENT = re.compile(r"[ \t]*#(\s|\+|$)|[ \t]*CLOCK:")
_RULE = re.compile(r"[ \t]*-{5,}[ \t]*")
_PLANNED = re.compile(r"[ \t]*(DEADLINE|SCHEDULED|CLOSED):.*")
_NOTE = re.compile(r"\[fn:[\w-]+\] ")
_ITEM = re.compile(r"([ \t]*)([-+]|(?<=[ \t])\*|\d{1,4}[.)])(?:[ \t]+|$)(?:\[@\w+\][ \t]*)?(.*)")
_QUOTED = re.compile(r"^(\s*),([*,]|#\+)")  # what would mean something else in a block
_TABLE_RULE = re.compile(r"[ \t]*\|[-+|]*-[-+|]*[ \t]*")
_COLUMN_WIDTH = re.compile(r"<[lrc]?\d*>|[/<>]|")
_NOT_SHOWN = frozenset(("comment", "export", "latex", "html"))
_VERBATIM = frozenset(("src", "example"))
_STATES = frozenset(("TODO", "DONE"))
_ABOUT = {"author": "Author", "date": "Date", "caption": "", "subtitle": ""}  # what is shown of a document's keywords


def read(source: Source) -> Content:
    """Read Org: headings without their state, priority and tags; drawers, comments and settings are no text."""
    lines = decode(source.data).split("\n")
    reader = _Reader(lines)
    reader.read()
    return reader.builder.build(reader.title)


@dataclass(slots=True)
class _Reader:
    """Goes through the lines once."""

    lines: Sequence[str]
    builder: ContentBuilder = field(default_factory=ContentBuilder)
    title: str = ""
    _below_title: int = 0
    _states: set[str] = field(default_factory=lambda: set(_STATES))
    _paragraph: list[str] = field(default_factory=list)
    _items: list[str] = field(default_factory=list)  # of the list so far
    _indents: list[int] = field(default_factory=list)  # of the items around
    _marker: str = ""  # of the item whose words are the paragraph so far
    _last_ends: dict[str, int] = field(default_factory=dict)  # the last line that ends a block of a kind
    _drawer_ends: list[int] = field(default_factory=list)  # the lines that end drawers, and those that are headings
    _headings: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        for place, line in enumerate(self.lines):
            if end := _BLOCK_END.match(line):
                self._last_ends[end[1].lower()] = place
            elif _DRAWER_END.fullmatch(line):
                self._drawer_ends.append(place)
            elif _HEADING.fullmatch(line):
                self._headings.append(place)

    def read(self) -> None:
        """Read all lines."""
        self._read_settings()
        at = 0
        while at < len(self.lines):
            at = self._read_element(at)
        self._end_list()

    def _read_settings(self) -> None:
        for line in self.lines:
            keyword = _KEYWORD.fullmatch(line)
            if keyword and keyword[1].lower() in ("todo", "seq_todo", "typ_todo"):
                self._states.update(word.partition("(")[0] for word in keyword[2].split())
            elif keyword and keyword[1].lower() == "title":
                self.title = one_line(f"{self.title} {shown(keyword[2])}")
        if self.title:
            self.builder.heading(1, self.title)
            self._below_title = 1
            self.title = sensible_title(self.title)

    def _read_element(self, at: int) -> int:
        """Read what begins in a line; return the number of the line after it."""
        line = self.lines[at]
        if heading := _HEADING.fullmatch(line):
            self._end_list()
            self.builder.heading(min(len(heading[1]) + self._below_title, 6), self._heading(heading[2]))
            return at + 1
        if not line.strip():
            self._end_paragraph()
            return at + 1
        if block := _BLOCK.match(line):
            return self._read_block(at, block[1].lower())
        if _DRAWER.fullmatch(line) and (end := self._end_of_drawer(at)):
            return end
        if line.lstrip().startswith("|"):
            return self._read_table(at)
        if _FIXED.fullmatch(line):
            return self._read_fixed(at)
        if _COMMENT.match(line) or _RULE.fullmatch(line):
            self._read_comment(line)
            return at + 1
        self._read_line(line)
        return at + 1

    def _heading(self, text: str) -> str:
        text = _TAGS.sub("", text)
        first, _, rest = text.partition(" ")
        if first in self._states:
            text = rest.lstrip()
        return shown_heading(_PRIORITY.sub("", text, count=1) if _PRIORITY.match(text) else text)

    def _read_block(self, at: int, kind: str) -> int:
        if kind not in _NOT_SHOWN | _VERBATIM | {"verse"} or at >= self._last_ends.get(kind, -1):
            self._end_paragraph()  # its lines are read as any others
            return at + 1
        end = at + 1
        while not ((found := _BLOCK_END.match(self.lines[end])) and found[1].lower() == kind):
            end += 1
        inside = self.lines[at + 1 : end]
        if kind not in _NOT_SHOWN:
            self._end_list()
            if kind in _VERBATIM:
                self.builder.verbatim(textwrap.dedent("\n".join(_QUOTED.sub(r"\1\2", one) for one in inside)))
            else:
                self.builder.lines([shown(one) for one in inside])
        return end + 1

    def _end_of_drawer(self, at: int) -> int:
        """Return the number of the line after a drawer, or 0 if it is none: it ends before the next heading."""
        end = bisect_right(self._drawer_ends, at)
        heading = bisect_right(self._headings, at)
        if end == len(self._drawer_ends):
            return 0
        ends_in_time = heading == len(self._headings) or self._drawer_ends[end] < self._headings[heading]
        return self._drawer_ends[end] + 1 if ends_in_time else 0

    def _read_table(self, at: int) -> int:
        self._end_list()
        rows: list[list[str]] = []
        header_rows = 0
        while at < len(self.lines) and (line := self.lines[at].strip()).startswith("|"):
            if _TABLE_RULE.fullmatch(line):
                header_rows = header_rows or len(rows)
            else:
                cells = [cell.strip() for cell in line.strip("|").split("|")]
                if not all(map(_COLUMN_WIDTH.fullmatch, cells)):
                    rows.append([shown(cell) for cell in cells])
            at += 1
        self.builder.lines(table_lines(rows, header_rows=header_rows if header_rows < len(rows) else 0))
        return at

    def _read_fixed(self, at: int) -> int:
        self._end_list()
        fixed: list[str] = []
        while at < len(self.lines) and (found := _FIXED.fullmatch(self.lines[at])):
            fixed.append(found[1] or "")
            at += 1
        self.builder.verbatim("\n".join(fixed))
        return at

    def _read_comment(self, line: str) -> None:
        keyword = _KEYWORD.fullmatch(line)
        name = keyword[1].lower() if keyword else ""
        if keyword and name in _ABOUT:
            self._end_list()
            text = shown(keyword[2])
            self.builder.paragraph(f"{_ABOUT[name]}: {text}" if _ABOUT[name] and text else text)
        elif not _BLOCK_END.match(line):
            return
        self._end_paragraph()

    def _read_line(self, line: str) -> None:
        indent = len(line) - len(line.lstrip())
        item = _ITEM.fullmatch(line)
        if item:
            self._end_paragraph()
            while self._indents and self._indents[-1] >= indent:
                self._indents.pop()
            self._indents.append(indent)
            self._marker = f"{item[2]} " if item[2][0].isalnum() else "- "
            self._paragraph.append(item[3].replace(" :: ", ": ", 1))
        else:
            if self._indents and indent <= self._indents[0]:
                self._end_list()
            elif self._indents and not self._paragraph:
                self._marker = "  "
            if _NOTE.match(line):
                self._end_paragraph()
            self._paragraph.append(line)
            if _PLANNED.fullmatch(line):
                self._end_paragraph()

    def _end_paragraph(self) -> None:
        text, self._paragraph = shown("\n".join(self._paragraph)), []
        if self._indents:
            if text:
                self._items.append("  " * (len(self._indents) - 1) + self._marker + text)
        else:
            self.builder.paragraph(text)

    def _end_list(self) -> None:
        self._end_paragraph()
        self.builder.lines(self._items)
        self._items, self._indents = [], []
