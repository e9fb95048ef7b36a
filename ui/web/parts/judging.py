"""What a person can say of an answer, as HTML; judging.js shows it where conversations are kept."""

from __future__ import annotations

from ui.languages import phrase
from ui.web.parts.markup import Html, tag
from ui.web.state.exchange import Exchange


def judging(asked: Exchange, turn: int) -> Html | None:
    """Render the two verdicts and the comment; None where nothing was found or refused that could be judged."""
    if asked.state != "answered" or asked.answer is None or asked.answer.kind == "reply":
        return None
    field = f"comment-{turn}"
    return tag(
        "div",
        tag(
            "p",
            tag("span", phrase("Is this right?"), class_="words", id=f"judging-{turn}"),
            _verdict(phrase("Right"), "right"),
            _verdict(phrase("Wrong"), "wrong"),
            tag("span", class_="told", role="status"),
            class_="verdicts",
        ),
        tag(
            "form",
            tag("label", phrase("Comment"), for_=field),
            tag("input", type="text", id=field, maxlength=2000, autocomplete="off", dir="auto", data_comment=True),
            tag("button", phrase("Save"), type="submit", class_="plain"),
            tag("p", phrase("It is kept on this machine, with the conversation."), class_="note"),
            hidden=True,
        ),
        class_="judging",
        role="group",
        aria_labelledby=f"judging-{turn}",
        data_turn=turn,
        hidden=True,
    )


def _verdict(word: str, verdict: str) -> Html:
    return tag("button", word, type="button", class_="quiet", aria_pressed="false", data_judge=verdict)
