"""What is rendered: every field is escaped, and the source's text is the document's, character for character."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import Literal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import Conversation, InWork
from index.records import Box, Counts, Document, Entry, Heading, Hit, LeftOut, Page, Passage
from rag.answer.regression import support_level
from rag.records import Answer, Citation, Sentence, ShortAnswer
from ui.text import copy_text
from ui.web.parts.conversation import conversation, notice, welcome
from ui.web.parts.history import history
from ui.web.parts.library import SHOWN, listing, overview
from ui.web.parts.markup import join, tag
from ui.web.parts.progress import duration
from ui.web.parts.source import missing, source, text_html, window
from ui.web.state.exchange import Exchange, Found, Scope
from ui.web.state.indexing import IndexingState
from ui.web.state.view import SourceView

HOSTILE = "<img src=x onerror='alert(1)'>\"${alert(2)}{{constructor}}</script><script>&lt;"
NAMES = {
    "form",  # what is said of an answer
    "a", "article", "aside", "b", "button", "dd", "details", "div", "dl", "dt", "figcaption", "figure", "h1", "h2",
    "h3", "header", "i", "img", "input", "label", "li", "mark", "nav", "ol", "output", "p", "progress", "q",
    "section", "span", "summary", "sup", "table", "tbody", "td", "template", "th", "thead", "tr", "ul",
}  # fmt: skip
MORE = {"data-turn", "download", "href"}  # where there is no note, there is a link to the file


class Reader(HTMLParser):
    """Reads HTML as a browser would: the elements, the text, and the text in each kind of mark."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.names: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.marked = {"cited": "", "other": ""}
        self.words = ""
        self._inside: list[str] = []
        self._bold = False
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.attributes += attrs
        self._bold = tag == "b"
        if tag == "mark":
            self._inside.append(dict(attrs)["class"] or "")

    def handle_endtag(self, tag: str) -> None:
        self._bold = False
        if tag == "mark":
            self._inside.pop()

    def handle_data(self, data: str) -> None:
        self.text += data
        for kind in self._inside:
            self.marked[kind] += data
        if self._inside and self._bold:
            self.words += data


def a_document(text: str, *, headings: tuple[Heading, ...] = (), title: str = "T", media_type: str = "") -> Document:
    boxes = np.zeros((len(text), 4), np.float32)
    pages = {1: Page(0, len(text), 600, 800, boxes)} if media_type == "application/pdf" else {}
    return Document("doc", "/folder/" + title, title, media_type, text, pages, headings, "", 0.0)


