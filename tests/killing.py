"""What a program that is killed at any moment works on, does and leaves: folders, commands, and what its home holds."""

from __future__ import annotations

import contextlib
import hashlib
import json
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import DEVNULL, PIPE
from typing import Any

from ui.cli.commands import SAMPLES

GRACE = 0.002  # seconds between two looks at the home folder
# The program that has everything in memory and waits to be told its arguments: so that it is killed at its work.
WAITING = "import json, sys; from ui.cli import main as cli; sys.exit(cli.main(json.loads(sys.stdin.readline())))"
TOWNS = ("Aldmouth", "Brackenford", "Carrow", "Dunwater", "Eastlea", "Fallow", "Garth")
FORMATS = ("txt", "md", "html")
# Names of files whose coming says that the program is at a narrow spot; "" stands for a random moment.
SPOTS = (
    "", "", "", "lexical/manifest.new", "vectors/manifest.new", "vectors/*.faiss", "lexical/*-*", "lexical/*/*.term",
    "lexical/*/meta.json", "saved.sqlite*", "catalog.sqlite", "lexical/manifest.json", "vectors/manifest.json",
)  # fmt: skip


@dataclass
class Spot:
    """A sign in the home folder: it comes when a file of this name is new, or another than before, or gone."""

    home: Path
    pattern: str
    before: set[tuple[str, int, int]] = field(init=False)

    def __post_init__(self) -> None:
        self.before = self._seen()

    def came(self) -> bool:
        return self._seen() != self.before

    def _seen(self) -> set[tuple[str, int, int]]:
        found = set()
        for path in self.home.glob(self.pattern):
            with contextlib.suppress(OSError):
                status = path.stat()
                found.add((path.name, status.st_ino, status.st_mtime_ns))
        return found


@dataclass(frozen=True)
class State:
    """What is committed in a catalog."""

    files: dict[str, str]  # the document of each path
    passages: dict[str, list[tuple[int, bytes]]]  # number and key of each, by document
    embedded: frozenset[bytes]


def read_state(home: Path) -> State:
    """Read a catalog as a killed program left it, and check that its rows go together."""
    with reading(home) as connection:
        files = dict(connection.execute("select path, doc_id from files where doc_id is not null").fetchall())
        documents = {row[0] for row in connection.execute("select doc_id from documents")}
        rows = connection.execute(
            "select doc_id, passage_id, embedding_key from passages order by passage_id"
        ).fetchall()
        embedded = frozenset(row[0] for row in connection.execute("select embedding_key from embeddings"))
        waiting = {row[0] for row in connection.execute("select passage_id from pending")}
        assert [row[0] for row in connection.execute("pragma integrity_check")] == ["ok"]
    passages: dict[str, list[tuple[int, bytes]]] = {}
    for doc_id, number, key in rows:
        passages.setdefault(doc_id, []).append((number, key))
        assert (number in waiting) != (key in embedded), "it waits for an embedding, or has one"
    assert documents == set(files.values()) == set(passages), "each document is whole"
    assert embedded == embedded & {key for of_one in passages.values() for _, key in of_one}
    assert waiting <= {row[1] for row in rows}
    return State(files, passages, embedded)


def has_catalog(home: Path) -> bool:
    """Tell whether the tables are made: the very first run may be killed before."""
    with contextlib.suppress(sqlite3.Error), reading(home) as connection:
        return bool(connection.execute("select value from meta where key = 'format'").fetchone())
    return False


@contextlib.contextmanager
def reading(home: Path) -> Iterator[sqlite3.Connection]:
    with contextlib.closing(sqlite3.connect(f"file:{home / 'catalog.sqlite'}?mode=ro", uri=True)) as connection:
        yield connection


