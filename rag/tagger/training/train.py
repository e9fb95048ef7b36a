r"""Train the tagger, from the first layers of a trained reader, or from where it was.

    python -m rag.reader.training.recover --out results/reader/recovered
    python -m rag.tagger.training.train --shared ../shared --start results/reader/recovered --out results/tagger

On two cores, with nothing beside it, a second for a step of 24 examples.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import torch
from tokenizers import Tokenizer
from torch import Tensor, nn

from index.errors import PinciteError
from rag.networks import open_tokenizer, pad
from rag.reader.training.batches import batches_of, share_of_rate
from rag.reader.training.network import CONFIG, KeptNetwork, ReaderNetwork
from rag.reader.training.train import RECIPE
from rag.tagger.inputs import Inputs, encode, forms_in
from rag.tagger.training.examples import Example, read_examples

_LAYERS = 6  # of the reader's twelve
_LEANS = 0.2  # weight of the loss of whether a question leans on anything


class Sample(NamedTuple):
    """An example as the network reads it."""

    inputs: Inputs
    asked: frozenset[str]
    added: frozenset[str]


class TaggerNetwork(KeptNetwork):
    """The first layers of an encoder, with a linear layer to each token ("added") and one to the first ("leans")."""

    def __init__(self, encoder: Any) -> None:
        super().__init__()
        self.encoder = encoder
        width = encoder.config.hidden_size
        self.add = nn.Linear(width, 1)
        self.leans = nn.Linear(width, 1)
        self.dropout = nn.Dropout(0.1)

    @classmethod
    def start(cls, folder: Path, layers: int = _LAYERS) -> TaggerNetwork:
        """Return the tagger in `folder`, or a network of the first layers of the trained reader that is there.

        Word embeddings are not trained.
        """
        if json.loads((folder / CONFIG).read_text(encoding="utf-8"))["num_hidden_layers"] == layers:
            network = cls.load(folder)
            network.encoder.embeddings.word_embeddings.weight.requires_grad_(False)
            return network
        encoder = ReaderNetwork.load(folder).encoder
        encoder.encoder.layer = encoder.encoder.layer[:layers]
        encoder.config.num_hidden_layers = layers
        encoder.embeddings.word_embeddings.weight.requires_grad_(False)
        return cls(encoder)

    def forward(
        self, input_ids: Tensor | None, attention_mask: Tensor, token_type_ids: Tensor, words: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """Return the logits "added" [batch, tokens] and "leans" [batch] for inputs [batch, tokens].

        `words` [batch, tokens, width] are word embeddings, instead of `input_ids`.
        """
        found = self.encoder(
            input_ids=input_ids, inputs_embeds=words, attention_mask=attention_mask, token_type_ids=token_type_ids
        )
        hidden = self.dropout(found.last_hidden_state)
        return self.add(hidden).squeeze(-1), self.leans(hidden[:, 0]).squeeze(-1)


def samples_of(examples: Sequence[Example], tokenizer: Tokenizer) -> list[Sample]:
    """Return the examples as the network reads them, without those of which nothing can be read."""
    found = (
        Sample(encode(tokenizer, one.question, one.turns), frozenset(forms_in(one.question)), one.added)
        for one in examples
    )
    return [sample for sample in found if sample.inputs.words]


def tensors(batch: Sequence[Sample]) -> dict[str, Tensor]:
    """Return the network's inputs, int64 [len(batch), tokens of the longest]."""
    return {name: torch.from_numpy(rows) for name, rows in pad([sample.inputs for sample in batch]).items()}


def loss_of(batch: Sequence[Sample], added: Tensor, leans: Tensor) -> Tensor:
    """Return the cross-entropy of each word that was said, and of whether the question leans on any.

    A word that was said several times has the sum of the odds of all places: it is added if it is from any of them.
    """
    logits, right = [], []
    for row, sample in enumerate(batch):
        places: Mapping[str, list[Tensor]] = defaultdict(list)
        for word in sample.inputs.words:
            if word.form not in sample.asked:
                places[word.form].append(added[row, word.first : word.last].mean())
        logits += [torch.logsumexp(torch.stack(values), 0) for values in places.values()]
        right += [float(form in sample.added) for form in places]
    entropy = nn.functional.binary_cross_entropy_with_logits
    wanted = torch.tensor([float(bool(sample.added)) for sample in batch])
    loss = _LEANS * entropy(leans, wanted)
    return loss + entropy(torch.stack(logits), torch.tensor(right)) if logits else loss


def train(
    network: TaggerNetwork, samples: Sequence[Sample], *, epochs: int, size: int, rate: float, rng: random.Random
) -> int:
    """Train the network and return the number of steps; the rate rises, then falls in a line."""
    weights = [weight for weight in network.parameters() if weight.requires_grad]
    optimiser = torch.optim.AdamW(weights, lr=rate, weight_decay=0.01)
    batches = [batch for _ in range(epochs) for batch in batches_of(samples, size, rng)]
    network.train()
    for step, batch in enumerate(batches):
        optimiser.param_groups[0]["lr"] = rate * share_of_rate(step, len(batches))
        loss = loss_of(batch, *network(**tensors(batch)))
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(weights, 1.0)
        optimiser.step()
        if step % 50 == 0:
            print(f"{step:,} of {len(batches):,} steps, loss {loss.item():.3f}", flush=True)
    network.eval()
    return len(batches)


def main() -> int:
    """Train from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--start", type=Path, required=True, help="a trained reader or tagger")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--batch", type=int, default=24)
    parser.add_argument("--rate", type=float, default=1e-4)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    rng = random.Random(options.seed)
    torch.manual_seed(options.seed)
    try:
        samples = samples_of(list(read_examples(options.shared, "train", rng)), open_tokenizer(options.start))
        network = TaggerNetwork.start(options.start)
    except PinciteError as error:
        print(f"train: {error}", file=sys.stderr)
        return 2
    steps = train(network, samples, epochs=options.epochs, size=options.batch, rate=options.rate, rng=rng)
    network.save(options.out)
    recipe = {"start": str(options.start), "examples": len(samples), "epochs": options.epochs, "steps": steps,
              "rate": options.rate, "batch": options.batch, "seed": options.seed}  # fmt: skip
    (options.out / RECIPE).write_text(json.dumps(recipe, indent=1), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
