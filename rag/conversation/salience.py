"""Mentions of a conversation: how likely each name and noun phrase in it is what a later question points to."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rag.conversation.mentions import Mention, find_mentions, parts_of
from rag.records import Turn
from rag.tagger.inputs import forms_in
from rag.tagger.tagger import DOUBTED, Tags

TIMES = frozenset("time year day date month week period moment point era decade morning evening season night".split())
_NUMBERS = frozenset("one two three four five six seven eight nine ten eleven twelve several both half".split())
_LONGEST_ANSWER = 2000  # characters of an answer that are read
_LONG = 4  # words of a mention that may be more than what is meant
_TOLD = 6.0  # weight of what the tagger says, more than all else together
_LABEL = re.compile(r"(?:^|(?<=; ))[^;:.?!]{1,40}: ")  # of a cell of a row: "Bread: rye; Programme: 2"


@dataclass(frozen=True, slots=True)
class Spoken:
    """A mention of a conversation: `age` in turns, its `place` among those of its text, in how many turns it is.

    `placed` is the preposition in front that may tell a place, `told` the probability that the question leans on it,
    by the tagger, 0 without one.
    """

    mention: Mention
    age: int
    place: int
    asked: bool
    placed: str
    turns: int
    answers_who: bool
    told: float


def as_topic(spoken: Spoken) -> float:
    """Return how likely it is what is spoken of."""
    return _weight(spoken) + 2.0 * spoken.mention.named


def as_person(spoken: Spoken) -> float:
    """Return how likely it is "she"; below zero if it can't be."""
    mention = spoken.mention
    if mention.is_person:
        return _weight(spoken) + 2.5 + mention.named + 4.0 * spoken.answers_who
    alone = mention.named and len(mention.core.split()) <= 3 and not is_thing(mention)
    return _weight(spoken) + 0.5 if alone else -1.0


def as_several(spoken: Spoken) -> float:
    """Return how likely it is "they"; below zero if it can't be."""
    mention = spoken.mention
    if not (mention.is_plural or mention.named):
        return -1.0
    return _weight(spoken) + 1.0 + mention.is_plural + 0.7 * mention.named + 0.5 * spoken.answers_who


def as_thing(spoken: Spoken) -> float:
    """Return how likely it is "it"; below zero if it can't be."""
    mention = spoken.mention
    if mention.is_plural and not mention.named and " and " not in mention.text:
        return -1.0
    if mention.is_person:
        return _weight(spoken) - 1.5
    lone = mention.named and mention.core.isalpha() and not spoken.placed  # it may be a person's
    named = mention.named - 1.5 * lone
    return _weight(spoken) + 1.0 + named + 0.5 * spoken.answers_who - 0.5 * mention.is_plural


def as_place(spoken: Spoken) -> float:
    """Return how likely it is "there"; below zero if it can't be."""
    mention = spoken.mention
    if not spoken.placed or mention.is_person:
        return -1.0
    return _weight(spoken) + 1.0 + mention.named


def _weight(spoken: Spoken) -> float:
    """Weigh a mention by where it stands: late, in a question, in many turns."""
    weight = _TOLD * spoken.told + 2.0 * spoken.asked + 1.3 * math.log2(1 + spoken.turns)
    weight -= 0.6 * spoken.age + 0.15 * spoken.place
    return weight - 4.0 * is_number(spoken.mention)


def _known(mention: Mention, asked: Sequence[Mention]) -> bool:
    return any(mention.text in other.text or other.text in mention.text for other in asked)


def spoken_in(turns: Sequence[Turn], tags: Tags | None) -> list[Spoken]:
    """Return the mentions of a conversation, latest turn first, each with what it is weighed by."""
    found: list[Spoken] = []
    texts = [f"{turn.question} {turn.answer[:_LONGEST_ANSWER]}".lower() for turn in turns]
    for age, turn in enumerate(turns):
        asked = [m for m in find_mentions(turn.question) if not m.asked]
        first = first_said(turn)
        answered = find_mentions(first)
        wants = re.match(r"^(?:\w+ )?(?:who|which|what)\b", turn.question, re.I) is not None
        for text, mentions in ((turn.question, asked), (first, answered)):
            for place, whole in enumerate(mentions):
                for mention in (_told_of(whole, tags), *parts_of(whole)):
                    fresh = wants and text is first and mention.named and not _known(mention, asked)
                    placed = re.search(
                        r"\b(in|at|to|from|near|on|of|visit(?:ed)?|reach(?:ed)?)\s+$", text[: mention.start], re.I
                    )
                    found.append(
                        Spoken(
                            mention,
                            age=age,
                            place=place,
                            asked=text is turn.question,
                            placed=placed[1].lower() if placed else "",
                            turns=sum(mention.core.lower() in other for other in texts),
                            answers_who=fresh and turn.question[:3].lower() == "who",
                            told=told(mention, tags),
                        )
                    )
    return found


def first_said(turn: Turn) -> str:
    """Return the first sentence of an answer; of a row of a table the cells, without the names of their columns."""
    first = re.split(r"(?<=[a-z0-9”\"][.!?])\s", turn.answer[:400].strip(), maxsplit=1)[0]
    return _LABEL.sub("", first) if len(_LABEL.findall(first)) > 1 else first


def _told_of(mention: Mention, tags: Tags | None) -> Mention:
    """Return the words of a long mention that the question leans on: "the Danube" of "the Danube touches countries"."""
    words = list(re.finditer(r"\S+", mention.text))
    if tags is None or len(words) < _LONG:
        return mention
    likely = [max((tags.of(form) for form in forms_in(word[0])), default=0.0) for word in words]
    held = [i for i, p in enumerate(likely) if p >= max(max(likely) / 2, DOUBTED)]
    if not held:
        return mention
    first = held[0] - (held[0] > 0 and words[held[0] - 1][0].lower() == "the")
    start, end = words[first].start(), words[held[-1]].end()
    return replace(mention, text=mention.text[start:end], start=mention.start + start, end=mention.start + end)


def told(mention: Mention, tags: Tags | None) -> float:
    """Return the mean probability of the words of a mention."""
    found = [tags.of(form) for form in forms_in(mention.core) if form in tags.probabilities] if tags else []
    return sum(found) / len(found) if found else 0.0


def is_number(mention: Mention) -> bool:
    """Tell whether a mention is nothing but a number or a time."""
    words = mention.text.lower().split()
    empty = _NUMBERS | TIMES
    return all(word[0].isdigit() or word in empty or word.removesuffix("s") in empty for word in words)


def is_thing(mention: Mention) -> bool:
    """Tell whether a name can't be a person's."""
    return bool(re.search(r"\d|^[Tt]he |\b[A-Z]{2,}\b", mention.text))
