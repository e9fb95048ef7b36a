"""OpenDocument files, zipped or flat: bytes in, their content, styles and objects as XML out."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from index.errors import DocumentRejectedError
from index.readers.opendocument.odf_numbering import Level, levels_of
from index.readers.package import Element, Package, attribute, child, children, descendants, name_of, parse_xml

_MAX_DEPTH = 20  # of styles that are based on styles; more is a circle
_FLAT = re.compile(rb"(\xef\xbb\xbf)?\s*<")
_PASSWORD = "it is protected by a password: save a copy without one"  # noqa: S105 - says so, is none
_SIZE = re.compile(r"(-?[\d.]+)(cm|mm|in|pt|pc|px)?")
_POINTS = {"cm": 28.35, "mm": 2.835, "in": 72.0, "pt": 1.0, "pc": 12.0, "px": 0.75, "": 1.0}


@dataclass(frozen=True, slots=True)
class Style:
    """What a style says of text, and the names of the styles it is based on, itself the first."""

    names: tuple[str, ...] = ()
    is_raised: bool = False
    is_bold: bool = False
    list_style: str | None = None  # of paragraphs in it; "" is none, None is not said


@dataclass(slots=True)
class Styles:
    """The styles of a document, by their names; `outline` is that of its headings, one of the `lists`."""

    _elements: dict[str, Element] = field(default_factory=dict)
    lists: dict[str, dict[int, Level]] = field(default_factory=dict)
    outline: str = ""
    _known: dict[str, Style] = field(default_factory=dict)

    def add(self, root: Element | None) -> None:
        """Take the styles in `root`, which come before those that were there."""
        for style in descendants(root, "style"):
            self._elements[attribute(style, "name")] = style
        for kind in ("list-style", "outline-style"):
            for style in descendants(root, kind):
                name = attribute(style, "name") or kind
                self.lists[name] = levels_of(style)
                self.outline = name if kind == "outline-style" else self.outline

    def style(self, name: str) -> Style:
        """Return what a style says, with what it takes over."""
        if name not in self._known:
            self._known[name] = self._style(name)
        return self._known[name]

    def _style(self, name: str) -> Style:
        names = [name]
        position = weight = ""
        lists: str | None = None
        while name in self._elements and len(names) <= _MAX_DEPTH:
            element = self._elements[name]
            properties = child(element, "text-properties")
            position = position or attribute(properties, "text-position")
            weight = weight or attribute(properties, "font-weight")
            if lists is None:
                stated = [str(value) for key, value in element.attrib.items() if str(key).endswith("}list-style-name")]
                lists = stated[0] if stated else None
            name = attribute(element, "parent-style-name")
            names.append(name)
        raised = position.startswith("super") or (position.partition("%")[0].isdecimal() and position[0] != "0")
        return Style(tuple(names), raised, weight == "bold", lists)


class OpenDocument:
    """An OpenDocument file that was opened; `kind` is what its body must hold: text, spreadsheet or presentation.

    Raises DocumentRejectedError if it is none, is damaged, or needs a password.
    """

    def __init__(self, data: bytes, *, kind: str, noun: str) -> None:
        self._kind, self._noun = kind, noun
        self._package = None if _FLAT.match(data[:64]) else Package(data, noun=noun)
        self._data = data
        manifest = self._package.part("META-INF/manifest.xml") if self._package else None
        if next(descendants(manifest, "encryption-data"), None) is not None:
            raise DocumentRejectedError(_PASSWORD)

    def content(self) -> bytes:
        """Return the XML that has the body."""
        return self._package.read("content.xml") if self._package else self._data

    def root(self) -> Element:
        """Return the root of the XML that has the body."""
        return parse_xml(self.content())

    def body(self, root: Element) -> Element:
        """Return the element that holds the document's text, sheets or slides."""
        found = child(root, "body", self._kind)
        if found is None:
            raise DocumentRejectedError(f"it is no {self._noun}: give it the right ending, or save it again")
        return found

    def common(self) -> Element | None:
        """Return the root of the XML with the common styles and page headers, or None if it is the content's."""
        return self._package.part("styles.xml") if self._package else None

    def title(self, root: Element | None = None) -> str:
        """Return the title in the document's properties, or ""."""
        meta = self._package.part("meta.xml") if self._package else root
        title = child(meta, "meta", "title")
        return (title.text or "") if title is not None else ""

    def embedded(self, frame: Element) -> Element | None:
        """Return the root of what a frame holds as an object (a chart, a formula), or None."""
        for found in children(frame):
            if name_of(found) != "object":
                continue
            href = attribute(found, "href").removeprefix("./").strip("/")
            if href:
                return self._package.part(f"{href}/content.xml") if self._package else None
            return next((one for one in children(found) if name_of(one) in ("document", "math")), None)  # a flat file
        return None


def points(size: str) -> float:
    """Return a size, "2.5cm", in points; 0 if it is none."""
    match = _SIZE.fullmatch(size.strip())
    try:
        return float(match[1]) * _POINTS[match[2] or ""] if match else 0.0
    except ValueError:
        return 0.0


def repeated(element: Element, name: str) -> int:
    """Return how often an element stands for itself, or how far it spans: at least 1."""
    text = attribute(element, name)
    return max(1, int(text)) if text.isdecimal() and len(text) < 9 else 1
