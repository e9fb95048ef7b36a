"""Film the first use as pictures: `make film`.

A person starts `pincite` over a folder of their own for the first time, asks, reads the answer, opens its source, asks
on, and looks at what could not be read. Each step is a picture, at the width of a desk and of a phone.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

from browsing import ARGUMENTS, CHROMIUM, DESKTOP, PHONE, ask
from playwright.sync_api import Page, expect, sync_playwright
from samples import a_pdf
from screenshots import chatting

LEASE = """# Lease of the flat at Via Roma 12

## Rent

The rent is 840 euros a month and is due on the fifth day of each month.

## Notice

The tenant may end the lease with a notice of three months, in writing.
"""
BOILER = [
    ["Boiler manual", "The boiler heats water for the kitchen and the bath."],
    ["Care", "The filter of the boiler must be cleaned every six months.", "Close the valve before that."],
]
COSTS = "Month,Heating,Water\nJanuary,120,31\nFebruary,98,29\nMarch,64,30\n"


def write(folder: Path) -> Path:
    """Write what a person may have in a folder, one broken file among it."""
    folder.mkdir()
    (folder / "lease.md").write_text(LEASE, encoding="utf-8")
    (folder / "boiler manual.pdf").write_bytes(a_pdf(BOILER))
    (folder / "costs.csv").write_text(COSTS, encoding="utf-8")
    (folder / "scan.pdf").write_bytes(b"not really a PDF")
    return folder


def chatting_in(place: Path) -> AbstractContextManager[str]:
    """Return the chat over what a person may have, in a home that is new."""
    return chatting(write(place / "Documents"), place / "home")


def steps(page: Page, *, narrow: bool) -> Iterator[str]:
    """Use the page as a newcomer does; yield what has come to be seen."""
    yield "opened"
    expect(page.locator("#library .counts")).to_contain_text("3\u00a0documents")
    expect(page.locator("#library .progress")).to_have_count(0)
    page.locator("#current [data-ask]").first.wait_for(timeout=120_000)  # made of the documents, which takes a while
    yield "ready"
    page.locator("#box textarea").fill("When is the rent due?")
    yield "typed"
    turn = ask(page, "When is the rent due?")
    expect(turn.locator(".answer")).to_contain_text("fifth day")
    yield "answered"
    turn.locator(".answer .cite").first.click()
    expect(page.locator("#source mark.cited").first).to_be_in_viewport()
    yield "source"
    page.keyboard.press("Escape")
    turn = ask(page, "How often must the filter be cleaned?")
    turn.locator(".answer .cite").first.click()
    expect(page.locator("#pane-page .box.cited").first).to_be_in_viewport()
    expect(page.locator("#pane-page figure:has(.box.cited) img")).to_have_js_property("complete", True)
    page.wait_for_timeout(500)
    yield "page of a PDF"
    page.keyboard.press("Escape")
    ask(page, "Who won the football match?")
    yield "refused"
    if narrow:
        page.locator("#unfold").click()
    page.locator("#library .rejects").click()
    page.wait_for_timeout(500)
    yield "not read"


def main() -> None:
    """Film it twice."""
    out = Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        for name, viewport in {"desktop": DESKTOP, "phone": PHONE}.items():
            with tempfile.TemporaryDirectory() as place, chatting_in(Path(place)) as address:
                page = browser.new_page(viewport=viewport, locale="en-US")
                page.set_default_timeout(300_000)
                page.goto(address)
                page.locator("#box textarea").wait_for()
                for number, step in enumerate(steps(page, narrow=viewport is PHONE), start=1):
                    page.screenshot(path=out / f"{name}-{number} {step}.png")
                page.close()
        browser.close()


if __name__ == "__main__":
    main()
