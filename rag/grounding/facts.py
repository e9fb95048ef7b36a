"""Facts: the numbers, dates, codes and names of a claim, and which of them the words of a source lack.

What a network makes of a claim doesn't outweigh that: "26 August" is not supported by "25 August", however alike the
rest is.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from index import Value, cells_of, content_words, find_values, split_words
from rag.grounding.exchanges import is_turned, puts_another
from rag.grounding.wording import CALENDAR, DAYS, MONTHS, OPENERS, SHORT_NAMES, SPOKEN, folded
from rag.question import is_negated

_NUMBER = re.compile(r"\d[\d.,:/]*")
_WORD = r"[A-ZÀ-Þ][^\W\d_]*(?:['’-][^\W\d_]+)*"
_NAME = re.compile(rf"{_WORD}(?: {_WORD}){{0,4}}")
_SMALL = "two three four five six seven eight nine ten eleven twelve".split()
_SPELLED = {word: str(number) for number, word in enumerate(_SMALL, start=2)}
_APART = re.compile(r"(?<!\d)(?<!\d[,.'’])\d+(?!\d|[,.'’]\d)")
_CLOCK = re.compile(r"\b(?:half|quarter) (?:past|to) \w+", re.I)  # which source says so in digits is not told
_NO_DENIAL = re.compile(r"\b(?:no|not) (?:less|more|fewer|later|earlier|sooner|longer) than\b|\blittle or no\b", re.I)
_CLAUSE = re.compile(r"[,;:(\u2013\u2014]|\b(?:but|which|who|although|though|while|whereas)\b", re.I)
_OF_ANSWERS = frozenset(content_words("answer answers number passage source sources"))
_OF_THE_ANSWER = re.compile(r"^\W*(?:the )?(?:(?:short|correct|right|final|best) )?answers?(?: is| are|:)[\s:]*", re.I)
_BEING = re.compile(r"\b(?:is|are|was|were)\b", re.I)
_FEW = 3  # words behind "the answer is" that name something, and say nothing of it
_LEAST_ROUND, _OF_ROUND = 10, 0.55  # words of a claim, and the share that differ, at the most, where it goes round
_OF_TITLE = 0.9  # share of a claim's words in a title, more than in what is below it, that only repeat the title
_MOST_ORDERED = 1000  # words of a claim whose order counts: it takes time in proportion to these times a sentence's
_LEAST_CELLS = 2  # of what is held against a row of a table
_LEAST_PLAIN = 2  # words beside names and numbers that tell whether two sentences say the same
_ALIKE_WORDS = 0.85  # share of the content words in common from which a "not" alone makes the difference


def missing_facts(claim: str, source: str) -> list[str]:
    """Return the numbers, dates and names of a claim that a source does not hold in any form."""
    return [*_missing_values(claim, source), *_missing_names(claim, source)]


def says_otherwise(claim: str, sentences: Sequence[str]) -> bool:
    """Tell whether a sentence says in a claim's words something else: denied, of another, or the other way round."""
    if names_another(claim, sentences) or puts_another(claim, sentences):
        return True
    return any(
        differs_in_negation(claim, sentence) or is_turned(claim, sentence) or is_in_another_column(claim, sentence)
        for sentence in sentences
    )


def differs_in_negation(claim: str, sentence: str) -> bool:
    """Tell whether one denies what the other says in the same words.

    What is denied in a clause of its own doesn't count, "They won, but Leach did not play"; nor does a bound.
    """
    claim, sentence = (_NO_DENIAL.sub("", text) for text in (claim, sentence))
    if is_negated(claim) == is_negated(sentence):
        return False
    if is_negated(sentence):
        plain = " ".join(clause for clause in _CLAUSE.split(sentence) if not is_negated(clause))
        if _share(_words(claim), _words(plain)) >= _ALIKE_WORDS:
            return False
    return _alike(_words(claim), _words(sentence)) >= _ALIKE_WORDS


def names_another(claim: str, sentences: Sequence[str]) -> bool:
    """Tell whether what says the same as a claim says it of another name or number, though the claim's stands near it.

    "Dorchester was slow" is not supported by "Rugby was slow. A court in Dorchester ruled"; of the sentences that have
    the claim's other words, none may have its names and numbers.
    """
    ours = _without_facts(claim)
    if len(ours) < _LEAST_PLAIN:
        return False
    alike = [sentence for sentence in sentences if _alike(ours, _without_facts(sentence)) >= _ALIKE_WORDS]
    return bool(alike) and all(_has_another(claim, sentence) for sentence in alike)


