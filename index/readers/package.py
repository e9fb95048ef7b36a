"""Office files and e-books: a zip that is opened with care, and its XML, which never asks for anything outside."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from typing import TypeAlias

from lxml import etree

from index.errors import DocumentRejectedError

Element: TypeAlias = etree._Element

_MAX_PART = 100 << 20  # bytes of one part unpacked; the XML of a novel has 5 MB
_MAX_RATIO_FROM = 10 << 20  # below this size, how well a part packs says nothing
_MAX_RATIO = 400  # deflate can't do better than 1032; office XML packs 10 to 40 times
_RELATIONSHIPS = "_rels"


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


def descendants(root: Element | None, name: str) -> Iterator[Element]:
    """Yield the elements of this name below `root`, in order, whatever their namespace."""
    if root is not None:
        yield from root.iter(f"{{*}}{name}")


def parse_xml(data: bytes) -> Element:
    """Return the root of an XML text; nothing it names is loaded. Raises DocumentRejectedError if it is broken."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )
    try:
        return etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise DocumentRejectedError(f"its XML is damaged ({error}): save it again") from error


class Package:
    """A zip of XML parts. `noun` is what it should be, for the reason if it isn't ("Word document").

    Raises DocumentRejectedError if it is no zip or damaged; and when a part is read that unpacks beyond reason.
    """

    def __init__(self, data: bytes, *, noun: str) -> None:
        self.noun = noun
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
            raise DocumentRejectedError(f"it is no {noun}, or is damaged ({error}): save it again") from error
        self.names = frozenset(self._zip.namelist())

    def part(self, name: str) -> Element | None:
        """Return the root element of a part, or None if the file has no such part."""
        if name not in self.names:
            return None
        try:
            return parse_xml(self.read(name))
        except DocumentRejectedError as error:
            raise DocumentRejectedError(f"the {self.noun} is damaged ({name}): {error}") from error

    def read(self, name: str) -> bytes:
        """Return a part's bytes. Raises DocumentRejectedError if it isn't there."""
        try:
            entry = self._zip.getinfo(name)
        except KeyError as error:
            raise DocumentRejectedError(f"the {self.noun} is damaged ({name} is missing): save it again") from error
        ratio = entry.file_size / max(entry.compress_size, 1)
        if entry.file_size > _MAX_PART or (entry.file_size > _MAX_RATIO_FROM and ratio > _MAX_RATIO):
            raise DocumentRejectedError(f"{name} unpacks to {entry.file_size >> 20} MB: split the document")
        if entry.flag_bits & 1:
            raise DocumentRejectedError("it is protected by a password: save a copy without one")
        try:
            return self._zip.read(entry)  # never more than `file_size`, whatever the packed data hold
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError) as error:
            raise DocumentRejectedError(f"the {self.noun} is damaged ({name}: {error}): save it again") from error

    def related(self, name: str) -> dict[str, tuple[str, str]]:
        """Return what a part of an Office file refers to: by id, the last word of the kind, and the part's name."""
        folder, _, file = name.rpartition("/")
        root = self.part("/".join(filter(None, (folder, _RELATIONSHIPS, f"{file}.rels"))))
        found = {}
        for relation in children(root):
            if attribute(relation, "TargetMode") != "External":
                kind = attribute(relation, "Type").rpartition("/")[2]
                found[attribute(relation, "Id")] = kind, _resolved(folder, attribute(relation, "Target"))
        return found

    def title(self) -> str:
        """Return the title in the properties of an Office file, or ""."""
        title = child(self.part("docProps/core.xml"), "title")
        return (title.text or "") if title is not None else ""


def _resolved(folder: str, target: str) -> str:
    """Return the name of a part that another one in `folder` refers to."""
    if target.startswith("/"):
        return target[1:]
    parts = folder.split("/") if folder else []
    for part in target.split("/"):
        if part == "..":
            parts = parts[:-1]
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)
