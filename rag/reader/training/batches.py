"""Batches: samples that the networks of `rag` learn from, those of like length together; and how fast they learn."""

from __future__ import annotations

import random
import time
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


def share_of_rate(step: float, steps: int) -> float:
    """Return how much of the rate a step has: it rises at first, then falls in a line. `step` may be a part of one."""
    return min((step + 1) / (_WARM * steps), 1.0) * max(_LOWEST, 1 - step / steps)


class Clock:
    """How far a training is: by the steps that were planned, or by the minutes that it may take, whichever is more."""

    def __init__(self, steps: int, minutes: float = 0.0) -> None:
        self.steps, self.seconds, self.begun, self.step = steps, minutes * 60, time.monotonic(), 0

    @property
    def spent(self) -> float:
        """Seconds since it began."""
        return time.monotonic() - self.begun

    @property
    def done(self) -> float:
        """The share that is behind us, 0 to 1."""
        return max(self.step / self.steps, self.spent / self.seconds if self.seconds else 0.0)

    @property
    def share_of_rate(self) -> float:
        """How much of the rate the next step has."""
        return share_of_rate(self.done * self.steps, self.steps)
