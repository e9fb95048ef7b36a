"""The answerer in a language model's own words: it joins the extractive answer, every sentence of it checked.

The extractive answer comes first and stays, whatever the model does. The model gets the passages that were found; what
it writes is cleaned, and each finished sentence is held against all that was found, whatever number stands behind it.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, replace

from index import Hit, PinciteError
from rag.answer.extractive import ExtractiveAnswerer
from rag.answer.protocol import Answerer, Asked, Overview
from rag.generation.comparison import compare, sides_of
from rag.generation.overview import summarize
from rag.generation.prompt import passages_of
from rag.generation.searching import search_again
from rag.generation.speaking import Speaker
from rag.generation.writing import Writing
from rag.grounding.check import Checker
from rag.records import Answer, Update

_CHECKED_AGAINST = 20  # hits
_TIMELINE = (
    "List what happened, in order of time: a short sentence for each date, which begins with the date as the passages "
    "write it. ({question})"
)

Told = Generator[str, None, None]


@dataclass
class GeneratedAnswerer(Answerer):
    """Answers in the documents' words, and then in the model's own."""

    extractive: ExtractiveAnswerer
    speaker: Speaker
    checker: Checker

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
        if found is None or not found.hits or not (found.grounded or self.speaker.use.even_if_refused):
            yield Update("done", "", found)
            return
        yield from self._write(asked, found, self._answer)

    def retell(self, asked: Asked, found: Answer, overview: Overview | None) -> Iterator[Update]:
        """Yield what the model makes of documents that were summarized in their own words, or of a timeline."""
        if overview is None:
            yield from self._write(asked, found, self._put_in_order)
        else:
            yield from self._write(asked, found, lambda it: summarize(self.speaker, it, asked.snapshot, overview))

    def _write(self, asked: Asked, found: Answer, tell: Callable[[Writing], Told]) -> Iterator[Update]:
        """Yield what is going on while the model is told what to write; a fault becomes the note."""
        writing = Writing(asked, found, self.checker, self.speaker.use)
        try:
            for said in tell(writing):
                yield Update("writing", said, writing.answer)
            writing.end()
        except PinciteError as error:
            writing.fail(str(error))
        yield Update("writing", "", writing.answer)
        asked.clock.lap("write")
        yield Update("done", "", replace(writing.answer, timings_ms=asked.clock.read()))

    def _put_in_order(self, writing: Writing) -> Told:
        asked, found = writing.asked, writing.found
        writing.begin(found.hits)
        passages = passages_of(asked.snapshot, found.hits)
        yield from self.speaker.tell(writing, _TIMELINE.format(question=found.question), passages)

    def _answer(self, writing: Writing) -> Told:
        """Have the question answered from what was found; of what is compared, from each by itself."""
        asked, found = writing.asked, writing.found
        if sides := sides_of(asked):
            yield from compare(self.speaker, writing, sides)
            return
        hits = yield from search_again(self.speaker, writing, found.hits)
        writing.begin([*hits, *asked.hits[:_CHECKED_AGAINST]], read=hits)
        yield from self.speaker.tell(writing, asked.understood.text, passages_of(asked.snapshot, hits))
