"""Cut the words that are hardly ever used out of a model of many languages: four fifths of a small one are words.

A word that is cut is read in the pieces that are left; every single character is.

python -m index.models.making.cut --out FOLDER --model FOLDER --texts ../shared/train/{sets/*.gz,written/*/*.jsonl}
"""

from __future__ import annotations

import argparse
import gzip
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer
from transformers import AutoModel

COMMON = 60_000  # words that are kept anyway: the model's own order is by how common they are in its languages
FEWEST = 2  # uses of any other
_MOST_TEXTS = 12_000  # of a file, half of them questions
_FIELDS = ("context", "text", "evidence", "question", "claim")
_LEFT_OUT = ("<mask>",)


def used(tokenizer: Tokenizer, files: Sequence[Path]) -> Counter[int]:
    """Return how often each word of the tokenizer is used in JSON lines."""
    count: Counter[int] = Counter()
    for file in files:
        for encoding in tokenizer.encode_batch(texts_of(file, _MOST_TEXTS)):
            count.update(encoding.ids)
    return count


def texts_of(file: Path, most: int) -> list[str]:
    """Return the first different texts of JSON lines, `most` at most."""
    return list(islice(dict.fromkeys(_texts(file)), most))


def rows_of(file: Path) -> Iterator[dict[str, Any]]:
    """Yield the rows of a file of JSON lines."""
    with gzip.open(file, "rt", encoding="utf-8") if file.suffix == ".gz" else file.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def _texts(file: Path) -> Iterator[str]:
    for row in rows_of(file):
        yield from (row[field] for field in _FIELDS if isinstance(row.get(field), str))


def cut(folder: Path, files: Sequence[Path], out: Path, *, common: int = COMMON) -> None:
    """Write the model of `folder`, with a Unigram tokenizer, to `out` without the rarer words that `files` lack."""
    recipe = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))
    words = recipe["model"]["vocab"]
    count = used(Tokenizer.from_str(json.dumps({**recipe, "truncation": None, "padding": None})), files)
    kept = [
        number
        for number, (word, _) in enumerate(words)
        if (number < common or count[number] >= FEWEST or len(word.lstrip("▁")) <= 1) and word not in _LEFT_OUT
    ]
    recipe["model"]["vocab"] = [words[number] for number in kept]
    recipe["added_tokens"] = [token for token in recipe["added_tokens"] if token["content"] not in _LEFT_OUT]
    out.mkdir(parents=True, exist_ok=True)
    model = AutoModel.from_pretrained(str(folder), add_pooling_layer=False)
    rows = model.get_input_embeddings().weight.detach()[kept].clone()
    model.resize_token_embeddings(len(kept))
    model.get_input_embeddings().weight.data = rows
    model.save_pretrained(str(out))
    text = json.dumps(recipe, ensure_ascii=False, separators=(",", ":"))
    (out / "tokenizer.json").write_text(text, encoding="utf-8")


def main() -> None:
    """Cut from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, required=True, help="a folder that transformers loads")
    parser.add_argument("--texts", type=Path, nargs="+", required=True, help="JSON lines, also gzipped")
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    cut(arguments.model, arguments.texts, arguments.out)


if __name__ == "__main__":
    main()
