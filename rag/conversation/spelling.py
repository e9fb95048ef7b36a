"""Spelling: a question as it was typed goes in, the same with its slips put right comes out.

A word that is neither in the library nor in the dictionary is taken for the word of the library that it was most likely
meant for, if there is one a single slip away (Damerau 1964): a letter too many, too few, wrong, or two in each other's
place. Which is the likeliest is told by the slip and by how common the word is (a noisy channel, as of Kernighan,
Church and Gale 1990). What the library doesn't hold is left as it is: to answer, it would be of no use.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from functools import cache

from spellchecker import SpellChecker

from index import ENGLISH, FUNCTION_WORDS, is_english, split_words

# A word within white space, brackets and marks; not a part of "x86", "don't", "e-mail", "@name" or an address.
_WORD = re.compile(r"(?<![\w'’@./:\\-])[a-z]+(?![\w'’@:\\-]|[./]\w)", re.I)
_ROMAN = re.compile(r"[ivxlcdm]+", re.I)  # chapter xxii is not xxiii
_SHORTEST, _LONGEST = 3, 24  # letters of a word that may be put right
_LONG_NAME = 6  # letters of a name of which one may be missing, too many, or wrong
_MOST = 8  # words of a question that are put right
# How unlikely a slip is: the same letter twice or once, two swapped; another letter more or less; a vowel for a vowel.
_SWAPPED, _DOUBLED, _MORE_OR_LESS, _VOWEL, _LETTER = 1.0, 1.0, 4.0, 6.0, 12.0
_FUNCTION = 1000  # passages that hold a function word, as it were: questions have those that texts have not
_FIRST = 10.0  # times as unlikely in the first letter
_COMMON = 0.15  # how much it counts that a word is common: of the logarithm
_VOWELS = frozenset("aeiouy")
# What is asked of the assistant, which the library need not hold.
_COMMANDS = frozenset(
    "summarise summarize summary summaries overview outline timeline chronology compare comparison document documents"
    " section sections".split()
)
# What the dictionary is too old for.
_NEWER = frozenset(
    "wifi wlan app apps usb hdmi gps satnav lcd led leds sim ev evs ebike ebikes dashcam smartphone smartphones"
    " chromebook webcam whatsapp uber airbnb bitcoin crypto fintech covid gdpr vpn url pdf inbox logout signup"
    " usernames malware ransomware screenshot screenshots emoji emojis selfie hashtag playlist podcasts livestream"
    " crowdfunding chatbot chatbots dataset datasets metadata timestamp backend frontend dropdown vape vaping"
    " barista".split()
)
# What is spelt otherwise in Britain than in the dictionary, which is American.
_BRITISH = (
    *(("is" + ending, "iz" + ending) for ending in ("e", "ing", "ation", "able")),
    *(("our", "or"), ("tre", "ter"), ("ys", "yz"), ("ogue", "og"), ("ll", "l"), ("ae", "e"), ("oe", "e")),
)


def put_right(question: str, document_frequency: Callable[[str], int]) -> str:
    """Return `question` with its misspelt words as the library spells them; not all of more than eight.

    `document_frequency` says how many passages hold a word, as `split_words` gives it. A question that is not English
    is returned as it is.
    """
    if not is_english(question) or question.isupper():
        return question
    left = _MOST

    def right(found: re.Match[str]) -> str:
        nonlocal left
        word = found[0]
        if not left or _is_known(word, document_frequency):
            return word
        meant = _meant(word, document_frequency, as_name=word[0].isupper() and found.start() > 0)
        left -= 1
        return meant.capitalize() if word[0].isupper() else meant

    return _WORD.sub(right, question)


def load_dictionary() -> None:
    """Load the dictionary now, of some 20 MB in memory, and not with the first word that the library doesn't hold."""
    _dictionary()


@cache
def _dictionary() -> SpellChecker:
    return SpellChecker(language="en", distance=1)


def _is_known(word: str, document_frequency: Callable[[str], int]) -> bool:
    """Tell whether a word is one, or can't be judged: it is too short or long, a number, or has capitals inside."""
    if not _SHORTEST <= len(word) <= _LONGEST or not word[1:].islower() or _ROMAN.fullmatch(word):
        return True
    word = word.lower()
    if word in FUNCTION_WORDS or word in _NEWER or any(map(document_frequency, split_words(word))):
        return True
    otherwise = [word.replace(british, american) for british, american in _BRITISH]
    as_short = f"{word[:-1]}'{word[-1]}"  # "dont" and "whos" are read as they are
    return any(form in _dictionary() for form in (word, as_short, *otherwise))


def _meant(word: str, document_frequency: Callable[[str], int], *, as_name: bool) -> str:
    """Return the library's word that `word` was most likely meant for, or `word` itself if there is none."""
    typed, dictionary = word.lower(), _dictionary()
    likely: dict[str, float] = {}
    for other in dictionary.edit_distance_1(typed):
        stems = split_words(other)
        number = document_frequency(stems[0]) if len(stems) == 1 else 0
        is_own = other in ENGLISH or other in _COMMANDS
        number = max(number, _FUNCTION) if is_own else number
        is_word = is_own or other in dictionary or _is_whole(other, stems[0])
        if number and is_word and _may_be(typed, other, as_name=as_name):
            common = math.log(number) + math.log(1 + dictionary[other])
            likely[other] = math.log(unlikeliness(typed, other)) - _COMMON * common
    return min(likely, key=lambda other: (likely[other], other.endswith("i"), other)) if likely else word


def _is_whole(word: str, stem: str) -> bool:
    """Tell whether a word that no dictionary has may be in the library, which knows stems: "battersby" for "battersbi".

    Many are not that have the stem of one that is: of "there", "thereing".
    """
    return word == stem or word[:-1] in (stem, stem[:-1])


def _may_be(typed: str, other: str, *, as_name: bool) -> bool:
    """Tell whether `other` may be meant: short words and names differ by a letter more often than they are misspelt."""
    if len(typed) == _SHORTEST:
        return other in ENGLISH and sorted(typed) == sorted(other)
    worst = _MORE_OR_LESS if len(typed) > _LONG_NAME else _DOUBLED
    return not as_name or unlikeliness(typed, other) <= worst


def unlikeliness(typed: str, meant: str) -> float:
    """Return how unlikely it is that `typed` was meant for `meant`, a slip away: 1 or more."""
    first = 1.0 if typed[0] == meant[0] else _FIRST
    if len(typed) == len(meant):
        at = next((i for i, (one, other) in enumerate(zip(typed, meant, strict=True)) if one != other), 0)
        if typed[at + 1 :] != meant[at + 1 :]:
            return _SWAPPED * first
        return (_VOWEL if {typed[at], meant[at]} <= _VOWELS else _LETTER) * first
    long, short = sorted((typed, meant), key=len, reverse=True)
    at = next((i for i, (one, other) in enumerate(zip(long, short, strict=False)) if one != other), len(short))
    doubled = long[at] in (long[at - 1 : at], long[at + 1 : at + 2])
    return (_DOUBLED if doubled else _MORE_OR_LESS) * first
