"""The lexical index: BM25 over the words of the passages. The only file that imports tantivy."""

from __future__ import annotations

import hashlib
import math
import secrets
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import tantivy
from numpy.typing import NDArray

from index.search.derived import InFolder, batched, read_manifest, top_scores, write_fault, write_manifest
from index.search.protocol import Scores
from index.store.protocol import Catalog
from index.store.records import StoredPassage
from index.text.names import file_words
from index.text.words import analyzer, content_words, spaced

_FORMAT = 8
_K1 = 1.2  # as Tantivy sets it
_WRITER_MEMORY = 64_000_000  # bytes that Tantivy's writer may use before it writes a segment
_DOCUMENTS_AT_ONCE = 100  # that are read from the catalog at once
_META = "meta.json"  # Tantivy's list of its files, the only one that is ever written over


class LexicalIndex(InFolder):
    """BM25 (Robertson and Zaragoza 2009, k1 1.2, b 0.75, as Tantivy sets them) over stemmed words.

    The manifest names the folder in which Tantivy's files are, and their digests. An index that is made anew is made in
    another one, and takes the old one's place when it is whole; people search the old one until then.
    """

    FOLDER = "lexical"

    def __init__(self, home: Path, catalog: Catalog) -> None:
        super().__init__(home)
        self._catalog = catalog
        self._schema = _schema()
        self._index: tantivy.Index | None = None
        self._within = ""
        self._files: dict[str, str] = {}
        self._sequence = 0
        self.refresh()

    @property
    def sequence(self) -> int:
        """The sequence number up to which it has read the change log."""
        return self._sequence

    def count(self) -> int:
        """Return how many passages are in it."""
        index = self._index
        return int(index.searcher().num_docs) if index else 0

    @property
    def unreadable(self) -> bool:
        """True if it is there, but damaged, or just being written: then nothing is found."""
        return self._index is None and self._manifest.exists()

    def refresh(self) -> None:
        """See what the process that holds the writing lock has written.

        While that process is between writing Tantivy's files and publishing them, what was seen before is kept.
        """
        manifest = read_manifest(self._manifest)
        if not self._is_ours(manifest) or not (self._take(manifest) or self._within == manifest["folder"]):
            self._index, self._within, self._files, self._sequence = None, "", {}, 0

    def _take(self, manifest: Mapping[str, Any]) -> bool:
        """Search from now on what the manifest names, unless it is damaged, or not (any more) what was published."""
        within, files = Path(str(manifest["folder"])).name, dict(manifest["files"])
        folder = self._folder / within
        try:
            if not _is_published(folder, files):
                return False
            index = self._index if within == self._within else None
            if index is None:
                if damaged_files(folder, files):
                    return False
                index = self._open(within)
            index.reload()
            if not _is_published(folder, files):
                return False
        except (ValueError, OSError):
            return False
        self._index, self._within, self._files, self._sequence = index, within, files, int(manifest["sequence"])
        return True

    def catch_up(self) -> None:
        """Read every change and make it durable; for the process that holds the writing lock.

        Raises `HomeError` if it can't be written.
        """
        manifest = read_manifest(self._manifest)
        if not self._is_ours(manifest) or not self._take(manifest) or self._index is None:
            self.rebuild()
            return
        changes = self._catalog.changes(self._sequence)
        deleted = int(manifest["deleted"])
        touched = dict.fromkeys(change.doc_id for change in changes if change.doc_id and change.kind != "embed")
        if touched:
            self._clear_away()  # so that what is there after writing is Tantivy's
            deleted += self._write(self._index, touched)
        if changes:
            self._publish(self._index, self._within, changes[-1].sequence, deleted)
        self._clear_away()
        if self.count() != self._catalog.passage_count():
            self.rebuild()

    def rebuild(self) -> None:
        """Make it anew from the catalog, with no trace of what was deleted; for the process that holds the lock.

        Raises `HomeError` if it can't be written.
        """
        sequence = self._catalog.sequence()
        within = f"{sequence}-{secrets.token_hex(4)}"
        with _faults(self._folder):
            (self._folder / within).mkdir(parents=True)
            index = self._open(within)
        self._write(index, self._catalog.document_ids())
        self._publish(index, within, sequence, 0)
        self._clear_away()

    def deleted(self) -> int:
        """Return how many deleted passages may have left words in the files, or a part in the statistics of words."""
        return int(read_manifest(self._manifest).get("deleted", 0))

    def problems(self) -> list[str]:
        """Return which of its files are not as they were written, and which belong to none."""
        within = self._folder / self._within
        damaged = [within / name for name in damaged_files(within, self._files)] if self._within else []
        return [
            *(f"{path} belongs to no index" for path in self._leftovers()),
            *(f"{path} is damaged" for path in damaged),
        ]

    def _leftovers(self) -> list[Path]:
        """Return the files and folders in its folder that are not a part of it."""
        ours = {self._within, self._manifest.name}
        beside = [path for path in self._folder.glob("*") if path.name not in ours]
        within = _files(self._folder / self._within) if self._within else ()
        return sorted([*beside, *(path for path in within if path.name not in self._files)])

    def _write(self, index: tantivy.Index, doc_ids: Iterable[str]) -> int:
        """Put in what the catalog has of these documents, and nothing else of them; return how many passages left."""
        before, added = int(index.searcher().num_docs), 0
        with _faults(self._folder), index.writer(heap_size=_WRITER_MEMORY, num_threads=1) as writer:
            for part in batched(doc_ids, _DOCUMENTS_AT_ONCE):
                for doc_id in part if before else ():  # so that reading a change twice adds nothing twice
                    writer.delete_documents_by_term("doc_id", doc_id)
                paths = self._catalog.paths(part)
                for stored in self._catalog.stored_passages(part):
                    names = file_words(stored.title, paths.get(stored.passage.doc_id, ()))
                    writer.add_document(_entry(stored, names))
                    added += 1
        index.reload()
        return before + added - int(index.searcher().num_docs)

    def _publish(self, index: tantivy.Index, within: str, sequence: int, deleted: int) -> None:
        """Make the state after `sequence` the one that is found by all, in one step."""
        self._catalog.make_durable()
        files = {path.name: self._files.get(path.name, "") for path in _files(self._folder / within)}
        files |= {name: _digest(self._folder / within / name) for name in files if name == _META or not files[name]}
        manifest = {
            "format": _FORMAT,
            "catalog": self._catalog.catalog_id,
            "sequence": sequence,
            "folder": within,
            "files": files,
            "deleted": deleted,
        }
        write_manifest(self._manifest, manifest)
        self._index, self._within, self._files, self._sequence = index, within, files, sequence

    def _clear_away(self) -> None:
        for old in self._leftovers():
            if old.is_dir():
                shutil.rmtree(old, ignore_errors=True)
            else:
                old.unlink(missing_ok=True)

    def search(self, query: str, *, top_k: int, doc_ids: Sequence[str] | None = None) -> Scores:
        """Return the scores of the `top_k` best passages by number, best first; of `doc_ids` only, if given.

        A score is the BM25 score as a share, 0 to 1, of what a passage full of the query's words could reach at most
        (each word's idf times k1 + 1), so that it means the same for every query.
        """
        words, index = content_words(query), self._index
        if index is None or not words or top_k < 1:
            return {}
        wanted = [
            (tantivy.Occur.Should, tantivy.Query.term_query(self._schema, "words", word, "freq")) for word in words
        ]
        found = tantivy.Query.boolean_query(wanted)
        if doc_ids is not None:
            within = tantivy.Query.const_score_query(
                tantivy.Query.term_set_query(self._schema, "doc_id", list(doc_ids)), 0.0
            )
            found = tantivy.Query.boolean_query([(tantivy.Occur.Must, found), (tantivy.Occur.Must, within)])
        searcher = index.searcher()
        hits = searcher.search(found, limit=top_k, count=False).hits
        numbers = searcher.fast_field_values("passage_id", [address for _, address in hits])
        ids: NDArray[np.int64] = np.asarray(numbers, dtype=np.int64)
        most = sum(self.rarity(word) for word in words) * (_K1 + 1)
        return top_scores(ids, np.asarray([score / most for score, _ in hits], dtype=np.float32))

    def rarity(self, word: str) -> float:
        """Return the inverse document frequency of a word, as `split_words` gives it: ln(1 + (N-n+0.5)/(n+0.5))."""
        number, holding = self.count(), self.document_frequency(word)
        return math.log(1 + (max(number, holding) - holding + 0.5) / (holding + 0.5))

    def document_frequency(self, word: str) -> int:
        """Return how many passages hold `word`, as `split_words` gives it."""
        index = self._index
        return int(index.searcher().doc_freq("words", word)) if index else 0

    def _open(self, within: str) -> tantivy.Index:
        index = tantivy.Index(self._schema, path=str(self._folder / within))
        index.register_tokenizer("pincite", analyzer())
        index.config_reader(reload_policy="manual")
        return index

    def _is_ours(self, manifest: Mapping[str, object]) -> bool:
        return manifest.get("format") == _FORMAT and manifest.get("catalog") == self._catalog.catalog_id


