"""Adding and removing as HTML: the buttons, what became of the files that were added, and what asks before removing."""

from __future__ import annotations

from collections.abc import Sequence

from index import LARGEST
from ui.below import told
from ui.languages import later, phrase, phrases
from ui.places import count_pages, kind_of
from ui.text import plural
from ui.web.parts.answer import opener
from ui.web.parts.markup import Html, tag
from ui.web.parts.progress import OF_FILES, page_of, skipper
from ui.web.state.indexing import IndexingState
from ui.web.state.shelf import Added

MOST_TOGETHER = 1000  # files that are added at once
SHOWN = {"in work": 8, "failed": 10, "waiting": 3, "done": 20}  # of the files that were added, in this order
MOST_SHOWN = 20
NO_DOCUMENTS = later("There are no documents yet.")
DROPPED = later("Add documents, or drop files and folders anywhere on this page.")


def adding() -> Html:
    """Render the library's head: what it is called, and what adds to it."""
    return tag(
        "section",
        tag(
            "div",
            tag("h2", phrase("Library")),
            tag("button", phrase("All documents"), type="button", class_="quiet", data_documents="open"),
            class_="head",
        ),
        tag(
            "p",
            adder(),
            adder(phrase("Folder"), "folder", label=phrase("Add a folder")),
            adder(phrase("Text"), "text", label=phrase("Add text")),
            class_="buttons",
        ),
        _picker("files", phrase("Documents to add"), multiple=True),
        _picker("folder", phrase("Folder to add"), webkitdirectory=True),
        aria_label=phrase("Add to the library"),
        class_="library adding",
        data_largest=LARGEST,
        data_most=MOST_TOGETHER,
    )


def adder(name: str = "", what: str = "files", *, label: str | None = None) -> Html:
    """Render a button that has a person choose what is added: documents, if nothing else is said."""
    name = name or phrase("Add documents")
    return tag("button", name, type="button", class_="plain small", data_add=what, aria_label=label)


def _picker(what: str, label: str, **kind: bool) -> Html:
    return tag("input", type="file", **kind, hidden=True, data_picks=what, aria_label=label)


def texting() -> Html:
    """Render what opens over the page to add text that was copied from somewhere."""
    first = phrase("Its first line")
    title = tag("input", type="text", name="title", maxlength=120, dir="auto", autocomplete="off", placeholder=first)
    text = tag("textarea", name="text", rows=10, required=True, dir="auto")
    buttons = [
        tag("button", phrase("Cancel"), type="button", class_="plain", data_texting="cancel"),
        tag("button", phrase("Add"), type="submit", class_="plain sure"),
    ]
    form = tag(
        "form",
        tag("label", phrase("Title"), title),
        tag("label", phrase("Text"), text),
        tag("p", *buttons, class_="buttons"),
        method="dialog",
    )
    name = tag("h2", phrase("Add text"), id="texting-name")
    return tag("dialog", name, form, id="texting", aria_labelledby="texting-name")


def additions(added: Sequence[Added], state: IndexingState) -> Html | None:
    """Render what became of the files that were added; None if there are none."""
    if not added:
        return None
    at: dict[str, list[Added]] = {stage: [] for stage in SHOWN}
    for one in added:
        at[_stage(one, state)].append(one)
    at["waiting"].sort(key=lambda one: one.path)  # the order in which they are read
    shown = [one for stage, most in SHOWN.items() for one in at[stage][:most]][:MOST_SHOWN]
    rest, label = len(added) - len(shown), phrase("Hide what was added")
    more = tag("p", phrase("and {n} more", n=rest), class_="about") if rest else None
    ready = len(added) - len(at["in work"]) - len(at["waiting"])
    far = phrases(*OF_FILES, len(added), done=ready) if ready < len(added) and len(added) > 1 else ""
    hide = tag("button", phrase("Hide"), type="button", class_="quiet", data_tell="hide", aria_label=label)
    items = [tag("li", *_addition(one, state)) for one in shown]
    head = tag("p", phrase("Added"), tag("span", far, class_="about") if far else None, hide, class_="stage")
    return tag("div", head, tag("ul", *items), more, class_="added", role="status")


def remover(path: str, name: str, *, is_copy: bool, inside: int = 0) -> Html:
    """Render the button that asks whether to remove a document, and the `inside` documents that are in it."""
    return tag(
        "button",
        "×",
        type="button",
        class_="quiet remover",
        title=phrase("Remove from the library"),
        aria_label=phrase("Remove {name}", name=name),
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
                phrase("Remove this from the library?"),
                tag("span", hidden=True, data_holds=True),
                tag("span", " ", phrase("Your file stays where it is."), hidden=True, data_own=True),
                tag("span", " ", phrase("The copy that was added is deleted."), hidden=True, data_copy=True),
            ),
            tag("button", phrase("Remove"), type="button", class_="plain small", data_sure="yes"),
            tag("button", phrase("Keep"), type="button", class_="plain small", data_sure="no"),
            class_="removal",
            role="group",
            aria_label=phrase("Remove this from the library?"),
        ),
        id="removal",
    )


def again(name: str, path: str) -> Html:
    """Render the button that has a file read again, or with no path all that could not be read."""
    return tag("button", name, type="button", class_="quiet again", data_again=path)


def _addition(one: Added, state: IndexingState) -> list[Html | None]:
    name, entry = one.path.name, one.entry
    if entry is None or _stage(one, state) in ("in work", "waiting"):
        path = str(one.path)
        is_wanted = state.running and path not in state.skipped
        return [
            tag("span", name, dir="auto", class_="title"),
            tag("span", _waiting(path, state), class_="about"),
            skipper(path) if is_wanted else None,
        ]
    if entry.state == "rejected":
        return [
            tag("span", name, dir="auto", class_="title"),
            tag("span", phrase("Not added: {reason}", reason=told(entry.reason)), class_="about partial"),
            again(phrase("Try again"), entry.path),
            remover(entry.path, name, is_copy=True),
        ]
    opens = tag("button", name, type="button", dir="auto", class_="title", **opener(entry.doc_id, start=0, end=0))
    pages = count_pages(entry.pages, kind_of(entry.media_type).page) if entry.pages else ""
    found = phrase("Found by its words so far") if state.running and not one.is_settled else ""
    about = " · ".join(filter(None, [pages, plural(entry.passages, "passage") if entry.passages else "", found]))
    same = phrase("The same as {file}", file=one.same) if one.same else ""
    partly = phrase("Read in part: {what}", what=told(entry.reason)) if entry.state == "partial" else ""
    notes = [tag("span", note, class_="about partial") for note in (same, partly) if note]
    return [opens, tag("span", about, class_="about"), *notes]


def _stage(one: Added, state: IndexingState) -> str:
    """Tell at what a file is, one of the keys of `SHOWN`."""
    if any(file.path == str(one.path) for file in state.in_work):
        return "in work"
    if one.entry is None or str(one.path) in state.upcoming:
        return "waiting"
    return "failed" if one.entry.state == "rejected" else "done"


def _waiting(path: str, state: IndexingState) -> str:
    if not state.running:
        return phrase("Not read yet")
    if path in state.skipped:
        return phrase("It is skipped")
    in_work = next((file for file in state.in_work if file.path == path), None)
    if in_work:
        page = page_of(in_work)
        return phrase("Being read: {place}", place=page) if page else phrase("Being read")
    return phrase("Waiting to be read")
