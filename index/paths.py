"""Paths: the one name of each, what it is within, and which entries are meant where people name a path or an id."""

from __future__ import annotations

import os
from bisect import bisect_left
from collections.abc import Sequence
from pathlib import Path

from index.errors import SettingsError
from index.records import Entry

_AFTER_SEPARATOR = chr(ord(os.sep) + 1)


def absolute(path: Path) -> Path:
    """Return the one name of a path by which it is known: absolute, without "..", links left as they are."""
    return Path(os.path.abspath(path))


def above(path: str) -> list[str]:
    """Return what a path is within: folders, and files that it is inside of, the innermost first."""
    places = []
    while (parent := os.path.dirname(path)) != path:
        places.append(parent)
        path = parent
    return places


def choose_entries(
    entries: Sequence[Entry], names: Sequence[str], *, roots: frozenset[str] = frozenset()
) -> list[Entry]:
    """Return the entries of these ids, paths or folders, with what is inside of them.

    Raises `SettingsError` if a name fits none and is not one of the `roots`.
    """
    listed = _Listed(entries)
    chosen: dict[str, Entry] = {}
    for name in names:
        found = listed.named(name)
        if not name or not (found or str(absolute(Path(name))) in roots):  # a rejected file has no id
            raise SettingsError(f"no document {name!r} is indexed: `pincite list` shows ids and paths")
        for one in found:
            chosen.update((entry.path, entry) for entry in (*listed.below(one.path), one))
    return list(chosen.values())


class _Listed:
    """Entries by id and by path, so that no name is looked for in all of them."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._by_path = {entry.path: entry for entry in entries}
        self._paths = sorted(self._by_path)
        self._by_id: dict[str, list[Entry]] = {}
        for entry in entries:
            self._by_id.setdefault(entry.doc_id, []).append(entry)

    def named(self, name: str) -> list[Entry]:
        """Return what has this id or path, or is in this folder."""
        path = str(absolute(Path(name)))
        same = [self._by_path[one] for one in (name, path) if one in self._by_path]
        return [*self._by_id.get(name, ()), *same, *self.below(path)]

    def below(self, place: str) -> list[Entry]:
        """Return what is within a folder, or inside of a file."""
        first = place.rstrip(os.sep) + os.sep
        start = bisect_left(self._paths, first)
        end = bisect_left(self._paths, first[:-1] + _AFTER_SEPARATOR, start)
        return [self._by_path[path] for path in self._paths[start:end]]
