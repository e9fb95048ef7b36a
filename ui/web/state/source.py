"""From a click on a citation to what the source panel shows.

In: the numbers that the browser sent, which are believed in nothing, and the conversation. Out: a `SourceView`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from index import Box, Document, PinciteError
from rag import Citation
from ui.places import has_images
from ui.text import quoted_words
from ui.web.parts.source import window
from ui.web.state.exchange import Exchange
from ui.web.state.view import SourceView

if TYPE_CHECKING:
    from index import Library


@dataclass(frozen=True, slots=True)
class SourceRequest:
    """The span a person wants to see, the turn it belongs to, and how much of the text is to be shown, if not all.

    `serial` is the number of the click.
    """

    doc_id: str
    start: int
    end: int
    turn: int | None = None
    first: int | None = None
    last: int | None = None
    serial: int | None = None


def read_source_request(data: object) -> SourceRequest:
    """Read what the browser sent. Raises `PinciteError` if it does not name a place."""
    if not isinstance(data, Mapping):
        raise PinciteError("That is not a place in a document.")
    doc_id, start, end = data.get("open"), read_number(data, "start"), read_number(data, "end")
    if not isinstance(doc_id, str) or start is None or end is None:
        raise PinciteError("That is not a place in a document.")
    turn, first, last, serial = (read_number(data, name) for name in ("turn", "first", "last", "serial"))
    return SourceRequest(doc_id, start, end, turn, first, last, serial)


def source_view(library: Library, request: SourceRequest, *, exchanges: Sequence[Exchange]) -> SourceView:
    """Look up the document and the place in it. Raises `PinciteError` if either is not there (any more)."""
    try:
        document = library.document(request.doc_id)
    except PinciteError as error:
        raise PinciteError(_gone(library, request, exchanges)) from error
    if not 0 <= request.start <= request.end <= len(document.text):
        raise PinciteError("This place is not in the document: it may have changed since. Ask again.")
    citations = _citations(exchanges, request)
    at = next((i for i, found in enumerate(citations) if _spans(found, request)), None)
    others = tuple(
        (found.start, found.end) for found in citations if found.doc_id == request.doc_id and not _spans(found, request)
    )
    answer = exchanges[request.turn].answer if request.turn is not None and citations else None
    words = quoted_words(citations[at], answer) if at is not None and answer else (0, 0)
    first, last = _shown(document, request)
    note, imaged = _file(library, document)
    return SourceView(
        document,
        request.start,
        request.end,
        first,
        last,
        turn=request.turn,
        number=None if at is None else citations[at].number,
        others=others,
        previous=citations[at - 1] if at else None,
        following=citations[at + 1] if at is not None and at + 1 < len(citations) else None,
        boxes=_locate(library, document, (request.start, request.end)),
        other_boxes=tuple(box for span in others for box in _locate(library, document, span)),
        imaged=imaged,
        note=note,
        places=exchanges[request.turn].places if request.turn is not None and citations else {},
        words=(request.start + words[0], request.start + words[1]),
        serial=request.serial,
        inside=_holder(library, document),
    )


def read_number(data: object, name: str) -> int | None:
    """Return a whole number that the browser sent, None if it sent none."""
    value = data.get(name) if isinstance(data, Mapping) else None
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    try:
        return int(value)
    except ValueError:
        return None


def read_text(data: object, name: str) -> str:
    """Return a text that the browser sent, "" if it sent none."""
    value = data.get(name) if isinstance(data, Mapping) else None
    return value if isinstance(value, str) else ""


def _citations(exchanges: Sequence[Exchange], request: SourceRequest) -> tuple[Citation, ...]:
    if request.turn is None or not 0 <= request.turn < len(exchanges):
        return ()
    answer = exchanges[request.turn].answer
    return answer.citations if answer else ()


def _gone(library: Library, request: SourceRequest, exchanges: Sequence[Exchange]) -> str:
    """Say why a document is not there any more: it was removed, or its file holds another one now."""
    paths = {citation.path for citation in _citations(exchanges, request) if citation.doc_id == request.doc_id}
    if any(map(library.has_file, paths)):
        return "This document has changed since, and was read again: ask again to see what it says now."
    return "This document has been removed from the library."


def _spans(citation: Citation, request: SourceRequest) -> bool:
    return (citation.doc_id, citation.start, citation.end) == (request.doc_id, request.start, request.end)


def _shown(document: Document, request: SourceRequest) -> tuple[int, int]:
    """Return the part of the text to show: the usual one, or a wider one that was asked for."""
    first, last = window(document.text, request.start, request.end)
    if request.first is not None:
        first = max(0, min(first, request.first))
    if request.last is not None:
        last = min(len(document.text), max(last, request.last))
    return first, last


def _file(library: Library, document: Document) -> tuple[str, bool]:
    """Say what became of the file since it was read, and whether its pages can be shown."""
    gone = "The file is no longer where it was; this is its text as it was indexed."
    file = library.file_of(document.path)
    try:
        modified = file.stat().st_mtime if file else None
    except OSError:
        return gone, False
    if modified is None:
        return gone, False
    if abs(modified - document.modified) > 1:
        return "The file has changed since it was indexed; this is its text as it was then.", False
    return "", has_images(document)


def _holder(library: Library, document: Document) -> str:
    """Return the name of the file that a document lies in, "" if it is a file itself."""
    file = library.file_of(document.path)
    return file.name if file and str(file) != document.path else ""


def _locate(library: Library, document: Document, span: tuple[int, int]) -> tuple[Box, ...]:
    return tuple(library.locate(document.doc_id, *span)) if span[0] < span[1] else ()
