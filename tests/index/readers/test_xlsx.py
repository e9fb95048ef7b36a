"""The Excel reader: sheets as pages, rows with the names of their columns, numbers and dates as the cells show them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from openpyxl import Workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.styles import Font
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet.table import Table
from openpyxl.worksheet.worksheet import Worksheet

from index.errors import DocumentRejectedError
from index.readers import read_document
from index.readers.content import Content, Source
from index.readers.number_formats import shown, shown_text
from index.readers.office import xlsx as reader


def saved(workbook: Workbook) -> bytes:
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()


def content_of(workbook: Workbook) -> Content:
    return reader.read(Source(saved(workbook)))


def sheet_of(*rows: Sequence[object]) -> tuple[Workbook, Worksheet]:
    workbook = Workbook()
    for row in rows:
        workbook.active.append(row)
    return workbook, workbook.active


def text_of(*rows: Sequence[object]) -> str:
    return content_of(sheet_of(*rows)[0]).text


def changed(data: bytes, name: str, change: Callable[[str], str]) -> bytes:
    """Return the file with the text of one part changed."""
    output = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.namelist():
            part = source.read(entry)
            target.writestr(entry, change(part.decode()).encode() if entry == name else part)
    return output.getvalue()


SHEET = "xl/worksheets/sheet1.xml"


@pytest.mark.parametrize(
    ("value", "code", "expected"),
    [
        (1234.5, "#,##0.00", "1,234.50"),
        (1234567, "#,##0", "1,234,567"),
        (0.125, "0.0%", "12.5%"),
        (-1234.5, "#,##0.00;[Red](#,##0.00)", "(1,234.50)"),
        (-5, "0", "-5"),
        (-0.001, "0.00", "0.00"),
        (1.005, "0.00", "1.01"),
        (0, '_-* #,##0.00_-;-* #,##0.00_-;_-* "-"??_-;_-@_-', "-"),
        (1234567, '#,##0,"K"', "1,235K"),
        (1234567.891, "#,##0.0,,", "1.2"),
        (1234.5, "[$€-407] #,##0.00", "€ 1,234.50"),
        (5551234567, "(000) 000-0000", "(555) 123-4567"),
        (7, "000", "007"),
        (12345, "0.00E+00", "1.23E+04"),
        (12345, "##0.0E+0", "12.3E+3"),
        (3.25, "# ?/?", "3 1/4"),
        (5, '0" km"', "5 km"),
        (100, '[>=100]"high";[<0]"low";0', "high"),
        (5, '[>=100]"high";[<0]"low";0', "5"),
        (1, ";;;", ""),
        (0.1 + 0.2, "General", "0.3"),
        (1 / 3, "General", "0.333333333"),
        (9780306406157, "General", "9780306406157"),
        (1e20, "General", "1E+20"),
        (45000, "d-mmm-yy", "15-Mar-23"),
        (45000.75, "m/d/yyyy h:mm", "3/15/2023 18:00"),
        (45000, "[$-409]dddd, mmmm d, yyyy;@", "Wednesday, March 15, 2023"),
        (45000, "[$-407]d. mmmm yyyy;@", "15. März 2023"),
        (45000, "[$-C07]d. mmmm yyyy;@", "15. März 2023"),
        (45000, "[$-453]d mmmm yyyy;@", "15 March 2023"),
        (45000, "[$-41F]dddd, d mmmm yyyy;@", "Çarşamba, 15 Mart 2023"),
        (0.0, "h:mm AM/PM", "12:00 AM"),
        (0.75, "hh:mm", "18:00"),
        (1.5, "[h]:mm", "36:00"),
        (0.0007, "mm:ss.0", "01:00.5"),
        (59, "yyyy-mm-dd", "1900-02-28"),
        (61, "yyyy-mm-dd", "1900-03-01"),
        (-1, "yyyy-mm-dd", "-1"),
        (float("inf"), "0", ""),
    ],
)
def test_a_number_is_shown_as_its_format_says(value: float, code: str, expected: str) -> None:
    assert shown(value, code).strip() == expected


def test_a_text_is_shown_as_its_format_says() -> None:
    assert shown_text("Ann", '"Ms "@') == "Ms Ann"
    assert shown_text("Ann", "0.00") == "Ann"


def test_dates_and_numbers_are_as_the_cells_show_them() -> None:
    workbook, sheet = sheet_of(["Day", "Sum", "Share"], [datetime(2024, 3, 5), 1234.5, 0.25])
    for cell, code in zip(sheet[2], ("d mmmm yyyy", "#,##0.00", "0%"), strict=True):
        cell.number_format = code
    assert content_of(workbook).text == "Day: 5 March 2024; Sum: 1,234.50; Share: 25%"


def test_a_workbook_that_counts_from_1904_has_the_same_dates() -> None:
    workbook, sheet = sheet_of(["Day", "Sum"], [datetime(2024, 3, 5), 1])
    workbook.epoch = CALENDAR_MAC_1904
    sheet["A2"].number_format = "yyyy-mm-dd"
    assert content_of(workbook).text == "Day: 2024-03-05; Sum: 1"


def test_truth_values_are_words_and_errors_are_left_out() -> None:
    workbook, sheet = sheet_of(["Name", "Paid", "Sum"], ["Ann", True, "#DIV/0!"], ["Bob", False, 3])
    sheet["C2"].data_type = "e"
    assert content_of(workbook).text == "Name: Ann; Paid: TRUE\nName: Bob; Paid: FALSE; Sum: 3"


def test_a_formula_is_the_value_that_it_had() -> None:
    data = saved(sheet_of(["Name", "Sum"], ["Ann", 4711])[0])
    formula = changed(data, SHEET, lambda xml: xml.replace("<v>4711</v>", "<f>SUM(A1:A9)</f><v>12</v>"))
    assert reader.read(Source(formula)).text == "Name: Ann; Sum: 12"


def test_sheets_are_pages_with_their_names_hidden_ones_too() -> None:
    workbook, sheet = sheet_of(["One", 1])
    sheet.title = "Income"
    hidden = workbook.create_sheet("Costs")
    hidden.sheet_state = "hidden"
    hidden.append(["Two", 2])
    content = content_of(workbook)
    assert content.text == "Income\n\nOne | 1\n\nCosts\n\nTwo | 2"
    assert [page.label for page in content.pages.values()] == ["Income", "Costs"]
    assert content.text[content.pages[2].start : content.pages[2].end] == "Costs\n\nTwo | 2"
    assert [content.text[heading.start : heading.end] for heading in content.headings] == ["Income", "Costs"]


def test_a_name_that_the_program_gave_is_no_heading() -> None:
    content = content_of(sheet_of(["One", 1])[0])
    assert (content.text, content.pages[1].label, content.title) == ("One | 1", "Sheet", "")


def test_titles_above_a_table_are_no_names_of_columns() -> None:
    rows = (["Sales of 2023"], ["in thousands"], ["Town", "Sum"], ["Rome", 5], ["Oslo", 7])
    assert text_of(*rows) == "Sales of 2023\n\nin thousands\n\nTown: Rome; Sum: 5\nTown: Oslo; Sum: 7"


def test_two_columns_of_words_are_names_and_values_unless_the_first_row_looks_different() -> None:
    rows = (["Name", "Town"], ["Ann", "Rome"])
    assert text_of(*rows) == "Name | Town\nAnn | Rome"
    workbook, sheet = sheet_of(*rows)
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    assert content_of(workbook).text == "Name: Ann; Town: Rome"


def test_years_above_numbers_name_columns() -> None:
    assert text_of(["", 2022, 2023], ["Costs", 10, 11]) == "Costs; 2022: 10; 2023: 11"


def test_an_empty_row_parts_tables() -> None:
    rows = (["Town", "Sum"], ["Rome", 5], [], ["Fruit", "Price", "Weight"], ["Fig", 3, 1])
    assert text_of(*rows) == "Town: Rome; Sum: 5\n\nFruit: Fig; Price: 3; Weight: 1"


def test_an_empty_column_parts_tables_side_by_side_but_not_words_from_their_numbers() -> None:
    side = (["Town", "Sum", None, "Fruit", "Price"], ["Rome", 5, None, "Fig", 3], ["Oslo", 7, None, "Pear", 2])
    assert text_of(*side) == "Town: Rome; Sum: 5\nTown: Oslo; Sum: 7\n\nFruit: Fig; Price: 3\nFruit: Pear; Price: 2"
    spaced = (["Item", None, "Sum"], ["Rent", None, 5], ["Food", None, 7])
    assert text_of(*spaced) == "Item: Rent; Sum: 5\nItem: Food; Sum: 7"


def test_names_above_an_empty_row_are_of_the_table_below() -> None:
    rows = (["Town", "Sum"], [], ["Rome", 5], ["Oslo", 7], [], ["Total", 12])
    assert text_of(*rows) == "Town: Rome; Sum: 5\nTown: Oslo; Sum: 7\n\nTown: Total; Sum: 12"


def test_a_merged_cell_stands_in_each_of_its_rows_and_names_each_of_its_columns() -> None:
    workbook, sheet = sheet_of(
        ["Region", "2023", None, "2024", None],
        [None, "Sum", "Tax", "Sum", "Tax"],
        ["North", 1, 2, 3, 4],
        [None, 5, 6, 7, 8],
    )
    for cells in ("A1:A2", "B1:C1", "D1:E1", "A3:A4"):
        sheet.merge_cells(cells)
    assert content_of(workbook).text == (
        "Region: North; 2023 Sum: 1; 2023 Tax: 2; 2024 Sum: 3; 2024 Tax: 4\n"
        "Region: North; 2023 Sum: 5; 2023 Tax: 6; 2024 Sum: 7; 2024 Tax: 8"
    )


def test_a_table_of_the_program_says_where_its_header_is() -> None:
    workbook, sheet = sheet_of(["Name", "Town"], ["Ann", "Rome"])
    sheet.add_table(Table(displayName="People", ref="A1:B2"))
    assert content_of(workbook).text == "Name: Ann; Town: Rome"


def test_a_name_without_any_cell_is_not_lost() -> None:
    assert text_of(["Town", "Sum", "Remarks"], ["Rome", 5]) == "Town | Sum | Remarks\nTown: Rome; Sum: 5"


def test_comments_say_their_cell() -> None:
    workbook, sheet = sheet_of(["One", 1])
    sheet["B1"].comment = Comment("Checked.", "Ann")
    assert content_of(workbook).text == "One | 1\n\nComment by Ann on B1: Checked."


def test_a_chart_is_its_title_and_what_it_shows() -> None:
    workbook, sheet = sheet_of(["One", 1])
    chart = BarChart()
    chart.title = "Sums of all towns"
    chart.add_data(Reference(sheet, min_col=2, min_row=1))
    sheet.add_chart(chart, "D4")
    assert content_of(workbook).text == "One | 1\n\nSums of all towns"


def test_a_sheet_of_empty_rows_is_read_at_once() -> None:
    data = saved(sheet_of(["One", 1])[0])
    empty = "".join(f'<row r="{number}"/>' for number in range(2, 60_000))
    far = '<row r="1048576"><c r="XFD1048576"><v>7</v></c></row>'
    wide = changed(data, SHEET, lambda xml: xml.replace("</sheetData>", f"{empty}{far}</sheetData>"))
    began = datetime.now()
    assert reader.read(Source(wide)).text == "One | 1\n\n7"
    assert datetime.now() - began < timedelta(seconds=5)


def test_a_long_table_names_its_columns_to_the_end() -> None:
    lines = text_of(["Town", "Sum"], *(["Rome", number] for number in range(2500))).split("\n")
    assert lines[-1] == "Town: Rome; Sum: 2499"
    assert all(line.startswith("Town: ") for line in lines if line)


def test_progress_is_told_by_sheet_and_a_deadly_sheet_is_passed_over() -> None:
    workbook, _ = sheet_of(["One", 1])
    workbook.create_sheet("Other").append(["Two", 2])
    told: list[tuple[int, int]] = []
    content = reader.read(Source(saved(workbook), "", lambda at, of: told.append((at, of)), frozenset({2})))
    assert told == [(1, 2), (2, 2)]
    assert content.text == "One | 1"
    assert content.missing == "the sheet Other could not be read: save it as a workbook of its own"


def test_what_comes_before_a_broken_place_is_kept() -> None:
    data = saved(sheet_of(["One", 1], ["Two", 2])[0])
    broken = changed(data, SHEET, lambda xml: xml.replace('<row r="2"', "<row <<"))
    content = reader.read(Source(broken))
    assert content.text == "One | 1"
    assert content.missing.startswith("part of the sheet Sheet: its XML is damaged")


def test_a_zip_that_is_no_workbook_is_rejected(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("[Content_Types].xml", "<x/>")
    with pytest.raises(DocumentRejectedError, match="no workbook"):
        read_document(path)
