"""The parts of a PowerPoint file: its slides, and what these take over from their layout and their master."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from index.errors import DocumentRejectedError
from index.readers.package import Element, Package, attribute, child, children, descendants, name_of
from index.readers.reading_order import Area

FURNITURE = frozenset({"dt", "ftr", "hdr", "sldNum", "sldImg"})  # placeholders whose words are not read
_TITLES = frozenset({"title", "ctrTitle"})
_SHAPES = frozenset({"sp", "grpSp", "graphicFrame", "pic", "cxnSp"})
_BULLETS = {"buNone": "none", "buChar": "bullet", "buBlip": "bullet", "buAutoNum": "number"}


NOWHERE = Area(0, 0, 0, 0)  # of a shape that doesn't say where it stands


class Placeholder(NamedTuple):
    """Which place of its layout a shape fills; the kind is "" for a shape that fills none."""

    kind: str
    number: str

    @property
    def is_title(self) -> bool:
        """Whether it is the slide's title."""
        return self.kind in _TITLES


@dataclass(slots=True)
class Slide:
    """A slide: its part, and the shapes of its layout and its master by what they are placeholders for."""

    part: str
    root: Element
    related: dict[str, tuple[str, str]]
    layout: list[tuple[Placeholder, Element]] = field(default_factory=list)
    master: list[tuple[Placeholder, Element]] = field(default_factory=list)
    styles: Element | None = None  # of the master's texts
    layers: tuple[Element, ...] = ()  # the roots of the layout and the master
    theme: Element | None = None

    def inherited(self, placeholder: Placeholder) -> list[Element]:
        """Return the shapes that a placeholder takes over from, nearest first."""
        if not placeholder.kind:
            return []
        found = []
        for shapes in (self.layout, self.master):
            same = [shape for other, shape in shapes if _is_same(other, placeholder)]
            found.extend(same[:1])
        return found

    def area(self, shape: Element, placeholder: Placeholder) -> Area:
        """Return where a shape stands."""
        for found in (shape, *self.inherited(placeholder)):
            properties = next((one for one in children(found) if name_of(one) in ("spPr", "grpSpPr")), found)
            frame = child(properties, "xfrm")
            offset, extent = child(frame, "off"), child(frame, "ext")
            if offset is not None:
                left, top = _number(offset, "x"), _number(offset, "y")
                return Area(left, top, left + _number(extent, "cx"), top + _number(extent, "cy"))
        return NOWHERE

    def bullet(self, paragraph: Element, shape: Element, placeholder: Placeholder) -> str:
        """Return what stands before a paragraph: "none", "bullet" or "number"."""
        properties = child(paragraph, "pPr")
        level = f"lvl{depth(paragraph) + 1}pPr"
        own = [properties, child(shape, "txBody", "lstStyle", level)]
        own += [child(found, "txBody", "lstStyle", level) for found in self.inherited(placeholder)]
        if placeholder.kind:
            styles = "titleStyle" if placeholder.is_title else "bodyStyle"
            own.append(child(self.styles, styles, level))
        for found in own:
            for one in children(found):
                if name_of(one) in _BULLETS:
                    return _BULLETS[name_of(one)]
        return "none"


