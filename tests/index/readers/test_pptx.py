"""The PowerPoint reader: slides as pages, shapes in reading order, notes and comments; no furniture of the layout."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from index.errors import DocumentRejectedError
from index.readers import read_document
from index.readers.content import Content, Source
from index.readers.office import pptx as reader

NAMES = (
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    ' xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
    ' xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart"'
    ' xmlns:dgm="http://schemas.openxmlformats.org/drawingml/2006/diagram"'
    ' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
KINDS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"


def relations(targets: Mapping[str, str]) -> str:
    """Return a part's relations: "kind:id" -> target."""
    found = "".join(
        f'<Relationship Id="{key.partition(":")[2]}" Type="{KINDS}{key.partition(":")[0]}" Target="{target}"/>'
        for key, target in targets.items()
    )
    return (
        f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{found}</Relationships>'
    )


def paragraph(text: str, properties: str = "") -> str:
    attributes, _, inside = properties.partition("|")
    return f"<a:p><a:pPr {attributes}>{inside}</a:pPr><a:r><a:t>{text}</a:t></a:r></a:p>"


def shape(*paragraphs: str, place: str = "", at: tuple[int, int, int, int] | None = None, name: str = "Box") -> str:
    """Return a shape; `place` is what placeholder it fills, `at` its left, top, width and height."""
    kind = f"<p:ph {place}/>" if place else ""
    frame = ""
    if at:
        frame = f'<a:xfrm><a:off x="{at[0]}" y="{at[1]}"/><a:ext cx="{at[2]}" cy="{at[3]}"/></a:xfrm>'
    body = "".join(text if text.startswith("<") else paragraph(text) for text in paragraphs)
    return (
        f'<p:sp><p:nvSpPr><p:cNvPr id="1" name="{name}"/><p:cNvSpPr/><p:nvPr>{kind}</p:nvPr></p:nvSpPr>'
        f"<p:spPr>{frame}</p:spPr><p:txBody><a:bodyPr/>{body}</p:txBody></p:sp>"
    )


def slide(*shapes: str) -> str:
    return f"<p:sld {NAMES}><p:cSld><p:spTree>{''.join(shapes)}</p:spTree></p:cSld></p:sld>"


LAYOUT = f"""<p:sldLayout {NAMES}><p:cSld><p:spTree>
{shape("Click to edit", place='type="title"', at=(0, 0, 900, 100))}
{shape("Click to edit", place='type="body" idx="1"', at=(0, 500, 900, 400))}
</p:spTree></p:cSld></p:sldLayout>"""
MASTER = f"""<p:sldMaster {NAMES}><p:cSld><p:spTree/></p:cSld><p:txStyles>
<p:bodyStyle><a:lvl1pPr><a:buChar char="•"/></a:lvl1pPr><a:lvl2pPr><a:buChar char="–"/></a:lvl2pPr></p:bodyStyle>
</p:txStyles></p:sldMaster>"""


def show(*slides: str, parts: Mapping[str, str] | None = None, related: Mapping[str, str] | None = None) -> bytes:
    """Return a presentation; `related` are more relations of its first slide."""
    order = "".join(f'<p:sldId id="{256 + at}" r:id="s{at}"/>' for at in range(len(slides)))
    files = {
        "_rels/.rels": relations({"officeDocument:r1": "ppt/presentation.xml"}),
        "ppt/presentation.xml": f"<p:presentation {NAMES}><p:sldIdLst>{order}</p:sldIdLst></p:presentation>",
        "ppt/_rels/presentation.xml.rels": relations(
            {f"slide:s{at}": f"slides/slide{len(slides) - at}.xml" for at in range(len(slides))}
        ),
        "ppt/slideLayouts/layout.xml": LAYOUT,
        "ppt/slideLayouts/_rels/layout.xml.rels": relations({"slideMaster:m": "../slideMasters/master.xml"}),
        "ppt/slideMasters/master.xml": MASTER,
    }
    for at, xml in enumerate(slides):
        number = len(slides) - at  # the parts' numbers say nothing of their order
        files[f"ppt/slides/slide{number}.xml"] = xml
        more = related if related and at == 0 else {}
        links = relations({"slideLayout:l": "../slideLayouts/layout.xml", **more})
        files[f"ppt/slides/_rels/slide{number}.xml.rels"] = links
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w") as target:
        for name, text in {**files, **(parts or {})}.items():
            target.writestr(name, text)
    return output.getvalue()


def content_of(*slides: str, **more: Mapping[str, str]) -> Content:
    return reader.read(Source(show(*slides, **more)))


def test_slides_are_pages_in_the_order_of_the_presentation() -> None:
    content = content_of(slide(shape("First", place='type="title"')), slide(shape("Second", place='type="title"')))
    assert content.text == "First\n\nSecond"
    assert [content.text[page.start : page.end] for page in content.pages.values()] == ["First", "Second"]
    assert [content.text[heading.start : heading.end] for heading in content.headings] == ["First", "Second"]
    assert content.title == "First"


