"""What reads hostile files is confined by the kernel, not only by Python: attacks from inside of such a process."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import textwrap
import threading
from pathlib import Path
from typing import Any

import pytest

from index.errors import DocumentRejectedError, PinciteError
from index.isolation.packing import members_of
from index.isolation.pool import ReadingPlace, ReadingPool, WantedFile
from index.isolation.process import ReadingProcess
from index.models import Encoder
from index.readers.archives.members import UnpackedFile

linux = pytest.mark.skipif(sys.platform != "linux", reason="the kernel confines on Linux only")
ROOT = Path(__file__).resolve().parents[2]
# Runs in the process that reads, in the place of the reader of plain text: each attack's name, and what it came to.
ATTACKS = """
import ctypes, json, os, signal, socket, sys
from index.readers.plain import text
from index.readers.content import Content
libc = ctypes.CDLL(None, use_errno=True)
def tried(attack):
    try:
        return str(attack())
    except OSError as error:  # EXDEV is how Landlock refuses a link between folders
        return "refused" if isinstance(error, PermissionError) or error.errno == 18 else repr(error)
    except Exception as error:
        return repr(error)
def call(name, *arguments):
    if getattr(libc, name)(*arguments) < 0:
        raise OSError(ctypes.get_errno(), name)
    return "done"
def read(source):
    outside, other, port, parent = source.data.decode().split("\\n")[:4]
    attacks = {
        "a program, by the library": lambda: call("execve", b"/bin/true", None, None),
        "a shell, by the library": lambda: {0: "done"}.get(libc.system(b"true"), "refused"),
        "a new process, by the library": lambda: call("fork"),
        "another file of the person": lambda: open(other).read(),
        "the same, by the library": lambda: call("open", other.encode(), 0),
        "a folder": lambda: os.listdir(os.path.dirname(other)),
        "a file written outside": lambda: call("creat", (outside + "/new").encode(), 0o600),
        "a link out": lambda: os.symlink(other, "link"),
        "a hard link out": lambda: os.link(other, "link"),
        "the parent's memory": lambda: open(f"/proc/{parent}/mem", "rb").read(1),
        "the parent's environment": lambda: open(f"/proc/{parent}/environ", "rb").read(),
        "a signal to the parent": lambda: call("kill", int(parent), 0),
        "a look into the parent": lambda: call("ptrace", 16, int(parent), 0, 0),
        "a connection": lambda: socket.create_connection(("127.0.0.1", int(port)), 2),
        "a socket, by the library": lambda: call("socket", 2, 1, 0),
        "a mount": lambda: call("mount", b"none", b"/tmp", b"tmpfs", 0, None),
    }
    found = {name: tried(attack) for name, attack in attacks.items()}
    found["environment"] = sorted(set(os.environ))
    found["descriptors"] = sorted(
        os.readlink(f"/proc/self/fd/{number}").split(":")[0] for number in os.listdir("/proc/self/fd")
        if os.path.exists(f"/proc/self/fd/{number}")
    )
    open("written", "w").write("its own folder is its own")
    return Content("", json.dumps(found))
text.read = read
"""


@pytest.fixture
def attacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What came of the attacks, and whether anybody was connected to."""
    for name in ("room", "modules", "outside", "other"):
        (tmp_path / name).mkdir()
    (tmp_path / "modules" / "sitecustomize.py").write_text(ATTACKS)
    (tmp_path / "other" / "diary.txt").write_text("Dear diary")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "modules"))
    monkeypatch.setenv("A_SECRET_KEY", "geheim")
    with socket.create_server(("127.0.0.1", 0)) as server:
        accepted = threading.Event()
        threading.Thread(target=lambda: (server.accept()[0].close(), accepted.set()), daemon=True).start()
        port = server.getsockname()[1]
        file = tmp_path / "attack.txt"
        file.write_text(f"{tmp_path / 'outside'}\n{tmp_path / 'other' / 'diary.txt'}\n{port}\n{os.getpid()}\n")
        pool = ReadingPool(tmp_path / "room", Encoder())
        with (tmp_path / "open.txt").open("w"):  # which no process that is started should have open, too
            found = pool.read(WantedFile(file, str(file), 0.0, tmp_path / "outside"), ReadingPlace()).result()
        kept = pool.unconfined()
        pool.close()
        result: dict[str, Any] = json.loads(found.document.text)
        result |= {"connected": accepted.is_set(), "kept": kept}
        socket.create_connection(("127.0.0.1", port)).close()  # for the thread that waits
    assert list((tmp_path / "outside").iterdir()) == []
    return result


