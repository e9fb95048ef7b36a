"""Train the reader, from what people wrote, and from what a larger network that was trained so makes of it.

    python -m rag.reader.training.train --data pool/*.jsonl --start E5 --out results/reader/trained \
        --epochs selfmade=.5,sets=.8,own=.5 own=1,written=1.3,sets=.3

A pool (see `gather.py`) holds each question with every passage that it may be asked of. An epoch takes of each of its
questions one passage that answers and some that don't; `--epochs` says how many times, by set, a group of epochs in
the order given. On a graphics processor where there is one: 1,500 passages a second of 12 layers on an H200; on two
cores of a CPU that multiplies bfloat16 17, with half of the layers frozen. `--minutes` ends the training by the clock.

With `--teach OUT` the network in `--start` is not trained, but says of every passage where it sees an answer; `--taught
OUT` trains another one on that, too.
"""

from __future__ import annotations

import argparse
import json
import pickle
import random
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from index.errors import PinciteError
from index.text.sentences import split_sentences
from rag.networks import INPUTS, open_tokenizer
from rag.reader.default import MAX_TOKENS
from rag.reader.inputs import Inputs, encode
from rag.reader.training.batches import Clock
from rag.reader.training.examples import Example, read_examples, under_heading
from rag.reader.training.network import FAR, ReaderNetwork, freeze, loss_of, sentence_means, swapped

_KEEP_HEADER = 0.8  # of the passages: some have no title
_HEADING_ABOVE = 0.5  # of the passages that begin with a heading: readers of most files take it out of the text
_AS_TYPED = 0.5  # of the questions; the others are asked in other words, where there are any
_MEAN = 0.998  # of the weights' moving mean at each step
_TAUGHT = 0.6  # share of the loss that a teacher has
_BUCKET = 50  # batches among which passages of like length are put together
_STEP = 16  # tokens by which the lengths of batches differ
_KEEP_EVERY = 600  # seconds after which what was learned so far is written
_HALF = bool(torch.cpu.get_capabilities().get("amx_bf16"))  # nearly three times as fast, where a CPU multiplies it
RECIPE = "recipe.json"

Batch = dict[str, Tensor]
Floats = NDArray[np.float16]


class Chosen(NamedTuple):
    """What is read: the number of an example, its question in which words, and whether under its title, and heading."""

    number: int
    question: str
    header: bool = True
    heading: bool = False

    def of(self, examples: Sequence[Example]) -> Example:
        """Return the example as it is read."""
        example = replace(examples[self.number], question=self.question)
        example = example if self.header else replace(example, header="")
        return under_heading(example) if self.heading else example


Asked = Sequence[Chosen]  # what one question is asked of


class Taught(NamedTuple):
    """What a teacher makes of a passage: probabilities, "no answer here" first, of its tokens that begin and that end
    at these characters, and of the sentences; and the relevance."""

    start: Floats
    end: Floats
    sentence: Floats
    relevance: float
    begins: NDArray[np.int32]
    ends: NDArray[np.int32]


class Pool(Dataset[Batch]):
    """Examples in batches, which are tokenised when they are asked for."""

    def __init__(
        self,
        examples: Sequence[Example],
        tokenizer: Tokenizer,
        batches: Sequence[Sequence[Asked]],
        taught: Mapping[str, Taught] | None = None,
    ) -> None:
        self.examples, self.tokenizer, self.batches, self.taught = examples, tokenizer, batches, taught

    def __len__(self) -> int:
        return len(self.batches)

    def __getitem__(self, number: int) -> Batch:
        chosen = [one for asked in self.batches[number] for one in asked]
        read = [one.of(self.examples) for one in chosen]
        pairs = [(one.question, one.header, one.passage) for one in read]
        inputs = encode(self.tokenizer, pairs, max_tokens=MAX_TOKENS)
        keys = [key_of(self.examples[one.number]) for one in chosen]
        batch = collate(read, inputs, None if self.taught is None else [self.taught.get(key) for key in keys])
        groups = [group for group, asked in enumerate(self.batches[number]) for _ in asked]
        return {**batch, "group": torch.tensor(groups)}


def key_of(example: Example) -> str:
    """Return what a teacher's words are kept under."""
    return f"{example.question}\0{example.header}\0{example.passage}"


