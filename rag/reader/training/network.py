"""The network that is trained: a transformer that says where an answer starts and ends, which sentence holds it, and
whether the passage does."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from transformers import AutoConfig, AutoModel

WEIGHTS = "model.safetensors"  # as the framework's checkpoints call it
CONFIG = "config.json"
FAR = -1e4  # a logit that no softmax sees, and that survives half precision
_NO_DROPOUT = {"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0}  # half of the time on a CPU


class KeptNetwork(nn.Module):
    """An encoder with layers of its own behind it, which is kept in a folder as half precision."""

    encoder: Any

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Return the network that `save` left in `folder`."""
        config = AutoConfig.from_pretrained(folder, local_files_only=True)
        encoder = AutoModel.from_config(config, add_pooling_layer=False, attn_implementation="eager")
        network = cls(encoder)
        network.load_state_dict({name: weight.float() for name, weight in load_file(folder / WEIGHTS).items()})
        return network

    def save(self, folder: Path) -> None:
        """Write the weights, in half precision, and what the encoder is."""
        folder.mkdir(parents=True, exist_ok=True)
        self.encoder.config.save_pretrained(folder)
        save_file(
            {name: weight.half().contiguous().cpu() for name, weight in self.state_dict().items()}, folder / WEIGHTS
        )


class ReaderNetwork(KeptNetwork):
    """An encoder of question and passage with linear layers to start and end, to the evidence, and to the relevance."""

    def __init__(self, encoder: Any) -> None:
        super().__init__()
        self.encoder = encoder
        width = encoder.config.hidden_size
        self.spans = nn.Linear(width, 2)
        self.evidence = nn.Linear(width, 1)
        self.relevance = nn.Linear(width, 1)
        self.dropout = nn.Dropout(0.1)
        self._takes_types = "token_type_ids" in inspect.signature(encoder.forward).parameters

    @classmethod
    def start(cls, folder: Path) -> ReaderNetwork:
        """Return a network whose encoder is the model in `folder` and whose other layers are new."""
        config = AutoConfig.from_pretrained(folder, local_files_only=True, **_NO_DROPOUT)
        encoder = AutoModel.from_pretrained(
            folder, config=config, local_files_only=True, add_pooling_layer=False, attn_implementation="eager"
        )
        return cls(encoder)

    def forward(
        self, input_ids: Tensor | None, attention_mask: Tensor, token_type_ids: Tensor, words: Tensor | None = None
    ) -> dict[str, Tensor]:
        """Return the logits "start", "end" and "evidence" [batch, tokens] and "relevance" [batch].

        Inputs are [batch, tokens]; `words` [batch, tokens, width] are word embeddings, instead of `input_ids`.
        """
        types = {"token_type_ids": token_type_ids} if self._takes_types else {}
        found = self.encoder(input_ids=input_ids, inputs_embeds=words, attention_mask=attention_mask, **types)
        hidden = self.dropout(found.last_hidden_state)
        spans = self.spans(hidden).float()
        return {
            "start": spans[..., 0],
            "end": spans[..., 1],
            "evidence": self.evidence(hidden).float().squeeze(-1),
            "relevance": self.relevance(hidden[:, 0]).float().squeeze(-1),
        }


def freeze(network: ReaderNetwork, layers: int) -> None:
    """Keep the word embeddings as they are (too few examples to move so many), and the lowest `layers`.

    These attend in the way that is fastest forwards; the one in which the others do is faster there and back.
    """
    encoder = network.encoder
    encoder.embeddings.word_embeddings.weight.requires_grad_(False)
    if layers:
        config = copy.deepcopy(encoder.config)
        config._attn_implementation = "sdpa"
        encoder.embeddings.requires_grad_(False)
        for layer in encoder.encoder.layer[:layers]:
            layer.requires_grad_(False)
            layer.attention.self.config = config


@contextmanager
def swapped(weights: Sequence[Tensor], others: Sequence[Tensor]) -> Iterator[None]:
    """Have the weights be others for a while."""
    own = [weight.detach().clone() for weight in weights]
    try:
        for weight, other in zip(weights, others, strict=True):
            weight.data.copy_(other)
        yield
    finally:
        for weight, other in zip(weights, own, strict=True):
            weight.data.copy_(other)


