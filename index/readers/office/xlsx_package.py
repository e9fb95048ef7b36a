"""The parts of an Excel file: its sheets, strings, formats, and what hangs on a sheet."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from lxml import etree

from index.errors import DocumentRejectedError
from index.readers.office.xlsx_looks import Colors, Look, Run, looks_of
from index.readers.package import Element, Package, attribute, child, children, name_of

_MOST_MERGES = 20_000  # more are no merged cells that a person made
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]*?\bref=[\"']([A-Z]{1,3}\d{1,7}:[A-Z]{1,3}\d{1,7})[\"']")
_FILTER = re.compile(rb"<(?:\w+:)?autoFilter\s[^>]*?\bref=[\"']([A-Z]{1,3}\d{1,7})[:\"']")
_LETTERS = re.compile(r"[A-Za-z]{1,3}")
_PLACE = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d{1,7})")


class Sheet(NamedTuple):
    """A sheet: its name, and that of its part."""

    name: str
    part: str


class Strings(NamedTuple):
    """The texts that cells refer to by number, and of some the parts that have fonts of their own."""

    words: list[str]
    runs: dict[int, tuple[Run, ...]]


class Comment(NamedTuple):
    """A comment on a cell."""

    place: str
    author: str
    text: str


class WorkbookPackage(Package):
    """An Excel file that was opened. Raises DocumentRejectedError if it is none, is damaged, or unpacks too far."""

    def __init__(self, data: bytes) -> None:
        super().__init__(data, noun="workbook")
        parts = self.related("").values()
        self._main = next((name for kind, name in parts if kind == "officeDocument"), "xl/workbook.xml")
        workbook = self.part(self._main)
        if workbook is None:
            raise DocumentRejectedError("it is a zip file but no workbook: save it as .xlsx in a spreadsheet program")
        self._workbook = workbook
        self._parts = self.related(self._main)
        self.from_1904 = attribute(child(workbook, "workbookPr"), "date1904").lower() in ("1", "true", "on")

    def sheets(self) -> list[Sheet]:
        """Return the sheets in order, hidden ones and charts on sheets of their own among them."""
        found = []
        for sheet in children(child(self._workbook, "sheets")):
            kind, part = self._parts.get(attribute(sheet, "id"), ("", ""))
            if kind in ("worksheet", "chartsheet", "dialogsheet") and part in self.names:
                found.append(Sheet(attribute(sheet, "name"), part))
        return found

    def colors(self) -> Colors:
        """Return the colors that fonts and fills name."""
        return Colors(self.part(self._of_kind("styles")), self.part(self._of_kind("theme")))

    def shared_strings(self, colors: Colors) -> Strings:
        """Return the texts that cells refer to by number."""
        strings = Strings([], {})
        part = self._of_kind("sharedStrings")
        for number, item in enumerate(parse_items(self.read(part), "si") if part in self.names else ()):
            strings.words.append(string_text(item))
            if runs := colors.runs(item):
                strings.runs[number] = runs
        return strings

    def looks(self, colors: Colors) -> list[Look]:
        """Return the looks that cells refer to by number."""
        return looks_of(self.part(self._of_kind("styles")), colors)

    def header_rows(self, sheet: Sheet, data: bytes) -> frozenset[int]:
        """Return the numbers of the rows that tables and filters say to hold the names of columns."""
        rows = {place(match[1].decode("ascii"))[0] for match in _FILTER.finditer(data)}
        for table in self.tables(sheet):
            if attribute(table, "headerRowCount") != "0":
                rows.add(place(attribute(table, "ref").partition(":")[0])[0])
        return frozenset(rows)

    def comments(self, sheet: Sheet) -> list[Comment]:
        """Return the comments on a sheet's cells, in the order of its rows; of a thread all that was said."""
        threads = [self.part(part) for part in self._related(sheet, "threadedComment")]
        people = {
            attribute(person, "id"): attribute(person, "displayName")
            for kind, part in self._parts.values()
            if kind == "person"
            for person in children(self.part(part))
        }
        found = [
            Comment(
                attribute(item, "ref"), people.get(attribute(item, "personId"), ""), _plain_text(child(item, "text"))
            )
            for root in threads
            for item in children(root)
        ]
        threaded = {comment.place for comment in found}
        for part in self._related(sheet, "comments"):
            root = self.part(part)
            authors = [author.text or "" for author in children(child(root, "authors"))]
            for item in children(child(root, "commentList")):
                author = attribute(item, "authorId")
                name = authors[int(author)] if author.isdecimal() and int(author) < len(authors) else ""
                if attribute(item, "ref") not in threaded:  # for old programs, a thread is a comment, too
                    found.append(Comment(attribute(item, "ref"), name, string_text(child(item, "text"))))
        return sorted(found, key=lambda comment: place(comment.place))

    def drawings(self, sheet: Sheet) -> list[str]:
        """Return the names of the parts with a sheet's shapes and charts."""
        return self._related(sheet, "drawing")

    def tables(self, sheet: Sheet) -> list[Element]:
        """Return the roots of the parts with a sheet's tables."""
        roots = [self.part(part) for part in self._related(sheet, "table")]
        return [root for root in roots if root is not None]

    def has_pivots(self, sheet: Sheet) -> bool:
        """Tell whether a sheet has pivot tables."""
        return bool(self._related(sheet, "pivotTable"))

    def _related(self, sheet: Sheet, wanted: str) -> list[str]:
        return [part for kind, part in self.related(sheet.part).values() if kind == wanted and part in self.names]

    def _of_kind(self, wanted: str) -> str:
        return next((part for kind, part in self._parts.values() if kind == wanted), "")


