"""Excel workbooks: words in cells that no eye sees are no text of them, whatever hides them; what is seen stays."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import pytest
from openpyxl import Workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.chart import BarChart, Reference
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Color, Font, GradientFill, PatternFill
from openpyxl.worksheet.table import Table, TableStyleInfo
from openpyxl.worksheet.worksheet import Worksheet

from index.readers.content import Content, Source
from index.readers.office import xlsx as reader

LIE, SEEN = "The warranty is 99 years.", "The warranty is 2 years."
SAID = "1 passage that the page hides from the eye is left out"
WHITE = Font(color="FFFFFF")
SHEET = "xl/worksheets/sheet1.xml"


def solid(color: str | Color) -> PatternFill:
    return PatternFill("solid", fgColor=color)


def read(dress: Callable[[Worksheet], None], change: Callable[[str], str] | None = None, part: str = SHEET) -> Content:
    """Read a sheet that says a lie in A2, "Fox" above and the truth below it, after `dress` gave it looks."""
    workbook = Workbook()
    sheet = workbook.active
    for words in ("Fox", LIE, SEEN):
        sheet.append([words])
    dress(sheet)
    file = io.BytesIO()
    workbook.save(file)
    data = file.getvalue()
    if change:
        output = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(output, "w") as target:
            for entry in source.namelist():
                text = source.read(entry)
                target.writestr(entry, change(text.decode()).encode() if entry == part else text)
        data = output.getvalue()
    return reader.read(Source(data))


def dressed(font: Font | None = None, fill: PatternFill | GradientFill | None = None, code: str = "") -> Content:
    def dress(sheet: Worksheet) -> None:
        cell = sheet["A2"]
        cell.font, cell.fill, cell.number_format = font or Font(), fill or PatternFill(), code or "General"

    return read(dress)


@pytest.mark.parametrize(
    ("font", "fill"),
    [
        (WHITE, None),
        (Font(color="FEFEFE"), None),
        (Font(color=Color(theme=0)), None),
        (Font(color=Color(theme=1, tint=1.0)), None),
        (Font(color=Color(indexed=9)), None),
        (WHITE, solid("FFFFFF")),
        (Font(color="002060"), solid("002060")),
        (Font(color=Color(theme=4)), solid(Color(theme=4))),
        (Font(size=1), None),
        (Font(size=1), solid("002060")),
    ],
)
def test_words_that_nobody_sees_are_left_out_and_said(font: Font, fill: PatternFill | None) -> None:
    content = dressed(font, fill)
    assert LIE not in content.text
    assert SEEN in content.text
    assert content.missing == SAID


def test_a_format_that_shows_nothing_is_spoken_of() -> None:
    content = dressed(code=";;;")
    assert LIE not in content.text
    assert content.missing == SAID


@pytest.mark.parametrize(
    ("font", "fill"),
    [
        (Font(color="000000"), None),
        (WHITE, solid("1F4E78")),
        (WHITE, solid(Color(theme=4))),
        (WHITE, solid(Color(theme=3, tint=-0.5))),
        (WHITE, solid(Color(indexed=40))),
        (WHITE, PatternFill("darkGrid")),
        (WHITE, GradientFill(stop=("000000", "FFFFFF"))),
        (Font(color=Color(theme=0, tint=-0.35)), None),
        (Font(color=Color(auto=True)), None),
        (Font(color="FFFFFF", outline=True), None),
        (Font(size=5), None),
    ],
)
def test_words_that_are_seen_stay(font: Font, fill: PatternFill | None) -> None:
    content = dressed(font, fill)
    assert LIE in content.text
    assert content.missing == ""


def pale(sheet: Worksheet) -> None:
    sheet["A2"].font = WHITE


def conditional(places: str) -> Callable[[Worksheet], None]:
    def dress(sheet: Worksheet) -> None:
        pale(sheet)
        sheet.conditional_formatting.add(places, CellIsRule("equal", ["1"], fill=solid("002060")))

    return dress


def tabled(style: str | None, ref: str = "A1:A3") -> Callable[[Worksheet], None]:
    def dress(sheet: Worksheet) -> None:
        pale(sheet)
        info = TableStyleInfo(name=style, showRowStripes=True) if style else None
        sheet.add_table(Table(displayName="T", ref=ref, tableStyleInfo=info))

    return dress


def charted(at: str) -> Callable[[Worksheet], None]:
    def dress(sheet: Worksheet) -> None:
        pale(sheet)
        chart = BarChart()
        chart.graphical_properties = GraphicalProperties(noFill=True)
        chart.add_data(Reference(sheet, min_col=5, min_row=1, max_row=2))
        sheet.add_chart(chart, at)

    return dress


@pytest.mark.parametrize(
    ("dress", "is_seen"),
    [
        (conditional("A1:A9"), True), (conditional("C1:C9 A2"), True), (conditional("B1:B9"), False),
        (tabled("TableStyleMedium9"), True), (tabled(None), False), (charted("A1"), True), (charted("C2"), False),
    ],
)  # fmt: skip
def test_white_words_stay_where_something_else_may_be_behind_them(
    dress: Callable[[Worksheet], None], is_seen: bool
) -> None:
    assert (LIE in read(dress).text) == is_seen


def test_white_words_over_a_picture_or_in_conditions_of_newer_programs_stay() -> None:
    for more in (
        '<picture r:id="rId1" xmlns:r="r"/>',
        '<extLst><ext><x:conditionalFormatting xmlns:x="x"><m:sqref xmlns:m="m">A2:B3</m:sqref>'
        "</x:conditionalFormatting></ext></extLst>",
    ):
        assert LIE in read(pale, lambda xml, more=more: xml.replace("</worksheet>", f"{more}</worksheet>")).text


def test_a_merged_cell_stays_where_a_condition_touches_any_part_of_it() -> None:
    def dress(sheet: Worksheet) -> None:
        conditional("C2")(sheet)
        sheet.merge_cells("A2:D2")

    assert LIE in read(dress).text


def test_where_a_cell_may_have_its_styles_fill_its_words_stay() -> None:
    def change(xml: str) -> str:
        base = '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="3"'
        return xml.replace('<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0"', base).replace(
            'fontId="1" fillId="0"', 'fontId="1" applyFill="0" fillId="0"'
        )

    assert LIE in read(pale, change, "xl/styles.xml").text


def test_runs_of_a_cell_are_looked_at_one_by_one() -> None:
    def dress(sheet: Worksheet) -> None:
        for row, fill in ((2, PatternFill()), (3, solid("002060"))):
            pale_part = TextBlock(InlineFont(color="FFFFFF"), f" {LIE} ")
            dark_part = TextBlock(InlineFont(color="FF0000"), "too.")
            sheet.cell(row, 1).value = CellRichText("Seen", pale_part, dark_part)
            sheet.cell(row, 1).fill = fill

    content = read(dress)
    assert content.text.splitlines()[-2:] == ["Seen too.", f"Seen {LIE} too."]
    assert content.missing == SAID


NAMES = (
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    ' xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"'
)
PALE = '<a:solidFill><a:schemeClr val="bg1"/></a:solidFill>'
DARK = '<a:solidFill><a:schemeClr val="tx2"/></a:solidFill>'


def box(run: str = "", fill: str = "", about: str = "/>", extent: str = "9000000", body: str = "") -> str:
    return (
        f'<xdr:oneCellAnchor {NAMES}><xdr:sp><xdr:nvSpPr><xdr:cNvPr id="2" name="Box" {about}</xdr:nvSpPr><xdr:spPr>'
        f'<a:xfrm><a:ext cx="{extent}" cy="{extent}"/></a:xfrm><a:prstGeom prst="rect"/>{fill}</xdr:spPr><xdr:txBody>'
        f"<a:bodyPr {body}/><a:p><a:r><a:rPr>{run}</a:rPr><a:t>Boxed words stand here.</a:t></a:r></a:p></xdr:txBody>"
        "</xdr:sp></xdr:oneCellAnchor>"
    )


CONTROL = 'hidden="1"><a:extLst><a:ext><b:compatExt xmlns:b="b"/></a:ext></a:extLst></xdr:cNvPr>'


@pytest.mark.parametrize(
    ("xml", "is_seen"),
    [
        (box(PALE, PALE), False),
        (box("<a:noFill/>"), False),
        (box(about='hidden="1"/>'), False),
        (box(), True),
        (box(PALE), True),
        (box(PALE, DARK), True),
        (box(PALE, PALE, extent="900"), True),
        (box(PALE, PALE, body='vert="vert"', extent="900000"), True),
        (box(about=CONTROL), True),
    ],
)
def test_words_in_a_box_are_read_if_they_are_seen(xml: str, is_seen: bool) -> None:
    def change(drawing: str) -> str:
        return drawing.replace("</wsDr>", f"{xml}</wsDr>").replace("</xdr:wsDr>", f"{xml}</xdr:wsDr>")

    content = read(charted("C5"), change, "xl/drawings/drawing1.xml")
    assert ("Boxed words stand here." in content.text) == is_seen


def test_numbers_that_nobody_sees_are_left_out_without_a_word() -> None:
    def dress(sheet: Worksheet) -> None:
        sheet["A2"].value = 4711
        pale(sheet)

    content = read(dress)
    assert "4711" not in content.text
    assert content.missing == ""
