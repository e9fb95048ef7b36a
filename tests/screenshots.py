"""Take the screenshots of README and docs/images, over the sample documents: `make screenshots`.

Beside each lies what a person who hears the page would hear of it. tests/ui/test_screenshots.py compares that with the
page of today, so that no picture shows what is no longer so.
"""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, NamedTuple

from browsing import ARGUMENTS, CHROMIUM, DESKTOP, PHONE, ask
from playwright.sync_api import Browser, Page, ViewportSize, expect, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
IMAGES, CORPUS = ROOT / "docs" / "images", ROOT / "corpus"
VISIT, WATER = "When did Leonardo's CEO visit Baykar?", "How hot is the hot water for tea?"
DOCUMENTS = 15
expect.set_options(timeout=120_000)  # milliseconds


class Screen(NamedTuple):
    """What is photographed: how it is come to, and which parts of it are put into words."""

    reach: Callable[[Page], None]
    parts: tuple[str, ...]
    viewport: ViewportSize = DESKTOP
    scheme: Literal["light", "dark"] = "light"


def _answer_with_source(page: Page) -> None:
    ask(page, VISIT).locator(".answer .cite").first.click()
    expect(page.locator("#pane-text mark.cited").first).to_be_in_viewport()


def _page_of_a_pdf(page: Page) -> None:
    ask(page, WATER).locator(".answer .cite").first.click()
    expect(page.locator("#pane-page .box.cited").first).to_be_in_viewport()
    expect(page.locator("#pane-page figure:has(.box.cited) img")).to_have_js_property("complete", True)


def _answer_on_a_phone(page: Page) -> None:
    expect(ask(page, VISIT).locator(".card")).to_be_visible()


def _library(page: Page) -> None:
    page.locator("[data-documents=open]").click()
    expect(page.locator("#documents tbody tr .name").first).to_be_visible()


def _settings(page: Page) -> None:
    page.locator("[data-settings]").click()
    expect(page.locator("dialog[open] select").first).to_be_enabled()  # once they are known
    expect(page.locator("dialog[open] h2")).to_be_visible()
    expect(page.locator("#folders li")).to_be_attached()


ANSWERED = ("#library", "#current .question", "#current .answer", "#current .card", "#composer")
SCREENS = {
    "desktop": Screen(_answer_with_source, (*ANSWERED, "#source")),
    "dark": Screen(_page_of_a_pdf, (*ANSWERED, "#source header"), scheme="dark"),
    "phone": Screen(_answer_on_a_phone, ANSWERED[1:], viewport=PHONE),
    "phone-source": Screen(_page_of_a_pdf, ("#source header",), viewport=PHONE),
    "library": Screen(_library, ("#documents",)),
    "settings": Screen(_settings, ("dialog[open]",)),
}


@contextmanager
def chatting(documents: Path, home: Path) -> Iterator[str]:
    """Yield the address of the chat over a folder of the sample documents, which it indexes if they are not yet."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    command = [sys.executable, "-m", "ui.cli", "chat", documents, "--home", home, "--port", port, "--no-browser"]
    program = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=ROOT)
    try:
        assert program.stdout
        next(line for line in program.stdout if port in line)  # it says so when it listens
        yield f"http://127.0.0.1:{port}/"
    finally:
        program.terminate()
        program.communicate(timeout=60)


def shown(browser: Browser, address: str) -> Iterator[tuple[str, Page]]:
    """Yield each screen's name, and the page that shows it; those of like pixels load once what a page is made of."""
    sessions = {scale: browser.new_context(device_scale_factor=scale, locale="en-US") for scale in (1, 1.5)}
    for session in sessions.values():
        session.new_page()  # stays open, so that the others open as tabs of its window, which costs as much as a page
    for name, screen in SCREENS.items():
        page = sessions[1.5 if screen.viewport is PHONE else 1].new_page()
        page.set_viewport_size(screen.viewport)
        page.emulate_media(color_scheme=screen.scheme, reduced_motion="reduce")
        page.set_default_timeout(300_000)
        page.goto(address)
        expect(page.locator("#library .counts")).to_contain_text(f"{DOCUMENTS} documents", timeout=300_000)
        expect(page.locator("#library .progress")).to_have_count(0, timeout=300_000)
        if screen.viewport is not PHONE:
            page.locator("#library .documents").first.wait_for()
        screen.reach(page)
        yield name, page
        page.close()
        page.context.clear_cookies()
    for session in sessions.values():
        session.close()


def in_words(page: Page, name: str) -> str:
    """Return what a screen says, without what differs from one day or machine to another."""
    parts = [part.aria_snapshot() for selector in SCREENS[name].parts for part in page.locator(selector).all()]
    said = re.sub(r"\d+\.\d s\b", "0.0 s", "\n".join(parts))
    said = re.sub(r"/\S*/(?=(?:Documents|home)\b)", "/", said)
    said = re.sub(r"\?c=\w+", "?c=", said)
    return re.sub(r"(?:\d+ )?(?:[A-Z][a-z]{2,8} \d*,? ?\d{4}|\d{4}-\d\d-\d\d)|\b\d\d?:\d\d\b", "DATE", said) + "\n"


def main() -> None:
    """Take them all."""
    place = Path(tempfile.gettempdir()) / "pincite"  # the pictures show it
    place.mkdir()
    documents = shutil.copytree(CORPUS, place / "Documents")
    with chatting(documents, place / "home") as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        for name, page in shown(browser, address):
            page.wait_for_timeout(1000)  # pictures of pages, and questions to go on with
            page.screenshot(path=IMAGES / f"{name}.png")
            (IMAGES / f"{name}.txt").write_text(in_words(page, name), encoding="utf-8")
            print(IMAGES / f"{name}.png")
        browser.close()
    shutil.rmtree(place)


if __name__ == "__main__":
    main()
