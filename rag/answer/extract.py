"""Extraction: the best passages go in, their sentences come out, each with how likely it is to hold the answer.

The reader reads the passages; its findings, the question's words that a sentence holds, and its passage are weighed by
regressions (see `features.py`); where several sentences may answer, they are read again (see `again.py`). Without a
reader, the sentences' similarity to the question takes its place.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from index import Document, Hit, Snapshot, cells_of, split_sentences, split_words
from rag.answer.again import SURELY, read_again
from rag.answer.cells import cells_asked_for, label_share
from rag.answer.features import (
    PASSAGE_FEATURES,
    READER_ANSWER_FEATURES,
    SIMILARITY_ANSWER_FEATURES,
    Features,
    Statement,
    answer_features,
    asks_for_a_sibling,
    header_of,
    heading_words,
    is_like_heading,
    passage_features,
    sentence_features,
    span_in,
    unknown_words,
)
from rag.answer.regression import Matrix, Regression, regression
from rag.answer.spoken import spoken_logits
from rag.question import Question, has_digit
from rag.reader.protocol import Reader, Reading, Span, ToRead, read_all

PASSAGES_READ = 12  # by the reader, of the best passages: it is most of what a question costs
PASSAGES_FIRST = 3  # of these: the others are read unless one of these surely answers, or speak of the same
_SURELY = 0.7  # confidence
_ALIKE = 0.4  # share of words in common of sentences that may say the same, or the contrary
PASSAGES_COMPARED = 5  # without a reader: their sentences are embedded
_MOST_SENTENCES = 200
# What says the value of something: "Project number: 12-7", but no "Part 2: The storm".
_LABELLED = re.compile(
    r"(?!(?:part|chapter|section|step|table|figure|box|annex|appendix)\b)[^\W\d][^\d:.;\n]{2,40}: \S.{0,200}", re.I
)
_OF_LABEL = 4.0  # log-odds, of a row whose whole label is asked for and that holds all of the question
_OF_THE_UNHEARD = 0.5  # of the confidence, where no word of the question stands in any document
_OF_A_SIBLING = 0.25  # of the confidence, where what is asked for by its number is not there, and another is


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may answer: its span, the probability that it does, and the words in it that would (or None)."""

    document: Document
    hit: Hit
    start: int
    end: int
    words: frozenset[str]
    probability: float
    span: Span | None

    @property
    def text(self) -> str:
        """The sentence, character for character."""
        return self.document.text[self.start : self.end]

    @property
    def answering(self) -> str:
        """The answering words, character for character; the whole sentence if they are not known."""
        return self.document.text[self.span.start : self.span.end] if self.span else self.text


@dataclass(frozen=True, slots=True)
class Extraction:
    """What was read: the sentences, likeliest first; the hits in their new order; the probability that any answers.

    `by_reader` tells whether the reader judged them, or similarity did.
    """

    candidates: Sequence[Candidate]
    hits: tuple[Hit, ...]
    confidence: float
    by_reader: bool


def extract(
    snapshot: Snapshot, reader: Reader, question: Question, hits: Sequence[Hit], *, most: int = PASSAGES_READ
) -> Extraction:
    """Read the best of `hits`, at most `most` of them, and return what they say to `question`.

    A few are read first; if these surely answer, of the others only those that say something like it, for it may be
    the contrary, or have a row that holds as much; all where several things are asked for, or what is not. A
    candidate's probability is that of its being the sentence that answers; they add up to `confidence`.
    """
    first, others = hits[:PASSAGES_FIRST], hits[PASSAGES_FIRST:most]
    readings = read_passages(snapshot, reader, question, first)
    if readings and others:
        found = _extraction(snapshot, question, hits, readings)
        needs_more = question.wants_list or question.compared or question.negated
        if found.confidence >= _SURELY and not needs_more:
            best = found.candidates[0]
            others = _which_say_as_much(snapshot, question, others, best)
            if not others and best.probability > SURELY:
                return found
        readings |= read_passages(snapshot, reader, question, others)
    return _extraction(snapshot, question, hits, readings, again=reader)


