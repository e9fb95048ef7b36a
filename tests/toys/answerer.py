"""A toy answerer, as an example of one: it names the best document, in words of its own, and quotes it.

It is put in by `Assistant(library, answerer=BestDocument())`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from index.records import Hit
from rag.answer.protocol import Answerer, Asked
from rag.records import Answer, Citation, Sentence, Update


class BestDocument(Answerer):
    """Says of the best hit's document that it is the best; of a summary or a timeline nothing more than is there."""

    ready = True
    warning = ""

    def load(self) -> None:
        """Do nothing: there is nothing to load."""

    def answer(self, asked: Asked) -> Iterator[Update]:
        yield Update("answering", "Writing", None)
        sentences: tuple[Sentence, ...] = ()
        citations: tuple[Citation, ...] = ()
        for hit in asked.hits[:1]:  # of nothing found there is a refusal
            document, start, end = asked.snapshot.document(hit.passage.doc_id), hit.passage.start, hit.passage.end
            place = (hit.passage.page, start, end, document.text[start:end], hit.score)
            citations = (Citation(1, document.doc_id, document.path, document.title, *place),)
            words = f"After {len(asked.history)} turns {document.title} is best."
            sentences = (Sentence(words, (1,), 1.0, origin="generated"),)
        done = Answer(
            question=asked.question,
            standalone_question=asked.understood.text,
            text=" ".join(sentence.text for sentence in sentences),
            sentences=sentences,
            short_answer=None,
            citations=citations,
            hits=tuple(asked.hits),
            grounded=bool(sentences),
            confidence=float(bool(sentences)),
            differing=(),
            timings_ms=asked.clock.read(),
        )
        yield Update("done", "", done)

    def rank(self, asked: Asked) -> Sequence[Hit]:
        """Return the hits in the contrary order."""
        return [replace(hit, score=1 / rank, rank=rank) for rank, hit in enumerate(reversed(asked.hits), start=1)]
