"""HTML: what no eye sees on the page is no text of it, whatever way it is hidden; what is seen stays."""

from __future__ import annotations

import time

import pytest

from index.readers.content import Content, Source
from index.readers.markup import html as reader

LIE = "The warranty is 99 years."
SEEN = "The warranty is 2 years."


# What an element itself says in these ways is left out without a word.
PUT_AWAY = ["display:none", "display : none !important", "dis\\70lay:none", "display:/* */none", "DISPLAY:NONE"]


def read(page: str) -> Content:
    return reader.read(Source(f"<!doctype html>{page}".encode()))


@pytest.mark.parametrize(
    "style",
    [
        *PUT_AWAY,
        "visibility:hidden", "visibility:collapse", "opacity:0", "opacity:.01", "opacity:0%", "filter:opacity(0)",
        "font-size:0", "font-size:1px", "font-size:.5pt", "font:0/0 a", "font-size:1%",
        "position:absolute;left:-9999px", "position:fixed;top:-1000em", "text-indent:-9999px", "margin-left:-9999px",
        "position:absolute;right:9999px", "transform:translateX(-9999px)", "transform:scale(0)",
        "width:0;overflow:hidden", "height:0;overflow:hidden", "max-height:0;overflow:hidden",
        "position:absolute;width:1px;height:1px;overflow:hidden;clip:rect(0,0,0,0)", "clip-path:inset(50%)",
        "color:transparent", "color:rgba(0,0,0,0)", "color:#fff", "color:white;position:relative",
        "color:#fefefe;background:#fff", "background:black;color:rgb(2,2,2)", "-webkit-text-fill-color:transparent",
        "background:#000", "color:hsl(0, 0%, 100%)", "content-visibility:hidden",
    ],
)  # fmt: skip
def test_a_text_that_its_style_hides_is_left_out_and_said(style: str) -> None:
    inline = read(f"<p>Before.<p style='{style}'>{LIE}</p><p>{SEEN}")
    by_sheet = read(f"<style>p.x, .y {{ {style} }}</style><p>Before.<div class=y><span>{LIE}</span></div><p>{SEEN}")
    assert inline.text == by_sheet.text == f"Before.\n\n{SEEN}"
    assert by_sheet.missing == "1 passage that the page hides from the eye is left out"
    assert inline.missing == ("" if style in PUT_AWAY else by_sheet.missing), (
        "banners are put away openly, by the dozen"
    )


@pytest.mark.parametrize(
    ("sheet", "hidden"),
    [
        ("#a {display:none}", True),
        (".b.c {display:none}", True),
        ("p.b[data-x='1'] {display:none}", True),
        ("div > .b {display:none}", True),
        ("section .b {display:none}", True),
        ("i + p {display:none}", True),
        ("i ~ p {display:none}", True),
        ("p:not(.d) {display:none}", True),
        (":is(section, div) p {display:none}", True),
        ("section { & p {display:none} }", True),
        ("section { p {display:none} }", True),
        ("@media screen {p {display:none}}", True),
        ("@media (min-width: 600px) {p {display:none}}", True),
        ("@media not print {p {display:none}}", True),
        ("@supports (display: grid) {@layer x {p {display:none}}}", True),
        ("/* } */ @import url(x;y.css); p {content: '}'; display:none", True),
        ("p {display:none} p.d {display:block}", True),
        ("p {display:none !important} #a {display:block}", True),
        ("p {display:none} #a {display:block}", False),
        ("#a {display:block} p {display:none}", False),
        ("@media print {p {display:none}}", False),
        ("@media (max-width: 600px) {p {display:none}}", False),
        ("@media (prefers-color-scheme: dark) {p {display:none}}", False),
        ("p:hover, p::before, .z p {display:none}", False),
        ("i > p {display:none}", False),
        ("/* p {display:none} */ p {color: red}", False),
        ("i {background: url(a;b{c.png)} p {display:none}", True),
        ("i {background: url('a)b}{.png')} p {display:none}", True),
    ],
)
def test_a_rule_of_the_page_hides_what_its_selector_takes(sheet: str, hidden: bool) -> None:
    body = f"<section><div><i>Left</i><p id=a class='b c' data-x=1>{LIE}</p></div></section><h2>{SEEN}</h2>"
    text = read(f"<style>{sheet}</style>{body}").text
    assert (LIE in text) is not hidden
    assert SEEN in text


