"""The OpenDocument readers: texts, spreadsheets and presentations, zipped and flat."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from index.errors import DocumentRejectedError
from index.readers import read_document
from index.readers.content import Content, Source
from index.readers.opendocument import odp, ods, odt

NAMES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for name in "office text table draw style presentation meta chart".split()
)
NAMES += (
    ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xlink="http://www.w3.org/1999/xlink"'
    ' xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0"'
    ' xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0"'
    ' xmlns:math="http://www.w3.org/1998/Math/MathML"'
)


def flat(kind: str, body: str, *, styles: str = "", rest: str = "") -> bytes:
    return (
        f'<?xml version="1.0"?><office:document {NAMES}>{rest}<office:automatic-styles>{styles}'
        f"</office:automatic-styles><office:body><office:{kind}>{body}</office:{kind}></office:body></office:document>"
    ).encode()


def zipped(kind: str, body: str, **parts: str) -> bytes:
    """Return a zipped file; `parts` are more of them, "styles" for styles.xml."""
    content = flat(kind, body).decode().replace("office:document ", "office:document-content ")
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w") as target:
        target.writestr("content.xml", content.replace("</office:document>", "</office:document-content>"))
        for name, text in parts.items():
            target.writestr({"manifest": "META-INF/manifest.xml"}.get(name, f"{name}.xml"), text)
    return output.getvalue()


def text_of(body: str, **more: str) -> str:
    return odt.read(Source(flat("text", body, **more))).text


def sheets_of(body: str, **more: str) -> Content:
    return ods.read(Source(flat("spreadsheet", body, **more)))


def row(*cells: str, more: str = "") -> str:
    return f"<table:table-row {more}>{''.join(c if c.startswith('<') else cell(c) for c in cells)}</table:table-row>"


def cell(text: str, more: str = "", inside: str = "") -> str:
    words = f"<text:p>{text}</text:p>" if text else ""
    kind = "float" if text[:1].isdigit() else "string"
    return f'<table:table-cell office:value-type="{kind}" {more}>{inside}{words}</table:table-cell>'


def table(*rows: str, name: str = "Sheet1") -> str:
    return f'<table:table table:name="{name}">{"".join(rows)}</table:table>'


def test_headings_paragraphs_and_lists_come_in_order() -> None:
    numbers = (
        '<text:list-style style:name="L">'
        '<text:list-level-style-number text:level="1" style:num-format="1" style:num-suffix="."/>'
        '<text:list-level-style-bullet text:level="2" text:bullet-char="•"/></text:list-style>'
    )
    inner = "<text:list><text:list-item><text:p>deep</text:p></text:list-item></text:list>"
    items = f"<text:list-item><text:p>one</text:p>{inner}</text:list-item>"
    items += "<text:list-item><text:p>two</text:p></text:list-item>"
    body = '<text:h text:outline-level="2">Foxes</text:h><text:p>They <text:span>run</text:span>.</text:p>'
    body += f'<text:list text:style-name="L">{items}</text:list>'
    content = odt.read(Source(flat("text", body, styles=numbers)))
    assert content.text == "Foxes\n\nThey run.\n\n1. one\n  - deep\n2. two"
    assert [(heading.level, heading.end) for heading in content.headings] == [(2, 5)]


def test_spaces_tabs_and_line_breaks_part_words() -> None:
    assert text_of("<text:p>a<text:s/>b<text:tab/>c<text:line-break/>d<text:soft-page-break/>e</text:p>") == "a b c de"


def test_what_was_deleted_or_hidden_is_not_there() -> None:
    change = "<text:changed-region><text:deletion><text:p>gone</text:p></text:deletion></text:changed-region>"
    deleted = f"<text:tracked-changes>{change}</text:tracked-changes>"
    hidden = '<style:style style:name="H"><style:text-properties text:display="none"/></style:style>'
    body = f'{deleted}<text:p>Kept<text:change/> words<text:span text:style-name="H"> secret</text:span></text:p>'
    assert text_of(body, styles=hidden) == "Kept words"


def test_raised_digits_stay_raised() -> None:
    style = '<style:style style:name="R"><style:text-properties style:text-position="super 58%"/></style:style>'
    assert text_of('<text:p>10<text:span text:style-name="R">6</text:span></text:p>', styles=style) == "10⁶"


def test_notes_come_after_the_body_and_comments_last() -> None:
    words = "<text:note-body><text:p>A note.</text:p></text:note-body>"
    note = f"<text:note><text:note-citation>1</text:note-citation>{words}</text:note>"
    told = "<dc:creator>Ann</dc:creator><dc:date>2024-01-01</dc:date><text:p>Is it?</text:p>"
    comment = f"<office:annotation>{told}</office:annotation>"
    assert text_of(f"<text:p>One{note} two{comment} three.</text:p><text:p>End.</text:p>") == (
        "One two three.\n\nEnd.\n\nA note.\n\nComment by Ann: Is it?"
    )


def test_a_text_box_comes_after_its_paragraph_and_a_picture_is_its_description() -> None:
    box = "<draw:frame><draw:text-box><text:p>In the box</text:p></draw:text-box></draw:frame>"
    picture = "<draw:frame><draw:image/><svg:title>x</svg:title><svg:desc>A fox in the snow</svg:desc></draw:frame>"
    body = f"<text:p>Bef{box}ore</text:p><text:p>{picture}</text:p><text:p>After</text:p>"
    assert text_of(body) == "Before\n\nIn the box\n\nA fox in the snow\n\nAfter"


def test_rows_name_their_columns_and_a_cell_that_spans_rows_stands_in_each() -> None:
    spans = cell("North", 'table:number-rows-spanned="2"')
    head = f"<table:table-header-rows>{row('Region', 'Town')}</table:table-header-rows>"
    body = table(head, row(spans, "Ull"), row("<table:covered-table-cell/>", "Var"))
    assert text_of(body) == "Region: North; Town: Ull\nRegion: North; Town: Var"


def test_page_headers_come_first_each_once_and_page_numbers_not_at_all() -> None:
    page = (
        "<style:master-page><style:header><text:p>Minutes</text:p></style:header>"
        "<style:footer><text:p>Page <text:page-number>3</text:page-number></text:p>"
        "<text:p>Secret</text:p></style:footer>"
        "</style:master-page>"
    )
    rest = f"<office:master-styles>{page}{page}</office:master-styles>"
    assert text_of("<text:p>Body.</text:p>", rest=rest) == "Minutes\n\nBody.\n\nSecret"


def test_the_title_is_that_of_the_properties_or_the_paragraph_in_that_style() -> None:
    meta = "<office:meta><dc:title>On Foxes</dc:title></office:meta>"
    titled = flat("text", '<text:p text:style-name="Title">Foxes and Dogs</text:p><text:p>x</text:p>')
    assert odt.read(Source(titled)).title == "Foxes and Dogs"
    assert odt.read(Source(flat("text", "<text:p>x</text:p>", rest=meta))).title == "On Foxes"
    file = zipped("text", "<text:p>x</text:p>", meta=f"<office:document-meta {NAMES}>{meta}</office:document-meta>")
    assert odt.read(Source(file)).title == "On Foxes"


def test_a_file_with_a_password_says_so() -> None:
    manifest = '<m:manifest xmlns:m="urn:x"><m:file-entry><m:encryption-data/></m:file-entry></m:manifest>'
    with pytest.raises(DocumentRejectedError, match="password"):
        odt.read(Source(zipped("text", "<text:p>x</text:p>", manifest=manifest)))


def test_a_file_of_another_kind_is_rejected() -> None:
    with pytest.raises(DocumentRejectedError, match="no text document"):
        odt.read(Source(flat("spreadsheet", "")))


def test_sheets_are_pages_and_cells_are_what_they_show() -> None:
    shown = (
        '<table:table-cell office:value-type="percentage" office:value="0.123"><text:p>12%</text:p></table:table-cell>'
    )
    content = sheets_of(
        table(row("Town", "Share"), row("Rome", shown), name="Income") + table(row("a", "b"), name="Sheet2")
    )
    assert content.text == "Income\n\nTown: Rome; Share: 12%\n\na | b"
    assert [page.label for page in content.pages.values()] == ["Income", "Sheet2"]


def test_errors_of_formulas_are_left_out() -> None:
    assert (
        sheets_of(table(row("Town", "Sum", "Tax"), row("Rome", "#DIV/0!", "2"), row("Oslo", "7", "3"))).text
        == "Town: Rome; Tax: 2\nTown: Oslo; Sum: 7; Tax: 3"
    )


def test_repeated_rows_and_cells_are_bounded() -> None:
    cells = '<table:table-cell table:number-columns-repeated="16384"/>'
    gap = f'<table:table-row table:number-rows-repeated="1000000">{cells}</table:table-row>'
    line = row(cell("x", 'table:number-columns-repeated="16384"'), more='table:number-rows-repeated="1000000"')
    began = datetime.now()
    text = sheets_of(table(row("One", "1"), gap, line)).text
    assert text.startswith("One | 1\n\nx | x")
    assert len(text) < 100_000
    assert datetime.now() - began < timedelta(seconds=5)


def test_comments_say_their_cell() -> None:
    comment = "<office:annotation><dc:creator>Ann</dc:creator><text:p>Checked.</text:p></office:annotation>"
    skipped = '<table:table-cell table:number-columns-repeated="2"/>'
    text = sheets_of(table(row("a"), row(skipped, cell("9", inside=comment)))).text
    assert text == "a\n9\n\nComment by Ann on C2: Checked."


def test_a_chart_on_a_sheet_is_its_title_and_what_it_shows() -> None:
    inner = table(row("", "Sum"), row("Rome", "5"), name="local-table")
    chart = f"<chart:chart><chart:title><text:p>All towns</text:p></chart:title>{inner}</chart:chart>"
    held = f"<office:document><office:body><office:chart>{chart}</office:chart></office:body></office:document>"
    shapes = f"<table:shapes><draw:frame><draw:object>{held}</draw:object></draw:frame></table:shapes>"
    content = sheets_of(f'<table:table table:name="T">{shapes}{row("One", "1")}</table:table>')
    assert content.text == "T\n\nOne | 1\n\nAll towns\n\nRome; Sum: 5"
    assert len(content.pages) == 1


def frame(text: str, *, kind: str = "", at: tuple[int, int] = (0, 0)) -> str:
    place = f'presentation:class="{kind}"' if kind else ""
    box = f"<draw:text-box><text:p>{text}</text:p></draw:text-box>"
    return (
        f'<draw:frame {place} svg:x="{at[0]}cm" svg:y="{at[1]}cm" svg:width="5cm" svg:height="2cm">{box}</draw:frame>'
    )


def test_slides_are_pages_with_their_title_first_and_their_notes_last() -> None:
    notes = f"<presentation:notes>{frame('Speak up.', kind='notes')}</presentation:notes>"
    comment = "<office:annotation><dc:creator>Ann</dc:creator><text:p>Long</text:p></office:annotation>"
    shapes = [
        frame("Right", at=(9, 5)),
        frame("Left", at=(0, 5)),
        frame("7", kind="page-number"),
        frame("Foxes", kind="title"),
    ]
    pages = f"<draw:page>{''.join(shapes)}{comment}{notes}</draw:page><draw:page>{frame('Two')}</draw:page>"
    content = odp.read(Source(flat("presentation", pages)))
    assert content.text == "Foxes\n\nLeft\n\nRight\n\nNotes: Speak up.\n\nComment by Ann: Long\n\nTwo"
    assert [content.text[page.start : page.end] for page in content.pages.values()][1] == "Two"
    assert content.title == "Foxes"


def test_zipped_and_flat_files_are_told_apart_by_their_bytes(tmp_path: Path) -> None:
    for name, data in (("a.fodt", flat("text", "<text:p>x</text:p>")), ("b.odt", zipped("text", "<text:p>x</text:p>"))):
        path = tmp_path / name
        path.write_bytes(data)
        assert read_document(path).text == "x"


def test_nesting_without_end_is_cut_off() -> None:
    deep = "<text:list><text:list-item>" * 100
    shallow = "</text:list-item></text:list>" * 100
    assert text_of(f"<text:p>Here</text:p>{deep}<text:p>lost</text:p>{shallow}").startswith("Here")


def test_real_files_are_read(shared: Path) -> None:
    folder = shared / "documents/Unstructured-IO+unstructured/example-docs"
    assert "Color; Mon: Blue; Wed: Red" in read_document(folder / "fake.odt").text
