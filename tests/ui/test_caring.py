"""The health page: what is found, with its cure, and the check of the whole index."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from browsing import DESKTOP, MARKS, PHONE, Seen
from playwright.sync_api import Browser, Page, expect

from ui import health
from ui.web.state import checking

if TYPE_CHECKING:
    from conftest import Served

pytestmark = MARKS


@pytest.fixture(params=[(DESKTOP, "light"), (PHONE, "dark")], ids=["desktop", "phone"])
def page(browser: Browser, served: Served, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page in which nothing may fail, with the left part in view."""
    size, scheme = request.param
    with browser.new_context(viewport=size, color_scheme=scheme) as context:
        context.set_default_timeout(30_000)
        page = context.new_page()
        seen = Seen(page)
        page.goto(served.address)
        expect(page.locator("#overview .counts")).to_be_attached()
        if size == PHONE:
            page.locator("#unfold").click()
        yield page
        assert seen.troubles == []


def test_faults_come_first_with_their_cure(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "model_damage", lambda: "<b>encoder.bin</b> is damaged")
    page.get_by_role("button", name="Health").click()
    expect(page.locator("#health .sum")).to_have_text("1 fault")
    worst = page.locator("#health .findings").first.locator("li").first
    expect(worst).to_contain_text("<b>encoder.bin</b> is damaged")
    expect(worst.locator(".cure")).to_have_text("What to do: reinstall Pincite")
    violations = Axe().run(page, {"include": [["#health"]]}).response["violations"]
    assert [one["id"] for one in violations if one["impact"] != "minor"] == []
    assert page.locator("#health").evaluate("e => e.scrollWidth <= e.clientWidth")
    page.keyboard.press("Escape")
    expect(page.locator("#health")).to_be_hidden()
    expect(page.get_by_role("button", name="Health")).to_be_focused()


def test_the_index_is_checked_in_the_page_and_how_far_is_shown(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    gate = threading.Event()

    def slowly(_: Any, *, report: Callable[[int, int], None]) -> list[str]:
        report(3, 5)
        assert gate.wait(60)
        return ["<i>passage</i> 7 has no embedding"]

    monkeypatch.setattr(checking, "verify", slowly)
    page.get_by_role("button", name="Health").click()
    page.get_by_role("button", name="Check now").click()
    expect(page.locator("#health .checked")).to_have_text("Checking 3 of 5 documents")
    expect(page.get_by_role("button", name="Check now")).to_be_disabled()
    page.locator("#health [data-dismiss]").click()
    page.get_by_role("button", name="Health").click()
    expect(page.locator("#health .checked")).to_have_text("Checking 3 of 5 documents")
    gate.set()
    expect(page.locator("#health .checked")).to_have_text("1 found:")
    expect(page.locator("#health .problems")).to_have_text("<i>passage</i> 7 has no embedding")
    monkeypatch.undo()
    page.get_by_role("button", name="Check now").click()
    expect(page.locator("#health .checked")).to_have_text(re.compile(r"The index is sound\."), timeout=90_000)
