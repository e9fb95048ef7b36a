"""Small real files of each format; in each the words to be found stand far down."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from email.message import EmailMessage
from pathlib import Path
from typing import NamedTuple

import docx
import openpyxl
import pikepdf
from PIL import Image, ImageDraw, ImageFont

from index.readers.ocr.ocr import available

OCR = available()
FILLER = "The tide tables hang beside the door, and visitors may read them without asking anyone for the key.\n\n"
MANY = 40  # paragraphs, rows or slides before the words, and as many after them


class Sample(NamedTuple):
    """A file, the words in it, and how the panel says where they are."""

    name: str
    words: str
    where: str
    write: Callable[[str], bytes]
    imaged: bool = False


def around(words: str) -> list[str]:
    """Return paragraphs with the words in their midst."""
    filler = [f"Day {number}: {FILLER.strip()}" for number in range(1, MANY + 1)]
    return [*filler, words, *filler]


def a_docx(words: str) -> bytes:
    document = docx.Document()
    document.add_heading("The harbour letters", 1)
    for text in around(words):
        document.add_paragraph(text)
    table = document.add_table(rows=0, cols=2)
    for row in (("Month", "Boats"), ("May", "12"), ("June", "31")):
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def a_page(words: str) -> bytes:
    paragraphs = "".join(f"<p>{text}</p>" for text in around(words))
    lists = "<h2>Rules</h2><ul><li>Be quiet<ul><li>after ten</li></ul></li><li>Be kind</li></ul>"
    return f"<!doctype html><title>The mill</title><h1>The mill</h1>{lists}{paragraphs}".encode()


def an_epub(words: str) -> bytes:
    texts = ["A quiet start.", *around(words)]
    chapters = [("The calm", texts[:2]), ("The storm", texts), ("The end", texts[-3:])]
    items = "".join(f'<item id="c{n}" href="c{n}.xhtml" media-type="application/xhtml+xml"/>' for n in range(3))
    spine = "".join(f'<itemref idref="c{n}"/>' for n in range(3))
    toc = "".join(f'<li><a href="c{n}.xhtml">{title}</a></li>' for n, (title, _) in enumerate(chapters))
    head = '<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"><head><title/></head>'
    parts = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": '<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">'
        '<rootfiles><rootfile full-path="b.opf" media-type="application/oebps-package+xml"/></rootfiles></container>',
        "b.opf": '<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="i">'
        '<metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>The sailor</dc:title></metadata>'
        '<manifest><item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>'
        f"{items}</manifest><spine>{spine}</spine></package>",
        "nav.xhtml": f'{head}<body><nav epub:type="toc"><ol>{toc}</ol></nav></body></html>',
    }
    for n, (title, texts) in enumerate(chapters):
        body = "".join(f"<p>{text}</p>" for text in texts)
        parts[f"c{n}.xhtml"] = f"{head}<body><h1>{title}</h1>{body}</body></html>"
    return zipped(parts)


def a_presentation(words: str) -> bytes:
    """Return a presentation of as many slides as there are paragraphs around the words."""
    schemas = "http://schemas.openxmlformats.org"
    office, package = f"{schemas}/officeDocument/2006", f"{schemas}/package/2006"
    names = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    names += 'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" '
    names += f'xmlns:r="{office}/relationships"'
    form = "application/vnd.openxmlformats-officedocument.presentationml"
    texts = around(words)
    numbers = range(1, len(texts) + 1)
    types = "".join(f'<Override PartName="/ppt/slides/slide{n}.xml" ContentType="{form}.slide+xml"/>' for n in numbers)
    links = "".join(
        f'<Relationship Id="r{n}" Type="{office}/relationships/slide" Target="slides/slide{n}.xml"/>' for n in numbers
    )
    ids = "".join(f'<p:sldId id="{255 + n}" r:id="r{n}"/>' for n in numbers)
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override '
        f'PartName="/ppt/presentation.xml" ContentType="{form}.presentation.main+xml"/>{types}</Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" '
        f'Type="{office}/relationships/officeDocument" Target="ppt/presentation.xml"/></Relationships>',
        "ppt/presentation.xml": f"<p:presentation {names}><p:sldIdLst>{ids}</p:sldIdLst></p:presentation>",
        "ppt/_rels/presentation.xml.rels": f'<Relationships xmlns="{package}/relationships">{links}</Relationships>',
    }
    for number, text in enumerate(texts, start=1):
        title = _shape(f"Topic {number}", '<p:nvPr><p:ph type="title"/></p:nvPr>')
        tree = f"<p:spTree>{title}{_shape(text, '<p:nvPr/>')}</p:spTree>"
        parts[f"ppt/slides/slide{number}.xml"] = f"<p:sld {names}><p:cSld>{tree}</p:cSld></p:sld>"
    return zipped(parts)


def _shape(text: str, kind: str) -> str:
    head = f'<p:nvSpPr><p:cNvPr id="2" name="x"/><p:cNvSpPr/>{kind}</p:nvSpPr><p:spPr/>'
    return f"<p:sp>{head}<p:txBody><a:bodyPr/><a:p><a:r><a:t>{text}</a:t></a:r></a:p></p:txBody></p:sp>"


def a_workbook(words: str) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Costs"
    sheet.append(["Month", "Amount"])
    sheet.append(["May", 120])
    sheet = book.create_sheet("Boats")
    sheet.append(["Boat", "Owner", "Berth"])
    for number in range(MANY):
        sheet.append([f"Boat {number}", f"Owner {number}", number])
    sheet.append(["Wanderer", words, 17])
    for number in range(MANY):
        sheet.append([f"Ship {number}", f"Master {number}", number])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def a_table(words: str) -> bytes:
    rows = [f"Boat {number},Owner {number},{number}" for number in range(MANY)]
    return "\n".join(["Boat,Owner,Berth", *rows, f"Drifter,{words},18", *rows, ""]).encode()


def a_mail(words: str) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"] = "Ada Reed <ada@example.org>", "Ben Hale <ben@example.org>"
    mail["Subject"], mail["Date"] = "The keys of the boat house", "Fri, 16 Dec 2022 17:04:00 -0500"
    mail.set_content("Dear Ben,\n\n" + "\n\n".join(around(words)) + "\n\nAda\n")
    return mail.as_bytes()


def subtitles(words: str) -> bytes:
    cues = []
    for number, text in enumerate(around(words), start=1):
        seconds = number * 5
        stamps = [f"{at // 3600:02}:{at // 60 % 60:02}:{at % 60:02},000" for at in (seconds, seconds + 4)]
        cues.append(f"{number}\n{stamps[0]} --> {stamps[1]}\n{text}\n")
    return "\n".join(cues).encode()


def code(words: str) -> bytes:
    body = "".join(f"def step_{number}(x):\n    return x + {number}\n\n\n" for number in range(MANY))
    return f"{body}# {words}\nLIMIT = 9\n\n\n{body}".encode()


def an_archive(words: str) -> bytes:
    return zipped({"letters/note.txt": "\n\n".join(around(words)), "letters/broken.pdf": "%PDF-1.4 and no more"})


def a_manual(words: str) -> bytes:
    idle = [f"Paragraph {number} says what the panels of the kettle are made of." for number in range(30)]
    return a_pdf([*[["Manual", *idle]] * 6, ["Care", *idle[:20], words, *idle[20:]], *[["Rest", *idle]] * 6])


def a_picture(words: str) -> Image.Image:
    """Return the picture of a page with the words far down, as a scanner makes it."""
    picture = Image.new("L", (1240, 1754), 255)
    draw, font = ImageDraw.Draw(picture), ImageFont.load_default(34)
    lines = [f"Line {number} tells of the tide and of the weather." for number in range(1, 15)]
    for number, line in enumerate([*lines, words, *lines[:5]]):
        draw.text((120, 120 + 72 * number), line, fill=0, font=font)
    return picture


def a_scan(words: str) -> bytes:
    first, *others = [a_picture(text) for text in ("The first page ends here.", words, "The last page ends here.")]
    out = io.BytesIO()
    first.save(out, "PDF", resolution=150, save_all=True, append_images=others)
    return out.getvalue()


def a_sign(words: str) -> bytes:
    out = io.BytesIO()
    a_picture(words).save(out, "PNG")
    return out.getvalue()


def a_pdf(pages: list[list[str]]) -> bytes:
    """Return a PDF of these lines of text, one page a list."""
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"", b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
    kids = []
    for lines in pages:
        shown = "".join(f"({line}) Tj T*\n" for line in lines)
        content = f"BT /F1 12 Tf 20 TL 60 780 Td\n{shown}ET".encode("ascii")
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content))
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R "
            b"/Resources << /Font << /F1 3 0 R >> >> >>" % len(objects)
        )
        kids.append(b"%d 0 R" % len(objects))
    objects[1] = b"<< /Type /Pages /Count %d /Kids [%s] >>" % (len(kids), b" ".join(kids))
    out, offsets = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    end = b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(out))
    return out + b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table) + end


def saved(document: pikepdf.Pdf) -> bytes:
    data = io.BytesIO()
    document.save(data)
    return data.getvalue()


def zipped(parts: Mapping[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return out.getvalue()


SAMPLES = (
    Sample("manual.pdf", "The lamp of the pier must be cleaned every five weeks.", "Page 7 of 13", a_manual, True),
    Sample("letters.docx", "The ferry to the island of Orm leaves at a quarter past nine.", "", a_docx),
    Sample("mill.html", "The miller of Dunwich is called Thomas Grieve.", "", a_page),
    Sample("sailor.epub", "The sailor was born in the year 1846 in Bergen.", "Chapter The storm (2 of 3)", an_epub),
    Sample("talk.pptx", "The new bridge will cost eleven million crowns.", "Slide 41 of 81", a_presentation),
    Sample("boats.xlsx", "Edda Lund", "Sheet Boats (2 of 2)", a_workbook),
    Sample("boats.csv", "Nils Aaberg", "", a_table),
    Sample("keys.eml", "The spare key hangs behind the third barrel.", "", a_mail),
    Sample("film.srt", "The treasure lies under the old chapel.", "0:03:25", subtitles),
    Sample("steps.py", "No more than nine steps are ever taken at once.", "", code),
    Sample("post.zip", "The postman of Vik is afraid of geese.", "", an_archive),
)


# What is read by OCR only.
PICTURES = (
    Sample("scan.pdf", "The bell of the chapel was cast in Ghent.", "Page 2 of 3", a_scan, True),
    Sample("sign.png", "The bridge is closed until the first of May.", "", a_sign, True),
)


def write_samples(folder: Path, *, pictures: bool) -> None:
    for sample in (*SAMPLES, *(PICTURES if pictures else ())):
        (folder / sample.name).write_bytes(sample.write(sample.words))
