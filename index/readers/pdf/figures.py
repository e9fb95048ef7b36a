"""PDF: a text in, whether it is a number, as the cells of a column of figures are, out."""

from __future__ import annotations

import re
from functools import lru_cache

_UNITS = (
    "acres|barrels|billion|bushels|dollars|euros|gallons|kcal|liters|litres|meters|metres|miles|million|pages|persons"
    "|pieces|points|pounds|shares|tonnes|tons|units"
)
_OF_TIME = "days|hours|minutes|months|weeks|years"  # "11.6 years" is a figure; "5 years" may name a column
_FIGURE = re.compile(
    r"[^\w\s]{0,5} ?(?:[A-Za-z]{0,3}[$€£¥]|(?:EUR|CHF|USD|GBP) )? ?(?!0+\)\*{0,2}$)\d[\d.,:'/ ()%±–−-]*"
    r"(?:e[-+]?\d{1,3}| ?[A-Za-zµ²³]{1,3})?[^\w\s]{0,5}|n\.? ?[ad]\.?|n/a|[xz]|\([xz]\)|[^\w\s%]{1,6}",
    re.IGNORECASE,
)
_MEASURED = re.compile(
    rf"(?:[+−–-] ?)?\d[\d.,]* (?:{_UNITS})|\d+[.,]\d+ (?:{_OF_TIME})"
    r"|\d[\d.,]*(?: ?[x×] ?\d[\d.,]*){1,2} ?[a-z]{1,3}",  # 21 × 33 cm
    re.I,
)
_LONGEST_FIGURE = 30  # characters
_NO_FIGURE = re.compile(r"\([^)]*[^\W\d_]{2}|\d(?:st|nd|rd|th)\b")  # "(95% CI)" and "3rd" are names


def is_figure(text: str) -> bool:
    """Tell whether a text is a number, with a unit at the most, or stands for one that is missing."""
    return len(text) <= _LONGEST_FIGURE and _matches_figure(text)


@lru_cache(maxsize=1 << 14)  # each cell is asked about many times, and many cells say the same
def _matches_figure(text: str) -> bool:
    if _MEASURED.fullmatch(text):
        return True
    return _FIGURE.fullmatch(text) is not None and not _NO_FIGURE.search(text)
