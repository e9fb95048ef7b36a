"""OpenDocument presentations: what no eye sees of a slide is taken out: hidden, off the slide, of its ground's color.

What words stand on is told by what is painted beneath them, from the shape's own fill down to the slide's background.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from index.readers.grounds import EVERYWHERE, NOTHING, Paint, grounds_under, text_area, touches
from index.readers.hidden import is_prose
from index.readers.markup.html_colors import WHITE, Color
from index.readers.opendocument.odf import points
from index.readers.opendocument.odf_hidden import Viewer
from index.readers.opendocument.odf_looks import Look, StyleBook, family_and_name
from index.readers.opendocument.odp_shapes import FURNITURE, area_of, shapes_in
from index.readers.package import Element, attribute, child, children, descendants, name_of
from index.readers.reading_order import Area
from index.records import LeftOut

_DRAWN = tuple(f"{{urn:oasis:names:tc:opendocument:xmlns:{kind}:1.0}}" for kind in ("drawing", "dr3d"))
_WHOLE = frozenset({"", "rectangle", "mso-spt1", "ooxml-rect"})  # forms of shapes that fill their area
_BOXES = frozenset({"frame", "rect", "custom-shape"})
_LINES = frozenset({"line", "connector", "measure"})
_THICK = 6.0  # points: lines that words may stand on
_USUAL, _LARGE = 24.0, 44.0  # points of letters, at most: of shapes, and of titles and the like


@dataclass(slots=True)
class SlideViewer:
    """Goes through slides, and takes out what isn't seen."""

    _viewer: Viewer
    _common: StyleBook  # of the masters
    _masters: dict[str, Element]
    _layouts: dict[str, Element]  # which say how large slides are

    @staticmethod
    def of(root: Element, common: Element | None) -> SlideViewer:
        """Return a viewer for the slides in `root`; `common` has their masters, where `root` hasn't."""
        outer, inner = StyleBook(), StyleBook()
        source = root if common is None else common
        outer.add(source)
        for part in (common, root):
            inner.add(part)
        masters = {attribute(page, "name"): page for page in descendants(source, "master-page")}
        layouts = {attribute(layout, "name"): layout for layout in descendants(source, "page-layout")}
        return SlideViewer(Viewer(inner), outer, masters, layouts)

    @property
    def passages(self) -> tuple[LeftOut, ...]:
        """The passages of at least a sentence that were taken out so far."""
        return self._viewer.tally.passages

    def view(self, page: Element) -> None:
        """Take out what isn't seen on a slide."""
        master = self._masters.get(attribute(page, "master-page-name"))
        properties = child(self._layouts.get(attribute(master, "page-layout-name")), "page-layout-properties")
        size = points(attribute(properties, "page-width")), points(attribute(properties, "page-height"))
        slide = _Slide(self._viewer, Area(0, 0, *size) if all(size) else None, self._background(page, master))
        style = attribute(page, "style-name")
        hides = self._viewer.styles.stated("drawing-page", style, "background-objects-visible") == "false"
        for shape in [] if master is None else shapes_in(master):
            if not attribute(shape, "class"):  # which placeholders have
                slide.paint(shape, self._common, is_shown=not hides)
        steps = page.iter("{*}animateMotion", "{*}animateColor")
        slide.moved = frozenset(attribute(step, "targetElement") for step in steps)
        for shape in shapes_in(page):
            slide.view(shape)

    def _background(self, page: Element, master: Element | None) -> Color | None:
        """Return the color of a slide's background; None if it isn't known."""
        style = attribute(page, "style-name")
        if self._viewer.styles.stated("drawing-page", style, "background-visible") == "false":
            return None
        color = self._viewer.styles.fill("drawing-page", style)
        if color == NOTHING and master is not None:
            color = self._common.fill("drawing-page", attribute(master, "style-name"))
        return WHITE if color == NOTHING else color


