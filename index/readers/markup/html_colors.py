"""HTML: the colors that styles name, as far as they can be told."""

from __future__ import annotations

import re

from PIL import ImageColor

Color = tuple[float, float, float, float]  # red, green, blue and opacity, from 0 to 1

CLEAR = 0.03  # of full opacity: as good as not there
WHITE: Color = (1.0, 1.0, 1.0, 1.0)
BLACK: Color = (0.0, 0.0, 0.0, 1.0)
_TRANSPARENT: Color = (0.0, 0.0, 0.0, 0.0)
_ALIKE = 0.05  # of full brightness, in each of red, green and blue: nobody reads letters that differ so little
_FUNCTION = re.compile(r"(rgb|hsl)a?\(\s*([^()]*?)\s*\)")
_NUMBER = re.compile(r"([+-]?\d{0,6}\.?\d{0,9})(%|deg)?")


def alike(one: Color, other: Color) -> bool:
    """Tell whether letters of one color can't be seen on the other."""
    return all(abs(mine - theirs) <= _ALIKE for mine, theirs in zip(one[:3], other[:3], strict=True))


def parse_color(text: str) -> Color | None:
    """Return the color that a style names in small letters; None if it can't be told (a variable, a mixture)."""
    if text == "transparent":
        return _TRANSPARENT
    if function := _FUNCTION.fullmatch(text):
        return _of_function(function[1], function[2])
    try:
        red, green, blue, *opacity = ImageColor.getrgb(text)
    except ValueError:
        return None
    return red / 255, green / 255, blue / 255, (opacity[0] if opacity else 255) / 255


def parse_ground(text: str, around: Color | None) -> Color | None:
    """Return the ground that a background paints over the one around it; None if it can't be told (a picture)."""
    if text in ("none", "transparent", "initial", "unset", "0", "0 0", "inherit"):
        return around
    color = next((found for word in _words(text) if (found := parse_color(word)) is not None), None)
    if "url(" in text or "gradient(" in text or "var(" in text or color is None:
        return None
    if color[3] <= CLEAR:
        return around
    return color if color[3] >= 1 else None


def _words(text: str) -> list[str]:
    return re.findall(r"[^\s(),]+(?:\([^()]*\))?", text)[:40]


def _of_function(name: str, arguments: str) -> Color | None:
    found = [_NUMBER.fullmatch(argument) for argument in re.split(r"[\s,/]+", arguments)]
    numbers = [(float(one[1]), one[2]) for one in found if one and re.search(r"\d", one[1])]
    if len(numbers) != len(found) or len(numbers) not in (3, 4):
        return None
    opacity = numbers[3][0] / (100 if numbers[3][1] else 1) if len(numbers) == 4 else 1.0
    if name == "hsl":
        hue, saturation, lightness = (number for number, _ in numbers[:3])
        rgb = ImageColor.getrgb(f"hsl({hue % 360:.3f},{min(saturation, 100):.3f}%,{min(lightness, 100):.3f}%)")
        return rgb[0] / 255, rgb[1] / 255, rgb[2] / 255, opacity
    red, green, blue = (min(number / (100 if unit else 255), 1.0) for number, unit in numbers[:3])
    return red, green, blue, opacity
