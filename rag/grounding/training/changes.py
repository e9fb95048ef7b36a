"""Changes that make a true sentence false: a number, a date, a name, a unit, a "not", a comparison, a quantifier.

One thing is changed and all else stays, as in ConjNLI and VitaminC (Schuster and others 2021, "Get your vitamin C!"),
so that the words that a claim shares with its source don't give it away.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
_MONTHS = "January February March April May June July August September October November December".split()
_SHORT_MONTHS = "Jan Feb Mar Apr Jun Jul Aug Sept Oct Nov Dec".split()
_WORDS = "two three four five six seven eight nine ten eleven twelve fifteen twenty thirty forty fifty".split()
_ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth".split()
_UNITS = (
    "seconds minutes hours days weeks months years", "grams kilograms tonnes pounds", "metres kilometres miles feet",
    "mm cm km", "g kg", "litres millilitres gallons", "euros dollars pounds francs", "EUR USD GBP CHF", "€ $ £",
    "kW MW watts volts", "MB GB TB", "second minute hour day week month year", "metre kilometre mile foot",
    "thousand million billion", "Celsius Fahrenheit", "percent degrees",
)  # fmt: skip
_OPPOSITES = (
    ("more than", "less than"), ("more", "fewer"), ("higher", "lower"), ("larger", "smaller"), ("longer", "shorter"),
    ("older", "younger"), ("earlier", "later"), ("before", "after"), ("above", "below"), ("at least", "at most"),
    ("up to", "at least"), ("over", "under"), ("most", "least"), ("increased", "decreased"), ("rose", "fell"),
    ("increase", "decrease"), ("maximum", "minimum"), ("best", "worst"), ("faster", "slower"), ("better", "worse"),
    ("cheaper", "dearer"), ("within", "after"), ("until", "from"), ("inside", "outside"), ("north", "south"),
    ("east", "west"), ("left", "right"), ("northern", "southern"), ("eastern", "western"), ("open", "closed"),
    ("opened", "closed"), ("opens", "closes"), ("allowed", "forbidden"), ("permitted", "prohibited"),
    ("included", "excluded"), ("includes", "excludes"), ("with", "without"), ("free", "paid"), ("hot", "cold"),
    ("won", "lost"), ("bought", "sold"), ("buyer", "seller"), ("tenant", "landlord"), ("start", "end"),
    ("starts", "ends"), ("started", "ended"), ("began", "ended"), ("first", "last"), ("old", "new"), ("begins", "ends"),
    ("same", "different"), ("always", "never"), ("public", "private"), ("summer", "winter"), ("spring", "autumn"),
    ("morning", "evening"), ("upper", "lower"), ("father", "mother"), ("son", "daughter"), ("brother", "sister"),
    ("husband", "wife"), ("male", "female"), ("accepted", "rejected"), ("approved", "refused"), ("easy", "hard"),
    ("mandatory", "optional"), ("required", "optional"), ("wet", "dry"), ("full", "empty"), ("early", "late"),
    ("positive", "negative"), ("safe", "dangerous"), ("on", "off"), ("accept", "refuse"), ("import", "export"),
)  # fmt: skip
_QUANTIFIERS = (
    ("all", "no"), ("every", "no"), ("each", "no"), ("both", "neither"), ("none of", "all of"), ("some", "no"),
    ("many", "few"), ("any", "no"), ("only", "not only"), ("no", "every"), ("nobody", "everybody"),
    ("everyone", "no one"), ("never", "always"), ("often", "rarely"), ("rarely", "often"), ("usually", "never"),
)  # fmt: skip
_WIDER = (("some", "all"), ("many", "all"), ("most", "all"), ("often", "always"), ("usually", "always"),
          ("may", "must"), ("can", "must"), ("several", "all"))  # fmt: skip
_DENIED = (
    ("is", "is not"), ("are", "are not"), ("was", "was not"), ("were", "were not"), ("can", "cannot"),
    ("must", "need not"), ("may", "may not"), ("will", "will not"), ("should", "should not"), ("has", "has not"),
    ("have", "have not"), ("had", "had not"), ("does", "does not"), ("do", "do not"), ("did", "did not"),
)  # fmt: skip
_NOT = re.compile(r"\b(is|are|was|were|do|does|did|has|have|had|may|must|should|will|would|could) not\b|\bcannot\b"
                  r"|\b(is|are|was|were|do|does|did|has|have|had|should|would|could)n['’]t\b")  # fmt: skip
_NUMBER = re.compile(r"(?<![\w.,:/-])\d{1,4}(?:,\d{3})*(?:\.\d+)?(?![\w:/-]|[.,]\d)")
_CLOCK = re.compile(r"\b([01]?\d|2[0-3]):([0-5]\d)\b")
NAME = re.compile(r"\b[A-ZÀ-Þ][a-zà-ÿ’'-]+(?: (?:(?:of|de|van|von|der|the) )?[A-ZÀ-Þ][a-zà-ÿ’'-]+){0,2}\b")
_PAST = re.compile(r"\b(?!need|embed|speed|feed|seed|bed|red|led|shed)([a-z]{3,}ed)\b")


class Change(NamedTuple):
    """A sentence after one thing was changed, what that was, and what becomes of it where the first was true."""

    text: str
    kind: str
    label: str


def change(sentence: str, names: Sequence[str], rng: random.Random) -> Change | None:
    """Return the sentence with one thing changed, of a kind that chance chooses; None if nothing can be.

    `names` are others that could stand in the place of one.
    """
    kinds = list(CHANGES)
    for kind in rng.sample(kinds, len(kinds)):
        changed = CHANGES[kind](sentence, names, rng)
        if changed and changed != sentence:
            return Change(changed, kind, "unsupported" if kind == "wider" else "contradicted")
    return None


def names_in(text: str) -> list[str]:
    """Return the names within the sentences of a text: what has a capital and doesn't begin one."""
    found = (match for match in NAME.finditer(text) if _is_within(text, match.start()))
    return [match.group() for match in found if match.group() not in (*_DAYS, *_MONTHS)]


