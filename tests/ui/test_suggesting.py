"""Suggested questions: made while nobody asks, offered where they help, and never of what is gone."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from browsing import AROUND, ask, visit
from playwright.sync_api import Browser, expect
from shelving import started
from support import WordEncoder

from index import Conversations, Library, PinciteError, sync_paths
from rag import Assistant, Suggestion, suggestions_to_json
from ui.web.guard.bodies import DeniedError
from ui.web.routes.suggesting import DOOR, Suggesting
from ui.web.state.indexing import Indexing

if TYPE_CHECKING:
    from conftest import Keep, Serve

HAY = "When is the hay of the upper meadow cut?"
SHEEP = "Until when do sheep graze on the meadow?"
MANUAL = """# The kettle

## Cleaning the filter

To clean the filter, take it out of the spout and lay it in warm vinegar for twenty minutes.

## Opening hours

The shop is in the old mill, beside the bridge. Ring the bell at the door.
"""
FILTER = "How often must the filter of the kettle be changed?"


@pytest.mark.parametrize(
    "body",
    [
        {"question": 1},
        {"question": "x" * 2001},
        {"question": "x", "at": "0"},
        {"question": "x", "at": True},
        {"question": "x", "documents": "d1"},
        {"question": "x", "documents": [1]},
        {"question": "x", "documents": ["x" * 2001]},
    ],
)
def test_what_asks_for_nothing_does_not_come_in(body: dict[str, Any]) -> None:
    with pytest.raises(DeniedError):
        DOOR.read(body)


def test_of_what_is_asked_for_only_what_is_known_comes_in() -> None:
    said = DOOR.read({"question": "x", "documents": ["d"] * 20, "asked": ["y"], "path": "/"})
    assert said == {"question": "x", "documents": ["d"] * 10, "at": None, "answered": False, "elsewhere": False}


@pytest.fixture
def made(library: Library, tmp_path: Path, encoder: WordEncoder) -> Callable[..., Suggesting]:
    """Make what suggests, over two documents, one of them in German."""
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "lamp.txt").write_text("The wick of the lamp must be trimmed every nine weeks.\n\nOil is not kept.")
    (folder / "lampe.txt").write_text("Der Docht der Lampe muss alle neun Wochen gekürzt werden.")
    encoder.go_on.set()  # type: ignore[attr-defined]
    sync_paths(library, [folder])
    assistant = Assistant(library, reader="none", refusal="eager")
    assistant.load()
    return lambda busy: Suggesting(assistant, Indexing(library), busy=busy)


def test_nothing_is_made_while_somebody_asks(made: Callable[..., Suggesting], library: Library) -> None:
    asked = threading.Event()
    asked.set()
    suggesting = made(asked.is_set)
    assert suggesting.busy()
    asked.clear()
    assert suggesting.busy()  # the next question is near
    assert not made(lambda: False).busy()


def test_each_document_is_looked_through_once(made: Callable[..., Suggesting], library: Library) -> None:
    suggesting = made(lambda: False)
    while suggesting.step():
        pass
    assert len(library.questions()) == 2
    assert not suggesting.step()
    entry = next(entry for entry in library.entries() if entry.path.endswith("lamp.txt"))
    library.remove([entry.path])
    assert suggesting.first() == []


def test_questions_that_differ_in_figures_only_come_behind_the_others(
    made: Callable[..., Suggesting], library: Library
) -> None:
    lamp, lampe = sorted(entry.doc_id for entry in library.entries())
    weeks = [f"What does the lamp cost in week {week}?" for week in (9, 10, 11)]
    several = {lamp: [*weeks, "When is the lamp lit?"], lampe: ["What does the lamp cost in week 8?", HAY]}
    for doc_id, questions in several.items():
        library.keep_questions(
            doc_id, suggestions_to_json([Suggestion(one, doc_id, 0, at) for at, one in enumerate(questions, 1)])
        )
    suggesting = made(lambda: False)
    assert suggesting.first() == [weeks[0], HAY, "When is the lamp lit?", "What does the lamp cost in week 8?"]
    near = suggesting.near("How much is the lamp?", [lamp], None)
    assert near == [weeks[0], "When is the lamp lit?", *weeks[1:], "What does the lamp cost in week 8?"]


def test_where_nothing_is_left_to_do_the_library_is_not_read_again(
    made: Callable[..., Suggesting], library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    suggesting = made(lambda: False)
    while suggesting.step():
        pass
    monkeypatch.setattr(library, "entries", lambda: pytest.fail("it has not changed"))
    assert not suggesting.step()


def test_a_document_of_which_none_can_be_made_does_not_hold_up_the_others(
    made: Callable[..., Suggesting], library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    suggesting = made(lambda: False)
    bad = suggesting._next()
    find = library.document
    monkeypatch.setattr(library, "document", lambda doc_id: find("none" if doc_id == bad else doc_id))
    with pytest.raises(PinciteError):
        suggesting.step()
    assert suggesting.step()
    assert library.questions().keys() == {entry.doc_id for entry in library.entries()} - {bad}
    assert not suggesting.step()


def test_it_ends_before_the_library_is_closed(made: Callable[..., Suggesting]) -> None:
    suggesting = made(lambda: False)
    suggesting.start()
    suggesting.end()
    assert not suggesting._thread.is_alive()
    assert suggesting.busy()


pytestmark = AROUND


def test_what_a_heading_asks_is_offered_if_its_section_answers_it_well(
    browser: Browser, serve: Serve, tmp_path: Path
) -> None:
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "kettle.md").write_text(MANUAL, encoding="utf-8")
    with started(serve, tmp_path / "home", folder) as running:
        running.assistant.load()
        running.app.state.suggesting.step()
        with visit(browser) as page:
            page.goto(running.address)
            offered = page.locator(".welcome .examples button")
            expect(offered.first).to_have_text("How do I clean the filter?")
            assert "What are the opening hours?" not in offered.all_text_contents(), "no section says them"
            offered.first.click()
            expect(page.locator(".turn .verdict .words")).to_contain_text("Well supported")
            expect(page.locator(".turn .answer")).to_contain_text("vinegar")


def test_they_are_offered_first_after_an_answer_and_in_a_refusal(
    browser: Browser, keep: Keep, kept: Conversations, served: Any
) -> None:
    library = served.assistant.library
    texts = {entry.title: entry.doc_id for entry in library.entries() if entry.doc_id}
    meadow, manual = texts["The meadow year"], next(id_ for title, id_ in texts.items() if "manual" in title.lower())
    library.keep_questions(
        meadow, suggestions_to_json([Suggestion(HAY, meadow, 20, 80), Suggestion(SHEEP, meadow, 90, 150)])
    )
    library.keep_questions(manual, suggestions_to_json([Suggestion(FILTER, manual, 900, 950)]))
    try:
        with keep(kept) as running, visit(browser) as page:
            page.goto(running.address)
            expect(page.locator(".welcome .examples button").first).to_have_text(HAY)
            assert sorted(page.locator(".welcome .examples button").all_text_contents()) == sorted([HAY, SHEEP, FILTER])
            page.locator(".welcome .examples button", has_text=HAY).click()
            turn = page.locator(".turn").first
            expect(turn.locator(".suggested button")).to_have_text([SHEEP, FILTER])
            ask(page, "Which filter does Mongolia have?")
            refused = page.locator(".turn").nth(1)
            expect(refused.locator(".suggested h3")).to_be_visible()
            expect(refused.locator(".suggested button").first).to_be_visible()
            expect(turn.locator(".suggested")).to_have_count(0)
    finally:
        for doc_id in (meadow, manual):
            library.keep_questions(doc_id, suggestions_to_json([]))
