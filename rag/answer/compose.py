"""Composing: sentences that may answer go in, the ones that make the answer come out, shortest sufficient first."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from index import content_words, resemblance, split_words, wording
from rag.answer.extract import Candidate
from rag.question import Question

_MOST_SENTENCES = 3
_MOST_OF_LIST = 6
_MOST_WITNESSES = 3  # citations of one sentence
_CLOSE_TO_BEST = 0.5  # a further sentence must be at least this likely, compared with the best
_CLOSE_IN_LIST = 0.2  # one more thing of a list
_ADDS = 0.15  # and hold at least this share of the question's words that the answer did not have yet
_SAME = 0.8  # share of words that two sentences have in common that say the same
_ABOUT_THE_SAME = 0.6  # share of the question's words that sentences hold which can contradict each other
_LEAST_CONTRADICTION = 0.005  # as likely as this, compared with the best
_CLOSE_SPAN = 5.0  # and with log-odds of its words that are at most so much lower
_LIKE_SENTENCES = 0.75  # resemblance of two sentences without their answering words that answer the same question
_LIST_ITEM = re.compile(r"\s*(?:[-*•◦▪–—]|\(?(?:\d{1,2}|[a-z])[.)])\s")
_NUMBERS = re.compile(r"\d+(?:[.,]\d+)*")
_YEAR = re.compile(r"^(?:1\d|20)\d\d$")
_UNITS = """
    zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
    eighteen nineteen
    """.split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_NUMBER_WORDS = re.compile(
    rf"\b(?:(?P<tens>{'|'.join(_TENS)})(?:[- ](?P<ones>{'|'.join(_UNITS[1:10])}))?|(?P<unit>{'|'.join(_UNITS)}))\b"
)


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence of the answer: the one that is quoted, and others that say the same in other places."""

    candidate: Candidate
    witnesses: tuple[Candidate, ...] = ()


def compose(question: Question, candidates: Sequence[Candidate]) -> list[Told]:
    """Return the sentences of the answer: the likeliest one, then any that speaks of a part that it leaves open."""
    if not candidates:
        return []
    chosen = [candidates[0]]
    words = set(candidates[0].words)
    most, close = (_MOST_OF_LIST, _CLOSE_IN_LIST) if question.wants_list else (_MOST_SENTENCES, _CLOSE_TO_BEST)
    for candidate in candidates[1:]:
        if len(chosen) == most or candidate.chance < close * chosen[0].chance:
            break
        gain = question.coverage(words | candidate.words) - question.coverage(words)
        if (question.wants_list or gain >= _ADDS) and not _says_the_same(candidate, chosen):
            chosen.append(candidate)
            words |= candidate.words
    if question.wants_list:
        chosen = _in_order(_with_items(chosen, candidates))
    return [Told(candidate, _witnesses(candidate, chosen, candidates)) for candidate in chosen]


