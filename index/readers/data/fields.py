"""Named values, as JSON and XML have them: a tree of records goes in, lines that can be read go to a builder.

A small record is one line, as a row of a table is: "name: France; capital: Paris". Of a larger one short values stand
together in a line, long texts are paragraphs, and what is nested in it follows, its name after that of what holds it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias, Union

from index.errors import DocumentRejectedError
from index.readers.content import ContentBuilder, one_line
from index.readers.markup.html import read_rendered

_LINE = 500  # characters of a record that is still one line
_PROSE = 200  # characters from which a value is a paragraph of its own; with a sentence in it less
_SENTENCE = 60
_MAX_DEPTH = 100  # below that values stand line by line
_LOOKED_AT = 200  # values of a record that may be small
_MOST_NUMBERS = 100  # in a row; more are coordinates or an embedding, which nobody reads
_NAMES_SHOWN = 2  # the value's own and that of the record around it
_HEADINGS = 6  # levels
_ENDS_SENTENCE = re.compile(r"[.!?…。！？][\"'”’)]*(\s|$)")
_BLOB = re.compile(r"(data:[\w/+.-]+;base64,|(?!\d+$)[A-Za-z0-9+/_=-]{200})[A-Za-z0-9+/_=\s-]*")
_NUMBER = re.compile(r"-?\d+(\.\d+)?([eE][-+]?\d+)?")
_BLANK_LINES = re.compile(r"\n[^\S\n]*(?:\n[^\S\n]*)+")
_HTML = re.compile(r"<[a-zA-Z][^<>]*>")
_HTML_END = re.compile(r"</(p|div|table|ul|ol|h[1-6]|span|a|b|strong|em|i|body|html)>\s*$|<br\s*/?>", re.IGNORECASE)
# Names that say no more than that a text is one.
_TEXTS = frozenset(("text", "content", "body", "page_content", "value", "p", "para", "paragraph"))

Name: TypeAlias = tuple[str, ...]  # of a value, after those of the records that it is in
Value: TypeAlias = Union[str, "Record", list["Value"]]


@dataclass(frozen=True, slots=True)
class Record:
    """Values with their names, in the order of the file; "" is the value that has the name of the record itself."""

    items: list[tuple[str, Value]]


class Title(str):
    """A value that is a heading of what comes after it."""

    __slots__ = ()


class Paragraph(str):
    """A value that is a paragraph of a text, whose name says nothing."""

    __slots__ = ()


@dataclass(slots=True)
class FieldWriter:
    """Writes values to `builder`; after the last one `end` has to be called."""

    builder: ContentBuilder
    _lines: list[str] = field(default_factory=list)

    def add(self, value: Value, name: Name = (), depth: int = 0) -> None:
        """Add a value, and all in it, below `name`."""
        if isinstance(value, str):
            self._add_text(value, name, depth)
        elif depth > _MAX_DEPTH:
            self._lines.extend(_pair(path, leaf) for path, leaf in _leaves(value, name))
        elif (parts := _small(value, name)) is not None:
            self._lines.append("; ".join(parts))
        elif isinstance(value, Record):
            self._add_record(value, name, depth)
        else:
            self._add_list(value, name, depth)

    def end(self) -> None:
        """End the block."""
        self.builder.lines(self._lines)
        self._lines = []

    def _add_record(self, record: Record, name: Name, depth: int) -> None:
        row: list[str] = []
        length = 0
        for key, value in record.items:
            parts = _short(value, joined := _join(name, key))
            if row and (parts is None or length + sum(map(len, parts)) > _LINE):
                self._lines.append("; ".join(row))
                row, length = [], 0
            if parts is None:
                self.add(value, joined, depth + 1)
            else:
                row += parts
                length += sum(map(len, parts))
        self._lines.append("; ".join(row))

    def _add_list(self, values: list[Value], name: Name, depth: int) -> None:
        if _are_numbers(values):
            return
        if all(isinstance(value, str) for value in values):
            plain = [value for value in values if isinstance(value, str)]
            if not any(map(_is_prose, plain)):
                self._lines.append(_pair(name, ", ".join(filter(None, map(one_line, plain)))))
                return
        for value in values:
            if isinstance(value, list) and (row := _plain_row(value)):
                self._lines.append(_pair(name, row))
                continue
            large = not isinstance(value, str) and _small(value, name) is None
            if large:
                self.end()
            self.add(value, name, depth + 1)
            if large:
                self.end()

    def _add_text(self, text: str, name: Name, depth: int) -> None:
        if isinstance(text, Title):
            self.end()
            self.builder.heading(min(max(depth, 1), _HEADINGS), text)
        elif isinstance(text, Paragraph):
            if not text.startswith("- "):  # of a list, whose items are one block
                self.end()
                self.builder.paragraph(text)
            else:
                self._lines.append(text)
        elif not text.strip() or _BLOB.fullmatch(text):
            return
        elif _is_prose(text):
            self.end()
            if name and name[-1].lower() in _TEXTS:
                name = ()
            for block in _BLANK_LINES.split(_rendered(text).strip()):
                self.builder.lines(_pair(name, block).split("\n"))
                name = ()
        else:
            self._lines.append(_pair(name, one_line(text)))


def _pair(name: Name, value: str) -> str:
    return f"{' '.join(name)}: {value}" if name and value else value


def _join(name: Name, key: str) -> Name:
    """Return the name of a value in a record: after the names of what is around it."""
    key = one_line(key)
    return (*name, key)[-_NAMES_SHOWN:] if key else name


def _is_prose(text: str) -> bool:
    """Tell whether a text is more than a value: it has sentences, or lines, or markup, or is long."""
    if isinstance(text, (Title, Paragraph)) or "</" in text:
        return True
    if len(text) < _SENTENCE and "\n" not in text:
        return False
    return "\n" in text.strip() or len(text) >= _PROSE or _ENDS_SENTENCE.search(text) is not None


def _short(value: Value, name: Name) -> list[str] | None:
    """Return a value that stands in a line with others as "name: value", or None if it doesn't; of nothing nothing."""
    if isinstance(value, str):
        if _BLOB.fullmatch(value):
            return []
        return None if _is_prose(value) else [_pair(name, one_line(value))] if value.strip() else []
    if isinstance(value, Record):
        return None
    row = _plain_row(value)
    return None if row is None else [_pair(name, row)] if row else []


