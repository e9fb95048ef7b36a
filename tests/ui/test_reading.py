"""Reading an answer and its source in a real browser: tables, what is beside a citation, finding, pages, links."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pytest
from browsing import CONTRAST, MARKS, PHONE, ask, assert_in_view, visit
from exchanges import an_answer
from playwright.sync_api import Browser, Page, expect
from samples import a_pdf

from index import Conversations
from rag import Answer, Assistant, Update

if TYPE_CHECKING:
    from conftest import GatedEncoder, Served

    from index.library import Library
    from ui.web.state.indexing import Indexing

pytestmark = MARKS

TOP = """() => [...document.querySelectorAll(".turn")].at(-1).getBoundingClientRect().top
  - document.getElementById("scroll").getBoundingClientRect().top"""
SEATS, BRING, PUMP, NOTHING = "How many seats has Oak?", "What should I bring?", "What of the pump?", "Who is Zebulon?"
CREW = "# The crew\n\nPlease bring:\n\n" + "".join(f"- thing {n}\n" for n in range(1, 31)) + "\n## Dogs\n\nNo dogs.\n"


class Serve(Protocol):
    def __call__(
        self, assistant: Assistant, indexing: Indexing, folder: Path, kept: Conversations | None
    ) -> AbstractContextManager[Served]: ...


@pytest.fixture
def reading(
    library: Library, indexing: Indexing, serve: Serve, encoder: GatedEncoder, tmp_path: Path
) -> Iterator[Served]:
    """A server over a table, a list and a PDF of three pages, which has answers at hand and keeps conversations."""
    encoder.go_on.set()
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "rooms.csv").write_text("Room,Floor,Seats\nElm,1,14\nOak,2,6\nAsh,2,30\n", encoding="utf-8")
    (folder / "crew.md").write_text(CREW, encoding="utf-8")
    pages = [[f"Page {page} line {line} of the manual." for line in range(25)] for page in (1, 2, 3)]
    pages[1][9] = "The pump must be oiled every nine weeks."
    (folder / "pump.pdf").write_bytes(a_pdf(pages))
    indexing.start([folder])
    assert indexing.wait(120)
    found = {entry.path.rsplit("/", 1)[1]: library.document(entry.doc_id) for entry in library.entries()}
    things = [f"- thing {number}" for number in range(1, 31)]
    oiled = ["The pump must be oiled every nine weeks.", "Page 3 line 3 of the manual."]
    answers = {
        SEATS: an_answer(SEATS, found["rooms.csv"], ["Room: Oak; Floor: 2; Seats: 6"], short="6"),
        BRING: an_answer(BRING, found["crew.md"], things, more=6),
        PUMP: an_answer(PUMP, found["pump.pdf"], oiled),
        NOTHING: Answer(NOTHING, NOTHING, "", (), None, (), (), False, 0.01, (), {"total": 9.0}),
    }
    assistant = Assistant(library)
    assistant.warm_up = lambda: None  # type: ignore[method-assign]
    assistant.stream = lambda asked, *_, **__: iter([Update("done", "", answers[asked])])  # type: ignore[method-assign]
    with closing(Conversations(tmp_path)) as kept, serve(assistant, indexing, folder, kept) as running:
        yield running


@pytest.fixture
def opened(browser: Browser, reading: Served, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A new browser session in which nothing may fail."""
    with visit(browser, **getattr(request, "param", {})) as page:
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        page.goto(reading.address)
        expect(page.locator("#library .documents li")).to_have_count(3)
        yield page


def test_a_table_is_a_table_in_the_answer_and_in_the_source(opened: Page) -> None:
    turn = ask(opened, SEATS)
    expect(turn.locator(".answer th")).to_have_text(["Room", "Floor", "Seats"])
    expect(turn.locator(".answer td.answers")).to_have_text(re.compile("^6"))
    rows = turn.locator(".card .grid > span")
    expect(rows).to_have_text(["Room Floor Seats", "Elm 1 14", "⋯", "Ash 2 30"])
    turn.locator(".cite").click()
    cited = opened.locator("#pane-text tr.cited")
    expect(cited.locator("td:visible")).to_have_count(3)
    expect(cited.locator("td.answers")).to_be_visible()
    assert cited.inner_text().split() == ["Oak", "2", "6"]
    for column in ("Room", "Floor", "Seats"):
        expect(opened.locator("#pane-text").get_by_role("columnheader", name=column)).to_be_visible()
    assert_in_view(opened, cited)
    assert not opened.evaluate(CONTRAST)


