"""PowerPoint slides: what no eye sees is taken out: hidden, off the slide, a point high, of its ground's color.

What words stand on is told by what is painted beneath them, from the shape's own fill down to the slide's background.
Where that isn't known (a picture, a gradient, a table's style) they stay, as do notes, which are seen without a look.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from index.readers.grounds import EVERYWHERE, NOTHING, Paint, grounds_under, text_area, touches
from index.readers.hidden import Tally, is_prose
from index.readers.markup.html_colors import CLEAR, Color
from index.readers.office.drawing_colors import Scheme, color_in, fill_color, fill_in
from index.readers.office.drawing_hidden import Letters, has_depth, is_put_away, points, words_in
from index.readers.office.pptx_package import (
    FURNITURE,
    NOWHERE,
    Placeholder,
    Slide,
    about,
    placeholder,
    shapes_in,
)
from index.readers.office.pptx_theme import background_of, scheme_of
from index.readers.package import Element, attribute, child, children, descendants, name_of
from index.readers.reading_order import Area
from index.records import LeftOut

_POINT = 12_700  # the units of a slide that are a point
_SMALL_SLIDE = 200.0  # points: smaller ones are shown larger, so their letters may be small, too
_THICK = 6.0  # points: lines that words may stand on
_USUAL, _TITLE = 24.0, 44.0  # points of letters whose size isn't stated, at most
_ON, _OFF = ("1", "true"), ("0", "false")
_BARE_STYLES = ("", "{2D5ABB26-0587-4C30-8999-92F81FD0307C}", "{5940675A-B579-460E-94D1-54222C63F5DA}")  # of tables


def drop_hidden(slide: Slide, size: tuple[int, int]) -> tuple[LeftOut, ...]:
    """Take what no eye sees out of a slide of this size; return the passages of at least a sentence."""
    viewer = _Viewer(slide, size, scheme_of(slide))
    for number in reversed(range(len(slide.layers))):
        above = (slide.root, *slide.layers[:number])
        is_shown = all(attribute(root, "showMasterSp") not in _OFF for root in above)
        viewer.paint(child(slide.layers[number], "cSld", "spTree"), _AS_IT_IS, is_shown=is_shown)
    viewer.view(child(slide.root, "cSld", "spTree"), _AS_IT_IS)
    return viewer.tally.passages


class _Move(NamedTuple):
    """How places in a group become places on the slide."""

    across: float
    down: float
    right: float
    below: float

    def of(self, area: Area) -> Area:
        left, right = (at * self.across + self.right for at in (area.left, area.right))
        top, bottom = (at * self.down + self.below for at in (area.top, area.bottom))
        return Area(left, top, right, bottom)


_AS_IT_IS = _Move(1.0, 1.0, 0.0, 0.0)


@dataclass(slots=True)
class _Viewer:
    """Goes through the shapes of a slide from the lowest to the topmost."""

    slide: Slide
    size: tuple[int, int]
    scheme: Scheme
    tally: Tally = field(default_factory=Tally)
    _background: Color | None = field(init=False)
    _paints: list[Paint] = field(default_factory=list)
    _moved: frozenset[str] = field(init=False)  # shapes that an animation moves or colors
    _letters: Letters = field(init=False)

    def __post_init__(self) -> None:
        self._background = background_of(self.slide, self.scheme)
        is_small = 0 < max(self.size) < _SMALL_SLIDE * _POINT
        self._letters = Letters(self.scheme, self.tally, may_be_small=is_small)
        steps = self.slide.root.iter("{*}animMotion", "{*}animClr")
        self._moved = frozenset(attribute(target, "spid") for step in steps for target in descendants(step, "spTgt"))

    def view(self, tree: Element | None, move: _Move | None) -> None:
        """Take out what isn't seen of the shapes in a slide or group; where it stands isn't known if `move` is None."""
        for shape in shapes_in(tree):
            place, area = placeholder(shape), self._area(shape, move)
            properties = child(about(shape), "cNvPr")
            is_away = is_put_away(shape)
            is_still = attribute(properties, "id") not in self._moved
            if place.kind not in FURNITURE and (is_away or (is_still and self._is_off(shape, area, place))):
                self._drop(shape, place)
                continue
            if place.kind not in FURNITURE and is_still:
                if name_of(shape) == "sp":
                    self._view_shape(shape, area, place)
                elif name_of(shape) == "graphicFrame":
                    self._view_tables(shape, area)
            if name_of(shape) == "grpSp":
                self.view(shape, _inner(shape, move))
            elif not is_away:
                self._paint(shape, area, place)

    def paint(self, tree: Element | None, move: _Move | None, *, is_shown: bool) -> None:
        """Take note of what the shapes of a layout or a master paint; their placeholders don't.

        What the slide says not to show of them may be there or not, as programs differ.
        """
        for shape in shapes_in(tree):
            if name_of(shape) == "grpSp":
                self.paint(shape, _inner(shape, move), is_shown=is_shown)
            elif not placeholder(shape).kind:
                before = len(self._paints)
                self._paint(shape, self._area(shape, move), placeholder(shape))
                if not is_shown:
                    self._paints[before:] = [Paint(paint.area, None, is_whole=False) for paint in self._paints[before:]]

    def _area(self, shape: Element, move: _Move | None) -> Area | None:
        area = self.slide.area(shape, placeholder(shape))
        return None if move is None or area == NOWHERE else move.of(area)

    def _is_off(self, shape: Element, area: Area | None, place: Placeholder) -> bool:
        """Tell whether a shape, with all of its words, lies outside of the slide."""
        if area is None or not all(self.size) or name_of(shape) == "grpSp":
            return False
        return not touches(self._text_area(shape, area, place), Area(0, 0, *self.size))

    def _drop(self, shape: Element, place: Placeholder) -> None:
        words = words_in(shape)
        if place.is_title and not is_prose(words):  # put away from the eye for those who listen
            return
        self.tally.add(words, shape)
        parent = shape.getparent()
        if parent is not None:
            parent.remove(shape)

    def _paint(self, shape: Element, area: Area | None, place: Placeholder) -> None:
        color = self._fill(shape, place) if name_of(shape) in ("sp", "cxnSp") else None
        stroke = attribute(child(shape, "spPr", "ln"), "w")
        if stroke.isdecimal() and len(stroke) < 12 and int(stroke) >= _THICK * _POINT:
            around = EVERYWHERE if area is None else _widened(area, int(stroke))
            self._paints.append(Paint(around, None, is_whole=False))
        if color != NOTHING and name_of(shape) != "cxnSp":
            form = attribute(child(shape, "spPr", "prstGeom"), "prst")
            is_whole = area is not None and form in ("", "rect") and not _is_turned(shape)
            known = color is not None and color[3] >= 1
            self._paints.append(Paint(_placed(shape, area), color if known else None, is_whole=known and is_whole))

    def _fill(self, shape: Element, place: Placeholder) -> Color | None:
        """Return the color that a shape is filled with; None if it isn't known."""
        fill = fill_in(*(child(found, "spPr") for found in (shape, *self.slide.inherited(place))))
        if fill is not None:
            color = fill_color(fill, self.scheme)
            return NOTHING if color is not None and color[3] <= CLEAR else color
        by_style = attribute(child(shape, "style", "fillRef"), "idx")
        return NOTHING if by_style in ("", "0") and attribute(shape, "useBgFill") not in _ON else None

    def _text_area(self, shape: Element, area: Area, place: Placeholder) -> Area:
        body = child(shape, "txBody")
        sizes = [size for found in descendants(shape, "rPr") if (size := points(attribute(found, "sz")))]
        about_body = child(body, "bodyPr")
        return text_area(
            area,
            [sum(len(text.text or "") for text in descendants(one, "t")) for one in descendants(shape, "p")],
            size=max([_TITLE if place.kind else _USUAL, *sizes]),
            wraps=attribute(about_body, "wrap") != "none",
            turned=_is_turned(shape) or attribute(about_body, "vert") not in ("", "horz"),
            point=_POINT,
        )

    def _view_shape(self, shape: Element, area: Area | None, place: Placeholder) -> None:
        before = len(self._paints)
        fill = self._fill(shape, place)
        grounds: list[Color | None] = [None]
        if area is not None and (fill != NOTHING or not has_depth(shape)):
            self._paint(shape, area, place)
            grounds = grounds_under(self._text_area(shape, area, place), self._paints, self._background)
            del self._paints[before:]
        body = child(shape, "txBody")
        styles = [child(found, "txBody", "lstStyle") for found in (shape, *self.slide.inherited(place))]
        if place.kind:
            styles.append(child(self.slide.styles, "titleStyle" if place.is_title else "bodyStyle"))
        font = color_in(child(shape, "style", "fontRef"), self.scheme)
        self._letters.drop_unseen(body, styles, grounds, font)

    def _view_tables(self, frame: Element, area: Area | None) -> None:
        beneath: list[Color | None] = [None] if area is None else grounds_under(area, self._paints, self._background)
        for table in descendants(frame, "tbl"):
            properties = child(table, "tblPr")
            style = child(properties, "tableStyleId")
            is_bare = style is None or (style.text or "").strip().upper() in _BARE_STYLES
            for cell in descendants(table, "tc"):
                fill = fill_in(child(cell, "tcPr"), properties)
                color = (NOTHING if is_bare else None) if fill is None else fill_color(fill, self.scheme)
                known = color is not None and color[3] >= 1
                grounds = beneath if color == NOTHING else [color if known else None]
                body = child(cell, "txBody")
                self._letters.drop_unseen(body, [child(body, "lstStyle")], grounds)


