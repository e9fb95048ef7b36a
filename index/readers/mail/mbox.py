"""MBOX mailboxes: bytes in, the list of the messages out, and each message as a member."""

from __future__ import annotations

import re

from index.errors import DocumentRejectedError
from index.readers.archives.members import listed, safe_names
from index.readers.content import Content, ContentBuilder, Member, Source
from index.readers.mail.eml import subject_of
from index.readers.mail.message import file_name

# The line before a message: the sender and a date. "From " comes first so that it is searched for as fast as can be.
_SEPARATOR = re.compile(rb"From (?:(?<=\AFrom )|(?<=[\r\n]From ))([^\r\n]{1,500})(?:\r\n|\r|\n|\Z)")
_DAY = re.compile(rb"\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)\b")
_TIME = re.compile(rb"\b\d\d?:\d\d\b")
_YEAR = re.compile(rb"\b\d{4}\b")
_HEADER = re.compile(rb"[A-Za-z][A-Za-z-]{1,60}:")
_QUOTED = re.compile(rb">(?:(?<=\A>)|(?<=[\r\n]>))(>*From )")
_HEADERS_WITHIN = 1 << 15  # bytes of a message in which its subject is looked for
_MAX_SUBJECT = 100


def read(source: Source) -> Content:
    """Read a mailbox: its text is the list of its messages' subjects."""
    found = [match for match in _SEPARATOR.finditer(source.data) if _begins_message(source.data, match)]
    if not found:
        raise DocumentRejectedError("there is no message in this mailbox: leave it out")
    ends = [match.start() for match in found[1:]] + [len(source.data)]
    spans = [(match.end(), end) for match, end in zip(found, ends, strict=True)]
    width = max(4, len(str(len(spans))))
    members = []
    for number, (start, end) in enumerate(spans, start=1):
        if number % 1000 == 1:
            source.report(number, len(spans))
        subject = subject_of(source.data[start : min(end, start + _HEADERS_WITHIN)])
        members.append(_member(source.data, start, end, f"{number:0{width}d} {file_name(subject)}.eml"))
    builder = ContentBuilder()
    builder.paragraph("Messages in this mailbox:")
    builder.lines(listed([name.removesuffix(".eml") for name in safe_names(member.name for member in members)]))
    return Content("", builder.build("").text, members=members)


def _begins_message(data: bytes, match: re.Match[bytes]) -> bool:
    """Tell whether a line is one that stands before a message, not one of a message that begins with "From "."""
    line = match[1]
    day = _DAY.search(line)
    time = _TIME.search(line, day.end()) if day else None
    if day and time and _YEAR.search(line, day.end()):
        return True
    # Some writers leave the date out.
    before = data[max(0, match.start() - 4) : match.start()]
    if before and not before.endswith((b"\n\n", b"\r\n\r\n", b"\r\r")):
        return False
    return len(line.split()) == 1 and _HEADER.match(data, match.end()) is not None


def _member(data: bytes, start: int, end: int, name: str) -> Member:
    def read_message() -> bytes:
        return _QUOTED.sub(rb"\1", data[start:end])

    return Member(name, end - start, read_message)
