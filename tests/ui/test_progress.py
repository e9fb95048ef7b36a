"""The progress of the indexing, file by file: what is in work, skipped, retried, with a thousand files, on the page."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from browsing import AROUND, PHONE, ask, visit
from playwright.sync_api import Browser, Page, expect
from shelving import drop

from index import Conversations, Counts, Entry, InWork
from index.errors import ReadingStoppedError
from index.isolation.pool import FileRead, ReadingPlace, ReadingPool, WantedFile
from ui.web.parts.library import activity
from ui.web.state.indexing import IndexingState
from ui.web.state.shelf import Added

if TYPE_CHECKING:
    from conftest import GatedEncoder, Serve, Served

NONE = Counts(0, 0, 0, 0, 0)
READ = ReadingPool._read


class Gate:
    """Holds the reading of files until it is opened, but of those that are let through."""

    def __init__(self) -> None:
        self.open = threading.Event()
        self.free: set[str] = set()

    def read(self, pool: ReadingPool, wanted: WantedFile, place: ReadingPlace) -> FileRead:
        place.page, place.pages = 3, 40
        if wanted.name not in self.free:
            while not self.open.wait(0.05):
                if place.given_up:
                    raise ReadingStoppedError
        return READ(pool, wanted, place)


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch, encoder: GatedEncoder) -> Iterator[Gate]:
    encoder.go_on.set()
    gate = Gate()
    monkeypatch.setattr(ReadingPool, "_read", lambda *given: gate.read(*given))
    yield gate
    gate.open.set()


def words(html: str) -> list[str]:
    """Return what stands between the tags."""
    return [text for text in re.findall(r">([^<]+)<", html.replace("\u00a0", " ")) if text.strip()]


def test_each_file_in_work_and_the_next_have_a_row_and_the_rest_is_counted() -> None:
    state = IndexingState(
        running=True,
        done=3,
        total=1000,
        in_work=(InWork("/a/annual.pdf", 12, 300), InWork("/a/<b>.txt"), InWork("/a/mails.mbox", 7, 90)),
        upcoming=("/a/one.txt", "/a/two.txt", "/a/three.txt"),
        skipped=frozenset(["/a/two.txt"]),
    )
    html = activity(NONE, state)
    said = words(html)
    assert said[said.index("annual.pdf") :] == [
        *["annual.pdf", "page 12 of 300", "×", "&lt;b&gt;.txt", "Being read", "×", "mails.mbox", "mail 7 of 90", "×"],
        *["one.txt", "Waiting", "×", "three.txt", "Waiting", "×", "and 991 more wait"],
    ]
    assert html.count("data-skip=") == 5


def test_of_a_thousand_added_files_those_show_that_something_is_to_be_known_of() -> None:
    def added(number: int, state: str) -> Added:
        path = Path(f"/up/{number:04}.txt")
        entry = Entry("d", str(path), "", "text/plain", 1, 9, 1, "", state, "it is broken")  # type: ignore[arg-type]
        return Added(path, None if state == "waiting" else entry)

    states = ["indexed"] * 500 + ["rejected"] * 30 + ["waiting"] * 470
    files = [added(number, state) for number, state in enumerate(states)][::-1]
    state = IndexingState(running=True, done=530, total=1000, in_work=(InWork("/up/0530.txt"),))
    html = activity(NONE, state, added=files)
    said = words(html)
    assert said[said.index("Added") :][:4] == ["Added", "530 of 1,000 files", "Hide", "0530.txt"]
    shown = re.findall(r">(\d{4}\.txt)<", html)
    assert shown[0] == "0530.txt", "what is in work"
    assert shown[1:11] == [f"{number:04}.txt" for number in range(529, 519, -1)], "what failed, the last first"
    assert shown[11:14] == ["0531.txt", "0532.txt", "0533.txt"], "what comes next"
    assert shown[14:] == [f"{number:04}.txt" for number in range(499, 493, -1)], "what is done, the last first"
    assert "and 980 more" in said


def rows(page: Page) -> list[str]:
    return page.locator("#activity .files li").all_inner_texts()


@pytest.fixture
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    with visit(browser, **getattr(request, "param", {})) as page:
        yield page


@pytest.fixture
def talkative(serve: Serve, working: Served, kept: Conversations) -> Iterator[Served]:
    """A server as `working`, with twelve conversations."""
    for number in range(12):
        kept.begin(f"What is number {number}?")
    with serve(working.assistant, working.indexing, working.folder, kept) as running:
        yield running


class TestOnThePage:
    """In the browser."""

    pytestmark = AROUND

    @pytest.mark.parametrize("page", [{}, {"viewport": PHONE, "has_touch": True, "is_mobile": True}], indirect=True)
    def test_what_is_read_and_what_was_added_is_in_sight_above_the_conversations(
        self, page: Page, talkative: Served, gate: Gate
    ) -> None:
        gate.free.add("bad.pdf")
        page.goto(talkative.address)
        expect(page.locator("#talks .title")).to_have_count(12)
        drop(page, ("bad.pdf", "no PDF"))  # which unfolds the library
        failed = page.locator("#activity .added li").filter(has_text="Not added")
        expect(failed).to_be_attached()
        drop(page, ("owl.txt", "The owl is called Archibald."))
        for shown in (".progress .stage", ".progress progress", ".added .stage"):
            expect(page.locator(f"#activity {shown}")).to_be_in_viewport(ratio=1)
        expect(failed).to_be_in_viewport(ratio=1)
        foot, row = page.locator("#foot").bounding_box(), failed.bounding_box()
        assert foot
        assert row
        assert row["y"] + row["height"] <= foot["y"]
        gate.open.set()
        expect(page.locator("#activity .progress")).to_have_count(0)

    @pytest.mark.parametrize("stage", ["Waiting", "page 3 of 40"])
    def test_a_file_that_waits_or_is_read_is_skipped_and_read_when_it_is_tried_again(
        self, page: Page, working: Served, gate: Gate, stage: str
    ) -> None:
        page.goto(working.address)
        working.indexing.start([working.folder])
        library = page.locator("#library")
        expect(library.locator(".files li").first).to_contain_text("page 3 of 40")
        expect(library.locator(".files li").filter(has_text="Waiting")).to_have_count(3)
        waiting = library.locator(".files li").filter(has_text=stage).first
        name = waiting.locator(".title").inner_text()
        waiting.get_by_role("button", name=f"Skip {name}").click()
        expect(library.locator(".files li").filter(has_text=name)).to_have_count(0)
        gate.open.set()
        expect(library.locator(".counts")).to_contain_text("319\u00a0documents")
        library.locator("#overview").get_by_role("button", name="1 file could not be read").click()
        rejected = page.locator("#rejected li")
        expect(rejected).to_contain_text("It was skipped")
        rejected.get_by_role("button", name="Try again").click()
        expect(library.locator(".counts")).to_contain_text("320\u00a0documents")
        expect(page.locator("#rejected")).to_have_count(0)

    def test_all_that_could_not_be_read_are_tried_again_at_once(
        self, page: Page, working: Served, encoder: GatedEncoder
    ) -> None:
        encoder.go_on.set()
        for file in sorted(working.folder.iterdir())[2:]:
            file.unlink()
        for name in ("a.pdf", "b.pdf"):
            (working.folder / name).write_bytes(b"no PDF")
        working.indexing.start([working.folder])
        assert working.indexing.wait(60)
        page.goto(working.address)
        page.get_by_role("button", name="2 files could not be read").click()
        for name in ("a.pdf", "b.pdf"):
            (working.folder / name).write_bytes((working.folder / "000.txt").read_bytes())
        (working.folder / "a.pdf").rename(working.folder / "a.txt")
        page.get_by_role("button", name="Try all again").click()
        expect(page.locator("#overview .failed")).to_contain_text("1 document can't be read again: the file is gone.")

    @pytest.mark.parametrize(("page", "count"), [({}, 1000), ({"viewport": PHONE}, 330)], indirect=["page"])
    def test_a_folder_of_many_files_is_read_while_questions_are_asked(
        self, page: Page, working: Served, gate: Gate, count: int
    ) -> None:
        for number in range(320, count):
            (working.folder / f"{number:03}.txt").write_text(f"Volume {number}\n\nDocument {number} says this.")
        (working.folder / "bad.pdf").write_bytes(b"no PDF")
        (working.folder / "000.txt").write_text("The owl of the mill is called Archibald.")
        gate.free |= {"000.txt", "bad.pdf"}
        page.goto(working.address)
        working.indexing.start([working.folder])
        if page.viewport_size == PHONE:
            page.locator("#unfold").click()
        library = page.locator("#library")
        expect(library.locator(".files")).to_contain_text(re.compile(r"and \d+ more wait"))
        assert len(rows(page)) <= 8 + 3 + 1
        expect(library.locator(".counts")).to_contain_text("1\u00a0document")
        while not working.assistant.library.counts().embedded:  # its passage is embedded a moment later
            page.wait_for_timeout(50)
        if page.viewport_size == PHONE:
            page.locator("#library [data-fold]").click()
        expect(ask(page, "What is the owl of the mill called?").locator(".answer")).to_contain_text("Archibald")
        if page.viewport_size == PHONE:
            page.locator("#unfold").click()
        library.get_by_role("button", name="Stop indexing").click()
        while not working.indexing.state.stopping:
            page.wait_for_timeout(50)
        gate.open.set()
        expect(library.locator(".note")).to_contain_text(re.compile(f"Stopped: [0-9,]+ of {count + 1:,} files read"))
        expect(library.locator(".files")).to_have_count(0)
        library.get_by_role("button", name="Go on").click()
        expect(library.locator(".counts")).to_contain_text(f"{count:,}\u00a0documents")
        expect(library.locator(".progress")).to_have_count(0)
        library.locator("#overview").get_by_role("button", name="1 file could not be read").click()
        expect(page.locator("#rejected li")).to_have_count(1)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