def test_hidden_slides_are_read() -> None:
    assert content_of(slide(shape("Here")).replace("<p:sld ", '<p:sld show="0" ')).text == "Here"


def test_the_title_comes_first_and_the_rest_from_top_to_bottom_and_left_to_right() -> None:
    shapes = [
        shape("Below", at=(0, 800, 900, 50)),
        shape("Right", at=(500, 200, 400, 100)),
        shape("Left", at=(0, 210, 400, 100)),
        shape("Title", place='type="title"'),
    ]
    assert content_of(slide(*shapes)).text == "Title\n\nLeft\n\nRight\n\nBelow"


def test_columns_of_several_boxes_are_read_one_after_the_other() -> None:
    shapes = [
        shape("left 1", at=(0, 200, 400, 200)),
        shape("right 1", at=(500, 200, 400, 350)),
        shape("left 2", at=(0, 450, 400, 300)),
        shape("right 2", at=(500, 600, 400, 150)),
    ]
    assert content_of(slide(*shapes)).text == "left 1\n\nleft 2\n\nright 1\n\nright 2"


def test_groups_are_read_as_one_in_their_place() -> None:
    inner = shape("in 2", at=(0, 50, 9, 9)) + shape("in 1", at=(0, 0, 9, 9))
    frame = '<p:grpSpPr><a:xfrm><a:off x="0" y="100"/><a:ext cx="900" cy="100"/></a:xfrm></p:grpSpPr>'
    group = f'<p:grpSp><p:nvGrpSpPr><p:cNvPr id="2" name="g"/><p:nvPr/></p:nvGrpSpPr>{frame}{inner}</p:grpSp>'
    assert content_of(slide(shape("after", at=(0, 300, 9, 9)), group)).text == "in 1\n\nin 2\n\nafter"


def test_bullets_are_those_of_the_master_unless_the_paragraph_has_none() -> None:
    texts = [
        "one",
        paragraph("deeper", 'lvl="1"'),
        paragraph("plain", "|<a:buNone/>"),
        paragraph("first", '|<a:buAutoNum type="arabicPeriod"/>'),
        paragraph("second", '|<a:buAutoNum type="arabicPeriod"/>'),
    ]
    expected = "- one\n  - deeper\n\nplain\n\n1. first\n2. second"
    assert content_of(slide(shape(*texts, place='idx="1"'))).text == expected
    assert content_of(slide(shape("one", "two"))).text == "one\n\ntwo"


def test_numbers_dates_and_footers_of_the_layout_are_left_out() -> None:
    furniture = [shape("7", place='type="sldNum"'), shape("May", place='type="dt"'), shape("Inc", place='type="ftr"')]
    assert content_of(slide(shape("Words"), *furniture)).text == "Words"


def test_rows_name_their_columns() -> None:
    cell = "<a:tc><a:txBody>{}</a:txBody></a:tc>"
    rows = "".join(
        f"<a:tr>{''.join(cell.format(paragraph(text)) for text in row)}</a:tr>"
        for row in (("Town", "Sum"), ("Rome", "five"))
    )
    table = "<a:tbl><a:tblPr{}/>{}</a:tbl>"
    data = f"<a:graphic><a:graphicData>{table}</a:graphicData></a:graphic>"
    frame = f"<p:graphicFrame><p:nvGraphicFramePr/>{data}</p:graphicFrame>"
    assert content_of(slide(frame.format(' firstRow="1"', rows))).text == "Town: Rome; Sum: five"
    assert content_of(slide(frame.format("", rows))).text == "Town | Sum\nRome | five"


CHART = f"""<c:chartSpace {NAMES}><c:chart>
<c:title><c:tx><c:rich><a:p><a:r><a:t>Sales</a:t></a:r></a:p></c:rich></c:tx></c:title><c:plotArea><c:barChart><c:ser>
<c:tx><c:strRef><c:strCache><c:pt idx="0"><c:v>Rome</c:v></c:pt></c:strCache></c:strRef></c:tx>
<c:cat><c:strRef><c:strCache>
<c:pt idx="0"><c:v>May</c:v></c:pt><c:pt idx="1"><c:v>June</c:v></c:pt></c:strCache></c:strRef></c:cat>
<c:val><c:numRef><c:numCache><c:formatCode>0%</c:formatCode>
<c:pt idx="0"><c:v>0.5</c:v></c:pt><c:pt idx="1"><c:v>0.25</c:v></c:pt>
</c:numCache></c:numRef></c:val></c:ser></c:barChart>
<c:valAx><c:title><c:tx><c:rich><a:p><a:r><a:t>share</a:t></a:r></a:p></c:rich></c:tx></c:title></c:valAx>
</c:plotArea></c:chart></c:chartSpace>"""
DIAGRAM = f"""<dgm:dataModel {NAMES}><dgm:ptLst><dgm:pt type="doc"/>
<dgm:pt modelId="1"><dgm:t><a:p><a:r><a:t>Plan</a:t></a:r></a:p></dgm:t></dgm:pt>
<dgm:pt modelId="2" type="node"><dgm:t><a:p><a:r><a:t>Do</a:t></a:r></a:p></dgm:t></dgm:pt>
<dgm:pt type="pres"><dgm:t><a:p><a:r><a:t>hidden</a:t></a:r></a:p></dgm:t></dgm:pt></dgm:ptLst></dgm:dataModel>"""


