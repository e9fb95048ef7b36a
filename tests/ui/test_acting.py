"""What is done with an answer, its sources and several documents: stepped through, copied, exported, asked, dropped."""

from __future__ import annotations

import io
import re
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pypdfium2
import pytest
from browsing import AROUND, DESKTOP, PHONE, ask, visit
from playwright.sync_api import Browser, Locator, Page, expect
from samples import FILLER

from index import Conversations
from index.library import Library
from rag import Assistant, Update
from ui.web.parts.forms import offered
from ui.web.state.indexing import Indexing

if TYPE_CHECKING:
    from conftest import GatedEncoder, Serve, Served

pytestmark = AROUND

KEEPER = "Who keeps the lighthouse?"
FILTER = "How often must the filter of the kettle be changed?"
KEPT = "The lighthouse is kept by Marta Quill, who came to the harbour in 1987."
BOTH = "Who keeps the lighthouse, and how many steps has its tower?"
STEPS = "The tower of the lighthouse has 212 steps, which are counted every spring."
STILL = 0.02  # of layout shift
SHIFTS = """() => {
  window.shift = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shift += entry.value;
  }).observe({ type: "layout-shift" });
}"""


@pytest.fixture
def running(
    serve: Serve, library: Library, indexing: Indexing, encoder: GatedEncoder, tmp_path: Path
) -> Iterator[Served]:
    """A server over four documents, which keeps conversations."""
    encoder.go_on.set()
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "keeper.txt").write_text(f"{FILLER * 20}{KEPT}\n\n{FILLER * 20}", encoding="utf-8")
    (folder / "tower.txt").write_text(f"{FILLER * 20}{STEPS}\n\n{FILLER * 20}", encoding="utf-8")
    for name in ("cat", "dog"):
        (folder / f"{name}.txt").write_text(f"The {name} is called {name.title()}o.", encoding="utf-8")
    indexing.start([folder])
    assert indexing.wait(120)
    with closing(Conversations(tmp_path)) as kept, serve(Assistant(library), indexing, folder, kept) as running:
        yield running


@pytest.fixture
def page(browser: Browser, running: Served) -> Iterator[Page]:
    with visit(browser) as page:
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        page.goto(running.address)
        expect(page.locator("#listing .documents li")).to_have_count(4)
        yield page


def chips(page: Page) -> Locator:
    return page.locator("#scope .chips li span")


def test_a_button_that_is_rendered_anew_while_it_is_pressed_is_clicked(page: Page) -> None:
    cite = ask(page, BOTH).locator(".cite").first
    cite.hover()
    page.mouse.down()
    cite.evaluate("cite => cite.replaceWith(cite.cloneNode(true))")
    page.mouse.up()
    expect(page.locator("#source h2.title")).to_be_visible()


def test_brackets_lead_from_one_citation_to_the_next_and_back(page: Page) -> None:
    turn = ask(page, BOTH)
    expect(turn.locator(".answer")).to_contain_text("Marta Quill")
    expect(turn.locator(".answer")).to_contain_text("212 steps")
    titles = turn.locator(".card .title").all_inner_texts()
    assert set(titles) == {"keeper", "tower"}
    page.locator("#scroll").click(position={"x": 4, "y": 4})
    title = page.locator("#source h2.title")
    for key, at in (("]", 0), ("]", 1), ("]", 1), ("[", 0), ("[", 0)):  # at an end it stays
        page.keyboard.press(key)
        expect(title).to_have_text(titles[at])
        expect(page.locator("#source .number")).to_have_text(str(at + 1))
        expect(page.locator("#pane-text mark.cited").first).to_be_in_viewport()
        expect(turn.locator(".cite[aria-current]").first).to_have_text(str(at + 1))
    page.locator("#box textarea").press("]")
    expect(page.locator("#box textarea")).to_have_value("]")
    expect(title).to_have_text(titles[0])


def test_an_answer_is_copied_with_what_it_quotes(page: Page) -> None:
    ask(page, KEEPER).get_by_role("button", name="Copy").click()
    page.wait_for_function("() => navigator.clipboard.readText().then((text) => text.includes('[1]'))")
    said, quoted = page.evaluate("navigator.clipboard.readText()").split("\n\n")
    assert KEPT in said
    assert said.endswith("[1]")
    assert quoted == f"[1] keeper: {KEPT}"


