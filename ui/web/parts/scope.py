"""What a question is asked of, as HTML: the place of the chips below the question box; scope.js draws them there."""

from __future__ import annotations

from ui.languages import phrase
from ui.web.parts.markup import Html, join, tag


def scope() -> Html:
    """Render the button that offers names, and the places of the chips and of the names."""
    add = tag(
        "button",
        phrase("All documents"),
        type="button",
        class_="quiet",
        data_scope="add",
        title=phrase("Ask only some of them: type @ and a name in the question box"),
    )
    return join(
        tag("ul", class_="chips", aria_label=phrase("Asked only of"), hidden=True),
        add,
        tag("ul", id="names", role="listbox", aria_label=phrase("Ask only"), hidden=True),
        tag("span", role="status", class_="told"),
    )


def asker(key: str, name: str) -> Html:
    """Render the button that makes questions be asked of one document only."""
    words = phrase("Ask only this")
    return tag("button", words, type="button", class_="quiet", data_only=f"document:{key}", data_name=name)
