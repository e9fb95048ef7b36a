"""Entailment: pairs of a claim and words of a source go in; whether these support or contradict it comes out."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from index import Below
from rag.networks import OwnNetwork, pad
from rag.reader.default import FOLDER as READER
from rag.reader.default import WEIGHTS as READER_WEIGHTS
from rag.reader.inputs import encode

FOLDER = Path(__file__).parent
NAME = "entailment"
WEIGHTS = f"{NAME}.xml"
MANIFEST = f"{NAME}.json"
WITHOUT = "sentences are checked by their words alone"
BELOW = Below(READER / READER_WEIGHTS, 6)  # of the reader's twelve layers, on which the head stands
LABELS = ("supported", "contradicted", "unsupported")
MAX_TOKENS = 320  # of a claim and the words for it, together
MOST_CLAIM_TOKENS = 96
_AT_ONCE = 4  # pairs of a batch: of like length, so that little is padded
_MOST_CUT = 0.5  # probability that a claim has support of which only the beginning was read

Probabilities = NDArray[np.float64]


class Pair(NamedTuple):
    """A claim, and words of a source under their header (title and headings)."""

    claim: str
    header: str
    evidence: str


class EntailmentModel(Protocol):
    """What judges claims. Several threads may ask it at once."""

    @property
    def warning(self) -> str:
        """What is wrong with it, in one line with the cure; "" if nothing is known to be."""

    def load(self) -> None:
        """Load it now; what goes wrong becomes the warning."""

    def judge(self, pairs: Sequence[Pair]) -> Probabilities | None:
        """Return the probabilities of `LABELS`, float64 [len(pairs), 3]; None if there is a warning."""


class ShippedEntailment:
    """The project's own: the upper half of a network that stands on the reader's lower half, in 8 bits, by OpenVINO."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._own = OwnNetwork(NAME, folder, WITHOUT, BELOW)

    @property
    def warning(self) -> str:
        """What is wrong with its files, in one line with the cure; "" if nothing is known to be."""
        return self._own.warning

    def load(self) -> None:
        """Load it now; what goes wrong becomes the warning."""
        self._own.load()

    def judge(self, pairs: Sequence[Pair]) -> Probabilities | None:
        """Return the probabilities of `LABELS`, float64 [len(pairs), 3]; None if there is a warning."""
        loaded = self._own.load()
        if loaded is None:
            return None
        network, tokenizer = loaded
        inputs = encode(tokenizer, pairs, max_tokens=MAX_TOKENS, most_asked=MOST_CLAIM_TOKENS)
        found = np.zeros((len(pairs), len(LABELS)))
        order = sorted(range(len(inputs)), key=lambda i: len(inputs[i].ids))
        for at in range(0, len(order), _AT_ONCE):
            chosen = order[at : at + _AT_ONCE]
            [logits] = network.run(pad([inputs[i] for i in chosen])).values()
            logits = logits.astype(np.float64)
            found[chosen] = np.exp(logits - np.logaddexp.reduce(logits, axis=1, keepdims=True))
        claims = {pair.claim for pair in pairs}
        cut = {claim for claim in claims if len(tokenizer.encode(claim, add_special_tokens=False)) > MOST_CLAIM_TOKENS}
        for row, pair in enumerate(pairs):
            if pair.claim in cut:
                found[row, 0] = min(found[row, 0], _MOST_CUT)
        return found


@cache
def shipped_entailment() -> ShippedEntailment:
    """Return that of the process: it keeps nothing of what it reads."""
    return ShippedEntailment()


def check_entailment(folder: Path = FOLDER) -> str:
    """Return what is wrong with its files, in one line with the cure, or nothing; loads no model."""
    return OwnNetwork(NAME, folder, WITHOUT, BELOW).check()
