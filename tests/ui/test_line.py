"""The line: who is next, who is told what, and what leaves it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Generator
from contextlib import aclosing

import pytest
from looping import in_a_loop, runs

from ui.web.line import Client, FullError, Line

Log = list[str]


def asks(name: str, log: Log, *, gate: threading.Event | None = None) -> Generator[str, None, None]:
    """Steps that note that they were taken, the first only once the gate is open."""
    if gate:
        assert gate.wait(60)
    log.append(name)
    yield name
    yield name + "!"


async def follow(
    line: Line, client: Client, steps: Generator[str, None, None], *, told: list[str] | None = None
) -> list[str]:
    """Return what is told, which stands in `told` as soon as it is."""
    found = told if told is not None else []
    async for step in line.take(steps, client=client, waiting=lambda ahead: f"{ahead} before"):
        found.append(step)
    return found


async def settle() -> None:
    """Let everything that was begun come as far as it can without news of a thread."""
    for _ in range(10):
        await asyncio.sleep(0)


def blocked(line: Line, log: Log) -> tuple[threading.Event, asyncio.Task[list[str]]]:
    """Occupy the line's place until the event is set."""
    gate = threading.Event()
    return gate, asyncio.create_task(follow(line, Client("first"), asks("first", log, gate=gate)))


@runs
async def test_an_empty_line_takes_the_steps_at_once() -> None:
    line = Line()
    assert await follow(line, Client("a"), asks("a", [])) == ["a", "a!"]
    assert len(line) == 0


@runs
async def test_one_question_is_worked_at_in_each_place_and_the_others_hold_no_thread() -> None:
    line, log = Line(slots=2), Log()
    gate = threading.Event()
    before = threading.active_count()
    tasks = [asyncio.create_task(follow(line, Client(str(n)), asks(str(n), log, gate=gate))) for n in range(30)]
    await settle()
    assert threading.active_count() - before == 2
    gate.set()
    told = await asyncio.gather(*tasks)
    assert [one[-2:] for one in told] == [[str(n), f"{n}!"] for n in range(30)]
    assert [one[0] for one in told[2:]] == [f"{n} before" for n in range(2, 30)]
    assert len(line) == 0


@runs
async def test_sessions_take_turns_and_in_a_session_who_asked_first_is_first() -> None:
    line, log = Line(), Log()
    gate, first = blocked(line, log)
    names = ["a1", "a2", "a3", "b1", "c1", "b2"]
    await settle()
    tasks = []
    for name in names:
        tasks.append(asyncio.create_task(follow(line, Client(name[0]), asks(name, log))))
        await settle()
    gate.set()
    told = await asyncio.gather(first, *tasks)
    assert log == ["first", "a1", "b1", "c1", "a2", "b2", "a3"]
    assert told[names.index("c1") + 1][0] == "3 before"


@runs
async def test_an_address_with_many_sessions_has_one_share() -> None:
    line, log = Line(), Log()
    gate, first = blocked(line, log)
    await settle()
    clients = [Client(f"s{n}", "10.0.0.1") for n in range(4)] + [Client("t", "10.0.0.2"), Client("u", "10.0.0.3")]
    tasks = []
    for client in clients:
        tasks.append(asyncio.create_task(follow(line, client, asks(client.session, log))))
        await settle()
    gate.set()
    await asyncio.gather(first, *tasks)
    assert log == ["first", "s0", "t", "u", "s1", "s2", "s3"]


@runs
async def test_who_asks_again_stands_behind_those_who_wait() -> None:
    line, log = Line(), Log()

    async def greedy() -> None:
        for number in range(4):
            await follow(line, Client("greedy"), asks(f"greedy{number}", log))

    gate, first = blocked(line, log)
    tasks = [asyncio.create_task(greedy())]
    tasks += [asyncio.create_task(_twice(line, name, log)) for name in "ab"]
    await settle()
    gate.set()
    await asyncio.gather(first, *tasks)
    assert log[1:5] == ["greedy0", "a", "b", "greedy1"]  # after which who asks again may not be there yet


async def _twice(line: Line, name: str, log: Log) -> None:
    for _ in range(2):
        await follow(line, Client(name), asks(name, log))


