"""Exchanges and answers, for tests of what is done with them."""

from __future__ import annotations

from index.records import Document
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


def an_answer(question: str, document: Document, quotes: list[str], *, more: int = 0, short: str = "") -> Answer:
    """Return an answer that cites quotations; of the last ones it only says how many `more` there are."""
    citations = []
    for number, quote in enumerate(quotes, start=1):
        start = document.text.index(quote)
        place = (document.page_of(start), start, start + len(quote), quote, 0.9)
        citations.append(Citation(number, document.doc_id, document.path, document.title, *place))
    cut = len(quotes) - more
    sentences = [Sentence(quote, (number,), 0.9) for number, quote in enumerate(quotes[:cut], start=1)]
    if more:
        sentences.append(Sentence(f"and {more} more", tuple(range(cut + 1, len(quotes) + 1)), 0.9, "generated"))
    at = citations[0].start + quotes[0].rindex(short)
    words = ShortAnswer(short, 1, at, at + len(short)) if short else None
    text = " ".join(sentence.text for sentence in sentences)
    return Answer(
        question, question, text, tuple(sentences), words, tuple(citations), (), True, 0.9, (), {"total": 9.0}
    )
