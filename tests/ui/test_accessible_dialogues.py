"""The table of documents, the dialogues and what asks before something is deleted, by the rules of axe."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from browsing import AROUND, DESKTOP, PHONE, ask, visit
from looking import Looked
from playwright.sync_api import Browser, Page, expect

from index import Conversations
from index.library import Library
from rag import Assistant
from ui.web.state.indexing import Indexing

if TYPE_CHECKING:
    from conftest import GatedEncoder, Serve, Served

pytestmark = AROUND


@pytest.fixture
def running(
    serve: Serve, library: Library, indexing: Indexing, encoder: GatedEncoder, tmp_path: Path
) -> Iterator[Served]:
    """A server over three documents, and a file that can't be read."""
    encoder.go_on.set()
    folder = tmp_path / "documents"
    (folder / "old").mkdir(parents=True)
    for name in ("cat", "dog", "old/owl"):
        (folder / f"{name}.txt").write_text(f"The {name[-3:]} is called {name[-3:].title()}o.", encoding="utf-8")
    (folder / "bad.pdf").write_bytes(b"no PDF")
    indexing.start([folder])
    assert indexing.wait(120)
    with closing(Conversations(tmp_path)) as kept, serve(Assistant(library), indexing, folder, kept) as running:
        yield running


@pytest.fixture(params=[DESKTOP, PHONE], ids=["desktop", "phone"])
def page(browser: Browser, running: Served, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page whose left part is in view."""
    with visit(browser, viewport=request.param) as page:
        page.goto(running.address)
        expect(page.locator("#listing .documents li")).to_have_count(3)
        if request.param == PHONE:
            page.locator("#unfold").click()
        yield page


def test_the_dialogues_are_accessible(page: Page) -> None:
    looked = Looked(page)
    page.get_by_role("button", name="Add text").click()
    looked.at("text to add")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Settings").click()
    expect(page.locator("#settings select").first).to_be_visible()
    looked.at("settings")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Health").click()
    expect(page.locator("#health .sum")).to_have_text(re.compile("well|fault"))
    looked.at("health")
    page.keyboard.press("Escape")
    page.locator("#library .rejects").click()
    looked.at("what could not be read")
    assert looked.found == {}


def test_what_asks_before_it_deletes_and_what_is_offered_is_accessible(page: Page) -> None:
    looked = Looked(page)
    if page.viewport_size == PHONE:
        page.locator("#library [data-fold]").click()
    ask(page, "What is the cat called?")
    page.locator("#box textarea").press_sequentially("@dog")
    expect(page.locator("#names [role=option]")).to_have_count(1)
    looked.at("names")
    page.keyboard.press("Enter")
    expect(page.locator("#scope .chips li")).to_have_count(1)
    looked.at("a name that is asked")
    if page.viewport_size == PHONE:
        page.locator("#unfold").click()
    page.locator("#talks [data-menu]").click()
    page.get_by_role("menuitem", name="Delete").click()
    expect(page.get_by_role("menuitem", name="Delete for good?")).to_be_visible()
    looked.at("deletion")
    assert looked.found == {}


def test_the_table_of_documents_is_accessible(page: Page) -> None:
    looked = Looked(page)
    page.locator("[data-documents=open]").click()
    rows = page.locator("#documents tbody tr")
    expect(rows).to_have_count(4)
    page.get_by_label("Select cat").check()
    looked.at("documents")
    page.get_by_label("Add to a collection").select_option("new")
    looked.at("collection to make")
    page.get_by_role("dialog", name="Collection").get_by_label("Name").fill("Pets")
    page.keyboard.press("Enter")
    expect(rows).to_have_count(1)
    page.get_by_label("Select cat").check()
    expect(page.get_by_label("Move to another collection")).to_be_visible()
    page.locator("[data-collection=delete]").click()
    looked.at("collection to delete")
    page.locator("[data-collect='']").click()
    page.get_by_role("button", name="Folders").click()
    page.locator("#documents button.folder").click()
    expect(page.locator("#documents .above")).to_be_visible()
    looked.at("folders")
    rows.filter(has_text="cat").locator("button.name").click()
    expect(page.locator("#pane-text")).to_contain_text("Cato")
    looked.at("source")
    page.keyboard.press("Escape")
    page.get_by_label("Select cat").check()
    page.get_by_role("button", name="Remove", exact=True).click()
    expect(page.locator("#taking-back")).to_contain_text("was removed")
    looked.at("removal")
    assert looked.found == {}
