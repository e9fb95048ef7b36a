"""What is written: what a model says goes in piece by piece, the answer with each sentence checked comes out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal, NamedTuple

from index import Hit
from rag.answer.protocol import Asked
from rag.generation.cleaning import Cleaner
from rag.generation.prompt import NOT_THERE
from rag.generation.streaming import Piece
from rag.generation.use import ModelUse
from rag.grounding.check import Checker
from rag.grounding.claims import Said, sentences_of
from rag.grounding.evidence import Found
from rag.records import Answer, CheckedSentence, Citation, Group, Written

MOST_WRITTEN = 12_000  # characters of an answer; nobody reads more
MOST_REPEATED = 3  # sentences, one after the other, that were said before
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
    "repeating": "the model only repeated itself: it was stopped",
}


class _Kept(NamedTuple):
    """What was written up to a moment."""

    citations: tuple[Citation, ...]
    sentences: tuple[CheckedSentence, ...]
    groups: tuple[Group, ...]
    hidden: int


class Writing:
    """An answer that is being written: what the model has said, cleaned and checked.

    It is told one thing after the other: `begin` before each, `end` at last.
    """

    def __init__(self, asked: Asked, found: Answer, checker: Checker, use: ModelUse) -> None:
        self.asked, self.found = asked, found
        self._checker, self._unsupported = checker, use.unsupported
        self._citations = list(found.citations)
        self._sources: Found | None = None
        self._read: set[str] = set()  # documents
        self._cleaner = Cleaner()
        self._said: set[str] = set()
        self._anew = self._length = self._repeated = 0
        self._declined = False
        self._written = Written(marked=use.unsupported != "keep", leads=use.leads)
        self._before = self._keep()

    @property
    def answer(self) -> Answer:
        """The answer as it is now, with the citations that its sentences rest on."""
        citations = tuple(self._citations)
        return replace(self.found, citations=citations, written=self._written, timings_ms=self.asked.clock.read())

    @property
    def is_over(self) -> bool:
        """True once nothing more is read."""
        return self._written.state != "writing"

    @property
    def supported(self) -> list[str]:
        """The sentences of what is told last that the documents support."""
        told = self._written.sentences[len(self._before.sentences) :]
        return [one.text for one in told if one.verdict == "supported"]

    def change(self, *, model: str = "", note: str = "", step: str = "") -> None:
        """Say which model it is, or add to the note, or to the steps."""
        known = self._written.note
        notes = known if note in known else "; ".join(one for one in (known, note) if one)
        steps = (*self._written.steps, step) if step else self._written.steps
        self._written = replace(self._written, model=model or self._written.model, note=notes, steps=steps)

    def compare(self) -> None:
        """Say that it is a comparison: each group is a row of a table."""
        self._written = replace(self._written, kind="comparison")

    def begin(self, hits: Sequence[Hit], title: str = "", *, read: Sequence[Hit] | None = None) -> None:
        """Take down from here on what is told of `hits`, under a title if there is one; `read` of them were shown."""
        self._sources = Found(self.asked.snapshot, list({hit.passage.passage_id: hit for hit in hits}.values()))
        self._read |= {hit.passage.doc_id for hit in (hits if read is None else read)}
        self._cleaner, self._anew, self._length, self._repeated = Cleaner(), 0, 0, 0
        self._said = {_in_words(self.asked.question)}
        self._before = self._keep()
        if title:
            groups = (*self._written.groups, Group(len(self._written.sentences), title))
            self._written = replace(self._written, groups=groups)
            self._before = self._before._replace(groups=groups)

    def restart(self) -> _Kept:
        """Withdraw what is written, and return it."""
        kept = self._keep()
        self.restore(_Kept(self.found.citations, (), (), 0))
        return kept

    def restore(self, kept: _Kept) -> None:
        """Put back what was written."""
        self._citations = list(kept.citations)
        self._written = replace(self._written, sentences=kept.sentences, groups=kept.groups, hidden=kept.hidden)

    def take(self, piece: Piece) -> None:
        """Take a piece of what the model says."""
        self._length += len(piece.text)
        if piece.text:
            self._add(self._cleaner.feed(piece.text))
            self._written = replace(self._written, draft="" if self.is_over else self._cleaner.draft)
        if self._length > MOST_WRITTEN or piece.end == "endless":
            self._end("stopped", _ENDS["endless"])
        elif piece.end:
            self._add(self._cleaner.finish())
            self._written = replace(self._written, draft="")
            self.change(note=_ENDS.get(piece.end, ""))

    def end(self) -> None:
        """Say that all is told."""
        self._end("done", "")

    def fail(self, why: str) -> None:
        """Say why the model's answer doesn't come, or not to its end."""
        self._end("failed", why)

    def _keep(self) -> _Kept:
        written = self._written
        return _Kept(tuple(self._citations), written.sentences, written.groups, written.hidden)

    def _end(self, state: Literal["done", "stopped", "failed"], note: str) -> None:
        if self.is_over:
            return
        self._written = replace(self._written, draft="", state=state)
        if not self._is_there():
            self.restart()
            self._written = replace(self._written, state="failed")
            note = "a document that the model read was removed meanwhile: ask again"
        elif not note and not self._written.total and not _said_why(self._written.note):
            note = "the model found no answer in the passages"
        elif self._declined and self._written.total:
            self.change(note="for a part of it the model found no answer")
        self.change(note=note)
        if hidden := self._written.hidden:
            self.change(note=f"{hidden} not supported by the documents {'is' if hidden == 1 else 'are'} left out")

    def _is_there(self) -> bool:
        """Tell whether all documents are there as they were read; what is removed is gone from answers, too."""
        if self.asked.snapshot.is_current():
            return True
        now = self.asked.snapshot.now()
        read = [self.asked.snapshot.find_document(doc_id) for doc_id in self._read]
        return all(document is not None and now.holds(document) for document in read)

    def _add(self, sentences: Sequence[str]) -> None:
        """Check finished sentences, and take in those that claim something."""
        if self._cleaner.anew != self._anew:
            self._anew = self._cleaner.anew
            self._said = {_in_words(self.asked.question)}
            self._repeated = 0
            self.restore(self._before)
        for text in sentences:
            if _DECLINES.search(text):
                self._declined = True
                continue
            for said in sentences_of(text):
                if self._is_new(said):
                    self._take_in(text, said)
        if self._repeated >= MOST_REPEATED:
            self._end("stopped", _ENDS["repeating"])

    def _is_new(self, said: Said) -> bool:
        """Tell whether a sentence wasn't said before, nor asked; a weak model says one again and again."""
        plain = _in_words(said.whole)
        is_new = plain not in self._said
        self._said.add(plain)
        self._repeated = 0 if is_new else self._repeated + 1
        return is_new

    def _take_in(self, text: str, said: Said) -> None:
        """Check a sentence, and add it with its place in all that is written."""
        if self._sources is None:
            raise AssertionError("nothing is taken down before it has begun")
        before = len(self._citations)
        checked = self._checker.check_sentence(text, said, self._sources, self._citations)
        if self._unsupported == "hide" and checked.verdict in ("unsupported", "contradicted"):
            del self._citations[before:]
            self._written = replace(self._written, hidden=self._written.hidden + 1)
            return
        at = sum(len(one.text) + 1 for one in self._written.sentences)
        placed = replace(checked, start=at, end=at + len(checked.text))
        self._written = replace(self._written, sentences=(*self._written.sentences, placed))


def _in_words(text: str) -> str:
    return " ".join(text.casefold().strip(" .?!").split())


def _said_why(note: str) -> bool:
    """Tell whether a note says already why there is nothing."""
    return any(one in note for one in _ENDS.values())
