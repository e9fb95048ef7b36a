"""Checking on the page: one thread that verifies the library while people ask, and how far it is."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass, replace

from index import Library, PinciteError, verify

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class CheckingState:
    """How far the check is, in documents; once it is done, what is wrong, or why it could not be done."""

    state: str = "never"  # or "running", "done", "failed"
    done: int = 0
    total: int = 0
    problems: tuple[str, ...] = ()
    error: str = ""


class Checking:
    """Verifies a library in a background thread, when asked to."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._lock = threading.Lock()
        self._state = CheckingState()

    @property
    def state(self) -> CheckingState:
        """How far it is."""
        return self._state

    def start(self) -> None:
        """Begin, unless it has begun already."""
        with self._lock:
            if self._state.state == "running":
                return
            self._state = CheckingState("running")
        threading.Thread(target=self._check, name="checking", daemon=True).start()

    def _check(self) -> None:
        try:
            problems = verify(self._library, report=self._note)
            self._state = replace(self._state, state="done", problems=tuple(problems))
        except PinciteError as error:
            self._state = CheckingState("failed", error=str(error))
        except Exception as error:
            logger.debug("checking failed", exc_info=True)
            self._state = CheckingState("failed", error=f"{type(error).__name__}: run `pincite verify` to see more")

    def _note(self, done: int, total: int) -> None:
        self._state = replace(self._state, done=done, total=total)
