"""Features of sentences that may answer: what the reader makes of them goes in, one row of numbers each comes out.

With a reader they are what it found and the question's words; without one, similarity takes its place. Which feature
counts how much is fitted by `tests/quality/fit.py`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from index import Document, Hit, Snapshot, cells_of, document_name, split_words
from rag.answer.ranges import numbers_in, words_in_range
from rag.answer.regression import Matrix
from rag.question import Question, is_negated, shows_kind
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
_MISMATCHES = (
    "identifiers_missing",  # share of the question's numbers and codes that it, what it follows on and the front lack
    "other_identifier",  # it holds another of the same form instead
    "names_missing",  # share of the question's names that are in none of these, and not in the passage
    "negation_differs",  # the question asks what is not, or it says what is not, and the other doesn't
    "like_heading",  # a short line without a stop
)
SIMILARITY_FEATURES = (
    "similarity",  # likeness to the question
    "similarity_gap",  # to the most similar sentence
    *_WORDS,
)
READER_FEATURES = (
    "span",  # log-odds that some words of the sentence answer
    "span_gap",  # to the best sentence
    "evidence",  # log-odds that the sentence answers
    "evidence_gap",  # to the best sentence
    "relevance",  # log-odds that the passage answers
    "relevance_gap",  # to the best passage
    *_WORDS,
    *_MISMATCHES,
)
PASSAGE_FEATURES = ("score", "similarity", "coverage", "relevance", "span")
SIMILARITY_ANSWER_FEATURES = (
    "probability",
    "margin",
    "similarity",
    "coverage",
    "coverage_of_passage",
    "coverage_anywhere",
    "passage_score",
    "passage_similarity",
    "shows_kind",
    "lacks_kind",
)
# Few on purpose: more fitted better and did worse on a single article, where words are rare or common by chance.
READER_ANSWER_FEATURES = (
    "probability", "span", "evidence", "most_relevance", "passage_similarity", "coverage_of_passage",
    "identifiers_missing", "names_missing",
    "unknown_words",  # share of the question's words that no document holds
)  # fmt: skip
_TITLE_WORDS = 10  # a line of no more words that ends without a full stop may be a heading
_NAME_WORDS = 4  # of a document's name that are read above a row of a table
_NUMBER = re.compile(  # "Table 3: ", "Abb. A-2 | "
    r"^(?:tab|fig|abb|chart|exhibit)[^\W\d]{0,8}\.? [\w-]{0,6}\d[\w.-]{0,6}[\s.:|–-]{1,6}(?=\S)", re.I
)
_FRONT = 2000  # characters that a document begins with
NO_SPAN = -20.0  # log-odds of what the reader did not see


class Statement(NamedTuple):
    """A sentence that may answer: `document.text[start:end]`, in the passage of `hit`; `before` is what it follows on.

    That is the sentence before it in the passage, or the headings of the passage; of a row, what is above the rows.
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


def header_of(document: Document, hit: Hit) -> str:
    """Return what the reader reads above a passage: the document's name and the headings.

    It reads only the beginning. So of what begins with a row of a table it is that of the name, and the last heading,
    which may be the table's caption.
    """
    name, heading = document_name(document), hit.passage.heading
    if heading and cells_of(document.text[hit.passage.start : hit.passage.end].partition("\n")[0]):
        name = " ".join(name.split()[:_NAME_WORDS])
        heading = _NUMBER.sub("", heading.rpartition(" › ")[2])
    return " › ".join(part for part in (name, heading) if part)


@dataclass(frozen=True, slots=True, eq=False)
class Features:
    """The features of some sentences: `rows` [sentences, len(names)], and the words of each that would answer.

    `spans` are places in the document; they are None without a reader.
    """

    names: tuple[str, ...]
    rows: Matrix
    spans: Sequence[Span | None]

    @property
    def by_reader(self) -> bool:
        """True if a reader found the answering words."""
        return self.names == READER_FEATURES


