"""The line of those who wait for an answer: whose question is worked at next, and how many stand before the others.

In: the steps of a question, and who asks it. Out: the same steps, taken in a thread when it is their turn. Clients take
turns, address by address and session by session; within a session, who asked first is first. All but the steps happens
in one event loop: whoever waits holds no thread.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import AsyncGenerator, Callable, Generator, Iterable, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any, Generic, NamedTuple, TypeVar

from index import PinciteError

SLOTS = 1
SHARE = 5  # questions of one session that wait or are worked at
NEIGHBOURHOOD = 50  # those of one address, behind which there may be many people
MOST = 200  # those of all
BEAT = 10.0  # seconds without news after which the last is told again: the line is alive
PACE = 0.02  # seconds for each who waits, between two times that they are told their places: it costs about 4 ms each

T = TypeVar("T")


class FullError(PinciteError):
    """There is no place in the line now."""


class Client(NamedTuple):
    """Who asks: a browser session, and the address it comes from; "" is this machine, whose sessions are all alike."""

    session: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class _End:
    """The steps have ended, of an error if there is one."""

    error: BaseException | None = None


class _Turn(Generic[T]):
    """One question in the line, and the news of it for the one who asked."""

    def __init__(self, client: Client, steps: Generator[T, None, None], waiting: Callable[[int], T]) -> None:
        self.client = client
        self.ahead = -1
        self.begun = False
        self.left = False
        self._steps = steps
        self._waiting = waiting
        self._news: asyncio.Queue[tuple[T] | _End] = asyncio.Queue()
        self._loop = asyncio.get_running_loop()

    def place(self, ahead: int) -> None:
        """Note how many stand before it, and tell if that is news."""
        if ahead != self.ahead:
            self.ahead = ahead
            self._news.put_nowait((self._waiting(ahead),))

    def begin(self, ended: Callable[[_Turn[T]], None]) -> None:
        """Take the steps in a thread; `ended` is called in the event loop when it is over."""
        self.begun = True
        # A daemon: the program must be able to end while a model is being fetched.
        threading.Thread(target=self._work, args=(ended,), name="pincite-question", daemon=True).start()

    async def hear(self, seconds: float) -> tuple[T] | _End | None:
        """Return the next news, None if there is none for a while."""
        try:
            return await asyncio.wait_for(self._news.get(), seconds)
        except TimeoutError:
            return None

    def _work(self, ended: Callable[[_Turn[T]], None]) -> None:
        end = _End()
        try:
            with contextlib.closing(self._steps):
                for step in self._steps:
                    if self.left:
                        break
                    self._tell(self._news.put_nowait, (step,))
        except BaseException as error:  # noqa: BLE001 - the thread has nothing above: who asked is told, whatever it is
            end = _End(error)
        finally:
            self._tell(ended, self)
            self._tell(self._news.put_nowait, end)

    def _tell(self, function: Callable[[Any], None], what: object) -> None:
        with contextlib.suppress(RuntimeError):  # the event loop is closed, and who waited is gone with the server
            self._loop.call_soon_threadsafe(function, what)


class Line:
    """A fair line to `slots` places where questions are worked at; all of it is used from one event loop."""

    def __init__(self, *, slots: int = SLOTS, share: int = SHARE, most: int = MOST, beat: float = BEAT) -> None:
        self._free = slots
        self._share = share
        self._most = most
        self._beat = beat
        self._present: list[_Turn[Any]] = []  # those that wait and those that are worked at, as they came
        self._rota: dict[str, dict[str, None]] = {}  # the addresses, and their sessions, whose turn is first in front
        self._telling = False

    def __len__(self) -> int:
        return len(self._present)

    async def take(
        self, steps: Generator[T, None, None], *, client: Client, waiting: Callable[[int], T]
    ) -> AsyncGenerator[T, None]:
        """Yield `waiting(n)` when `n` questions stand before this one, anew whenever that changes; then each step.

        The last one comes again, the same object, after each `beat` seconds without news. To close the generator is to
        leave the line: steps that have begun end after the one in work, and only then is their place free. Raises
        `FullError` if there is no place, and what the steps raise; what is no `Exception` is the cause of one.
        """
        turn = self._join(_Turn(client, steps, waiting))
        last: T | None = None
        try:
            while not isinstance(news := await turn.hear(self._beat), _End):
                if news is not None:
                    (last,) = news
                if last is not None:
                    yield last
        finally:
            self._leave(turn)
        if isinstance(news.error, Exception):
            raise news.error
        if news.error is not None:
            raise RuntimeError(type(news.error).__name__) from news.error

    def _join(self, turn: _Turn[T]) -> _Turn[T]:
        client = turn.client
        if len(self._present) >= self._most:
            raise FullError("Too many people are asking just now: ask again in a moment.")
        if sum(other.client == client for other in self._present) >= self._share:
            raise FullError(f"You have {self._share} questions waiting: wait for one of them, then ask again.")
        if client.address and sum(o.client.address == client.address for o in self._present) >= NEIGHBOURHOOD:
            raise FullError("Too many questions come from your address just now: ask again in a moment.")
        self._present.append(turn)
        self._rota.setdefault(client.address, {}).setdefault(client.session)
        self._advance()
        if not turn.begun:
            turn.place(dict(self._places())[turn])
        return turn

    def _leave(self, turn: _Turn[T]) -> None:
        turn.left = True
        if not turn.begun:
            self._remove(turn)

    def _ended(self, turn: _Turn[T]) -> None:
        self._free += 1
        self._remove(turn)

    def _remove(self, turn: _Turn[T]) -> None:
        self._present.remove(turn)
        client, sessions = turn.client, self._rota[turn.client.address]
        if all(other.client != client for other in self._present):
            del sessions[client.session]
        if not sessions:
            del self._rota[client.address]
        self._advance()

    def _advance(self) -> None:
        """Begin with those whose turn it is, and let the others know soon how many stand before them."""
        order = self._order()
        for turn in order[: self._free]:
            self._to_the_end(turn.client)
            turn.begin(self._ended)
        rest, self._free = order[self._free :], max(0, self._free - len(order))
        if rest and not self._telling:
            self._telling = True
            asyncio.get_running_loop().call_later(PACE * len(rest), self._tell_places)

    def _tell_places(self) -> None:
        self._telling = False
        for turn, ahead in self._places():
            turn.place(ahead)

    def _places(self) -> list[tuple[_Turn[Any], int]]:
        """Return those who wait, each with how many stand before it, those that are worked at among them."""
        worked_at = sum(turn.begun for turn in self._present)
        return [(turn, ahead) for ahead, turn in enumerate(self._order(), start=worked_at)]

    def _order(self) -> list[_Turn[Any]]:
        """Return those who wait in the order in which it will be their turn if nobody comes or leaves."""
        waiting: dict[Client, list[_Turn[Any]]] = {}
        for turn in self._present:
            if not turn.begun:
                waiting.setdefault(turn.client, []).append(turn)
        return _by_turns(
            _by_turns(waiting.get(Client(session, address), ()) for session in sessions)
            for address, sessions in self._rota.items()
        )

    def _to_the_end(self, client: Client) -> None:
        """It was the client's turn: it is the last one's now, among the sessions of its address, as is the address."""
        sessions = self._rota.pop(client.address)
        sessions[client.session] = sessions.pop(client.session)
        self._rota[client.address] = sessions


def _by_turns(queues: Iterable[Sequence[_Turn[Any]]]) -> list[_Turn[Any]]:
    """Return the first of each queue, then the second of each, and so on."""
    return [turn for row in zip_longest(*queues) for turn in row if turn is not None]
