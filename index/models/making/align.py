"""Map the embeddings of the network for other languages to those that the English one has of the same English texts.

python -m index.models.making.align --texts ../shared/train/{sets/*.gz,written/*/*.jsonl} --out index/models

The map is linear, by ridge regression, and becomes the last layer of the network. (Compare Reimers and Gurevych 2020,
"Making monolingual sentence embeddings multilingual using knowledge distillation", where a network is trained to it.)
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import openvino as ov
from numpy.typing import NDArray
from openvino import opset13 as ops

from index.models.default import ENGLISH, OTHERS
from index.models.making.cut import rows_of
from index.models.making.export import describe
from index.models.shipped import OUTPUT, ShippedNetwork
from index.text.languages import is_english

_TEXTS = 3500  # of each, questions and passages
_OF_A_FILE = 500
_SHORTEST, _LONGEST = 60, 500  # characters of a passage
_PENALTY = 3e-5  # of the squared weights, a row and a component

Matrix = NDArray[np.float64]


def english_texts(files: Iterable[Path]) -> tuple[list[str], list[str]]:
    """Return questions and pieces of passages of JSON lines, those that are English, by chance."""
    rng, questions, passages = random.Random(5), set[str](), set[str]()
    for file in files:
        rows = list(rows_of(file))
        for row in rng.sample(rows, min(len(rows), _OF_A_FILE)):
            text = row.get("context") or row.get("text") or ""
            start = rng.randrange(max(1, len(text) - _LONGEST))
            passages.add(text[start : start + rng.randint(_SHORTEST, _LONGEST)])
            questions.add(row.get("question") or "")
    kept = [sorted(text for text in texts if text.strip() and is_english(text)) for texts in (questions, passages)]
    found = [rng.sample(texts, min(len(texts), _TEXTS)) for texts in kept]
    return found[0], found[1]


def fit(ours: Matrix, theirs: Matrix) -> tuple[Matrix, Matrix]:
    """Return the map from `ours` to `theirs` [texts, dimension] with the least squares: weights and a bias."""
    centre, target = ours.mean(0), theirs.mean(0)
    spread = ours - centre
    penalty = _PENALTY * len(ours) * np.eye(ours.shape[1])
    weights = np.linalg.solve(spread.T @ spread + penalty, spread.T @ (theirs - target))
    return weights, target - centre @ weights


def append(path: Path, weights: Matrix, bias: Matrix) -> None:
    """Add the map, and the division by the length, to the network in a file."""
    model = ov.Core().read_model(path)
    embedding = model.output(OUTPUT).get_node().input_value(0)
    moved = ops.add(ops.matmul(embedding, weights.astype(np.float32), False, False), bias.astype(np.float32)[None, :])
    unit = ops.normalize_l2(moved, np.asarray([1], dtype=np.int64), 1e-12, "max")
    unit.output(0).get_tensor().set_names({OUTPUT})
    ov.save_model(ov.Model([unit.output(0)], model.get_parameters()), path.with_suffix(".new.xml"))
    for suffix in (".xml", ".bin"):
        path.with_suffix(f".new{suffix}").replace(path.with_suffix(suffix))


def align(texts: tuple[Sequence[str], Sequence[str]], out: Path) -> None:
    """Give the network in `out` its map. It must have none yet."""
    ours, theirs = [], []
    for kind, query in zip(texts, (True, False), strict=True):
        ours.append(ShippedNetwork(OTHERS, out).embed(kind, query=query))
        theirs.append(ShippedNetwork(ENGLISH, out).embed(kind, query=query))
    weights, bias = fit(np.concatenate(ours).astype(np.float64), np.concatenate(theirs).astype(np.float64))
    append(out / OTHERS.weights, weights, bias)
    about = json.loads((out / OTHERS.manifest).read_text(encoding="utf-8"))
    describe(OTHERS, out, model=about["model"], calibration=about["calibration"], mapped_on=sum(map(len, texts)))


def main() -> None:
    """Align from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--texts", type=Path, nargs="+", required=True, help="JSON lines, also gzipped")
    parser.add_argument("--out", type=Path, required=True, help="the folder of both networks")
    arguments = parser.parse_args()
    align(english_texts(arguments.texts), arguments.out)


if __name__ == "__main__":
    main()
