"""The left part as HTML: how much is in the library and how far the indexing is, what is in it, what could not be read.

It comes in pieces, because the overview changes each second while indexing runs, and the list may be long.
"""

from __future__ import annotations

import bisect
import os
from collections.abc import Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING

from ui.places import capital, kind_of, kind_of_file, title_of
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
KEYS = (
    ("/", "Go to the question box"),
    ("Enter", "Ask"),
    ("@", "Ask only a document, a folder or a collection"),
    ("Shift + Enter", "New line in the question"),
    ("↑", "Take up the last question, in an empty box"),
    ("[  ]", "Previous and next citation in the source"),
    ("←  →", "Previous and next citation, on one"),
    ("Esc", "Close the source"),
    ("?", "Show these keys"),
)


def head() -> Html:
    """Render what stands above all: whose page it is, and a button for a new conversation."""
    fold = tag("button", "Fold away", type="button", class_="fold", data_fold=True, title="Fold the library away")
    return tag(
        "header",
        tag("div", tag("span", "Pincite", class_="brand"), fold, class_="top"),
        tag("button", "New conversation", type="button", class_="fresh", data_fresh=True),
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
        tag("p", state.note, class_="note", role="status") if state.note else None,
        _progress(state) if state.running else _stopped(counts, state),
        tag("p", trouble, class_="note failed", role="status") if trouble else None,
        additions(added, state),
        _loading(counts, state, loading=loading),
        aria_label="Library",
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
        aria_label="Documents",
        class_="library",
    )


def keys() -> Html:
    """Render the list of keys, which opens over the page."""
    rows = [part for key, use in KEYS for part in (tag("dt", tag("kbd", key)), tag("dd", use))]
    close = tag("form", tag("button", "Close", class_="plain"), method="dialog")
    return tag("dialog", tag("h2", "Keys"), tag("dl", *rows), close, id="keys", aria_label="Keys")


