"""Composing: sentences that may answer go in, the ones that make the answer come out, shortest sufficient first."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from index import content_words
from rag.answer.agreement import make_same_claim
from rag.answer.extract import Candidate
from rag.answer.filters import rows_that_pass
from rag.answer.fitting import is_contrary
from rag.answer.lists import with_list, with_siblings
from rag.answer.rows import with_rows
from rag.answer.tables import whole_table
from rag.question import Question

_MOST_SENTENCES = 3
_MOST_OF_LIST = 6
MOST_ITEMS = 24  # of a list that are shown, each by itself
_MOST_CITED = 100  # of those that are only told to be there
_MOST_CORROBORATING = 3  # citations of one sentence
_LEAST_ALIKE = 0.4  # share of words in common of two sentences that tell of two things the same
_CLOSE_TO_BEST = 0.5  # a further sentence must be at least this likely, compared with the best
_CLOSE_IN_LIST = 0.2  # one more thing of a list
# What is compared by numbers: "the difference in price", "which is heavier"
_MEASURED = re.compile(
    r"\bdifference in\b|\b(?:prices?|costs?|weigh[ts]?|length|height|size|age|speed|number|amount|distance|capacity)\b"
    r"|\b(?:cheap|heavi|light|long|short|tall|high|low|old|young|new|fast|slow|larg|bigg|small|hott|warm|cold|wid|deep)er\b"
    r"|\b(?:more|less) expensive\b",
    re.I,
)
_ADDS = 0.15  # and hold at least this share of the question's words that the answer did not have yet


@dataclass(frozen=True, slots=True)
class Selected:
    """A sentence of the answer: the one that is quoted, and others that say the same in other places.

    Of the items of a list that are too many, `said` tells how many more there are, and each is one of the others.
    """

    candidate: Candidate
    corroborating: tuple[Candidate, ...] = ()
    said: str = ""


def compose(question: Question, candidates: Sequence[Candidate], unread: Sequence[Candidate] = ()) -> list[Selected]:
    """Return the sentences of the answer: the likeliest one, then any that speaks of a part that it leaves open.

    Where several things are asked for, those of `unread` passages count that are worded as the likeliest is.
    """
    if not candidates:
        return []
    chosen = [candidates[0]]
    words = set(candidates[0].words)
    most, close = (_MOST_OF_LIST, _CLOSE_IN_LIST) if question.wants_list else (_MOST_SENTENCES, _CLOSE_TO_BEST)
    for candidate in candidates[1:]:
        if len(chosen) == most or candidate.probability < close * chosen[0].probability:
            break
        if is_contrary(question, candidate) and not is_contrary(question, chosen[0]):
            continue
        gain = question.coverage(words | candidate.words) - question.coverage(words)
        if (question.wants_list or gain >= _ADDS) and not _says_the_same(candidate, chosen):
            chosen.append(candidate)
            words |= candidate.words
    chosen = _whole_list(question, chosen, [*candidates, *unread])
    chosen, rest = (chosen[:MOST_ITEMS], chosen[MOST_ITEMS:]) if len(chosen) > MOST_ITEMS + 1 else (chosen, [])
    selected = [Selected(candidate, _corroborating(candidate, chosen, candidates)) for candidate in chosen]
    if rest:
        selected.append(Selected(rest[0], tuple(rest[1:_MOST_CITED]), said=f"and {len(rest):,} more"))
    return selected


def _whole_list(question: Question, chosen: list[Candidate], candidates: Sequence[Candidate]) -> list[Candidate]:
    """Return the list that is asked for, with its items in their order; `chosen` as they are if none is."""
    best = chosen[0]
    if items := with_list(question, best):
        return items
    if rows := rows_that_pass(question, chosen[:1]):
        return rows
    for row in chosen if question.wants_list else chosen[:1]:
        if rows := with_rows(question, row):
            return rows
    if not question.wants_list:
        return chosen
    for at, row in enumerate(chosen):
        if rows := whole_table(question, row):
            return chosen[:at] + rows
    siblings = with_siblings(question, best, candidates)
    if not siblings:
        return _in_order(chosen)
    places = {(one.document.doc_id, one.start) for one in siblings}
    held = question.coverage(best.words)
    others = [c for c in chosen if (c.document.doc_id, c.start) not in places and question.coverage(c.words) >= held]
    return siblings + _in_order(others)


def without_repetition(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Return `candidates` without those of the same words, in whatever order, as a likelier one of their document."""
    once: dict[tuple[str, frozenset[str]], Candidate] = {}
    for candidate in candidates:
        once.setdefault((candidate.document.doc_id, candidate.words), candidate)
    return list(once.values())


def compare(question: Question, candidates: Sequence[Candidate]) -> list[Selected]:
    """Return a sentence about each of two that are compared, in wordings as alike as can be; nothing if there are none.

    The likeliest sentence is of one of them: if it speaks of both, it is enough, and nothing is returned either.
    """
    one, other = (frozenset(content_words(thing)) for thing in question.compared)
    sides = [
        [c for c in candidates if ours <= c.words and not theirs <= c.words]
        for ours, theirs in ((one, other), (other, one))
    ]
    if not all(sides) or candidates[0] not in (*sides[0], *sides[1]):
        return []
    measured = [[c for c in side if any(map(str.isdigit, c.text))] for side in sides]
    if _MEASURED.search(question.asked) and all(measured):
        sides = measured
    best = next(c for c in candidates if c in sides[0] or c in sides[1])
    chosen = [best if best in side else max(side, key=lambda c: _likeness(c, best)) for side in sides]
    return [Selected(c) for c in chosen] if _likeness(*chosen) >= _LEAST_ALIKE else []


def _likeness(one: Candidate, other: Candidate) -> float:
    return len(one.words & other.words) / max(len(one.words), len(other.words))


def join_parts(parts: Sequence[Sequence[Selected]]) -> list[Selected]:
    """Return the answers to the parts of a question one after the other, each sentence once."""
    joined: list[Selected] = []
    for part in parts:
        for selected in part[:1]:
            if not _says_the_same(selected.candidate, [other.candidate for other in joined]):
                joined.append(selected)
    return joined


def _in_order(chosen: Sequence[Candidate]) -> list[Candidate]:
    """Return the sentences of one document in its order, those of the best one first."""
    ranks = {candidate.document.doc_id: i for i, candidate in reversed(list(enumerate(chosen)))}
    return sorted(chosen, key=lambda c: (ranks[c.document.doc_id], c.start))


def _corroborating(
    candidate: Candidate, chosen: Sequence[Candidate], candidates: Sequence[Candidate]
) -> tuple[Candidate, ...]:
    """Return the sentences of other documents that say the same as `candidate`, claim for claim."""
    found: dict[str, Candidate] = {}
    for other in candidates:
        same_place = other.document.doc_id == candidate.document.doc_id or other in chosen
        if not same_place and make_same_claim(candidate, other):
            found.setdefault(other.document.doc_id, other)
    return tuple(found.values())[: _MOST_CORROBORATING - 1]


def _says_the_same(candidate: Candidate, chosen: Sequence[Candidate]) -> bool:
    """Tell whether most words of a sentence stand in one that was chosen already."""
    return any(len(candidate.words & other.words) > 0.7 * len(candidate.words) for other in chosen)