def loss_of(found: dict[str, Tensor], batch: dict[str, Tensor], taught: float = 0.0) -> Tensor:
    """Return the loss of the logits, against what is right and, in the share `taught`, against what a teacher says.

    Of what is right: the negative log of the probability of all right places together (Clark and Gardner 2018, "Simple
    and effective multi-paragraph reading comprehension", equation 2), for start, end and sentence, and the
    cross-entropy of the relevance. Where a batch says which passages are of one question ("group" [rows]), the same
    of the sentences, and of the passages, among all of them. Of the teacher: the cross-entropies with its probabilities
    (Hinton and others 2015, "Distilling the knowledge in a neural network"), at temperature 1, where it has read the
    passage.
    """
    means, there = sentence_means(found["evidence"], batch["sentence"], batch["holding"].shape[1])
    loss = 0.5 * nn.functional.binary_cross_entropy_with_logits(found["relevance"], batch["answers"])
    for name in ("start", "end"):
        loss = loss + 0.5 * _right(found[name], batch["readable"], batch[name])
    loss = loss + _right(means, there, batch["holding"] & there)
    if "group" in batch:
        loss = loss + _among(means, there, found["relevance"], batch)
    if not taught:
        return loss
    heard = nn.functional.binary_cross_entropy_with_logits(
        found["relevance"], batch["taught_relevance"], reduction="none"
    )
    heard = 0.5 * heard + _cross_entropy(means, there, batch["taught_sentence"])
    for name in ("start", "end"):
        heard = heard + 0.5 * _cross_entropy(found[name], batch["readable"], batch[f"taught_{name}"])
    known = batch["taught"]
    return (1 - taught) * loss + taught * (heard * known).sum() / known.sum().clamp_min(1)


def sentence_means(evidence: Tensor, sentence: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """Return the mean evidence of each sentence [batch, count], and which there are.

    `sentence` [batch, tokens] is the number of the sentence of a token, -1 if it is in none; the first token, which
    stands for "no answer here", is the whole of number 0.
    """
    inside = (sentence >= 0).float()
    place = sentence.clamp_min(0)
    empty = torch.zeros(len(evidence), count, device=evidence.device)
    size = empty.scatter_add(1, place, inside)
    return empty.scatter_add(1, place, evidence * inside) / size.clamp_min(1), size > 0


def _among(means: Tensor, there: Tensor, relevance: Tensor, batch: dict[str, Tensor]) -> Tensor:
    """Return the loss that a right sentence, less its passage's "no answer", and a right passage win, of each question.

    As they are compared when an answer is looked for in several passages.
    """
    together = batch["group"] == torch.arange(int(batch["group"].max()) + 1, device=means.device)[:, None]
    answers = batch["answers"] > 0
    asked = (together & answers).any(1)
    sentences = means[:, 1:] - means[:, :1]
    total = torch.zeros((), device=means.device)
    every = sentences.masked_fill(~there[:, 1:], FAR).logsumexp(1)
    rightly = sentences.masked_fill(~(batch["holding"] & there)[:, 1:], FAR).logsumexp(1)
    for all_of, right_of in ((every, rightly), (relevance, relevance.masked_fill(~answers, FAR))):
        lost = all_of.masked_fill(~together, FAR).logsumexp(1) - right_of.masked_fill(~together, FAR).logsumexp(1)
        total = total + 0.5 * (lost * asked).sum() / asked.sum().clamp_min(1)
    return total


def _right(logits: Tensor, possible: Tensor, right: Tensor) -> Tensor:
    everywhere = logits.masked_fill(~possible, FAR).logsumexp(1)
    rightly = logits.masked_fill(~right, FAR).logsumexp(1)
    return (everywhere - rightly).mean()


def _cross_entropy(logits: Tensor, possible: Tensor, wanted: Tensor) -> Tensor:
    return -(wanted * logits.masked_fill(~possible, FAR).log_softmax(1)).sum(1)
