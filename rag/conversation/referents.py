"""Referents: what "she", "it", "there", "that car" and "the second one" of a question stand for in a conversation."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from rag.conversation.mentions import ASKING, BE, DO, PREPOSITIONS, Mention, find_mentions
from rag.conversation.salience import (
    TIMES,
    Spoken,
    as_person,
    as_place,
    as_several,
    as_thing,
    as_topic,
    is_number,
    is_thing,
    spoken_in,
)
from rag.records import Turn
from rag.tagger.tagger import DOUBTED, Tags

_POSSESSIVES = frozenset("his her its their".split())
_PERSON = frozenset("he she him his her hers himself herself".split())
_PLURAL = frozenset("they them their theirs themselves".split())
_CLAUSES = re.compile(
    r"[.?!;]\s|\b(?:when|if|while|because|before|after|that|since|until|whether|how|why|and|but|or|as)\b", re.I
)
_WORD = re.compile(r"[^\W_](?:[\w’'-]*\w)?")
# "is it true that", "how long does it take", "it rains": nothing that was spoken of.
_EMPTY_IT = re.compile(
    r"\bit(?: (?:is|was|be|would be|will be))? (?:true|possible|likely|necessary|worth|legal|allowed|normal|safe|ok"
    r"|okay|important|better|best|raining|rains?|snows?|snowing|seems?|appears?|turns? out|called (?:when|if))\b"
    r"|\bhow (?:long|much)(?: \w+)? (?:does|did|will|would) it (?:take|cost)(?: \w+)?(?: \w+)? to\b"
    r"|\bwhat (?:time|day|year) (?:is|was) it\b|\b(?:mean|say|do you call) it when\b",
    re.I,
)
_THERE_IS = re.compile(
    r"\b(?:is|are|was|were|isn't|aren't|wasn't|will|would|can|could|has|have|be|been|did|does|should"
    r"|may)(?: \w+n't)?\s+there\b|\bthere(?:'s|’s| (?:is|are|was|were|will|may|must|has|have|been|exists?|any))\b",
    re.I,
)
_DEMONSTRATIVE = re.compile(
    r"\b(?P<word>this|that|these|those)(?= )\s+(?P<noun>(?:same )?(?:[a-z][\w-]*))(?!['’])(?P<after>\s+[a-z][\w-]*)?",
    re.I,
)
_NO_NOUN = frozenset("much many is was are were will would has have had can could did does do should may".split())
_ORDINALS = {"first": 0, "second": 1, "third": 2, "fourth": 3, "fifth": 4, "last": -1, "latter": -1, "former": 0}
_NTH = re.compile(r"\bthe (?P<nth>first|second|third|fourth|fifth|last) one\b|\bthe (?P<of_two>former|latter)\b", re.I)
ASKS_MORE = re.compile(
    r"^(?:(?:are|is|were|was) there )?(?:any|some|what) (?:other|else|more)\b|^(?:anything|who|what|where) else\b"
    r"|^what happened(?: (?:next|then|after that|afterwards?|in \d{4}|during .*|after .*))?[ ?.]*$"
    r"|^(?:can you )?(?:tell me|say) (?:more|anything else)\b|^(?:any|some) (?:example|detail|other)s?\b",
    re.I,
)
_CLASSES = (
    "album band film book company song show team game movie group article series play novel firm club city country town"
    " river building car model machine planet war battle island region disease drug school university product project"
    " machine device contract lease report document plan tool"
).split()
_CLASS = re.compile(rf"\bthe (?:{'|'.join(_CLASSES)})\b(?! of\b| in\b| that\b| which\b| who\b)", re.I)
_QUESTION = re.compile(
    r"\?\s*$|^(?:what|which|who|whom|whose|when|where|why|how|is|are|was|were|do|does|did|has|have|had|can|could|will"
    r"|would|should|may|must|tell|explain|describe|list|name|give|show|compare)\b",
    re.I,
)
_LED = re.compile(r"\b(in|on|at|of|for|to|by|from|with|about|under)\s+$", re.I)
# What "that" may stand for after it is what is done: "can I undo that?"
_ACTION = re.compile(r"^\W*(?:and |but |so )?(?:how (?:do|can|could|should|must|to)|can|may|could|should|must) ", re.I)
_FURTHEST = 12  # turns that are looked through


class Referents:
    """What a conversation has spoken of, the latest first."""

    def __init__(self, turns: Sequence[Turn], tags: Tags | None = None) -> None:
        self._turns = list(reversed(turns))[:_FURTHEST]
        self._spoken = [spoken for spoken in spoken_in(self._turns, tags) if not tags or spoken.told >= DOUBTED]
        self._used: set[str] = set()

    def resolve(self, question: str) -> str:
        """Return `question` with each kind of pointing word replaced, where it first stands.

        Of several sentences it is the last one that asks; what stands before it in the same breath explains it.
        """
        if not _QUESTION.search(question):
            return question
        sentences = list(re.finditer(r"(?<=[a-z\d][.!?])\s+(?=[A-Z])", question))
        if sentences:
            at = sentences[-1].end()
            last = question[at:]
            aside = all(len(part.split()) <= 2 for part in re.split(r"[.!?]\s+", question[:at].strip()))
            return question[:at] + self.resolve(last) if aside else question
        named = any(mention.named for mention in find_mentions(question))
        for step in (self._ordinals, self._demonstratives, self._pronouns, self._there):
            question = step(question)
        if not named and not any(mention.named for mention in find_mentions(question)):
            return self._added(question)
        return question

    def topic(self) -> str:
        """Return what was spoken of last, "" if nothing."""
        found = self._best(as_topic)
        return found.core if found else ""

    def _ordinals(self, question: str) -> str:
        found = _NTH.search(question)
        if not found or not self._turns:
            return question
        items = _items(self._turns[0].answer[:400]) or _items(self._turns[0].question)
        nth = _ORDINALS[(found["nth"] or found["of_two"]).lower()]
        if len(items) < 2 or nth >= len(items):
            return question
        return f"{question[: found.start()]}{items[nth]}{question[found.end() :]}"

    def _demonstratives(self, question: str) -> str:
        for found in _DEMONSTRATIVE.finditer(question):
            before = question[: found.start()].split()
            last = before[-1].lower().strip(",") if before else ""
            noun = found["noun"].lower().removeprefix("same ")
            points = (
                not last or last in PREPOSITIONS or last in BE or last in DO or last in ASKING or last in ("and", "of")
            )
            points = points or found["word"].lower() in ("this", "these", "those") or not found["after"]
            if not points or noun in PREPOSITIONS or noun in _NO_NOUN or noun in BE or noun in ("the", "a", "not"):
                continue
            if noun in TIMES:
                return question
            chosen = self._of_noun(noun)
            if chosen:
                before_it = question[: found.start()]
                return f"{before_it}{_fit(chosen.core, before_it)}{question[found.end('noun') :]}"
        return self._lone_that(question)

    def _lone_that(self, question: str) -> str:
        """Replace "that" and "this" at the end of a question, or before its verb."""
        found = re.search(
            r"(?<!than )\b(?:that|this)(?=\s*[?.!]*$)|(?<=^is )(?:that|this)\b|(?<=^was )(?:that|this)\b",
            question,
            re.I,
        )
        if not found or found.start() == 0 or _ACTION.match(self._turns[0].question):
            return question
        chosen = self._best(as_thing)
        if chosen is None or not chosen.named:
            return question
        return f"{question[: found.start()]}{chosen.core}{question[found.end() :]}"

    def _pronouns(self, question: str) -> str:
        classes = ((_PERSON, as_person), (_PLURAL, as_several), (frozenset(("it", "its", "itself")), as_thing))
        for pronouns, weigh in classes:
            found = next((w for w in _WORD.finditer(question) if w.group().lower() in pronouns), None)
            if found is None or _is_inside(question, found.start(), found.group().lower()):
                continue
            chosen = self._best(weigh, pronoun=found.group().lower())
            if chosen is None or (found.group().lower().startswith("it") and _EMPTY_IT.search(question)):
                continue
            text = _fit(chosen.core, question[: found.start()])
            if _is_owner(question, found):
                text += "'" if text.endswith("s") and chosen.is_plural else "" if text.endswith(("'s", "’s")) else "'s"
            question = f"{question[: found.start()]}{text}{question[found.end() :]}"
        return question

    def _there(self, question: str) -> str:
        found = re.search(r"(?<!over )(?<!out )\bthere\b", question, re.I)
        if not found or _THERE_IS.search(question):
            return question
        chosen = self._best(as_place)
        if chosen is None:
            return question
        before = question[: found.start()].split()
        own = next(spoken.placed for spoken in self._spoken if spoken.mention is chosen)
        led = "" if before and before[-1].lower() in PREPOSITIONS else f"{own if own in ('in', 'on') else 'at'} "
        if before and before[-1].lower() in ("go", "goes", "went", "get", "got", "going", "come", "travel", "drive"):
            led = "to "
        return f"{question[: found.start()]}{led}{chosen.core}{question[found.end() :]}"

    def _added(self, question: str) -> str:
        """Put the topic behind a question that asks for more, or speaks of "the film" when one was named."""
        topic = self.topic()
        bare = question.rstrip("?. ")
        if not topic or topic.lower() in question.lower():
            return question
        known = _CLASS.search(question)
        if known:
            named = self._best(lambda spoken: as_thing(spoken) if spoken.mention.named else -1.0)
            noun = known.group().split()[-1].lower()
            if (
                named is None
                or named.is_person
                or noun in named.core.lower()
                or not any(noun in turn.question.lower() for turn in self._turns[:3])
            ):
                return question
            return f"{question[: known.end()]} {named.core}{question[known.end() :]}"
        if not ASKS_MORE.search(question):
            return self._of_the_same(question)
        lead = re.match(r"^what happened", question, re.I)
        if lead and not re.search(r" to ", question):
            return f"{question[: lead.end()]} to {topic}{question[lead.end() :]}"
        return f"{bare} about {topic}?"

    def _of_the_same(self, question: str) -> str:
        """Put the name that was spoken of behind a question of "the rent" where the turn before had the rent, too."""
        spoken = max((s for s in self._spoken if s.mention.named), key=as_topic, default=None)
        if spoken is None or as_topic(spoken) <= 0:
            return question
        before = f"{self._turns[0].question} {self._turns[0].answer[:400]}".lower()
        again = [
            mention
            for mention in find_mentions(question)
            if re.match(r"^(?:the|that|this) \w+$", mention.text, re.I)
            and not mention.asked
            and len(mention.head) > 2
            and re.search(rf"\b{re.escape(mention.head)}s?\b", before)
        ]
        if not again or not _QUESTION.search(question):
            return question
        led = _LED.search(self._turns[spoken.age].question[: spoken.mention.start]) if spoken.asked else None
        link = led[1].lower() if led else "of"
        return f"{question[: again[0].end]} {link} {spoken.mention.core}{question[again[0].end :]}"

    def _of_noun(self, noun: str) -> Mention | None:
        """Return what "that `noun`" stands for: what has this last word, a person for a person's, or else a thing."""
        bare = noun.removesuffix("s")
        if noun == "article":
            return self._best(as_topic)
        for spoken in self._spoken:
            if spoken.mention.head == bare and spoken.mention.core.lower() not in (noun, f"the {noun}"):
                return spoken.mention
        if Mention(noun, 0, len(noun), named=False).is_person:
            return self._best(as_person)
        if bare not in _CLASSES:
            return None
        named = self._best(lambda spoken: as_thing(spoken) if spoken.mention.named else -1.0)
        return named or self._best(as_several if bare != noun else as_thing)

    def _best(self, weigh: Callable[[Spoken], float], *, pronoun: str = "") -> Mention | None:
        """Return the mention of the highest weight that is above zero; of equal ones the latest. Each is taken once."""
        free = [spoken for spoken in self._spoken if spoken.mention.core not in self._used]
        if pronoun in _PERSON:
            free = [spoken for spoken in free if spoken.mention.may_be(pronoun)]
        best = max(free, key=weigh, default=None)
        if best is None or weigh(best) <= 0:
            return None
        self._used.add(best.mention.core)
        return best.mention


