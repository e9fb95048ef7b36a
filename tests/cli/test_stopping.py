"""Being stopped by Ctrl-C or SIGTERM: one line and no trace, nothing that was done is lost, the next run goes on."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from waiting import run_until

if os.name == "posix":
    import termios

if TYPE_CHECKING:
    from conftest import Folder, Pincite, Program, Start

DOCUMENTS = 400  # three batches of embeddings, and some
SAID = "pincite: stopped; what was indexed stays, and the same command goes on from there\n"
# An import that a signal breaks off ends as another error.
IMPORTING = """
import os, signal, sys
from ui.cli import commands
from ui.cli import main as cli

def broken_off(*_, **__):
    try:
        os.kill(os.getpid(), signal.SIGTERM)
        signal.pause()
    except KeyboardInterrupt as interrupt:
        raise ImportError("initialization failed") from interrupt

commands.sync_paths = broken_off
sys.exit(cli.main(["index", *sys.argv[1:]]))
"""
# So does one in the middle of a sync of what is watched; and one in a finaliser is lost.
WATCHING = """
import os, signal, sys
from ui.cli import commands
from ui.cli import main as cli
import index.sync.watching

def broken_off(*_, **__):
    try:
        os.kill(os.getpid(), signal.SIGTERM)
        signal.pause()
    except KeyboardInterrupt as interrupt:
        raise SystemError("a callback failed") from interrupt
    yield

index.sync.watching.Watcher.follow = broken_off
sys.exit(cli.main(["index", *sys.argv[1:], "--watch"]))
"""
FINALISING = """
import os, signal, sys
from ui.cli import commands
from ui.cli import main as cli

class Finalised:
    def __del__(self):
        os.kill(os.getpid(), signal.SIGTERM)
        for _ in range(1000):
            pass

sync_paths = commands.sync_paths
def losing(*given, progress):
    sent = []
    def report(state):
        if state.done and not sent:
            sent.append(state)
            Finalised()
        progress(state)
    return sync_paths(*given, progress=report)

