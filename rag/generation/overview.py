"""Overviews: documents go in, what a model reads of them part by part and then together comes out, within a bound.

What it says of each part is checked, and only what the documents support is told to it again, as notes of which it
makes the whole. Until that is there the sentences of the parts stand for it.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from index import Document, Hit, Snapshot, document_name
from rag.answer.protocol import Overview
from rag.generation.prompt import Passage, passage_of, read_prompt
from rag.generation.speaking import Speaker
from rag.generation.streaming import while_waiting
from rag.generation.writing import Writing

MOST_PARTS = 12  # that are read; of more documents and parts, the first ones
SENTENCES, MOST_SENTENCES = 6, 20
_OF_PART = 4  # sentences
_FULL = 0.9  # of what a model reads, since characters only tell about how many tokens a part is
_SAMPLE = 3000  # characters that are counted to know how many a token has
_ABOVE = 120  # characters of what stands above a passage
_PART = (
    "Summarize these passages, which are part {number} of {of} of what is to be summarized, in at most {sentences} "
    "short sentences: what matters most in them. ({question})"
)
_WHOLE = "Summarize these passages in at most {sentences} short sentences, what matters most first. ({question})"


@dataclass(frozen=True, slots=True)
class Part:
    """What a model reads at a time of one document."""

    document: Document
    hits: tuple[Hit, ...]

    @property
    def passages(self) -> list[Passage]:
        """The passages as the model gets them."""
        return [passage_of(self.document, hit) for hit in self.hits]


def summarize(speaker: Speaker, writing: Writing, snapshot: Snapshot, wanted: Overview) -> Generator[str, None, None]:
    """Have documents summarized, and yield what is going on. Raises `PinciteError` for whatever goes wrong."""
    said = "Asking the language model"
    yield said
    characters = yield from while_waiting(lambda: _characters(speaker, wanted.documents), said)
    parts = parts_of(snapshot, wanted.documents, characters=characters)
    chosen = _first_of_each(parts)[:MOST_PARTS]
    chosen = [part for part in parts if part in chosen]
    question, sentences = writing.found.question, min(wanted.sentences or SENTENCES, MOST_SENTENCES)
    notes: list[Passage] = []
    if len(chosen) > 1:
        notes = yield from _read_parts(speaker, writing, chosen)
    if len(parts) > len(chosen):
        writing.change(note=f"of {len(parts)} parts the first {len(chosen)} were read")
    if wanted.of > len(wanted.documents):
        writing.change(note=f"of {wanted.of:,} documents {len(wanted.documents)} were read")
    told = notes if len(chosen) > 1 else chosen[0].passages if chosen else []
    if not told:
        return
    kept = writing.restart()
    writing.begin([hit for part in chosen for hit in part.hits])
    task = _WHOLE.format(sentences=sentences, question=question)
    try:
        yield from speaker.tell(writing, task, told)
    finally:
        if kept.sentences and not writing.supported:
            writing.restore(kept)  # what was said of the parts is better than nothing


def _read_parts(speaker: Speaker, writing: Writing, chosen: Sequence[Part]) -> Generator[str, None, list[Passage]]:
    """Have each part summarized, and return what the documents support of that."""
    notes: list[Passage] = []
    for number, part in enumerate(chosen, start=1):
        name = document_name(part.document)
        of_document = [one for one in chosen if one.document is part.document]
        place = f", part {of_document.index(part) + 1} of {len(of_document)}" if len(of_document) > 1 else ""
        writing.begin(part.hits, f"{name}{place}")
        task = _PART.format(number=number, of=len(chosen), sentences=_OF_PART, question=writing.found.question)
        said = f"Reading part {number} of {len(chosen)}"
        yield from speaker.tell(writing, task, part.passages, said=said)
        if writing.is_over:
            return []
        if supported := writing.supported:
            notes.append(Passage(name, place.strip(", "), " ".join(supported)))
    return notes


def parts_of(snapshot: Snapshot, documents: Sequence[Document], *, characters: int) -> list[Part]:
    """Return the parts of documents, each of whole passages with about so many characters, in their order."""
    parts = []
    for document in documents:
        hits: list[Hit] = []
        room = characters
        for passage in snapshot.passages(document.doc_id):
            length = passage.end - passage.start + _ABOVE
            if hits and length > room:
                parts.append(Part(document, tuple(hits)))
                hits, room = [], characters
            hits.append(Hit(passage, 1.0, len(hits) + 1))
            room -= length
        if hits:
            parts.append(Part(document, tuple(hits)))
    return parts


def _first_of_each(parts: Sequence[Part]) -> list[Part]:
    """Return the first part of each document, then the second of each, and so on."""
    by_document: dict[str, list[Part]] = {}
    for part in parts:
        by_document.setdefault(part.document.doc_id, []).append(part)
    return [part for row in zip_longest(*by_document.values()) for part in row if part]


def _characters(speaker: Speaker, documents: Sequence[Document]) -> int:
    """Return how many characters of these documents a model reads at a time."""
    most, _ = speaker.room()
    sample = documents[0].text[:_SAMPLE] if documents else ""
    a_token = len(sample) / max(1, speaker.about.count(sample)) if sample else 1.0
    return max(1, int(_FULL * a_token * (most - speaker.about.count(read_prompt(speaker.use.prompt)))))
