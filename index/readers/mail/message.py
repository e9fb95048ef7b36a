"""Mail: a message goes in, whatever it came from; its text as a person reads it comes out, and its members."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from index.errors import DocumentRejectedError
from index.readers.archives.members import safe_names
from index.readers.content import Content, Member, Source, one_line
from index.readers.mail.text import read_plain
from index.readers.markup import html
from index.records import Heading, LeftOut

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = tuple("January February March April May June July August September October November December".split())
_MAX_LINE = 3000  # characters of a header that are shown; a mailing has thousands of recipients
_STUB_SHARE = 3  # a plain text with less than a third of the words that the HTML has stands in for it only
_NO_FILE_NAME = re.compile(r'[\\/:*?"<>|\s]+')
_MAX_FILE_NAME = 100


@dataclass(frozen=True, slots=True, eq=False)
class Body:
    """The body of a message in the forms that it has; "" is one that it hasn't. `flowed` is as RFC 3676 has it."""

    plain: str = ""
    html: str = ""
    flowed: bool = False
    joined: bool = False  # flowed lines are joined without the space at their end


@dataclass(frozen=True, slots=True, eq=False)
class Mail:
    """A message: its header lines as a person reads them, its bodies in order, and its attachments."""

    subject: str
    headers: Sequence[tuple[str, str]]
    bodies: Sequence[Body] = ()
    members: Sequence[Member] = ()
    missing: str = ""


def mail_content(mail: Mail) -> Content:
    """Return the content of a message: its headers, its body, and the names of what is attached.

    Raises DocumentRejectedError if there is none of all that.
    """
    headers = [(name, _shown(value)) for name, value in mail.headers]
    blocks = ["\n".join(f"{name}: {value}" for name, value in headers if value)]
    headings: list[Heading] = []
    left_out: list[LeftOut] = []
    missing = [mail.missing]
    at = len(blocks[0])
    for body in mail.bodies:
        read = _read_body(body)
        if not read.text.strip():
            continue
        start = at + 2 if at else 0
        headings += [Heading(found.level, found.start + start, found.end + start) for found in read.headings]
        blocks.append(read.text)
        left_out += read.left_out
        missing.append(read.missing)
        at = start + len(read.text)
    if mail.members:
        blocks.append("Attachments: " + ", ".join(safe_names(member.name for member in mail.members)))
    text = "\n\n".join(filter(None, blocks))
    if not text:
        raise DocumentRejectedError(mail.missing or "the message has neither headers nor text: leave it out")
    return Content(
        _shown(mail.subject), text, headings=tuple(headings), members=mail.members,
        missing="; ".join(filter(None, missing)), left_out=left_out,
    )  # fmt: skip


def _shown(value: str) -> str:
    """Return a header's value on one line, and not without end."""
    value = one_line(value)
    return value if len(value) <= _MAX_LINE else value[:_MAX_LINE].rsplit(" ", 1)[0] + " ..."


def _read_body(body: Body) -> Content:
    """Read the plain text, or the HTML if that says more."""
    plain = Content("", read_plain(body.plain, flowed=body.flowed, joined=body.joined))
    if not body.html.strip():
        return plain
    words = len(plain.text.split())
    if words * _STUB_SHARE > len(body.html.split()):  # there are never more words in it than so many
        return plain
    try:
        rich = html.read(Source(body.html.encode("utf-8", "replace")))
    except DocumentRejectedError:
        return plain
    return rich if len(rich.text.split()) > words * _STUB_SHARE or not words else plain


def date_line(date: datetime) -> str:
    """Return a date as people read it: "Friday, 16 December 2022, 17:04 (UTC-05:00)"."""
    day = f"{_DAYS[date.weekday()]}, {date.day} {_MONTHS[date.month - 1]} {date.year}, {date:%H:%M}"
    zone = f"{date:%z}"
    return f"{day} (UTC{'' if zone in ('+0000', '-0000') else f'{zone[:3]}:{zone[3:5]}'})" if zone else day


def file_name(subject: str) -> str:
    """Return a subject as the name of a file without its ending: no folders, nothing too long."""
    return _NO_FILE_NAME.sub(" ", subject)[:_MAX_FILE_NAME].strip(" .") or "no subject"