def parse_items(data: bytes, name: str) -> Iterator[Element]:
    """Yield the elements of this name, each forgotten when the next is asked for: a sheet may have a million rows.

    Raises DocumentRejectedError where the XML is broken.
    """
    options = {"resolve_entities": False, "no_network": True, "load_dtd": False}
    try:
        for _, element in etree.iterparse(
            io.BytesIO(data), events=("end",), tag=f"{{*}}{name}", remove_comments=True, remove_pis=True, **options
        ):
            yield element
            element.clear()
            parent = element.getparent()
            while parent is not None and element.getprevious() is not None:
                del parent[0]
    except etree.XMLSyntaxError as error:
        raise DocumentRejectedError(f"its XML is damaged ({error}): save it again") from error


def merged_cells(data: bytes) -> dict[tuple[int, int], tuple[int, int]]:
    """Return how many rows and columns the merged cells of a sheet span, by row (from 1) and column (from 0).

    A sheet's XML names them after its rows, so they are looked up before it is parsed.
    """
    spans: dict[tuple[int, int], tuple[int, int]] = {}
    for match in _MERGED.finditer(data):
        first, _, last = match[1].decode("ascii").partition(":")
        (top, left), (bottom, right) = place(first), place(last)
        spans[top, left] = bottom - top + 1, right - left + 1
        if len(spans) == _MOST_MERGES:
            break
    return spans


def place(reference: str) -> tuple[int, int]:
    """Return the row (from 1) and the column (from 0) that a reference such as "B7" names; (0, -1) if it is none."""
    match = _PLACE.fullmatch(reference)
    return (int(match[2]), column_of(match[1])) if match else (0, -1)


@lru_cache(maxsize=1024)
def column_of(letters: str) -> int:
    """Return the number, from 0, of the column with these letters; -1 if it is none."""
    column = 0
    for letter in letters.upper() if _LETTERS.fullmatch(letters) else "":
        column = column * 26 + ord(letter) - ord("A") + 1
    return column - 1


def string_text(item: Element | None) -> str:
    """Return the words of a string, without how they are pronounced."""
    parts = []
    for found in children(item):
        if name_of(found) == "t":
            parts.append(found.text or "")
        elif name_of(found) == "r":
            parts.extend(run.text or "" for run in children(found) if name_of(run) == "t")
    return "".join(parts)


def _plain_text(element: Element | None) -> str:
    return (element.text or "") if element is not None else ""
