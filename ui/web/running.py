"""Answers that are being made, by conversation: they go on, and are kept, when the page that asked is left.

In: the steps of an answer. Out: the same steps, to each who follows them, from the last one on. All but `find` and
`stop` happens in one event loop.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable

from anyio.to_thread import run_sync

from ui.web.state.exchange import Exchange, fail


class Run:
    """One answer that is being made: the last step of it, and how those who follow it hear of the next."""

    def __init__(self, asked: Exchange, number: int) -> None:
        self.last = asked
        self.number = number
        self.error: Exception | None = None
        self.task: asyncio.Task[None] | None = None
        self.loop = asyncio.get_running_loop()
        self._told = 0
        self._news = asyncio.Event()

    def tell(self, step: Exchange) -> None:
        """Let those who follow know of a step."""
        self.last = step
        self._told += 1
        self.wake()

    def wake(self) -> None:
        """Let those who follow look whether there is a step, or the end."""
        self._news.set()
        self._news = asyncio.Event()

    async def follow(self) -> AsyncGenerator[Exchange, None]:
        """Yield the steps from the last one on. Raises what the answer failed of."""
        heard = -1
        while self.task is not None and (heard != self._told or not self.task.done()):
            news = self._news
            if heard != self._told:
                heard = self._told
                yield self.last
            elif not self.task.done():
                await news.wait()
        if self.error:
            raise self.error


class Running:
    """The answers that are being made; `save` keeps what came of one."""

    def __init__(self, save: Callable[[str, Exchange, int], None]) -> None:
        self._save = save
        self._runs: dict[str, Run] = {}

    def find(self, here: str) -> Run | None:
        """Return what is being answered in a conversation, None if nothing is."""
        return self._runs.get(here)

    def start(self, here: str, asked: Exchange, number: int, steps: AsyncGenerator[Exchange, None]) -> Run:
        """Begin to take the steps of an answer, whoever follows them."""
        run = self._runs[here] = Run(asked, number)
        run.task = asyncio.create_task(self._work(here, run, steps))
        run.task.add_done_callback(lambda _: run.wake())
        return run

    def stop(self, here: str) -> None:
        """End what is being answered in a conversation; nothing more of it is kept."""
        run = self._runs.pop(here, None)
        if run and run.task:
            run.loop.call_soon_threadsafe(run.task.cancel)

    async def _work(self, here: str, run: Run, steps: AsyncGenerator[Exchange, None]) -> None:
        try:
            async with contextlib.aclosing(steps):
                async for step in steps:
                    run.tell(step)
        except Exception as error:  # noqa: BLE001 - who follows is told
            run.error, run.last = error, fail(run.last, error)
        if self._runs.get(here) is run:
            await run_sync(self._save, here, run.last, run.number)
            self._runs.pop(here, None)
