"""Follow-ups: a question that leans on the one before is made to stand alone, without a language model."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.records import Turn

# A question that starts like this goes on with what was said.
_OPENING = re.compile(r"^\s*(and|but|or|so|also|then|what about|how about|und|aber|et|mais|y|pero)\b", re.I)
# Words that point back. "it" and "there" also stand in questions that are complete ("is it true", "are there").
_POINTING = re.compile(
    r"\b(he|she|they|him|her|hers|his|their|theirs|them|its|himself|herself|itself|themselves|this|these|those|"
    r"the (?:former|latter|same|other)|(?<!is )(?<!was )(?<!does )it(?! (?:true|possible|likely))|"
    r"(?<!is )(?<!are )(?<!was )(?<!were )(?<!did )there)\b"
    r"|\bthat(?=\?|$| (?:one|time|year|day|place|company|person)\b)"
    r"|\b(?:is|was|does|did|can|will|would|should) it\b",
    re.I,
)
_FEW_WORDS = 3
_FURTHEST = 2  # questions before this one


def stand_alone(question: str, history: Sequence[Turn]) -> str:
    """Return `question` with what it leans on from `history`: the questions before it, put in front.

    A question that stands alone already is returned as it is. The answers are left out on purpose: they would pull
    the search to the passages that were shown already.
    """
    if not history or not leans_on_history(question):
        return question
    before: list[str] = []
    for turn in reversed(history):
        if not (before and before[0].startswith(turn.question)):  # it was itself made to stand alone with this one
            before.insert(0, turn.question.strip())
        if not leans_on_history(turn.question) or len(before) == _FURTHEST:
            break
    return " ".join([*before, question.strip()])


def leans_on_history(question: str) -> bool:
    """Tell whether a question can't be understood without the conversation before it."""
    if _OPENING.search(question) or _POINTING.search(question):
        return True
    words = question.split()
    names = any(word[:1].isupper() or word[:1].isdigit() for word in words[1:])
    return len(words) <= _FEW_WORDS and not names
