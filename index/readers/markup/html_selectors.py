"""HTML: which elements the selectors of a page's style sheets take.

Lexbor's own matching takes time by a power of the depth for selectors such as "a b c d", so a hostile page would take
for ever; here each step is counted, and what comes after too many is left.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from index.readers.markup.html_sheets import split_list, unescaped

# How many steps a page may take, and how many more for each of its elements; a match costs as much as ten.
_STEPS = 1_000_000
_STEPS_EACH = 60
_MATCH = 10
_MOST_COMPOUNDS = 12
_LONGEST = 1000  # characters of a selector
_MOST_KEYS = 500  # of the elements around one
_COMPLETE = ""  # stands in a lineage that has all keys
_NO_KEYS: frozenset[str] = frozenset()
_LONGEST_VALUE = 2000  # characters of an attribute that are looked at
_IDENTIFIER = r"(?:[-\w\x80-\U0010ffff]|\\[0-9a-fA-F]{1,6}\s?|\\.)++"
_SIMPLE = re.compile(
    rf"""([.\#])({_IDENTIFIER})|\[\s*({_IDENTIFIER})\s*(?:([~|^$*]?=)\s*("[^"]*"|'[^']*'|[^\]\s"']+)\s*(?:[is]\s*)?)?\]"""
    rf"""|:(not|is|where)\(([^()]*)\)|:(root|first-child)(?![\w-])|({_IDENTIFIER}|\*)"""
)
_COMBINATOR = re.compile(r"\s*([>+~])\s*|\s+")

Rank = tuple[int, int, int]  # ids, classes, tags: the more, the stronger
_T = TypeVar("_T")


@dataclass(slots=True, eq=False)
class Element:
    """An element as selectors see it."""

    tag: str
    attributes: Mapping[str, str | None]
    parent: Element | None = None
    previous: Element | None = None
    classes: frozenset[str] = frozenset()
    keys: list[str] = field(default_factory=list)  # of the element: tag, "#id", ".class"
    _lineage: frozenset[str] | None = None

    def __post_init__(self) -> None:
        self.keys = [self.tag]
        if named := self.attributes.get("class"):
            self.classes = frozenset(named.split())
            self.keys += [f".{name}" for name in self.classes]
        if identity := self.attributes.get("id"):
            self.keys.append(f"#{identity}")

    def lineage(self) -> frozenset[str]:
        """Return the keys of the element and of all around it; none if they are too many to be kept."""
        if self._lineage is None:
            around = self.parent.lineage() if self.parent is not None else frozenset({_COMPLETE})
            both = around.union(self.keys) if _COMPLETE in around else around
            self._lineage = both if len(both) <= _MOST_KEYS else frozenset()
        return self._lineage


@dataclass(slots=True)
class _Compound:
    """What one element must be."""

    tag: str = ""
    ids: list[str] = field(default_factory=list)
    classes: set[str] = field(default_factory=set)
    attributes: list[tuple[str, str, str]] = field(default_factory=list)  # name, operator, value
    places: list[str] = field(default_factory=list)
    among: list[tuple[bool, list[_Compound]]] = field(default_factory=list)  # whether one of them must match, or none

    def named(self) -> list[str]:
        return [f"#{one}" for one in self.ids] + [f".{one}" for one in self.classes] + [self.tag] * bool(self.tag)

    def matches(self, element: Element) -> bool:
        return (
            (not self.tag or self.tag == element.tag)
            and self.classes <= element.classes
            and all(element.attributes.get("id") == one for one in self.ids)
            and all(_has_attribute(element, *attribute) for attribute in self.attributes)
            and all(_stands(element, place) for place in self.places)
            and all(any(one.matches(element) for one in others) == wanted for wanted, others in self.among)
        )


@dataclass(frozen=True, slots=True)
class _Selector:
    compounds: list[_Compound]  # the element itself first, then outwards
    combinators: list[str]  # between each and the next
    rank: Rank
    needs: frozenset[str]  # keys that elements around must have: most selectors are done with by a look at these


@dataclass(slots=True)
class Matcher(Generic[_T]):
    """Finds what was said of an element by selectors; `exhausted` once it has taken the steps it may."""

    exhausted: bool = False
    _found: dict[str, list[tuple[_Selector, int, _T]]] = field(default_factory=lambda: defaultdict(list))
    _count: int = 0
    _left: int = _STEPS

    def add(self, selector: str, said: _T) -> None:
        """Remember what is said of the elements that a selector takes; of one that isn't understood, nothing."""
        self.exhausted |= len(selector) > _LONGEST
        parsed = _parse(selector) if len(selector) <= _LONGEST else None
        if parsed is None:
            return
        last = parsed.compounds[0]
        key = next(iter(last.named()), "*")
        self._count += 1
        self._found[key].append((parsed, self._count, said))

    def said_of(self, element: Element) -> list[tuple[Rank, int, _T]]:
        """Return what is said of an element, with the rank and the order of each."""
        around = element.parent.lineage() if element.parent is not None else _NO_KEYS
        said: list[tuple[Rank, int, _T]] = []
        self._left += _STEPS_EACH
        for key in (*element.keys, "*"):
            for selector, order, what in self._found.get(key, ()):
                if self._left < 0:
                    self.exhausted = True
                    return said
                self._left -= 1
                if (around and not selector.needs <= around) or not selector.compounds[0].matches(element):
                    continue
                if self._is_within(selector, element, 0):
                    self._left -= _MATCH
                    said.append((selector.rank, order, what))
        return said

    def _is_within(self, selector: _Selector, element: Element, at: int) -> bool:
        """Tell whether what stands around an element is as a selector says from its compound `at` outwards."""
        if at == len(selector.combinators):
            return True
        combinator = selector.combinators[at]
        other = element.parent if combinator in " >" else element.previous
        while other is not None and self._left >= 0:
            self._left -= 1
            if selector.compounds[at + 1].matches(other) and self._is_within(selector, other, at + 1):
                return True
            if combinator in ">+":
                return False
            other = other.parent if combinator == " " else other.previous
        return False


def _has_attribute(element: Element, name: str, operator: str, value: str) -> bool:
    if name not in element.attributes:
        return False
    has = (element.attributes[name] or "")[:_LONGEST_VALUE]
    return {
        "": True,
        "=": has == value,
        "~=": value in has.split(),
        "|=": has == value or has.startswith(f"{value}-"),
        "^=": bool(value) and has.startswith(value),
        "$=": bool(value) and has.endswith(value),
        "*=": bool(value) and value in has,
    }[operator]


def _stands(element: Element, place: str) -> bool:
    return (element.parent if place == "root" else element.previous) is None


def _parse(selector: str) -> _Selector | None:
    """Return the selector in parts; None if it isn't known, or is of a state (:hover) or a part (::before)."""
    compounds: list[_Compound] = []
    combinators: list[str] = []
    at = 0
    ids = classes = tags = 0
    while len(compounds) < _MOST_COMPOUNDS:
        parsed = _parse_compound(selector, at)
        if parsed is None:
            return None
        compound, at = parsed
        compounds.append(compound)
        ids += len(compound.ids)
        classes += len(compound.classes) + len(compound.attributes) + len(compound.places) + len(compound.among)
        tags += bool(compound.tag)
        if at == len(selector):
            return _Selector(compounds[::-1], combinators[::-1], (ids, classes, tags), _needs(compounds, combinators))
        combinator = _COMBINATOR.match(selector, at)
        if combinator is None:
            return None
        combinators.append(combinator[1] or " ")
        at = combinator.end()
    return None


def _needs(compounds: list[_Compound], combinators: list[str]) -> frozenset[str]:
    """Return the keys of those compounds that stand around the last one's element, whatever stands beside it."""
    outward = [one for one, combinator in zip(compounds, combinators, strict=False) if combinator in " >"]
    return frozenset(key for one in outward for key in one.named())


def _parse_compound(selector: str, start: int) -> tuple[_Compound, int] | None:
    """Return the compound that begins at a place, and where it ends."""
    compound, at = _Compound(), start
    while found := _SIMPLE.match(selector, at):
        mark, name, attribute, operator, value, function, inner, place, tag = found.groups()
        at = found.end()
        if mark == "#":
            compound.ids.append(unescaped(name))
        elif mark:
            compound.classes.add(unescaped(name))
        elif attribute:
            unquoted = value[1:-1] if value and value[0] in "\"'" else value
            compound.attributes.append((attribute.lower(), operator or "", unescaped(unquoted or "")))
        elif function:
            parsed = {text: _parse_compound(text, 0) for text in split_list(inner)}
            others = [one[0] for text, one in parsed.items() if one is not None and one[1] == len(text)]
            if len(others) < len(parsed):
                return None
            compound.among.append((function != "not", others))
        elif place:
            compound.places.append(place)
        elif found.start() == start:
            compound.tag = "" if tag == "*" else tag.lower()
        else:
            return None
    return (compound, at) if at > start else None
