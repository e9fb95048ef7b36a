"""The marks of lists in HTML, as a browser shows them."""

from __future__ import annotations

import time

import pytest

from index.readers.content import Source
from index.readers.markup import html as reader


def text(body: str, head: str = "") -> str:
    return reader.read(Source(f"<!doctype html><head>{head}</head><body>{body}".encode())).text


@pytest.mark.parametrize(
    ("page", "lines"),
    [
        ("<ol type=a><li>x<li>y</ol>", "a. x\nb. y"),
        ("<ol type=A start=27><li>x</ol>", "AA. x"),
        ("<ol type=i><li>x<li>y<li>z<li>w</ol>", "i. x\nii. y\niii. z\niv. w"),
        ("<ol type=I start=9><li>x</ol>", "IX. x"),
        ("<ol start=-1><li>x<li>y<li>z</ol>", "-1. x\n0. y\n1. z"),
        ("<ol reversed><li>x<li>y<li>z</ol>", "3. x\n2. y\n1. z"),
        ("<ol reversed start=10><li>x<li>y</ol>", "10. x\n9. y"),
        ("<ol><li>x<li value=7>y<li>z</ol>", "1. x\n7. y\n8. z"),
        ("<ol><li type=a>x<li>y</ol>", "a. x\n2. y"),
        ("<ol type=disc start=x><li value=y>x</ol>", "1. x"),
        ("<ol><li>x<ol type=a><li>y<li>z</ol><li>w</ol>", "1. x\n  a. y\n  b. z\n2. w"),
        ("<ul type=1><li>x</ul>", "- x"),
    ],
)
def test_items_have_the_numbers_that_a_browser_shows(page: str, lines: str) -> None:
    assert text(page) == lines


@pytest.mark.parametrize(
    ("style", "page", "lines"),
    [
        ("", '<ol style="list-style-type: lower-alpha"><li>x<li>y</ol>', "a. x\nb. y"),
        ("ol.legal { list-style: upper-roman inside }", "<ol class=legal><li>x</ol><ol><li>y</ol>", "I. x\n\n1. y"),
        (".a > li { list-style-type: decimal-leading-zero }", "<ol class=a><li>x</ol>", "01. x"),
        ("ul { list-style: decimal }", "<ul><li>x<li>y</ul>", "1. x\n2. y"),
        ("ol { list-style: none }", "<ol><li>x</ol>", "- x"),
        ("ol { list-style: none } ol { list-style-type: lower-roman }", "<ol><li>x</ol>", "i. x"),
        ("ul { list-style: none } li { display: block }", "<ol><li>x</ol>", "- x"),
        ("ol { list-style: none; counter-reset: step }", "<ol><li>x<li>y</ol>", "1. x\n2. y"),  # counted by the page
        ("ol { list-style: var(--own) } ol { list-style-type: hebrew }", "<ol><li>x</ol>", "1. x"),
    ],
)
def test_style_sheets_say_how_items_are_marked(style: str, page: str, lines: str) -> None:
    assert text(page, f"<style>{style}</style>") == lines


def test_a_heading_has_the_number_of_the_item_that_it_begins() -> None:
    content = reader.read(Source(b"<ol><li><h2>Scope</h2><p>Pumps.</p><li><h2>Term</h2></ol><ul><li><h2>End</h2></ul>"))
    assert content.text == "1. Scope\n\nPumps.\n\n2. Term\n\nEnd"
    assert [content.text[found.start : found.end] for found in content.headings] == ["1. Scope", "2. Term", "End"]


def test_items_that_are_not_displayed_do_not_count() -> None:
    assert text('<ol><li>x<li style="display:none">y<li>z</ol>') == "1. x\n2. z"


def test_hostile_lists_are_bounded() -> None:
    begun = time.process_time()
    page = "<ol reversed type=a start=999999999>" + "<li value=99999999999999999999>x" * 30_000 + "</ol>"
    page += "<ol reversed type=i><li>" * 1000
    lines = text(page + "y").splitlines()
    assert len(lines) > 30_000
    assert max(map(len, lines)) < 3000
    assert time.process_time() - begun < 20
