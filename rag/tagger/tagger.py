"""The tagger: a question and what was said before it go in; which of those words it leans on comes out."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from index import Network, damage, shared_damage, shared_words
from rag.leaning import leaning
from rag.reader.inputs import open_tokenizer
from rag.records import Turn
from rag.tagger.inputs import Word, encode, forms_in

FOLDER = Path(__file__).parent
WEIGHTS = "tagger.xml"
MANIFEST = "tagger.json"
INPUTS = ("input_ids", "attention_mask", "token_type_ids")
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
    """The project's own tagger, in 8 bits, by OpenVINO, behind the word embeddings of the encoder for other languages.

    What is wrong with its files is the `warning`; conversations are understood by rules alone then.
    """

    def __init__(self, folder: Path = FOLDER) -> None:
        self._folder = folder
        self._network: Network | None = None
        self._tokenizer: Any = None
        self._loading = threading.Lock()
        self.warning = ""

    def load(self) -> None:
        """Load it now; what goes wrong becomes the warning."""
        with self._loading:
            if self._network is not None or self.warning:
                return
            warning = check_tagger(self._folder)
            if not warning:
                try:
                    words, tokenizer = shared_words()
                    self._tokenizer = open_tokenizer(tokenizer)
                    self._network = Network(self._folder / WEIGHTS, hint="LATENCY", words=words)
                except Exception as error:  # noqa: BLE001 - whatever the library raises: there are rules without it
                    warning = _warning(self._folder, " ".join(str(error).split())[:200])
            self.warning = warning

    def tag(self, question: str, turns: Sequence[Turn]) -> Tags | None:
        """Return what `question` leans on in `turns` (oldest first); None if there is a warning or nothing was said."""
        if not turns:
            return None
        self.load()
        network = self._network
        if network is None:
            return None
        inputs = encode(self._tokenizer, question, turns)
        rows = (inputs.ids, [1] * len(inputs.ids), inputs.types)
        found = network.run({name: np.asarray([row], dtype=np.int64) for name, row in zip(INPUTS, rows, strict=True)})
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
    reason = damage(folder, MANIFEST) or shared_damage()
    return _warning(folder, reason) if reason else ""


def _warning(folder: Path, reason: str) -> str:
    return (
        f"the tagger in {folder} can't be used ({reason}): reinstall Pincite; until then follow-ups go by rules alone"
    )


def _sigmoid(logit: float) -> float:
    return float(1 / (1 + np.exp(-logit)))
