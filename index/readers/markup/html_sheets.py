"""HTML: the style sheets of a page in, the rules of theirs that hold on a screen out.

Only what may hide text or marks the items of lists is looked at, in time that grows with the sheet and no faster; no
sheet is fetched.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

MOST_READ = 4_000_000  # characters of style sheets in a page
_MOST_NESTED = 12
_MOST_SELECTORS = 60  # that nested rules may come to, each with each of those around
_LONGEST_VALUE = 300  # characters of what is declared: the first word of a picture tells as much as all
_SCREEN = 1280  # CSS pixels that a window is wide
_INCH, _EM, _PERCENT = 96, 16, 10  # CSS pixels; a percent of about a screen

_PIECE = re.compile(
    r"""(/\*.*?(?:\*/|\Z))|"(?:[^"\\\n]|\\.)*+"?|'(?:[^'\\\n]|\\.)*+'?|(?<=url)\((?!\s*["'])[^)]*+\)?"""
    r"""|\\.|[{};]|[^/"'\\{};(]++|.""",
    re.DOTALL | re.IGNORECASE,
)
_ESCAPE = re.compile(r"\\(?:([0-9a-fA-F]{1,6})\s?|(.))", re.DOTALL)
_ENCLOSING = re.compile(r"""[("'\[]""")
_UNUSUAL = re.compile(r"color-scheme:\s*dark|reduced-motion:\s*reduce|forced-colors:\s*active|scripting:\s*none")
_WIDTH = re.compile(r"\((min|max)(?:-device)?-width:\s*([\d.]{1,12})(px|em|rem)\)")
_LENGTH = re.compile(
    r"([+-]?(?:\d{1,9}(?:\.\d{0,9})?|\.\d{1,9}))(px|pt|pc|in|cm|mm|r?em|ex|ch|[sdl]?v[wh]|vmin|vmax|%)?"
)
_UNITS = {
    None: 1.0, "px": 1.0, "pt": _INCH / 72, "pc": 16.0, "in": _INCH, "cm": _INCH / 2.54, "mm": _INCH / 25.4,
    "em": _EM, "rem": _EM, "ex": _EM / 2, "ch": _EM / 2,
}  # fmt: skip

Declarations = Mapping[str, tuple[str, bool]]  # property -> its value, and whether it is important

