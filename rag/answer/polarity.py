"""Yes or no: an answer to a question whether something is so goes in; the word comes out, where it is sure."""

from __future__ import annotations

import re
from functools import cache
from typing import Literal

from index import content_words, split_words
from rag.answer.regression import support_level
from rag.question import is_negated, is_yes_no
from rag.records import Answer

_PERMISSION = "may can could allow allowed permit permitted permission forbid forbidden prohibit prohibited banned"
_ASKS_LEAVE = re.compile(r"\b(?:may|can|allow(?:ed)?|permit(?:ted)?|forbidden|prohibited|banned)\b", re.I)
# What makes a plain statement one under a condition, or no statement of what is so.
_UNSURE = re.compile(
    r"\b(?:if|unless|except|only|but|however|until|before|after|without|whether|might|perhaps|possibly|probably|likely"
    r"|could|would|should|or|when|while|usually|often|sometimes|mostly|some|most|few|nearly|almost|planned|proposed"
    r"|no(?:t)? (?:less|more|fewer|later|earlier))\b",
    re.I,
)
_DENIAL = re.compile(r"\b(?:not|no|never|none|cannot|forbidden|prohibited|banned)\b|n['’]t\b", re.I)


def yes_or_no(answer: Answer) -> Literal["yes", "no", ""]:
    """Return what answers a question whether something is so or allowed, "" if it asks for more or it isn't sure.

    It is sure where one sentence that is well supported says all that is asked, under no condition, and nothing else
    unless it allows or forbids.
    """
    question = answer.standalone_question
    if len(answer.sentences) != 1 or answer.differing or not is_yes_no(question) or is_negated(question):
        return ""
    text = answer.sentences[0].text
    if support_level(answer.sentences[0].support) != "well" or _UNSURE.search(text) or _UNSURE.search(question):
        return ""
    asked, said = (set(content_words(one)) - _permission() for one in (question, text))
    about_leave = _ASKS_LEAVE.search(question) and _ASKS_LEAVE.search(text)
    if not asked or not asked <= said or not (about_leave or said == asked):
        return ""
    denials = len(_DENIAL.findall(text))
    if denials > 1 or (is_negated(text) and not denials):
        return ""
    return "no" if denials else "yes"


@cache
def _permission() -> frozenset[str]:
    return frozenset(split_words(_PERMISSION))
