"""How fast passages are embedded, beside the plain loop that most programs have.

    python tests/speed/embedding.py [--shared ../shared] [--passages 600] [--rounds 3]

The plain loop is `SentenceTransformer.encode` as it comes, on the weights that ours for English were made from. All run
on the same real passages, in turns in one process, so that the ratios hold on a machine that others use too.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np
import sentence_transformers
import torch
from numpy.typing import NDArray

from index.models import Encoder, bundled_folder
from index.models.default import OTHERS, ShippedModel
from index.models.shipped import ShippedNetwork
from index.store.records import indexed_text
from index.text.passages import split_document
from rag.evaluation.dataset import read_corpus

Embed = Callable[[Sequence[str]], NDArray[np.float32]]


def real_passages(corpus: Path, count: int) -> list[str]:
    """Return so many passages of the corpus as they are embedded, drawn at random."""
    encoder, texts = Encoder(), []
    for document in read_corpus(corpus):
        drafts = split_document(document, encoder.token_starts)
        texts += [indexed_text(document.title, one.heading, document.text[one.start : one.end]) for one in drafts]
    return random.Random(5).sample(texts, count)


def plain(folder: Path) -> Embed:
    """Return the plain loop with the model in a folder."""
    model = sentence_transformers.SentenceTransformer(str(folder), device="cpu", local_files_only=True)
    return lambda texts: np.asarray(model.encode(list(texts)))


def main() -> int:
    """Measure in turns, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--passages", type=int, default=600)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    corpus = arguments.shared / "eval" / "new_wiki" / "corpus.jsonl"
    if not corpus.is_file():
        print(f"{corpus}: no shared data set here: name the folder with --shared", file=sys.stderr)
        return 2
    texts = real_passages(corpus, arguments.passages)
    ways: dict[str, Embed] = {
        "all-MiniLM-L6-v2, plain": plain(bundled_folder()),
        "the default model, English": partial(ShippedModel().embed, query=False),
        "the default model, if it were another language": partial(ShippedNetwork(OTHERS).embed, query=False),
    }
    tokens = np.mean([len(starts) for starts in Encoder().token_starts(texts)])
    print(f"{len(texts)} passages of {tokens:.0f} tokens in the mean, {torch.get_num_threads()} threads")
    rates: dict[str, list[float]] = {name: [] for name in ways}
    found = {}
    for embed in ways.values():
        embed(texts[:64])  # loads and warms up
    for _ in range(arguments.rounds):
        for name, embed in ways.items():
            started = time.perf_counter()
            found[name] = embed(texts)
            rates[name].append(len(texts) / (time.perf_counter() - started))
    first = next(iter(ways))
    for name, measured in rates.items():
        ratios = [rate / base for rate, base in zip(measured, rates[first], strict=True)]
        cosines = (found[name] * found[first]).sum(1)
        print(
            f"{name:52}{np.median(measured):7.1f}/s   x {np.median(ratios):.2f}   "
            f"cosine {cosines.mean():.4f}, least {cosines.min():.4f}"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
