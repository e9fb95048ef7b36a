"""OpenDocument files: words that no eye sees are no text of them, whatever hides them; what is seen stays."""

from __future__ import annotations

import io
import zipfile

import pytest

from index.readers.content import Content, Source
from index.readers.opendocument import odp, ods, odt

NAMES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for name in "office text table style presentation loext calcext".split()
)
NAMES += (
    ' xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"'
    ' xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0"'
    ' xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0"'
    ' xmlns:smil="urn:oasis:names:tc:opendocument:xmlns:smil-compatible:1.0"'
    ' xmlns:anim="urn:oasis:names:tc:opendocument:xmlns:animation:1.0"'
    ' xmlns:xlink="http://www.w3.org/1999/xlink"'
)
LIE, SEEN = "The warranty is 99 years.", "The warranty is 2 years."
SAID = "1 passage that the page hides from the eye is left out"


def flat(kind: str, body: str, styles: str = "", common: str = "", master: str = "") -> bytes:
    return (
        f'<?xml version="1.0"?><office:document {NAMES}><office:styles>{common}</office:styles>'
        f"<office:automatic-styles>{styles}</office:automatic-styles><office:master-styles>{master}"
        f"</office:master-styles><office:body><office:{kind}>{body}</office:{kind}></office:body></office:document>"
    ).encode()


def style(name: str, family: str, *properties: str, parent: str = "") -> str:
    based = f'style:parent-style-name="{parent}"' if parent else ""
    return f'<style:style style:name="{name}" style:family="{family}" {based}>{"".join(properties)}</style:style>'


def words_of(said: str) -> str:
    return f"<style:text-properties {said}/>"


def box(kind: str, said: str, inside: str = "") -> str:
    return f"<style:{kind}-properties {said}>{inside}</style:{kind}-properties>"


WHITE, DARK = 'fo:color="#ffffff"', 'fo:background-color="#002060"'


def text(words: str, look: str, *, family: str = "text", more: str = "", common: str = "", whole: str = "") -> Content:
    styles = style("T", family, words_of(look)) + style("P", "paragraph", whole) + more
    inside = f'<text:span text:style-name="T">{words}</text:span>' if family == "text" else words
    name = "P" if family == "text" else "T"
    body = f'<text:p>Before.</text:p><text:p text:style-name="{name}">{inside}</text:p><text:p>After.</text:p>'
    return odt.read(Source(flat("text", body, styles, common)))


@pytest.mark.parametrize("family", ["text", "paragraph"])
@pytest.mark.parametrize(
    "look",
    [
        'text:display="none"', 'fo:font-size="1pt"', 'fo:font-size="0pt"', 'fo:font-size="2%"', WHITE,
        'fo:color="#FEFEFE"', f'{WHITE} fo:background-color="#ffffff"', f'{WHITE} fo:background-color="transparent"',
        'fo:color="#000000" fo:background-color="#000000"', 'fo:color="#000000" loext:opacity="0%"',
        f'{WHITE} fo:text-shadow="none" style:text-outline="false"',
    ],
)  # fmt: skip
def test_words_that_nobody_sees_are_left_out_and_said(look: str, family: str) -> None:
    content = text(LIE, look, family=family)
    assert (content.text, content.missing) == ("Before.\n\nAfter.", SAID)


@pytest.mark.parametrize("family", ["text", "paragraph"])
@pytest.mark.parametrize(
    "look",
    [
        'text:display="true"', 'fo:font-size="5pt"', 'fo:font-size="50%"', 'fo:color="#000000"', f"{WHITE} {DARK}",
        f'{WHITE} style:use-window-font-color="true"', 'style:use-window-font-color="true" loext:opacity="0%"',
        f'{WHITE} style:text-outline="true"', f'{WHITE} fo:text-shadow="1pt 1pt"', 'fo:color="strange"',
        f'{WHITE} style:font-relief="embossed"', 'fo:color="#000000" loext:opacity="50%"',
    ],
)  # fmt: skip
def test_words_that_are_seen_stay(look: str, family: str) -> None:
    content = text(SEEN, look, family=family)
    assert (content.text, content.missing) == (f"Before.\n\n{SEEN}\n\nAfter.", "")


