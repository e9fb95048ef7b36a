"""An answer goes on when nobody follows it, and whoever follows it hears the rest of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace

import pytest
from looping import runs

from index import PinciteError
from ui.web.running import Running
from ui.web.state.exchange import Exchange, Scope

ASKED = Exchange("Who?", Scope())
DONE = replace(ASKED, state="answered")


class Kept(list[Exchange]):
    def save(self, _here: str, exchange: Exchange, _number: int) -> None:
        self.append(exchange)


async def steps(go_on: asyncio.Event, *, error: Exception | None = None) -> AsyncGenerator[Exchange, None]:
    yield replace(ASKED, stage="reading")
    await go_on.wait()
    if error:
        raise error
    yield DONE


@runs
async def test_who_follows_hears_the_last_step_and_those_after_it_and_the_answer_is_kept() -> None:
    kept, go_on = Kept(), asyncio.Event()
    running = Running(kept.save)
    left = running.start("a", ASKED, 0, steps(go_on)).follow()
    await anext(left)
    assert (await anext(left)).stage == "reading"
    await left.aclose()
    run = running.find("a")
    assert run is not None
    heard = []
    async for step in run.follow():
        heard.append(step)
        go_on.set()
    assert [step.stage for step in heard] == ["reading", ""]
    assert kept == [DONE]
    assert running.find("a") is None


@runs
async def test_what_is_stopped_is_kept_no_more() -> None:
    kept, go_on = Kept(), asyncio.Event()
    running = Running(kept.save)
    run = running.start("a", ASKED, 0, steps(go_on))
    heard = []
    async for step in run.follow():  # which ends, though the step that is being made doesn't
        heard.append(step.state)
        await asyncio.to_thread(running.stop, "a")
    assert heard[-1] == "stopped"
    assert running.find("a") is None
    assert kept == []


@runs
async def test_what_is_to_be_kept_nowhere_is_not_kept_but_answered() -> None:
    kept, go_on = Kept(), asyncio.Event()
    go_on.set()
    running = Running(kept.save)
    run = running.start("a", ASKED, 0, steps(go_on), keep=False)
    assert [step async for step in run.follow()][-1] == DONE
    assert running.find("a") is None
    assert kept == []


@runs
async def test_an_answer_that_fails_is_kept_as_failed_and_told() -> None:
    kept, go_on = Kept(), asyncio.Event()
    go_on.set()
    run = Running(kept.save).start("a", ASKED, 0, steps(go_on, error=PinciteError("the disk is gone")))
    with pytest.raises(PinciteError, match="disk"):
        [step async for step in run.follow()]
    assert [(one.state, one.fault) for one in kept] == [("failed", "The disk is gone")]
