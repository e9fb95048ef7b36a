"""Stop, and leaving a question: whenever it is pressed, the turn comes to its end, and the page is free again."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from browsing import AROUND, ask, shown
from playwright.sync_api import BrowserContext, Page, Route, expect

from rag import Update
from ui.web.parts.conversation import exchange
from ui.web.talks import Talks

if TYPE_CHECKING:
    from conftest import Served

    from ui.web.parts.markup import Html
    from ui.web.state.exchange import Exchange

KEEPER = "Who keeps the lighthouse?"
FILTER = "How often must the filter of the kettle be changed?"
FOCUSED = """async () => {
  for (let frames = 0; frames < 3; frames++) await new Promise(requestAnimationFrame);
  return document.activeElement.tagName;
}"""

pytestmark = AROUND


@pytest.fixture
def opened(context: BrowserContext, keeping: Served) -> Page:
    return shown(context.new_page(), keeping.address)


@pytest.mark.slow
def test_stop_gives_the_focus_back_to_the_box_at_once(
    opened: Page, keeping: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended, stream = threading.Event(), keeping.assistant.stream

    def slow(*given: Any, **more: Any) -> Iterator[Update]:
        while not ended.wait(0.05):
            yield Update("searching", "Searching far and wide", None)
        yield from stream(*given, **more)

    monkeypatch.setattr(keeping.assistant, "stream", slow)
    for nth, press in enumerate((lambda stop: stop.click(), lambda stop: stop.press("Enter")), 1):
        opened.locator("#box textarea").fill(KEEPER)
        opened.locator("#box textarea").press("Enter")
        press(opened.locator("#stop"))
        expect(opened.locator(".turn[data-state=stopped]")).to_have_count(nth)
        expect(opened.locator("#unsent .turn")).to_have_count(0)
        assert opened.evaluate(FOCUSED) == "TEXTAREA"  # not only when something else on the page changes
        opened.wait_for_timeout(1000)  # a step that was on its way may be shown yet, and is made good
    ended.set()


def test_stop_before_the_server_has_shown_the_question_stops_it(
    opened: Page, keeping: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped, begun, go_on = threading.Event(), threading.Event(), threading.Event()
    begin = Talks.begin

    def late(*given: Any) -> Any:
        begun.set()
        assert stopped.wait(60)
        return begin(*given)

    def slow(*_: Any, **__: Any) -> Iterator[Update]:
        while not go_on.wait(0.05):
            yield Update("searching", "Searching far and wide", None)

    monkeypatch.setattr(Talks, "begin", late)
    monkeypatch.setattr(keeping.assistant, "stream", slow)
    opened.locator("#box textarea").fill(KEEPER)
    opened.locator("#box textarea").press("Enter")
    opened.locator("#stop").click()
    assert begun.wait(60)
    expect(opened.locator("#unsent .stage")).to_have_text("Stopping")
    stopped.set()
    expect(opened.locator("#current .turn")).to_have_attribute("data-state", "stopped")
    expect(opened.locator(".turn")).to_have_count(1)
    expect(opened.locator("html")).not_to_have_attribute("data-busy", re.compile(".*"))
    go_on.set()


def test_a_step_that_is_shown_after_the_word_of_stop_leaves_no_turn_without_an_end(
    opened: Page, keeping: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended, late = threading.Event(), threading.Event()

    def slow(*_: Any, **__: Any) -> Iterator[Update]:
        while not ended.wait(0.05):
            yield Update("searching", "Searching far and wide", None)

    def overtaken(asked: Exchange, turn: int, **more: Any) -> Html:
        if asked.state == "stopped" and not late.is_set():
            late.set()
            asked = replace(asked, state="asking")
        return exchange(asked, turn, **more)

    monkeypatch.setattr(keeping.assistant, "stream", slow)
    monkeypatch.setattr("ui.web.page.exchange", overtaken)
    opened.locator("#box textarea").fill(KEEPER)
    opened.locator("#box textarea").press("Enter")
    expect(opened.locator("#current .turn .stage")).to_have_text("Searching far and wide")
    opened.locator("#stop").click()
    expect(opened.locator("#current .turn")).to_have_attribute("data-state", "stopped")
    assert late.is_set()
    ended.set()


def test_a_question_is_asked_in_the_new_conversation_where_one_that_is_being_answered_is_left(
    opened: Page, keeping: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended, stream = threading.Event(), keeping.assistant.stream

    def slow(question: str, *given: Any, **more: Any) -> Iterator[Update]:
        while question == KEEPER and not ended.wait(0.05):
            yield Update("searching", "Searching far and wide", None)
        yield from stream(question, *given, **more)

    monkeypatch.setattr(keeping.assistant, "stream", slow)
    held: list[Route] = []
    for _ in range(3):
        ended.clear()
        opened.locator("#box textarea").fill(KEEPER)
        opened.locator("#box textarea").press("Enter")
        expect(opened.locator("#current .turn .stage")).to_have_text("Searching far and wide")
        opened.route("**/gradio_api/run/*", lambda route: held.append(route))
        opened.locator("#library .fresh").click()
        opened.locator("#box textarea").fill(FILTER)
        opened.locator("#box textarea").press("Enter")
        opened.wait_for_timeout(300)  # in which nothing of it is asked
        expect(opened.locator("#current .turn .question")).to_have_text([KEEPER])
        ended.set()
        opened.unroute("**/gradio_api/run/*")  # which lets go what is held
        expect(opened.locator(".turn .question")).to_have_text([FILTER])
        expect(opened.locator("#current .turn")).to_have_attribute("data-state", "answered")
    assert held


def test_another_conversation_is_shown_before_the_server_has_shown_a_question(
    opened: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(opened, KEEPER)
    opened.locator("#library .fresh").click()
    expect(opened.locator(".welcome")).to_be_visible()
    gone, begun, begin = threading.Event(), threading.Event(), Talks.begin

    def late(*given: Any) -> Any:
        begun.set()
        assert gone.wait(60)
        return begin(*given)

    monkeypatch.setattr(Talks, "begin", late)
    opened.locator("#box textarea").fill(FILTER)
    opened.locator("#box textarea").press("Enter")
    assert begun.wait(60)
    opened.locator("#talks .title").click()
    expect(opened.locator(".turn .question")).to_have_text([KEEPER])
    gone.set()
    opened.wait_for_timeout(2500)  # longer than the end of a stream is waited for
    expect(opened.locator(".turn .question")).to_have_text([KEEPER])
    expect(opened.locator("html")).not_to_have_attribute("data-busy", re.compile(".*"))
