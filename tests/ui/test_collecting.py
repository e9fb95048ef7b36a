"""Collections on the page: what their routes take, what is asked of them, and what can be clicked."""

from __future__ import annotations

import http.client
import json
import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from browsing import AROUND, visit
from playwright.sync_api import Browser, Page, expect

from index.library import Library
from rag import Assistant
from ui.web.state.exchange import Pick
from ui.web.state.indexing import Indexing
from ui.web.state.scopes import NO_COLLECTION, offered_collections, offers, read_scope

if TYPE_CHECKING:
    from conftest import GatedEncoder, Serve, Served


@pytest.fixture
def running(
    serve: Serve, library: Library, indexing: Indexing, encoder: GatedEncoder, tmp_path: Path
) -> Iterator[Served]:
    encoder.go_on.set()
    folder = tmp_path / "documents"
    folder.mkdir()
    for name in ("cat", "dog", "owl"):
        (folder / f"{name}.txt").write_text(f"The {name} is called {name.title()}o.", encoding="utf-8")
    indexing.start([folder])
    assert indexing.wait(120)
    with serve(Assistant(library), indexing, folder) as running:
        yield running


def post(served: Served, way: str, body: object, *, status: int = 200) -> dict[str, Any]:
    with closing(http.client.HTTPConnection(urlsplit(served.address).netloc, timeout=60)) as connection:
        connection.request("POST", f"/collections/{way}", json.dumps(body), {"Content-Type": "application/json"})
        response = connection.getresponse()
        text = response.read().decode()
        assert response.status == status, text
        return json.loads(text) if status == 200 else {}


def test_the_routes_make_fill_rename_and_delete(running: Served, library: Library) -> None:
    paths = [str(running.folder / "cat.txt"), "/etc/passwd"]
    made = post(running, "make", {"name": "  <b>Pets</b>\u202e ", "paths": paths})
    assert made["trouble"] == ""
    [one] = library.collections()
    assert (one.name, one.paths) == ("<b>Pets</b>", (paths[0],))
    assert "already" in post(running, "make", {"name": "<B>pets</b>", "paths": []})["trouble"]
    assert "needs a name" in post(running, "rename", {"id": made["id"], "name": " "})["trouble"]
    assert post(running, "rename", {"id": made["id"], "name": "Pets"})["trouble"] == ""
    post(running, "put", {"id": made["id"], "paths": [str(running.folder / "dog.txt")]})
    post(running, "out", {"id": made["id"], "paths": paths})
    assert [(one.name, len(one.paths)) for one in library.collections()] == [("Pets", 1)]
    post(running, "delete", {"id": made["id"]})
    assert library.collections() == []


def test_the_routes_move_documents_to_another_collection(running: Served, library: Library) -> None:
    cat, dog = (str(running.folder / f"{name}.txt") for name in ("cat", "dog"))
    pets, others = library.make_collection("Pets"), library.make_collection("Others")
    library.collect(pets, [cat, dog])
    library.collect(others, [dog])
    post(running, "move", {"id": pets, "to": others, "paths": [cat, dog]})
    assert {one.name: one.paths for one in library.collections()} == {"Others": (cat, dog), "Pets": ()}


def test_the_routes_give_a_collection_another_place_within_the_list(running: Served, library: Library) -> None:
    ids = {name: library.make_collection(name) for name in "abc"}
    orders = []
    for name, by in (("c", "-1"), ("c", "-1"), ("c", "-1"), ("a", "1"), ("a", "1")):
        assert post(running, "shift", {"id": ids[name], "by": by})["trouble"] == ""
        orders.append("".join(one.name for one in library.collections()))
    assert orders == ["acb", "cab", "cab", "cba", "cba"]
    post(running, "shift", {"id": "none", "by": "1"})
    assert [one.name for one in library.collections()] == ["c", "b", "a"]
    assert [offer.name for offer in offered_collections(library.collections())] == ["c", "b", "a"]


@pytest.mark.parametrize(
    ("way", "body"),
    [
        ("make", {"name": "Pets"}),
        ("put", {"id": 1, "paths": []}),
        ("out", {"id": "x", "paths": [1]}),
        ("delete", {}),
        ("move", {"id": "x", "paths": []}),
        ("shift", {"id": "x", "by": 1}),
    ],
)
def test_what_names_no_collection_is_denied(running: Served, way: str, body: object) -> None:
    post(running, way, body, status=400)


