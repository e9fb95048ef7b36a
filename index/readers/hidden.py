"""What readers leave out of a text on purpose: passages that no eye sees on a page, above all; how it is told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from index.readers.content import Content, one_line
from index.records import LeftOut

SPECK = 1.0  # points: letters up to that size are specks
MOST_NAMED = 100  # of what is left out of a document, of each kind
LONGEST = 300  # characters of it that are kept


def is_prose(text: str) -> bool:
    """Tell whether a text is a sentence at least; menus and labels, which pages hide by the dozen, are none."""
    words = text.split()
    return "。" in text or (len(words) > 3 and any(word.rstrip(")\"'”’").endswith((".", "!", "?")) for word in words))


def hidden_passages(texts: Iterable[str], *, page: int | None = None) -> tuple[LeftOut, ...]:
    """Return those of some hidden texts, of one page if it is named, that are passages of at least a sentence."""
    return summed(LeftOut("hidden", text[: 2 * LONGEST], 1, page, page) for text in texts if is_prose(text))


def with_hidden(content: Content, passages: Sequence[LeftOut]) -> Content:
    """Return the content of which these passages were left out, and are told."""
    if not passages:
        return content
    times = sum(one.times for one in passages)
    said = "1 passage that the page hides from the eye is left out"
    if times > 1:
        said = f"{times} passages that the page hides from the eye are left out"
    missing = "; ".join(filter(None, (content.missing, said)))
    return replace(content, missing=missing, left_out=(*content.left_out, *passages))


def summed(left_out: Iterable[LeftOut]) -> tuple[LeftOut, ...]:
    """Return what was left out, the same words once; of each kind, beyond those that are named, all others as one."""
    found: dict[tuple[str, str], LeftOut] = {}
    named: Counter[str] = Counter()
    for one in left_out:
        text = _shortened(one.text)
        if (one.kind, text) not in found:
            text = text if named[one.kind] < MOST_NAMED else ""
            named[one.kind] += bool(text)
        before = found.get((one.kind, text))
        found[one.kind, text] = _together(before, one) if before else replace(one, text=text)
    return tuple(sorted(found.values(), key=lambda one: not one.text))


def _shortened(text: str) -> str:
    line = one_line(text)
    return line if len(line) <= LONGEST else line[: LONGEST - 1].rstrip() + "…"


def _together(one: LeftOut, other: LeftOut) -> LeftOut:
    pages = [page for page in (one.first, one.last, other.first, other.last) if page is not None]
    first, last = (min(pages), max(pages)) if pages else (None, None)
    return replace(one, times=one.times + other.times, first=first, last=last)


@dataclass(slots=True)
class Tally:
    """Collects hidden passages of at least a sentence; hidden words in one place (a paragraph, a cell) are one."""

    _passages: list[LeftOut] = field(default_factory=list)
    _place: object = None
    _words: list[str] = field(default_factory=list)

    def add(self, words: str, place: object) -> None:
        """Take the next hidden words, and where they stand."""
        if place != self._place:
            self._passages += hidden_passages(["".join(self._words)])
            self._place, self._words = place, []
            if len(self._passages) > 3 * MOST_NAMED:
                self._passages = list(summed(self._passages))
        self._words.append(words)

    @property
    def passages(self) -> tuple[LeftOut, ...]:
        """Those so far."""
        return summed([*self._passages, *hidden_passages(["".join(self._words)])])


def gap(words: str) -> str:
    """Return what stays of hidden words between others: a space, if they had one at an end."""
    return " " if words != words.strip() else ""
