"""What stands around cited words: a place in a document goes in, the sentences before and after it come out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from index import Document, cells_of, in_columns, split_sentences, with_row
from ui.blocks import MOST_COLUMNS
from ui.contract import Json
from ui.languages import phrase
from ui.places import page_name, page_shown, section_of

if TYPE_CHECKING:
    from index import Library
    from rag import Answer

REACH = 800  # characters on either side in which a sentence is looked for
LONGEST = 240  # characters of a sentence
LONGEST_QUOTE = 600
_CUT = "… "  # what stands before a sentence whose beginning is left out


@dataclass(frozen=True, slots=True)
class Around:
    """The sentence before cited words and the one after them, "" where there is none, and the headings above."""

    before: str
    after: str
    section: str


def surroundings(library: Library, answer: Answer) -> dict[int, Around]:
    """Return what stands around the words of each citation, by its number; a document that is gone has nothing."""
    documents = {citation.doc_id: library.find_document(citation.doc_id) for citation in answer.citations}
    found = {}
    for citation in answer.citations:
        document = documents[citation.doc_id]
        if document is not None:
            found[citation.number] = around(document, citation.start, citation.end)
    return found


def around(document: Document, start: int, end: int) -> Around:
    """Return what stands around `text[start:end]`."""
    return Around(_before(document, start), _after(document, end), section_of(document, start))


def glance(library: Library, doc_id: str, start: int, end: int) -> Json:
    """Return what is shown beside a citation: its words, what is around them, and where; or why it can't be."""
    document = library.find_document(doc_id)
    if document is None:
        return {"gone": phrase("This document is no longer in the library.")}
    if not 0 <= start <= end <= len(document.text):
        return {"gone": phrase("This place is not in the document.")}
    found = around(document, start, end)
    quote = document.text[start:end]
    return {
        "title": document.title,
        "page": page_shown(page_name(document, document.page_of(start))),
        "section": found.section,
        "before": found.before,
        "quote": quote if len(quote) <= LONGEST_QUOTE else quote[:LONGEST_QUOTE] + " …",
        "after": found.after,
        **(_in_table(found, quote) if len(quote) <= LONGEST_QUOTE else {}),
    }


def as_table(lines: Sequence[str]) -> tuple[tuple[str, ...], list[list[str]]]:
    """Return the columns and the values of lines that are rows of one table, no columns if they aren't; [] is no row.

    The first and the last line stand around the others, and may be something else.
    """
    rows = [cells_of(line)[line.startswith(_CUT) :] for line in lines]  # of what is cut the first name is cut, too
    columns: tuple[str, ...] = ()
    for row in filter(None, (*rows[1:-1], rows[0], rows[-1])):
        columns = with_row(columns, row)
        if not columns or len(columns) > MOST_COLUMNS:
            return (), []
    if not all(rows[1:-1]):
        return (), []
    values = [
        [line[cell.start : cell.end] if cell else "" for cell in in_columns(columns, row)] if row else []
        for line, row in zip(lines, rows, strict=True)
    ]
    return columns, values


def _in_table(found: Around, quote: str) -> Json:
    columns, rows = as_table([found.before, quote, found.after])
    return {"columns": list(columns), "rows": rows} if columns else {}


def _before(document: Document, start: int) -> str:
    low = max(0, start - REACH)
    spans = split_sentences(document.text, low, start)
    if not spans or _is_heading(document, *spans[-1]):
        return ""
    text = document.text[slice(*spans[-1])].strip()
    if len(text) > LONGEST:
        return _CUT + text[-LONGEST:].partition(" ")[2]
    return f"{_CUT}{text}" if spans[-1][0] == low > 0 else text


def _after(document: Document, end: int) -> str:
    high = min(len(document.text), end + REACH)
    spans = [span for span in split_sentences(document.text, end, high) if document.text[slice(*span)].strip(" .!?")]
    if not spans or _is_heading(document, *spans[0]):
        return ""
    text = document.text[slice(*spans[0])].strip()
    return text[:LONGEST].rpartition(" ")[0] + " …" if len(text) > LONGEST else text


def _is_heading(document: Document, start: int, end: int) -> bool:
    return any(heading.start < end and start < heading.end for heading in document.headings)
