"""Asking, where the connection, a person's patience or the length of the question is not what it is mostly."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from browsing import AROUND, DESKTOP, PHONE, ask, visit
from playwright.sync_api import Browser, Page, Route, expect

from index import Conversations

if TYPE_CHECKING:
    from conftest import Served

    Keep = Callable[[Conversations], AbstractContextManager[Served]]

pytestmark = AROUND

KEEPER = "Who keeps the lighthouse?"
FILTER = "How often must the filter of the kettle be changed?"


@pytest.fixture
def page(browser: Browser, keep: Keep, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page that keeps its conversations."""
    with (
        closing(Conversations(tmp_path)) as kept,
        keep(kept) as running,
        visit(browser, **getattr(request, "param", {})) as page,
    ):
        page.goto(running.address)
        expect(page.locator(".welcome")).to_be_visible()
        yield page


def send(page: Page, question: str) -> None:
    page.locator("#box textarea").fill(question)
    page.locator("#box textarea").press("Enter")


def test_what_is_asked_stands_there_before_the_server_has_heard_of_it(page: Page) -> None:
    for question in (KEEPER, FILTER):
        page.route("**/gradio_api/queue/join*", lambda _: None)
        send(page, question)
        expect(page.locator("#unsent .question")).to_have_text(question)
        expect(page.locator("#unsent .question")).to_be_in_viewport()
        expect(page.locator(".welcome")).to_be_hidden()
        expect(page.locator("#stop")).to_be_visible()
        page.unroute("**/gradio_api/queue/join*")  # which lets go what is held
        expect(page.locator("#current .question")).to_have_text(question)
        expect(page.locator("#current .turn")).to_have_attribute("data-state", "answered")
        expect(page.locator("#unsent .turn")).to_have_count(0)
    expect(page.locator(".turn .question")).to_have_text([KEEPER, FILTER])


def test_what_is_typed_while_a_question_is_on_its_way_stays_in_the_box(page: Page) -> None:
    page.route("**/gradio_api/queue/join*", lambda _: None)
    send(page, KEEPER)
    expect(page.locator("#unsent .question")).to_have_text(KEEPER)
    expect(page.locator("#box textarea")).to_have_value("")
    page.locator("#box textarea").fill(FILTER)
    page.unroute("**/gradio_api/queue/join*")  # which lets go what is held
    expect(page.locator("#current .turn")).to_have_attribute("data-state", "answered")
    expect(page.locator("#box textarea")).to_have_value(FILTER)


@pytest.mark.slow
def test_an_answer_that_was_given_up_and_comes_after_all_stands_there_alone(page: Page) -> None:
    page.route("**/gradio_api/queue/join*", lambda _: None)
    send(page, KEEPER)
    expect(page.locator(".turn .fault .what")).to_contain_text("connection to Pincite was lost")
    page.unroute("**/gradio_api/queue/join*")  # which lets go what is held
    expect(page.locator("#current .turn")).to_have_attribute("data-state", "answered")
    expect(page.locator(".turn")).to_have_count(1)


def test_a_question_waits_for_the_conversation_that_the_page_moves_to(page: Page) -> None:
    ask(page, KEEPER)
    expect(page).to_have_url(re.compile("c="))
    held: list[Route] = []
    page.route("**/gradio_api/run/*", lambda route: held.append(route))
    page.locator("#library .fresh").click()
    send(page, FILTER)
    page.wait_for_timeout(500)
    expect(page.locator(".turn .question")).to_have_text([KEEPER])
    page.unroute("**/gradio_api/run/*")  # which lets go what is held
    expect(page.locator("#current .turn")).to_have_attribute("data-state", "answered")
    expect(page.locator(".turn .question")).to_have_text([FILTER])
    assert held, "the new conversation was asked for"


def test_a_question_can_be_typed_before_all_of_the_page_is_there(page: Page) -> None:
    page.evaluate("document.getElementById('long').remove()")
    page.locator("#box textarea").press_sequentially(KEEPER)  # in which nothing may fail
    page.locator("#box textarea").press("Enter")
    expect(page.locator("#current .answer")).to_contain_text("Marta Quill")