def _inner(group: Element, move: _Move | None) -> _Move | None:
    """Return how places in a group become places on the slide; None if that isn't told, or it is turned."""
    frame = child(group, "grpSpPr", "xfrm")
    numbers = [
        attribute(child(frame, name), key) for name, keys in (("off", "xy"), ("chOff", "xy")) for key in keys
    ] + [attribute(child(frame, name), key) for name in ("ext", "chExt") for key in ("cx", "cy")]
    if move is None or _is_turned(group) or not all(one.lstrip("-").isdecimal() and len(one) < 16 for one in numbers):
        return None
    left, top, inner_left, inner_top, width, height, inner_width, inner_height = map(int, numbers)
    if inner_width <= 0 or inner_height <= 0:
        return None
    across, down = width / inner_width, height / inner_height
    return _Move(
        move.across * across,
        move.down * down,
        move.across * (left - inner_left * across) + move.right,
        move.down * (top - inner_top * down) + move.below,
    )


def _is_turned(shape: Element) -> bool:
    properties = next((one for one in children(shape) if name_of(one) in ("spPr", "grpSpPr")), shape)
    frame = child(properties, "xfrm")
    turned = attribute(frame, "rot") or attribute(child(shape, "txBody", "bodyPr"), "rot")
    return turned not in ("", "0") or any(attribute(frame, flip) in _ON for flip in ("flipH", "flipV"))


def _placed(shape: Element, area: Area | None) -> Area:
    """Return what a shape covers at most, however it is turned."""
    if area is None:
        return EVERYWHERE
    return _widened(area, max(area.right - area.left, area.bottom - area.top)) if _is_turned(shape) else area


def _widened(area: Area, by: float) -> Area:
    return Area(area.left - by, area.top - by, area.right + by, area.bottom + by)
