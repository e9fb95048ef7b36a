"""What the tagger learns from: questions in a conversation, each as a person made it stand alone.

They are `../shared/train/sets/rewrites.jsonl.gz` and the follow-ups written for this project, of which whole
conversations and documents are kept apart; and questions that lean on nothing: as they were made to stand alone, in
their own conversation and in another one, and written ones behind a conversation about something else.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from rag.reader.training.written import ENGLISH, OTHER_LANGUAGES, OWN, folder_of, part_of_row, rows
from rag.records import Turn
from rag.tagger.inputs import forms_in

Use = Literal["train", "fit", "test"]
_ALONE = 0.25  # of the written questions that are no follow-ups: they stand behind a conversation about something else
_REWRITTEN = 0.3  # of the follow-ups: they also stand as they were made to stand alone, and so often in another place
_NOT_TRAINED = "ikat"  # the rewrites of these sources also tell what was never said


@dataclass(frozen=True, slots=True)
class Example:
    """A question after `turns` (oldest first), as it was made to stand alone, and the forms that this added."""

    source: str
    turns: tuple[Turn, ...]
    question: str
    rewrite: str
    added: frozenset[str]


def read_examples(shared: Path, use: Use, rng: random.Random) -> Iterator[Example]:
    """Yield the examples that train, that thresholds are chosen on ("fit"), or that test."""
    public = list(_public(shared, use))
    yield from public
    yield from _standing_alone(public, rng)
    for kind in (*OWN, *ENGLISH, *OTHER_LANGUAGES):
        yield from _written(shared, kind, use, rng)


def is_held_out(row: dict[str, Any]) -> bool:
    """Tell whether a row of the rewrites is never trained on: all of TREC CAsT 2019, a tenth of the conversations."""
    conversation = re.sub(r"[-_]\d+$", "", row["id"])
    digest = int(hashlib.sha256(conversation.encode()).hexdigest(), 16)
    return row["source"] == "cast2019" or digest % 10 == 0


def turns_before(row: dict[str, Any]) -> tuple[Turn, ...]:
    """Return what was said before a row of the rewrites; CAsT 2019 has no answers, in CANARD a title is in front."""
    said, turns = list(row["history"]), []
    if row["source"] == "canard":
        turns, said = [Turn(said[0], said[1])], said[2:]
    step = 1 if row["source"] == "cast2019" else 2
    for i in range(0, len(said), step):
        turns.append(Turn(said[i], said[i + 1] if step == 2 and i + 1 < len(said) else ""))
    return tuple(turns)


def _public(shared: Path, use: Use) -> Iterator[Example]:
    with gzip.open(shared / "train" / "sets" / "rewrites.jsonl.gz", "rt", encoding="utf-8") as file:
        for row in map(json.loads, file):
            wanted = use == ("test" if is_held_out(row) else "train")
            if wanted and row["history"] and not (use == "train" and row["source"].startswith(_NOT_TRAINED)):
                rewrite = row["rewrite"] if row["changed"] else row["question"]
                yield _example(row["source"], turns_before(row), row["question"], rewrite)


def _standing_alone(examples: Sequence[Example], rng: random.Random) -> Iterator[Example]:
    """Yield some of the follow-ups as they were made to stand alone, which lean on nothing that was said."""
    for one in examples:
        if one.added and rng.random() < _REWRITTEN:
            yield _example(one.source, one.turns, one.rewrite, one.rewrite)
        if one.added and rng.random() < _REWRITTEN:
            yield _example(one.source, rng.choice(examples).turns, one.rewrite, one.rewrite)


def _written(shared: Path, kind: str, use: Use, rng: random.Random) -> Iterator[Example]:
    of_use = [row for row in rows(folder_of(shared, kind) / "raw.jsonl") if part_of_row(row) == use]
    followed = [row for row in of_use if row.get("history") and row.get("rewrite")]
    examples = [_example(kind, _turns(row), row["question"], row["rewrite"]) for row in followed]
    yield from examples
    yield from _standing_alone(examples, rng)
    for row in of_use:
        if followed and row["answerable"] and not row.get("history") and rng.random() < _ALONE:
            yield _example(kind, _turns(rng.choice(followed)), row["question"], row["question"])


def _turns(row: dict[str, Any]) -> tuple[Turn, ...]:
    return tuple(Turn(turn["question"], turn.get("answer") or "") for turn in row["history"])


def _example(source: str, turns: tuple[Turn, ...], question: str, rewrite: str) -> Example:
    return Example(source, turns, question, rewrite, frozenset(forms_in(rewrite) - forms_in(question)))
