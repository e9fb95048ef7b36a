"""A library without a document: the first screen and a refusal say so, and lead to adding some."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from browsing import AROUND, CONTRAST, PHONE, ask
from playwright.sync_api import Locator, Page, expect
from shelving import OWL, drop

if TYPE_CHECKING:
    from conftest import GatedEncoder, Served

pytestmark = AROUND
ON_A_PHONE = {"viewport": PHONE, "has_touch": True, "is_mobile": True}
NONE_YET = "There are no documents yet."


def assert_adds(page: Page, within: Locator) -> None:
    """Check that a click on the button there has a person choose files."""
    button = within.get_by_role("button", name="Add documents")
    expect(button).to_be_in_viewport()
    with page.expect_file_chooser() as chosen:
        button.click()
    assert chosen.value.is_multiple()


@pytest.mark.parametrize("page", [{}, ON_A_PHONE, {"color_scheme": "dark"}], indirect=True)
def test_the_first_screen_of_an_empty_library_leads_to_adding(page: Page, working: Served) -> None:
    page.goto(working.address)
    bare = page.locator(".welcome .bare")
    expect(bare).to_contain_text(NONE_YET)
    expect(bare).to_contain_text("drop files and folders anywhere")
    expect(page.locator(".welcome .examples")).to_be_hidden()
    assert page.evaluate(CONTRAST) == []
    assert_adds(page, bare)


@pytest.mark.parametrize("page", [{}, ON_A_PHONE], indirect=True)
def test_a_question_to_an_empty_library_is_told_that_there_are_no_documents(page: Page, working: Served) -> None:
    page.goto(working.address)
    refusal = ask(page, "What is the owl of the mill called?").locator(".refusal")
    expect(refusal.locator(".lead")).to_have_text(NONE_YET)
    expect(refusal).not_to_contain_text("answer this")
    assert_adds(page, refusal)


def test_the_first_screen_is_the_usual_one_once_a_document_has_come(
    page: Page, working: Served, encoder: GatedEncoder
) -> None:
    encoder.go_on.set()
    page.goto(working.address)
    expect(page.locator(".welcome .bare")).to_be_visible()
    drop(page, ("owl.txt", OWL))
    expect(page.locator("#library .counts")).to_contain_text("1\u00a0document")
    expect(page.locator(".welcome .bare")).to_be_hidden()
    expect(page.locator(".welcome .examples button").first).to_be_visible()
    expect(ask(page, "What is the owl of the mill called?").locator(".answer")).to_contain_text("Archibald")


@pytest.mark.parametrize("page", [{}, ON_A_PHONE], indirect=True)
def test_an_empty_table_says_so_over_its_width_and_leads_to_adding(page: Page, working: Served) -> None:
    page.goto(working.address)
    expect(page.locator("#overview .counts")).to_be_attached()
    page.evaluate("document.querySelector('[data-documents=open]').click()")
    none, table = page.locator("#documents .none"), page.locator("#documents table")
    expect(none).to_contain_text("Nothing is here yet")
    width, whole = none.bounding_box(), table.bounding_box()
    assert width
    assert whole
    assert width["width"] == whole["width"]
    assert_adds(page, page.locator("#documents .head"))
