"""Rewording: what a sentence still says in other words, by rules; and what a question and its answer say together."""

from __future__ import annotations

import random
import re

_LEAD = re.compile(r"^((?:In|On|At|From|Since|After|Before|During|By|Until|For|Under|With) [^,.;]{3,50}), (?=\w)")
_ASIDE = re.compile(r" \([^()]{2,60}\)| – [^–]{3,60} –|, (?:which|who|where) [^,.;]{5,80},(?= )")
_TAIL = re.compile(r"(?:, (?:which|who|where|while|although|because|so|but|and) [^.;]{8,120}|; [^.;]{8,120})(?=\.$)")
_SHORTER = (
    ("do not", "don't"), ("does not", "doesn't"), ("did not", "didn't"), ("is not", "isn't"), ("are not", "aren't"),
    ("was not", "wasn't"), ("cannot", "can't"), ("will not", "won't"), ("must not", "mustn't"), ("It is", "It's"),
)  # fmt: skip
_ALIKE = (
    ("must", "has to"), ("may", "can"), ("located", "situated"), ("begins", "starts"), ("began", "started"),
    ("approximately", "about"), ("around", "about"), ("roughly", "about"), ("purchase", "buy"), ("obtain", "get"),
    ("commence", "begin"), ("is permitted", "is allowed"), ("are permitted", "are allowed"), ("prior to", "before"),
    ("in order to", "to"), ("however", "but"), ("as well as", "and"), ("no later than", "by"),
    ("at least", "no less than"),
    ("more than", "over"), ("built", "constructed"), ("founded", "established"), ("established", "set up"),
    ("large", "big"), ("received", "got"), ("annually", "every year"), ("per year", "a year"), ("per month", "a month"),
    ("each", "every"), ("children", "kids"), ("forbidden", "not allowed"), ("prohibited", "not allowed"),
    ("finished", "completed"), ("near", "close to"), ("costs", "is priced at"), ("famous", "well known"),
    ("died", "passed away"), ("physician", "doctor"), ("assist", "help"), ("require", "need"), ("requires", "needs"),
)  # fmt: skip
_DIGITS = dict(zip("two three four five six seven eight nine ten eleven twelve".split(), range(2, 13), strict=True))
_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_DAY = re.compile(rf"\b(\d{{1,2}}) ({_MONTHS})( \d{{4}})?\b")
_DAY_AFTER = re.compile(rf"\b({_MONTHS}) (\d{{1,2}})(?:, (\d{{4}}))?\b(?! \d)")
_BE = r"is|are|was|were"
_TO_BE = re.compile(
    r"^(?:what|who|which [\w-]+|where|when|how (?:much|long|old|many|high|big|far|often|tall|deep))"
    rf"(?:'s| (?P<be>{_BE})) (?P<rest>.+)$",
    re.I,
)
_SUBJECT = re.compile(
    r"^(?:who|what|which [\w-]+(?: [\w-]+)?|how many [\w-]+) (?P<rest>(?:[a-z]+(?:s|ed)|can|must|may|will|has|had|won"
    r"|wrote|led|made|built|took|gave|got|held|sang|ran|became|began|bought|sold|paid|sent) .+)$",
    re.I,
)
_ENDS = re.compile(
    r" (?P<last>due|open|closed|born|held|built|made|sold|paid|found|kept|sent|written|allowed|[a-z]{3,}ed)$"
)


def reword(sentence: str, rng: random.Random) -> str:
    """Return a sentence that says the same, or less, in other words as far as rules can."""
    text = sentence
    for step in (_without_lead, _without_aside, _alike, _forms, _shorter):
        if rng.random() < 0.45:
            text = step(text, rng)
    return text if len(text.split()) > 3 else sentence


def statement(question: str, answer: str) -> str:
    """Return what a question and its answer say together, as a sentence where that is easy, else one after the other.

    "Who is the landlord?" and "Mrs Ochs" are "The landlord is Mrs Ochs."
    """
    asked, answer = question.strip().rstrip("?!. "), answer.strip().rstrip(".")
    if found := _TO_BE.match(asked):
        be, rest = (found["be"] or "is").lower(), found["rest"]
        if last := _ENDS.search(rest):
            return _sentence(f"{rest[: last.start()]} {be} {last['last']} {answer}")
        if not re.search(r"\b(?:in|on|at|to|from|for|with|of|by|like)$", rest):
            return _sentence(f"{rest} {be} {answer}")
    if found := _SUBJECT.match(asked):
        return _sentence(f"{answer} {found['rest']}")
    return f"{asked}? {answer}."


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def _without_lead(text: str, rng: random.Random) -> str:
    found = _LEAD.match(text)
    if not found:
        return text
    rest = text[found.end() :]
    if rng.random() < 0.5 or not rest.endswith("."):
        return rest[:1].upper() + rest[1:]
    return f"{rest[:1].upper()}{rest[1:-1]} {found[1][:1].lower()}{found[1][1:]}."


def _without_aside(text: str, rng: random.Random) -> str:
    text = _ASIDE.sub("", text, count=1)
    return _TAIL.sub("", text) if rng.random() < 0.6 else text


def _alike(text: str, rng: random.Random) -> str:
    for one, other in rng.sample(_ALIKE, len(_ALIKE)):
        text, changed = re.subn(rf"\b{one}\b", other, text, count=1)
        if changed and rng.random() < 0.5:
            break
    return text


def _forms(text: str, rng: random.Random) -> str:
    if found := _DAY.search(text):
        year = f",{found[3]}" if found[3] else ""
        return f"{text[: found.start()]}{found[2]} {found[1]}{year}{text[found.end() :]}"
    if found := _DAY_AFTER.search(text):
        year = f" {found[3]}" if found[3] else ""
        return f"{text[: found.start()]}{found[2]} {found[1]}{year}{text[found.end() :]}"
    if re.search(r"\d,\d{3}\b", text):
        return re.sub(r"(?<=\d),(?=\d{3}\b)", "", text)
    word = rng.choice(list(_DIGITS))
    return re.sub(rf"\b{word}\b", str(_DIGITS[word]), text)


def _shorter(text: str, rng: random.Random) -> str:
    for one, other in _SHORTER:
        text = text.replace(one, other)
    return text
