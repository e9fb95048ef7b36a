"""Why this answer: a fold under it that says what was understood, searched and read, found, and how long it took."""

from __future__ import annotations

from rag import Answer, Citation
from ui.below import told
from ui.languages import later, number, phrase
from ui.web.parts.answer import opener, place
from ui.web.parts.markup import Html, join, tag
from ui.web.state.exchange import Exchange, Found
from ui.web.state.scopes import label_of

EXTRACT_CHARACTERS = 320
CONFIDENCE = later("{share} of 1: how likely it is that the documents hold an answer")
STAGES = {"search": later("searching"), "read": later("reading"), "total": later("in all")}


def why_button(turn: int) -> Html:
    """Render what opens and closes the fold."""
    return tag(
        "button",
        phrase("Why this answer"),
        type="button",
        class_="quiet toggle",
        data_toggle=f"why-{turn}",
        aria_expanded="false",
        aria_controls=f"why-{turn}",
    )


def why(asked: Exchange, answer: Answer, turn: int) -> Html:
    """Render the fold, which is closed at first."""
    rows = [
        (phrase("Understood as"), answer.standalone_question),
        (phrase("Looked for in"), label_of(asked.scope) or phrase("all documents")),
        (phrase("Done"), " · ".join(map(told, asked.steps))),
        (phrase("Confidence"), phrase(CONFIDENCE, share=number(answer.confidence, 2))),
        (phrase("Time"), _times(answer)),
        (phrase("Passages found"), _passages(asked, answer, turn) if asked.found else phrase("none")),
    ]
    parts = [part for name, words in rows if words for part in (tag("dt", name), tag("dd", words, dir="auto"))]
    return tag("div", tag("dl", *parts), class_="why", id=f"why-{turn}", hidden=True)


def extract(text: str) -> str:
    """Return the beginning of a passage."""
    text = text.strip()
    if len(text) <= EXTRACT_CHARACTERS:
        return text
    return text[:EXTRACT_CHARACTERS].rsplit(maxsplit=1)[0] + " …"


def _times(answer: Answer) -> str:
    named = [(phrase(STAGES.get(name, name.replace("_", " "))), value) for name, value in answer.timings_ms.items()]
    said = [phrase("{stage} {time} ms", stage=stage, time=number(value)) for stage, value in named]
    return " · ".join(said) or phrase("not measured")


def _passages(asked: Exchange, answer: Answer, turn: int) -> Html:
    return tag("ol", *(_passage(one, answer, turn) for one in asked.found), class_="found")


def _passage(found: Found, answer: Answer, turn: int) -> Html:
    """Render a passage: its score, where it stands, its words, and which citations are of it."""
    numbers = [str(citation.number) for citation in answer.citations if _holds(found, citation)]
    quoted = tag("span", phrase("quoted: {numbers}", numbers=", ".join(numbers)), class_="quoted") if numbers else None
    head = join(
        tag("span", number(found.score, 2), class_="score", title=phrase("How likely it is that it answers, of 1")),
        tag("span", place(found.title, found.page), class_="title", dir="auto"),
        quoted,
    )
    where = opener(found.doc_id, start=found.start, end=found.end, turn=turn)
    words = tag("span", extract(found.text), class_="words", dir="auto")
    return tag("li", tag("button", tag("span", head, class_="head"), words, type="button", **where))


def _holds(found: Found, citation: Citation) -> bool:
    return found.doc_id == citation.doc_id and found.start <= citation.start and citation.end <= found.end
