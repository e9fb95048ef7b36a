"""PowerPoint files: words that no eye sees on a slide are no text of it, whatever hides them; what is seen stays."""

from __future__ import annotations

import io
import zipfile

import pytest

from index.readers.content import Content, Source
from index.readers.office import pptx as reader

NAMES = (
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    ' xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
)
LIE = "The warranty is 99 years."
SEEN = "The warranty is 2 years."
SAID = "1 passage that the page hides from the eye is left out"
WHITE = '<a:solidFill><a:srgbClr val="FFFFFF"/></a:solidFill>'
DARK = '<a:solidFill><a:srgbClr val="002060"/></a:solidFill>'
RECTANGLE = '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom>'
PLACE = (1_000_000, 1_000_000, 6_000_000, 800_000)
WIDE = (0, 0, 9_144_000, 6_858_000)
SCHEME = "".join(
    f'<a:{name}><a:srgbClr val="{value}"/></a:{name}>'
    for name, value in {"dk1": "000000", "lt1": "FFFFFF", "dk2": "1F497D", "lt2": "EEECE1", "accent1": "4F81BD"}.items()
)
MAP = 'bg1="lt1" tx1="dk1" bg2="lt2" tx2="dk2" accent1="accent1"'
FILLS = '<a:solidFill><a:schemeClr val="phClr"/></a:solidFill><a:gradFill/>'
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def relations(**targets: str) -> str:
    found = "".join(
        f'<Relationship Id="{kind}" Type="{RELATION}/{kind}" Target="{target}"/>' for kind, target in targets.items()
    )
    return f'<Relationships xmlns="{PACKAGE}">{found}</Relationships>'


def shape(
    words: str,
    run: str = "",
    *,
    fill: str = "",
    at: tuple[int, int, int, int] | None = PLACE,
    about: str = "",
    place: str = "",
    body: str = "<a:bodyPr/>",
    style: str = "",
    turned: str = "",
) -> str:
    attributes, _, inside = run.partition("|")
    frame = ""
    if at:
        left, top, width, height = at
        frame = f'<a:xfrm {turned}><a:off x="{left}" y="{top}"/><a:ext cx="{width}" cy="{height}"/></a:xfrm>'
    text = f"<a:p><a:r><a:rPr {attributes}>{inside}</a:rPr><a:t>{words}</a:t></a:r></a:p>" if words else "<a:p/>"
    return (
        f'<p:sp><p:nvSpPr><p:cNvPr id="7" name="Box" {about}/><p:cNvSpPr/><p:nvPr>{place}</p:nvPr></p:nvSpPr>'
        f"<p:spPr>{frame}{RECTANGLE}{fill}</p:spPr>{style}<p:txBody>{body}{text}</p:txBody></p:sp>"
    )


def read(
    *shapes: str,
    background: str = "",
    layout: str = "",
    master: str = "",
    colors: str = MAP,
    more: str = "",
    said: str = "",
) -> Content:
    """Read a slide with these shapes; `layout` and `master` are theirs, `more` comes after the slide's shapes."""
    bg = f"<p:bg>{background}</p:bg>" if background else ""
    files = {
        "_rels/.rels": relations(officeDocument="ppt/show.xml"),
        "ppt/show.xml": (
            f'<p:presentation {NAMES} xmlns:r="{RELATION}"><p:sldIdLst><p:sldId id="256" r:id="slide"/></p:sldIdLst>'
            '<p:sldSz cx="9144000" cy="6858000"/></p:presentation>'
        ),
        "ppt/_rels/show.xml.rels": relations(slide="slide.xml"),
        "ppt/slide.xml": (
            f"<p:sld {NAMES} {said}><p:cSld>{bg}<p:spTree>{''.join(shapes)}</p:spTree></p:cSld>{more}</p:sld>"
        ),
        "ppt/_rels/slide.xml.rels": relations(slideLayout="layout.xml"),
        "ppt/layout.xml": f"<p:sldLayout {NAMES}><p:cSld><p:spTree>{layout}</p:spTree></p:cSld></p:sldLayout>",
        "ppt/_rels/layout.xml.rels": relations(slideMaster="master.xml"),
        "ppt/master.xml": (
            f'<p:sldMaster {NAMES}><p:cSld><p:bg><p:bgRef idx="1001"><a:schemeClr val="bg1"/></p:bgRef></p:bg>'
            f"<p:spTree>{master}</p:spTree></p:cSld><p:clrMap {colors}/></p:sldMaster>"
        ),
        "ppt/_rels/master.xml.rels": relations(theme="theme.xml"),
        "ppt/theme.xml": (
            f"<a:theme {NAMES}><a:themeElements><a:clrScheme>{SCHEME}</a:clrScheme><a:fmtScheme><a:bgFillStyleLst>"
            f"{FILLS}</a:bgFillStyleLst></a:fmtScheme></a:themeElements></a:theme>"
        ),
    }
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w") as target:
        for name, text in files.items():
            target.writestr(name, text)
    return reader.read(Source(output.getvalue()))


