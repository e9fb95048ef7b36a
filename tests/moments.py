"""The moments of a program at which a kill leaves something else behind: it is stopped before each call that writes.

What a killed program leaves is what its finished calls have written, so that one run shows all that its kills can
leave: the kernel (Linux, by seccomp) tells of each such call before it is done, and waits. Those of the threads and
processes that the program starts are among them.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import select
import socket
import struct
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

# Calls that change a file, each with the argument that says which: its descriptor, or its path.
_BY_DESCRIPTOR = {
    **dict.fromkeys(("write", "writev", "pwrite64", "pwritev", "pwritev2", "ftruncate", "fallocate", "sendfile"), 0),
    "copy_file_range": 2,
}
_BY_PATH = {
    **dict.fromkeys(("creat", "truncate", "unlink", "rmdir", "mkdir"), 0),
    **dict.fromkeys(("unlinkat", "mkdirat", "rename", "link"), 1),
    **dict.fromkeys(("renameat", "renameat2", "linkat"), 3),
}
_OPENING = {"open": 0, "openat": 1}  # with the path; the next argument says whether it makes or empties the file
_RECEIVE, _SEND, _GO_ON = 0xC0502100, 0xC0182101, 1  # of seccomp_unotify(2)
_LONGEST_PATH = 4096


class Moment(NamedTuple):
    """A call that is about to be done: its name, and the file that it changes."""

    call: str
    path: Path

    @property
    def kind(self) -> tuple[str, str]:
        """The call and the file's name, without what is drawn by lot in it.

        The files that make a part of the lexical index are of one kind: none is looked at before all are written.
        """
        return self.call, re.sub(r"\.tmp.*|[0-9a-f]{32}\.[a-z]+$|[0-9a-f]{8,}|\d+", "*", self.path.name)


class Chosen:
    """Tells which moments to look at: the first of each kind, and where the work goes over to another part of a folder.

    What is in one of its parts, `passing`, is left out.
    """

    def __init__(self, folder: Path, *, passing: str) -> None:
        self._folder, self._passing = folder, passing
        self._seen: set[tuple[str, str]] = set()
        self._part = ""

    def __call__(self, moment: Moment) -> bool:
        part = "".join(moment.path.relative_to(self._folder).parts[:1]).partition("-")[0]
        if part == self._passing:
            return False
        chosen = part != self._part or moment.kind not in self._seen
        self._part = part
        self._seen.add(moment.kind)
        return chosen


def tell(descriptor: int) -> None:
    """Tell of every such call from now on, to who is at the other end of this socket; what runs as the program."""
    import pyseccomp

    arch = pyseccomp.system_arch()
    numbers = {name: pyseccomp.resolve_syscall(arch, name) for name in (*_BY_DESCRIPTOR, *_BY_PATH, *_OPENING)}
    numbers = {name: number for name, number in numbers.items() if number >= 0}  # each processor has its own
    calls = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
    for name, number in numbers.items():
        flags = [(os.O_CREAT, os.O_CREAT), (os.O_TRUNC | os.O_CREAT, os.O_TRUNC)] if name in _OPENING else [(0, 0)]
        for mask, value in flags:
            chosen = [pyseccomp.Arg(_OPENING[name] + 1, pyseccomp.MASKED_EQ, mask, value)] if mask else []
            calls.add_rule(pyseccomp.NOTIFY, number, *chosen)
    calls.load()
    with socket.socket(fileno=descriptor) as listener:
        listening = pyseccomp._libseccomp.seccomp_notify_fd(calls._filter)
        socket.send_fds(listener, [json.dumps(numbers).encode()], [listening])
    os.close(listening)  # so that it ends with the last of the processes


def watch(code: str, arguments: Sequence[object], *, within: Path) -> Iterator[Moment]:
    """Run Python code that calls `tell(int(sys.argv[1]))`; yield each moment at which a file in a folder changes.

    The program goes on when the next moment is asked for. It must end well.
    """
    here, there = socket.socketpair()
    command = [sys.executable, "-c", code, str(there.fileno()), *map(str, arguments)]
    paths = os.pathsep.join([str(Path(__file__).parent), *sys.path])
    with (
        here,
        subprocess.Popen(
            command, pass_fds=[there.fileno()], env={**os.environ, "PYTHONPATH": paths}, stderr=subprocess.PIPE
        ) as program,
    ):
        there.close()
        told, listening, _, _ = socket.recv_fds(here, 10_000, 1)
        try:
            assert told, program.communicate()
            names = {number: name for name, number in json.loads(told).items()}
            for process, number, arguments_of in _calls(program, listening[0]):
                path = _path_of(process, names[number], arguments_of)
                if path.is_relative_to(within):
                    yield Moment(names[number], path)
        finally:
            for descriptor in listening:
                os.close(descriptor)
            if sys.exc_info()[0] or program.poll() is None:
                with suppress(subprocess.TimeoutExpired):
                    program.wait(10)
                program.kill()
        _, err = program.communicate()
        assert program.returncode == 0, err.decode()


def _calls(program: subprocess.Popen[bytes], listening: int) -> Iterator[tuple[int, int, Sequence[int]]]:
    """Yield each call that is waiting: process, number and arguments; it is done when the next is asked for."""
    poll = select.poll()
    poll.register(listening, select.POLLIN)
    while program.poll() is None:
        ready = poll.poll(100)
        if not ready:
            continue
        if not ready[0][1] & select.POLLIN:  # all have ended
            return
        waiting = bytearray(80)
        with suppress(OSError):  # it was killed meanwhile
            fcntl.ioctl(listening, _RECEIVE, waiting)
            number_of_it, process, _, number, _, _, *arguments = struct.unpack("<QIIiIQ6Q", waiting)
            yield process, number, arguments
            fcntl.ioctl(listening, _SEND, struct.pack("<QqiI", number_of_it, 0, 0, _GO_ON))


def _path_of(process: int, call: str, arguments: Sequence[int]) -> Path:
    """Return the file that a call changes; "." if it has none that can be seen."""
    with suppress(OSError):
        if call in _BY_DESCRIPTOR:
            return Path(os.readlink(f"/proc/{process}/fd/{arguments[_BY_DESCRIPTOR[call]]}"))
        at = {**_BY_PATH, **_OPENING}[call]
        with open(f"/proc/{process}/mem", "rb", buffering=0) as memory:
            memory.seek(arguments[at])
            return Path(os.fsdecode(memory.read(_LONGEST_PATH).split(b"\0")[0]))
    return Path()
