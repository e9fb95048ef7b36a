"""The table of documents as HTML: its frame, and templates of what documents.js fills with words."""

from __future__ import annotations

from ui.languages import later, phrase
from ui.web.parts.adding import adder
from ui.web.parts.markup import Html, join, sentence, tag
from ui.web.parts.preview import eye, preview
from ui.web.state.documents import LONGEST_NAME, PAGE
from ui.web.state.scopes import MOST

COLUMNS = (
    ("title", later("Title"), False),
    ("kind", later("Type"), False),
    ("pages", later("Pages"), True),
    ("passages", later("Passages"), True),
    ("added", later("Added"), True),
    ("state", later("State"), False),
)


def documents() -> Html:
    """Render the view of all documents, which documents.js opens in the conversation's place, and an undo."""
    view = tag(
        "section",
        tag("header", _head(), _tools(), _collections(), _selected(), class_="top"),
        tag("p", hidden=True, role="alert", class_="trouble"),
        tag("div", tag("nav", aria_label=phrase("Folder"), class_="above", hidden=True), _table(), class_="rows"),
        _templates(),
        preview(),
        id="documents",
        aria_labelledby="documents-name",
        data_page=PAGE,
        data_most=MOST,
        hidden=True,
    )
    return join(view, _naming(), _taking_back())


def _head() -> Html:
    return tag(
        "div",
        tag("h1", phrase("Documents"), id="documents-name"),
        tag("p", class_="said", role="status"),
        adder(phrase("Add"), label=phrase("Add documents")),
        tag("button", phrase("Close"), type="button", class_="quiet", data_documents="close"),
        class_="head",
    )


def _tools() -> Html:
    sorts = [tag("option", phrase(name), value=f"{key} {int(falling)}") for key, name, falling in COLUMNS]
    return tag(
        "div",
        tag(
            "input",
            type="search",
            placeholder=phrase("Search"),
            aria_label=phrase("Search documents"),
            maxlength=200,
            dir="auto",
        ),
        tag(
            "button",
            phrase("Folders"),
            type="button",
            class_="plain small",
            aria_pressed="false",
            data_documents="tree",
        ),
        tag("label", sentence(phrase("Sort by {choice}"), choice=tag("select", *sorts)), class_="sorting"),
        class_="tools",
    )


def _collections() -> Html:
    """Render the place of the collections, and what can be done with the one that is shown."""
    earlier, later_on = phrase("Earlier in the list"), phrase("Later in the list")
    acts = tag(
        "div",
        tag("button", phrase("Ask only this"), type="button", class_="plain small", data_collection="ask"),
        tag("button", "←", type="button", class_="quiet", data_collection="earlier", aria_label=earlier, title=earlier),
        tag("button", "→", type="button", class_="quiet", data_collection="later", aria_label=later_on, title=later_on),
        tag("button", phrase("Rename"), type="button", class_="quiet", data_collection="rename"),
        tag(
            "button",
            phrase("Delete"),
            type="button",
            class_="quiet grave",
            data_collection="delete",
            aria_live="polite",
        ),
        class_="acts",
        hidden=True,
    )
    return join(tag("nav", aria_label=phrase("Collections"), class_="collections"), acts)


def _naming() -> Html:
    name = tag("input", type="text", name="name", maxlength=LONGEST_NAME, autocomplete="off", required=True, dir="auto")
    buttons = [
        tag("button", phrase("Cancel"), type="button", class_="plain", data_collection="cancel"),
        tag("button", phrase("Save"), type="submit", class_="plain sure"),
    ]
    form = tag("form", tag("label", phrase("Name"), name), tag("p", *buttons, class_="buttons"), method="dialog")
    return tag(
        "dialog", tag("h2", phrase("Collection"), id="naming-name"), form, id="naming", aria_labelledby="naming-name"
    )


def _selected() -> Html:
    """Render what can be done with the documents that are selected."""
    return tag(
        "div",
        tag("span", class_="count", role="status"),
        tag("button", phrase("Ask only these"), type="button", class_="plain small", data_documents="only"),
        tag("select", aria_label=phrase("Add to a collection"), class_="collecting"),
        tag("select", aria_label=phrase("Move to another collection"), class_="moving", hidden=True),
        tag("button", phrase("Take out"), type="button", class_="plain small", data_collection="out", hidden=True),
        tag("button", phrase("Read again"), type="button", class_="plain small", data_documents="again"),
        tag("button", phrase("Remove"), type="button", class_="plain small", data_documents="remove"),
        tag("button", phrase("Select none"), type="button", class_="quiet", data_documents="none"),
        class_="selected",
        role="group",
        aria_label=phrase("With what is selected"),
        hidden=True,
    )


def _table() -> Html:
    pick = tag("input", type="checkbox", aria_label=phrase("Select all"))
    heads = [
        tag(
            "th",
            tag("button", phrase(name), type="button", data_sort=key, data_falling=int(falling)),
            scope="col",
            class_=key,
        )
        for key, name, falling in COLUMNS
    ]
    head = tag("tr", tag("th", pick, scope="col", class_="pick", data_label=phrase("All")), *heads)
    return join(
        tag("table", tag("thead", head), tag("tbody"), aria_labelledby="documents-name"),
        tag("p", class_="none", role="status"),
        tag("div", class_="rest"),
    )


def _templates() -> Html:
    cells = [tag("td", class_=key) for key, _, _ in COLUMNS[1:]]
    pick = tag("td", tag("input", type="checkbox"), class_="pick")
    name = tag(
        "td",
        tag("button", type="button", class_="name", dir="auto"),
        tag("span", tag("bdi", class_="file"), class_="named"),
        tag("span", class_="where"),
        tag("span", class_="notes"),
        eye(),
        class_="title",
    )
    inner = tag(
        "button", tag("span", class_="name", dir="auto"), tag("span", class_="count"), type="button", class_="folder"
    )
    only = tag("button", phrase("Ask only this"), type="button", class_="quiet")
    return join(
        tag("template", tag("tr", pick, name, *cells), class_="row"),
        tag(
            "template",
            tag("tr", tag("td", class_="pick"), tag("td", inner, only, colspan=len(COLUMNS))),
            class_="folder",
        ),
    )


def _taking_back() -> Html:
    return tag(
        "div",
        tag("span", role="status", class_="said"),
        tag("button", phrase("Undo"), type="button", class_="quiet", data_documents="back"),
        tag(
            "button",
            "×",
            type="button",
            class_="quiet",
            data_documents="dismiss",
            aria_label=phrase("Hide"),
            title=phrase("Hide"),
        ),
        id="taking-back",
        hidden=True,
    )