def layout(said: str, inside: str = "") -> str:
    return f"<style:page-layout>{box('page-layout', said, inside)}</style:page-layout>"


PICTURE = '<style:background-image xlink:href="a.png"/>'


@pytest.mark.parametrize(
    ("whole", "common"),
    [
        (box("paragraph", DARK), ""),
        (box("paragraph", "", PICTURE), ""),
        (box("paragraph", 'draw:fill="gradient"'), ""),
        (box("paragraph", 'draw:fill="solid" draw:fill-color="#002060"'), ""),
        ("", layout(DARK)),
        ("", layout('draw:fill="bitmap"')),
        ("", layout("", PICTURE)),
        ("", style("F", "graphic", box("graphic", 'style:run-through="background"'))),
    ],
)
def test_white_words_stay_where_the_page_may_be_dark(whole: str, common: str) -> None:
    assert SEEN in text(SEEN, WHITE, whole=whole, common=common).text


def test_styles_take_over_from_those_they_are_based_on() -> None:
    common = style("Ghost", "text", words_of(WHITE))
    assert LIE not in text("", "", more=style("T", "text", parent="Ghost"), common=common).text
    body = f'<text:p><text:span text:style-name="X">{LIE}</text:span></text:p>'
    assert odt.read(Source(flat("text", body, style("X", "text", parent="Ghost"), common))).missing == SAID
    dark = style("X", "text", words_of('fo:color="#000000"'), parent="Ghost")
    assert odt.read(Source(flat("text", body, dark, common))).text == LIE


@pytest.mark.parametrize(
    ("around", "is_seen"),
    [
        ('<text:section text:display="none">%s</text:section>', False),
        ('<text:section text:display="condition" text:is-hidden="true">%s</text:section>', False),
        ('<text:section text:display="true">%s</text:section>', True),
        ('<text:section text:display="condition">%s</text:section>', True),
    ],
)
def test_hidden_sections_are_left_out(around: str, is_seen: bool) -> None:
    content = odt.read(Source(flat("text", around % f"<text:p>{LIE}</text:p>")))
    assert (content.text, content.missing) == ((LIE, "") if is_seen else ("", SAID))


def test_hidden_paragraphs_and_texts_are_left_out() -> None:
    hides = '<text:hidden-paragraph text:is-hidden="true"/>'
    hidden = f'<text:hidden-text text:is-hidden="true">{LIE}</text:hidden-text>'
    body = f"<text:p>{hides}{LIE}</text:p><text:p>{SEEN}{hidden}</text:p><text:p><text:hidden-paragraph/>End.</text:p>"
    content = odt.read(Source(flat("text", body)))
    assert content.text == f"{SEEN}\n\nEnd."
    assert content.missing == "2 passages that the page hides from the eye are left out"


@pytest.mark.parametrize(
    ("table", "cell", "is_seen"),
    [
        ("", "", False), ("", box("table-cell", DARK), True), (box("table", DARK), "", True),
        ("", box("table-cell", "", PICTURE), True), ("", box("table-cell", 'fo:background-color="#ffffff"'), False),
        (box("table", DARK), box("table-cell", 'fo:background-color="#ffffff"'), False),
    ],
)  # fmt: skip
def test_white_words_in_a_table_stay_where_it_may_be_dark(table: str, cell: str, is_seen: bool) -> None:
    styles = style("A", "table", table) + style("A1", "table-cell", cell) + style("W", "paragraph", words_of(WHITE))
    words = f'<text:p text:style-name="W">{LIE}</text:p>'
    row = f'<table:table-row><table:table-cell table:style-name="A1">{words}</table:table-cell></table:table-row>'
    body = f'<table:table table:style-name="A" %s>{row}</table:table>'
    assert odt.read(Source(flat("text", body % "", styles))).text == (LIE if is_seen else "")
    template = body % 'table:template-name="Elegant"'
    assert (odt.read(Source(flat("text", template, styles))).text == LIE) == (is_seen or cell == "")


