"""What a question is asked of: names that are found, picks that are read, and chips in a browser."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from browsing import AROUND, CONTRAST, PHONE, ask, visit
from playwright.sync_api import Browser, Page, expect

from index import Conversations, Entry
from index.library import Library
from index.sync.sync import sync_paths
from rag import Assistant
from ui.web.state.exchange import Exchange, Pick, Scope
from ui.web.state.indexing import Indexing
from ui.web.state.kept import from_json, to_json
from ui.web.state.scopes import GONE, MOST, offered, offers, read_scope

if TYPE_CHECKING:
    from conftest import GatedEncoder, Serve, Served

KEEPER = "Who keeps the lighthouse?"


def an_entry(path: str, title: str = "", doc_id: str = "") -> Entry:
    return Entry(doc_id or path, path, title, "text/plain", 0, 9, 1, "", "indexed", "")


ENTRIES = [
    an_entry("/shelf/a.txt", "The annual report"),
    an_entry("/shelf/old/b-minutes.txt", "Minutes"),
    an_entry("/shelf/copy.txt", "Minutes", "/shelf/old/b-minutes.txt"),
    an_entry("/shelf/letters.zip"),
    an_entry("/shelf/letters.zip/in/c.txt", "Reply"),
]


@pytest.mark.parametrize(
    ("words", "keys"),
    [
        ("ann", ["document:/shelf/a.txt"]),
        ("annual rep", ["document:/shelf/a.txt"]),
        ("REP", ["document:/shelf/letters.zip/in/c.txt", "document:/shelf/a.txt"]),
        ("nnual", []),
        ("b-min", ["document:/shelf/old/b-minutes.txt"]),
        ("minutes", ["document:/shelf/old/b-minutes.txt"]),
        ("old", ["folder:/shelf/old"]),
        ("in", ["folder:/shelf/letters.zip/in"]),
    ],
)
def test_names_are_found_by_the_beginnings_of_their_words(words: str, keys: list[str]) -> None:
    assert [one.key for one in offers(offered(ENTRIES), words)] == keys


def test_without_words_folders_are_offered_first_with_all_that_is_below_them() -> None:
    found = offers(offered(ENTRIES), "")
    assert [one.key for one in found[:3]] == ["folder:/shelf", "folder:/shelf/letters.zip/in", "folder:/shelf/old"]
    assert found[0].about == "5 documents in /"
    assert offers(offered(ENTRIES, uploads="/shelf"), "")[0].about == "5 documents as copies"


def test_what_was_picked_is_read_and_what_is_gone_is_not_all(
    library: Library, encoder: GatedEncoder, tmp_path: Path
) -> None:
    encoder.go_on.set()
    (tmp_path / "cat.txt").write_text("The cat is called Bartholomew.")
    sync_paths(library, [tmp_path / "cat.txt"])
    [entry] = library.entries()
    keys = [f"document:{entry.doc_id}", "folder:/shelf/old", "document:none"]
    scope = read_scope(library, json.dumps(keys))
    assert (scope.documents, scope.folders) == ((entry.doc_id, "none"), ("/shelf/old",))
    assert scope.picks == (Pick(keys[0], "cat"), Pick(keys[1], "old"), Pick(keys[2], GONE))
    assert scope.label == "cat, old and 1 more"
    assert read_scope(library, json.dumps(["document:none"])).documents == ("none",)
    assert len(read_scope(library, json.dumps([f"folder:/{number}" for number in range(99)])).folders) == MOST


@pytest.mark.parametrize(
    "value", ["", "[]", "no JSON", "[1]", '["all"]', '"document:x"', "{}", "5", "[" * 60_000, "\ud83d", "\x00"]
)
def test_what_names_nothing_is_all(library: Library, value: str) -> None:
    assert read_scope(library, value) == Scope()


def test_picks_are_kept_and_those_of_an_earlier_version_are_told_by_the_one_there_was() -> None:
    scope = Scope("old", (), ("/shelf/old",), (Pick("folder:/shelf/old", "old"),))
    body = to_json(Exchange("Who?", scope))
    assert from_json(body).scope == scope
    row = json.loads(body)
    del row["scope"]["picks"]
    assert from_json(json.dumps(row)).scope == scope


class TestInABrowser:
    """Chips and names."""

    pytestmark = AROUND

    @pytest.fixture
    def page(self, browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
        with visit(browser, **getattr(request, "param", {})) as page:
            yield page

    @pytest.fixture
    def running(
        self, serve: Serve, library: Library, indexing: Indexing, encoder: GatedEncoder, tmp_path: Path
    ) -> Iterator[Served]:
        """A server over two documents, which keeps conversations."""
        encoder.go_on.set()
        folder = tmp_path / "documents"
        folder.mkdir()
        (folder / "harbour.md").write_text("# The harbour\n\nThe lighthouse is kept by Marta Quill.", encoding="utf-8")
        (folder / "meadow.md").write_text("# The meadow year\n\nThe hay is cut in July.", encoding="utf-8")
        indexing.start([folder])
        assert indexing.wait(240)
        with (
            closing(Conversations(tmp_path)) as kept,
            serve(Assistant(library, reader="none"), indexing, folder, kept) as served,
        ):
            yield served

    def test_after_three_tabs_a_click_into_the_box_works(self, page: Page, running: Served) -> None:
        page.goto(running.address)
        box = page.locator("#box textarea")
        expect(box).to_be_focused()
        for _ in range(3):
            page.keyboard.press("Tab")
        box.click()
        page.keyboard.type("Words")
        expect(box).to_have_value("Words")

    def test_a_name_is_completed_by_the_keyboard_and_taken_off_again(self, page: Page, running: Served) -> None:
        page.goto(running.address)
        box = page.locator("#box textarea")
        box.press_sequentially("Who? @")
        options = page.get_by_role("option")
        expect(options.first).to_have_attribute("aria-selected", "true")
        box.press_sequentially("mead")
        expect(options).to_have_count(1)
        expect(box).to_have_attribute("aria-activedescendant", "name-0")
        page.keyboard.press("Escape")
        expect(options).to_have_count(0)
        box.press_sequentially("o")
        expect(options).to_have_count(1)
        page.keyboard.press("Enter")
        expect(box).to_have_value("Who? ")
        expect(page.locator(".turn")).to_have_count(0)
        expect(page.locator("#scope .chips li")).to_have_text(["The meadow year×"])
        box.fill("")
        page.keyboard.press("Backspace")
        expect(page.locator("#scope .chips")).to_be_hidden()
        expect(page.locator("[data-scope=add]")).to_have_text("All documents")

    def test_enter_waits_for_the_names_that_are_looked_for(self, page: Page, running: Served) -> None:
        page.goto(running.address)
        expect(page.locator("#library .documents li")).to_have_count(2)
        box = page.locator("#box textarea")
        box.press_sequentially("Who? @mead")
        box.press("Enter")
        expect(page.locator("#scope .chips li")).to_have_text(["The meadow year×"])
        expect(box).to_have_value("Who? ")
        box.press_sequentially("Is it @ noon?")
        box.press("Enter")
        expect(page.locator(".turn .question")).to_have_text("Who? Is it @ noon?")

    def test_an_address_of_mail_offers_nothing(self, page: Page, running: Served) -> None:
        page.goto(running.address)
        page.locator("#box textarea").press_sequentially("Is it marta@meadow")
        page.wait_for_timeout(500)
        expect(page.get_by_role("option")).to_have_count(0)

    def test_only_what_is_shown_is_asked_and_a_kept_conversation_brings_it_back(
        self, page: Page, running: Served
    ) -> None:
        page.goto(running.address)
        page.locator("#library .documents button").filter(has_text="The meadow year").click()
        page.locator("#source [data-only]").click()
        expect(page.locator("#box textarea")).to_be_focused()
        turn = ask(page, KEEPER)
        expect(turn.locator(".aside").first).to_have_text("Asked of The meadow year")
        expect(turn).not_to_contain_text("Marta Quill")
        page.locator("#library .fresh").click()
        expect(page.locator("#scope .chips")).to_be_hidden()
        page.go_back()
        expect(page.locator("#scope .chips li")).to_have_count(1)
        page.reload()
        expect(page.locator("#scope .chips li")).to_have_text(["The meadow year×"])
        page.locator("#scope .chips button").click()
        expect(ask(page, KEEPER)).to_contain_text("Marta Quill")
        page.goto("about:blank")

    @pytest.mark.parametrize(
        "page",
        [{"color_scheme": "dark"}, {"viewport": PHONE, "has_touch": True, "is_mobile": True}],
        ids=["dark", "phone"],
        indirect=True,
    )
    def test_what_is_offered_stands_above_the_box_and_can_be_read(self, page: Page, running: Served) -> None:
        page.goto(running.address)
        box = page.locator("#box textarea")
        box.press_sequentially("@")
        expect(page.get_by_role("option").first).to_be_visible()
        names, field = page.locator("#names").bounding_box(), box.bounding_box()
        assert names is not None
        assert field is not None
        assert names["y"] >= 0
        assert names["y"] + names["height"] <= field["y"]
        page.keyboard.press("Enter")
        assert page.evaluate(CONTRAST) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
