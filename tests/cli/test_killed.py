"""Killed at any moment: what was committed is there, whole and once, and going on leads where one go leads.

What a kill leaves is what the finished calls have written. So the program runs once, stopped before each call that
writes, and copies are made of what a kill would leave there; each is looked at, and gone on with to the end that an
index of the same files has which was made in one go.

What is more to a kill, such as locks and processes that are left, some real ones show: the program is started as people
start it, and killed after a random time, or as soon as a file shows that it is at a narrow spot.
"""

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
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from subprocess import DEVNULL, PIPE
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from moments import Chosen, Moment, watch
from support import WordEncoder

from index.library import Library
from index.models import Encoder
from index.records import Counts, Entry
from index.store.repair import repair
from index.store.verify import check_document, verify
from index.sync.sync import sync_paths
from ui.cli.commands import SAMPLES

if TYPE_CHECKING:
    from conftest import Start

SAMPLED = ("minutes-allotment-society.docx", "coffee-machine-manual.pdf")
KILLS = 16
BATCHES = 0.005  # by which a score may differ because a text was embedded in another batch
GRACE = 0.002  # seconds between two looks at the home folder
# The program that has everything in memory and waits to be told its arguments: so that it is killed at its work.
WAITING = "import json, sys; from ui.cli import main as cli; sys.exit(cli.main(json.loads(sys.stdin.readline())))"
QUERIES = ("sacks of flour for the miller", "warranty on the pump", "allotment votes", "keeper of the lighthouse")
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


def is_hurt(home: Path, doc_id: str) -> bool:
    """Tell whether the document is still the one that was altered."""
    with reading(home) as connection:
        row = connection.execute("select text from documents where doc_id = ?", [doc_id]).fetchone()
    return bool(row and row[0].startswith(b"#!"))


def standing(world: World, state: State) -> set[str]:
    """Return the documents that must stay: a file holds them, and not all their old names are taken by others."""
    now = {str(path): digest_of(path)[:16] for path in world.folder.iterdir()}
    kept = {doc_id for path, doc_id in state.files.items() if now.get(path, doc_id) == doc_id}
    return kept.intersection(now.values())


def check_left(world: World, before: State, after: State, operation: Operation) -> None:
    """Check that nothing that was committed, and is still wanted, was lost by the run that was killed."""
    for doc_id in standing(world, before) - {before.files.get(operation.removed), operation.hurt}:
        assert doc_id in after.passages, f"{doc_id} was committed, and its file is there"
        keys = [key for _, key in before.passages[doc_id]]
        assert [key for _, key in after.passages[doc_id]] == keys
        if not operation.renumbers:
            assert after.passages[doc_id] == before.passages[doc_id]
            assert before.embedded.intersection(keys) <= after.embedded, "an embedding that was there is made once"


def check_library(world: World, home: Path, after: State) -> None:
    """Open what was left, without running the program again: it is sound, and its documents are found."""
    library = Library(home, WordEncoder())
    try:
        assert library.store.catalog.inconsistencies() == []
        assert [line for entry in library.entries() for line in check_document(library.store.catalog, entry)] == []
        for doc_id in world.rng.sample(sorted(after.passages), min(3, len(after.passages))):
            word = library.document(doc_id).text.split()[-1].strip(".")
            assert doc_id in [hit.passage.doc_id for hit in library.search(word, top_k=50)]
        number = len({one[0] for of_one in after.passages.values() for one in of_one})
        assert library.indexes.words.count() == number
    finally:
        library.close()


def check_outcome(world: World, start: Start, encoder: Encoder) -> None:
    """Run the program to its end, and compare with an index of the same files made in one go.

    Each file is named, so that what was removed comes back.
    """
    fresh = world.place / "fresh"
    shutil.rmtree(fresh, ignore_errors=True)
    if world.hurt:
        with start("verify", "--repair", "--home", world.home) as program:
            program.communicate(timeout=100)
        assert program.returncode == 0
    before = read_state(world.home)
    named = (world.folder, *sorted(world.folder.iterdir()))
    with start("index", *named, "--home", world.home) as program:
        out, err = program.communicate(timeout=100)
    assert (program.returncode, err) == (0, ""), (out, err)
    with opened(fresh, encoder) as library:
        assert sync_paths(library, named).rejected == ()
    after = read_state(world.home)
    for doc_id in standing(world, before):
        assert after.passages[doc_id] == before.passages[doc_id], "what was there is not made again"
    with opened(world.home, encoder) as library, opened(fresh, encoder) as expected:
        assert verify(library) == []
        assert verify(expected) == []
        assert entries_of(library) == entries_of(expected)
        assert library.counts() == expected.counts()
        assert library.indexes.embeddings.count() == library.indexes.words.count() == library.counts().passages
        for query in QUERIES:
            check_same(hits_of(library, query), hits_of(expected, query), BATCHES)
            check_same(words_of(library, query), words_of(expected, query), 1e-6)
        check_vectors(library)


