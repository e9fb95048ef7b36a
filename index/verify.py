"""Verifying: checks every invariant of a library, and mends what can be made again from the catalog."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import numpy as np

from index.derived import DerivedIndex
from index.errors import PinciteError
from index.library import Library
from index.sync import embed_pending

_SAMPLE = 8  # passages whose embeddings are computed again and compared
_CLOSE_ENOUGH = 0.999  # cosine: the same text in another batch differs in the last digits


def verify(library: Library, *, repair: bool = False) -> list[str]:
    """Return what is wrong, a line each; empty if all is well.

    With `repair` the derived indexes are made again from the catalog, missing embeddings are computed, and what is
    returned is what is still wrong after that.
    """
    if repair:
        with library.writing():
            for name in ("lexical", "vectors"):
                shutil.rmtree(library.home / name, ignore_errors=True)
            library.forget_derived()
            embed_pending(library, lambda _: None)
            library.catch_up()
    library.refresh()
    return [
        *library.catalog.check(),
        *_check_documents(library),
        *_check_derived(library),
        *_check_embeddings(library),
    ]


def _check_documents(library: Library) -> Iterator[str]:
    """Spans: the passages of a document are in order, inside its text, and leave out nothing but white space."""
    for doc_id in library.catalog.unheld():
        yield f"document {doc_id} and the file that holds it don't go together: run `pincite index` again"
    for entry in library.entries():
        if not entry.doc_id:
            continue
        try:
            document = library.document(entry.doc_id)
        except PinciteError as error:
            yield f"{entry.path}: {error}"
            continue
        if len(document.text) != entry.characters:
            yield f"{entry.path}: its text has {len(document.text)} characters, the catalog says {entry.characters}"
        end = 0
        for stored in library.catalog.stored_passages(entry.doc_id):
            passage = stored.passage
            if passage.start < end or passage.end > len(document.text) or passage.start >= passage.end:
                yield f"{entry.path}: passage {passage.passage_id} overlaps or is outside the text"
            elif document.text[end : passage.start].strip():
                yield f"{entry.path}: the text before passage {passage.passage_id} is in no passage"
            end = max(end, passage.end)
        if document.text[end:].strip():
            yield f"{entry.path}: the text after its last passage is in no passage"


def _check_derived(library: Library) -> Iterator[str]:
    counts = library.counts()
    sequence = library.catalog.sequence()
    if counts.embedded != counts.passages:
        yield f"{counts.passages - counts.embedded} passages have no embedding yet: run `pincite index` again"
    yield from _check_index("lexical", library.lexical, sequence, counts.passages)
    if library.catalog.model():
        yield from _check_index("vector", library.vectors, sequence, counts.embedded)


def _check_index(name: str, index: DerivedIndex, sequence: int, passages: int) -> Iterator[str]:
    cure = "run `pincite verify --repair`"
    if index.sequence != sequence:
        yield f"the {name} index is at change {index.sequence}, the catalog at {sequence}: {cure}"
    if index.count() != passages:
        yield f"the {name} index has {index.count()} passages, the catalog {passages}: {cure}"


def _check_embeddings(library: Library) -> Iterator[str]:
    """Compute some embeddings again: those kept, those searched and the model's own must be the same."""
    if not library.catalog.model():
        return
    stored = [s for entry in library.entries()[:_SAMPLE] for s in library.catalog.stored_passages(entry.doc_id)[:1]]
    ids = [s.passage.passage_id for s in stored]
    searched = library.vectors.sample(ids)
    again = library.encoder.embed_passages([s.indexed_text for s in stored])
    for passage, embedding in zip(stored, again, strict=True):
        number = passage.passage.passage_id
        _, kept = library.catalog.embeddings(number, number)
        if not len(kept):
            continue
        if float(kept[0] @ embedding) < _CLOSE_ENOUGH:
            yield f"the embedding of passage {number} is not what the model gives: run `pincite index --rebuild`"
        if number not in searched or not np.array_equal(searched[number], kept[0]):
            yield f"the embedding of passage {number} is another one in the vector index: run `pincite verify --repair`"
