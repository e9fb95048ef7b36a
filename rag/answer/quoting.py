"""Quotations that answer no question: places in documents go in, an answer of just these words comes out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index import Document, Hit, Snapshot, split_sentences
from rag.answer.citations import check_citations
from rag.answer.protocol import Clock
from rag.records import Answer, Citation, Sentence


@dataclass(frozen=True, slots=True)
class Quote:
    """A sentence or a heading: `document.text[start:end]`, inside of the passage of `hit`."""

    document: Document
    hit: Hit
    start: int
    end: int

    @property
    def text(self) -> str:
        """The words, character for character."""
        return self.document.text[self.start : self.end]


def quotes_of(snapshot: Snapshot, document: Document, start: int, end: int) -> Iterator[Quote]:
    """Yield what stands in `document.text[start:end]`, sentence by sentence."""
    for passage in snapshot.passages(document.doc_id):
        if passage.end <= start or passage.start >= end:
            continue
        for low, high in split_sentences(document.text, passage.start, passage.end):
            if start <= low < end and document.text[low:high].strip():
                yield Quote(document, Hit(passage, 1.0, 1), low, high)


def is_heading(quote: Quote) -> bool:
    """Tell whether a quotation is a heading, or a line that says nothing by itself."""
    marked = any(heading.start <= quote.start and quote.end <= heading.end for heading in quote.document.headings)
    return marked or not any(c.isalpha() for c in quote.text)


def quoting_answer(
    question: str, standalone: str, quotes: Sequence[Quote], snapshot: Snapshot, clock: Clock
) -> Answer | None:
    """Return the answer that consists of `quotes`, each with its citation; None if all its documents are gone."""
    now = snapshot.now()
    alive = [quote for quote in quotes if now.holds(quote.document)]
    if not alive:
        return None
    citations = tuple(_citation(number, quote) for number, quote in enumerate(alive, start=1))
    sentences = tuple(
        Sentence(" ".join(quote.text.split()), (number,), 1.0) for number, quote in enumerate(alive, start=1)
    )
    check_citations(now, sentences, citations)
    passages = {quote.hit.passage.passage_id: quote.hit.passage for quote in alive}
    return Answer(
        question=question,
        standalone_question=standalone,
        text=" ".join(sentence.text for sentence in sentences),
        sentences=sentences,
        short_answer=None,
        citations=citations,
        hits=tuple(Hit(passage, 1.0, rank) for rank, passage in enumerate(passages.values(), start=1)),
        grounded=True,
        confidence=1.0,
        differing=(),
        timings_ms=clock.read(),
    )


def _citation(number: int, quote: Quote) -> Citation:
    document = quote.document
    page = document.page_of(quote.start)
    return Citation(
        number, document.doc_id, document.path, document.title, page, quote.start, quote.end, quote.text, score=1.0
    )
