"""Markdown: bytes in, the text as it would be rendered, without markup, out. Its HTML goes through the HTML reader."""

from __future__ import annotations

import re

from markdown_it import MarkdownIt

from index.readers.content import Content, Source, sensible_title
from index.readers.encoding import decode
from index.readers.markup.html import read_rendered

_MAX_NESTING = 200  # below that words are lost; the preset's 20 is ten lists
_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?\n)??(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_FRONT_TITLE = re.compile(r"^title[ \t]*:[ \t]*(.+?)[ \t]*$", re.MULTILINE | re.IGNORECASE)
_YAML_KEY = re.compile(r"^[\w-]+[ \t]*:", re.MULTILINE)


def read(source: Source) -> Content:
    """Read Markdown by the CommonMark rules, with tables; front matter gives the title and is no text."""
    title, text = _split_front_matter(decode(source.data))
    return read_rendered(render(text), title=title)


def render(text: str) -> str:
    """Return Markdown as HTML."""
    rules = MarkdownIt("commonmark", {"html": True, "maxNesting": _MAX_NESTING})
    rendered: str = rules.enable(["table", "strikethrough"]).render(text)
    return rendered


def _split_front_matter(source: str) -> tuple[str, str]:
    """Return the title that the front matter gives, or "", and the source without front matter."""
    found = _FRONT_MATTER.match(source)
    if not found or not _YAML_KEY.search(found[1] or ""):
        return "", source  # a rule (---), not front matter
    title = _FRONT_TITLE.search(found[1])
    return sensible_title(title[1].strip("\"'")) if title else "", source[found.end() :]
