"""The table of documents: what is found and in which order, what its routes take, and what can be clicked in it."""

from __future__ import annotations

import http.client
import json
import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

import pytest
from browsing import AROUND, CONTRAST, DESKTOP, PHONE, visit
from playwright.sync_api import Browser, Page, expect
from samples import zipped

from index import Entry
from index.library import Library
from index.store.verify import find_traces, verify
from rag import Assistant
from ui.web.state import shelf
from ui.web.state.documents import Wanted, find, same_as
from ui.web.state.indexing import Indexing

if TYPE_CHECKING:
    from conftest import GatedEncoder, Serve, Served


def an_entry(path: str, title: str = "", *, doc_id: str = "id", pages: int = 0, added: float = 0.0) -> Entry:
    return Entry(doc_id, path, title, "text/plain", pages, 9, 1, "", "indexed" if doc_id else "rejected", "", added)


ENTRIES = [
    an_entry("/docs/b.txt", "Beta", doc_id="1", pages=3, added=5.0),
    an_entry("/docs/in/a.txt", "alpha", doc_id="2", pages=1, added=7.0),
    an_entry("/docs/in/deep/c.txt", "Gamma", doc_id="1", added=6.0),
    an_entry("/docs/in/bad.pdf", doc_id=""),
    an_entry("/docsier/d.txt", "Delta", doc_id="3"),
]


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        (Wanted(), ["alpha", "", "Beta", "Delta", "Gamma"]),
        (Wanted(falling=True), ["Gamma", "Delta", "Beta", "", "alpha"]),
        (Wanted(sort="added", falling=True), ["alpha", "Gamma", "Beta", "", "Delta"]),
        (Wanted(sort="state"), ["", "alpha", "Beta", "Delta", "Gamma"]),
        (Wanted(sort="pages", first=3, count=1), ["alpha"]),
        (Wanted(words="DEEP gam"), ["Gamma"]),
        (Wanted(folder="/docs/in"), ["alpha", "", "Gamma"]),
    ],
)
def test_a_table_has_what_fits_in_the_order_that_is_wanted(wanted: Wanted, names: list[str]) -> None:
    assert [entry.title for entry in find(ENTRIES, wanted).entries] == names


def test_a_tree_shows_what_is_in_a_folder_itself_and_the_folders_beside_it() -> None:
    roots = ["/docs"]
    outermost = find(ENTRIES, Wanted(), roots=roots)
    assert [(one.path, one.documents) for one in outermost.folders] == [("/docs", 4)]
    assert [entry.title for entry in outermost.entries] == ["Delta"], "which is below no root"
    inner = find(ENTRIES, Wanted(folder="/docs/in"), roots=roots)
    assert ([one.name for one in inner.folders], inner.found) == (["deep"], 2)
    assert [one.path for one in inner.above] == ["/docs", "/docs/in"]
    searched = find(ENTRIES, Wanted(folder="/docs/in", words="gamma"), roots=roots)
    assert ([entry.title for entry in searched.entries], searched.folders) == (["Gamma"], ())


def test_what_is_there_twice_is_named_by_the_file_of_the_other() -> None:
    assert same_as(ENTRIES) == {"/docs/b.txt": "c.txt", "/docs/in/deep/c.txt": "b.txt"}


@pytest.fixture
def running(
    serve: Serve, library: Library, indexing: Indexing, encoder: GatedEncoder, tmp_path: Path
) -> Iterator[Served]:
    """A server over a folder of 130 documents, an archive, and what can't be read."""
    encoder.go_on.set()
    folder = tmp_path / "documents"
    (folder / "old").mkdir(parents=True)
    for number in range(130):
        (folder / f"{number:03}.txt").write_text(f"Volume {number}\n\nVolume {number} says this.", encoding="utf-8")
    (folder / "old" / "<img src=x onerror=alert(1)>.txt").write_text("The owl is called Archibald.", encoding="utf-8")
    (folder / "old" / "all.zip").write_bytes(zipped({"one.txt": "The eel is called Leopold.", "two.txt": "Two."}))
    (folder / "old" / "bad.pdf").write_bytes(b"no PDF")
    indexing.start([folder])
    assert indexing.wait(120)
    with serve(Assistant(library), indexing, folder) as running:
        yield running


def get(served: Served, **query: Any) -> dict[str, Any]:
    return request(served, "GET", f"/documents?{urlencode(query)}")


def post(served: Served, way: str, **body: Any) -> dict[str, Any]:
    return request(served, "POST", f"/documents/{way}", body)