def _which_say_as_much(snapshot: Snapshot, question: Question, hits: Sequence[Hit], best: Candidate) -> list[Hit]:
    """Return the hits that speak like the best sentence, or have a row of a table that holds as much as it does."""
    held = question.coverage(best.words | heading_words(best.document, best.hit))
    found = []
    for hit in hits:
        statements = statements_of(snapshot, [hit])
        if _speak_alike(statements, best) or _have_row_as_full(question, statements, held):
            found.append(hit)
    return found


def _speak_alike(statements: Sequence[Statement], best: Candidate) -> bool:
    """Tell whether a sentence has as many words in common with the best one, of another document, as if it said so."""
    others = (set(split_words(s.text)) for s in statements if s.document.doc_id != best.document.doc_id)
    return any(len(best.words & other) >= _ALIKE * max(len(best.words), len(other)) for other in others)


def _have_row_as_full(question: Question, statements: Sequence[Statement], held: float) -> bool:
    """Tell whether a row of a table, with what is above it, holds at least this share of what is asked."""
    rows = (s for s in statements if cells_of(s.text))
    return any(question.coverage(heading_words(s.document, s.hit).union(split_words(s.text))) >= held for s in rows)


def _extraction(
    snapshot: Snapshot,
    question: Question,
    hits: Sequence[Hit],
    readings: Mapping[int, Reading],
    again: Reader | None = None,
) -> Extraction:
    read = [hit for hit in hits if hit.rank in readings]
    statements = statements_of(snapshot, read or hits[:PASSAGES_COMPARED])
    if not readings:
        statements = [s for s in statements if not is_like_heading(s.document, s.start, s.end)]
    if not statements:
        return Extraction((), tuple(hits), 0.0, by_reader=False)
    features = sentence_features(snapshot, question, statements, readings)
    places = [(s.document.doc_id, s.start, s.end) for s in statements]
    added = spoken_logits(question.spoken_of, places, "sentence") + _label_logits(question, statements)
    probabilities = sentence_regression(features).choice(features.rows, added)
    unknown = unknown_words(question, lambda word: snapshot.document_frequency(word) > 0)
    row = answer_features(question, statements, features, probabilities, unknown)
    confidence = float(answer_regression(features).probabilities(row[None, :])[0])
    if again and readings:
        probabilities = read_again(again, question, statements, probabilities)
    order = sorted(
        range(len(statements)), key=lambda i: (-probabilities[i], statements[i].hit.rank, statements[i].start)
    )
    if asks_for_a_sibling(question, statements, order[0]):
        confidence *= _OF_A_SIBLING
    if question.is_unheard_of:
        confidence *= _OF_THE_UNHEARD
    candidates = [
        _candidate(s, float(probabilities[i]) * confidence, _answering(question, s, features.spans[i], readings))
        for i, s in ((i, statements[i]) for i in order)
    ]
    ranked = rank_hits(snapshot, question, hits, readings, confidence)
    return Extraction(candidates, ranked, confidence, by_reader=features.by_reader)


def _label_logits(question: Question, statements: Sequence[Statement]) -> Matrix:
    """Return the log-odds that are added to rows whose label is asked for, float64 [len(statements)].

    The reader makes little of rows of figures, of which a filing has hundreds. They have more, the more of the question
    such a row holds, with what stands above it.
    """
    found, above = np.zeros(len(statements)), dict[int, set[str]]()
    for i, one in enumerate(statements):
        if share := label_share(question, one.text):
            if one.hit.rank not in above:
                above[one.hit.rank] = heading_words(one.document, one.hit)
            held = above[one.hit.rank].union(split_words(one.text))
            found[i] = _OF_LABEL * share * question.coverage(held)
    return found


def read_passages(snapshot: Snapshot, reader: Reader, question: Question, hits: Sequence[Hit]) -> dict[int, Reading]:
    """Return what the reader makes of `hits`, by rank; nothing if there is no reader."""
    chosen, passages = [], []
    for hit in hits:
        document = snapshot.find_document(hit.passage.doc_id)
        if document is not None:  # not deleted since it was found
            chosen.append(hit.rank)
            passages.append(ToRead(header_of(document, hit), document.text[hit.passage.start : hit.passage.end]))
    readings = read_all(reader, question.to_read, passages)
    return dict(zip(chosen, readings, strict=True)) if readings else {}