@linux
def test_a_process_that_reads_can_do_nothing_but_read(attacked: dict[str, Any]) -> None:
    if attacked["kept"]:
        pytest.skip(f"this kernel does not confine all: {attacked['kept']}")
    told = {name: came for name, came in attacked.items() if isinstance(came, str)}
    assert len(told) == 16
    assert {name: came for name, came in told.items() if came != "refused"} == {}
    assert not attacked["connected"]


@linux
def test_a_process_that_reads_inherits_no_secret_and_no_open_file(attacked: dict[str, Any]) -> None:
    assert "A_SECRET_KEY" not in attacked["environment"]
    assert not any("open.txt" in place for place in attacked["descriptors"])


@linux
def test_a_process_that_may_run_one_program_runs_no_other_by_python(tmp_path: Path) -> None:
    program = """
        import subprocess, sys
        from pathlib import Path
        from index.isolation.sandbox import ProgramNeededError, confine
        confine(folder=Path(sys.argv[1]), memory=1 << 30, program="/bin/true")
        subprocess.run(["/bin/true"], check=True)
        try:
            subprocess.run(["/bin/echo", "run"])
        except ProgramNeededError:
            print("refused")
        try:
            open(sys.argv[2])
        except PermissionError:
            print("refused")
    """
    (tmp_path / "own").mkdir()
    (tmp_path / "diary.txt").write_text("Dear diary")
    command = [sys.executable, "-c", textwrap.dedent(program), str(tmp_path / "own"), str(tmp_path / "diary.txt")]
    run = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert (run.returncode, run.stdout.split()) == (0, ["refused", "refused"]), run.stderr


@linux
def test_what_the_system_does_not_close_is_said(tmp_path: Path) -> None:
    program = """
        import sys
        from pathlib import Path
        import landlockpy
        landlockpy.supported = lambda: False
        sys.modules["pyseccomp"] = None
        from index.isolation.sandbox import confine
        print("\\n".join(confine(folder=Path(sys.argv[1]), memory=1 << 30)))
    """
    command = [sys.executable, "-c", textwrap.dedent(program), str(tmp_path)]
    run = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    lines = run.stdout.splitlines()
    assert len(lines) == 2, run.stderr
    assert "Landlock" in lines[0]
    assert "libseccomp" in lines[1]


@pytest.mark.parametrize("kind", ["link", "hard link", "folder", "missing", "way out"])
def test_what_a_process_says_it_unpacked_is_taken_only_if_it_is_an_ordinary_file(tmp_path: Path, kind: str) -> None:
    source, folder = tmp_path / "source", tmp_path / "folder"
    for place in (source, folder):
        place.mkdir()
    (tmp_path / "diary.txt").write_text("Dear diary")
    made = source / "0001"
    if kind == "link":
        made.symlink_to(tmp_path / "diary.txt")
    elif kind == "hard link":
        made.hardlink_to(tmp_path / "diary.txt")
    elif kind == "folder":
        made.mkdir()
    name = "../diary.txt" if kind == "way out" else "0001"
    with pytest.raises(DocumentRejectedError, match="makes no sense"):
        members_of([("a.txt", name)], source, folder)


def test_members_are_moved_to_where_the_process_can_not_change_them(tmp_path: Path) -> None:
    for name in ("source", "folder"):
        (tmp_path / name).mkdir()
    (tmp_path / "source" / "0001").write_bytes(b"The ferry leaves at noon.")
    moved = members_of([("a/b.txt", "0001")], tmp_path / "source", tmp_path / "folder")
    assert moved == [UnpackedFile("a/b.txt", tmp_path / "folder" / "0001", 25)]
    assert list((tmp_path / "source").iterdir()) == []


def test_a_program_that_never_says_that_it_is_ready_is_not_waited_for_without_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def start(_self: ReadingProcess, _program: str | None) -> subprocess.Popen[bytes]:
        asleep = [sys.executable, "-c", "import time; time.sleep(600)"]
        return subprocess.Popen(asleep, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    monkeypatch.setattr(ReadingProcess, "_start", start)
    with pytest.raises(PinciteError, match="can't be started"):
        ReadingProcess(tmp_path, memory=1 << 30, patience=30.0, wait=0.2)
    assert list(tmp_path.iterdir()) == []
