"""PDF: how text goes on from one line to the next, above all whether a hyphen at a line's end belongs to the word."""

from __future__ import annotations

import re
from collections.abc import Iterable

from index.readers.pdf.lines import Line

_LETTERS = r"[^\W\d_]"
_WORD = re.compile(rf"{_LETTERS}+(?:-{_LETTERS}+)*")
_LAST_PART = re.compile(rf"({_LETTERS}+(?:-{_LETTERS}+)*)-$")
_FIRST_PART = re.compile(rf"({_LETTERS}+)")
_WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uff00-\uff60\u3000-\u303f]")  # scripts without spaces between words
# Words that are written together with what follows, though both parts are words.
_WRITTEN_TOGETHER = frozenset(
    re.findall(r"\w+", "some any every no there where here how what who when with out over under up down in on to")
    + re.findall(r"\w+", "fore inter after through other not more")
)
_COMPOUNDS = frozenset({"self", "non", "quasi", "ex", "all", "cross", "well", "so", "half", "vice"})


class Words:
    """The words of a document, as evidence for how a word is written that a line's end cuts in two."""

    def __init__(self, lines: Iterable[Line]) -> None:
        self._known: set[str] = set()
        for line in lines:
            words = _WORD.findall(line.text)
            # The last word may itself be cut, and so the first.
            self._known.update(word.lower() for word in (words[1:-1] if len(words) > 2 else ()))

    def joint(self, before: str, after: str) -> tuple[int, str]:
        """Return how two lines of a paragraph join: how many characters of `before` to drop, and what to put in."""
        if before.endswith("-") and len(before) > 1 and before[-2].isalnum() and after[:1].isalnum():
            return (1, "") if self._is_cut(before, after) else (0, "")
        if before.endswith("—") and before[-2:-1] != " " and after[:1].isalnum():
            return 0, ""
        if before.endswith(("–", "/")) and before[-2:-1].isalnum() and after[:1].isalnum():
            return 0, ""
        if _WIDE.match(before[-1:]) and _WIDE.match(after[:1]):
            return 0, ""
        return 0, " "

    def _is_cut(self, before: str, after: str) -> bool:
        """Tell whether the hyphen is there only because the line ended."""
        last, first = _LAST_PART.search(before), _FIRST_PART.match(after)
        if not last or not first:
            return False
        left, right = last[1].lower(), first[1].lower()
        if left + right in self._known:
            return True
        if not after[0].islower() or f"{left}-{right}" in self._known:
            return False
        if "-" in left or after[first.end() :].startswith("-") or left in _COMPOUNDS:
            return False  # "state-of-the-art"
        if left in _WRITTEN_TOGETHER:
            return True
        # "long-term" is two words that stand elsewhere, too; "infor-mation" is not.
        return not (len(left) > 3 and len(right) > 3 and left in self._known and right in self._known)
