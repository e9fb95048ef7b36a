"""Damage, crashes and crowds: nothing is lost, what can be made again is, and the rest is said in one line."""

from __future__ import annotations

import contextlib
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conftest import Folder, Pincite, Start

WRITER_WAIT = 10.0  # seconds for which a program waits for another that writes
QUESTION = "How long is the warranty on the pump?"
CAT = "The grey cat of the mill is called Bartholomew and sleeps on the flour sacks.\n"
HOLD = """
import sys
from pathlib import Path
from index.library import open_library
library = open_library(Path(sys.argv[1]))
with library.writing():
    print("held", flush=True)
    sys.stdin.read()
"""


def observed(pincite: Pincite, home: Path) -> dict[str, Any]:
    """Return what a person sees of a home: a search, an answer, the list."""
    answer = pincite("ask", QUESTION, "--json", "--home", home).json
    del answer["timings_ms"]
    return {
        "answer": answer,
        "search": pincite("search", "salt lighthouse votes", "--json", "--home", home).json,
        "list": pincite("list", "--json", "--home", home).json,
    }


def delete_folder(name: str) -> Callable[[Path], None]:
    return lambda home: shutil.rmtree(home / name)


def truncate_vectors(home: Path) -> None:
    path = next((home / "vectors").glob("*.faiss"))
    path.write_bytes(path.read_bytes()[:1000])


def scramble_vectors(home: Path) -> None:
    path = next((home / "vectors").glob("*.faiss"))
    path.write_bytes(random.Random(7).randbytes(path.stat().st_size))


def scramble_manifests(home: Path) -> None:
    for name in ("lexical", "vectors"):
        (home / name / "manifest.json").write_text('{"format": 1, "catalog"')


def delete_segments(home: Path) -> None:
    for path in (home / "lexical").glob("*/*"):
        if path.name != "meta.json":
            path.unlink()


def delete_all_but_the_manifest(home: Path) -> None:
    for path in (home / "lexical").glob("*/"):
        shutil.rmtree(path)


DAMAGE: dict[str, Callable[[Path], None]] = {
    "no lexical folder": delete_folder("lexical"),
    "no vectors folder": delete_folder("vectors"),
    "truncated vectors": truncate_vectors,
    "scrambled vectors": scramble_vectors,
    "half manifests": scramble_manifests,
    "no segments": delete_segments,
    "only the lexical manifest": delete_all_but_the_manifest,
}


@pytest.fixture(scope="module")
def sound(pincite: Pincite, indexed: Any) -> dict[str, Any]:
    return observed(pincite, indexed.home)


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE.keys())
def test_a_damaged_derived_index_changes_no_answer_and_verify_repair_leaves_a_sound_one(
    damage: Callable[[Path], None], pincite: Pincite, copied: Path, sound: dict[str, Any]
) -> None:
    damage(copied)
    assert observed(pincite, copied) == sound
    assert pincite("verify", "--repair", "--json", "--home", copied).json == {"sound": True, "problems": []}
    assert pincite("verify", "--json", "--home", copied).json == {"sound": True, "problems": []}


def test_verify_says_what_is_wrong_with_exit_1_and_repair_mends_it(pincite: Pincite, copied: Path) -> None:
    with contextlib.closing(sqlite3.connect(copied / "catalog.sqlite")) as connection, connection:
        connection.execute(
            "delete from embeddings where embedding_key in (select embedding_key from embeddings limit 3)"
        )
    run = pincite("verify", "--json", "--home", copied)
    assert run.code == 1
    assert '"sound": false' in run.out
    assert "a passage has no embedding and waits for none" in run.out
    assert pincite("verify", "--repair", "--json", "--home", copied).json["sound"] is True


def test_a_catalog_with_a_damaged_page_is_never_an_untold_loss(pincite: Pincite, copied: Path) -> None:
    path = copied / "catalog.sqlite"
    for beside in copied.glob("catalog.sqlite-*"):
        beside.unlink()
    content = bytearray(path.read_bytes())
    middle = len(content) // 2 // 4096 * 4096
    content[middle : middle + 3 * 4096] = b"\xa5" * (3 * 4096)
    path.write_bytes(content)
    run = pincite("verify", "--json", "--home", copied)
    assert run.code == 1
    assert "Traceback" not in run.err
    assert '"sound": false' in run.out or run.error


# --- two processes --------------------------------------------------------------------------------------------------


