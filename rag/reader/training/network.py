"""The network that is trained: a transformer that says where an answer starts and ends, which sentence holds it, and
whether the passage does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from transformers import AutoConfig, AutoModel

from index.models import bundled_folder

WEIGHTS = "model.safetensors"  # as the framework's checkpoints call it
_FAR = -1e4  # a logit that no softmax sees, and that survives half precision


class ReaderNetwork(nn.Module):
    """An encoder of question and passage with linear layers to start and end, to the evidence, and to the relevance."""

    def __init__(self, encoder: nn.Module, width: int) -> None:
        super().__init__()
        self.encoder = encoder
        self.spans = nn.Linear(width, 2)
        self.evidence = nn.Linear(width, 1)
        self.relevance = nn.Linear(width, 1)
        self.dropout = nn.Dropout(0.1)

    @classmethod
    def start(cls, folder: Path) -> ReaderNetwork:
        """Return a network whose encoder is the embedding model in `folder` and whose other layers are new."""
        # Without dropout inside, and with attention written out, a step takes less than half of the time on a CPU.
        config = AutoConfig.from_pretrained(
            folder, local_files_only=True, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0
        )
        encoder = AutoModel.from_pretrained(
            folder, config=config, local_files_only=True, add_pooling_layer=False, attn_implementation="eager"
        )
        encoder.embeddings.word_embeddings.weight.requires_grad_(False)  # too few examples to move 30,522 words
        return cls(encoder, encoder.config.hidden_size)

    @classmethod
    def load(cls, folder: Path) -> ReaderNetwork:
        """Return the network that the training left in `folder`: at its end, or in a checkpoint."""
        network = cls.start(bundled_folder())
        weights = load_file(folder / WEIGHTS)
        for name in ("weight", "bias"):  # a reader of before knew no evidence
            weights.setdefault(f"evidence.{name}", torch.zeros_like(getattr(network.evidence, name)))
        network.load_state_dict(weights)
        return network

    def forward(
        self,
        input_ids: Tensor,
        attention_mask: Tensor,
        token_type_ids: Tensor,
        readable: Tensor | None = None,
        starts: Tensor | None = None,
        ends: Tensor | None = None,
        answers: Tensor | None = None,
        sentences: Tensor | None = None,
        holding: Tensor | None = None,
    ) -> dict[str, Any]:
        """Return the logits, and the loss if it is told what is right; inputs are [batch, tokens] where not said.

        `readable` marks the first token, which stands for "no answer", and the tokens of the passage; `starts` and
        `ends` mark where a right answer starts and ends (all that is readable, where that is not known); `answers`
        [batch] is 1 where there is one. `sentences` [batch, sentences, tokens] holds for each sentence the share that a
        token has in it, and the first "sentence" is the first token; `holding` [batch, sentences] marks those that hold
        an answer. The evidence of a sentence is the mean of its tokens'. The loss of the spans and of the evidence is
        the negative log of the probability of all right places together (Clark and Gardner 2018, "Simple and effective
        multi-paragraph reading comprehension", equation 2); that of the relevance is the cross-entropy.
        """
        hidden = self.encoder(
            input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids
        ).last_hidden_state
        hidden = self.dropout(hidden)
        spans = self.spans(hidden).float()
        evidence = self.evidence(hidden).float().squeeze(-1)
        relevance = self.relevance(hidden[:, 0]).float().squeeze(-1)
        outputs: dict[str, Any] = {
            "start": spans[..., 0],
            "end": spans[..., 1],
            "evidence": evidence,
            "relevance": relevance,
        }
        if readable is None or starts is None or ends is None or answers is None:
            return outputs
        judged = nn.functional.binary_cross_entropy_with_logits(relevance, answers)
        outputs["loss"] = 0.5 * judged
        outputs["loss"] += 0.5 * (
            _span_loss(spans[..., 0], readable, starts) + _span_loss(spans[..., 1], readable, ends)
        )
        if sentences is not None and holding is not None:
            means = (sentences @ evidence.unsqueeze(-1)).squeeze(-1)
            outputs["loss"] += _span_loss(means, sentences.sum(-1) > 0, holding)
        return outputs


def _span_loss(logits: Tensor, readable: Tensor, right: Tensor) -> Tensor:
    everywhere = logits.masked_fill(~readable, _FAR).logsumexp(1)
    rightly = logits.masked_fill(~right, _FAR).logsumexp(1)
    return (everywhere - rightly).mean()
