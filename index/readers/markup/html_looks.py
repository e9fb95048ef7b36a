"""HTML: what an element declares in, how the text in it looks out: whether it is shown, its size, color and ground."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from index.readers.markup.html_colors import BLACK, CLEAR, WHITE, Color, alike, parse_color, parse_ground
from index.readers.markup.html_selectors import Element
from index.readers.markup.html_sheets import GROUPS, pixels

TEXT_COLORS = ("color", "-webkit-text-fill-color")
_COLORED = {"font": "color", "body": "text"}  # what gave letters their color before styles did
_CLIPPED = ("background", "background-clip", "-webkit-background-clip")
_TINY = 2.0  # CSS pixels: letters up to that size are specks
_USUAL = 16.0
_FAR = 990.0  # CSS pixels beyond an edge
_VERY_FAR = (
    5000.0  # the same where a row of slides is moved along, or a line stands that far above the foot of its page
)
_NARROW = 1.0  # CSS pixels of a box that shows nothing of what is in it
_CLIP = re.compile(r"rect\(\s*(?:[01](?:px)?[\s,]*){4}\)")
_CLIP_PATH = re.compile(r"inset\(\s*(?:[5-9]\d|100)%|(?:circle|ellipse)\(\s*0|polygon\(\s*(?:0[\s,px]*){4,}\)")
_NO_SCALE = re.compile(r"scale(?:[xy]|3d)?\(\s*0*\.?0+\s*[,)]")
_MOVE = re.compile(r"translate(?:[xy]|3d)?\(([^()]*)\)")


@dataclass(frozen=True, slots=True)
class Look:
    """How text looks at a place; a color that isn't known is None."""

    shown: bool = True
    size: float = _USUAL
    color: Color | None = BLACK
    ground: Color | None = WHITE
    is_painted: bool = True  # the page has pictures or grounds, which letters that are moved may come to lie on

    @property
    def is_seen(self) -> bool:
        """Whether an eye can see the text: it is shown, large enough, and of another color than its ground."""
        if not self.shown or self.size <= _TINY or (self.color and self.color[3] <= CLEAR):
            return False
        return self.color is None or self.ground is None or not alike(self.color, self.ground)


def may_hide_by(name: str, value: str) -> bool:
    """Tell whether a declaration may hide something, alone or together with others."""
    group = GROUPS[name]
    if group in ("display", "visibility"):
        return value in ("none", "hidden", "collapse")
    if group == "size":
        return _size({name: value}, _USUAL) < _USUAL / 2
    if name.startswith(("overflow", "max-")) or name in ("width", "height"):
        return _is_narrow(value)
    return group == "opacity" or (group == "box" and is_hidden({name: value, "position": "absolute"}, frozenset()))


def is_hidden(declared: Mapping[str, str], animations: frozenset[str]) -> bool:
    """Tell whether an element shows nothing of what is in it, whatever that declares."""
    if not declared:
        return False
    if declared.get("display") == "none" or declared.get("content-visibility") == "hidden":
        return True
    opacity = declared.get("opacity", "")
    if opacity and (_number(opacity) <= CLEAR) and not _is_animated(declared, animations):
        return True
    if re.search(r"opacity\(0*\.?0*%?\)", declared.get("filter", "")):
        return True
    return _is_cut(declared) or _is_away(declared)


def _number(text: str) -> float:
    found = re.fullmatch(r"(\d{0,9}\.?\d{0,9}(?:e-\d{1,3})?)(%?)", text)
    try:
        return float(found[1]) / (100 if found[2] else 1) if found else 1.0
    except ValueError:
        return 1.0


def _is_animated(declared: Mapping[str, str], animations: frozenset[str]) -> bool:
    words = " ".join(declared.get(name, "") for name in ("animation", "animation-name", "-webkit-animation"))
    return not {name.lower() for name in animations}.isdisjoint(words.replace(",", " ").split())


def _is_cut(declared: Mapping[str, str]) -> bool:
    """Tell whether all of an element is cut off: by a box without room, or by a clip."""
    placed = declared.get("position") in ("absolute", "fixed")
    if placed and _CLIP.fullmatch(declared.get("clip", "")):
        return True
    if _CLIP_PATH.match(declared.get("clip-path", "")):
        return True
    if _NO_SCALE.search(declared.get("transform", "")) or declared.get("scale") == "0":
        return True
    for names, overflow in ((("width", "max-width"), "overflow-x"), (("height", "max-height"), "overflow-y")):
        cuts = {"hidden", "clip"} & {*declared.get("overflow", "").split(), declared.get(overflow, "")}
        if cuts and any(_is_narrow(declared.get(name, "")) for name in names):
            return True
    return False


