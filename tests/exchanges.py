"""An exchange that was answered, for tests of what is done with it."""

from __future__ import annotations

from rag import Answer, Citation, Sentence, ShortAnswer
from ui.web.state.exchange import Exchange, Found, Scope


def an_answered() -> Exchange:
    quotes = ("Built in 1907.", "It was built in 1908.")
    answer = Answer(
        question="When?",
        standalone_question="When was it built?",
        text=" ".join(quotes),
        sentences=tuple(Sentence(quote, (number,), 0.9) for number, quote in enumerate(quotes, start=1)),
        short_answer=ShortAnswer("1907", 1, 9, 13),
        citations=tuple(
            Citation(number, f"d{number}", f"/d{number}", f"D{number}", None, 0, len(quote), quote, 0.9)
            for number, quote in enumerate(quotes, start=1)
        ),
        hits=(),
        grounded=True,
        confidence=0.8,
        differing=(ShortAnswer("1907", 1, 9, 13), ShortAnswer("1908", 2, 16, 20)),
        timings_ms={"total": 210.0},
    )
    found = (Found("d1", "Boats", "page 2", 3, 9, "a boat", 0.5),)
    scope = Scope("Boats", documents=("d1",), folders=("/a",))
    return Exchange("When?", scope, "answered", "Done", answer, found, places={1: "page 2"})