commands.sync_paths = losing
sys.exit(cli.main(["index", *sys.argv[1:]]))
"""
CHAT_SAID = "pincite: indexing stopped; what was indexed stays, and the same command goes on from there\n"

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs POSIX's signals and terminals")


@pytest.fixture
def made(folder: Folder) -> Path:
    """A folder of documents of one passage each, which is work for some seconds."""
    return folder({f"{i:03}.txt": f"Page {i} of the ledger: {i} sacks of flour.\n" for i in range(DOCUMENTS)})


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def status(pincite: Pincite, home: Path) -> Any:
    return pincite("status", "--json", "--home", home).json


def assert_goes_on(pincite: Pincite, home: Path, made: Path) -> None:
    """Check that the same command ends the work, without doing any of it again."""
    before = status(pincite, home)
    report = pincite("index", made, "--json", "--home", home).json
    assert report["unchanged"] == before["documents"]
    assert report["indexed"] == DOCUMENTS - before["documents"]
    after = status(pincite, home)
    assert after["documents"] == after["passages"] == after["embedded"] == DOCUMENTS
    assert pincite("verify", "--json", "--home", home).json == {"sound": True, "problems": []}


# At each stage one of the signals, which come the same way.
@pytest.mark.parametrize(
    ("number", "code", "reached"),
    [
        (signal.SIGINT, 130, {"documents": 20}),
        (signal.SIGTERM, 143, {"documents": DOCUMENTS}),
        (signal.SIGTERM, 143, {"embedded": 1}),
    ],
    ids=str,
)
@pytest.mark.slow
def test_a_stopped_index_says_so_in_one_line_and_goes_on_where_it_was(
    number: signal.Signals, code: int, reached: dict[str, int], start: Start, pincite: Pincite, made: Path, home: Path
) -> None:
    with start("index", made, "--home", home) as program:
        run_until(program, home, **reached)
        program.send_signal(number)
        out, err = program.communicate(timeout=240)
    assert (program.returncode, out, err) == (code, "", SAID)
    left = status(pincite, home)
    assert all(left[name] >= count for name, count in reached.items())
    assert left["embedded"] < DOCUMENTS, "it was stopped in the middle"
    assert_goes_on(pincite, home, made)


@pytest.mark.parametrize("program", [IMPORTING, FINALISING], ids=["another error", "lost"])
def test_a_signal_that_a_library_makes_something_else_of_is_a_stop_too(program: str, made: Path, home: Path) -> None:
    command = [sys.executable, "-c", program, made, "--home", home]
    run = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)
    assert (run.returncode, run.stdout, run.stderr) == (143, "", SAID)


def test_a_signal_that_a_library_makes_another_error_of_ends_the_watching_too(folder: Folder, home: Path) -> None:
    command = [sys.executable, "-c", WATCHING, folder({"one.txt": "A page.\n"}), "--home", home]
    run = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)
    assert (run.returncode, run.stderr.splitlines()[1:]) == (0, [])


def test_a_second_signal_changes_nothing(start: Start, made: Path, home: Path) -> None:
    with start("index", made, "--home", home) as program:
        run_until(program, home, documents=20)
        # Of those that come before it looks, Python takes the lowest number first: SIGINT is the first anyway.
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGTERM):
            program.send_signal(number)
            time.sleep(0.002)
        out, err = program.communicate(timeout=240)
    assert (program.returncode, out, err) == (130, "", SAID)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_while_watching_a_signal_is_the_normal_end(
    number: int, start: Start, pincite: Pincite, folder: Folder, home: Path
) -> None:
    made = folder({"one.txt": "One page of the ledger.\n"})
    with start("index", made, "--watch", "--home", home) as program:
        assert program.stderr
        assert "watching" in program.stderr.readline()
        program.send_signal(number)
        out, err = program.communicate(timeout=240)
    assert (program.returncode, err) == (0, "")
    assert out.startswith("1 indexed")


def test_a_first_sync_that_is_to_be_watched_can_be_stopped(
    start: Start, pincite: Pincite, made: Path, home: Path
) -> None:
    with start("index", made, "--watch", "--home", home) as program:
        run_until(program, home, documents=20)
        program.send_signal(signal.SIGINT)
        out, err = program.communicate(timeout=240)
    assert (program.returncode, out, err) == (130, "", SAID)


@pytest.mark.slow
def test_the_chat_ends_while_it_indexes_and_loses_nothing(
    start: Start, pincite: Pincite, made: Path, home: Path
) -> None:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    with start("chat", made, "--no-browser", "--port", port, "--home", home) as program:
        assert program.stdout
        assert "Ctrl-C ends it" in program.stdout.readline()
        run_until(program, home, embedded=1)
        program.send_signal(signal.SIGTERM)
        out, err = program.communicate(timeout=240)
    assert (program.returncode, out, err) == (0, "", CHAT_SAID)
    assert 0 < status(pincite, home)["embedded"] < DOCUMENTS
    assert_goes_on(pincite, home, made)


def shown(program: Program, terminal: int) -> str:
    """Return all that the program shows on a terminal until it ends."""
    parts = []
    while True:
        try:
            part = os.read(terminal, 4096)
        except OSError:  # Linux's way to say that nobody writes any more
            break
        if not part:
            break
        parts.append(part)
    program.wait(60)
    os.close(terminal)
    return b"".join(parts).decode().replace("\r\n", "\n")


def on_a_terminal(start: Start, *arguments: object) -> tuple[Program, int]:
    ours, theirs = os.openpty()
    termios.tcsetwinsize(theirs, (24, 100))
    program = start(*arguments, stdout=theirs, stderr=theirs)
    os.close(theirs)
    return program, ours


@pytest.mark.slow
def test_bars_say_rate_and_time_left_and_the_second_begins_where_the_first_was_stopped(
    start: Start, pincite: Pincite, made: Path, home: Path
) -> None:
    program, terminal = on_a_terminal(start, "index", made, "--home", home)
    with program:
        run_until(program, home, embedded=129)  # the second batch: the first has been shown
        program.send_signal(signal.SIGINT)
        first = shown(program, terminal)
    assert program.returncode == 130
    *bars, said, after = first.split("\n")
    assert (said + "\n", after) == (SAID, ""), "the line is one of its own, below the bars"
    assert len(bars) == 2
    assert re.search(rf"reading: .*\d+/{DOCUMENTS} \[\d+:\d+<\d+:\d+, +[\d.]+ files/s\]", bars[0])
    assert re.search(rf"embedding: .*\d+/{DOCUMENTS} \[\d+:\d+<\d+:\d+, +[\d.]+ passages/s\]", bars[1])
    done = status(pincite, home)["embedded"]
    assert 0 < done < DOCUMENTS
    program, terminal = on_a_terminal(start, "index", made, "--home", home)
    with program:
        second = shown(program, terminal)
    assert program.returncode == 0
    assert re.findall(rf"embedding: .*?(\d+)/{DOCUMENTS}", second)[0] == str(done)
    assert second.splitlines()[-1].startswith(f"0 indexed, {DOCUMENTS} unchanged")


@pytest.mark.slow
def test_a_background_job_of_a_shell_is_not_stopped_by_its_ctrl_c(
    start: Start, pincite: Pincite, folder: Folder, home: Path
) -> None:
    made = folder({f"{i:03}.txt": f"Page {i} of the ledger: {i} sacks of flour.\n" for i in range(40)})
    ignoring = {"preexec_fn": lambda: signal.signal(signal.SIGINT, signal.SIG_IGN)}
    with start("index", made, "--home", home, **ignoring) as program:
        run_until(program, home, documents=1)
        program.send_signal(signal.SIGINT)
        _, err = program.communicate(timeout=120)
    assert (program.returncode, err) == (0, "")
