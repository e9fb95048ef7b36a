"""The HTML reader: what a person sees in the main part, as paragraphs, items, rows and headings."""

from __future__ import annotations

import pytest
from growth import check_growth
from hypothesis import given
from hypothesis import strategies as st

from index.errors import DocumentRejectedError
from index.readers.content import Content, Source
from index.readers.markup import html as reader


def read(data: bytes) -> Content:
    return reader.read(Source(data))


def text(body: str) -> str:
    return read(f"<!doctype html><body>{body}".encode()).text


def headings(content: Content) -> list[tuple[int, str]]:
    return [(heading.level, content.text[heading.start : heading.end]) for heading in content.headings]


def test_paragraphs_are_parted_by_a_blank_line() -> None:
    assert text("<p>One\n  two</p>\n<p>Three<br>four</p>") == "One two\n\nThree four"


def test_what_nobody_sees_is_no_text() -> None:
    hidden = (
        "<script>a()</script><style>b{}</style><template>c</template><noscript>d</noscript><!-- e -->"
        "<p hidden>f</p><p aria-hidden=true>g</p><p style='display: none'>h</p><p style='visibility:hidden'>i</p>"
        "<select><option>j</select><button>k</button><textarea>l</textarea><svg><text>m</text></svg>"
    )
    assert text(f"<p>Seen</p>{hidden}") == "Seen"


def test_furniture_of_the_site_is_left_out() -> None:
    page = "<header>Shop</header><nav>Menu</nav><p>Words</p><aside>Ads</aside><footer>Imprint</footer>"
    assert text(page) == "Words"


def test_the_header_of_an_article_stays() -> None:
    page = "<header>Shop</header><article><header><h1>Foxes</h1></header><p>Words</p><footer>By Ann</footer></article>"
    assert text(page) == "Foxes\n\nWords\n\nBy Ann"


def test_the_main_part_is_all_that_counts() -> None:
    assert text("<div>Around</div><main><p>Inside</p></main>") == "Inside"
    assert text("<div>Around</div><article>One</article><article>Two</article>") == "Around\n\nOne\n\nTwo"
    assert text("<main></main><p>Words</p>") == "Words"


def test_a_page_of_furniture_alone_is_read_all_the_same() -> None:
    assert text("<header><p>Words</p></header>") == "Words"


def test_headings_know_their_level_and_place() -> None:
    content = read(b"<title>T</title><h1>One</h1><p>a</p><h3>Two <em>b</em></h3><ul><li>x</ul><h2>Three</h2>")
    assert headings(content) == [(1, "One"), (3, "Two b"), (2, "Three")]
    assert content.text == "One\n\na\n\nTwo b\n\n- x\n\nThree"


def test_the_title_is_the_pages_own_or_its_first_heading() -> None:
    assert read(b"<title>A &amp; B</title><h1>C</h1>").title == "A & B"
    assert read(b"<h1>C</h1><p>x").title == "C"
    assert read(b"<p>x").title == ""


def test_items_have_a_mark_and_their_depth() -> None:
    page = "<ul><li>One<li><p>Two</p><p>more</p><ol start=3><li>x<li>y</ol></ul>"
    assert text(page) == "- One\n- Two\n  more\n  3. x\n  4. y"


def test_rows_name_their_columns() -> None:
    page = (
        "<table><caption>Planets</caption><tr><th>Planet<th>Radius<th>Day</tr>"
        "<tr><td>Mars<td>3,390 km<td>24.6 h</tr><tr><td>Venus<td><td>243 d</tr></table>"
    )
    assert text(page) == "Planets\n\nPlanet: Mars; Radius: 3,390 km; Day: 24.6 h\nPlanet: Venus; Day: 243 d"


def test_rows_without_a_header_join_their_cells() -> None:
    assert text("<table><tr><td>a<td>b</tr><tr><td>c<td></tr></table>") == "a | b\nc"


def test_a_row_with_a_name_is_name_and_value() -> None:
    page = "<table><tr><th colspan=2>Mars</tr><tr><th>Radius<td>3,390 km</tr><tr><th>Moons<td>2</tr></table>"
    assert text(page) == "Mars\n\nRadius: 3,390 km\nMoons: 2"


def test_a_cell_stands_in_every_row_that_it_spans() -> None:
    page = "<table><tr><th>A<th>B</tr><tr><td rowspan=2>x<td>1</tr><tr><td>2</tr></table>"
    assert text(page) == "A: x; B: 1\nA: x; B: 2"


def test_a_table_that_lays_out_a_page_is_read_as_blocks() -> None:
    page = "<table><tr><td><h2>Left</h2><p>One</p><td><table><tr><th>A<th>B<tr><td>1<td>2</table></table>"
    assert text(page) == "Left\n\nOne\n\nA: 1; B: 2"


def test_code_keeps_its_lines() -> None:
    assert text("<p>See:</p><pre>def f():\n    return 1\n</pre>") == "See:\n\ndef f():\n    return 1"


def test_an_address_keeps_its_lines() -> None:
    assert text("<address>1 Main St<br>Springfield</address>") == "1 Main St\nSpringfield"


def test_raised_digits_stay_raised() -> None:
    assert text("<p>10<sup>6</sup> m<sup>2</sup>, the 4<sup>th</sup>") == "10⁶ m², the 4th"


@pytest.mark.parametrize(
    ("head", "encoding"),
    [
        ('<meta charset="windows-1251">', "windows-1251"),
        ('<meta http-equiv="Content-Type" content="text/html; charset=Shift_JIS">', "shift_jis"),
        ('<?xml version="1.0" encoding="iso-8859-1"?>', "latin-1"),
        ("", "utf-16"),
    ],
)
def test_the_encoding_is_the_one_that_the_page_names(head: str, encoding: str) -> None:
    words = {"windows-1251": "мир", "shift_jis": "猫", "latin-1": "ç", "utf-16": "猫"}[encoding]
    assert read(f"{head}<p>{words}</p>".encode(encoding)).text == words


def test_a_page_nested_beyond_reason_is_rejected_at_once() -> None:
    def nested(depth: int) -> None:
        with pytest.raises(DocumentRejectedError, match="nested"):
            read(b"<div>" * depth)

    check_growth(nested, 50_000)


def test_a_deep_page_is_read() -> None:
    assert text("<div>" * 2500 + "Words") == "Words"


@given(st.text(alphabet=st.sampled_from("<>/=\"' abhlprtu1!-&;\n"), max_size=200))
def test_broken_markup_never_fails(page: str) -> None:
    content = read(page.encode() + b"<p>Words</p>")
    for heading in content.headings:
        assert content.text[heading.start : heading.end].strip()
