"""Running coroutines in a loop of their own, in a thread of its own: Playwright's loop runs in the tests' one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from functools import wraps
from typing import Any, TypeVar

Found = TypeVar("Found")


def in_a_loop(coroutine: Coroutine[Any, Any, Found]) -> Found:
    """Return what the coroutine returns, within a minute."""
    with ThreadPoolExecutor(1) as other:
        return other.submit(lambda: asyncio.run(asyncio.wait_for(coroutine, 60))).result()


def runs(test: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """Make a test of a coroutine."""

    @wraps(test)
    def run(*args: Any, **kwargs: Any) -> None:
        in_a_loop(test(*args, **kwargs))

    return run
