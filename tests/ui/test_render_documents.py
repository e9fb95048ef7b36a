"""The library, and a document beside its citation, as HTML: what is said of each, and its text as it is."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
from rendered import Reader, a_document, paged

from index.records import Box, Counts, Entry, LeftOut, Page
from ui.web.parts.library import SHOWN, activity, listing, overview
from ui.web.parts.markup import join
from ui.web.parts.progress import duration
from ui.web.parts.source import source, text_html
from ui.web.state.indexing import IndexingState
from ui.web.state.view import SourceView


def said(state: IndexingState, counts: Counts) -> list[str]:
    """Return the paragraphs and buttons of the upper pieces, but for the counts."""
    html = join(activity(counts, state), overview(counts, state, loading=False))
    found = re.findall(r"<(?:p|button)(?: [^>]*)?>([^<]+)</", html.replace("\u00a0", " "))
    return [one for one in found if "documents · " not in one]


@pytest.mark.parametrize(
    ("state", "shown"),
    [
        (IndexingState(running=True), ["Looking for files", "Stop"]),
        (
            IndexingState(running=True, done=120, total=400, rate=35.2, seconds_left=7.9),
            ["Reading", "Stop", "120 of 400 files · 35/s · about 8 s left"],
        ),
        (
            IndexingState(running=True, stage="embedding", done=1200, total=9000, rate=180.4, seconds_left=43.2),
            ["Embedding", "Stop", "1,200 of 9,000 passages · 180/s · about 43 s left"],
        ),
        (
            IndexingState(running=True, stage="embedding", done=1, total=400, rate=0.05, seconds_left=7980),
            ["Embedding", "Stop", "1 of 400 passages · 3/min · about 2 h left"],
        ),
        (
            IndexingState(running=True, stopping=True, done=120, total=400, rate=35.2, seconds_left=7.9),
            ["Stopping after this file", "120 of 400 files"],
        ),
        (
            IndexingState(stopped=True, done=120, total=400, rate=35.2, seconds_left=7.9),
            [
                "Stopped: 120 of 400 files read.",
                "7 passages are found by their words only, until indexing goes on.",
                "Go on",
            ],
        ),
        (
            IndexingState(stopped=True, stage="embedding", done=2, total=9),
            [
                "Stopped: 2 of 9 passages embedded.",
                "7 passages are found by their words only, until indexing goes on.",
                "Go on",
            ],
        ),
        (IndexingState(error="The disk is full."), ["The disk is full.", "Try again"]),
        (IndexingState(stage="embedding", done=9, total=9), []),
    ],
)
def test_the_library_says_how_far_the_indexing_is(state: IndexingState, shown: list[str]) -> None:
    waiting = Counts(3, 9, 2, 0, 100) if state.stopped else Counts(0, 0, 0, 0, 0)
    assert said(state, waiting) == shown


def test_the_bar_is_as_full_as_all_is_done() -> None:
    html = activity(Counts(0, 0, 0, 0, 0), IndexingState(running=True, done=120, total=400, share=0.15))
    assert 'value="15"' in html


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.2, "1 s"), (89.4, "89 s"), (90, "2 min"), (3600, "60 min"), (5400, "2 h"), (36000, "10 h")],
)
def test_a_time_that_is_left_is_said_roughly(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def many_entries(count: int) -> list[Entry]:
    return [
        Entry(f"id{i}", f"/shelf {i % 7}/{i}.txt", f"Volume {i}", "text/plain", 0, 9, 1, "", "indexed", "")
        for i in range(count)
    ]


def an_entry(path: str, **changes: object) -> Entry:
    entry = Entry("id", path, "Title", "text/plain", 0, 9, 1, "", "indexed", "")
    return replace(entry, **changes)  # type: ignore[arg-type]


def test_a_document_inside_of_another_file_says_where_it_is() -> None:
    html = listing(
        [
            an_entry("/shelf/letters.zip", media_type="application/zip"),
            an_entry("/shelf/letters.zip/old/hello.eml", media_type="message/rfc822"),
            an_entry("/shelf/letters.zip/old/hello.eml/offer.pdf", media_type="application/pdf", pages=2),
            an_entry("/shelf/letters.zip/broken.pdf", state="rejected", reason="the file is damaged: save it again"),
            an_entry("/shelf/apart.txt"),
        ]
    )
    about = re.findall(r'class="about(?: reason)?">([^<]+)<', html)
    assert about == [
        *("Archive", "Mail · in letters.zip", "PDF · 2 pages · in hello.eml", "Text"),
        *("In letters.zip", "The file is damaged: save it again"),
    ]


def test_what_is_missing_of_a_document_is_said_in_the_list_and_above_its_text() -> None:
    html = listing([an_entry("/a.pdf", state="partial", reason="page 3 has no text: scan it")])
    assert "Read in part: page 3 has no text: scan it" in html
    document = replace(a_document("Words."), missing="page 3 has no text: scan it")
    assert '<p class="note" role="status">Read in part: page 3 has no text: scan it.</p>' in source(
        SourceView(document, 0, 0, 0, 6)
    )


def test_what_is_left_out_of_a_document_can_be_unfolded_above_its_text() -> None:
    told = (
        LeftOut("running", "ACME 2024", 11, 2, 12),
        LeftOut("hidden", "Obey!", 1, 3, 3),
        LeftOut("hidden", "", 1200),
    )
    document = replace(a_document("Words.", media_type="application/pdf"), left_out=told)
    html = source(SourceView(document, 0, 0, 0, 6))
    fold = html[html.index("<details") : html.index("</details>")]
    assert "<summary>Left out of this document: 11 repeated lines, 1,201 hidden passages</summary>" in fold
    assert re.findall(
        r'<li><span class="kind">(\w+)</span>(?:<q dir="auto">(.*?)</q>)?<span class="where">(.*?)</span>', fold
    ) == [
        ("Repeated", "ACME 2024", "11 times, pages 2 to 12"),
        ("Hidden", "Obey!", "page 3"),
        ("Hidden", "", "1,200 more"),
    ]
    assert "Obey!" not in text_html(SourceView(document, 0, 0, 0, 6)), "it is no text of the document"
    assert "<details" not in source(SourceView(replace(document, left_out=()), 0, 0, 0, 6))


def test_files_that_could_not_be_read_are_counted_above_the_list_of_documents() -> None:
    assert "2 files could not be read</button>" in overview(Counts(9, 9, 9, 2, 9), IndexingState(), loading=False)
    assert "could not be read" not in overview(Counts(9, 9, 9, 0, 9), IndexingState(), loading=False)


def test_a_page_that_was_read_by_ocr_says_so_and_others_do_not() -> None:
    document = a_document("First second", media_type="application/pdf")
    box = np.zeros((6, 4), np.float32)
    pages = {1: Page(0, 6, 600, 800, box), 2: Page(6, 12, 600, 800, box, certainty=0.937)}
    view = SourceView(replace(document, pages=pages), 6, 12, 0, 12, boxes=(Box(2, 1, 1, 2, 2),), imaged=True)
    html = source(view)
    assert ">Read from the picture of this page by OCR, 94\u00a0% certain<" in html
    assert re.findall(r"<figcaption>([^<]+)<", html) == ["1", "2 · read by OCR, 94\u00a0% certain"]
    assert "picture of this page" not in source(replace(view, start=0, end=5))


def test_words_that_stand_on_no_page_are_shown_in_the_text() -> None:
    view = SourceView(a_document("words", media_type="application/pdf"), 0, 5, 0, 5, imaged=True)
    assert 'data-tab="text"' in source(view)
    assert 'data-tab="page"' in source(replace(view, boxes=(Box(1, 1, 1, 2, 2),)))
    assert 'data-tab="page"' in source(replace(view, end=0)), "the document as a whole was opened"


def test_slides_are_sections_with_their_names_above_them() -> None:
    document = paged("application/vnd.openxmlformats-officedocument.presentationml.presentation", "", "")
    html = source(SourceView(document, 8, 9, 0, len(document.text)))
    assert re.findall(r'data-label="([^"]+)"', html) == ["Slide 1", "Slide 2"]
    assert ">Slide 1 of 2</span>" in html


def test_rows_are_a_table_whose_text_is_the_documents() -> None:
    text = "Start: 10:30; End: 11:00; Who: Ada\nStart: 12:00; Who: Bo\n"
    at = text.index("Bo")
    view = SourceView(a_document(text, media_type="text/csv"), 35, len(text) - 1, 0, len(text), words=(at, at + 2))
    html = text_html(view)
    read = Reader(html)
    assert (read.text, read.marked["cited"]) == (text, text[35:-1])
    assert re.findall(r'<th scope="col" aria-label="([^"]+)"', html) == ["Start", "End", "Who"]
    assert html.count("<tr") == 3
    assert '<tr class="cited">' in html
    assert re.search(r'<td class="answers"><i>.*?</i><mark class="cited"><b>Bo</b>', html)
    assert "<td></td>" in html, "Bo has no end"


def test_of_many_documents_some_are_listed_and_the_rest_is_counted() -> None:
    html = listing(many_entries(20_000))
    assert html.count("<li>") == SHOWN
    assert f"and {20_000 - SHOWN:,} more" in html
    assert len(html) < 200_000


@pytest.mark.parametrize(
    ("words", "titles"),
    [("volume 19999", ["Volume 19999"]), (" VOLUME 19998 ", ["Volume 19998"]), ("/19997.TXT", ["Volume 19997"])],
)
def test_the_filter_finds_a_document_that_is_not_listed(words: str, titles: list[str]) -> None:
    assert re.findall(r'class="title">([^<]+)<', listing(many_entries(20_000), words)) == titles


def test_a_filter_that_nothing_fits_says_so_and_one_without_a_box_is_none() -> None:
    assert "No document has that" in listing(many_entries(20), "nonesuch")
    assert listing(many_entries(3), "nonesuch").count("<li>") == 3


def test_boxes_are_in_per_cent_of_the_page() -> None:
    view = SourceView(
        a_document("words", media_type="application/pdf"), 0, 5, 0, 5, boxes=(Box(1, 60, 80, 120, 96),), imaged=True
    )
    assert "left: 10.000%; top: 10.000%; width: 10.000%; height: 2.000%" in source(view)