def duration(seconds: float) -> str:
    """Say a time that is left, roughly: "8 s", "3 min", "2 h"."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{round(seconds / 60)} min" if seconds < 90 * 60 else f"{round(seconds / 3600)} h"


def _counts(counts: Counts) -> str:
    return _unbroken([plural(counts.documents, "document"), plural(counts.passages, "passage")])


def _rejects(counts: Counts) -> Html | None:
    """Say how many files could not be read; a click shows which, and why."""
    if not counts.rejected:
        return None
    said = f"{plural(counts.rejected, 'file')} could not be read"
    return tag("button", said, type="button", class_="quiet rejects", data_rejected=True)


def _unbroken(parts: Sequence[str]) -> str:
    """Join parts of a line that may end between them only."""
    return " · ".join(part.replace(" ", "\u00a0") for part in parts)


def _loading(counts: Counts, state: IndexingState, *, loading: bool) -> Html | None:
    if loading:
        text = "Loading the models that search and read. You can ask already; the first answer waits for them."
    elif counts.embedded < counts.passages and state.running:
        text = "New documents are found by their words already, and by their meaning when this is done."
    else:
        return None
    return tag("p", text, class_="note", role="status")


def _progress(state: IndexingState) -> Html:
    stage = "Reading" if state.stage == "reading" else "Embedding"
    if state.stopping:
        stage = f"Stopping after {'this file' if state.stage == 'reading' else 'these passages'}"
    elif not state.total:
        stage = state.message
    share = round(100 * state.done / state.total) if state.total else None
    return tag(
        "div",
        tag("p", stage, class_="stage"),
        None if state.stopping else tag("button", "Stop", **_acts("halt"), aria_label="Stop indexing"),
        tag("progress", f"{share or 0} %", max=100, value=share, aria_label="Indexing"),
        tag("p", _unbroken([_how_far(state), *_how_fast(state)])) if state.total else None,
        tag("p", _long_file(state), class_="file") if state.pages else None,
        class_="progress",
    )


def _how_far(state: IndexingState) -> str:
    return f"{state.done:,} of {plural(state.total, 'file' if state.stage == 'reading' else 'passage')}"


def _long_file(state: IndexingState) -> str:
    return f"{kind_of_file(state.message).page} {state.page:,} of {state.pages:,} of {state.message}"


def _how_fast(state: IndexingState) -> list[str]:
    if not state.rate or state.stopping:
        return []
    rate = f"{state.rate:,.0f}/s" if state.rate >= 1 else f"{state.rate * 60:,.0f}/min"
    if state.seconds_left is None or state.done >= state.total:
        return [rate]
    return [rate, f"about {duration(state.seconds_left)} left"]


def _stopped(counts: Counts, state: IndexingState) -> Html | None:
    if not state.stopped:
        return None
    done = "read" if state.stage == "reading" else "embedded"
    said = f"Stopped: {_how_far(state)} {done}." if state.total else "Stopped."
    again = tag("button", "Go on", **_acts("resume"))
    return tag("div", tag("p", said), _found_by_words(counts), again, class_="note", role="status")


def _found_by_words(counts: Counts) -> Html | None:
    waiting = counts.passages - counts.embedded
    if not waiting:
        return None
    they = "is found by its words only" if waiting == 1 else "are found by their words only"
    return tag("p", f"{plural(waiting, 'passage')} {they}, until indexing goes on.")


def _failed(state: IndexingState) -> Html | None:
    if not state.error:
        return None
    again = None if state.running or state.stopped else tag("button", "Try again", **_acts("resume"))
    return tag("div", tag("p", state.error), again, class_="note failed", role="status")


def _acts(event: str) -> dict[str, str]:
    """Return the attributes of a button that tells the indexing something."""
    return {"type": "button", "class_": "plain small", "data_indexing": event}


def _documents(entries: Sequence[Entry], words: str, places: Places) -> Html:
    if not entries:
        return tag(
            "p", "Nothing is indexed yet. Add documents above, or drop them anywhere on this page.", class_="note"
        )
    filtered = len(entries) >= FILTER_FROM
    wanted = words.strip().lower() if filtered else ""
    found = [entry for entry in entries if wanted in _words_of(entry)] if wanted else entries
    find = tag("input", type="search", placeholder="Find a document", aria_label="Find a document", data_find=True)
    return join(
        find if filtered else None,
        tag("ul", *(_document(entry, places) for entry in found[:SHOWN]), class_="documents"),
        _rest(len(found), filtered=bool(wanted)),
    )


def _rest(found: int, *, filtered: bool) -> Html | None:
    if not found:
        return tag("p", "No document has that in its title or path.", class_="rest")
    if found <= SHOWN:
        return None
    how = "type more to see them" if filtered else "find them above; a question is asked of all"
    return tag("p", f"and {found - SHOWN:,} more: {how}.", class_="rest")


def _words_of(entry: Entry) -> str:
    return f"{entry.title} {entry.path} {_about(entry)}".lower()


def _about(entry: Entry) -> str:
    kind = kind_of(entry.media_type)
    if not entry.pages or (entry.pages == 1 and kind.holds == "picture"):
        return kind.name
    return f"{kind.name} · {plural(entry.pages, kind.page)}"


class Places:
    """Tells of paths what they are inside of and what is inside of them, and which are copies, in `uploads`."""

    def __init__(self, paths: Sequence[str], uploads: str) -> None:
        self._sorted = sorted(paths)
        self._holders = frozenset(paths)  # what stands in the path of another one holds it
        self._uploads = uploads

    def held(self, path: str) -> str:
        """Say which file a document is inside of, an archive or a mail; "" if it is a file of its own."""
        holder = next((above for above in PurePath(path).parents if str(above) in self._holders), None)
        return f"in {holder.name}" if holder else ""

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
    name, copy = title_of(entry), "added" if places.is_copy(entry.path) else ""
    return tag(
        "li",
        tag(
            "button",
            tag("span", name, class_="title"),
            tag("span", " · ".join(filter(None, [_about(entry), places.held(entry.path), copy])), class_="about"),
            tag("span", f"Read in part: {entry.reason}", class_="about partial") if entry.state == "partial" else None,
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
            tag("span", PurePath(entry.path).name, class_="title"),
            tag("span", capital(held), class_="about") if (held := places.held(entry.path)) else None,
            tag("span", capital(entry.reason), class_="about reason"),
            places.remover(entry.path, PurePath(entry.path).name),
            title=entry.path,
        )
        for entry in entries[:SHOWN]
    ]
    more = (
        tag("p", f"and {len(entries) - SHOWN:,} more: `pincite list` shows all.", class_="rest")
        if len(entries) > SHOWN
        else None
    )
    head = f"{plural(len(entries), 'file')} could not be read"
    return tag("details", tag("summary", head), tag("ul", *items), more, class_="rejected", id="rejected")
