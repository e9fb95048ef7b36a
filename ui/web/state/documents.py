"""The table of documents: what of the library fits a search and a folder, sorted; entries in, rows and folders out."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

from ui.languages import later, phrase
from ui.places import kind_of, kind_of_file, title_of

if TYPE_CHECKING:
    from index import Entry

PAGE = 100  # rows that are sent at a time; the page has it from here
LONGEST_NAME = 80  # characters of a collection's
ADDED = later("Added on this page")  # what the folder of the copies is called
MOST = 20_000  # rows that are sent at once, to who selects them all
_STATES = {"rejected": 0, "partial": 1, "indexed": 2}

SORTS: dict[str, Callable[[Entry], Any]] = {
    "title": lambda entry: title_of(entry).casefold(),
    "kind": lambda entry: _kind(entry).casefold(),
    "pages": lambda entry: entry.pages,
    "passages": lambda entry: entry.passages,
    "added": lambda entry: entry.added,
    "state": lambda entry: _STATES[entry.state],
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be seen: what has these words, below a folder, in this order; `count` rows from `first` on.

    Of a collection, its `paths` only.
    """

    words: str = ""
    folder: str = ""
    paths: frozenset[str] | None = None
    sort: str = "title"
    falling: bool = False
    first: int = 0
    count: int = PAGE


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder, or a file that holds others, with how many documents are below it."""

    path: str
    name: str
    documents: int


@dataclass(frozen=True, slots=True)
class DocumentsTable:
    """The rows that are shown of those that were found, and the folders beside them.

    `above` are the folders that lead to the one that is shown, outermost first.
    """

    entries: tuple[Entry, ...]
    found: int
    folders: tuple[Folder, ...] = ()
    above: tuple[Folder, ...] = ()


def find(entries: Sequence[Entry], wanted: Wanted, *, roots: Sequence[str] = ()) -> DocumentsTable:
    """Return what is to be seen of the entries; `roots` are the folders at which a tree begins, if one is wanted.

    With words, all below the folder is looked through; without, a folder shows what is in it itself.
    """
    below = [entry for entry in entries if is_below(entry.path, wanted.folder)]
    if wanted.paths is not None:
        below, roots = [entry for entry in below if entry.path in wanted.paths], ()
    words = wanted.words.casefold().split()
    if words:
        here = [entry for entry in below if all(word in _words_of(entry) for word in words)]
    elif roots:
        here = [entry for entry in below if _folder_of(entry.path, wanted.folder, roots) == wanted.folder]
    else:
        here = below
    ordered = sorted(sorted(here, key=SORTS["title"]), key=SORTS[wanted.sort], reverse=wanted.falling)
    shown = tuple(ordered[wanted.first : wanted.first + min(wanted.count, MOST)])
    folders = _folders(below, wanted.folder, roots) if roots and not words else ()
    return DocumentsTable(shown, len(here), folders, _above(wanted.folder, roots))


def same_as(entries: Sequence[Entry]) -> dict[str, str]:
    """Return the documents that are there more than once, by path, with the file of another of the same content."""
    first: dict[str, Entry] = {}
    found: dict[str, str] = {}
    for entry in entries:
        other = first.setdefault(entry.doc_id, entry) if entry.doc_id else entry
        if other is not entry:
            found[entry.path] = PurePath(other.path).name
            found.setdefault(other.path, PurePath(entry.path).name)
    return found


def is_below(path: str, folder: str) -> bool:
    """Tell whether a path is below a folder; "" is above all."""
    return not folder or path.startswith(folder.rstrip(os.sep) + os.sep)


def shortened(path: str) -> str:
    """Return a path as a person knows it: below their own folder it begins with "~"."""
    home = str(Path.home())
    return f"~{path[len(home) :]}" if path == home or is_below(path, home) else path


def _kind(entry: Entry) -> str:
    return phrase(kind_of(entry.media_type).name if entry.media_type else kind_of_file(entry.path).name)


def _words_of(entry: Entry) -> str:
    return f"{entry.title} {entry.path} {_kind(entry)}".casefold()


def _folder_of(path: str, folder: str, roots: Sequence[str]) -> str:
    """Return the folder that shows a document: the one it is in, "" if that is none of a root's."""
    within = os.path.dirname(path)
    return within if any(within == root or is_below(within, root) for root in roots) else ""


def _folders(entries: Sequence[Entry], folder: str, roots: Sequence[str]) -> tuple[Folder, ...]:
    """Return the folders in a folder that hold any documents; the outermost are the roots."""
    counts: dict[str, int] = {}
    for entry in entries:
        if folder:
            rest = entry.path[len(folder.rstrip(os.sep)) + 1 :].split(os.sep)
            inner = os.path.join(folder, rest[0]) if len(rest) > 1 else ""
        else:
            inner = next((root for root in roots if is_below(entry.path, root)), "")
        if inner:
            counts[inner] = counts.get(inner, 0) + 1
    found = [Folder(path, _name(path, roots), count) for path, count in counts.items()]
    return tuple(sorted(found, key=lambda one: one.name.casefold()))


def _above(folder: str, roots: Sequence[str]) -> tuple[Folder, ...]:
    root = next((root for root in roots if folder == root or is_below(folder, root)), "")
    if not root:
        return ()
    places = [str(place) for place in reversed([PurePath(folder), *PurePath(folder).parents])]
    inner = [place for place in places if place == root or is_below(place, root)]
    return tuple(Folder(place, _name(place, roots), 0) for place in inner)


def _name(path: str, roots: Sequence[str]) -> str:
    return shortened(path) if path in roots else PurePath(path).name
