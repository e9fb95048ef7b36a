"""The frame as HTML: the foot of the left part, and the sheets, the dialogues that it leads to."""

from __future__ import annotations

from ui.languages import phrase
from ui.web.parts.markup import Html, tag


def foot() -> Html:
    """Render what stands below the library, whatever is in it; frame.js and page.js do what is clicked."""
    buttons = [
        tag("button", phrase("Settings"), type="button", class_="quiet", data_settings=True),
        tag("button", phrase("Health"), type="button", class_="quiet", data_health=True),
        tag("button", phrase("Keys"), type="button", class_="quiet", data_keys=True),
    ]
    return tag("nav", *buttons, aria_label="Pincite")


def sheet(id_: str, title: str, *inner: Html) -> Html:
    """Render a dialogue that opens over the page, with its title and what closes it above what is in it."""
    close = tag("form", tag("button", phrase("Close"), class_="quiet"), method="dialog")
    head = tag("header", tag("h2", title, id=f"{id_}-name"), close)
    return tag("dialog", head, *inner, id=id_, class_="sheet", aria_labelledby=f"{id_}-name")