def _items(text: str) -> list[str]:
    """Return the things that a text lists: "A, B and C"."""
    names = [m.core for m in find_mentions(text) if m.named]
    return [part for name in names for part in re.split(r",? and ", name)]


def _is_inside(question: str, at: int, pronoun: str) -> bool:
    """Tell whether what a pronoun stands for is in the question itself: "do bees sting when they are angry?"."""
    before = question[:at]
    found = find_mentions(before)
    if pronoun in _PERSON:
        found = [m for m in found if m.is_person or (m.named and not is_thing(m))]
    else:
        found = [m for m in found if not is_number(m) and not (m.is_person and pronoun.startswith("it"))]
    if not found:
        return False
    between = question[found[-1].end : at]
    owner = pronoun in _POSSESSIVES and _is_owner(question, re.compile(r"\w+").match(question, at))
    return owner or _CLAUSES.search(between) is not None


def _is_owner(question: str, found: re.Match[str] | None) -> bool:
    """Tell whether a pronoun is the owner of what follows: "her assistant", not "did you see her in May"."""
    pronoun = found.group().lower() if found else ""
    if found is None or pronoun not in _POSSESSIVES:
        return False
    if pronoun != "her":
        return True
    following = _WORD.match(question, found.end() + 1)
    low = following.group().lower() if following else ""
    return (
        bool(low) and low not in PREPOSITIONS and low not in BE and low not in DO and low not in ASKING and low != "and"
    )


def _fit(text: str, before: str) -> str:
    """Return a replacement without its article behind another one, and in lower case inside of a sentence."""
    if re.search(r"\b(?:the|a|an)\s+$", before, re.I):
        return re.sub(r"^(?:the|a|an)\s+", "", text, flags=re.I)
    return re.sub(r"^The\b", "the", text) if before.strip() else text
