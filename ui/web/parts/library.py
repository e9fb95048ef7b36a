"""The left part as HTML: how much is in the library and how far the indexing is, what is in it, what could not be read.

It comes in pieces, because the overview changes each second while indexing runs, and the list may be long.
"""

from __future__ import annotations

import bisect
import os
from collections.abc import Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING

from ui.below import told
from ui.languages import counted, later, number, phrase, phrases
from ui.places import PAGES, capital, count_pages, kind_of, kind_of_file, title_of
from ui.text import plural
from ui.web.parts.adding import additions, remover
from ui.web.parts.answer import opener
from ui.web.parts.markup import Html, join, tag
from ui.web.parts.private import beginning
from ui.web.state.indexing import IndexingState
from ui.web.state.shelf import Added

if TYPE_CHECKING:
    from index import Counts, Entry

SHOWN = 300
FILTER_FROM = 9
MORE = later("and {n} more: find them above; a question is asked of all.")
UNREAD = counted("{n} file could not be read", "{n} files could not be read")
OF_FILES = counted("{done} of {n} file", "{done} of {n} files")
OF_PASSAGES = counted("{done} of {n} passage", "{done} of {n} passages")
STOPPED_READING = counted("Stopped: {done} of {n} file read.", "Stopped: {done} of {n} files read.")
STOPPED_EMBEDDING = counted("Stopped: {done} of {n} passage embedded.", "Stopped: {done} of {n} passages embedded.")
BY_WORDS = counted(
    "{n} passage is found by its words only, until indexing goes on.",
    "{n} passages are found by their words only, until indexing goes on.",
)
KEYS = (
    ("/", later("Go to the question box")),
    (later("Enter"), later("Ask")),
    ("@", later("Ask only a document, a folder or a collection")),
    (later("Shift + Enter"), later("New line in the question")),
    ("↑", later("Take up the last question, in an empty box")),
    ("[  ]", later("Previous and next citation in the source")),
    ("←  →", later("Previous and next citation, on one")),
    (later("Esc"), later("Close the source")),
    ("?", later("Show these keys")),
)


def head() -> Html:
    """Render what stands above all: whose page it is, and a button for a new conversation."""
    title = phrase("Fold the library away")
    fold = tag("button", phrase("Fold away"), type="button", class_="fold", data_fold=True, title=title)
    return tag(
        "header",
        tag("div", tag("span", "Pincite", class_="brand"), fold, class_="top"),
        tag("button", phrase("New conversation"), type="button", class_="fresh", data_fresh=True),
        beginning(),
        class_="library head",
    )


