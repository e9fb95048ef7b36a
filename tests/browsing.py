"""Driving the page in a real browser: what the tests of the page and of the formats share."""

from __future__ import annotations

import os
import re
import shutil

import pytest
from playwright.sync_api import Locator, Page, expect

CHROMIUM = shutil.which("chromium")
REQUIRED = os.environ.get("PINCITE_BROWSER_TESTS") == "required"
ARGUMENTS = (
    "--headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}

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
        if getattr(message, "type", "") == "error":
            self.troubles.append(f"console: {getattr(message, 'text', '')}")

    def _asked(self, dialog: object) -> None:
        self.troubles.append("a dialog")
        dialog.dismiss()  # type: ignore[attr-defined]


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
