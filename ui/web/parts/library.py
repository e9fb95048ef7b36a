"""The left part as HTML: what is being read or was added, how much is in the library, what, and what could not be read.

It comes in pieces, because the upper ones change each second while indexing runs, and the list may be long.
"""

from __future__ import annotations

import bisect
import os
from collections.abc import Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING

from ui.below import told
from ui.languages import counted, later, phrase, phrases
from ui.places import capital, count_pages, kind_of, title_of
from ui.text import plural
from ui.web.parts.adding import additions, again, remover
from ui.web.parts.answer import opener
from ui.web.parts.frame import sheet
from ui.web.parts.markup import Html, join, tag
from ui.web.parts.private import beginning
from ui.web.parts.progress import failed, progress, unbroken
from ui.web.state.indexing import IndexingState
from ui.web.state.shelf import Added

if TYPE_CHECKING:
    from index import Counts, Entry

SHOWN = 300
FILTER_FROM = 9
MORE = later("and {n} more: find them above; a question is asked of all.")
UNREAD = counted("{n} file could not be read", "{n} files could not be read")
KEYS = (  # docs/usage.md has the same table
    ("/", later("Go to the question box")),
    (later("Enter"), later("Ask")),
    ("@", later("Ask only a document, a folder or a collection")),
    (later("Backspace"), later("Take off the last of these, in an empty box")),
    (later("Shift + Enter"), later("New line in the question")),
    ("↑", later("Take up the last question, in an empty box")),
    ("[  ]", later("Previous and next citation in the source")),
    ("←  →", later("Previous and next citation, on one")),
    (later("Enter, Shift + Enter"), later("Next and previous place, in Find")),
    ("↑  ↓", later("Previous and next document, in a preview")),
    (later("Shift + ←  →"), later("Move a collection in the list, on its name")),
    (later("Ctrl + F"), later("Find in the whole conversation")),
    (later("Ctrl + P"), later("Print the whole conversation")),
    (later("Esc"), later("Close what was opened last")),
    ("?", later("Show these keys")),
)


def head() -> Html:
    """Render what stands above all: whose page it is, a button for a new conversation, and what sending.js shows."""
    title = phrase("Fold the library away")
    fold = tag("button", phrase("Fold away"), type="button", class_="fold", data_fold=True, title=title)
    return tag(
        "header",
        tag("div", tag("span", "Pincite", class_="brand"), fold, class_="top"),
        tag("button", phrase("New conversation"), type="button", class_="fresh", data_fresh=True),
        beginning(),
        tag("div", id="sending", role="status", hidden=True),
        class_="library head",
    )


def activity(counts: Counts, state: IndexingState, *, added: Sequence[Added] = ()) -> Html:
    """Render the upper piece, which is nothing at most times: how far indexing is, and what became of `added` files.

    It stands above the conversations: below them it would be out of sight, as they are many.
    """
    going = progress(counts, state, elsewhere=[str(one.path) for one in added])
    now = [one for one in (failed(state), going, additions(added, state)) if one]
    return tag("section", *now, aria_label=phrase("Indexing"), class_="library activity") if now else join()


def overview(counts: Counts, state: IndexingState, *, loading: bool, trouble: str = "") -> Html:
    """Render the middle piece: how much is indexed, and what there is to know of it.

    `trouble` is why something that was to be done with the library was not.
    """
    return tag(
        "section",
        tag("p", _counts(counts), class_="counts"),
        _rejects(counts),
        tag("p", told(state.note), class_="note", role="status") if state.note else None,
        tag("p", told(trouble), class_="note failed", role="status") if trouble else None,
        _loading(counts, state, loading=loading),
        aria_label=phrase("Library"),
        class_="library overview",
        data_bare=not (counts.documents or state.running),
    )


def listing(entries: Sequence[Entry], words: str = "", *, uploads: str = "") -> Html:
    """Render the lower piece: the documents, as far as `words` is in what is shown of them or in their paths.

    `uploads` is the folder of the copies of what was added.
    """
    rejected = [entry for entry in entries if entry.state == "rejected"]
    readable = [entry for entry in entries if entry.state != "rejected"]
    places = Places([entry.path for entry in entries], uploads)
    return tag(
        "nav",
        _documents(readable, words, places),
        _rejected(rejected, places),
        aria_label=phrase("Documents"),
        class_="library",
    )


def keys() -> Html:
    """Render the list of keys, which opens over the page."""
    rows = [part for key, use in KEYS for part in (tag("dt", tag("kbd", phrase(key))), tag("dd", phrase(use)))]
    return sheet("keys", phrase("Keys"), tag("dl", *rows))


def _counts(counts: Counts) -> str:
    return unbroken([plural(counts.documents, "document"), plural(counts.passages, "passage")])


def _rejects(counts: Counts) -> Html | None:
    """Say how many files could not be read; a click shows which, and why."""
    if not counts.rejected:
        return None
    said = phrases(*UNREAD, counts.rejected)
    return tag("button", said, type="button", class_="quiet rejects", data_rejected=True)


