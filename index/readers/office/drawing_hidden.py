"""Drawings in Office files: words in shapes that no eye sees are taken out: put away, a point high, of no color."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from index.readers.grounds import Paint, grounds_under, is_lost, text_area
from index.readers.hidden import SPECK, Tally, gap
from index.readers.markup.html_colors import CLEAR, Color
from index.readers.office.drawing_colors import Scheme, color_in, fill_color, fill_in
from index.readers.package import Element, attribute, child, children, descendants, name_of
from index.readers.reading_order import Area

EMU = 12_700  # the units of a drawing that are a point
USUAL = 24.0  # points of letters whose size isn't stated, at most
_ON = ("1", "true")
_SHAPES = ("{*}sp", "{*}grpSp", "{*}pic", "{*}graphicFrame")


@dataclass(frozen=True, slots=True)
class Letters:
    """Takes letters that no eye sees out of the text of shapes, and counts what they say."""

    scheme: Scheme
    tally: Tally
    may_be_small: bool = False  # since all is shown larger

    def drop_unseen(
        self,
        body: Element | None,
        styles: Sequence[Element | None],
        grounds: Sequence[Color | None],
        font: Color | None = None,
    ) -> None:
        """Take what isn't seen out of a text that stands on one of the grounds.

        `styles` are those of its levels, the nearest first, `font` its color where neither they nor it say one.
        """
        scale = attribute(child(body, "bodyPr", "normAutofit"), "fontScale")
        shrunk = int(scale) / 100_000 if scale.isdecimal() and len(scale) < 8 else 1.0
        for paragraph in children(body):
            level = attribute(child(paragraph, "pPr"), "lvl")
            name = f"lvl{int(level) + 1 if level in tuple('012345678') else 1}pPr"
            inherited = [child(style, name, "defRPr") for style in styles]
            for run in [one for one in children(paragraph) if name_of(one) in ("r", "fld")]:
                properties = [found for found in (child(run, "rPr"), *inherited) if found is not None]
                if self._is_speck(properties, shrunk) or self._is_lost(properties, grounds, font):
                    for text in list(descendants(run, "t")):
                        words = text.text or ""
                        self.tally.add(words, paragraph)
                        text.text = gap(words)

    def _is_speck(self, properties: Sequence[Element], shrunk: float) -> bool:
        size = next((size for found in properties if (size := points(attribute(found, "sz")))), USUAL)
        return size * shrunk <= SPECK and not self.may_be_small

    def _is_lost(self, properties: Sequence[Element], grounds: Sequence[Color | None], font: Color | None) -> bool:
        """Tell whether letters show nothing: they have no color, or that of what they stand on."""
        if any(map(_is_drawn, properties)):
            return False
        fill = fill_in(*properties)
        color = font if fill is None else fill_color(fill, self.scheme)
        if color is not None and color[3] < 1:
            return color[3] <= CLEAR
        own = properties[0] if properties else None
        if child(own, "hlinkClick") is not None:  # links have a color of their own
            return False
        marked = child(own, "highlight")
        return is_lost(color, grounds if marked is None else [color_in(marked, self.scheme)])


def drop_hidden(drawing: Element | None, scheme: Scheme, tally: Tally) -> None:
    """Take what no eye sees out of a drawing on a sheet; what is beneath its shapes isn't known."""
    letters = Letters(scheme, tally)
    for shape in [] if drawing is None else list(drawing.iter(*_SHAPES)):
        parent = shape.getparent()
        if is_put_away(shape) and parent is not None:
            tally.add(words_in(shape), shape)
            parent.remove(shape)
        elif name_of(shape) == "sp":
            body = child(shape, "txBody")
            font = color_in(child(shape, "style", "fontRef"), scheme)
            letters.drop_unseen(body, [child(body, "lstStyle")], _own_grounds(shape, scheme), font)


def _own_grounds(shape: Element, scheme: Scheme) -> list[Color | None]:
    """Return the color of a shape, if all of its words surely stand on it."""
    fill = fill_in(child(shape, "spPr"))
    color = None if fill is None else fill_color(fill, scheme)
    frame = child(shape, "spPr", "xfrm")
    sides = [attribute(child(frame, "ext"), side) for side in ("cx", "cy")]
    is_plain = attribute(child(shape, "spPr", "prstGeom"), "prst") == "rect" and not attribute(frame, "rot")
    if color is None or color[3] < 1 or not is_plain or not all(one.isdecimal() and len(one) < 16 for one in sides):
        return [None]
    sizes = [size for found in descendants(shape, "rPr") if (size := points(attribute(found, "sz")))]
    area = Area(0, 0, *map(int, sides))
    about = child(shape, "txBody", "bodyPr")
    words = text_area(
        area,
        [len(line) for line in words_in(shape).split("\n")],
        size=max(sizes, default=USUAL),
        wraps=attribute(about, "wrap") != "none",
        turned=bool(attribute(about, "rot")) or attribute(about, "vert") not in ("", "horz"),
        point=EMU,
    )
    return grounds_under(words, [Paint(area, color, is_whole=True)], None)


def is_put_away(shape: Element) -> bool:
    """Tell whether a shape is marked as one that isn't shown; those of buttons and boxes to tick are shown."""
    about = child(next((one for one in children(shape) if name_of(one).startswith("nv")), None), "cNvPr")
    return attribute(about, "hidden") in _ON and next(descendants(about, "compatExt"), None) is None


def words_in(shape: Element) -> str:
    """Return all that a shape says, a line for each paragraph."""
    paragraphs = descendants(shape, "p")
    return "\n".join("".join(text.text or "" for text in descendants(one, "t")) for one in paragraphs)


def has_depth(shape: Element) -> bool:
    """Tell whether words in a shape without a fill may have a shadow or edges that show them."""
    properties, body = child(shape, "spPr"), child(shape, "txBody", "bodyPr")
    found = [
        child(properties, "effectLst"),
        child(properties, "effectDag"),
        child(body, "scene3d"),
        child(body, "sp3d"),
    ]
    by_style = attribute(child(shape, "style", "effectRef"), "idx")
    return any(len(children(one)) > 0 for one in found) or by_style not in ("", "0")


def _is_drawn(properties: Element) -> bool:
    """Tell whether letters have an outline or an effect, which shows them whatever their color."""
    line = child(properties, "ln")
    effects = children(child(properties, "effectLst")) + children(child(properties, "effectDag"))
    return bool(effects) or (line is not None and child(line, "noFill") is None)


def points(size: str) -> float:
    """Return the size of letters in points; 0 if it is none."""
    return int(size) / 100 if size.isdecimal() and len(size) < 8 else 0.0
