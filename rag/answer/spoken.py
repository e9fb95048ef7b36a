"""What was spoken of: a follow-up is most likely answered in the document of the answer before it, near to that."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

import numpy as np

from index import Snapshot, content_words, split_sentences, split_words
from rag.answer.regression import Matrix, regression
from rag.conversation.followup import phrase_of
from rag.conversation.leaning import leaning
from rag.question import SpokenOf
from rag.records import Answer, Turn
from rag.tagger.tagger import Tags

SPOKEN_FEATURES = (
    "same_document",  # as the last answer's, by how likely the question leans on it
    "same_document_alone",  # the same, by how likely it doesn't
    "near",  # to the last answer, from 1 to 0, by how likely it leans on it; what was told itself is not
)
_NEAR = 300.0  # characters in which nearness falls to 1/e
_SURELY_FOUND = 16  # characters of an answer: what is shorter may stand anywhere
_LONGEST_SENTENCE = 2000  # characters of an answer in which its first sentence is looked for
_MOST_OF_ANSWER = 300  # characters by which the document is found

Place = tuple[str, int, int]  # start and end in a document


def find_spoken_of(
    snapshot: Snapshot,
    question: str,
    turn: Turn,
    tags: Tags | None = None,
    *,
    documents: Sequence[str] = (),
    folders: Sequence[str] = (),
) -> SpokenOf | None:
    """Return where the answer before `question` stands, of which `tags` tell whether it leans on that.

    That is its first sentence, if it is found word for word, or else the passage most like it; None if there is none.
    """
    if not turn.answer.strip():
        return None
    leans, words = tags.leans if tags else leaning(question), frozenset(content_words(phrase_of(question)))
    query = f"{turn.question} {turn.answer[:_MOST_OF_ANSWER]}"
    hits = snapshot.search(query, top_k=3, documents=documents, folders=folders)
    told = turn.answer[:_LONGEST_SENTENCE]
    first = next((told[start:end] for start, end in split_sentences(told, 0, len(told))), "")
    for hit in hits:
        document = snapshot.find_document(hit.passage.doc_id)
        at = document.text.find(first) if document and len(first) >= _SURELY_FOUND else -1
        if at >= 0:
            return SpokenOf(hit.passage.doc_id, at, at + len(first), leans, words)
    passages = (hit.passage for hit in hits)
    return next((SpokenOf(p.doc_id, p.start, p.end, leans, words) for p in passages), None)


def is_told_again(spoken_of: SpokenOf | None, answer: Answer | None) -> bool:
    """Tell whether an answer to "and X?" begins with what was told before it and says nothing of X."""
    if spoken_of is None or answer is None or not answer.citations:
        return False
    first = answer.citations[0]
    told = first.doc_id == spoken_of.doc_id and first.start < spoken_of.end and first.end > spoken_of.start
    return told and not spoken_of.words <= set(split_words(first.quote))


def spoken_logits(spoken_of: SpokenOf | None, places: Sequence[Place], of: Literal["sentence", "passage"]) -> Matrix:
    """Return the log-odds that are added for where each place is, float64 [len(places)]."""
    if spoken_of is None:
        return np.zeros(len(places))
    return regression(f"spoken_{of}", SPOKEN_FEATURES).logits(spoken_rows(spoken_of, places))


def spoken_rows(spoken_of: SpokenOf, places: Sequence[Place]) -> Matrix:
    """Return the features of places, float64 [len(places), len(SPOKEN_FEATURES)]."""
    rows = [_row(spoken_of, *place) for place in places]
    return np.asarray(rows, dtype=np.float64).reshape(len(rows), len(SPOKEN_FEATURES))


def _row(spoken_of: SpokenOf, doc_id: str, start: int, end: int) -> tuple[float, ...]:
    if doc_id != spoken_of.doc_id:
        return (0.0,) * len(SPOKEN_FEATURES)
    distance = max(0, start - spoken_of.end, spoken_of.start - end)
    is_told = spoken_of.start <= start and end <= spoken_of.end
    leans = spoken_of.leaning
    return leans, 1 - leans, 0.0 if is_told else leans * math.exp(-distance / _NEAR)