def test_white_words_in_a_frame_stay_unless_it_is_white() -> None:
    words = f'<text:p text:style-name="W">{LIE}</text:p>'
    body = f'<text:p><draw:frame draw:style-name="F"><draw:text-box>{words}</draw:text-box></draw:frame></text:p>'
    for fill, is_seen in {"none": True, "solid": False, "bitmap": True}.items():
        frame = style("F", "graphic", box("graphic", f'draw:fill="{fill}" draw:fill-color="#ffffff"'))
        content = odt.read(Source(flat("text", body, frame + style("W", "paragraph", words_of(WHITE)))))
        assert content.text == (LIE if is_seen else "")


def test_a_zipped_files_header_has_the_styles_of_its_own_part() -> None:
    header = f'<style:header><text:p text:style-name="P1">{SEEN}</text:p></style:header>'
    content = flat("text", "<text:p>Body.</text:p>", style("P1", "paragraph", words_of(WHITE))).decode()
    common = (
        f"<office:document-styles {NAMES}><office:automatic-styles>{style('P1', 'paragraph')}</office:automatic-styles>"
        f"<office:master-styles><style:master-page>{header}</style:master-page></office:master-styles>"
        "</office:document-styles>"
    )
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w") as target:
        target.writestr("content.xml", content)
        target.writestr("styles.xml", common)
    assert odt.read(Source(output.getvalue())).text == f"{SEEN}\n\nBody."


def sheet(cell: str, look: str, more: str = "", after: str = "", column: str = "", row: str = "") -> Content:
    styles = style("C", "table-cell", look) + more
    cells = f"<table:table-cell {cell}><text:p>{LIE}</text:p></table:table-cell>"
    body = (
        f'<table:table table:name="Sheet1"><table:table-column {column}/><table:table-row {row}>{cells}'
        f"</table:table-row>{after}</table:table>"
    )
    return ods.read(Source(flat("spreadsheet", body, styles)))


PALE = words_of(WHITE)
STYLED = 'table:style-name="C"'
USUAL = 'table:default-cell-style-name="C"'


def condition(places: str) -> str:
    return (
        "<calcext:conditional-formats><calcext:conditional-format "
        f'calcext:target-range-address="{places}"/></calcext:conditional-formats>'
    )


@pytest.mark.parametrize(
    ("cell", "look", "more"),
    [
        (STYLED, PALE, {}),
        ("", PALE, {"column": USUAL}),
        ("", PALE, {"row": USUAL}),
        (STYLED, box("table-cell", 'fo:background-color="#ffffff"') + PALE, {}),
        (STYLED, box("table-cell", DARK) + words_of('fo:color="#002060"'), {}),
        (STYLED, words_of('fo:font-size="1pt"'), {}),
        (STYLED, PALE, {"after": condition("'A 1'.B2:'A 1'.C9 Sheet1.D1")}),
    ],
)
def test_words_in_a_cell_that_nobody_sees_are_left_out(cell: str, look: str, more: dict[str, str]) -> None:
    content = sheet(cell, look, **more)
    assert (content.text, content.missing) == ("", SAID)


@pytest.mark.parametrize(
    ("cell", "look", "more"),
    [
        (STYLED, box("table-cell", DARK) + PALE, {}),
        (STYLED, PALE + '<style:map style:condition="value()=1"/>', {}),
        (STYLED, PALE, {"after": condition("Sheet1.A1:Sheet1.B7")}),
        (STYLED, PALE, {"after": condition("Sheet1.$C$1:Sheet1.$A$2")}),
        (STYLED, PALE, {"after": condition("what")}),
        (f'{STYLED} table:number-columns-repeated="3"', PALE, {"after": condition("Sheet1.C1")}),
        (STYLED, PALE, {"more": style("F", "graphic", box("graphic", 'style:run-through="background"'))}),
        (STYLED, words_of('fo:font-size="6pt"'), {"column": USUAL}),
    ],
)
def test_words_in_a_cell_that_are_seen_stay(cell: str, look: str, more: dict[str, str]) -> None:
    content = sheet(cell, look, **more)
    assert LIE in content.text
    assert content.missing == ""


