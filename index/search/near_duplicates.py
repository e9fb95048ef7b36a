"""Near-duplicates: the words of texts go in, which of the texts say nearly the same comes out.

Two texts resemble each other by the share of words that they have in common (Broder 1997, "On the resemblance and
containment of documents", with shingles of one word, so that neither their order nor repetition makes a difference).
Numbers and dates are kept apart: sources that differ in them may contradict each other, and both are to be seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Set
from dataclasses import dataclass
from functools import cache

from index.text.words import split_words

_SAME = 0.8  # resemblance from which on two texts say the same, if their values are the same
_ALIKE = 0.7  # and from which on they are alike, whatever their values are
_ALIKE_IN_ALL = 1 / 3  # and with their values; else they are tables, which hold little but values
_VALUES = """
    one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen
    nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million billion
    january february march april may june july august september october november december
    monday tuesday wednesday thursday friday saturday sunday
    """


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of a text, each once: its values, that is numbers and parts of dates, and the others."""

    words: frozenset[str]
    values: frozenset[str]


def wording(words: Iterable[str]) -> Wording:
    """Return the wording of a text of these words, as `split_words` gives them."""
    found = frozenset(words)
    numbers = {word for word in found if word[0].isdigit() or word[-1].isdigit()}
    values = (_value_words() & found) | numbers
    return Wording(found - values, values)


def resemblance(one: Set[str], other: Set[str]) -> float:
    """Return the share of all words that both have, 0 to 1 (the Jaccard coefficient); 1 if there are none at all."""
    shared = len(one & other)
    together = len(one) + len(other) - shared
    return shared / together if together else 1.0


def say_the_same(one: Wording, other: Wording) -> bool:
    """Tell whether two texts say nearly the same, with the same values."""
    return one.values == other.values and resemblance(one.words, other.words) >= _SAME


def are_alike(one: Wording, other: Wording) -> bool:
    """Tell whether two texts say nearly the same but for their values, as texts of one template do."""
    alike = resemblance(one.words, other.words) >= _ALIKE
    return alike and resemblance(one.words | one.values, other.words | other.values) >= _ALIKE_IN_ALL


@cache
def _value_words() -> frozenset[str]:
    return frozenset(split_words(_VALUES))
