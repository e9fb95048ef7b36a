"""How long questions take by the code of an earlier commit and by this one: two processes, asked in turns.

    python tests/speed/turns.py b078411 [--rounds 12]

The earlier code is taken out of git into a folder of its own, and reads with this environment's libraries. Each process
indexes the sample documents, and forgets what it keeps of them before each question. The two push each other's networks
out of the processor's cache, which costs the larger ones more: `--apart` asks all of one process and then all of the
other, as a person would.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from looks import QUESTIONS

ROOT = Path(__file__).resolve().parents[2]
ASKS = """
import sys, tempfile, time
from pathlib import Path
from index.library import open_library
try:
    from index.sync.sync import sync_paths
    from index.search.snapshot import Memory
except ImportError:  # before the rooms
    from index.sync import sync as sync_paths
    Memory = None
from rag.assistant import Assistant
library = open_library(Path(tempfile.mkdtemp()))
sync_paths(library, [Path(sys.argv[1])])
assistant = Assistant(library)
print("ready", flush=True)
for line in sys.stdin:
    if Memory:
        library.searcher._memory, library.encoder._queries = Memory(), {}
    cpu, clock = time.process_time(), time.perf_counter()
    assistant.ask(line.strip())
    print(time.process_time() - cpu, time.perf_counter() - clock, flush=True)
"""


class Asked:
    """A process that answers by the code in a folder, and says how long it took."""

    def __init__(self, code: Path) -> None:
        command = [sys.executable, "-c", ASKS, str(ROOT / "corpus")]
        environment = {**os.environ, "PYTHONPATH": str(code)}
        self._process = subprocess.Popen(
            command, cwd=code, env=environment, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self._answer()

    def ask(self, question: str) -> tuple[float, float]:
        """Return the seconds of the processor and of the clock that a question takes."""
        assert self._process.stdin
        self._process.stdin.write(question + "\n")
        self._process.stdin.flush()
        cpu, clock = self._answer().split()
        return float(cpu), float(clock)

    def close(self) -> None:
        """End it."""
        self._process.communicate()

    def _answer(self) -> str:
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit("a process ended: what it said stands above")
        return line


def rounds_of(questions: Sequence[str], rounds: int, *, apart: bool) -> Iterator[tuple[int, str]]:
    """Yield who is asked what, 0 being the earlier code."""
    if apart:
        for which in (0, 1):
            yield from ((which, question) for _ in range(rounds) for question in questions)
        return
    for number in range(rounds):
        for question in questions:
            yield from ((which, question) for which in ((0, 1) if number % 2 else (1, 0)))


def main() -> None:
    """Ask in turns, and print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("commit")
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--apart", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        archive = subprocess.run(["git", "archive", arguments.commit], cwd=ROOT, check=True, stdout=subprocess.PIPE)
        subprocess.run(["tar", "x", "-C", folder], input=archive.stdout, check=True)
        both = Asked(Path(folder)), Asked(ROOT)
        for kind, questions in QUESTIONS.items():
            for one in both:
                for question in questions:
                    one.ask(question)
            taken: dict[tuple[int, str], list[tuple[float, float]]] = defaultdict(list)
            for which, question in rounds_of(questions, arguments.rounds, apart=arguments.apart):
                taken[which, question].append(both[which].ask(question))
            for unit, at in (("cpu", 0), ("clock", 1)):
                before, now = (
                    [statistics.median(lap[at] for lap in taken[which, question]) for question in questions]
                    for which in (0, 1)
                )
                ratio = statistics.mean(new / old for old, new in zip(before, now, strict=True))
                print(
                    f"{kind}: {unit:5} before {1000 * statistics.mean(before):4.0f} ms, "
                    f"now {1000 * statistics.mean(now):4.0f} ms, ratio {ratio:.2f}",
                    flush=True,
                )
        for one in both:
            one.close()


if __name__ == "__main__":
    main()
