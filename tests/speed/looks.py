"""How often one question looks into the catalog, how often its passages are read, and how long it all takes.

    python tests/speed/looks.py [--times 5]

The sample documents are indexed in a folder of its own. A question is asked once before it is measured, with what the
library keeps of it forgotten, so that each time is that of a question that is new.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from index.library import open_library
from index.models.inference import Network
from index.search.snapshot import Memory
from index.store.database import Database
from index.sync.sync import sync_paths
from rag.assistant import Assistant
from rag.reader.default import ShippedReader
from rag.reader.protocol import Reading, ToRead

CORPUS = Path(__file__).resolve().parents[2] / "corpus"
QUESTIONS = {
    "one": (
        "How long is the warranty on the pump?",
        "Which river touches the most countries?",
        "When did Leonardo's CEO visit Baykar?",
    ),
    "two": (
        "How long is the warranty on the pump, and which river touches the most countries?",
        "When did Leonardo's CEO visit Baykar, and how tall is the lighthouse of Genoa?",
        "What is the rent, and how much is the deposit?",
    ),
}


class Looks:
    """Counts what passes the database and the reader, and the seconds in which a network runs."""

    def __init__(self) -> None:
        self.transactions = self.calls = self.passages = 0
        self.inferring = 0.0

    @contextmanager
    def counting(self) -> Iterator[None]:
        """Count until the end of the block."""
        read, passages, run = Database.read, ShippedReader.read, Network.run

        @contextmanager
        def counted(database: Database) -> Iterator[sa.Connection]:
            self.transactions += 1
            with read(database) as connection:
                yield connection

        def counted_passages(reader: ShippedReader, question: str, given: Sequence[ToRead]) -> list[Reading]:
            self.calls += 1
            self.passages += len(given)
            return passages(reader, question, given)

        def timed(network: Network, inputs: Mapping[str, NDArray[np.int64]]) -> dict[str, NDArray[np.float32]]:
            started = time.perf_counter()
            try:
                return run(network, inputs)
            finally:
                self.inferring += time.perf_counter() - started

        Database.read, ShippedReader.read = counted, counted_passages  # type: ignore[method-assign]
        Network.run = timed  # type: ignore[method-assign]
        try:
            yield
        finally:
            Database.read, ShippedReader.read = read, passages  # type: ignore[method-assign]
            Network.run = run  # type: ignore[method-assign]


def main() -> int:
    """Index the sample documents, ask, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=5)
    times = parser.parse_args().times
    with tempfile.TemporaryDirectory() as home:
        library = open_library(Path(home))
        sync_paths(library, [CORPUS])
        assistant = Assistant(library)
        for kind, questions in QUESTIONS.items():
            for question in questions:
                assistant.ask(question)
                laps, totals, others = [], [], []
                for _ in range(times):
                    library.searcher._memory = Memory()
                    library.encoder._queries = {}
                    looks = Looks()
                    with looks.counting():
                        started = time.perf_counter()
                        answer = assistant.ask(question)
                        taken = time.perf_counter() - started
                    totals.append(taken * 1000)
                    others.append((taken - looks.inferring) * 1000)
                    laps.append(answer.timings_ms)
                search, read = (statistics.median(lap[name] for lap in laps) for name in ("search", "read"))
                print(
                    f"{kind}: {looks.transactions:3} transactions, the reader called {looks.calls} times for "
                    f"{looks.passages} passages; median {statistics.median(totals):.0f} ms, search {search:.0f}, "
                    f"read {read:.0f}, without the networks {statistics.median(others):.0f}: {question}"
                )
        assistant.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
