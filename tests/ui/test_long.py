"""A conversation of 500 turns: it opens at its last answer, and what comes next costs no more than at the beginning."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from browsing import AROUND, ask, quoted, visit
from playwright.sync_api import Browser, Page, expect

from index import Conversations
from ui.web.parts.conversation import AT_ONCE
from ui.web.state.exchange import Scope
from ui.web.state.exchange import ask as answered
from ui.web.state.kept import Keeper

if TYPE_CHECKING:
    from conftest import Served

    Keep = Callable[[Conversations], AbstractContextManager[Served]]

pytestmark = AROUND

TURNS = 500
KEEPER = "Who keeps the lighthouse?"
FILTER = "How often must the filter of the kettle be changed?"


class Traffic:
    """What a page asks for, and how many bytes come."""

    def __init__(self, page: Page) -> None:
        self.requests: list[str] = []
        self.bytes = 0
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.on("Network.requestWillBeSent", lambda event: self.requests.append(event["request"]["url"]))
        session.on("Network.dataReceived", self._came)

    def _came(self, event: dict[str, Any]) -> None:
        self.bytes += event["dataLength"]

    def of(self, page: Page, question: str) -> tuple[int, int]:
        """Ask, and return how many requests that took, but for those by the clock, and how many bytes."""
        page.wait_for_timeout(1000)
        self.requests.clear()
        self.bytes = 0
        ask(page, question)
        page.wait_for_timeout(1000)
        return sum("/queue/" in url for url in self.requests), self.bytes


def fill(kept: Conversations, served: Served) -> str:
    """Keep a conversation as if its questions had been asked; return its id."""
    keeper = Keeper(kept)
    *_, one = answered(served.assistant, KEEPER, earlier=(), scope=Scope())
    here = keeper.begin("", one, 0)
    for number in range(TURNS):
        keeper.save(here, replace(one, question=f"Who keeps the lighthouse, asked {number}?"), number)
    return here


@pytest.fixture
def page(browser: Browser, keep: Keep, served: Served, tmp_path: Path) -> Iterator[Page]:
    """A page at that conversation."""
    with closing(Conversations(tmp_path)) as kept, keep(kept) as running, visit(browser) as page:
        page.goto(f"{running.address}?c={fill(kept, served)}")
        expect(page.locator(".turn").last.locator(".question")).to_contain_text(f"asked {TURNS - 1}?")
        yield page


def test_it_opens_at_its_last_answer_and_earlier_turns_come_with_their_sources(page: Page) -> None:
    expect(page.locator("#current .answer")).to_be_in_viewport()
    expect(page.locator(".turn")).to_have_count(AT_ONCE + 1)
    for times in range(1, 3):
        oldest = page.locator(".turn").first
        oldest.scroll_into_view_if_needed()
        name, before = oldest.get_attribute("id"), oldest.bounding_box()
        page.get_by_role("button", name="earlier question").click()
        expect(page.locator(".turn")).to_have_count(min(AT_ONCE * (times + 1) + 1, TURNS))
        after = page.locator(f"#{name}").bounding_box()
        assert before is not None
        assert after is not None
        assert abs(after["y"] - before["y"]) < 60, "what is read stays where it is"
    unprinted = page.locator(".unprinted")
    expect(unprinted).to_be_hidden()
    page.emulate_media(media="print")
    expect(unprinted).to_have_text(re.compile("^349 earlier questions are not printed"))
    expect(page.locator("[data-earlier]")).to_be_hidden()
    page.emulate_media(media="screen")
    page.evaluate("() => (window.print = () => { document.title = document.querySelectorAll('.turn').length; })")
    page.keyboard.press("Control+f")
    page.keyboard.press("Control+p")
    expect(page).to_have_title(str(TURNS), timeout=60_000)
    expect(page.locator("[data-earlier]")).to_have_count(0)
    assert [turn.split("-")[1] for turn in ids(page)] == [str(number) for number in range(TURNS)]
    page.locator("#turn-3 .cite").first.click()
    expect(page.locator("#source mark.cited").first).to_be_in_viewport()
    assert "Marta Quill" in quoted(page)


def test_a_question_costs_as_much_as_in_a_new_conversation(page: Page) -> None:
    traffic = Traffic(page)
    late = traffic.of(page, FILTER)
    expect(page.locator("#turn-500 .answer")).to_contain_text("nine weeks")
    later = traffic.of(page, KEEPER)
    assert ids(page) == [f"turn-{number}" for number in range(TURNS - 1 - AT_ONCE, TURNS + 2)]
    page.locator("#library .fresh").click()
    expect(page.locator(".turn")).to_have_count(0)
    early = [traffic.of(page, question) for question in (FILTER, KEEPER)]
    for (requests, size), (first, least) in zip((late, later), early, strict=True):
        assert requests <= first + 1
        assert size < 1.3 * least + 5000, (late, later, early)


def test_after_an_edit_and_a_reload_the_turns_are_those_that_are_kept(page: Page) -> None:
    for question in (FILTER, KEEPER):
        ask(page, question)
    page.locator("#turn-501 [data-fill][data-instead]").first.click()
    ask_instead(page, FILTER)
    expect(page.locator("#turn-501 .question")).to_have_text(FILTER)
    shown = ids(page)
    assert shown == [f"turn-{number}" for number in range(TURNS + 1 - AT_ONCE, TURNS + 2)]
    page.reload()
    expect(page.locator("#turn-501 .answer")).to_contain_text("nine weeks")
    assert ids(page) == shown


def ask_instead(page: Page, question: str) -> None:
    page.locator("#box textarea").fill(question)
    page.locator("#box textarea").press("Enter")
    expect(page.locator("#current .turn")).to_have_attribute("data-state", "answered")
    expect(page.locator("#current .answer")).to_contain_text("nine weeks")


def ids(page: Page) -> list[str]:
    return [str(name) for name in page.locator(".turn").evaluate_all("all => all.map((one) => one.id)")]