def damaged_files(folder: Path, files: Mapping[str, str]) -> list[str]:
    """Return the names of Tantivy's `files` (with their digests) that are not in `folder` as they were written."""
    return [name for name, digest in files.items() if not (folder / name).is_file() or _digest(folder / name) != digest]


def _is_published(folder: Path, files: Mapping[str, str]) -> bool:
    """Tell whether Tantivy's files are the published ones, by their list and their names alone."""
    names = {path.name for path in _files(folder)}
    return files.keys() <= names and _META in files and _digest(folder / _META) == files[_META]


def _files(folder: Path) -> Iterator[Path]:
    return folder.glob("[!.]*")  # without its locks, and what it may throw away


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def _faults(folder: Path) -> Iterator[None]:
    """Raise what Tantivy raises when it can't write as an error that says so."""
    try:
        yield
    except (OSError, ValueError) as error:
        raise write_fault(folder, error) from error


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("passage_id", fast=True, indexed=True)
    builder.add_text_field("doc_id", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("words", tokenizer_name="pincite", index_option="freq")
    return builder.build()


def _entry(stored: StoredPassage, names: str) -> tantivy.Document:
    entry = tantivy.Document()
    entry.add_unsigned("passage_id", stored.passage.passage_id)
    entry.add_text("doc_id", stored.passage.doc_id)
    entry.add_text("words", spaced(f"{names}\n{stored.indexed_text}"))
    return entry
