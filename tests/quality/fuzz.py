"""Damage real files of every format, for a time, and read them as a sync would: nothing may crash, hang or leak.

    python tests/quality/fuzz.py [--seconds 300] [--seed 1] [--keep FOLDER]

What is damaged are the samples of the tests, corpus/, and the small files of ../shared/documents. Bytes are flipped,
cut out, doubled and swapped; of zips the parts inside are, too, and packed again. A file that breaks anything is kept.
"""

from __future__ import annotations

import argparse
import io
import math
import random
import sys
import tempfile
import time
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from samples import SAMPLES

from index.errors import DocumentRejectedError
from index.isolation.pool import FileRead, ReadingPlace, ReadingPool, WantedFile
from index.models import Encoder
from index.readers.formats import BY_SUFFIX

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = (ROOT / "corpus", ROOT.parent / "shared" / "documents")
LARGEST = 200_000  # bytes of a file that is damaged
PATIENCE = 15.0  # seconds, less than usual
LEFT = ("office.legacy",)  # LibreOffice is not ours to test
NUMBERS = (0, 1, 0x7F, 0x80, 0xFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)


@dataclass(frozen=True)
class Seed:
    """A file that is damaged."""

    name: str
    data: bytes


def seeds(folders: Sequence[Path]) -> dict[str, list[Seed]]:
    """Return the small files of each format, by the module that reads it."""
    found: dict[str, list[Seed]] = defaultdict(list)
    for sample in SAMPLES:
        found[BY_SUFFIX[Path(sample.name).suffix].reader].append(Seed(sample.name, sample.write(sample.words)))
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            format = BY_SUFFIX.get(path.suffix.lower())
            if format and format.reader not in LEFT and path.is_file() and 0 < path.stat().st_size < LARGEST:
                found[format.reader].append(Seed(path.name, path.read_bytes()))
    return found


def damaged(seed: Seed, others: Sequence[Seed], rng: random.Random) -> bytes:
    """Return the file with some damage; a zip is mostly damaged inside."""
    if seed.data.startswith(b"PK") and rng.random() < 0.8:
        return _damaged_inside(seed.data, rng)
    return _damaged_bytes(seed.data, rng.choice(others).data, rng)


def _damaged_bytes(data: bytes, other: bytes, rng: random.Random) -> bytes:
    found = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 5, 20))):
        at = rng.randrange(len(found) or 1)
        length = rng.choice((1, 2, 4, 16, 256, 4096))
        kind = rng.randrange(7)
        if kind == 0:
            found[at : at + 1] = bytes([rng.randrange(256)])
        elif kind == 1:
            del found[at : at + length]
        elif kind == 2:
            found[at:at] = found[at : at + length] * rng.choice((1, 3, 50))
        elif kind == 3:
            start = rng.randrange(len(other) or 1)
            found[at : at + length] = other[start : start + length]
        elif kind == 4:
            size = rng.choice((1, 2, 4))
            number = rng.choice(NUMBERS) % (1 << 8 * size)
            found[at : at + size] = number.to_bytes(size, rng.choice(("big", "little")))
        elif kind == 5:
            del found[at:]
        else:
            digits = str(rng.choice((*NUMBERS, -1, 10**12))).encode()
            found[at : at + len(digits)] = digits
        if len(found) > 10 * LARGEST:
            break
    return bytes(found)


def _damaged_inside(data: bytes, rng: random.Random) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        names = [name for name in dict.fromkeys(old.namelist()) if not name.endswith("/")]
        chosen = set(rng.sample(names, min(len(names), rng.choice((1, 1, 2)))))
        for name in names:
            part = old.read(name)
            if name in chosen and rng.random() < 0.1:
                continue  # it is missing
            new.writestr(name, _damaged_bytes(part, part, rng) if name in chosen and part else part)
    return packed.getvalue()


def fuzz(
    found: dict[str, list[Seed]], folder: Path, *, seed: int, seconds: float = math.inf, files: float = math.inf
) -> Iterator[tuple[str, Path, str]]:
    """Damage and read so many files, or for a time; yield the format, the file, and "read" or why it was not."""
    room = folder / "room"
    room.mkdir()
    rng, pool = random.Random(seed), ReadingPool(room, Encoder(), patience=PATIENCE)
    running: dict[Future[FileRead], tuple[str, Path]] = {}
    until, number = time.monotonic() + seconds, 0
    while running or (number < files and time.monotonic() < until):
        while len(running) < 2 * pool.parallel and number < files and time.monotonic() < until:
            reader = rng.choice(sorted(found))
            one = rng.choice(found[reader])
            path = folder / f"{number}{Path(one.name).suffix}"
            path.write_bytes(damaged(one, found[reader], rng))
            unpacked = folder / f"{number}-unpacked"
            unpacked.mkdir()
            running[pool.read(WantedFile(path, str(path), 0.0, unpacked), ReadingPlace())] = reader, path
            number += 1
        for future in wait(running, return_when=FIRST_COMPLETED).done:
            reader, path = running.pop(future)
            yield reader, path, _outcome(future)
    pool.close()


def _outcome(future: Future[FileRead]) -> str:
    try:
        document = future.result().document
    except DocumentRejectedError as error:
        return str(error)
    spans = [(page.start, page.end) for page in document.pages.values()]
    for start, end in [*spans, *((heading.start, heading.end) for heading in document.headings)]:
        if not 0 <= start <= end <= len(document.text):
            return f"crashed: a span {start}:{end} of {len(document.text)} characters"
    return "read"


def is_broken(outcome: str) -> bool:
    """Tell whether this may not come of any file."""
    return any(words in outcome for words in ("crashed", "takes too long", "takes over", "makes no sense"))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, default=Path("results/fuzz"))
    options = parser.parse_args()
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    largest = broken = 0
    with tempfile.TemporaryDirectory() as temporary:
        found = seeds([folder for folder in FOLDERS if folder.is_dir()])
        for reader, path, outcome in fuzz(found, Path(temporary), seconds=options.seconds, seed=options.seed):
            counts[reader][outcome if outcome == "read" else "rejected"] += 1
            largest = max([largest, *(_size(child) for child in psutil.Process().children())])
            if is_broken(outcome):
                broken += 1
                options.keep.mkdir(parents=True, exist_ok=True)
                kept = options.keep / f"{reader}-{options.seed}-{path.name}"
                kept.write_bytes(path.read_bytes())
                print(f"{kept}: {outcome}")
            path.unlink()
    print(f"{'format':14}{'seeds':>7}{'damaged':>9}{'read':>7}{'rejected':>10}")
    for reader, count in sorted(counts.items()):
        print(f"{reader:14}{len(found[reader]):7}{count.total():9}{count['read']:7}{count['rejected']:10}")
    total = sum(count.total() for count in counts.values())
    print(f"{total} damaged files, {broken} broke something; largest process between two files: {largest >> 20} MB")
    return 1 if broken else 0


def _size(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.Error:
        return 0


if __name__ == "__main__":
    sys.exit(main())
