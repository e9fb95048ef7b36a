"""What people who ask at once wait, each and beside a greedy one, and what questions leave in the server's memory.

    python tests/speed/asking_together.py [--questions 2000] [--askers 1 5 20 30]

Starts `pincite chat` over the sample documents, and asks as browsers do, over HTTP. Printed for so many askers at once:
the time until their answers (p50 and p95) and until each sees its turn; then what five wait beside one who keeps as
much waiting as it may, against without it; then the server's memory after 200 questions, and after all of them.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import httpx
import numpy as np
import psutil

QUESTIONS = (
    "When did Leonardo's CEO visit Baykar?",
    "How long is the warranty on the pump?",
    "Which river touches the most countries?",
    "How much is the deposit?",
    "Who coined the word supermoon?",
    "How do I bake sourdough bread?",
)
EACH = 8  # questions of each of the five
BETWEEN = 20  # questions of a conversation, where memory is measured
FIRST = 200  # questions, after which memory is measured first


@dataclass(frozen=True)
class Asked:
    """What one question took, in seconds, until its turn was shown and until it was over."""

    shown: float
    took: float
    answered: bool


@dataclass
class Asker:
    """A browser session, and the numbers that Gradio has given the event and the size of its data."""

    client: httpx.AsyncClient
    event: int
    session: str = field(default_factory=lambda: uuid.uuid4().hex[:11])
    turns: int = 0

    async def ask(self, question: str) -> Asked:
        """Ask, and follow the stream to its end."""
        began = time.perf_counter()
        shown, answered = 0.0, False
        await self.send(question)
        async for line in self.listen():
            if not shown and "process_generating" in line:
                shown = time.perf_counter() - began
            answered = answered or r"data-state=\"answered\"" in line or '"answered"' in line
        self.turns += 1
        return Asked(shown, time.perf_counter() - began, answered)

    async def send(self, question: str) -> None:
        """Put a question into the queue."""
        body = {
            "data": [question, None, "", self.turns],
            "fn_index": self.event,
            "session_hash": self.session,
            "trigger_id": None,
            "event_data": None,
        }
        (await self.client.post("gradio_api/queue/join", json=body)).raise_for_status()

    async def listen(self) -> AsyncIterator[str]:
        """Yield the lines of the session's stream, until all that it asked has ended."""
        address = f"gradio_api/queue/data?session_hash={self.session}"
        async with self.client.stream("GET", address) as stream:
            stream.raise_for_status()
            async for line in stream.aiter_lines():
                if "close_stream" in line:
                    return
                yield line


@contextmanager
def serving(home: str) -> Iterator[tuple[str, psutil.Process]]:
    """Start the server, and wait until its documents are indexed."""
    program = Path(sys.executable).with_name("pincite")
    common = ["--home", home]
    samples = Path(__file__).resolve().parents[2] / "corpus"
    subprocess.run([program, "index", samples, *common], check=True, capture_output=True)
    command = [program, "chat", "--no-browser", "--port", "7869", *common]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = process.stdout.readline()
        try:
            yield re.findall(r"http://\S+", said)[0] + "/", psutil.Process(process.pid)
        finally:
            process.terminate()


@asynccontextmanager
async def browsing(address: str) -> AsyncIterator[tuple[httpx.AsyncClient, int]]:
    """Open the page, and find which of its events asks."""
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(base_url=address, timeout=600, limits=limits) as client:
        page = (await client.get("")).text
        config, _ = json.JSONDecoder().raw_decode(page, page.index("{", page.index("window.gradio_config")))
        (box,) = (one["id"] for one in config["components"] if one["props"].get("elem_id") == "box")
        yield client, next(one["id"] for one in config["dependencies"] if [box, "submit"] in one["targets"])


async def together(client: httpx.AsyncClient, event: int, askers: int) -> None:
    """Let so many ask one question each, and print what they waited."""
    tasks = (Asker(client, event).ask(QUESTIONS[n % len(QUESTIONS)]) for n in range(askers))
    asked = await asyncio.gather(*tasks)
    took, shown = [one.took for one in asked], [one.shown for one in asked]
    print(
        f"{askers:3} at once: answered {sum(one.answered for one in asked)}; "
        f"p50 {np.percentile(took, 50):.2f} s, p95 {np.percentile(took, 95):.2f} s; "
        f"turn seen after {np.percentile(shown, 50):.2f} s, the last after {max(shown):.2f} s",
        flush=True,
    )


async def beside(client: httpx.AsyncClient, event: int, *, greedy: bool) -> float:
    """Return the median time of five who ask one question after the other, alone or beside a greedy one."""

    async def one() -> list[float]:
        asker = Asker(client, event)
        return [(await asker.ask(QUESTIONS[n % len(QUESTIONS)])).took for n in range(EACH)]

    async def grab() -> None:
        asker = Asker(client, event)
        while True:
            for question in QUESTIONS * 3:
                await asker.send(question)
            async for _ in asker.listen():
                pass

    grabbing = asyncio.create_task(grab()) if greedy else None
    took = np.concatenate(await asyncio.gather(*(one() for _ in range(5))))
    if grabbing:
        grabbing.cancel()
        await asyncio.gather(grabbing, return_exceptions=True)
    return float(np.median(took))


async def remember(client: httpx.AsyncClient, event: int, server: psutil.Process, questions: int) -> None:
    """Ask so many questions in conversations of `BETWEEN`, and print the server's memory."""
    numbers = count()
    at_first = 0.0

    async def converse() -> None:
        while next(numbers) * BETWEEN < questions:
            asker = Asker(client, event)
            for n in range(BETWEEN):
                await asker.ask(QUESTIONS[n % len(QUESTIONS)])
            done = next(numbers_done) * BETWEEN + BETWEEN
            if done == FIRST:
                nonlocal at_first
                at_first = server.memory_info().rss / 1e6

    numbers_done = count()
    await asyncio.gather(converse(), converse())
    at_last = server.memory_info().rss / 1e6
    print(f"memory: {at_first:.0f} MB after {FIRST} questions, {at_last:.0f} MB after {questions:,}")
    print(f"which is {at_last / max(at_first, 1) - 1:+.1%}")


async def measure(address: str, server: psutil.Process, arguments: argparse.Namespace) -> None:
    """Measure all of it against a running server."""
    async with browsing(address) as (client, event):
        for question in QUESTIONS:  # the models are loaded, and have seen what they will be asked
            await Asker(client, event).ask(question)
        for askers in arguments.askers:
            await together(client, event, askers)
        alone = await beside(client, event, greedy=False)
        crowded = await beside(client, event, greedy=True)
        print(f"five askers: median {alone:.2f} s, beside a greedy one {crowded:.2f} s ({crowded / alone:.1f} times)")
        if arguments.questions:
            await remember(client, event, server, arguments.questions)


def main() -> int:
    """Start the server, ask, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--questions", type=int, default=2000)
    parser.add_argument("--askers", type=int, nargs="+", default=[1, 5, 20, 30])
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as home, serving(home) as (address, server):
        asyncio.run(measure(address, server, arguments))
    return 0


if __name__ == "__main__":
    sys.exit(main())
