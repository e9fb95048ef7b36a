"""A snapshot: the library as one question sees it from beginning to end, whatever is changed meanwhile.

How far the catalog is was asked once, when the snapshot was made; what is read after that is kept as long as the
question lasts. A document that is changed before it is read is gone like one that is deleted, so that its text and its
passages are always of one moment. `is_current` asks whether anything was changed since.
"""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from index.errors import SettingsError
from index.records import Document, Entry, Hit, Passage
from index.search.crowding import in_falling_order, is_crowded, spread
from index.search.derived import top_scores
from index.search.fusion import fuse
from index.search.indexes import Indexes
from index.search.protocol import Scores
from index.store.records import State
from index.text.names import document_name
from index.text.words import content_words, split_words

if TYPE_CHECKING:
    from index.models import Encoder

_CANDIDATES = 100  # what each search gives to the fusion: well over what is ever shown
_MORE_CANDIDATES = 1000  # and where all of these are of one document, or alike
_DOCUMENTS_IN_MEMORY = 64
_SENTENCES_IN_MEMORY = 20_000  # 30 MB of embeddings: a conversation comes back to the same passages


class Memory:
    """Documents and embeddings of sentences that questions came upon, kept for the next until something changes.

    Any number of threads may use it.
    """

    def __init__(self) -> None:
        self._documents: OrderedDict[str, Document] = OrderedDict()
        self._sentences: OrderedDict[str, NDArray[np.float32]] = OrderedDict()
        self._sequence = -1
        self._using = threading.Lock()

    def begin(self, sequence: int) -> None:
        """Forget all if it is of another moment of the catalog."""
        with self._using:
            if sequence != self._sequence:
                self._documents.clear()
                self._sentences.clear()
                self._sequence = sequence

    def document(self, sequence: int, doc_id: str) -> Document | None:
        """Return a document of that moment, if it is known."""
        with self._using:
            return self._documents.get(doc_id) if sequence == self._sequence else None

    def keep_document(self, sequence: int, document: Document) -> None:
        """Keep a document of that moment."""
        with self._using:
            if sequence == self._sequence:
                self._documents[document.doc_id] = document
                if len(self._documents) > _DOCUMENTS_IN_MEMORY:
                    self._documents.popitem(last=False)

    def sentences(self, texts: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        """Return the embeddings that are known of these texts."""
        with self._using:
            return {text: self._sentences[text] for text in texts if text in self._sentences}

    def keep_sentences(self, sequence: int, embeddings: dict[str, NDArray[np.float32]]) -> None:
        """Keep embeddings of texts of that moment."""
        with self._using:
            if sequence == self._sequence:
                self._sentences.update(embeddings)
                while len(self._sentences) > _SENTENCES_IN_MEMORY:
                    self._sentences.popitem(last=False)


class Snapshot:
    """The library at one moment, for one question and one thread; a `Searcher` makes it."""

    def __init__(self, indexes: Indexes, memory: Memory, state: State) -> None:
        self._indexes = indexes
        self._catalog = indexes.catalog
        self._words = indexes.words
        self._memory = memory
        self._sequence = state.sequence
        self._embedded = state.model is not None
        self._documents: dict[str, Document | None] = {}
        self._passages: dict[str, list[Passage]] = {}
        self._found: dict[int, Passage] = {}  # by searches, of which a question may make several
        self._embeddings: dict[int, NDArray[np.float32]] = {}
        memory.begin(self._sequence)

    @property
    def encoder(self) -> Encoder:
        """The embedding model."""
        return self._indexes.encoder

    @property
    def sequence(self) -> int:
        """The number of the last change that it knows of."""
        return self._sequence

    def is_current(self) -> bool:
        """Tell whether nothing was changed since, by this process or another."""
        return self._catalog.sequence() == self._sequence

    def now(self) -> Snapshot:
        """Return the library as it is now, to read documents in."""
        return Snapshot(self._indexes, self._memory, self._catalog.state())

    def document(self, doc_id: str) -> Document:
        """Return a whole document. Raises `SettingsError` if there is none of that id (any more)."""
        found = self.find_document(doc_id)
        if found is None:
            raise SettingsError(f"no document {doc_id!r} is indexed: `pincite list` shows what is")
        return found

    def find_document(self, doc_id: str) -> Document | None:
        """Return a whole document, or None if it was deleted or changed before it was read."""
        if doc_id not in self._documents:
            self._look_up([doc_id])
        return self._documents[doc_id]

    def holds(self, document: Document) -> bool:
        """Tell whether a document, as another snapshot has it, is in this one with the same text."""
        found = self.find_document(document.doc_id)
        return found is not None and found.text == document.text

    def passages(self, doc_id: str) -> Sequence[Passage]:
        """Return the passages of a document in their order; none if it was deleted or changed before they were read."""
        if doc_id not in self._passages:
            self._passages[doc_id] = self._catalog.passages_of(doc_id, as_of=self._sequence)
        return self._passages[doc_id]

    def entries(self) -> list[Entry]:
        """Return what is indexed and what was rejected, by path, without what was deleted or added since."""
        entries = self._catalog.entries()
        added = {change.doc_id for change in self._catalog.changes(self._sequence) if change.kind == "add"}
        return [entry for entry in entries if entry.doc_id not in added]

    def search(
        self, query: str, *, top_k: int = 10, documents: Sequence[str] = (), folders: Sequence[str] = ()
    ) -> list[Hit]:
        """Return the passages that fit `query` best, best first; fewer than `top_k` if there are fewer.

        `documents` (ids) and `folders` (paths) restrict the search to what is in any of them. A score is the fused
        one, 0 to 1; see `fusion.fuse` for what it means. Texts that say the same are left out, and what many of a
        document or many alike would crowd out comes before them; see `crowding.spread`.
        """
        if not query.strip() or top_k < 1:
            return []
        scope = self._scope(documents, folders)
        asked = frozenset(content_words(query))
        first: list[Hit] = []
        others: list[Hit] = []
        for wanted in (max(_CANDIDATES, top_k), max(_MORE_CANDIDATES, top_k)):
            found = self._candidates(query, scope, wanted)
            self._look_up(hit.passage.doc_id for hit in found[: min(top_k, _DOCUMENTS_IN_MEMORY)])
            first, others = spread(found, self._words_of, asked=asked, top_k=top_k, named=self._named)
            if len(found) < wanted or not is_crowded(found, first, top_k=top_k):
                break
        return in_falling_order([*first, *others][:top_k])

    def document_frequency(self, word: str) -> int:
        """Return how many passages hold `word`, as `split_words` gives it."""
        return self._words.document_frequency(word)

    def rarity(self, word: str) -> float:
        """Return the inverse document frequency of `word` (Robertson and Zaragoza 2009)."""
        return self._words.rarity(word)

    def embed_sentences(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return the embeddings of sentences of documents, float32 [len(texts), dimension]; those of late are kept."""
        known = self._memory.sentences(texts)
        fresh = [text for text in dict.fromkeys(texts) if text not in known]
        found = dict(zip(fresh, self.encoder.embed_passages(fresh), strict=True))
        self._memory.keep_sentences(self._sequence, found)
        return np.stack([(known | found)[text] for text in texts])

    def similarities(self, query: NDArray[np.float32], passage_ids: Sequence[int]) -> Scores:
        """Return the likeness of `query` (float32 [dimension]) to each of these passages that has an embedding.

        It is the cosine on the scale of all models, see `index.models.scale`.
        """
        if not self._embedded:
            return {}
        fresh = [i for i in passage_ids if i not in self._embeddings]
        if fresh:
            found, embeddings = self._catalog.embeddings_of(fresh)
            self._embeddings.update(zip(found.tolist(), embeddings, strict=True))
        ids = sorted({i for i in passage_ids if i in self._embeddings})
        rows = [self._embeddings[i] for i in ids]
        if not rows:
            return {}
        return top_scores(np.asarray(ids, dtype=np.int64), self.encoder.likeness(np.stack(rows) @ query))

    def _candidates(self, query: str, scope: Sequence[str] | None, wanted: int) -> list[Hit]:
        """Return what either search finds, at most `wanted` each, by the fused score."""
        lexical = self._words.search(query, top_k=wanted, doc_ids=scope)
        dense: Scores = {}
        if self._embedded:
            embedding = self.encoder.embed_query(query)
            within = None if scope is None else self._catalog.passage_ids(scope)
            nearest = self._indexes.embeddings.nearest(embedding, top_k=wanted, within=within)
            dense = self.similarities(embedding, list({*nearest.tolist(), *lexical}))
        ranked = fuse(dense, lexical)
        fresh = [i for i in ranked if i not in self._found]
        if fresh:
            passages = self._catalog.passages(fresh)  # what was deleted meanwhile is not among them
            self._found.update(passages)
            if len(passages) < len(fresh):
                self._indexes.check_whole()
        alive = [(self._found[i], score) for i, score in ranked.items() if i in self._found]
        return [Hit(passage, score, rank) for rank, (passage, score) in enumerate(alive, start=1)]

    def _look_up(self, doc_ids: Iterable[str]) -> None:
        """Read documents at once that weren't looked up yet: each by itself takes twice as long."""
        fresh = [doc_id for doc_id in dict.fromkeys(doc_ids) if doc_id not in self._documents]
        known = {doc_id: self._memory.document(self._sequence, doc_id) for doc_id in fresh}
        unknown = [doc_id for doc_id, document in known.items() if document is None]
        read = self._catalog.documents(unknown, as_of=self._sequence) if unknown else {}
        for document in read.values():
            self._memory.keep_document(self._sequence, document)
        self._documents.update(known | read)

    def _words_of(self, passage: Passage) -> list[str]:
        document = self.find_document(passage.doc_id)
        return split_words(document.text[passage.start : passage.end]) if document else []

    def _named(self, passage: Passage) -> list[str]:
        """Return the words of what stands above a passage: of its document's name, and of its headings."""
        document = self.find_document(passage.doc_id)
        return split_words(f"{document_name(document)}\n{passage.heading}") if document else []

    def _scope(self, documents: Sequence[str], folders: Sequence[str]) -> list[str] | None:
        if not documents and not folders:
            return None
        roots = [os.path.abspath(Path(folder)).rstrip(os.sep) + os.sep for folder in folders]
        within = [row.doc_id for row in self._catalog.files().values() if row.path.startswith(tuple(roots))]
        return list(dict.fromkeys([*documents, *(doc_id for doc_id in within if doc_id)]))
