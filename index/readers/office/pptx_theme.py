"""PowerPoint slides: the colors that they name, and that of their background."""

from __future__ import annotations

from index.readers.markup.html_colors import Color
from index.readers.office.drawing_colors import Scheme, color_in, fill_color, fill_in, theme_colors
from index.readers.office.pptx_package import Slide
from index.readers.package import Element, attribute, child, children, name_of

_FIRST_BACKGROUND = 1001  # how a theme's fills for backgrounds are numbered


def scheme_of(slide: Slide) -> Scheme:
    """Return the colors of a slide's theme by the names that its shapes use; none if slides map them on their own."""
    if any(child(root, "clrMapOvr", "overrideClrMapping") is not None for root in (slide.root, *slide.layers)):
        return {}
    colors = theme_colors(slide.theme)
    mapped = child(slide.layers[-1], "clrMap") if slide.layers else None
    names = {} if mapped is None else {str(name): str(value) for name, value in mapped.attrib.items()}
    return colors | {name: colors[value] for name, value in names.items() if value in colors}


def background_of(slide: Slide, scheme: Scheme) -> Color | None:
    """Return the color of a slide's background; None if it isn't one color, or isn't known."""
    for root in (slide.root, *slide.layers):
        background = child(root, "cSld", "bg")
        if background is not None:
            color = _painted(background, scheme, slide.theme)
            return color if color is not None and color[3] >= 1 else None
    return scheme.get("bg1")


def _painted(background: Element, scheme: Scheme, theme: Element | None) -> Color | None:
    fill = fill_in(child(background, "bgPr"))
    if fill is not None:
        return fill_color(fill, scheme)
    named = child(background, "bgRef")
    number = attribute(named, "idx")
    fills = children(child(theme, "themeElements", "fmtScheme", "bgFillStyleLst"))
    at = int(number) - _FIRST_BACKGROUND if number.isdecimal() and len(number) < 8 else -1
    if not 0 <= at < len(fills) or name_of(fills[at]) != "solidFill":
        return None
    inside = children(fills[at])
    is_plain = len(inside) == 1 and attribute(inside[0], "val") == "phClr" and not children(inside[0])
    return color_in(named, scheme) if is_plain else None
