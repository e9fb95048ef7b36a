"""The health page as HTML: an empty dialogue, which health.js fills with what the server finds."""

from __future__ import annotations

from ui.languages import phrase
from ui.web.parts.frame import sheet
from ui.web.parts.markup import Html, tag


def health() -> Html:
    """Render the dialogue."""
    return sheet(
        "health",
        phrase("Health"),
        tag("p", class_="sum", role="status"),
        tag("ul", class_="findings"),
        tag("h3", phrase("Every document, passage and embedding")),
        tag("p", phrase("Reads the whole index and compares it with itself. You can go on asking."), class_="hint"),
        tag("p", class_="checked", role="status"),
        tag("progress", max=1, hidden=True, aria_label=phrase("Checking")),
        tag("ul", class_="findings problems"),
        tag("button", phrase("Check now"), type="button", class_="plain small", data_check=True),
    )