def _has_another(claim: str, sentence: str) -> bool:
    """Tell whether a claim has a name that a sentence lacks, and the sentence one that the claim lacks; or a number."""
    return any(
        missing(claim, sentence) and missing(sentence, claim)
        for missing in (_missing_names, _missing_values, _missing_opener)
    )


def _missing_opener(claim: str, source: str) -> list[str]:
    """Return the first word of a claim if it may be a name, and a source doesn't have it."""
    found = _NAME.match(claim.lstrip(" \"'“‘("))
    word = found.group().split()[0] if found else ""
    is_none = not word or word.lower() in OPENERS | CALENDAR or set(split_words(word)) <= set(split_words(source))
    return [] if is_none else [word]


def is_in_another_column(claim: str, sentence: str) -> bool:
    """Tell whether a row of a table has the values of a claim's row, one of them in a column that is called otherwise.

    A name that is only shorter is none other: "Weight of the box" may be told as "Weight".
    """
    ours, theirs = _cells(claim), _cells(sentence)
    if len(ours) < _LEAST_CELLS or not {value for value, _ in ours} <= {value for value, _ in theirs}:
        return False
    return not all(
        any(value == other and (words <= called or called <= words) for other, called in theirs)
        for value, words in ours
    )


def _cells(text: str) -> list[tuple[frozenset[str], frozenset[str]]]:
    """Return the words of each cell of a row, and of its column's name; nothing if one has none."""
    cells = [(text[cell.start : cell.end], cell.column) for cell in cells_of(text)]
    found = [(frozenset(split_words(value)), frozenset(split_words(column))) for value, column in cells]
    return found if all(column for _, column in found) else []


def says_little(claim: str, header: str, evidence: str) -> bool:
    """Tell whether a claim says nothing that could be so or not, whatever stands in the source.

    It has no word beside its numbers ("1.3", "The answer is: 2023."), only names an answer ("The answer is Ida Holm"),
    says of a thing that it is that thing, says the same over and over, or repeats what stands above the words of the
    source, as in `header`.
    """
    return _is_bare(claim) or _is_tautology(claim) or _goes_round(claim) or _is_title(claim, header, evidence)


def _is_bare(claim: str) -> bool:
    words = {word for word in content_words(claim) if not any(map(str.isdigit, word))}
    named = _OF_THE_ANSWER.sub("", claim)
    return not words - _OF_ANSWERS or (named != claim and len(named.split()) <= _FEW)


def _is_tautology(claim: str) -> bool:
    being = _BEING.search(claim)
    if being is None:
        return False
    subject, rest = set(split_words(claim[: being.start()])), content_words(claim[being.end() :])
    return bool(rest) and subject.issuperset(rest) and not _NUMBER.search(claim)


def _goes_round(claim: str) -> bool:
    words = [] if cells_of(claim) else SPOKEN.findall(claim.casefold())
    return len(words) >= _LEAST_ROUND and len(set(words)) <= _OF_ROUND * len(words)


def _is_title(claim: str, header: str, evidence: str) -> bool:
    words = set(content_words(claim))
    return _share(words, set(split_words(header))) >= _OF_TITLE > _share(words, set(split_words(evidence)))


def is_said(claim: str, sentences: Sequence[str]) -> bool:
    """Tell whether a sentence says a claim word for word."""
    words = SPOKEN.findall(claim.casefold())
    return any(SPOKEN.findall(sentence.casefold()) == words for sentence in sentences)


def share_in_order(claim: str, sentences: Sequence[str]) -> float:
    """Return the share of a claim's words that a sentence has in the same order, of the sentence that has the most.

    A row of a table has them in any order. It is the longest common subsequence, by bits: Hyyrö, "Bit-parallel
    LCS-length computation revisited" (2004).
    """
    ours = split_words(claim)[:_MOST_ORDERED]
    every = (1 << len(ours)) - 1
    places: dict[str, int] = {}
    for at, word in enumerate(ours):
        places[word] = places.get(word, 0) | 1 << at
    most = 0
    for sentence in sentences:
        theirs, apart = split_words(sentence), every
        held = set(theirs)
        for word in filter(held.__contains__, ours) if cells_of(sentence) else theirs:
            matched = apart & places.get(word, 0)
            apart = ((apart + matched) | (apart - matched)) & every
        most = max(most, len(ours) - apart.bit_count())
    return most / max(1, len(ours))


