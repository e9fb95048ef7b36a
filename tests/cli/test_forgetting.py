"""Forgetting: what is removed is gone from the very next answer, and after the compaction from every file's bytes."""

from __future__ import annotations

import contextlib
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from support import WordEncoder
from waiting import counted

from index.library import Library
from index.sync.sync import sync_paths
from index.text.words import split_words
from ui.cli.commands import SAMPLES

if TYPE_CHECKING:
    from conftest import Folder, Pincite, Start

pytestmark = pytest.mark.slow  # each waits for what the system tells, or starts a program

NAME = "vorquist-dossier.md"
TITLE = "The Vorquist Settlement"
MARKERS = ("Zyxomandrels", "Quibberlings", "Ünterwaldmöwe", "Plonkwhistled")
SECRET = f"""# {TITLE}

The {MARKERS[0]} were sold to the harbour for 417 guilders, and the {MARKERS[1]} kept the receipt.

## Second part

Nobody but {MARKERS[2]} knows that the lighthouse was {MARKERS[3]} by night.
"""
QUESTION = f"Who knows that the lighthouse was {MARKERS[3]} by night?"
# Answers the searches it is asked for, and keeps its index open between them.
ASK = """
import sys
from pathlib import Path
from index.library import open_library

library = open_library(Path(sys.argv[1]))
for query in sys.stdin:
    paths = [library.document(hit.passage.doc_id).path for hit in library.search(query.strip())]
    print(*[Path(path).name for path in paths], flush=True)
"""


def forms_of(words: Iterable[str]) -> list[bytes]:
    """Return the bytes by which words would be found in a file: as they are, folded, stemmed, in any encoding."""
    found = set()
    for word in words:
        for form in (word, word.lower(), word.casefold(), *(stem for stem in split_words(word) if len(stem) > 5)):
            found |= {form.encode(encoding) for encoding in ("utf-8", "utf-16-le", "utf-16-be", "latin-1")}
    return sorted(found)


def embedding_forms(library: Library, doc_id: str) -> list[bytes]:
    """Return the bytes by which the embeddings of a document would be found."""
    [*numbers] = [one.passage.passage_id for one in library.store.catalog.stored_passages([doc_id])]
    _, rows = library.store.catalog.embeddings_of(numbers)
    assert len(rows) == len(numbers)
    return [row[start : start + 8].astype(kind).tobytes() for row in rows for kind in (np.float16, np.float32)
            for start in (0, 100, 376)]  # fmt: skip


def traces(home: Path, forms: Iterable[bytes]) -> list[tuple[str, bytes]]:
    """Return which files below `home` hold which of these bytes, in their contents or their names."""
    found = []
    for path in home.rglob("*"):
        if path.is_file():
            content = path.read_bytes() + path.name.encode()
            found += [(str(path.relative_to(home)), form) for form in forms if form in content]
    return found


@pytest.fixture
def secret(folder: Folder, pincite: Pincite, tmp_path: Path) -> tuple[Path, Path]:
    """A folder with a document that is to be forgotten, and the home in which it is indexed."""
    files = {
        f"{number:02}.txt": f"Letter {number} of the harbour says that a lighthouse is lit." for number in range(25)
    }
    made, home = folder({**files, NAME: SECRET}), tmp_path / "home"
    shutil.copy(SAMPLES / "salt.txt", made)
    assert pincite("index", made, "--home", home).code == 0
    return made, home


def forms_in(home: Path) -> list[bytes]:
    """Return all that must be gone with the secret document; each text is there now."""
    library = Library(home, WordEncoder())
    try:
        [entry] = [entry for entry in library.entries() if entry.path.endswith(NAME)]
        of_embeddings = embedding_forms(library, entry.doc_id)
    finally:
        library.close()
    texts = forms_of([*MARKERS, NAME, "vorquist", "Vorquist"])
    held = {form for _, form in traces(home, texts + of_embeddings)}
    assert {MARKERS[0].encode(), NAME.encode()} < held
    assert held.intersection(of_embeddings)
    return texts + of_embeddings


def by_command(pincite: Pincite, folder: Path, home: Path) -> None:
    assert pincite("remove", folder / NAME, "--home", home).code == 0


def by_deleting_the_file(pincite: Pincite, folder: Path, home: Path) -> None:
    (folder / NAME).unlink()
    assert pincite("index", folder, "--home", home).code == 0


def by_changing_the_file(pincite: Pincite, folder: Path, home: Path) -> None:
    (folder / NAME).rename(folder / "note.md")
    (folder / "note.md").write_text("# A note\n\nNothing is known of the lighthouse by night.")
    assert pincite("index", folder, "--home", home).code == 0


def with_the_folder(pincite: Pincite, folder: Path, home: Path) -> None:
    assert pincite("remove", folder, "--home", home).code == 0


Removal = Callable[[Any, Path, Path], None]
REMOVALS: list[Removal] = [by_command, by_deleting_the_file, by_changing_the_file, with_the_folder]


@pytest.mark.parametrize("removal", REMOVALS)
def test_a_removed_document_leaves_no_trace(removal: Removal, secret: tuple[Path, Path], pincite: Pincite) -> None:
    folder, home = secret
    forms = forms_in(home)
    assert pincite("verify", "--trace", MARKERS[0], "--home", home).code == 1
    removal(pincite, folder, home)
    assert traces(home, forms) == []
    for word in (*MARKERS, NAME):
        assert pincite("verify", "--trace", word, "--home", home).code == 0
    assert pincite("verify", "--json", "--home", home).json == {"sound": True, "problems": []}