@pytest.mark.parametrize(
    "page",
    [
        f"<div style='background:#123'><p style='color:#fff'>{SEEN}</div>",
        f"<style>.bar {{background:#036 url(x.png)}} .bar b {{color:white}}</style><p class=bar><b>{SEEN}</b>",
        f"<table><tr bgcolor='#003366'><td><font color=white>{SEEN}</font></table>",
        f"<link rel=stylesheet href=a.css><p style='color:#fff'>{SEEN}",
        f"<div><img src=a.png><h1 style='position:absolute;color:#fff'>{SEEN}</h1></div>",
        f"<h1 style='background:linear-gradient(red,blue);-webkit-background-clip:text;color:transparent'>{SEEN}</h1>",
        f"<div style='font-size:0'><span style='font-size:16px'>{SEEN}</span></div>",
        f"<div style='visibility:hidden'><span style='visibility:visible'>{SEEN}</span></div>",
        f"<style>@keyframes in {{to {{opacity:1}}}} p {{opacity:0; animation: in 1s forwards}}</style><p>{SEEN}",
        f"<style>body {{display:none}}</style><p>{SEEN}",
        f"<details><summary>More</summary><p>{SEEN}</details>",
        f"<style>.cols {{margin-left:-100%}} .b {{position:relative; left:-220px}}</style><p class='cols b'>{SEEN}",
        f"<p style='color:var(--ink);background:#fff'>{SEEN}",
        f"<body text=white bgcolor=black><p>{SEEN}",
        f"<p style='width:0;height:0'>{SEEN}",
        f"<noscript><style>p {{display:none}}</style></noscript><p>{SEEN}",
        f"<p hidden style='display:block'>{SEEN}",
    ],
)
def test_a_text_that_is_seen_stays(page: str) -> None:
    content = read(f"<p>First.</p>{page}")
    assert SEEN in content.text
    assert content.missing == ""


def test_hidden_labels_and_menus_are_not_spoken_of() -> None:
    content = read("<style>.menu, .sr-only {display:none}</style><ul class=menu><li>Home<li>About us</ul><p>Words")
    assert (content.text, content.missing) == ("Words", "")


def test_each_hidden_passage_counts_once() -> None:
    page = f"<p class=h>{LIE} <b>{LIE}</b> more</p><p>{SEEN}<p hidden>{LIE}<p class=h>{LIE}"
    page = f"<style>.h {{font-size:0}}</style>{page}"
    content = read(page)
    assert content.missing == "2 passages that the page hides from the eye are left out"
    assert [one.text for one in content.left_out] == [f"{LIE} {LIE} more", LIE]


def test_the_cells_of_a_table_are_looked_at_too() -> None:
    cells = f"<td>1<td>2<span style='color:white'>{LIE}</span><tr style='display:none'><td>{LIE}"
    page = f"<table><tr><th>A<th>B<tr>{cells}</table>"
    assert read(page).text == "A: 1; B: 2"


def test_a_formula_for_those_who_listen_stays() -> None:
    sheet = "<style>.m {position:absolute;clip:rect(1px,1px,1px,1px)}</style>"
    page = f"{sheet}<p>So <span class=m><math><mi>x</mi></math></span>."
    assert read(page).text == "So x."


@pytest.mark.parametrize(
    "sheet",
    [
        ".b {display:none}" * 20_000,
        "i " + "p " * 11 + "{display:none}" + "div " * 11 + "p {display:none}",
        "div div div div div div div div p i{display:none}",
        "p:not(" * 50_000,
        "{" * 100_000,
        "/*" * 100_000,
        "'\n" * 100_000,
        "@media (" * 100_000,
        "p{" + "display:none;" * 50_000 + "}",
        "." + "a" * 500_000 + "{display:none}",
        "a," * 20_000 + "b{display:none}",
        "a{" * 30 + "a,b,c,d{display:none",
    ],
    ids=range(12),
)
def test_a_hostile_style_sheet_takes_seconds_at_most(sheet: str) -> None:
    body = "<div>" * 500 + f"<p class=b>{SEEN}</p>" * 2000
    started = time.process_time()
    read(f"<style>{sheet}</style>{body}")
    assert time.process_time() - started < 30


@pytest.mark.slow
def test_a_page_says_so_if_its_styles_are_too_much_to_follow() -> None:
    rules = "".join(f"[data-b{number % 50}] p.x{number} {{display:none}}" for number in range(4000))
    body = "".join(
        f"<p class='{' '.join(f'x{number}' for number in range(block, block + 40))}'>{SEEN}"
        for block in range(0, 4000, 40)
    )
    page = f"<style>{rules}</style>" + "<div>" * 600 + body
    assert "too long to follow" in read(page).missing
    assert SEEN in read(page).text
