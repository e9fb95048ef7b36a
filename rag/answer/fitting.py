"""Fitting: sentences that may answer go in, likeliest first; the one that says what is asked comes to the front.

The reader hardly tells "is allowed" from "is not allowed", or one number from another. Of sentences that are nearly
as likely, the one comes first that has the numbers and dates asked for, that allows or forbids as asked, and that says
most of what is asked, where a thing is asked for that does something, or whether something is so.
"""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from functools import cache

from index import split_words
from rag.answer.extract import Candidate
from rag.question import Question, is_day, is_negated, is_yes_no

_NEAR = 0.1  # of the probability of the likeliest: what doesn't fit is that much likelier by mistake
_VERY_NEAR = 0.5
_PERMISSION = "may can could allow allowed permit permitted permission able forbid forbidden prohibit prohibited banned"
_VAGUE = "happen happened happens happening occur occurred event events take took place day date going"
_ALLOWED = re.compile(r"\b(?:may|can|could|allow(?:s|ed)?|permit(?:s|ted)?|able to)\b", re.I)
_WHY = re.compile(r"^\W*(?:why|how)\b", re.I)
_NAMED_KIND = re.compile(r"^\W*(?:in |at |on |to |from |of |for |by )?(?:which|what) (?P<noun>[\w-]+)", re.I)


def put_fitting_first(question: Question, candidates: Sequence[Candidate]) -> list[Candidate]:
    """Return `candidates` with the one first that fits the question best of those near the likeliest."""
    if not candidates:
        return []
    likeliest = best = candidates[0]
    topic = _topic(question)
    for other in candidates[1:]:
        if other.probability < _NEAR * likeliest.probability:
            break
        is_near = other.probability >= _VERY_NEAR * likeliest.probability
        if _fits_better(question, topic, other, best, is_near=is_near):
            best = other
    return [best, *(candidate for candidate in candidates if candidate is not best)]


def is_of_the_day(question: Question, one: Candidate) -> bool:
    """Tell whether a sentence has the day that is asked for, and all else that is, but for "what happened on"."""
    return any(map(is_day, question.identifiers)) and question.rarity.keys() - _vague() <= one.words


def _fits_better(question: Question, topic: Set[str], one: Candidate, other: Candidate, *, is_near: bool) -> bool:
    ours, theirs = topic & one.words, topic & other.words
    if not ours >= theirs:
        return False
    numbers = [question.identifiers & (c.words | set(split_words(c.hit.passage.heading))) for c in (one, other)]
    if numbers[0] != numbers[1]:
        return numbers[0] > numbers[1]
    denied = _wants_denied(question)
    if denied is not None and is_negated(one.text) != is_negated(other.text):
        return is_negated(one.text) == denied
    return is_near and ours > theirs and (is_yes_no(question.asked) or _NAMED_KIND.match(question.asked) is not None)


def _wants_denied(question: Question) -> bool | None:
    """Tell whether what is not is asked for, or what is allowed; None where a question asks for neither."""
    if question.negated:
        return True
    allowed = _ALLOWED.search(question.asked) and not is_yes_no(question.asked) and not _WHY.match(question.asked)
    return False if allowed else None


def _topic(question: Question) -> Set[str]:
    """Return the words of what a question is about: without the kind of thing asked for, and that it is allowed."""
    named = _NAMED_KIND.match(question.asked)
    kind = split_words(named["noun"]) if named else ()
    return question.rarity.keys() - _permission() - set(kind)


@cache
def _vague() -> frozenset[str]:
    return frozenset(split_words(_VAGUE))


@cache
def _permission() -> frozenset[str]:
    return frozenset(split_words(_PERMISSION))
