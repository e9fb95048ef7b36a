"""The lexical index: BM25 over the words of the passages. The only file that imports tantivy."""

from __future__ import annotations

import math
import re
import shutil
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import numpy as np
import tantivy
from numpy.typing import NDArray

from index.catalog import Catalog
from index.derived import Scores, read_manifest, top_scores, write_manifest
from index.function_words import FUNCTION_WORDS
from index.schema import StoredPassage

_FORMAT = 1
_K1 = 1.2  # as Tantivy sets it
_WRITER_MEMORY = 64_000_000  # bytes that Tantivy's writer may use before it writes a segment
# Scripts that put no spaces between words: Thai, Lao, Khmer, Burmese, kana, han, hangul is spaced and left alone.
_UNSPACED = re.compile(
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+"
)


class LexicalIndex:
    """BM25 (Robertson and Zaragoza 2009, k1 1.2, b 0.75, as Tantivy sets them) over stemmed words."""

    def __init__(self, folder: Path, catalog: Catalog) -> None:
        self._folder = folder
        self._manifest = folder / "manifest.json"
        self._catalog = catalog
        self._schema = _schema()
        self._index: tantivy.Index | None = None
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

    def refresh(self) -> None:
        """See what the process that holds the writing lock has written."""
        manifest = read_manifest(self._manifest)
        if not self._is_ours(manifest) or not (self._folder / "meta.json").exists():
            self._index, self._sequence = None, 0
            return
        try:
            index = self._index or self._open()
            index.reload()
        except (ValueError, OSError):  # damaged: made again by the next `catch_up`
            self._index, self._sequence = None, 0
            return
        self._index, self._sequence = index, int(manifest["sequence"])

    def catch_up(self) -> None:
        """Read every change and make it durable; for the process that holds the writing lock."""
        self.refresh()
        index, sequence = self._index, self._sequence  # published when whole: others search meanwhile
        if index is None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder.mkdir(parents=True, exist_ok=True)
            index, sequence = self._open(), 0
        changes = self._catalog.changes(sequence)
        touched = dict.fromkeys(change.doc_id for change in changes if change.kind in ("add", "delete"))
        if touched:
            with index.writer(heap_size=_WRITER_MEMORY, num_threads=1) as writer:
                for doc_id in touched:  # deleted first, so that reading a change twice adds nothing twice
                    writer.delete_documents_by_term("doc_id", doc_id)
                    for stored in self._catalog.stored_passages(doc_id):
                        writer.add_document(_entry(stored))
            index.reload()
        if changes or not self._manifest.exists():
            sequence = changes[-1].sequence if changes else sequence
            write_manifest(
                self._manifest, {"format": _FORMAT, "catalog": self._catalog.catalog_id, "sequence": sequence}
            )
        self._index, self._sequence = index, sequence

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

    def _open(self) -> tantivy.Index:
        index = tantivy.Index(self._schema, path=str(self._folder))
        index.register_tokenizer("pincite", _analyzer())
        index.config_reader(reload_policy="manual")
        return index

    def _is_ours(self, manifest: Mapping[str, object]) -> bool:
        return manifest.get("format") == _FORMAT and manifest.get("catalog") == self._catalog.catalog_id


def split_words(text: str) -> list[str]:
    """Return the words of `text` as they are indexed: lower case, without accents, stemmed."""
    return [word for word in _analyzer().analyze(_spaced(text)) if word]


def content_words(query: str) -> list[str]:
    """Return the words of `query` that say what is asked, each once; all of them if there are only function words."""
    words = list(dict.fromkeys(split_words(query)))
    return [word for word in words if word not in _function_stems()] or words


@cache
def _function_stems() -> frozenset[str]:
    return frozenset(stem for word in FUNCTION_WORDS for stem in split_words(word))


@cache
def _analyzer() -> tantivy.TextAnalyzer:
    return (
        tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
        .filter(tantivy.Filter.remove_long(80))
        .filter(tantivy.Filter.lowercase())
        .filter(tantivy.Filter.ascii_fold())
        .filter(tantivy.Filter.stemmer("english"))
        .build()
    )


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("passage_id", fast=True, indexed=True)
    builder.add_text_field("doc_id", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("words", tokenizer_name="pincite", index_option="freq")
    return builder.build()


def _entry(stored: StoredPassage) -> tantivy.Document:
    entry = tantivy.Document()
    entry.add_unsigned("passage_id", stored.passage.passage_id)
    entry.add_text("doc_id", stored.passage.doc_id)
    entry.add_text("words", _spaced(stored.indexed_text))
    return entry


def _spaced(text: str) -> str:
    """Return `text` with every pair of neighbouring letters as a word of its own where the script has no spaces."""
    text = text.encode("utf-8", "replace").decode("utf-8")
    return _UNSPACED.sub(lambda run: f" {_pairs(run.group())} ", text)


def _pairs(run: str) -> str:
    return " ".join(run[i : i + 2] for i in range(max(1, len(run) - 1)))
