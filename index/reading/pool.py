"""Reading in processes of their own: a file that hangs, crashes or asks for too much costs that file only.

In: the file to read and the folder for what is inside of it. Out: its document and its unpacked members. Each thread of
the pool owns one process, which is started when it is needed and ended when it oversteps its time or its memory.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, BinaryIO, NamedTuple, cast

import psutil

from index.errors import DocumentRejectedError, PassingRejectionError, PinciteError, ReadingStoppedError
from index.readers.abilities import has_ocr
from index.readers.members import Allowance, UnpackedFile
from index.reading.messages import document_of, members_of, receive, send
from index.records import Document

PATIENCE = 30.0  # seconds without a sign of a page
LONGEST = 3600.0  # seconds for a file, however many pages it shows
MEMORY = 1 << 30  # bytes
OCR_MEMORY = 2 << 30  # bytes, where pages may be read by OCR, whose models and pictures are large
_TOO_FAT = 400 << 20  # bytes with which a process is not kept for the next file
_MOST_SKIPPED = 3  # pages that may kill their process before the whole file is given up
_TICK = 0.1  # seconds between two looks at a process
_AT_ONCE = 8  # processes at the most

Heard = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class ToRead:
    """A file to read: where it lies, the path it is known by, and where its members go, as far as is allowed."""

    file: Path
    path: str
    modified: float
    folder: Path
    allowance: Allowance = field(default_factory=Allowance)

    @property
    def name(self) -> str:
        """The file's own name."""
        return self.path.rpartition(os.sep)[2]


class Read(NamedTuple):
    """What came of a file."""

    document: Document
    members: Sequence[UnpackedFile]


@dataclass(slots=True)
class Place:
    """How far the reading of a file is: the page that is read, of how many; both 0 if it is not known."""

    page: int = 0
    pages: int = 0


class _LostError(Exception):
    """The process was ended, or ended itself; the message is the reason with the cure.

    `of_another` says that it did so at once, and had read another file before.
    """

    of_another = False


class ReadingPool:
    """Reads files in as many processes as there are processors."""

    def __init__(self, *, patience: float = PATIENCE, memory: int = 0) -> None:
        self._patience = patience
        self._memory = memory or (OCR_MEMORY if has_ocr() else MEMORY)
        self.parallel = max(1, min(os.cpu_count() or 1, _AT_ONCE))
        self._threads = ThreadPoolExecutor(self.parallel, thread_name_prefix="reading")
        self._showing = ThreadPoolExecutor(1, thread_name_prefix="showing")  # nobody waits for the files that are read
        self._own = threading.local()
        self._processes: list[_Process] = []
        self._closed = threading.Event()

    def close(self) -> None:
        """End all processes, also those at work."""
        self._closed.set()
        for threads in (self._threads, self._showing):
            threads.shutdown(wait=True, cancel_futures=True)
        for process in self._processes:
            process.end()

    def read(self, wanted: ToRead, place: Place) -> Future[Read]:
        """Begin to read a file; `place` then says how far that is.

        The future raises `DocumentRejectedError` if the file can't be read, with the reason, and `ReadingStoppedError`
        if the pool was closed meanwhile.
        """
        try:
            return self._threads.submit(self._read, wanted, place)
        except RuntimeError as error:  # the threads take no more
            raise ReadingStoppedError from error

    def page_image(self, file: Path, rest: str, number: int, *, sha256: str, width: int) -> bytes:
        """Return page `number` of a file as a PNG, `width` pixels wide; `rest` is the path to it inside of `file`.

        Raises `PinciteError` if that can't be had, or its content has another digest.
        """
        name = file.name
        asked = {"file": str(file), "name": name, "rest": rest, "sha256": sha256, "number": number, "width": width}
        try:
            return self._showing.submit(lambda: self._ask(asked, lambda _page, _pages: None)).result()[1]
        except (_LostError, DocumentRejectedError) as error:
            raise PinciteError(f"{name} can't be shown: {error}") from error

    def _read(self, wanted: ToRead, place: Place) -> Read:
        skipped: list[int] = []
        began = time.monotonic()

        def heard(page: int, pages: int) -> None:
            place.page, place.pages = page, pages

        while True:
            asked = {
                "file": str(wanted.file),
                "name": wanted.name,
                "modified": wanted.modified,
                "folder": str(wanted.folder),
                "files": wanted.allowance.files,
                "bytes": wanted.allowance.bytes,
                "skipped": skipped,
            }
            place.page = 0
            try:
                fields, data = self._ask(asked, heard)
                return Read(document_of(fields, data, path=wanted.path), members_of(fields, wanted.folder))
            except _LostError as error:
                if error.of_another and not place.page:
                    continue  # it may have died of what it read before
                in_vain = place.page in (0, *skipped) or len(skipped) == _MOST_SKIPPED
                if in_vain or time.monotonic() - began > 2 * self._patience:
                    raise PassingRejectionError(str(error)) from error
                skipped.append(place.page)  # without the page that it died of, the rest can be had

    def _ask(self, asked: dict[str, Any], heard: Heard) -> tuple[dict[str, Any], bytes]:
        """Return what this thread's process answers. Raises what the answer says, or `_LostError`."""
        process: _Process | None = getattr(self._own, "process", None)
        if process is None or not process.alive:
            process = self._own.process = self._start(instead_of=process)
        fields, data = process.ask(asked, heard, self._closed)
        if process.size() > _TOO_FAT:
            process.end()
        if "rejected" in fields:
            raise DocumentRejectedError(str(fields["rejected"]))
        if "passing" in fields:
            raise PassingRejectionError(str(fields["passing"]))
        if "failed" in fields:
            raise PinciteError(str(fields["failed"]))
        return fields, data

    def _start(self, *, instead_of: _Process | None) -> _Process:
        """Start a process of this thread, in place of the one that it had before."""
        if instead_of:
            instead_of.end()  # for what is left of one that ended itself
        process = _Process(self._memory, self._patience)
        self._processes.append(process)
        if instead_of:
            self._processes.remove(instead_of)
        return process