@runs
async def test_who_waits_is_told_when_others_leave() -> None:
    line, log = Line(), Log()
    gate, first = blocked(line, log)
    told: list[str] = []
    tasks = [asyncio.create_task(follow(line, Client(name), asks(name, log))) for name in "ab"]
    await settle()
    last = asyncio.create_task(follow(line, Client("c"), asks("c", log), told=told))
    await settle()
    tasks[0].cancel()
    tasks[1].cancel()
    while told[-1:] != ["1 before"]:
        await asyncio.sleep(0.01)
    assert len(line) == 2
    gate.set()
    await first
    assert await last == ["3 before", "1 before", "c", "c!"]
    assert log == ["first", "c"]


@runs
async def test_a_session_has_a_limit_and_is_told_the_cure() -> None:
    line, log = Line(share=3), Log()
    gate = threading.Event()
    tasks = [asyncio.create_task(follow(line, Client("a"), asks("a", log, gate=gate))) for _ in range(3)]
    await settle()
    with pytest.raises(FullError, match="You have 3 questions waiting: wait for one of them"):
        await follow(line, Client("a"), asks("a", log))
    gate.set()
    await follow(line, Client("b"), asks("b", log))
    await asyncio.gather(*tasks)
    assert await follow(line, Client("a"), asks("a", log)) == ["a", "a!"]


@runs
async def test_an_address_and_the_whole_line_have_limits() -> None:
    line, log = Line(most=60), Log()
    gate = threading.Event()
    for number in range(50):
        client = Client(str(number), "10.0.0.1")
        tasks = [asyncio.create_task(follow(line, client, asks("n", log, gate=gate)))]
    await settle()
    with pytest.raises(FullError, match="from your address"):
        await follow(line, Client("new", "10.0.0.1"), asks("n", log))
    tasks += [asyncio.create_task(follow(line, Client(f"l{n}"), asks("l", log, gate=gate))) for n in range(10)]
    await settle()
    with pytest.raises(FullError, match="Too many people are asking just now"):
        await follow(line, Client("late", "10.0.0.2"), asks("n", log))
    gate.set()
    await asyncio.gather(*tasks)


@runs
async def test_who_leaves_at_work_ends_it_after_the_step_and_its_place_is_free_only_then() -> None:
    line, log = Line(), Log()
    closed = threading.Event()
    gate = threading.Event()

    def steps() -> Generator[str, None, None]:
        try:
            yield "one"
            assert gate.wait(60)
            yield "two"
            log.append("three")
            yield "three"
        finally:
            closed.set()

    taken = line.take(steps(), client=Client("a"), waiting=str)
    async with aclosing(taken):
        assert await anext(taken) == "one"
    following = asyncio.create_task(follow(line, Client("b"), asks("b", log)))
    await settle()
    assert log == []
    gate.set()
    assert await following == ["1 before", "b", "b!"]
    assert closed.is_set()
    assert log == ["b"]
    assert len(line) == 0


@pytest.mark.parametrize("error", [ValueError("no"), MemoryError(), KeyboardInterrupt(), SystemExit(3)])
def test_what_the_steps_raise_is_told_to_who_asked_and_frees_the_place(error: BaseException) -> None:
    def steps() -> Generator[str, None, None]:
        yield "one"
        raise error

    @runs
    async def test() -> None:
        line = Line()
        with pytest.raises(Exception) as raised:  # noqa: PT011 - which one is the matter of the test
            await follow(line, Client("a"), steps())
        assert error in (raised.value, raised.value.__cause__)
        assert await follow(line, Client("a"), asks("a", [])) == ["a", "a!"]

    test()


@runs
async def test_without_news_the_last_is_told_again() -> None:
    line = Line(beat=0.05)
    gate = threading.Event()

    def steps() -> Generator[list[str], None, None]:
        yield ["one"]
        assert gate.wait(60)

    taken = line.take(steps(), client=Client("a"), waiting=lambda _: [])
    first = await anext(taken)
    assert await anext(taken) is first
    gate.set()
    await taken.aclose()


def test_a_step_that_ends_after_the_loop_is_closed_harms_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    gate = threading.Event()

    def steps() -> Generator[str, None, None]:
        yield "one"
        assert gate.wait(60)

    async def leave() -> None:
        taken = Line().take(steps(), client=Client("a"), waiting=str)
        assert await anext(taken) == "one"
        await taken.aclose()

    in_a_loop(leave())
    gate.set()
    for thread in threading.enumerate():
        if thread.name == "pincite-question":
            thread.join(30)
    assert capfd.readouterr().err == ""
