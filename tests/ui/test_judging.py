"""What is said of an answer is kept with its conversation, and goes with it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from browsing import AROUND, DESKTOP, PHONE, ask, visit
from playwright.sync_api import Browser, Page, ViewportSize, expect

from index import Conversations, Judgement
from ui.web.guard.bodies import DeniedError
from ui.web.routes.judging import DOORS

if TYPE_CHECKING:
    from conftest import Keep

KEEPER = "Who keeps the lighthouse?"
LAST_IN_SIGHT = """(scroll, line) => {
  scroll.scrollTop += line.getBoundingClientRect().bottom - scroll.getBoundingClientRect().bottom;
}"""


pytestmark = AROUND


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"turn": -1, "verdict": "right"},
        {"turn": True, "verdict": "right"},
        {"turn": "0", "verdict": "right"},
        {"turn": 0, "verdict": "perhaps"},
        {"turn": 0, "verdict": ["right"]},
        {"turn": 0, "verdict": "right", "comment": 1},
        {"turn": 0, "verdict": "right", "comment": "x" * 2001},
    ],
)
def test_what_is_no_judgement_does_not_come_in(body: dict[str, Any]) -> None:
    with pytest.raises(DeniedError):
        DOORS[1].read(body)


def test_of_a_judgement_only_what_is_known_comes_in() -> None:
    said = {"turn": 1, "verdict": "wrong", "comment": "ş", "path": "/etc/passwd"}
    assert DOORS[1].read(said) == {"turn": 1, "verdict": "wrong", "comment": "ş"}


@pytest.fixture
def opened(browser: Browser, keep: Keep, kept: Conversations) -> Iterator[Page]:
    with keep(kept) as running, visit(browser) as page:
        page.goto(running.address)
        yield page


def test_an_answer_is_judged_in_one_click_and_commented(opened: Page, kept: Conversations) -> None:
    judging = ask(opened, KEEPER).locator(".judging")
    right, wrong = judging.get_by_role("button", name="Right"), judging.get_by_role("button", name="Wrong")
    right.click()
    expect(judging.locator(".told")).to_have_text("Kept")
    (one,) = kept.newest(1)
    assert kept.judgements(one.conversation_id) == {0: Judgement("right")}
    wrong.click()
    expect(judging.get_by_label("What would be right?")).to_be_visible()
    judging.get_by_role("textbox").fill("Her <b>sister</b>")
    ask(opened, "When did she come to the harbour?")  # it is drawn anew: what was typed stays
    judging = opened.locator(".turn").first.locator(".judging")
    expect(judging.get_by_role("textbox")).to_have_value("Her <b>sister</b>")
    judging.get_by_role("button", name="Save").click()
    expect(judging.locator(".told")).to_have_text("Kept with the comment")
    assert kept.judgements(one.conversation_id) == {0: Judgement("wrong", "Her <b>sister</b>")}
    opened.reload()
    judging = opened.locator(".turn").first.locator(".judging")
    expect(judging.get_by_role("button", name="Wrong")).to_have_attribute("aria-pressed", "true")
    judging.get_by_role("button", name="Wrong").click()
    expect(judging.get_by_role("button", name="Wrong")).to_have_attribute("aria-pressed", "false")
    expect(judging.get_by_role("textbox")).to_be_hidden()
    assert kept.judgements(one.conversation_id) == {}


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE])
def test_the_field_that_opens_is_in_sight_and_takes_what_is_typed(
    browser: Browser, keep: Keep, kept: Conversations, viewport: ViewportSize
) -> None:
    with keep(kept) as running, visit(browser, viewport=viewport) as page:
        page.goto(running.address)
        judging = ask(page, KEEPER).locator(".judging")
        wrong, scroll = judging.get_by_role("button", name="Wrong"), page.locator("#scroll")
        page.locator(".answer").evaluate("e => { e.style.minHeight = '100vh' }")
        scroll.evaluate(LAST_IN_SIGHT, wrong.element_handle())
        wrong.click()
        expect(judging.get_by_role("textbox")).to_be_focused()
        note, box = judging.locator(".note").bounding_box(), page.locator("#composer").bounding_box()
        assert note
        assert box
        assert note["y"] + note["height"] <= box["y"]
        page.keyboard.type("Her sister")
        expect(judging.get_by_role("textbox")).to_have_value("Her sister")
