"""Read every file of ../shared/documents as a sync would, and print what became of them, by class and by format.

    python tests/quality/documents.py [--without-ocr] [--list]

`index.tsv` there says what each file is, as two PDF libraries found it. Exits with 1 if what must hold does not: no
crash, no hang, nothing over 60 s or 1 GB, at least 98 % of what is readable indexed, and the right reason for the rest.
"""

from __future__ import annotations

import argparse
import csv
import os
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from index.errors import DocumentRejectedError
from index.isolation.pool import ReadingPlace, ReadingPool, WantedFile
from index.models import Encoder

DOCUMENTS = Path(__file__).resolve().parents[3] / "shared" / "documents"
MOST_SECONDS, MOST_BYTES, SHARE_INDEXED = 60.0, 1 << 30, 0.98
# Hides the library that reads pictures from the processes that read.
HIDE_OCR = """
import importlib.abc, importlib.util, sys
old = importlib.util.find_spec
importlib.util.find_spec = lambda name, package=None: None if name == "rapidocr" else old(name, package)
"""


@dataclass(frozen=True)
class Outcome:
    """What became of a file; `reason` is also what is missing of one that was read in part."""

    path: str
    kind: str
    suffix: str
    state: str
    reason: str
    seconds: float
    characters: int
    ocr: bool


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--without-ocr", action="store_true", help="as if pincite[ocr] were not installed")
    parser.add_argument("--list", action="store_true", help="print a line a file, too")
    options = parser.parse_args()
    rows = list(csv.DictReader((DOCUMENTS / "index.tsv").open(encoding="utf-8"), delimiter="\t"))
    with tempfile.TemporaryDirectory() as temporary, peak_memory() as peak:
        if options.without_ocr:
            Path(temporary, "sitecustomize.py").write_text(HIDE_OCR)
            os.environ["PYTHONPATH"] = temporary
        outcomes = read_all(rows, Path(temporary))
    for one in outcomes if options.list else ():
        print(f"{one.kind}\t{one.state}\t{one.characters}\t{one.seconds:.1f} s\t{one.path}\t{one.reason}")
    print_tables(outcomes)
    slowest = max(outcomes, key=lambda one: one.seconds)
    print(f"\nslowest: {slowest.seconds:.1f} s, {slowest.path}; largest process: {peak[0] >> 20} MB")
    wrong = list(broken(outcomes, peak[0], ocr=not options.without_ocr))
    print("\n".join(["", *wrong]) if wrong else "\nall that must hold does")
    return 1 if wrong else 0


def read_all(rows: list[dict[str, str]], folder: Path) -> list[Outcome]:
    room = folder / "room"
    room.mkdir()
    pool = ReadingPool(room, Encoder())
    began: dict[str, float] = {}
    took: dict[str, float] = {}
    futures = {}
    for number, row in enumerate(rows):
        path = DOCUMENTS / row["path"]
        unpacked = folder / str(number)
        unpacked.mkdir()
        place = _Timed(row["path"], began)
        future = pool.read(WantedFile(path, str(path), 0.0, unpacked), place)
        future.add_done_callback(lambda _, name=row["path"]: took.__setitem__(name, time.monotonic()))
        futures[row["path"]] = future
    outcomes = []
    for row in rows:
        name, state, reason, characters, ocr = row["path"], "indexed", "", 0, False
        try:
            document = futures[name].result().document
            state, reason = "partial" if document.missing else "indexed", document.missing
            characters = len(document.text)
            ocr = any(page.certainty is not None for page in document.pages.values())
        except DocumentRejectedError as error:
            state, reason = "rejected", str(error)
        seconds = took[name] - began.get(name, took[name])
        outcomes.append(Outcome(name, row["class"], row["ext"], state, reason, seconds, characters, ocr))
    pool.close()
    return outcomes


class _Timed(ReadingPlace):
    """Notes when the reading of a file begins, which is when the pool sets its page to 0."""

    def __init__(self, name: str, began: dict[str, float]) -> None:
        self._name, self._began = name, began
        self.pages = 0

    @property
    def page(self) -> int:  # type: ignore[override]
        return self._page

    @page.setter
    def page(self, value: int) -> None:
        self._page = value
        self._began.setdefault(self._name, time.monotonic())


@contextmanager
def peak_memory() -> Iterator[list[int]]:
    """Yield a list whose one number is the largest memory, in bytes, that a process started here has had."""
    peak, over = [0], threading.Event()

    def watch() -> None:
        while not over.wait(0.05):
            for child in psutil.Process().children(recursive=True):
                try:
                    peak[0] = max(peak[0], child.memory_info().rss)
                except psutil.Error:
                    continue

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    yield peak
    over.set()
    thread.join()


def print_tables(outcomes: list[Outcome]) -> None:
    for title, key in (("class", "kind"), ("format", "suffix")):
        groups: dict[str, list[Outcome]] = defaultdict(list)
        for one in outcomes:
            groups[getattr(one, key)].append(one)
        print(f"\n{title:34}{'files':>7}{'indexed':>9}{'by OCR':>8}{'in part':>9}{'rejected':>10}")
        for name, group in sorted(groups.items()):
            states = Counter(one.state for one in group)
            counts = (
                f"{states['indexed']:9}{sum(one.ocr for one in group):8}{states['partial']:9}{states['rejected']:10}"
            )
            print(f"{name:34}{len(group):7}{counts}")
    print("\nreasons of the rejected")
    reasons = Counter((one.kind, one.reason[:100]) for one in outcomes if one.state == "rejected")
    for (kind, reason), count in sorted(reasons.items()):
        print(f"{count:5}  {kind:32} {reason}")


def broken(outcomes: list[Outcome], peak: int, *, ocr: bool) -> Iterator[str]:
    """Yield what must hold and does not."""
    by_class: dict[str, list[Outcome]] = defaultdict(list)
    for one in outcomes:
        by_class[one.kind].append(one)
        if one.seconds > MOST_SECONDS or "takes too long" in one.reason:
            yield f"{one.path} takes {one.seconds:.0f} s"
        if "crashed" in one.reason or "takes over" in one.reason:
            yield f"{one.path}: {one.reason}"
    if peak > MOST_BYTES:
        yield f"a process took {peak >> 20} MB"
    ok = [one for one in by_class["ok"] if one.state != "rejected"]
    if len(ok) < SHARE_INDEXED * len(by_class["ok"]):
        yield f"only {len(ok)} of {len(by_class['ok'])} of class ok are indexed"
    for one in by_class["encrypted-opens-empty-password"]:
        if one.state == "rejected" and "no text" not in one.reason and "blank" not in one.reason:
            yield f"{one.path} opens with an empty password: {one.reason}"
    for one in by_class["encrypted-needs-password"]:
        if "password" not in one.reason:
            yield f"{one.path} needs a password: {one.state} {one.reason}"
    for one in by_class["no-text-scanned"]:
        said = "no text" in one.reason and "pincite[ocr]" in one.reason
        if not ocr and one.state == "rejected" and not said:
            yield f"{one.path} is scanned: {one.reason}"


if __name__ == "__main__":
    sys.exit(main())
