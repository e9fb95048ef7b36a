"""MHTML: a web page that was saved with its pictures as one file; its text goes through the HTML reader."""

from __future__ import annotations

import email
from dataclasses import replace
from email import policy
from email.message import EmailMessage

from index.errors import DocumentRejectedError
from index.readers.content import Content, Source, sensible_title
from index.readers.encoding import decode
from index.readers.markup import html

_MAX_PARTS = 10_000


def read(source: Source) -> Content:
    """Read the page, which is the part that the file names as its start, or else its first one that is HTML."""
    message = email.message_from_bytes(source.data.lstrip(), policy=policy.default)
    page = _start(message)
    data = page.get_payload(decode=True)
    charset = page.get_content_charset("")
    text = decode(data if isinstance(data, bytes) else b"", charset)
    content = html.read(replace(source, data=text.encode()))
    title = sensible_title(str(message.get("Subject", "")))
    return replace(content, title=content.title or title)


def _start(message: EmailMessage) -> EmailMessage:
    parts = []
    for part in message.walk():
        if part.get_content_type() in ("text/html", "application/xhtml+xml"):
            parts.append(part)
    if not parts:
        raise DocumentRejectedError("there is no page in it: save the page again, as HTML or as one file")
    named = str(message.get_param("start", "") or "")
    return next((part for part in parts if named and str(part.get("Content-ID", "")) == named), parts[0])