def test_what_cites_a_document_that_is_removed_says_so_until_it_is_back(opened: Page) -> None:
    turns = [ask(opened, SEATS), ask(opened, PUMP)]
    item = opened.locator("#listing li").filter(has_text="rooms")
    item.hover()
    item.locator(".remover").click()
    opened.locator("#removal-of [data-sure=yes]").click()
    gone = opened.locator("#talk .card .gone")
    expect(gone).to_have_text("No longer in the library")
    expect(turns[0].locator(".card[data-gone]")).to_have_count(1)
    expect(turns[0].locator(".cite[data-gone]")).not_to_have_count(0)
    expect(turns[1].locator("[data-gone]")).to_have_count(0)
    opened.reload()
    expect(gone).to_have_count(1)
    opened.get_by_role("button", name="Undo").click()
    expect(gone).to_have_count(0)


def test_what_more_there_is_of_a_list_opens_and_a_list_has_one_card(opened: Page) -> None:
    turn = ask(opened, BRING)
    expect(turn.locator(".answer li:visible")).to_have_count(24)
    expect(turn.locator(".card")).to_have_count(1)
    expect(turn.locator(".card .number")).to_have_text("1–30")
    expect(turn.locator(".card .quote")).to_contain_text("Please bring:")
    turn.get_by_role("button", name="6 more").click()
    expect(turn.locator(".answer li:visible")).to_have_count(30)
    expect(turn.get_by_role("button", name="6 more")).to_have_attribute("aria-expanded", "true")


def test_beside_a_citation_are_the_words_around_it_as_long_as_wanted(opened: Page) -> None:
    turn = ask(opened, SEATS)
    glance = opened.locator("#glance")
    turn.locator(".cite").hover()
    expect(glance).to_be_visible()
    expect(glance.locator("th")).to_have_text(["Room", "Floor", "Seats"])
    expect(glance.locator("tr.cited")).to_have_text("Oak26")
    glance.hover()
    opened.wait_for_timeout(500)
    expect(glance).to_be_visible()
    opened.mouse.move(5, 5)
    expect(glance).to_be_hidden()
    second = ask(opened, PUMP)
    second.locator(".cite").first.focus()
    opened.keyboard.press("ArrowRight")
    expect(second.locator(".cite").nth(1)).to_be_focused()
    expect(glance).to_contain_text("page 3")
    expect(glance.locator("mark")).to_have_text("Page 3 line 3 of the manual.")
    opened.keyboard.press("Escape")
    expect(glance).to_be_hidden()
    expect(second.locator(".cite").nth(1)).to_be_focused()
    opened.keyboard.press("Enter")
    expect(opened.locator("#source .paper")).to_be_focused()


@pytest.mark.parametrize("opened", [{"viewport": PHONE, "has_touch": True}], indirect=True)
def test_a_tap_shows_the_words_and_another_opens_the_source(opened: Page) -> None:
    cite = ask(opened, PUMP).locator(".cite").first
    cite.tap()
    expect(opened.locator("#glance")).to_contain_text("The pump must be oiled every nine weeks.")
    expect(opened.locator("#source .paper")).to_be_hidden()
    cite.tap()
    expect(opened.locator("#glance")).to_be_hidden()
    expect(opened.locator("#pane-page .box.cited")).to_be_visible()


def test_words_are_found_in_the_document_and_gone_through(opened: Page) -> None:
    ask(opened, PUMP).locator(".cite").first.click()
    opened.get_by_role("button", name="Find", exact=True).click()
    box = opened.get_by_role("searchbox", name="Find in this document")
    expect(box).to_be_focused()
    box.fill("LINE 7 of")
    count = opened.locator("#finding output")
    expect(count).to_have_text("3 of 3")  # the next one after the quotation
    expect(opened.locator("#pane-page .box.found")).to_have_count(3)
    assert_in_view(opened, opened.locator("#pane-page .box.sought"))
    box.press("Enter")
    expect(count).to_have_text("1 of 3")
    box.press("Shift+Enter")
    expect(count).to_have_text("3 of 3")
    box.fill("no such words")
    expect(count).to_have_text("Not found")
    box.press("Escape")
    expect(box).to_be_hidden()
    expect(opened.locator("#source .paper")).to_be_visible()


def test_pages_turn_and_grow_and_their_text_can_be_selected(opened: Page) -> None:
    ask(opened, PUMP).locator(".cite").first.click()
    number = opened.get_by_role("spinbutton", name="Page")
    expect(number).to_have_value("2")
    opened.get_by_role("button", name="Page after").click()
    expect(number).to_have_value("3")
    line = opened.locator("#pane-page figure[data-page='3'] .words span").nth(3)
    expect(line).to_have_text("Page 3 line 3 of the manual.")
    figure = opened.locator("#pane-page figure").first
    before = figure.bounding_box()
    opened.get_by_role("button", name="Larger").click()
    after = figure.bounding_box()
    assert before is not None
    assert after is not None
    assert after["width"] == pytest.approx(1.25 * before["width"], abs=4)
    line.select_text()
    assert opened.evaluate("getSelection().toString().trim()") == "Page 3 line 3 of the manual."


