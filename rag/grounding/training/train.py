r"""Train the entailment head: the upper half of the reader, on the lower half as it is shipped.

    python -m rag.reader.training.recover --out results/reader/recovered
    python -m rag.grounding.training.train --shared ../shared --start results/reader/recovered --out results/entailment

It is kept every so many steps, and goes on from there with the same command.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from torch import nn

from index import Network, PinciteError, shared_words
from rag.grounding.entailment import BELOW, MAX_TOKENS
from rag.grounding.training.examples import LABELS, Example, read_examples
from rag.grounding.training.network import HeadNetwork
from rag.networks import open_tokenizer, pad
from rag.reader.inputs import Inputs, encode
from rag.reader.training.batches import batches_of, share_of_rate
from rag.reader.training.train import RECIPE

_KEPT = 200  # steps after which the weights are kept


class Sample(NamedTuple):
    """A pair as the network reads it, and the number of its label."""

    inputs: Inputs
    label: int


def samples_of(examples: Sequence[Example]) -> list[Sample]:
    """Return the examples as the network reads them."""
    pairs = [(one.claim, one.title, one.evidence) for one in examples]
    read = encode(open_tokenizer(shared_words()[1]), pairs, max_tokens=MAX_TOKENS)
    return [Sample(inputs, LABELS.index(one.label)) for inputs, one in zip(read, examples, strict=True)]


class Lower:
    """The layers that are not trained, as they are shipped."""

    def __init__(self) -> None:
        self._network = Network(None, hint="LATENCY", words=shared_words()[0], below=BELOW)

    def states(self, batch: Sequence[Sample]) -> tuple[torch.Tensor, torch.Tensor]:
        """Return what they put out, float32 [batch, tokens, width], and the mask [batch, tokens]."""
        inputs = pad([sample.inputs for sample in batch])
        [hidden] = self._network.run(inputs).values()
        tokens = inputs["attention_mask"].shape[1]
        return torch.from_numpy(np.array(hidden[:, :tokens])), torch.from_numpy(inputs["attention_mask"])


def train(
    network: HeadNetwork, samples: Sequence[Sample], out: Path, *, epochs: float, size: int, rate: float, seed: int
) -> int:
    """Train the network, from where it was kept in `out`, and return the number of steps."""
    rng, lower = random.Random(seed), Lower()
    batches = [batch for _ in range(int(np.ceil(epochs))) for batch in batches_of(samples, size, rng)]
    batches = batches[: int(len(batches) * epochs / np.ceil(epochs))]
    optimiser = torch.optim.AdamW(network.parameters(), lr=rate, weight_decay=0.01)
    state = out / "state.pt"
    first = 0
    if state.exists():
        kept = torch.load(state, weights_only=True)
        network.load_state_dict(kept["network"])
        optimiser.load_state_dict(kept["optimiser"])
        first = kept["step"]
    network.train()
    losses: list[float] = []
    for step in range(first, len(batches)):
        optimiser.param_groups[0]["lr"] = rate * share_of_rate(step, len(batches))
        logits = network(*lower.states(batches[step]))
        loss = nn.functional.cross_entropy(logits, torch.tensor([s.label for s in batches[step]]), label_smoothing=0.05)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        losses.append(loss.item())
        if step % 25 == 24:
            print(f"{step + 1:,} of {len(batches):,} steps, loss {np.mean(losses[-100:]):.3f}", flush=True)
        if step % _KEPT == _KEPT - 1:
            kept = {"network": network.state_dict(), "optimiser": optimiser.state_dict(), "step": step + 1}
            torch.save(kept, state.with_suffix(".new"))
            state.with_suffix(".new").replace(state)
            network.save(out)
    return len(batches)


def main() -> int:
    """Train from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--start", type=Path, required=True, help="a trained reader or head")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--others", type=float, default=1.0, help="share of what is not written one at a time")
    parser.add_argument("--epochs", type=float, default=1.5)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--rate", type=float, default=2e-4)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    options.out.mkdir(parents=True, exist_ok=True)
    try:
        rng = random.Random(options.seed)
        found = read_examples(options.shared, "train", rng)
        samples = samples_of([one for one in found if one.source == "claims" or rng.random() < options.others])
        network = HeadNetwork.start(options.start, BELOW.layers)
    except PinciteError as error:
        print(f"train: {error}", file=sys.stderr)
        return 2
    print(f"{len(samples):,} pairs", flush=True)
    steps = train(
        network, samples, options.out, epochs=options.epochs, size=options.batch, rate=options.rate, seed=options.seed
    )
    network.eval().save(options.out)
    recipe = {"start": str(options.start), "examples": len(samples), "epochs": options.epochs, "steps": steps,
              "rate": options.rate, "others": options.others, "batch": options.batch, "seed": options.seed}  # fmt: skip
    (options.out / RECIPE).write_text(json.dumps(recipe, indent=1), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
