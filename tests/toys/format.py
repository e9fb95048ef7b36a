"""A toy format, as an example of one: a ship's log, a day a page, each after "==".

It is put into `index/readers/<family>/`, and its row into `FORMATS` of `index/readers/formats.py`.
"""

from __future__ import annotations

from index.readers.content import Content, Source
from index.readers.encoding import decode
from index.records import Page


def read(source: Source) -> Content:
    """Read the log: the name of a day, a colon, and what it tells."""
    text, pages = "", {}
    for number, day in enumerate(filter(None, decode(source.data).split("==")), start=1):
        name, _, told = day.strip().partition(":")
        pages[number] = Page(len(text), len(text) + len(told.strip()), label=name)
        text += told.strip() + "\n\n"
    return Content("The log of the Plover", text.strip(), pages)