def _loading(counts: Counts, state: IndexingState, *, loading: bool) -> Html | None:
    if loading:
        text = phrase("Loading the models that search and read. You can ask already; the first answer waits for them.")
    elif counts.embedded < counts.passages and state.running:
        text = phrase("New documents are found by their words already, and by their meaning when this is done.")
    else:
        return None
    return tag("p", text, class_="note", role="status")


def _documents(entries: Sequence[Entry], words: str, places: Places) -> Html:
    if not entries:
        empty = phrase("Nothing is indexed yet. Add documents above, or drop them anywhere on this page.")
        return tag("p", empty, class_="note")
    filtered = len(entries) >= FILTER_FROM
    wanted = words.strip().lower() if filtered else ""
    found = [entry for entry in entries if wanted in _words_of(entry)] if wanted else entries
    what = phrase("Find a document")
    find = tag("input", type="search", placeholder=what, aria_label=what, data_find=True)
    return join(
        find if filtered else None,
        tag("ul", *(_document(entry, places) for entry in found[:SHOWN]), class_="documents"),
        _rest(len(found), filtered=bool(wanted)),
    )


def _rest(found: int, *, filtered: bool) -> Html | None:
    if not found:
        return tag("p", phrase("No document has that in its title or path."), class_="rest")
    if found <= SHOWN:
        return None
    rest = found - SHOWN
    narrow = phrase("and {n} more: type more to see them.", n=rest)
    return tag("p", narrow if filtered else phrase(MORE, n=rest), class_="rest")


def _words_of(entry: Entry) -> str:
    return f"{entry.title} {entry.path} {_about(entry)}".lower()


def _about(entry: Entry) -> str:
    kind = kind_of(entry.media_type)
    if not entry.pages or (entry.pages == 1 and kind.holds == "picture"):
        return phrase(kind.name)
    return f"{phrase(kind.name)} · {count_pages(entry.pages, kind.page)}"


class Places:
    """Tells of paths what they are inside of and what is inside of them, and which are copies, in `uploads`."""

    def __init__(self, paths: Sequence[str], uploads: str) -> None:
        self._sorted = sorted(paths)
        self._holders = frozenset(paths)  # what stands in the path of another one holds it
        self._uploads = uploads

    def held(self, path: str) -> str:
        """Say which file a document is inside of, an archive or a mail; "" if it is a file of its own."""
        holder = next((above for above in PurePath(path).parents if str(above) in self._holders), None)
        return phrase("in {file}", file=holder.name) if holder else ""

    def inside(self, path: str) -> int:
        """Count what is inside of a file."""
        below = path + os.sep
        first = bisect.bisect_left(self._sorted, below)
        return bisect.bisect_left(self._sorted, below[:-1] + chr(ord(os.sep) + 1)) - first

    def is_copy(self, path: str) -> bool:
        """Tell whether a document is a copy that was added, or inside of one."""
        return bool(self._uploads) and path.startswith(self._uploads + os.sep)

    def remover(self, path: str, name: str) -> Html:
        """Render what removes the document at a path."""
        return remover(path, name, is_copy=self.is_copy(path), inside=self.inside(path))


def _document(entry: Entry, places: Places) -> Html:
    name, copy = title_of(entry), phrase("added") if places.is_copy(entry.path) else ""
    partly = phrase("Read in part: {what}", what=told(entry.reason)) if entry.state == "partial" else ""
    return tag(
        "li",
        tag(
            "button",
            tag("span", name, dir="auto", class_="title"),
            tag("span", " · ".join(filter(None, [_about(entry), places.held(entry.path), copy])), class_="about"),
            tag("span", partly, class_="about partial") if partly else None,
            type="button",
            title=entry.path,
            **opener(entry.doc_id, start=0, end=0),
        ),
        places.remover(entry.path, name),
    )


def _rejected(entries: Sequence[Entry], places: Places) -> Html | None:
    if not entries:
        return None
    items = [
        tag(
            "li",
            tag("span", PurePath(entry.path).name, dir="auto", class_="title"),
            tag("span", capital(held), class_="about") if (held := places.held(entry.path)) else None,
            tag("span", capital(told(entry.reason)), class_="about reason"),
            again(phrase("Try again"), entry.path),
            places.remover(entry.path, PurePath(entry.path).name),
            title=entry.path,
        )
        for entry in entries[:SHOWN]
    ]
    more = (
        tag("p", phrase("and {n} more: `pincite list` shows all.", n=len(entries) - SHOWN), class_="rest")
        if len(entries) > SHOWN
        else None
    )
    head = phrases(*UNREAD, len(entries))
    every = again(phrase("Try all again"), "") if len(entries) > 1 else None
    return tag("details", tag("summary", head), every, tag("ul", *items), more, class_="rejected", id="rejected")
