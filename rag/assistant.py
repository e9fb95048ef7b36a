"""The assistant: a question and the conversation go in, an answer with citations comes out, or a refusal.

The way of a question can be read top to bottom in `Assistant.stream`.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from index.encoder import DEFAULT_MODEL
from index.errors import PinciteError, SettingsError
from index.library import Library, open_library
from rag.citations import check_citations, cite
from rag.compose import compose
from rag.extract import PASSAGES_READ, confidence, read_hits
from rag.followup import stand_alone
from rag.question import read_question
from rag.records import Answer, Turn, Update

TOP_K = 10
# Below this confidence the answer is a refusal. It lies between the values that 5 % of the held-out answerable
# questions of squad2_dev_half (0.18) and of qed_nq_dev (0.36) are below; `tests/quality/fit.py` prints them.
REFUSE_BELOW = 0.25
_MOST_CHARACTERS = 2000  # of a question; what is longer is a document


class Assistant:
    """Answers questions from the documents of one library."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self._warming: threading.Thread | None = None

    @property
    def ready(self) -> bool:
        """True once the models are in memory; a question asked before that waits for them."""
        return self.library.encoder.ready

    def warm_up(self) -> None:
        """Load the models in the background."""
        if self._warming is None and not self.ready:
            self._warming = threading.Thread(target=self._load, name="pincite-warm-up", daemon=True)
            self._warming.start()

    def ask(
        self,
        question: str,
        history: Sequence[Turn] = (),
        *,
        documents: Sequence[str] = (),
        folders: Sequence[str] = (),
    ) -> Answer:
        """Answer `question`, which may lean on `history` (oldest turn first).

        `documents` (ids) and `folders` (paths) restrict where the answer is looked for. Raises `SettingsError` for an
        empty or overlong question.
        """
        for update in self.stream(question, history, documents=documents, folders=folders):
            if update.stage == "done" and update.answer:
                return update.answer
        raise AssertionError("a stream ends with an answer")

    def stream(
        self,
        question: str,
        history: Sequence[Turn] = (),
        *,
        documents: Sequence[str] = (),
        folders: Sequence[str] = (),
    ) -> Iterator[Update]:
        """Answer as `ask` does, telling each step; the last update has stage "done" and the whole answer."""
        _check_question(question)
        clock = _Clock()
        standalone = stand_alone(question, history)
        if not self.ready:
            yield Update("loading", "Loading the embedding model", None)
        yield Update("searching", f"Searching {self.library.lexical.count():,} passages", None)
        hits = tuple(self.library.search(standalone, top_k=TOP_K, documents=documents, folders=folders))
        clock.lap("search")

        yield Update("reading", f"Reading the best {min(len(hits), PASSAGES_READ)}", None)
        asked = read_question(standalone, self.library.rarity, last=question)
        candidates = read_hits(self.library, asked, hits)
        sure = confidence(self.library, asked, candidates)
        clock.lap("read")

        candidates = [c for c in candidates if self.library.find_document(c.document.doc_id)]  # deleted meanwhile
        chosen = compose(asked, candidates) if sure >= REFUSE_BELOW else []
        sentences, citations = cite(chosen)
        check_citations(self.library, sentences, citations)

        def answer(number: int) -> Answer:
            """Return the answer as far as its first `number` sentences, each with the citation of its own."""
            return Answer(
                question=question,
                standalone_question=standalone,
                text=" ".join(sentence.text for sentence in sentences[:number]),
                sentences=sentences[:number],
                short_answer=None,
                citations=citations[:number],
                hits=hits,
                grounded=number > 0,
                confidence=sure,
                timings_ms=clock.read(),
            )

        for number in range(1, len(sentences) + 1):
            yield Update("answering", "Answering", answer(number))
        yield Update("done", "", answer(len(sentences)))

    def close(self) -> None:
        """Close the library."""
        self.library.close()

    def _load(self) -> None:
        try:
            self.library.encoder.load()
            self.library.refresh()
        except PinciteError:
            return  # the question that needs the model raises the same, to the person who asked


class _Clock:
    """Milliseconds since the start, and of each lap."""

    def __init__(self) -> None:
        self._start = self._lap = time.perf_counter()
        self._laps: dict[str, float] = {}

    def lap(self, name: str) -> None:
        now = time.perf_counter()
        self._laps[name] = round((now - self._lap) * 1000, 1)
        self._lap = now

    def read(self) -> dict[str, float]:
        return {**self._laps, "total": round((time.perf_counter() - self._start) * 1000, 1)}


def open_assistant(home: Path, *, model: str = DEFAULT_MODEL) -> Assistant:
    """Open the library in `home` and return the assistant that answers from it.

    Raises `HomeError` if the folder can't be used, `IndexMismatchError` if its index is of another model or format.
    """
    return Assistant(open_library(Path(home), model=model))


def _check_question(question: str) -> None:
    if not question.strip():
        raise SettingsError("the question is empty: type one")
    if len(question) > _MOST_CHARACTERS:
        raise SettingsError(f"the question has {len(question):,} characters: ask in at most {_MOST_CHARACTERS:,}")
