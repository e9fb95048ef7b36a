"""Driving the page in a real browser: what the tests of the page and of the formats share."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, Locator, Page, ViewportSize, expect

CHROMIUM = shutil.which("chromium-headless-shell") or shutil.which("chromium")  # the first has no windows to draw
REQUIRED = os.environ.get("PINCITE_BROWSER_TESTS") == "required"
ARGUMENTS = [
    *"--headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking".split(),
    *"--disable-component-update --disable-sync".split(),
    "--js-flags=--no-opt --no-maglev",  # no page lives long enough for its scripts to be worth compiling twice
]
DESKTOP: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 390, "height": 844}

CONTRAST = """() => {
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", {willReadFrequently: true});
  const over = (below, color) => {
    canvas.fillStyle = `rgb(${below.join(",")})`; canvas.fillRect(0, 0, 1, 1);
    canvas.fillStyle = color; canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const light = (color) => color.map((c) => c / 255).map((c) => c <= .03928 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [.2126, .7152, .0722][i], 0);
  const behind = (e) => !e ? [255, 255, 255] : over(behind(e.parentElement), getComputedStyle(e).backgroundColor);
  const poor = [];
  const walker = document.createTreeWalker(document.querySelector("#shell"), NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const e = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !e.checkVisibility({checkOpacity: true})) continue;
    // The text over the picture of a page is there to be selected: the picture shows it.
    if (e.closest(":disabled, #pane-page .words")) continue;
    const below = behind(e), ink = over(below, getComputedStyle(e).color);
    const [a, b] = [light(below), light(ink)].sort((x, y) => y - x);
    if ((a + .05) / (b + .05) < 4.5) poor.push([e.className, e.textContent.slice(0, 40), (a + .05) / (b + .05)]);
  }
  return poor;
}"""

MARKS = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None and not REQUIRED, reason="there is no chromium"),
    # Gradio's queue keeps statistics with what pandas 3 deprecates.
    pytest.mark.filterwarnings("ignore:'future.no_silent_downcasting' is deprecated", "ignore:The copy keyword is"),
]

# What stands around a question (conversations, the library, settings, names, languages): left out by `make test`.
AROUND = [*MARKS, pytest.mark.slow]

# What Gradio says of a stream whose page is left or loaded again, and of each event that was under way on it. A stream
# that breaks otherwise says why besides.
_LEFT = ("AbortError: signal is aborted without reason", "Unexpected error Connection errored out.")


class Seen:
    """What a page did that a person would not see: requests, dialogs, errors."""

    def __init__(self, page: Page) -> None:
        self.requests: list[str] = []
        self.troubles: list[str] = []
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("pageerror", lambda error: self.troubles.append(f"error: {error}"))
        page.on("console", self._said)
        page.on("dialog", self._asked)

    def _said(self, message: object) -> None:
        text = getattr(message, "text", "")
        if getattr(message, "type", "") == "error" and not text.startswith(_LEFT):
            self.troubles.append(f"console: {text}")

    def _asked(self, dialog: object) -> None:
        self.troubles.append("a dialog")
        dialog.dismiss()  # type: ignore[attr-defined]


@contextmanager
def visit(
    browser: Browser,
    *,
    viewport: ViewportSize = DESKTOP,
    color_scheme: Literal["light", "dark"] = "light",
    reduced_motion: Literal["reduce"] | None = None,
    expected: Sequence[str] | None = (),
    **others: Any,
) -> Iterator[Page]:
    """Open a page in which nothing may fail but what is `expected`; None is whatever may come.

    What a page is made of is loaded once for all visits, which is most of the work, but for those with `others` of
    Playwright's options.
    """
    with ExitStack() as stack:
        session = stack.enter_context(browser.new_context(**others)) if others else browser.contexts[0]
        page = session.new_page()
        stack.callback(session.clear_permissions)
        stack.callback(session.clear_cookies)
        stack.callback(page.close)
        page.set_default_timeout(120_000)
        page.set_viewport_size(viewport)
        page.emulate_media(color_scheme=color_scheme, reduced_motion=reduced_motion)
        seen = Seen(page)
        yield page
        assert expected is None or seen.troubles == list(expected), seen.troubles


def shown(page: Page, address: str) -> Page:
    """Open the page of the documents that conftest.py writes, wait until it shows them and is open, and return it."""
    page.goto(address)
    expect(page.locator("#library .documents li")).to_have_count(5)
    expect(page.locator(":root:not([data-opening])")).to_be_attached()
    return page


def ask(page: Page, question: str) -> Locator:
    """Type a question, send it with Enter, and return its place in the conversation, once it is answered."""
    before = page.locator(".turn").count()
    page.locator("#box textarea").fill(question)
    page.locator("#box textarea").press("Enter")
    turn = page.locator(".turn").nth(before)
    expect(turn.locator(".question")).to_have_text(question)
    expect(turn).to_have_attribute("data-state", re.compile("answered|failed"))
    return turn


def quoted(page: Page) -> str:
    return "".join(page.locator("#pane-text mark.cited").all_text_contents())


def assert_in_view(page: Page, target: Locator) -> None:
    """Check that an element is within the part of the source that is on the screen."""
    panes, box = page.locator("#source .panes").bounding_box(), target.bounding_box()
    assert panes is not None
    assert box is not None
    assert panes["y"] <= box["y"]
    assert box["y"] + box["height"] <= panes["y"] + panes["height"]
    assert panes["x"] <= box["x"]