def overview(
    counts: Counts, state: IndexingState, *, loading: bool, added: Sequence[Added] = (), trouble: str = ""
) -> Html:
    """Render the upper piece: how much is indexed, how far indexing is, and what stops it or lets it go on.

    `added` are the files that were added, `trouble` is why something that was to be done with the library was not.
    """
    return tag(
        "section",
        tag("p", _counts(counts), class_="counts"),
        _rejects(counts),
        _failed(state),
        tag("p", told(state.note), class_="note", role="status") if state.note else None,
        _progress(state) if state.running else _stopped(counts, state),
        tag("p", told(trouble), class_="note failed", role="status") if trouble else None,
        additions(added, state),
        _loading(counts, state, loading=loading),
        aria_label=phrase("Library"),
        class_="library overview",
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
    close = tag("form", tag("button", phrase("Close"), class_="plain"), method="dialog")
    return tag("dialog", tag("h2", phrase("Keys")), tag("dl", *rows), close, id="keys", aria_label=phrase("Keys"))


def duration(seconds: float) -> str:
    """Say a time that is left, roughly: "8 s", "3 min", "2 h"."""
    if seconds < 90:
        return phrase("{time} s", time=str(max(1, round(seconds))))
    minutes = seconds < 90 * 60
    return phrase("{n} min", n=round(seconds / 60)) if minutes else phrase("{n} h", n=round(seconds / 3600))


def _counts(counts: Counts) -> str:
    return _unbroken([plural(counts.documents, "document"), plural(counts.passages, "passage")])


def _rejects(counts: Counts) -> Html | None:
    """Say how many files could not be read; a click shows which, and why."""
    if not counts.rejected:
        return None
    said = phrases(*UNREAD, counts.rejected)
    return tag("button", said, type="button", class_="quiet rejects", data_rejected=True)


def _unbroken(parts: Sequence[str]) -> str:
    """Join parts of a line that may end between them only."""
    return " · ".join(part.replace(" ", "\u00a0") for part in parts)


def _loading(counts: Counts, state: IndexingState, *, loading: bool) -> Html | None:
    if loading:
        text = phrase("Loading the models that search and read. You can ask already; the first answer waits for them.")
    elif counts.embedded < counts.passages and state.running:
        text = phrase("New documents are found by their words already, and by their meaning when this is done.")
    else:
        return None
    return tag("p", text, class_="note", role="status")


def _progress(state: IndexingState) -> Html:
    is_reading = state.stage == "reading"
    stage = phrase("Reading") if is_reading else phrase("Embedding")
    if state.stopping:
        stage = phrase("Stopping after this file") if is_reading else phrase("Stopping after these passages")
    elif not state.total:
        stage = state.message
    share = round(100 * state.done / state.total) if state.total else None
    return tag(
        "div",
        tag("p", stage, class_="stage"),
        None if state.stopping else tag("button", phrase("Stop"), **_acts("halt"), aria_label=phrase("Stop indexing")),
        tag("progress", phrase("{share} %", share=share or 0), max=100, value=share, aria_label=phrase("Indexing")),
        tag("p", _unbroken([_how_far(state), *_how_fast(state)])) if state.total else None,
        tag("p", _long_file(state), class_="file") if state.pages else None,
        class_="progress",
    )


def _how_far(state: IndexingState) -> str:
    return phrases(*(OF_FILES if state.stage == "reading" else OF_PASSAGES), state.total, done=state.done)


def _long_file(state: IndexingState) -> str:
    page = phrase(PAGES[kind_of_file(state.message).page][0], name=number(state.page))
    return phrase("{page} of {total} of {file}", page=page, total=state.pages, file=state.message)


def _how_fast(state: IndexingState) -> list[str]:
    if not state.rate or state.stopping:
        return []
    a_second = state.rate >= 1
    rate = phrase("{n}/s", n=round(state.rate)) if a_second else phrase("{n}/min", n=round(state.rate * 60))
    if state.seconds_left is None or state.done >= state.total:
        return [rate]
    return [rate, phrase("about {time} left", time=duration(state.seconds_left))]


def _stopped(counts: Counts, state: IndexingState) -> Html | None:
    if not state.stopped:
        return None
    forms = STOPPED_READING if state.stage == "reading" else STOPPED_EMBEDDING
    said = phrases(*forms, state.total, done=state.done) if state.total else phrase("Stopped.")
    again = tag("button", phrase("Go on"), **_acts("resume"))
    return tag("div", tag("p", said), _found_by_words(counts), again, class_="note", role="status")


def _found_by_words(counts: Counts) -> Html | None:
    waiting = counts.passages - counts.embedded
    if not waiting:
        return None
    return tag("p", phrases(*BY_WORDS, waiting))


def _failed(state: IndexingState) -> Html | None:
    if not state.error:
        return None
    again = None if state.running or state.stopped else tag("button", phrase("Try again"), **_acts("resume"))
    return tag("div", tag("p", told(state.error)), again, class_="note failed", role="status")


def _acts(event: str) -> dict[str, str]:
    """Return the attributes of a button that tells the indexing something."""
    return {"type": "button", "class_": "plain small", "data_indexing": event}


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
    return tag("details", tag("summary", head), tag("ul", *items), more, class_="rejected", id="rejected")
