"""A refusal: that the documents don't seem to answer, what is closest if anything is, and what can be done."""

from __future__ import annotations

from index import content_words
from ui.below import told
from ui.languages import phrase
from ui.places import page_shown
from ui.web.parts.answer import opener
from ui.web.parts.cards import card
from ui.web.parts.markup import Html, join, tag
from ui.web.parts.why import extract
from ui.web.state.exchange import Exchange, Found

CLOSEST = 3
CLOSE = 0.05  # a passage that likely is close to what is asked
HELD = 0.5  # share of the question's words: a passage that has as many is close as well


def refusal(asked: Exchange, turn: int, *, again: Html, why: Html) -> Html:
    """Render a refusal; `again` asks once more, `why` says what was done. Where nothing is close, nothing is shown."""
    cards = []
    for found in [one for one in asked.found if is_close(asked, one)][:CLOSEST]:
        where = opener(found.doc_id, start=found.start, end=found.end, turn=turn)
        cards.append(card("", found.title, page_shown(found.page), join(extract(found.text)), where))
    advice = phrase("Ask in other words, or add documents that cover it.")
    if asked.scope.label:
        advice = phrase("Ask in other words, ask all documents, or add documents that cover it.")
    add = tag("button", phrase("Add documents"), type="button", class_="plain small", data_add="files")
    return tag(
        "div",
        tag("p", phrase("Your documents don’t seem to answer this."), class_="lead"),
        tag("p", advice, class_="advice"),
        tag("p", told(asked.unread), class_="advice unread") if asked.unread else None,
        tag("p", add, again, class_="verdict"),
        tag("h3", phrase("Closest I found")) if cards else None,
        tag("ul", *cards, class_="cards") if cards else None,
        why,
        class_="refusal",
    )


def is_close(asked: Exchange, found: Found) -> bool:
    """Tell whether a passage is of what is asked: it may answer, or has half of the words."""
    question = asked.answer.standalone_question if asked.answer else asked.question
    words = set(content_words(question))
    held = len(words & set(content_words(f"{found.title}\n{found.text}"))) / len(words) if words else 0.0
    return found.score >= CLOSE or held >= HELD
