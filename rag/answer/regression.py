"""Logistic regressions on named signs, as `tests/quality/fit.py` fits them and `weights.json` keeps them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]
Refusal = Literal["strict", "balanced", "eager"]
REFUSALS: tuple[Refusal, ...] = ("strict", "balanced", "eager")


@dataclass(frozen=True, slots=True)
class Regression:
    """Weights of standardised signs and a bias, in log-odds."""

    mean: Matrix
    scale: Matrix
    weights: Matrix
    bias: float

    def logits(self, signs: Matrix) -> Matrix:
        """Return the log-odds for each row of `signs` [n, len(weights)]."""
        return np.asarray((signs - self.mean) / self.scale @ self.weights + self.bias, dtype=np.float64)

    def chances(self, signs: Matrix) -> Matrix:
        """Return for each row the probability of what was fitted: the logistic function, 1 / (1 + exp(-x)).

        Like the softmax below it is written out, because SciPy, which has both, takes a quarter of a start to load.
        """
        return np.asarray(np.exp(-np.logaddexp(0.0, -self.logits(signs))), dtype=np.float64)

    def choice(self, signs: Matrix) -> Matrix:
        """Return for each row the probability that it is the right one of all rows; they add up to 1.

        A conditional logit (McFadden 1974): the softmax over the rows that were seen for one question.
        """
        logits = self.logits(signs)
        return np.asarray(np.exp(logits - np.logaddexp.reduce(logits)), dtype=np.float64)


@cache
def regression(name: str, signs: Sequence[str]) -> Regression:
    """Return the shipped regression of that name. Raises `ValueError` if it was fitted on other signs."""
    data = _weights()[name]
    if tuple(data["signs"]) != tuple(signs):
        raise ValueError(f"rag/answer/weights.json is of other signs than {name} has now: run tests/quality/fit.py")
    return Regression(
        np.asarray(data["mean"]), np.asarray(data["scale"]), np.asarray(data["weights"]), float(data["bias"])
    )


def refuse_below(refusal: Refusal, *, by_reader: bool) -> float:
    """Return the confidence below which an answer is a refusal."""
    return float(_weights()["refuse_below"]["by_reader" if by_reader else "by_similarity"][refusal])


@cache
def _weights() -> dict[str, Any]:
    return dict(json.loads(resources.files("rag.answer").joinpath("weights.json").read_text(encoding="utf-8")))


def forget_weights() -> None:
    """Read the weights anew at the next use."""
    _weights.cache_clear()
    regression.cache_clear()
