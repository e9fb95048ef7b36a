"""Batches: samples that the networks of `rag` learn from, those of like length together; and how fast they learn."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from typing import Protocol, TypeVar

from rag.networks import Tokens

_BUCKET = 40  # batches among which samples of like length are put together
_WARM = 0.06  # of the steps, in which the rate rises
_LOWEST = 0.02  # of the rate


class Sample(Protocol):
    """What is learned from: at least what the network reads."""

    @property
    def inputs(self) -> Tokens:
        """The tokens."""


_Sample = TypeVar("_Sample", bound=Sample)


def batches_of(samples: Sequence[_Sample], size: int, rng: random.Random) -> Iterator[list[_Sample]]:
    """Yield all samples in batches, in chance order, those of like length together."""
    order = rng.sample(range(len(samples)), len(samples))
    for at in range(0, len(order), size * _BUCKET):
        alike = sorted(order[at : at + size * _BUCKET], key=lambda i: len(samples[i].inputs.ids))
        batches = [alike[i : i + size] for i in range(0, len(alike), size)]
        for batch in rng.sample(batches, len(batches)):
            yield [samples[i] for i in batch]


def share_of_rate(step: int, steps: int) -> float:
    """Return how much of the rate a step has: it rises at first, then falls in a line."""
    return min((step + 1) / (_WARM * steps), 1.0) * max(_LOWEST, 1 - step / steps)
