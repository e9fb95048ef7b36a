"""A disk that is full, can't be written, or goes away: one clear line, and what was committed is safe."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support import WordEncoder

from index.errors import HomeError, PinciteError
from index.library import Library
from index.progress import Report, SyncProgress
from index.store.verify import verify
from index.sync import intake
from index.sync.sync import sync_paths

if TYPE_CHECKING:
    from conftest import Folder, Pincite

SIZE = "900k"
# Answers over and over, and says in a line what came of each question; the questions are read from standard input.
ASK = """
import sys
from pathlib import Path
from support import WordEncoder
from index.errors import PinciteError
from index.library import Library
library = Library(Path(sys.argv[1]), WordEncoder())
for query in sys.stdin:
    try:
        print("found", len(library.search(query.strip())), flush=True)
    except PinciteError as error:
        print("error", error, flush=True)
"""


def run(*command: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*map(str, command)], capture_output=True, text=True, timeout=60, check=False)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small disk of its own, which only the system's administrator can make: otherwise these tests are skipped."""
    place = tmp_path / "disk"
    place.mkdir()
    made = run("mount", "-t", "tmpfs", "-o", f"size={SIZE}", "pincite-test", place)
    if made.returncode:
        pytest.skip(f"no disk can be mounted here ({made.stderr.strip()}): run the tests as root to see a full disk")
    yield place
    run("umount", "-l", place)


def make_room(disk: Path) -> None:
    assert run("mount", "-o", "remount,size=50m", disk).returncode == 0


def check_full(error: HomeError) -> None:
    assert "full" in str(error), error
    assert "\n" not in str(error)


def many(number: int) -> dict[str, str | bytes]:
    line = "The keeper of harbour {} wrote in book {} that the lighthouse was lit at {} and put out at {}. "
    return {f"{n:03}.txt": "".join(line.format(n, n * k, k, n + k) for k in range(12)) for n in range(number)}


@pytest.mark.slow
def test_indexing_on_a_full_disk_ends_in_one_line_and_goes_on_when_there_is_room(
    disk: Path, folder: Folder, program: Pincite, pincite: Pincite
) -> None:
    made, home = folder(many(60)), disk / "home"
    run_full = program("index", made, "--home", home)
    assert run_full.code == 1
    assert "full" in run_full.error
    assert str(disk) in run_full.error
    listed = program("list", "--json", "--home", home)
    if listed.code == 0:  # what was committed answers, as far as reading needs no room
        found = program("search", "keeper of harbour 7", "--json", "--home", home)
        assert found.code == 0 or "full" in found.error
    make_room(disk)
    before = pincite("list", "--json", "--home", home).json["documents"]
    assert before, "some were committed"
    assert pincite("search", "keeper of harbour 7", "--json", "--home", home).json["hits"]
    report = pincite("index", made, "--json", "--home", home).json
    assert report["unchanged"] >= len(before)
    assert report["indexed"] + report["unchanged"] == 60
    assert pincite("verify", "--json", "--home", home).json == {"sound": True, "problems": []}


def check_goes_on(home: Path, made: Path) -> None:
    """Check that what was committed is there when there is room again, and that the rest is indexed then."""
    library = Library(home, WordEncoder())
    try:
        before = {entry.doc_id for entry in library.entries()}
        assert sync_paths(library, [made]).unchanged == len(before)
        assert verify(library) == []
        assert len(library.search("keeper of harbour 7", top_k=500)) == library.counts().passages
    finally:
        library.close()


def fails_in(home: Path, made: Path, *, progress: Report | None = None) -> str:
    """Index on a disk that gets full; return in which part of the home, or "" if it does not."""
    library = None
    try:
        library = Library(home, WordEncoder())
        sync_paths(library, [made], progress=progress)
    except HomeError as error:
        check_full(error)
        return str(error).removeprefix(str(home) + "/").split(":")[0].split("/")[0]
    finally:
        if library:
            library.close()
    return ""


