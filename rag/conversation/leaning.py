"""Leaning: how likely a question needs what was said before it to be understood, by its words alone.

"And the small one?" does, "who brought it back" most likely, "when does the chemist open" hardly.
"""

from __future__ import annotations

import re
from functools import lru_cache

import numpy as np

from index import content_words
from rag.answer.regression import Matrix, regression

_WORDS = {
    "he_or_she": re.compile(r"\b(?:he|she|him|her|his|hers|he's|she's|himself|herself)\b", re.I),
    "they": re.compile(r"\b(?:they|them|their|theirs|they're|themselves)\b", re.I),
    "it": re.compile(r"\b(?:it|its|it's|itself)\b", re.I),
    "that": re.compile(
        r"\b(?:that|this|these|those)\b(?=\s*[?.!]*$)"
        r"|\b(?:that|this) (?:is|was|happen|mean|cost|work|take|help|go|come)\b"
        r"|^(?:is|was|does|did|has|can|will) (?:that|this)\b|\bthat's\b",
        re.I,
    ),
    "that_noun": re.compile(r"\b(?:that|those|these|this) (?!is\b|was\b|happen)[a-z]+", re.I),
    "there": re.compile(r"\b(?<!is )(?<!are )(?<!was )(?<!were )there\b(?! (?:is|are|was|were|a|any)\b)", re.I),
    "another": re.compile(
        r"\b(?:the (?:[a-z]+ )?(?:others?|ones?|first|second|third|last|next|same|rest)|ones|others?|both|n?either)\b",
        re.I,
    ),
    "and": re.compile(r"^(?:and|but|so|or|then|also|ok|okay|hmm|well|not|no|nor)\b", re.I),
    "then": re.compile(
        r"\b(?:then|too|instead|though|else|exactly|again|otherwise|before|after(?:wards)?|anyway|now|more|still|yet"
        r"|already)\s*[?.!]*$",
        re.I,
    ),
    "what_about": re.compile(r"^(?:what|how) about\b", re.I),
    "name": re.compile(r"(?<=\w )[A-ZÀ-Þ][\w-]+"),
    "digit": re.compile(r"\d"),
    "article": re.compile(r"\ban? [a-z]+", re.I),
    "we": re.compile(r"\b(?:i|me|my|we|our|us|you|your)\b", re.I),
    "asks": re.compile(r"^(?:what|which|who|whom|whose|when|where|why|how)\b", re.I),
    "something": re.compile(
        r"\b(?:happen(?:s|ed)?|what for|how come|why not|what else|any(?:thing|one|body)?|some(?:body|one))\b", re.I
    ),
}
_POINTING = ("he_or_she", "they", "it", "that", "that_noun", "there", "another", "then", "something")
_SIZES = ("word", "two_words", "three_words", "four_words", "no_content", "one_content", "two_content", "longest")
LEANING_FEATURES = (*_WORDS, *_SIZES)
_LONGEST = 300  # characters of a question that are looked at


def leaning_features(question: str) -> list[float]:
    """Return the features of a question."""
    asked = question.strip()[:_LONGEST]
    words, content = asked.split(), content_words(asked)
    sizes = (*(len(words) == n for n in (1, 2, 3, 4)), *(len(content) == n for n in (0, 1, 2)))
    longest = max((len(word) for word in content), default=0)
    return [float(v) for v in (*(bool(p.search(asked)) for p in _WORDS.values()), *sizes, min(longest, 20))]


def points_back(question: str) -> bool:
    """Tell whether a question has a word that stands for something that was said: "it", "there", "the other one"."""
    return any(_WORDS[name].search(question[:_LONGEST]) for name in _POINTING)


@lru_cache(maxsize=64)
def leaning(question: str) -> float:
    """Return the probability that a question leans on what was said before it."""
    row: Matrix = np.asarray([leaning_features(question)])
    return float(regression("leaning", LEANING_FEATURES).probabilities(row)[0])
