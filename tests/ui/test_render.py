"""What is rendered: every field is escaped, and the source's text is the document's, character for character."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rendered import Reader, a_document, an_answer, an_exchange

from index import Conversation, InWork
from index.records import Box, Counts, Entry, Heading, LeftOut, Page
from rag.answer.regression import support_level
from rag.records import Answer, Citation, Sentence, ShortAnswer
from ui.text import copy_text
from ui.web.parts.conversation import conversation, notice, welcome
from ui.web.parts.history import history
from ui.web.parts.library import activity, listing, overview
from ui.web.parts.markup import join, tag
from ui.web.parts.source import missing, source, text_html, window
from ui.web.state.exchange import Scope
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
        activity(Counts(1, 2, 1, 1, 9), state),
        overview(Counts(1, 2, 1, 1, 9), replace(state, note=text), loading=True),
        history([Conversation(text, text, 0.0), *[Conversation("a", text, 9e8)] * 9], text),
        activity(Counts(1, 2, 1, 1, 9), IndexingState(error=text)),
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
