"""A toy index of words, as an example of one: a plain dict, kept as one file, and searched from end to end.

It is put in by `Library(..., engines=Engines(PlainWords, ENGINES.embeddings))`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

from index.search.derived import InFolder, read_manifest, write_fault, write_manifest
from index.search.protocol import Scores
from index.store.protocol import Catalog
from index.text.names import file_words
from index.text.words import content_words, split_words


class PlainWords(InFolder):
    """The words of each passage, by document; `InFolder` tells how large its file is, and throws it away."""

    FOLDER = "plain-words"

    def __init__(self, home: Path, catalog: Catalog) -> None:
        super().__init__(home)
        self._catalog = catalog
        self.refresh()

    def refresh(self) -> None:
        kept = read_manifest(self._manifest)  # empty if there is none or it is damaged
        ours = kept.get("catalog") == self._catalog.catalog_id
        self._documents: dict[str, list[tuple[int, list[str]]]] = kept["documents"] if ours else {}
        self.sequence: int = kept["sequence"] if ours else 0

    def catch_up(self) -> None:
        self._follow(self._documents, self.sequence)

    def rebuild(self) -> None:
        self._follow({}, 0)

    def _follow(self, known: Mapping[str, list[tuple[int, list[str]]]], sequence: int) -> None:
        """Take in the changes after `sequence`; who searches meanwhile still does so in what was known."""
        documents, changes = dict(known), self._catalog.changes(sequence)
        for doc_id in {change.doc_id for change in changes}:
            documents.pop(doc_id, None)
            paths = self._catalog.paths([doc_id]).get(doc_id, ())
            for stored in self._catalog.stored_passages([doc_id]):
                words = split_words(f"{file_words(stored.title, paths)}\n{stored.indexed_text}")
                documents.setdefault(doc_id, []).append((stored.passage.passage_id, words))
        sequence = changes[-1].sequence if changes else sequence
        try:
            self._folder.mkdir(exist_ok=True)
        except OSError as error:
            raise write_fault(self._folder, error) from error
        self._catalog.make_durable()  # nothing may be derived from what a power cut can still undo
        kept = {"catalog": self._catalog.catalog_id, "sequence": sequence, "documents": documents}
        write_manifest(self._manifest, kept)
        self._documents, self.sequence = documents, sequence

    @property
    def unreadable(self) -> bool:
        return not self.sequence and self._manifest.exists()

    def count(self) -> int:
        return sum(map(len, self._documents.values()))

    def deleted(self) -> int:
        return 0  # the file is written anew after each change

    def problems(self) -> list[str]:
        whole = read_manifest(self._manifest) or not self._manifest.exists()
        return [] if whole else [f"{self._manifest} is damaged"]

    def search(self, query: str, *, top_k: int, doc_ids: Sequence[str] | None = None) -> Scores:
        rarities = {word: self.rarity(word) for word in content_words(query)}
        most = sum(rarities.values())
        scores = {
            number: sum(rarity for word, rarity in rarities.items() if word in words) / most
            for doc_id, passages in self._documents.items()
            for number, words in (passages if most and (doc_ids is None or doc_id in doc_ids) else ())
        }
        best = sorted((number for number in scores if scores[number]), key=lambda number: (-scores[number], number))
        return {number: scores[number] for number in best[:top_k]}

    def document_frequency(self, word: str) -> int:
        return sum(word in words for passages in self._documents.values() for _, words in passages)

    def rarity(self, word: str) -> float:
        number, holding = self.count(), self.document_frequency(word)
        return math.log(1 + (number - holding + 0.5) / (holding + 0.5))
