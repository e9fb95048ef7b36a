"""Conversations are kept: a reload, Back, a second tab and a restart lose nothing."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from browsing import AROUND, DESKTOP, PHONE, ask, shown, visit
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from index import Conversations
from index.readers.content import Source
from index.readers.pdf import pdf
from rag import Update

if TYPE_CHECKING:
    from conftest import Keep, Served

KEEPER = "Who keeps the lighthouse?"
SINCE = "When did she come to the harbour?"
FILTER = "How often must the filter of the kettle be changed?"

pytestmark = AROUND


@pytest.fixture
def opened(context: BrowserContext, keeping: Served) -> Page:
    return shown(context.new_page(), keeping.address)


def questions(page: Page) -> list[str]:
    return page.locator(".turn .question").all_text_contents()


def test_a_reload_and_a_second_tab_show_the_conversation_and_it_goes_on(opened: Page, context: BrowserContext) -> None:
    ask(opened, KEEPER)
    ask(opened, FILTER)
    expect(opened).to_have_url(re.compile(r"\?c=[0-9a-f]{32}$"))
    expect(opened).to_have_title(f"{KEEPER} · Pincite")
    opened.reload()
    expect(opened.locator(".turn")).to_have_count(2)
    expect(opened.locator(".turn").first.locator(".answer")).to_contain_text("Marta Quill")
    second = shown(context.new_page(), opened.url)
    expect(second.locator(".turn")).to_have_count(2)
    turn = ask(second, "When did she come to the harbour?")
    expect(turn.locator(".answer")).to_contain_text("1987")
    turn.locator(".cite").first.click()
    expect(second.locator("#source mark.cited").first).to_be_visible()
    opened.reload()
    expect(opened.locator(".turn")).to_have_count(3)


def test_what_was_asked_in_another_tab_stays_when_this_one_goes_on(opened: Page, context: BrowserContext) -> None:
    ask(opened, KEEPER)
    second = shown(context.new_page(), opened.url)
    expect(second.locator(".turn")).to_have_count(1)
    ask(second, SINCE)
    for count, question in ((2, FILTER), (3, KEEPER)):
        opened.locator("#box textarea").fill(question)
        opened.locator("#box textarea").press("Enter")
        expect(opened.locator(f"#turn-{count}")).to_have_attribute("data-state", "answered")
    expect(opened.locator(".turn .question")).to_have_text([KEEPER, SINCE, FILTER, KEEPER])
    look_again(second)
    expect(second.locator(".turn .question")).to_have_text([KEEPER, SINCE, FILTER, KEEPER])
    second.locator("#turn-1").get_by_role("button", name="Edit question").click()
    second.locator("#box textarea").fill(FILTER)
    second.locator("#box textarea").press("Enter")
    expect(second.locator(".turn .question")).to_have_text([KEEPER, FILTER])
    expect(second.locator("#turn-1")).to_have_attribute("data-state", "answered")
    opened.locator("#box textarea").fill(SINCE)
    opened.locator("#box textarea").press("Enter")
    expect(opened.locator(".turn .question")).to_have_text([KEEPER, FILTER, SINCE])
    expect(opened.locator("#turn-2")).to_have_attribute("data-state", "answered")
    for page in (opened, second):
        page.reload()
        expect(page.locator(".turn .question")).to_have_text([KEEPER, FILTER, SINCE])


def test_an_edit_replaces_nothing_that_was_asked_in_another_tab_and_says_so(
    opened: Page, context: BrowserContext
) -> None:
    ask(opened, KEEPER)
    second = shown(context.new_page(), opened.url)
    expect(second.locator(".turn")).to_have_count(1)
    ask(second, SINCE)
    opened.locator("#turn-0").get_by_role("button", name="Edit question").click()
    opened.locator("#box textarea").fill(FILTER)
    opened.locator("#box textarea").press("Enter")
    expect(opened.locator(".turn .question")).to_have_text([KEEPER, SINCE, FILTER])
    expect(opened.locator("#turn-2")).to_have_attribute("data-state", "answered")
    expect(opened.locator("#lost")).to_contain_text("went on in another tab: nothing is replaced")
    opened.locator("#turn-1").get_by_role("button", name="Edit question").click()
    opened.locator("#box textarea").fill(KEEPER)
    opened.locator("#box textarea").press("Enter")
    expect(opened.locator(".turn .question")).to_have_text([KEEPER, KEEPER])  # all that goes was seen
    expect(opened.locator("#turn-1")).to_have_attribute("data-state", "answered")
    expect(opened.locator("#lost")).not_to_contain_text("another tab")
    opened.reload()
    expect(opened.locator(".turn .question")).to_have_text([KEEPER, KEEPER])


def test_a_tab_that_is_looked_at_again_shows_what_another_did(opened: Page, context: BrowserContext) -> None:
    ask(opened, KEEPER)
    ask(opened, FILTER)
    second = shown(context.new_page(), opened.url)
    second.locator("#turn-0").get_by_role("button", name="Edit question").click()
    second.locator("#box textarea").fill(SINCE)
    second.locator("#box textarea").press("Enter")
    expect(second.locator(".turn .question")).to_have_text([SINCE])
    expect(second.locator("#turn-0")).to_have_attribute("data-state", "answered")
    look_again(opened)
    expect(opened.locator(".turn .question")).to_have_text([SINCE])
    ask(opened, FILTER)
    look_again(second)
    expect(second.locator(".turn .question")).to_have_text([SINCE, FILTER])
    ask(second, KEEPER)
    second.locator("#library .fresh").click()
    expect(second.locator(".welcome")).to_be_visible()
    ask(second, FILTER)
    expect(opened.locator("#talks .title")).to_have_text([KEEPER])
    look_again(opened)
    expect(opened.locator("#talks .title")).to_have_text([FILTER, KEEPER])
    expect(opened.locator(".turn .question")).to_have_text([SINCE, FILTER, KEEPER])


def look_again(page: Page) -> None:
    """Come back to a tab; a browser without a window tells none that it was left."""
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def test_a_private_conversation_is_kept_nowhere_and_the_next_is_kept_again(
    opened: Page, tmp_path: Path, kept: Conversations
) -> None:
    ask(opened, FILTER)
    opened.locator("#library .secret").click()
    expect(opened.locator(".welcome")).to_be_visible()
    expect(opened.locator("#private")).to_be_visible()
    expect(ask(opened, KEEPER)).to_contain_text("Marta Quill")
    expect(ask(opened, "When did she come to the harbour?").locator(".answer")).to_contain_text("1987")
    expect(opened.locator("#talks .title")).to_have_text([FILTER])
    expect(opened).not_to_have_url(re.compile(r"\?c="))
    assert [one.name for one in kept.newest(9)] == [FILTER]
    assert not any(b"lighthouse?" in file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())

    opened.locator("#talks .title").click()
    expect(opened.locator("#private")).to_be_hidden()
    expect(opened.locator(".turn .question")).to_have_text([FILTER])
    opened.locator("#library .fresh").click()
    expect(opened.locator(".welcome")).to_be_visible()
    ask(opened, KEEPER)
    expect(opened.locator("#talks .title")).to_have_text([KEEPER, FILTER])


def test_a_private_conversation_is_gone_after_a_reload(opened: Page) -> None:
    opened.locator("#library .secret").click()
    ask(opened, KEEPER)
    opened.reload()
    expect(opened.locator(".welcome")).to_be_visible()
    expect(opened.locator("#private")).to_be_hidden()


def test_conversations_are_listed_and_back_leads_to_the_one_before(opened: Page) -> None:
    opened.get_by_role("button", name="Keys").click()
    opened.locator("#keys").get_by_role("button", name="Close").click()
    ask(opened, KEEPER)
    first = opened.url
    opened.locator("#library .fresh").click()
    expect(opened.locator(".welcome")).to_be_visible()
    expect(opened).not_to_have_url(first)
    ask(opened, FILTER)
    titles = opened.locator("#talks .title")
    expect(titles).to_have_text([FILTER, KEEPER])
    expect(opened.locator("#talks .title[aria-current]")).to_have_text([FILTER])
    opened.locator(".turn .cite").first.click()
    expect(opened.locator("#source .paper")).to_be_visible()
    titles.nth(1).click()
    expect(opened.locator(".turn .question")).to_have_text([KEEPER])
    assert opened.url == first
    opened.go_back()
    expect(opened.locator(".turn .question")).to_have_text([FILTER])
    opened.go_back()
    expect(opened.locator(".turn .question")).to_have_text([KEEPER])
    opened.go_forward()
    expect(opened.locator(".turn .question")).to_have_text([FILTER])


@pytest.mark.parametrize("context", [DESKTOP, PHONE], indirect=True)
def test_of_two_conversations_that_are_clicked_at_once_the_later_is_shown(opened: Page, keeping: Served) -> None:
    for question in (KEEPER, FILTER):
        ask(opened, question)
        shown(opened, keeping.address)
    titles = opened.locator("#talks .title")
    expect(titles).to_have_text([FILTER, KEEPER])
    held: list[Route] = []
    opened.route("**/gradio_api/run/*", lambda route: held.append(route))
    for nth in range(2):
        titles.nth(nth).dispatch_event("click")  # on a phone the list is folded away by the first
        opened.wait_for_timeout(300)
    opened.unroute("**/gradio_api/run/*")  # which lets go what is held
    expect(opened.locator(".turn .question")).to_have_text([KEEPER])
    assert held


def test_back_to_a_conversation_that_is_gone_leads_to_a_new_one_that_can_be_asked(
    opened: Page, kept: Conversations
) -> None:
    ask(opened, KEEPER)
    opened.evaluate("pincite.fresh()")
    expect(opened.locator(".welcome")).to_be_visible()
    (gone,) = kept.newest(2)
    kept.delete(gone.conversation_id)
    look_again(opened)
    expect(opened.locator("#talks .title")).to_have_count(0)
    opened.go_back()
    expect(opened.locator("html")).not_to_have_attribute("data-moving", re.compile(".*"))
    expect(opened).not_to_have_url(re.compile("c="))
    ask(opened, FILTER)


def test_back_is_one_step_where_what_was_open_is_closed_already(opened: Page) -> None:
    ask(opened, KEEPER)
    expect(opened).to_have_url(re.compile("c="))
    opened.locator("#anew:visible, #library .fresh:visible").first.click()
    expect(opened.locator(".welcome")).to_be_visible()
    if opened.viewport_size == PHONE:
        opened.locator("#unfold").click()
    opened.get_by_role("button", name="Settings").click()
    opened.locator("#settings").get_by_role("button", name="Close").click()
    if opened.viewport_size == PHONE:
        opened.locator("#library [data-fold]").click()
    ask(opened, FILTER)  # which gets its address where the settings were
    opened.go_back()
    expect(opened.locator(".welcome")).to_be_visible()
    opened.go_back()
    expect(opened.locator(".turn .question")).to_have_text([KEEPER])
    opened.go_forward()
    expect(opened.locator(".welcome")).to_be_visible()
    opened.locator("#scroll").focus()
    opened.keyboard.press("?")
    opened.locator("#keys").get_by_role("button", name="Close").click()
    opened.go_back()
    expect(opened.locator(".turn .question")).to_have_text([KEEPER])


@pytest.mark.parametrize("context", [PHONE], indirect=True)
def test_back_is_one_step_to_where_the_library_was_open_below_a_dialogue(opened: Page) -> None:
    ask(opened, KEEPER)
    opened.locator("#anew").click()
    expect(opened.locator(".welcome")).to_be_visible()
    ask(opened, FILTER)
    opened.locator("#unfold").click()
    opened.get_by_role("button", name="Settings").click()
    opened.keyboard.press("Escape")
    opened.locator("#talks .title").nth(1).click()
    expect(opened.locator(".turn .question")).to_have_text([KEEPER])
    for question in (FILTER, KEEPER):
        opened.go_back()
        expect(opened.locator(".turn .question")).to_have_text([question])


@pytest.mark.slow
def test_a_restart_of_the_server_loses_nothing(keep: Keep, kept: Conversations, context: BrowserContext) -> None:
    with keep(kept) as first:
        page = shown(context.new_page(), first.address)
        ask(page, KEEPER)
        name = page.url.partition("?")[2]
        page.close()
    with keep(kept) as second:
        page = shown(context.new_page(), f"{second.address}?{name}")
        expect(page.locator(".turn .answer")).to_contain_text("Marta Quill")
        page.close()


def test_every_turn_is_printed_with_its_sources_and_nothing_to_click(opened: Page, tmp_path: Path) -> None:
    ask(opened, KEEPER)
    ask(opened, FILTER).locator(".cite").first.click()
    opened.emulate_media(media="print", color_scheme="dark")
    opened.pdf(path=tmp_path / "page.pdf")
    text = pdf.read(Source((tmp_path / "page.pdf").read_bytes(), "page.pdf")).text
    assert text.count("Marta Quill") >= 2, text
    assert text.count("every nine weeks") >= 2, text
    said = ("Ask again", "Conversations", "Add documents", "Why this answer", "Page 3", "Library", "New conversation")
    for words in said:
        assert words not in text, text


def test_an_address_of_no_conversation_is_that_of_a_new_one(context: BrowserContext, keeping: Served) -> None:
    page = shown(context.new_page(), f"{keeping.address}?c=0123456789abcdef")
    expect(page.locator(".welcome")).to_be_visible()
    expect(page).to_have_url(keeping.address)


def test_a_question_full_of_markup_names_its_conversation_as_it_is(opened: Page, served: Served) -> None:
    question = f"Who is {served.hostile}?"
    ask(opened, question)
    expect(opened.locator("#talks .title")).to_have_text([question])
    assert opened.evaluate("window.hacked") is None


def test_a_page_that_is_left_in_mid_answer_says_so_and_asks_again(opened: Page, kept: Conversations) -> None:
    ask(opened, KEEPER)
    (one,) = kept.newest(9)
    body = kept.turns(one.conversation_id)[0].replace('"state": "answered"', '"state": "asking"')
    kept.save(one.conversation_id, 0, body)
    opened.reload()
    expect(opened.locator(".turn .fault")).to_contain_text("before the answer was there")
    opened.locator(".turn [data-ask]").click()
    expect(opened.locator(".turn")).to_have_attribute("data-state", "answered")
    expect(opened.locator(".turn")).to_have_count(1)


def test_a_question_is_edited_or_asked_again_in_its_place(opened: Page, kept: Conversations) -> None:
    ask(opened, FILTER)
    ask(opened, "When is the hay cut?")
    first = opened.locator(".turn").first
    expect(first.get_by_role("button", name="Ask again")).to_be_hidden()
    for cancel in (opened.locator("#unedit").click, lambda: opened.keyboard.press("Escape")):
        first.get_by_role("button", name="Edit question").click()
        expect(opened.locator("#editing")).to_be_visible()
        cancel()
        expect(opened.locator("#editing")).to_be_hidden()
        expect(opened.locator("#box textarea")).to_have_value("")
    first.get_by_role("button", name="Edit question").click()
    expect(opened.locator("#box textarea")).to_have_value(FILTER)
    opened.locator("#box textarea").fill(KEEPER)
    opened.locator("#box textarea").press("Enter")
    expect(opened.locator(".turn .question")).to_have_text([KEEPER])
    expect(opened.locator("#current .turn")).to_have_attribute("data-state", "answered")
    expect(opened.locator(".turn")).to_have_count(1)
    expect(opened.locator("#editing")).to_be_hidden()
    opened.wait_for_timeout(1100)
    opened.get_by_role("button", name="Ask again").click()
    expect(opened.locator(".turn .question")).to_have_text([KEEPER])
    expect(opened.locator("#current .turn")).to_have_attribute("data-state", "answered")
    expect(opened.locator(".turn")).to_have_count(1)  # for a moment the question that is on its way is another
    (one,) = kept.newest(9)
    assert len(kept.turns(one.conversation_id)) == 1


@pytest.mark.slow
def test_an_answer_goes_on_over_a_reload_and_is_seen_in_a_second_tab(
    browser: Browser, keeping: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on, stream = threading.Event(), keeping.assistant.stream

    def slow(*given: Any, **more: Any) -> Iterator[Update]:
        yield Update("searching", "Searching far and wide", None)
        assert go_on.wait(60)
        yield from stream(*given, **more)

    monkeypatch.setattr(keeping.assistant, "stream", slow)
    # Gradio may say that a reload has cut its stream.
    with visit(browser, expected=None) as first, visit(browser, expected=None) as second:
        shown(first, keeping.address)
        first.locator("#box textarea").fill(KEEPER)
        first.locator("#box textarea").press("Enter")
        expect(first.locator(".turn .stage")).to_have_text("Searching far and wide")
        first.reload()
        expect(first.locator(".turn .stage")).to_have_text("Searching far and wide")
        shown(second, first.url)
        expect(second.locator(".turn .stage")).to_have_text("Searching far and wide")
        second.wait_for_timeout(1000)
        go_on.set()
        for page in (first, second):
            expect(page.locator(".turn")).to_have_attribute("data-state", "answered")
            expect(page.locator(".turn .answer")).to_contain_text("Marta Quill")
        ask(first, FILTER)
        expect(first.locator(".turn")).to_have_count(2)


@pytest.mark.parametrize("context", [PHONE], indirect=True)
def test_on_a_phone_a_chosen_conversation_is_what_is_seen(opened: Page) -> None:
    ask(opened, KEEPER)
    opened.locator("#anew").click()
    expect(opened.locator(".welcome")).to_be_visible()
    ask(opened, FILTER)
    opened.locator("#unfold").click()
    opened.locator("#talks .title").nth(1).click()
    expect(opened.locator(".turn .question")).to_have_text([KEEPER])
    expect(opened.locator("#box textarea")).to_be_in_viewport()
    assert opened.evaluate("document.documentElement.scrollWidth <= innerWidth")
    for question in (FILTER, KEEPER):  # the library that was open takes no step
        opened.go_back()
        expect(opened.locator(".turn .question")).to_have_text([question])


def test_without_a_place_for_them_nothing_is_listed(browser: Browser, served: Served) -> None:
    with visit(browser) as page:
        shown(page, served.address)
        ask(page, KEEPER)
        expect(page.locator("#talks nav")).to_be_hidden()
        assert page.url == served.address
