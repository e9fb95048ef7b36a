"""The library on the page: documents are added by button and by drop, and removed, while people ask."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from browsing import AROUND, CONTRAST, PHONE, ask, quoted, visit
from playwright.sync_api import Browser, Page, expect
from samples import zipped

from index.errors import HomeError
from index.library import Library
from index.store.verify import verify
from rag import open_assistant
from ui.web.state.indexing import Indexing

if TYPE_CHECKING:
    from conftest import GatedEncoder, Served

    Serve = Callable[..., AbstractContextManager[Served]]

pytestmark = AROUND

HARBOUR = "The harbour\n\nThe lighthouse of the harbour is kept by Marta Quill, who came there in 1987.\n"
OWL = "The owl of the mill\n\nThe owl of the mill is called Archibald, and it hunts near the weir.\n"
QUESTION = "What is the owl of the mill called?"
DROP = """([place, files]) => {
  const dataTransfer = new DataTransfer();
  for (const [name, text] of files) dataTransfer.items.add(new File([text], name));
  const target = document.querySelector(place);
  return ["dragenter", "dragover", "drop"].map((kind) => {
    const event = new DragEvent(kind, { dataTransfer, bubbles: true, cancelable: true });
    return target.dispatchEvent(event);
  });
}"""


@pytest.fixture
def shelf(serve: Serve, tmp_path: Path) -> Iterator[Served]:
    """A server over a library of one document, with a home of its own."""
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "harbour.txt").write_text(HARBOUR, encoding="utf-8")
    with started(serve, tmp_path / "home", folder) as running:
        yield running


def send_slowly(page: Page) -> None:
    """Let what the page sends take a while."""
    conditions = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 200_000}
    page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", conditions)


def started(serve: Serve, home: Path, folder: Path) -> AbstractContextManager[Served]:
    """Start as `pincite FOLDER` does."""
    assistant = open_assistant(home)
    indexing = Indexing(assistant.library)
    added = [assistant.library.uploads] if assistant.library.uploads.is_dir() else []
    indexing.start([folder, *added])
    assert indexing.wait(600)
    return Closing(assistant.close, serve(assistant, indexing, folder))


class Closing(AbstractContextManager["Served"]):
    """A server that closes what it is over when it ends."""

    def __init__(self, close: Callable[[], None], serving: AbstractContextManager[Served]) -> None:
        self._close, self._serving = close, serving

    def __enter__(self) -> Served:
        return self._serving.__enter__()

    def __exit__(self, *error: object) -> None:
        self._serving.__exit__(*error)  # type: ignore[arg-type]
        self._close()


@pytest.fixture
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page in which nothing may fail, and from which none opens."""
    options = getattr(request, "param", {})
    with visit(browser, **options) as page:
        before = page.context.pages
        yield page
        assert page.context.pages == before


def shown(page: Page, served: Served, *, documents: int = 1) -> Page:
    page.goto(served.address)
    expect(page.locator("#library .documents li")).to_have_count(documents)
    return page


def drop(page: Page, *files: tuple[str, str], on: str = "#talk") -> list[bool]:
    """Drop files; return whether the browser would still do with each event what it does by itself."""
    found = page.evaluate(DROP, [on, [list(file) for file in files]])
    assert isinstance(found, list)
    return found


def added(page: Page, name: str) -> re.Pattern[str]:
    """Wait until it is said of a file what became of it."""
    item = page.locator("#overview .added li").filter(has_text=name).first  # another may be said to be the same as it
    expect(item.locator(".about").first).to_have_text(re.compile(r"passage|Not added"))
    return re.compile(item.inner_text())


def titles(page: Page) -> list[str]:
    return page.locator("#library .documents .title").all_text_contents()


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
    item = page.locator("#overview .added li").filter(has_text=re.compile(r"^\s*again\.txt"))
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
    expect(page.locator("#overview .added li").filter(has_text="owl.pdf")).to_contain_text("Not added: it is named")
    page.locator("#sending").get_by_role("button", name="Hide").click()
    expect(page.locator("#sending")).to_be_hidden()
    page.locator("#overview .added li").filter(has_text="owl.pdf").locator(".remover").click()
    page.locator("#removal-of [data-sure=yes]").click()
    expect(page.locator("#overview .added li")).to_have_count(1)
    expect(page.locator("#overview .rejects")).to_have_count(0)
    page.get_by_role("button", name="Hide what was added").click()
    expect(page.locator("#overview .added")).to_have_count(0)


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


