"""The source panel in a real browser, for every format: the cited words are marked, and they are in view."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from browsing import CONTRAST, DESKTOP, MARKS, PHONE, ask, quoted, visit
from playwright.sync_api import Browser, Page, expect
from samples import OCR, PICTURES, SAMPLES, Sample

from index.records import Document
from rag import Answer, Citation, Sentence, ShortAnswer, Update

if TYPE_CHECKING:
    from conftest import Served

QUESTION = "Where does it say so?"
# Whether every piece of what is marked is within the panel and on the screen, and nothing lies over it.
IN_VIEW = """(marks) => {
  const seen = document.querySelector("#source .panes")?.getBoundingClientRect();
  if (!seen) return false; // the panel is drawn anew
  const pieces = marks.flatMap((mark) => [...mark.getClientRects()]).filter((r) => r.width > 0 && r.height > 0);
  return pieces.length > 0 && pieces.every((r) => {
    const top = document.elementFromPoint(r.left + r.width / 2, r.top + r.height / 2);
    return seen.top <= r.top && r.bottom <= seen.bottom && seen.left <= r.left && r.right <= seen.right
      && r.bottom <= innerHeight && r.right <= innerWidth && top
      && marks.some((mark) => (mark.matches(".box") ? mark.parentElement : mark).contains(top));
  });
}"""
# Whether the pictures of all pages on the screen have come.
LOADED = """() => [...document.querySelectorAll("#pane-page img")].every((image) => {
  const { top, bottom } = image.getBoundingClientRect();
  return image.complete || bottom < 0 || top > innerHeight;
})"""

pytestmark = [*MARKS, pytest.mark.slow]  # every format, on two screens


@pytest.fixture
def session(browser: Browser, formats: Served, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A new browser session, in which nothing may fail."""
    with visit(browser, viewport=getattr(request, "param", DESKTOP)) as page:
        page.goto(formats.address)
        expect(page.locator("#overview .counts")).to_be_attached()
        yield page
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def holder(served: Served, words: str) -> Document:
    """Return the document that the words are in."""
    library = served.assistant.library
    documents = [library.document(entry.doc_id) for entry in library.entries() if entry.doc_id]
    return next(document for document in documents if words in document.text)


def cited(document: Document, words: str) -> Answer:
    """Return an answer that cites the words."""
    start = document.text.index(words)
    place = (document.page_of(start), start, start + len(words), words, 0.9)
    citation = Citation(1, document.doc_id, document.path, document.title, *place)
    return Answer(
        question=QUESTION,
        standalone_question=QUESTION,
        text=words,
        sentences=(Sentence(words, (1,), 0.9),),
        short_answer=None,
        citations=(citation,),
        hits=(),
        grounded=True,
        confidence=0.9,
        differing=(),
        timings_ms={"total": 120.0},
    )


def named(samples: Sequence[Sample]) -> str:
    return " ".join(sample.name for sample in samples)


def in_view(page: Page, selector: str) -> bool:
    return bool(page.locator(selector).evaluate_all(IN_VIEW))


