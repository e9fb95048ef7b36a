"""The answerer in a language model's own words: it joins the extractive answer, every sentence of it checked.

The extractive answer comes first and stays, whatever the model does. The model gets the passages that were found; what
it writes is cleaned, and each finished sentence is held against all that was found, whatever number stands behind it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from index import Hit, PinciteError
from rag.answer.extractive import ExtractiveAnswerer
from rag.answer.protocol import Asked
from rag.generation.cleaning import Cleaner
from rag.generation.prompt import NOT_THERE, Prompt, passages_of, read_prompt, write_prompt
from rag.generation.server import About, ModelServer, shown_name
from rag.generation.streaming import Piece, stream_chat, while_waiting
from rag.generation.use import AS_USUAL, ModelUse
from rag.grounding.check import Checker
from rag.grounding.claims import Said, sentences_of
from rag.grounding.evidence import Found
from rag.records import Answer, Update, Written

MOST_WRITTEN = 12_000  # characters of an answer; nobody reads more
MOST_TOKENS = 1024  # of an answer, and of the context a quarter at most
_CHECKED_AGAINST = 20  # hits
_ADDED = r"(?:provided|given|numbered|available|retrieved) "
_DOCUMENTS = rf"(?:the|your|these|this|none of the) (?:{_ADDED})?(?:passages?|documents?|texts?|context|sources?)"
_SAY = "(?:say|answer|contain|mention|provide|include|specify|state|give|have|hold|address)"
_DECLINES = re.compile(
    rf"{NOT_THERE}|^(?:(?:i['’]?a?m )?sorry|unfortunately)?,?\s?(?:but )?"
    rf"(?:{_DOCUMENTS} (?:do|does|did)(?:n['’]t| not) {_SAY}"
    r"|i (?:do not|don['’]t|cannot|can['’]?t|could not|couldn['’]t) (?:know|find|answer|see)"
    r"|there is (?:no|not enough) (?:information|answer|mention))",
    re.I,
)
_ENDS = {
    "length": "the model came to its limit: the end is missing",
    "filtered": "the server held the rest back",
    "endless": "the model came to no end: it was stopped",
}


@dataclass
class GeneratedAnswerer:
    """Answers in the documents' words, and then in the model's own, as `use` says."""

    extractive: ExtractiveAnswerer
    server: ModelServer
    checker: Checker
    use: ModelUse = AS_USUAL
    _about: About | None = None

    @property
    def ready(self) -> bool:
        """True once the extractive answerer is."""
        return self.extractive.ready

    @property
    def warning(self) -> str:
        """What is wrong with the reader, or with what checks sentences."""
        return self.extractive.warning or self.checker.warning

    def load(self) -> None:
        """Load what the extractive answerer needs; what the model needs is loaded once that has answered."""
        self.extractive.load()

    def rank(self, asked: Asked) -> Sequence[Hit]:
        """Return the hits as the extractive answerer ranks them."""
        return self.extractive.rank(asked)

    def answer(self, asked: Asked) -> Iterator[Update]:
        """Yield the extractive answer, and then what the model makes of it."""
        found: Answer | None = None
        for update in self.extractive.answer(asked):
            found = update.answer
            if update.stage != "done":
                yield update
        if found is None or not found.hits or not (found.grounded or self.use.even_if_refused):
            yield Update("done", "", found)
            return
        writing = _Writing(self, asked, found)
        for said in self._write(writing):
            yield Update("writing", said, writing.answer)
        asked.clock.lap("write")
        yield Update("done", "", replace(writing.answer, timings_ms=asked.clock.read()))

    def _write(self, writing: _Writing) -> Iterator[str]:
        """Have the answer written, and yield what is going on; a fault becomes the note."""
        said = "Asking the language model"
        yield said
        try:
            model, prompt, tokens = yield from while_waiting(lambda: self._prepare(writing), said)
            for piece in stream_chat(self.server, model, prompt.messages, most_tokens=tokens):
                writing.take(piece)
                said = _said_of(piece, shown_name(model)) or said
                yield said
                if writing.is_over:
                    return
        except PinciteError as error:
            writing.fail(str(error))

    def _prepare(self, writing: _Writing) -> tuple[str, Prompt, int]:
        """Return the model, the messages to it, and how many tokens its answer may have."""
        if self._about is None or self._about.is_old:
            self._about = About(self.server)
        about = self._about
        model, context = about.model(), about.context()
        tokens = min(MOST_TOKENS, context // 4)
        prompt = write_prompt(
            read_prompt(self.use.prompt),
            writing.asked.understood.text,
            passages_of(writing.asked.snapshot, writing.found.hits),
            count=about.count,
            most_tokens=context - tokens - context // 16,  # what a chat's template adds
        )
        writing.change(model=shown_name(model), note=prompt.note)
        return model, prompt, tokens


class _Writing:
    """An answer that is being written: what the model has said, cleaned and checked."""

    def __init__(self, answerer: GeneratedAnswerer, asked: Asked, found: Answer) -> None:
        self.asked, self.found = asked, found
        self._checker, self._unsupported = answerer.checker, answerer.use.unsupported
        self._sources = Found(asked.snapshot, _unique([*found.hits, *asked.hits[:_CHECKED_AGAINST]]))
        self._citations = list(found.citations)
        self._cleaner = Cleaner()
        self._anew = self._length = 0
        self._declined = False
        self._written = Written(marked=answerer.use.unsupported != "keep", leads=answerer.use.leads)

    @property
    def answer(self) -> Answer:
        """The answer as it is now, with the citations that its sentences rest on."""
        citations = tuple(self._citations)
        return replace(self.found, citations=citations, written=self._written, timings_ms=self.asked.clock.read())

    @property
    def is_over(self) -> bool:
        """True once nothing more is read."""
        return self._written.state != "writing"

    def change(self, *, model: str = "", note: str = "") -> None:
        """Say which model it is, or add to the note."""
        notes = "; ".join(one for one in (self._written.note, note) if one)
        self._written = replace(self._written, model=model or self._written.model, note=notes)

    def take(self, piece: Piece) -> None:
        """Take a piece of what the model says."""
        self._length += len(piece.text)
        if piece.text:
            self._add(self._cleaner.feed(piece.text))
            self._written = replace(self._written, draft=self._cleaner.draft)
        if self._length > MOST_WRITTEN or piece.end == "endless":
            self._end("stopped", _ENDS["endless"])
        elif piece.end:
            self._add(self._cleaner.finish())
            self._end("done", _ENDS.get(piece.end, ""))

    def fail(self, why: str) -> None:
        """Say why the model's answer doesn't come, or not to its end."""
        self._end("failed", why)

    def _end(self, state: Literal["done", "stopped", "failed"], note: str) -> None:
        self._written = replace(self._written, draft="", state=state)
        if not self._is_there():
            self._withdraw()
            self._written = replace(self._written, state="failed")
            note = "a document that the model read was removed meanwhile: ask again"
        elif not note and not self._written.total:
            note = "the model found no answer in the passages"
        elif self._declined and self._written.total:
            self.change(note="for a part of it the model found no answer")
        self.change(note=note)
        if hidden := self._written.hidden:
            self.change(note=f"{hidden} not supported by the documents {'is' if hidden == 1 else 'are'} left out")

    def _is_there(self) -> bool:
        """Tell whether all documents are there that were read; what is removed is gone from answers, too."""
        if self.asked.snapshot.is_current():
            return True
        now = self.asked.snapshot.now()
        return all(now.find_document(hit.passage.doc_id) for hit in self.found.hits)

    def _add(self, sentences: Sequence[str]) -> None:
        """Check finished sentences, and take in those that claim something."""
        if self._cleaner.anew != self._anew:
            self._anew = self._cleaner.anew
            self._withdraw()
        for text in sentences:
            if _DECLINES.search(text):
                self._declined = True
                continue
            for said in sentences_of(text):
                self._take_in(text, said)

    def _take_in(self, text: str, said: Said) -> None:
        """Check a sentence, and add it with its place in all that is written."""
        before = len(self._citations)
        checked = self._checker.check_sentence(text, said, self._sources, self._citations)
        if self._unsupported == "hide" and checked.verdict in ("unsupported", "contradicted"):
            del self._citations[before:]
            self._written = replace(self._written, hidden=self._written.hidden + 1)
            return
        at = sum(len(one.text) + 1 for one in self._written.sentences)
        placed = replace(checked, start=at, end=at + len(checked.text))
        self._written = replace(self._written, sentences=(*self._written.sentences, placed))

    def _withdraw(self) -> None:
        self._citations = list(self.found.citations)
        self._written = replace(self._written, sentences=(), hidden=0)


def _unique(hits: Sequence[Hit]) -> list[Hit]:
    return list({hit.passage.passage_id: hit for hit in hits}.values())


def _said_of(piece: Piece, model: str) -> str:
    """Say to a person what the model is at; "" if nothing is new."""
    if piece.waiting:
        return f"The language model's server is busy: waiting {piece.waiting:g} s"
    if piece.thinking:
        return f"{model} is thinking"
    return f"{model} is writing" if piece.text else ""
