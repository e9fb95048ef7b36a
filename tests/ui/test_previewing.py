"""The preview of a document in the table: what it shows, by which keys it goes on, and that it hides nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from browsing import AROUND, CONTRAST, DESKTOP, PHONE, visit
from looking import Looked
from playwright.sync_api import Browser, Page, expect
from samples import a_pdf

from index.library import Library
from rag import Assistant
from ui.web.state.indexing import Indexing

if TYPE_CHECKING:
    from conftest import GatedEncoder, Serve, Served

pytestmark = AROUND

RIGHT_TO_LEFT = "تقرير سنوي"


@pytest.fixture
def running(
    serve: Serve, library: Library, indexing: Indexing, encoder: GatedEncoder, tmp_path: Path
) -> Iterator[Served]:
    """A server over a handbook, a PDF, a document in Arabic, and what can't be read."""
    encoder.go_on.set()
    folder = tmp_path / "documents"
    folder.mkdir()
    parts = "\n\n".join(f"## Part {number}\n\nThe part says &lt;b&gt;this&lt;/b&gt;." for number in range(1, 11))
    (folder / "handbook.md").write_text(f"# A handbook\n\nIt begins so.\n\n{parts}\n", encoding="utf-8")
    (folder / "kettle.pdf").write_bytes(a_pdf([["Kettle", "The filter is changed."], ["Care"]]))
    (folder / "report.md").write_text(f"# {RIGHT_TO_LEFT}\n\nهذا هو التقرير.\n", encoding="utf-8")
    (folder / "bad.pdf").write_bytes(b"no PDF")
    indexing.start([folder])
    assert indexing.wait(120)
    with serve(Assistant(library), indexing, folder) as running:
        yield running


@pytest.fixture(params=[DESKTOP, PHONE], ids=["desktop", "phone"])
def page(browser: Browser, running: Served, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page at the table of documents."""
    with visit(browser, viewport=request.param) as page:
        page.goto(running.address)
        expect(page.locator("#listing .documents li").first).to_be_attached()
        page.evaluate("document.querySelector('[data-documents=open]').click()")
        expect(page.locator("#documents tbody tr")).to_have_count(4)
        yield page


def eye(page: Page, title: str) -> str:
    return f'#documents [aria-label="Preview {title}"]'


def test_a_preview_shows_a_document_goes_on_by_keys_and_gives_the_focus_back(page: Page) -> None:
    looked = Looked(page)
    panel = page.locator("#preview")
    handbook = page.locator(eye(page, "A handbook"))
    handbook.focus()
    page.keyboard.press("Space")
    expect(panel.get_by_role("heading")).to_have_text("A handbook")
    expect(panel.locator(".facts")).to_have_text(re.compile(r"^Markdown · Added on \w+ \d+, \d{4}$"))
    expect(panel.get_by_role("list", name="Outline").get_by_role("button")).to_have_count(8)
    expect(panel.locator(".more")).to_have_text("and 2 more")
    expect(panel.locator(".lines")).to_contain_text("It begins so.\nPart 1\nThe part says <b>this</b>.")
    expect(handbook).to_have_attribute("aria-expanded", "true")
    expect(handbook).to_be_focused()
    assert page.evaluate(CONTRAST.replace('"#shell"', '"#documents"')) == []
    looked.at("outline")
    page.keyboard.press("ArrowDown")
    expect(panel.get_by_role("heading")).to_have_text("bad.pdf")
    expect(page.locator(eye(page, "bad.pdf"))).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(panel.get_by_role("heading")).to_have_text("kettle")
    expect(panel.get_by_role("img", name="Page 1")).to_be_visible()
    assert page.evaluate("document.querySelector('#preview img').decode().then(() => true)")
    looked.at("page")
    panel.get_by_role("button", name="Next").click()
    expect(panel.get_by_role("heading")).to_have_text(RIGHT_TO_LEFT)
    assert page.evaluate("getComputedStyle(document.querySelector('#preview h2')).direction") == "rtl"
    expect(panel.get_by_role("button", name="Next")).to_be_disabled()
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(page.locator(eye(page, RIGHT_TO_LEFT))).to_be_focused()
    expect(page.locator("#documents")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert looked.found == {}


def test_a_preview_of_what_is_not_read_says_why_and_offers_nothing_to_open(page: Page) -> None:
    page.locator(eye(page, "bad.pdf")).click()
    panel = page.locator("#preview")
    expect(panel.locator(".facts")).to_contain_text("Not read")
    expect(panel.locator(".notes")).not_to_be_empty()
    expect(panel.get_by_role("button", name="Open")).to_be_hidden()
    panel.get_by_role("button", name="Previous").click()
    expect(panel.get_by_role("heading")).to_have_text("A handbook")
    panel.get_by_role("button", name="Open").click()
    expect(page.locator("#source h2.title")).to_have_text("A handbook")
    expect(panel).to_be_hidden()


def test_a_heading_of_a_preview_opens_the_source_at_its_place_and_back_is_the_row(page: Page) -> None:
    handbook = page.locator(eye(page, "A handbook"))
    handbook.click()
    page.locator("#preview").get_by_role("button", name="Part 7").click()
    expect(page.locator("#pane-text mark.cited")).to_have_text("Part 7")
    expect(page.locator("#preview")).to_be_hidden()
    page.keyboard.press("Escape")
    expect(page.locator("#source")).to_be_hidden()
    expect(handbook).to_be_focused()


def test_a_preview_is_closed_by_its_own_button_and_when_its_document_leaves_the_table(page: Page) -> None:
    panel, handbook = page.locator("#preview"), page.locator(eye(page, "A handbook"))
    for _ in range(2):
        handbook.click()
        expect(panel).to_be_visible()
        page.keyboard.press("Enter")
        expect(panel).to_be_hidden()
    handbook.click()
    expect(panel).to_be_visible()
    page.evaluate("window.pincite.documents.seek({ words: 'kettle' })")
    expect(panel).to_be_hidden()


def test_back_takes_away_one_thing_at_a_time_and_forward_brings_it_again(page: Page) -> None:
    table, panel, source = page.locator("#documents"), page.locator("#preview"), page.locator("#source .paper")
    handbook = page.locator(eye(page, "A handbook"))
    handbook.click()
    expect(panel).to_be_visible()
    page.go_back()
    expect(panel).to_be_hidden()
    expect(table).to_be_visible()
    page.go_forward()
    expect(panel.locator("h2")).to_have_text("A handbook")
    panel.get_by_role("button", name="Part 7").click()
    expect(source).to_be_visible()
    page.go_back()
    expect(source).to_be_hidden()
    expect(table).to_be_visible()
    page.go_forward()
    expect(source).to_be_visible()
    page.go_back()
    handbook.click()
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    page.go_back()  # what Escape has closed takes no step of its own
    expect(table).to_be_hidden()
    expect(page.locator("#library")).to_be_visible(visible=page.viewport_size == DESKTOP)


def test_what_closes_the_source_and_the_table_under_it_leads_no_further_back(page: Page, running: Served) -> None:
    page.locator("#documents").get_by_role("button", name="A handbook", exact=True).click()
    expect(page.locator("#source .paper")).to_be_visible()
    page.locator("#source").get_by_role("button", name="Ask only this").click()
    expect(page.locator("#source")).to_be_hidden()
    expect(page.locator("#documents")).to_be_hidden()
    expect(page.locator("#box textarea")).to_be_focused()
    assert page.url == running.address
    page.reload()  # a step that was still to come would lead away from here
    expect(page.locator("#box textarea")).to_be_visible()
    assert page.url == running.address