def test_a_new_conversation_can_be_begun_and_asked_at_once(page: Page) -> None:
    for _ in range(3):
        page.locator("#library .fresh").click()
        send(page, KEEPER)
        expect(page.locator("#current .turn")).to_have_attribute("data-state", "answered")
        expect(page.locator(".turn .question")).to_have_text([KEEPER])


def test_a_question_that_is_too_long_stays_in_the_box_and_is_not_cut(page: Page) -> None:
    pasted = f"{KEEPER} " + "It is said in the book of the harbour. " * 100
    send(page, pasted)
    expect(page.locator("#long")).to_contain_text(
        f"That has {len(pasted.strip()):,} characters, and a question at most"
    )
    assert page.locator("#box textarea").input_value() == pasted
    expect(page.locator(".turn")).to_have_count(0)
    turn = ask(page, pasted[:1500].strip())
    expect(turn.locator(".answer")).to_contain_text("Marta Quill")
    expect(page.locator("#long")).to_be_hidden()


@pytest.mark.parametrize("page", [{"viewport": DESKTOP}, {"viewport": PHONE}], indirect=True)
def test_back_takes_away_what_lies_over_the_conversation_and_leaves_that(page: Page) -> None:
    turn = ask(page, KEEPER)
    expect(page).to_have_url(re.compile("c="))
    here = page.url
    turn.locator(".cite").first.click()
    expect(page.locator("#source mark.cited").first).to_be_visible()
    page.go_back()
    expect(page.locator("#source .paper")).to_be_hidden()
    page.go_forward()
    expect(page.locator("#source mark.cited").first).to_be_visible()
    page.go_back()
    expect(page.locator("#source .paper")).to_be_hidden()
    if page.viewport_size == PHONE:
        page.locator("#unfold").click()
        expect(page.locator("#library")).to_be_visible()
    page.get_by_role("button", name="Settings").click()
    expect(page.locator("dialog[open]")).to_be_visible()
    page.go_back()
    expect(page.locator("dialog[open]")).to_have_count(0)
    if page.viewport_size == PHONE:
        expect(page.locator("#library")).to_be_visible()
        page.go_back()
        expect(page.locator("#library")).to_be_hidden()
    assert page.url == here
    expect(turn.locator(".answer")).to_contain_text("Marta Quill")


@pytest.mark.parametrize("page", [{"expected": None}], indirect=True)
def test_what_was_answered_while_the_connection_was_lost_is_not_asked_again(page: Page) -> None:
    ask(page, KEEPER)
    expect(page).to_have_url(re.compile("c="))
    page.route("**/gradio_api/queue/data*", lambda route: route.abort())
    send(page, FILTER)
    expect(page.locator(".turn[data-state=failed]")).to_be_visible()
    page.unroute("**/gradio_api/queue/data*")
    page.locator(".turn[data-state=failed] [data-ask]").click()
    expect(page.locator("#current .answer")).to_contain_text("nine weeks")
    expect(page.locator(".turn .question")).to_have_text([KEEPER, FILTER])
    page.reload()
    expect(page.locator(".turn .question")).to_have_text([KEEPER, FILTER])


def test_back_from_what_lies_over_a_private_conversation_leaves_it_private(page: Page) -> None:
    page.get_by_role("button", name="Private conversation").click()
    expect(page.locator("#private")).to_be_visible()
    ask(page, KEEPER).locator(".cite").first.click()
    expect(page.locator("#source mark.cited").first).to_be_visible()
    page.go_back()
    expect(page.locator("#source .paper")).to_be_hidden()
    page.get_by_role("button", name="Settings").click()
    page.locator("#settings").get_by_role("button", name="Close").click()
    expect(page.locator("dialog[open]")).to_have_count(0)
    page.go_back()  # from where the dialogue was
    page.go_forward()
    expect(page.locator("#private")).to_be_visible()
    ask(page, FILTER)
    expect(page.locator(".turn .question")).to_have_text([KEEPER, FILTER])
    expect(page.locator("#talks .title")).to_have_count(0)
