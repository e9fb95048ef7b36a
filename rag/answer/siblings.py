"""Siblings: a question and the sentences read for it go in, whether it asks for one that isn't there comes out.

"Who flies AF 901?" is not answered by who flies SK 901, nor "who is the head of finance" by who is the head of sales;
nor is what is asked of Frida Holm, whom no document knows, by what one contract says of Dana Petrov, others of others.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence, Set
from difflib import get_close_matches

from index import document_name, is_english, split_words
from rag.answer.extract import Candidate
from rag.question import Question

_NUMBERED = re.compile(
    r"(?P<noun>[^\W\d_]{2,40}):? (?:(?:no|nr)\.? |number )?(?P<label>(?:[A-Z]{1,4}[ -]?)?[0-9][0-9.,]{0,12}+(?<![.,]))"
)
_ROLE = re.compile(r"(?P<noun>[^\W\d_]{2,40}) (?P<link>of|for) (?:the )?(?P<what>[^\W\d_]{3,40})", re.I)
_NUMBER = re.compile(r"(?:\b[A-Z]{1,4}[ -]?)?[0-9][0-9.,]{0,12}+")
_LEAST_OTHERS = 2  # that are named in the same way, where what is asked for is no number
_SAME = 0.5  # share of their words that two sentences have in common if they say the same of two
_AS_LIKELY = 0.1  # as the best, at least, if one says the same of another
_MOST_NAMES = 6  # of a question that asks of one
_MISSPELT = 0.75  # likeness of a name to one that it may be meant for


def asks_for_another(question: Question, candidates: Sequence[Candidate], is_held: Callable[[str], bool]) -> bool:
    """Tell whether no sentence has the one that is asked for by its number, kind or name, and the best has another.

    `is_held` tells whether any document holds a word.
    """
    if not candidates:
        return False
    return (
        _numbers_another(question, candidates)
        or _kind_of_another(question, candidates)
        or _is_said_of_another(question, candidates, is_held)
    )


def _numbers_another(question: Question, candidates: Sequence[Candidate]) -> bool:
    """Tell whether the best sentence has another number behind the word that has one in the question."""
    asked = _numbered(question.asked, question.rarity.keys())
    if not asked:
        return False
    ours = _numbered(candidates[0].text, {noun for noun, _ in asked})
    if asked & ours or not ours:
        return False
    texts = (f"{candidate.hit.passage.heading}\n{candidate.text}" for candidate in candidates)
    known = {_label(found[0]) for text in texts for found in _NUMBER.finditer(text)}
    return all(label not in known for _, label in asked)


def _numbered(text: str, nouns: Set[str]) -> set[tuple[str, str]]:
    """Return the words of `nouns` in a text that have a number behind them, each with it."""
    pairs = ((split_words(found["noun"]), _label(found["label"])) for found in _NUMBERED.finditer(text))
    return {(words[0], label) for words, label in pairs if words and words[0] in nouns}


def _label(label: str) -> str:
    return re.sub(r"[ ,-]", "", label).rstrip(".")


def _kind_of_another(question: Question, candidates: Sequence[Candidate]) -> bool:
    """Tell whether several sentences, the best among them, say "head of" others, and none has the word asked for."""
    for noun, link, what in _roles([question.asked]):
        if what not in question.rarity or any(what in candidate.words for candidate in candidates):
            continue
        best = {role[2] for role in _roles([candidates[0].text]) if role[:2] == (noun, link)}
        others = {role[2] for role in _roles(c.text for c in candidates) if role[:2] == (noun, link)}
        if best and len(others) >= _LEAST_OTHERS:
            return True
    return False


def _is_said_of_another(question: Question, candidates: Sequence[Candidate], is_held: Callable[[str], bool]) -> bool:
    """Tell whether nothing is known of a name that is asked for, and the best sentence is said of one of several.

    That is so if another says the same below another heading or title, or if the heading asks the question of another.
    (Where each noun is written as a name, a name can't be told.)
    """
    best = candidates[0]
    names = question.names if is_english(question.asked) else frozenset()
    if len(names) > _MOST_NAMES or all(map(is_held, names)):
        return False
    ours = _above(best)
    likely = [one for one in candidates if one.probability >= _AS_LIKELY * best.probability]
    others = [_above(one) for one in likely if _are_same(one.words, best.words)]
    if any(_is_of_none(names - (ours & theirs), ours | best.words, is_held) for theirs in others if theirs != ours):
        return True
    heading = best.hit.passage.heading.rpartition(" › ")[2]
    asks_the_same = heading.endswith("?") and _are_same(set(split_words(heading)), set(split_words(question.asked)))
    return asks_the_same and _is_of_none(names, ours | best.words, is_held)


def _above(one: Candidate) -> frozenset[str]:
    """Return the words of what a sentence stands below: its headings, and the name of its document."""
    return frozenset(split_words(f"{document_name(one.document)}\n{one.hit.passage.heading}"))


def _are_same(one: Set[str], other: Set[str]) -> bool:
    return len(one & other) >= _SAME * max(len(one), len(other))


def _is_of_none(names: Set[str], words: Set[str], is_held: Callable[[str], bool]) -> bool:
    """Tell whether a text with these words is of none of the names, however misspelt, and one is known to nobody."""
    strange = [name for name in names if not is_held(name)]
    misspelt = any(get_close_matches(name, words, 1, _MISSPELT) for name in strange)
    return bool(strange) and not misspelt and not names & words


def _roles(texts: Iterable[str]) -> set[tuple[str, str, str]]:
    found = (role for text in texts for role in _ROLE.finditer(text))
    words = ((split_words(role["noun"]), role["link"].lower(), split_words(role["what"])) for role in found)
    return {(noun[0], link, what[0]) for noun, link, what in words if noun and what}
