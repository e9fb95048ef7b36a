"""Reading: what a reader makes of a passage, and what a reader is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from rag.reader.inputs import Inputs

_LONGEST_ANSWER = 30  # tokens


class ToRead(NamedTuple):
    """A passage under its header (title and headings)."""

    header: str
    passage: str


class Span(NamedTuple):
    """Words of a passage, `passage[start:end]`, and the log-odds that they answer, against "no answer here"."""

    start: int
    end: int
    score: float


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """What a reader makes of one passage.

    `relevance` is the log-odds that the passage answers. `starts` and `ends` [tokens] are the logits that an answer
    starts or ends at a token, less those of "no answer"; `places` says which characters of the passage each token is.
    A reader that only ranks leaves them empty. `evidence` [tokens] are the logits that the sentence of a token holds
    the answer, less that of "no answer"; None of a reader that doesn't judge sentences.
    """

    relevance: float
    starts: NDArray[np.float32]
    ends: NDArray[np.float32]
    places: Sequence[tuple[int, int]]
    evidence: NDArray[np.float32] | None = None

    def evidence_of(self, start: int, end: int) -> float | None:
        """Return the log-odds that the sentence `passage[start:end]` holds the answer; None if none of it was seen.

        It is the mean of its tokens', as in training; of a reader that doesn't judge sentences, the score of its span.
        """
        if self.evidence is None:
            best = self.best_span(start, end)
            return best.score if best else None
        inside = [i for i, (s, e) in enumerate(self.places) if s < end and e > start]
        return float(self.evidence[inside].mean()) if inside else None

    def best_span(self, start: int, end: int) -> Span | None:
        """Return the words within `passage[start:end]` that most likely answer; None if the reader saw none of them."""
        inside = [i for i, (s, e) in enumerate(self.places) if s >= start and e <= end]
        if not inside:
            return None
        low, high = inside[0], inside[-1] + 1
        scores = self.starts[low:high, None] + self.ends[None, low:high]
        offset = np.arange(high - low)
        length = offset[None, :] - offset[:, None]
        scores = np.where((length >= 0) & (length < _LONGEST_ANSWER), scores, -np.inf)
        first, last = divmod(int(np.argmax(scores)), high - low)
        return Span(self.places[low + first][0], self.places[low + last][1], float(scores[first, last]))


class Reader(Protocol):
    """Reads passages with a question in mind."""

    @property
    def ready(self) -> bool:
        """True once it is in memory, or it is known that it can't be."""

    @property
    def warning(self) -> str:
        """Why it can't read, in one line with the cure; empty if it can."""

    def load(self) -> None:
        """Load it now; what goes wrong becomes the warning."""

    def read(self, question: str, passages: Sequence[ToRead]) -> list[Reading]:
        """Return what each passage says; nothing at all if there is a warning, or it can't read their language."""


def read_all(reader: Reader, questions: Sequence[str], passages: Sequence[ToRead]) -> list[Reading]:
    """Return what each passage says to wordings of one question, on average; nothing if the reader doesn't read."""
    read = [reader.read(question, passages) for question in questions]
    return [_mean(of_one) for of_one in zip(*read, strict=True)] if all(read) else []


def _mean(readings: Sequence[Reading]) -> Reading:
    """Return the mean of readings of one passage; of its end, for which long questions leave no room, of the others."""
    if len(readings) == 1:
        return readings[0]
    longest = max(readings, key=lambda one: len(one.places))
    seen = np.sum([np.arange(len(longest.places)) < len(one.places) for one in readings], axis=0)

    def mean(logits: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
        padded = [np.pad(one, (0, len(longest.places) - len(one))) for one in logits]
        return np.asarray(np.sum(padded, axis=0) / seen, dtype=np.float32)

    relevance = float(np.mean([one.relevance for one in readings]))
    starts, ends = mean([one.starts for one in readings]), mean([one.ends for one in readings])
    judged = [one.evidence for one in readings if one.evidence is not None]
    evidence = mean(judged) if len(judged) == len(readings) else None
    return Reading(relevance, starts, ends, longest.places, evidence)


def reading(inputs: Inputs, logits: Mapping[str, NDArray[np.float32]], row: int) -> Reading:
    """Return the reading of one passage from the network's logits of all its tokens: row `row` of each output."""
    tokens = slice(inputs.first, inputs.first + len(inputs.places))
    starts, ends, evidence = (
        np.asarray(logits[name][row, tokens] - logits[name][row, 0], dtype=np.float32)
        for name in ("start", "end", "evidence")
    )
    return Reading(float(logits["relevance"][row]), starts, ends, inputs.places, evidence)
