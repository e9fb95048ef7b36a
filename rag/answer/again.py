"""Reading again: where several sentences may answer, each goes to the reader alone, and is weighed anew.

In a passage of a dozen sentences the reader sees the right one less clearly than by itself, with the one before it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rag.answer.features import NO_SPAN, Statement, header_of
from rag.answer.regression import Matrix, regression
from rag.question import Question
from rag.reader.protocol import Reader, Reading, ToRead, read_all

AGAIN_FEATURES = (
    "logit",  # logarithm of the probability before
    "relevance",  # log-odds that the sentence, with the one before it, answers
    "span",  # log-odds that some words of it answer
    "evidence",  # log-odds that it answers
)
READ_AGAIN = 6  # of the likeliest sentences
SURELY = 0.6  # the likeliest one is, among them


def read_again(reader: Reader, question: Question, statements: Sequence[Statement], probabilities: Matrix) -> Matrix:
    """Return the probabilities of the sentences after the likeliest were read once more; the sum of theirs stays.

    They are returned as they are where one is sure already, or the reader doesn't read.
    """
    if probabilities.max() > SURELY or len(statements) < 2:
        return probabilities
    likeliest = np.argsort(-probabilities, kind="stable")[:READ_AGAIN]
    rows = again_rows(reader, question, [statements[i] for i in likeliest], probabilities[likeliest])
    if rows is None:
        return probabilities
    chosen = regression("sentence_again", AGAIN_FEATURES).choice(rows)
    weighed = probabilities.copy()
    weighed[likeliest] = chosen * probabilities[likeliest].sum()
    return weighed


def again_rows(
    reader: Reader, question: Question, statements: Sequence[Statement], probabilities: Matrix
) -> Matrix | None:
    """Return the features of sentences that are read by themselves, float64 [len(statements), len(AGAIN_FEATURES)]."""
    texts = [_with_before(statement) for statement in statements]
    passages = [ToRead(header_of(s.document, s.hit), text) for s, text in zip(statements, texts, strict=True)]
    readings = read_all(reader, question.to_read, passages)
    if not readings:
        return None
    found = [
        _findings(reading, len(text) - len(statement.text), len(text))
        for reading, statement, text in zip(readings, statements, texts, strict=True)
    ]
    return np.column_stack([np.log(probabilities + 1e-9), np.asarray(found, dtype=np.float64)])


def _findings(reading: Reading, start: int, end: int) -> tuple[float, float, float]:
    span, evidence = reading.best_span(start, end), reading.evidence_of(start, end)
    return reading.relevance, span.score if span else NO_SPAN, NO_SPAN if evidence is None else evidence


def _with_before(statement: Statement) -> str:
    led = statement.before and statement.before != statement.hit.passage.heading
    return f"{statement.before} {statement.text}" if led else statement.text
