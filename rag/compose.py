"""Composing: sentences that may answer go in, the ones that make the answer come out, shortest sufficient first."""

from __future__ import annotations

from collections.abc import Sequence

from rag.extract import Candidate
from rag.question import Question

_MOST_SENTENCES = 3
_CLOSE_TO_BEST = 0.5  # a further sentence must be at least this likely, compared with the best
_ADDS = 0.15  # and hold at least this share of the question's words that the answer did not have yet


def compose(question: Question, candidates: Sequence[Candidate]) -> list[Candidate]:
    """Return the sentences of the answer: the likeliest one, then any that speaks of a part that it leaves open."""
    if not candidates:
        return []
    chosen = [candidates[0]]
    words = set(candidates[0].words)
    for candidate in candidates[1:]:
        if len(chosen) == _MOST_SENTENCES or candidate.chance < _CLOSE_TO_BEST * chosen[0].chance:
            break
        gain = question.coverage(words | candidate.words) - question.coverage(words)
        if gain >= _ADDS and not _says_the_same(candidate, chosen):
            chosen.append(candidate)
            words |= candidate.words
    return chosen


def _says_the_same(candidate: Candidate, chosen: Sequence[Candidate]) -> bool:
    """Tell whether most words of a sentence stand in one that was chosen already."""
    return any(len(candidate.words & other.words) > 0.7 * len(candidate.words) for other in chosen)
