"""The list of conversations: they are renamed, pinned, deleted, exported and searched, also by keyboard."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

import docx
import pytest
from browsing import AROUND, CONTRAST, ask, shown
from playwright.sync_api import BrowserContext, Page, Route, expect

from index import Conversations, find_traces

if TYPE_CHECKING:
    from conftest import Served

KEEPER = "Who keeps the lighthouse?"

pytestmark = AROUND


@pytest.fixture
def opened(context: BrowserContext, keeping: Served) -> Page:
    return shown(context.new_page(), keeping.address)


def act(page: Page, name: str, entry: str) -> None:
    """Open the menu of a conversation and choose an entry."""
    item = page.locator("#talks li", has_text=name)
    item.hover()
    item.get_by_role("button", name=f"More: {name}").click()
    page.get_by_role("menuitem", name=entry).click()


def test_a_conversation_is_renamed_where_it_stands(opened: Page, kept: Conversations) -> None:
    ask(opened, KEEPER)
    act(opened, KEEPER, "Rename")
    field = opened.get_by_label("Name of the conversation")
    expect(field).to_be_focused()
    expect(field).to_have_value(KEEPER)
    field.fill("Never mind")
    field.press("Escape")
    expect(opened.locator("#talks .title")).to_have_text([KEEPER])
    act(opened, KEEPER, "Rename")
    field.fill("<b>The keeper</b>")
    field.press("Enter")
    expect(opened.locator("#talks .title")).to_have_text(["<b>The keeper</b>"])
    expect(opened).to_have_title("<b>The keeper</b> · Pincite")
    expect(opened.get_by_role("button", name="More: <b>The keeper</b>")).to_be_focused()
    act(opened, "<b>The keeper</b>", "Rename")
    field.fill("  ")
    opened.locator("#box textarea").click()
    expect(opened.locator("#talks .title")).to_have_text(["<b>The keeper</b>"])
    assert [one.name for one in kept.newest(9)] == ["<b>The keeper</b>"]


def test_a_conversation_is_deleted_for_good_when_that_is_confirmed(
    opened: Page, kept: Conversations, tmp_path: Path
) -> None:
    ask(opened, KEEPER)
    assert find_traces(tmp_path, "Marta Quill")
    act(opened, KEEPER, "Delete")
    sure = opened.get_by_role("menuitem", name="Delete for good?")
    expect(sure).to_be_visible()
    opened.keyboard.press("Escape")
    expect(sure).to_be_hidden()
    assert len(kept.newest(9)) == 1
    act(opened, KEEPER, "Delete")
    sure.click()
    expect(opened.locator(".welcome")).to_be_visible()
    expect(opened.locator("#talks nav")).to_be_hidden()
    assert "?" not in opened.url
    assert kept.newest(9) == []
    assert find_traces(tmp_path, "Marta Quill") == find_traces(tmp_path, KEEPER) == []


@pytest.mark.parametrize(("form", "ending"), [("Markdown", "md"), ("HTML", "html"), ("JSON", "json"), ("Word", "docx")])
def test_a_conversation_is_exported(opened: Page, served: Served, form: str, ending: str) -> None:
    ask(opened, KEEPER)
    with opened.expect_download() as told:
        act(opened, KEEPER, f"Export as {form}")
    assert told.value.suggested_filename == f"pincite-Who-keeps-the-lighthouse.{ending}"
    data = Path(told.value.path()).read_bytes()
    text = docx_text(data) if ending == "docx" else data.decode()
    assert "The lighthouse is kept by Marta Quill, who came to the harbour in 1987." in text
    assert text.count("The harbour handbook") >= 1
    assert "harbour.md" in text
    expect(opened.locator("#menu")).to_be_hidden()


def docx_text(data: bytes) -> str:
    return "\n".join(one.text for one in docx.Document(io.BytesIO(data)).paragraphs)


def test_a_conversation_is_pinned_above_the_others(opened: Page, kept: Conversations) -> None:
    for number in range(3):
        kept.begin(f"Old {number}")
    opened.reload()
    act(opened, "Old 0", "Pin")
    expect(opened.locator("#talks h3")).to_have_text(["Pinned", "Today"])
    expect(opened.locator("#talks .title")).to_have_text(["Old 0", "Old 2", "Old 1"])
    act(opened, "Old 0", "Unpin")
    expect(opened.locator("#talks h3")).to_have_text(["Today"])


def test_conversations_are_searched_by_name_and_text_and_older_ones_shown(opened: Page, kept: Conversations) -> None:
    ask(opened, KEEPER)
    for number in range(64):
        kept.begin(f"Talk {number}")
    opened.reload()
    titles = opened.locator("#talks .title")
    expect(titles).to_have_count(30)
    more = opened.get_by_role("button", name="Show more")
    more.click()
    expect(titles).to_have_count(60)
    expect(titles.nth(30)).to_be_focused()
    more.click()
    expect(titles).to_have_count(65)
    expect(more).to_have_count(0)
    box = opened.get_by_label("Search conversations")
    box.press_sequentially("MARTA kéeps")
    expect(titles).to_have_text([KEEPER])
    expect(box).to_be_focused()
    expect(opened).to_have_title(f"{KEEPER} · Pincite")
    box.fill("nothing of <b>that</b>")
    expect(opened.locator("#talks .rest")).to_have_text("No conversation has these words.")
    expect(opened.locator(".turn .question")).to_have_text([KEEPER])
    box.fill("talk 63")
    titles.click()
    expect(opened.locator(".welcome")).to_be_visible()
    expect(titles).to_have_text(["Talk 63"])
    box.fill("")
    expect(titles).to_have_count(30)


def test_the_words_typed_last_are_searched_when_the_server_is_slow(opened: Page, kept: Conversations) -> None:
    for name in ("Alder", "Beech", *(f"Birch {number}" for number in range(10))):
        kept.begin(name)
    opened.reload()
    expect(opened.get_by_label("Search conversations")).to_be_visible()
    held: list[Route] = []
    opened.route("**/gradio_api/run/*", lambda route: held.append(route))
    for words in ("B", "Be", "Beech"):
        opened.get_by_label("Search conversations").fill(words)
        opened.wait_for_timeout(300)  # longer than typing pauses
    opened.unroute("**/gradio_api/run/*")  # which lets go what is held
    expect(opened.locator("#talks .title")).to_have_text(["Beech"])
    assert held


def test_two_that_are_deleted_one_right_after_the_other_are_both_gone(opened: Page, kept: Conversations) -> None:
    gone = [kept.begin(name) for name in ("Alder", "Beech")]
    kept.begin("Birch")
    opened.reload()
    expect(opened.locator("#talks .title")).to_have_count(3)
    held: list[Route] = []
    opened.route("**/gradio_api/run/*", lambda route: held.append(route))
    for one in gone:
        opened.evaluate("(id) => pincite.tell('remove', { id })", one)
        opened.wait_for_timeout(300)
    assert held
    opened.unroute("**/gradio_api/run/*")  # which lets go what is held
    expect(opened.locator("#talks .title", has_text="Alder")).to_have_count(0)
    opened.wait_for_timeout(1000)
    opened.reload()  # of the two lists the one that was made first may come last
    expect(opened.locator("#talks .title")).to_have_text(["Birch"])


def test_the_list_is_used_by_keyboard_alone(opened: Page, kept: Conversations) -> None:
    kept.begin("First")
    kept.begin("Second")
    opened.reload()
    opened.locator("#talks [data-visit]").first.focus()
    opened.keyboard.press("Tab")
    more = opened.get_by_role("button", name="More: Second")
    expect(more).to_be_focused()
    opened.keyboard.press("Enter")
    expect(opened.get_by_role("menuitem", name="Pin")).to_be_focused()
    opened.keyboard.press("Escape")
    expect(more).to_be_focused()
    opened.keyboard.press("Enter")
    opened.keyboard.press("End")
    expect(opened.get_by_role("menuitem", name="Delete")).to_be_focused()
    opened.keyboard.press("ArrowDown")
    expect(opened.get_by_role("menuitem", name="Pin")).to_be_focused()
    opened.keyboard.press("ArrowDown")
    opened.keyboard.press("Enter")
    opened.keyboard.type("Renamed")
    opened.keyboard.press("Enter")
    more = opened.get_by_role("button", name="More: Renamed")
    expect(more).to_be_focused()
    opened.keyboard.press("Enter")
    opened.keyboard.press("End")
    opened.keyboard.press("Enter")
    opened.keyboard.press("Enter")
    expect(opened.locator("#talks .title")).to_have_text(["First"])
    expect(opened.get_by_role("button", name="More: First")).to_be_focused()


def test_the_list_can_be_read(opened: Page) -> None:
    ask(opened, KEEPER)
    opened.locator("#talks li").hover()
    assert opened.evaluate(CONTRAST) == []