def paint(color: str) -> str:
    return f"|<a:solidFill>{color}</a:solidFill>"


def named(name: str, changes: str = "") -> str:
    return paint(f'<a:schemeClr val="{name}">{changes}</a:schemeClr>')


TURNED = {"turned": 'rot="5400000"'}


@pytest.mark.parametrize(
    ("run", "more"),
    [
        (f"|{WHITE}", {}),
        (paint('<a:srgbClr val="fefefe"/>'), {}),
        (paint('<a:prstClr val="white"/>'), {}),
        (paint('<a:sysClr val="window" lastClr="FFFFFF"/>'), {}),
        (named("bg1"), {}),
        (named("lt1"), {}),
        (named("tx1", '<a:lumMod val="0"/><a:lumOff val="100000"/>'), {}),
        (named("tx1", '<a:alpha val="0"/>'), {}),
        ("|<a:noFill/>", {}),
        ("|<a:ln><a:noFill/></a:ln><a:noFill/>", {}),
        ('sz="100"', {}),
        ('sz="400"', {"body": '<a:bodyPr><a:normAutofit fontScale="25000"/></a:bodyPr>'}),
        (f"|{DARK}", {"fill": DARK}),
        (f"|{WHITE}<a:highlight><a:srgbClr val='FFFFFF'/></a:highlight>", {"fill": DARK}),
        ("", {"body": f"<a:bodyPr/><a:lstStyle><a:lvl1pPr><a:defRPr>{WHITE}</a:defRPr></a:lvl1pPr></a:lstStyle>"}),
        ("", {"style": '<p:style><a:fontRef idx="minor"><a:schemeClr val="lt1"/></a:fontRef></p:style>'}),
        ("", {"about": 'hidden="1"'}),
        ("", {"at": (9_200_000, 0, 600_000, 5_000_000)}),
        ("", {"at": (0, -3_000_000, 6_000_000, 900_000)}),
        ("", {"at": (0, -90_000_000, 6_000_000, 900_000), **TURNED}),
    ],
)
def test_words_that_nobody_sees_are_left_out_and_said(run: str, more: dict[str, str]) -> None:
    content = read(shape(LIE, run, **more), shape(SEEN, at=(1_000_000, 4_000_000, 6_000_000, 800_000)))  # type: ignore[arg-type]
    assert (content.text, content.missing) == (SEEN, SAID)


