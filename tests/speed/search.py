"""Search at ten thousand, a hundred thousand and a million passages: time, recall, memory, disk, opening, adding.

    python tests/speed/search.py [--shared ../shared] [--sizes 10000 100000 1000000] [--plot docs/scale.svg]

The passages are pieces of the shared data sets' texts, embedded by the model. Where there are not enough, each further
one is made of the sentences of two of them that lie near each other, and its embedding lies between theirs, with a
little noise: so words are as frequent and embeddings as clustered as in real text. A library of each size is made once,
in results/speed/, by the same way into the catalog that `pincite index` takes; it is measured in a process of its own.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import cycle
from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray

from index.library import Library
from index.models import Encoder
from index.progress import silent
from index.records import Document
from index.store.records import FileRow, indexed_text
from index.sync.embedding import embed_pending
from index.sync.sync import sync_paths
from index.text.passages import Draft
from index.text.sentences import split_sentences
from rag.evaluation.dataset import read_corpus, read_queries

FOLDER = Path("results/speed")
SENTENCES = 5  # of a piece: about 120 tokens
PIECES = 10  # of a document
CLUSTERS = 600
NOISE = 0.012  # of each component; a component of a unit vector is about 0.05
QUESTIONS, WARMING = 300, 40
ASKED = ("squad2_dev_half", "new_wiki", "qed_nq_dev", "clapnq_dev", "cranfield")
Row = dict[str, float]


class KnownEncoder(Encoder):
    """Gives prepared embeddings instead of computing them."""

    def __init__(self) -> None:
        super().__init__()
        self.known: dict[str, NDArray[np.float32]] = {}

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return the prepared embeddings; of what is not prepared, the model's."""
        if all(text in self.known for text in texts):
            return np.stack([self.known[text] for text in texts])
        return super().embed_passages(texts)


def real_pieces(shared: Path) -> tuple[list[str], NDArray[np.float32]]:
    """Return pieces of all the shared data sets' texts, and their embeddings; kept in results/."""
    kept = FOLDER / "pieces.npz"
    if kept.exists():
        found = np.load(kept, allow_pickle=False)
        return json.loads(str(found["texts"])), found["embeddings"]
    pieces: dict[str, None] = {}
    for corpus in sorted((shared / "eval").glob("*/corpus*.jsonl")):
        for document in read_corpus(corpus):
            spans = split_sentences(document.text)
            for i in range(0, len(spans), SENTENCES):
                piece = " ".join(document.text[spans[i][0] : spans[min(i + SENTENCES, len(spans)) - 1][1]].split())
                if 100 < len(piece) < 1500:
                    pieces[piece] = None
    texts = list(pieces)
    random.Random(1).shuffle(texts)
    embeddings = Encoder().embed_passages(texts)
    FOLDER.mkdir(parents=True, exist_ok=True)
    np.savez(kept, texts=json.dumps(texts), embeddings=embeddings)
    return texts, embeddings


def many_pieces(shared: Path, count: int) -> Iterator[tuple[str, NDArray[np.float32]]]:
    """Yield so many texts with their embeddings."""
    texts, embeddings = real_pieces(shared)
    yield from zip(texts[:count], embeddings[:count], strict=True)
    rng = np.random.default_rng(5)
    clusters = faiss.Kmeans(embeddings.shape[1], CLUSTERS, niter=6, spherical=True, seed=1)
    clusters.train(embeddings)
    nearest = clusters.index.search(embeddings, 1)[1][:, 0]
    members = [np.flatnonzero(nearest == i) for i in range(CLUSTERS)]
    for number in range(len(texts), count):
        i = int(rng.integers(len(texts)))
        j = int(rng.choice(members[nearest[i]]))
        share = rng.uniform(0.3, 0.7)
        mixed = embeddings[i] * (1 - share) + embeddings[j] * share + rng.normal(0, NOISE, embeddings.shape[1])
        half, other = texts[i][: int(len(texts[i]) * (1 - share))], texts[j][int(len(texts[j]) * (1 - share)) :]
        yield f"{half} {other} ({number})", (mixed / np.linalg.norm(mixed)).astype(np.float32)


