"""Why this answer: a fold under it that says what was understood, searched and read, found, and how long it took."""

from __future__ import annotations

from rag import Answer, Citation
from ui.web.parts.answer import opener, place
from ui.web.parts.markup import Html, join, tag
from ui.web.state.exchange import Exchange, Found

EXTRACT_CHARACTERS = 320
STAGES = {"search": "searching", "read": "reading", "total": "in all"}


def why_button(turn: int) -> Html:
    """Render what opens and closes the fold."""
    return tag(
        "button",
        "Why this answer",
        type="button",
        class_="quiet toggle",
        data_toggle=f"why-{turn}",
        aria_expanded="false",
        aria_controls=f"why-{turn}",
    )


def why(asked: Exchange, answer: Answer, turn: int) -> Html:
    """Render the fold, which is closed at first."""
    rows = [
        ("Understood as", answer.standalone_question),
        ("Looked for in", asked.scope.label or "all documents"),
        ("Done", " · ".join(asked.steps)),
        ("Confidence", f"{answer.confidence:.2f} of 1: how likely it is that the documents hold an answer"),
        ("Time", _times(answer)),
        ("Passages found", _passages(asked, answer, turn) if asked.found else "none"),
    ]
    parts = [part for name, words in rows if words for part in (tag("dt", name), tag("dd", words))]
    return tag("div", tag("dl", *parts), class_="why", id=f"why-{turn}", hidden=True)


def extract(text: str) -> str:
    """Return the beginning of a passage."""
    text = text.strip()
    if len(text) <= EXTRACT_CHARACTERS:
        return text
    return text[:EXTRACT_CHARACTERS].rsplit(maxsplit=1)[0] + " …"


def _times(answer: Answer) -> str:
    named = [(STAGES.get(name, name.replace("_", " ")), value) for name, value in answer.timings_ms.items()]
    return " · ".join(f"{name} {value:,.0f} ms" for name, value in named) or "not measured"


def _passages(asked: Exchange, answer: Answer, turn: int) -> Html:
    return tag("ol", *(_passage(one, answer, turn) for one in asked.found), class_="found")


def _passage(found: Found, answer: Answer, turn: int) -> Html:
    """Render a passage: its score, where it stands, its words, and which citations are of it."""
    numbers = [str(citation.number) for citation in answer.citations if _holds(found, citation)]
    quoted = tag("span", f"quoted: {', '.join(numbers)}", class_="quoted") if numbers else None
    head = join(
        tag("span", f"{found.score:.2f}", class_="score", title="How likely it is that it answers, of 1"),
        tag("span", place(found.title, found.page), class_="title"),
        quoted,
    )
    where = opener(found.doc_id, start=found.start, end=found.end, turn=turn)
    words = tag("span", extract(found.text), class_="words")
    return tag("li", tag("button", tag("span", head, class_="head"), words, type="button", **where))


def _holds(found: Found, citation: Citation) -> bool:
    return found.doc_id == citation.doc_id and found.start <= citation.start and citation.end <= found.end