@pytest.mark.parametrize(
    ("run", "more"),
    [
        (named("tx1"), {}),
        (named("bg1"), {"fill": DARK}),
        (named("bg1", '<a:lumMod val="85000"/>'), {}),
        (named("bg1", '<a:shade val="50000"/>'), {}),
        (named("bg1"), {"fill": "<a:gradFill/>"}),
        (named("bg1"), {"fill": "<a:blipFill/>"}),
        (named("bg1"), {"fill": "<a:grpFill/>"}),
        (named("bg1"), {"fill": named("tx1", '<a:alpha val="50000"/>')[1:]}),
        (named("bg1"), {"style": '<p:style><a:fillRef idx="3"><a:schemeClr val="accent1"/></a:fillRef></p:style>'}),
        (f"|{WHITE}<a:highlight><a:srgbClr val='000000'/></a:highlight>", {}),
        (f"|<a:ln>{DARK}</a:ln>{WHITE}", {}),
        (f"|<a:ln>{DARK}</a:ln><a:noFill/>", {}),
        (f"|{WHITE}<a:effectLst><a:outerShdw/></a:effectLst>", {}),
        (f"|{WHITE}", {"fill": "<a:noFill/><a:effectLst><a:outerShdw/></a:effectLst>"}),
        (f"|{WHITE}", {"at": None}),
        ("|<a:gradFill/>", {}),
        (named("phClr"), {}),
        ('sz="500"', {}),
        ("", {"at": (-600_000, 0, 700_000, 900_000)}),
        ("", {"at": (9_200_000, 0, 600_000, 600_000), "body": '<a:bodyPr wrap="none"/>'}),
        ("", {"at": None}),
    ],
)
def test_words_that_are_seen_stay(run: str, more: dict[str, str]) -> None:
    content = read(shape(SEEN, run, **more))  # type: ignore[arg-type]
    assert (content.text, content.missing) == (SEEN, "")


PICTURE = (
    '<p:pic><p:nvPicPr><p:cNvPr id="3" name="P"/></p:nvPicPr><p:spPr><a:xfrm><a:off x="0" y="0"/>'
    '<a:ext cx="9144000" cy="6858000"/></a:xfrm></p:spPr></p:pic>'
)
BAR = (
    '<p:cxnSp><p:nvCxnSpPr><p:cNvPr id="4" name="Bar"/></p:nvCxnSpPr><p:spPr><a:xfrm><a:off x="0" y="1400000"/>'
    '<a:ext cx="9144000" cy="0"/></a:xfrm><a:ln w="900000"/></p:spPr></p:cxnSp>'
)
GROUP = (
    '<p:grpSp><p:nvGrpSpPr><p:cNvPr id="5" name="G"/></p:nvGrpSpPr><p:grpSpPr><a:xfrm><a:off x="0" y="0"/><a:ext '
    'cx="9144000" cy="6858000"/><a:chOff x="0" y="0"/><a:chExt cx="914" cy="685"/></a:xfrm></p:grpSpPr>%s</p:grpSp>'
)


@pytest.mark.parametrize("layer", ["slide", "layout", "master"])
@pytest.mark.parametrize(
    "beneath",
    [shape("", fill=DARK, at=WIDE), PICTURE, BAR, shape("", fill=DARK, at=None),
     GROUP % shape("", fill=DARK, at=(0, 0, 900, 300))],
)  # fmt: skip
def test_white_words_over_something_dark_stay(layer: str, beneath: str) -> None:
    white = shape(SEEN, f"|{WHITE}")
    content = read(beneath, white) if layer == "slide" else read(white, **{layer: beneath})
    assert (content.text, content.missing) == (SEEN, "")


def test_white_words_that_reach_beyond_their_shape_to_something_dark_stay() -> None:
    dark = shape("", fill=DARK, at=(1_000_000, 3_000_000, 6_000_000, 3_000_000))
    content = read(dark, shape(SEEN * 40, f"|{WHITE}"))
    assert content.text == SEEN * 40


def test_white_words_on_a_dark_background_stay_and_dark_ones_go() -> None:
    for background in (f"<p:bgPr>{DARK}</p:bgPr>", '<p:bgRef idx="1001"><a:schemeClr val="tx2"/></p:bgRef>'):
        assert read(shape(SEEN, f"|{WHITE}"), background=background).text == SEEN
    assert read(shape(SEEN, f"|{WHITE}"), background='<p:bgRef idx="1002"><a:schemeClr val="bg1"/></p:bgRef>').text
    assert read(shape(LIE, f"|{DARK}"), background=f"<p:bgPr>{DARK}</p:bgPr>").missing == SAID
    dark_theme = 'bg1="dk1" tx1="lt1" bg2="dk2" tx2="lt2"'
    assert read(shape(SEEN, f"|{WHITE}"), colors=dark_theme).text == SEEN
    assert read(shape(LIE, named("bg1")), colors=dark_theme).missing == SAID


