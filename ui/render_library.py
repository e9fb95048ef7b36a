"""The left part as HTML: what is in the library, what could not be read and why, and how far the indexing is."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING

from ui.indexing import IndexingState
from ui.markup import Html, join, tag
from ui.render import opener

if TYPE_CHECKING:
    from index.records import Counts, Entry

SHOWN = 500
FILTER_FROM = 9
KINDS = {
    "application/pdf": "PDF",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "Word",
    "text/html": "Web page",
    "text/markdown": "Markdown",
    "text/plain": "Text",
}
KEYS = (
    ("/", "Go to the question box"),
    ("Enter", "Ask"),
    ("Shift + Enter", "New line in the question"),
    ("↑", "Take up the last question, in an empty box"),
    ("[  ]", "Previous and next citation"),
    ("Esc", "Close the source"),
    ("?", "Show these keys"),
)


def sidebar(entries: Sequence[Entry], counts: Counts, state: IndexingState, *, ready: bool) -> Html:
    """Render the left part."""
    rejected = [entry for entry in entries if entry.state == "rejected"]
    readable = [entry for entry in entries if entry.state != "rejected"]
    return tag(
        "nav",
        tag(
            "div",
            tag("span", "Pincite", class_="brand"),
            tag("button", "Fold away", type="button", class_="fold", data_fold=True, title="Fold the library away"),
            class_="top",
        ),
        tag("button", "New conversation", type="button", class_="fresh", data_fresh=True),
        tag("h2", "Library"),
        tag("p", _counts(counts), class_="counts"),
        _progress(state),
        _loading(counts, state, ready=ready),
        _documents(readable),
        _rejected(rejected),
        tag("button", "Keys", type="button", class_="quiet keys", data_keys=True),
        aria_label="Library",
        class_="library",
    )


def keys() -> Html:
    """Render the list of keys, which opens over the page."""
    rows = [part for key, use in KEYS for part in (tag("dt", tag("kbd", key)), tag("dd", use))]
    close = tag("form", tag("button", "Close", class_="plain"), method="dialog")
    return tag("dialog", tag("h2", "Keys"), tag("dl", *rows), close, id="keys", aria_label="Keys")


def plural(count: int, noun: str) -> str:
    """Say a number of things: "1 document", "1,200 documents"."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def duration(seconds: float) -> str:
    """Say a time that is left, roughly: "8 s", "3 min"."""
    return f"{max(1, round(seconds))} s" if seconds < 90 else f"{round(seconds / 60)} min"


def _counts(counts: Counts) -> str:
    return f"{plural(counts.documents, 'document')} · {plural(counts.passages, 'passage')}"


def _loading(counts: Counts, state: IndexingState, *, ready: bool) -> Html | None:
    if not ready:
        text = "Loading the models that search and read. You can ask already; the first answer waits for them."
    elif counts.embedded < counts.passages and state.running:
        text = "New documents are found by their words already, and by their meaning when this is done."
    else:
        return None
    return tag("p", text, class_="note", role="status")


def _progress(state: IndexingState) -> Html | None:
    if state.error:
        return tag("p", state.error, class_="note failed", role="status")
    if not state.running:
        return None
    unit = "files" if state.stage == "reading" else "passages"
    parts = [f"{state.done:,} of {state.total:,} {unit}" if state.total else state.message]
    if state.rate:
        parts.append(f"{state.rate:,.0f} a second" if state.rate >= 1 else f"{state.rate * 60:,.0f} a minute")
    if state.seconds_left is not None and state.done < state.total:
        parts.append(f"{duration(state.seconds_left)} left")
    share = round(100 * state.done / state.total) if state.total else None
    bar = tag("progress", f"{share or 0} %", max=100, value=share, aria_label="Indexing")
    return tag("div", bar, tag("p", " · ".join(parts)), class_="progress")


def _documents(entries: Sequence[Entry]) -> Html:
    if not entries:
        return tag("p", "Nothing is indexed yet.", class_="note")
    find = tag("input", type="search", placeholder="Find a document", aria_label="Find a document", data_find=True)
    more = f"{len(entries) - SHOWN:,} more are not listed here, but asked all the same."
    return join(
        find if len(entries) >= FILTER_FROM else None,
        tag("ul", *(_document(entry) for entry in entries[:SHOWN]), class_="documents"),
        tag("p", more, class_="note") if len(entries) > SHOWN else None,
    )


def _document(entry: Entry) -> Html:
    about = KINDS.get(entry.media_type, PurePath(entry.path).suffix.lstrip(".").upper() or "File")
    if entry.pages:
        about += f" · {plural(entry.pages, 'page')}"
    partial = entry.state == "partial"
    return tag(
        "li",
        tag(
            "button",
            tag("span", entry.title or PurePath(entry.path).name, class_="title"),
            tag("span", about, class_="about"),
            tag("span", f"Read in part: {entry.reason}", class_="about partial") if partial else None,
            type="button",
            title=entry.path,
            **opener(entry.doc_id, start=0, end=0),
        ),
    )


def _rejected(entries: Sequence[Entry]) -> Html | None:
    if not entries:
        return None
    items = [
        tag(
            "li",
            tag("span", PurePath(entry.path).name, class_="title"),
            tag("span", entry.reason, class_="about"),
            title=entry.path,
        )
        for entry in entries[:SHOWN]
    ]
    head = f"{plural(len(entries), 'file')} could not be read"
    return tag("details", tag("summary", head), tag("ul", *items), class_="rejected", id="rejected")
