"""What a question asks for: its content words, and the kind of answer it wants."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass
from typing import Literal

from index import content_words

Kind = Literal["time", "quantity", "person", "place", "reason", "other"]

_KINDS: dict[Kind, re.Pattern[str]] = {
    "time": re.compile(
        r"\b(when|what (year|date|day|month|century|decade|time|period)|(which|what) years?|since when"
        r"|how (long ago|old)|wann|quand|cuándo)\b",
        re.I,
    ),
    "quantity": re.compile(
        r"\b(how (many|much|long|far|tall|high|big|large|deep|fast|heavy|often|wide)"
        r"|what (percent|percentage|number|amount|population|age|size|length|height|distance|price|cost|fraction|rate)"
        r"|wie ?viele?|wie (lang|hoch|weit|gro(ß|ss))|combien|cuánt[oa]s?)\b",
        re.I,
    ),
    "person": re.compile(
        r"\b(who|whom|whose|(what|which) (person|man|woman|king|queen|author|scientist|president)"
        r"|wer|wem|wen|qui|quién)\b",
        re.I,
    ),
    "place": re.compile(
        r"\b(where|(what|which) (country|city|state|place|region|town|continent|county|location|part)"
        r"|wo|wohin|où|dónde)\b",
        re.I,
    ),
    "reason": re.compile(
        r"\b(why|what (caused?|reason)|how come|for what reason|warum|wieso|pourquoi|por qué)\b", re.I
    ),
}

_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Sept|Oct|Nov|Dec)[a-z]*\.?"
_NUMBER_WORD = (
    r"two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozen|twenty|thirty|forty|fifty|sixty|seventy|eighty"
    r"|ninety|hundred|thousand|million|billion|half|third|quarter|twice|double|single"
)
# A name has at most so many letters and hyphens that "A-A-A-…" is not walked from each of its letters to its end.
_SIGNS: dict[Kind, re.Pattern[str]] = {
    "time": re.compile(
        rf"\b(?:1[0-9]{{3}}|20[0-9]{{2}}|{_MONTH}(?= \d|\b)|\d{{1,2}}(?:st|nd|rd|th)? century|centur(?:y|ies)|BC|BCE|AD"
        r"|\d+ (?:years?|months?|weeks?|days?|hours?)|\d{3,4}s|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)\b"
    ),
    "quantity": re.compile(rf"\d|%|\b(?:{_NUMBER_WORD})\b", re.I),
    "person": re.compile(
        r"(?<![.!?] )(?<!^)\b[A-ZÀ-Þ][\w’'-]{1,60}(?: (?:de|van|von|of|al|bin|the|[A-ZÀ-Þ]\.?))? [A-ZÀ-Þ][\w’'-]+"
        r"|\b(?:he|she|Dr|Mr|Mrs|Sir|King|Queen|Emperor|President|Pope)\b"
    ),
    "place": re.compile(
        r"\b(?:in|at|from|near|to|of|on|between|across|into|through|towards?|around) (?:the )?(?:\w+ )?[A-ZÀ-Þ][\w’'-]+"
    ),
    "reason": re.compile(
        r"\b(?:because|due to|since|so that|in order to|as a result|caused|led to|leads to|owing to|therefore|reason"
        r"|thus|prevent|allow|to (?:avoid|ensure|reduce|increase|improve|protect))",
        re.I,
    ),
}


_ASKING = (
    r"(?:by |to |with |for |in |on |at |from )?(?:what|which|who|whom|whose|when|where|why|how)\b"
    r"(?: (?:many|much|long|far|old|often|year|city|country|date|day|place|kind|type)\b(?: \w+)?)?"
)
_AND = r"(?:,? and|;|,? as well as|,? &)"
# "When and by whom was it built?"; "who built it and when?"; "when was it built, and who built it?"
_TWO_BEFORE = re.compile(rf"^(?P<first>{_ASKING}){_AND} (?P<second>{_ASKING}) (?P<rest>.+)$", re.I | re.S)
_ONE_AFTER = re.compile(rf"^(?P<first>{_ASKING} .+?){_AND} (?P<second>{_ASKING})\s*\??$", re.I | re.S)
_TWO_CLAUSES = re.compile(rf"^(?P<first>{_ASKING} .+?)(?:{_AND}|\?) (?:and )?(?P<second>{_ASKING} .+)$", re.I | re.S)
_LEAD = re.compile(rf"^{_ASKING} ", re.I)
_LIST = re.compile(
    r"\b(?:what|which|who) (?:are|were) (?:the )?(?:\w+ ){0,3}\w+s\b|^\W*(?:please )?(?:list|name|enumerate)\b"
    r"|\b(?:what|which) (?:\w+ )?(?:kinds|types|sorts|ways|reasons|steps|parts|countries|cities|people|things"
    r"|examples|symptoms|requirements|conditions|members|features|advantages|disadvantages)\b|\blist of\b",
    re.I,
)
# What is said around a question and is no part of it.
_POLITE = re.compile(
    r"^(?:(?:hi|hello|hey|excuse me|please|thanks?|thank you|sorry)[,.!]?\s+)*"
    r"(?:(?:could|can|would|will) you (?:please |kindly )?(?:tell|explain to|let) (?:me|us)(?: know)?\s+|"
    r"(?:please )?tell me\s+|do you (?:happen to )?know\s+|i(?:'d| would) (?:like|love) to know\s+|"
    r"i (?:want|need) to know\s+|i(?:'m| am|was| was) (?:just )?wondering(?: if you know)?\s+|"
    r"i have a question:?\s+)(?=\w)",
    re.I,
)
# The white space before it is tried from where it begins only: else a run of it would be walked from each character.
_THANKS = re.compile(r"[,.!?]?(?<!\s)\s*+(?:please|thanks(?: a lot)?|thank you)[.!?]*+$", re.I)


@dataclass(frozen=True, slots=True)
class Question:
    """A question made ready: its text, what kind it is, and how rare each of its content words is (their idf).

    `asked` is the question without what is said around it ("could you please tell me"); `parts` are the questions in
    it, if there are two ("when and by whom"), each to stand alone; `wants_list` tells that several things are wanted.
    """

    text: str
    kind: Kind
    rarity: Mapping[str, float]
    asked: str
    parts: tuple[str, ...]
    wants_list: bool

    def coverage(self, words: Set[str]) -> float:
        """Return the share of the content words that are in `words`, rare ones counting more; 0 if there are none."""
        total = sum(self.rarity.values())
        return sum(rarity for word, rarity in self.rarity.items() if word in words) / total if total else 0.0


def read_question(text: str, rarity: Callable[[str], float], *, last: str = "") -> Question:
    """Read a question; `rarity` gives the inverse document frequency of a word.

    `last` is the part that was asked last, if `text` has earlier questions in front: it says what kind is wanted. Those
    were answered already, and are no parts of this one.
    """
    kind = question_kind(last)
    if kind == "other":
        kind = question_kind(text)
    asked = without_politeness(text)
    return Question(
        text=text,
        kind=kind,
        rarity={word: rarity(word) for word in content_words(asked)},
        asked=asked,
        parts=question_parts(asked) if last in ("", text) else (),
        wants_list=_LIST.search(asked) is not None,
    )


def without_politeness(text: str) -> str:
    """Return a question without what is said around it: "could you please tell me who it was, thanks" asks "who"."""
    bare = _POLITE.sub("", text.strip())
    return _THANKS.sub("", bare).strip() or text


def question_parts(text: str) -> tuple[str, ...]:
    """Return the two questions that stand in one, each so that it can be read alone; nothing if there is only one."""
    bare = text.strip().rstrip("?").strip()
    found = _TWO_BEFORE.match(bare)
    if found:
        return f"{found['first']} {found['rest']}?", f"{found['second']} {found['rest']}?"
    found = _ONE_AFTER.match(bare)
    if found:
        return f"{found['first']}?", f"{found['second']} {_LEAD.sub('', found['first'])}?"
    found = _TWO_CLAUSES.match(bare)
    if found:
        return f"{found['first']}?", f"{found['second']}?"
    return ()


def question_kind(text: str) -> Kind:
    """Return what kind of answer a question wants: by the question word that comes first."""
    found = {kind: match.start() for kind, pattern in _KINDS.items() if (match := pattern.search(text))}
    return min(found, key=lambda kind: found[kind]) if found else "other"


def shows_kind(sentence: str, kind: Kind) -> bool:
    """Tell whether a sentence holds words of the kind that is asked for: a date, a number, a name, a place, a cause."""
    return kind in _SIGNS and _SIGNS[kind].search(sentence) is not None
