"""CSV and TSV: bytes in, a line for each row out, with the names of its columns: "Planet: Mars; Radius: 3,390 km"."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice, pairwise
from pathlib import PurePath
from typing import NamedTuple

from index.readers import headers
from index.readers.content import Content, ContentBuilder, Source, one_line, sensible_title, table_lines
from index.readers.encoding import decode
from index.readers.headers import Cell, count_header_rows, number_columns

_DELIMITERS = "\t;|,"  # of two that fit alike the first: a comma may stand in numbers
_SAMPLE_ROWS = 200
_SAMPLE = 1 << 18  # characters in which the sample's rows must be; a single row may go on for megabytes
_ROWS_AT_ONCE = 1000
_MOST_HEADER_ROWS = 3
_LONGEST_NAME = 100  # characters
_SEPARATOR_LINE = re.compile(r"sep=(.)\n", re.IGNORECASE)  # what Excel understands in the first line
_VALUE = re.compile(  # a number, an amount, a date, a time, an address; no name of a column
    r"[-+(]?[$€£¥]?\s?-?\d[\d.,' \xa0]*\s?(%|[$€£¥]|e[-+]?\d+)?\)?"
    r"|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([ T]\d{1,2}:\d\d\S*)?|\d{1,2}:\d\d(:\d\d)?"
    r"|https?://\S+|\S+@\S+\.\w+|true|false",
    re.IGNORECASE,
)
_CLOSED = ('"', '"\n')  # how a text ends whose last cell is quoted
_YEAR = re.compile(r"(1[89]|20)\d\d")

Fields = Sequence[str]


def read(source: Source) -> Content:
    """Read a table: what stands alone in its first rows is its title, its columns' names go into each row."""
    csv.field_size_limit(1 << 30)
    text = decode(source.data)
    separator = _SEPARATOR_LINE.match(text)
    if separator:
        text = text[separator.end() :]
    delimiter = separator[1] if separator else _delimiter(text, PurePath(source.name).suffix.lower())
    if not delimiter:
        return Content("", "\n".join(filter(None, map(one_line, _unquoted(text)))))
    rows = (row for row in _rows(text, delimiter) if any(cell.strip() for cell in row))
    return _read_table(rows, source)


class _Head(NamedTuple):
    """The rows above the first record: titles, of one filled cell each, and rows with the names of the columns."""

    titles: list[str]
    names: Sequence[Fields]


def _read_table(rows: Iterator[Fields], source: Source) -> Content:
    sample = list(islice(rows, _SAMPLE_ROWS))
    head = _head(sample)
    body = sample[len(head.titles) + len(head.names) :]
    lines: list[str] = []
    while body:  # a thousand at a time: a million rows as lists of cells would fill the memory
        source.report(0, 0)  # it goes on
        lines += table_lines([*head.names, *body], header_rows=len(head.names))
        body = list(islice(rows, _ROWS_AT_ONCE))
    if not lines:
        lines = table_lines(head.names, header_rows=0)
    builder = ContentBuilder()
    for title in head.titles:
        builder.paragraph(title)
    builder.lines(lines)
    return builder.build(sensible_title(head.titles[0]) if head.titles else "")


def _rows(text: str, delimiter: str) -> Iterator[Fields]:
    """Yield the rows; from a quotation mark on that nobody closes, such marks are read as they are."""
    lines = _Lines(text)
    reader = csv.reader(lines, delimiter=delimiter, skipinitialspace=True)
    start = line = 0
    for row in reader:
        if reader.line_num > line + 1 and lines.at >= len(text) and not text.endswith(_CLOSED):
            lines.at = start
            yield from csv.reader(lines, delimiter=delimiter, quoting=csv.QUOTE_NONE)
            return
        yield row
        start, line = lines.at, reader.line_num


class _Lines:
    """The lines of a text, one by one, with the place `at` which the next begins."""

    def __init__(self, text: str) -> None:
        self.at = 0
        self._text = text

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        start = self.at
        if start >= len(self._text):
            raise StopIteration
        self.at = self._text.find("\n", start) + 1 or len(self._text)
        return self._text[start : self.at]


def _delimiter(text: str, suffix: str) -> str:
    """Return the character that most evenly divides the rows, or "" if it is a single column."""
    sample = text[:_SAMPLE]
    if len(sample) < len(text):
        sample = sample[: sample.rfind("\n") + 1] or sample
    candidates = "\t" if suffix in (".tsv", ".tab") and "\t" in sample else _DELIMITERS
    shares = {delimiter: _evenness(sample, delimiter) for delimiter in candidates}
    best = max(candidates, key=lambda delimiter: shares[delimiter])
    return best if shares[best] > 0 else ""


