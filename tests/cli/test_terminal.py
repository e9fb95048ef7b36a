"""What a terminal, a pipe and a script see: progress or silence, one value, and an end when they want one."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from waiting import run_until

pytestmark = pytest.mark.slow  # each waits for what the system tells, or starts a program

if os.name == "posix":
    import termios

if TYPE_CHECKING:
    from conftest import Folder, Indexed, Pincite, Start

CAT = "The grey cat of the mill is called Bartholomew and sleeps on the flour sacks. Zoë calls it “the miller”. 猫\n"
DOG = "The dog of the ferryman is called Ottoline and barks at every heron.\n"
POSIX = pytest.mark.skipif(os.name != "posix", reason="needs POSIX's terminals, pipes and signals")


class Lines:
    """The lines of a running program's stream, read as they come."""

    def __init__(self, stream: Any) -> None:
        self.seen: list[str] = []
        self._stream = stream
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def wait_for(self, text: str, *, seconds: float = 60) -> str:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            for line in self.seen:
                if text in line:
                    return line
            if not self._thread.is_alive():
                break
            time.sleep(0.02)
        raise AssertionError(f"{text!r} did not come: {self.seen}")

    def rest(self) -> list[str]:
        self._thread.join(20)
        return self.seen

    def _read(self) -> None:
        for line in self._stream:
            self.seen.append(line)


@pytest.mark.slow
def test_in_pipes_long_work_is_silent_and_json_is_all_there_is(
    program: Pincite, folder: Folder, tmp_path: Path
) -> None:
    made = folder({f"{number}.txt": f"{number}: {CAT}" for number in range(30)})
    run = program("index", made, "--json", "--home", tmp_path / "home")
    assert (run.code, run.err) == (0, "")
    assert run.json["indexed"] == 30
    asked = program("ask", "What is the grey cat called?", "--json", "--home", tmp_path / "home")
    assert (asked.code, asked.err) == (0, "")
    assert asked.json["grounded"] is True


@POSIX
def test_on_a_terminal_long_work_shows_progress_and_the_value_is_still_alone(
    start: Start, folder: Folder, tmp_path: Path
) -> None:
    made = folder({f"{number}.txt": f"{number}: {CAT}" for number in range(30)})
    ours, theirs = os.openpty()
    termios.tcsetwinsize(theirs, (24, 100))
    with start("index", made, "--json", "--home", tmp_path / "home", stderr=theirs) as program:
        os.close(theirs)
        with os.fdopen(ours, "rb", buffering=0) as terminal:
            shown = b""
            while True:
                try:
                    part = terminal.read(1000)
                except OSError:  # Linux's way to say that nobody writes any more
                    break
                if not part:
                    break
                shown += part
        assert program.stdout
        out = program.stdout.read()
    assert json.loads(out)["indexed"] == 30
    assert "reading" in shown.decode()
    assert "embedding" in shown.decode()
    assert "30/30" in shown.decode()


def test_a_command_that_needs_no_model_does_not_wait_for_it(indexed: Indexed) -> None:
    script = (
        "import sys; from ui.cli.main import main; code = main(sys.argv[1:]);"
        "slow = {'torch', 'transformers', 'sentence_transformers', 'gradio', 'sklearn'} & sys.modules.keys();"
        "sys.exit(f'loaded {slow}' if slow else code)"
    )
    for command in ("list", "status"):
        subprocess.run([sys.executable, "-c", script, command, "--home", indexed.home], check=True, capture_output=True)


@POSIX
@pytest.mark.parametrize("command", [["list"], ["list", "--json"]])
def test_a_reader_that_has_gone_is_no_fault(command: list[str], indexed: Indexed, start: Start) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        with start(*command, "--home", indexed.home, stdout=writing) as program:
            _, err = program.communicate(timeout=60)
    finally:
        os.close(writing)
    assert (program.returncode, err) == (0, "")


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8"])
def test_output_comes_out_in_every_encoding_and_json_means_the_same(
    encoding: str, program: Pincite, folder: Folder, pincite: Pincite, tmp_path: Path
) -> None:
    made = folder({"猫.txt": CAT})
    pincite("index", made, "--home", tmp_path / "home")
    environment = {"PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
    options = {"environment": environment, "encoding": encoding}
    listed = program("list", "--home", tmp_path / "home", **options)
    assert (listed.code, listed.err) == (0, "")
    told = program("list", "--json", "--home", tmp_path / "home", **options).json
    assert told == pincite("list", "--json", "--home", tmp_path / "home").json


def test_control_characters_of_a_document_never_reach_the_terminal(
    pincite: Pincite, folder: Folder, tmp_path: Path
) -> None:
    made = folder({"evil.txt": f"\x1b]0;owned\x07\x1b[2J{CAT}\u202e\x9b31m", "good.md": "# A \x1b[31mtitle\n\nCat.\n"})
    home = tmp_path / "home"
    pincite("index", made, "--home", home)
    for command in (["ask", "What is the grey cat called?"], ["search", "cat"], ["list"], ["remove", "\x1b[2J"]):
        run = pincite(*command, "--home", home)
        shown = run.out + run.err
        assert [character for character in shown if character != "\n" and not character.isprintable()] == []


@POSIX
def test_watch_follows_changes_until_interrupted(start: Start, pincite: Pincite, folder: Folder) -> None:
    made = folder({"cat.txt": CAT, "owl.txt": "The owl has no name."})
    home = made.parent / "home"
    with start("index", made, "--watch", "--home", home) as program:
        out, err = Lines(program.stdout), Lines(program.stderr)
        err.wait_for("watching")
        out.wait_for("2 indexed")
        (made / "dog.txt").write_text(DOG)
        out.wait_for("1 indexed")
        assert "Ottoline" in pincite("search", "ferryman", "--json", "--home", home).out
        (made / "cat.txt").unlink()
        out.wait_for("1 removed")
        assert "Bartholomew" not in pincite("search", "grey cat", "--json", "--home", home).out
        program.send_signal(signal.SIGINT)
        assert program.wait(30) == 0
        assert "Traceback" not in "".join(err.rest())


@POSIX
def test_watch_with_json_prints_one_value_and_the_rest_beside_it(start: Start, folder: Folder) -> None:
    made = folder({"cat.txt": CAT})
    with start("index", made, "--watch", "--json", "--home", made.parent / "home") as program:
        out, err = Lines(program.stdout), Lines(program.stderr)
        err.wait_for("watching")
        assert len(out.seen) == 1, "the value is out before the waiting begins"
        (made / "dog.txt").write_text(DOG)
        err.wait_for("1 indexed, 0 unchanged")
        program.send_signal(signal.SIGINT)
        assert program.wait(30) == 0
        assert [json.loads(line)["indexed"] for line in out.rest()] == [1]


@POSIX
def test_an_interrupt_is_one_line_and_keeps_what_was_done(start: Start, pincite: Pincite, folder: Folder) -> None:
    made = folder({f"{number}.txt": f"{number}: {CAT}" for number in range(300)})
    home = made.parent / "home"
    with start("index", made, "--home", home) as program:
        run_until(program, home, documents=1)
        program.send_signal(signal.SIGINT)
        out, err = program.communicate(timeout=60)
    assert program.returncode == 130
    assert out == ""
    assert err == "pincite: stopped; what was indexed stays, and the same command goes on from there\n"
    assert len(pincite("list", "--json", "--home", home).json["documents"]) > 0
