"""HTML: lists and their items in, what stands before each item out: "- ", "3. ", "b. "."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from selectolax.lexbor import LexborNode

from index.readers.numerals import numeral

LISTS = frozenset({"ul", "ol", "menu", "dir", "dl"})
MARKED = frozenset({"ul", "ol", "li"})  # what a style sheet may say the marks of
_BULLET = "-"
_FORMS = {  # how 1 looks, by the name of a style
    "decimal": "1", "decimal-leading-zero": "01", "lower-alpha": "a", "lower-latin": "a", "upper-alpha": "A",
    "upper-latin": "A", "lower-roman": "i", "upper-roman": "I", "lower-greek": "α",
    "cjk-ideographic": "一", "simp-chinese-informal": "一", "trad-chinese-informal": "一", "cjk-decimal": "一",
    **dict.fromkeys(("none", "disc", "circle", "square"), _BULLET),
}  # fmt: skip
_TYPES = frozenset("1aAiI")
_NUMBER = re.compile(r"\s*([+-]?\d{1,9})(?!\d)")
_OWN = ("counter-reset", "counter-increment")  # a page that counts by itself shows the numbers in its own way


def declared_form(tag: str, declared: Mapping[str, str]) -> str:
    """Return the form of the marks that style sheets say a list or an item has; "" if they say nothing of it."""
    if any(name in declared for name in _OWN):
        return ""
    form = ""
    for name, value in declared.items():  # the last one counts
        if name == "list-style-type":
            form = _FORMS.get(value, "")
        elif name == "list-style":
            form = next((_FORMS[word] for word in value.split() if word in _FORMS), "")
    shown = declared.get("display", "list-item")
    return _BULLET if tag == "li" and shown in ("block", "inline", "inline-block", "flex", "grid") else form


@dataclass(slots=True)
class ItemList:
    """A list that is being read: the number of its next item, and whether its items get a mark at all."""

    form: str  # how 1 looks, or a bullet
    marked: bool  # the terms of a <dl> have none
    number: int = 1
    step: int = 1

    def mark(self, item: LexborNode, declared: str) -> str:
        """Count an item, and return its mark; `declared` is what style sheets say of it."""
        self.number = _whole(item, "value", self.number)
        number, self.number = self.number, self.number + self.step
        form = declared or _typed(item) or self.form
        return "- " if form == _BULLET else f"{numeral(number, form)}. "


def list_of(node: LexborNode, declared: str) -> ItemList:
    """Return the list that begins with an element; `declared` is what style sheets say of its marks."""
    counts = node.tag == "ol"
    form = declared or (_typed(node) if counts else "") or ("1" if counts else _BULLET)
    found = ItemList(form, node.tag != "dl")
    if counts and "reversed" in node.attributes:
        found.step, found.number = -1, sum(child.tag == "li" for child in node.iter())
    if counts:
        found.number = _whole(node, "start", found.number)
    return found


def _typed(node: LexborNode) -> str:
    kind = node.attributes.get("type") or ""
    return kind if kind in _TYPES else ""


def _whole(node: LexborNode, name: str, otherwise: int) -> int:
    found = _NUMBER.match(node.attributes.get(name) or "")
    return int(found[1]) if found else otherwise
