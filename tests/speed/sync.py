"""Syncing a folder of ten thousand files: unchanged, with one of them changed, and watched.

    python tests/speed/sync.py [--files 10000]

The files are made of seeded words, 2 to 5 kB each. The first index is made with embeddings by chance, which takes a
tenth of the time; everything that is measured then is the real program. Absolute times depend on the machine: the first
line says what reading and hashing all the files takes by itself.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.library import Library, open_library
from index.models import Encoder
from index.sync.sync import sync_paths
from ui.cli.commands import SAMPLES

SAVES = 10
EDITED = "The harbour master wrote {word} into the book on the last evening before the ice came."


class ChanceEncoder(Encoder):
    """Gives embeddings by chance, at once."""

    def __init__(self) -> None:
        super().__init__()
        self._rng = np.random.default_rng(7)

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        rows = self._rng.normal(size=(len(texts), self.dimension)).astype(np.float32)
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def make_files(folder: Path, number: int) -> list[Path]:
    """Write that many texts of a few paragraphs into subfolders of a hundred."""
    rng = random.Random(11)
    words = sorted(
        {word for path in SAMPLES.glob("*.[mt]*") for word in re.findall(r"[a-z]+", path.read_text("utf-8"))}
    )
    rng.shuffle(words)
    frequencies = list(accumulate(1 / (rank + 10) for rank in range(len(words))))
    made = []
    for i in range(number):
        paragraphs = []
        for _ in range(rng.randint(4, 9)):
            sentences = [
                " ".join(rng.choices(words, cum_weights=frequencies, k=rng.randint(6, 18))).capitalize() + "."
                for _ in range(rng.randint(3, 8))
            ]
            paragraphs.append(" ".join(sentences))
        path = folder / f"{i // 100:03}" / f"{i:05}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n\n".join(paragraphs), encoding="utf-8")
        made.append(path)
    return made


def program(home: Path, *arguments: object) -> list[str]:
    return [sys.executable, "-m", "ui.cli", *map(str, arguments), "--home", str(home)]


def seconds_of(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def read_and_hash(files: Sequence[Path]) -> None:
    for path in files:
        hashlib.sha256(path.read_bytes()).hexdigest()


def index(home: Path, folder: Path) -> dict[str, Any]:
    """Run `pincite index` and return what it says."""
    run = subprocess.run(program(home, "index", folder, "--json"), check=True, capture_output=True, text=True)
    return dict(json.loads(run.stdout))


def embedded_after(home: Path, work: Callable[[], object]) -> tuple[int, int]:
    """Return how many passages are new after `work`, and how many of them had to be embedded."""
    library = open_library(home)
    before = library.store.catalog.sequence()
    work()
    changes = library.store.catalog.changes(before)
    library.close()

    def count(kind: str) -> int:
        return sum(change.last - change.first + 1 for change in changes if change.kind == kind)

    return count("add"), count("embed")


def edit(path: Path, word: str) -> None:
    """Put a sentence in after the first one, and save as editors do: beside, then renamed."""
    text = path.read_text(encoding="utf-8")
    first, rest = text.split(". ", 1)
    beside = path.with_name(f".{path.name}.new")
    beside.write_text(f"{first}. {EDITED.format(word=word)} {rest}", encoding="utf-8")
    beside.replace(path)


def wait_for(condition: Callable[[], bool]) -> float:
    """Return the seconds until `condition` is true."""
    started = time.perf_counter()
    while not condition():
        if time.perf_counter() - started > 60:
            raise TimeoutError("nothing came of it within a minute")
        time.sleep(0.02)
    return time.perf_counter() - started


def watch(home: Path, folder: Path, files: Sequence[Path]) -> dict[str, list[float]]:
    """Return how long after a save its words can be found, its passages are embedded; after a deletion, it is gone."""
    watching = subprocess.Popen(
        program(home, "index", folder, "--watch"), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    library = open_library(home)
    laps: dict[str, list[float]] = {"saved -> found by its words": [], "saved -> embedded": [], "deleted -> gone": []}
    try:
        assert watching.stderr is not None
        while "watching" not in watching.stderr.readline():
            pass
        for number in range(SAVES):
            time.sleep(2.5)  # as a person saves; after the first, what the last one set going may still run
            word, path = f"quorvath{number}x", files[number * 7 + 3]
            edit(path, word)
            started = time.perf_counter()
            wait_for(lambda word=word: _finds(library, word))
            laps["saved -> found by its words"].append(time.perf_counter() - started)
            wait_for(lambda: library.store.catalog.waiting() == 0)
            laps["saved -> embedded"].append(time.perf_counter() - started)
        for number in range(SAVES):
            time.sleep(2.5)
            word = f"quorvath{number}x"
            files[number * 7 + 3].unlink()
            laps["deleted -> gone"].append(wait_for(lambda word=word: not _finds(library, word)))
    finally:
        watching.send_signal(signal.SIGINT)
        watching.wait(20)
        library.close()
    return laps


def _finds(library: Library, word: str) -> bool:
    library.refresh_words()
    return bool(library.indexes.words.search(word, top_k=1))


def main() -> int:
    """Make the files and the index, measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=10_000)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder, home = Path(temporary, "files"), Path(temporary, "home")
        files = make_files(folder, arguments.files)
        size = sum(path.stat().st_size for path in files)
        library = Library(home, ChanceEncoder())
        seconds = seconds_of(lambda: sync_paths(library, [folder]))
        print(
            f"{len(files):,} files, {size / 1e6:.0f} MB, {library.counts().passages:,} passages; {os.cpu_count()} cores"
        )
        print(f"{seconds:8.2f} s  the first sync, with embeddings by chance")
        library.close()
        print(
            f"{min(seconds_of(lambda: read_and_hash(files)) for _ in range(3)):8.2f} s  reading and hashing every file"
        )
        for _ in range(3):
            report = index(home, folder)
            assert report["unchanged"] == len(files), report
            print(f"{report['seconds']:8.2f} s  syncing the unchanged folder")
        whole = min(seconds_of(lambda: index(home, folder)) for _ in range(3))
        print(f"{whole:8.2f} s  the same with the program's start")
        for number in range(3):
            path = files[number * 11 + 5]
            added, embedded = embedded_after(
                home, lambda path=path, number=number: edit_and_index(path, number, home, folder)
            )
            print(f"{'':10}  one sentence put into a file: {added} passages, {embedded} of them embedded")
        for name, laps in watch(home, folder, files).items():
            print(f"{statistics.median(laps):8.2f} s  {name}, median of {len(laps)}; slowest {max(laps):.2f} s")
    return 0


def edit_and_index(path: Path, number: int, home: Path, folder: Path) -> None:
    edit(path, f"zwerbling{number}x")
    print(f"{index(home, folder)['seconds']:8.2f} s  syncing the folder with one file changed")


if __name__ == "__main__":
    sys.exit(main())