@pytest.mark.parametrize("session", [DESKTOP, PHONE], indirect=True, ids=["desktop", "phone"])
@pytest.mark.parametrize("samples", [SAMPLES[:4], SAMPLES[4:8], SAMPLES[8:], PICTURES], ids=named)
def test_the_cited_words_are_marked_and_in_view(
    session: Page, formats: Served, samples: Sequence[Sample], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Several are asked for in one conversation: to load the page takes the most time."""
    if samples is PICTURES and not OCR:
        pytest.skip("no OCR is installed: pip install pincite[ocr]")
    for sample in samples:
        check_cited(session, formats, sample, monkeypatch)
        session.keyboard.press("Escape")
        expect(session.locator("#source")).to_be_hidden()


def check_cited(session: Page, formats: Served, sample: Sample, monkeypatch: pytest.MonkeyPatch) -> None:
    document = holder(formats, sample.words)
    answer = cited(document, sample.words)
    monkeypatch.setattr(formats.assistant, "stream", lambda *_, **__: iter([Update("done", "", answer)]))
    ask(session, QUESTION).locator(".cite").first.click()
    paper = session.locator("#source .paper")
    expect(paper).to_be_visible()
    assert quoted(session) == sample.words
    assert session.locator("#pane-text .text").evaluate("e => e.textContent") == document.text
    expect(paper.locator(".where")).to_have_text([sample.where] if sample.where else [])
    if sample.imaged:
        assert in_view(session, "#pane-page .box.cited")
        image = session.locator("#pane-page figure[data-here] img")
        session.wait_for_function("e => e.complete && e.naturalWidth > 500", arg=image.element_handle())
        session.wait_for_function(LOADED)
        assert in_view(session, "#pane-page .box.cited"), "also when the pictures of the pages have come"
        session.get_by_role("tab", name="Text").click()
        assert in_view(session, "#pane-text mark.cited")
        session.get_by_role("tab", name="Page").click()
        assert in_view(session, "#pane-page .box.cited")
    else:
        assert in_view(session, "#pane-text mark.cited")
    assert not session.evaluate(CONTRAST)


@pytest.mark.parametrize("session", [PHONE], indirect=True)
def test_words_stay_in_view_when_the_panel_becomes_wider(
    session: Page, formats: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    sample = next(sample for sample in SAMPLES if sample.name == "letters.docx")
    answer = cited(holder(formats, sample.words), sample.words)
    monkeypatch.setattr(formats.assistant, "stream", lambda *_, **__: iter([Update("done", "", answer)]))
    ask(session, QUESTION).locator(".cite").first.click()
    for size in ({"width": 844, "height": 390}, DESKTOP, PHONE):
        session.set_viewport_size(size)  # type: ignore[arg-type]
        # On a busy machine the panel may take a while to get its new size.
        marks = "[...document.querySelectorAll('#pane-text mark.cited')]"
        session.wait_for_function(f"(width) => innerWidth === width && ({IN_VIEW})({marks})", arg=size["width"])


@pytest.mark.parametrize("session", [DESKTOP, PHONE], indirect=True)
def test_of_a_quotation_longer_than_the_panel_the_answering_words_are_in_view(
    session: Page, formats: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    sample = next(sample for sample in SAMPLES if sample.name == "letters.docx")
    document = holder(formats, sample.words)
    answer = cited(document, document.text[document.text.index("Day 1:") : document.text.rindex("Day 1:")])
    at = document.text.index(sample.words)
    answer = replace(answer, short_answer=ShortAnswer(sample.words, 1, at, at + len(sample.words)))
    monkeypatch.setattr(formats.assistant, "stream", lambda *_, **__: iter([Update("done", "", answer)]))
    ask(session, QUESTION).locator(".cite").first.click()
    expect(session.locator("#pane-text mark b")).to_have_text(sample.words)
    assert in_view(session, "#pane-text mark b")


QUESTIONS = {
    "manual.pdf": "How often must the lamp of the pier be cleaned?",
    "letters.docx": "When does the ferry to the island of Orm leave?",
    "mill.html": "What is the miller of Dunwich called?",
    "sailor.epub": "Where was the sailor born?",
    "talk.pptx": "How much will the new bridge cost?",
    "boats.xlsx": "Who is the owner of the Wanderer?",
    "keys.eml": "Where does the spare key hang?",
    "film.srt": "Where does the treasure lie?",
    "post.zip": "What is the postman of Vik afraid of?",
}


@pytest.mark.parametrize("sample", [sample for sample in SAMPLES if sample.name in QUESTIONS], ids=lambda s: s.name)
def test_a_question_leads_to_the_words_in_every_format(session: Page, formats: Served, sample: Sample) -> None:
    turn = ask(session, QUESTIONS[sample.name])
    expect(turn.locator(".answer")).to_contain_text(sample.words)
    if sample.where:  # the card says the place as the panel does, but for how many there are
        place = re.sub(r" of \d+$| \(\d+ of \d+\)$", "", sample.where)
        expect(turn.locator(".card .page").first).to_have_text(re.compile(re.escape(place), re.IGNORECASE))
    turn.locator(".cite").first.click()
    marked = "#pane-page .box.cited" if sample.imaged else "#pane-text mark b"
    expect(session.locator(marked).first).to_be_visible()
    assert sample.words in quoted(session)
    assert in_view(session, marked)


def test_the_library_says_what_each_document_is_and_what_became_of_it(session: Page) -> None:
    listing = session.locator("#listing")
    about = {
        "sailor.epub": "E-book · 3 chapters",
        "talk.pptx": "Presentation · 81 slides",
        "boats.xlsx": "Workbook · 2 sheets",
        "film.srt": "Subtitles · 81 subtitles",
        "note.txt": "Text · in post.zip",
        "keys.eml": "Mail",
        "steps.py": "Code",
        "post.zip": "Archive",
    }
    for name, words in about.items():
        entry = listing.locator(f".documents button[title$='/{name}']")
        expect(entry.locator(".about").first).to_have_text(words)
    expect(listing.locator(".documents button[title$='/post.zip'] .partial")).to_contain_text(
        "Read in part: 1 of 2 files"
    )
    session.locator("#overview .rejects").click()
    rejected = listing.locator("#rejected li").filter(has_text="broken.pdf")
    expect(rejected).to_contain_text("In post.zip")
    expect(rejected.locator(".reason")).to_contain_text(": ")