@contextlib.contextmanager
def opened(home: Path, encoder: Encoder) -> Iterator[Library]:
    library = Library(home, encoder)
    try:
        yield library
    finally:
        library.close()


def hits_of(library: Library, query: str) -> dict[tuple[str, int, int], float]:
    hits = library.search(query, top_k=10_000)
    assert len({hit.passage.passage_id for hit in hits}) == len(hits)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    return {(hit.passage.doc_id, hit.passage.start, hit.passage.end): hit.score for hit in hits}


def words_of(library: Library, query: str) -> dict[tuple[str, int, int], float]:
    scores = library.indexes.words.search(query, top_k=10_000)
    passages = library.store.catalog.passages(list(scores))
    return {(passages[i].doc_id, passages[i].start, passages[i].end): score for i, score in scores.items()}


def check_same(found: dict[Any, float], expected: dict[Any, float], tolerance: float) -> None:
    assert found.keys() == expected.keys()
    for key, score in expected.items():
        assert abs(found[key] - score) < tolerance


def check_vectors(library: Library) -> None:
    """Check that the vector index finds what comparing all embeddings of the catalog finds."""
    query = library.encoder.embed_query(QUERIES[0])
    ids, embeddings = library.store.catalog.embeddings(0, 1 << 60)
    found = library.indexes.embeddings.nearest(query, top_k=len(ids))
    assert sorted(found.tolist()) == ids.tolist()
    by_number = dict(zip(ids.tolist(), (embeddings @ query).tolist(), strict=True))
    scores = [by_number[number] for number in found.tolist()]
    np.testing.assert_allclose(scores, sorted(scores, reverse=True), atol=1e-6)


# --- between any two of its calls -----------------------------------------------------------------------------------

# The program, with the toy model in place of the real one, which nothing here depends on, and with new texts findable
# after each file that is read: so that the catalog and what is derived of it are written in turn.
WATCHED = """
import sys
import index.library, index.sync.intake
from moments import tell
from support import WordEncoder
from ui.cli import commands
from ui.cli import main as cli
index.library.Encoder = commands.Encoder = lambda model: WordEncoder()
index.sync.intake._SEARCHABLE_AFTER = 0.0
tell(int(sys.argv[1]))
sys.exit(cli.main(sys.argv[2:]))
"""
# What the program may be at when it is killed, with what is done to its home before.
WORK: dict[str, Callable[[World, State], Operation]] = {
    "the first index": lambda world, _: Operation(["index", world.folder], 0.0),
    "a sync of changes": lambda world, _: changed(world),
    "a removal": lambda _, state: removal(min(state.files)),
    "a rebuild": lambda world, _: Operation(["index", "--rebuild"], 0.0, renumbers=True),
    "a repair": lambda world, _: repair_of(world),
}


def copy_home(home: Path, place: Path) -> Path:
    """Copy a home while a program works in it, whose other threads may take a file away meanwhile."""
    with contextlib.suppress(shutil.Error):
        shutil.copytree(home, place)
    return place


def entries_of(library: Library) -> list[Entry]:
    """Return the entries, whenever they were first seen."""
    return [replace(entry, added=0.0) for entry in library.entries()]


@dataclass(frozen=True)
class Shown:
    """What a home shows: its entries and counts, and the hits of each query."""

    entries: list[Entry]
    counts: Counts
    found: dict[str, dict[tuple[str, int, int], float]]


