"""Signs that a sentence answers: sentences and what the reader makes of them go in, one row of numbers each comes out.

With a reader the signs are what it found and the question's words; without one, similarity takes its place. Which sign
counts how much is fitted by `tests/quality/fit.py`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from index import Document, Hit, Snapshot, split_words
from rag.answer.regression import Matrix
from rag.question import Question, shows_kind
from rag.reader.protocol import Reading, Span

Embedding = NDArray[np.float32]

_WORDS = (
    "coverage",  # share of the question's words that it holds
    "coverage_gap",  # to the sentence that holds most
    "coverage_gained",  # by the sentence before it, which it may lean on
    "coverage_of_passage",
    "shows_kind",  # a date, a number, a name, a place, a cause, as asked
    "lacks_kind",
    "passage_score",
    "passage_gap",  # to the best passage
    "passage_similarity",
    "first_in_passage",
    "length",  # logarithm of its words
)
SIMILARITY_SIGNS = (
    "similarity",  # cosine to the question
    "similarity_gap",  # to the most similar sentence
    *_WORDS,
)
READER_SIGNS = (
    "span",  # log-odds that some words of the sentence answer
    "span_gap",  # to the best sentence
    "relevance",  # log-odds that the passage answers
    "relevance_gap",  # to the best passage
    *_WORDS,
)
PASSAGE_SIGNS = ("score", "similarity", "coverage", "relevance", "span")
SIMILARITY_ANSWER_SIGNS = (
    "chance",
    "margin",
    "similarity",
    "coverage",
    "coverage_of_passage",
    "coverage_anywhere",
    "unknown_words",  # share of the question's words that no document holds
    "passage_score",
    "passage_similarity",
    "shows_kind",
    "lacks_kind",
)
# Few on purpose: more fitted better and did worse on a single article, where words are rare or common by chance.
READER_ANSWER_SIGNS = ("chance", "span", "most_relevance", "passage_similarity", "coverage_of_passage")
_NO_SPAN = -20.0  # log-odds of a sentence that the reader did not see


class Statement(NamedTuple):
    """A sentence that may answer: `document.text[start:end]`, in the passage of `hit`; `before` is what it follows on.

    That is the sentence before it in the passage, or the headings of the passage.
    """

    document: Document
    hit: Hit
    start: int
    end: int
    before: str

    @property
    def text(self) -> str:
        """The sentence, character for character."""
        return self.document.text[self.start : self.end]


@dataclass(frozen=True, slots=True, eq=False)
class Signs:
    """The signs of some sentences: `rows` [sentences, len(names)], and the words of each that would answer.

    `spans` are places in the document; they are None without a reader.
    """

    names: tuple[str, ...]
    rows: Matrix
    spans: Sequence[Span | None]

    @property
    def by_reader(self) -> bool:
        """True if a reader found the answering words."""
        return self.names == READER_SIGNS


def sentence_signs(
    snapshot: Snapshot, question: Question, statements: Sequence[Statement], readings: Mapping[int, Reading]
) -> Signs:
    """Return the signs of the sentences; `readings` are those of their passages by rank, or empty without a reader."""
    query = snapshot.encoder.embed_query(question.asked)
    words = _word_rows(snapshot, question, statements, query)
    if any(len(reading.places) for reading in readings.values()):
        spans = [_span_in(statement, readings) for statement in statements]
        scores = np.asarray([span.score if span else _NO_SPAN for span in spans])
        relevance = np.asarray([readings[s.hit.rank].relevance for s in statements])
        rows = np.column_stack([scores, scores.max() - scores, relevance, relevance.max() - relevance, words])
        return Signs(READER_SIGNS, rows, spans)
    similarities = (snapshot.embed_sentences([s.text for s in statements]) @ query).astype(np.float64)
    rows = np.column_stack([similarities, similarities.max() - similarities, words])
    return Signs(SIMILARITY_SIGNS, rows, [None] * len(statements))


def passage_signs(
    snapshot: Snapshot, question: Question, hits: Sequence[Hit], readings: Mapping[int, Reading]
) -> Matrix:
    """Return the signs of passages that were read, float64 [len(hits), len(PASSAGE_SIGNS)]."""
    query = snapshot.encoder.embed_query(question.asked)
    near = snapshot.similarities(query, [hit.passage.passage_id for hit in hits])
    rows = []
    for hit in hits:
        reading, document = readings[hit.rank], snapshot.find_document(hit.passage.doc_id)
        coverage = question.coverage(_passage_words(document, hit)) if document else 0.0
        best = reading.best_span(0, hit.passage.end - hit.passage.start)
        similarity = near.get(hit.passage.passage_id, 0.0)
        rows.append((hit.score, similarity, coverage, reading.relevance, best.score if best else reading.relevance))
    return np.asarray(rows, dtype=np.float64)


def answer_signs(
    snapshot: Snapshot, question: Question, statements: Sequence[Statement], signs: Signs, chances: Matrix
) -> Matrix:
    """Return the signs that there is an answer at all, float64 [signs]; `chances` are those of the sentences."""
    best = int(np.argmax(chances))
    others = np.delete(chances, best)
    sign = dict(zip(signs.names, signs.rows[best].tolist(), strict=True))
    anywhere = set[str]().union(*(split_words(statement.text) for statement in statements))
    unknown = [word for word in question.rarity if snapshot.document_frequency(word) == 0]
    sign |= {
        "chance": float(chances[best]),
        "margin": float(chances[best]) - float(others.max(initial=0.0)),
        "coverage_anywhere": question.coverage(anywhere),
        "unknown_words": len(unknown) / max(1, len(question.rarity)),
        "passage_score": max(statement.hit.score for statement in statements),
        "most_relevance": sign.get("relevance", 0.0) + sign.get("relevance_gap", 0.0),  # of the best passage
    }
    names = READER_ANSWER_SIGNS if signs.by_reader else SIMILARITY_ANSWER_SIGNS
    return np.asarray([sign[name] for name in names], dtype=np.float64)


def _word_rows(snapshot: Snapshot, question: Question, statements: Sequence[Statement], query: Embedding) -> Matrix:
    near = snapshot.similarities(query, [s.hit.passage.passage_id for s in statements])
    words = [set(split_words(s.text)) for s in statements]
    coverages = [question.coverage(held) for held in words]
    passages = {s.hit.rank: question.coverage(_passage_words(s.document, s.hit)) for s in statements}
    best_score = max(s.hit.score for s in statements)
    rows = []
    for i, (_, hit, start, _, before) in enumerate(statements):
        shows = shows_kind(statements[i].text, question.kind)
        rows.append(
            (
                coverages[i],
                max(coverages) - coverages[i],
                question.coverage(words[i] | set(split_words(before))) - coverages[i],
                passages[hit.rank],
                float(shows),
                float(question.kind != "other" and not shows),
                hit.score,
                best_score - hit.score,
                near.get(hit.passage.passage_id, 0.0),
                float(start == hit.passage.start),
                math.log(1 + len(words[i])),
            )
        )
    return np.asarray(rows, dtype=np.float64)


def _span_in(statement: Statement, readings: Mapping[int, Reading]) -> Span | None:
    """Return the words of a sentence that most likely answer, as places in the document."""
    offset = statement.hit.passage.start
    found = readings[statement.hit.rank].best_span(statement.start - offset, statement.end - offset)
    return Span(found.start + offset, found.end + offset, found.score) if found else None


def _passage_words(document: Document, hit: Hit) -> set[str]:
    passage = hit.passage
    return set(split_words(f"{document.title}\n{passage.heading}\n{document.text[passage.start : passage.end]}"))
