"""Train the reader.

    python -m rag.reader.training.train --data selfmade.jsonl --out results/reader/warm
    python -m rag.reader.training.train --data examples.jsonl --start results/reader/warm --out results/reader/trained

Each example of the data (see `examples.py`) is read once, in an order that the seed gives; a file that is to be read
three times is named three times. Stopped at any time, the same command goes on from the last checkpoint. Runs on two
cores of a CPU at about 30 examples a second where the CPU computes in bfloat16.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import random
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from torch.utils.data import Dataset
from transformers import Trainer, TrainingArguments, set_seed
from transformers.trainer_utils import get_last_checkpoint

from index.errors import PinciteError
from index.models import bundled_folder
from index.text.sentences import split_sentences
from rag.reader.inputs import Inputs, encode, open_tokenizer
from rag.reader.training.examples import Example, read_examples
from rag.reader.training.network import WEIGHTS, ReaderNetwork

MAX_TOKENS = 256
_AT_ONCE = 16  # examples that fit the CPU's caches best: 34 a second, of 32 at once 26


Labelled = dict[str, Any]


class Examples(Dataset[Labelled]):
    """Examples, tokenised when they are asked for; as long as the examples that can be read."""

    def __init__(self, examples: Sequence[Example], tokenizer: Tokenizer) -> None:
        pairs = [(example.question, example.header, example.passage) for example in examples]
        self.inputs = encode(tokenizer, pairs, max_tokens=MAX_TOKENS)
        self.examples = examples

    def __len__(self) -> int:
        return len(self.examples)

    def __getitem__(self, number: int) -> Labelled:
        return {**label(self.examples[number], self.inputs[number]), "input_ids": self.inputs[number].ids}


def label(example: Example, inputs: Inputs) -> Labelled:
    """Return which tokens a right answer starts and ends at, and which sentences hold it; the first if there is none.

    Where the sentence is known but not the words, starts and ends are left open: they are `None`.
    """
    starts: set[int] = set()
    ends: set[int] = set()
    for span_start, span_end in example.spans:
        within = _tokens(inputs, span_start, span_end)
        starts.update(within[:1])
        ends.update(within[-1:])
    sentences, holding = [[0]], []
    for start, end in split_sentences(example.passage):
        within = _tokens(inputs, start, end)
        if within:
            sentences.append(within)
            if any(s < end and e > start for s, e in example.spans):
                holding.append(len(sentences) - 1)
    known = example.kind != "sentences" or not starts
    return {
        "types": inputs.types,
        "first": inputs.first,
        "starts": (sorted(starts) or [0]) if known else None,
        "ends": (sorted(ends) or [0]) if known else None,
        "answers": float(bool(starts)),
        "sentences": sentences,
        "holding": (holding or [0]) if starts else [0],
    }


def _tokens(inputs: Inputs, start: int, end: int) -> list[int]:
    """Return the tokens of a span of the passage; none if it was cut off."""
    return [token for token, (s, e) in enumerate(inputs.places, inputs.first) if s < end and e > start]


def collate(rows: Sequence[Labelled]) -> dict[str, torch.Tensor]:
    """Pad the rows of a batch to one length."""
    longest = max(len(row["input_ids"]) for row in rows)
    most = max(len(row["sentences"]) for row in rows)
    batch = {
        name: torch.zeros((len(rows), longest), dtype=torch.long)
        for name in ("input_ids", "attention_mask", "token_type_ids")
    }
    batch |= {name: torch.zeros((len(rows), longest), dtype=torch.bool) for name in ("readable", "starts", "ends")}
    batch["sentences"] = torch.zeros((len(rows), most, longest))
    batch["holding"] = torch.zeros((len(rows), most), dtype=torch.bool)
    for i, row in enumerate(rows):
        length = len(row["input_ids"])
        batch["input_ids"][i, :length] = torch.tensor(row["input_ids"])
        batch["token_type_ids"][i, :length] = torch.tensor(row["types"])
        batch["attention_mask"][i, :length] = 1
        batch["readable"][i, row["first"] : length - 1] = True
        batch["readable"][i, 0] = True
        for name in ("starts", "ends"):
            batch[name][i] = batch["readable"][i]
            if row[name] is not None:
                batch[name][i] = False
                batch[name][i, row[name]] = True
        for number, tokens in enumerate(row["sentences"]):
            batch["sentences"][i, number, tokens] = 1 / len(tokens)
        batch["holding"][i, row["holding"]] = True
    batch["answers"] = torch.tensor([row["answers"] for row in rows])
    return batch


def train(
    data: Sequence[Path], out: Path, *, start: Path | None, rate: float, batch: int, seed: int, most: int | None
) -> None:
    """Train a network from the embedding model or from the one in `start`, and write it to `out`."""
    set_seed(seed)
    _keep_freed_memory()
    examples = [example for path in data for example in read_examples(path)]
    random.Random(seed).shuffle(examples)
    examples = examples[:most]
    network = ReaderNetwork.load(start) if start else ReaderNetwork.start(bundled_folder())
    settings = TrainingArguments(
        output_dir=str(out),
        num_train_epochs=1,
        per_device_train_batch_size=_AT_ONCE,
        gradient_accumulation_steps=max(1, batch // _AT_ONCE),
        learning_rate=rate,
        warmup_steps=0.06,
        weight_decay=0.01,
        lr_scheduler_type="linear",
        train_sampling_strategy="group_by_length",
        bf16=bool(torch.ops.mkldnn._is_mkldnn_bf16_supported()),
        use_cpu=True,
        seed=seed,
        save_steps=100,
        logging_steps=10,
        report_to=[],
        remove_unused_columns=False,
        disable_tqdm=not sys.stderr.isatty(),
    )
    trainer = Trainer(
        model=network,
        args=settings,
        train_dataset=Examples(examples, open_tokenizer(bundled_folder())),
        data_collator=collate,
    )
    stopped = get_last_checkpoint(str(out)) if out.is_dir() else None  # type: ignore[no-untyped-call]
    trainer.train(resume_from_checkpoint=stopped)
    checkpoints = sorted(out.glob("checkpoint-*"), key=lambda folder: int(folder.name.partition("-")[2]))
    save_file(mean_weights(checkpoints[len(checkpoints) // 3 :]), out / WEIGHTS)
    recipe = {
        "data": {path.name: sum(1 for _ in path.open(encoding="utf-8")) for path in data},
        "examples": len(examples), "rate": rate, "batch": batch, "seed": seed,
        "after": _recipe(start) if start else "all-MiniLM-L6-v2",
    }  # fmt: skip
    (out / "recipe.json").write_text(json.dumps(recipe, indent=1), encoding="utf-8")
    (out / "history.json").write_text(json.dumps(trainer.state.log_history, indent=1), encoding="utf-8")


def mean_weights(folders: Sequence[Path]) -> dict[str, torch.Tensor]:
    """Return the mean of the weights in the folders, which generalises better than the last (Izmailov et al. 2018,
    "Averaging weights leads to wider optima and better generalization"): token F1 .686 against .649 on unseen articles.
    """
    total: dict[str, torch.Tensor] = {}
    for folder in folders:
        for name, weights in load_file(folder / WEIGHTS).items():
            total[name] = total.get(name, torch.zeros(())) + weights.float() / len(folders)
    return {name: weights.contiguous() for name, weights in total.items()}


def _recipe(folder: Path) -> object:
    return json.loads((folder / "recipe.json").read_text(encoding="utf-8"))


def _keep_freed_memory() -> None:
    """Tell glibc not to give memory back at each step and ask for it again at the next: a sixth of the time."""
    if sys.platform == "linux":
        libc = ctypes.CDLL(None)
        for option in (-1, -3):  # M_TRIM_THRESHOLD, M_MMAP_THRESHOLD
            libc.mallopt(option, 2**31 - 1)


def main() -> int:
    """Train from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, nargs="+", required=True)
    parser.add_argument("--out", type=Path, required=True, help="folder of the checkpoints and of the outcome")
    parser.add_argument("--start", type=Path, help="outcome of an earlier training; default: the embedding model")
    parser.add_argument("--rate", type=float, default=1e-4, help="highest learning rate (default 1e-4)")
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--most", type=int, help="examples to train on at most, for learning curves")
    arguments = parser.parse_args()
    try:
        train(
            arguments.data,
            arguments.out,
            start=arguments.start,
            rate=arguments.rate,
            batch=arguments.batch,
            seed=arguments.seed,
            most=arguments.most,
        )
    except PinciteError as error:
        print(f"train: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