class World:
    """A folder of documents that changes at random, and the home in which it is indexed."""

    def __init__(self, place: Path, seed: int, *, samples: Sequence[str] = (), days: int, files: int) -> None:
        self.rng = random.Random(seed)
        self.folder, self.home, self.place = place / "documents", place / "home", place
        self.folder.mkdir()
        self.written, self.hurt = 0, ""
        for name in samples:
            shutil.copy(SAMPLES / name, self.folder)
        sections = [f"## Day {day}\n\nOn day {day} {self._sentence()}" for day in range(days)]
        (self.folder / "ledger.md").write_text("# Ledger\n\n" + "\n\n".join(sections))
        for _ in range(files):
            self._write(self._new_path())

    def change(self) -> None:
        """New, changed, renamed, copied and deleted files; always something new, so that there is something to do."""
        self._write(self._new_path())
        for _ in range(self.rng.randint(0, 4)):
            path = self.rng.choice(self._made())
            what = self.rng.choice(("change", "rename", "copy", "delete", "swap"))
            if path.suffix == ".txt" and what != "delete":
                what = "change"  # its title is the name under which it was read first
            if what == "change":
                self._write(path)
            elif what == "rename":
                path.rename(self._new_path(path.suffix))
            elif what == "copy":
                shutil.copy(path, self._new_path(path.suffix))
            elif what == "swap":
                other = self.rng.choice([one for one in self._made() if one.suffix == path.suffix])
                one, two = path.read_bytes(), other.read_bytes()
                path.write_bytes(two)
                other.write_bytes(one)
            elif len(self._made()) > 15:
                path.unlink()

    def hurt_one(self) -> None:
        """Alter a byte of one document's text in the catalog, which a repair then reads again from its file."""
        with contextlib.closing(sqlite3.connect(self.home / "catalog.sqlite")) as connection, connection:
            doc_ids = [row[0] for row in connection.execute("select doc_id from documents order by doc_id")]
            doc_id = self.hurt = self.rng.choice(doc_ids)
            [text] = connection.execute("select text from documents where doc_id = ?", [doc_id]).fetchone()
            connection.execute("update documents set text = ? where doc_id = ?", [b"#!" + text[2:], doc_id])

    def _made(self) -> list[Path]:
        return sorted(path for path in self.folder.iterdir() if path.name.startswith("made"))

    def _new_path(self, suffix: str = "") -> Path:
        self.written += 1
        return self.folder / f"made-{self.written:03}{suffix or '.' + self.rng.choice(FORMATS)}"

    def _write(self, path: Path) -> None:
        lines = [self._sentence() for _ in range(self.rng.choice((2, 3, 12)))]
        if path.suffix == ".html":
            path.write_text("<!doctype html><title>Mill</title>" + "".join(f"<p>{line}</p>" for line in lines))
        else:
            path.write_text("\n\n".join(["# The mill" if path.suffix == ".md" else "The mill.", *lines]))

    def _sentence(self) -> str:
        word = self.rng.randbytes(4).hex()
        sacks, town = self.rng.randint(2, 999), self.rng.choice(TOWNS)
        return f"the miller of {town} signed for {sacks} sacks of flour in the book of the house {word}."


def digest_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@dataclass
class Operation:
    """A command, and how long it writes."""

    arguments: list[object]
    seconds: float
    renumbers: bool = False  # it makes passages anew
    removed: str = ""
    hurt: str = ""


def removal(path: str) -> Operation:
    return Operation(["remove", path], 0.15, removed=path)


def changed(world: World) -> Operation:
    world.change()
    return Operation(["index", world.folder], 0.5)


def repair_of(world: World) -> Operation:
    if not world.hurt:
        world.hurt_one()
    return Operation(["verify", "--repair"], 1.0, renumbers=True, hurt=world.hurt)


def choose(world: World, state: State) -> Operation:
    if world.hurt:  # and the repair was killed before it was done
        return repair_of(world)
    kind = world.rng.choices(("index", "remove", "rebuild", "repair", "salvage"), (10, 3, 2, 2, 3))[0]
    if kind == "remove" and len(state.files) > 5:
        return removal(world.rng.choice(sorted(state.files)))
    if kind == "rebuild":
        return Operation(["index", "--rebuild"], 2.0, renumbers=True)
    if kind == "repair":
        return Operation(["verify", "--repair"], 1.0)
    if kind == "salvage" and state.files:
        return repair_of(world)
    return changed(world)


class Program(subprocess.Popen[str]):
    """A process that is over when its block is."""

    def __exit__(self, *raised: Any) -> None:
        self.kill()
        super().__exit__(*raised)


def wait() -> Program:
    """Start the program, which then waits to be told what to do."""
    return Program([sys.executable, "-c", WAITING], stdin=PIPE, stdout=DEVNULL, stderr=PIPE, text=True)


def kill_at_work(program: subprocess.Popen[str], world: World, operation: Operation, pattern: str) -> bool:
    """Let a waiting program begin, and kill it in the middle of its work; tell whether it was still at it."""
    begun, spot = Spot(world.home, "writing.pid"), Spot(world.home, pattern) if pattern else None
    assert program.stdin
    program.stdin.write(json.dumps([*map(str, operation.arguments), "--home", str(world.home)]) + "\n")
    program.stdin.flush()
    while program.poll() is None and not begun.came():
        time.sleep(GRACE)
    until = time.monotonic() + (5 * operation.seconds if spot else world.rng.uniform(0, operation.seconds))
    while program.poll() is None and time.monotonic() < until and not (spot and spot.came()):
        time.sleep(GRACE / 4)
    if spot:
        time.sleep(world.rng.choice((0, 0, 0.001, 0.005)))
    return end(program)


def end(program: subprocess.Popen[str]) -> bool:
    """Kill a program; tell whether it was still at work, and not at an end that is no good one."""
    killed = program.poll() is None
    program.send_signal(signal.SIGKILL)
    program.wait(30)
    assert killed or program.returncode == 0, program.stderr and program.stderr.read()
    return killed
