"""RTF: words that no eye sees on the page are no text of it, whatever hides them; what is seen stays."""

from __future__ import annotations

import pytest

from index.readers.content import Content, Source
from index.readers.rtf.rtf import read as read_rtf

COLORS = (
    rb"{\colortbl;\red0\green0\blue0;\red255\green255\blue255;\red0\green32\blue96;"
    rb"\caccentone\ctint255\cshade255\red254\green254\blue254;}"
)
LIE, SEEN = "The warranty is 99 years.", "The warranty is 2 years."
SAID = "1 passage that the page hides from the eye is left out"


def read(body: bytes, head: bytes = b"") -> Content:
    return read_rtf(Source(rb"{\rtf1\ansi{\fonttbl{\f0 Arial;}}" + COLORS + head + body + b"}"))


@pytest.mark.parametrize(
    "words",
    [
        rb"\v ", rb"\fs2 ", rb"\fs0 ", rb"\cf2 ", rb"\cf4 ", rb"\cf3\highlight3 ", rb"\cf1\chcbpat1 ",
        rb"\chshdng0\chcfpat0\chcbpat2\cf2 ", rb"\cf2\highlight0 ", rb"\cb2\cf2 ",
    ],
)  # fmt: skip
def test_words_that_nobody_sees_are_left_out_and_said(words: bytes) -> None:
    content = read(rb"\pard Before.\par {" + words + LIE.encode() + rb"}\par\pard " + SEEN.encode() + rb"\par")
    assert content.text == f"Before.\n\n{SEEN}"
    assert content.missing == SAID


def test_paragraphs_in_the_color_of_their_shading_are_left_out() -> None:
    assert read(rb"\pard\cbpat3\cf3 " + LIE.encode() + rb"\par\pard\plain " + SEEN.encode() + rb"\par").text == SEEN


@pytest.mark.parametrize(
    "words",
    [
        rb"\v0 ", rb"\fs8 ", rb"\fs ", rb"\cf0 ", rb"\cf1 ", rb"\cf9 ", rb"\cf2\highlight3 ", rb"\cf2\chcbpat3 ",
        rb"\cf2\chcbpat9 ", rb"\cf2\chshdng5000 ", rb"\cf2\chbgdkcross ", rb"\cf2\outl ", rb"\cf2\shad ",
        rb"\pard\cbpat3\cf2 ", rb"\pard\shading9000\cf2 ", rb"\cf1\cb1 ", rb"\cf2\plain ", rb"\fs2\plain ",
        rb"\cf2\cb3 ",
    ],
)  # fmt: skip
def test_words_that_are_seen_stay(words: bytes) -> None:
    content = read(rb"\pard " + words + SEEN.encode() + rb"\par")
    assert (content.text, content.missing) == (SEEN, "")


@pytest.mark.parametrize(
    "head",
    [
        rb"{\*\background {\shp{\*\shpinst{\sp{\sn fillColor}{\sv 0}}}}}",
        rb"{\stylesheet{\s1\cbpat3\cf2 Dark;}}",
        rb"{\stylesheet{\*\cs5\chcbpat3 Dark;}}",
        rb"{\shp{\*\shpinst\shpfblwtxt1 }}",
        rb"{\*\do\dpline }",
        rb"{\colortbl;;\red1;}",
    ],
)
def test_white_words_stay_where_the_page_may_be_dark(head: bytes) -> None:
    assert read(rb"\pard\cf2 " + SEEN.encode() + rb"\par", head).text == SEEN


def test_white_words_in_a_box_stay() -> None:
    box = rb"{\shp{\*\shpinst{\shptxt \pard\cf2 " + SEEN.encode() + rb"\par}}}"
    assert read(rb"\pard Fox" + box + rb"\par").text == f"Fox\n\n{SEEN}"


@pytest.mark.parametrize(
    ("cell", "inside", "is_seen"),
    [
        (rb"\clcbpat3", rb"\intbl", True),
        (rb"\clcbpat3", b"", True),
        (rb"\clshdng9000", rb"\intbl", True),
        (rb"\trcbpat3", rb"\intbl", True),
        (rb"\clcbpat2", rb"\intbl", False),
        (b"", rb"\intbl", False),
    ],
)
def test_white_words_in_a_table_stay_where_it_may_be_dark(cell: bytes, inside: bytes, is_seen: bool) -> None:
    row = rb"\trowd" + cell + rb"\cellx4000\pard" + inside + rb"\cf2 " + SEEN.encode() + rb"\cell\row\pard\plain\par"
    assert read(row).text == (SEEN if is_seen else "")


def test_hidden_words_outside_of_a_dark_table_are_left_out_all_the_same() -> None:
    row = rb"\trowd\clcbpat3\cellx4000\pard\intbl\cf2 " + SEEN.encode() + rb"\cell\row\pard "
    assert read(row + LIE.encode() + rb"\par").text == SEEN


def test_hidden_labels_are_not_spoken_of_and_a_space_stays() -> None:
    content = read(rb"\pard One{\cf2  two }three\par")
    assert (content.text, content.missing) == ("One three", "")
