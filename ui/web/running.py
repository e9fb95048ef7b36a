"""Answers that are being made, by conversation: they go on, and are kept, when the page that asked is left.

In: the steps of an answer. Out: the same steps, to each who follows them, from the last one on; and where it is
stopped, that it was, as the last one. All but `find` and `stop` happens in one event loop.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable

from anyio.to_thread import run_sync

from ui.web.state.exchange import Exchange, fail, stop


class Run:
    """One answer that is being made: the last step of it, and how those who follow it hear of the next."""

    def __init__(self, here: str, asked: Exchange, number: int, *, keep: bool) -> None:
        self.here = here
        self.keep = keep
        self.last = asked
        self.number = number
        self.error: Exception | None = None
        self.task: asyncio.Task[None] | None = None
        self.loop = asyncio.get_running_loop()
        self.stopped = False
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

    def end(self, stopped: Exchange) -> None:
        """Let those who follow know that it is stopped, at once: what is at work may take a while to end."""
        self.stopped = True
        self.tell(stopped)
        if self.task:
            self.task.cancel()

    def is_over(self) -> bool:
        """Tell whether no step comes any more."""
        return self.stopped or self.task is None or self.task.done()

    async def follow(self) -> AsyncGenerator[Exchange, None]:
        """Yield the steps from the last one on. Raises what the answer failed of."""
        heard = -1
        while heard != self._told or not self.is_over():
            news = self._news
            if heard != self._told:
                heard = self._told
                yield self.last
            else:
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

    def start(
        self, here: str, asked: Exchange, number: int, steps: AsyncGenerator[Exchange, None], *, keep: bool = True
    ) -> Run:
        """Begin to take the steps of an answer, whoever follows them; what comes of it is kept if `keep`."""
        run = self._runs[here] = Run(here, asked, number, keep=keep)
        run.task = asyncio.create_task(self._work(run, steps))
        run.task.add_done_callback(lambda _: run.wake())
        return run

    def stop(self, here: str) -> Run | None:
        """End what is being answered in a conversation, and return it; nothing more of it is kept."""
        run = self._runs.pop(here, None)
        if run:
            run.last = stop((run.last,))[0]
            run.loop.call_soon_threadsafe(run.end, run.last)
        return run

    async def _work(self, run: Run, steps: AsyncGenerator[Exchange, None]) -> None:
        try:
            async with contextlib.aclosing(steps):
                async for step in steps:
                    run.tell(step)
        except Exception as error:  # noqa: BLE001 - who follows is told
            run.error, run.last = error, fail(run.last, error)
        if run.keep and self._runs.get(run.here) is run:
            await run_sync(self._save, run.here, run.last, run.number)
        if self._runs.get(run.here) is run:
            del self._runs[run.here]