def request(served: Served, method: str, path: str, body: object = None, *, status: int = 200) -> dict[str, Any]:
    with closing(http.client.HTTPConnection(urlsplit(served.address).netloc, timeout=60)) as connection:
        data = None if body is None else json.dumps(body)
        connection.request(method, path, data, {"Content-Type": "application/json"} if data else {})
        response = connection.getresponse()
        text = response.read().decode()
        assert response.status == status, text
        return json.loads(text) if status == 200 else {"said": text}


def test_the_routes_page_through_the_table_remove_and_take_back(running: Served, library: Library) -> None:
    assert (get(running)["found"], len(get(running)["rows"])) == (135, 100)
    assert len(get(running, first=100)["rows"]) == 35
    [row] = get(running, words="onerror")["rows"]
    assert (row["copy"], row["state"], row["where"].endswith("documents/old")) == (False, "Ready", True)
    assert [one["name"] for one in get(running, tree=1, folder=str(running.folder))["folders"]] == ["old"]
    outermost = get(running, tree=1)
    assert (outermost["said"], outermost["folders"][0]["count"]) == ("135 files", "135 files")
    paths = [row["path"], str(running.folder / "old" / "all.zip" / "one.txt"), "/etc/passwd", "", "/"]
    answer = post(running, "remove", paths=paths)
    assert (answer["trouble"], answer["undoable"][0]["said"]) == ("", "2 documents were removed.")
    assert get(running)["found"] == 133
    assert {"one.txt", Path(row["path"]).name}.isdisjoint(Path(entry.path).name for entry in library.entries())
    assert post(running, "back", key=answer["undoable"][0]["key"]) == {"trouble": "", "undoable": []}
    assert running.indexing.wait(60)
    assert get(running)["found"] == 135
    assert library.document(row["open"]).path == row["path"]
    assert "any more" in post(running, "back", key=answer["undoable"][0]["key"])["trouble"]
    assert verify(library) == []