def without_repetition(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Return `candidates` without those of the same words, in whatever order, as a likelier one of their document."""
    once: dict[tuple[str, frozenset[str]], Candidate] = {}
    for candidate in candidates:
        once.setdefault((candidate.document.doc_id, candidate.words), candidate)
    return list(once.values())


def join_parts(parts: Sequence[Sequence[Told]]) -> list[Told]:
    """Return the answers to the parts of a question one after the other, each sentence once."""
    joined: list[Told] = []
    for part in parts:
        for told in part[:1]:
            if not _says_the_same(told.candidate, [other.candidate for other in joined]):
                joined.append(told)
    return joined


def find_differing(question: Question, candidates: Sequence[Candidate]) -> list[Candidate]:
    """Return the likeliest sentence and those of other documents that answer with another date, number or name."""
    if not candidates or question.wants_list or question.kind not in ("time", "quantity", "person", "place"):
        return []
    numeric = question.kind in ("time", "quantity")
    contradict = _numbers_differ if numeric else _names_differ
    best = candidates[0]
    found = [best]
    for candidate in candidates[1:]:
        new = all(candidate.document.doc_id != other.document.doc_id for other in found)
        if not new or not _is_close(candidate, best):
            continue
        alike = _are_alike_else(question, candidate, best) or (numeric and _hold_most(question, candidate, best))
        if alike and all(contradict(candidate, other) for other in found):
            found.append(candidate)
    return found if len(found) > 1 else []


def _is_close(candidate: Candidate, best: Candidate) -> bool:
    """Tell whether the answering words of both are known, and those of `candidate` are not much less likely."""
    if candidate.span is None or best.span is None:
        return False
    return best.span.score - candidate.span.score <= _CLOSE_SPAN


def _hold_most(question: Question, candidate: Candidate, best: Candidate) -> bool:
    """Tell whether both sentences hold most of the question's words, and `candidate` may well answer."""
    about = min(question.coverage(candidate.words), question.coverage(best.words)) >= _ABOUT_THE_SAME
    return about and candidate.chance >= _LEAST_CONTRADICTION * best.chance


def _are_alike_else(question: Question, one: Candidate, other: Candidate) -> bool:
    """Tell whether two sentences say the same of what is asked, but for the words that they answer with."""
    rests = [_said(candidate).difference(split_words(candidate.answering)) for candidate in (one, other)]
    ours, theirs = (wording(rest) for rest in rests)
    asked = [rest & question.rarity.keys() for rest in rests]
    same = ours.values == theirs.values and asked[0] == asked[1] != frozenset()
    return same and resemblance(ours.words, theirs.words) >= _LIKE_SENTENCES


def _said(candidate: Candidate) -> frozenset[str]:
    """Return the words of a sentence without those of a question in front, which says nothing."""
    return frozenset(split_words(candidate.text.rpartition("?")[2])) or candidate.words


def _numbers_differ(one: Candidate, other: Candidate) -> bool:
    """Tell whether both answer with numbers of one sort, and not the same: both years, or both no years."""
    answering = [_in_digits(candidate.answering) for candidate in (one, other)]
    ours, theirs = (set(_NUMBERS.findall(text)) for text in answering)
    our_years, their_years = ({number for number in numbers if _YEAR.match(number)} for numbers in (ours, theirs))
    if our_years or their_years:
        return bool(our_years and their_years) and not our_years & their_years
    units = (re.sub(r"[\d.,\s]", "", text).strip("s") for text in answering)
    return bool(ours and theirs) and not ours & theirs and len(set(units)) == 1


def _in_digits(text: str) -> str:
    """Return `text` in lower case with the numbers below a hundred that are written in words in digits."""

    def digits(found: re.Match[str]) -> str:
        if found["unit"]:
            return str(_UNITS.index(found["unit"]))
        return str(20 + 10 * _TENS.index(found["tens"]) + (_UNITS.index(found["ones"]) if found["ones"] else 0))

    return _NUMBER_WORDS.sub(digits, text.lower())


def _names_differ(one: Candidate, other: Candidate) -> bool:
    """Tell whether both answer with names that have no word in common."""
    named = all(any(word[:1].isupper() for word in candidate.answering.split()) for candidate in (one, other))
    return named and not set(content_words(one.answering)) & set(content_words(other.answering))


def _with_items(chosen: list[Candidate], candidates: Sequence[Candidate]) -> list[Candidate]:
    """Add the items of a list that follow on a chosen sentence, or that a chosen item is one of."""
    places = {(c.document.doc_id, c.start): c for c in candidates}
    for candidate in list(chosen):
        for other in sorted(places.values(), key=lambda c: c.start):
            gap = candidate.document.text[candidate.end : other.start]
            near = other.document.doc_id == candidate.document.doc_id and other.start > candidate.end
            items = all(_LIST_ITEM.match(line) for line in gap.splitlines() if line.strip())
            room = len(chosen) < _MOST_OF_LIST + 2 and other not in chosen
            if near and items and room and _LIST_ITEM.match(other.text):
                chosen.append(other)
    return chosen


def _in_order(chosen: Sequence[Candidate]) -> list[Candidate]:
    """Return the sentences of one document in its order, those of the best one first."""
    ranks = {candidate.document.doc_id: i for i, candidate in reversed(list(enumerate(chosen)))}
    return sorted(chosen, key=lambda c: (ranks[c.document.doc_id], c.start))


def _witnesses(
    candidate: Candidate, chosen: Sequence[Candidate], candidates: Sequence[Candidate]
) -> tuple[Candidate, ...]:
    """Return the sentences of other documents that say the same as `candidate`, word for word but for little."""
    found: dict[str, Candidate] = {}
    for other in candidates:
        same_place = other.document.doc_id == candidate.document.doc_id or other in chosen
        if not same_place and _same(candidate, other):
            found.setdefault(other.document.doc_id, other)
    return tuple(found.values())[: _MOST_WITNESSES - 1]


def _same(one: Candidate, other: Candidate) -> bool:
    numbers = [set(_NUMBERS.findall(candidate.text)) for candidate in (one, other)]
    shared, together = len(one.words & other.words), len(one.words | other.words)
    return numbers[0] == numbers[1] and shared >= _SAME * together


def _says_the_same(candidate: Candidate, chosen: Sequence[Candidate]) -> bool:
    """Tell whether most words of a sentence stand in one that was chosen already."""
    return any(len(candidate.words & other.words) > 0.7 * len(candidate.words) for other in chosen)