def test_where_a_slide_maps_colors_on_its_own_or_hides_its_masters_shapes_nothing_is_sure() -> None:
    override = "<p:clrMapOvr><a:overrideClrMapping/></p:clrMapOvr>"
    assert read(shape(SEEN, f"|{WHITE}"), more=override).text == SEEN
    dark = shape("", fill=DARK, at=WIDE)
    assert read(shape(SEEN, f"|{DARK}"), master=dark, said='showMasterSp="0"').text == SEEN
    assert read(shape(LIE, f"|{DARK}"), master=dark).missing == SAID


def test_a_title_off_the_slide_stays_unless_it_is_a_sentence() -> None:
    off = (0, -3_000_000, 6_000_000, 900_000)
    assert read(shape("Our warranty", at=off, place='<p:ph type="title"/>')).text == "Our warranty"
    assert read(shape(LIE, at=off, place='<p:ph type="title"/>')).missing == SAID


def test_what_an_animation_moves_or_colors_stays() -> None:
    steps = (
        '<p:timing><p:animMotion><p:cBhvr><p:tgtEl><p:spTgt spid="7"/></p:tgtEl></p:cBhvr></p:animMotion></p:timing>'
    )
    assert read(shape(SEEN, f"|{WHITE}", at=(9_200_000, 0, 600_000, 600_000)), more=steps).text == SEEN


def table(cell: str, properties: str) -> str:
    words = f"<a:txBody><a:p><a:r><a:rPr>{WHITE}</a:rPr><a:t>{LIE}</a:t></a:r></a:p></a:txBody>"
    return (
        '<p:graphicFrame><p:nvGraphicFramePr><p:cNvPr id="9" name="T"/></p:nvGraphicFramePr><p:xfrm>'
        '<a:off x="0" y="0"/><a:ext cx="6000000" cy="600000"/></p:xfrm><a:graphic><a:graphicData><a:tbl>'
        f"{properties}<a:tr><a:tc>{words}<a:tcPr>{cell}</a:tcPr></a:tc></a:tr></a:tbl></a:graphicData></a:graphic>"
        "</p:graphicFrame>"
    )


STYLE = "<a:tblPr firstRow='1'><a:tableStyleId>{5C22544A-7EE6-4342-B048-85BDC9FD1C3A}</a:tableStyleId></a:tblPr>"
BARE = "<a:tblPr><a:tableStyleId>{2D5ABB26-0587-4C30-8999-92F81FD0307C}</a:tableStyleId></a:tblPr>"


@pytest.mark.parametrize(
    ("cell", "properties", "is_seen"),
    [("", STYLE, True), (DARK, BARE, True), (DARK, "", True), ("", f"<a:tblPr>{DARK}</a:tblPr>", True),
     (WHITE, STYLE, False), ("<a:noFill/>", STYLE, False), ("", BARE, False), ("", "", False)],
)  # fmt: skip
def test_white_words_in_a_table_stay_where_it_may_be_dark(cell: str, properties: str, is_seen: bool) -> None:
    content = read(table(cell, properties))
    assert (content.text, content.missing) == ((LIE, "") if is_seen else ("", SAID))


def test_a_group_off_the_slide_is_left_out() -> None:
    inside = shape(LIE, at=(2000, 0, 300, 300))
    assert read(GROUP % inside, shape(SEEN)).missing == SAID
    assert read(GROUP % shape(SEEN, at=(200, 0, 300, 300))).text == SEEN
    assert read(shape(SEEN), (GROUP % shape(LIE)).replace('name="G"', 'name="G" hidden="1"')).missing == SAID


def test_hidden_labels_are_not_spoken_of() -> None:
    assert read(shape(SEEN), shape("Page 3", f"|{WHITE}")).missing == ""