def test_what_was_added_comes_back_with_its_copy_until_the_time_for_it_is_over(
    running: Served, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    with library.upload("swan.txt", size=30) as upload:
        upload.write(b"The swan is called Ottoline.")
        place = upload.keep()
    running.indexing.add(place)
    assert running.indexing.wait(60)
    [row] = get(running, words="swan")["rows"]
    assert (row["copy"], row["where"]) == (True, "Copy in Pincite")
    [removal] = post(running, "remove", paths=[str(place)])["undoable"]
    assert not place.exists()
    post(running, "back", key=removal["key"])
    assert place.read_bytes() == b"The swan is called Ottoline."
    assert running.indexing.wait(60)
    monkeypatch.setattr(shelf, "UNDO_SECONDS", 0.0)
    post(running, "remove", paths=[str(place)])
    while get(running)["undoable"] or list(library.temporary.glob("removed-*")):
        pass
    assert find_traces(library.home, "Ottoline") == []


def test_what_is_read_again_is_read_and_what_is_gone_stays_and_is_told(running: Served, library: Library) -> None:
    (running.folder / "001.txt").unlink()
    paths = [str(running.folder / "000.txt"), str(running.folder / "001.txt"), "/etc/passwd"]
    before = library.sequence()
    assert post(running, "again", paths=paths)["trouble"] == "1 document can't be read again: the file is gone."
    assert running.indexing.wait(60)
    assert library.sequence() > before
    assert get(running)["found"] == 135


def test_what_no_table_asks_for_is_denied(running: Served) -> None:
    denied: list[tuple[str, str, object]] = [
        ("GET", "/documents?sort=path", None),
        ("GET", "/documents?first=-1", None),
        ("POST", "/documents/remove", {"paths": "all"}),
        ("POST", "/documents/remove", {"paths": [1]}),
        ("POST", "/documents/back", {}),
    ]
    for method, path, body in denied:
        request(running, method, path, body, status=400)


@pytest.fixture
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page in which nothing may fail."""
    with visit(browser, **getattr(request, "param", {})) as page:
        yield page


# The bar stands above the question box, and near it.
GAP = """() => {
  const [bar, box] = ["#taking-back", "#composer"].map((one) => document.querySelector(one).getBoundingClientRect());
  return 0 <= box.top - bar.bottom && box.top - bar.bottom < 40;
}"""


def opened(page: Page, served: Served) -> Page:
    page.goto(served.address)
    expect(page.locator("#listing .documents li").first).to_be_attached(timeout=60_000)
    page.evaluate("document.querySelector('[data-documents=open]').click()")
    expect(page.locator("#documents tbody tr").nth(99)).to_be_attached(timeout=60_000)
    return page


class TestInABrowser:
    """What can be clicked in the table."""

    pytestmark = AROUND

    def test_documents_are_found_sorted_opened_removed_and_taken_back(self, page: Page, running: Served) -> None:
        opened(page, running)
        rows = page.locator("#documents tbody tr")
        page.locator("#documents .rows").evaluate("rows => rows.scrollTo(0, rows.scrollHeight)")
        expect(rows).to_have_count(135)
        page.get_by_role("columnheader", name="Title").get_by_role("button").click()
        expect(rows.first).to_contain_text("two.txt")
        expect(page.get_by_role("columnheader", name="Title")).to_have_attribute("aria-sort", "descending")
        page.get_by_label("Search documents").fill("onerror")
        expect(rows).to_have_count(1)
        rows.locator("button.name").click()
        expect(page.locator("#pane-text")).to_contain_text("Archibald")
        rows.get_by_role("checkbox").check()
        page.get_by_role("button", name="Remove", exact=True).click()
        expect(page.locator("#source")).to_be_hidden()
        expect(rows).to_have_count(0)
        undo = page.get_by_role("button", name="Undo")
        expect(undo).to_be_focused()
        page.reload()
        expect(undo).to_be_visible()
        for size in (DESKTOP, PHONE):
            page.set_viewport_size(size)
            for lines in (1, 8):
                page.locator("#box textarea").fill("\n".join("A line" for _ in range(lines)))
                page.wait_for_function(GAP)
        page.locator("#unfold").click()
        expect(undo).to_be_in_viewport()
        page.locator("#library [data-fold]").click()
        page.set_viewport_size(DESKTOP)
        undo.click()
        page.locator("[data-documents=open]").click()
        page.get_by_label("Search documents").fill("onerror")
        expect(rows).to_have_count(1, timeout=60_000)
        expect(page.locator("#taking-back")).to_be_hidden()
        assert page.evaluate("window.hacked") is None

    @pytest.mark.slow
    def test_all_are_selected_at_once_and_escape_leads_back(self, page: Page, running: Served) -> None:
        opened(page, running)
        page.get_by_label("Select all").check()
        expect(page.locator("#documents .selected .count")).to_have_text("135 selected")
        page.get_by_role("button", name="Select none").click()
        expect(page.locator("#documents .selected")).to_be_hidden()
        page.get_by_role("button", name="Folders").click()
        page.locator("#documents button.folder").click()
        expect(page.locator("#documents .above")).to_be_visible()  # the folder's own rows are there by now
        expect(page.locator("#documents .above")).to_contain_text("All folders")
        page.locator("#documents button.folder").click()
        expect(page.locator("#documents .said")).to_have_text("3 of 135 files")
        page.keyboard.press("Escape")
        expect(page.locator("#documents")).to_be_hidden()
        expect(page.locator("[data-documents=open]")).to_be_focused()

    def test_back_closes_them_and_leaves_the_source_that_was_open_before(self, page: Page, running: Served) -> None:
        opened(page, running)
        page.keyboard.press("Escape")
        page.locator("#listing li [data-open]").first.click()
        expect(page.locator("#source .paper")).to_be_visible()
        page.locator("[data-documents=open]").click()
        expect(page.locator("#documents tbody tr").first).to_be_visible()
        page.go_back()
        expect(page.locator("#documents")).to_be_hidden()
        expect(page.locator("#source .paper")).to_be_visible()
        page.go_back()
        expect(page.locator("#source .paper")).to_be_hidden()

    @pytest.mark.parametrize(
        "page",
        [{"color_scheme": "dark"}, {"viewport": PHONE, "has_touch": True, "is_mobile": True}],
        ids=["dark", "phone"],
        indirect=True,
    )
    @pytest.mark.slow
    def test_everything_can_be_read_and_back_is_one_step(self, page: Page, running: Served) -> None:
        opened(page, running)
        page.locator("#documents tbody input").first.check()
        assert page.evaluate(CONTRAST.replace('"#shell"', '"#documents"')) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.locator("#documents button.name").first.click()
        expect(page.locator("#source .paper")).to_be_visible()
        page.go_back()
        expect(page.locator("#source")).to_be_hidden()
        expect(page.locator("#documents")).to_be_visible()
        page.go_back()
        expect(page.locator("#documents")).to_be_hidden()
        assert re.match(running.address, page.url)
