"""The numbers of OpenDocument's lists and headings, as LibreOffice shows them."""

from __future__ import annotations

import time

import pytest

from index.readers.content import Content, Source
from index.readers.opendocument import odt

NAMES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "text", "style", "table")
)
NAMES += ' xmlns:loext="urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0"'


def content_of(body: str, styles: str = "") -> Content:
    return odt.read(
        Source(
            f"<office:document {NAMES}><office:styles>{styles}</office:styles>"
            f"<office:body><office:text>{body}</office:text></office:body></office:document>".encode()
        )
    )


def level(number: int, form: str, suffix: str = "", more: str = "", *, of: str = "list-level-style-number") -> str:
    return f'<text:{of} text:level="{number}" style:num-format="{form}" style:num-suffix="{suffix}" {more}/>'


def list_style(name: str, *levels: str) -> str:
    return f'<text:list-style style:name="{name}">{"".join(levels)}</text:list-style>'


def items(style: str, *inside: str, more: str = "") -> str:
    named = f'text:style-name="{style}"' if style else ""
    return f"<text:list {named} {more}>{''.join(inside)}</text:list>"


def item(*inside: str, more: str = "") -> str:
    blocks = (one if one.startswith("<") else f"<text:p>{one}</text:p>" for one in inside)
    return f"<text:list-item {more}>{''.join(blocks)}</text:list-item>"


def heading(depth: int, text: str, more: str = "") -> str:
    return f'<text:h text:outline-level="{depth}" {more}>{text}</text:h>'


def outline(*levels: str) -> str:
    return f'<text:outline-style style:name="Outline">{"".join(levels)}</text:outline-style>'


TWO = 'text:display-levels="2"'
CLAUSES = list_style("L", level(1, "1", "."), level(2, "1", "", TWO), level(3, "a", ")", 'style:num-prefix="("'))
PLAIN = outline(
    level(1, "1", ".", of="outline-level-style"),
    level(2, "1", "", TWO, of="outline-level-style"),
    level(3, "", of="outline-level-style"),
)
ON = 'text:continue-numbering="true"'


def test_clauses_are_numbered_as_the_page_shows_them() -> None:
    deep = items("", item("four;"), item("six."))
    body = items("L", item("Terms"), item("Payment", items("", item("The fee."), item("Interest of", deep))))
    assert content_of(body, CLAUSES).text == (
        "1. Terms\n2. Payment\n  2.1 The fee.\n  2.2 Interest of\n    (a) four;\n    (b) six."
    )


def test_headings_are_numbered_by_the_outline_and_the_title_is_not() -> None:
    body = heading(1, "Scope") + heading(2, "Pumps") + heading(3, "Small") + heading(1, "Rest") + heading(2, "End")
    content = content_of(body, PLAIN)
    assert content.text == "1. Scope\n\n1.1 Pumps\n\nSmall\n\n2. Rest\n\n2.1 End"
    assert content.text[content.headings[1].start : content.headings[1].end] == "1.1 Pumps"
    assert content.title == "Scope"


def test_a_heading_out_of_the_outline_has_no_number_and_one_may_begin_anew() -> None:
    styles = PLAIN + '<style:style style:name="Free" style:list-style-name=""/>'
    body = heading(1, "a") + heading(1, "b", 'text:is-list-header="true"') + heading(1, "c", 'text:style-name="Free"')
    body += heading(1, "d", 'text:restart-numbering="true" text:start-value="7"') + heading(1, "e")
    assert content_of(body, styles).text == "1. a\n\nb\n\nc\n\n7. d\n\n8. e"


def test_a_heading_in_a_list_has_the_number_of_its_item() -> None:
    body = items("L", item(heading(1, "Scope")), item(heading(1, "Rest")))
    assert content_of(body, CLAUSES).text == "1. Scope\n\n2. Rest"


def test_a_list_goes_on_where_it_says_so() -> None:
    body = "".join(
        (
            items("L", item("a"), more='xml:id="one"'),
            items("L", item("b"), more='xml:id="two"'),
            items("L", item("c"), more='text:continue-list="one"'),
            items("L", item("d"), more=ON),
            items("L", item("e"), more='text:continue-list="two"'),
            items("M", item("f"), more=ON),
        )
    )
    styles = CLAUSES + list_style("M", level(1, "A", "."))
    assert content_of(body, styles).text == "1. a\n1. b\n2. c\n3. d\n2. e\nA. f"