def build(home: Path, shared: Path, count: int, together: int = PIECES) -> float:
    """Make a library of so many passages, `together` of them a document; return how long that took."""
    started = time.perf_counter()
    encoder = KnownEncoder()
    library = Library(home, encoder)
    pieces = many_pieces(shared, count)
    with library.writing() as writer:
        for number in range(count // together):
            chosen = [next(pieces) for _ in range(together)]
            text = "\n\n".join(piece for piece, _ in chosen)
            name, title = f"d{number}", f"Report {number}"
            starts = np.cumsum([0, *(len(piece) + 2 for piece, _ in chosen)])
            spans = [(int(at), int(at) + len(piece)) for at, (piece, _) in zip(starts[:-1], chosen, strict=True)]
            drafts = [Draft(start, end, "", None) for start, end in spans]
            document = Document(name, f"/speed/{name}.txt", title, "text/plain", text, {}, (), name, 0.0)
            library.store.catalog.add_document(document, drafts, FileRow(document.path, name, name, 0.0, ""))
            encoder.known |= {indexed_text(title, "", piece): embedding for piece, embedding in chosen}
            if number % (2000 // together) == 0 or number == count // together - 1:
                embed_pending(writer, silent)
                encoder.known.clear()
        writer.catch_up()
        writer.compact()
    library.close()
    return time.perf_counter() - started


def made(home: Path, shared: Path, count: int, together: int = PIECES) -> Path:
    """Return `home`, where a library of so many passages is made if there is none."""
    if not (home / "done").exists():
        print(f"{count:,} passages were made in {build(home, shared, count, together):.0f} s", flush=True)
        (home / "done").touch()
    return home


def memory() -> float:
    """Return the resident memory of this process in megabytes."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 1e6


def laps(run: Callable[[str], object], questions: Sequence[str]) -> tuple[float, float]:
    """Return p50 and p95 of running each question, in milliseconds."""
    times = []
    for question in questions:
        started = time.perf_counter()
        run(question)
        times.append((time.perf_counter() - started) * 1e3)
    return float(np.percentile(times, 50)), float(np.percentile(times, 95))


def exact(library: Library, queries: NDArray[np.float32]) -> NDArray[np.int64]:
    """Return the ten nearest passages of each query, by comparing all; kept in results/."""
    kept = library.home / "exact.npy"
    if not kept.exists():
        best_scores = np.full((len(queries), 10), -2.0, dtype=np.float32)
        best = np.zeros((len(queries), 10), dtype=np.int64)
        for ids, embeddings in library.store.catalog.all_embeddings(50_000):
            scores = np.concatenate([best_scores, queries @ embeddings.T], axis=1)
            numbers = np.concatenate([best, np.broadcast_to(ids, (len(queries), len(ids)))], axis=1)
            order = np.argsort(-scores, axis=1)[:, :10]
            best_scores = np.take_along_axis(scores, order, axis=1)
            best = np.take_along_axis(numbers, order, axis=1)
        np.save(kept, best)
    found: NDArray[np.int64] = np.load(kept)
    return found


def measure(home: Path, shared: Path) -> Row:
    """Measure one library; for a process of its own."""
    queries = [query for name in ASKED for query in read_queries(shared / "eval" / name / "queries.jsonl")]
    questions = random.Random(2).sample(sorted({query.question for query in queries}), QUESTIONS + WARMING)
    before = memory()
    started = time.perf_counter()
    library = Library(home, Encoder())
    library.refresh()
    library.indexes.embeddings.count()
    opening = time.perf_counter() - started
    library.encoder.load()
    loading = time.perf_counter() - started - opening
    row: Row = {"passages": library.counts().passages, "open s": opening, "model s": loading}
    for question in questions[QUESTIONS:]:
        library.search(question)
    questions = questions[:QUESTIONS]
    row["embed p50"], row["embed p95"] = laps(library.encoder.embed_query, questions[:100])
    embedded = np.stack([library.encoder.embed_query(question) for question in questions])
    found: list[list[int]] = []

    def dense(question: str) -> None:
        number = len(found)
        nearest = library.indexes.embeddings.nearest(embedded[number], top_k=100).tolist()
        found.append(list(library.indexes.embeddings.cosines(embedded[number], nearest))[:10])

    row["dense p50"], row["dense p95"] = laps(dense, questions)
    words = library.indexes.words
    row["lexical p50"], row["lexical p95"] = laps(lambda question: words.search(question, top_k=100), questions)
    row["fused p50"], row["fused p95"] = laps(library.search, questions)
    row["MB"], row["MB of it before"] = memory(), before
    pairs = zip(found, exact(library, embedded).tolist(), strict=True)
    row["recall@10"] = float(np.mean([len(set(ours) & set(best)) / 10 for ours, best in pairs]))
    for part, size in library.sizes().items():
        row[f"{part} B"] = size / row["passages"]
    row["add s"] = add_one(library, home)
    row["anew s"], row["meanwhile p50"], row["meanwhile p95"] = switch(library, questions)
    library.close()
    return row


def add_one(library: Library, home: Path) -> float:
    """Return how long it takes from a new file to finding it; the file is taken out again."""
    folder = home.parent / f"new-{home.name}"
    folder.mkdir(exist_ok=True)
    times = []
    for number in range(3):
        path = folder / f"note {number}.txt"
        path.write_text(f"The zebrafish number {number} of Aldmouth sings in the quinquereme.", encoding="utf-8")
        started = time.perf_counter()
        sync_paths(library, [path])
        hit = library.search("Who sings in the quinquereme?")[0]
        times.append(time.perf_counter() - started)
        assert library.document(hit.passage.doc_id).path.startswith(str(folder.resolve()))
    with library.writing() as writer:
        library.store.catalog.remove_files([str(path.resolve()) for path in folder.iterdir()])
        writer.catch_up()
    return float(np.median(times))


def switch(library: Library, questions: Sequence[str]) -> tuple[float, float, float]:
    """Make the vector index anew while questions are asked; return how many seconds, and p50 and p95 of those in ms."""
    times: list[float] = []
    started = time.perf_counter()
    making = threading.Thread(target=library.indexes.embeddings.rebuild)
    making.start()
    for question in cycle(questions):
        times += laps(library.search, [question])[:1]
        if not making.is_alive():
            break
    return time.perf_counter() - started, float(np.percentile(times, 50)), float(np.percentile(times, 95))


def plot(rows: Sequence[Row], path: Path) -> None:
    """Draw how time, memory and disk grow."""
    import matplotlib as mpl

    mpl.use("svg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(1, 3, figsize=(12, 3.6))
    sizes = [row["passages"] for row in rows]
    for name in ("dense", "lexical", "fused"):
        axes[0].plot(sizes, [row[f"{name} p50"] for row in rows], marker="o", label=f"{name}, p50")
    axes[0].plot(sizes, [row["fused p95"] for row in rows], marker="o", linestyle=":", label="fused, p95")
    axes[0].set_ylabel("milliseconds")
    axes[1].plot(sizes, [row["MB"] for row in rows], marker="o", label="resident memory")
    axes[1].set_ylabel("megabytes")
    for name in ("catalog", "lexical", "vectors"):
        axes[2].plot(sizes, [row[f"{name} B"] * row["passages"] / 1e6 for row in rows], marker="o", label=name)
    axes[2].set_yscale("log")
    axes[2].set_ylabel("megabytes on disk")
    for axis in axes:
        axis.set_xscale("log")
        axis.set_xlabel("passages")
        axis.legend(frameon=False, fontsize=8)
    figure.tight_layout()
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path)


def main() -> int:
    """Build what is not there, measure each size in a process of its own, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--plot", type=Path, metavar="FILE.svg")
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if not (arguments.shared / "eval").is_dir():
        print(f"{arguments.shared}: no shared data sets here: name the folder with --shared", file=sys.stderr)
        return 2
    if arguments.measure:
        print(json.dumps(measure(arguments.measure, arguments.shared)))
        return 0
    rows = []
    for size in arguments.sizes:
        home = made(FOLDER / f"search-{size}", arguments.shared, size)
        command = [sys.executable, __file__, "--measure", str(home), "--shared", str(arguments.shared)]
        row = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        shown = (f"{name} {value:,.3g}" if value < 1000 else f"{name} {value:,.0f}" for name, value in row.items())
        print("  ".join(shown), flush=True)
        rows.append(row)
    if arguments.plot:
        plot(rows, arguments.plot)
    return 0


if __name__ == "__main__":
    sys.exit(main())
