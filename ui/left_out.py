"""What was left out of a document on purpose, in words, for the page and for the terminal. Records in, words out."""

from __future__ import annotations

from typing import NamedTuple

from index import Document, LeftOut
from ui.places import kind_of

KINDS = {"running": "repeated line", "hidden": "hidden passage"}


class Told(NamedTuple):
    """Something that was left out: which kind of words, the words, and how often and where they stand."""

    kind: str
    words: str
    where: str


def summary(document: Document) -> str:
    """Say how much was left out of a document in a few words, "" if nothing was."""
    counts = {kind: sum(one.times for one in document.left_out if one.kind == kind) for kind in KINDS}
    return ", ".join(f"{count:,} {KINDS[kind]}{'s' * (count > 1)}" for kind, count in counts.items() if count)


def told(document: Document) -> list[Told]:
    """Return all that was left out of a document, as it is told."""
    names = {"running": "Repeated", "hidden": "Hidden"}
    return [Told(names[one.kind], one.text, _where(document, one)) for one in document.left_out]


def _where(document: Document, one: LeftOut) -> str:
    if not one.text:
        return f"{one.times:,} more"
    times = f"{one.times:,} times" if one.times > 1 else ""
    noun = kind_of(document.media_type).page or "page"
    pages = "" if one.first is None else f"{noun} {one.first:,}"
    if one.last is not None and one.last != one.first:
        pages = f"{noun}s {one.first:,} to {one.last:,}"
    return ", ".join(filter(None, (times, pages)))
