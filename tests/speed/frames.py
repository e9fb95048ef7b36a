"""How smoothly a conversation of 500 turns scrolls: the longest tasks of the page, and the frames that come too late.

    python tests/speed/frames.py [--turns 500] [--size 1280x800]

Starts `pincite chat` over the sample documents with such a conversation, each of whose turns is an answer that was
given, shows all its turns, and turns the mouse's wheel from its end to its beginning in Chromium without a graphics
processor, which draws on the processor: a desktop is faster. Printed: how many frames there were, how long they took
(p50, p95, the longest), and how many tasks took over 50 ms and over 200 ms; then the same while a question is typed.
Last, how long after the key a question that is asked stands there, drawn: below those turns, and in a conversation of
its own.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
from playwright.sync_api import Page, expect, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from browsing import ARGUMENTS, CHROMIUM
from screenshots import CORPUS, chatting

from index import Conversations
from index.library import open_library
from index.sync.sync import sync_paths
from rag.assistant import Assistant
from ui.web.state.exchange import Exchange, Scope, ask
from ui.web.state.kept import Keeper

QUESTIONS = (
    "When did Leonardo's CEO visit Baykar?",
    "How long is the warranty on the pump?",
    "Which river touches the most countries?",
    "How much is the deposit?",
    "How do I bake sourdough bread?",
)
WHEEL = 400  # pixels a step
OPTIONS = [
    option for option in ARGUMENTS if not option.startswith("--js-flags")
]  # the tests' scripts are not optimised
WATCH = """() => {
  Object.assign(window, { frames: [], tasks: [], watching: true });
  const tasks = new PerformanceObserver((list) => window.tasks.push(...list.getEntries().map((one) => one.duration)));
  tasks.observe({ type: "longtask" });
  let last = performance.now();
  const frame = (now) => {
    window.frames.push(now - last);
    last = now;
    if (window.watching) requestAnimationFrame(frame);
    else tasks.disconnect();
  };
  requestAnimationFrame(frame);
}"""
ECHO = """() => {
  window.echoes = new Promise((done) => {
    const look = (pressed) => {
      const stands = document.querySelector(".turn[data-state=asking] .question");
      if (!stands) return requestAnimationFrame(() => look(pressed));
      const { port1, port2 } = new MessageChannel(); // what it brings comes when the frame is drawn
      port1.onmessage = () => done(performance.now() - pressed);
      port2.postMessage(0);
    };
    window.addEventListener("keydown", ({ timeStamp }) => look(timeStamp), { capture: true, once: true });
  });
}"""


def fill(home: Path, turns: int) -> str:
    """Index the sample documents in a home, keep a conversation of so many turns there, and return its id."""
    library = open_library(home)
    sync_paths(library, [CORPUS])
    assistant = Assistant(library)
    given: list[Exchange] = []
    for question in QUESTIONS:
        *_, one = ask(assistant, question, earlier=(), scope=Scope())
        given.append(one)
    assistant.close()
    with closing(Conversations(home)) as kept:
        keeper = Keeper(kept)
        here = keeper.begin("", given[0], 0)
        for number in range(turns):
            one = given[number % len(given)]
            keeper.save(here, replace(one, question=f"{one.question} ({number})"), number)
    return here


def show_all(page: Page, turns: int) -> None:
    """Show every turn of the conversation, as Ctrl P does, without printing."""
    page.evaluate("window.print = () => {}")
    page.keyboard.press("Control+p")
    expect(page.locator(".turn")).to_have_count(turns, timeout=120_000)
    page.wait_for_timeout(2000)


def scroll(page: Page) -> int:
    """Turn the wheel until the beginning is reached; return by how many pixels."""
    page.locator("#scroll").evaluate("e => e.scrollTo(0, e.scrollHeight)")
    height = int(page.locator("#scroll").evaluate("e => e.scrollTop"))
    page.locator("#scroll").hover()
    page.evaluate(WATCH)
    while page.locator("#scroll").evaluate("e => e.scrollTop") > 0:
        page.mouse.wheel(0, -WHEEL)
    return height


def type_slowly(page: Page) -> None:
    """Type a question into the box."""
    page.evaluate(WATCH)
    page.locator("#box textarea").press_sequentially("How hot is the hot water for tea?", delay=60)


def echoes(page: Page) -> list[float]:
    """Ask, and return how many milliseconds after the key each question stands there."""
    found = []
    for question in QUESTIONS:
        turns = page.locator(".turn").count()
        page.locator("#box textarea").fill(question)
        page.evaluate(ECHO)
        page.keyboard.press("Enter")
        found.append(float(page.evaluate("window.echoes")))
        expect(page.locator(".turn")).to_have_count(turns + 1)
        expect(page.locator(".turn").last).to_have_attribute("data-state", "answered", timeout=60_000)
        page.wait_for_timeout(1200)  # one question a second
    return found


def told(page: Page, name: str) -> str:
    """Return what was watched, in words."""
    page.evaluate("window.watching = false")
    page.wait_for_timeout(500)
    frames, tasks = page.evaluate("[window.frames.slice(1), window.tasks]")
    return f"{name}: {_of_frames(frames)}; {_of_tasks(tasks)}"


def _of_frames(frames: Sequence[float]) -> str:
    median, late = np.percentile(frames, [50, 95])
    return f"{len(frames)} frames, p50 {median:.0f} ms, p95 {late:.0f} ms, longest {max(frames):.0f} ms"


def _of_milliseconds(found: Sequence[float]) -> str:
    return f"{np.median(found):.0f} ms, at the longest {max(found):.0f} ms, of {len(found)}"


def _of_tasks(tasks: Sequence[float]) -> str:
    over = [task for task in tasks if task > 200]
    return f"{len(tasks)} tasks over 50 ms, {len(over)} over 200 ms, longest {max(tasks, default=0):.0f} ms"


def main() -> int:
    """Fill a home, scroll, type, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--turns", type=int, default=500)
    parser.add_argument("--size", default="1280x800")
    arguments = parser.parse_args()
    width, height = map(int, arguments.size.split("x"))
    with tempfile.TemporaryDirectory() as home, sync_playwright() as playwright:
        here = fill(Path(home), arguments.turns)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
        with chatting(CORPUS, Path(home)) as address:
            page = browser.new_page(viewport={"width": width, "height": height})
            page.goto(f"{address}?c={here}")
            expect(page.locator(".turn").first).to_be_visible(timeout=120_000)
            show_all(page, arguments.turns)
            pixels = scroll(page)
            print(told(page, f"{arguments.turns} turns at {arguments.size}, {pixels:,} pixels scrolled"))
            type_slowly(page)
            print(told(page, "typing"))
            print(f"asked: the question stands there after {_of_milliseconds(echoes(page))}")
            page.goto(address)
            expect(page.locator(".welcome")).to_be_visible(timeout=120_000)
            print(f"asked in a conversation of its own: after {_of_milliseconds(echoes(page))}")
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
