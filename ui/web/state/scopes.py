"""The parts of the library that can be asked: what was picked goes in and a scope comes out, and words find names.

What is picked is named by a key: "document:" and its id, or "folder:" and its path.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING, NamedTuple

from ui.web.state.documents import ADDED, shortened, title_of
from ui.web.state.exchange import Pick, Scope

if TYPE_CHECKING:
    from index import Entry, Library

MOST = 50  # that are asked together
OFFERED = 8
GONE = "a document that is gone"


class Offer(NamedTuple):
    """What can be picked, with a word about where it is."""

    key: str
    name: str
    about: str


def read_scope(library: Library, value: str) -> Scope:
    """Read the keys that were picked; one that is gone since holds no document, and is still not all of them."""
    picks = tuple(Pick(key, _name(library, key)) for key in _keys(value))
    documents = tuple(key.partition(":")[2] for key, _ in picks if key.startswith("document:"))
    folders = tuple(key.partition(":")[2] for key, _ in picks if key.startswith("folder:"))
    return Scope(_label([name for _, name in picks]), documents, folders, picks)


def offers(entries: Sequence[Entry], words: str, *, uploads: str = "") -> list[Offer]:
    """Return the folders and documents whose names have all the words, each at the beginning of one of theirs.

    `uploads` is the folder of the copies of what was added.
    """
    wanted = words.casefold().split()
    found = [one for one in _all(entries, uploads) if all(_begins(one, word) for word in wanted)]
    found.sort(key=lambda one: not one.name.casefold().startswith(words.casefold().strip()))
    return found[:OFFERED]


def _keys(value: str) -> list[str]:
    try:
        keys = json.loads(value or "[]")
    except ValueError:
        return []
    known = [key for key in keys if isinstance(key, str) and key.startswith(("document:", "folder:"))]
    return list(dict.fromkeys(known))[:MOST]


def _name(library: Library, key: str) -> str:
    kind, _, name = key.partition(":")
    if kind == "folder":
        return ADDED if name == str(library.uploads) else PurePath(name).name or name
    document = library.find_document(name)
    return document.title or PurePath(document.path).name if document else GONE


def _label(names: Sequence[str]) -> str:
    if len(names) > 2:
        more = len(names) - 2
        return f"{', '.join(names[:2])} and {more} more"
    return " and ".join(names)


def _all(entries: Sequence[Entry], uploads: str) -> Iterable[Offer]:
    """Yield what can be asked: each folder or archive that holds documents, then each document."""
    readable = [entry for entry in entries if entry.state != "rejected"]
    folders = {os.path.dirname(entry.path) for entry in readable}
    counts = Counter(
        str(place) for entry in readable for place in PurePath(entry.path).parents if str(place) in folders
    )
    for folder, count in sorted(counts.items()):
        about = f"{count:,} document{'' if count == 1 else 's'} in {shortened(os.path.dirname(folder))}"
        name = ADDED if folder == uploads else PurePath(folder).name or folder
        yield Offer(f"folder:{folder}", name, about)
    seen = set()
    for entry in readable:
        if entry.doc_id not in seen:
            seen.add(entry.doc_id)
            name = PurePath(entry.path).name
            about = name if name != title_of(entry) else shortened(os.path.dirname(entry.path))
            yield Offer(f"document:{entry.doc_id}", title_of(entry), about)


def _begins(offer: Offer, word: str) -> bool:
    """Tell whether a word begins one of the words of a name, as far as these can be told apart."""
    file = offer.about if offer.key.startswith("document:") else ""
    for text in (offer.name.casefold(), file.casefold()):
        at = text.find(word)
        while at >= 0:
            if at == 0 or not text[at - 1].isalnum():
                return True
            at = text.find(word, at + 1)
    return False
