"""A private conversation, as HTML: the button that begins one, and what is said as long as it is shown."""

from __future__ import annotations

from ui.languages import phrase
from ui.web.parts.markup import Html, tag


def beginning() -> Html:
    """Render the button; private.js begins the conversation."""
    said = phrase("A private conversation is kept nowhere")
    return tag(
        "button", phrase("Private conversation"), type="button", class_="quiet secret", title=said, data_private=True
    )


def banner() -> Html:
    """Render what stands above the question box of a private conversation; its style shows it only there."""
    return tag("p", phrase("This conversation is private: it is kept nowhere, and gone once you leave or reload it."))
