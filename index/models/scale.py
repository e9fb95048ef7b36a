"""One scale for the cosines of all models: that of the default one, on which search and answers were fitted.

Models differ in where their cosines lie: of a question and a passage about something else it is 0 for the default
model and .75 for multilingual-e5-small. What is fitted on the cosines of one model holds for no other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

Embedded = NDArray[np.float32]
UNRELATED = 0.0  # the default model's cosine of a question to a passage about something else
# Each question is about another thing than all the passages but its own.
_QUESTIONS = (
    "when does the ferry leave",
    "how much is the deposit",
    "What causes the tides?",
    "who is the treasurer of the club",
    "How do I reset my password?",
    "which wine goes with fish",
    "Where was the composer born?",
    "what is the dose for children",
    "How long is the warranty of the pump?",
    "why did the court reject the appeal",
    "How many goals did she score?",
    "which trees lose their leaves",
)
_PASSAGES = (
    "The boat to the island sails at nine in the morning and at four in the afternoon.",
    "Before moving in, the tenant pays two months' rent as security.",
    "The pull of the Moon and of the Sun raises and lowers the sea twice a day.",
    "At the general meeting Ms Okafor was elected to look after the money of the association.",
    "If you can't sign in any more, choose a new secret word by the link that we send you.",
    "A dry Riesling or a young Chablis suits trout and cod.",
    "He came into the world in 1797 in a suburb of Vienna, the son of a schoolmaster.",
    "Patients under twelve take half a tablet after meals, twice a day at most.",
    "The manufacturer replaces a faulty circulator free of charge for five years.",
    "The judges held that the complaint had been lodged after the time limit.",
    "In the final the striker hit the net three times within twenty minutes.",
    "Beech, oak and larch stand bare in winter, spruce and pine stay green.",
)


def measure(embed: Callable[[Sequence[str], bool], Embedded]) -> float:
    """Return the mean cosine of questions to passages about something else, as `embed(texts, questions?)` has them."""
    cosines = embed(_QUESTIONS, True) @ embed(_PASSAGES, False).T
    return float(cosines[~np.eye(len(_QUESTIONS), dtype=bool)].mean())


def rescale(cosines: NDArray[np.floating], unrelated: float) -> Embedded:
    """Return cosines of a model on the scale of the default one: `unrelated` becomes its own, and 1 stays 1."""
    return (1 - (1 - cosines) * (1 - UNRELATED) / (1 - unrelated)).astype(np.float32)