def test_a_list_that_was_interrupted_deep_inside_goes_on_there() -> None:
    body = items("L", item("a", items("", item("b")))) + "<text:p>Between</text:p>"
    body += items("L", item(items("", item("c"))), item("d", items("", item("e"))), more=ON)
    assert content_of(body, CLAUSES).text == "1. a\n  1.1 b\n\nBetween\n\n  1.2 c\n2. d\n  2.1 e"


def test_lists_below_one_item_begin_anew() -> None:
    body = items("L", item("a", items("", item("b"), item("c")), "more", items("", item("d")), items("M", item("e"))))
    styles = CLAUSES + list_style("M", level(2, "i", "."))
    assert content_of(body, styles).text == "1. a\n  1.1 b\n  1.2 c\n  more\n  1.1 d\n  i. e"


def test_an_item_in_another_style_counts_in_the_same_list() -> None:
    other = 'text:style-override="M"'
    body = items("L", item("a"), item("b", items("M", item("c")), more=other)) + "<text:p>Between</text:p>"
    body += items("L", item(items("", item("d"))), item("e"), more=ON)
    styles = CLAUSES + list_style("M", level(1, "A", "."), level(2, "i", "."))
    assert content_of(body, styles).text == "1. a\nB. b\n  i. c\n\nBetween\n\n  2.2 d\n3. e"


def test_start_values_are_those_of_the_level_or_the_item() -> None:
    styles = list_style("L", level(1, "1", ".", 'text:start-value="7"'))
    body = items("L", item("a"), item("b", more='text:start-value="20"'), item("c"))
    assert content_of(body, styles).text == "7. a\n20. b\n21. c"


@pytest.mark.parametrize(
    ("form", "more", "shown"),
    [
        ("a", "", "bb x"),
        ("A", "", "BB x"),
        ("i", "", "xxviii x"),
        ("01, 02, 03, ...", "", "28 x"),
        ("One, Two, Three, ...", "", "28 x"),  # a form of words, in digits
        ("1", 'style:num-prefix="§ "', "§ 28 x"),
        ("1", 'loext:num-list-format="(%1%)"', "(28) x"),
    ],
)
def test_each_form_of_numbers_is_shown(form: str, more: str, shown: str) -> None:
    styles = list_style("L", level(1, form, "", f'{more} style:num-letter-sync="true"'))
    assert content_of(items("L", item("x", more='text:start-value="28"')), styles).text == shown


def test_a_level_without_a_number_makes_paragraphs() -> None:
    assert content_of(items("L", item("x")), list_style("L", level(1, ""))).text == "x"


def test_a_number_that_the_file_states_is_that_and_comes_once() -> None:
    stated = "<text:number>IV.</text:number>"
    body = items("L", item(f"<text:p>{stated}x</text:p>")) + f"<text:p>{stated}y</text:p>" + heading(1, f"{stated}z")
    assert content_of(body, CLAUSES + PLAIN).text == "IV. x\n\nIV. y\n\nIV. z"


def test_rows_that_number_themselves_have_their_numbers() -> None:
    rows = "".join(
        f"<table:table-row><table:table-cell>{items('L', item(''), more=ON)}</table:table-cell>"
        f"<table:table-cell><text:p>{name}</text:p></table:table-cell></table:table-row>"
        for name in ("Pump", "Hose")
    )
    assert content_of(f"<table:table>{rows}</table:table>", CLAUSES).text == "1. | Pump\n2. | Hose"


def test_hostile_numbering_is_bounded() -> None:
    begun = time.process_time()
    long = level(1, "a" * 10_000, "x" * 1_000_000, 'text:start-value="99999999999999"')
    many = "".join(level(number, "1", "", 'text:display-levels="999999999"') for number in (2, 60, 61, 10**12))
    body = items("L", *[item("x")] * 20_000, items("", item("y")) * 100, more='xml:id="a" text:continue-list="a"')
    body += heading(10, "z", 'text:restart-numbering="true" text:start-value="999999999999999"') * 1000
    lines = content_of(body, list_style("L", long, many) + PLAIN).text.splitlines()
    assert len(lines) > 20_000
    assert max(map(len, lines)) < 200
    assert time.process_time() - begun < 20
