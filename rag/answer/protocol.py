"""What answers: a question that is understood and what was found for it go in, the steps of an answer come out.

The extractive answerer beside this file is one; what a language model writes comes from `rag/generation/answerer.py`.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from index import Document, Hit, Snapshot
from rag.question import Question
from rag.records import Answer, Turn, Update


class Clock:
    """Milliseconds since the start, and of each lap."""

    def __init__(self) -> None:
        self._start = self._lap = time.perf_counter()
        self._laps: dict[str, float] = {}

    def lap(self, name: str) -> None:
        """Note how long it took since the last lap."""
        now = time.perf_counter()
        self._laps[name] = round((now - self._lap) * 1000, 1)
        self._lap = now

    def read(self) -> dict[str, float]:
        """Return the laps by name, and "total"."""
        return {**self._laps, "total": round((time.perf_counter() - self._start) * 1000, 1)}


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that is to be answered.

    `question` is what was typed, `understood` what it means by itself, `history` what came before it, oldest first.
    `hits` are the passages that were found, best first, in the library as `snapshot` sees it. `documents` (ids) and
    `folders` (paths) restrict where more is looked for; of `named` documents the question speaks.
    """

    question: str
    understood: Question
    hits: Sequence[Hit]
    snapshot: Snapshot
    history: Sequence[Turn] = ()
    clock: Clock = field(default_factory=Clock)
    documents: Sequence[str] = ()
    folders: Sequence[str] = ()
    named: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Overview:
    """What is to be summarized: documents, of how many there are, and in how many sentences (0: as many as fit)."""

    documents: Sequence[Document]
    of: int
    sentences: int = 0


class Answerer(Protocol):
    """What answers. Several threads may ask it at once."""

    @property
    def ready(self) -> bool:
        """True once it needs no loading, or it is known that it can't be loaded."""

    @property
    def warning(self) -> str:
        """What a person should know of it, in one line that ends with the cure; "" if nothing."""

    def load(self) -> None:
        """Load what it needs; what goes wrong becomes the warning, or is raised as a `PinciteError`."""

    def answer(self, asked: Asked) -> Iterator[Update]:
        """Yield the steps; the last has stage "done" and the whole answer, which may be a refusal.

        Each sentence that is not marked as generated is a quotation: its citations hold its words. Each sentence has
        citations, and each citation quotes its document as it is now. Sentences that a language model wrote join the
        answer as `written`, only after all that is found without one, and may rest on nothing: their verdict says so.

        Updates come at least every tenth of a second while a model is waited for, so that closing the iterator between
        two of them stops it at once.
        """

    def retell(self, asked: Asked, found: Answer, overview: Overview | None) -> Iterator[Update]:
        """Yield what it makes of an answer that was found without it; the last update is as `answer` has it.

        `found` is a summary, of the documents of the `overview`, or without one a timeline: sentences with dates, in
        order of time. Whoever has nothing to add inherits this, which gives it back as it is.
        """
        yield Update("done", "", found)

    def rank(self, asked: Asked) -> Sequence[Hit]:
        """Return the hits in the order in which it holds them for an answer, scored and ranked anew."""
