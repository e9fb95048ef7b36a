"""How often one question looks into the catalog, how often its passages are read, and how long that takes.

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
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from index.library import open_library
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
    """Counts what passes the database and the reader."""

    def __init__(self) -> None:
        self.transactions = self.calls = self.passages = 0

    @contextmanager
    def counting(self) -> Iterator[None]:
        """Count until the end of the block."""
        read, passages = Database.read, ShippedReader.read

        @contextmanager
        def counted(database: Database) -> Iterator[sa.Connection]:
            self.transactions += 1
            with read(database) as connection:
                yield connection

        def counted_passages(reader: ShippedReader, question: str, given: Sequence[ToRead]) -> list[Reading]:
            self.calls += 1
            self.passages += len(given)
            return passages(reader, question, given)

        Database.read, ShippedReader.read = counted, counted_passages  # type: ignore[method-assign]
        try:
            yield
        finally:
            Database.read, ShippedReader.read = read, passages  # type: ignore[method-assign]


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
                looks, laps, totals = Looks(), [], []
                for _ in range(times):
                    library.searcher._memory = Memory()
                    library.encoder._queries = {}
                    started = time.perf_counter()
                    answer = assistant.ask(question)
                    totals.append((time.perf_counter() - started) * 1000)
                    laps.append(answer.timings_ms)
                library.searcher._memory = Memory()
                with looks.counting():
                    assistant.ask(question)
                search, read = (statistics.median(lap[name] for lap in laps) for name in ("search", "read"))
                print(
                    f"{kind}: {looks.transactions:3} transactions, the reader called {looks.calls} times for "
                    f"{looks.passages} passages; median {statistics.median(totals):.0f} ms, search {search:.0f}, "
                    f"read {read:.0f}: {question}"
                )
        assistant.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
