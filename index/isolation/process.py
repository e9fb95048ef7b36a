"""One process that reads: started confined, asked, watched while it answers, and ended where it oversteps.

It is handed the bytes of a file and can open none itself; what it unpacks comes to lie in a folder of its own, which is
all that it can write.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, BinaryIO, NamedTuple, cast

import psutil

from index.errors import PinciteError, ReadingStoppedError
from index.isolation.messages import LONGEST, AtPage, Cutting, Message, Ready, pack, unpack
from index.isolation.wire import receive, send, send_file

_TICK = 0.1  # seconds between two looks at a process
_LONGEST_WAIT = 10 * LONGEST  # seconds by the clock for a file: a busy machine computes little in them
# What of the environment it gets: what Python needs to start, and a reader to know the language; no keys, no tokens.
_ENVIRONMENT = ("PATH PYTHONPATH PYTHONHOME LANG LANGUAGE LC_ALL LC_CTYPE TZ SYSTEMROOT WINDIR LD_LIBRARY_PATH").split()

Heard = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Task:
    """What a process is asked, and the file that it is about.

    `cutting` is what it needs for passages, None where none are wanted.
    """

    asked: Message
    file: BinaryIO | None = None
    cutting: Cutting | None = None


class Spent(NamedTuple):
    """Seconds by the clock, and those in which a process computed, with all its threads and programs."""

    waited: float = 0.0
    computed: float = 0.0

    def since(self, before: Spent) -> Spent:
        """Return what was spent between two moments."""
        return Spent(self.waited - before.waited, self.computed - before.computed)

    def is_over(self, seconds: float) -> bool:
        """Tell whether a process computed for longer. Two threads that compute at once get no less time for it."""
        return min(self) > seconds


class LostError(Exception):
    """The process was ended, or ended itself; the message is the reason with the cure.

    `of_another` says that it did so at once, and had read another file before; `computed`, for how many seconds it
    computed; `waiting`, that it got no time to: the machine is busy, and the file may be a good one.
    """

    of_another = False
    waiting = False
    computed = 0.0


class ReadingProcess:
    """A process that reads files, whose own folder is made in `room`; only with `program` may it run that one.

    Without a sign it may compute for `patience` seconds, so that a busy machine is not laid to the file, and never be
    silent for longer than `wait` seconds by the clock. `kept` are sentences on what the system did not let it give up.
    """

    def __init__(self, room: Path, *, memory: int, patience: float, wait: float, program: str | None = None) -> None:
        self._memory, self._patience, self._wait = memory, patience, wait
        self._told: SimpleQueue[tuple[dict[str, Any], bytes] | None] = SimpleQueue()
        self._has_answered = self._can_cut = False
        self._fault = ""  # why a file could not be handed over
        self.program = program
        self.folder = Path(tempfile.mkdtemp(prefix="reading-", dir=room))
        self._program = self._start(program)
        self._watched = psutil.Process(self._program.pid)
        threading.Thread(target=self._listen, name="reading", daemon=True).start()
        told = None
        with contextlib.suppress(Empty):
            told = self._told.get(timeout=wait)
        ready = unpack(*told) if told else None
        if not isinstance(ready, Ready):
            self.end()
            raise PinciteError("the program that reads files can't be started: reinstall Pincite")
        self.kept = list(ready.kept)

    def _start(self, program: str | None) -> subprocess.Popen[bytes]:
        root = str(Path(__file__).resolve().parents[2])
        given = {name: value for name, value in os.environ.items() if name in _ENVIRONMENT}
        own = dict.fromkeys(("HOME", "TMPDIR", "TEMP", "TMP", "XDG_RUNTIME_DIR"), str(self.folder))
        one = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS"), "1")
        paths = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))
        # -P: the folder that the program was started in holds documents, and is no place of modules.
        module = [sys.executable, "-P", "-m", "index.isolation.worker"]
        return subprocess.Popen(  # noqa: S603 - our own module
            [*module, str(self._memory), str(self._wait), program or ""],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**given, **own, **one, "PYTHONPATH": paths},
            cwd=self.folder,
            umask=0o077 if os.name == "posix" else -1,
            start_new_session=True,  # a Ctrl-C is for the program, which then ends this
        )

    @property
    def alive(self) -> bool:
        """Whether it can still be asked."""
        return self._program.poll() is None

    def ask(self, task: Task, heard: Heard, is_over: Callable[[], bool]) -> Message:
        """Return the answer.

        Raises `LostError` if there is none, and `ReadingStoppedError` once it is not wanted any more; in both cases the
        process has been ended. Raises `DocumentRejectedError` if the answer makes no sense.
        """
        began = spent = self._spent()
        silent: Spent | None = began  # since when it gives no sign
        # By a thread of its own: a process that doesn't listen must not hold the one that watches it.
        threading.Thread(target=self._tell, args=(task,), name="reading", daemon=True).start()
        while True:
            if time.monotonic() - spent.waited >= _TICK:
                spent = self._spent()
                silent = silent or spent  # it has given a sign since the last look
                self._check(spent.since(silent), spent.since(began), is_over)
            try:
                told = self._told.get(timeout=_TICK)
            except Empty:
                continue
            if told is None:
                reason = self._fault or "the program that reads it crashed: save it again from its source"
                raise self._lost(reason, spent.since(began))
            answered, self._has_answered = self._has_answered, True  # also by what makes no sense
            message = unpack(*told)
            if not isinstance(message, AtPage):
                return message
            silent, self._has_answered = None, answered
            heard(message.page, message.pages)

    def forget(self) -> None:
        """Leave nothing in its folder of what it has read."""
        with contextlib.suppress(OSError):  # the home may be gone
            for path in self.folder.iterdir():
                if path.is_dir() and not path.is_symlink():
                    shutil.rmtree(path, ignore_errors=True)
                else:
                    path.unlink(missing_ok=True)

    def size(self) -> int:
        """Return how many bytes of memory it holds, with the programs it started."""
        with contextlib.suppress(psutil.Error):
            return sum(int(one.memory_info().rss) for one in self._family())
        return 0

    def _spent(self) -> Spent:
        """Return the time of the clock, and how long it has computed, with the programs it started."""
        computed = 0.0
        for one in self._family():
            with contextlib.suppress(psutil.Error):  # it has ended meanwhile
                times = one.cpu_times()
                computed += times.user + times.system + times.children_user + times.children_system
        return Spent(time.monotonic(), computed)

    def _family(self) -> Sequence[psutil.Process]:
        started: Sequence[psutil.Process] = ()
        if self.program:  # it looks at all of the system's
            with contextlib.suppress(psutil.Error):
                started = self._watched.children(recursive=True)
        return self._watched, *started

    def end(self) -> None:
        """End it, with the programs it started, and remove its folder."""
        self.retire()
        shutil.rmtree(self.folder, ignore_errors=True)

    def retire(self) -> None:
        """End it, with the programs it started; what it has unpacked can still be taken."""
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

    def _tell(self, task: Task) -> None:
        try:
            if task.cutting and not self._can_cut:
                send(self._input, *pack(task.cutting))
                self._can_cut = True
            fields, data = pack(task.asked)
            if task.file:
                send_file(self._input, fields, task.file)
            else:
                send(self._input, fields, data)
        except (BrokenPipeError, ValueError):
            return  # it has died or was ended, which is seen by those who wait for its answer
        except OSError as error:
            self._fault = f"it can't be read ({error.strerror or error}): index it again"
            self._program.kill()

    def _check(self, silent: Spent, spent: Spent, is_over: Callable[[], bool]) -> None:
        if is_over():
            self.end()
            raise ReadingStoppedError
        if silent.is_over(self._patience) or spent.is_over(LONGEST):
            is_page = silent.is_over(self._patience)
            limit = f"{self._patience:.0f} s for a page" if is_page else f"{LONGEST / 60:.0f} min"
            reason = f"reading takes too long (over {limit}): save it again from its source, or split it"
            raise self._lost(reason, spent, hung=True)
        if silent.waited > self._wait or spent.waited > _LONGEST_WAIT:
            reason = "the machine was too busy to read it: index it again when it is less so"
            error = self._lost(reason, spent, hung=True)
            error.waiting = True
            raise error
        if self.size() > self._memory:
            reason = f"reading takes over {self._memory >> 20} MB of memory: save it again, or split it"
            raise self._lost(reason, spent)

    def _lost(self, reason: str, spent: Spent, *, hung: bool = False) -> LostError:
        self.end()
        error = LostError(reason)
        error.of_another = self._has_answered and not hung and not self._fault
        error.computed = spent.computed
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
