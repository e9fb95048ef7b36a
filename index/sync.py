"""Syncing: files and folders go in; afterwards the library holds exactly what is in them now.

First every new text is read and can be found by its words, then the passages are embedded. Each document, and each
batch of embeddings, is one transaction: what was done is done, and a stopped run goes on where it was.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from index.errors import DocumentRejectedError, SettingsError
from index.library import Library, absolute
from index.passages import MAX_TOKENS, Draft, split_document
from index.readers import READABLE_SUFFIXES, identify, read_document
from index.records import Document
from index.schema import FileRow

_EMBED_AT_ONCE = 128  # passages a transaction: some seconds of work at the most are done again after a crash
_SEARCHABLE_AFTER = 1.0  # seconds after which new texts can be found while others are still being read
_HEADING_TOKENS = 50  # what title and headings may add to a passage's tokens


@dataclass(frozen=True, slots=True)
class SyncProgress:
    """How far a sync is: `done` of `total` files while reading, passages while embedding."""

    stage: Literal["reading", "embedding"]
    done: int
    total: int
    path: str


@dataclass(frozen=True, slots=True)
class Rejected:
    """A file that could not be read, with the reason and the cure."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What a sync did. `indexed`, `unchanged` and `removed` count documents, `passages` those that are new."""

    indexed: int
    unchanged: int
    removed: int
    rejected: tuple[Rejected, ...]
    passages: int
    seconds: float


Report = Callable[[SyncProgress], None]


def sync(library: Library, paths: Sequence[Path], *, progress: Report | None = None) -> SyncReport:
    """Bring `library` in line with these files and folders.

    Files that are gone from a folder, or were named and are gone, are removed. Raises `SettingsError` if none of the
    paths exists, or there is nothing in them and nothing was, before anything is changed.
    """
    started = time.monotonic()
    report = progress or _silent
    _check_names(paths)
    with library.writing():
        known = library.catalog.files()
        home = absolute(library.home)  # may lie in a folder that is synced, and is no document
        wanted, unreadable = _files_in(paths)
        wanted = [path for path in wanted if not path.is_relative_to(home)]
        missing = [Rejected(str(p), "no such file or folder: check the spelling") for p in paths if not p.exists()]
        gone = _gone(known, paths, {str(path) for path in wanted}, unreadable)
        _check_something_to_do(paths, wanted, gone)
        before = library.catalog.sequence()
        indexed, unchanged, rejected = _read_all(library, wanted, known, report)
        removed = library.catalog.remove_files(gone)
        for path in paths:
            if path.is_dir():
                library.catalog.add_root(str(absolute(path)))
        library.lexical.catch_up()
        embed_pending(library, report)
        library.catch_up()
        added = [change for change in library.catalog.changes(before) if change.kind == "add"]
        passages = sum(change.last - change.first + 1 for change in added)
    seconds = round(time.monotonic() - started, 3)
    return SyncReport(indexed, unchanged, removed, tuple(missing + unreadable + rejected), passages, seconds)


def add_documents(library: Library, documents: Iterable[Document], *, progress: Report | None = None) -> int:
    """Add documents that are no files, such as a data set's, each under its own id; return how many were new."""
    added = 0
    with library.writing():
        for document in documents:
            if not library.catalog.has_document(document.doc_id):
                _add(library, document)
                added += 1
        library.lexical.catch_up()
        embed_pending(library, progress or _silent)
        library.catch_up()
    return added


def rebuild(library: Library, *, progress: Report | None = None) -> None:
    """Split and embed every document again, with the model that the library has now."""
    with library.writing():
        library.catalog.set_model(library.encoder.model_id, library.encoder.digest)
        doc_ids = dict.fromkeys(entry.doc_id for entry in library.entries() if entry.doc_id)
        for doc_id in doc_ids:
            document = library.document(doc_id)
            library.catalog.replace_passages(document, _split(library, document))
        library.forget_derived()
        library.lexical.catch_up()
        embed_pending(library, progress or _silent)
        library.catch_up()


def embed_pending(library: Library, report: Report) -> None:
    """Embed every passage that has no embedding yet, identical texts once; the writing lock must be held."""
    counts = library.catalog.counts()
    done, total = counts.embedded, counts.passages
    if done == total:
        return
    if not library.catalog.model():
        library.catalog.set_model(library.encoder.model_id, library.encoder.digest)
    after = 0
    while pending := library.catalog.unembedded(_EMBED_AT_ONCE, after=after):
        report(SyncProgress("embedding", done, total, ""))
        texts = {key: stored.indexed_text for key, stored in pending}
        embeddings = library.encoder.embed_passages(list(texts.values()))
        numbers = [stored.passage.passage_id for _, stored in pending]
        library.catalog.add_embeddings(list(texts), embeddings, numbers[0], numbers[-1])
        done += len(pending)
        after = numbers[-1]
    report(SyncProgress("embedding", total, total, ""))


