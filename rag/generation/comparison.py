"""Comparisons: what each of several says is asked for one at a time, so that nothing is said of the wrong one.

Each sentence is checked against the passages of the one that it is said of, and of no other.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import NamedTuple

from index import Document, Hit, document_name
from rag.answer.protocol import Asked
from rag.generation.prompt import passages_of
from rag.generation.speaking import Speaker
from rag.generation.writing import Writing

_HITS = 6  # of a side
MOST_SIDES = 4
_TASK = "What do these passages say of {title}, to answer this question? At most three short sentences. ({question})"


class Side(NamedTuple):
    """One of what is compared: what it is called, and the passages that speak of it."""

    title: str
    hits: Sequence[Hit]


def sides_of(asked: Asked) -> list[Side]:
    """Return what a question compares: two things, or the documents that it names; nothing if it compares nothing."""
    search, question = asked.snapshot.search, asked.understood
    found = []
    if len(asked.named) > 1:
        documents = [asked.snapshot.find_document(doc_id) for doc_id in asked.named[:MOST_SIDES]]
        for document in sorted(filter(None, documents), key=lambda one: _place(one, asked.question)):
            hits = search(question.asked, top_k=_HITS, documents=[document.doc_id])
            found.append(Side(document_name(document), hits))
    elif question.compared:
        for thing, part in zip(question.compared, question.parts, strict=False):
            hits = search(part, top_k=_HITS, documents=asked.documents, folders=asked.folders)
            found.append(Side(thing, hits))
    return found if len(found) > 1 and all(side.hits for side in found) else []


def compare(speaker: Speaker, writing: Writing, sides: Sequence[Side]) -> Generator[str, None, None]:
    """Have each side told, and yield what is going on. Raises `PinciteError` for whatever goes wrong."""
    writing.compare()
    for number, side in enumerate(sides, start=1):
        writing.begin(side.hits, side.title)
        task = _TASK.format(title=side.title, question=writing.found.question)
        said = f"Reading what is said of {side.title} ({number} of {len(sides)})"
        yield from speaker.tell(writing, task, passages_of(writing.asked.snapshot, side.hits), said=said)
        if writing.is_over:
            return


def _place(document: Document, question: str) -> int:
    """Return where a question names a document: those that it names in other words come last."""
    at = question.casefold().find(document_name(document).casefold().partition(".")[0])
    return at if at >= 0 else len(question)
