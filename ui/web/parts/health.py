"""The health page as HTML: an empty dialogue, which health.js fills with what the server finds."""

from __future__ import annotations

from ui.web.parts.frame import sheet
from ui.web.parts.markup import Html, tag


def health() -> Html:
    """Render the dialogue."""
    return sheet(
        "health",
        "Health",
        tag("p", class_="sum", role="status"),
        tag("ul", class_="findings"),
        tag("h3", "Every document, passage and embedding"),
        tag("p", "Reads the whole index and compares it with itself. You can go on asking.", class_="hint"),
        tag("p", class_="checked", role="status"),
        tag("progress", max=1, hidden=True, aria_label="Checking"),
        tag("ul", class_="findings problems"),
        tag("button", "Check now", type="button", class_="plain small", data_check=True),
    )
