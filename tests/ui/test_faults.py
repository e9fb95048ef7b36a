"""Faults on the page: what fails, waits or is lost is said of the question, which can be stopped or asked again."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest
from browsing import MARKS, PHONE, ask, shown, visit
from playwright.sync_api import Browser, Page, expect

from index.errors import HomeError
from index.models import Encoder
from rag import Answer, Update

if TYPE_CHECKING:
    from conftest import Served

KEEPER = "Who keeps the lighthouse?"
FILTER = "How often must the filter of the kettle be changed?"

pytestmark = MARKS


def test_stop_ends_an_answer_and_the_next_question_is_answered(
    opened: Page, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = threading.Event()

    def slow(*_: object, **__: object) -> Iterator[Update]:
        yield Update("searching", "Searching 12 passages", None)
        yield Update("reading", "Reading the best 10", None)
        go_on.wait(60)

    with monkeypatch.context() as patched:
        patched.setattr(served.assistant, "stream", slow)
        opened.locator("#box textarea").fill("Is this slow?")
        opened.locator("#send").click()
        expect(opened.locator(".turn .stage")).to_have_text("Reading the best 10")
        opened.locator("#stop").click()
        expect(opened.locator(".turn")).to_have_attribute("data-state", "stopped")
    expect(opened.locator("#send")).to_be_visible()
    go_on.set()
    expect(ask(opened, KEEPER)).to_contain_text("Marta Quill")
    expect(opened.locator(".turn").first).to_have_attribute("data-state", "stopped")


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (HomeError("the folder is held by process 12: end it"), "The folder is held by process 12: end it"),
        (ValueError("<b>broken</b>"), "Something failed: <b>broken</b>"),
    ],
)
def test_a_fault_is_told_apart_and_can_be_tried_again(
    opened: Page, served: Served, monkeypatch: pytest.MonkeyPatch, error: Exception, said: str
) -> None:
    def fail(*_: object, **__: object) -> Iterator[Update]:
        raise error

    with monkeypatch.context() as patched:
        patched.setattr(served.assistant, "stream", fail)
        turn = ask(opened, KEEPER)
        expect(turn.locator(".fault .what")).to_have_text(said)
        expect(turn.locator(".refusal")).to_have_count(0)
    turn.get_by_role("button", name="Ask again").click()
    expect(opened.locator(".turn")).to_have_attribute("data-state", "answered")
    expect(opened.locator(".turn")).to_have_count(1)


def test_a_question_waits_in_the_line_and_shows_its_place(
    browser: Browser, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = threading.Event()
    stream = served.assistant.stream

    def wait(*arguments: Any, **named: Any) -> Iterator[Update]:
        assert gate.wait(60)
        return stream(*arguments, **named)

    monkeypatch.setattr(served.assistant, "stream", wait)
    with visit(browser) as one, visit(browser) as other:
        pages = [one, other]
        try:
            for page in pages:
                page.goto(served.address)
                page.locator("#box textarea").fill(KEEPER)
                page.locator("#box textarea").press("Enter")
                expect(page.locator(".turn")).to_have_attribute("data-state", "asking")
            expect(pages[1].locator(".stage")).to_have_text("Waiting: 1 question before yours")
            expect(pages[1].locator(".stage")).to_be_visible()
        finally:
            gate.set()
        for page in pages:
            expect(page.locator(".turn")).to_have_attribute("data-state", "answered")


@pytest.mark.parametrize("error", [KeyboardInterrupt(), SystemExit(3)])
def test_whatever_ends_a_stream_is_a_failed_turn(
    opened: Page, served: Served, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    def fail(*_: object, **__: object) -> Iterator[Update]:
        raise error

    with monkeypatch.context() as patched:
        patched.setattr(served.assistant, "stream", fail)
        expect(ask(opened, KEEPER).locator(".fault .what")).to_contain_text(type(error).__name__)
    opened.get_by_role("button", name="Ask again").click()
    expect(opened.locator(".turn")).to_have_attribute("data-state", "answered")


def test_an_answer_that_can_not_be_rendered_is_a_failed_turn(
    opened: Page, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        unfit = cast("Answer", object())  # what no rendering knows
        patched.setattr("ui.web.state.exchange.name_pages", lambda *_: {})
        patched.setattr(served.assistant, "stream", lambda *_, **__: iter([Update("answering", "", unfit)]))
        expect(ask(opened, KEEPER).locator(".fault .what")).to_contain_text("Something failed")
    opened.get_by_role("button", name="Ask again").click()
    expect(opened.locator(".turn")).to_have_attribute("data-state", "answered")
    expect(opened.locator(".turn")).to_have_count(1)


@pytest.mark.slow
def test_a_conversation_that_the_server_has_forgotten_offers_to_reload(browser: Browser, served: Served) -> None:
    with visit(browser) as page:
        shown(page, served.address)
        ask(page, KEEPER)
        holder = served.app.routes[-1].app.state_holder  # type: ignore[attr-defined]
        holder.session_data.clear()
        page.locator("#box textarea").fill(FILTER)
        page.locator("#box textarea").press("Enter")
        lost = page.locator("#lost .turn")
        expect(lost.locator(".fault .what")).to_contain_text("Pincite was started again")
        expect(page.locator("#current .answer")).to_contain_text("Marta Quill")
        lost.get_by_role("button", name="Reload the page").click()
        expect(page.locator(".welcome")).to_be_visible()


@pytest.mark.slow
def test_models_that_can_not_be_loaded_fail_a_question_at_once_and_are_said_above_the_box(
    session: Page, working: Served, tmp_path: Path
) -> None:
    (tmp_path / "model").mkdir()
    working.assistant.library.encoder = Encoder(str(tmp_path / "model"))
    expect(ask(session, KEEPER).locator(".fault .what")).to_contain_text("name a folder")
    expect(session.locator("#notice p")).to_contain_text("name a folder")
    expect(session.locator(":is(#activity, #overview) .note")).to_have_count(0)


@pytest.mark.slow
def test_a_question_that_does_not_get_through_can_be_asked_again(browser: Browser, served: Served) -> None:
    with visit(browser, expected=None) as page:  # which tells of each request that does not get through
        shown(page, served.address)
        page.route("**/queue/join*", lambda route: route.abort())
        page.locator("#box textarea").fill(KEEPER)
        page.locator("#box textarea").press("Enter")
        turn = page.locator(".turn")
        expect(turn.locator(".question")).to_have_text(KEEPER)
        expect(turn.locator(".fault .what")).to_contain_text("connection to Pincite was lost")
        page.unroute("**/queue/join*")
        turn.get_by_role("button", name="Ask again").click()
        expect(turn).to_have_attribute("data-state", "answered")
        expect(turn).to_have_count(1)


@pytest.mark.slow
def test_a_question_asked_while_the_page_still_opens_is_answered_when_it_has(browser: Browser, served: Served) -> None:
    with visit(browser) as page:
        page.route("**/gradio_api/run/**", lambda _: None)
        page.goto(served.address)
        page.locator("#box textarea").fill(KEEPER)
        page.locator("#box textarea").press("Enter")
        page.wait_for_timeout(2000)  # in which it would be answered, and the answer then wiped away
        expect(page.locator("#box textarea")).to_have_value(KEEPER)
        expect(page.locator(".turn")).to_have_count(0)
        page.unroute("**/gradio_api/run/**")  # which lets go what is held
        expect(page.locator(".turn .answer")).to_contain_text("Marta Quill")
        expect(page.locator("#box textarea")).to_have_value("")
        expect(page.locator(".turn")).to_have_count(1)


@pytest.mark.slow
def test_a_lost_connection_is_said_and_the_conversation_stays_until_a_new_page_is_wanted(
    browser: Browser, served: Served
) -> None:
    with visit(browser, expected=None) as page:  # which tells of each request that does not get through
        page.goto(served.address)
        ask(page, KEEPER)
        page.route("**/gradio_api/**", lambda route: route.abort())
        expect(page.locator("#gone")).to_be_visible(timeout=30_000)
        expect(page.locator(".turn")).to_have_attribute("data-state", "answered")
        page.locator("#box textarea").fill("Who was it")
        expect(page.locator("#gone")).to_contain_text("Pincite can be reached again.")
        page.unroute("**/gradio_api/**")
        page.get_by_role("button", name="Reload the page").click()
        expect(page.locator(".welcome")).to_be_visible(timeout=30_000)
        expect(page.locator("#gone")).to_be_hidden()
        expect(page.locator("#box textarea")).to_have_value("Who was it")


@pytest.mark.slow
@pytest.mark.parametrize("how", ["Enter", "Reload the page", "Ask again"])
def test_a_question_is_answered_in_a_new_page_when_the_connection_is_there_again(
    browser: Browser, served: Served, how: str
) -> None:
    with visit(browser, expected=None, viewport=PHONE) as page:
        shown(page, served.address)
        page.route("**/gradio_api/**", lambda route: route.abort())
        if how != "Enter":
            page.locator("#box textarea").fill(KEEPER)
            page.locator("#box textarea").press("Enter")
            again = page.locator(".turn[data-state=failed]").get_by_role("button", name="Ask again")
            expect(again).to_be_in_viewport(ratio=1)
            expect(page.locator("#gone")).to_be_visible(timeout=30_000)
        expect(page.locator("#gone")).to_be_visible(timeout=30_000)
        page.unroute("**/gradio_api/**")
        if how == "Enter":
            page.locator("#box textarea").fill(KEEPER)
            page.locator("#box textarea").press("Enter")
        else:
            page.get_by_role("button", name=how).click()
        expect(page.locator(".turn .answer")).to_contain_text("Marta Quill")
        expect(page.locator(".turn .question")).to_have_text([KEEPER])
        expect(page.locator("#gone")).to_be_hidden()
