"""Verifying: checks every invariant of a library. Nothing is changed; `index.store.repair` mends."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from index.errors import DamagedError
from index.library import Library
from index.records import Entry
from index.search.protocol import DerivedIndex
from index.store.protocol import Catalog
from index.writer import Writer

_SAMPLE = 16  # passages whose embeddings are computed again and compared
_TOGETHER = 10_000  # embeddings that are read at once
_CLOSE_ENOUGH = 0.999  # cosine: the same text in another batch differs in the last digits
_AT_ONCE = 16_000_000  # bytes of a file that are searched for a trace at once
REPAIR = "run `pincite verify --repair`"


def _unheard(_: int, __: int) -> None:
    """Tell nobody how far it is."""


def verify(library: Library, *, report: Callable[[int, int], None] = _unheard) -> list[str]:
    """Return what is wrong, a line each; empty if all is well. Raises `LockedError` if another process is writing.

    `report` is told how many documents of how many are checked.
    """
    with library.writing() as writer:
        catalog = writer.catalog
        found = catalog.damage()
        if found:  # no other answer of such a file is worth having
            return found
        writer.indexes.words.refresh()
        found = [f"{line}: {REPAIR}" for line in catalog.inconsistencies()]
        try:
            entries = catalog.entries()
            for number, entry in enumerate(entries):
                report(number, len(entries))
                found += check_document(catalog, entry)
            catalog.removed()  # which checks their checksums, as here below
            for _ in catalog.all_embeddings(_TOGETHER):
                pass
            found += [*_check_derived(writer), *_check_embeddings(writer, entries)]
        except DamagedError as error:
            found.append(str(error))
        return list(dict.fromkeys(found))


def find_traces(home: Path, text: str) -> list[str]:
    """Return the files below `home` whose bytes hold `text`, as it is or in lower case, in UTF-8 or UTF-16."""
    forms = [one.encode(encoding) for one in (text, text.lower()) for encoding in ("utf-8", "utf-16-le")]
    return [str(path) for path in sorted(home.rglob("*")) if path.is_file() and _holds(path, forms)]


def _holds(path: Path, forms: Iterable[bytes]) -> bool:
    kept = b""
    with path.open("rb") as file:
        while part := file.read(_AT_ONCE):
            part = kept + part
            if any(form in part for form in forms):
                return True
            kept = part[-max(map(len, forms)) :]
    return False


def check_document(catalog: Catalog, entry: Entry) -> Iterator[str]:
    """Yield what is wrong with one document.

    Its text must be what was written; its passages in order, inside the text, and all of it but white space in one.
    """
    if not entry.doc_id:
        return
    try:
        document = catalog.document(entry.doc_id)
        stored = catalog.stored_passages([entry.doc_id])
    except DamagedError as error:
        yield f"{entry.path}: {error}"
        return
    text, end = document.text if document else "", 0
    for passage in (one.passage for one in stored):
        if passage.start < end or passage.end > len(text) or passage.start >= passage.end:
            yield f"{entry.path}: passage {passage.passage_id} overlaps or is outside the text: {REPAIR}"
        elif text[end : passage.start].strip():
            yield f"{entry.path}: the text before passage {passage.passage_id} is in no passage: {REPAIR}"
        end = max(end, passage.end)
    if text[end:].strip():
        yield f"{entry.path}: the text after its last passage is in no passage: {REPAIR}"


def _check_derived(writer: Writer) -> Iterator[str]:
    catalog = writer.catalog
    counts, sequence = catalog.counts(), catalog.sequence()
    for path in writer.store.leftovers():
        yield f"{path} is of a repair that did not come to its end: {REPAIR}"
    if catalog.has_traces():
        line = f"{catalog.name} and its log may still hold something of what was deleted"
        yield f"{line}: {REPAIR} when no other program is reading it"
    if counts.embedded != counts.passages:
        yield f"{counts.passages - counts.embedded} passages have no embedding yet: run `pincite index` again"
    for name, index, passages in writer.indexes.each():
        yield from _check_index(name, index, sequence, passages)


def _check_index(name: str, index: DerivedIndex, sequence: int, passages: int) -> Iterator[str]:
    if index.sequence != sequence:
        yield f"the {name} index is at change {index.sequence}, the catalog at {sequence}: {REPAIR}"
    if index.count() != passages:
        yield f"the {name} index has {index.count()} passages, the catalog {passages}: {REPAIR}"
    if index.deleted():
        yield f"the {name} index's files still hold something of {index.deleted()} deleted passages: {REPAIR}"
    for problem in index.problems():
        yield f"{problem}: {REPAIR}"


def _check_embeddings(writer: Writer, entries: Sequence[Entry]) -> Iterator[str]:
    """Compute some embeddings again: those kept, those searched and the model's own must be the same."""
    if not writer.catalog.model():
        return
    entries = [entry for entry in entries if entry.passages]
    chosen = random.Random(len(entries)).sample(entries, min(_SAMPLE, len(entries)))  # noqa: S311 - no secret
    stored = [writer.catalog.stored_passages([entry.doc_id])[-1] for entry in chosen]
    again = writer.encoder.embed_passages([one.indexed_text for one in stored])
    for passage, embedding in zip(stored, again, strict=True):
        number = passage.passage.passage_id
        _, kept = writer.catalog.embeddings_of([number])
        if not len(kept):
            continue
        if float(kept[0] @ embedding) < _CLOSE_ENOUGH:
            yield f"the embedding of passage {number} is not what the model gives: run `pincite index --rebuild`"
        if not writer.indexes.embeddings.agrees(number, kept[0]):
            yield f"the embedding of passage {number} is another one in the vector index: {REPAIR}"
