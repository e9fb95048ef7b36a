"""The indexing as HTML: how far it is and how fast, the files in work and the next, what stops it or lets it go on."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING

from ui.below import told
from ui.languages import counted, number, phrase, phrases
from ui.places import kind_of_file, numbered_page
from ui.web.parts.markup import Html, tag
from ui.web.state.indexing import IndexingState

if TYPE_CHECKING:
    from index import Counts, InWork

OF_FILES = counted("{done} of {n} file", "{done} of {n} files")
OF_PASSAGES = counted("{done} of {n} passage", "{done} of {n} passages")
STOPPED_READING = counted("Stopped: {done} of {n} file read.", "Stopped: {done} of {n} files read.")
STOPPED_EMBEDDING = counted("Stopped: {done} of {n} passage embedded.", "Stopped: {done} of {n} passages embedded.")
BY_WORDS = counted(
    "{n} passage is found by its words only, until indexing goes on.",
    "{n} passages are found by their words only, until indexing goes on.",
)
MORE_WAIT = counted("and {n} more waits", "and {n} more wait")


def progress(counts: Counts, state: IndexingState, *, elsewhere: Collection[str] = ()) -> Html | None:
    """Render how far indexing is, with a row for each file in work and the next, but for those told of `elsewhere`."""
    return _running(state, elsewhere) if state.running else _stopped(counts, state)


def in_words(state: IndexingState) -> str:
    """Say in a line how far indexing is, or why it failed; "" if neither is so."""
    if not state.running:
        return told(state.error)
    return unbroken([_stage(state), *([_how_far(state)] if state.total else [])])


def failed(state: IndexingState) -> Html | None:
    """Render why indexing failed."""
    if not state.error:
        return None
    again = None if state.running or state.stopped else tag("button", phrase("Try again"), **_acts("resume"))
    return tag("div", tag("p", told(state.error)), again, class_="note failed", role="status")


def page_of(file: InWork) -> str:
    """Say at which page the reading of a file is, "" if it has no two or that is not known."""
    if file.pages < 2:
        return ""
    page = numbered_page(kind_of_file(PurePath(file.path).name).page, number(file.page))
    return phrase("{page} of {total}", page=page, total=file.pages)


def skipper(path: str) -> Html:
    """Render the button that skips a file which waits or is being read."""
    label = phrase("Skip {name}", name=PurePath(path).name)
    return tag("button", "×", type="button", class_="quiet skip", aria_label=label, title=label, data_skip=path)


def duration(seconds: float) -> str:
    """Say a time that is left, roughly: "8 s", "3 min", "2 h"."""
    if seconds < 90:
        return phrase("{time} s", time=str(max(1, round(seconds))))
    minutes = seconds < 90 * 60
    return phrase("{n} min", n=round(seconds / 60)) if minutes else phrase("{n} h", n=round(seconds / 3600))


def unbroken(parts: Sequence[str]) -> str:
    """Join parts of a line that may end between them only."""
    return " · ".join(part.replace(" ", "\u00a0") for part in parts)


def _running(state: IndexingState, elsewhere: Collection[str]) -> Html:
    share = round(100 * state.share) if state.total or state.share else None
    return tag(
        "div",
        tag("p", _stage(state), class_="stage"),
        None if state.stopping else tag("button", phrase("Stop"), **_acts("halt"), aria_label=phrase("Stop indexing")),
        tag("progress", phrase("{share} %", share=share or 0), max=100, value=share, aria_label=phrase("Indexing")),
        tag("p", unbroken([_how_far(state), *_how_fast(state)])) if state.total else None,
        _files(state, elsewhere),
        class_="progress",
    )


def _stage(state: IndexingState) -> str:
    is_reading = state.stage == "reading"
    if state.stopping:
        return phrase("Stopping after this file") if is_reading else phrase("Stopping after these passages")
    if not state.total:
        return phrase("Looking for files")
    return phrase("Reading") if is_reading else phrase("Embedding")


def _how_far(state: IndexingState) -> str:
    return phrases(*(OF_FILES if state.stage == "reading" else OF_PASSAGES), state.total, done=state.done)


def _how_fast(state: IndexingState) -> list[str]:
    if not state.rate or state.stopping:
        return []
    a_second = state.rate >= 1
    rate = phrase("{n}/s", n=round(state.rate)) if a_second else phrase("{n}/min", n=round(state.rate * 60))
    if state.seconds_left is None or state.done >= state.total:
        return [rate]
    return [rate, phrase("about {time} left", time=duration(state.seconds_left))]


def _files(state: IndexingState, elsewhere: Collection[str]) -> Html | None:
    """Render the files in work and the next; what is inside of one is no file of the total."""
    told_of = {*elsewhere, *state.skipped}
    rows = [_row(one.path, page_of(one) or phrase("Being read")) for one in state.in_work if one.path not in told_of]
    rows += [_row(path, phrase("Waiting")) for path in state.upcoming if path not in told_of]
    if not rows:
        return None
    rest = state.total - state.done - len(state.in_work) - len(state.upcoming)
    more = tag("li", phrases(*MORE_WAIT, rest), class_="about") if rest > 0 else None
    return tag("ul", *rows, more, class_="files", aria_label=phrase("Files in work"))


def _row(path: str, about: str) -> Html:
    name = tag("span", PurePath(path).name, dir="auto", class_="title", title=path)
    return tag("li", name, tag("span", about, class_="about"), skipper(path))


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


def _acts(event: str) -> dict[str, str]:
    """Return the attributes of a button that tells the indexing something."""
    return {"type": "button", "class_": "plain small", "data_indexing": event}
