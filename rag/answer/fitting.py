"""Fitting: sentences that may answer go in, likeliest first; the one that says what is asked comes to the front.

The reader hardly tells "is allowed" from "is not allowed", or one number from another. Of sentences that are nearly
as likely, the one comes first that has the numbers and dates asked for, that allows or forbids as asked, and that says
most of what is asked, where a thing is asked for that does something, or whether something is so. Of two of a document
that are built alike, it is the one that says more of what is asked: where the dog sleeps, not where the hen does. So it
is of two rows of tables, with what stands above each; if they say as much, it is the one that is called by less else.
Who asks for the deposit does not ask for its second half.
"""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from dataclasses import replace
from functools import cache

from index import cells_of, split_words
from rag.answer.extract import Candidate
from rag.answer.features import heading_words
from rag.answer.lists import list_around
from rag.answer.regression import at_most_partly
from rag.question import Question, is_day, is_negated, is_yes_no

_NEAR = 0.1  # of the probability of the likeliest: what doesn't fit is that much likelier by mistake
_VERY_NEAR = 0.5
_ALIKE = 0.3  # share of their words that two sentences have in common if they are built alike
_CONTRARY = 0.01  # what says the contrary of what is asked for is that much likelier by mistake
_PERMISSION = "may can could allow allowed permit permitted permission able forbid forbidden prohibit prohibited banned"
_VAGUE = "happen happened happens happening occur occurred event events take took place day date going"
_ALLOWED = re.compile(
    r"^\W*(?:where|when|who|which|what)\b.*\b(?:may|can|could|allow(?:s|ed)?|permit(?:s|ted)?|able to)\b", re.I
)
_NAMED_KIND = re.compile(
    r"^\W*(?:in |at |on |to |from |of |for |by )?(?:which|what) "
    r"(?!(?:do|does|did|is|are|was|were|has|have|had|can|could|may|must|should|shall|will|would)\b)(?P<noun>[\w-]+)",
    re.I,
)
_SIGNED = re.compile(r"(?<!\S)[+\u2212-]\d+(?:[.,]\d+)*")
_OF_A_PART = re.compile(
    r"\b(?:first|second|third|fourth|other|last|final|remaining) (?:half|third|quarter|part|portion|instal?ment)\b",
    re.I,
)
_NO_DENIAL = re.compile(r"\bno(?:t)? (?:less|more|fewer|later|earlier|only)\b", re.I)


def put_fitting_first(question: Question, candidates: Sequence[Candidate]) -> list[Candidate]:
    """Return `candidates` with the one first that fits the question best of those near the likeliest."""
    if not candidates:
        return []
    candidates = _put_whole_first(question, _put_new_first(question, candidates))
    likeliest = best = candidates[0]
    topic = _topic(question)
    near = _CONTRARY if is_contrary(question, likeliest) else _NEAR
    for other in candidates[1:]:
        if other.probability < near * likeliest.probability:
            break
        is_near = other.probability >= _VERY_NEAR * likeliest.probability
        if _fits_better(question, topic, other, best, is_near=is_near):
            best = other
    return [best, *(candidate for candidate in candidates if candidate is not best)]


def _put_new_first(question: Question, candidates: Sequence[Candidate]) -> Sequence[Candidate]:
    """Of "and the dogs?", put what speaks of dogs before what doesn't.

    Before the sentence that was just told any will do, before another one that is nearly as likely, of its document.
    """
    before, best = question.spoken_of, candidates[0]
    if before is None or not before.words or before.words & best.words:
        return candidates
    told = best.document.doc_id == before.doc_id and best.start < before.end and best.end > before.start
    likely = [one for one in candidates if told or one.probability >= _NEAR * best.probability]
    new = max(
        (one for one in likely if before.words <= one.words and (told or one.document.doc_id == best.document.doc_id)),
        key=lambda candidate: question.coverage(candidate.words),  # of equal ones the first
        default=best,
    )
    return [new, *(candidate for candidate in candidates if candidate is not new)]