def test_each_button_of_a_source_does_what_it_says(opened: Page) -> None:
    turn = ask(opened, PUMP)
    turn.locator(".cite").first.click()
    source = opened.locator("#source")
    number, page = source.locator(".number"), source.get_by_role("spinbutton", name="Page")
    expect(source.locator("[data-step=previous]")).to_be_disabled()
    source.get_by_role("button", name="Next citation").click()
    expect(number).to_have_text("2")
    expect(page).to_have_value("3")
    source.get_by_role("button", name="Previous citation").click()
    expect(number).to_have_text("1")
    expect(page).to_have_value("2")
    source.get_by_role("button", name="Page before").click()
    expect(page).to_have_value("1")
    page.fill("3")
    page.press("Enter")
    expect(source.locator("figure[data-page='3'] img")).to_be_in_viewport(ratio=0.3)
    for name, share in (("Larger", "125"), ("Smaller", "100"), ("Smaller", "75")):
        source.get_by_role("button", name=name).click()
        expect(source.locator(".zoom")).to_have_text(f"{share} %")
    tab = source.get_by_role("tab", name="Page")
    for key, name in (("ArrowRight", "Text"), ("ArrowLeft", "Page")):
        tab.press(key)
        tab = source.get_by_role("tab", name=name)
        expect(tab).to_be_focused()
        expect(tab).to_have_attribute("aria-selected", "true")
    find = source.get_by_role("button", name="Find", exact=True)
    find.click()
    source.get_by_role("searchbox").fill("line 7 of")
    source.get_by_role("searchbox").press("Enter")
    count = source.locator("#finding output")
    for name in ("Found next", "Found before"):
        expect(count).to_have_text(re.compile("^[123] of 3"))
        before = count.inner_text()
        source.get_by_role("button", name=name).click()
        expect(count).not_to_have_text(before)
    find.click()
    expect(source.get_by_role("searchbox")).to_be_hidden()


def test_what_wraps_below_the_verdict_begins_where_it_does(opened: Page) -> None:
    turn = ask(opened, PUMP)
    turn.locator(".cite").first.click()
    expect(opened.locator("#source .paper")).to_be_visible()
    lines = turn.locator(".verdict").evaluate("""(line) => [...line.children].map((one) => {
        const range = document.createRange();
        range.selectNodeContents(one);
        return [Math.round(one.offsetTop / 10), Math.round(range.getBoundingClientRect().left)];
    })""")
    assert lines[-1][0] > lines[0][0], "it has wrapped"
    assert (
        lines[-1][1] == lines[0][1] == round(turn.locator(".answer").evaluate("(e) => e.getBoundingClientRect().left"))
    )


def test_what_is_left_out_of_a_document_unfolds(opened: Page, reading: Served) -> None:
    hidden = (
        "<title>Notice</title><p>The gate opens at nine.</p><p style='color: white'>Nobody sees this on the page.</p>"
    )
    (reading.folder / "notice.html").write_text(hidden, encoding="utf-8")
    reading.indexing.start([reading.folder])
    opened.locator("#listing .documents button", has_text="Notice").first.click()
    told = opened.locator("#source .left-out li")
    expect(opened.locator("#pane-text")).to_contain_text("The gate opens at nine.")
    expect(told).to_be_hidden()
    opened.locator("#source summary", has_text="hidden passage").click()
    expect(told).to_contain_text("Nobody sees this on the page.")


def test_a_question_as_it_was_understood_is_put_into_the_box(opened: Page, reading: Served) -> None:
    stream = reading.assistant.stream
    understood = "What of the pump of the well?"

    def told(asked: str, *_: object, **__: object) -> Iterator[Update]:
        for update in stream(asked):
            yield replace(update, answer=replace(update.answer, standalone_question=understood))  # type: ignore[type-var]

    reading.assistant.stream = told  # type: ignore[assignment, method-assign]
    aside = ask(opened, PUMP).locator(".aside")
    expect(aside).to_contain_text(f"Understood as: {understood}")
    aside.get_by_role("button", name="Edit").click()
    expect(opened.locator("#box textarea")).to_have_value(understood)
    expect(opened.locator("#box textarea")).to_be_focused()
    expect(opened.locator("#editing")).to_be_hidden()


def copy(page: Page, name: str) -> None:
    """Click a button that says "Copied" then, for a moment: who looks now and again may miss it."""
    button = page.get_by_role("button", name=name)
    said = button.evaluate_handle(
        """(button) => ({copied: new Promise((done) => new MutationObserver(
            () => button.textContent === "Copied" && done()).observe(button, {childList: true}))})"""
    )
    button.click()
    said.evaluate("(said) => said.copied")


