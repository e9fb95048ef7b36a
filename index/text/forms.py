"""Forms: a text goes in, the same with its words in one form comes out, for the index and for what is asked alike.

What people write in several ways is written in one: 1,000 and 1000; PPR9087, PPR-9087 and PPR 9087; J.K. and J. K.;
C++ as a word; dates with their day as a word of its own, such as 20221207. What comes out is cut into words, and
shown to no one: nothing is kept of where it stood.
"""

from __future__ import annotations

import re
import unicodedata

from index.text.function_words import FUNCTION_WORDS

_MONTHS = (
    ("january", "jan januar jänner janvier enero"),
    ("february", "feb februar février febrero"),
    ("march", "mar märz mars marzo"),
    ("april", "apr avril abril"),
    ("may", "mai mayo"),
    ("june", "jun juni juin junio"),
    ("july", "jul juli juillet julio"),
    ("august", "aug août agosto"),
    ("september", "sep sept septembre septiembre"),
    ("october", "oct oktober okt octobre octubre"),
    ("november", "nov novembre noviembre"),
    ("december", "dec dezember dez décembre diciembre"),
)
MONTH_NUMBERS = {name: i for i, (one, others) in enumerate(_MONTHS, start=1) for name in (one, *others.split())}

# Each expression begins with what is rare in a text, and looks around from there: this is done for every passage.
_WIDE_HYPHENS = re.compile("[\u00ad\u2010\u2011\u2043\ufe63\uff0d]")
_MARKS = re.compile(r"[™℠®©]|[⁰¹²³⁴-⁹](?<=[^\W\d_]{3}[⁰¹²³⁴-⁹])[⁰¹²³⁴-⁹]*")  # "Widget™" and "word¹" end before
_PLUS, _SHARP = re.compile(r"\+(?<=[A-Za-z]\+)\+?(?![^\W_])"), re.compile(r"#(?<=[A-Za-z]#)(?![^\W_])")  # C++, A+, C#
_HYPHEN = re.compile(r"-(?<=[^\W\d_]-)([^\W\d_]{1,30}+)(?![-’'][^\W_])")
_LETTER_CODE = re.compile(r"-(?<=\b[A-Za-z]-)(?=\d)")  # E-101
_YEAR = r"(?:1[0-9]|20)[0-9]{2}"
_UNITS = r"(?:[kcmµn]?m|[kmµ]?g|[kKMGT]i?B|[kMG]?[WV]|[kMG]?Hz|ft|lbs?|m?l|h|s|min|rpm)(?![^\W_])"
_NEXT_UNIT = f"(?={_UNITS})"
_FROM_CAPITAL = (  # an acronym; initials; "Dec. 7th, 2022"
    r"(?=[A-Z. ])(?:[A-Z]{1,6}(?![^\W_])|(?:\. ?[A-Z](?=\.)){1,5}\.|(?: [A-Z]){1,4}(?= [A-Z][a-zß-ÿ]))"
    rf"|(?P<month>(?<=[JFMASOND])[a-zäûé]{{2,8}})\.? (?P<day>[0-9]{{1,2}})(?:st|nd|rd|th|\.)?,? (?P<year>{_YEAR})"
    r"(?![0-9]|[.,][0-9])"
)
_FROM_DIGIT = (  # 25m; dates; 1,000; PPR9087
    rf"(?P<unit>(?=[A-Za-zµ]){_NEXT_UNIT})"
    r"|(?<![0-9.,:/][0-9])(?:"
    r"(?P<iso>[0-9]{3}-[0-9]{2}-[0-9]{2})(?!-?[0-9])"
    rf"|(?P<dotted>[0-9]?\. ?[0-9]{{1,2}}\. ?{_YEAR})(?![0-9.][0-9])"
    rf"|(?P<slashed>[0-9]?/[0-9]{{1,2}}/{_YEAR})(?![0-9/])"
    rf"|(?P<written>[0-9]?(?:st|nd|rd|th|\.)? (?:of |de )?[^\W\d_]{{3,10}}\.?,? (?:de |del )?{_YEAR})(?![0-9])"
    r"|(?P<grouped>[0-9]{0,2}(?:(?:,[0-9]{3})+|(?:['’][0-9]{3})+|(?: [0-9]{3})+(?! ?[0-9])"
    r"|(?:\.[0-9]{3}){2,}+(?!\.[0-9])|\.[0-9]{3}(?=,[0-9]))(?![0-9])))|(?P<code>(?<=[A-Za-z][A-Za-z][0-9]))"
)
_WRITTEN = re.compile(rf"[A-Z0-9](?:(?<=[0-9])(?:{_FROM_DIGIT})|(?<=[A-Z])(?:{_FROM_CAPITAL}))")
_ACRONYMS = frozenset(word.upper() for word in FUNCTION_WORDS if 2 <= len(word) <= 7)
_PREFIXES = frozenset("pre non sub pro mis mid tri anti semi multi post over under out inter".split())
_PARTICLES = frozenset("off out down away over back top".split())
ACRONYM = "acronym"  # ends the form of a function word that is written in capitals: "IT" is "itacronym"


