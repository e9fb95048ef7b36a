"""The command line as programs see it: run in this process where that shows the same, as a process where it matters."""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ui.cli import commands
from ui.cli import main as cli

CORPUS = commands.SAMPLES
# As a person's shell has it: nothing of Pincite's is set, and output is buffered and encoded as usual.
UNUSUAL = ("PINCITE_", "PYTHONIOENCODING", "PYTHONUNBUFFERED", "PYTHONUTF8")
CLEAN = {name: value for name, value in os.environ.items() if not name.startswith(UNUSUAL)}


@dataclass(frozen=True)
class Run:
    """What came of a command."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one JSON value on standard output; nothing else may be there."""
        assert self.code in (0, 3), self
        assert self.out.count("\n") == 1, self.out
        return json.loads(self.out)

    @property
    def error(self) -> str:
        """The one line on standard error; nothing may be on standard output, and no trace anywhere."""
        assert self.code in (1, 2), self
        assert self.out == ""
        assert self.err.startswith("pincite: "), self
        assert self.err.endswith("\n")
        assert self.err.count("\n") == 1, self.err
        assert "Traceback" not in self.err
        return self.err.removeprefix("pincite: ").rstrip("\n")


class Program(subprocess.Popen[str]):
    """A process of `pincite` that is over when its block is."""

    def __exit__(self, *raised: Any) -> None:
        if self.poll() is None:
            self.kill()
        super().__exit__(*raised)


Pincite = Callable[..., Run]
Start = Callable[..., Program]
Folder = Callable[[dict[str, str | bytes]], Path]


@dataclass(frozen=True)
class Indexed:
    """A home that is only read, and the folder of the documents in it."""

    home: Path
    folder: Path


def run_here(*arguments: object) -> Run:
    """Run `pincite` in this process, which has torch in memory already."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = cli.main([str(argument) for argument in arguments])
    return Run(code, out.getvalue(), err.getvalue())


def start_program(
    *arguments: object, environment: dict[str, str] | None = None, before: Sequence[str] = (), **options: Any
) -> Program:
    """Start `pincite` as a process of its own, its output in pipes; `before` is a command that starts others."""
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "encoding": "utf-8"}
    return Program(
        [*before, sys.executable, "-m", "ui.cli", *map(str, arguments)],
        env={**CLEAN, **(environment or {})},
        stdin=subprocess.DEVNULL,
        **{**streams, **options},
    )


def run_program(*arguments: object, **options: Any) -> Run:
    """Run `pincite` as a process of its own, to its end; the options are those of `start_program`."""
    with start_program(*arguments, **options) as process:
        out, err = process.communicate(timeout=120)
    return Run(process.returncode, out or "", err or "")


@pytest.fixture(autouse=True)
def no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.startswith("PINCITE_"):
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def pincite() -> Pincite:
    return run_here


@pytest.fixture(scope="session")
def program() -> Pincite:
    return run_program


@pytest.fixture(scope="session")
def start() -> Start:
    return start_program


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """Write files into a folder of this test's own; a second call writes beside the first."""

    def write(files: dict[str, str | bytes]) -> Path:
        made = tmp_path / "documents"
        for name, content in files.items():
            path = made / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        made.mkdir(exist_ok=True)
        return made

    return write


@pytest.fixture(scope="session")
def indexed(tmp_path_factory: pytest.TempPathFactory) -> Indexed:
    """A home with documents of every format, for tests that only read it."""
    folder = tmp_path_factory.mktemp("documents")
    for name in ("leonardo-baykar-brief.md", "rivers-of-the-world.md", "coffee-machine-manual.pdf", "salt.txt"):
        shutil.copy(CORPUS / name, folder)
    shutil.copy(CORPUS / "minutes-allotment-society.docx", folder)
    (folder / "harbour.html").write_text(
        "<!doctype html><title>The harbour</title><h1>The harbour</h1>"
        "<p>The lighthouse of Aldmouth is kept by Marta Quill, who came to the harbour in 1987.</p>"
        "<p>Héctor Ruß paints its railing 🎨 every spring.</p>"
    )
    (folder / "drawing.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    home = tmp_path_factory.mktemp("home")
    run = run_here("index", folder, "--home", home)
    assert run.code == 3, run
    return Indexed(home, folder)


@pytest.fixture
def copied(indexed: Indexed, tmp_path: Path) -> Path:
    """A copy of that home, for a test that changes it."""
    return Path(shutil.copytree(indexed.home, tmp_path / "home"))
