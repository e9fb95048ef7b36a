"""The colors of Office files: a theme's, and those that fills name, as far as they can be told."""

from __future__ import annotations

from collections.abc import Mapping
from colorsys import hls_to_rgb, rgb_to_hls

from index.readers.grounds import NOTHING
from index.readers.markup.html_colors import Color, parse_color
from index.readers.package import Element, attribute, child, children, name_of

_FILLS = frozenset({"noFill", "solidFill", "gradFill", "blipFill", "pattFill", "grpFill"})

_MOST = 1000.0  # of a share

Scheme = Mapping[str, Color]  # colors by the names that a theme has for them


def theme_colors(theme: Element | None) -> dict[str, Color]:
    """Return the colors of a theme, in its order: dk1, lt1, dk2, lt2, accent1..."""
    found = {}
    for entry in children(child(theme, "themeElements", "clrScheme")):
        color = color_in(entry, {})
        if color is not None:
            found[name_of(entry)] = color
    return found


def fill_in(*places: Element | None) -> Element | None:
    """Return the first fill that these properties state, or None if none does."""
    return next((found for place in places for found in children(place) if name_of(found) in _FILLS), None)


def fill_color(fill: Element, scheme: Scheme) -> Color | None:
    """Return the color of a fill; None if it can't be told or isn't one alone."""
    if name_of(fill) == "noFill":
        return NOTHING
    return color_in(fill, scheme) if name_of(fill) == "solidFill" else None


def color_in(holder: Element | None, scheme: Scheme) -> Color | None:
    """Return the color that stands in an element, or None."""
    named = next(iter(children(holder)), None)
    if named is None:
        return None
    kind, value = name_of(named), attribute(named, "val")
    color = scheme.get(value) if kind == "schemeClr" else None
    if kind in ("srgbClr", "sysClr"):
        color = parse_color(f"#{value if kind == 'srgbClr' else attribute(named, 'lastClr')}".lower())
    elif kind == "prstClr":
        color = parse_color(value.lower())
    for change in children(named):
        color = _changed(color, name_of(change), _share(attribute(change, "val"))) if color else None
    return color


def with_lightness(color: Color, *, times: float, plus: float) -> Color:
    """Return a color whose lightness is another one."""
    hue, lightness, saturation = rgb_to_hls(*color[:3])
    return *hls_to_rgb(hue, min(max(lightness * times + plus, 0.0), 1.0), saturation), color[3]


def _changed(color: Color, how: str, share: float | None) -> Color | None:
    if share is None:
        return None
    if how == "alpha":
        return *color[:3], share
    if how == "lumMod":
        return with_lightness(color, times=share, plus=0.0)
    return with_lightness(color, times=1.0, plus=share) if how == "lumOff" else None


def _share(text: str) -> float | None:
    """Return a share that is written "50%" or in thousandths of a percent, or None if it is neither."""
    try:
        share = float(text[:-1]) / 100 if text.endswith("%") else int(text[:12]) / 100_000
    except ValueError:
        return None
    return share if 0 <= share < _MOST else None