def _plain_row(values: list[Value]) -> str | None:
    """Return plain values joined in a row, or None if they are no such values, or too many."""
    row: list[str] = []
    length = 0
    for value in values:
        if not isinstance(value, str) or _is_prose(value):
            return None
        length += len(value) + 2
        if length > _LINE:
            return None
        row += [one_line(value)] if value.strip() else []
    return ", ".join(row)


def _small(value: Value, name: Name) -> list[str] | None:
    """Return the values of a record or list as "name: value" if together they are a line, or None."""
    parts: list[str] = []
    length = looked_at = records = 0
    waiting: list[tuple[Name, Value]] = [(name, value)]
    while waiting:
        name, value = waiting.pop()
        looked_at += 1
        if looked_at > _LOOKED_AT:
            return None
        if isinstance(value, Record):
            if _repeats(value):
                return None
            waiting.extend((_join(name, key), held) for key, held in reversed(value.items[: _LOOKED_AT + 1]))
            continue
        found = _short(value, name)
        if found is None and isinstance(value, list):
            records += len(value)
            waiting.extend((name, held) for held in reversed(value[: _LOOKED_AT + 1]))
            if records > 1:
                return None
            continue
        length += sum(map(len, found or ()))
        if found is None or length > _LINE:
            return None
        parts += found
    return parts


def _repeats(record: Record) -> bool:
    """Tell whether there are several records of one name in a record, which then is rather a list of them."""
    names = [name for name, value in record.items[: _LOOKED_AT + 1] if isinstance(value, Record)]
    return len(set(names)) < len(names)


def _leaves(value: Value, name: Name) -> Iterator[tuple[Name, str]]:
    """Yield all texts in a value with their names; it doesn't recurse."""
    waiting = [(name, value)]
    while waiting:
        name, value = waiting.pop()
        if isinstance(value, Record):
            waiting.extend((_join(name, key), held) for key, held in reversed(value.items))
        elif isinstance(value, list):
            waiting.extend((name, held) for held in reversed(value))
        elif value.strip() and not _BLOB.fullmatch(value):
            yield name, one_line(value)


def _are_numbers(value: Value) -> bool:
    """Tell whether a list holds nothing but numbers, in lists of lists or not, and more than anyone reads."""
    waiting, numbers, looked_at = [value], 0, 0
    while waiting and numbers <= _MOST_NUMBERS:
        value = waiting.pop()
        looked_at += 1
        if isinstance(value, list):
            waiting.extend(reversed(value[: _MOST_NUMBERS + 1]))
        elif isinstance(value, Record) or not _NUMBER.fullmatch(value):
            return False
        else:
            numbers += 1
        if looked_at > 10 * _MOST_NUMBERS:
            return False
    return numbers > _MOST_NUMBERS


def _rendered(text: str) -> str:
    """Return a text without the markup of HTML, if it is a page's or a part of one."""
    if not _HTML.search(text) or not _HTML_END.search(text):
        return text
    try:
        return read_rendered(text, title="").text or text
    except DocumentRejectedError:
        return text
