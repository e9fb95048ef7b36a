"""Text that no eye sees on a page and that readers leave out: what is said of it."""

from __future__ import annotations

from dataclasses import dataclass

SPECK = 1.0  # points: letters up to that size are specks


def is_prose(text: str) -> bool:
    """Tell whether a text is a sentence at least; menus and labels, which pages hide by the dozen, are none."""
    words = text.split()
    return "。" in text or (len(words) > 3 and any(word.rstrip(")\"'”’").endswith((".", "!", "?")) for word in words))


def left_out(passages: int) -> str:
    """Return what is left out as one sentence without a full stop, as `Content.missing` has it; "" if nothing is."""
    if not passages:
        return ""
    if passages == 1:
        return "1 passage that the page hides from the eye is left out"
    return f"{passages} passages that the page hides from the eye are left out"


@dataclass(slots=True)
class Tally:
    """Counts hidden passages of at least a sentence; hidden words in one place (a paragraph, a cell) are one."""

    _passages: int = 0
    _place: object = None
    _words: str = ""

    def add(self, words: str, place: object) -> None:
        """Take the next hidden words, and where they stand."""
        if place != self._place:
            self._passages += is_prose(self._words)
            self._place, self._words = place, ""
        self._words += words

    @property
    def passages(self) -> int:
        """How many there are so far."""
        return self._passages + is_prose(self._words)


def gap(words: str) -> str:
    """Return what stays of hidden words between others: a space, if they had one at an end."""
    return " " if words != words.strip() else ""
