"""Being stopped by a signal: the first SIGINT or SIGTERM ends the work as a `KeyboardInterrupt`, without a trace."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
import time
from types import FrameType
from typing import Any, NoReturn

SIGNALS = (signal.SIGINT, signal.SIGTERM)
PATIENCE = 2.0  # seconds that the end may take before another signal forces it


class Stopping:
    """While entered, takes the signals: the first raises, the next ones change nothing unless the end takes long.

    A signal that is ignored when it is entered, as in a shell's background job, stays ignored.
    """

    def __init__(self) -> None:
        self.number = 0  # of the signal that came, 0 if none did
        self._came = 0.0
        self._before: dict[int, Any] = {}
        self._unraisable = sys.unraisablehook

    @property
    def code(self) -> int:
        """The exit code that shells give to a program that the signal ended."""
        return 128 + (self.number or signal.SIGINT)

    def check(self) -> None:
        """Raise `KeyboardInterrupt` if a signal came: its own may have been lost in a library's callback."""
        if self.number:
            raise KeyboardInterrupt

    def leave(self, code: int) -> NoReturn:
        """End the process at once: a library's thread that is still at work would tear an interpreter that ends."""
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError):
                stream.flush()
        os._exit(code)

    def __enter__(self) -> Stopping:
        if threading.current_thread() is threading.main_thread():
            for number in SIGNALS:
                if signal.getsignal(number) is not signal.SIG_IGN:
                    self._before[number] = signal.signal(number, self._come)
        sys.unraisablehook = self._pass_over
        return self

    def __exit__(self, *_: object) -> None:
        if self.number:
            return  # the program is ending, and the next signal must not tear it
        sys.unraisablehook = self._unraisable
        for number, before in self._before.items():
            signal.signal(number, before)

    def _come(self, number: int, _frame: FrameType | None) -> None:
        if not self.number:
            self.number, self._came = number, time.monotonic()
            raise KeyboardInterrupt
        if time.monotonic() - self._came > PATIENCE:
            os._exit(self.code)

    def _pass_over(self, lost: sys.UnraisableHookArgs) -> None:
        """Print no trace of an interrupt in a finaliser, where nothing can be raised: `check` raises it."""
        if not (self.number and isinstance(lost.exc_value, KeyboardInterrupt)):
            self._unraisable(lost)