def test_words_in_a_shape_on_a_sheet_are_read_if_they_are_seen() -> None:
    for said, is_seen in ((WHITE, True), ('text:display="none"', False)):
        words = f'<text:p><text:span text:style-name="W">{SEEN}</text:span></text:p>'
        shapes = f"<table:shapes><draw:frame><draw:text-box>{words}</draw:text-box></draw:frame></table:shapes>"
        body = f'<table:table table:name="Sheet1">{shapes}</table:table>'
        content = ods.read(Source(flat("spreadsheet", body, style("W", "text", words_of(said)))))
        assert (content.text, content.missing) == ((SEEN, "") if is_seen else ("", SAID))


PAPER = (
    '<style:page-layout style:name="L"><style:page-layout-properties fo:page-width="28cm" fo:page-height="21cm"/>'
    "</style:page-layout>"
)
PLACE = 'svg:x="2cm" svg:y="2cm" svg:width="20cm" svg:height="3cm"'


def frame(words: str, place: str = PLACE, look: str = "S", more: str = "") -> str:
    inside = f"<draw:text-box><text:p>{words}</text:p></draw:text-box>"
    return f'<draw:frame draw:style-name="{look}" {place} {more}>{inside}</draw:frame>'


def slide(
    *shapes: str, fill: str = 'draw:fill="none"', words: str = "", page: str = "", behind: str = "", paper: str = ""
) -> Content:
    """Read a slide; `fill` and `words` are the look of the shapes in style S, `behind` the shapes of its master."""
    styles = (
        style("S", "graphic", box("graphic", fill), words_of(words))
        + style("N", "graphic", box("graphic", 'draw:fill="none"'))
        + style("D", "graphic", box("graphic", 'draw:fill="solid" draw:fill-color="#002060"'))
        + style("B", "drawing-page", box("drawing-page", page))
        + style("M", "drawing-page", box("drawing-page", paper))
        + PAPER
    )
    master = (
        f'<style:master-page style:name="Main" style:page-layout-name="L" draw:style-name="M">{behind}'
        "</style:master-page>"
    )
    body = f'<draw:page draw:master-page-name="Main" draw:style-name="B">{"".join(shapes)}</draw:page>'
    return odp.read(Source(flat("presentation", body, styles, master=master)))


@pytest.mark.parametrize(
    ("place", "look"),
    [
        (PLACE, {"words": WHITE}),
        (PLACE, {"words": WHITE, "behind": "<loext:theme/>"}),
        (PLACE, {"words": WHITE, "behind": frame("Click here", look="D", more='presentation:class="title"')}),
        (PLACE, {"words": 'fo:font-size="1pt"'}),
        (PLACE, {"words": 'fo:color="#002060"', "fill": 'draw:fill="solid" draw:fill-color="#002060"'}),
        (PLACE, {"words": WHITE, "page": 'draw:fill="solid" draw:fill-color="#ffffff"'}),
        ('svg:x="30cm" svg:y="2cm" svg:width="5cm" svg:height="3cm"', {}),
        ('svg:x="2cm" svg:y="-9cm" svg:width="20cm" svg:height="3cm"', {}),
        (f'{PLACE} draw:display="none"', {}),
    ],
)
def test_words_on_a_slide_that_nobody_sees_are_left_out(place: str, look: dict[str, str]) -> None:
    content = slide(frame(LIE, place), frame(SEEN, look="N"), **look)
    assert (content.text, content.missing) == (SEEN, SAID)


OVER = 'svg:x="0cm" svg:y="0cm" svg:width="28cm" svg:height="21cm"'
BANNER = f'<draw:rect draw:style-name="D" {OVER}/>'


