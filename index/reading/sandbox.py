"""What a process that reads hostile files gives up before it reads the first: the network, and other programs."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
from collections.abc import Callable

if sys.platform != "win32":
    import resource

_NEW_NETWORK, _NEW_USER = 0x40000000, 0x10000000  # of unshare(2)
_PARENT_DEATH = 1  # of prctl(2)
_MEMORY_BACKSTOP = 4  # times the limit: the process that watches ends it long before
_REFUSED = frozenset(
    "socket.connect socket.bind socket.sendto socket.sendmsg socket.getaddrinfo socket.gethostbyname"
    " os.system os.exec os.posix_spawn os.fork os.forkpty os.spawn".split()
)


def confine(*, memory: int, program: str | None) -> None:
    """Give up the network and all programs but `program`; take little more than `memory` bytes; die with the parent.

    Python's own doors are closed everywhere. On Linux the process also leaves the system's network, where the kernel
    lets it, so that no library can reach it either.
    """
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        libc.prctl(_PARENT_DEATH, signal.SIGKILL)
        if libc.unshare(_NEW_NETWORK) != 0:
            libc.unshare(_NEW_USER | _NEW_NETWORK)
    if sys.platform != "win32":
        with contextlib.suppress(ValueError, OSError):  # a lower limit is there already
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            resource.setrlimit(resource.RLIMIT_DATA, (_MEMORY_BACKSTOP * memory,) * 2)
    sys.addaudithook(_refusal(program))


def _refusal(program: str | None) -> Callable[[str, tuple[object, ...]], None]:
    def refuse(event: str, arguments: tuple[object, ...]) -> None:
        if event in _REFUSED:
            raise PermissionError(f"{event} is not allowed while a file is read")
        if event == "subprocess.Popen" and (program is None or arguments[0] != program):
            raise PermissionError(f"{arguments[0]} is not run while a file is read")

    return refuse


def end_after(seconds: float) -> None:
    """End this process in so many seconds, whatever it does then: nobody may be left who would."""
    if os.name == "posix":
        signal.setitimer(signal.ITIMER_REAL, seconds)