def paged(media_type: str, *labels: str, certainty: float | None = None) -> Document:
    """Return a document of a page for each label, of two lines each."""
    text = "\n\n".join(f"Line {number}\n\nEnd {number}" for number in range(len(labels)))
    size = len(text) + 2
    pages = {
        number: Page((number - 1) * size // len(labels), number * size // len(labels) - 2, 0, 0, None, label, certainty)
        for number, label in enumerate(labels, start=1)
    }
    return replace(a_document(text, media_type=media_type), pages=pages)


def an_answer(text: str = "It is so.", *, grounded: bool = True) -> Answer:
    citation = Citation(1, text, text, text, 3, 0, len(text), text, 0.9)
    hit = Hit(Passage(1, text, 0, len(text), text, 3), 0.9, 1)
    return Answer(
        question=text,
        standalone_question=text + "?",
        text=text,
        sentences=(Sentence(text, (1,), 0.9),) if grounded else (),
        short_answer=ShortAnswer(text[:4], 1, 0, 4) if grounded else None,
        citations=(citation,) if grounded else (),
        hits=(hit,),
        grounded=grounded,
        confidence=0.8,
        differing=(ShortAnswer(text, 1, 0, len(text)),) if grounded else (),
        timings_ms={text: 1.0, "total": 210.0},
    )


def an_exchange(text: str, *, grounded: bool = True, **changes: object) -> Exchange:
    found = (Found(text, text, text, 0, len(text), text, 0.9),)
    answer = an_answer(text, grounded=grounded)
    asked = Exchange(text, Scope(text), "answered", text, answer, found, places={1: f"page {text}"})
    return replace(asked, **changes)  # type: ignore[arg-type]


def everything(text: str) -> list[str]:
    """Render every record with `text` in every field that holds text."""
    document = replace(a_document(text, media_type="application/pdf", title=text), doc_id=text, path=text, missing=text)
    document = replace(document, left_out=(LeftOut("running", text, 2, 1, 2), LeftOut("hidden", text)))
    page = Page(0, len(text), 0, 0, None, text, 0.9)
    slides = replace(document, media_type="text/csv", pages={1: page, 2: replace(page, start=len(text))})
    citation = an_answer(text).citations[0]
    box = Box(1, 1, 1, 2, 2)
    view = SourceView(
        document, 0, len(text), 0, len(text), 0, 1, ((0, 1),), citation, citation, (box,), (box,), True, text, {1: text}
    )
    states: tuple[Literal["indexed", "partial", "rejected"], ...] = ("indexed", "partial", "rejected")
    entries = [Entry(text, text, text, text, 1, 1, 1, text, state, text) for state in states]
    state = IndexingState(running=True, total=9, in_work=(InWork(text, 2, 9),), upcoming=(f"{text}/{text}",))
    return [
        conversation([an_exchange(text)]),
        conversation([an_exchange(text, grounded=False)]),
        conversation([replace(an_exchange(text), answer=replace(an_answer(text, grounded=False), is_reply=True))]),
        conversation([an_exchange(text, state="failed", fault=text)]),
        conversation([an_exchange(text, state="asking")]),
        conversation([an_exchange(text, state="stopped")]),
        welcome([text]),
        notice(text),
        source(view),
        source(replace(view, imaged=False)),
        source(replace(view, document=slides, imaged=False)),
        missing(text),
        listing(entries * 10),
        overview(Counts(1, 2, 1, 1, 9), state, loading=True),
        history([Conversation(text, text, 0.0), *[Conversation("a", text, 9e8)] * 9], text),
        overview(Counts(1, 2, 1, 1, 9), IndexingState(error=text), loading=False),
    ]


@pytest.mark.parametrize("place", range(len(everything("x"))))
def test_every_field_is_escaped(place: int) -> None:
    read = Reader(everything(HOSTILE)[place])
    assert read.names <= NAMES
    assert not [name for name, _ in read.attributes if name.startswith("on")]
    assert HOSTILE in read.text + " ".join(value or "" for _, value in read.attributes)


@given(st.text())
def test_no_text_becomes_an_element_or_an_event(text: str) -> None:
    plain = [Reader(html) for html in everything("x")]
    for read, other in zip([Reader(html) for html in everything(text)], plain, strict=True):
        assert read.names <= NAMES
        assert {name for name, _ in read.attributes} <= {name for name, _ in other.attributes} | MORE


@given(st.text(), st.text())
def test_tags_give_back_their_text_and_attributes(text: str, value: str) -> None:
    read = Reader(tag("p", text, title=value))
    assert read.text == text
    assert read.attributes == [("title", value)]
    assert join(join(text)) == join(text)


MEDIA_TYPES = ["", "text/plain", "text/csv", "text/x-source", "message/rfc822", "application/x-subrip"]
LINES = st.sampled_from(["- ", "  - ", "    x", "1. ", "From: ", "a: b; c: d", "x | y", "\n", "\n\n", "\t", " "])


@st.composite
def views(draw: st.DrawFn) -> SourceView:
    characters = st.text(alphabet=st.characters(codec="utf-8"), max_size=20)
    text = draw(st.lists(LINES | characters, max_size=20).map("".join).filter(bool))
    spans = st.tuples(st.integers(0, len(text)), st.integers(0, len(text))).map(lambda pair: (min(pair), max(pair)))
    headings = tuple(Heading(draw(st.integers(1, 6)), *span) for span in draw(st.lists(spans, max_size=4)))
    start, end = draw(spans)
    others = tuple(draw(st.lists(spans, max_size=3)))
    document = a_document(text, headings=headings, media_type=draw(st.sampled_from(MEDIA_TYPES)))
    cut = enumerate(draw(st.lists(spans, max_size=4)), start=1)
    pages = {number: Page(*span, label=draw(characters)) for number, span in cut}
    return SourceView(replace(document, pages=pages), start, end, 0, len(text), others=others, words=draw(spans))


@given(views())
def test_the_source_is_the_text_and_the_mark_is_the_quote(view: SourceView) -> None:
    read = Reader(text_html(view))
    text = view.document.text
    assert read.text == text
    assert read.marked["cited"] == text[view.start : view.end]
    assert read.words == text[max(view.start, view.words[0]) : max(view.start, min(view.end, view.words[1]))]
    elsewhere = [
        character
        for at, character in enumerate(text)
        if any(start <= at < end for start, end in view.others) and not view.start <= at < view.end
    ]
    assert read.marked["other"] == "".join(elsewhere)


@given(st.integers(0, 300_000))
def test_a_long_document_is_shown_around_the_quote(start: int) -> None:
    text = "a line of a very long document\n" * 10_000
    end = min(start + 100, len(text))
    first, last = window(text, start, end)
    assert 0 <= first <= start <= end <= last <= len(text)
    assert last - first < 130_000
    view = SourceView(a_document(text), start, end, first, last)
    assert Reader(text_html(view)).text == text[first:last]


def test_a_short_document_is_shown_whole() -> None:
    assert window("short", 1, 2) == (0, 5)


def cited_together() -> Answer:
    """Return an answer whose first sentence five sources hold, and whose second contradicts it."""
    quotes = (*["Built in 1907."] * 5, "It was built in 1908.")
    citations = tuple(
        Citation(number, f"d{number}", f"/d{number}", f"D{number}", None, 10, 10 + len(quote), quote, 0.9)
        for number, quote in enumerate(quotes, start=1)
    )
    return replace(
        an_answer(),
        sentences=(Sentence(quotes[0], (2, 1, 3, 4, 5), 0.9), Sentence(quotes[5], (6,), 0.8)),
        citations=citations,
        short_answer=ShortAnswer("1907", 2, 19, 23),
        differing=(ShortAnswer("1907", 2, 19, 23), ShortAnswer("1908", 6, 26, 30)),
    )


def buttons(html: str) -> list[tuple[str, str]]:
    """Return the number of each citation button, and the document that it opens."""
    return [
        (number, doc_id)
        for attributes, number in re.findall(r"<button([^>]*)>(\d+)</button>", html)
        for doc_id in re.findall(r'class="cite".* data-open="(\w+)"', attributes)
    ]


def test_every_number_of_a_sentence_is_a_button_and_every_citation_a_card() -> None:
    html = conversation([an_exchange("When?", answer=cited_together())])
    answer = html[html.index('<div class="answer">') : html.index('<p class="differing">')]
    assert buttons(answer) == [("2", "d2"), ("1", "d1"), ("3", "d3"), ("4", "d4"), ("5", "d5"), ("6", "d6")]
    assert html.count('class="card"') == 6
    assert "· 6 sources ·" in html


def test_the_first_numbers_stay_with_the_last_word_and_many_may_break() -> None:
    html = conversation([an_exchange("When?", answer=cited_together())])
    (tail,) = re.findall(r'<span class="tail"><b>1907</b>\.(.*?)</span>', html)
    assert [number for number, _ in buttons(tail)] == ["2", "1", "3"]


def test_sources_that_differ_are_told_with_their_words_and_buttons() -> None:
    html = conversation([an_exchange("When?", answer=cited_together())])
    line = html[html.index('<p class="differing">') : html.index('<p class="verdict">')]
    assert Reader(line).text == "The sources differ: “1907”2, “1908”6."
    assert buttons(line) == [("2", "d2"), ("6", "d6")]
    assert html.index('<div class="answer">') < html.index('<p class="differing">')
    agreeing = replace(cited_together(), differing=())
    assert "differ" not in conversation([an_exchange("When?", answer=agreeing)])


def test_the_words_that_differ_are_bold_in_their_sentences_and_cards() -> None:
    html = conversation([an_exchange("When?", answer=cited_together())])
    assert html.count("<b>1907</b>") == 7, "in the sentence, in the line, in five cards"
    assert html.count("<b>1908</b>") == 3


def test_a_notice_is_a_sentence_and_nothing_without_a_warning() -> None:
    assert notice("the reader is <damaged>") == '<p role="status">The reader is &lt;damaged&gt;</p>'
    assert notice("") == ""


def test_the_answering_words_are_bold_in_the_sentence() -> None:
    html = conversation([an_exchange("It is so.")])
    assert '<span class="sentence"><b>It i</b>s <span class="tail">so.<sup>' in html


@given(st.text(min_size=1, max_size=80), st.integers(0, 80), st.integers(0, 80))
def test_a_sentence_is_its_text_whatever_is_bold(text: str, start: int, end: int) -> None:
    answer = an_answer(text)
    short = ShortAnswer(text[start:end], 1, start, end)
    html = conversation([an_exchange(text, answer=replace(answer, short_answer=short), found=(), scope=Scope())])
    sentence = html[html.index('<span class="sentence">') : html.index("<sup>")]
    assert Reader(sentence).text == text


def test_each_sentence_is_followed_by_a_button_that_names_its_source() -> None:
    html = conversation([an_exchange("So.")])
    assert 'aria-label="Source 1: So., page So."' in html
    assert 'data-start="0" data-end="3" data-turn="0"' in html


def test_a_reply_is_plain_text_and_no_refusal() -> None:
    asked = an_exchange("hello", grounded=False)
    answer = replace(an_answer("I have 3 documents.", grounded=False), is_reply=True)
    read = Reader(conversation([replace(asked, answer=answer)]))
    assert "I have 3 documents." in read.text
    assert "seem to answer" not in read.text
    assert "Closest" not in read.text


def test_a_refusal_has_another_shape_and_no_marks() -> None:
    html = conversation([an_exchange("So.", grounded=False)])
    assert "Your documents don’t seem to answer this." in html
    assert "Closest I found" in html
    assert 'class="cite"' not in html
    assert 'role="alert"' not in html


def test_a_fault_says_what_failed_and_can_be_tried_again() -> None:
    html = conversation([an_exchange("So?", state="failed", fault="The disk is full: make room.", answer=None)])
    assert "The disk is full: make room." in html
    assert 'data-ask="So?"' in html
    assert "don’t seem to answer" not in html


def test_support_is_said_in_words() -> None:
    said = []
    for support in (1.0, 0.0):
        answer = an_answer("It is so.")
        weighed = replace(answer, sentences=tuple(replace(one, support=support) for one in answer.sentences))
        said.append(conversation([an_exchange("So?", answer=weighed)]))
    assert "Well supported" in said[0]
    assert "Weak: check the source" in said[1]
    assert [support_level(support) for support in (1.0, 0.0)] == ["well", "weak"]


def test_a_copy_has_the_quotations_below_the_text() -> None:
    answer = replace(an_answer("It is so."), differing=())
    assert copy_text(answer, {1: "slide 3"}) == "It is so. [1]\n\n[1] It is so., slide 3: It is so."
    assert copy_text(answer) == "It is so. [1]\n\n[1] It is so., p. 3: It is so."


def said(state: IndexingState, counts: Counts) -> list[str]:
    """Return the paragraphs and buttons of the upper piece, below the counts."""
    html = overview(counts, state, loading=False)
    return re.findall(r"<(?:p|button)(?: [^>]*)?>([^<]+)</", html.replace("\u00a0", " "))[1:]


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


def test_the_bar_is_as_full_as_the_stage_is_done() -> None:
    html = overview(Counts(0, 0, 0, 0, 0), IndexingState(running=True, done=120, total=400), loading=False)
    assert 'value="30"' in html


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
