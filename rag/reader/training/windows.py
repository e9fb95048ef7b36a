"""Make of a pool questions on single sentences, each with the one before it, as they are read again.

    python -m rag.reader.training.windows --pool pool/own.jsonl --out pool/own_windows.jsonl

Without an answer are other sentences of the same passage, and of those that don't answer; see `rag/answer/again.py`.
"""

from __future__ import annotations

import argparse
import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from index.text.sentences import split_sentences
from rag.reader.training.examples import Example, read_examples, write_examples

_LEAST = 12  # characters of a sentence
_FROM_RIGHT, _FROM_WRONG = 3, 3  # windows without an answer, from the passages of both kinds


def windows_of(examples: Iterable[Example], rng: random.Random) -> Iterator[Example]:
    """Yield for each question with an answer a window that holds it, and some that don't."""
    asked: dict[str, list[Example]] = defaultdict(list)
    for example in examples:
        asked[example.group].append(example)
    for passages in asked.values():
        right = [one for one in passages if one.kind == "words"]
        if not right:
            continue
        held = [window for one in right for window in _windows(one) if window.spans]
        near = [window for one in right for window in _windows(one) if not window.spans]
        far = [window for one in passages if one.kind == "none" for window in _windows(one)]
        yield from held
        yield from rng.sample(near, min(_FROM_RIGHT, len(near)))
        yield from rng.sample(far, min(_FROM_WRONG, len(far)))


def _windows(example: Example) -> list[Example]:
    """Return the sentences of a passage, each behind the one before it, less those before which the answer stands."""
    places: Sequence[tuple[int, int]] = split_sentences(example.passage)
    windows = []
    for before, (start, end) in zip([None, *places], places, strict=False):
        begin = before[0] if before else start
        spans = tuple((s - begin, e - begin) for s, e in example.spans if start <= s and e <= end)
        leads = any(s < start and e > begin for s, e in example.spans)
        if end - start >= _LEAST and (spans or not leads):
            window = replace(example, passage=example.passage[begin:end], spans=spans)
            windows.append(window if spans else replace(window, kind="none"))
    return windows


def main() -> None:
    """Write the windows of a pool."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pool", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=7)
    arguments = parser.parse_args()
    number = write_examples(arguments.out, windows_of(read_examples(arguments.pool), random.Random(arguments.seed)))
    print(f"{arguments.out.stem}: {number} examples")


if __name__ == "__main__":
    main()
