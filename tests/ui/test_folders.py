"""The folders in the settings: which may be added, what adding one and taking one off does, and who may do neither."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from browsing import AROUND, DESKTOP, PHONE, ask, quoted, visit
from playwright.sync_api import Browser, Locator, Page, ViewportSize, expect

from index import SettingsError
from index.library import Library
from index.store.verify import find_traces, verify
from rag import open_assistant
from ui.web.state.folders import Folders, check_folder
from ui.web.state.indexing import Indexing

if TYPE_CHECKING:
    from conftest import GatedEncoder, Serve, Served

NAMED = "<img src=x onerror=alert(1)> ähre"
OWL = "The owl of the mill is called Archibald."
EEL = "The eel of the weir is called Leopold."


def write(folder: Path, *, count: int) -> Path:
    """Write so many documents of one passage each."""
    folder.mkdir()
    for number in range(count):
        (folder / f"{number:03}.txt").write_text(f"Document {number} of {folder.name} says this.", encoding="utf-8")
    return folder


def until(fits: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 300
    while not fits():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def paths(library: Library) -> set[Path]:
    return {Path(entry.path) for entry in library.entries()}


# --- which may be added ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ("", "Name the whole path"),
        ("documents", "Name the whole path"),
        ("../documents", "Name the whole path"),
        ("{tmp}/nowhere", "There is no folder"),
        ("{tmp}/nul\0l", "There is no folder"),
        ("{tmp}/" + "a" * 4000, "There is no folder"),
        ("{tmp}/a.txt", "is a file"),
        ("/", "the whole disk"),
        ("{tmp}/../../../../../../../../..", "the whole disk"),
        ("{tmp}/home", "its own files"),
        ("{tmp}/home/uploads", "its own files"),
        ("{tmp}/to-home/uploads", "its own files"),
        ("{tmp}/synced", "is synced already"),
        ("{tmp}/synced/../synced/", "is synced already"),
        ("{tmp}/to-synced", "is synced already"),
        ("{tmp}/synced/inner", "is in {tmp}/synced, which is synced already"),
    ],
)
def test_a_folder_that_is_none_to_sync_is_refused_with_the_reason(tmp_path: Path, named: str, said: str) -> None:
    for name in ("home/uploads", "synced/inner"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "a.txt").write_text(OWL)
    (tmp_path / "to-home").symlink_to(tmp_path / "home")
    (tmp_path / "to-synced").symlink_to(tmp_path / "synced")
    with pytest.raises(SettingsError) as error:
        check_folder(named.replace("{tmp}", str(tmp_path)), home=tmp_path / "home", roots=[str(tmp_path / "synced")])
    assert said.replace("{tmp}", str(tmp_path)) in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root reads everything")
def test_a_folder_that_can_not_be_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "closed").mkdir(mode=0o000)
    with pytest.raises(SettingsError, match="let yourself read it"):
        check_folder(str(tmp_path / "closed"), home=tmp_path / "home", roots=[])


def test_a_folder_may_be_named_from_the_own_one_on_and_lie_around_what_is_synced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "papers" / "old").mkdir(parents=True)
    around = {"home": tmp_path / "home", "roots": [str(tmp_path / "papers" / "old")]}
    assert check_folder(" ~/papers/ ", **around) == tmp_path / "papers"
    assert check_folder("~", **around) == tmp_path


# --- adding and taking off -------------------------------------------------------------------------------------------


@pytest.fixture
def folders(indexing: Indexing) -> Iterator[Folders]:
    with closing(Folders(indexing, watches=True)) as folders:
        yield folders


def test_a_folder_that_is_added_is_synced_and_followed_and_one_that_is_taken_off_is_neither(
    folders: Folders, indexing: Indexing, encoder: GatedEncoder, library: Library, tmp_path: Path
) -> None:
    encoder.go_on.set()
    one, two = write(tmp_path / "one", count=2), write(tmp_path / "two", count=1)
    for folder in (one, two):
        folders.add(str(folder))
    assert indexing.wait(60)
    (one / "new.txt").write_text(OWL, encoding="utf-8")
    until(lambda: one / "new.txt" in paths(library))
    listed = folders.list(library.entries())
    assert [(Path(each.path).name, each.documents, each.state) for each in listed] == [
        ("one", 3, "watched"),
        ("two", 1, "watched"),
    ]
    folders.take_off(str(one))
    (one / "newer.txt").write_text(EEL, encoding="utf-8")
    (two / "newer.txt").write_text(EEL, encoding="utf-8")
    until(lambda: two / "newer.txt" in paths(library))
    assert library.roots() == [str(two)]
    assert paths(library) == {two / "000.txt", two / "newer.txt"}
    assert find_traces(library.home, "Archibald") == []
    assert (one / "new.txt").exists()
    assert indexing.wait(60)
    assert verify(library) == []


def test_a_folder_that_is_taken_off_while_it_is_read_does_not_come_back(
    folders: Folders, indexing: Indexing, encoder: GatedEncoder, library: Library, tmp_path: Path
) -> None:
    one, two = write(tmp_path / "one", count=300), write(tmp_path / "two", count=1)
    folders.add(str(one))
    folders.add(str(two))
    assert {each.path for each in folders.list(())} == {str(one), str(two)}, "also one whose turn has not come"
    until(lambda: indexing.state.stage == "embedding")
    indexing.stop()
    encoder.go_on.set()
    assert indexing.wait(60)
    folders.take_off(str(one))
    assert indexing.state.stopped, "two is left"
    indexing.go_on()
    assert indexing.wait(60)
    assert paths(library) == {two / "000.txt"}
    assert library.roots() == [str(two)]
    folders.add(str(one))
    assert indexing.wait(60)
    assert library.counts().documents == 301
    assert verify(library) == []


def test_a_folder_that_is_gone_keeps_what_is_indexed_of_it_until_it_is_taken_off(
    folders: Folders, indexing: Indexing, encoder: GatedEncoder, library: Library, tmp_path: Path
) -> None:
    encoder.go_on.set()
    one = write(tmp_path / "one", count=2)
    folders.add(str(one))
    assert indexing.wait(60)
    one.rename(tmp_path / "elsewhere")
    [listed] = folders.list(library.entries())
    assert (listed.documents, listed.state) == (2, "gone")
    until(lambda: "is gone" in indexing.state.note)
    indexing.start([one])
    assert indexing.wait(60)
    assert library.counts().documents == 2
    folders.take_off(str(one))
    assert (library.counts().documents, library.roots(), indexing.state.error) == (0, [], "")
    with pytest.raises(SettingsError, match="not synced"):
        folders.take_off(str(one))


# --- on the page -----------------------------------------------------------------------------------------------------


@pytest.fixture
def running(tmp_path: Path, serve: Serve) -> Iterator[Served]:
    """A server over a library with a folder of its own, beside which there is another one."""
    first = write(tmp_path / "first", count=2)
    (tmp_path / NAMED).mkdir()
    (tmp_path / NAMED / "owl.txt").write_text(OWL, encoding="utf-8")
    with closing(open_assistant(tmp_path / "home")) as assistant:
        indexing = Indexing(assistant.library)
        with closing(Folders(indexing, watches=True)) as folders:
            folders.add(str(first))
            assert indexing.wait(600)
            with serve(assistant, indexing, first, folders=folders) as running:
                yield running
        assert indexing.end(60)


def open_settings(page: Page) -> Locator:
    """Open the settings; returns their part about folders."""
    if page.viewport_size == PHONE:
        page.locator("#unfold").click()
    page.get_by_role("button", name="Settings").click()
    return page.locator("#folders")


def close_settings(page: Page) -> None:
    page.locator("#settings").get_by_role("button", name="Close").click()
    if page.viewport_size == PHONE:
        page.keyboard.press("Escape")


class TestThePage:
    pytestmark = AROUND

    @pytest.mark.parametrize(("size", "scheme"), [(DESKTOP, "light"), (PHONE, "dark")], ids=["desktop", "phone"])
    def test_a_folder_is_added_asked_followed_and_taken_off(
        self, browser: Browser, running: Served, tmp_path: Path, size: ViewportSize, scheme: Any
    ) -> None:
        folder = tmp_path / NAMED
        with visit(browser, viewport=size, color_scheme=scheme) as page:
            page.goto(running.address)
            part = open_settings(page)
            expect(part.locator("li .about")).to_have_text(["2 documents · watched"])
            field = part.get_by_label("Add a folder")
            field.fill(str(tmp_path / "nowhere"))
            field.press("Enter")
            expect(part.locator(".trouble")).to_contain_text(
                f"There is no folder {tmp_path}/nowhere: check the spelling."
            )
            field.fill(str(folder))
            part.get_by_role("button", name="Add", exact=True).click()
            expect(part.locator("li .path")).to_have_text([str(folder), str(running.folder)])
            expect(part.locator("li .about").first).to_have_text("1 document · watched")
            expect(part.locator(".trouble")).to_have_text("")
            expect(field).to_have_value("")
            expect(part.locator(".at")).to_have_text("")
            close_settings(page)
            turn = ask(page, "What is the owl of the mill called?")
            expect(turn.locator(".answer")).to_contain_text("Archibald")
            turn.locator(".cite").first.click()
            expect(page.locator("#pane-text mark.cited").first).to_be_visible()
            assert quoted(page) == OWL
            page.keyboard.press("Escape")
            (folder / "eel.txt").write_text(EEL, encoding="utf-8")
            part = open_settings(page)
            expect(part.locator("li .about").first).to_have_text("2 documents · watched")
            close_settings(page)
            expect(ask(page, "What is the eel of the weir called?").locator(".answer")).to_contain_text("Leopold")
            part = open_settings(page)
            part.get_by_role("button", name=f"Take off {folder}").click()
            asking = part.locator(".asking").first
            expect(asking).to_contain_text("Take this folder off? 2 documents leave the library. Your files stay.")
            violations = Axe().run(page, {"include": [["#settings"]]}).response["violations"]
            assert [one["id"] for one in violations if one["impact"] != "minor"] == []
            assert page.locator("#settings").evaluate("e => e.scrollWidth <= e.clientWidth")
            asking.get_by_role("button", name="Keep").click()
            expect(part.get_by_role("button", name=f"Take off {folder}")).to_be_focused()
            part.get_by_role("button", name=f"Take off {folder}").click()
            asking.get_by_role("button", name="Take off").click()
            expect(part.locator("li .path")).to_have_text([str(running.folder)])
            expect(part.get_by_role("button", name="Take off")).to_be_focused()
            close_settings(page)
            turn = ask(page, "What is the owl of the mill called?")
            expect(turn).not_to_contain_text("Archibald")
        assert (folder / "owl.txt").exists()
        assert verify(running.assistant.library) == []

    def test_where_a_token_is_asked_for_folders_are_shown_and_neither_added_nor_taken_off(
        self, browser: Browser, running: Served, serve: Serve, tmp_path: Path
    ) -> None:
        library = running.assistant.library
        with serve(running.assistant, running.indexing, running.folder, token="let-me-in") as shared:
            path = f"{shared.address}folders"
            with browser.new_context(extra_http_headers={"authorization": "Bearer let-me-in"}) as context:
                assert context.request.get(path).json()["locked"] is True
                for way, folder in (("add", tmp_path / NAMED), ("off", running.folder)):
                    answer = context.request.post(f"{path}/{way}", data={"path": str(folder)})
                    assert (answer.status, "where Pincite was started" in answer.text()) == (403, True)
                page = context.new_page()
                page.goto(shared.address)
                part = open_settings(page)
                expect(part.locator(".elsewhere")).to_be_visible()
                expect(part.get_by_role("button")).to_have_count(0)
                expect(part.get_by_role("textbox")).to_have_count(0)
        assert library.roots() == [str(running.folder)]

    @pytest.mark.parametrize("body", [{}, {"path": 7}, {"path": None}, {"path": ["/"]}, {"path": "/" + "a" * 4096}])
    def test_what_names_no_folder_does_not_come_in(
        self, browser: Browser, running: Served, body: dict[str, Any]
    ) -> None:
        with browser.new_context() as context:
            for way in ("add", "off"):
                assert context.request.post(f"{running.address}folders/{way}", data=body).status == 400
            large = context.request.post(f"{running.address}folders/add", data={"path": "/", "more": "a" * 40_000})
            assert large.status == 413
            assert context.request.post(f"{running.address}folders/off", data={"path": "/"}).json()["trouble"]
        assert running.assistant.library.roots() == [str(running.folder)]
