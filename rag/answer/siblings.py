"""Siblings: a question and the sentences read for it go in, whether it asks for one that isn't there comes out.

"Who flies AF 901?" is not answered by who flies SK 901, nor "who is the head of finance" by who is the head of sales.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence, Set

from index import split_words
from rag.answer.extract import Candidate
from rag.question import Question

_NUMBERED = re.compile(
    r"(?P<noun>[^\W\d_]{2,40}) (?:(?:no|nr)\.? |number )?(?P<label>(?:[A-Z]{1,4}[ -]?)?[0-9][0-9.,]{0,12}+(?<![.,]))"
)
_ROLE = re.compile(r"(?P<noun>[^\W\d_]{2,40}) (?P<link>of|for) (?:the )?(?P<what>[^\W\d_]{3,40})", re.I)
_NUMBER = re.compile(r"(?:\b[A-Z]{1,4}[ -]?)?[0-9][0-9.,]{0,12}+")
_LEAST_OTHERS = 2  # that are named in the same way, where what is asked for is no number


def asks_for_another(question: Question, candidates: Sequence[Candidate]) -> bool:
    """Tell whether no sentence has the one that is asked for by its number or kind, and the best has another."""
    if not candidates:
        return False
    return _numbers_another(question, candidates) or _names_another(question, candidates)


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


def _names_another(question: Question, candidates: Sequence[Candidate]) -> bool:
    """Tell whether several sentences, the best among them, say "head of" others, and none has the word asked for."""
    for noun, link, what in _roles([question.asked]):
        if what not in question.rarity or any(what in candidate.words for candidate in candidates):
            continue
        best = {role[2] for role in _roles([candidates[0].text]) if role[:2] == (noun, link)}
        others = {role[2] for role in _roles(c.text for c in candidates) if role[:2] == (noun, link)}
        if best and len(others) >= _LEAST_OTHERS:
            return True
    return False


def _roles(texts: Iterable[str]) -> set[tuple[str, str, str]]:
    found = (role for text in texts for role in _ROLE.finditer(text))
    words = ((split_words(role["noun"]), role["link"].lower(), split_words(role["what"])) for role in found)
    return {(noun[0], link, what[0]) for noun, link, what in words if noun and what}