@dataclass(slots=True)
class _Slide:
    """Goes through the shapes of one slide from the lowest to the topmost."""

    viewer: Viewer
    frame: Area | None
    background: Color | None
    moved: frozenset[str] = frozenset()  # shapes that an animation moves or colors
    _paints: list[Paint] = field(default_factory=list)

    def paint(self, shape: Element, styles: StyleBook, *, is_shown: bool = True) -> None:
        """Take note of what a shape paints; what isn't shown of a master may be there or not, as programs differ."""
        if name_of(shape) == "g":
            for inner in children(shape):
                self.paint(inner, styles, is_shown=is_shown)
            return
        if not str(shape.tag).startswith(_DRAWN):
            return
        family, style = family_and_name(shape)
        if name_of(shape) in _LINES:
            if points(styles.stated(family, style, "stroke-width")) >= _THICK:
                self._paints.append(Paint(EVERYWHERE, None, is_whole=False))
            return
        holds_text = child(shape, "text-box") is not None or name_of(shape) != "frame"
        color = styles.fill(family, style) if holds_text else None
        if styles.stated(family, style, "fill-use-slide-background") == "true":
            color = None
        if color != NOTHING and name_of(shape) not in ("desc", "title"):
            area = _placed(shape)
            form = attribute(child(shape, "enhanced-geometry"), "type")
            is_whole = color is not None and is_shown and name_of(shape) in _BOXES and form in _WHOLE
            around = EVERYWHERE if area is None else area
            self._paints.append(Paint(around, color if is_shown else None, is_whole=is_whole and area is not None))

    def view(self, shape: Element, *, away: bool = False) -> None:
        """Take out what isn't seen of a shape."""
        away = away or attribute(shape, "display") == "none"
        if name_of(shape) == "g":
            for inner in children(shape):
                self.view(inner, away=away)
            return
        if attribute(shape, "id") not in self.moved and attribute(shape, "class") not in FURNITURE:
            self._view_words(shape, away=away)
        if not away:
            self.paint(shape, self.viewer.styles)

    def _view_words(self, shape: Element, *, away: bool) -> None:
        if name_of(shape) in ("desc", "title"):
            return
        area = _placed(shape)
        words = self._text_area(shape, area) if area is not None else None
        if words is not None and self.frame is not None and not touches(words, self.frame):
            away = True
        is_title = attribute(shape, "class") == "title"
        text = " ".join("".join(map(str, one.itertext())) for one in descendants(shape, "p"))
        if away and is_title and not is_prose(text):  # put away from the eye for those who listen
            return
        before = len(self._paints)
        if child(shape, "table") is None:  # whose cells have fills of their own
            self.paint(shape, self.viewer.styles)
        grounds = [None] if words is None else grounds_under(words, self._paints, self.background)
        del self._paints[before:]
        family, style = family_and_name(shape)
        shadow = self.viewer.styles.stated(family, style, "shadow")
        if shadow == "visible" and self.viewer.styles.fill(family, style) == NOTHING:  # it is that of the words
            grounds = [None]
        look = self.viewer.shape_look(shape, Look(away=away, size=_USUAL))
        look = look.on(tuple(grounds))
        for inner in children(shape):
            self.viewer.view(inner, look)
        if away:
            for inner in [one for one in children(shape) if name_of(one) in ("desc", "object")]:
                shape.remove(inner)

    def _text_area(self, shape: Element, area: Area) -> Area:
        family, style = family_and_name(shape)
        return text_area(
            area,
            [len("".join(map(str, one.itertext()))) for one in descendants(shape, "p")],
            size=_LARGE if attribute(shape, "class") else _USUAL,
            wraps=self.viewer.styles.stated(family, style, "wrap-option") != "no-wrap",
            turned=False,
            point=1.0,
        )


def _placed(shape: Element) -> Area | None:
    """Return where a shape stands; None if it is turned, or doesn't say so."""
    if attribute(shape, "transform") or not (attribute(shape, "x") and attribute(shape, "y")):
        return None
    return area_of(shape)
