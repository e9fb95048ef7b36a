"""Many documents and long ones on the page: indexing is shown and stopped, lists and texts are shown in part."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from browsing import CONTRAST, DESKTOP, MARKS, PHONE, assert_in_view
from playwright.sync_api import Page, expect

if TYPE_CHECKING:
    from conftest import GatedEncoder, Served

pytestmark = MARKS


@pytest.mark.parametrize("session", [DESKTOP, PHONE], indirect=True)
@pytest.mark.slow
@pytest.mark.usefixtures("one_thing_at_a_time")
def test_indexing_is_shown_and_stopped_and_goes_on(session: Page, working: Served, encoder: GatedEncoder) -> None:
    library, upper = working.assistant.library, session.locator("#activity")
    encoder.free = 1
    working.indexing.start([working.folder])
    expect(upper.locator(".stage")).to_have_text("Embedding")
    expect(upper.locator(".progress")).to_contain_text(re.compile(r"128.of.320.passages\s*$"))
    assert upper.locator("progress").get_attribute("value") == "70"  # all is read, and 40 % embedded
    assert not session.evaluate(CONTRAST)
    session.get_by_role("button", name="Stop indexing").click()
    expect(upper.locator(".stage")).to_have_text("Stopping after these passages")
    expect(session.get_by_role("button", name="Stop indexing")).to_have_count(0)
    encoder.go_on.set()
    expect(upper.locator(".note")).to_contain_text("Stopped: 256 of 320 passages embedded.")
    expect(upper.locator(".note")).to_contain_text("64 passages are found by their words only")
    assert library.counts().embedded == 256
    assert not session.evaluate(CONTRAST)
    assert upper.evaluate(
        "e => [...e.querySelectorAll('*')].every((e) => e.scrollWidth <= Math.max(1, e.clientWidth) || "
        "getComputedStyle(e).display === 'inline')"
    )
    session.reload()
    expect(upper.locator(".note")).to_contain_text("Stopped: 256 of 320 passages embedded.")
    if session.viewport_size == PHONE:
        session.locator("#unfold").click()
    session.get_by_role("button", name="Go on").click()
    expect(upper.locator(".note")).to_have_count(0)
    expect(upper.locator(".progress")).to_have_count(0)
    assert library.counts().embedded == 320
    assert len(encoder.embedded) == 320


@pytest.mark.slow
def test_a_long_list_is_shown_in_part_and_its_filter_finds_the_rest(
    session: Page, working: Served, encoder: GatedEncoder
) -> None:
    encoder.go_on.set()
    working.indexing.start([working.folder])
    items = session.locator("#listing .documents li")
    expect(items).to_have_count(300)
    expect(session.locator("#listing .rest")).to_contain_text("and 20 more")
    box = session.locator("[data-find]")
    box.press_sequentially("319.txt")
    expect(items).to_have_count(1)
    expect(items).to_contain_text("319")
    (working.folder / "a319.txt").write_text("One more document.", encoding="utf-8")
    working.indexing.start([working.folder])
    expect(items).to_have_count(2)
    expect(box).to_have_value("319.txt")
    expect(box).to_be_focused()
    items.first.locator("button[data-open]").click()
    expect(session.locator("#pane-text .text")).to_contain_text("Document 319 says this.")
    box.fill("")
    expect(items).to_have_count(300)


OPEN = """(where) => {
  const button = Object.assign(document.createElement("button"), {type: "button"});
  Object.assign(button.dataset, where);
  document.getElementById("talk").append(button);
  button.click();
  button.remove();
}"""


@pytest.mark.parametrize("session", [DESKTOP, PHONE], indirect=True)
@pytest.mark.slow
def test_far_down_a_long_document_the_words_are_in_view_and_stay_there_while_more_is_shown(
    session: Page, working: Served, encoder: GatedEncoder
) -> None:
    encoder.go_on.set()
    lines = [f"Line {number} of a very long book says nothing." for number in range(9000)]
    lines[6000] = "The lighthouse of Brim was built by two sisters."
    (working.folder / "book.txt").write_text("\n\n".join(lines), encoding="utf-8")
    working.indexing.start([working.folder / "book.txt"])
    assert working.indexing.wait(60)
    library = working.assistant.library
    entry = next(entry for entry in library.entries() if entry.path.endswith("book.txt"))
    start = library.document(entry.doc_id).text.index(lines[6000])
    session.evaluate(OPEN, {"open": entry.doc_id, "start": start, "end": start + len(lines[6000])})
    mark = session.locator("#pane-text mark.cited")
    expect(mark).to_have_text(lines[6000])
    assert_in_view(session, mark)
    before = mark.bounding_box()
    for name in ("Show what comes before", "Show what comes after"):
        shown = len(session.locator("#pane-text .text").inner_text())
        session.get_by_role("button", name=name).dispatch_event("click")
        session.wait_for_function(f"document.querySelector('#pane-text .text').innerText.length > {shown}")
        session.wait_for_timeout(100)
        assert mark.bounding_box() == before
