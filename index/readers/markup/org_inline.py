"""Org's marks inside of a line: links, emphasis, times, footnotes. A text goes in, its words as they are shown out."""

from __future__ import annotations

import re

from index.readers.content import one_line

_LINK = re.compile(r"\[\[([^\[\]]{1,2000})\](?:\[([^\[\]]{1,2000})\])?\]")
_PICTURE = re.compile(r"\.(png|jpe?g|gif|svg|webp|bmp|tiff?)$", re.IGNORECASE)
_FILE = re.compile(r"^(file|id|attachment|help|elisp|info):|^[*#]")
_TARGET = re.compile(r"<<(<?)([^<>\n]{1,200})>>>?")
_TIME = re.compile(r"<(\d{4}-\d\d-\d\d[^<>\n]{0,40})>")
_FOOTNOTE = re.compile(r"\[fn:([\w-]*)(?:[:]\s*([^\[\]]{1,2000}))?\]")
_EXPORTED = re.compile(r"@@[a-z]+:[^@]{0,2000}@@")
_COUNT = re.compile(r"\s\[\d*(%|/\d*)\]")  # of the items that are done
# A mark stands after a space or an opening sign, before a letter; its fellow the other way round.
_EMPHASIS = re.compile(
    r"""(?<![^\s('"{\[—–-])(?P<mark>[*/_+=~])(?P<words>(?!(?P=mark))\S(?:(?!(?P=mark))[^\n]){0,500})(?<!\s)(?P=mark)(?=[\s.,;:!?'")}\]\[—–-]|$)"""
)
_VERBATIM = "=~"
_DEPTH = 3  # of emphasis in emphasis


def shown(text: str) -> str:
    """Return a paragraph as it is shown, on one line."""
    text = _EXPORTED.sub("", text)
    text = _LINK.sub(_linked, text)
    text = _FOOTNOTE.sub(lambda note: f"[{note[2] or note[1]}]", text)
    text = _TARGET.sub(lambda target: target[2] if target[1] else "", text)
    text = _TIME.sub(r"\1", text)
    return one_line(_plain(text, _DEPTH).replace("\\\\\n", "\n"))


def shown_heading(text: str) -> str:
    """Return a heading as it is shown, without the count of what is done below it."""
    return shown(_COUNT.sub("", f" {text}"))


def _linked(link: re.Match[str]) -> str:
    """Return what is shown of a link: its words, or else where it leads; nothing of a picture."""
    target, words = link[1], link[2] or ""
    if _PICTURE.search(words or target):
        return ""
    return words or _FILE.sub("", target)


def _plain(text: str, depth: int) -> str:
    if not depth:
        return text
    return _EMPHASIS.sub(
        lambda found: found["words"] if found["mark"] in _VERBATIM else _plain(found["words"], depth - 1), text
    )
