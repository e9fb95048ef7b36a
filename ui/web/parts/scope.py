"""What a question is asked of, as HTML: the place of the chips below the question box; scope.js draws them there."""

from __future__ import annotations

from ui.web.parts.markup import Html, join, tag


def scope() -> Html:
    """Render the button that offers names, and the places of the chips and of the names."""
    add = tag(
        "button",
        "All documents",
        type="button",
        class_="quiet",
        data_scope="add",
        title="Ask only some of them: type @ and a name in the question box",
    )
    return join(
        tag("ul", class_="chips", aria_label="Asked only of", hidden=True),
        add,
        tag("ul", id="names", role="listbox", aria_label="Ask only", hidden=True),
        tag("span", role="status", class_="told"),
    )


def asker(key: str, name: str) -> Html:
    """Render the button that makes questions be asked of one document only."""
    return tag("button", "Ask only this", type="button", class_="quiet", data_only=f"document:{key}", data_name=name)
