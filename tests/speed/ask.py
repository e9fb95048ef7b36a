"""How long a question takes with 100,000 passages indexed, and what the models take of memory.

    python tests/speed/ask.py [--shared ../shared] [--passages 100000] [--questions 150]

The passages are those of squad2_dev_half and its distractors, repeated under other titles until there are enough; the
embeddings of the repetitions are those of the first ones with a little noise, so that they lie in the same clusters.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib
import random
import resource
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import count, islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.encoder import Encoder
from index.library import Library
from index.records import Document
from index.sync import add_documents
from rag.assistant import open_assistant
from rag.dataset import read_corpus, read_queries
from rag.evaluate import open_dataset

NOISE = 0.02  # of each component; a component of a unit vector is about 0.05


class KnownEncoder(Encoder):
    """Gives a passage that was embedded before the same embedding with some noise, instead of computing it anew."""

    def __init__(self, known: dict[bytes, NDArray[np.float32]]) -> None:
        super().__init__()
        self._known = known
        self._chance = np.random.default_rng(7)

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        rows = np.stack([self._known[_digest(text)] for text in (_without_title(text) for text in texts)])
        rows = rows + self._chance.normal(0, NOISE, rows.shape).astype(np.float32)
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def _without_title(text: str) -> str:
    return text.split("\n", 1)[1]


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def repeated(documents: Sequence[Document]) -> Iterator[Document]:
    """Yield the documents again and again, each time under other titles."""
    for number in count(1):
        for document in documents:
            name = f"{document.doc_id} {number}"
            yield replace(document, doc_id=name, path=name, title=f"{document.title} (copy {number})", sha256=name)


def build(home: Path, source: Library, documents: Sequence[Document], passages: int) -> Library:
    """Return a library of that many passages, made once."""
    counts = source.counts()
    times = -(-passages // counts.passages)
    known = {}
    for entry in source.entries():
        stored = source.catalog.stored_passages(entry.doc_id)
        vectors = source.vectors.sample([one.passage.passage_id for one in stored])
        known |= {_digest(one.text): vectors[one.passage.passage_id] for one in stored}
    library = Library(home, KnownEncoder(known))
    add_documents(library, islice(repeated(documents), times * len(documents)))
    return library


def memory() -> float:
    """Return the resident memory of this process in megabytes."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 1e6


def main() -> int:
    """Build the index if it isn't there, ask, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--passages", type=int, default=100_000)
    parser.add_argument("--questions", type=int, default=150)
    arguments = parser.parse_args()
    folder = arguments.shared / "eval" / "squad2_dev_half"
    if not folder.is_dir():
        print(f"{folder}: no shared data set here: name the folder with --shared", file=sys.stderr)
        return 2
    corpora = [folder / "corpus.jsonl", folder / "corpus_distractors.jsonl"]
    home = Path("results/speed") / str(arguments.passages)
    if not (home / "done").exists():
        source, _ = open_dataset(Path("results/eval"), corpora, folder / "queries.jsonl")
        documents = [document for corpus in corpora for document in read_corpus(corpus)]
        build(home, source.library, documents, arguments.passages).close()
        (home / "done").touch()
        source.close()
    libraries = memory()
    assistant = open_assistant(home)
    importlib.import_module("sentence_transformers")
    importlib.import_module("openvino")
    imported = memory()
    assistant.load()
    loaded = memory()
    queries = random.Random(5).sample(read_queries(folder / "queries.jsonl"), arguments.questions)
    laps = [dict(assistant.ask(query.question).timings_ms) for query in queries]
    print(f"passages {assistant.library.counts().passages:,}; questions {len(queries)}")
    print(f"memory: at first {libraries:.0f} MB, with the libraries {imported:.0f}, with the models {loaded:.0f}")
    print(f"the models take {loaded - imported:.0f} MB; after the questions, with the indexes, {memory():.0f} MB")
    for name in ("search", "read", "total"):
        values = [lap[name] for lap in laps]
        print(f"{name:8} p50 {np.percentile(values, 50):6.1f} ms   p95 {np.percentile(values, 95):6.1f} ms")
    assistant.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
