"""What a page asks of one document: words in it, its headings, the lines of a page, what is around cited words."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from index import PinciteError
from index.progress import SyncReport
from index.records import Document, Heading, Page
from index.sync.sync import sync_paths
from ui.web.routes.originals import open_original
from ui.web.state import inside
from ui.web.state.around import Around, around, as_table, glance
from ui.web.state.inside import FIRST_LINES, LISTED, PREVIEWED, find_words, outline, page_lines, preview

if TYPE_CHECKING:
    from conftest import GatedEncoder

    from index.library import Library

TEXT = "The crew\n\nCare\n\nWash it. Dry the   Filter well. Keep it.\n\nUse the filter.\n"


def a_document(text: str = TEXT) -> Document:
    headings = (Heading(1, 0, 8), Heading(2, 10, 14))
    return Document("d", "/d.md", "The crew", "text/markdown", text, {}, headings, "", 0.0)


def on_a_page() -> Document:
    """Return a document of one page of 100 by 50 points: "ab cd" on one line, "ef" on the next."""
    boxes = np.full((8, 4), np.nan, np.float32)
    for at, (left, top) in {0: (10, 5), 1: (20, 5), 3: (40, 5), 4: (50, 5), 6: (10, 25), 7: (20, 25)}.items():
        boxes[at] = (left, top, left + 10, top + 10)
    page = Page(0, 8, 100, 50, boxes)
    return Document("d", "/d.pdf", "D", "application/pdf", "ab cd\nef", {1: page}, (), "", 0.0)


def test_words_are_found_whatever_their_case_and_white_space() -> None:
    found = find_words(a_document(), "the filter")
    places = found["places"]
    assert isinstance(places, list)
    assert found["count"] == 2
    assert [TEXT[one["start"] : one["end"]] for one in places] == ["the   Filter", "the filter"]
    assert find_words(a_document(), " ") == {"count": 0, "places": []}
    assert find_words(a_document(), ".*")["count"] == 0


def test_many_places_are_counted_and_some_are_listed() -> None:
    found = find_words(a_document("a " * 3 * LISTED), "a")
    assert found["count"] == 3 * LISTED
    assert len(found["places"]) == LISTED  # type: ignore[arg-type]


@pytest.mark.parametrize("words", ["bilge pump", "bilge " * 30])
def test_places_are_found_across_the_parts_in_which_a_text_is_searched(
    monkeypatch: pytest.MonkeyPatch, words: str
) -> None:
    text = "The bilge \n pump is old. " * 40 + "bilge " * 100
    whole = find_words(Document("d", "d", "d", "text/plain", text, {}, (), "d", 0.0), words)
    monkeypatch.setattr(inside, "PART", 7)
    assert find_words(Document("d", "d", "d", "text/plain", text, {}, (), "d", 0.0), words) == whole
    assert whole["count"] == (40 if "pump" in words else 3)


def test_words_on_a_page_have_rectangles_in_per_cent() -> None:
    (place,) = find_words(on_a_page(), "cd")["places"]  # type: ignore[misc, attr-defined]
    assert place["boxes"] == [[1, 40.0, 10.0, 20.0, 20.0]]


def test_the_outline_has_the_headings_with_their_places() -> None:
    assert [(one["level"], one["text"], one["start"]) for one in outline(a_document())] == [
        (1, "The crew", 0),
        (2, "Care", 10),
    ]


def test_a_preview_has_the_first_headings_but_the_title_and_the_first_lines() -> None:
    shown = preview(a_document())
    assert shown == {
        "headings": [{"level": 0, "text": "Care", "start": 10, "end": 14}],
        "more": 0,
        "lines": "Care\nWash it. Dry the   Filter well. Keep it.\nUse the filter.",
        "page": 0,
        "name": "",
    }
    assert (preview(on_a_page())["page"], preview(on_a_page())["name"]) == (1, "Page 1")
    several = tuple(Heading(3, at, at + 4) for at in range(0, 4 * (PREVIEWED + 2), 4))
    long = replace(a_document("word " * 2000), headings=several)
    assert (len(preview(long)["headings"]), preview(long)["more"]) == (PREVIEWED, 2)
    assert len(preview(long)["lines"]) <= FIRST_LINES + 2
    assert preview(long)["lines"].endswith("word …")


def test_the_lines_of_a_page_are_its_text() -> None:
    assert page_lines(on_a_page(), 1) == [
        {"text": "ab cd", "box": [10.0, 10.0, 50.0, 20.0]},
        {"text": "ef", "box": [10.0, 50.0, 20.0, 20.0]},
    ]
    assert page_lines(on_a_page(), 2) == page_lines(a_document(), 1) == []


def test_around_cited_words_are_the_sentences_before_and_after_and_the_headings() -> None:
    start = TEXT.index("Dry")
    assert around(a_document(), start, TEXT.index(" Keep")) == Around("Wash it.", "Keep it.", "Care")
    first = TEXT.index("Wash")
    assert around(a_document(), first, first + 8).before == "", "a heading is no sentence"
    assert around(a_document(), TEXT.index("Use"), len(TEXT)).after == ""


def read(library: Library, path: Path, text: str) -> SyncReport:
    path.write_text(text, encoding="utf-8")
    return sync_paths(library, [path])


@pytest.fixture
def rooms(library: Library, encoder: GatedEncoder, tmp_path: Path) -> str:
    """The id of a table."""
    encoder.go_on.set()
    read(library, tmp_path / "rooms.csv", "Room,Seats\nElm,14\nOak,6\nAsh,\n")
    return library.entries()[0].doc_id


def test_beside_a_cited_row_its_neighbours_are_told_as_a_table(library: Library, rooms: str) -> None:
    text = library.document(rooms).text
    start = text.index("Room: Oak")
    found = glance(library, rooms, start, start + len("Room: Oak; Seats: 6"))
    assert (found["title"], found["quote"]) == ("rooms", "Room: Oak; Seats: 6")
    assert found["columns"] == ["Room", "Seats"]
    assert found["rows"][:2] == [["Elm", "14"], ["Oak", "6"]]  # type: ignore[index]
    assert "gone" in glance(library, rooms, 0, 10**6)
    assert "gone" in glance(library, "none", 0, 1)


def test_a_row_whose_beginning_is_cut_adds_no_column() -> None:
    row = "River: Nile; Length in km: 6,650; Mouth: Sea"
    columns, rows = as_table(["… in km: 300; Mouth: Bay", row, ""])
    assert columns == ("River", "Length in km", "Mouth")
    assert rows == [["", "", "Bay"], ["Nile", "6,650", "Sea"], []]


def test_an_original_is_what_was_read_and_nothing_else(library: Library, rooms: str, tmp_path: Path) -> None:
    path, file = open_original(library, rooms)
    with file:
        assert hashlib.sha256(file.read()).hexdigest() == library.entries()[0].sha256
    secret = tmp_path / "secret.txt"
    secret.write_text("secret", encoding="utf-8")
    path.unlink()
    path.symlink_to(secret)
    with pytest.raises(PinciteError, match="changed"):
        open_original(library, rooms)
    path.unlink()
    with pytest.raises(PinciteError, match="no longer"):
        open_original(library, rooms)
    with pytest.raises(PinciteError):
        open_original(library, "../../etc/passwd")
