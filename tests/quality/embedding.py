"""What the default embedding model finds, beside another: all-MiniLM-L6-v2, of which that for English was made.

    python tests/quality/embedding.py [--shared ../shared] [--beside MODEL] [--sets everyday new_wiki ...]

For each set: evidence hit@5 (a passage that overlaps the evidence, or is of a right document, among the first five) and
nDCG@10 over documents, by the embeddings alone and fused with the words. Indexes are kept in results/eval/.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import ir_measures
import numpy as np
from ir_measures import nDCG

from index.library import Library
from index.models import DEFAULT_MODEL
from index.records import Hit
from rag.evaluation.dataset import Query
from rag.evaluation.evaluate import open_dataset, relevant_hits

SETS = (
    "everyday",
    "everyday_languages",
    "squad2_dev_half",
    "new_wiki",
    "qed_nq_dev",
    "clapnq_dev",
    "cranfield",
    "coqa",
    "pubmedqa_l",
)
Search = Callable[[str], list[Hit]]


def by_embeddings(library: Library) -> Search:
    """Return the search without the words."""

    def search(question: str) -> list[Hit]:
        library.refresh()
        embedding = library.encoder.embed_query(question)
        index = library.indexes.embeddings
        cosines = index.cosines(embedding, index.nearest(embedding, top_k=100).tolist())
        passages = library.store.catalog.passages(list(cosines))
        return [Hit(passages[i], score, rank) for rank, (i, score) in enumerate(cosines.items(), start=1)]

    return search


def scores(search: Search, queries: Sequence[Query]) -> tuple[float, float]:
    """Return hit@5 and nDCG@10."""
    hit, qrels, run = [], [], []
    for query in queries:
        hits = search(query.question)
        hit.append(any(relevant_hits(query, hits[:5])))
        best: dict[str, float] = {}
        for one in hits:
            best.setdefault(one.passage.doc_id, one.score)
        qrels += [ir_measures.Qrel(query.query_id, doc_id, 1) for doc_id in query.doc_ids]
        run += [ir_measures.ScoredDoc(query.query_id, doc_id, score) for doc_id, score in best.items()]
    return float(np.mean(hit)), float(ir_measures.calc_aggregate([nDCG @ 10], qrels, run)[nDCG @ 10])


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--beside", default="all-MiniLM-L6-v2", help="a model as the settings name it")
    parser.add_argument("--sets", nargs="+", default=SETS, choices=SETS)
    parser.add_argument("--questions", type=int, default=500)
    arguments = parser.parse_args()
    if not (arguments.shared / "eval").is_dir():
        print(f"{arguments.shared}: no shared data sets here: name the folder with --shared", file=sys.stderr)
        return 2
    print(f"{'set':19}{'passages':>9}{'questions':>10}  embeddings alone: hit@5, nDCG@10   fused: hit@5, nDCG@10")
    for name in arguments.sets:
        folder = arguments.shared / "eval" / name
        libraries = []
        for model in (arguments.beside, DEFAULT_MODEL):
            corpora, work = [folder / "corpus.jsonl"], Path("results/eval")
            assistant, asked = open_dataset(work, corpora, folder / "queries.jsonl", model=model)
            libraries.append(assistant.library)
        answerable = [query for query in asked if query.answerable and query.doc_ids]
        queries = random.Random(5).sample(answerable, min(arguments.questions, len(answerable)))
        alone = [scores(by_embeddings(library), queries) for library in libraries]
        fused = [scores(lambda question, library=library: library.search(question), queries) for library in libraries]
        columns = "   ".join(
            f"{was[0]:.3f} -> {now[0]:.3f}, {was[1]:.3f} -> {now[1]:.3f}" for was, now in (alone, fused)
        )
        print(
            f"{name:19}{libraries[1].counts().passages:9,}{len(queries):10}  {columns}",
            flush=True,
        )
        for library in libraries:
            library.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