# The properties that may hide text, or undo that, or mark the items of lists, in groups that are looked at together.
GROUPS = {
    name: group
    for group, names in {
        "display": "display content-visibility",
        "visibility": "visibility",
        "opacity": "opacity filter",
        "size": "font-size font",
        "box": (
            "left top right bottom text-indent margin margin-left margin-top clip clip-path width height max-width"
            " max-height overflow overflow-x overflow-y transform scale translate"
        ),
        "color": (
            "color background background-color background-image background-clip text-shadow z-index"
            " -webkit-background-clip -webkit-text-fill-color -webkit-text-stroke"
        ),
        "any": "position animation animation-name -webkit-animation",
        "list": "list-style list-style-type counter-reset counter-increment",
    }.items()
    for name in names.split()
}


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of a style sheet that holds on a screen: its selectors as written, and what of it may matter."""

    selectors: tuple[str, ...]
    declarations: Declarations


@dataclass(slots=True)
class Sheets:
    """All rules of a page in order, the names of its animations, and whether anything was left unread."""

    rules: list[Rule] = field(default_factory=list)
    animations: set[str] = field(default_factory=set)
    imports: bool = False
    too_long: bool = False
    _read: int = 0

    def add(self, text: str) -> None:
        """Read one more style sheet."""
        if self._read + len(text) > MOST_READ:
            self.too_long = True
            return
        self._read += len(text)
        for selectors, declarations in self._blocks(text):
            if declared := parse_declarations(declarations):
                self.rules.append(Rule(selectors, declared))

    def _blocks(self, text: str) -> Iterator[tuple[tuple[str, ...], str]]:
        """Yield the selectors and the declarations of each rule."""
        stack = [_Block((), holds=True)]
        words: list[str] = []
        for found in _PIECE.finditer(text):
            piece = found[0]
            if found[1]:
                words.append(" ")
            elif piece == "{":
                stack.append(self._opened("".join(words).strip(), stack[-1], depth=len(stack)))
                words = []
            elif piece == "}":
                stack[-1].declarations.append("".join(words))
                words = []
                if len(stack) > 1:
                    yield from stack.pop().content()
            elif piece == ";":
                line = "".join(words).strip()
                self.imports |= line.lower().startswith("@import")
                stack[-1].declarations.append(line)
                words = []
            else:
                words.append(piece)
        stack[-1].declarations.append("".join(words))
        for block in reversed(stack[1:]):  # an unclosed block ends with the sheet
            yield from block.content()

    def _opened(self, prelude: str, around: _Block, *, depth: int) -> _Block:
        if depth > _MOST_NESTED:
            self.too_long = True
            return _Block((), holds=False)
        if not prelude.startswith("@"):
            return _Block(_nested(split_list(prelude.removeprefix("<!--")), around.selectors), holds=around.holds)
        name, _, condition = prelude[1:].partition(" ")
        if name.lower().endswith("keyframes"):
            self.animations.add(condition.strip().strip("\"'"))
        name = name.lower().partition("(")[0]
        groups = name in ("media", "supports", "layer", "document", "starting-style")
        holds = groups and (name != "media" or holds_on_screen(prelude[6:])) and name != "starting-style"
        return _Block(around.selectors, holds=around.holds and holds)


@dataclass(slots=True)
class _Block:
    selectors: tuple[str, ...]
    holds: bool
    declarations: list[str] = field(default_factory=list)

    def content(self) -> Iterator[tuple[tuple[str, ...], str]]:
        if self.holds and self.selectors and any(self.declarations):
            yield self.selectors, ";".join(self.declarations)


def _nested(selectors: list[str], around: tuple[str, ...]) -> tuple[str, ...]:
    if not around:
        return tuple(selectors)
    both = [
        inner.replace("&", outer) if "&" in inner else f"{outer} {inner}"
        for outer in around
        for inner in selectors[:_MOST_SELECTORS]
    ]
    return tuple(selector for selector in both[:_MOST_SELECTORS] if len(selector) < 1000)


def split_list(text: str) -> list[str]:
    """Split a list of selectors or queries at its commas, but at none within brackets or quotes."""
    if not _ENCLOSING.search(text):
        return [part for part in map(str.strip, text.split(",")) if part]
    parts, start, depth, quote = [], 0, 0, ""
    for index, character in enumerate(text):
        if quote:
            quote = "" if character == quote else quote
        elif character in "\"'":
            quote = character
        elif character in "([":
            depth += 1
        elif character in ")]":
            depth -= 1
        elif character == "," and depth <= 0:
            parts.append(text[start:index].strip())
            start = index + 1
    return [part for part in (*parts, text[start:].strip()) if part]


def holds_on_screen(media: str) -> bool:
    """Tell whether a list of media queries holds in a wide window, as far as its words tell; "" does."""
    return not media.strip() or any(_query_holds(query.lower()) for query in split_list(media))


def _query_holds(query: str) -> bool:
    negated = query.startswith("not ")
    kind = re.match(r"(?:not |only )?\s*([a-z]\w*)", query)
    holds = kind is None or kind[1] in ("screen", "all")
    for side, number, unit in _WIDTH.findall(query):
        width = float(number.rstrip(".") or 0) * _UNITS[unit] if number.count(".") < 2 else 0.0
        holds &= width <= _SCREEN if side == "min" else width >= _SCREEN
    holds &= _UNUSUAL.search(query) is None
    return holds != negated


@lru_cache(maxsize=4096)
def parse_declarations(text: str) -> Declarations:
    """Return the declarations that matter (`GROUPS`); the last of each property counts."""
    found: dict[str, tuple[str, bool]] = {}
    for declaration in _split_declarations(text):
        name, colon, value = declaration.partition(":")
        name = unescaped(name).strip().lower()
        if not colon or name not in GROUPS:
            continue
        value = unescaped(value).strip().lower()
        important = value.endswith("important") and "!" in value[-14:]
        if important:
            value = value[: value.rindex("!")].strip()
        if value and not (name in found and found[name][1] and not important):
            found[name] = value[:_LONGEST_VALUE], important
    return found


def _split_declarations(text: str) -> list[str]:
    if not re.search(r"""["'\\(]|/\*""", text):
        return text.split(";")
    parts = [""]
    words: list[str] = []
    for piece in _PIECE.finditer(text):
        if piece[0] == ";":
            parts.append("".join(words))
            words = []
        elif not piece[1]:
            words.append(piece[0])
    return [*parts, "".join(words)]


def unescaped(text: str) -> str:
    """Return the text with CSS's escapes as the characters that they are: "dis\\70lay" is "display"."""
    return _ESCAPE.sub(_character, text) if "\\" in text else text


def _character(escape: re.Match[str]) -> str:
    if not escape[1]:
        return escape[2] or ""
    code = int(escape[1], 16)
    return chr(code) if 0 < code < 0xD800 or 0xDFFF < code < 0x110000 else "\ufffd"


def pixels(length: str) -> float | None:
    """Return a length in CSS pixels, roughly if it is relative; None if it is none."""
    found = _LENGTH.fullmatch(length.strip())
    if found is None:
        return None
    return float(found[1]) * _UNITS.get(found[2], _PERCENT)