@pytest.mark.slow
def test_sending_can_be_cancelled_and_nothing_is_left(page: Page, shelf: Served) -> None:
    shown(page, shelf)
    send_slowly(page)
    drop(page, ("long.txt", "x" * 20_000_000), ("owl.txt", OWL))
    expect(page.locator("#sending .stage")).to_have_text(re.compile("Adding . of 2"))
    page.locator("#sending").get_by_role("button", name="Cancel", exact=True).click()
    expect(page.locator("#sending")).to_be_hidden()
    left = shelf.assistant.library.temporary
    while list(left.glob("upload-*")):
        page.wait_for_timeout(50)


@pytest.mark.slow
def test_sending_is_paused_and_goes_on(page: Page, shelf: Served) -> None:
    shown(page, shelf)
    send_slowly(page)
    drop(page, *[(f"long {number}.txt", "x" * 20_000_000) for number in range(2)], ("owl.txt", OWL))
    sending = page.locator("#sending")
    sending.get_by_role("button", name="Pause").click()
    expect(sending.locator(".stage")).to_have_text("Paused")
    expect(sending.locator("> .about")).to_have_text("0 of 3 added")
    expect(sending.locator(".files li .about")).to_have_text(["Waiting"] * 3)
    while list(shelf.assistant.library.temporary.glob("upload-*")):
        page.wait_for_timeout(50)
    for number in range(2):
        sending.get_by_role("button", name=f"Don't add long {number}.txt").click()
    assert not list(shelf.assistant.library.uploads.glob("*"))
    sending.get_by_role("button", name="Go on").click()
    added(page, "owl.txt")
    expect(sending).to_be_hidden()


@pytest.mark.slow
def test_each_file_that_is_sent_has_a_row_and_can_be_left_out(page: Page, shelf: Served) -> None:
    shown(page, shelf)
    send_slowly(page)
    drop(page, *[(f"long {number}.txt", "x" * 20_000_000) for number in range(2)], ("owl.txt", OWL), ("eel.txt", OWL))
    sending = page.locator("#sending")
    expect(sending.locator(".files li")).to_have_count(4)
    expect(sending.locator("> .about")).to_have_text(re.compile(r"^40.MB · 0\.\d.MB/s · about.\d+.\w+.left$"))
    for name in ("eel.txt", "long 0.txt", "long 1.txt"):
        sending.get_by_role("button", name=f"Don't add {name}").click()
    added(page, "owl.txt")
    expect(sending).to_be_hidden()
    assert [path.name for path in shelf.assistant.library.uploads.iterdir()] == ["owl.txt"]


@pytest.mark.slow
@pytest.mark.parametrize(
    "page", [{"expected": ["console: Failed to load resource: net::ERR_FAILED"] * 2}], indirect=True
)
def test_what_was_not_sent_for_a_lost_connection_is_tried_again(page: Page, shelf: Served) -> None:
    shown(page, shelf)
    page.route("**/upload?*", lambda route: route.abort())
    drop(page, ("owl.txt", OWL), ("eel.txt", "The eel of the pond is called Leopold."))
    failures = page.locator("#sending .unsent")
    expect(failures).to_have_count(2)
    expect(failures.first).to_contain_text("The connection to Pincite was lost")
    page.unroute("**/upload?*")
    failures.filter(has_text="owl.txt").get_by_role("button", name="Try again").click()
    added(page, "owl.txt")
    expect(failures).to_have_count(1)
    failures.get_by_role("button", name="Try again").click()
    added(page, "eel.txt")
    expect(page.locator("#sending")).to_be_hidden()


@pytest.mark.slow
def test_many_files_that_are_dropped_are_added_in_bounded_rows(page: Page, shelf: Served) -> None:
    shown(page, shelf)
    drop(page, *[(f"{number:04}.txt", f"Document {number} says this.") for number in range(149)], ("bad.pdf", "no PDF"))
    expect(page.locator("#sending .files li")).to_have_count(6)
    expect(page.locator("#sending")).to_be_hidden()
    listed = page.locator("#overview .added")
    expect(listed.locator("li")).to_have_count(20)
    expect(listed).to_contain_text("and 130 more")
    expect(page.locator("#library .counts")).to_contain_text("150\u00a0documents")
    expect(listed.locator("li").first).to_contain_text("Not added: it is named .pdf but is no PDF")
    expect(page.locator("#overview .progress")).to_have_count(0)