def test_a_quotation_is_copied_with_its_reference_and_a_link_leads_back(opened: Page) -> None:
    ask(opened, PUMP).locator(".cite").first.click()
    copy(opened, "Copy quotation")
    copied = opened.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("“The pump must be oiled every nine weeks.” (")
    assert "page 2" in copied
    copy(opened, "Copy link")
    link = opened.evaluate("navigator.clipboard.readText()")
    opened.goto("about:blank")
    opened.goto(link)
    expect(opened.locator("#pane-page .box.cited")).to_be_visible()
    assert "cite" not in opened.url


def test_the_source_is_widened_and_narrowed_again(opened: Page) -> None:
    ask(opened, PUMP).locator(".cite").first.click()
    source, width = opened.locator("#source"), "document.getElementById('source').clientWidth"
    widen, narrow = (source.get_by_role("button", name=name) for name in ("Widen", "Narrow"))
    expect(widen).to_be_visible()
    before = opened.evaluate(width)
    widen.click()
    expect(widen).to_be_hidden()
    assert opened.evaluate(width) > before
    source.get_by_role("button", name="Next citation").click()
    expect(source.locator(".number")).to_have_text("2")
    narrow.click()
    expect(narrow).to_be_hidden()
    assert opened.evaluate(width) == before
    widen.click()
    opened.locator("#edge").press("ArrowRight")
    expect(narrow).to_be_hidden()
    dragged = opened.evaluate(width)
    widen.click()
    assert opened.evaluate(width) > dragged


def test_the_outline_leads_to_a_heading_and_the_original_is_only_downloaded(opened: Page, reading: Served) -> None:
    ask(opened, BRING).locator(".cite").first.click()
    opened.get_by_role("button", name="Outline").click()
    opened.locator("#outline").get_by_role("button", name="Dogs").click()
    assert_in_view(opened, opened.locator("#pane-text .heading", has_text="Dogs"))
    with opened.expect_download() as downloading:
        opened.get_by_role("link", name="Download").click()
    assert downloading.value.suggested_filename == "crew.md"
    assert Path(downloading.value.path()).read_text(encoding="utf-8") == CREW
    address = opened.get_by_role("link", name="Download").get_attribute("href")
    headers = opened.request.get(f"{reading.address}{address}").headers
    assert headers["content-disposition"].startswith("attachment;")
    assert headers["content-type"] == "application/octet-stream"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"].startswith("sandbox;")


def test_a_document_that_is_removed_is_said_to_be_gone_beside_its_citation(opened: Page, reading: Served) -> None:
    cite = ask(opened, SEATS).locator(".cite")
    reading.assistant.library.remove([str(reading.folder / "rooms.csv")])
    cite.hover()
    expect(opened.locator("#glance")).to_have_text("This document is no longer in the library.")
    cite.click()
    expect(opened.locator("#source .note")).to_have_text("This document has been removed from the library.")


def test_opening_the_source_leaves_what_was_clicked_where_it_is(opened: Page) -> None:
    ask(opened, BRING)
    cite = ask(opened, PUMP).locator(".cite").first
    before = cite.bounding_box()
    cite.click()
    expect(opened.locator("#pane-page .box.cited")).to_be_visible()
    after = cite.bounding_box()
    assert before is not None
    assert after is not None
    assert abs(after["y"] - before["y"]) <= 2


def test_a_refusal_without_anything_close_shows_nothing_and_lets_documents_be_added(opened: Page) -> None:
    turn = ask(opened, NOTHING)
    expect(turn.locator(".refusal .lead")).to_be_visible()
    expect(turn.locator(".card")).to_have_count(0)
    with opened.expect_file_chooser():
        turn.get_by_role("button", name="Add documents").click()


@pytest.mark.parametrize("opened", [{"viewport": PHONE}, {}], indirect=True)
def test_the_newest_question_stays_at_the_top_while_its_answer_grows_and_the_one_before_it_shrinks(
    opened: Page,
) -> None:
    ask(opened, SEATS)
    for question in (BRING, PUMP, BRING):
        opened.locator(".turn").last.evaluate(
            "turn => turn.insertAdjacentHTML('beforeend', '<div class=suggested>a<br>b</div>')"
        )
        ask(opened, question)
        expect(opened.locator(".suggested")).to_have_count(0)
        opened.wait_for_timeout(300)
        ends = opened.locator("#scroll").evaluate("e => e.scrollTop + e.clientHeight > e.scrollHeight - 2")
        assert ends or opened.evaluate(TOP) == pytest.approx(24, abs=2), question
    opened.locator("#scroll").evaluate("e => e.scrollTo(0, 10)")
    opened.wait_for_timeout(200)
    opened.locator(".turn").last.evaluate("turn => turn.append('more')")
    opened.wait_for_timeout(200)
    assert opened.locator("#scroll").evaluate("e => e.scrollTop") == pytest.approx(10, abs=1)