class SlidePackage(Package):
    """A PowerPoint file that was opened. Raises DocumentRejectedError as `Package` does, and if it is none."""

    def __init__(self, data: bytes) -> None:
        super().__init__(data, noun="presentation")
        parts = self.related("").values()
        self._main = next((name for kind, name in parts if kind == "officeDocument"), "ppt/presentation.xml")
        show = self.part(self._main)
        if show is None:
            raise DocumentRejectedError("it is a zip file but no presentation: save it as .pptx in a slide program")
        self._show = show
        self._shapes: dict[str, list[tuple[Placeholder, Element]]] = {}  # of layouts and masters
        self._roots: dict[str, Element] = {}
        self._themes: dict[str, Element | None] = {}  # by master

    def slides(self) -> list[str]:
        """Return the names of the slides' parts in the order of the presentation, hidden ones among them."""
        related = self.related(self._main)
        found = [related.get(_reference(one), ("", ""))[1] for one in children(child(self._show, "sldIdLst"))]
        return [part for part in found if part in self.names]

    def slide(self, part: str) -> Slide:
        """Return a slide with its layout and its master."""
        root = self.part(part)
        if root is None:
            raise DocumentRejectedError(f"the presentation is damaged ({part} is missing): save it again")
        slide = Slide(part, root, self.related(part))
        layout = self._target(slide.related, "slideLayout")
        if layout:
            slide.layout = self._placeholders(layout)
            master = self._target(self.related(layout), "slideMaster")
            if master:
                slide.master = self._placeholders(master)
                slide.styles = child(self._roots[master], "txStyles")
                slide.theme = self._theme(master)
            slide.layers = tuple(self._roots[part] for part in (layout, master) if part)
        return slide

    def size(self) -> tuple[int, int]:
        """Return how wide and high the slides are, in the units of their shapes; (0, 0) if nothing says so."""
        size = child(self._show, "sldSz")
        return _number(size, "cx"), _number(size, "cy")

    def notes(self, slide: Slide) -> Element | None:
        """Return the text of a slide's notes, or None."""
        root = self.part(self._target(slide.related, "notesSlide"))
        return next(
            (child(shape, "txBody") for shape in descendants(root, "sp") if placeholder(shape).kind == "body"), None
        )

    def comments(self, slide: Slide) -> list[tuple[str, Element]]:
        """Return the comments on a slide, with the name of who wrote each."""
        authors = {
            attribute(author, "id"): attribute(author, "name")
            for kind, part in self.related(self._main).values()
            if kind in ("commentAuthors", "authors")
            for author in children(self.part(part))
        }
        roots = [self.part(part) for kind, part in slide.related.values() if kind == "comments"]
        found = [comment for root in roots for comment in (() if root is None else root.iter("{*}cm", "{*}reply"))]
        return [(authors.get(attribute(comment, "authorId"), ""), comment) for comment in found]

    def _target(self, related: dict[str, tuple[str, str]], wanted: str) -> str:
        return next((part for kind, part in related.values() if kind == wanted and part in self.names), "")

    def _placeholders(self, part: str) -> list[tuple[Placeholder, Element]]:
        if part not in self._shapes:
            root = self.part(part)
            if root is None:
                return []
            shapes = [(placeholder(shape), shape) for shape in descendants(root, "sp")]
            self._shapes[part] = [(place, shape) for place, shape in shapes if place.kind]
            self._roots[part] = root
        return self._shapes[part]

    def _theme(self, master: str) -> Element | None:
        if master not in self._themes:
            self._themes[master] = self.part(self._target(self.related(master), "theme"))
        return self._themes[master]


def shapes_in(tree: Element | None) -> list[Element]:
    """Return the shapes directly in a slide or group; of alternatives for several programs the first one."""
    found: list[Element] = []
    for one in children(tree):
        if name_of(one) == "AlternateContent":
            found.extend(shape for shape in children(child(one, "Choice")) if name_of(shape) in _SHAPES)
        elif name_of(one) in _SHAPES:
            found.append(one)
    return found


def about(shape: Element) -> Element | None:
    """Return the element that says a shape's name, and what it is a placeholder for."""
    return next((one for one in children(shape) if name_of(one).startswith("nv")), None)


def placeholder(shape: Element) -> Placeholder:
    """Return which place of its layout a shape fills."""
    found = child(about(shape), "nvPr", "ph")
    if found is None:
        return Placeholder("", "")
    return Placeholder(attribute(found, "type") or "obj", attribute(found, "idx"))


def depth(paragraph: Element) -> int:
    """Return how deep a paragraph is in its list, from 0 to 8."""
    level = attribute(child(paragraph, "pPr"), "lvl")
    return int(level) if level in tuple("012345678") else 0


def _is_same(other: Placeholder, wanted: Placeholder) -> bool:
    if wanted.is_title or other.is_title:
        return wanted.is_title and other.is_title
    if wanted.number and other.number:
        return wanted.number == other.number
    return wanted.kind == other.kind or {wanted.kind, other.kind} <= {"obj", "body", "subTitle"}


def _reference(element: Element) -> str:
    """Return the id of the part that an element names: its `r:id`, not the `id` beside it."""
    return next((str(value) for key, value in element.attrib.items() if str(key).endswith("}id")), "")


def _number(element: Element | None, name: str) -> int:
    text = attribute(element, name)
    return int(text) if text.lstrip("-").isdecimal() and len(text) < 16 else 0
