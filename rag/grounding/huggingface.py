"""Stock entailment models: any classifier of the hub that judges a claim by words of a source, in place of our own.

A sequence classifier (FactCG, MiniCheck, an NLI model) says whether the words support the claim; a token classifier
(LettuceDetect) which of the claim's words they don't support. One that wants to run code of its own is refused, unless
a person allows it.
"""

from __future__ import annotations

import importlib
import re
import threading
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from index import whole_characters
from rag.choices import DEFAULT_CHECKER
from rag.grounding.check import Checker
from rag.grounding.entailment import LABELS, Pair, Probabilities, shipped_entailment

_MAX_TOKENS = 512
_AT_ONCE = 4
_SUPPORTS = re.compile(r"(?:entail|support|consistent|faithful|factual|grounded|correct|true|yes)", re.I)
_CONTRADICTS = re.compile(r"contradict|refut", re.I)
_NOT = re.compile(r"^(?:not?|non|un|in|dis)[ _-]?(?=[a-z])|neutral|hallucinat|unverif|baseless|false|^no$", re.I)
_UNNAMED = re.compile(r"^LABEL_\d+$")
# FactCG was trained on one text that asks in words; MiniCheck, NLI models and LettuceDetect on two.
_IN_WORDS = (
    '{evidence}\n\nChoose your answer: based on the paragraph above can we conclude that "{claim}"?\n\n'
    "OPTIONS:\n- Yes\n- No\nI think the answer is "
)


class StockEntailment:
    """A model of the hub or in a folder, by transformers; where it can't be loaded, ours judges in its place."""

    def __init__(self, name: str, *, allow_code: bool = False) -> None:
        self._name, self._allow_code = name, allow_code
        self._tokenizer: Any = None
        self._model: Any = None
        self._columns: list[int] = []
        self._by_token = False
        self._loading = threading.Lock()
        self.warning = ""

    def load(self) -> None:
        """Load the model now, from its folder or from the hub; what goes wrong becomes the warning."""
        with self._loading:
            if self._model is not None or self.warning:
                return
            try:
                self._load()
            except Exception as error:  # noqa: BLE001 - whatever the library raises: ours can judge
                self.warning = self._unusable(" ".join(str(error).split()))

    def judge(self, pairs: Sequence[Pair]) -> Probabilities | None:
        """Return the probabilities of `LABELS`, float64 [len(pairs), 3], those of our own if there is a warning."""
        self.load()
        if self.warning:
            return shipped_entailment().judge(pairs)
        found = [self._judge(pairs[at : at + _AT_ONCE]) for at in range(0, len(pairs), _AT_ONCE)]
        return np.concatenate(found) if found else np.zeros((0, len(LABELS)))

    def _load(self) -> None:
        transformers = importlib.import_module("transformers")
        given = {"trust_remote_code": self._allow_code}
        config = transformers.AutoConfig.from_pretrained(self._name, **given)
        kinds = [name.rpartition("For")[2] for name in config.architectures or ()]
        if not {"SequenceClassification", "TokenClassification"} & set(kinds):
            raise ValueError(f"it is no classifier, but {', '.join(config.architectures or ()) or 'of no known kind'}")
        self._by_token = "TokenClassification" in kinds
        self._columns = columns_of(dict(config.id2label), by_token=self._by_token)
        self._tokenizer = transformers.AutoTokenizer.from_pretrained(self._name, **given)
        if self._by_token and not self._tokenizer.is_fast:
            raise ValueError("it has no fast tokenizer")
        kind = "AutoModelForTokenClassification" if self._by_token else "AutoModelForSequenceClassification"
        model, said = getattr(transformers, kind).from_pretrained(self._name, output_loading_info=True, **given)
        if said["missing_keys"]:
            raise ValueError("the weights of its classifier are not in its files")
        self._model = model.eval()

    def _unusable(self, reason: str) -> str:
        if "trust_remote_code" in reason:
            reason = "it wants to run code of its own"
            cure = "allow that with --checker-code on if you trust it, or name another one"
        else:
            cure = "name a folder or a hub name that can be reached, or leave the default 'pincite'"
        return f"checker {self._name!r} can't be used ({reason[:200]}): {cure}; until then Pincite's own checks"

    def _judge(self, pairs: Sequence[Pair]) -> Probabilities:
        torch = importlib.import_module("torch")
        claims = [whole_characters(pair.claim) for pair in pairs]
        evidence = [whole_characters(f"{pair.header}\n{pair.evidence}".strip()) for pair in pairs]
        if "factcg" in self._name.lower():
            texts = [
                _IN_WORDS.format(evidence=words, claim=claim) for words, claim in zip(evidence, claims, strict=True)
            ]
            tokens = self._tokenizer(texts, **self._how(), truncation=True)
        else:
            tokens = self._tokenizer(evidence, claims, **self._how(), truncation="longest_first")
        with torch.inference_mode():
            logits = self._model(**tokens).logits.double()
        if logits.shape[-1] == 1:
            likely = torch.sigmoid(logits)
            probabilities = torch.cat([1 - likely, likely], dim=-1).numpy()
        else:
            probabilities = torch.softmax(logits, dim=-1).numpy()
        if self._by_token:
            supports = self._columns.index(LABELS.index("supported"))
            parts = [tokens.sequence_ids(row) for row in range(len(pairs))]
            probabilities = np.stack([_least(probabilities[row], part, supports) for row, part in enumerate(parts)])
        found = np.zeros((len(pairs), len(LABELS)))
        for column, label in enumerate(self._columns):
            found[:, label] += probabilities[:, column]
        return found

    def _how(self) -> dict[str, Any]:
        most = min(_MAX_TOKENS, self._tokenizer.model_max_length)
        return {"max_length": most, "padding": True, "return_tensors": "pt"}


def columns_of(labels: Mapping[int, str], *, by_token: bool = False) -> list[int]:
    """Return for each of a model's outputs which of `LABELS` it is. Raises `ValueError` if its labels don't say so."""
    names = [str(labels[number]) for number in sorted(labels)]
    supported, contradicted, unsupported = range(len(LABELS))
    if 0 < len(names) <= 2 and all(_UNNAMED.match(name) for name in names):
        # MiniCheck and FactCG have support last; LettuceDetect, whose tokens are made up or not, first.
        return [supported, unsupported] if by_token else [unsupported, supported]
    found = []
    for name in names:
        if _CONTRADICTS.search(name):
            found.append(contradicted)
        elif _NOT.search(name):
            found.append(unsupported)
        elif _SUPPORTS.search(name):
            found.append(supported)
        else:
            raise ValueError(f"its labels ({', '.join(names)[:80]}) don't say which of them is support")
    if found == [supported]:
        return [unsupported, supported]
    if supported not in found or len(found) == 1:
        raise ValueError(f"none of its labels ({', '.join(names)[:80]}) is support")
    return found


def _least(probabilities: Probabilities, parts: Sequence[int | None], supports: int) -> Probabilities:
    """Return the probabilities of the token of the claim that is supported least, by column `supports`."""
    inside = [row for row, part in enumerate(parts) if part == 1]
    least: Probabilities = probabilities[min(inside, key=lambda row: probabilities[row, supports]) if inside else 0]
    return least


def open_checker(name: str = DEFAULT_CHECKER, *, allow_code: bool = False) -> Checker:
    """Return what checks sentences by a model that is loaded at its first use: "pincite", a folder or a hub name."""
    return Checker(None if name == DEFAULT_CHECKER else StockEntailment(name, allow_code=allow_code))
