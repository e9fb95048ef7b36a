"""The plain text of mail: lines that were wrapped for terminals go in, whole paragraphs come out, each on one line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from index.readers.content import one_line
from index.text.sentences import paragraph_starts

_QUOTE = re.compile(r"(?:>[ ]?)+")
_LONG_WORD = re.compile(r"\S{41,}")  # an address that stands out of a text that is wrapped otherwise
_MIN_WIDTH = 50  # characters; shorter lines were not wrapped but written so: addresses, verses, lists
_MAX_WIDTH = 120
_SIGNATURE = "-- "


class _Line(NamedTuple):
    depth: int  # how often it was quoted
    text: str
    flows: bool = False  # into the next one


def read_plain(text: str, *, flowed: bool = False, joined: bool = False) -> str:
    """Return the text of a message's body: the marks of quotations gone, wrapped lines put together again.

    `flowed` is a text of RFC 3676, where a space at a line's end says that it goes on; with `joined` without a space.
    """
    lines = [_line(line, flowed=flowed) for line in text.replace("\u2028", "\n").split("\n")]
    blocks: list[str] = []
    for _, group in groupby(lines, key=lambda line: line.depth):
        segment = list(group)
        if any(line.flows for line in segment):
            blocks.append(_blocks_of(_flowed(segment, joined=joined)))
        else:
            blocks.append(_blocks_of(_unwrapped([line.text for line in segment])))
    return "\n\n".join(block for block in blocks if block)


def _line(line: str, *, flowed: bool) -> _Line:
    line = line.replace("\0", "")
    quote = _QUOTE.match(line)
    text = line[quote.end() :] if quote else line
    if flowed and not quote and text.startswith(" "):
        text = text[1:]  # put there so that a line doesn't begin as a quotation
    flows = flowed and text.endswith(" ") and text != _SIGNATURE
    return _Line(quote.group().count(">") if quote else 0, text, flows)


def _flowed(lines: Sequence[_Line], *, joined: bool) -> Iterator[str]:
    """Yield the lines with those that flow into the next put together."""
    parts: list[str] = []
    for line in lines:
        parts.append(line.text[:-1] if line.flows and joined else line.text)
        if not line.flows:
            yield one_line("".join(parts)) if len(parts) > 1 else line.text
            parts = []
    if parts:
        yield one_line("".join(parts))


def _unwrapped(lines: Sequence[str]) -> Iterator[str]:
    """Yield the lines with those that were wrapped put together, as sentences are put together in plain text."""
    measured = [_LONG_WORD.sub("x" * 40, line.rstrip()) for line in lines]
    # A line that no one wrapped is a paragraph of its own; the others may still be wrapped.
    measured = ["" if len(line) > _MAX_WIDTH else line for line in measured]
    if max(map(len, measured), default=0) < _MIN_WIDTH:
        yield from lines
        return
    starts = set(paragraph_starts("\n".join(measured)))
    at, parts = 0, list[str]()
    for line, shown in zip(lines, measured, strict=True):
        begins = any(place in starts for place in range(at, at + len(shown) - len(shown.lstrip()) + 1))
        listed = bool(parts) and _is_word(parts[-1]) and _is_word(line)  # addresses, one below the other
        if parts and (begins or listed or not shown.strip()):
            yield _joined(parts)
            parts = []
        parts.append(line)
        if not shown.strip():
            yield _joined(parts)
            parts = []
        at += len(shown) + 1
    if parts:
        yield _joined(parts)


def _is_word(line: str) -> bool:
    return len(line.split()) == 1


def _joined(parts: Sequence[str]) -> str:
    return one_line(" ".join(parts)) if len(parts) > 1 else parts[0]


def _blocks_of(lines: Iterable[str]) -> str:
    """Return the lines with one blank line where there were any, and none at the ends."""
    blocks = ["\n".join(line.rstrip() for line in group) for filled, group in groupby(lines, key=_is_filled) if filled]
    return "\n\n".join(_dedented(block) for block in blocks)


def _is_filled(line: str) -> bool:
    return bool(line.strip())


def _dedented(block: str) -> str:
    lines = block.split("\n")
    margin = min(len(line) - len(line.lstrip()) for line in lines)
    return "\n".join(line[margin:] for line in lines)
