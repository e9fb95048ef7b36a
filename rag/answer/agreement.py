"""Agreement: whether two sentences make the same claim, or contradict each other."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from difflib import SequenceMatcher

from index import content_words, find_values, in_one_form, resemblance, split_words, wording
from rag.answer.extract import Candidate
from rag.question import Question, is_negated
from rag.reader.protocol import Span

_ABOUT_THE_SAME = 0.6  # share of the question's words that sentences hold which can contradict each other
_LEAST_CONTRADICTION = 0.005  # as likely as this, compared with the best
_CLOSE_SPAN = 5.0  # and with log-odds of its words that are at most so much lower
_LIKE_SENTENCES = 0.75  # resemblance of two sentences without their answering words that answer the same question
_LEAST_ALIKE = 0.6  # share of the content words that two sentences have in common which differ in a claim
_LEAST_SHARED = 0.4  # share of all words in common, below which two sentences are not looked at closely
_MOST_DIFFERENT = 2  # words that stand for others
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


def make_same_claim(one: Candidate, other: Candidate) -> bool:
    """Tell whether two sentences claim the same: in the same words but for function words, and both deny or neither."""
    if not _share_words(one, other):
        return False
    texts = [in_one_form(candidate.text) for candidate in (one, other)]
    words = [frozenset(content_words(text)) for text in texts]
    numbers = [set(_NUMBERS.findall(text)) for text in texts]
    denied = is_negated(one.text) == is_negated(other.text)
    return denied and words[0] == words[1] and numbers[0] == numbers[1] and _short_words(one) == _short_words(other)


def find_differing(question: Question, candidates: Sequence[Candidate]) -> list[Candidate]:
    """Return the likeliest sentence and those of other documents that contradict it, each with the words that do.

    They answer with another date, number or name, or say the same but for a word, or the contrary. Where things are
    asked for, each source may tell of others, and where their place is, too.
    """
    of_places = question.wants_list and question.kind == "place"
    if not candidates or (question.wants_list and not of_places) or question.parts:
        return []
    best = candidates[0]
    found = [best]
    for candidate in candidates[1:]:
        new = all(candidate.document.doc_id != other.document.doc_id for other in found)
        if of_places and are_of_different_things(question, candidate, best):
            continue
        if new and all(_contradict(question, candidate, other) for other in found):
            found.append(candidate)
    if len(found) == 1:
        return []
    answers = {candidate.answering.casefold() for candidate in found}
    known = all(candidate.span for candidate in found) and len(answers) == len(found)
    return found if known else [_whole(candidate) for candidate in found]


def are_of_different_things(question: Question, one: Candidate, other: Candidate) -> bool:
    """Tell whether two sentences differ before and behind what is asked: "Ada sails to Moss", "Bo sails to Odda"."""
    ours, theirs = split_words(one.text), split_words(other.text)
    asked = [i for i, word in enumerate(ours) if word in question.rarity and word in other.words]
    changes = [i for kind, i, *_ in SequenceMatcher(None, ours, theirs, False).get_opcodes() if kind != "equal"]
    return bool(asked and changes) and changes[0] < asked[-1] and changes[-1] > asked[0]


def _whole(candidate: Candidate) -> Candidate:
    return replace(
        candidate, span=Span(candidate.start, candidate.end, candidate.span.score if candidate.span else 0.0)
    )


def _contradict(question: Question, candidate: Candidate, best: Candidate) -> bool:
    if _differ_in_a_word(question, candidate, best):
        return True
    if candidate.probability < _LEAST_CONTRADICTION * best.probability:
        return False
    if question.kind not in ("time", "quantity", "person", "place") or not _is_close(candidate, best):
        return False
    numeric = question.kind in ("time", "quantity")
    alike = _are_alike_else(question, candidate, best) or (numeric and _hold_most(question, candidate, best))
    return alike and (_numbers_differ if numeric else _names_differ)(candidate, best)


def _differ_in_a_word(question: Question, one: Candidate, other: Candidate) -> bool:
    """Tell whether one sentence denies what the other says, or says it with another word that was not asked for."""
    if not _share_words(one, other):
        return False
    texts = (in_one_form(candidate.text) for candidate in (one, other))
    ours, theirs = ([word for word in content_words(text) if not is_negated(word)] for text in texts)
    if not question.rarity.keys() & set(ours) & set(theirs):
        return False
    if is_negated(one.text) != is_negated(other.text):
        return ours == theirs
    changes = [change for change in SequenceMatcher(None, ours, theirs, False).get_opcodes() if change[0] != "equal"]
    changed = {word for _, i, j, m, n in changes for word in (*ours[i:j], *theirs[m:n])}
    replaced = all(kind == "replace" and j - i <= _MOST_DIFFERENT >= n - m for kind, i, j, m, n in changes)
    same = len(ours) - sum(j - i for _, i, j, _, _ in changes)
    alike = same >= _LEAST_ALIKE * max(len(ours), len(theirs))
    return bool(changes) and replaced and alike and not changed & question.rarity.keys()


def _share_words(one: Candidate, other: Candidate) -> bool:
    return len(one.words & other.words) >= _LEAST_SHARED * max(len(one.words), len(other.words))


def _short_words(candidate: Candidate) -> frozenset[str]:
    """Return the single letters of a sentence that name something: "compound A", "annex B"."""
    return frozenset(re.findall(r"\b[B-HJ-Z]\b|(?<=[a-z] )A\b(?! [a-z])", candidate.text))


def _is_close(candidate: Candidate, best: Candidate) -> bool:
    """Tell whether the answering words of both are known, and those of `candidate` are not much less likely."""
    if candidate.span is None or best.span is None:
        return False
    return best.span.score - candidate.span.score <= _CLOSE_SPAN


def _hold_most(question: Question, candidate: Candidate, best: Candidate) -> bool:
    """Tell whether both sentences hold most of the question's words."""
    return min(question.coverage(candidate.words), question.coverage(best.words)) >= _ABOUT_THE_SAME


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
    """Tell whether both answer with numbers of one sort, and not the same: both days, both years, or both no years."""
    values = [find_values(candidate.answering) for candidate in (one, other)]
    if any(value.is_as(another) for value in values[0] for another in values[1]):
        return False
    if all(any(value.within for value in found) for found in values):
        return True
    answering = [_in_digits(in_one_form(candidate.answering)) for candidate in (one, other)]
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
