"""Word documents: the words of a part that no eye sees are taken out of it: hidden, a point high, white on white."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from index.readers.hidden import Tally
from index.readers.package import Element, attribute, child, children, descendants, name_of
from index.records import LeftOut

_DEEPEST = 20  # of styles that are based on styles; more is a circle
_SPECK = 2  # half-points: letters up to that size are specks
_WHITE = 0xF2  # of 255: letters whose red, green and blue are all more can't be read on paper
_OFF = ("0", "false", "off", "none")
_NO_FILL = ("", "auto", "ffffff")
_GROUNDS = {"r": "rPr", "p": "pPr", "tc": "tcPr", "tbl": "tblPr"}  # what may have a ground of its own, and where


def drop_hidden(root: Element | None, styles: Mapping[str, Element]) -> tuple[LeftOut, ...]:
    """Take the runs that no eye sees out of a part; return the passages of at least a sentence."""
    tally = Tally()
    for run in list(descendants(root, "r")) if root is not None else []:
        parent = run.getparent()
        if parent is None or not is_hidden(run, styles):
            continue
        paragraph = next((above for above in run.iterancestors() if name_of(above) == "p"), None)
        tally.add("".join(text.text or "" for text in descendants(run, "t")), paragraph)
        for text in [found for found in children(run) if name_of(found) == "t"]:
            run.remove(text)
    return tally.passages


def is_hidden(run: Element, styles: Mapping[str, Element]) -> bool:
    """Tell whether no eye sees a run, or the numbers of a list's level, by what its properties say."""
    vanish = _declared(run, styles, "vanish")
    if vanish is not None and attribute(vanish, "val").lower() not in _OFF:
        return True
    size = attribute(_declared(run, styles, "sz"), "val")
    if size.isdecimal() and len(size) < 6 and int(size) <= _SPECK:
        return True
    color = attribute(_declared(run, styles, "color"), "val").lower()
    return _is_white(color) and not _stands_on_color(run, styles)


def _is_white(color: str) -> bool:
    try:
        return len(color) == 6 and min(bytes.fromhex(color)) > _WHITE
    except ValueError:
        return False


def _declared(run: Element, styles: Mapping[str, Element], name: str) -> Element | None:
    """Return what a run has of a property: its own, that of its style, or of its paragraph's style."""
    own = child(run, "rPr", name)
    if own is not None:
        return own
    for style in _styles_of(run, styles):
        found = child(style, "rPr", name)
        if found is not None:
            return found
    return None


def _styles_of(run: Element, styles: Mapping[str, Element]) -> Iterator[Element]:
    """Yield the styles of a run, then those of its paragraph, each before the one that it is based on."""
    paragraph = next((above for above in run.iterancestors() if name_of(above) == "p"), None)
    for first in (child(run, "rPr", "rStyle"), child(paragraph, "pPr", "pStyle")):
        name = attribute(first, "val")
        for _ in range(_DEEPEST):
            style = styles.get(name)
            if style is None:
                break
            yield style
            name = attribute(child(style, "basedOn"), "val")


def _stands_on_color(run: Element, styles: Mapping[str, Element]) -> bool:
    """Tell whether a run may stand on a ground that isn't white: its own, a shape's, or that of a table's style."""
    if attribute(_declared(run, styles, "highlight"), "val").lower() not in ("", "none", "white"):
        return True
    for style in _styles_of(run, styles):
        if any(_is_filled(child(style, place, "shd")) for place in ("rPr", "pPr")):
            return True
    for element in (run, *run.iterancestors()):
        name = name_of(element)
        if name == "txbxContent" or (name == "document" and child(element, "background") is not None):
            return True
        if name in _GROUNDS and _is_filled(child(element, _GROUNDS[name], "shd")):
            return True
        if name == "tbl" and child(element, "tblPr", "tblStyle") is not None:
            return True
    return False


def _is_filled(shading: Element | None) -> bool:
    if shading is None:
        return False
    return attribute(shading, "fill").lower() not in _NO_FILL or attribute(shading, "val") not in ("", "clear", "nil")
