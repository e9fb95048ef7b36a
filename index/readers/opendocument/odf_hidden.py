"""OpenDocument: the words that no eye sees are taken out: hidden, a point high, in the color of what they stand on.

Where that isn't known (a picture, a gradient, a table's template, a frame without a fill) they stay.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from index.readers.hidden import Tally, gap
from index.readers.markup.html_colors import WHITE
from index.readers.opendocument.odf_looks import Look, StyleBook, family_and_name, is_white
from index.readers.package import Element, attribute, children, descendants, name_of
from index.records import LeftOut

_TEXTS = {"p": "paragraph", "h": "paragraph", "span": "text", "a": "text"}
_BOXES = {"section": "section", "table": "table", "table-row": "table-row", "table-cell": "table-cell"}
_SHAPES = frozenset(
    "frame custom-shape rect ellipse circle line polyline polygon path regular-polygon connector caption measure"
    " control".split()
)
# Elements whose words have no look of their own, or are no text.
_NOT_JUDGED = frozenset("desc title object tracked-changes creator date forms script event-listeners".split())


@dataclass(slots=True)
class Viewer:
    """Goes through text with how it looks at each place, and takes out what isn't seen."""

    styles: StyleBook
    tally: Tally = field(default_factory=Tally)

    def view(self, element: Element, around: Look, place: Element | None = None, *, deep: int = 0) -> None:
        """Take out what isn't seen in `element`; `place` is the paragraph, `deep` the lists, that it stands in."""
        name = name_of(element)
        if name in _NOT_JUDGED:
            return
        look = self._look(element, name, around)
        if name in ("p", "h"):
            place = element
        elif name == "list":
            deep += 1
            if deep > 1:  # deeper levels of a slide have colors and sizes of their own
                look = replace(look, color=None)
        if not look.is_seen and place is not None:
            element.text = self._gap(element.text, place)
        for inner in children(element):
            self.view(inner, look, place, deep=deep)
            if not look.is_seen and place is not None:
                inner.tail = self._gap(inner.tail, place)

    def _gap(self, words: str | None, place: Element) -> str:
        self.tally.add(words or "", place)
        return gap(words or "")

    def _look(self, element: Element, name: str, around: Look) -> Look:
        style = attribute(element, "style-name")
        if name in _TEXTS:
            look = replace(around, color=None) if name == "a" else around
            look = self.styles.look(look, _TEXTS[name], style)
            hides = any(attribute(one, "is-hidden") == "true" for one in element.iterchildren("{*}hidden-paragraph"))
            return replace(look, away=True) if hides else look
        if name in ("section", "hidden-text") and _is_put_away(element):
            return replace(around, away=True)
        if name in _BOXES:
            if name == "table-cell" and not style:
                style = attribute(element.getparent(), "default-cell-style-name")
            look = self.styles.look(around, _BOXES[name], style)
            return look.on((None,)) if name == "table" and _has_look_of_its_own(element) else look
        if name in _SHAPES:
            return self.shape_look(element, Look(away=around.away, grounds=(None,)))
        if name in ("note-body", "annotation"):
            return Look(shown=around.shown, away=around.away, grounds=(None,))
        return around

    def shape_look(self, shape: Element, around: Look) -> Look:
        """Return how text looks in a shape that stands on the grounds of `around`."""
        family, name = family_and_name(shape)
        look = replace(around, away=around.away or attribute(shape, "display") == "none")
        look = self.styles.look(look, family, name)
        return self.styles.look(look, "paragraph", text) if (text := attribute(shape, "text-style-name")) else look


def drop_hidden(body: Element, common: Element | None, root: Element) -> tuple[LeftOut, ...]:
    """Take what no eye sees out of a text document; return the passages of at least a sentence.

    `common` is the root with the common styles and page headers, None if it is `root` itself.
    """
    outer, inner = StyleBook(), StyleBook()
    outer.add(root if common is None else common)
    for part in (common, root):
        inner.add(part)
    roots = [root] if common is None else [common, root]
    look = Look(grounds=(WHITE if all(map(_is_white_paper, roots)) else None,))
    viewer, ends = Viewer(inner), Viewer(outer)
    viewer.view(body, look)
    for page in descendants(roots[0], "master-page"):
        for part in children(page):
            ends.view(part, look)
    return viewer.tally.passages + ends.tally.passages


def _is_white_paper(root: Element) -> bool:
    """Tell whether pages have no other ground, and nothing lies behind their text."""
    if any(attribute(properties, "run-through") == "background" for properties in root.iter("{*}graphic-properties")):
        return False
    return all(map(is_white, root.iter("{*}page-layout-properties", "{*}header-footer-properties")))


def _has_look_of_its_own(table: Element) -> bool:
    """Tell whether what is behind the cells of a table isn't said by them and their rows alone."""
    if attribute(table, "template-name"):
        return True
    return any(attribute(column, "default-cell-style-name") for column in table.iter("{*}table-column"))


def _is_put_away(element: Element) -> bool:
    return attribute(element, "display") == "none" or attribute(element, "is-hidden") == "true"