def normal_forms(text: str) -> str:
    """Return `text` with its words in one form: what is cut into words after that, in the index and in questions."""
    if not text.isascii():
        text = _compatible(text)
    if "+" in text or "#" in text:
        text = _SHARP.sub(_sign, _PLUS.sub(_sign, text))
    if "-" in text:
        text = _HYPHEN.sub(_compound, _LETTER_CODE.sub("", text))
    return _WRITTEN.sub(_written, text)


def asked_forms(query: str) -> str:
    """Return `query` in the forms that are looked for: a compound as one word, or in parts where both are long."""
    query = _HYPHEN.sub(_asked_compound, _WIDE_HYPHENS.sub("-", query))
    return query if any(map(str.islower, query)) else query.lower()  # in capitals throughout, they say nothing


def _compatible(text: str) -> str:
    """Return `text` with ligatures, wide letters and the like as the letters that they stand for (Unicode's NFKC)."""
    text = _WIDE_HYPHENS.sub(lambda found: "" if found.group() == "\u00ad" else "-", text)
    if unicodedata.is_normalized("NFKC", text):
        return text
    return unicodedata.normalize("NFKC", _MARKS.sub(" ", text.replace("½", " 1/2 ").replace("¼", " 1/4 ")))


def _sign(found: re.Match[str]) -> str:
    """Return the name of the sign that ends a name of a letter, or with a plus of two capitals."""
    sign, before = found.group(), found.string[max(0, found.start() - 3) : found.start()]
    letters = re.split(r"[\W_]", before)[-1]
    if len(letters) == 1 or (len(letters) == 2 and letters.isupper() and sign == "+"):
        return {"+": "plus", "++": "plusplus", "#": "sharp"}[sign]
    return sign


def _left(found: re.Match[str]) -> str:
    """Return the letters in front of a hyphen, "" if they are not the whole of a compound's first part."""
    text, start = found.string, found.start()
    at = start
    while at > 0 and start - at < 30 and text[at - 1].isalpha():
        at -= 1
    return "" if at and (text[at - 1].isalnum() or text[at - 1] in "-'’_") else text[at:start]


def _compound(found: re.Match[str]) -> str:
    """Return both parts, and the two as one word."""
    left = _left(found)
    return f" {found[1]} {left}{found[1]}" if left else found.group()


def _asked_compound(found: re.Match[str]) -> str:
    """Return the compound as one word if it is often written so, as "e-mail" and "set-up" are; else its parts."""
    left, right = _left(found), found[1]
    is_joined = min(len(left), len(right)) <= 2 or left.lower() in _PREFIXES or right.lower() in _PARTICLES
    return right if left and is_joined else f" {right}"


def _written(found: re.Match[str]) -> str:
    return _capitals(found) if found.group()[0] > "9" else _number(found)


def _capitals(found: re.Match[str]) -> str:
    """Return what begins with a capital in its form: an acronym, initials, or a date that begins with the month."""
    word = found.group()
    if found.string[max(0, found.start() - 1) : found.start()].isalnum():
        return word
    if not found["month"]:
        word = "".join(filter(str.isalpha, word))
        return f"{word} {word}{ACRONYM}" if word in _ACRONYMS and not _is_shouted(found) else word
    return _date(word, int(found["day"]), MONTH_NUMBERS.get(word[0].lower() + found["month"]), int(found["year"]))


def _is_shouted(found: re.Match[str]) -> bool:
    """Tell whether the word beside is in capitals, too: "THE HEAD OF IT"."""
    before = found.string[max(0, found.start() - 3) : found.start()].rstrip()[-2:]
    after = found.string[found.end() : found.end() + 3].lstrip()[:2]
    return any(len(word) == 2 and word.isalpha() and word.isupper() for word in (before, after))


def _number(found: re.Match[str]) -> str:
    """Return what begins with a digit in its form: a code, a number with its unit, a date, or a number in groups."""
    whole, kind, text = found.group(), found.lastgroup, found.string
    if kind == "unit":
        return f"{whole} "
    before = " " if text[max(0, found.start() - 1) : found.start()].isalpha() else ""
    if kind == "code":
        return before + whole
    if kind == "grouped":
        after = " " if text[found.end() : found.end() + 1].isalpha() else ""
        return before + re.sub("[^0-9]", "", whole) + after
    if kind == "written":
        words = re.findall(r"[^\W\d_]+", whole.lower())
        month = next((MONTH_NUMBERS[word] for word in words if word in MONTH_NUMBERS), None)
        day, year = re.findall("[0-9]+", whole)
        return _date(whole, int(day), month, int(year))
    first, second, third = map(int, re.findall("[0-9]+", whole))
    if kind == "iso":
        return _date(whole, third, second, first)
    if kind == "slashed" and first != second and max(first, second) <= 12:  # the day first or the month: who knows
        return whole
    day, month = (second, first) if kind == "slashed" and second > 12 else (first, second)
    return _date(whole, day, month, third)


def _date(whole: str, day: int, month: int | None, year: int) -> str:
    if month is None or not (1 <= month <= 12 and 1 <= day <= 31):
        return whole
    return f"{_MONTHS[month - 1][0]} {day} {year} {year}{month:02}{day:02}"
