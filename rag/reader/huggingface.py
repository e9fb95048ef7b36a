"""Stock readers: any cross-encoder or extractive question-answering model of the hub, in place of our own.

Beside the training, and what checks sentences, the only file that runs transformers.
"""

from __future__ import annotations

import importlib
import threading
from collections.abc import Sequence
from typing import Any

import numpy as np

from index import whole_characters
from rag.reader.protocol import Reading, ToRead

_MAX_TOKENS = 384
_AT_ONCE = 4


class StockReader:
    """A model with a head for spans (ForQuestionAnswering), or for a score (ForSequenceClassification)."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._tokenizer: Any = None
        self._model: Any = None
        self._finds_spans = False
        self._loading = threading.Lock()
        self.warning = ""

    @property
    def ready(self) -> bool:
        """True once it is in memory, or it is known that it can't be."""
        return self._model is not None or bool(self.warning)

    def load(self) -> None:
        """Load the model now, from its folder or from the hub; what goes wrong becomes the warning."""
        with self._loading:
            if self.ready:
                return
            try:
                self._load()
            except Exception as error:  # noqa: BLE001 - whatever the library raises: there is an answer without the reader
                reason = " ".join(str(error).split())[:200]
                self.warning = (
                    f"reader {self._name!r} can't be loaded ({reason}): name a folder, a hub name that can be reached, "
                    "or leave the default 'pincite'; until then answers are by similarity"
                )

    def read(self, question: str, passages: Sequence[ToRead]) -> list[Reading]:
        """Return what each passage says; nothing at all if there is a warning."""
        self.load()
        if self.warning:
            return []
        found: list[Reading] = []
        for at in range(0, len(passages), _AT_ONCE):
            found += self._read(question, passages[at : at + _AT_ONCE])
        return found

    def _load(self) -> None:
        transformers = importlib.import_module("transformers")
        config = transformers.AutoConfig.from_pretrained(self._name)
        self._finds_spans = any(name.endswith("ForQuestionAnswering") for name in config.architectures or ())
        head = "AutoModelForQuestionAnswering" if self._finds_spans else "AutoModelForSequenceClassification"
        self._tokenizer = transformers.AutoTokenizer.from_pretrained(self._name)
        if not self._tokenizer.is_fast:
            raise ValueError("it has no fast tokenizer")
        model = getattr(transformers, head).from_pretrained(self._name)
        if not self._finds_spans and model.config.num_labels != 1:
            raise ValueError(f"it gives {model.config.num_labels} scores a passage, not one")
        self._model = model.eval()

    def _read(self, question: str, passages: Sequence[ToRead]) -> list[Reading]:
        torch = importlib.import_module("torch")
        tokens = self._tokenizer(
            [whole_characters(question)] * len(passages),
            [whole_characters(passage.passage) for passage in passages],
            truncation="only_second",
            max_length=_MAX_TOKENS,
            padding=True,
            return_offsets_mapping=True,
            return_tensors="pt",
        )
        places = tokens.pop("offset_mapping").tolist()
        with torch.inference_mode():
            outputs = self._model(**tokens)
        if not self._finds_spans:
            nothing = np.zeros(0, dtype=np.float32)
            return [Reading(score, nothing, nothing, ()) for score in outputs.logits[:, 0].tolist()]
        found = []
        for row in range(len(passages)):
            inside = [i for i, part in enumerate(tokens.sequence_ids(row)) if part == 1]
            starts, ends = (
                logits[row, inside].numpy() - float(logits[row, 0])
                for logits in (outputs.start_logits, outputs.end_logits)
            )
            relevance = float(starts.max(initial=-20.0) + ends.max(initial=-20.0))
            found.append(Reading(relevance, starts, ends, [tuple(places[row][i]) for i in inside]))
        return found
