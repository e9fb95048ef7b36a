"""The home folder: its owner's alone, and with nothing in it of what was not to last."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from support import WordEncoder

from index.library import ENGINES, Library
from index.store.home import Temporary, make_home, make_private, sweep
from index.sync.sync import sync_paths

pytestmark = pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")


def modes(home: Path) -> dict[str, str]:
    """Whatever in the home others than its owner may do anything with."""
    found = {str(path.relative_to(home)): path.lstat().st_mode for path in (home, *home.rglob("*"))}
    return {name: oct(stat.S_IMODE(mode)) for name, mode in found.items() if stat.S_IMODE(mode) & 0o077}


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "ferry.txt").write_text("The ferry leaves at noon.")
    return tmp_path / "documents"


def test_what_a_library_writes_is_its_owners_alone(tmp_path: Path, documents: Path) -> None:
    before = os.umask(0o022)  # what nearly all systems have
    try:
        library = Library(tmp_path / "home", WordEncoder())
        sync_paths(library, [documents])
        assert stat.S_IMODE((tmp_path / "home").stat().st_mode) == 0o700, "so that nobody else gets to what is in it"
        library.close()
    finally:
        os.umask(before)
    assert modes(tmp_path / "home") == {}


def test_an_old_home_is_closed_when_it_is_opened(tmp_path: Path, documents: Path) -> None:
    home = tmp_path / "home"
    library = Library(home, WordEncoder())
    sync_paths(library, [documents])
    library.close()
    for path in (home, *home.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    make_home(home, ENGINES.folders)
    assert modes(home) == {}


def test_a_folder_that_holds_other_things_stays_open_and_only_ours_is_closed(tmp_path: Path) -> None:
    home = tmp_path / "shared"
    (home / "lexical").mkdir(parents=True)
    for name in ("catalog.sqlite", "lexical/manifest.json", "letter.txt"):
        (home / name).write_text("x")
        (home / name).chmod(0o644)
    (home / "lexical").chmod(0o755)
    home.chmod(0o755)
    make_private(home, ENGINES.folders)
    assert modes(home) == {".": "0o755", "letter.txt": "0o644"}


def test_a_link_in_the_home_closes_nothing_outside(tmp_path: Path) -> None:
    outside = tmp_path / "outside.txt"
    outside.write_text("x")
    outside.chmod(0o644)
    home = tmp_path / "home"
    (home / "vectors").mkdir(parents=True)
    (home / "vectors" / "link").symlink_to(outside)
    (home / "lexical").symlink_to(tmp_path / "elsewhere")
    make_home(home, ENGINES.folders)
    assert stat.S_IMODE(outside.stat().st_mode) == 0o644


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can be another user")
def test_another_user_reads_nothing_of_a_home(tmp_path: Path, documents: Path) -> None:
    tmp_path.chmod(0o755)
    library = Library(tmp_path / "home", WordEncoder())
    sync_paths(library, [documents])
    (library.temporary / "kept.txt").write_text("The ferry leaves at noon.")
    program = (
        "import os, sys; os.setgid(65534); os.setuid(65534)\n"
        "for folder, folders, names in os.walk(sys.argv[1]):\n"
        "    print(folder, folders, names)\n"
        "try: print(open(sys.argv[1] + '/catalog.sqlite', 'rb').read(6))\n"
        "except PermissionError: print('refused')\n"
    )
    run = subprocess.run([sys.executable, "-c", program, str(library.home)], capture_output=True, text=True, cwd="/")
    library.close()
    assert (run.stdout.strip(), run.returncode) == ("refused", 0), run.stderr


def test_the_temporary_folder_is_gone_when_it_is_closed(tmp_path: Path) -> None:
    make_home(tmp_path / "home", ())
    temporary = Temporary(tmp_path / "home")
    (temporary.path / "note.txt").write_text("x")
    assert stat.S_IMODE(temporary.path.stat().st_mode) == 0o700
    temporary.close()
    assert not list((tmp_path / "home" / "temporary").glob("[!r]*"))


def test_what_a_killed_process_left_is_gone_at_the_next_start_and_what_a_living_one_has_stays(tmp_path: Path) -> None:
    home = tmp_path / "home"
    make_home(home, ENGINES.folders)
    living = Temporary(home)
    (living.path / "note.txt").write_text("living")
    program = (
        "import os, sys; from pathlib import Path; from index.store.home import Temporary\n"
        "room = Temporary(Path(sys.argv[1])); (room.path / 'note.txt').write_text('killed'); os.kill(os.getpid(), 9)\n"
    )
    root = Path(__file__).resolve().parents[2]
    subprocess.run([sys.executable, "-c", program, str(home)], cwd=root)
    assert sorted(path.read_text() for path in home.rglob("note.txt")) == ["killed", "living"]
    sweep(home)
    assert [path.read_text() for path in home.rglob("note.txt")] == ["living"]
    living.close()


def test_a_library_sweeps_when_it_is_opened(tmp_path: Path) -> None:
    left = tmp_path / "home" / "temporary" / "0123456789abcdef"
    left.mkdir(parents=True)
    (left / "note.txt").write_text("x")
    Library(tmp_path / "home", WordEncoder()).close()
    assert not left.exists()
