"""RTF."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.errors import DocumentRejectedError
from index.readers.content import Content, Source
from index.readers.rtf.rtf import read

FONTS = rb"{\f0\fcharset0 Arial;}{\f1\fcharset204 Arial;}{\f2\fcharset128 Mincho;}{\f3\fcharset2 Symbol;}"
HEAD = rb"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl" + FONTS + b"}"


def content_of(body: bytes) -> Content:
    return read(Source(HEAD + body + b"}", "a.rtf"))


def test_paragraphs_are_lines_and_the_title_is_that_of_its_data() -> None:
    content = content_of(rb"{\info{\title The Fox}{\author Ann}}\pard One\b  two\b0 .\par Three\line four.\par")
    assert content.title == "The Fox"
    assert content.text == "One two.\n\nThree four."
    assert not content.missing


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (rb"caf\'e9 \ldblquote x\rdblquote  \emdash  10\~km", "café “x” — 10 km"),
        (rb"\f1 \'cb\'e8\'f1\'e0 \f0 fox", "Лиса fox"),
        (rb"\f2 \'93\'fa\'96\'7b", "日本"),
        (rb"\f2 \'83A\'83C", "アイ"),
        (rb"\u1051?\u1080?\u1089?\u1072?", "Лиса"),
        (rb"\uc2\u8364\'80\'80 5", "€ 5"),
        (rb"{\uc0\u-10179\u-8694} ok", "😊 ok"),
        (rb"{\upr{\*\fox old}{\*\ud new}}", "new"),
        (b"raw \xe9", "raw é"),
    ],
)
def test_words_come_in_the_encoding_of_their_font(body: bytes, words: str) -> None:
    assert content_of(body + rb"\par").text == words


def test_what_is_no_text_of_the_page_is_left_out() -> None:
    body = (
        rb"{\stylesheet{\s1 heading 1;}}{\colortbl;\red0;}{\*\generator Writer;}{\*\unknown words}Fox {\v hidden}"
        rb"{\deleted gone}{\field{\*\fldinst HYPERLINK http://a.org}{\fldrslt link}}{\pict\pngblip 89504e47}\par"
    )
    assert content_of(body).text == "Fox link"


def test_binary_data_is_passed_over() -> None:
    assert content_of(b"A{\\pict\\bin9 }}\\par{{x }B\\par").text == "AB"


def test_headings_are_told_by_style_and_level() -> None:
    body = rb"{\stylesheet{Normal;}{\s1\b heading 1;}}\pard\s1 Dens\par\pard They dig.\par\pard\outlinelevel1 Depth\par"
    content = content_of(body)
    assert [(one.level, content.text[one.start : one.end]) for one in content.headings] == [(1, "Dens"), (2, "Depth")]
    assert content.title == "Dens"


def test_a_heading_keeps_its_number_but_no_bullet() -> None:
    heading = rb"\outlinelevel%d{\listtext\f3 %s\tab}\ilvl%d %s\par\pard"
    body = heading % (0, b"2.", 0, b"Dens") + heading % (1, b"2.1", 1, b"Depth") + heading % (0, rb"\'b7", 0, b"Food")
    assert content_of(body).text == "2. Dens\n\n2.1 Depth\n\nFood"


def test_a_table_is_rows_with_names() -> None:
    row = rb"\trowd%s\cellx1\cellx2\pard\intbl %s\cell %s\cell\row"
    body = row % (rb"\trhdr", b"Planet", b"Size") + row % (b"", rb"Mars\par red", b"3390") + rb"\pard After.\par"
    assert content_of(body).text == "Planet: Mars red; Size: 3390\n\nAfter."


def test_a_merged_cell_stands_in_each_of_its_rows() -> None:
    body = rb"\trowd\clvmgf\cellx1\cellx2\intbl a\cell b\cell\row\trowd\clvmrg\cellx1\cellx2\intbl\cell c\cell\row\pard"
    assert content_of(body).text == "a | b\na | c"


def test_items_of_a_list_are_one_block() -> None:
    item = rb"{\listtext\f3 %s\tab}\ilvl%d %s\par\pard"
    body = item % (rb"\'b7", 0, b"One") + item % (rb"\'b7", 1, b"two") + item % (rb"1.", 0, b"three") + rb" End\par"
    assert content_of(body).text == "- One\n  - two\n1. three\n\nEnd"


def test_headers_notes_boxes_and_comments_have_their_places() -> None:
    body = (
        rb"{\header Acme\par}{\footer Page 3\par}Fox{\footnote\pard It is red.\par}{\*\atnauthor Ann}"
        rb"{\*\annotation\pard Really?\par} runs{\shp{\*\shpinst{\sp{\sn a}{\sv b}}{\shptxt In a box\par}}}.\par"
    )
    assert content_of(body).text == "Acme\n\nFox runs.\n\nIn a box\n\nIt is red.\n\nComment by Ann: Really?"


def test_what_a_picture_shows_is_said() -> None:
    body = rb"{\*\shppict{\pict{\*\picprop{\sp{\sn wzDescription}{\sv A red fox}}}89504e47}}\par"
    assert content_of(body).text == "A red fox"


def test_a_file_that_is_cut_off_is_read_as_far_as_it_goes() -> None:
    content = read(Source(HEAD + rb"One.\par {\b Two", "a.rtf"))
    assert content.text == "One.\n\nTwo"
    assert content.missing == "the file is cut off: get it again from where it came"


def test_nesting_has_a_limit() -> None:
    with pytest.raises(DocumentRejectedError, match="nested over"):
        content_of(b"{" * 20_000)
    assert content_of(rb"{\shp{\shptxt x" * 3000).text.count("x") == 3000


def test_the_shared_file_reads_as_its_words(shared: Path) -> None:
    folder = shared / "documents" / "microsoft+markitdown" / "packages" / "markitdown-sample-plugin"
    content = read(Source((folder / "tests" / "test_files" / "test.rtf").read_bytes(), "test.rtf"))
    assert content.text == (
        "This is a Sample RTF File\n\n"
        "It is included to test if the MarkItDown sample plugin can correctly convert RTF files."
    )
