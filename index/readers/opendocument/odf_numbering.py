"""OpenDocument lists and outlines: their styles and items in, what stands before each item and heading out: "2.2"."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from index.readers.content import one_line
from index.readers.numerals import Label, numeral
from index.readers.package import Element, attribute, children, name_of

_LEVELS = 60  # more than any program has
_LONGEST = 100  # characters of a label; there may be as many items as a file has room for
_PLACE = re.compile(r"%(\d{1,2})%")
_BULLET, _NUMBER = "bullet", "number"

Counts = dict[int, int]  # level, from 1 -> the last number


@dataclass(frozen=True, slots=True)
class Level:
    """A level of a list: `form` is how 1 looks in it, `template` where the numbers go, "%1%.%2%"; "" shows nothing."""

    kind: str
    form: str = ""
    template: str = ""
    start: int = 1
    doubles: bool = False


@dataclass(slots=True)
class Numbering:
    """The lists of a document and its outline, and how far they have counted."""

    styles: Mapping[str, Mapping[int, Level]]
    outline: str = ""  # the name of the style of headings
    _by_id: dict[str, Counts] = field(default_factory=dict)
    _last: tuple[str, Counts] = field(default_factory=lambda: ("", {}))  # the style of the list before, and its counts
    _headings: Counts = field(default_factory=dict)

    def begin(self, element: Element, style: str) -> Counts:
        """Return the counts of a list that begins; it may go on with those of another one."""
        counts: Counts = {}
        if style and style == self.outline:
            return self._headings
        if goes_on := attribute(element, "continue-list"):
            counts = self._by_id.get(goes_on, counts)
        elif attribute(element, "continue-numbering") == "true" and self._last[0] == style:
            counts = self._last[1]
        self._last = style, counts
        if own := attribute(element, "id"):
            self._by_id[own] = counts
        return counts

    def label(self, style: str, counts: Counts, level: int, *, start: str = "") -> Label:
        """Count an item, from `start` on if that is a number, and return what stands before it."""
        levels = self.styles.get(style, {})
        found = levels.get(level, Level(_BULLET))
        for above in range(1, min(level, _LEVELS)):
            if above in levels:
                counts.setdefault(above, levels[above].start)
        counts[level] = _number(start, counts.get(level, found.start - 1) + 1)
        for deeper in [one for one in counts if one > level]:
            del counts[deeper]
        if found.kind == _BULLET:
            return Label("-", level - 1)
        shown = _PLACE.sub(lambda place: _shown(levels, counts, int(place[1])), found.template)
        return Label(one_line(shown)[:_LONGEST], level - 1, is_number=True)

    def heading(self, element: Element, level: int) -> Label:
        """Count a heading that is in no list, and return what stands before it."""
        if attribute(element, "is-list-header") == "true" or self.outline not in self.styles:
            return Label()
        start = ""
        if attribute(element, "restart-numbering") == "true":
            self._headings.pop(level, None)
            start = attribute(element, "start-value")
        return self.label(self.outline, self._headings, level, start=start)


def levels_of(style: Element) -> dict[int, Level]:
    """Return the levels of a style of lists, or of the outline."""
    return {
        int(number): _level(level, int(number))
        for level in children(style)
        if (number := attribute(level, "level")).isdecimal() and 0 < _number(number, 0) <= _LEVELS
    }


def stated_number(paragraph: Element) -> str:
    """Return the number of a paragraph as the program that wrote the file showed it, or ""."""
    for found in children(paragraph):
        if name_of(found) == _NUMBER:
            return one_line("".join(found.itertext()))[:_LONGEST]
    return ""


def _level(level: Element, number: int) -> Level:
    if name_of(level) not in ("list-level-style-number", "outline-level-style"):
        is_shown = attribute(level, "bullet-char").strip() or name_of(level).endswith("image")
        return Level(_BULLET if is_shown else _NUMBER)
    form = attribute(level, "num-format").partition(",")[0][:9]  # "01, 02, 03, ..." is a form, too
    template = attribute(level, "num-list-format")
    if not template:
        first = number - _number(attribute(level, "display-levels"), 1) + 1
        shown = [f"%{at}%" for at in range(max(first, 1), number + 1)]
        template = f"{attribute(level, 'num-prefix')}{'.'.join(shown)}{attribute(level, 'num-suffix')}"
    return Level(
        _NUMBER,
        form,
        template[: 4 * _LONGEST],
        _number(attribute(level, "start-value"), 1),
        attribute(level, "num-letter-sync") == "true",
    )


def _shown(levels: Mapping[int, Level], counts: Counts, level: int) -> str:
    found = levels.get(level)
    if found is None or not found.form or level not in counts:
        return ""
    return numeral(counts[level], found.form, doubles=found.doubles)


def _number(text: str, otherwise: int) -> int:
    return int(text) if text.isdecimal() and len(text) < 8 else otherwise
