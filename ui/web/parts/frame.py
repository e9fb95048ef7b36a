"""The frame as HTML: the foot of the left part, which leads to what is about the whole page."""

from __future__ import annotations

from ui.web.parts.markup import Html, tag


def foot() -> Html:
    """Render what stands below the library, whatever is in it; frame.js and page.js do what is clicked."""
    buttons = [
        tag("button", "Settings", type="button", class_="quiet", data_settings=True),
        tag("button", "Health", type="button", class_="quiet", data_health=True),
        tag("button", "Keys", type="button", class_="quiet", data_keys=True),
    ]
    return tag("nav", *buttons, aria_label="Pincite")
