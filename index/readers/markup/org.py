"""Org: bytes in, plain text with headings out; tables are rows. Nothing that it includes is opened."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Literal, TypeAlias

from index.readers.content import Content, ContentBuilder, Source, table_lines
from index.readers.encoding import decode

_Kind: TypeAlias = Literal["", "title", "about", "heading", "table", "verbatim", "text"]  # "" is no text

_HEADING = re.compile(r"(\*+)[ \t]+(?:(?:TODO|DONE)[ \t]+)?(?:\[#\w\][ \t]*)?(.*)")
_TAGS = re.compile(r"(?<![ \t])[ \t]+:[\w@#%:]+:[ \t]*$")
_TITLE = re.compile(r"#\+title:(.*)", re.IGNORECASE)
_ABOUT = re.compile(r"#\+(author|date|caption|subtitle):(.*)", re.IGNORECASE)  # what is shown of a document's keywords
_NO_TEXT = re.compile(r"[ \t]*(?:#(?:[\s+].*|)|-{5,}[ \t]*|CLOCK:.*|)")  # comments, settings, rules, blank lines
_VERBATIM = re.compile(r"[ \t]*#\+begin_(?:src|example)\b.*", re.IGNORECASE)
_VERBATIM_END = re.compile(r"[ \t]*#\+end_(?:src|example)[ \t]*", re.IGNORECASE)
_FIXED = re.compile(r"[ \t]*:(?: .*)?")
_DRAWER = re.compile(r"[ \t]*:(?:properties|logbook|end):[ \t]*", re.IGNORECASE)
_PROPERTY = re.compile(r"[ \t]*:[\w+-]+:(?:[ \t].*)?")
_ITEM = re.compile(r"[ \t]*(?:[-+*]|\d{1,4}[.)]|\[fn:[\w-]+\])[ \t]")
_PLUS = re.compile(r"^([ \t]*)\+")  # a bullet that what answers with lists does not know
_TABLE_RULE = re.compile(r"\|[-+|]*-[-+|]*")
# A link, or what one may lead to, which is not shown.
_LINK = re.compile(r"\[\[([^\[\]]{1,2000})\](?:\[([^\[\]]{1,2000})\])?\]|(?<!<)<<[^<>\n]{1,200}>>(?!>)")
_PICTURE = re.compile(r"\.(?:png|jpe?g|gif|svg|webp)$", re.IGNORECASE)
# A mark stands after a space or an opening sign, before a letter; its fellow the other way round.
_EMPHASIS = re.compile(
    r"""(?<![^\s('"{\[—–-])([*/_+=~])((?!\1)\S(?:(?!\1)[^\n]){0,500})(?<!\s)\1(?=[\s.,;:!?'")}\]\[—–-]|$)"""
)


def read(source: Source) -> Content:
    """Read Org: headings without their state, priority and tags; properties, comments and settings are no text."""
    builder = ContentBuilder()
    below_title = 0
    for kind, found in groupby(_kinds(decode(source.data).split("\n")), key=lambda line: line[0]):
        lines = [line for _, line in found]
        if kind == "title":
            builder.heading(1, _shown(" ".join(lines)))
            below_title = 1
        elif kind == "heading":
            for line in lines:
                marks, _, text = line.partition(" ")
                builder.heading(min(len(marks) + below_title, 6), _shown(text))
        elif kind == "table":
            _add_table(builder, lines)
        elif kind == "verbatim":
            builder.verbatim(textwrap.dedent("\n".join(lines)))
        elif kind:
            builder.lines(_joined(lines) if kind == "text" else list(map(_shown, lines)))
    return builder.build("")


def _kinds(lines: Sequence[str]) -> Iterator[tuple[_Kind, str]]:
    """Yield each line with its kind, without the marks that say it."""
    is_verbatim = is_drawer = False
    for line in lines:
        is_drawer = (_PROPERTY if is_drawer else _DRAWER).fullmatch(line) is not None and not is_verbatim
        if is_verbatim:
            is_verbatim = not _VERBATIM_END.fullmatch(line)
            yield ("verbatim", line) if is_verbatim else ("", "")
        elif _VERBATIM.fullmatch(line):
            is_verbatim = True
            yield "", ""
        elif heading := _HEADING.fullmatch(line):
            yield "heading", f"{heading[1]} {_TAGS.sub('', heading[2])}"
        elif title := _TITLE.fullmatch(line):
            yield "title", title[1]
        elif about := _ABOUT.fullmatch(line):
            yield "about", f"{about[1].capitalize()}: {about[2].strip()}"
        elif is_drawer or _NO_TEXT.fullmatch(line):
            yield "", ""
        elif line.lstrip().startswith("|"):
            yield "table", line.strip()
        elif _FIXED.fullmatch(line):
            yield "verbatim", line.lstrip()[2:]
        else:
            yield "text", line


def _add_table(builder: ContentBuilder, lines: Sequence[str]) -> None:
    rows: list[list[str]] = []
    header_rows = 0
    for line in lines:
        if _TABLE_RULE.fullmatch(line):
            header_rows = header_rows or len(rows)
        else:
            rows.append([_shown(cell.strip()) for cell in line.strip("|").split("|")])
    builder.lines(table_lines(rows, header_rows=header_rows if header_rows < len(rows) else 0))


def _joined(lines: Sequence[str]) -> list[str]:
    """Return a paragraph as one line, and each item of a list as one."""
    joined: list[list[str]] = []
    for line in lines:
        if _ITEM.match(line):
            joined.append([_PLUS.sub(r"\1-", line.rstrip())])
        elif joined:
            joined[-1].append(line.strip())
        else:
            joined.append([line.strip()])
    return [_shown(" ".join(parts)) for parts in joined]


def _shown(text: str) -> str:
    """Return a text without the marks of emphasis, and of links the words, or else where they lead."""
    return _EMPHASIS.sub(r"\2", _LINK.sub(_linked, text))


def _linked(link: re.Match[str]) -> str:
    words = link[2] or link[1] or ""
    return "" if _PICTURE.search(words) else words
