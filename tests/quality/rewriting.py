"""Measure how follow-ups are made to stand alone, against what people wrote for the same turns.

    python tests/quality/rewriting.py --shared ../shared [--tuning] [--show 20]

The conversations are those of shared/train/sets/rewrites.jsonl.gz: all of TREC CAsT 2019 and a tenth of the others, by
the hash of the conversation, are held out. --tuning takes the other nine tenths, which the rules may be made on.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from rag import Turn
from rag.conversation.followup import stand_alone
from rag.tagger.tagger import Tagger
from rag.tagger.training.examples import is_held_out, turns_before

_WORDS = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_POSSESSIVE = re.compile(r"['’]s?$")
Rewriter = Callable[[str, Sequence[Turn]], str]


@dataclass(frozen=True)
class Row:
    """A question of a conversation, and how a person made it stand alone; `changed` tells whether it needed that."""

    row_id: str
    source: str
    history: tuple[Turn, ...]
    question: str
    rewrite: str
    changed: bool


def read_rows(path: Path, *, held_out: bool) -> Iterator[Row]:
    """Yield the rows that are held out, or the others."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            if is_held_out(row) == held_out:
                turns = turns_before(row)
                yield Row(row["id"], row["source"], turns, row["question"], row["rewrite"], row["changed"])


def turns_of(row: Row, rewriter: Rewriter) -> list[Turn]:
    """Return the conversation as the assistant would hold it, each question as it was made to stand alone."""
    turns: list[Turn] = []
    for turn in row.history:
        turns.append(Turn(rewriter(turn.question, turns), turn.answer))
    return turns


def words_of(text: str) -> set[str]:
    """Return the words of a text in lower case, possessives as the words that they are of."""
    return {_POSSESSIVE.sub("", word) for word in _WORDS.findall(text.lower())}


def added_f1(row: Row, rewritten: str) -> float:
    """Return the F1 of the words that a rewrite adds to its question, against those that the person added."""
    question = words_of(row.question)
    ours, theirs = words_of(rewritten) - question, words_of(row.rewrite) - question
    return 2 * len(ours & theirs) / (len(ours) + len(theirs)) if ours or theirs else 1.0


def report(name: str, rows: Sequence[Row], rewriter: Rewriter, *, show: int = 0) -> None:
    """Print the measures of one way to rewrite, and some of its worst rewrites."""
    found = [(row, rewriter(row.question, turns_of(row, rewriter))) for row in rows]
    alone = [row.question.strip() != rewritten.strip() for row, rewritten in found if not row.changed]
    follow = [(row, rewritten) for row, rewritten in found if row.changed]
    untouched = [row.question.strip() == rewritten.strip() for row, rewritten in follow]
    scores = [added_f1(row, rewritten) for row, rewritten in follow]
    print(
        f"{name:<28}{len(found):>6} questions  altered without need {np.mean(alone):.3f} of {len(alone)}  "
        f"left alone in need {np.mean(untouched):.3f} of {len(follow)}  F1 of added words {np.mean(scores):.3f}"
    )
    for (row, rewritten), score in list(zip(follow, scores, strict=True))[: 5 * show : 5]:
        print(f"  {score:.2f} {row.row_id}: {row.question!r} -> {rewritten!r}, by a person {row.rewrite!r}")
    needless = [(row, rewritten) for row, rewritten in found if not row.changed and rewritten != row.question]
    for row, rewritten in needless[:show]:
        print(f"  altered {row.row_id}: {row.question!r} -> {rewritten!r}")


def _with(tagger: Tagger) -> Rewriter:
    return lambda question, history: stand_alone(question, history, tagger.tag(question, history))


def _first_in_front(question: str, history: Sequence[Turn]) -> str:
    return f"{history[0].question} {question}" if history else question


def _last_in_front(question: str, history: Sequence[Turn]) -> str:
    return f"{history[-1].question} {question}" if history else question


def main() -> None:
    """Print a line for all, for each source, and for blind ways to compare with."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--tuning", action="store_true", help="measure on what the rules may be made on")
    parser.add_argument("--show", type=int, default=0, help="so many rewrites of each source")
    options = parser.parse_args()
    path = options.shared / "train" / "sets" / "rewrites.jsonl.gz"
    rows = list(read_rows(path, held_out=not options.tuning))
    tagger = Tagger()
    report("rules alone, all", rows, stand_alone)
    report("with the tagger, all", rows, tagged := _with(tagger))
    for source in sorted({row.source for row in rows}):
        of_source = [row for row in rows if row.source == source]
        report(f"with the tagger, {source}", of_source, tagged, show=options.show)
    report("first question in front", rows, _first_in_front)
    report("last question in front", rows, _last_in_front)


if __name__ == "__main__":
    main()
