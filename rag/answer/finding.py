"""Finding: the passages that a question, its parts, and what was said before it lead to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import zip_longest

from index import Hit
from rag.answer.protocol import Asked

CANDIDATES = 20  # found by the search, of which the reader reads the best
_OF_A_LIST = 100  # where all things are asked for: those that are worded alike need no reading
_BEFORE_SPOKEN, _OF_SPOKEN = 6, 2  # of the passages that are read: the best of all, then of the document spoken of


def find(asked: Asked) -> list[Hit]:
    """Return the hits of the question and of its parts, each passage once, the best ones of each in turn.

    A follow-up is searched for as it was typed, too, behind the question that it follows on, and in the document that
    was spoken of; of what seems none, the best there are read as well.
    """
    question, search = asked.understood, asked.snapshot.search
    wanted = _OF_A_LIST if question.wants_list else CANDIDATES
    texts = [question.asked, *question.parts, *question.in_context[-1:]]
    searches = [search(text, top_k=wanted, documents=asked.documents, folders=asked.folders) for text in texts]
    there = [question.spoken_of.doc_id] if question.spoken_of else []
    if there and question.in_context:
        searches += [search(text, top_k=wanted, documents=there) for text in (question.asked, question.in_context[-1])]
    found = _in_turn(searches)
    if there and not question.in_context:
        best = search(question.asked, top_k=_OF_SPOKEN, documents=there)
        found = _in_turn([[*found[:_BEFORE_SPOKEN], *best, *found[_BEFORE_SPOKEN:]]])
    return found[:wanted]


def _in_turn(searches: Sequence[Sequence[Hit]]) -> list[Hit]:
    """Return the best hit of each search, then the second of each, and so on; each passage once, ranked so."""
    best: dict[int, Hit] = {}
    for row in zip_longest(*searches):
        for hit in row:
            if hit is not None:
                best.setdefault(hit.passage.passage_id, hit)
    return [replace(hit, rank=rank) for rank, hit in enumerate(best.values(), start=1)]
