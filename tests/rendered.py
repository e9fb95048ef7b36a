"""What is rendered in tests: documents, answers and exchanges, made of little."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser

import numpy as np

from index.records import Document, Heading, Hit, Page, Passage
from rag.records import Answer, Citation, Sentence, ShortAnswer
from ui.web.state.exchange import Exchange, Found, Scope


def a_document(text: str, *, headings: tuple[Heading, ...] = (), title: str = "T", media_type: str = "") -> Document:
    boxes = np.zeros((len(text), 4), np.float32)
    pages = {1: Page(0, len(text), 600, 800, boxes)} if media_type == "application/pdf" else {}
    return Document("doc", "/folder/" + title, title, media_type, text, pages, headings, "", 0.0)


def paged(media_type: str, *labels: str, certainty: float | None = None) -> Document:
    """Return a document of a page for each label, of two lines each."""
    text = "\n\n".join(f"Line {number}\n\nEnd {number}" for number in range(len(labels)))
    size = len(text) + 2
    pages = {
        number: Page((number - 1) * size // len(labels), number * size // len(labels) - 2, 0, 0, None, label, certainty)
        for number, label in enumerate(labels, start=1)
    }
    return replace(a_document(text, media_type=media_type), pages=pages)


def an_answer(text: str = "It is so.", *, grounded: bool = True) -> Answer:
    citation = Citation(1, text, text, text, 3, 0, len(text), text, 0.9)
    hit = Hit(Passage(1, text, 0, len(text), text, 3), 0.9, 1)
    return Answer(
        question=text,
        standalone_question=text + "?",
        text=text,
        sentences=(Sentence(text, (1,), 0.9),) if grounded else (),
        short_answer=ShortAnswer(text[:4], 1, 0, 4) if grounded else None,
        citations=(citation,) if grounded else (),
        hits=(hit,),
        grounded=grounded,
        confidence=0.8,
        differing=(ShortAnswer(text, 1, 0, len(text)),) if grounded else (),
        timings_ms={text: 1.0, "total": 210.0},
    )


def an_exchange(text: str, *, grounded: bool = True, **changes: object) -> Exchange:
    found = (Found(text, text, text, 0, len(text), text, 0.9),)
    answer = an_answer(text, grounded=grounded)
    asked = Exchange(text, Scope(text), "answered", text, answer, found, places={1: f"page {text}"})
    return replace(asked, **changes)  # type: ignore[arg-type]


class Reader(HTMLParser):
    """Reads HTML as a browser would: the elements, the text, and the text in each kind of mark."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.names: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.marked = {"cited": "", "other": ""}
        self.words = ""
        self._inside: list[str] = []
        self._bold = False
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.attributes += attrs
        self._bold = tag == "b"
        if tag == "mark":
            self._inside.append(dict(attrs)["class"] or "")

    def handle_endtag(self, tag: str) -> None:
        self._bold = False
        if tag == "mark":
            self._inside.pop()

    def handle_data(self, data: str) -> None:
        self.text += data
        for kind in self._inside:
            self.marked[kind] += data
        if self._inside and self._bold:
            self.words += data
