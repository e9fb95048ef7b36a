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
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from killing import (
    SPOTS,
    Operation,
    State,
    World,
    changed,
    choose,
    digest_of,
    end,
    has_catalog,
    kill_at_work,
    read_state,
    reading,
    removal,
    repair_of,
    wait,
)
from moments import Chosen, Moment, watch
from support import WordEncoder

from index.library import Library
from index.models import Encoder
from index.records import Counts, Entry
from index.store.repair import repair
from index.store.verify import check_document, verify
from index.sync.sync import sync_paths

if TYPE_CHECKING:
    from conftest import Start

SAMPLED = ("minutes-allotment-society.docx", "coffee-machine-manual.pdf")
KILLS = 16
BATCHES = 0.005  # by which a score may differ because a text was embedded in another batch
QUERIES = ("sacks of flour for the miller", "warranty on the pump", "allotment votes", "keeper of the lighthouse")


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
