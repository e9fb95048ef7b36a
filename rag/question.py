"""What a question asks for: its content words, and the kind of answer it wants."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from index import content_words, split_words

AnswerKind = Literal["time", "quantity", "person", "place", "reason", "other"]

_KINDS: dict[AnswerKind, re.Pattern[str]] = {
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
_SIGNS: dict[AnswerKind, re.Pattern[str]] = {
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
# A noun of several, and what may follow it: "which blocks are", "what tools does". (What ends in "ss", "us" is one.)
_PLURAL = r"[a-z-]*[a-rtv-z]s"
_VERB = (
    r"(?:are|were|do|does|did|have|has|had|can|could|may|must|should|will|would|need|belong|cost|use|contain|come|go"
    r"|run|live|work|speak|want|lie|take|get|make|hold)"
)
_LIST = re.compile(
    r"\b(?:what|which|who) (?:are|were) (?:the )?(?:\w+ ){0,3}\w+s\b|^\W*(?:please )?(?:list|name|enumerate)\b"
    r"|\b(?:what|which) (?:\w+ )?(?:kinds|types|sorts|ways|reasons|steps|parts|countries|cities|people|things"
    r"|examples|symptoms|requirements|conditions|members|features|advantages|disadvantages|items|documents|papers"
    r"|tools|ingredients|rules|rooms|dates|topics|points|options|benefits|duties|tasks|materials|goods|services)\b"
    r"|\blist of\b"
    r"|\bwhat (?:all )?(?:should|must|do|does|can|may|shall) (?:i|we|you|they|one|people|guests|visitors|participants"
    r"|tenants|everyone) (?:\w+ )?(?:bring|need|pack|have to (?:bring|take|do)|take|wear|do|check|avoid|prepare)\b"
    r"|\bwhat (?:is|was|are|were|comes|came) (?:\w+ )?(?:included|covered|excluded|in the|part of|needed|required)\b"
    r"|\bwhat (?:does|do|did) (?:[\w'-]+ ){1,4}(?:cover|include|exclude|contain|comprise|consist of)\b"
    r"|^\W*how (?:do|can|should|must|does|to) (?:i |we |you |one )?"
    rf"|^\W*(?:in |at |on |to |from |of |for |by )?(?:what|which)(?: [\w-]+){{0,2}} {_PLURAL} {_VERB}\b"
    rf"|^\W*where (?:do|did|are|were|can|may|must|will) (?:the |our |all )?(?:[\w-]+ ){{0,2}}{_PLURAL}\b"
    r"|^\W*who (?:all )?(?:is|are|was|were) (?:all )?(?:in(?! charge)|on|part of|among)\b|^\W*who all\b",
    re.I,
)
# "List all", "name the": what is asked for begins after it.
_COMMAND = re.compile(
    r"^\W*(?:please )?(?:list|name(?! of)|enumerate)"
    r"(?: (?:me|us|all|every|everyone|everybody|everything|each|of)\b)*+ ",
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


# "What is the difference in price between the Alto and the Basso?", "which is heavier, the Alto or the Basso?",
# "compare the weight of the Alto and the Basso"
_COMPARED = (
    re.compile(
        r"\bdifferences?\b(?: in (?P<what>[\w -]{1,40}?))? between "
        r"(?P<one>[^,?]{1,60}?) and (?P<other>[^,?]{1,60}?)\s*\??$",
        re.I,
    ),
    re.compile(
        r"^\W*(?:which|what|who)(?: (?:of (?:them|the two)|[\w-]{1,30}))? "
        r"(?P<what>(?:is|are|was|has|costs?|weighs?|lasts?)\b[^,?]{1,60}?)"
        r"[,:] (?P<one>[^,?]{1,60}?) or (?P<other>[^,?]{1,60}?)\s*\??$",
        re.I,
    ),
    re.compile(
        r"^\W*(?:please )?compare (?:(?P<what>[^,?]{1,40}?) (?:of|for|between) )?(?P<one>[^,?]{1,60}?) (?:and|with|to) "
        r"(?P<other>[^,?]{1,60}?)\s*[?.]?$",
        re.I,
    ),
    re.compile(
        r"^\W*(?:how|in what(?: way)?) (?:do|does|did|is|are|was|were) (?P<one>[^,?]{1,60}?) "
        r"(?:differ|different) (?:from|to) (?P<other>[^,?]{1,60}?)\s*\??$",
        re.I,
    ),
    re.compile(
        r"^\W*(?!(?:how|what|which|who|when|where|why)\b)(?P<one>[^,?]{1,60}?) "
        r"(?:vs\.?|versus|compared (?:to|with)) (?P<other>[^,?]{1,60}?)"
        r"(?:[:,] (?P<what>[^,?]{1,40}))?\s*\??$",
        re.I,
    ),
)
_DEGREE = re.compile(r"\b(?:is|are|was|has|the|more|less|most|least|better|worse)\b", re.I)
# What makes a sentence say the opposite. (A question with "who can't" looks for a sentence that forbids.)
_NEGATION = re.compile(
    r"\b(?:not|never|no|none|nor|neither|nobody|nothing|nowhere|without|except|cannot|excluding|excluded?s?|forbidden|"
    r"prohibited|banned|must avoid|unless|kein\w*|nicht|pas|jamais|ninguno?)\b|n['’]t\b",
    re.I,
)
# A code ("E011", "PPR-9088"; not "5kg", "3rd"), a year, or a number at the end of what it numbers ("room 120").
_EXACT = re.compile(
    r"\b(?!\d+(?:st|nd|rd|th|am|pm|[a-z]{1,2})\b)(?=[\w-]{0,30}\d)(?=[\w-]{0,30}[a-z])\w[\w-]{1,30}\b"
    r"|\b(?:1[89]|20)\d\d\b(?![.,]\d)"
    r"|(?<=[a-z] )\d[\d.,]{0,12}+(?<![,.])(?=\s*(?:$|[?!,;]|(?:of|in|on|at|from|to|is|was|add|say|do|does|go|mean)\b))",
    re.I,
)
_YES_NO = re.compile(
    r"^\W*(?:is|are|was|were|am|do|does|did|can|could|may|must|should|shall|will|would|has|have|had)(?:n['’]t)?\b", re.I
)


class SpokenOf(NamedTuple):
    """Where the last answer stands, `start:end` of a document, and the probability that the question leans on it.

    `words` are the content words of "and X?", which has no verb of its own; of other questions there are none.
    """

    doc_id: str
    start: int
    end: int
    leaning: float
    words: frozenset[str]


@dataclass(frozen=True, slots=True)
class Question:
    """A question made ready: its text, what kind it is, and how rare each of its content words is (their idf).

    `asked` is the question without what is said around it ("could you please tell me"); `parts` are the questions in
    it, if there are two ("when and by whom"), each to stand alone; `compared` are the two things that it compares.
    `wants_list` tells that several things are wanted.
    `identifiers` are its words with a digit and `names` those written as names: what doesn't hold them is about
    something else. `exact` are identifiers that nothing near can stand for: a code, a date, a room, a version.
    `negated` tells that it asks what is not. Of a follow-up, `in_context` is what was typed, behind the question before
    it, and behind that and its answer, and `context` has the words of what was said, which count less; of others both
    are empty. Where something was said before, `spoken_of` is where that stands. `is_unheard_of` tells that no document
    holds any word of what was typed.
    """

    text: str
    kind: AnswerKind
    rarity: Mapping[str, float]
    asked: str
    parts: tuple[str, ...]
    compared: tuple[str, ...]
    wants_list: bool
    identifiers: frozenset[str]
    exact: frozenset[str]
    names: frozenset[str]
    negated: bool
    in_context: tuple[str, ...] = ()
    context: Mapping[str, float] = field(default_factory=dict)
    spoken_of: SpokenOf | None = None
    is_unheard_of: bool = False

    @property
    def to_read(self) -> tuple[str, ...]:
        """What the reader reads: it was trained to understand a follow-up in its context, better than we rewrite it."""
        return self.in_context or (self.asked,)

    def coverage(self, words: Set[str]) -> float:
        """Return the share of the content words that are in `words`, rare ones counting more; 0 if there are none."""
        wanted = {**self.context, **self.rarity}
        total = sum(wanted.values())
        return sum(rarity for word, rarity in wanted.items() if word in words) / total if total else 0.0


def read_question(text: str, rarity: Callable[[str], float]) -> Question:
    """Read a question that stands alone; `rarity` gives the inverse document frequency of a word."""
    asked = without_politeness(text)
    compared = _find_compared(asked)
    return Question(
        text=text,
        kind=question_kind(text),
        rarity={word: rarity(word) for word in content_words(_COMMAND.sub("", asked) or asked)},
        asked=asked,
        parts=question_parts(asked),
        compared=(compared["one"], compared["other"]) if compared else (),
        wants_list=_LIST.search(asked) is not None,
        identifiers=frozenset(word for word in split_words(asked) if has_digit(word)),
        exact=_exact(asked),
        names=_names(asked),
        negated=is_negated(asked) and not is_yes_no(asked),
    )


def _exact(asked: str) -> frozenset[str]:
    """Return the identifiers that nothing near can stand for; the word of a date, 20221207, is one."""
    named = [word for found in _EXACT.finditer(asked) for word in split_words(found[0]) if has_digit(word)]
    return frozenset([*named, *(word for word in split_words(asked) if is_day(word))])


def is_day(word: str) -> bool:
    """Tell whether a word, as `split_words` gives it, is that of a date: 20221207."""
    return len(word) == 8 and word.isdigit()


def is_negated(text: str) -> bool:
    """Tell whether a question or sentence denies, forbids or excepts something."""
    return _NEGATION.search(text) is not None


def is_yes_no(text: str) -> bool:
    """Tell whether a question asks whether something is so."""
    return _YES_NO.search(text) is not None


def has_digit(word: str) -> bool:
    """Tell whether there is a digit in a word, or any text."""
    return any(character.isdigit() for character in word)


def _names(text: str) -> frozenset[str]:
    """Return the words of a question that are written as names: with a capital, and not because a sentence begins."""
    written = [found[0] for found in re.finditer(r"(?<=[\w,;:'’\"“(-] )[\"“'(]?(?!I\b)[A-ZÀ-Þ][\w’'-]*", text)]
    shouted = text.isupper() or sum(word[:1].isupper() for word in text.split()) > max(3, 0.7 * len(text.split()))
    return frozenset() if shouted else frozenset(content_words(" ".join(written)))


def without_politeness(text: str) -> str:
    """Return a question without what is said around it: "could you please tell me who it was, thanks" asks "who"."""
    bare = _POLITE.sub("", text.strip())
    return _THANKS.sub("", bare).strip() or text


def question_parts(text: str) -> tuple[str, ...]:
    """Return the two questions that stand in one, each so that it can be read alone; nothing if there is only one."""
    bare = text.strip().rstrip("?").strip()
    if compared := _find_compared(text):
        what = _DEGREE.sub("", compared.groupdict().get("what") or "").strip()
        return tuple(f"{what} {compared[side]}?".strip() for side in ("one", "other"))
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


def _find_compared(text: str) -> re.Match[str] | None:
    return next((found for pattern in _COMPARED if (found := pattern.search(text.strip()))), None)


def question_kind(text: str) -> AnswerKind:
    """Return what kind of answer a question wants: by the question word that comes first."""
    found = {kind: match.start() for kind, pattern in _KINDS.items() if (match := pattern.search(text))}
    return min(found, key=lambda kind: found[kind]) if found else "other"


def shows_kind(sentence: str, kind: AnswerKind) -> bool:
    """Tell whether a sentence holds words of the kind that is asked for: a date, a number, a name, a place, a cause."""
    return kind in _SIGNS and _SIGNS[kind].search(sentence) is not None
