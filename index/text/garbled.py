"""Garbled text: letters that stand for other letters, as where a font says wrongly which letters it draws.

Told by how often letters stand side by side that do so in the languages of Latin script: the pairs are the 110 most
frequent of English, German, French, Italian, Spanish, Portuguese and Turkish taken together. Of sound text they are
more than half, also in languages that are none of these; of shifted or mixed letters about a seventh.
"""

from __future__ import annotations

import re

_PAIRS = frozenset(
    """
    er en de es re an ar in te la le on ra nt se st ta al as or ri he ne un da ch to nd ro el co at os is me ma ca no ur
    tr il it di ti ie ir do si li th et ve pa ad sa ha ei na qu ll so be ge ue em ic pe ou po lo rt ce au pr am io ed ni
    us mi ia ci om ol ac ng ss eu ec ut ns ai sc ba bi mo nc ag vi tt id ul im fi ab ay ga ui rd va tu ot rs su
    """.split()
)
_WORD = re.compile(r"[a-z]{2,}")
_LETTER = re.compile(r"[^\W\d_]")
_FEWEST = 200  # pairs of letters that tell
_SHARE = 0.35
_LATIN = 0.8  # of the letters are among a to z


def is_garbled(text: str) -> bool:
    """Tell whether a text in Latin letters is in no language; a short one, or one in other letters, is not judged."""
    words = _WORD.findall(text.lower())
    pairs = sum(map(len, words)) - len(words)
    if pairs < _FEWEST or sum(map(len, words)) < _LATIN * len(_LETTER.findall(text)):
        return False
    usual = sum(word[at : at + 2] in _PAIRS for word in words for at in range(len(word) - 1))
    return usual < _SHARE * pairs