@dataclass(eq=False)
class _Process:
    """One process that reads."""

    memory: int
    patience: float
    _told: SimpleQueue[tuple[dict[str, Any], bytes] | None] = field(default_factory=SimpleQueue)
    _has_answered: bool = False

    def __post_init__(self) -> None:
        root = str(Path(__file__).resolve().parents[2])
        paths = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))
        one = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
        self._program = subprocess.Popen(  # noqa: S603 - our own module
            [sys.executable, "-m", "index.reading.worker", str(self.memory), str(self.patience)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, **one, "PYTHONPATH": paths},
            start_new_session=True,  # a Ctrl-C is for the program, which then ends this
        )
        self._watched = psutil.Process(self._program.pid)
        threading.Thread(target=self._listen, name="reading", daemon=True).start()
        if self._told.get() is None:
            self.end()
            raise PinciteError("the program that reads files can't be started: reinstall Pincite")

    @property
    def alive(self) -> bool:
        """Whether it can still be asked."""
        return self._program.poll() is None

    def ask(self, asked: dict[str, Any], heard: Heard, closed: threading.Event) -> tuple[dict[str, Any], bytes]:
        """Return the answer. Raises `_LostError` if there is none, and the process has been ended."""
        began = silent = checked = time.monotonic()
        with contextlib.suppress(BrokenPipeError):  # it has died, which is seen below
            send(self._input, asked)
        while True:
            now = time.monotonic()
            if now - checked >= _TICK:
                self._check(now - silent, now - began, closed)
                checked = now
            try:
                told = self._told.get(timeout=_TICK)
            except Empty:
                continue
            if told is None:
                raise self._lost("the program that reads it crashed: save it again from its source")
            page, pages = told[0].get("page"), told[0].get("pages")
            if not (isinstance(page, int) and isinstance(pages, int)):
                self._has_answered = True
                return told
            silent = time.monotonic()
            heard(page, pages)

    def size(self) -> int:
        """Return how many bytes of memory it holds, with the programs it started."""
        with contextlib.suppress(psutil.Error):
            return sum(int(one.memory_info().rss) for one in (self._watched, *self._watched.children(recursive=True)))
        return 0

    def end(self) -> None:
        """End it, with the programs it started."""
        started: list[psutil.Process] = []
        with contextlib.suppress(psutil.Error):
            started = self._watched.children(recursive=True)
        for one in started:
            with contextlib.suppress(psutil.Error):
                one.kill()
        self._program.kill()
        self._program.wait()
        with contextlib.suppress(OSError):  # what it was not told any more
            self._input.close()

    def _check(self, silent: float, took: float, closed: threading.Event) -> None:
        if closed.is_set():
            self.end()
            raise ReadingStoppedError
        if silent > self.patience or took > LONGEST:
            limit = f"{self.patience:.0f} s for a page" if silent > self.patience else f"{LONGEST / 60:.0f} min"
            reason = f"reading takes too long (over {limit}): save it again from its source, or split it"
            raise self._lost(reason, hung=True)
        if self.size() > self.memory:
            raise self._lost(f"reading takes over {self.memory >> 20} MB of memory: save it again, or split it")

    def _lost(self, reason: str, *, hung: bool = False) -> _LostError:
        self.end()
        error = _LostError(reason)
        error.of_another = self._has_answered and not hung
        return error

    @property
    def _input(self) -> BinaryIO:
        return cast("BinaryIO", self._program.stdin)

    def _listen(self) -> None:
        """Hand on what the process tells; None at its end."""
        try:
            with cast("BinaryIO", self._program.stdout) as stream:
                while (told := receive(stream)) is not None:
                    self._told.put(told)
        except (ValueError, TypeError, RecursionError):  # that was no message: it is not to be trusted any more
            self._program.kill()
        finally:
            self._told.put(None)