def rank_hits(
    snapshot: Snapshot, question: Question, hits: Sequence[Hit], readings: Mapping[int, Reading], confidence: float
) -> tuple[Hit, ...]:
    """Return the hits as the reader ranks them.

    The score of a hit that was read is the probability that it is the passage that answers; the others follow in their
    order, with a share of the lowest one. Without a reader nothing changes.
    """
    read = [hit for hit in hits if hit.rank in readings]
    if not read:
        return tuple(hits)
    rows = passage_features(snapshot, question, read, readings)
    places = [(hit.passage.doc_id, hit.passage.start, hit.passage.end) for hit in read]
    spoken = spoken_logits(question.spoken_of, places, "passage")
    probabilities = regression("passage", PASSAGE_FEATURES).choice(rows, spoken)
    ranked = [
        replace(hit, score=float(probability) * confidence)
        for hit, probability in zip(read, probabilities, strict=True)
    ]
    ranked.sort(key=lambda hit: -hit.score)
    ranked += [replace(hit, score=ranked[-1].score * hit.score) for hit in hits if hit.rank not in readings]
    return tuple(replace(hit, rank=rank) for rank, hit in enumerate(ranked, start=1))


def sentence_regression(features: Features) -> Regression:
    """Return the regression that tells which sentence answers."""
    return regression("sentence_by_reader" if features.by_reader else "sentence", features.names)


def answer_regression(features: Features) -> Regression:
    """Return the regression that tells whether there is an answer."""
    if features.by_reader:
        return regression("answer_by_reader", READER_ANSWER_FEATURES)
    return regression("answer", SIMILARITY_ANSWER_FEATURES)


def statements_of(snapshot: Snapshot, hits: Sequence[Hit]) -> list[Statement]:
    """Return the sentences of `hits`, in the order of the hits; headings and questions answer nothing."""
    statements: list[Statement] = []
    for hit in hits:
        document = snapshot.find_document(hit.passage.doc_id)
        if document is None:  # deleted since it was found
            continue
        before = hit.passage.heading
        for start, end in split_sentences(document.text, hit.passage.start, hit.passage.end):
            if not _is_no_statement(document, start, end):
                statements.append(Statement(document, hit, start, end, before))
            if not cells_of(document.text[start:end]):  # a row follows on what is above the rows
                before = document.text[start:end]
    return statements[:_MOST_SENTENCES]


def _answering(
    question: Question, statement: Statement, whole: Span | None, readings: Mapping[int, Reading]
) -> Span | None:
    """Return the words of a sentence that most likely answer: `whole`, or instead of a figure the one asked for."""
    figure = whole is not None and has_digit(statement.document.text[whole.start : whole.end])
    cells = cells_asked_for(question, statement.text, figures=True) if figure else []
    places = [(statement.start + cell.start, statement.start + cell.end) for cell in cells]
    found = [(span_in(statement.hit, *place, readings), place) for place in places]
    seen = [(span.score, place) for span, place in found if span]
    if not seen:
        return whole
    score, (start, end) = max(seen)
    return Span(start, end, score)


def _candidate(statement: Statement, probability: float, span: Span | None) -> Candidate:
    document, hit, start, end, _ = statement
    return Candidate(document, hit, start, end, frozenset(split_words(statement.text)), probability, span)


def _is_no_statement(document: Document, start: int, end: int) -> bool:
    """Tell whether a line is a question or a marked heading. (What only looks like a heading is a feature.)

    Of a PDF all that is set large or bold is a heading, so "Sponsor: Ida Holm" is none.
    """
    text = document.text[start:end]
    if text.endswith("?"):
        return True
    if document.media_type == "application/pdf" and _LABELLED.fullmatch(text):
        return False
    return any((heading.start, heading.end) == (start, end) for heading in document.headings)