def sentence_features(
    snapshot: Snapshot, question: Question, statements: Sequence[Statement], readings: Mapping[int, Reading]
) -> Features:
    """Return the features of the sentences; `readings` are of their passages by rank, or empty without a reader."""
    query = snapshot.encoder.embed_query(question.asked)
    words = _word_rows(snapshot, question, statements, query)
    if any(len(reading.places) for reading in readings.values()):
        spans = [span_in(s.hit, s.start, s.end, readings) for s in statements]
        scores = np.asarray([span.score if span else NO_SPAN for span in spans])
        evidence = np.asarray([_evidence_of(statement, readings) for statement in statements])
        relevance = np.asarray([readings[s.hit.rank].relevance for s in statements])
        judged = (value for scored in (scores, evidence, relevance) for value in (scored, scored.max() - scored))
        rows = np.column_stack([*judged, words])
        return Features(READER_FEATURES, rows, spans)
    embeddings = snapshot.embed_sentences([s.text for s in statements])
    similarities = snapshot.encoder.likeness(embeddings @ query).astype(np.float64)
    rows = np.column_stack([similarities, similarities.max() - similarities, words[:, : len(_WORDS)]])
    return Features(SIMILARITY_FEATURES, rows, [None] * len(statements))


def passage_features(
    snapshot: Snapshot, question: Question, hits: Sequence[Hit], readings: Mapping[int, Reading]
) -> Matrix:
    """Return the features of passages that were read, float64 [len(hits), len(PASSAGE_FEATURES)]."""
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


def answer_features(
    question: Question, statements: Sequence[Statement], features: Features, probabilities: Matrix, unknown: float
) -> Matrix:
    """Return the features of there being an answer, float64 [features].

    `probabilities` are the sentences', `unknown` is the share of the question's words that no document holds.
    """
    best = int(np.argmax(probabilities))
    others = np.delete(probabilities, best)
    value = dict(zip(features.names, features.rows[best].tolist(), strict=True))
    anywhere = set[str]().union(*(split_words(statement.text) for statement in statements))
    value |= {
        "probability": float(probabilities[best]),
        "margin": float(probabilities[best]) - float(others.max(initial=0.0)),
        "coverage_anywhere": question.coverage(anywhere),
        "unknown_words": unknown,
        "passage_score": max(statement.hit.score for statement in statements),
        "most_relevance": value.get("relevance", 0.0) + value.get("relevance_gap", 0.0),  # of the best passage
    }
    names = READER_ANSWER_FEATURES if features.by_reader else SIMILARITY_ANSWER_FEATURES
    return np.asarray([value[name] for name in names], dtype=np.float64)


def unknown_words(question: Question, is_held: Callable[[str], bool]) -> float:
    """Return the share of the question's words that no document holds."""
    return sum(not is_held(word) for word in question.rarity) / max(1, len(question.rarity))


def asks_for_a_sibling(question: Question, statements: Sequence[Statement], best: int) -> bool:
    """Tell whether a code, year or number that is asked for stands nowhere, and the best sentence holds one like it.

    "Who uses room 111?" is not answered by who uses room 102; nor what was spent in 2022 by the budget of 2023.
    """
    if not question.exact:
        return False
    read = {s.hit.rank: s for s in statements}
    held = set[str]().union(*(_passage_words(s.document, s.hit) for s in read.values()))
    held |= words_in_range(numbers_in(question.asked), statements[best].text)
    absent = {_form(word) for word in question.exact - held}
    one = statements[best]
    led = split_words(f"{document_name(one.document)}\n{one.before}\n{one.text}")
    return any(_form(word) in absent for word in led if word not in question.exact)


def _form(word: str) -> str:
    return re.sub(r"\d+" if "." in word else r"\d", "0", word)


