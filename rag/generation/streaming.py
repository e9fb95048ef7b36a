"""What a language model says, piece by piece: messages go in, pieces come out, and the end or what went wrong.

A thread with an event loop of its own talks with the server, so that the stream can be stopped at any moment, whether
the server has answered yet or not. What is stopped is closed: that is what makes a server stop, too.
"""

from __future__ import annotations

import asyncio
import contextlib
import queue
import threading
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeVar, cast

from rag.generation.server import (
    CONNECT_SECONDS,
    ModelServer,
    client_options,
    fault,
    gone,
    load_client,
    nonsense,
    too_slow,
)

End = Literal["", "stop", "length", "filtered", "endless"]
Messages = Sequence[Mapping[str, str]]
_Result = TypeVar("_Result")

TICK = 0.1  # seconds, after which a piece of nothing comes: whoever takes the pieces can stop between two
MOST_CHARACTERS = 200_000  # of thoughts and answer together
MOST_BYTES = 50_000_000  # with all that the protocol writes around them
MOST_SECONDS = 900.0
_TRIES, _MOST_WAIT, _WAIT = 4, 60.0, 2.0  # of a server that lets nobody in; seconds in all, and unless it says how many
_BUSY = (429, 503)
_OPTIONAL = ("max_tokens", "temperature")  # some models refuse them; our own bounds hold without


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of what a model says; an empty one says that it is still at it.

    `thinking` says that a thought came, which is not shown; `waiting` is how many seconds are waited because the server
    asked for it; `end` says that, and why, it is the last.
    """

    text: str = ""
    thinking: bool = False
    waiting: float = 0.0
    end: End = ""


def stream_chat(server: ModelServer, model: str, messages: Messages, *, most_tokens: int) -> Iterator[Piece]:
    """Yield what the model answers, a piece at least every `TICK` seconds; closing it stops the server.

    Raises `ModelServerError` for whatever goes wrong.
    """
    talk = _Talk(server, model, messages, most_tokens)
    talk.start()
    began = heard = time.monotonic()
    try:
        while True:
            try:
                got = talk.pieces.get(timeout=TICK)
            except queue.Empty:
                got = Piece()
            now = time.monotonic()
            if isinstance(got, Exception):
                raise got
            if got.text or got.thinking or got.waiting:
                heard = now + got.waiting
            elif not got.end and now - heard > server.patience:
                raise too_slow(server)
            if not got.end and (now - began > MOST_SECONDS or talk.is_too_long()):
                got = Piece(got.text, end="endless")
            yield got
            if got.end:
                return
    finally:
        talk.stop()


def while_waiting(work: Callable[[], _Result], said: str) -> Generator[str, None, _Result]:
    """Return what `work` returns or raises; it is done in a thread, and `said` is yielded every `TICK` until it is."""
    done: queue.SimpleQueue[tuple[_Result | None, Exception | None]] = queue.SimpleQueue()

    def run() -> None:
        try:
            done.put((work(), None))
        except Exception as error:  # noqa: BLE001 - it is raised where it is waited for
            done.put((None, error))

    threading.Thread(target=run, name="pincite-model-about", daemon=True).start()
    while True:
        with contextlib.suppress(queue.Empty):
            result, error = done.get(timeout=TICK)
            if error:
                raise error
            return cast(_Result, result)
        yield said


class _Talk:
    """One question to a server, and the pieces of its answer."""

    def __init__(self, server: ModelServer, model: str, messages: Messages, most_tokens: int) -> None:
        self.pieces: queue.SimpleQueue[Piece | Exception] = queue.SimpleQueue()
        self._server, self._model = server, model
        self._request: dict[str, Any] = {
            "model": model, "messages": list(messages), "stream": True, "max_tokens": most_tokens, "temperature": 0.0,
        }  # fmt: skip
        self._thread = threading.Thread(target=self._work, name="pincite-model", daemon=True)
        self._begun = threading.Event()
        self._stopped = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None
        self._response: Any = None
        self._characters = 0
        self._understood = False
        self._end: End = ""

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Close the connection, whatever it is at; wait a little until it is."""
        self._stopped = True
        if self._begun.is_set() and self._loop and self._task:
            with contextlib.suppress(RuntimeError):  # it is over
                self._loop.call_soon_threadsafe(self._task.cancel)
            self._thread.join(1.0)

    def is_too_long(self) -> bool:
        """Tell whether more has come than any answer has."""
        downloaded = getattr(self._response, "num_bytes_downloaded", 0)
        return self._characters > MOST_CHARACTERS or downloaded > MOST_BYTES

    def _work(self) -> None:
        load_client()
        with contextlib.suppress(asyncio.CancelledError):
            asyncio.run(self._main())

    async def _main(self) -> None:
        self._loop, self._task = asyncio.get_running_loop(), asyncio.current_task()
        self._begun.set()
        if self._stopped:
            return
        openai = load_client()
        try:
            self.pieces.put(await self._talk(openai))
        except openai.APIConnectionError as error:
            went = self._understood and not isinstance(error, openai.APITimeoutError)
            self.pieces.put(gone(self._server) if went else fault(self._server, error, model=self._model))
        except openai.OpenAIError as error:
            self.pieces.put(fault(self._server, error, model=self._model))
        except (ValueError, TypeError, AttributeError, RecursionError):  # what came can't be read as the protocol
            self.pieces.put(nonsense(self._server))

    async def _talk(self, openai: Any) -> Piece | Exception:
        timeout = openai.Timeout(self._server.patience, connect=CONNECT_SECONDS)
        http = openai.DefaultAsyncHttpxClient(timeout=timeout, follow_redirects=False, trust_env=False)
        async with openai.AsyncOpenAI(http_client=http, timeout=timeout, **client_options(self._server)) as client:
            stream = await self._open(openai, client)
            self._response = stream.response
            async with contextlib.aclosing(stream):
                async for chunk in stream:
                    self._take(chunk)
                    if self.is_too_long():
                        return Piece(end="endless")
        if not self._understood:
            return nonsense(self._server)
        return Piece(end=self._end) if self._end else gone(self._server)

    async def _open(self, openai: Any, client: Any) -> Any:
        """Return the stream of the answer; wait for a server that asks for it, as long as it is bearable."""
        waited = 0.0
        for left in reversed(range(_TRIES)):
            try:
                return await client.chat.completions.create(**self._request)
            except openai.APIStatusError as error:
                wait = _told_wait(error.response.headers)
                refused = [name for name in _OPTIONAL if name in self._request and name in str(error.body)]
                if not left or waited + wait > _MOST_WAIT:
                    raise
                if error.status_code == 400 and refused:
                    self._request = {name: value for name, value in self._request.items() if name not in _OPTIONAL}
                elif error.status_code in _BUSY:
                    self.pieces.put(Piece(waiting=wait))
                    await asyncio.sleep(wait)
                    waited += wait
                else:
                    raise
        raise AssertionError("the last try returns or raises")

    def _take(self, chunk: Any) -> None:
        """Pass on what a chunk holds for people: a model's thoughts are counted, and no more."""
        choices = getattr(chunk, "choices", None)
        if not isinstance(choices, list):
            raise TypeError("a chunk without choices")
        self._understood = True
        for choice in choices[:1]:
            delta = choice.delta
            if delta is not None and not hasattr(delta, "content"):
                raise TypeError("a delta that is no object")
            for name in ("reasoning_content", "reasoning"):
                thought = getattr(delta, name, None)
                if isinstance(thought, str) and thought:
                    self._characters += len(thought)
                    self.pieces.put(Piece(thinking=True))
            text = getattr(delta, "content", None)
            if isinstance(text, str) and text:
                self._characters += len(text)
                self.pieces.put(Piece(text))
            if getattr(delta, "refusal", None):
                self._end = "filtered"
            elif choice.finish_reason:
                self._end = _ENDS.get(str(choice.finish_reason), "stop")


_ENDS: Mapping[str, End] = {"length": "length", "content_filter": "filtered"}


def _told_wait(headers: Mapping[str, str]) -> float:
    """Return how many seconds a server asks to wait; a date, which few send, is taken for none."""
    try:
        return max(0.0, float(headers.get("retry-after", _WAIT)))
    except ValueError:
        return _WAIT