def go_on(world: World, home: Path, hurt: str) -> Shown:
    """Do the rest of the work in what a killed program left, and return what is shown then.

    Each file is named, so that what was removed comes back.
    """
    before = read_state(home) if has_catalog(home) else State({}, {}, frozenset())
    if hurt and is_hurt(home, hurt):
        repair(home, WordEncoder())
        before = read_state(home)
    with opened(home, WordEncoder()) as library:
        sync_paths(library, [world.folder, *sorted(world.folder.iterdir())])
        assert verify(library) == []
        after = read_state(home)
        for doc_id in standing(world, before):
            assert after.passages[doc_id] == before.passages[doc_id], "what was there is not made again"
        counts = library.counts()
        assert library.indexes.embeddings.count() == library.indexes.words.count() == counts.passages
        check_vectors(library)
        found = {query: hits_of(library, query) for query in QUERIES}
        return Shown(entries_of(library), counts, found | {"words": words_of(library, QUERIES[0])})


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="Linux's kernel tells of calls")
@pytest.mark.parametrize("work", WORK.values(), ids=WORK.keys())
def test_killed_between_any_two_calls_that_write_it_goes_on_and_comes_to_the_same_end(
    work: Callable[[World, State], Operation], tmp_path: Path
) -> None:
    world, before = World(tmp_path, seed=1, days=5, files=7), State({}, {}, frozenset())
    if work is not WORK["the first index"]:
        with opened(world.home, WordEncoder()) as library:
            sync_paths(library, [world.folder])
        before = read_state(world.home)
    operation = work(world, before)
    left: dict[str, tuple[Moment, Path]] = {}
    chosen = Chosen(world.home, passing="temporary")
    moments = watch(WATCHED, [*operation.arguments, "--home", world.home], within=world.home)
    for number, moment in enumerate(moments):
        if chosen(moment) and world.home.exists():
            home = copy_home(world.home, tmp_path / f"left-{number}")
            left.setdefault(what_is_in(home), (moment, home))
        elif moment.path.name.startswith("catalog.sqlite"):
            check_catalog(world, before, operation)
    assert {"catalog.sqlite-wal", "meta.json", "manifest.json"} <= {moment.path.name for moment, _ in left.values()}
    expected = go_on(world, tmp_path / "fresh", "")
    for moment, home in left.values():
        print(moment.call, moment.path, flush=True)
        if has_catalog(home):
            after = read_state(home)
            check_left(world, before, after, operation)
            if not (operation.hurt and is_hurt(home, operation.hurt)):
                check_library(world, home, after)
        shown = go_on(world, home, operation.hurt)
        assert (shown.entries, shown.counts) == (expected.entries, expected.counts)
        for query, hits in expected.found.items():
            check_same(shown.found[query], hits, 1e-6)
        shutil.rmtree(home)


def what_is_in(home: Path) -> str:
    """Return a digest of all that a kill leaves and that is read again."""
    files = [path for path in sorted(home.rglob("*")) if path.is_file() and path.suffix != ".lock"]
    parts = [(str(path.relative_to(home)), path.read_bytes()) for path in files if not path.name.endswith("-shm")]
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def check_catalog(world: World, before: State, operation: Operation) -> None:
    """Check a copy of the catalog alone, which is made at each call that writes it."""
    place = world.place / "catalog"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    for path in world.home.glob("catalog.sqlite*"):
        shutil.copy(path, place)
    if has_catalog(place):
        check_left(world, before, read_state(place), operation)


# --- at any moment --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def real_encoder() -> Encoder:
    return Encoder()


@pytest.mark.slow
def test_killed_at_any_moment_it_goes_on_and_comes_to_the_same_end(
    start: Start, tmp_path: Path, real_encoder: Encoder
) -> None:
    world = World(tmp_path, seed=0, samples=SAMPLED, days=150, files=27)
    kills = runs = 0
    before = State({}, {}, frozenset())
    operation = Operation(["index", world.folder], 2.0)
    with contextlib.ExitStack() as stack:
        waiting = stack.enter_context(wait())
        while kills < KILLS:
            pattern = world.rng.choice([spot for spot in SPOTS if operation.hurt or not spot.startswith("saved")])
            print(f"run {runs}: {operation.arguments} at {pattern!r}", flush=True)
            if world.rng.random() < 0.1:  # while it is starting, too
                with start(*operation.arguments, "--home", world.home) as program:
                    time.sleep(world.rng.uniform(0.0, 1.0))
                    kills += end(program)
            else:
                program, waiting = waiting, stack.enter_context(wait())  # the next one is loaded meanwhile
                kills += kill_at_work(program, world, operation, pattern)
            runs += 1
            if before.files or has_catalog(world.home):
                after = read_state(world.home)
                if world.hurt and not is_hurt(world.home, world.hurt):
                    world.hurt = ""
                check_left(world, before, after, operation)
                if not world.hurt and world.rng.random() < 0.4:
                    check_library(world, world.home, after)
                before = read_state(world.home)
            operation = choose(world, before)
    assert runs < 2 * KILLS, "most were killed in time"
    check_outcome(world, start, real_encoder)