def _is_narrow(length: str) -> bool:
    size = pixels(length)
    return size is not None and size <= _NARROW


def _is_away(declared: Mapping[str, str]) -> bool:
    """Tell whether an element, or the text in it, is moved out of sight.

    Percents are left alone: layouts of columns move by them within what is seen.
    """
    back = [declared.get(name, "") for name in ("text-indent", "margin-left", "margin-top")]
    aside = [declared.get("translate", ""), *_MOVE.findall(declared.get("transform", ""))]
    if "margin" in declared:
        sides = declared["margin"].split()
        back += [sides[0], sides[1] if len(sides) == 3 else sides[-1]]
    if declared.get("position") in ("absolute", "fixed", "relative", "sticky"):
        back += [declared.get(name, "") for name in ("left", "top")]
        aside += [f"{declared.get('right', '')} {declared.get('bottom', '')}"]
    steps = [_moved(step) for steps in aside for step in re.split(r"[\s,]+", steps)]
    return min(map(_moved, back)) <= -_FAR or max(map(abs, steps)) >= _VERY_FAR


def _moved(length: str) -> float:
    return 0.0 if length.endswith("%") else pixels(length) or 0.0


def look_of(around: Look, element: Element, declared: Mapping[str, str], *, always_shown: bool) -> Look:
    """Return how text looks in an element by how it looks around it."""
    look = around
    if declared or element.attributes or element.tag == "mark":
        look = _colored(look, element, declared)
    if always_shown:
        return look
    visibility = declared.get("visibility", "")
    if visibility in ("hidden", "collapse", "visible"):
        look = replace(look, shown=visibility == "visible")
    size = _size(declared, around.size)
    return look if size == look.size else replace(look, size=size)


def _size(declared: Mapping[str, str], around: float) -> float:
    text = next((declared[name] for name in reversed(list(declared)) if name in ("font-size", "font")), "")
    if not text:
        return around
    if "font" in declared and text == declared["font"]:
        found = re.search(r"(?:^|\s)([\d.]+[a-z%]*)\s*(?:/\s*\S+)?\s+\S", re.sub(r"\b[1-9]00\b", "", text))
        text = found[1] if found else "medium"
    unit = re.fullmatch(r"([\d.]+)(em|%)", text)
    if unit and unit[1].count(".") < 2 and unit[1] != ".":
        return min(around * float(unit[1]) / (100 if unit[2] == "%" else 1), 1e4)
    length = pixels(text)
    return _USUAL if length is None else length


def _colored(look: Look, element: Element, declared: Mapping[str, str]) -> Look:
    color, ground = _color(look.color, element, declared), _ground(look, element, declared)
    return look if (color, ground) == (look.color, look.ground) else replace(look, color=color, ground=ground)


def _color(color: Color | None, element: Element, declared: Mapping[str, str]) -> Color | None:
    """Return the color of the letters in an element; None where it can't be told, or they are drawn in another way."""
    attributes = element.attributes
    if element.tag == "a" and "href" in attributes:
        color = None  # a link has a color of its own
    elif element.tag == "mark":
        color = BLACK
    elif element.tag in _COLORED and (text := attributes.get(_COLORED[element.tag])):
        color = parse_color(text.strip().lower())
    for name in TEXT_COLORS:
        if name in declared and declared[name] not in ("inherit", "currentcolor", "unset"):
            color = parse_color(declared[name])
    is_clipped = any("text" in declared.get(name, "").split() for name in _CLIPPED)
    if is_clipped or declared.get("text-shadow", "none") != "none" or "-webkit-text-stroke" in declared:
        return None
    return None if color and CLEAR < color[3] < 1 else color


def _ground(look: Look, element: Element, declared: Mapping[str, str]) -> Color | None:
    """Return what the letters in an element stand on; None where it can't be told."""
    ground = look.ground
    moved = declared.get("position", "static") not in ("static", "inherit") or "z-index" in declared
    if element.tag == "mark" or "background" in element.attributes or (moved and look.is_painted):
        ground = None  # it may lie on anything
    if "bgcolor" in element.attributes:
        ground = parse_color((element.attributes["bgcolor"] or "").strip().lower())
    for name, value in declared.items():
        if name in ("background", "background-color", "background-image"):
            ground = parse_ground(value, ground)
    return ground
