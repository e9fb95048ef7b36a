"""Measure Pincite on the question sets in ../shared and print the table; results/ keeps it under the commit's name.

    python tests/quality/table.py [--shared ../shared] [--sets acceptance qed_nq_dev ...]

Per set: evidence hit@k of the dense and of the lexical search alone and of the hybrid, on the answerable questions, and
`pincite eval`'s measures. Where a set has more questions than are asked, it is the same sample on every machine.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from index.encoder import DEFAULT_MODEL
from index.records import Hit
from rag.assistant import TOP_K, Assistant
from rag.dataset import Query
from rag.evaluate import evaluate, measure, open_dataset, relevant_hits

RESULTS = Path("results")


@dataclass(frozen=True)
class DataSet:
    """A question set: its folder in shared/, the corpus files, and what of it is measured."""

    folder: str
    corpora: Sequence[str] = ("corpus.jsonl",)
    note: str = ""


SETS = {
    "acceptance": DataSet("acceptance"),
    "qed_nq_dev": DataSet("eval/qed_nq_dev"),
    "squad2_dev_half": DataSet(
        "eval/squad2_dev_half", ("corpus.jsonl", "corpus_distractors.jsonl"), "with distractors"
    ),
    "squad2_dev_half-alone": DataSet("eval/squad2_dev_half", note="without distractors"),
    "new_wiki": DataSet("eval/new_wiki", note="never tuned on"),
    "clapnq_dev": DataSet("eval/clapnq_dev", note="never tuned on"),
    "amazon_reviews": DataSet("eval/amazon_reviews", note="never tuned on"),
    "coqa": DataSet("eval/coqa", note="never tuned on; nearly all are follow-ups, over many texts"),
    "pubmedqa_l": DataSet("eval/pubmedqa_l", note="never tuned on; no evidence spans: the right document counts"),
    "cranfield": DataSet("eval/cranfield", note="never tuned on; graded"),
}


def retrieval_alone(assistant: Assistant, queries: Sequence[Query]) -> dict[str, dict[str, float]]:
    """Return hit@1, 5 and 10 of each search alone and of both, on the answerable questions as they were typed."""
    library = assistant.library
    found: dict[str, dict[str, float]] = {}
    for name in ("dense", "lexical", "hybrid"):
        counts = dict.fromkeys((1, 5, 10), 0)
        for query in queries:
            if name == "hybrid":
                hits = library.search(query.question, top_k=TOP_K)
            elif name == "dense":
                scores = library.vectors.search(library.encoder.embed_query(query.question), top_k=TOP_K)
            else:
                scores = library.lexical.search(query.question, top_k=TOP_K)
            if name != "hybrid":
                passages = library.catalog.passages(list(scores))
                hits = [Hit(passages[i], score, rank) for rank, (i, score) in enumerate(scores.items(), 1)]
            relevant = relevant_hits(query, hits)
            for k in counts:
                counts[k] += any(relevant[:k])
        found[name] = {"questions": len(queries)}
        found[name] |= {f"hit@{k}": round(count / max(1, len(queries)), 4) for k, count in counts.items()}
    return found


def sample(queries: Sequence[Query], count: int) -> list[Query]:
    """Return at most `count` of the queries, always the same ones."""
    return random.Random(11).sample(queries, count) if len(queries) > count else list(queries)


def commit() -> str:
    """Return the short name of the commit, with a mark if the tree differs from it."""
    name = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    changed = subprocess.run(["git", "status", "--porcelain"], capture_output=True, text=True, check=False)
    return (name.stdout.strip() or "unknown") + ("-changed" if changed.stdout.strip() else "")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--questions", type=int, default=300, help="to answer at most, of each set (default 300)")
    parser.add_argument("--searches", type=int, default=3000, help="questions to search for at most (default 3000)")
    parser.add_argument("--sets", nargs="+", default=[name for name in SETS if name != "squad2_dev_half"], choices=SETS)
    parser.add_argument("--model", default=DEFAULT_MODEL)
    arguments = parser.parse_args()
    if not arguments.shared.is_dir():
        print(f"{arguments.shared}: no shared data sets here: name their folder with --shared", file=sys.stderr)
        return 2
    table: dict[str, dict[str, object]] = {}
    for name in arguments.sets:
        data = SETS[name]
        folder = arguments.shared / data.folder
        started = time.monotonic()
        assistant, queries = open_dataset(
            RESULTS / "eval",
            [folder / corpus for corpus in data.corpora],
            folder / "queries.jsonl",
            model=arguments.model,
        )
        answerable = [query for query in queries if query.answerable and (query.evidence or query.doc_ids)]
        alone = retrieval_alone(assistant, sample(answerable, arguments.searches))
        measures = measure(list(evaluate(assistant, sample(queries, arguments.questions))))
        table[name] = {"note": data.note, "retrieval": alone, **measures}
        assistant.close()
        print(f"\n{name} {data.note} ({time.monotonic() - started:.0f} s)", flush=True)
        for search, hits in alone.items():
            print(f"  {search:10}" + "  ".join(f"{k} {v}" for k, v in hits.items()))
        print("  " + "  ".join(f"{k} {v}" for k, v in measures.items()), flush=True)
    RESULTS.mkdir(exist_ok=True)
    out = RESULTS / f"quality-{commit()}.json"
    out.write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")
    print(f"\nwritten to {out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