@pytest.mark.parametrize(
    ("beneath", "look"),
    [
        ("", {"fill": 'draw:fill="solid" draw:fill-color="#002060"'}),
        ("", {"fill": 'draw:fill="gradient"'}),
        ("", {"fill": ""}),
        ("", {"fill": 'draw:fill="none" draw:shadow="visible"'}),
        ("", {"page": 'draw:fill="solid" draw:fill-color="#002060"'}),
        ("", {"page": 'draw:fill="bitmap"'}),
        ("", {"paper": 'draw:fill="solid" draw:fill-color="#002060"'}),
        ("", {"behind": BANNER}),
        ("", {"behind": f"<draw:g>{BANNER}</draw:g>"}),
        ("", {"behind": f"<draw:frame {OVER}><draw:image/></draw:frame>"}),
        (BANNER, {}),
        (f'<draw:custom-shape draw:style-name="D" {OVER}/>', {}),
        ('<draw:rect draw:style-name="D" draw:transform="rotate(1)"/>', {}),
        (f"<draw:frame {OVER}><draw:image/></draw:frame>", {}),
    ],
)
def test_white_words_on_a_slide_stay_where_it_may_be_dark(beneath: str, look: dict[str, str]) -> None:
    content = slide(beneath, frame(SEEN), words=WHITE, **look)
    assert (content.text, content.missing) == (SEEN, "")


def test_what_is_turned_or_moved_into_a_slide_and_a_short_title_off_it_stay() -> None:
    off = 'svg:x="30cm" svg:y="2cm" svg:width="5cm" svg:height="3cm"'
    assert slide(frame(SEEN, f'{off} draw:transform="rotate(1)"')).text == SEEN
    moves = '<anim:par><anim:animateMotion smil:targetElement="a"/></anim:par>'
    assert slide(frame(SEEN, f'{off} draw:id="a"'), moves).text == SEEN
    assert slide(frame("Our warranty", f'{off} presentation:class="title"')).text == "Our warranty"
    assert slide(frame(LIE, f'{off} presentation:class="title"')).missing == SAID


def test_white_words_in_a_slides_table_stay_where_it_may_be_dark() -> None:
    words = f'<text:p><text:span text:style-name="W">{LIE}</text:span></text:p>'
    row = f'<table:table-row><table:table-cell table:style-name="C">{words}</table:table-cell></table:table-row>'
    for said, is_seen in (('table:template-name="default"', True), ("", False)):
        table = f"<draw:frame {PLACE}><table:table {said}>{row}</table:table></draw:frame>"
        for fill, is_dark in (("solid", True), ("none", False)):
            cell = style("C", "table-cell", box("graphic", f'draw:fill="{fill}" draw:fill-color="#002060"'))
            source = flat("presentation", f"<draw:page>{table}</draw:page>", cell + style("W", "text", words_of(WHITE)))
            assert (odp.read(Source(source)).text == LIE) == (is_seen or is_dark)


def test_a_cell_has_the_look_of_its_row_and_may_have_that_of_its_column() -> None:
    words = f'<text:p><text:span text:style-name="W">{LIE}</text:span></text:p>'
    dark = style("C", "table-cell", box("graphic", 'draw:fill="solid" draw:fill-color="#002060"'))
    for column, row, is_seen in (("", USUAL, True), (USUAL, "", True), ("", "", False)):
        cells = f"<table:table-row {row}><table:table-cell>{words}</table:table-cell></table:table-row>"
        table = f"<draw:frame {PLACE}><table:table><table:table-column {column}/>{cells}</table:table></draw:frame>"
        source = flat("presentation", f"<draw:page>{table}</draw:page>", dark + style("W", "text", words_of(WHITE)))
        assert (odp.read(Source(source)).text == LIE) == is_seen


def test_hidden_labels_are_not_spoken_of_and_a_space_stays() -> None:
    body = '<text:p>One<text:span text:style-name="W"> two </text:span>three</text:p>'
    content = odt.read(Source(flat("text", body, style("W", "text", words_of(WHITE)))))
    assert (content.text, content.missing) == ("One three", "")