def collate(
    examples: Sequence[Example], inputs: Sequence[Inputs], taught: Sequence[Taught | None] | None = None
) -> Batch:
    """Return the network's inputs and what is right, padded to one length; `loss_of` reads it.

    Where the sentence is known but not the words, any start and end is right.
    """
    rows = len(inputs)
    longest = max(len(one.ids) for one in inputs)
    longest += -longest % _STEP
    places = [split_sentences(example.passage) for example in examples]
    most = max(map(len, places)) + 1
    whole = {name: torch.zeros((rows, longest), dtype=torch.long) for name in INPUTS}
    marks = {name: torch.zeros((rows, longest), dtype=torch.bool) for name in ("readable", "start", "end")}
    batch: Batch = {**whole, **marks, "sentence": torch.full((rows, longest), -1)}
    batch["holding"] = torch.zeros((rows, most), dtype=torch.bool)
    batch["answers"] = torch.zeros(rows)
    for row, (example, one) in enumerate(zip(examples, inputs, strict=True)):
        length, tokens = len(one.ids), slice(one.first, one.first + len(one.places))
        batch["input_ids"][row, :length] = torch.tensor(one.ids)
        batch["token_type_ids"][row, :length] = torch.tensor(one.types)
        batch["attention_mask"][row, :length] = 1
        batch["readable"][row, [0]] = batch["readable"][row, tokens] = True
        sentence = _sentences(one, places[row])
        batch["sentence"][row, 0], batch["sentence"][row, tokens] = 0, torch.from_numpy(sentence)
        starts, ends = _right_tokens(example, one)
        held = {int(sentence[token]) for s, e in example.spans for token in one.tokens(s, e)} - {-1}
        batch["answers"][row] = float(bool(starts))
        batch["holding"][row, sorted(held) if starts and held else [0]] = True
        known = example.kind != "sentences" or not starts
        for name, right in (("start", starts), ("end", ends)):
            batch[name][row] = False if known else batch["readable"][row]
            if known:
                batch[name][row, [one.first + token for token in right] or [0]] = True
    return batch if taught is None else {**batch, **_taught(inputs, taught, longest, most)}


def _sentences(one: Inputs, places: Sequence[tuple[int, int]]) -> NDArray[np.int64]:
    """Return the number of each token's sentence, from 1; -1 if it is in none."""
    found = np.full(len(one.places), -1, dtype=np.int64)
    for number, place in reversed(list(enumerate(places, start=1))):
        found[one.tokens(*place)] = number
    return found


def _right_tokens(example: Example, one: Inputs) -> tuple[list[int], list[int]]:
    spans = [tokens for start, end in example.spans if (tokens := one.tokens(start, end))]
    return sorted({tokens[0] for tokens in spans}), sorted({tokens[-1] for tokens in spans})


def _taught(inputs: Sequence[Inputs], taught: Sequence[Taught | None], longest: int, most: int) -> Batch:
    """Return what the teacher said, at the tokens of these inputs that hold the characters which it spoke of."""
    shapes = {"start": (longest,), "end": (longest,), "sentence": (most,), "relevance": ()}
    batch = {f"taught_{name}": torch.zeros((len(inputs), *shape)) for name, shape in shapes.items()}
    batch["taught"] = torch.tensor([float(one is not None) for one in taught])
    for row, (one, said) in enumerate(zip(inputs, taught, strict=True)):
        if said is None:
            continue
        batch["taught_relevance"][row] = said.relevance
        count = min(most, len(said.sentence))
        batch["taught_sentence"][row, :count] = torch.from_numpy(said.sentence[:count].astype(np.float32))
        begins = np.asarray([start for start, _ in one.places] or [0])
        for name, heard, characters in (("start", said.start, said.begins), ("end", said.end, said.ends - 1)):
            at = np.clip(np.searchsorted(begins, characters, side="right") - 1, 0, len(begins) - 1)
            target = batch[f"taught_{name}"][row].numpy()
            target[0] = heard[0]
            np.add.at(target, one.first + at, heard[1:].astype(np.float32))
    return batch