def _read_all(
    library: Library, wanted: Sequence[Path], known: dict[str, FileRow], report: Report
) -> tuple[int, int, list[Rejected]]:
    indexed = unchanged = 0
    rejected: list[Rejected] = []
    searchable = time.monotonic()
    for done, path in enumerate(wanted):
        report(SyncProgress("reading", done, len(wanted), str(path)))
        try:
            changed = _sync_file(library, path, known)
        except DocumentRejectedError as error:
            rejected.append(Rejected(str(path), str(error)))
            continue
        indexed += changed
        unchanged += not changed
        if time.monotonic() - searchable > _SEARCHABLE_AFTER:
            library.lexical.catch_up()
            searchable = time.monotonic()
    report(SyncProgress("reading", len(wanted), len(wanted), ""))
    return indexed, unchanged, rejected


def _sync_file(library: Library, path: Path, known: dict[str, FileRow]) -> bool:
    """Bring one file up to date; tell whether its content was new to the library."""
    name = str(path)
    if not _is_unicode(name):  # which the catalog can't hold
        raise DocumentRejectedError("its name is not Unicode: rename it")
    old = known.get(name)
    try:
        identity = identify(path)
        if library.catalog.has_document(identity.doc_id):
            if not (old and old.doc_id == identity.doc_id):  # renamed, or the same content a second time
                library.catalog.put_file(FileRow(name, identity.sha256, identity.doc_id, identity.modified, ""))
            return False
        document = read_document(path)  # which may have been changed in between: only what was read now counts
        if library.catalog.has_document(document.doc_id):
            library.catalog.put_file(FileRow(name, document.sha256, document.doc_id, document.modified, ""))
            return False
        _add(library, document)
    except DocumentRejectedError as error:
        rejected = FileRow(name, "", None, 0.0, str(error))
        if old != rejected:
            library.catalog.put_file(rejected)
        raise
    return True


def _add(library: Library, document: Document) -> None:
    file = FileRow(document.path, document.sha256, document.doc_id, document.modified, "")
    library.catalog.add_document(document, _split(library, document), file)


def _split(library: Library, document: Document) -> list[Draft]:
    limit = min(MAX_TOKENS, library.encoder.max_tokens - _HEADING_TOKENS)
    return split_document(document, library.encoder.count_tokens, max_tokens=limit)


def _files_in(paths: Sequence[Path]) -> tuple[list[Path], list[Rejected]]:
    """Return every file once, in order of path, and the folders that can't be read.

    Hidden files and editors' lock files in a folder are passed over.
    """
    found: set[Path] = set()
    unreadable: list[Rejected] = []

    def note(error: OSError) -> None:
        reason = f"the folder can't be read ({error.strerror}): check its rights; what is indexed of it stays"
        unreadable.append(Rejected(str(error.filename), reason))

    for path in paths:
        if path.is_dir():
            for folder, folders, names in os.walk(absolute(path), onerror=note):
                folders[:] = [name for name in folders if not name.startswith(".")]
                found.update(Path(folder, name) for name in names if not name.startswith((".", "~$")))
        elif path.exists():
            found.add(absolute(path))
    return sorted(found), unreadable


def _gone(
    known: dict[str, FileRow], paths: Sequence[Path], wanted: set[str], unreadable: Sequence[Rejected]
) -> list[str]:
    """Return the known files that stood in one of the folders, or were named themselves, and are no more."""
    roots = _as_prefixes(str(absolute(path)) for path in paths if path.is_dir())
    unknown = _as_prefixes(rejected.path for rejected in unreadable)
    named = {str(absolute(path)) for path in paths if not path.exists()}
    return [
        path
        for path in known
        if path not in wanted and (path in named or path.startswith(roots)) and not path.startswith(unknown)
    ]


def _as_prefixes(folders: Iterable[str]) -> tuple[str, ...]:
    return tuple(folder.rstrip(os.sep) + os.sep for folder in folders)


def _check_names(paths: Sequence[Path]) -> None:
    for path in paths:
        if not _is_unicode(str(absolute(path))):
            raise SettingsError(f"{path}: its name is not Unicode: rename it")


def _is_unicode(name: str) -> bool:
    return name.encode("utf-8", "replace").decode("utf-8") == name


def _check_something_to_do(paths: Sequence[Path], wanted: Sequence[Path], gone: Sequence[str]) -> None:
    if wanted or gone:
        return
    names = ", ".join(str(path) for path in paths)
    if not any(path.exists() for path in paths):
        cure = "check the spelling, or take what was indexed of it out with `pincite remove`"
        raise SettingsError(f"{names}: no such file or folder: {cure}")
    formats = ", ".join(sorted(READABLE_SUFFIXES))
    raise SettingsError(f"{names}: nothing to index: put documents there ({formats})")


def _silent(_: SyncProgress) -> None:
    """Report nothing."""
