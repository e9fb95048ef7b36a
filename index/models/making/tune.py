r"""Train the network for English to have a question near the passage that answers it.

    python -m index.models.making.tune --data pool/*.jsonl --out results/encoder/tuned [--steps 616]

A pool has a document a line: {"passages": ["title\nheading\ntext", ...], "questions": [["who pays?", [2]], ...]}, the
numbers those of the passages that answer. A batch holds a few documents; each question is to be nearer to what answers
it than to all other passages of the batch, and those of its own document are the hard ones (Karpukhin and others 2020,
"Dense passage retrieval for open-domain question answering"). What comes out is the mean of the weights before and
after, by `--share` (Wortsman and others 2022, "Robust fine-tuning of zero-shot models").
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn.functional import normalize
from transformers import AutoModel

from index.models.default import MAX_TOKENS
from index.models.minilm import bundled_folder
from index.text.tokens import whole_tokenizer

_PASSAGES, _QUESTIONS = 64, 96  # of a batch, at most
_OF_A_DOCUMENT = 16  # passages: a long one is learned from in parts
_AT_ONCE = 16  # texts of like length
_SCALE = 20.0  # of the cosines
_WARM = 0.06  # share of the steps in which the rate rises
_AS_TYPED = 0.5  # of the questions; the others are in lower case and have no question mark


@dataclass(frozen=True)
class Source:
    """The passages of a document, or of a part of it, and its questions, each with the numbers of what answers it."""

    passages: Sequence[str]
    questions: Sequence[tuple[str, frozenset[int]]]


def read_sources(files: Sequence[Path]) -> Iterator[Source]:
    """Yield the documents of pools, long ones in parts, without what has no question."""
    for path in files:
        with path.open(encoding="utf-8") as file:
            for row in map(json.loads, file):
                yield from _parts_of(row["passages"], row["questions"])


def _parts_of(passages: Sequence[str], questions: Sequence[tuple[str, Sequence[int]]]) -> Iterator[Source]:
    for start in range(0, len(passages), _OF_A_DOCUMENT):
        part = range(start, min(start + _OF_A_DOCUMENT, len(passages)))
        asked = [(question, frozenset(i - start for i in right if i in part)) for question, right in questions]
        if any(right for _, right in asked):
            yield Source([passages[i] for i in part], [one for one in asked if one[1]])


def batches_of(sources: Sequence[Source], rng: random.Random) -> Iterator[Source]:
    """Yield the documents in a random order, a few at a time as one."""
    passages: list[str] = []
    questions: list[tuple[str, frozenset[int]]] = []
    for source in rng.sample(sources, len(sources)):
        if passages and len(passages) + len(source.passages) > _PASSAGES:
            yield Source(passages, rng.sample(questions, min(len(questions), _QUESTIONS)))
            passages, questions = [], []
        questions += [(q, frozenset(i + len(passages) for i in right)) for q, right in source.questions]
        passages += source.passages
    if questions:
        yield Source(passages, rng.sample(questions, min(len(questions), _QUESTIONS)))


def embed(network: Any, tokenizer: Tokenizer, texts: Sequence[str]) -> Tensor:
    """Return the embeddings of texts, float32 [len(texts), dimension], unit length."""
    ids = [tokenizer.encode(text).ids[:MAX_TOKENS] for text in texts]
    order = sorted(range(len(ids)), key=lambda i: len(ids[i]))
    found: list[Tensor] = []
    for start in range(0, len(order), _AT_ONCE):
        rows = [torch.tensor(ids[i]) for i in order[start : start + _AT_ONCE]]
        batch = torch.nn.utils.rnn.pad_sequence(rows, batch_first=True)
        mask = torch.nn.utils.rnn.pad_sequence([torch.ones_like(row) for row in rows], batch_first=True)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            states = network(input_ids=batch, attention_mask=mask).last_hidden_state
        weights = mask.unsqueeze(-1).float()
        found.append(normalize((states.float() * weights).sum(1) / weights.sum(1), dim=-1))
    places = torch.empty(len(order), dtype=torch.long)
    places[torch.tensor(order)] = torch.arange(len(order))
    return torch.cat(found)[places]


def loss_of(network: Any, tokenizer: Tokenizer, batch: Source, rng: random.Random) -> Tensor:
    """Return the negative log of the share that the passages which answer have, the mean over the questions."""
    asked = [question if rng.random() < _AS_TYPED else _plain(question) for question, _ in batch.questions]
    scores = _SCALE * embed(network, tokenizer, asked) @ embed(network, tokenizer, batch.passages).T
    right = torch.zeros_like(scores, dtype=torch.bool)
    for row, (_, answers) in enumerate(batch.questions):
        right[row, list(answers)] = True
    held = scores.masked_fill(~right, -torch.inf)
    return (torch.logsumexp(scores, 1) - torch.logsumexp(held, 1)).mean()


def _plain(question: str) -> str:
    return question.lower().rstrip("?. ")


def tune(network: Any, tokenizer: Tokenizer, sources: Sequence[Source], *, steps: int, rate: float, seed: int) -> None:
    """Train the layers of the network, not its embeddings; the rate rises, then falls in a line."""
    network.embeddings.requires_grad_(False)
    weights = [weight for weight in network.parameters() if weight.requires_grad]
    optimiser = torch.optim.AdamW(weights, lr=rate, weight_decay=0.01)
    rng = random.Random(seed)
    endless = (batch for _ in itertools.count() for batch in batches_of(sources, rng))
    network.train()
    for step, batch in enumerate(itertools.islice(endless, steps), start=1):
        optimiser.param_groups[0]["lr"] = rate * min(step / (_WARM * steps), (1 - step / steps) / (1 - _WARM))
        loss = loss_of(network, tokenizer, batch, rng)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
        optimiser.step()
        if step % 20 == 0:
            print(f"{step} of {steps} steps, loss {loss.item():.3f}", flush=True)
    network.eval()


def mean_of(before: Mapping[str, Tensor], after: Mapping[str, Tensor], share: float) -> dict[str, Tensor]:
    """Return the weights between those before and after."""
    return {
        name: torch.lerp(before[name], value, share) if value.is_floating_point() else value
        for name, value in after.items()
    }


def main() -> None:
    """Train from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, nargs="+", required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=616, help="of 64 passages: 4 seconds on two cores")
    parser.add_argument("--rate", type=float, default=5e-5)
    parser.add_argument("--share", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    folder = bundled_folder()
    network = AutoModel.from_pretrained(str(folder), add_pooling_layer=False, hidden_dropout_prob=0.0,
                                        attention_probs_dropout_prob=0.0)  # fmt: skip
    before = {name: value.clone() for name, value in network.state_dict().items()}
    tokenizer = whole_tokenizer((folder / "tokenizer.json").read_text(encoding="utf-8"))
    sources = list(read_sources(options.data))
    print(f"{len(sources):,} documents or parts, {sum(len(s.questions) for s in sources):,} questions", flush=True)
    tune(network, tokenizer, sources, steps=options.steps, rate=options.rate, seed=options.seed)
    network.load_state_dict(mean_of(before, network.state_dict(), options.share))
    network.save_pretrained(options.out)
    shutil.copyfile(folder / "tokenizer.json", options.out / "tokenizer.json")


if __name__ == "__main__":
    main()