def test_a_collection_is_asked_and_one_that_is_empty_or_gone_is_not_all(running: Served, library: Library) -> None:
    pets = library.make_collection("Pets")
    [offer] = offers(offered_collections(library.collections()), "pet")
    assert (offer.key, offer.name) == (f"collection:{pets}", "Pets")
    assert read_scope(library, json.dumps([offer.key])).documents == (pets,)
    library.collect(pets, [str(running.folder / "cat.txt")])
    [cat] = [entry.doc_id for entry in library.entries() if entry.path.endswith("cat.txt")]
    scope = read_scope(library, json.dumps([offer.key]))
    assert (scope.label, scope.documents, scope.picks) == ("Pets", (pets, cat), (Pick(offer.key, "Pets"),))
    library.delete_collection(pets)
    scope = read_scope(library, json.dumps([offer.key]))
    assert (scope.label, scope.documents) == (NO_COLLECTION, (pets,))


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with visit(browser) as page:
        yield page


class TestInABrowser:
    """Collections in the table of documents."""

    pytestmark = AROUND

    def test_a_collection_is_made_of_what_is_selected_asked_and_deleted(self, page: Page, running: Served) -> None:
        page.goto(running.address)
        page.locator("[data-documents=open]").click()
        page.get_by_label("Select cat").check()
        page.get_by_label("Add to a collection").select_option("new")
        dialog = page.get_by_role("dialog", name="Collection")
        dialog.get_by_label("Name").fill("Pets")
        dialog.get_by_role("button", name="Save").click()
        rows = page.locator("#documents tbody tr")
        expect(rows).to_have_count(1)
        nav = page.get_by_role("navigation", name="Collections")
        expect(nav.get_by_role("button", name="Pets")).to_have_attribute("aria-pressed", "true")
        page.get_by_role("button", name="Rename").click()
        dialog.get_by_label("Name").fill("My pets")
        dialog.get_by_label("Name").press("Enter")
        expect(nav).to_contain_text("My pets")
        page.locator("#documents [data-collection=ask]").click()
        expect(page.locator("#scope .chips li")).to_have_text(["My pets×"])
        page.locator("[data-documents=open]").click()
        page.locator("[data-collection=delete]").click()
        with page.expect_response(re.compile("/documents")):  # which is drawn anew between the two
            page.evaluate("pincite.documents.load()")
        page.locator("[data-collection=delete]").click()
        expect(rows).to_have_count(3)
        expect(nav).not_to_contain_text("My pets")

    def test_selected_documents_are_moved_to_another_collection_and_back(
        self, page: Page, running: Served, library: Library
    ) -> None:
        pets, others = library.make_collection("Pets"), library.make_collection("Others")
        library.collect(pets, [str(running.folder / f"{name}.txt") for name in ("cat", "dog", "owl")])
        library.collect(others, [str(running.folder / "dog.txt")])
        page.goto(running.address)
        page.locator("[data-documents=open]").click()
        move = page.get_by_label("Move to another collection")
        page.get_by_label("Select cat").check()
        expect(page.get_by_label("Add to a collection")).to_be_visible()
        expect(move).to_be_hidden()
        nav = page.get_by_role("navigation", name="Collections")
        nav.get_by_role("button", name="Pets").click()
        page.get_by_label("Select dog").check()
        move.select_option("Others")
        expect(nav.get_by_role("button")).to_have_text(["All3", "Others2", "Pets1", "New collection"])
        expect(page.locator("#taking-back .said")).to_have_text("2 documents were moved to Others.")
        undo = page.get_by_role("button", name="Undo")
        expect(undo).to_be_focused()
        undo.press("Enter")
        expect(nav.get_by_role("button")).to_have_text(["All3", "Others1", "Pets3", "New collection"])
        expect(page.locator("#taking-back")).to_be_hidden()
        page.get_by_label("Select owl").check()
        move.select_option("new")
        page.get_by_role("dialog", name="Collection").get_by_label("Name").fill("Birds")
        page.keyboard.press("Enter")
        expect(nav.get_by_role("button")).to_have_text(["All3", "Birds1", "Others1", "Pets2", "New collection"])
        expect(page.locator("#documents tbody tr")).to_contain_text(["owl"])

    def test_what_was_moved_is_taken_back_after_a_reload_unless_that_was_hidden(
        self, page: Page, running: Served, library: Library
    ) -> None:
        pets, others = library.make_collection("Pets"), library.make_collection("Others")
        library.collect(pets, [str(running.folder / f"{name}.txt") for name in ("cat", "dog", "owl")])
        page.goto(running.address)
        page.locator("[data-documents=open]").click()
        nav = page.get_by_role("navigation", name="Collections")
        said = page.locator("#taking-back .said")
        nav.get_by_role("button", name="Pets").click()
        for name in ("cat", "dog"):
            page.get_by_label(f"Select {name}").check()
            page.get_by_label("Move to another collection").select_option("Others")
            expect(said).to_have_text("1 document was moved to Others.")
            expect(page.get_by_label(f"Select {name}")).to_have_count(0)
        page.get_by_role("button", name="Hide").click()
        expect(said).to_be_visible()  # what was moved before it
        page.reload()
        with page.expect_response(re.compile("documents/back")):
            page.get_by_role("button", name="Undo").click()
        expect(said).to_be_hidden()
        assert {one.collection_id: len(one.paths) for one in library.collections()} == {pets: 2, others: 1}
        page.reload()
        page.locator("[data-documents=open]").click()
        expect(nav.get_by_role("button")).to_have_text(["All3", "Others1", "Pets2", "New collection"])
        expect(said).to_be_hidden()

    def test_a_collection_gets_another_place_by_buttons_and_by_keys_and_keeps_it(
        self, page: Page, running: Served, library: Library
    ) -> None:
        for name in ("one", "two", "three"):
            library.make_collection(name)
        page.goto(running.address)
        page.locator("[data-documents=open]").click()
        nav = page.get_by_role("navigation", name="Collections")
        expect(nav.get_by_role("button")).to_have_text(["All3", "one0", "three0", "two0", "New collection"])
        nav.get_by_role("button", name="two").click()
        earlier, later = (page.get_by_role("button", name=f"{way} in the list") for way in ("Earlier", "Later"))
        expect(later).to_be_disabled()
        earlier.click()
        expect(page.locator("#documents .said")).to_have_text("two is now 2 of 3.")
        earlier.click()
        expect(nav.get_by_role("button")).to_have_text(["All3", "two0", "one0", "three0", "New collection"])
        expect(earlier).to_be_disabled()
        expect(later).to_be_focused()
        three = nav.get_by_role("button", name="three")
        three.press("Shift+ArrowLeft")
        expect(nav.get_by_role("button")).to_have_text(["All3", "two0", "three0", "one0", "New collection"])
        expect(three).to_be_focused()
        page.reload()
        page.locator("[data-documents=open]").click()
        expect(nav.get_by_role("button")).to_have_text(["All3", "two0", "three0", "one0", "New collection"])

    def test_a_new_collection_has_the_focus_and_says_how_documents_come_into_it(
        self, browser: Browser, running: Served
    ) -> None:
        with visit(browser) as page:
            page.goto(running.address)
            expect(page.locator("#listing .documents li")).to_have_count(3)
            page.locator("[data-documents=open]").click()
            page.locator("[data-collection=make]").click()
            page.keyboard.type("Pets")
            page.keyboard.press("Enter")
            expect(page.locator("#documents [data-collect]", has_text="Pets")).to_be_focused()
            none = page.locator("#documents .none")
            expect(none).to_contain_text(
                "This collection is empty. Go to “All”, select documents there, and choose “Add to…”"
            )
            page.locator("#documents [data-collect='']").click()
            expect(none).to_be_hidden()
            page.locator("#documents tbody input").first.check()
            page.locator("#documents .collecting").select_option(label="Pets")
            page.locator("#documents [data-collect]", has_text="Pets").click()
            expect(page.locator("#documents tbody tr")).to_have_count(1)
            expect(none).to_be_hidden()