def _word_rows(snapshot: Snapshot, question: Question, statements: Sequence[Statement], query: Embedding) -> Matrix:
    near = snapshot.similarities(query, [s.hit.passage.passage_id for s in statements])
    numbers = numbers_in(question.asked)
    words = [words_in_range(numbers, s.text).union(split_words(s.text)) for s in statements]
    coverages = [question.coverage(held) for held in words]
    read = {s.hit.rank: s for s in statements}
    headers = {rank: heading_words(s.document, s.hit) for rank, s in read.items()}
    held_by = {rank: headers[rank] | _own_words(s.document, s.hit) for rank, s in read.items()}
    begun = {s.document.doc_id: s.document for s in statements} if question.identifiers or question.names else {}
    fronts = {doc_id: _front_words(document) for doc_id, document in begun.items()}
    for statement, held in zip(statements, words, strict=True):
        held_by[statement.hit.rank] |= held
    passages = {rank: question.coverage(held) for rank, held in held_by.items()}
    best_score = max(s.hit.score for s in statements)
    rows = []
    for i, statement in enumerate(statements):
        hit, shows = statement.hit, shows_kind(statement.text, question.kind)
        led = words[i] | set(split_words(statement.before))
        rows.append(
            (
                coverages[i],
                max(coverages) - coverages[i],
                question.coverage(led) - coverages[i],
                passages[hit.rank],
                float(shows),
                float(question.kind != "other" and not shows),
                hit.score,
                best_score - hit.score,
                near.get(hit.passage.passage_id, 0.0),
                float(statement.start == hit.passage.start),
                math.log(1 + len(words[i])),
                *_mismatches(
                    question,
                    statement,
                    led | headers[hit.rank],
                    held_by[hit.rank],
                    fronts.get(statement.document.doc_id, frozenset()),
                ),
            )
        )
    return np.asarray(rows, dtype=np.float64)


def span_in(hit: Hit, start: int, end: int, readings: Mapping[int, Reading]) -> Span | None:
    """Return the words of `text[start:end]` that most likely answer, as places in the document of `hit`."""
    offset = hit.passage.start
    found = readings[hit.rank].best_span(start - offset, end - offset)
    return Span(found.start + offset, found.end + offset, found.score) if found else None


def _evidence_of(statement: Statement, readings: Mapping[int, Reading]) -> float:
    offset = statement.hit.passage.start
    found = readings[statement.hit.rank].evidence_of(statement.start - offset, statement.end - offset)
    return NO_SPAN if found is None else found


def _mismatches(
    question: Question, statement: Statement, near: Set[str], passage: Set[str], front: Set[str]
) -> tuple[float, ...]:
    """Return what the question names and a sentence lacks; `near` are its words, its headings' and those before it.

    What the document begins with (`front`) says what all of it is about, if the sentence has no other of the form.
    """
    missing = question.identifiers - near
    forms = {_form(word) for word in missing}
    own = {word for word in split_words(statement.text) if word not in question.identifiers}
    other = any(_form(word) in forms for word in own if any(c.isdigit() for c in word))
    if not other:
        missing -= front
    nameless = question.names - near - passage - front
    return (
        len(missing) / max(1, len(question.identifiers)),
        float(other),
        len(nameless) / max(1, len(question.names)),
        float(question.negated != is_negated(statement.text) and question.negated),
        float(is_like_heading(statement.document, statement.start, statement.end)),
    )


def is_like_heading(document: Document, start: int, end: int) -> bool:
    """Tell whether a line of plain text may be a heading: short, and without a stop, a number or a label."""
    text = document.text[start:end]
    if document.media_type != "text/plain" or len(text.split()) > _TITLE_WORDS:
        return False
    if text.endswith((".", "!", "…", "。", "！", '"', "”")) or text.startswith(("-", "*", "•")):
        return False
    return not any(c.isdigit() or c in ":;|" for c in text)


def _passage_words(document: Document, hit: Hit) -> set[str]:
    return heading_words(document, hit) | _own_words(document, hit)


def _own_words(document: Document, hit: Hit) -> set[str]:
    return set(split_words(document.text[hit.passage.start : hit.passage.end]))


def _front_words(document: Document) -> set[str]:
    """Return the words of what a document begins with, but for rows of tables: these are each about something else."""
    lines = document.text[:_FRONT].split("\n")
    return set(split_words("\n".join(line for line in lines if not cells_of(line))))


def heading_words(document: Document, hit: Hit) -> set[str]:
    """Return the words of what stands above a passage: its document's name and the headings."""
    return set(split_words(f"{document_name(document)}\n{hit.passage.heading}"))
