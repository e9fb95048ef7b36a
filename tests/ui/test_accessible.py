"""Every screen by the rules of axe, in both themes, on a desktop and a phone; and what those need who see little."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from browsing import AROUND, DESKTOP, PHONE, ask, shown, visit
from looking import Looked
from playwright.sync_api import Browser, Page, ViewportSize, expect

from index import Conversations
from index.errors import HomeError
from rag import Update

if TYPE_CHECKING:
    from conftest import GatedEncoder, Served

pytestmark = AROUND

KEEPER = "Who keeps the lighthouse?"
FILTER = "How often must the filter of the kettle be changed?"
UNANSWERABLE = "Which chemical element has the atomic number 92?"
SIZES = [DESKTOP, PHONE]


@pytest.fixture
def keeping(keep: Callable[[Conversations], AbstractContextManager[Served]], tmp_path: Path) -> Iterator[Served]:
    with closing(Conversations(tmp_path)) as kept, keep(kept) as running:
        yield running


@pytest.mark.timeout(600)
@pytest.mark.parametrize("size", SIZES, ids=["desktop", "phone"])
@pytest.mark.slow
def test_every_screen_is_accessible(
    browser: Browser, keeping: Served, monkeypatch: pytest.MonkeyPatch, size: ViewportSize
) -> None:
    with visit(browser, viewport=size) as page:
        page.goto(keeping.address)
        looked = Looked(page)
        expect(page.locator("#library .documents li")).to_have_count(5)
        looked.at("empty")
        turn = ask(page, KEEPER)
        turn.get_by_role("button", name="Why this answer").click()
        looked.at("answer")
        page.locator(".turn .cite").first.hover()
        expect(page.locator("#glance")).to_be_visible()
        looked.at("beside a citation")
        turn.locator(".cite").first.click()
        expect(page.locator("#pane-text mark.cited").first).to_be_visible()
        looked.at("source as text")
        page.keyboard.press("Escape")
        ask(page, FILTER).locator(".cite").first.click()
        expect(page.locator("#pane-page .box.cited").first).to_be_visible()
        looked.at("source as page")
        page.keyboard.press("Escape")
        ask(page, UNANSWERABLE)
        looked.at("refusal")
        with monkeypatch.context() as patched:
            patched.setattr(keeping.assistant, "stream", failing)
            ask(page, KEEPER)
            looked.at("fault")
        page.keyboard.press("?")
        looked.at("keys")
        page.keyboard.press("Escape")
        if size == PHONE:
            page.locator("#unfold").click()
        looked.at("library")
        page.locator("#listing .remover").first.click()
        looked.at("removal")
        page.keyboard.press("Escape")
        page.locator("#talks [data-menu]").first.click()
        looked.at("menu")
        page.keyboard.press("Escape")
    assert looked.found == {}


def failing(*_: object, **__: object) -> Iterator[object]:
    raise HomeError("the folder is held by process 12: end it")


@pytest.mark.parametrize("size", SIZES, ids=["desktop", "phone"])
@pytest.mark.slow
@pytest.mark.usefixtures("one_thing_at_a_time")
def test_indexing_is_accessible(browser: Browser, working: Served, encoder: GatedEncoder, size: ViewportSize) -> None:
    with visit(browser, viewport=size) as page:
        page.goto(working.address)
        looked = Looked(page)
        if size == PHONE:
            page.locator("#unfold").click()
        expect(page.locator("#listing .note")).to_be_visible()
        looked.at("an empty library")
        encoder.free = 1
        working.indexing.start([working.folder])
        expect(page.locator("#activity .stage")).to_have_text("Embedding", timeout=90_000)
        looked.at("indexing")
        page.get_by_role("button", name="Stop indexing").click()
        expect(page.locator("#activity .stage")).to_have_text("Stopping after these passages", timeout=60_000)
        encoder.go_on.set()
        expect(page.locator("#activity .note")).to_contain_text("Stopped", timeout=60_000)
        looked.at("stopped")
    assert looked.found == {}


@pytest.fixture
def page(browser: Browser, served: Served, request: pytest.FixtureRequest) -> Iterator[Page]:
    with visit(browser, **getattr(request, "param", {})) as page:
        shown(page, served.address)
        yield page


def test_the_first_stop_leads_past_the_list_and_what_comes_of_a_question_is_said(page: Page) -> None:
    expect(page.locator("#name")).to_have_text("New conversation")
    assert page.evaluate("document.querySelector('a[href], button, input, textarea, [tabindex]').id") == "skip"
    page.locator("#skip").focus()
    expect(page.locator("#skip")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("#box textarea")).to_be_focused()
    expect(page.locator("#skip")).not_to_be_in_viewport()
    ask(page, KEEPER)
    expect(page.locator("#told")).to_have_text(re.compile(r"Marta Quill.*1987\.\s*\. Well supported · 1 source"))
    ask(page, UNANSWERABLE)
    expect(page.locator("#told")).to_have_text("Your documents don’t seem to answer this.")


def test_the_focus_is_never_lost(page: Page, served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    box, go_on = page.locator("#box textarea"), threading.Event()

    def slow(*_: object, **__: object) -> Iterator[Update]:
        yield Update("reading", "Reading the best 10", None)
        go_on.wait(60)

    with monkeypatch.context() as patched:
        patched.setattr(served.assistant, "stream", slow)
        box.fill("Is this slow?")
        page.locator("#send").click()
        expect(page.locator("#stop")).to_be_visible()
        expect(box).to_be_focused()  # the button is gone
        page.locator("#stop").click()
        expect(page.locator("#send")).to_be_visible()
        expect(box).to_be_focused()
        go_on.set()
    cite = ask(page, KEEPER).locator(".cite").last
    cite.focus()
    page.evaluate("() => { const e = document.querySelector('#current .turn'); e.replaceWith(e.cloneNode(true)); }")
    expect(page.locator("#current .cite").last).to_be_focused()
    second = page.locator("#listing li").nth(1).locator("[data-open]")
    second.focus()
    page.evaluate("document.querySelectorAll('#listing li')[1].remove()")
    expect(page.locator("#listing button:focus")).to_have_count(1)
    page.locator("#scroll").click(position={"x": 4, "y": 4})
    page.evaluate("() => { const e = document.querySelector('#listing ul'); e.replaceWith(e.cloneNode(true)); }")
    expect(page.locator("#listing button:focus")).to_have_count(0)  # a person who clicked elsewhere is left alone


def test_the_edge_of_the_source_is_moved_by_keys_and_says_where_it_is(page: Page) -> None:
    page.locator("#library .documents button").first.click()
    edge = page.locator("#edge")
    expect(edge).not_to_have_attribute("aria-valuenow", "0")
    width = page.locator("#source").evaluate("e => e.clientWidth")
    expect(edge).to_have_attribute("aria-valuenow", str(width))
    edge.press("ArrowLeft")
    expect(edge).to_have_attribute("aria-valuenow", re.compile(rf"{width + 40}|{width + 39}"))
    edge.press("End")
    expect(edge).to_have_attribute("aria-valuenow", re.compile("899|900"))
    edge.press("Home")
    expect(edge).to_have_attribute("aria-valuenow", re.compile("319|320"))


@pytest.mark.parametrize(
    "page",
    [{"viewport": {"width": 1280 // times, "height": 800 // times}} for times in (2, 4)],
    indirect=True,
    ids=["200 %", "400 %"],
)
def test_magnified_the_conversation_and_the_source_have_the_most_room(page: Page) -> None:
    turn = ask(page, KEEPER)
    height = page.evaluate("innerHeight")
    assert page.locator("#scroll").evaluate("e => e.clientHeight") > height / 2
    page.locator("#scroll").focus()
    assert page.locator("#scroll").evaluate("e => e.clientHeight") > height * 0.6
    page.locator("#box textarea").focus()
    expect(page.locator("#scope")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    turn.locator(".cite").first.click()
    expect(page.locator("#pane-text mark.cited").first).to_be_in_viewport()
    assert page.locator("#source .panes").evaluate("e => e.clientHeight") > height * 0.6


@pytest.mark.parametrize("page", [{"reduced_motion": "reduce"}], indirect=True)
def test_nothing_moves_where_that_is_not_wanted(page: Page) -> None:
    page.evaluate(
        """() => {
          window.longest = 0;
          document.addEventListener("animationstart", ({ target }) => {
            for (const one of target.getAnimations()) {
              window.longest = Math.max(window.longest, one.effect.getComputedTiming().duration);
            }
          });
        }"""
    )
    ask(page, KEEPER)
    assert page.evaluate("window.longest") <= 1
