"""JSON, and JSON by the line: bytes in, its values as text that can be read out, each with its name."""

from __future__ import annotations

import json
from pathlib import PurePath
from typing import Any

from index.readers.content import Content, ContentBuilder, Source, sensible_title
from index.readers.data.fields import FieldWriter, Record, Value
from index.readers.encoding import decode

_BY_LINE = (".jsonl", ".ndjson")
_TITLES = ("title", "name")


def read(source: Source) -> Content:
    """Read JSON: a value, or one after the other, by the line or not; what is none is plain text."""
    text = decode(source.data)
    if PurePath(source.name).suffix.lower() not in _BY_LINE:
        try:
            value = _parsed(text)
        except (ValueError, RecursionError):
            pass
        else:
            return _content([value], title=_title(value))
    values, damaged = _by_line(text)
    if not values or damaged > len(values):
        values, damaged = _one_after_the_other(text), 0
    if not values:
        return Content("", text)
    missing = f"{damaged} of its lines are no JSON: repair them and index it again" if damaged else ""
    return _content(values, missing=missing)


def _content(values: list[Value], *, title: str = "", missing: str = "") -> Content:
    builder = ContentBuilder()
    writer = FieldWriter(builder)
    writer.add(values[0] if len(values) == 1 else values)
    writer.end()
    content = builder.build(title)
    return Content(content.title, content.text, content.pages, content.headings, missing=missing)


def _by_line(text: str) -> tuple[list[Value], int]:
    """Return the value of each line, and the number of lines that are none."""
    values: list[Value] = []
    damaged = 0
    for line in text.split("\n"):
        if line.strip():
            try:
                values.append(_parsed(line))
            except (ValueError, RecursionError):
                damaged += 1
    return values, damaged


def _one_after_the_other(text: str) -> list[Value]:
    """Return the values that stand one after the other, or none if anything else stands there, too."""
    values: list[Value] = []
    at = len(text) - len(text.lstrip())
    try:
        while at < len(text):
            value, at = _DECODER.raw_decode(text, at)
            values.append(_cleaned(value))
            while at < len(text) and text[at].isspace():
                at += 1
    except (ValueError, RecursionError):
        return []
    return values


def _parsed(text: str) -> Value:
    return _cleaned(_DECODER.decode(text))


def _value(parsed: Any) -> Value:
    """Return a plain value as text; what holds others is made of text already, but for true, false and null."""
    return parsed if isinstance(parsed, (str, list, Record)) else _word(parsed)


def _word(parsed: bool | None) -> str:
    return "" if parsed is None else str(parsed).lower()


def _record(pairs: list[tuple[str, Any]]) -> Record:
    return Record([(name, _cleaned(value)) for name, value in pairs])


def _cleaned(value: Any) -> Value:
    """Return a value of a record with true, false and null in the lists in it as text."""
    if not isinstance(value, list):
        return _value(value)
    waiting = [value]
    while waiting:
        values = waiting.pop()
        for place, held in enumerate(values):
            if isinstance(held, list):
                waiting.append(held)
            elif not isinstance(held, (str, Record)):
                values[place] = _word(held)
    return value


def _title(value: Value) -> str:
    if not isinstance(value, Record):
        return ""
    found = [held for wanted in _TITLES for name, held in value.items if name.lower() == wanted]
    return sensible_title(found[0]) if found and isinstance(found[0], str) and len(found[0]) < 200 else ""


# Numbers stay as they are written: "18.0" is no "18", and no number is too long.
_DECODER = json.JSONDecoder(object_pairs_hook=_record, parse_float=str, parse_int=str, parse_constant=str, strict=False)