def _without_facts(text: str) -> set[str]:
    return set(content_words(_NAME.sub(" ", _NUMBER.sub(" ", text))))


def _alike(ours: set[str], theirs: set[str]) -> float:
    return min(_share(ours, theirs), _share(theirs, ours))


def _words(text: str) -> set[str]:
    return {word for word in content_words(text) if not is_negated(word)}


def _share(words: set[str], others: set[str]) -> float:
    """Return how many of some words are among others, as a share."""
    return len(words & others) / max(1, len(words))


def _missing_values(claim: str, source: str) -> list[str]:
    held = find_values(source)
    bare = _digits(source) | {_SPELLED[word] for word in source.lower().split() if word in _SPELLED}
    claim = _CLOCK.sub("", claim)
    missing = []
    for value in find_values(claim):
        words = claim[value.start : value.end]
        counted = not value.is_measured and (value.readings & bare or words.lower() == "one")
        if not counted and not any(_agree(value, other) for other in held):
            missing.append(words)
    covered = [claim[value.start : value.end] for value in find_values(claim)]
    loose = [found.group().strip(".,:/") for found in _NUMBER.finditer(claim)]
    known = {number for words in covered for number in _digits(words)}
    missing += [number for number in loose if number not in known and not _ungrouped(number) <= bare]
    days = _named_days(source)
    missing += [name.capitalize() for name in sorted(_named_days(claim) - days) if days or not held]
    return list(dict.fromkeys(missing))


def _agree(value: Value, other: Value) -> bool:
    """Tell whether a value may be another one, or the month of its day; "three parts" are as many as "three pieces"."""
    if value.unit == other.unit == "date" and value.readings & other.within:
        return True
    counted = not value.is_measured or not other.is_measured
    return value.is_as(other) or (
        counted and "date" not in (value.unit, other.unit) and bool(value.readings & other.readings)
    )


def _digits(text: str) -> set[str]:
    """Return the numbers of a text without zeros in front; of those with a space between both, either may be meant.

    In "0800 202 88" there are 0800 and 0800202; in "5,000" there is no 5.
    """
    return _ungrouped(text) | {number.lstrip("0") or "0" for number in _APART.findall(text)}


def _ungrouped(text: str) -> set[str]:
    """Return the numbers of a text without what groups their digits, and without zeros in front."""
    plain = re.sub(r"(?<=\d)[,'’  ](?=\d{3}\b)", "", unicodedata.normalize("NFKC", text))
    return {number.lstrip("0") or "0" for number in re.findall(r"\d+", plain)}


def _named_days(text: str) -> set[str]:
    """Return the days and months that a text names."""
    words = re.findall(r"\b[A-Z][a-z]{2,9}\b", text)
    full = {
        SHORT_NAMES.get(word.lower(), word.lower())
        for word in words
        if word != "May" or re.search(r"May \d|\d May|in May", text)
    }
    return full & {*DAYS, *MONTHS}


def _missing_names(claim: str, source: str) -> list[str]:
    """Return the names that a source doesn't have: of "Ada Byron" the last word, for the first may be left out."""
    held, plain = set(split_words(source)), folded(source)
    missing = []
    for found in _NAME.finditer(claim):
        words = found.group().split()
        first = _begins_sentence(claim, found.start()) and not words[0].isupper()
        if first and (len(words) == 1 or words[0].lower() in OPENERS):
            words = words[1:]  # any word has a capital there
        words = [word for word in words if word.lower() not in OPENERS and word.lower() not in CALENDAR]
        if words and not set(split_words(words[-1])) <= held and folded(words[-1]).removesuffix("s") not in plain:
            missing.append(words[-1])
    return list(dict.fromkeys(missing))


def _begins_sentence(text: str, at: int) -> bool:
    before = text[:at].rstrip(" \"'“‘(")
    return not before or before[-1] in ".!?:\n"


def in_words(missing: Sequence[str]) -> str:
    """Return what is missing in a few words."""
    return ", ".join(f"“{word}”" for word in missing[:3])
