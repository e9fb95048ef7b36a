"""The tagger: a question and what was said before it go in; which of those words it leans on comes out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np

from rag.conversation.leaning import leaning
from rag.networks import OwnNetwork, pad
from rag.records import Turn
from rag.tagger.inputs import Word, encode, forms_in

FOLDER = Path(__file__).parent
NAME = "tagger"
WEIGHTS = f"{NAME}.xml"
MANIFEST = f"{NAME}.json"
WITHOUT = "follow-ups go by rules alone"
OUTPUTS = ("added", "leans")
SURE = 0.4  # probability from which a question leans on a word
DOUBTED = 0.1  # probability under which it doesn't
_BY_WORDS = 0.35  # share that `leaning` has, by the question's words alone, in whether it leans on anything
_LEAST = 1e-4  # probability


@dataclass(frozen=True, slots=True)
class Tags:
    """What a question leans on: the probability that it does at all, and that of each content word said before it.

    `probabilities` are by form (see `inputs.form_of`); `texts` and `words` are what was read, the last turn first.
    """

    leans: float
    probabilities: Mapping[str, float] = field(default_factory=dict)
    texts: tuple[str, ...] = ()
    words: tuple[Word, ...] = ()

    def of(self, form: str) -> float:
        """Return the probability that a question leans on the word; 0 if nobody said it."""
        return self.probabilities.get(form, 0.0)


class Tagger:
    """The project's own tagger, in 8 bits, by OpenVINO; without it conversations are understood by rules alone."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._own = OwnNetwork(NAME, folder, WITHOUT)

    @property
    def warning(self) -> str:
        """What is wrong with its files, in one line with the cure; "" if nothing is known to be."""
        return self._own.warning

    def load(self) -> None:
        """Load it now; what goes wrong becomes the warning."""
        self._own.load()

    def tag(self, question: str, turns: Sequence[Turn]) -> Tags | None:
        """Return what `question` leans on in `turns` (oldest first); None if there is a warning or nothing was said."""
        loaded = self._own.load() if turns else None
        if loaded is None:
            return None
        network, tokenizer = loaded
        inputs = encode(tokenizer, question, turns)
        found = network.run(pad([inputs]))
        logits, asked = found["added"][0], forms_in(question)
        places: dict[str, list[float]] = defaultdict(list)
        for word in inputs.words:
            if word.is_content and word.form not in asked:
                places[word.form].append(float(logits[word.first : word.last].mean()))
        probabilities = {form: _sigmoid(float(np.logaddexp.reduce(values))) for form, values in places.items()}
        by_words = float(np.clip(leaning(question), _LEAST, 1 - _LEAST))
        logit = (1 - _BY_WORDS) * float(found["leans"][0]) + _BY_WORDS * float(np.log(by_words / (1 - by_words)))
        needed = min(1.0, max(probabilities.values(), default=0.0) / SURE)  # "when is the rent due?" needs no word
        return Tags(_sigmoid(logit) * (1 + needed) / 2, probabilities, inputs.texts, inputs.words)


@cache
def shipped_tagger() -> Tagger:
    """Return the tagger of the process: it keeps nothing of what it reads, and takes a second and 150 MB to load."""
    return Tagger()


def check_tagger(folder: Path = FOLDER) -> str:
    """Return what is wrong with the tagger's files, in one line with the cure, or nothing; loads no model."""
    return OwnNetwork(NAME, folder, WITHOUT).check()


def _sigmoid(logit: float) -> float:
    return float(1 / (1 + np.exp(-logit)))
