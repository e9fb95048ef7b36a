"""A refusal: that the documents don't seem to answer, what is closest if anything is, and what can be done."""

from __future__ import annotations

from itertools import islice

from ui.below import told
from ui.closest import CLOSEST, is_close
from ui.languages import later, phrase
from ui.places import page_shown
from ui.web.parts.adding import DROPPED, NO_DOCUMENTS, adder
from ui.web.parts.answer import opener
from ui.web.parts.cards import card
from ui.web.parts.markup import Html, join, tag
from ui.web.parts.why import extract
from ui.web.state.exchange import Exchange


def refusal(asked: Exchange, turn: int, *, again: Html, why: Html) -> Html:
    """Render a refusal; `again` asks once more, `why` says what was done. Where nothing is close, nothing is shown."""
    cards = []
    question = asked.answer.standalone_question if asked.answer else asked.question
    close = (one for one in asked.found if is_close(question, f"{one.title}\n{one.text}", one.score))
    for found in islice(close, CLOSEST):
        where = opener(found.doc_id, start=found.start, end=found.end, turn=turn)
        cards.append(card("", found.title, page_shown(found.page), join(extract(found.text)), where))
    lead = NO_DOCUMENTS if asked.unfounded else later("Your documents don’t seem to answer this.")
    return tag(
        "div",
        tag("p", phrase(lead), class_="lead"),
        tag("p", phrase(_advice(asked)), class_="advice"),
        tag("p", told(asked.unread), class_="advice unread") if asked.unread else None,
        tag("p", adder(), again, class_="verdict"),
        tag("h3", phrase("Closest I found")) if cards else None,
        tag("ul", *cards, class_="cards") if cards else None,
        why,
        class_="refusal",
    )


def _advice(asked: Exchange) -> str:
    if asked.unfounded:
        return DROPPED
    if asked.scope.label:
        return later("Ask in other words, ask all documents, or add documents that cover it.")
    return later("Ask in other words, or add documents that cover it.")
