"""What every reader gets and gives: a file's bytes; its canonical text with headings and pages, and its members."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from index.records import Heading, LeftOut, Page

LONGEST_TITLE = 300  # characters

# Titles that programs write when nobody gave one.
_MEANINGLESS_TITLE = re.compile(
    r"(untitled|unbenannt|sans titre|sin título|document|presentation|powerpoint|slide|word document|print|index|null)"
    r"[\s\W]*\d*"
    r"|microsoft (word|powerpoint|excel)\b.*|powerpoint presentation"
    r"|((united states )?securities and exchange commission|form )+(10-[kq])?"
    r"|(table of )?contents|.*\.(docx?|pdf|rtf|odt|indd|qxd|dvi|ps|tex|fm|pptx?|xlsx?|html?|txt|pub)"
    r"|(?=\S*\d)\S*(_|\d{3}|-\d{2})\S*",  # a file's name or number: one word with a row of digits
    re.IGNORECASE,
)


def _unheard(_page: int, _pages: int) -> None:
    """Take a report that nobody waits for."""


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """A file to be read: its bytes and its name.

    A reader that takes long calls `report` with the number of the page (or member) it begins and how many there are;
    `skipped` are the pages that earlier attempts did not survive.
    """

    data: bytes
    name: str = ""
    report: Callable[[int, int], None] = _unheard
    skipped: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, eq=False)
class Member:
    """A file inside of another one, an attachment or a file in an archive: `read` gives its bytes.

    `name` is as the file has it, to be believed in nothing; `size` is what it says of its size, 0 if it says nothing.
    """

    name: str
    size: int
    read: Callable[[], bytes]


@dataclass(frozen=True, slots=True, eq=False)
class Content:
    """The content of one file: `title` is "" and `pages` is empty where the format gives none.

    `members` are the files in it, which become documents of their own. `missing` says what of the file could not be
    read, and the cure, as one sentence without a full stop; "" if nothing is missing. `left_out` is what was not meant
    to be in the text.
    """

    title: str
    text: str
    pages: Mapping[int, Page] = field(default_factory=dict)
    headings: tuple[Heading, ...] = ()
    members: Sequence[Member] = ()
    missing: str = ""
    left_out: Sequence[LeftOut] = ()


def sensible_title(title: str) -> str:
    """Return the title on one line, or "" if it is one that programs make up (a file name, "untitled")."""
    title = one_line(title)
    if sum(character.isalpha() for character in title) < 2:
        return ""
    if len(title) <= LONGEST_TITLE and _MEANINGLESS_TITLE.fullmatch(title):  # which takes long for long ones
        return ""
    return title


def one_line(text: str) -> str:
    """Return the text with every run of white space as one space, and none at its ends."""
    return " ".join(text.split())


_SUPERSCRIPT = str.maketrans("0123456789+-−=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿ")
_RAISED = re.compile(r"[0-9+\-−=()n]{1,5}")


def superscript(text: str) -> str:
    """Return raised digits as the characters that are raised themselves: 10<sup>6</sup> must not read 106."""
    return text.translate(_SUPERSCRIPT) if _RAISED.fullmatch(text) else text


@dataclass(slots=True)
class ContentBuilder:
    """Puts blocks together: a blank line between two blocks, headings recorded where they come to stand."""

    _blocks: list[str] = field(default_factory=list)
    _headings: list[Heading] = field(default_factory=list)
    _pages: list[tuple[int, str]] = field(default_factory=list)  # before which block each begins, and its label
    _length: int = 0

    def page(self, label: str = "") -> None:
        """Begin the next page; what comes before the first one is on none."""
        self._pages.append((len(self._blocks), one_line(label)))

    def paragraph(self, text: str) -> None:
        """Add a paragraph on one line."""
        self._block(one_line(text))

    def heading(self, level: int, text: str) -> None:
        """Add a heading on a line of its own."""
        start = self._block(one_line(text))
        if start is not None:
            self._headings.append(Heading(level, start, self._length))

    def lines(self, lines: Sequence[str]) -> None:
        """Add the items of a list or the rows of a table as one block, empty ones left out."""
        self._block("\n".join(line.rstrip() for line in lines if line.strip()))

    def verbatim(self, text: str) -> None:
        """Add text whose lines and indentation mean something, as it is."""
        self._block("\n".join(line.rstrip() for line in text.splitlines()).strip("\n"))

    def include(self, content: Content) -> None:
        """Add the text of another content with its headings, as one block; not its pages."""
        start = self._block(content.text.strip("\n"))
        if start is not None:
            start -= len(content.text) - len(content.text.lstrip("\n"))
            self._headings += [
                Heading(heading.level, start + heading.start, start + heading.end) for heading in content.headings
            ]

    def build(self, title: str) -> Content:
        """Return the content; without a title the first heading of the highest level is the title."""
        text = "\n\n".join(self._blocks)
        if not title and self._headings:
            first = min(self._headings, key=lambda heading: (heading.level, heading.start))
            title = text[first.start : first.end] if first.level == 1 else ""
        return Content(title, text, self._placed_pages(), tuple(self._headings))

    def _placed_pages(self) -> dict[int, Page]:
        """Return the pages by number, from 1; one without text is an empty span."""
        starts, at = [], 0
        for block in self._blocks:
            starts.append(at)
            at += len(block) + 2
        pages: dict[int, Page] = {}
        for number, (first, label) in enumerate(self._pages, start=1):
            after = self._pages[number][0] if number < len(self._pages) else len(self._blocks)
            start = starts[first] if first < len(starts) else self._length
            end = starts[after - 1] + len(self._blocks[after - 1]) if after > first else start
            pages[number] = Page(start, end, label=label)
        return pages

    def _block(self, text: str) -> int | None:
        """Add a block; return where it starts, or None if it is blank and was left out."""
        if not text.strip():
            return None
        start = self._length + (2 if self._blocks else 0)
        self._blocks.append(text)
        self._length = start + len(text)
        return start


def table_lines(rows: Sequence[Sequence[str]], *, header_rows: int) -> list[str]:
    """Return a line for each row, so that a row can be understood alone.

    With a header each cell comes after its column's name, "Planet: Mars; Radius: 3,390 km", and the header itself is
    no line; without one the cells are joined with " | ". Empty cells are left out.
    """
    rows = [[one_line(cell) for cell in row] for row in rows]
    header, body = rows[:header_rows], rows[header_rows:]
    names = _column_names(header)
    if not body or not any(names):
        return [" | ".join(cell for cell in row if cell).replace(": | ", ": ") for row in rows]
    return [
        # A row of one cell is a title between the rows.
        row[0]
        if len(row) == 1 < len(names)
        else "; ".join(_named(cell, _name(names, column)) for column, cell in enumerate(row) if cell)
        for row in body
    ]


def _column_names(header: Sequence[Sequence[str]]) -> list[str]:
    """Return the name of each column: the cells above it, from top to bottom, each once."""
    width = max((len(row) for row in header), default=0)
    columns = [[row[column] for row in header if column < len(row)] for column in range(width)]
    return [" ".join(dict.fromkeys(cell for cell in column if cell)).rstrip(":") for column in columns]


def _name(names: Sequence[str], column: int) -> str:
    return names[column] if column < len(names) else ""


def _named(cell: str, name: str) -> str:
    return f"{name}: {cell}" if name else cell