@pytest.mark.skipif("pdf" not in offered(), reason="it needs the extra pincite[pdf]")
def test_a_conversation_is_exported_as_a_pdf_by_its_menu(page: Page) -> None:
    ask(page, KEEPER)
    page.locator("#talks [data-menu]").click()
    with page.expect_download() as told:
        page.get_by_role("menuitem", name="Export as PDF").click()
    assert told.value.suggested_filename == "pincite-Who-keeps-the-lighthouse.pdf"
    with closing(pypdfium2.PdfDocument(io.BytesIO(Path(told.value.path()).read_bytes()))) as document:
        text = " ".join(document[0].get_textpage().get_text_bounded().split())
    assert KEEPER in text
    assert KEPT in text


def test_only_what_is_selected_or_open_is_asked(page: Page) -> None:
    page.locator("[data-documents=open]").click()
    for name in ("cat", "dog"):
        page.get_by_label(f"Select {name}").check()
    page.get_by_role("button", name="Ask only these").click()
    expect(page.locator("#documents")).to_be_hidden()
    expect(page.locator("#box textarea")).to_be_focused()
    expect(chips(page)).to_have_text(["cat", "dog"])
    expect(ask(page, KEEPER)).to_contain_text("don’t seem to answer")
    page.locator("#listing .documents button", has_text="keeper").first.click()
    page.locator("#source").get_by_role("button", name="Ask only this").click()
    expect(chips(page)).to_have_text(["keeper"])
    turn = ask(page, KEEPER)
    expect(turn.locator(".aside b")).to_have_text("keeper")
    expect(turn.locator(".answer")).to_contain_text("Marta Quill")


def test_documents_are_added_to_a_collection_and_taken_out_of_it(page: Page, library: Library) -> None:
    page.locator("[data-documents=open]").click()
    page.get_by_role("button", name="New collection").click()
    page.get_by_role("dialog", name="Collection").get_by_label("Name").fill("Pets")
    page.keyboard.press("Enter")
    pets = page.get_by_role("navigation", name="Collections").get_by_role("button", name="Pets")
    expect(pets).to_have_text("Pets0")
    page.locator("[data-collect='']").click()
    for name in ("cat", "dog"):
        page.get_by_label(f"Select {name}").check()
    page.get_by_label("Add to a collection").select_option("Pets")
    expect(pets).to_have_text("Pets2")
    expect(page.get_by_role("button", name="Take out")).to_be_hidden()
    pets.click()
    rows = page.locator("#documents tbody tr")
    expect(rows).to_have_count(2)
    page.get_by_label("Select cat").check()
    page.get_by_role("button", name="Take out").click()
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("dog")
    expect(pets).to_have_text("Pets1")
    [collection] = library.collections()
    assert [Path(path).name for path in collection.paths] == ["dog.txt"]


def test_each_button_of_the_table_does_what_it_says(page: Page, running: Served, library: Library) -> None:
    page.locator("[data-documents=open]").click()
    table = page.locator("#documents")
    names = table.locator("tbody button.name")
    expect(names).to_have_text(["cat", "dog", "keeper", "tower"])
    page.get_by_label("Select cat").check()
    before = library.sequence()
    page.get_by_role("button", name="Read again").click()
    expect(table.locator(".said")).to_have_text("It is being read again.")
    while library.sequence() == before:
        page.wait_for_timeout(50)
    assert running.indexing.wait(60)
    page.get_by_role("button", name="New collection").click()
    page.get_by_role("dialog", name="Collection").get_by_label("Name").fill("Pets")
    page.get_by_role("dialog", name="Collection").get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("dialog", name="Collection")).to_be_hidden()
    assert library.collections() == []
    page.set_viewport_size(PHONE)  # where the columns have no heads
    table.locator(".sorting select").select_option("Passages")
    expect(names).not_to_have_text(["cat", "dog", "keeper", "tower"])
    assert set(names.all_inner_texts()[2:]) == {"cat", "dog"}
    page.set_viewport_size(DESKTOP)
    table.get_by_role("button", name="Folders").click()
    folder = table.locator("button.folder")
    folder.click()
    expect(names).to_have_count(4)
    table.get_by_role("button", name="All folders").click()
    expect(names).to_have_count(0)
    expect(folder).to_have_count(1)
    table.get_by_role("button", name="Close", exact=True).click()
    expect(table).to_be_hidden()
    expect(page.locator("[data-documents=open]")).to_be_focused()
    page.locator("[data-documents=open]").click()
    table.locator("tbody").get_by_role("button", name="Ask only this").click()
    expect(table).to_be_hidden()
    expect(chips(page)).to_have_text([re.compile("documents$")])