@pytest.mark.slow
def test_wherever_the_catalog_meets_the_end_of_the_disk_nothing_that_was_committed_is_lost(
    disk: Path, folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    for pause in ("_SEARCHABLE_AFTER", "_IDLE"):  # on a slow machine what is derived would come between, and be first
        monkeypatch.setattr(intake, pause, 60.0)
    made, home = folder(many(40)), disk / "home"
    ended: set[str] = set()
    for size in range(300, 9000, 400):
        if "" in ended:  # on a larger disk, too, it comes to its end
            break
        make_room(disk)
        shutil.rmtree(home, ignore_errors=True)
        assert run("mount", "-o", f"remount,size={size}k", disk).returncode == 0
        ended.add(fails_in(home, made))
        make_room(disk)
        check_goes_on(home, made)
    assert ended == {"catalog.sqlite", ""}


@pytest.mark.parametrize(("stage", "part"), [("reading", "lexical"), ("embedding", "vectors")])
@pytest.mark.slow
def test_wherever_what_is_derived_meets_the_end_of_the_disk_it_is_made_later(
    stage: str, part: str, disk: Path, folder: Folder
) -> None:
    made, home = folder(many(40)), disk / "home"
    make_room(disk)
    ended: set[str] = set()
    for left in (0, 4, 12, 24, 40, 60, 100, 150, 200):
        if "" in ended:  # with more left, too, it comes to its end
            break
        shutil.rmtree(home, ignore_errors=True)

        def fill(progress: SyncProgress, left: int = left) -> None:
            if progress.stage == stage and progress.done == progress.total:
                free = shutil.disk_usage(disk).free
                (disk / "filler").write_bytes(b"x" * (free - left * 1024))

        ended.add(fails_in(home, made, progress=fill))
        (disk / "filler").unlink()
        check_goes_on(home, made)
    assert part in ended, ended
    assert ended <= {"catalog.sqlite", "lexical", "vectors", ""}


def test_documents_can_be_removed_from_a_full_disk(disk: Path, folder: Folder) -> None:
    assert run("mount", "-o", "remount,size=3m", disk).returncode == 0
    made, home = folder(many(30)), disk / "home"
    library = Library(home, WordEncoder())
    try:
        sync_paths(library, [made])
        with pytest.raises(OSError, match="28"):
            (disk / "filler").write_bytes(b"x" * 4_000_000)
        try:
            library.remove([str(made / "000.txt")])
        except HomeError as error:  # no harm, and it says so
            check_full(error)
        (disk / "filler").unlink()
        if library.counts().documents == 30:
            library.remove([str(made / "000.txt")])
        sync_paths(library, [made / "001.txt"])
        assert verify(library) == []
        assert library.counts().documents == 29
    finally:
        library.close()


@pytest.mark.slow
def test_a_disk_that_can_not_be_written_is_told_in_one_line(
    disk: Path, folder: Folder, program: Pincite, pincite: Pincite
) -> None:
    made, home = folder({"cat.txt": "A cat sleeps in the mill."}), disk / "home"
    assert pincite("index", made, "--home", home).code == 0
    assert run("mount", "-o", "remount,ro", disk).returncode == 0
    commands = (["index", made], ["ask", "Who sleeps?"], ["remove", made], ["verify", "--repair"], ["list"])
    for run_it, command in ((program, commands[0]), *((pincite, command) for command in commands)):
        error = run_it(*command, "--home", home).error
        assert str(home) in error
        assert "--home" in error
    assert run("mount", "-o", "remount,rw", disk).returncode == 0
    assert pincite("verify", "--json", "--home", home).json["sound"] is True


@pytest.mark.parametrize("how", ["unmounted", "deleted", "replaced"])
def test_a_home_that_disappears_is_told_with_the_next_question(
    how: str, disk: Path, folder: Folder, tmp_path: Path
) -> None:
    made = folder({"cat.txt": "A cat sleeps in the mill."})
    home = (disk if how == "unmounted" else tmp_path) / "home"
    library = Library(home, WordEncoder())
    sync_paths(library, [made])
    library.close()
    command = [sys.executable, "-c", ASK, str(home)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
    ) as asking:
        assert asking.stdin
        assert asking.stdout
        asking.stdin.write("cat\n")
        assert asking.stdout.readline() == "found 1\n"
        if how == "unmounted":
            assert run("umount", "-l", disk).returncode == 0
        else:
            shutil.rmtree(home)
        if how == "replaced":
            Library(home, WordEncoder()).close()
        for _ in range(2):
            asking.stdin.write("cat\n")
            line = asking.stdout.readline()
            assert line.startswith("error ")
            assert str(home) in line
            assert "start Pincite again" in line if how == "replaced" else "--home" in line
        asking.stdin.close()


@pytest.mark.parametrize("how", ["unmounted", "deleted"])
def test_nothing_is_written_where_a_home_was(how: str, disk: Path, folder: Folder, tmp_path: Path) -> None:
    made = folder({"cat.txt": "A cat sleeps in the mill."})
    home = (disk if how == "unmounted" else tmp_path) / "home"
    library = Library(home, WordEncoder())
    try:
        sync_paths(library, [made])
        if how == "unmounted":
            run("umount", "-l", disk)
        else:
            shutil.rmtree(home)
        folder({"dog.txt": "A dog barks in the mill."})
        for change in (lambda: sync_paths(library, [made]), lambda: library.remove([str(made)])):
            with pytest.raises(PinciteError, match="home"):
                change()
        assert not list(home.glob("*")), "or it would seem a home with nothing in it"
    finally:
        library.close()