def test_charts_and_diagrams_are_their_words() -> None:
    frame = (
        "<p:graphicFrame><p:nvGraphicFramePr/><a:graphic><a:graphicData>{}</a:graphicData></a:graphic></p:graphicFrame>"
    )
    content = content_of(
        slide(frame.format('<c:chart r:id="c"/>'), frame.format('<dgm:relIds r:dm="d"/>')),
        parts={"ppt/charts/chart.xml": CHART, "ppt/diagrams/data.xml": DIAGRAM},
        related={"chart:c": "../charts/chart.xml", "diagramData:d": "../diagrams/data.xml"},
    )
    assert content.text == "Sales (share)\n\nMay; Rome: 50%\nJune; Rome: 25%\n\n- Plan\n- Do"


def test_notes_and_comments_come_after_their_slide() -> None:
    spoken = shape("Speak up.", "Smile.", place='type="body"')
    notes = f"<p:notes {NAMES}><p:cSld><p:spTree>{spoken}</p:spTree></p:cSld></p:notes>"
    comments = f'<p:cmLst {NAMES}><p:cm authorId="0"><p:text>Too long</p:text></p:cm></p:cmLst>'
    authors = f'<p:cmAuthorLst {NAMES}><p:cmAuthor id="0" name="Ann"/></p:cmAuthorLst>'
    links = relations({"slide:s0": "slides/slide1.xml", "commentAuthors:a": "commentAuthors.xml"})
    content = content_of(
        slide(shape("Words")),
        parts={
            "ppt/notes.xml": notes,
            "ppt/comments.xml": comments,
            "ppt/commentAuthors.xml": authors,
            "ppt/_rels/presentation.xml.rels": links,
        },
        related={"notesSlide:n": "../notes.xml", "comments:c": "../comments.xml"},
    )
    assert content.text == "Words\n\nNotes: Speak up.\n\nSmile.\n\nComment by Ann: Too long"


@pytest.mark.parametrize(
    ("described", "expected"),
    [
        ("A fox jumps over the dog", "A fox jumps over the dog\n\nWords"),
        ("A fox in snow&#10;&#10;Description automatically generated with low confidence", "A fox in snow\n\nWords"),
        ("Picture 3", "Words"),
        ("fox.png", "Words"),
        ("", "Words"),
    ],
)
def test_a_picture_is_what_it_is_described_as_but_not_its_name(described: str, expected: str) -> None:
    picture = f'<p:pic><p:nvPicPr><p:cNvPr id="3" name="x" descr="{described}"/><p:nvPr/></p:nvPicPr></p:pic>'
    assert content_of(slide(picture, shape("Words", at=(0, 9, 9, 9)))).text == expected


def test_of_two_versions_of_a_shape_one_is_read() -> None:
    mc = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    both = f"<mc:Choice>{shape('Words')}</mc:Choice><mc:Fallback>{shape('Words')}</mc:Fallback>"
    assert content_of(slide(f"<mc:AlternateContent {mc}>{both}</mc:AlternateContent>")).text == "Words"


def test_a_damaged_slide_is_missed_and_the_others_are_read() -> None:
    content = content_of(slide(shape("One")), "<p:sld", slide(shape("Three")))
    assert content.text == "One\n\nThree"
    assert content.missing.startswith("slide 2: the presentation is damaged")
    assert len(content.pages) == 3


def test_progress_is_told_by_slide_and_a_deadly_slide_is_passed_over() -> None:
    told: list[tuple[int, int]] = []
    data = show(slide(shape("One")), slide(shape("Two")))
    content = reader.read(Source(data, "", lambda at, of: told.append((at, of)), frozenset({1})))
    assert told == [(1, 2), (2, 2)]
    assert content.text == "Two"
    assert content.missing == "slide 1 could not be read: save it as a presentation of its own"


def test_a_zip_that_is_no_presentation_is_rejected(tmp_path: Path) -> None:
    path = tmp_path / "show.pptx"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("[Content_Types].xml", "<x/>")
    with pytest.raises(DocumentRejectedError, match="no presentation"):
        read_document(path)


def test_a_real_file_is_read_whole(shared: Path) -> None:
    path = shared / "documents/Unstructured-IO+unstructured/example-docs/sample-presentation.pptx"
    document = read_document(path)
    assert len(document.pages) == 4
    assert "- And a list of bulleted information\n  - With a sub-bullet" in document.text
