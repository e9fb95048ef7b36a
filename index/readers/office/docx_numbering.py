"""Word documents: their lists (numbering.xml) in, what stands before each item and heading out: "Article 2", "2.2"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from index.readers.content import one_line
from index.readers.numerals import Label, numeral
from index.readers.office.docx_hidden import is_hidden
from index.readers.package import Element, attribute, child, children, name_of

_DEPTHS = 9  # that Word has
_LONGEST = 100  # characters of a label; there may be as many items as a file has room for
_PLACE = re.compile(r"%([1-9])")
_PADDED = re.compile(r"0{1,9}1(?!\d)")  # "001, 002, 003, ...": how Word writes a form of its own
_BULLET, _NONE = "bullet", "none"
_FORMS = {  # what isn't named here is shown in digits
    "decimalZero": "01", "lowerLetter": "a", "upperLetter": "A", "lowerRoman": "i", "upperRoman": "I",
    "russianLower": "а", "russianUpper": "А",
    **dict.fromkeys(("chineseCounting", "chineseCountingThousand", "japaneseCounting", "taiwaneseCounting"), "一"),
    _BULLET: _BULLET, _NONE: _NONE,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Level:
    """A level of a list: `form` is how 1 looks in it, `template` where the numbers go, "%1.%2"."""

    form: str
    template: str
    start: int = 1
    restarts_after: int = _DEPTHS  # it begins anew after an item that is less deep than this; 0: never
    in_digits: bool = False
    style: str = ""  # whose paragraphs are on this level


@dataclass(frozen=True, slots=True)
class _List:
    """A list; those with the same `series` count on together, but where one `begins` anew when it is first met."""

    series: str
    levels: Mapping[int, _Level]
    begins: frozenset[int] = frozenset()


class Numbering:
    """The lists of a document, and how far they have counted."""

    def __init__(self, root: Element | None, styles: Mapping[str, Element]) -> None:
        self._lists = dict(_lists(root, styles))
        self._depths = {  # of the paragraphs in a style, by series
            found.series: {level.style: depth for depth, level in found.levels.items() if level.style}
            for found in self._lists.values()
        }
        self._counts: dict[str, dict[int, int]] = {}  # series -> depth -> the last number
        self._met: set[tuple[str, int]] = set()

    def depth(self, number_id: str, steps: Sequence[tuple[str, str]]) -> int:
        """Return how deep in a list a style puts its paragraphs.

        `steps` are the style and those that it is based on, each with the level that it states itself.
        """
        found = self._lists.get(number_id)
        depths = self._depths[found.series] if found else {}
        for style_id, stated in steps:
            if style_id in depths:
                return depths[style_id]
            if stated.isdecimal():
                return _number(stated)
        return 0

    def label(self, number_id: str, depth: int) -> Label:
        """Count the next paragraph of a list, and return what stands before it."""
        if number_id in ("", "0"):
            return Label()
        depth = min(max(depth, 0), _DEPTHS - 1)
        found = self._lists.get(number_id)
        level = found.levels.get(depth) if found else None
        if found is None or level is None:
            return Label("-", depth)
        counts = self._counts.setdefault(found.series, {})
        if depth in found.begins and (number_id, depth) not in self._met:
            counts.pop(depth, None)
        self._met.add((number_id, depth))
        _count(found, counts, depth)
        if level.form == _BULLET:
            return Label("-", depth)
        shown = _PLACE.sub(lambda place: _shown(found, counts, int(place[1]) - 1, level), level.template)
        return Label(one_line(shown)[:_LONGEST], depth, is_number=True)


def _count(found: _List, counts: dict[int, int], depth: int) -> None:
    """Count an item; a level above it that was left out counts as if it had its first."""
    for at, level in found.levels.items():
        if at < depth:
            counts.setdefault(at, level.start)
        elif at == depth:
            counts[at] = counts.get(at, level.start - 1) + 1
        elif depth < level.restarts_after:
            counts.pop(at, None)


def _shown(found: _List, counts: Mapping[int, int], depth: int, at: _Level) -> str:
    """Return the number of a level as a label on the level `at` shows it; nothing for one that has no item yet."""
    level = found.levels.get(depth)
    if level is None or level.form in (_BULLET, _NONE) or depth not in counts:
        return ""
    return numeral(counts[depth], "1" if at.in_digits else level.form, doubles=True)


def _lists(root: Element | None, styles: Mapping[str, Element]) -> Iterator[tuple[str, _List]]:
    """Yield each list by its id, the definitions that it rests on read once."""
    defined = {attribute(one, "abstractNumId"): one for one in children(root) if name_of(one) == "abstractNum"}
    named = {style: key for key, one in defined.items() if (style := attribute(child(one, "styleLink"), "val"))}
    levels = {key: dict(_levels(children(one), styles)) for key, one in defined.items()}
    for number in children(root):
        if name_of(number) != "num":
            continue
        series = attribute(child(number, "abstractNumId"), "val")
        linked = attribute(child(defined.get(series), "numStyleLink"), "val")
        series = named.get(linked, series)
        own = levels.get(series, {})
        begins = set()
        for change in children(number):
            depth = _depth(change)
            if name_of(change) != "lvlOverride" or depth is None:
                continue
            own = {**own, **dict(_levels(children(change), styles))}
            begin = attribute(child(change, "startOverride"), "val")
            if begin.isdecimal():
                begins.add(depth)
                own[depth] = replace(own.get(depth, _Level(_BULLET, "")), start=_number(begin))
        yield attribute(number, "numId"), _List(series, own, frozenset(begins))


def _levels(elements: Sequence[Element], styles: Mapping[str, Element]) -> Iterator[tuple[int, _Level]]:
    for element in elements:
        depth = _depth(element)
        if name_of(element) == "lvl" and depth is not None:
            yield depth, _level(element, depth, styles)


def _level(element: Element, depth: int, styles: Mapping[str, Element]) -> _Level:
    text = child(element, "lvlText")
    template = f"%{depth + 1}." if text is None else attribute(text, "val")[:_LONGEST]
    start, restart = (attribute(child(element, name), "val") for name in ("start", "lvlRestart"))
    legal = child(element, "isLgl")
    return _Level(
        form=_form(element),
        template="" if is_hidden(element, styles) else template,
        start=_number(start) if start.isdecimal() else 1,
        restarts_after=_number(restart) if restart.isdecimal() else _DEPTHS,
        in_digits=legal is not None and attribute(legal, "val").lower() not in ("0", "false", "off"),
        style=attribute(child(element, "pStyle"), "val"),
    )


def _form(level: Element) -> str:
    """Return how 1 looks on a level; newer forms stand beside one for programs that don't know them."""
    newer = child(level, "AlternateContent", "Choice", "numFmt")
    padded = _PADDED.match(attribute(newer, "format"))
    if padded:
        return padded[0]
    known = child(level, "numFmt")
    known = known if known is not None else child(level, "AlternateContent", "Fallback", "numFmt")
    if known is None:
        return "1" if child(level, "lvlText") is not None else _BULLET
    return _FORMS.get(attribute(known, "val"), "1")


def _depth(element: Element) -> int | None:
    """Return the level that an element is about, from 0, or None if Word has no such one."""
    depth = attribute(element, "ilvl")
    return int(depth) if len(depth) == 1 and depth in "012345678" else None


def _number(text: str) -> int:
    return int(text) if len(text) < 8 else 1
