"""HTML that can't be forgotten to be escaped: whatever is not `Html` already is escaped when it goes into a tag.

It can always be encoded, too: half a surrogate pair, which no browser can be sent, is shown as U+FFFD.
"""

from __future__ import annotations

import re
from html import escape
from typing import TypeAlias

VOID = frozenset({"br", "hr", "img", "input", "meta"})

HALF = re.compile("[\ud800-\udfff]")

Attribute: TypeAlias = str | int | float | bool | None


class Html(str):
    """Text that is HTML already. Only this module makes it."""

    __slots__ = ()


def tag(name: str, /, *children: str | None, **attributes: Attribute) -> Html:
    """Return one element. Children that are not `Html` are escaped, None is left out.

    A trailing underscore of an attribute's name is dropped (`class_`), the others become hyphens (`data_start`).
    An attribute that is None or False is left out, one that is True has no value.
    """
    head = "".join([name, *(_attribute(key, value) for key, value in attributes.items())])
    if name in VOID:
        return Html(f"<{head}>")
    return Html(f"<{head}>{join(*children)}</{name}>")


def join(*parts: str | None) -> Html:
    """Return the parts one after the other, escaped where they are not `Html`; None is left out."""
    return Html("".join(part if isinstance(part, Html) else _escape(part) for part in parts if part is not None))


def sentence(template: str, /, **parts: str | Html) -> Html:
    """Return a sentence with its parts in their places, which may be HTML; the rest is escaped."""
    pieces = re.split(r"\{(\w+)\}", template)
    return join(*(parts[piece] if at % 2 else piece for at, piece in enumerate(pieces)))


def _escape(text: str) -> str:
    text = escape(text).replace("\r", "&#13;")  # a browser would read a bare one as a line feed
    return text if text.isascii() else HALF.sub("\ufffd", text)


def _attribute(key: str, value: Attribute) -> str:
    name = key.rstrip("_").replace("_", "-")
    if value is None or value is False:
        return ""
    return f" {name}" if value is True else f' {name}="{_escape(str(value))}"'
