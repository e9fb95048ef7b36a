"""Footers of web pages, of which the content is read and the furniture is not; captions, and what they stand by."""

from __future__ import annotations

import time

import pytest

from index.readers.content import Source
from index.readers.markup import html as reader


def text(body: str) -> str:
    return reader.read(Source(f"<!doctype html><body>{body}".encode())).text


def footer(inside: str) -> str:
    """Return what is read of a footer."""
    return text(f"<main><p>Words</p></main><footer>{inside}</footer>").removeprefix("Words").strip()


@pytest.mark.parametrize(
    ("inside", "lines"),
    [
        ("<p>Complaints go to Main Square 12 in Graz.</p>", "Complaints go to Main Square 12 in Graz."),
        ("<p>Last updated: 3 May 2024</p>", "Last updated: 3 May 2024"),
        ("<p>Founded in 1985</p>", "Founded in 1985"),
        ("<p>Reviewed in <time datetime=2024-05>May</time></p>", "Reviewed in May"),
        ("<address>The Mill<br>Church Lane<br>Oakham</address>", "The Mill\nChurch Lane\nOakham"),
        ('<p>Call <a href="tel:+4312345">+43 1 2345</a></p>', "Call +43 1 2345"),
        ('<p><a href="mailto:ann@example.org">ann@example.org</a></p>', "ann@example.org"),
        ("<h4>Opening hours</h4><p>Mon to Fri, 9 to 17</p>", "Opening hours\nMon to Fri, 9 to 17"),
        ("<div>Smith Ltd</div><div>Mill Lane 3</div><div>Oakham</div>", "Smith Ltd\nMill Lane 3\nOakham"),
        (
            "<p>This leaflet was written by the nurses of the ward for parents.</p>",
            "This leaflet was written by the nurses of the ward for parents.",
        ),
        ("<p>© 2024 Smith Ltd, Mill Lane 3, Oakham</p>", "© 2024 Smith Ltd, Mill Lane 3, Oakham"),
    ],
)
def test_what_a_footer_says_is_read(inside: str, lines: str) -> None:
    assert footer(inside) == lines


@pytest.mark.parametrize(
    "inside",
    [
        "Imprint",
        "<ul><li><a href=/a>About us</a><li><a href=/b>Jobs 2024</a></ul>",
        "<a href=/a>Imprint</a> | <a href=/b>Privacy</a> | <a href=/c>Terms 3</a>",
        "<nav><p>Call us on 555 1234.</p></nav>",
        "<p>© 2019–2024 Smith Ltd. All rights reserved.</p>",
        "<p>We use 3 cookies to make this page as good as it can be for you.</p>",
        "<div class=cookie-banner><p>This page keeps 14 things about you on your own device.</p></div>",
        "<h4>Follow us</h4><ul><li><a href=/a>Elsewhere</a></ul>",
        "<form><p>News</p><input value=7></form>",
    ],
)
def test_menus_notices_and_links_of_a_footer_are_not_read(inside: str) -> None:
    assert footer(inside) == ""


def test_a_footer_comes_after_the_page_whatever_says_that_it_is_one() -> None:
    said = "<p>Room 12</p>"
    assert text(f"<footer>{said}</footer><p>Words</p>") == "Words\n\nRoom 12"
    assert text(f"<div role=contentinfo>{said}</div><main>Words</main>") == "Words\n\nRoom 12"
    assert text(f"<main>Words</main><footer role=contentinfo>{said}</footer><footer>{said}</footer>") == (
        "Words\n\nRoom 12"
    )


def test_a_footer_of_something_else_stands_where_that_does_or_not_at_all() -> None:
    said = "<footer>Room 12</footer>"
    assert text(f"<article><p>Words</p>{said}</article><p>End</p>") == "Words\n\nRoom 12"
    assert text(f"<p>Words</p><aside>{said}</aside><nav>{said}</nav>") == "Words"
    assert text("<blockquote>Be kind.<footer>Ann, 1980</footer></blockquote><p>End</p>") == (
        "Be kind.\n\nAnn, 1980\n\nEnd"
    )


def test_headings_stay_where_they_are_when_a_footer_follows() -> None:
    content = reader.read(Source(b"<title>Foxes of the north</title><h1>Foxes</h1><p>Red.</p><footer>Room 12</footer>"))
    assert content.text == "Foxes\n\nRed.\n\nRoom 12"
    assert [(found.start, found.end) for found in content.headings] == [(0, 5)]
    assert content.title == "Foxes of the north"


TABLE = "<table><tr><th>City<th>People</tr><tr><td>Graz<td>300,000</tr></table>"


@pytest.mark.parametrize(
    "figure",
    [
        f"<figure>{TABLE}<figcaption>Table 1: <b>Cities</b></figcaption></figure>",
        f"<figure><figcaption>Table 1: Cities</figcaption>{TABLE}</figure>",
        f"<figure><div>{TABLE}</div><figcaption>Table 1: Cities</figcaption></figure>",
        f"<figure>{TABLE.replace('<table>', '<table><caption>Table 1: Cities</caption>')}</figure>",
    ],
)
def test_the_caption_of_a_table_stands_above_it(figure: str) -> None:
    assert text(f"<p>Before</p>{figure}<p>After</p>") == (
        "Before\n\nTable 1: Cities\n\nCity: Graz; People: 300,000\n\nAfter"
    )


def test_the_caption_of_a_picture_stands_where_that_does() -> None:
    page = "<p>Before</p><figure><img src=x><figcaption>Figure 1: A fox</figcaption></figure><p>After</p>"
    assert text(page) == "Before\n\nFigure 1: A fox\n\nAfter"


def test_hostile_footers_and_figures_are_bounded() -> None:
    begun = time.process_time()
    deep = "<footer><figure><figcaption>" * 900 + "x" + "</figcaption></figure></footer>" * 900
    many = "<footer><p>© 2024 (c) 2024, , , 7</p></footer>" * 5000 + "<footer>" + "<p>Room 1</p>" * 20_000 + "</footer>"
    assert text(f"<main>Words</main>{deep}{many}{'©' * 100_000}").startswith("Words")
    assert time.process_time() - begun < 20
