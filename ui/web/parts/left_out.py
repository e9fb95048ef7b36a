"""The fold in the head of a source that says what is left out of its text on purpose. A document in, HTML out."""

from __future__ import annotations

from index import Document
from ui.languages import phrase
from ui.left_out import Told, summary, told
from ui.web.parts.markup import Html, tag


def left_out(document: Document) -> Html | None:
    """Render the fold, which is closed at first; None if nothing is left out."""
    said = summary(document)
    if not said:
        return None
    items = [_item(one) for one in told(document)]
    head = tag("summary", phrase("Left out of this document: {said}", said=said))
    return tag("details", head, tag("ul", *items, tabindex=0, aria_label=phrase("Left out")), class_="left-out")


def _item(one: Told) -> Html:
    words = tag("q", one.words, dir="auto") if one.words else None
    return tag("li", tag("span", one.kind, class_="kind"), words, tag("span", one.where, class_="where"))
