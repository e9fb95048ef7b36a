"""Measure what becomes of questions when they are misspelt: as they are, with slips, and with these put right.

    python tests/quality/misspelt.py [--count 250] [--home results/eval]

The questions are those written for this project on documents that nothing was trained or fitted on (part "test" of
rag/reader/training/data); they are asked of all these documents. One or two of the longer words of each get a slip of
the finger, at random by a fixed seed. How many of them all are changed though nobody misspelt them is told first.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

from rag import Assistant
from rag.conversation.spelling import put_right
from rag.evaluation.dataset import Query
from rag.evaluation.evaluate import evaluate, measure, open_dataset
from rag.reader.training.gather import misspell
from rag.reader.training.written import OWN, corpus_of_part, folder_of, rows, written_queries

SHOWN = ("first_citation_hit", "evidence_hit@1", "evidence_hit@5", "wrong_refusals")


def open_questions(shared: Path, home: Path) -> tuple[Assistant, list[Query]]:
    """Return the assistant over the documents of the part that tests, and its questions, each made to stand alone."""
    folder = home / "misspelt"
    corpus = corpus_of_part(shared, folder / "corpus.jsonl", "test", kinds=OWN)
    assistant, queries = open_dataset(
        folder, [corpus], written_queries(shared, folder / "queries.jsonl", part="test", kinds=OWN)
    )
    written = (row for kind in OWN for row in rows(folder_of(shared, kind) / "raw.jsonl"))
    alone = {row["query_id"]: row["rewrite"] for row in written if row.get("rewrite")}
    return assistant, [replace(q, question=alone.get(q.query_id, q.question), history=()) for q in queries]


def tell_changed(assistant: Assistant, queries: Sequence[Query]) -> None:
    """Print which questions are changed though they are typed as people typed them."""
    snapshot = assistant.library.refresh()
    started = time.perf_counter()
    each = [(query.question, put_right(query.question, snapshot.document_frequency)) for query in queries]
    milliseconds = (time.perf_counter() - started) / len(queries) * 1000
    changed = [(typed, right) for typed, right in each if typed != right]
    print(f"changed {len(changed)} of {len(queries)}, {milliseconds:.2f} ms each:")
    for typed, right in changed:
        print("   ", ", ".join(f"{a} -> {b}" for a, b in zip(typed.split(), right.split(), strict=True) if a != b))


def tell_measures(name: str, assistant: Assistant, queries: Sequence[Query]) -> None:
    """Print how many are answered rightly."""
    measures = measure(list(evaluate(assistant, queries)))
    print(f"{name:24}", *(f"{key} {measures[key]:.3f}" for key in SHOWN if key in measures), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--home", type=Path, default=Path("results/eval"))
    parser.add_argument("--count", type=int, default=250, help="questions that are asked, three times each")
    options = parser.parse_args()
    assistant, queries = open_questions(options.shared, options.home)
    tell_changed(assistant, queries)
    rng = random.Random(4)
    answerable = [query for query in queries if query.answerable and query.evidence]
    asked = random.Random(11).sample(answerable, min(options.count, len(answerable)))
    misspelt = [replace(query, question=misspell(query.question, rng)) for query in asked]
    tell_measures("as they were typed", assistant, asked)
    tell_measures("misspelt, put right", assistant, misspelt)
    with patch("rag.assistant.put_right", lambda question, _frequency: question):
        tell_measures("misspelt, left so", assistant, misspelt)


if __name__ == "__main__":
    main()
