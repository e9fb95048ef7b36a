"""How cells of Excel files look: the formats, fonts and fills of a workbook in, what may be seen of a cell out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeVar

from index.readers.grounds import is_lost
from index.readers.hidden import SPECK
from index.readers.markup.html_colors import BLACK, WHITE, Color, parse_color
from index.readers.number_formats import BUILT_IN
from index.readers.office.drawing_colors import Scheme, theme_colors, with_lightness
from index.readers.package import Element, attribute, child, children, name_of

_Item = TypeVar("_Item")

_USUAL = 11.0  # points
_THEME = ("lt1", "dk1", "lt2", "dk2", "accent1", "accent2", "accent3", "accent4", "accent5", "accent6")
_INDEXED = {0: BLACK, 1: WHITE, 8: BLACK, 9: WHITE, 64: BLACK, 65: WHITE}
_OFF = ("0", "false")


class Font(NamedTuple):
    """How letters look; a color that isn't known is None."""

    is_bold: bool = False
    size: float = _USUAL
    color: Color | None = None

    def may_hide(self, ground: Color | None) -> bool:
        """Tell whether letters can't be seen on a ground that has this color, if it has."""
        return self.size <= SPECK or is_lost(self.color, [ground])


class Run(NamedTuple):
    """A part of a cell's words that has a font of its own, None for the cell's."""

    words: str
    font: Font | None


class Look(NamedTuple):
    """How a cell looks: the code of its number format, its letters, and its fill's color, None if it isn't known."""

    code: str = ""
    font: Font = Font()
    ground: Color | None = WHITE
    may_hide: bool = False


class Colors:
    """The colors of a workbook; `styles` and `theme` are the roots of the parts with its styles and its theme."""

    def __init__(self, styles: Element | None, theme: Element | None) -> None:
        self._theme = theme_colors(theme)
        same = {"bg1": "lt1", "tx1": "dk1", "bg2": "lt2", "tx2": "dk2"}
        also = {name: self._theme[other] for name, other in same.items() if other in self._theme}
        self.scheme: Scheme = self._theme | also  # as drawings name them
        own = [parse_color(_six_digits(entry)) for entry in children(child(styles, "colors", "indexedColors"))]
        self._palette: dict[int, Color | None] = {**_INDEXED, **dict(enumerate(own))}

    def color(self, element: Element | None) -> Color | None:
        """Return the color that an element names."""
        number, theme, rgb = (attribute(element, name) for name in ("indexed", "theme", "rgb"))
        color: Color | None = None
        if rgb:
            color = parse_color(_six_digits(element))
        elif theme.isdecimal() and int(theme[:4]) < len(_THEME):
            color = self._theme.get(_THEME[int(theme)])
        elif number.isdecimal():
            color = self._palette.get(int(number[:4]))
        try:
            tint = float(attribute(element, "tint") or 0)
        except ValueError:
            return None
        if color is None or not tint:
            return color
        return with_lightness(color, times=1 - abs(tint), plus=max(tint, 0.0)) if abs(tint) <= 1 else None

    def font(self, properties: Element, usual: Font | None = None) -> Font:
        """Return the font that properties describe; what they don't name is as `usual` has it."""
        usual = usual or Font()
        bold, color = child(properties, "b"), child(properties, "color")
        size = attribute(child(properties, "sz"), "val")
        is_bold = usual.is_bold if bold is None else attribute(bold, "val").lower() not in _OFF
        try:
            points = float(size) if size else usual.size
        except ValueError:
            points = usual.size
        is_drawn = any(child(properties, effect) is not None for effect in ("outline", "shadow"))
        shown = usual.color if color is None else self.color(color)
        return Font(is_bold, points, None if is_drawn else shown)

    def runs(self, item: Element) -> tuple[Run, ...]:
        """Return the parts of a text that have fonts of their own; none if no font can hide anything."""
        found = []
        for part in children(item):
            if name_of(part) == "r":
                words = "".join(text.text or "" for text in children(part) if name_of(text) == "t")
                properties = child(part, "rPr")
                found.append(Run(words, None if properties is None else self.font(properties)))
            elif name_of(part) == "t":
                found.append(Run(part.text or "", None))
        is_plain = all(run.font is None or (run.font.color in (None, BLACK) and run.font.size > SPECK) for run in found)
        return () if is_plain else tuple(found)


def looks_of(styles: Element | None, colors: Colors) -> list[Look]:
    """Return the looks that cells refer to by number."""
    codes = dict(BUILT_IN)
    for found in children(child(styles, "numFmts")):
        if attribute(found, "numFmtId").isdecimal():
            codes[int(attribute(found, "numFmtId"))] = attribute(found, "formatCode")
    fonts = [colors.font(font) for font in children(child(styles, "fonts"))]
    fills = [_fill(fill, colors) for fill in children(child(styles, "fills"))]
    named = children(child(styles, "cellStyleXfs"))
    looks = []
    for found in children(child(styles, "cellXfs")):
        number = attribute(found, "numFmtId")
        base = _at(named, attribute(found, "xfId"), None)
        font = _at(fonts, attribute(found, "fontId"), Font())
        ground = _at(fills, attribute(found, "fillId"), WHITE)
        if attribute(found, "applyFont") in _OFF and attribute(base, "fontId") != attribute(found, "fontId"):
            font = font._replace(size=_USUAL, color=None)  # programs differ in whose font it has
        if attribute(found, "applyFill") in _OFF and attribute(base, "fillId") != attribute(found, "fillId"):
            ground = None
        code = codes.get(int(number), "") if number.isdecimal() else ""
        looks.append(Look(code, font, ground, font.may_hide(ground)))
    return looks


def _six_digits(element: Element | None) -> str:
    """Return a color without the two digits before it, an opacity that Excel ignores."""
    return f"#{attribute(element, 'rgb')[-6:]}".lower()


def _fill(fill: Element, colors: Colors) -> Color | None:
    """Return the color of a cell's fill; None if it is a pattern, or several colors."""
    pattern = child(fill, "patternFill")
    kind = attribute(pattern, "patternType")
    if name_of(fill) != "fill" or pattern is None:
        return None
    if kind in ("", "none"):
        return WHITE
    color = child(pattern, "fgColor")
    return colors.color(color) if kind == "solid" else None


def _at(values: Sequence[_Item], number: str, default: _Item) -> _Item:
    return values[int(number)] if number.isdecimal() and int(number[:9]) < len(values) else default
