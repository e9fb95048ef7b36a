"""The folders in the settings as HTML: their list and the form for one more, which folders.js fills and follows."""

from __future__ import annotations

from ui.languages import later, phrase
from ui.web.parts.markup import Html, tag

ELSEWHERE = later(
    "Folders are added and taken off where Pincite was started: through a token or a proxy, whoever is let in could "
    "have any file of that machine read."
)


def folders() -> Html:
    """Render the part of the dialogue that is about folders."""
    return tag(
        "div",
        tag("p", phrase("These folders are synced at each start:"), class_="hint"),
        tag("p", phrase("No folder is synced."), class_="hint none", hidden=True),
        tag("ul", class_="folders", aria_label=phrase("Folders")),
        tag("p", class_="hint at", role="status"),
        _template(),
        _another(),
        id="folders",
    )


def _template() -> Html:
    """Render what the row of a folder is copied from, with what asks before it is taken off."""
    asking = tag(
        "div",
        tag("p", class_="asks"),
        tag("button", phrase("Take off"), type="button", class_="plain small", data_off="yes"),
        tag("button", phrase("Keep"), type="button", class_="plain small", data_off="no"),
        class_="asking",
        role="group",
        hidden=True,
    )
    names = tag("div", tag("span", class_="path", dir="auto"), tag("span", class_="about"))
    off = tag("button", phrase("Take off"), type="button", class_="quiet", data_off="ask")
    return tag("template", tag("li", names, off, asking))


def _another() -> Html:
    """Render the form for one more folder; `ELSEWHERE` is shown in its place where nothing is changed."""
    field = tag(
        "input",
        type="text",
        name="path",
        id="folder-path",
        maxlength=4096,
        spellcheck="false",
        autocapitalize="off",
        autocomplete="off",
        placeholder="~/Documents",
        aria_describedby="hint-folder",
    )
    hint = phrase("Its whole path, or one that begins with ~. It is read at once and stays where it is.")
    return tag(
        "form",
        tag("label", phrase("Add a folder"), for_="folder-path"),
        tag("div", field, tag("button", phrase("Add"), type="submit", class_="plain"), class_="field"),
        tag("p", tag("span", hint, class_="meaning"), class_="hint", id="hint-folder"),
        tag("p", class_="trouble", role="alert"),
        tag("p", phrase(ELSEWHERE), class_="hint elsewhere", hidden=True),
    )
