"""OpenDocument: styles in, how text looks in them out: whether it is shown, its size, color and ground."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from index.readers.grounds import NOTHING, is_lost
from index.readers.hidden import SPECK
from index.readers.markup.html_colors import CLEAR, WHITE, Color, parse_color
from index.readers.opendocument.odf import points
from index.readers.package import Element, attribute, child, children, descendants

_MAX_DEPTH = 20  # of styles that are based on styles; more is a circle
_PERCENT = re.compile(r"(\d{1,4}(?:\.\d{1,4})?)%")
_PROPERTIES = {  # where a family of styles says what is behind it
    "paragraph": ("paragraph-properties",), "section": ("section-properties",), "table": ("table-properties",),
    "table-row": ("table-row-properties",), "table-cell": ("table-cell-properties", "graphic-properties"),
    "graphic": ("graphic-properties",), "presentation": ("graphic-properties",),
    "drawing-page": ("drawing-page-properties",),
}  # fmt: skip

Grounds = tuple[Color | None, ...]


@dataclass(frozen=True, slots=True)
class Look:
    """How text looks at a place; a color that isn't known is None."""

    shown: bool = True
    away: bool = False  # with all that is in it, whatever that says
    size: float = 12.0  # points
    color: Color | None = None
    grounds: Grounds = (WHITE,)  # one of which it stands on
    mark: Color | None = NOTHING  # its own, over that
    is_drawn: bool = False  # with an outline or a shadow

    @property
    def is_seen(self) -> bool:
        """Whether an eye can see the text."""
        if self.away or not self.shown or self.size <= SPECK:
            return False
        if self.is_drawn or self.color is None:
            return True
        if self.color[3] < 1:
            return self.color[3] > CLEAR
        return not is_lost(self.color, self.grounds if self.mark == NOTHING else (self.mark,))

    def on(self, grounds: Grounds) -> Look:
        """Return the look on other grounds."""
        return replace(self, grounds=grounds)


@dataclass(slots=True)
class StyleBook:
    """The styles of a document by their family and name, and how text looks in them."""

    _elements: dict[tuple[str, str], Element] = field(default_factory=dict)
    _chains: dict[tuple[str, str], list[Element]] = field(default_factory=dict)
    _looks: dict[tuple[Look, str, str], Look] = field(default_factory=dict)

    def add(self, root: Element | None) -> None:
        """Take the styles in `root`, which come before those that were there."""
        for kind in ("default-style", "style"):
            for style in descendants(root, kind):
                self._elements[attribute(style, "family"), attribute(style, "name")] = style
        self._chains.clear()
        self._looks.clear()

    def look(self, around: Look, family: str, name: str) -> Look:
        """Return how text looks in an element with a style by how it looks around it."""
        key = around, family, name
        if key not in self._looks:
            look = around
            for style in reversed(self._chain(family, name)):
                look = _with_text(look, child(style, "text-properties"))
            if family in _PROPERTIES:
                ground = self.fill(family, name)
                look = look if ground == NOTHING else replace(look, grounds=(ground,))
                if ground != NOTHING and family != "paragraph":
                    look = replace(look, mark=NOTHING)
            if family == "table-cell" and any(
                child(style, "map") is not None for style in self._chain(family, name)
            ):  # which look a cell has depends on what is in it
                look = replace(look, color=None)
            self._looks[key] = look
        return self._looks[key]

    def fill(self, family: str, name: str) -> Color | None:
        """Return what a style paints behind its text: None if it isn't known, `NOTHING` if it paints nothing."""
        fill = self.stated(family, name, "fill")
        if fill == "solid":
            opacity = self.stated(family, name, "opacity")
            return parse_color(self.stated(family, name, "fill-color").lower()) if opacity in ("", "100%") else None
        if fill not in ("", "none") or self._has_picture(family, name):
            return None
        color = self.stated(family, name, "background-color")
        if not fill and not color and family in ("graphic", "presentation"):
            return None  # programs differ in what a shape has then
        return NOTHING if color in ("", "transparent") else parse_color(color.lower())

    def stated(self, family: str, name: str, key: str) -> str:
        """Return what a style, or the nearest that it is based on, says of its box; "" if none does."""
        for style in self._chain(family, name):
            for properties in _PROPERTIES[family]:
                if value := attribute(child(style, properties), key):
                    return value
        return ""

    def _has_picture(self, family: str, name: str) -> bool:
        pictures = (
            child(style, properties, "background-image")
            for style in self._chain(family, name)
            for properties in _PROPERTIES[family]
        )
        return any(attribute(picture, "href") or children(picture) for picture in pictures)

    def _chain(self, family: str, name: str) -> list[Element]:
        """Return a style, those that it is based on, and the one that its family is based on."""
        if (family, name) not in self._chains:
            found: list[Element] = []
            parent = name
            while parent and len(found) < _MAX_DEPTH:
                style = self._elements.get((family, parent), self._elements.get(("", parent)))
                if style is None:
                    break
                found.append(style)
                parent = attribute(style, "parent-style-name")
            if (family, "") in self._elements:
                found.append(self._elements[family, ""])
            self._chains[family, name] = found
        return self._chains[family, name]


def family_and_name(shape: Element) -> tuple[str, str]:
    """Return the style of a shape."""
    for key, value in shape.attrib.items():
        namespace, _, name = str(key).rpartition("}")
        if name == "style-name":
            return ("presentation" if "presentation" in namespace else "graphic"), str(value)
    return "graphic", ""


def is_white(properties: Element) -> bool:
    """Tell whether the properties of a page, its header or its footer leave it white."""
    fill, color = attribute(properties, "fill"), attribute(properties, "background-color")
    picture = child(properties, "background-image")
    if attribute(picture, "href") or children(picture):
        return False
    return fill in ("", "none", "solid") and all(
        one in ("", "transparent") or parse_color(one.lower()) == WHITE
        for one in (color, attribute(properties, "fill-color") if fill == "solid" else "")
    )


def _with_text(look: Look, properties: Element | None) -> Look:
    if properties is None:
        return look
    said = {str(key).rpartition("}")[2]: str(value) for key, value in properties.attrib.items()}
    size, color, mark = look.size, look.color, look.mark
    stated = said.get("font-size", "")
    if share := _PERCENT.fullmatch(stated):
        size *= float(share[1]) / 100
    elif stated[:1].isdecimal():
        size = points(stated)
    if said.get("use-window-font-color") == "true":  # beside which LibreOffice writes an opacity that means nothing
        color = None
    elif "color" in said:
        color = parse_color(said["color"].lower())
        share = _PERCENT.fullmatch(said.get("opacity", "100%"))
        color = (*color[:3], float(share[1]) / 100) if color and share else None
    if "background-color" in said:
        mark = NOTHING if said["background-color"] == "transparent" else parse_color(said["background-color"].lower())
    effects = {said.get("text-outline", "false"), said.get("text-shadow", "none"), said.get("font-relief", "none")}
    return replace(
        look,
        shown=said["display"] != "none" if "display" in said else look.shown,
        size=size,
        color=color,
        mark=mark,
        is_drawn=look.is_drawn or not effects <= {"false", "none"},
    )
