"""What was left out of a document on purpose, in words, for the page and for the terminal. Records in, words out."""

from __future__ import annotations

from typing import NamedTuple

from index import Document, LeftOut
from ui.languages import counted, later, phrase, phrases
from ui.places import kind_of, page_shown

KINDS = {
    "running": counted("{n} repeated line", "{n} repeated lines"),
    "hidden": counted("{n} hidden passage", "{n} hidden passages"),
}
NAMES = {"running": later("Repeated"), "hidden": later("Hidden")}


class Told(NamedTuple):
    """Something that was left out: which kind of words, the words, and how often and where they stand."""

    kind: str
    words: str
    where: str


def summary(document: Document) -> str:
    """Say how much was left out of a document in a few words, "" if nothing was."""
    counts = {kind: sum(one.times for one in document.left_out if one.kind == kind) for kind in KINDS}
    return ", ".join(phrases(*KINDS[kind], count) for kind, count in counts.items() if count)


def told(document: Document) -> list[Told]:
    """Return all that was left out of a document, as it is told."""
    return [Told(phrase(NAMES[one.kind]), one.text, _where(document, one)) for one in document.left_out]


def _where(document: Document, one: LeftOut) -> str:
    if not one.text:
        return phrase("{n} more", n=one.times)
    times = phrases("{n} time", "{n} times", one.times) if one.times > 1 else ""
    noun = kind_of(document.media_type).page or "page"
    pages = "" if one.first is None else page_shown(f"{noun} {one.first:,}")
    if one.first is not None and one.last is not None and one.last != one.first:
        pages = _range(noun, one.first, one.last)
    return ", ".join(filter(None, (times, pages)))


def _range(noun: str, first: int, last: int) -> str:
    if noun == "page":
        return phrase("pages {first} to {last}", first=first, last=last)
    return phrase("{first} to {last}", first=page_shown(f"{noun} {first:,}"), last=page_shown(f"{noun} {last:,}"))