def test_what_is_asked_is_chosen_and_taken_off_by_clicks(page: Page) -> None:
    page.locator("[data-scope=add]").click()
    page.get_by_role("option", name="dog").click()
    expect(chips(page)).to_have_text(["dog"])
    expect(page.locator("#box textarea")).to_have_value("")
    page.locator("#scope .chips button").click()
    expect(chips(page)).to_have_count(0)
    turn = ask(page, KEEPER)
    expect(turn.locator(".answer")).to_contain_text("Marta Quill")
    turn.get_by_role("button", name="Why this answer").click()
    passage = turn.locator(".found button", has_text="keeper").first
    passage.click()
    expect(page.locator("#source h2.title")).to_have_text("keeper")
    page.keyboard.press("Escape")
    expect(passage).to_be_focused()


def test_a_folder_that_is_dropped_is_added_with_all_that_is_not_hidden_in_it(
    page: Page, library: Library, tmp_path: Path
) -> None:
    folder = tmp_path / "papers"
    (folder / "deep").mkdir(parents=True)
    (folder / "owl.txt").write_text("The owl is called Archibald.", encoding="utf-8")
    (folder / "deep" / "eel.txt").write_text("The eel is called Leopold.", encoding="utf-8")
    (folder / ".hidden.txt").write_text("Nobody sees it.", encoding="utf-8")
    data = {"items": [], "files": [str(folder)], "dragOperationsMask": 1}
    browser = page.context.new_cdp_session(page)
    for kind in ("dragEnter", "dragOver", "drop"):
        browser.send("Input.dispatchDragEvent", {"type": kind, "x": 600, "y": 300, "data": data})
    expect(page.locator("#listing .documents li")).to_have_count(6)
    assert sorted(path.name for path in library.uploads.iterdir()) == ["eel.txt", "owl.txt"]
    expect(page.locator("#drop")).to_have_count(0)


def test_nothing_jumps_when_an_answer_comes_and_when_the_picture_of_a_page_does(
    browser: Browser, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on, stream = threading.Event(), served.assistant.stream

    def late(*given: Any, **options: Any) -> Iterator[Update]:
        assert go_on.wait(60)
        yield from stream(*given, **options)

    with visit(browser) as page:
        page.goto(served.address)
        ask(page, KEEPER)
        page.evaluate(SHIFTS)
        monkeypatch.setattr(served.assistant, "stream", late)
        page.locator("#box textarea").fill(FILTER)
        page.locator("#box textarea").press("Enter")
        expect(page.locator("#current .question")).to_have_text(FILTER)
        settle(page)
        go_on.set()
        expect(page.locator("#current .answer")).to_contain_text("nine weeks")
        expect(page.locator("#current .turn")).to_have_attribute("data-state", "answered")
        assert page.evaluate("window.shift") < STILL
        page.route("**/page/**", lambda _: None)
        page.locator("#current .cite").first.click()
        expect(page.locator("#pane-page .box.cited")).to_be_in_viewport()
        settle(page)
        page.unroute("**/page/**")  # which lets go what is held
        expect(page.locator("#pane-page figure:has(.box.cited) img")).to_have_js_property("complete", True)
        expect(page.locator("#pane-page .box.cited")).to_be_in_viewport()
        assert page.evaluate("window.shift") < STILL


def settle(page: Page) -> None:
    """Wait until no jump is laid to a key or a click any more, and count from here on."""
    page.wait_for_timeout(700)
    page.evaluate("window.shift = 0")
