"""Adding and removing as HTML: the buttons, what became of the files that were added, and what asks before removing."""

from __future__ import annotations

from collections.abc import Sequence

from index import LARGEST, Entry
from ui.places import capital, kind_of
from ui.web.parts.answer import opener
from ui.web.parts.markup import Html, tag
from ui.web.state.indexing import IndexingState
from ui.web.state.shelf import Added

MOST_TOGETHER = 1000  # files that are added at once
SHOWN = 20


def adding() -> Html:
    """Render the library's head: what it is called, and what adds to it; library.js shows there what is being sent."""
    return tag(
        "section",
        tag(
            "div",
            tag("h2", "Library"),
            tag("button", "All documents", type="button", class_="quiet", data_documents="open"),
            class_="head",
        ),
        tag(
            "p",
            tag("button", "Add documents", type="button", class_="plain small", data_add="files"),
            tag("button", "Folder", type="button", class_="plain small", data_add="folder", aria_label="Add a folder"),
            tag("button", "Text", type="button", class_="plain small", data_add="text", aria_label="Add text"),
            class_="buttons",
        ),
        tag("input", type="file", multiple=True, hidden=True, data_picks="files", aria_label="Documents to add"),
        tag("input", type="file", webkitdirectory=True, hidden=True, data_picks="folder", aria_label="Folder to add"),
        tag("div", id="sending", role="status", hidden=True),
        aria_label="Add to the library",
        class_="library adding",
        data_largest=LARGEST,
        data_most=MOST_TOGETHER,
    )


def texting() -> Html:
    """Render what opens over the page to add text that was copied from somewhere."""
    title = tag("input", type="text", name="title", maxlength=120, autocomplete="off", placeholder="Its first line")
    text = tag("textarea", name="text", rows=10, required=True)
    buttons = [
        tag("button", "Cancel", type="button", class_="plain", data_texting="cancel"),
        tag("button", "Add", type="submit", class_="plain sure"),
    ]
    form = tag(
        "form",
        tag("label", "Title", title),
        tag("label", "Text", text),
        tag("p", *buttons, class_="buttons"),
        method="dialog",
    )
    return tag("dialog", tag("h2", "Add text", id="texting-name"), form, id="texting", aria_labelledby="texting-name")


def additions(added: Sequence[Added], state: IndexingState) -> Html | None:
    """Render what became of the files that were added; None if there are none."""
    if not added:
        return None
    more = tag("p", f"and {len(added) - SHOWN:,} more", class_="about") if len(added) > SHOWN else None
    hide = tag("button", "Hide", type="button", class_="quiet", data_tell="hide", aria_label="Hide what was added")
    items = [tag("li", *_addition(one, state)) for one in added[:SHOWN]]
    return tag("div", tag("p", "Added", hide, class_="stage"), tag("ul", *items), more, class_="added", role="status")


def remover(path: str, name: str, *, is_copy: bool, inside: int = 0) -> Html:
    """Render the button that asks whether to remove a document, and the `inside` documents that are in it."""
    return tag(
        "button",
        "×",
        type="button",
        class_="quiet remover",
        title="Remove from the library",
        aria_label=f"Remove {name}",
        data_discard=path,
        data_copy=is_copy,
        data_inside=inside or None,
    )


def removal() -> Html:
    """Render what asks before a removal; library.js puts it below the document that is meant."""
    return tag(
        "template",
        tag(
            "div",
            tag(
                "p",
                "Remove this from the library?",
                tag("span", hidden=True, data_holds=True),
                tag("span", " Your file stays where it is.", hidden=True, data_own=True),
                tag("span", " The copy that was added is deleted.", hidden=True, data_copy=True),
            ),
            tag("button", "Remove", type="button", class_="plain small", data_sure="yes"),
            tag("button", "Keep", type="button", class_="plain small", data_sure="no"),
            class_="removal",
            role="group",
            aria_label="Remove this from the library?",
        ),
        id="removal",
    )


def _addition(one: Added, state: IndexingState) -> list[Html | None]:
    name, entry = one.path.name, one.entry
    if entry is None:
        return [tag("span", name, class_="title"), tag("span", _waiting(name, state), class_="about")]
    if entry.state == "rejected":
        return [
            tag("span", name, class_="title"),
            tag("span", f"Not added: {entry.reason}", class_="about partial"),
            tag("button", "Try again", type="button", class_="quiet again", data_again=entry.path),
            remover(entry.path, name, is_copy=True),
        ]
    opens = tag("button", name, type="button", class_="title", **opener(entry.doc_id, start=0, end=0))
    about = " · ".join(filter(None, [_count(entry.pages, kind_of(entry.media_type).page), _passages(entry)]))
    same = tag("span", f"The same as {one.same}", class_="about partial") if one.same else None
    partly = tag("span", f"Read in part: {entry.reason}", class_="about partial") if entry.state == "partial" else None
    return [opens, tag("span", about, class_="about"), same, partly]


def _waiting(name: str, state: IndexingState) -> str:
    if not state.running:
        return "Not read yet"
    if state.message != name:
        return "Waiting to be read"
    return capital(f"page {state.page:,} of {state.pages:,} is being read") if state.pages else "Being read"


def _passages(entry: Entry) -> str:
    return _count(entry.passages, "passage")


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}" if number else ""
