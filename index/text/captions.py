"""Captions: a text goes in, what its tables are called comes out, so that a row far down is found and told from others.

A table is a run of rows as the format readers write them ("Spain; Domestic (%): 100; Imported (%): 0"). It is called by
the line above it that numbers it ("Table 3: ..."), or else leads to it ("... were as follows:"), and by a short line
over some of its rows. In a document that numbers its tables below them, by the line below.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from index.text.rows import cells_of

LONGEST_ROW = 5_000  # characters of a row that are looked at
_LINES_ABOVE = 6  # of a table that may say what it is called
_LABEL_WORDS = 12  # of a line over some rows at the most
_LEAD_WORDS = 7  # of a line that leads to a table, at the least
_LONGEST_NUMBERED = 400  # characters of a line that numbers a table; a longer one speaks of it
_LONGEST = 240  # characters of a caption
_NUMBERED = re.compile(
    r"(?:table|figure|fig\.|chart|exhibit|tab\.|tabelle|abbildung|tabella|tabla|tabela|tableau|tablo|taulukko)"
    r"\s[\w.-]{0,8}\d[\w.-]{0,8}\b|(?:table|exhibit)\s[A-Z]{1,3}\d{0,3}[.:]",
    re.I,
)
_NOTE = re.compile(r"[¹²³⁰⁴-⁹]{1,3}")  # the number of a footnote
_WORD = re.compile(r"\w+")
_SENTENCE_END = re.compile(r"[.!?]\s+(?=\S)")


class Caption(NamedTuple):
    """What the rows in `text[start:end]` are called; it stands from `said` on."""

    start: int
    end: int
    said: int
    words: str


class _Line(NamedTuple):
    start: int
    end: int
    text: str
    names: frozenset[str]  # of its columns; of a line that is no row there are none


@dataclass
class _Table:
    """Rows that follow on each other: where they stand, and the nearest lines above and below that are no rows."""

    start: int
    end: int
    above: Sequence[_Line]
    names: frozenset[str]
    follows: bool  # on another of such columns, with no more than a label between them
    goes_on: bool  # with the names of the columns once more between them
    below: list[_Line] = field(default_factory=list)


def find_captions(text: str) -> list[Caption]:
    """Return the captions of the tables of `text`, in their order: at most one for each run of rows.

    A run under a label of its own keeps the caption of the table that it goes on with, and one on the next page does.
    """
    tables = list(_tables(text))
    is_below = _are_below(tables)
    found: list[Caption] = []
    caption: tuple[int, str] | None = None
    for table in tables:
        numbered = _numbered(table.below[:1] if is_below else table.above, table.names)
        label = _label(table)
        if numbered or not (table.goes_on or (table.follows and label)):
            caption = numbered or (None if is_below else _lead(table))
        parts = [caption] if caption else []
        if label and not (caption and (label[1] in caption[1] or caption[1] in label[1])):
            parts.append(label)
        if parts:
            words = " – ".join(words for _, words in parts)
            found.append(Caption(table.start, table.end, parts[0][0], _NOTE.sub("", words)[:_LONGEST]))
    return found


def _tables(text: str) -> Iterator[_Table]:
    above: deque[_Line] = deque(maxlen=_LINES_ABOVE)
    table: _Table | None = None
    for line in _lines(text):
        if not line.names:
            above.append(line)
            if table and len(table.below) < _LINES_ABOVE:
                table.below.append(line)
            continue
        if table and not table.below and table.names & line.names:
            table.end = line.end
            continue
        follows = table is not None and len(table.below) <= 1 and bool(table.names & line.names)
        goes_on = follows and table is not None and all(_is_header(one.text, table.names) for one in table.below)
        if table:
            yield table
        table = _Table(line.start, line.end, tuple(above), line.names, follows, goes_on)
        above.clear()
    if table:
        yield table


def _lines(text: str) -> Iterator[_Line]:
    start = 0
    while start < len(text):
        end = text.find("\n", start)
        end = len(text) if end == -1 else end
        words = text[start : min(end, start + LONGEST_ROW)].strip()
        if words:
            yield _Line(start, end, words, _names(words))
        start = end + 1


def _names(line: str) -> frozenset[str]:
    """Return the names of the columns of a row, all but one of whose cells have one; none of other lines."""
    return frozenset(cell.column for cell in cells_of(line) if cell.column)


def _are_below(tables: Sequence[_Table]) -> bool:
    """Tell whether the captions of a document stand below its tables, where more of these have one below than above."""
    below = sum(bool(_numbered(table.below[:1], table.names)) for table in tables)
    above = sum(bool(_numbered(table.above, table.names)) for table in tables)
    return below > above


def _numbered(lines: Sequence[_Line], names: frozenset[str]) -> tuple[int, str] | None:
    """Return the last line that numbers a table, with where it begins; with the one after it, if that goes on."""
    for at in range(len(lines) - 1, -1, -1):
        line = lines[at]
        if _is_numbered(line.text):
            words = line.text
            if at + 1 < len(lines) and not words.endswith((".", ":")) and not _is_header(lines[at + 1].text, names):
                words += " " + lines[at + 1].text
            return line.start, words
    return None


def _lead(table: _Table) -> tuple[int, str] | None:
    """Return the end of the line that leads to a table, with where it begins."""
    for line in reversed(table.above):
        if _is_header(line.text, table.names):
            continue
        last = _SENTENCE_END.split(line.text)[-1]
        if line.text.endswith(":") and len(last.split()) >= _LEAD_WORDS:
            return line.end - len(last), last.rstrip(":")
        if not _is_label(line.text):
            return None
    return None


def _label(table: _Table) -> tuple[int, str] | None:
    """Return the short line right above rows, with where it begins."""
    for line in reversed(table.above):
        if _is_header(line.text, table.names):
            continue
        if _is_label(line.text) and not _is_numbered(line.text):
            return line.start, line.text.rstrip(":")
        return None
    return None


def _is_numbered(line: str) -> bool:
    return len(line) <= _LONGEST_NUMBERED and _NUMBERED.match(line) is not None


def _is_label(line: str) -> bool:
    ends = line.startswith("(") or line.endswith((".", "!", "?", ";", ","))
    return len(line.split()) <= _LABEL_WORDS and not ends and any(map(str.isalpha, line))


def _is_header(line: str, names: frozenset[str]) -> bool:
    """Tell whether a line has only words of the columns' names."""
    known = set(_WORD.findall(" ".join(names).lower()))
    return known.issuperset(_WORD.findall(line.lower()))