def _is_within(text: str, at: int) -> bool:
    before = text[:at].rstrip()
    return bool(before) and before[-1] not in ".!?:\n|“\"'-*#" and "\n" not in text[len(before) : at]


def _number(text: str, names: Sequence[str], rng: random.Random) -> str:
    found = [*_NUMBER.finditer(text), *_CLOCK.finditer(text)]
    words = [match for word in _WORDS for match in re.finditer(rf"\b{word}\b", text)]
    words += [match for word in _ORDINALS for match in re.finditer(rf"\b{word}\b", text)]
    if not found and not words:
        return ""
    one = rng.choice([*found, *words])
    return text[: one.start()] + _other_number(one.group(), rng) + text[one.end() :]


def _other_number(number: str, rng: random.Random) -> str:
    for words in (_WORDS, _ORDINALS):
        if number in words:
            return rng.choice([word for word in words if word != number])
    if clock := _CLOCK.fullmatch(number):
        hour = (int(clock[1]) + rng.choice((-2, -1, 1, 2))) % 24
        return f"{hour:0{len(clock[1])}}:{clock[2]}"
    digits = [i for i, c in enumerate(number) if c.isdigit()]
    plain = number.replace(",", "")
    if plain.isdigit() and rng.random() < 0.5:
        value = int(plain)
        step = max(1, value // rng.choice((10, 5, 4, 2))) if not 1000 <= value <= 2100 else rng.randint(1, 20)
        changed = max(0, value + rng.choice((-1, 1)) * step)
        if changed != value:
            return f"{changed:,}" if "," in number else str(changed)
    at = rng.choice(digits)
    other = rng.choice([d for d in "123456789" if d != number[at]])
    return number[:at] + other + number[at + 1 :]


def _date(text: str, names: Sequence[str], rng: random.Random) -> str:
    for words in rng.sample((_MONTHS, _DAYS, _SHORT_MONTHS), 3):
        found = [m for m in re.finditer(rf"\b(?:{'|'.join(words)})(s?)\b", text) if m.group() != "May" or m.start()]
        if found:
            one = rng.choice(found)
            other = rng.choice([word for word in words if word != one.group().removesuffix(one[1])])
            return text[: one.start()] + other + one[1] + text[one.end() :]
    years = list(re.finditer(r"\b(?:1[0-9]|20)\d\d\b", text))
    if not years:
        return ""
    one = rng.choice(years)
    year = int(one.group()) + rng.choice((-1, 1)) * rng.choice((1, 1, 2, 3, 5, 10, 20))
    return text[: one.start()] + str(year) + text[one.end() :]


def _name(text: str, names: Sequence[str], rng: random.Random) -> str:
    found = [m for m in NAME.finditer(text) if m.group() in set(names_in(text))]
    others = [name for name in names if name not in text and not any(name in m.group() for m in found)]
    if not found or not others:
        return ""
    one = rng.choice(found)
    size = len(one.group().split())
    alike = [name for name in others if len(name.split()) == size] or others
    return text[: one.start()] + rng.choice(alike) + text[one.end() :]


def _roles(text: str, names: Sequence[str], rng: random.Random) -> str:
    """Swap two names: who did what to whom."""
    found = [m for m in NAME.finditer(text) if m.group() not in (*_DAYS, *_MONTHS)]
    if len(found) != 2 or found[0].group() == found[1].group():
        return ""
    one, other = found
    between = text[one.end() : other.start()]
    if re.fullmatch(r"[\s,]*(?:and|or|&)?[\s,]*", between):
        return ""
    return text[: one.start()] + other.group() + between + one.group() + text[other.end() :]


def _unit(text: str, names: Sequence[str], rng: random.Random) -> str:
    for units in rng.sample(_UNITS, len(_UNITS)):
        words = units.split()
        sign = "|".join(re.escape(word) for word in words)
        found = list(re.finditer(rf"(?<=\d)[  ]?({sign})(?!\w)|(?<=[a-z] )({sign})\b", text))
        if words[0] == "€":
            found = list(re.finditer(rf"({sign})(?=\s?\d)()", text))
        if found:
            one = rng.choice(found)
            unit = one[1] or one[2]
            other = rng.choice([word for word in words if word != unit])
            return text[: one.end() - len(unit)] + other + text[one.end() :]
    return ""


def _negation(text: str, names: Sequence[str], rng: random.Random) -> str:
    if found := _NOT.search(text):
        if found.group() == "cannot":
            return text[: found.start()] + "can" + text[found.end() :]
        return text[: found.start()] + (found[1] or found[2]) + text[found.end() :]
    verbs = dict(_DENIED)
    found_verbs = list(re.finditer(rf"\b(?:{'|'.join(verbs)})\b", text))
    if found_verbs and rng.random() < 0.75:
        one = found_verbs[0]
        return text[: one.start()] + verbs[one.group()] + text[one.end() :]
    if past := _PAST.search(text):
        before = text[: past.start()].split()
        if before and before[-1].lower() not in ("was", "were", "is", "are", "be", "been", "has", "have", "had", "the",
                                                 "a", "an", "and", "or", "by", "of"):  # fmt: skip
            return f"{text[: past.start()]}never {past[1]}{text[past.end() :]}"
    return ""


def _exchanged(pairs: Sequence[tuple[str, str]], text: str, rng: random.Random, *, both: bool) -> str:
    table = [(one, other) for one, other in pairs] + ([(other, one) for one, other in pairs] if both else [])
    for one, other in rng.sample(table, len(table)):
        if found := re.search(rf"\b{one}\b", text):
            return text[: found.start()] + other + text[found.end() :]
    return ""


def _opposite(text: str, names: Sequence[str], rng: random.Random) -> str:
    return _exchanged(_OPPOSITES, text, rng, both=True)


def _quantifier(text: str, names: Sequence[str], rng: random.Random) -> str:
    return _exchanged(_QUANTIFIERS, text, rng, both=False)


def _wider(text: str, names: Sequence[str], rng: random.Random) -> str:
    return _exchanged(_WIDER, text, rng, both=False)


CHANGES: dict[str, Callable[[str, Sequence[str], random.Random], str]] = {
    "number": _number, "date": _date, "name": _name, "roles": _roles, "unit": _unit, "negation": _negation,
    "opposite": _opposite, "quantifier": _quantifier, "wider": _wider,
}  # fmt: skip