@pytest.mark.parametrize("removal", REMOVALS[:3])
def test_a_process_that_has_the_index_open_finds_it_no_more(
    removal: Removal, secret: tuple[Path, Path], pincite: Pincite
) -> None:
    folder, home = secret
    forms = forms_in(home)
    with subprocess.Popen(
        [sys.executable, "-c", ASK, str(home)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
    ) as other:
        assert other.stdin
        assert other.stdout
        other.stdin.write(QUESTION + "\n")
        assert other.stdout.readline().split()[0] == NAME
        removal(pincite, folder, home)
        other.stdin.write(QUESTION + "\n")
        assert NAME not in other.stdout.readline().split()
        assert traces(home, forms) == [], "though it has the files open"
        other.stdin.close()


@pytest.mark.slow
def test_what_a_reader_keeps_on_disk_is_told_and_goes_when_it_has_gone(
    secret: tuple[Path, Path], pincite: Pincite
) -> None:
    folder, home = secret
    forms = forms_in(home)
    with contextlib.closing(sqlite3.connect(home / "catalog.sqlite", isolation_level=None)) as reader:
        reader.execute("begin")
        reader.execute("select count(*) from documents").fetchone()
        by_command(pincite, folder, home)  # which doesn't wait for the reader
        assert NAME not in pincite("search", QUESTION, "--home", home).out
        assert traces(home, forms), "a moment of the past is being read"
        run = pincite("verify", "--home", home)
        assert run.code == 1
        assert "no other program" in run.out
        reader.execute("commit")
        run = pincite("verify", "--repair", "--home", home)
        assert run.code == 0, run
        assert traces(home, forms) == []


@pytest.mark.slow
def test_a_killed_removal_is_finished_by_the_next_run(
    secret: tuple[Path, Path], start: Start, pincite: Pincite, tmp_path: Path
) -> None:
    folder, home = secret
    forms, rng = forms_in(home), random.Random(5)
    kept = shutil.copytree(home, tmp_path / "kept")
    (folder / NAME).rename(tmp_path / NAME)
    gone, documents = 0, counted(home, "documents")
    for number in range(6):  # what is left between any two of its calls, tests/cli/test_killed.py goes through
        shutil.rmtree(home)
        shutil.copytree(kept, home)
        before = (home / "writing.pid").stat().st_mtime_ns
        with start("remove", folder / NAME, "--home", home) as program:
            while program.poll() is None and (home / "writing.pid").stat().st_mtime_ns == before:
                time.sleep(0.001)
            if number % 2:  # the catalog has forgotten it, other files may not have
                while program.poll() is None and counted(home, "documents") == documents:
                    time.sleep(0.001)
            else:
                time.sleep(rng.uniform(0, 0.2))
            program.send_signal(signal.SIGKILL)
            program.wait(10)
        gone += NAME not in pincite("list", "--home", home).out
        assert pincite("index", folder, "--home", home).code == 0
        assert traces(home, forms) == []
        assert pincite("verify", "--json", "--home", home).json == {"sound": True, "problems": []}
    assert gone >= 3


def test_what_a_killed_repair_and_killed_runs_leave_behind_is_cleared_away(
    secret: tuple[Path, Path], pincite: Pincite
) -> None:
    folder, home = secret
    forms = forms_in(home)
    [vectors], [lexical] = (home / "vectors").glob("*.faiss"), [p for p in (home / "lexical").iterdir() if p.is_dir()]
    left = [
        shutil.copy(home / "catalog.sqlite", home / "saved.sqlite"),
        shutil.copy(home / "catalog.sqlite", home / "saved.sqlite-wal"),
        shutil.copy(vectors, home / "vectors" / "vectors-99-12345678.faiss"),
        shutil.copytree(lexical, home / "lexical" / "99-12345678"),
        *(shutil.copy(path, path.with_stem("0123456789abcdef0123456789abcdef")) for path in lexical.glob("*.term")),
    ]
    assert len(left) >= 5  # an index of words has one part, or several where it is slow to join them
    found = pincite("verify", "--home", home)
    assert found.code == 1
    for path in left:
        assert str(path) in found.out
    by_command(pincite, folder, home)
    assert traces(home, forms) == []
    assert pincite("verify", "--json", "--home", home).json["sound"] is True


@pytest.mark.slow
def test_of_many_documents_that_come_and_go_none_leaves_a_trace(library: Library, tmp_path: Path) -> None:
    rng = random.Random(3)
    folder = tmp_path / "many"
    folder.mkdir()
    marks: dict[Path, str] = {}

    def write(path: Path) -> None:
        mark = marks[path] = "q" + rng.randbytes(6).hex() + "z"
        path.write_text(
            f"# Mark {mark}\n\n" + f"The mark of it is {mark}, says the {mark} book. " * rng.choice((1, 9, 100))
        )

    for number in range(60):
        write(folder / f"n{number:03}-{rng.randbytes(5).hex()}.md")
    sync_paths(library, [folder])
    for _ in range(5):
        forgotten: list[bytes] = []
        for path in rng.sample(sorted(marks), 15):
            forgotten.append(marks[path].encode())
            if rng.random() < 0.5:
                write(path)
                continue
            forgotten.append(path.name.encode())
            del marks[path]
            path.unlink()
            write(folder / f"n{rng.randint(0, 999):03}-{rng.randbytes(5).hex()}.md")
        sync_paths(library, [folder])
        assert traces(library.home, forgotten) == []
        assert len(traces(library.home, [mark.encode() for mark in marks.values()])) >= len(marks)
