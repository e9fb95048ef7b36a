"""The library on the page: documents are added by button and by drop, and removed, while people ask."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from browsing import AROUND, CONTRAST, PHONE, ask, quoted
from playwright.sync_api import Page, expect
from samples import zipped
from shelving import DROP, HARBOUR, OWL, added, drop, shown, started

from index.errors import HomeError
from index.library import Library
from index.store.verify import verify

if TYPE_CHECKING:
    from conftest import GatedEncoder, Serve, Served

pytestmark = AROUND

QUESTION = "What is the owl of the mill called?"


def remove(page: Page, title: str) -> None:
    item = page.locator("#listing li").filter(has=page.get_by_text(title, exact=True))
    item.hover()
    item.locator(".remover").click()
    page.locator("#removal-of [data-sure=yes]").click()
    expect(item).to_have_count(0)


def test_a_document_is_added_by_the_button_and_answers_with_its_citation(
    page: Page, shelf: Served, tmp_path: Path
) -> None:
    shown(page, shelf)
    (tmp_path / "owl.txt").write_text(OWL, encoding="utf-8")
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Add documents").click()
    assert chooser.value.is_multiple()
    chooser.value.set_files([tmp_path / "owl.txt"])
    added(page, "owl.txt")
    expect(page.locator("#library .documents li")).to_have_count(2)
    expect(page.locator("#library .counts")).to_contain_text("2\u00a0documents")
    turn = ask(page, QUESTION)
    expect(turn.locator(".answer")).to_contain_text("Archibald")
    turn.locator(".cite").first.click()
    expect(page.locator("#source mark.cited").first).to_be_visible()
    assert "Archibald" in quoted(page)


def test_documents_are_added_by_a_drop_anywhere_and_no_other_page_opens(page: Page, shelf: Served) -> None:
    shown(page, shelf)
    assert drop(page, ("owl.txt", OWL), on="#box textarea") == [False] * 3
    added(page, "owl.txt")
    assert drop(page, ("eel.txt", "The eel of the pond is called Leopold."), on="#library") == [False] * 3
    added(page, "eel.txt")
    expect(page.locator("#library .documents li")).to_have_count(3)
    assert page.url.startswith(shelf.address)
    assert page.locator("#box textarea").input_value() == ""


def test_while_files_are_dragged_over_the_page_it_says_where_they_go(page: Page, shelf: Served) -> None:
    shown(page, shelf)
    page.evaluate(DROP.replace('"drop"', '"dragover"'), ["#talk", [["owl.txt", OWL]]])
    expect(page.locator("#drop")).to_have_text("Drop to add to your library")
    expect(page.locator("#drop")).to_have_count(0)
    expect(page.locator("#library .documents li")).to_have_count(1)


def test_text_is_added_with_its_title_and_what_is_the_same_is_named(page: Page, shelf: Served) -> None:
    shown(page, shelf)
    page.get_by_role("button", name="Add text").click()
    dialog = page.get_by_role("dialog", name="Add text")
    dialog.get_by_label("Text").fill(OWL)
    dialog.get_by_role("button", name="Cancel").click()
    page.get_by_role("button", name="Add text").click()
    expect(dialog.get_by_label("Text")).to_have_value(OWL)  # nothing is lost
    dialog.get_by_label("Title").fill("Notes <i> of the mill")
    dialog.get_by_role("button", name="Add", exact=True).click()
    added(page, "Notes")
    expect(page.locator("#listing .documents li").filter(has_text="of the mill")).to_have_count(1)
    drop(page, ("again.txt", f"Notes <i> of the mill\n\n{OWL}"))
    added(page, "again.txt")
    item = page.locator("#activity .added li").filter(has_text=re.compile(r"^\s*again\.txt"))
    expect(item.first).to_contain_text("The same as Notes")
    assert page.evaluate("window.hacked") is None


def test_text_that_is_dragged_is_left_to_the_browser(page: Page, shelf: Served) -> None:
    shown(page, shelf)
    left = page.evaluate(
        """() => ["dragover", "drop"].map((kind) => {
          const dataTransfer = new DataTransfer();
          dataTransfer.setData("text/plain", "words");
          const event = new DragEvent(kind, { dataTransfer, bubbles: true, cancelable: true });
          return document.querySelector("#box textarea").dispatchEvent(event);
        })"""
    )
    assert left == [True, True]
    expect(page.locator("#drop")).to_have_count(0)


@pytest.mark.slow
def test_a_folder_is_added_with_all_that_is_not_hidden_in_it(page: Page, shelf: Served, tmp_path: Path) -> None:
    shown(page, shelf)
    folder = tmp_path / "papers"
    (folder / "deep").mkdir(parents=True)
    (folder / "owl.txt").write_text(OWL, encoding="utf-8")
    (folder / "deep" / "eel.txt").write_text("The eel of the pond is called Leopold.", encoding="utf-8")
    (folder / ".hidden.txt").write_text("Nobody sees it.", encoding="utf-8")
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Add a folder").click()
    chooser.value.set_files(folder)
    expect(page.locator("#library .documents li")).to_have_count(3)
    assert sorted(path.name for path in shelf.assistant.library.uploads.iterdir()) == ["eel.txt", "owl.txt"]


def test_what_can_not_be_added_says_why_and_the_rest_is_added(page: Page, shelf: Served) -> None:
    shown(page, shelf)
    page.locator(".adding").evaluate("element => { element.dataset.largest = 2 << 20; }")
    drop(page, ("empty.txt", ""), ("huge.txt", "x" * (3 << 20)), ("owl.pdf", "no PDF"), ("owl.txt", OWL))
    expect(page.locator("#sending .unsent")).to_have_text(
        [re.compile("empty.txt.*nothing to read in it"), re.compile("huge.txt.*larger than 2 MB: split it")]
    )
    added(page, "owl.txt")
    expect(page.locator("#activity .added li").filter(has_text="owl.pdf")).to_contain_text("Not added: it is named")
    page.locator("#sending").get_by_role("button", name="Hide").click()
    expect(page.locator("#sending")).to_be_hidden()
    page.locator("#activity .added li").filter(has_text="owl.pdf").locator(".remover").click()
    page.locator("#removal-of [data-sure=yes]").click()
    expect(page.locator("#activity .added li")).to_have_count(1)
    expect(page.locator("#overview .rejects")).to_have_count(0)
    page.get_by_role("button", name="Hide what was added").click()
    expect(page.locator("#activity .added")).to_have_count(0)


@pytest.mark.slow
def test_too_many_files_at_once_are_refused_with_the_cure(page: Page, shelf: Served) -> None:
    shown(page, shelf)
    page.locator(".adding").evaluate("element => { element.dataset.most = 2; }")
    drop(page, *((f"{number}.txt", OWL) for number in range(3)))
    expect(page.locator("#sending .unsent")).to_contain_text("More than 2 at once: start Pincite with their folder")
    assert not shelf.assistant.library.uploads.exists()


def test_a_name_full_of_markup_is_text(page: Page, shelf: Served) -> None:
    shown(page, shelf)
    name = "<img src=x onerror=window.hacked=1>\u202etxt.txt"
    drop(page, (name, OWL), ("<b>empty<b>.txt", ""))
    added(page, "img src=x onerror")
    expect(page.locator("#sending .title")).to_have_text("<b>empty<b>.txt")
    assert page.evaluate("window.hacked") is None


@pytest.mark.slow
def test_what_was_added_is_there_after_a_reload_and_a_restart_with_another_folder(
    page: Page, serve: Serve, tmp_path: Path
) -> None:
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        (tmp_path / name / f"{name}.txt").write_text(HARBOUR.replace("Marta", name), encoding="utf-8")
    with started(serve, tmp_path / "home", tmp_path / "one") as running:
        shown(page, running)
        drop(page, ("owl.txt", OWL))
        added(page, "owl.txt")
        page.reload()
        expect(page.locator("#library .documents li")).to_have_count(2)
        page.goto("about:blank")
    with started(serve, tmp_path / "home", tmp_path / "other") as running:
        shown(page, running, documents=3)
        expect(page.locator("#library .documents li").filter(has_text="owl")).to_contain_text("added")
        expect(ask(page, QUESTION).locator(".answer")).to_contain_text("Archibald")
        page.goto("about:blank")


def test_a_document_is_removed_at_once_and_does_not_come_back(
    page: Page, shelf: Served, serve: Serve, tmp_path: Path
) -> None:
    shown(page, shelf)
    drop(page, ("owl.txt", OWL))
    added(page, "owl.txt")
    turn = ask(page, QUESTION)
    expect(turn.locator(".answer")).to_contain_text("Archibald")
    remove(page, "owl")
    expect(ask(page, QUESTION)).not_to_contain_text("Archibald")
    turn.locator(".cite").first.click()
    expect(page.locator("#source .note")).to_contain_text("removed")
    assert list(shelf.assistant.library.uploads.iterdir()) == []
    remove(page, "harbour")
    expect(page.locator("#listing .note")).to_contain_text("Nothing is indexed yet")
    assert (shelf.folder / "harbour.txt").read_text(encoding="utf-8") == HARBOUR
    shelf.indexing.start([shelf.folder])
    assert shelf.indexing.wait(600)
    assert shelf.assistant.library.is_empty()
    assert verify(shelf.assistant.library) == []


def test_a_removal_is_asked_for_in_its_place_and_can_be_taken_back(page: Page, shelf: Served) -> None:
    shown(page, shelf)
    button = page.locator("#listing .remover")
    button.focus()
    button.press("Enter")
    expect(page.locator("#removal-of")).to_contain_text("Your file stays where it is")
    expect(page.locator("#removal-of [data-sure=no]")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#removal-of")).to_have_count(0)
    expect(button).to_be_focused()
    button.press("Enter")
    drop(page, ("owl.txt", OWL))  # the list is rendered anew meanwhile
    expect(page.locator("#listing li")).to_have_count(2)
    expect(page.locator("#removal-of")).to_have_count(1)
    page.locator("#removal-of [data-sure=no]").click()
    expect(page.locator("#removal-of")).to_have_count(0)
    expect(page.locator("#listing li")).to_have_count(2)


def test_a_removal_says_what_goes_with_it(page: Page, shelf: Served, tmp_path: Path) -> None:
    (shelf.folder / "all.zip").write_bytes(zipped({"one.txt": OWL, "two.txt": "Two is a number."}))
    shelf.indexing.start([shelf.folder])
    assert shelf.indexing.wait(600)
    shown(page, shelf, documents=4)
    item = page.locator("#listing li").filter(has_text="Archive")
    item.hover()
    item.locator(".remover").click()
    expect(page.locator("#removal-of")).to_contain_text("It holds 2 more, which go with it.")
    page.locator("#removal-of [data-sure=yes]").click()
    expect(page.locator("#listing li")).to_have_count(1)


@pytest.mark.parametrize(
    "page",
    [
        {"color_scheme": "dark"},
        {},
        {"viewport": PHONE, "has_touch": True, "is_mobile": True},
    ],
    ids=["dark", "light", "phone"],
    indirect=True,
)
def test_everything_about_adding_and_removing_can_be_read_and_reached(page: Page, shelf: Served) -> None:
    shown(page, shelf)
    drop(page, ("owl.txt", OWL), ("owl.pdf", "no PDF"), ("empty.txt", ""))
    added(page, "owl.txt")
    page.locator("#listing .remover").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#removal-of")).to_be_visible()
    assert page.evaluate(CONTRAST) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.slow
def test_a_removal_makes_a_long_run_wait_and_it_goes_on(
    page: Page, working: Served, library: Library, encoder: GatedEncoder
) -> None:
    encoder.go_on.set()
    working.indexing.start([working.folder])
    page.goto(working.address)
    remove(page, "007")
    assert working.indexing.wait(600)
    assert library.counts().documents == library.counts().embedded == 319
    assert verify(library) == []


@pytest.mark.slow
def test_a_removal_that_fails_says_why_and_can_be_tried_again(
    page: Page, shelf: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown(page, shelf)

    def fail(*_: object, **__: object) -> None:
        raise HomeError("the disk is full: free some space")

    with monkeypatch.context() as patch:
        patch.setattr(shelf.assistant.library, "remove", fail)
        page.locator("#listing .remover").focus()
        page.locator("#listing .remover").press("Enter")
        page.locator("#removal-of [data-sure=yes]").click()
        expect(page.locator("#overview .note.failed")).to_have_text(
            "harbour.txt is not removed: the disk is full: free some space"
        )
        expect(page.locator("#removal-of")).to_have_count(0)
    remove(page, "harbour")
    expect(page.locator("#overview .note.failed")).to_have_count(0)
