"""Reading: what a reader makes of a passage, and what a reader is."""

from __future__ import annotations

from collections.abc import Sequence
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
    A reader that only ranks leaves them empty.
    """

    relevance: float
    starts: NDArray[np.float32]
    ends: NDArray[np.float32]
    places: Sequence[tuple[int, int]]

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
        """Return what each passage says; nothing at all if there is a warning."""


def reading(inputs: Inputs, start: NDArray[np.float32], end: NDArray[np.float32], relevance: float) -> Reading:
    """Return the reading of one passage from the logits of all its tokens."""
    tokens = slice(inputs.first, inputs.first + len(inputs.places))
    return Reading(
        relevance,
        np.asarray(start[tokens] - start[0], dtype=np.float32),
        np.asarray(end[tokens] - end[0], dtype=np.float32),
        inputs.places,
    )
