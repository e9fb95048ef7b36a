"""What the source panel shows: the record that `state/source.py` makes and `parts/source.py` renders."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from index import Box, Document
from rag import Citation


@dataclass(frozen=True, slots=True)
class SourceView:
    """What the source panel shows: `document.text[first:last]` with the cited span marked.

    `others` are the spans of the same answer's other citations in this document; `boxes` and `other_boxes` are the
    same spans on its pages. `imaged` says whether the pages can be shown; `note` is a word to the reader; `places`
    names the pages of the answer's citations by their numbers; `words` is the span of the answering words in the cited
    one, empty if there are none; `serial` is the number of the click, which makes each showing a new one;
    `inside` names the file that the document lies in, if it is none itself.
    """

    document: Document
    start: int
    end: int
    first: int
    last: int
    turn: int | None = None
    number: int | None = None
    others: tuple[tuple[int, int], ...] = ()
    previous: Citation | None = None
    following: Citation | None = None
    boxes: tuple[Box, ...] = ()
    other_boxes: tuple[Box, ...] = ()
    imaged: bool = False
    note: str = ""
    places: Mapping[int, str] = field(default_factory=dict)
    words: tuple[int, int] = (0, 0)
    serial: int | None = None
    inside: str = ""
