"""The Word reader: the body in order, as it reads with all changes accepted."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import docx
import pytest
from docx.document import Document as Draft
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from index.errors import DocumentRejectedError
from index.readers import read_document
from index.readers.content import Content, Source
from index.readers.office import docx as reader


def read(data: bytes) -> Content:
    return reader.read(Source(data))


W = nsdecls("w")


def saved(draft: Draft) -> bytes:
    file = io.BytesIO()
    draft.save(file)
    return file.getvalue()


def content_of(draft: Draft) -> Content:
    return read(saved(draft))


def with_part(data: bytes, name: str, part: bytes) -> bytes:
    """Return the file with one part replaced."""
    output = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.namelist():
            if entry != name:
                target.writestr(entry, source.read(entry))
        target.writestr(name, part)
    return output.getvalue()


def body(xml: str) -> bytes:
    """Return a file whose body is this XML."""
    document = f'<?xml version="1.0"?><w:document {W}><w:body>{xml}</w:body></w:document>'
    return with_part(saved(docx.Document()), "word/document.xml", document.encode())


def table(draft: Draft, *rows: list[str]) -> object:
    made = draft.add_table(len(rows), len(rows[0]))
    for row, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            made.cell(row, column).text = cell
    return made


def test_paragraphs_headings_and_lists_come_in_order() -> None:
    draft = docx.Document()
    draft.add_heading("On Foxes", 0)
    draft.add_heading("Red ones", 1)
    draft.add_paragraph("They ").add_run("run").bold = True
    draft.add_paragraph("one", style="List Bullet")
    draft.add_paragraph("two", style="List Bullet")
    draft.add_paragraph("first", style="List Number")
    draft.add_paragraph("second", style="List Number")
    draft.add_heading("Grey ones", 2)
    content = content_of(draft)
    assert content.text == "On Foxes\n\nRed ones\n\nThey run\n\n- one\n- two\n1. first\n2. second\n\nGrey ones"
    found = [(heading.level, content.text[heading.start : heading.end]) for heading in content.headings]
    assert found == [(1, "On Foxes"), (1, "Red ones"), (2, "Grey ones")]
    assert content.title == "On Foxes"


def test_the_title_is_that_of_the_properties_if_it_makes_sense() -> None:
    draft = docx.Document()
    draft.add_heading("A heading", 1)
    draft.core_properties.title = "On Foxes"
    assert content_of(draft).title == "On Foxes"
    draft.core_properties.title = "Microsoft Word - foxes.doc"
    assert content_of(draft).title == "A heading"


def test_rows_name_their_columns() -> None:
    draft = docx.Document()
    table(draft, ["Planet", "Radius", "Day"], ["Mars", "3,390 km", "24.6 h"], ["Venus", "", "243 d"])
    assert content_of(draft).text == "Planet: Mars; Radius: 3,390 km; Day: 24.6 h\nPlanet: Venus; Day: 243 d"


def test_rows_without_a_header_join_their_cells() -> None:
    draft = docx.Document()
    table(draft, ["Name", "Ann"], ["City", "Rome"])
    assert content_of(draft).text == "Name | Ann\nCity | Rome"


def test_a_table_in_a_table_comes_after_it() -> None:
    draft = docx.Document()
    outer = draft.add_table(2, 2)
    outer.cell(0, 0).text, outer.cell(0, 1).text, outer.cell(1, 0).text = "a", "b", "c"
    outer.cell(1, 1).add_table(1, 2).cell(0, 0).text = "inner"
    assert content_of(draft).text == "a | b\nc\n\ninner"


def test_changes_read_as_accepted() -> None:
    xml = (
        "<w:p><w:r><w:t xml:space='preserve'>Kept </w:t></w:r>"
        "<w:ins><w:r><w:t>put in</w:t></w:r></w:ins><w:del><w:r><w:delText>taken out</w:delText></w:r></w:del>"
        "<w:r><w:rPr><w:vanish/></w:rPr><w:t>hidden</w:t></w:r></w:p>"
    )
    assert read(body(xml)).text == "Kept put in"


def test_links_fields_and_content_controls_are_their_words() -> None:
    xml = (
        "<w:sdt><w:sdtContent><w:p><w:hyperlink><w:r><w:t>A link</w:t></w:r></w:hyperlink><w:r><w:tab/></w:r>"
        "<w:r><w:instrText>PAGE</w:instrText></w:r><w:r><w:t>words</w:t></w:r></w:p></w:sdtContent></w:sdt>"
    )
    assert read(body(xml)).text == "A link words"


def test_a_text_box_is_read_once_and_after_its_paragraph() -> None:
    box = "<w:txbxContent><w:p><w:r><w:t>In the box</w:t></w:r></w:p></w:txbxContent>"
    mc = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    xml = (
        f"<w:p><w:r><w:t>Before</w:t></w:r><w:r><mc:AlternateContent {mc}><mc:Choice Requires='wps'>{box}</mc:Choice>"
        f"<mc:Fallback>{box}</mc:Fallback></mc:AlternateContent></w:r></w:p><w:p><w:r><w:t>After</w:t></w:r></w:p>"
    )
    assert read(body(xml)).text == "Before\n\nIn the box\n\nAfter"


def test_headers_come_first_each_once_and_footers_without_page_numbers_after_the_body() -> None:
    draft = docx.Document()
    draft.add_paragraph("The body.")
    draft.sections[0].header.paragraphs[0].text = "Running header"
    footer = draft.sections[0].footer
    footer.paragraphs[0].text = "Running footer"
    field = '<w:fldSimple w:instr=" PAGE "><w:r><w:t>7</w:t></w:r></w:fldSimple>'
    footer._element.append(parse_xml(f"<w:p {W}><w:r><w:t xml:space='preserve'>Page </w:t></w:r>{field}</w:p>"))
    draft.add_section().header.is_linked_to_previous = False
    draft.sections[1].header.paragraphs[0].text = "Running header"
    assert content_of(draft).text == "Running header\n\nThe body.\n\nRunning footer"


def test_a_page_number_leaves_the_words_beside_it() -> None:
    draft = docx.Document()
    draft.add_paragraph("The body.")
    runs = "".join(
        f"<w:r>{part}</w:r>"
        for part in (
            "<w:t xml:space='preserve'>Confidential </w:t>",
            "<w:fldChar w:fldCharType='begin'/>",
            "<w:instrText> PAGE </w:instrText>",
            "<w:fldChar w:fldCharType='separate'/>",
            "<w:t>12</w:t>",
            "<w:fldChar w:fldCharType='end'/>",
        )
    )
    draft.sections[0].footer._element.append(parse_xml(f"<w:p {W}>{runs}</w:p>"))
    assert content_of(draft).text == "The body.\n\nConfidential"


def test_comments_come_last_with_who_wrote_them() -> None:
    draft = docx.Document()
    run = draft.add_paragraph("The body.").runs[0]
    draft.add_comment(run, text="Is this so?", author="Ann")
    assert content_of(draft).text == "The body.\n\nComment by Ann: Is this so?"


def test_a_cell_that_spans_rows_stands_in_each_of_them() -> None:
    draft = docx.Document()
    made = draft.add_table(3, 3)
    cells = [["Region", "Town", "People"], ["North", "Ull", "12"], ["", "Var", "30"]]
    for row, texts in enumerate(cells):
        for column, text in enumerate(texts):
            made.cell(row, column).text = text
    made.cell(1, 0).merge(made.cell(2, 0))
    assert content_of(draft).text == ("Region: North; Town: Ull; People: 12\nRegion: North; Town: Var; People: 30")


def test_a_form_that_nobody_filled_in_keeps_its_names() -> None:
    draft = docx.Document()
    table(draft, ["Name", "Date", "Signature"], ["Ann", "", ""])
    assert content_of(draft).text == "Name | Date | Signature\nName: Ann"


def test_lists_that_share_a_numbering_count_on_unless_one_restarts() -> None:
    levels = "<w:lvl w:ilvl='0'><w:start w:val='1'/><w:numFmt w:val='decimal'/></w:lvl>"
    restart = "<w:lvlOverride w:ilvl='0'><w:startOverride w:val='1'/></w:lvlOverride>"
    numbering = (
        f"<w:numbering {W}><w:abstractNum w:abstractNumId='0'>{levels}</w:abstractNum>"
        + "".join(
            f"<w:num w:numId='{number}'><w:abstractNumId w:val='0'/>{more}</w:num>"
            for number, more in ((1, ""), (2, ""), (3, restart))
        )
        + "</w:numbering>"
    )
    item = (
        "<w:p><w:pPr><w:numPr><w:ilvl w:val='0'/><w:numId w:val='{}'/></w:numPr></w:pPr><w:r><w:t>{}</w:t></w:r></w:p>"
    )
    data = body("".join(item.format(*pair) for pair in ((1, "a"), (2, "b"), (3, "c"), (3, "d"))))
    assert read(with_part(data, "word/numbering.xml", numbering.encode())).text == "1. a\n2. b\n1. c\n2. d"


def test_formulas_read_on_one_line() -> None:
    m = 'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
    run = "<m:r><m:t>{}</m:t></m:r>"
    power = f"<m:sSup><m:e>{run.format('x')}</m:e><m:sup>{run.format('2')}</m:sup></m:sSup>"
    part = f"<m:f><m:num>{run.format('a')}</m:num><m:den>{run.format('b')}</m:den></m:f>"
    formula = f"<m:oMath {m}>{power}{run.format('=')}{part}</m:oMath>"
    xml = f"<w:p><w:r><w:t xml:space='preserve'>Here </w:t></w:r>{formula}</w:p>"
    assert read(body(xml)).text == "Here x²=a/b"


def test_a_picture_is_what_it_is_described_as_but_not_its_name() -> None:
    wp = 'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"'
    inline = f"<wp:inline {wp}><wp:docPr id='1' name='Picture 1' descr='{{}}'/></wp:inline>"
    picture = f"<w:p><w:r><w:drawing>{inline}</w:drawing></w:r></w:p>"
    xml = "".join(picture.format(text) for text in ("A fox jumps over the dog", "Picture 1", "fox.png"))
    assert read(body(xml + "<w:p><w:r><w:t>End</w:t></w:r></w:p>")).text == "A fox jumps over the dog\n\nEnd"


def test_notes_come_at_the_end() -> None:
    draft = docx.Document()
    draft.add_paragraph("The body.")
    notes = (
        f"<w:footnotes {W}><w:footnote w:type='separator' w:id='-1'><w:p/></w:footnote>"
        "<w:footnote w:id='1'><w:p><w:r><w:t>A note.</w:t></w:r></w:p></w:footnote></w:footnotes>"
    )
    assert read(with_part(saved(draft), "word/footnotes.xml", notes.encode())).text == "The body.\n\nA note."


def test_a_level_in_the_paragraph_makes_a_heading() -> None:
    draft = docx.Document()
    paragraph = draft.add_paragraph("Own level")
    paragraph._p.get_or_add_pPr().append(parse_xml(f'<w:outlineLvl {W} w:val="2"/>'))
    assert [heading.level for heading in content_of(draft).headings] == [3]


def test_raised_digits_stay_raised() -> None:
    draft = docx.Document()
    draft.add_paragraph("10").add_run("6").font.superscript = True
    assert content_of(draft).text == "10⁶"


def with_entities(entities: str, used: str) -> bytes:
    """Return a file that declares entities and uses some in a paragraph."""
    xml = (
        f'<?xml version="1.0"?><!DOCTYPE w:document [{entities}]><w:document {W}><w:body><w:p>'
        f"<w:r><w:t>Words</w:t></w:r><w:r><w:t>{used}</w:t></w:r></w:p></w:body></w:document>"
    )
    return with_part(saved(docx.Document()), "word/document.xml", xml.encode())


def test_entities_are_not_expanded() -> None:
    files = '<!ENTITY small "more"><!ENTITY file SYSTEM "file:///etc/passwd">'
    assert read(with_entities(files, "&small;&file;")).text == "Words"


def test_entities_that_grow_beyond_reason_are_damage() -> None:
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "boom" * 100}">' for n in range(9))
    with pytest.raises(DocumentRejectedError, match=r"its XML is damaged .*: save it again"):
        read(with_entities(entities, "&e8;"))


def test_a_file_that_unpacks_beyond_reason_is_rejected() -> None:
    with pytest.raises(DocumentRejectedError, match="unpacks to"):
        read(with_part(saved(docx.Document()), "word/document.xml", b" " * (120 << 20)))


def test_a_zip_that_is_no_word_file_is_rejected(tmp_path: Path) -> None:
    path = tmp_path / "table.docx"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("[Content_Types].xml", "<x/>")
    with pytest.raises(DocumentRejectedError, match="no Word document"):
        read_document(path)


@pytest.mark.parametrize("keep", [10, 500, 5000, 20_000])
def test_a_cut_file_is_rejected(tmp_path: Path, keep: int) -> None:
    path = tmp_path / "cut.docx"
    path.write_bytes(saved(docx.Document())[:keep])
    with pytest.raises(DocumentRejectedError, match="damaged"):
        read_document(path)


def test_broken_xml_is_rejected() -> None:
    with pytest.raises(DocumentRejectedError, match="damaged"):
        read(with_part(saved(docx.Document()), "word/document.xml", b"<w:document><w:body>"))
