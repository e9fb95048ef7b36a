"""What no reader of a text sees is taken out of it, and what stays is where it was."""

from __future__ import annotations

import json
import time
import unicodedata

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.readers import read_source
from index.readers.cleaning import clean_content
from index.readers.content import LONGEST_TITLE, Content, Source, sensible_title
from index.records import Document, Heading, Page
from index.text import characters
from index.text.characters import STEPS, clean_text

ODD = "\0\x07\x0b\x1b\x1f\x7f\x85\x9f\r\n\t\f\xad\u034f\u061c\u180b\u180e\u200b\u200c\u200d\u200e\u200f"
ODD += "\u2028\u2029\u202e\u2060\u2066\u2069\u206f\ufe0e\ufe0f\ufeff\ufff9\ufffb"
ODD += "\U000e0001\U000e0041\U000e007f\U000e0100\ud83d\ude00\udc00"
NEAR = "ab .क\u094dمي❤🔥👨\U0001f3fe日"
odd_text = st.text(st.sampled_from(ODD + NEAR), max_size=60) | st.text(st.characters(codec=None), max_size=60)


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("plain text, Äpfel, 日本語, 👍🏾\n\ttab \f page\u2029", None),
        ("Persian می\u200cخواهم", None),
        ("Hindi क\u094d\u200dष and at a word's end ന\u0d4d\u200d here", None),
        ("emoji ❤\ufe0f\u200d🔥 👨\u200d👩\u200d👧 1\ufe0f\u20e3 🏳\ufe0f\u200d🌈 🧑🏾\u200d🚀", None),
        ("ideograph 葛\U000e0100", None),
        ("half \ud83d and \ude00 half", "half \ufffd and \ufffd half"),
        ("whole \ud83d\ude00", "whole 😀"),
        ("one\r\ntwo\rthree\x85four\u2028five\x0bsix", "one\ntwo\nthree\nfour\nfive\nsix"),
        ("a\0b\x07c\x1b[0m\x9f\x7f", "abc[0m"),
        ("name\x1fvalue", "name value"),
        ("fdp.\u202eexe\u202c \u2066x\u2069 \u200ey\u200f\u061c", "fdp.exe x y"),
        ("\ufeffin\u00advis\u200bi\u2060b\u2064l\u180ee\ufff9", "invisible"),
        ("zero\u200cwidth\u200djoiners \u200d", "zerowidthjoiners "),
        ("a\u200c\u200c\u200d\u200db م\u200c\u200c\u200dي", "ab م\u200cي"),
        ("hidden❤\ufe0f\ufe0e\ufe01\U000e0101 \ufe0f\n\ufe0f", "hidden❤\ufe0f \n"),
        ("tags \U000e0001\U000e0068\U000e0069\U000e007f.", "tags ."),
        ("🏴\U000e0067\U000e0062\U000e007f", "🏴"),
        ("\ufe0f", ""),
        ("", None),
    ],
)
def test_what_is_not_seen_goes_and_what_writing_needs_stays(text: str, clean: str | None) -> None:
    assert clean_text(text) == (text if clean is None else clean)
    assert (clean_text(text) is text) == (clean is None)


@given(odd_text)
def test_a_clean_text_can_be_encoded_and_stays_as_it_is(text: str) -> None:
    clean = clean_text(text)
    clean.encode("utf-8")
    assert clean_text(clean) is clean
    assert not any(unicodedata.category(c) == "Cc" and c not in "\n\t\f" for c in clean)


@given(odd_text)
def test_each_character_that_stays_is_found_by_its_offset(text: str) -> None:
    for step in STEPS:
        clean, dropped = step(text)
        kept = np.delete(np.arange(len(text)), dropped)
        assert len(clean) == len(kept)
        for before, after in zip((text[i] for i in kept), clean, strict=True):
            is_replaced = after in "\n \ufffd" or "\ud800" <= before <= "\udbff"
            assert before == after or is_replaced
        text = clean


