"""Word documents: words that no eye sees on the page are no text of it, whatever hides them; what is seen stays."""

from __future__ import annotations

import io

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from index.readers.content import Content, Source
from index.readers.office import docx as reader

W = nsdecls("w")
LIE = "The warranty is 99 years."
SEEN = "The warranty is 2 years."
STYLES = (
    f'<w:style {W} w:type="character" w:styleId="Ghost"><w:name w:val="Ghost"/><w:rPr><w:vanish/></w:rPr></w:style>',
    f'<w:style {W} w:type="character" w:styleId="Heir"><w:name w:val="Heir"/><w:basedOn w:val="Ghost"/></w:style>',
    f'<w:style {W} w:type="paragraph" w:styleId="Pale"><w:name w:val="Pale"/>'
    '<w:rPr><w:color w:val="FFFFFF"/></w:rPr></w:style>',
)


def read(xml: str) -> Content:
    draft = docx.Document()
    for style in STYLES:
        draft.styles.element.append(parse_xml(style))
    for number, block in enumerate(parse_xml(f"<w:body {W}>{xml}</w:body>")):
        draft.element.body.insert(number, block)
    file = io.BytesIO()
    draft.save(file)
    return reader.read(Source(file.getvalue()))


def paragraph(words: str, run: str = "", whole: str = "") -> str:
    return f"<w:p><w:pPr>{whole}</w:pPr><w:r><w:rPr>{run}</w:rPr><w:t>{words}</w:t></w:r></w:p>"


@pytest.mark.parametrize(
    ("run", "whole"),
    [
        ("<w:vanish/>", ""),
        ('<w:rStyle w:val="Ghost"/>', ""),
        ('<w:rStyle w:val="Heir"/>', ""),
        ("", '<w:pStyle w:val="Pale"/>'),
        ('<w:color w:val="FFFFFF"/>', ""),
        ('<w:color w:val="fefefe"/><w:shd w:val="clear" w:fill="FFFFFF"/>', ""),
        ('<w:sz w:val="2"/>', ""),
    ],
)
def test_words_that_nobody_sees_are_left_out_and_said(run: str, whole: str) -> None:
    content = read(paragraph("Before.") + paragraph(LIE, run, whole) + paragraph(SEEN))
    assert content.text == f"Before.\n\n{SEEN}"
    assert content.missing == "1 passage that the page hides from the eye is left out"


@pytest.mark.parametrize(
    ("run", "whole"),
    [
        ('<w:vanish w:val="0"/>', ""),
        ('<w:rStyle w:val="Heir"/><w:vanish w:val="false"/>', ""),
        ('<w:color w:val="000000"/>', '<w:pStyle w:val="Pale"/>'),
        ('<w:color w:val="FFFFFF"/><w:shd w:val="clear" w:fill="002060"/>', ""),
        ('<w:color w:val="FFFFFF"/><w:highlight w:val="black"/>', ""),
        ('<w:color w:val="FFFFFF"/>', '<w:shd w:val="clear" w:fill="002060"/>'),
        ("<w:webHidden/>", ""),
        ('<w:sz w:val="10"/>', ""),
    ],
)
def test_words_that_are_seen_stay(run: str, whole: str) -> None:
    content = read(paragraph(SEEN, run, whole))
    assert (content.text, content.missing) == (SEEN, "")


@pytest.mark.parametrize(
    ("table", "cell"), [("", '<w:shd w:val="clear" w:fill="1F3864"/>'), ('<w:tblStyle w:val="TableGrid"/>', "")]
)
def test_white_words_in_a_cell_that_may_be_dark_stay(table: str, cell: str) -> None:
    words = paragraph(SEEN, '<w:color w:val="FFFFFF"/>')
    xml = f"<w:tbl><w:tblPr>{table}</w:tblPr><w:tr><w:tc><w:tcPr>{cell}</w:tcPr>{words}</w:tc></w:tr></w:tbl>"
    assert SEEN in read(xml).text


def test_hidden_labels_are_not_spoken_of() -> None:
    assert read(paragraph(SEEN) + paragraph("Page 3", "<w:vanish/>")).missing == ""
