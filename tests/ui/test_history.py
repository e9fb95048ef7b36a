"""Conversations are kept: a reload, Back, a second tab and a restart lose nothing."""

from __future__ import annotations

import io
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import docx
import pytest
from browsing import AROUND, CONTRAST, DESKTOP, PHONE, Seen, ask, visit
from playwright.sync_api import Browser, BrowserContext, Page, expect

from index import Conversations, find_traces
from index.readers.content import Source
from index.readers.pdf import pdf
from rag import Update

if TYPE_CHECKING:
    from conftest import Served

    Keep = Callable[[Conversations], AbstractContextManager[Served]]

KEEPER = "Who keeps the lighthouse?"
FILTER = "How often must the filter of the kettle be changed?"

pytestmark = AROUND


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Conversations]:
    with closing(Conversations(tmp_path)) as opened:
        yield opened


@pytest.fixture
def keeping(keep: Keep, kept: Conversations) -> Iterator[Served]:
    """A server that keeps conversations."""
    with keep(kept) as running:
        yield running


@pytest.fixture
def context(browser: Browser, keeping: Served, request: pytest.FixtureRequest) -> Iterator[BrowserContext]:
    """The browser session, in whose pages nothing may fail; they are closed before the server is."""
    context = browser.contexts[0]
    opened: list[Page] = []
    pages: list[Seen] = []

    def note(page: Page) -> None:
        page.set_viewport_size(getattr(request, "param", DESKTOP))
        page.set_default_timeout(120_000)
        opened.append(page)
        pages.append(Seen(page))

    context.on("page", note)
    yield context
    context.remove_listener("page", note)
    for page in opened:
        page.close()
    assert [trouble for page in pages for trouble in page.troubles] == []


@pytest.fixture
def opened(context: BrowserContext, keeping: Served) -> Page:
    return shown(context.new_page(), keeping.address)


def shown(page: Page, address: str) -> Page:
    page.goto(address)
    expect(page.locator("#library .documents li")).to_have_count(5)
    return page


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
    ask(opened, KEEPER)
    first = opened.url
    opened.locator("#library .fresh").click()
    expect(opened.locator(".welcome")).to_be_visible()
    expect(opened).not_to_have_url(first)
    ask(opened, FILTER)
    titles = opened.locator("#talks .title")
    expect(titles).to_have_text([FILTER, KEEPER])
    expect(opened.locator("#talks .title[aria-current]")).to_have_text([FILTER])
    titles.nth(1).click()
    expect(opened.locator(".turn .question")).to_have_text([KEEPER])
    assert opened.url == first
    opened.go_back()
    expect(opened.locator(".turn .question")).to_have_text([FILTER])
    opened.go_back()
    expect(opened.locator(".turn .question")).to_have_text([KEEPER])
    opened.go_forward()
    expect(opened.locator(".turn .question")).to_have_text([FILTER])


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


def test_every_turn_is_printed_with_its_sources_and_nothing_to_click(opened: Page, tmp_path: Path) -> None:
    ask(opened, KEEPER)
    ask(opened, FILTER).locator(".cite").first.click()
    opened.emulate_media(media="print", color_scheme="dark")
    opened.pdf(path=tmp_path / "page.pdf")
    text = pdf.read(Source((tmp_path / "page.pdf").read_bytes(), "page.pdf")).text
    assert text.count("Marta Quill") >= 2, text
    assert text.count("every nine weeks") >= 2, text
    for words in ("Ask again", "Conversations", "Add documents", "Why this answer", "Page 3"):
        assert words not in text, text


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
    first.get_by_role("button", name="Edit question").click()
    expect(opened.locator("#editing")).to_be_visible()
    opened.locator("#unedit").click()
    expect(opened.locator("#editing")).to_be_hidden()
    expect(opened.locator("#box textarea")).to_have_value("")
    first.get_by_role("button", name="Edit question").click()
    expect(opened.locator("#box textarea")).to_have_value(FILTER)
    opened.locator("#box textarea").fill(KEEPER)
    opened.locator("#box textarea").press("Enter")
    expect(opened.locator(".turn .question")).to_have_text([KEEPER])
    expect(opened.locator(".turn")).to_have_attribute("data-state", "answered")
    expect(opened.locator("#editing")).to_be_hidden()
    opened.wait_for_timeout(1100)
    opened.get_by_role("button", name="Ask again").click()
    expect(opened.locator(".turn .question")).to_have_text([KEEPER])
    expect(opened.locator(".turn")).to_have_attribute("data-state", "answered")
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


def test_the_list_can_be_read(opened: Page) -> None:
    ask(opened, KEEPER)
    opened.locator("#talks li").hover()
    assert opened.evaluate(CONTRAST) == []


def test_without_a_place_for_them_nothing_is_listed(browser: Browser, served: Served) -> None:
    with visit(browser) as page:
        shown(page, served.address)
        ask(page, KEEPER)
        expect(page.locator("#talks nav")).to_be_hidden()
        assert page.url == served.address
