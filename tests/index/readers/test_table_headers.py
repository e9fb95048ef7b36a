"""Which rows at a table's top name its columns: one rule for texts and workbooks."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Sequence

import pytest

from index.readers.content import ContentBuilder, Source
from index.readers.headers import Cell, count_header_rows, rows_of_texts
from index.readers.markup import html
from index.readers.office import docx
from index.readers.opendocument import odt
from index.readers.sheets import SheetWriter

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
ODF = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "text", "style", "table")
)
Table = Sequence[Sequence[str]]  # "<" is covered by the cell on its left, "^" by the one above


def _span(row: Sequence[str], at: int) -> int:
    return next((end - at for end in range(at + 1, len(row)) if row[end] != "<"), len(row) - at)


def word(table: Table, *, marked: int = 0) -> str:
    rows = ""
    for number, row in enumerate(table):
        cells = ""
        for at, text in enumerate(row):
            goes_down = number + 1 < len(table) and table[number + 1][at : at + 1] == ["^"]
            merge = "<w:vMerge/>" if text == "^" else '<w:vMerge w:val="restart"/>' if goes_down else ""
            words = f"<w:r><w:t>{'' if text == '^' else text}</w:t></w:r>"
            span = f'<w:gridSpan w:val="{_span(row, at)}"/>'
            cells += f"<w:tc><w:tcPr>{span}{merge}</w:tcPr><w:p>{words}</w:p></w:tc>" if text != "<" else ""
        rows += f"<w:tr>{'<w:trPr><w:tblHeader/></w:trPr>' * (number < marked)}{cells}</w:tr>"
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as target:
        body = f"<w:body><w:tbl>{rows}</w:tbl></w:body>"
        target.writestr("word/document.xml", f'<w:document xmlns:w="{W}">{body}</w:document>')
    return docx.read(Source(file.getvalue())).text


def writer(table: Table, *, marked: int = 0) -> str:
    rows = []
    for number, row in enumerate(table):
        cells = ""
        for at, text in enumerate(row):
            down = 1 + (number + 1 < len(table) and table[number + 1][at : at + 1] == ["^"])
            spans = f'table:number-columns-spanned="{_span(row, at)}" table:number-rows-spanned="{down}"'
            cell = f"<table:table-cell {spans}><text:p>{text}</text:p></table:table-cell>"
            cells += cell if text not in ("<", "^") else "<table:covered-table-cell/>"
        rows.append(f"<table:table-row>{cells}</table:table-row>")
    head = f"<table:table-header-rows>{''.join(rows[:marked])}</table:table-header-rows>" if marked else ""
    body = f"<table:table>{head}{''.join(rows[marked:])}</table:table>"
    inside = f"<office:body><office:text>{body}</office:text></office:body>"
    return odt.read(Source(f"<office:document {ODF}>{inside}</office:document>".encode())).text


def sheet(table: Table) -> str:
    made = SheetWriter(ContentBuilder())
    for number, row in enumerate(table):
        cells = {}
        for at, text in enumerate(row):
            down = 1 + (number + 1 < len(table) and table[number + 1][at : at + 1] == ["^"])
            if text not in ("<", "^"):
                cells[at] = Cell(text, not text.isdecimal(), columns=_span(row, at), rows=down)
        made.row(number, cells)
    made.end()
    return made.builder.build("").text


TWO_ROWS = [["Region", "Revenue", "<"], ["^", "2021", "2022"], ["Europe", "417", "523"], ["Asia", "611", "702"]]


@pytest.mark.parametrize("read", [word, writer, sheet])
def test_two_rows_of_names_name_the_columns_together(read: Callable[[Table], str]) -> None:
    assert read(TWO_ROWS) == (
        "Region: Europe; Revenue 2021: 417; Revenue 2022: 523\nRegion: Asia; Revenue 2021: 611; Revenue 2022: 702"
    )


@pytest.mark.parametrize("read", [word, writer, sheet])
def test_names_below_several_names_that_span(read: Callable[[Table], str]) -> None:
    table = [["", "Ship", "<", "Port", "<"], ["No.", "Name", "Flag", "Name", "Land"], ["1", "Alma", "N", "Moss", "N"]]
    assert read(table) == "No.: 1; Ship Name: Alma; Ship Flag: N; Port Name: Moss; Port Land: N"


@pytest.mark.parametrize("read", [word, writer, sheet])
def test_a_title_across_the_table_is_no_name(read: Callable[[Table], str]) -> None:
    table = [["Tasks", "<", "<"], ["Task", "Owner", "Status"], ["Design", "Ana", "Done"], ["Test", "Bo", "Open"]]
    assert read(table) == "Tasks\n\nTask: Design; Owner: Ana; Status: Done\nTask: Test; Owner: Bo; Status: Open"


@pytest.mark.parametrize("read", [word, writer, sheet])
def test_years_are_names_above_other_numbers(read: Callable[[Table], str]) -> None:
    assert read([["", "2021", "2022"], ["Net income", "417", "523"]]) == "Net income; 2021: 417; 2022: 523"


@pytest.mark.parametrize("read", [word, writer])
@pytest.mark.parametrize(
    "table",
    [
        [["Name", "Ann"], ["Age", "30"]],
        [["Founded", "1999"], ["Staff", "120"], ["Sites", "3"]],
        [["yes", "no", "yes"], ["a", "b", "c"], ["d", "e", "f"]],
    ],
)
def test_a_form_has_no_names_of_columns(read: Callable[[Table], str], table: Table) -> None:
    assert read(table) == "\n".join(" | ".join(row) for row in table)


@pytest.mark.parametrize("read", [word, writer])
def test_marked_rows_name_the_columns_that_they_span(read: Callable[..., str]) -> None:
    table = [["Who", "<", "When"], ["Ann", "Berg", "Monday"], ["Bo", "Lind", "Friday"]]
    assert read(table, marked=1) == "Who: Ann; Who: Berg; When: Monday\nWho: Bo; Who: Lind; When: Friday"
    titled = [["Rota", "<", "<"], *table]
    assert read(titled, marked=2) == "Rota\n\nWho: Ann; Who: Berg; When: Monday\nWho: Bo; Who: Lind; When: Friday"


def test_a_row_across_the_table_is_a_title_between_the_rows() -> None:
    table = [["Ship", "Flag", "Built"], ["Fishing", "<", "<"], ["Alma", "N", "1901"], ["Brage", "S", "1910"]]
    assert word(table) == "Fishing\nShip: Alma; Flag: N; Built: 1901\nShip: Brage; Flag: S; Built: 1910"


def test_a_bold_first_row_of_a_web_page_has_names_unless_the_last_is_bold_too() -> None:
    def web(rows: str) -> str:
        return html.read(Source(f"<body><table>{rows}</table>".encode())).text

    names = "<tr><td><b>City</b><td><p><strong>State</strong></p>"
    assert web(f"{names}<tr><td>Graz<td>Styria") == "City: Graz; State: Styria"
    assert web(f"<tr><td>Cities{names}<tr><td>Graz<td>Styria") == "Cities\n\nCity: Graz; State: Styria"
    assert web(f"{names}<tr><td><b>Graz</b><td><b>Styria</b>") == "City | State\nGraz | Styria"
    assert web("<tr><td><b>City</b><td>Graz<tr><td><b>State</b><td>Styria") == "City | Graz\nState | Styria"
    assert (
        web("<tr><td>City<td>State<td>Area<tr><td>Graz<td>Styria<td>128") == "City | State | Area\nGraz | Styria | 128"
    )


def test_tables_in_text_ask_for_more_than_sheets_do() -> None:
    rows = rows_of_texts([["Item", "Amount"], ["Pump", "500"]])
    assert (count_header_rows(rows), count_header_rows(rows, in_text=True)) == (1, 0)
    assert count_header_rows(rows_of_texts([["Item", "Amount"], ["", ""]]), in_text=True) == 0
    assert count_header_rows([]) == 0
