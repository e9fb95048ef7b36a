"""What opening the page costs: requests, bytes, how far things jump; and what it costs when nothing is done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from browsing import AROUND, DESKTOP, shown
from playwright.sync_api import Browser, BrowserContext, Page, expect

if TYPE_CHECKING:
    from conftest import Served

pytestmark = AROUND

REQUESTS, BYTES = 60, 295_000  # 56 and 287 kB, of which 49 and 228 kB are Gradio's own
SHIFTS = """window.shift = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shift += entry.value;
}).observe({ type: "layout-shift", buffered: true });"""


class Traffic:
    """The requests of a page, and how many bytes came for them."""

    def __init__(self, context: BrowserContext, page: Page) -> None:
        self.requests: list[str] = []
        self.bytes = 0
        session = context.new_cdp_session(page)
        session.send("Network.enable")
        session.on("Network.requestWillBeSent", lambda event: self.requests.append(event["request"]["url"]))
        session.on("Network.loadingFinished", self._finished)

    def _finished(self, event: dict[str, Any]) -> None:
        self.bytes += int(event["encodedDataLength"])


@pytest.mark.slow
def test_the_first_load_is_small_and_still_and_the_next_one_smaller(browser: Browser, served: Served) -> None:
    with browser.new_context(viewport=DESKTOP) as context:
        page = context.new_page()
        page.add_init_script(SHIFTS)
        traffic = Traffic(context, page)
        shown(page, served.address)
        page.wait_for_timeout(2000)
        assert len(traffic.requests) <= REQUESTS, traffic.requests
        assert traffic.bytes <= BYTES
        assert page.evaluate("window.shift") < 0.02
        first = traffic.bytes
        page.reload()
        expect(page.locator("#library .documents li")).to_have_count(5)
        page.wait_for_timeout(1000)
        assert traffic.bytes - first < first / 3  # what stays the same is not sent again


@pytest.mark.slow
def test_a_page_at_which_nothing_is_done_sends_next_to_nothing(browser: Browser, served: Served) -> None:
    with browser.new_context(viewport=DESKTOP) as context:
        page = context.new_page()
        shown(page, served.address)
        page.wait_for_timeout(8000)  # models are loaded, indexing has ended
        traffic = Traffic(context, page)
        page.wait_for_timeout(13_000)
        assert len(traffic.requests) <= 3
        assert traffic.bytes < 6000