def epoch_of(
    examples: Sequence[Example], shares: Mapping[str, float], *, wrong: int, rng: random.Random
) -> list[Asked]:
    """Return what one epoch reads, a question each: a passage that answers, if any, and `wrong` that don't.

    A question counts as often as `shares` says of its set; one of which nothing answers is asked of two passages.
    """
    asked: dict[str, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    for number, example in enumerate(examples):
        if example.pool in shares:
            asked[example.group][0 if example.spans else 1].append(number)
    chosen: list[Asked] = []
    for right, others in asked.values():
        first = examples[(right or others)[0]]
        share = shares[first.pool]
        for _ in range(int(share) + (rng.random() < share % 1)):
            question = first.question
            if first.variants and rng.random() > _AS_TYPED:
                question = rng.choice(first.variants)
            count = wrong if right else 2
            picked = [*rng.sample(right, min(1, len(right))), *rng.sample(others, min(count, len(others)))]
            header, heading = rng.random() < _KEEP_HEADER, rng.random() < _HEADING_ABOVE
            chosen.append([Chosen(number, question, header, heading) for number in picked])
    return chosen


def batches_of(
    examples: Sequence[Example], chosen: Sequence[Asked], size: int, rng: random.Random
) -> list[list[Asked]]:
    """Return `chosen` in batches of about `size` passages of like length, by chance; those of a question in one."""
    mixed, batches = rng.sample(chosen, len(chosen)), []
    longest = {id(asked): max(len(examples[one.number].passage) for one in asked) for asked in mixed}
    for at in range(0, len(mixed), size * _BUCKET // 3):
        part: list[Asked] = []
        for asked in sorted(mixed[at : at + size * _BUCKET // 3], key=lambda one: longest[id(one)]):
            part.append(asked)
            if sum(map(len, part)) >= size:
                batches.append(part)
                part = []
        batches += [part] if part else []
    return rng.sample(batches, len(batches))


def train(
    network: ReaderNetwork, pool: Pool, *, rate: float, taught: float = 0.0, workers: int = 0, frozen: int = 0,
    minutes: float = 0.0, keep: Path | None = None,
) -> int:  # fmt: skip
    """Train `network` on the batches of `pool`, each once, and leave in it the moving mean of its weights.

    The lowest `frozen` layers stay; after so many minutes, if any, it ends. Every ten minutes the mean is written to
    the folder `keep`. Returns the number of steps.
    """
    device = _device()
    network.to(device).train()
    freeze(network, frozen)
    weights = [weight for weight in network.parameters() if weight.requires_grad]
    mean = [weight.detach().clone() for weight in weights]
    optimiser = torch.optim.AdamW(weights, lr=rate, weight_decay=0.01)
    clock, losses, kept_at = Clock(len(pool), minutes), [], 0.0
    for clock.step, batch in enumerate(_loaded(pool, workers)):
        if clock.done >= 1:
            break
        for group in optimiser.param_groups:
            group["lr"] = rate * clock.share_of_rate
        loss = loss_of(_run(network, batch), batch, taught)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
        with torch.no_grad():
            for kept, weight in zip(mean, weights, strict=True):
                kept.lerp_(weight, 1 - min(_MEAN, (clock.step + 1) / (clock.step + 20)))
        losses.append(float(loss.detach()))
        if clock.step % 50 == 49:
            mean_loss = float(np.mean(losses[-50:]))
            print(f"step {clock.step + 1}, {clock.done:.3f}, {clock.spent:.0f} s, loss {mean_loss:.4f}", flush=True)
        if keep and clock.spent > kept_at + _KEEP_EVERY:
            kept_at = clock.spent
            with swapped(weights, mean):
                network.save(keep)
    for weight, kept in zip(weights, mean, strict=True):
        weight.data.copy_(kept)
    network.to("cpu").eval()
    return len(losses)


@torch.inference_mode()
def teach(network: ReaderNetwork, pool: Pool, *, workers: int = 0) -> dict[str, Taught]:
    """Return what a network makes of every passage of `pool`, each under its header."""
    network.to(_device()).eval()
    said = {}
    for chosen, batch in zip(pool.batches, _loaded(pool, workers), strict=True):
        found = _run(network, batch)
        means, there = sentence_means(found["evidence"], batch["sentence"], batch["holding"].shape[1])
        sentence = means.masked_fill(~there, FAR).softmax(1).half().cpu().numpy()
        start, end = (
            found[name].masked_fill(~batch["readable"], FAR).softmax(1).half().cpu().numpy()
            for name in ("start", "end")
        )
        relevance = found["relevance"].sigmoid().cpu().numpy()
        readable = batch["readable"].cpu().numpy()
        examples = [pool.examples[one.number] for asked in chosen for one in asked]
        pairs = [(example.question, example.header, example.passage) for example in examples]
        for row, (example, one) in enumerate(
            zip(examples, encode(pool.tokenizer, pairs, max_tokens=MAX_TOKENS), strict=True)
        ):
            places = np.asarray(one.places, dtype=np.int32).reshape(-1, 2)
            count = len(split_sentences(example.passage)) + 1
            said[key_of(example)] = Taught(
                start[row, readable[row]], end[row, readable[row]], sentence[row, :count], float(relevance[row]),
                places[:, 0], places[:, 1],
            )  # fmt: skip
    return said


def _loaded(pool: Pool, workers: int) -> Iterator[Batch]:
    for batch in DataLoader(pool, batch_size=None, num_workers=workers):
        yield {name: rows.to(_device(), non_blocking=True) for name, rows in batch.items()}


def _run(network: ReaderNetwork, batch: Batch) -> dict[str, Tensor]:
    device = _device()
    with torch.autocast(device, dtype=torch.bfloat16, enabled=_HALF or device == "cuda"):
        found: dict[str, Tensor] = network(*(batch[name] for name in INPUTS))
    return found


def _device() -> str:
    return "cuda" if torch.cuda.is_available() else "cpu"


def _shares(text: str) -> dict[str, float]:
    return {name: float(share) for name, _, share in (part.partition("=") for part in text.split(","))}


def main() -> int:
    """Train, or teach, from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, nargs="+", required=True, help="pools, each called by its file's name")
    parser.add_argument("--start", type=Path, required=True, help="a model's folder, or an outcome")
    parser.add_argument("--out", type=Path, help="folder of the outcome")
    parser.add_argument("--teach", type=Path, help="file for what the network in --start says")
    parser.add_argument("--taught", type=Path, help="that file")
    parser.add_argument("--epochs", nargs="+", default=[], metavar="SET=SHARE,...", help="a word an epoch")
    parser.add_argument("--wrong", type=int, default=2, help="passages that don't answer, for each that does")
    parser.add_argument("--rate", type=float, default=2e-4, help="highest learning rate (default 2e-4)")
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--frozen", type=int, default=0, help="lowest layers that stay as they are")
    parser.add_argument("--minutes", type=float, default=0.0, help="after which the training ends")
    parser.add_argument("--workers", type=int, default=0, help="processes that tokenise")
    parser.add_argument("--seed", type=int, default=7)
    arguments = parser.parse_args()
    try:
        run(arguments)
    except PinciteError as error:
        print(f"train: {error}", file=sys.stderr)
        return 2
    return 0


def run(arguments: argparse.Namespace) -> None:
    """Do what the command line says."""
    rng = random.Random(arguments.seed)
    torch.manual_seed(arguments.seed)
    examples = [example for path in arguments.data for example in read_examples(path)]
    start = arguments.start
    network = ReaderNetwork.load(start) if (start / RECIPE).exists() else ReaderNetwork.start(start)
    tokenizer = open_tokenizer(start)
    if arguments.teach:
        whole = [[Chosen(number, example.question)] for number, example in enumerate(examples)]
        pool = Pool(examples, tokenizer, batches_of(examples, whole, arguments.batch, rng))
        arguments.teach.write_bytes(pickle.dumps(teach(network, pool, workers=arguments.workers)))
        return
    taught = pickle.loads(arguments.taught.read_bytes()) if arguments.taught else None  # noqa: S301 - our own file
    batches = []
    for epoch in arguments.epochs:
        chosen = epoch_of(examples, _shares(epoch), wrong=arguments.wrong, rng=rng)
        batches += batches_of(examples, chosen, arguments.batch, rng)
    pool = Pool(examples, tokenizer, batches, taught)
    arguments.out.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(arguments.out / "tokenizer.json"))
    steps = train(
        network, pool, rate=arguments.rate, taught=_TAUGHT if taught else 0.0, workers=arguments.workers,
        frozen=arguments.frozen, minutes=arguments.minutes, keep=arguments.out,
    )  # fmt: skip
    network.save(arguments.out)
    recipe = {"start": str(start), "epochs": arguments.epochs, "steps": steps, "rate": arguments.rate,
              "frozen": arguments.frozen, "examples": sum(len(asked) for batch in batches[:steps] for asked in batch),
              "batch": arguments.batch, "wrong": arguments.wrong, "seed": arguments.seed}  # fmt: skip
    (arguments.out / RECIPE).write_text(json.dumps(recipe, indent=1), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
