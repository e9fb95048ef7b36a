"""The parts of a Word file: a zip that is opened with care, its XML without entities, its styles and lists."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from dataclasses import dataclass, field
from typing import TypeAlias

from lxml import etree

from index.errors import DocumentRejectedError

Element: TypeAlias = etree._Element

_MAX_PART = 100 << 20  # bytes of XML unpacked; a novel has 5 MB
_MAX_RATIO_FROM = 10 << 20  # below this size, how well a part packs says nothing
_MAX_RATIO = 400  # deflate can't do better than 1032; Word's XML packs 10 to 40 times
_HEADING_NAME = re.compile(r"heading ([1-6])", re.IGNORECASE)
_MAX_DEPTH = 20  # of styles that are based on styles; more is a circle
_COUNTED = frozenset({"decimal", "decimalZero", "ordinal", "lowerLetter", "upperLetter", "lowerRoman", "upperRoman"})


def name_of(element: Element) -> str:
    """Return the element's name without its namespace; "" for comments and the like."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def children(element: Element | None) -> list[Element]:
    """Return the child elements; none of None."""
    return [] if element is None else [found for found in element if isinstance(found.tag, str)]


def child(element: Element | None, *path: str) -> Element | None:
    """Return the first element at this path of names, or None."""
    for name in path:
        element = next((found for found in children(element) if name_of(found) == name), None)
    return element


def attribute(element: Element | None, name: str) -> str:
    """Return the attribute of this name, whatever its namespace, or ""."""
    if element is None:
        return ""
    return next((str(value) for key, value in element.attrib.items() if str(key).rpartition("}")[2] == name), "")


def is_on(element: Element | None) -> bool:
    """Tell whether a switch such as <w:b/> is there and not turned off."""
    return element is not None and attribute(element, "val").lower() not in ("0", "false", "off", "none")


@dataclass(frozen=True, slots=True)
class Style:
    """What a paragraph's or table's style says of it."""

    level: int = 0  # as a heading, from 1; 0 is none
    is_title: bool = False
    number_id: str = ""
    number_depth: str = ""
    first_row_differs: bool = False


@dataclass(slots=True)
class Numbering:
    """The lists of a document: which have numbers, and how far they have counted."""

    formats: dict[tuple[str, int], str]  # (list, depth) -> "bullet", "decimal", ...
    _counts: dict[tuple[str, int], int] = field(default_factory=dict)

    def marker(self, number_id: str, depth: int) -> str:
        """Return what stands before the next item of a list, indented by its depth, or "" for no list."""
        depth = min(max(depth, 0), 8)
        if number_id in ("", "0") or self.formats.get((number_id, depth)) == "none":
            return ""
        indent = "  " * depth
        if self.formats.get((number_id, depth)) not in _COUNTED:
            return f"{indent}- "
        self._counts[number_id, depth] = self._counts.get((number_id, depth), 0) + 1
        for deeper in range(depth + 1, 9):
            self._counts.pop((number_id, deeper), None)
        return f"{indent}{self._counts[number_id, depth]}. "


class Package:
    """A Word file that was opened. Raises DocumentRejectedError if it is none, is damaged, or unpacks beyond reason."""

    def __init__(self, data: bytes) -> None:
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, ValueError, OSError) as error:
            raise DocumentRejectedError(f"it is no Word document, or is damaged ({error}): save it again") from error
        self._names = set(self._zip.namelist())
        if "word/document.xml" not in self._names:
            raise DocumentRejectedError("it is a zip file but no Word document: save it as .docx in a word processor")

    def body(self) -> Element:
        """Return the document's body."""
        root = self._part("word/document.xml")
        body = child(root, "body")
        if body is None:
            raise DocumentRejectedError("the Word document has no body, it is damaged: save it again")
        return body

    def title(self) -> str:
        """Return the title of the document's properties, or ""."""
        title = child(self._part("docProps/core.xml"), "title")
        return (title.text or "") if title is not None else ""

    def notes(self, kind: str) -> list[Element]:
        """Return the notes of a kind, "footnotes" or "endnotes", without the lines that separate them."""
        return [note for note in children(self._part(f"word/{kind}.xml")) if not attribute(note, "type")]

    def styles(self) -> dict[str, Style]:
        """Return what each style says, by its id, with what it takes over from the style it is based on."""
        styles = [found for found in children(self._part("word/styles.xml")) if name_of(found) == "style"]
        elements = {attribute(style, "styleId"): style for style in styles}
        return {style_id: _style(style_id, elements) for style_id in elements}

    def numbering(self) -> Numbering:
        """Return the document's lists."""
        root = self._part("word/numbering.xml")
        abstract = {
            attribute(found, "abstractNumId"): found for found in children(root) if name_of(found) == "abstractNum"
        }
        formats: dict[tuple[str, int], str] = {}
        for number in children(root):
            if name_of(number) != "num":
                continue
            for level in children(abstract.get(attribute(child(number, "abstractNumId"), "val"))):
                depth = attribute(level, "ilvl")
                if name_of(level) == "lvl" and depth.isdecimal():
                    formats[attribute(number, "numId"), int(depth)] = attribute(child(level, "numFmt"), "val")
        return Numbering(formats)

    def _part(self, name: str) -> Element | None:
        """Return a part's root element, or None if the file has no such part."""
        if name not in self._names:
            return None
        entry = self._zip.getinfo(name)
        ratio = entry.file_size / max(entry.compress_size, 1)
        if entry.file_size > _MAX_PART or (entry.file_size > _MAX_RATIO_FROM and ratio > _MAX_RATIO):
            raise DocumentRejectedError(f"{name} unpacks to {entry.file_size >> 20} MB: split the document")
        if entry.flag_bits & 1:
            raise DocumentRejectedError("it is protected by a password: save a copy without one")
        try:
            # `read` never gives more than `file_size`, whatever the packed data hold.
            parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)
            return etree.fromstring(self._zip.read(entry), parser)
        except (zipfile.BadZipFile, etree.XMLSyntaxError, zlib.error, EOFError, NotImplementedError) as error:
            raise DocumentRejectedError(f"the Word document is damaged ({name}: {error}): save it again") from error


def _style(style_id: str, elements: dict[str, Element]) -> Style:
    """Return what a style says; what it leaves open is taken from the style that it is based on."""
    level, title, number_id, number_depth, first_row = 0, False, "", "", False
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
        number_id = number_id or attribute(child(numbers, "numId"), "val")
        number_depth = number_depth or attribute(child(numbers, "ilvl"), "val")
        first_row = first_row or any(attribute(found, "type") == "firstRow" for found in children(element))
        style_id = attribute(child(element, "basedOn"), "val")
    return Style(1 if title else level, title, number_id, number_depth, first_row)
