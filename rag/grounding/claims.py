"""Claims: a text goes in, its sentences come out, each as the claims that it joins; what claims nothing is left out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from index import cells_of, clean_text, split_sentences
from rag.markup import HEADING, without_markup

_LEAST_WORDS = 3  # of either half, for a sentence to be of two claims
_LOOKED_AT = 300  # characters of a half, in which it shows what it is
_MOST_CLAIMS = 8  # of a sentence; more are one
_LONGEST_LEAD = 14  # words of a line that only leads to others: "The points that matter are:"
_LINE_END = re.compile(r"\n[^\S\n]*+(?:(?=[-*•]\s|\d{1,3}[.)]\s|#{1,6}\s)|\n)|(?<=:)[^\S\n]*+\n")
_JOINT = re.compile(
    r"; | ?, (?:and|but|while|whereas|yet|so) | (?:while|whereas) |, (?=who |which )"
    r"| and (?=(?:the|it|he|she|they|there|this|these|an?|its|his|her|their|you|we|i)\b)",
    re.I,
)
_VERB = re.compile(
    r"\b(?:is|are|was|were|be|been|has|have|had|do|does|did|can|could|may|must|will|would|should|shall|cannot|costs?"
    r"|[a-z]{2,}(?:ed|s|n['’]t)|won|wrote|made|built|took|gave|got|held|ran|came|went|left|met|began|became|sold|paid"
    r"|need|said|led|lost|found|kept|put|set|cut)\b",
    re.I,
)
_NO_SUBJECT = re.compile(
    r"^(?:is|are|was|were|has|have|had|does|did|can|may|must|will|would|should|not|[a-z]+(?:ed|ing))\b"
)
_SMALL_TALK = re.compile(
    r"^(?:sure|certainly|of course|hello|hi|great question|thanks?|thank you|yes|no|i hope this helps|let me know"
    r"|here (?:is|are)|in summary|to summari[sz]e|overall)\b[^.!?]{0,40}[.!:,]*$",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence, `text[start:end]` of a text, and the claims that it joins, in plain words."""

    start: int
    end: int
    claims: tuple[str, ...]

    @property
    def whole(self) -> str:
        """All that it claims."""
        return self.claims[0] if len(self.claims) == 1 else " ".join(self.claims)


def sentences_of(text: str) -> Iterator[Said]:
    """Yield the sentences of a text that claim something."""
    for start, end in split_sentences(text):
        for first, last in _lines(text, start, end):
            line = text[first:last]
            plain = plain_words(line)
            if plain and not _claims_nothing(line, plain):
                yield Said(first, last, claims_of(plain))


def plain_words(sentence: str) -> str:
    """Return a sentence without the marks, links and numbers of citations that a language model puts into it."""
    return " ".join(without_markup(clean_text(sentence)).split()).strip("|# ")


def claims_of(sentence: str) -> tuple[str, ...]:
    """Return the claims that a sentence joins: those around "and" or ";" that each have a subject and a verb.

    A row of a table is one: a cell says nothing without the others.
    """
    if cells_of(sentence):
        return (sentence,)
    parts, at = [], 0
    for joint in _JOINT.finditer(sentence):
        one, rest = sentence[at : joint.start()], sentence[joint.end() : joint.end() + _LOOKED_AT]
        if _stands_alone(one[:_LOOKED_AT]) and _stands_alone(rest):
            parts.append(one.strip())
            at = joint.end()
        if len(parts) + 1 == _MOST_CLAIMS or joint.start() - at > _LOOKED_AT:
            break
    parts.append(sentence[at:].strip())
    return tuple(part[:1].upper() + part[1:] for part in parts)


def _stands_alone(text: str) -> bool:
    words = text.split()
    return len(words) >= _LEAST_WORDS and bool(_VERB.search(text)) and not _NO_SUBJECT.match(text)


def _lines(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the parts of a sentence that stand on lines of a list, else all of it."""
    cuts = [start]
    for found in _LINE_END.finditer(text[start:end]):
        cuts.append(start + found.end())
    for first, last in zip(cuts, [*cuts[1:], end], strict=True):
        part = text[first:last]
        first += len(part) - len(part.lstrip())
        last -= len(part) - len(part.rstrip())
        if first < last:
            yield first, last


def _claims_nothing(line: str, plain: str) -> bool:
    if HEADING.match(line) or not re.search(r"[^\W_]", plain) or plain.endswith("?"):
        return True
    leads = plain.endswith(":") and len(plain.split()) <= _LONGEST_LEAD
    return leads or bool(_SMALL_TALK.match(plain)) or re.fullmatch(r"\*\*[^*]+\*\*:?", line.strip()) is not None