@given(odd_text, st.integers(1, 5))
def test_a_text_is_cleaned_in_steps_as_in_one(text: str, at_once: int) -> None:
    whole = clean_text(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(characters, "_AT_ONCE", at_once)
        assert clean_text(text) == whole


@given(odd_text, odd_text, odd_text)
def test_pages_boxes_and_headings_move_along(first: str, second: str, third: str) -> None:
    text = f"<{first}|{second}|{third}>"
    spans = [(0, len(first) + 2), (len(first) + 2, len(text))]
    boxes = [np.arange(start, end, dtype=np.float32).repeat(4).reshape(-1, 4) for start, end in spans]
    pages = {n: Page(*span, boxes=rows) for n, (span, rows) in enumerate(zip(spans, boxes, strict=True), start=1)}
    heading = Heading(1, len(first) + 1, len(first) + len(second) + 3)
    found = clean_content(Content("", text, pages, (heading,)))
    inner = found.headings[0]
    assert found.text[inner.start] == found.text[inner.end - 1] == "|"
    assert [(page.start, page.end) for page in found.pages.values()] == [
        (0, inner.start + 1),
        (inner.start + 1, len(found.text)),
    ]
    for page in found.pages.values():
        assert page.boxes is not None
        assert len(page.boxes) == page.end - page.start
    marks = [(1, 0, 0), (1, inner.start, len(first) + 1), (2, len(found.text) - 1, len(text) - 1)]
    for number, where, was in marks:  # each box is still that of its character
        page = found.pages[number]
        assert page.boxes is not None
        assert page.boxes[where - page.start].tolist() == [was] * 4


def test_a_content_that_is_clean_comes_back_itself() -> None:
    content = Content("Title", "Text.\n\nMore.", {1: Page(0, 5, label="i")}, (Heading(1, 0, 5),), missing="nothing")
    assert clean_content(content) is content


def test_titles_labels_and_reasons_are_cleaned_and_bounded() -> None:
    pages = {1: Page(0, 1, label="i\u202ev\n" * 500), 2: Page(0, 1, label="2")}
    found = clean_content(Content("Ti\u200btle " * 200, "x", pages, missing="a\ud83d\nb"))
    assert len(found.title) <= LONGEST_TITLE
    assert found.title.startswith("Title Title")
    assert found.title.endswith("…")
    assert found.pages[1].label.startswith("iv iv")
    assert len(found.pages[1].label) <= 200
    assert found.pages[2].label == "2"
    assert found.missing == "a\ufffd b"


def test_a_heading_of_nothing_that_is_seen_is_none() -> None:
    found = clean_content(Content("", "\u200b\u200b\n\nText", headings=(Heading(1, 0, 2), Heading(2, 4, 8))))
    assert found.text == "\n\nText"
    assert found.headings == (Heading(2, 2, 6),)


def read(data: bytes, name: str) -> Document:
    return read_source(Source(data, name), path=name, modified=0.0).document


def test_documents_are_clean_wherever_they_come_from() -> None:
    cut = read(json.dumps({"title": "A cut \ud83d", "text": "emoji \ud83d and \u202eturned"}).encode(), "x.json")
    assert "emoji \ufffd and turned" in cut.text
    cut.title.encode("utf-8")
    assert read(b"one\xe2\x80\x8bword \xe2\x80\xaeback\n", "a\u202e\u200b\n.txt").text.strip() == "oneword back"
    assert read(b"words", "a\u202e\u200b\nb.txt").title == "a b"
    assert len(read(b"words", "a" * 5000 + ".txt").title) == LONGEST_TITLE
    page = read(f"<title>{'Long ' * 900}</title><p>soft\u00adhy\u200bphen".encode(), "x.html")
    assert len(page.title) <= LONGEST_TITLE
    assert page.text == "softhyphen"


@pytest.mark.parametrize(
    "unit", ["\u200b", "a\u200b", "\ud83d", "\ud83d\ude00", "م\u200c", "❤\ufe0f\u200d", "\r\n"], ids=ascii
)
def test_a_million_odd_characters_are_cleaned_in_no_time(unit: str) -> None:
    start = time.process_time()
    clean_text(unit * (1_000_000 // len(unit)))
    assert time.process_time() - start < 30  # 0.3 s where nothing else runs: this guards against a hang


def test_a_title_that_was_made_to_take_long_is_looked_at_in_no_time() -> None:
    start = time.process_time()
    sensible_title("ab1" + "_" * 200_000 + " x")
    assert time.process_time() - start < 30
