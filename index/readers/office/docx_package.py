"""The parts of a Word file: its body, notes, styles and lists."""

from __future__ import annotations

import re
from dataclasses import dataclass

from index.errors import DocumentRejectedError
from index.readers.office.docx_hidden import drop_hidden
from index.readers.office.docx_numbering import Numbering
from index.readers.package import Element, Package, attribute, child, children, descendants, name_of
from index.records import LeftOut

_HEADING_NAME = re.compile(r"heading ([1-6])", re.IGNORECASE)
_MAX_DEPTH = 20  # of styles that are based on styles; more is a circle
_PAGE_FIELD = re.compile(r"\s*(PAGE|NUMPAGES|SECTIONPAGES)\b", re.IGNORECASE)


def is_on(element: Element | None) -> bool:
    """Tell whether a switch such as <w:b/> is there and not turned off."""
    return element is not None and attribute(element, "val").lower() not in ("0", "false", "off", "none")


@dataclass(frozen=True, slots=True)
class Style:
    """What a paragraph's or table's style says of it."""

    level: int = 0  # as a heading, from 1; 0 is none
    is_title: bool = False
    number_id: str = ""  # of the list that its paragraphs are in
    number_steps: tuple[tuple[str, str], ...] = ()  # it and those it is based on, each with the level it states
    first_row_differs: bool = False


class WordPackage(Package):
    """A Word file that was opened. Raises DocumentRejectedError if it is none, is damaged, or unpacks beyond reason."""

    def __init__(self, data: bytes) -> None:
        super().__init__(data, noun="Word document")
        parts = self.related("").values()
        self.main = next((name for kind, name in parts if kind == "officeDocument"), "word/document.xml")
        if self.main not in self.names:
            raise DocumentRejectedError("it is a zip file but no Word document: save it as .docx in a word processor")
        self._parts = list(self.related(self.main).values())
        self._style_elements = self._styles_by_id()
        self.hidden: tuple[LeftOut, ...] = ()  # what no eye sees, and was left out of what was asked for

    def body(self) -> Element:
        """Return the document's body."""
        root = self.part(self.main)
        body = child(root, "body")
        if body is None:
            raise DocumentRejectedError("the Word document has no body, it is damaged: save it again")
        self._drop_hidden(body)
        return body

    def notes(self, kind: str) -> list[Element]:
        """Return the notes of a kind, "footnotes" or "endnotes", without the lines that separate them."""
        root = self._of_kind(kind)
        self._drop_hidden(root)
        return [note for note in children(root) if not attribute(note, "type")]

    def comments(self) -> list[Element]:
        """Return the comments in order."""
        return [comment for comment in children(self._of_kind("comments")) if name_of(comment) == "comment"]

    def page_ends(self, end: str) -> list[Element]:
        """Return the roots of all page headers or footers (`end`), without the fields that give a page's number."""
        roots = [root for kind, part in self._parts if kind == end and (root := self.part(part)) is not None]
        for root in roots:
            self._drop_hidden(root)
            for field_ in _page_fields(root):
                parent = field_.getparent()
                if parent is not None:
                    parent.remove(field_)
        return roots

    def _of_kind(self, kind: str) -> Element | None:
        """Return the root of the part of a kind, where the document says it is, or where it is by custom."""
        return self.part(next((part for found, part in self._parts if found == kind), f"word/{kind}.xml"))

    def styles(self) -> dict[str, Style]:
        """Return what each style says, by its id, with what it takes over from the style it is based on."""
        return {style_id: _style(style_id, self._style_elements) for style_id in self._style_elements}

    def _styles_by_id(self) -> dict[str, Element]:
        styles = [found for found in children(self._of_kind("styles")) if name_of(found) == "style"]
        return {attribute(style, "styleId"): style for style in styles}

    def _drop_hidden(self, root: Element | None) -> None:
        self.hidden += drop_hidden(root, self._style_elements)

    def numbering(self) -> Numbering:
        """Return the document's lists."""
        return Numbering(self._of_kind("numbering"), self._style_elements)


def _page_fields(root: Element) -> list[Element]:
    """Return the elements that show a page's number, or how many pages there are."""
    found = [simple for simple in descendants(root, "fldSimple") if _PAGE_FIELD.match(attribute(simple, "instr"))]
    asked = ""  # what the field says, until its end
    for run in descendants(root, "r"):
        for part in children(run):
            name, kind = name_of(part), attribute(part, "fldCharType")
            if name == "instrText":
                asked += part.text or ""
            elif name == "fldChar" and kind in ("begin", "end"):
                asked = ""
            elif name == "t" and _PAGE_FIELD.match(asked):
                found.append(part)
    return found


def _style(style_id: str, elements: dict[str, Element]) -> Style:
    """Return what a style says; what it leaves open is taken from the style that it is based on."""
    level, title, number_id, first_row = 0, False, "", False
    steps: list[tuple[str, str]] = []
    for _ in range(_MAX_DEPTH):
        element = elements.get(style_id)
        if element is None:
            break
        name = attribute(child(element, "name"), "val")
        heading = _HEADING_NAME.fullmatch(name)
        outline = attribute(child(element, "pPr", "outlineLvl"), "val")
        title = title or name.lower() == "title"
        if not level:
            level = int(heading[1]) if heading else (int(outline) + 1 if outline in tuple("012345") else 0)
        numbers = child(element, "pPr", "numPr")
        if not number_id:
            steps.append((style_id, attribute(child(numbers, "ilvl"), "val")))
        number_id = number_id or attribute(child(numbers, "numId"), "val")
        first_row = first_row or any(attribute(found, "type") == "firstRow" for found in children(element))
        style_id = attribute(child(element, "basedOn"), "val")
    return Style(1 if title else level, title, number_id, tuple(steps), first_row)
