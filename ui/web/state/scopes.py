"""The parts of the library that can be asked: what was picked goes in and a scope comes out, and words find names.

What is picked is named by a key: "document:" and its id, "folder:" and its path, or "collection:" and its id.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING, NamedTuple

from ui.languages import counted, later, phrase, phrases
from ui.places import title_of
from ui.web.state.documents import ADDED, shortened
from ui.web.state.exchange import Pick, Scope

if TYPE_CHECKING:
    from index import Collection, Entry, Library

MOST = 50  # that are asked together; the page has it from here
OFFERED = 8
GONE, NO_COLLECTION = later("a document that is gone"), later("a collection that is gone")
NAMES = frozenset((ADDED, GONE, NO_COLLECTION))  # that are no document's
COPIES = counted("{n} document as copies", "{n} documents as copies")
LYING = counted("{n} document in {folder}", "{n} documents in {folder}")
KINDS = ("document:", "folder:", "collection:")


class Offer(NamedTuple):
    """What can be picked, with a word about where it is."""

    key: str
    name: str
    about: str


def read_scope(library: Library, value: str) -> Scope:
    """Read the keys that were picked; one that is gone since holds no document, and is still not all of them."""
    keys = _keys(value)
    collections = {one.collection_id: one for one in library.collections()} if keys else {}
    picks = tuple(Pick(key, _name(library, key, collections)) for key in keys)
    documents = tuple(key.partition(":")[2] for key, _ in picks if key.startswith("document:"))
    folders = tuple(key.partition(":")[2] for key, _ in picks if key.startswith("folder:"))
    asked = [key.partition(":")[2] for key in keys if key.startswith("collection:")]
    if asked:  # with an id that no document has, so that an empty one is not all of them
        documents += (asked[0], *_held(library, [collections[one] for one in asked if one in collections]))
    return Scope(_label([name for _, name in picks]), documents, folders, picks)


def offers(everything: Iterable[Offer], words: str) -> list[Offer]:
    """Return what can be picked whose name has all the words, each at the beginning of one of its own."""
    wanted = words.casefold().split()
    found = [one for one in everything if all(_begins(one, word) for word in wanted)]
    found.sort(key=lambda one: not one.name.casefold().startswith(words.casefold().strip()))
    return found[:OFFERED]


def _keys(value: str) -> list[str]:
    try:
        keys = json.loads(value or "[]")
    except (ValueError, RecursionError):
        return []
    keys = keys if isinstance(keys, list) else []
    known = [key for key in keys if isinstance(key, str) and key.startswith(KINDS)]
    return list(dict.fromkeys(known))[:MOST]


def _held(library: Library, collections: Sequence[Collection]) -> list[str]:
    """Return the documents in collections."""
    paths = {path for one in collections for path in one.paths}
    return [entry.doc_id for entry in library.entries() if entry.path in paths and entry.doc_id]


def _name(library: Library, key: str, collections: Mapping[str, Collection]) -> str:
    kind, _, name = key.partition(":")
    if kind == "collection":
        return collections[name].name if name in collections else NO_COLLECTION
    if kind == "folder":
        return ADDED if name == str(library.uploads) else PurePath(name).name or name
    document = library.find_document(name)
    return title_of(document) if document else GONE


def label_of(scope: Scope) -> str:
    """Name what a question was asked of in the language that is spoken; the label itself is as it was kept."""
    return _label([name for _, name in shown_picks(scope)]) or scope.label


def shown_picks(scope: Scope) -> tuple[Pick, ...]:
    """Return what a scope was made of, each by a name in the language that is spoken."""
    return tuple(pick._replace(name=phrase(pick.name)) if pick.name in NAMES else pick for pick in scope.picks)


def _label(names: Sequence[str]) -> str:
    if len(names) > 2:
        return phrase("{names} and {n} more", names=", ".join(names[:2]), n=len(names) - 2)
    return phrase("{one} and {other}", one=names[0], other=names[1]) if len(names) == 2 else "".join(names)


def offered_collections(collections: Sequence[Collection]) -> list[Offer]:
    """Return the collections as what can be picked."""
    return [Offer(f"collection:{one.collection_id}", one.name, phrase("Collection")) for one in collections]


def offered(entries: Sequence[Entry], *, uploads: str = "") -> Iterator[Offer]:
    """Yield what can be picked: each folder or archive that holds documents, then each document.

    `uploads` is the folder of the copies of what was added.
    """
    readable = [entry for entry in entries if entry.state != "rejected"]
    folders = {os.path.dirname(entry.path) for entry in readable}
    counts = Counter(
        str(place) for entry in readable for place in PurePath(entry.path).parents if str(place) in folders
    )
    for folder, count in sorted(counts.items()):
        is_ours = folder == uploads
        where = shortened(os.path.dirname(folder))
        about = phrases(*COPIES, count) if is_ours else phrases(*LYING, count, folder=where)
        yield Offer(f"folder:{folder}", phrase(ADDED) if is_ours else PurePath(folder).name or folder, about)
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
