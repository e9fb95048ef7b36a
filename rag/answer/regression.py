"""Logistic regressions on named features, as `tests/quality/fit.py` fits them and `weights.json` keeps them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from rag.choices import Refusal

Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Regression:
    """Weights of standardised features and a bias, in log-odds."""

    mean: Matrix
    scale: Matrix
    weights: Matrix
    bias: float

    def logits(self, features: Matrix) -> Matrix:
        """Return the log-odds for each row of `features` [n, len(weights)]."""
        return np.asarray((features - self.mean) / self.scale @ self.weights + self.bias, dtype=np.float64)

    def probabilities(self, features: Matrix) -> Matrix:
        """Return for each row the probability of what was fitted: the logistic function, 1 / (1 + exp(-x)).

        Like the softmax below it is written out, because SciPy, which has both, takes a quarter of a start to load.
        """
        return np.asarray(np.exp(-np.logaddexp(0.0, -self.logits(features))), dtype=np.float64)

    def choice(self, features: Matrix, more: Matrix | float = 0.0) -> Matrix:
        """Return for each row the probability that it is the right one of all rows; they add up to 1.

        A conditional logit (McFadden 1974): the softmax over the rows that were seen for one question. `more` are
        log-odds that are added to those of the rows.
        """
        logits = self.logits(features) + more
        return np.asarray(np.exp(logits - np.logaddexp.reduce(logits)), dtype=np.float64)


@cache
def regression(name: str, features: Sequence[str]) -> Regression:
    """Return the shipped regression of that name. Raises `ValueError` if it was fitted on other features."""
    data = _weights()[name]
    if tuple(data["features"]) != tuple(features):
        raise ValueError(f"rag/answer/weights.json is of other features than {name} has now: run tests/quality/fit.py")
    return Regression(
        np.asarray(data["mean"]), np.asarray(data["scale"]), np.asarray(data["weights"]), float(data["bias"])
    )


def refuse_below(refusal: Refusal, *, by_reader: bool) -> float:
    """Return the confidence below which an answer is a refusal."""
    return float(_weights()["refuse_below"]["by_reader" if by_reader else "by_similarity"][refusal])


def support_level(support: float) -> Literal["well", "partly", "weak"]:
    """Return how well a sentence is supported: fitted so that .95 of the "well" are right, .75 of the "partly"."""
    levels = _weights()["support"]
    return "well" if support >= levels["well"] else "partly" if support >= levels["partly"] else "weak"


def at_most_partly(support: float) -> float:
    """Return `support`, or the most that is not called "well"."""
    return min(support, float(_weights()["support"]["well"]) - 0.001)


@cache
def _weights() -> dict[str, Any]:
    return dict(json.loads(resources.files("rag.answer").joinpath("weights.json").read_text(encoding="utf-8")))


def forget_weights() -> None:
    """Read the weights anew at the next use."""
    _weights.cache_clear()
    regression.cache_clear()