def _evenness(sample: str, delimiter: str) -> float:
    """Return the share of rows that have as many cells as most; 0 if most have one, or it rather is punctuation."""
    rows = [row for row in islice(_rows(sample, delimiter), _SAMPLE_ROWS) if any(cell.strip() for cell in row)]
    widths = Counter(len(row) for row in rows)
    if not widths:
        return 0.0
    width, count = max(widths.items(), key=lambda item: (item[1], item[0]))
    share = count / len(rows)
    if width > 1 and share >= 0.5:
        return share
    several = sum(len(row) > 1 for row in rows) / len(rows)
    in_prose = sample.count(f"{delimiter} ") + sample.count(f"{delimiter}\n")
    return several / 2 if several > 0.8 and in_prose < sample.count(delimiter) / 2 else 0.0


def _unquoted(text: str) -> Iterator[str]:
    """Yield the rows of a single column."""
    for line in text.split("\n"):
        quoted = len(line) > 1 and line[0] == line[-1] == '"'
        yield line[1:-1].replace('""', '"') if quoted else line


def _head(rows: Sequence[Fields]) -> _Head:
    titles: list[str] = []
    width = max((len(row) for row in rows), default=0)
    while len(titles) < len(rows) - 1 and width > 1 and _filled(rows[len(titles)]) == 1:
        if _VALUE.fullmatch(one_line("".join(rows[len(titles)]))) or _filled(rows[len(titles) + 1]) == 1 < len(titles):
            break
        titles.append(one_line("".join(rows[len(titles)])))
    rest = rows[len(titles) :]
    if count := _count_over_gaps(rest):
        return _Head(titles, _filled_right(rest[:count]))
    if len(rest) > 1 and _names_columns(rest[0], rest[1:]):
        return _Head(titles, _header(rest))
    return _Head(titles, [])


def _count_over_gaps(rows: Sequence[Fields]) -> int:
    """Return how many rows of names there are if several, told as in a workbook; else 0.

    No cells are merged in a text: that a name stands above several columns is told by the gaps beside it, above columns
    of numbers.
    """
    found = [_cells(row) for row in rows]
    count = count_header_rows(found)
    numbers = number_columns(found[count:])
    for upper, below in zip(rows, found[1:count], strict=False):
        gaps = {column for column in below if 0 < column < len(upper) and not upper[column].strip()}
        if not gaps or not gaps <= numbers:
            return 0
    return count if count > 1 else 0


def _cells(row: Fields) -> headers.Cells:
    texts = ((column, one_line(cell)) for column, cell in enumerate(row))
    return {column: Cell(text, not _VALUE.fullmatch(text)) for column, text in texts if text}


def _names_columns(first: Fields, body: Sequence[Fields]) -> bool:
    """Tell whether a row has the names of the columns: most tables have them, so it is one unless its cells are not."""
    cells = [cell.strip() for cell in first]
    names = [cell for cell in cells if cell]
    values = [cell for cell in names if _VALUE.fullmatch(cell)]
    if len(names) * 2 < len(cells) or any(len(name) > _LONGEST_NAME for name in names):
        return False
    if values and not (len(values) < len(names) and all(_YEAR.fullmatch(value) for value in values)):
        return False
    # The name of a column is no value in it; in one of few words, such as "yes" and "no", it would be.
    return not any(
        cell and any(column < len(row) and row[column].strip() == cell for row in body)
        for column, cell in enumerate(cells)
    )


def _header(rows: Sequence[Fields]) -> Sequence[Fields]:
    """Return the rows of names: after the first those that only divide its columns further."""
    count = 1
    while count < min(_MOST_HEADER_ROWS, len(rows) - 1):
        row = rows[count]
        filled = [cell for cell in row if cell.strip()]
        if row[0].strip() or not rows[count + 1][0].strip() or any(map(_VALUE.fullmatch, filled)):
            break
        count += 1
    return _filled_right(rows[:count])


def _filled_right(rows: Sequence[Fields]) -> Sequence[Fields]:
    """Return rows of names with each name of an upper one in all columns that it stands above."""
    header: list[list[str]] = [list(row) for row in rows]
    for above, below in pairwise(header):
        for column in range(1, min(len(above), len(below))):
            if not above[column].strip() and below[column].strip():
                above[column] = above[column - 1]  # a name that stands above several columns
    return header


def _filled(row: Fields) -> int:
    return sum(bool(cell.strip()) for cell in row)
