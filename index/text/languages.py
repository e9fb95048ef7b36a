"""The language of a text, as far as it must be known: whether what was made for English can read it."""

from __future__ import annotations

import re

from index.text.function_words import ENGLISH, OTHERS

_WORD = re.compile(r"\b[^\W\d_]+\b")  # not the letters of "E5"
_LATIN = re.compile(r"[a-zA-Z\u00c0-\u024f\u1e00-\u1eff]")
_LOOKED_AT = 2000  # characters
_IN_ENGLISH_TOO = frozenset({"per"})  # of the function words of another language


def is_english(text: str) -> bool:
    """Tell whether a text may be English.

    It is in Latin letters, and no more of it are function words of any other language, or words with accents.
    """
    words = _WORD.findall(text[:_LOOKED_AT].lower())
    if sum(_LATIN.match(word) is not None for word in words) * 2 < len(words):
        return False
    accented = sum(not word.isascii() for word in words)
    others = max(sum(word in other for word in words if word not in _IN_ENGLISH_TOO) for other in OTHERS)
    return sum(word in ENGLISH for word in words) >= max(others, accented)
