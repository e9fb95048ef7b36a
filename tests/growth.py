"""How the time that work takes grows with what it is given: the same on a slow machine as on a fast one."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest


def seconds(work: Callable[[], object]) -> float:
    """Return the CPU time that work takes."""
    start = time.process_time()
    work()
    return time.process_time() - start


def check_growth(work: Callable[[int], object], size: int, said: str = "") -> None:
    """Assert that four times the input takes at most eight times as long, the fastest of up to five runs counting."""
    few = many = float("inf")
    for _ in range(5):
        few = min(few, seconds(lambda: work(size)))
        many = min(many, seconds(lambda: work(4 * size)))
        if many <= 8 * few + 0.02:  # what is over in no time is no matter
            return
    pytest.fail(f"{said} {size}: {few:.4f} s, {4 * size}: {many:.4f} s")
