"""The parts of the library that can be asked: their names and values in the box below the question, and back."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Collection, Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING

from index import PinciteError
from ui.web.state.exchange import Scope

if TYPE_CHECKING:
    from index import Entry, Library

ALL = ""
MOST = 500


def read_scope(library: Library, value: str) -> Scope:
    """Read the scope that was chosen; one that is gone since holds no document, and is still not all of them."""
    kind, _, name = value.partition(":")
    if kind == "folder":
        return Scope(PurePath(name).name, folders=(name,))
    if kind != "document":
        return Scope()
    try:
        title = library.document(name).title
    except PinciteError:
        title = "a document that is gone"
    return Scope(title, documents=(name,))


def scope_choices(entries: Sequence[Entry]) -> list[tuple[str, str]]:
    """Return what can be asked, as (label, value): everything, each folder or archive in it, each document."""
    readable = [entry for entry in entries if entry.state != "rejected"][:MOST]
    titles = Counter(entry.title for entry in readable)
    folders = Counter(str(PurePath(entry.path).parent) for entry in readable)
    choices = [("All documents", ALL)]
    if len(folders) > 1:
        common = os.path.commonpath(list(folders))
        named = {folder: os.path.relpath(folder, common) for folder in sorted(folders)}
        holders = {entry.path for entry in readable}  # archives and mails, whose files are in no real folder
        choices += [
            (f"{'In' if _is_within(folder, holders) else 'Folder'} {name}", f"folder:{folder}")
            for folder, name in named.items()
            if name != os.curdir
        ]
    for entry in readable:
        name = PurePath(entry.path).name
        label = entry.title if entry.title and titles[entry.title] == 1 else f"{entry.title or name} ({name})"
        choices.append((label, f"document:{entry.doc_id}"))
    return choices


def _is_within(folder: str, holders: Collection[str]) -> bool:
    return any(str(path) in holders for path in (PurePath(folder), *PurePath(folder).parents))
