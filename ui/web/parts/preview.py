"""The preview of a document in the table of all documents, as HTML: its frame, which preview.js fills with words."""

from __future__ import annotations

from ui.languages import phrase
from ui.web.parts.markup import Html, tag


def eye() -> Html:
    """Render the button of a row that opens its preview; preview.js names the document on it."""
    lids = tag("path", d="M2 12s3.6-6.5 10-6.5S22 12 22 12s-3.6 6.5-10 6.5S2 12 2 12z")
    icon = tag("svg", lids, tag("circle", cx=12, cy=12, r=3), viewBox="0 0 24 24", aria_hidden="true")
    return tag("button", icon, type="button", class_="eye", data_preview="open", aria_expanded="false")


def preview() -> Html:
    """Render the panel: what a document is, its outline, its first page or lines, and ways on."""
    close = tag(
        "button",
        "×",
        type="button",
        class_="quiet",
        data_preview="close",
        aria_label=phrase("Close"),
        title=phrase("Close"),
    )
    return tag(
        "div",
        tag("header", tag("h2", id="preview-name", dir="auto"), close),
        tag("p", class_="facts"),
        tag("p", class_="notes", dir="auto"),
        tag("div", class_="inside", aria_live="polite"),
        tag(
            "footer",
            tag("button", phrase("Open"), type="button", class_="plain small", data_start=0, data_end=0),
            tag("button", phrase("Previous"), type="button", class_="quiet", data_preview="previous"),
            tag("button", phrase("Next"), type="button", class_="quiet", data_preview="next"),
        ),
        id="preview",
        popover="auto",
        role="dialog",
        aria_labelledby="preview-name",
    )
