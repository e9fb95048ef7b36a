"""How long a question takes with 100,000 passages indexed, and what the models take of memory.

    python tests/speed/ask.py [--shared ../shared] [--passages 100000] [--questions 150]

The library is the one of `tests/speed/search.py`, made once.
"""

from __future__ import annotations

import argparse
import importlib
import random
import sys
from pathlib import Path

import numpy as np
from search import FOLDER, made, memory

from rag.assistant import open_assistant
from rag.evaluation.dataset import read_queries


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
    home = made(FOLDER / f"search-{arguments.passages}", arguments.shared, arguments.passages)
    libraries = memory()
    assistant = open_assistant(home)
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
