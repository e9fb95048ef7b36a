"""Which kind of FAISS index to take: recall, time, memory and making, for each candidate on the same embeddings.

    python tests/speed/vectors.py [--shared ../shared] [--passages 1000000] [--slow]

The embeddings are those of the library of `tests/speed/search.py`, the queries real questions. Recall@10 is against
comparing all. "again" is how many candidates are compared again with the embeddings as they are kept, here in memory;
the library reads those from its catalog. HNSW takes half an hour at a million, and is left out there without --slow.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray
from search import ASKED, FOLDER, QUESTIONS, made

from index.models import Encoder
from index.store.catalog import SqliteCatalog
from rag.evaluation.dataset import read_queries

Embeddings = NDArray[np.float32]
METRIC = faiss.METRIC_INNER_PRODUCT


def inverted(embeddings: Embeddings, make: Callable[[Any, int, int], Any]) -> Any:
    """Return an index of lists, trained on a sample as the library does it, and filled."""
    count, dimension = embeddings.shape
    lists = 1 << round(np.log2(np.sqrt(count)))
    sample = embeddings[np.random.default_rng(1).permutation(count)[: 64 * lists]]
    centres = faiss.Kmeans(dimension, lists, niter=8, spherical=True, seed=1)
    centres.train(sample)
    quantizer = faiss.IndexFlatIP(dimension)
    quantizer.add(centres.centroids)
    index = make(quantizer, dimension, lists)
    index.train(sample)
    for start in range(0, count, 50_000):
        index.add(embeddings[start : start + 50_000])
    return index


def scalar(bits: int) -> Callable[[Any, int, int], Any]:
    """Return what makes lists of embeddings with so many bits a component."""
    return lambda quantizer, dimension, lists: faiss.IndexIVFScalarQuantizer(quantizer, dimension, lists, bits, METRIC)


def candidates(embeddings: Embeddings, *, slow: bool) -> Iterator[tuple[str, Callable[[], Any], list[tuple[str, Any]]]]:
    """Yield a name, what makes the index, and the settings to search it with."""
    dimension = embeddings.shape[1]
    lists = 1 << round(np.log2(np.sqrt(len(embeddings))))
    probes = [lists // part for part in (64, 32, 16, 8, 4)]
    settings = [(f"{n} of {lists} lists", faiss.SearchParametersIVF(nprobe=n)) for n in probes]
    rabitq = [(f"{n} of {lists} lists", faiss.IVFRaBitQSearchParameters(nprobe=n, qb=4)) for n in probes]

    def flat() -> Any:
        index = faiss.IndexFlatIP(dimension)
        index.add(embeddings)
        return index

    def graph() -> Any:
        index = faiss.IndexHNSWSQ(dimension, faiss.ScalarQuantizer.QT_8bit, 16, METRIC)
        index.hnsw.efConstruction = 80
        index.train(embeddings[:100_000])
        index.add(embeddings)
        return index

    yield "exact", flat, [("", None)]
    yield "IVF, 8 bits", lambda: inverted(embeddings, scalar(faiss.ScalarQuantizer.QT_8bit)), settings
    yield "IVF, 4 bits", lambda: inverted(embeddings, scalar(faiss.ScalarQuantizer.QT_4bit)), settings
    yield "IVF, RaBitQ", lambda: inverted(embeddings, lambda q, d, n: faiss.IndexIVFRaBitQ(q, d, n, METRIC)), rabitq
    if slow or len(embeddings) <= 200_000:
        yield "HNSW 16, 8 bits", graph, [(f"ef {n}", faiss.SearchParametersHNSW(efSearch=n)) for n in (64, 128, 256)]


def measure(
    index: Any, parameters: Any, again: int, embeddings: Embeddings, queries: Embeddings
) -> tuple[Any, float, float]:
    """Return the ten best of each query, and p50 and p95 in milliseconds."""
    found, times = [], []
    for query in queries:
        started = time.perf_counter()
        more = {} if parameters is None else {"params": parameters}
        ids = index.search(query[None, :], max(again, 10), **more)[1][0]
        ids = ids[ids >= 0]
        if again:
            ids = ids[np.argsort(-(embeddings[ids] @ query))]
        found.append(ids[:10])
        times.append((time.perf_counter() - started) * 1e3)
    return found, float(np.percentile(times, 50)), float(np.percentile(times, 95))


def main() -> int:
    """Make each candidate, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--passages", type=int, default=1_000_000)
    parser.add_argument("--slow", action="store_true")
    arguments = parser.parse_args()
    if not (arguments.shared / "eval").is_dir():
        print(f"{arguments.shared}: no shared data sets here: name the folder with --shared", file=sys.stderr)
        return 2
    home = made(FOLDER / f"search-{arguments.passages}", arguments.shared, arguments.passages)
    catalog = SqliteCatalog(home / "catalog.sqlite")
    embeddings = np.concatenate([rows for _, rows in catalog.all_embeddings(50_000)])
    catalog.close()
    asked = [query for name in ASKED for query in read_queries(arguments.shared / "eval" / name / "queries.jsonl")]
    encoder, chosen = Encoder(), random.Random(2).sample(sorted({query.question for query in asked}), QUESTIONS)
    queries = np.stack([encoder.embed_query(question) for question in chosen])
    best: list[set[int]] = []
    print(f"{len(embeddings):,} embeddings, {len(queries)} questions")
    for name, make, settings in candidates(embeddings, slow=arguments.slow):
        started = time.perf_counter()
        index = make()
        making = time.perf_counter() - started
        with tempfile.NamedTemporaryFile() as file:
            faiss.write_index(index, file.name)
            size = Path(file.name).stat().st_size / len(embeddings)
        for words, parameters in settings:
            for again in (0, 100, 200) if best else (0,):
                found, p50, p95 = measure(index, parameters, again, embeddings, queries)
                best = best or [set(ids.tolist()) for ids in found]
                recall = np.mean([len(ours & set(ids.tolist())) / 10 for ours, ids in zip(best, found, strict=True)])
                print(
                    f"{name:16}{words:18} again {again:3}  recall@10 {recall:.3f}  p50 {p50:6.2f}  p95 {p95:6.2f} ms  "
                    f"{size:5.0f} bytes each  made in {making:4.0f} s",
                    flush=True,
                )
    return 0


if __name__ == "__main__":
    sys.exit(main())
