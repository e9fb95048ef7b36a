"""A format is one file and one row: in a copy of the program that of `tests/toys/` is added, asked of, and shown."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
ROW = '    Format("text/x-log-book", "plain.logbook", (".logbook",), "Log book", "day"),\n'
LOG = "== Monday: We left the harbour at dawn. The wind was fair.\n== Tuesday: The cook Hester Lund caught a tunny.\n"
MAIN = "from ui.cli.main import main; raise SystemExit(main())"
SHOW = """
import sys
from pathlib import Path
from index import InWork, open_library
from ui.languages import LANGUAGES, speaking
from ui.places import count_pages, kind_of, page_name, whereabouts
from ui.web.parts.library import activity, listing
from ui.web.state.indexing import IndexingState
from ui.web.state.shelf import Added
library = open_library(Path(sys.argv[1]))
(entry,) = library.entries()
document = library.document(entry.doc_id)
caught = document.text.index("tunny")
print(kind_of(document.media_type).name, page_name(document, document.page_of(caught)))
print(whereabouts(document, caught))
for language in LANGUAGES:
    with speaking(language):
        print(count_pages(1, "day"), count_pages(2, "day"), sep=", ")
state = IndexingState(running=True, total=9, in_work=(InWork("/a/osprey.logbook", 3, 40),))
print(listing([entry]))
print(activity(library.counts(), state))
print(activity(library.counts(), IndexingState(), added=[Added(Path(entry.path), entry)]))
library.close()
"""


def a_copy(folder: Path) -> Path:
    """Return a folder with the program's code; the networks are linked to."""
    for package in ("index", "rag", "ui"):
        for path in (ROOT / package).rglob("*"):
            copy = folder / path.relative_to(ROOT)
            if path.is_file() and "__pycache__" not in path.parts:
                copy.parent.mkdir(parents=True, exist_ok=True)
                if path.stat().st_size > 1_000_000:
                    copy.symlink_to(path)
                else:
                    shutil.copyfile(path, copy)
    return folder


def run(code: Path, *arguments: str) -> str:
    """Run Python on the copy, and return what it prints."""
    environment = {**os.environ, "PYTHONPATH": str(code)}
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=code,
        env=environment,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
def test_a_format_is_one_row_and_one_module(tmp_path: Path) -> None:
    code, home = a_copy(tmp_path / "code"), str(tmp_path / "home")
    table = code / "index" / "readers" / "formats.py"
    text = table.read_text(encoding="utf-8")
    assert text.count("    TEXT,\n") == 1
    table.write_text(text.replace("    TEXT,\n", "    TEXT,\n" + ROW), encoding="utf-8")
    shutil.copyfile(ROOT / "tests" / "toys" / "format.py", code / "index" / "readers" / "plain" / "logbook.py")
    log = tmp_path / "plover.logbook"
    log.write_text(LOG, encoding="utf-8")

    run(code, "-c", MAIN, "index", "--home", home, str(log))
    answer = json.loads(run(code, "-c", MAIN, "ask", "--home", home, "--json", "Who caught a tunny?"))

    assert "Hester Lund" in answer["sentences"][0]["text"]
    assert answer["citations"][0]["page"] == 2
    name, place, *shown = run(code, "-c", SHOW, home).splitlines()
    assert (name, place) == ("Log book day Tuesday", "Day Tuesday (2 of 2)")
    *counts, row, in_work, added = shown
    assert counts == 4 * ["1 day, 2 days"], "what is new is English in each language"
    assert "Log book · 2 days" in row
    assert "day 3 of 40" in in_work
    assert "2 days" in added