def _put_whole_first(question: Question, candidates: Sequence[Candidate]) -> Sequence[Candidate]:
    """Put what speaks of all that is asked for before what says it of a part, "Deposit, second half".

    It is held for as likely, but for well supported by no means. Not where a part is asked for, or far less speaks for
    the whole in the same document.
    """
    best = candidates[0]
    if not _OF_A_PART.search(best.text) or _OF_A_PART.search(question.asked):
        return candidates
    held = question.rarity.keys() & best.words
    for other in candidates[1:]:
        if other.probability < _NEAR * best.probability:
            break
        same = other.document.doc_id == best.document.doc_id
        if held and held <= other.words and same and not _OF_A_PART.search(other.text):
            others = [candidate for candidate in candidates[1:] if candidate is not other]
            whole = replace(other, probability=at_most_partly(best.probability))
            return [whole, replace(best, probability=other.probability), *others]
    return candidates


def is_of_the_day(question: Question, one: Candidate) -> bool:
    """Tell whether a sentence has the day that is asked for, and all else that is, but for "what happened on"."""
    return any(map(is_day, question.identifiers)) and question.rarity.keys() - _vague() <= one.words


def _fits_better(question: Question, topic: Set[str], one: Candidate, other: Candidate, *, is_near: bool) -> bool:
    ours, theirs = topic & _told(one), topic & _told(other)
    if ours == theirs:
        ours, theirs = topic & one.words, topic & other.words
    if not ours >= theirs:
        return False
    numbers = [question.identifiers & (c.words | set(split_words(c.hit.passage.heading))) for c in (one, other)]
    if numbers[0] != numbers[1]:
        return numbers[0] > numbers[1]
    signed = _signed(question.asked)
    if signed and (held := signed & _signed(one.text)) != (others := signed & _signed(other.text)):
        return held > others
    denied = _wants_denied(question)
    if denied is not None and _denies(one) != _denies(other):
        return _denies(one) == denied
    labels = _label(one), _label(other)
    if all(labels) and ours == theirs:
        return is_near and labels[0] - topic < labels[1] - topic
    if not ours > theirs:
        return False
    if all(labels):
        return True
    if is_yes_no(question.asked):
        return is_near and (_is_of_permission(one) or not _is_of_permission(other))
    if _are_alike(one, other) and one.document.doc_id == other.document.doc_id:
        return True
    return is_near and _NAMED_KIND.match(question.asked) is not None


def _told(one: Candidate) -> Set[str]:
    """Return the words of a sentence; of a row of a table, with those above it, without which it says little."""
    return one.words | heading_words(one.document, one.hit) if cells_of(one.text) else one.words


def _label(one: Candidate) -> Set[str]:
    """Return the words by which a row of a table is called, those of the cell without a name or of the first one."""
    cells = cells_of(one.text)
    return set(split_words(one.text[cells[0].start : cells[0].end])) if cells else set()


def _are_alike(one: Candidate, other: Candidate) -> bool:
    """Tell whether two sentences are built alike, as rows of a table are, or lines of a list of prices."""
    return len(one.words & other.words) >= _ALIKE * max(len(one.words), len(other.words))


def is_contrary(question: Question, candidate: Candidate) -> bool:
    """Tell whether a sentence denies where what is allowed is asked for, or doesn't where what is not is."""
    denied = _wants_denied(question)
    return denied is not None and _denies(candidate) != denied


def _signed(text: str) -> Set[str]:
    """Return the numbers of a text that have a sign: "+5" is another than "-5", though their digits are the same."""
    return {number.replace("\u2212", "-") for number in _SIGNED.findall(text)}


def _denies(candidate: Candidate) -> bool:
    """Tell whether a sentence says what is not, or is an item of a list of that."""
    text = candidate.document.text
    spans = list_around(candidate.document, candidate.start)[:1]
    above = [candidate.hit.passage.heading, *(text[start:end] for start, end in spans)] if spans else []
    return any(is_negated(_NO_DENIAL.sub("", said)) for said in (candidate.text, *above))


def _is_of_permission(candidate: Candidate) -> bool:
    return bool(candidate.words & _permission()) or is_negated(candidate.text)


def _wants_denied(question: Question) -> bool | None:
    """Tell whether what is not is asked for, or what is allowed; None where a question asks for neither."""
    if question.negated:
        return True
    return False if _ALLOWED.match(question.asked) else None


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