@pytest.fixture
def held(copied: Path) -> Iterator[tuple[Path, int]]:
    """A home that another process is writing, and that process's id."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(copied)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == "held\n"
        yield copied, holder.pid
        holder.kill()


@pytest.mark.slow
def test_a_second_writer_is_told_who_writes(held: tuple[Path, int], pincite: Pincite, folder: Folder) -> None:
    home, process = held
    made = folder({"cat.txt": CAT})
    run = pincite("index", made, "--json", "--home", home)  # the other one goes on writing
    assert run.code == 1
    assert str(home) in run.error
    assert f"process {process}" in run.error
    assert "--home" in run.error


def test_people_read_while_another_process_writes(
    held: tuple[Path, int], pincite: Pincite, sound: dict[str, Any]
) -> None:
    assert observed(pincite, held[0]) == sound
    assert pincite("status", "--json", "--home", held[0]).json["healthy"] is True


def test_a_writer_that_is_killed_holds_nobody_up(pincite: Pincite, copied: Path, folder: Folder) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(copied)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == "held\n"
        holder.kill()
    assert pincite("index", folder({"cat.txt": CAT}), "--home", copied).code == 0


@pytest.mark.slow
def test_two_programs_that_index_at_once_both_come_to_their_end(start: Start, pincite: Pincite, folder: Folder) -> None:
    made = folder({f"{side}/{number}.txt": f"{side} {number}. {CAT}" for side in "ab" for number in range(5)})
    home, started = made.parent / "home", time.monotonic()
    programs = {side: start("index", made / side, "--json", "--home", home) for side in "ab"}
    said = {side: program.communicate(timeout=240)[1] for side, program in programs.items()}
    for side in [side for side, program in programs.items() if program.returncode]:
        assert "is being written by process" in said[side]  # for longer than is waited for: the machine is busy
        assert time.monotonic() - started > WRITER_WAIT
        assert pincite("index", made / side, "--home", home).code == 0
    status = pincite("status", "--json", "--home", home).json
    assert (status["documents"], status["passages"], status["healthy"]) == (10, 10, True)
    assert pincite("verify", "--json", "--home", home).json["sound"] is True


# --- kill -9 --------------------------------------------------------------------------------------------------------

DOCUMENTS = 260  # two batches of embeddings, and some


def count(home: Path, table: str) -> int:
    try:
        with contextlib.closing(sqlite3.connect(f"file:{home / 'catalog.sqlite'}?mode=ro", uri=True)) as connection:
            return int(connection.execute(f"select count(*) from {table}").fetchone()[0])
    except sqlite3.Error:
        return 0


def many_documents() -> dict[str, str | bytes]:
    words = random.Random(11)
    sentence = "Entry {} of the ledger says that {} sacks went to {}, and the miller signed for {} of them in {}."
    towns = ("Aldmouth", "Brackenford", "Carrow", "Dunwater", "Eastlea")
    return {
        f"{number:03}.txt": sentence.format(
            number, words.randint(2, 999), words.choice(towns), words.randint(2, 99), words.randint(1700, 1899)
        )
        for number in range(DOCUMENTS)
    }


@pytest.mark.parametrize(("table", "reached"), [("documents", 40), ("embeddings", 1)], ids=["reading", "embedding"])
@pytest.mark.slow
def test_a_killed_index_goes_on_where_it_was_and_doubles_nothing(
    table: str, reached: int, start: Start, pincite: Pincite, folder: Folder
) -> None:
    made = folder(many_documents())
    home = made.parent / "home"
    with start("index", made, "--home", home) as program:
        while count(home, table) < reached:
            assert program.poll() is None, program.communicate()
            time.sleep(0.002)
        program.send_signal(signal.SIGKILL)
        program.wait(10)
    done = count(home, table)
    assert reached <= done < DOCUMENTS, "it was killed in the middle"
    listed = pincite("list", "--json", "--home", home).json["documents"]
    assert len(listed) == count(home, "documents"), "what was indexed is there before anything is run again"
    hits = pincite("search", "ledger sacks miller", "--json", "--home", home).json["hits"]
    assert len(hits) == 10, "and can be found"
    report = pincite("index", made, "--json", "--home", home).json
    assert report["indexed"] + report["unchanged"] == DOCUMENTS
    assert report["unchanged"] >= len(listed)
    assert count(home, "documents") == count(home, "passages") == count(home, "embeddings") == DOCUMENTS
    assert pincite("verify", "--json", "--home", home).json == {"sound": True, "problems": []}
    found = pincite("search", "ledger", "--top-k", 2 * DOCUMENTS, "--json", "--home", home).json["hits"]
    assert len(found) == len({hit["doc_id"] for hit in found}) == DOCUMENTS
