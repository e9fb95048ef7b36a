"""Questions from headings: what a section is headed by is asked for, in its own words.

A heading goes in, at most one question comes out, none where no rule makes a natural one of it.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from index import ENGLISH, content_words

_NUMBERED = re.compile(r"^(?:(?:[A-Z]\.)?\d{1,2}(?:\.\d{1,2}){0,3}[.)]?|\(?[a-z]\)|[A-Z]\.|§ ?\d+)\s+")
_ASKS = r"(?:What|Which|Who|Whose|When|Where|Why|How|Can|May|Must|Should|Do|Does|Did|Is|Are|Was|Were|Will)"
_WORD = r"[A-Za-zÀ-ž][\w’'-]*"
_DETERMINED = rf"(?:[Tt]he|[Aa]n?|[Yy]our|[Oo]ur|[Ee]ach|[Ee]very) {_WORD}(?: {_WORD}){{0,2}}?"
_NAMED = r"[A-Z][\w’'-]+(?: [A-Z][\w’'-]+){0,2}"
_SINGULAR = rf"(?P<subject>{_DETERMINED}|{_NAMED})"
_AUXILIARY = r"(?P<verb>is|are|was|were|can|must|should|will|may)"
_REST = rf"(?P<rest>(?: {_WORD}){{0,4}})"
# What stands for something outside of the heading: nobody knows what, who hasn't read what is above it.
_POINTING = frozenset(
    "it its itself they them their there here this that these those he him his she her hers such other others same "
    "above below following next previous former latter one ones else also we us i me both another".split()
)
_LATER = frozenset("first last again early later daily properly correctly safely".split())
_CLAUSAL = frozenset(
    "and or but if not no nor than so because while that which who doesn’t doesn't don’t don't".split()
)
# What a person does by instructions.
_VERBS = frozenset(
    "add adjust apply assemble back book borrow bring buy cancel change charge check choose claim clean close collect "
    "connect cook correct create delete descale descend dispose drain dry edit empty end enter export extend file fill "
    "fit fix froth get give grease heat import insert install join keep lay leave light load lock log lubricate make "
    "measure mount open operate order pack paint park pay plant prepare print prune publish put register remove renew "
    "rent repair replace report request reserve reset return rinse schedule sell send serve set share sharpen sign sow "
    "start stop store submit switch tighten train transfer turn unlock unpack update upload use ventilate wash water "
    "winter".split()
)
_GERUNDS = {
    form: verb for verb in _VERBS for form in (f"{verb}ing", f"{verb.removesuffix('e')}ing", f"{verb}{verb[-1]}ing")
}
_PLURAL_HEADS = frozenset(
    "dates fees prices rates charges costs rents fines penalties rules requirements conditions limits dimensions "
    "temperatures deadlines duties responsibilities exceptions exclusions ingredients settings options benefits "
    "symptoms causes risks".split()
)
_HOURS = frozenset("hours times".split())  # only of these, which tell when: "equal hours" are something else
_OF_HOURS = frozenset(
    "opening closing office business visiting working core quiet consulting contact service departure arrival delivery "
    "collection waiting cooking baking".split()
)
_NAMING = frozenset("booking cleaning closing mooring opening parking printing starting training".split())
_AMOUNTS = frozenset("deposit rent fee charge price cost premium salary excess subscription".split())
_SPANS = frozenset("period warranty guarantee duration".split())
_SINGLE_HEADS = frozenset("deadline address capacity limit budget password procedure policy".split())
_MOST_WORDS, _LEAST_CONTENT = 12, 2


def question_of_heading(heading: str, plain: Collection[str]) -> str:
    """Return a question that the section under an English heading answers, "" if no rule makes a natural one.

    `plain` are the words that its document has in small letters: they are no names where they begin with a capital.
    """
    bare = _NUMBERED.sub("", " ".join(heading.split())).rstrip(".:")
    words = bare.rstrip("?").split()
    lower = {word.lower().strip(",;") for word in words}
    if not 2 <= len(words) <= _MOST_WORDS or lower & _POINTING or re.search(r"[()\[\]:;/\\\"“”]|\d", bare):
        return ""
    if bare.endswith("?"):
        question = bare if re.match(rf"{_ASKS} ", bare) and bare.count("?") == 1 else ""
    elif lower & _CLAUSAL or "," in bare:
        question = ""
    else:
        small = _in_small_letters(words, plain)
        question = _of_noun(small) or _of_instruction(small) or _of_clause(" ".join(small))
    return question if len(content_words(question)) >= _LEAST_CONTENT and len(question.split()) >= 4 else ""


def _in_small_letters(words: list[str], plain: Collection[str]) -> list[str]:
    """Return the words of a heading in which each may have a capital as they stand in a sentence, but the first."""
    return [words[0], *(word.lower() if word.lower() in plain else word for word in words[1:])]


def _of_instruction(words: list[str]) -> str:
    """Ask how to do what a heading names: "Clean the filter", "Cleaning the filter", "How to clean the filter"."""
    first, rest = words[0].lower(), words[1:]
    if first == "how" and rest[0] == "to" and len(rest) > 1:
        return f"How do I {' '.join(map(_mine, rest[1:]))}?"
    verb = _GERUNDS.get(first, first if first in _VERBS else "")
    determined = rest[0] in ("the", "a", "an", "your", "our")
    if not verb or len(rest) < 1 + determined or not rest[-1].islower() or rest[-1] in _LATER:
        return ""
    bare_noun = rest[0].islower() and rest[-1].endswith("s") and rest[0] not in ENGLISH
    return f"How do I {verb} {' '.join(map(_mine, rest))}?" if determined or bare_noun else ""


def _mine(word: str) -> str:
    return "my" if word == "your" else word


def _of_clause(heading: str) -> str:
    """Ask what a heading says that it tells: "Where bees live", "How answers are made", "What the warranty covers"."""
    asks = r"(?P<asks>What|When|Where|Why|How)"
    if match := re.fullmatch(rf"{asks} (?P<subject>{_DETERMINED}|{_NAMED}|[a-z]+s) {_AUXILIARY}{_REST}", heading):
        return f"{match['asks']} {match['verb']} {match['subject']}{match['rest']}?" if match["rest"] else ""
    if match := re.fullmatch(rf"{asks} {_SINGULAR} (?P<verb>[a-z]+[^s\W]s){_REST}", heading):
        return f"{match['asks']} does {match['subject']} {_base(match['verb'])}{match['rest']}?"
    if match := re.fullmatch(rf"{asks} (?P<subject>[a-z]+[^s\W]s) (?P<verb>[a-z]+[^s\W])", heading):
        odd = match["subject"] in ENGLISH or re.search(r"(?:ed|ing|ly)$", match["verb"])
        return "" if odd else f"{match['asks']} do {match['subject']} {match['verb']}?"
    return ""


def _base(verb: str) -> str:
    """Return the plain form of a verb in the third person."""
    if re.search(r"[^aeiou]ies$", verb):
        return f"{verb[:-3]}y"
    return verb[:-2] if re.search(r"(?:sh|ch|ss|x|zz|o)es$", verb) else verb[:-1]


def _of_noun(words: list[str]) -> str:
    """Ask for what a heading names: "Opening hours", "Notice period", "Membership fee"."""
    name = " ".join([words[0].lower(), *words[1:]])
    head = words[-1].lower()
    if not all(word.isalpha() and word.islower() for word in name.split()) or ENGLISH & set(name.split()):
        return ""
    if name.split()[0] in _GERUNDS.keys() - _NAMING:
        return ""  # "Paying fees" names no fees
    if head in _PLURAL_HEADS or (head in _HOURS and words[-2].lower() in _OF_HOURS):
        return f"What are the {name}?"
    if head in _AMOUNTS:
        return f"How much is the {name}?"
    if head in _SPANS:
        return f"How long is the {name}?"
    return f"What is the {name}?" if head in _SINGLE_HEADS else ""
