"""Which formats are read: one row here and one module beside this file for each, with `read(source) -> Content`.

A file is what its first bytes say; where they say nothing, what its name says; where that says nothing either, plain
text, if it is that. The modules are named, not imported: only the process that reads a file loads what it needs.
"""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import Literal, NamedTuple

from index.errors import DocumentRejectedError

Holds = Literal["text", "lines", "tables", "mail", "picture"]
Begins = Literal["text", "zip", "ole", "mark"]


class Format(NamedTuple):
    """A format, and all that is said of it anywhere.

    `reader` is the module that reads it; `name` and `page` are what it and one of its pages are called. `holds` says as
    what its text is shown: running text, lines that mean something, rows of tables, a mail, or a picture. `begins` says
    how its files do: as text, as a zip or OLE file, or with a mark of their own; one that is named so and begins
    otherwise is none. `nests` tells that it holds other files. `noun` is what a file with the first of its endings is
    expected to be, if that is more than a file with that ending.
    """

    media_type: str
    reader: str
    suffixes: tuple[str, ...]
    name: str
    page: str = "page"
    holds: Holds = "text"
    begins: Begins = "text"
    nests: bool = False
    noun: str = ""


_OFFICE = "application/vnd.openxmlformats-officedocument"
_OPEN = "application/vnd.oasis.opendocument"
TEXT = Format("text/plain", "plain.text", (".txt", ".text", ".log"), "Text")
# What is in the OLE file that isn't named as one only its reader can tell.
OLE = Format("application/x-ole-storage", "office.legacy", (), "Office file", begins="ole", nests=True)
FORMATS = (
    TEXT,
    Format("text/markdown", "markup.markdown", (".md", ".markdown"), "Markdown"),
    Format("text/x-rst", "markup.rst", (".rst", ".rest"), "reStructuredText"),
    Format("text/org", "markup.org", (".org",), "Org"),
    Format("text/html", "markup.html", (".html", ".htm", ".xhtml"), "Web page"),
    Format("multipart/related", "mail.mhtml", (".mhtml", ".mht"), "Web page"),
    Format("application/pdf", "pdf.pdf", (".pdf",), "PDF", begins="mark", noun="PDF"),
    Format(
        f"{_OFFICE}.wordprocessingml.document", "office.docx", (".docx", ".docm", ".dotx"),
        "Word", begins="zip", noun="Word document",
    ),
    Format(
        f"{_OFFICE}.presentationml.presentation", "office.pptx", (".pptx", ".pptm", ".ppsx"),
        "Presentation", "slide", begins="zip", noun="presentation",
    ),
    Format(
        f"{_OFFICE}.spreadsheetml.sheet", "office.xlsx", (".xlsx", ".xlsm", ".xltx"),
        "Workbook", "sheet", holds="tables", begins="zip", noun="workbook",
    ),
    Format(f"{_OPEN}.text", "opendocument.odt", (".odt", ".ott", ".fodt"), "Text document", begins="zip"),
    Format(f"{_OPEN}.presentation", "opendocument.odp", (".odp", ".fodp"), "Presentation", "slide", begins="zip"),
    Format(
        f"{_OPEN}.spreadsheet", "opendocument.ods", (".ods", ".fods"), "Workbook", "sheet", holds="tables", begins="zip"
    ),
    Format("application/msword", "office.legacy", (".doc",), "Word", begins="ole", nests=True),
    Format(
        "application/vnd.ms-powerpoint", "office.legacy", (".ppt", ".pps"), "Presentation", "slide",
        begins="ole", nests=True,
    ),
    Format(
        "application/vnd.ms-excel", "office.legacy", (".xls",), "Workbook", "sheet",
        holds="tables", begins="ole", nests=True,
    ),
    Format("application/rtf", "rtf.rtf", (".rtf",), "Rich text", begins="mark"),
    Format("application/epub+zip", "markup.epub", (".epub",), "E-book", "chapter", begins="zip"),
    Format("text/csv", "data.csv", (".csv", ".tsv", ".tab"), "CSV table", holds="tables"),
    Format("application/json", "data.json", (".json", ".jsonl", ".ndjson"), "JSON"),
    Format(
        "application/xml", "data.xml", (".xml", ".rss", ".atom", ".opml", ".svg", ".kml", ".fb2", ".docbook"), "XML"
    ),
    Format("application/x-ipynb+json", "data.notebook", (".ipynb",), "Notebook", "cell"),
    Format("application/x-subrip", "plain.subtitles", (".srt", ".vtt"), "Subtitles", "subtitle"),
    Format("message/rfc822", "mail.eml", (".eml", ".emlx"), "Mail", holds="mail", nests=True),
    Format("application/vnd.ms-outlook", "mail.msg", (".msg",), "Mail", holds="mail", begins="ole", nests=True),
    Format("application/mbox", "mail.mbox", (".mbox",), "Mailbox", "mail", holds="mail", nests=True),
    Format("application/zip", "archives.zip", (".zip",), "Archive", "file", begins="zip", nests=True, noun="archive"),
    Format(
        "application/x-tar", "archives.tar", (".tar", ".tgz", ".gz", ".tbz2", ".bz2", ".txz", ".xz"),
        "Archive", "file", begins="mark", nests=True,
    ),
    Format("image/png", "ocr.image", (".png",), "Picture", holds="picture", begins="mark"),
    Format("image/jpeg", "ocr.image", (".jpg", ".jpeg"), "Picture", holds="picture", begins="mark"),
    Format("image/tiff", "ocr.image", (".tif", ".tiff"), "Picture", holds="picture", begins="mark"),
    Format("image/webp", "ocr.image", (".webp",), "Picture", holds="picture", begins="mark"),
    Format("image/bmp", "ocr.image", (".bmp",), "Picture", holds="picture", begins="mark"),
    Format("image/gif", "ocr.image", (".gif",), "Picture", holds="picture", begins="mark"),
    # Source code and settings: text whose lines and indentation mean something.
    Format(
        "text/x-source",
        "plain.code",
        tuple(
            f".{ending}"
            for ending in (
                "py pyi js mjs ts tsx jsx java kt c h cc cpp hpp cs go rs rb php swift scala sh bash ps1 bat sql r jl"
                " lua pl hs clj ex erl dart vue css scss yaml yml toml ini cfg conf properties tex bib"
            ).split()
        ),
        "Code",
        holds="lines",
    ),
)  # fmt: skip
BY_SUFFIX = {suffix: format for format in FORMATS for suffix in format.suffixes}
BY_MEDIA_TYPE = {format.media_type: format for format in (*FORMATS, OLE)}
READABLE_SUFFIXES: frozenset[str] = frozenset(BY_SUFFIX)
UNKNOWN = Format("", "", (), "File")

_PDF = BY_SUFFIX[".pdf"]
_ZIP = BY_SUFFIX[".zip"]
_HTML = BY_SUFFIX[".html"]
_CSV = BY_SUFFIX[".csv"]
# How files begin; a text may begin with letters alone, so each has a byte that is in no text.
_SIGNATURES = (
    (re.compile(rb"\{\\rtf"), BY_SUFFIX[".rtf"]),
    (re.compile(rb"\x89PNG\r\n\x1a\n"), BY_SUFFIX[".png"]),
    (re.compile(rb"\xff\xd8\xff"), BY_SUFFIX[".jpg"]),
    (re.compile(rb"GIF8[79]a"), BY_SUFFIX[".gif"]),
    (re.compile(rb"II\*\0|MM\0\*"), BY_SUFFIX[".tiff"]),
    (re.compile(rb"BM.{4}\0{4}", re.DOTALL), BY_SUFFIX[".bmp"]),
    (re.compile(rb"RIFF.{4}WEBP", re.DOTALL), BY_SUFFIX[".webp"]),
    (re.compile(rb"\x1f\x8b|BZh\d1AY&SY|\xfd7zXZ\0|.{257}ustar", re.DOTALL), BY_SUFFIX[".tar"]),
)
_NOT_READ = (
    (re.compile(rb"7z\xbc\xaf\x27\x1c|Rar!\x1a\x07"), "an archive of a kind that is not read: unpack it"),
    (re.compile(rb"\x7fELF|MZ.\0|\0asm|\xca\xfe\xba\xbe", re.DOTALL), "a program: leave it out"),
    (re.compile(rb"SQLite format 3\0"), "a database: export what is to be read as CSV"),
    (re.compile(rb"ID3[\2-\4]|OggS\0|.{4}ftyp", re.DOTALL), "a sound or a film: add its transcript or its subtitles"),
)
_OLE_MARK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP_MARK = b"PK\x03\x04"
_ZIP_MAIN_PARTS = (  # what an office file has in it; the names of a zip's files stand in it as they are
    (b"word/document.xml", BY_SUFFIX[".docx"]),
    (b"ppt/presentation.xml", BY_SUFFIX[".pptx"]),
    (b"xl/workbook.xml", BY_SUFFIX[".xlsx"]),
)
_ZIP_MIMETYPE = re.compile(rb"PK\x03\x04.{26}mimetype([\w./+-]+)", re.DOTALL)
_PDF_MARK_WITHIN = 1024  # bytes before "%PDF-" that readers put up with
# A mailbox, which mail programs give no ending: the line before a message, and its first header.
_MAILBOX = re.compile(rb"From [^\r\n]{1,200}\d\d:\d\d[^\r\n]{0,40}\d{4}[^\r\n]{0,40}\r?\n[A-Za-z-]{2,60}:")
_FLAT = frozenset((".fodt", ".fodp", ".fods"))  # as one file of XML
# Texts that have delimiters, and are no rows: web pages, XML, mail, and older forms of Excel's for exchange.
_NO_ROWS = re.compile(r"\ufeff?\s*(<|MIME-Version:|ID;P|TABLE\r?\n0,1)", re.IGNORECASE)
_LINES_TOLD_BY = 50
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def format_of(sample: bytes, name: str) -> Format:
    """Return the format of a file by its name and a sample: its first and its last 64 KB, one after the other.

    Raises DocumentRejectedError with the reason and the cure if it is none that is read.
    """
    suffix = PurePath(name).suffix.lower()
    named = BY_SUFFIX.get(suffix)
    if not sample.strip(b"\0 \t\r\n"):
        raise DocumentRejectedError("the file is empty: leave it out, or save it again")
    found = _by_mark(sample, suffix)
    if found:
        return found
    if named is None:
        return _plain(sample, suffix)
    if named.begins == "text" or suffix in _FLAT:
        return named
    if re.match(rb"\s*(<!doctype html|<html)", sample, re.IGNORECASE) and named.begins == "ole":
        return _HTML  # what many programs export for Word or Excel
    if suffix == ".xls" and _is_delimited(sample):
        return _CSV  # what others do
    noun = named.noun if named.noun and suffix == named.suffixes[0] else f"{suffix} file"
    raise DocumentRejectedError(f"it is named {suffix} but is no {noun}: give it the right ending, or save it again")


def _by_mark(sample: bytes, suffix: str) -> Format | None:
    """Return the format that the first bytes tell, or None."""
    named = BY_SUFFIX.get(suffix, UNKNOWN)
    if sample.startswith(_ZIP_MARK):
        return _in_zip(sample, suffix)
    if sample.startswith(_OLE_MARK):
        return named if named.begins == "ole" else OLE
    if sample.startswith(b"%PDF-") or (suffix == ".pdf" and b"%PDF-" in sample[:_PDF_MARK_WITHIN]):
        return _PDF
    for mark, format in _SIGNATURES:
        if mark.match(sample):
            return format
    for mark, what in _NOT_READ:
        if mark.match(sample):
            raise DocumentRejectedError(f"it is {what}")
    return None


def _in_zip(sample: bytes, suffix: str) -> Format:
    """Return which of the formats that are zip files it is."""
    declared, named = _ZIP_MIMETYPE.match(sample), BY_SUFFIX.get(suffix, UNKNOWN)
    if declared:
        media_type = declared[1].decode("ascii")
        for format in FORMATS:
            if media_type.startswith(format.media_type):
                return format
    first = sample[30:60]
    if first.startswith((b"[Content_Types]", b"_rels/", b"docProps/", b"word/", b"ppt/", b"xl/")):
        for part, format in _ZIP_MAIN_PARTS:
            if part in sample:
                return format
        if b"xl/workbook.bin" in sample:
            raise DocumentRejectedError("it is a workbook in binary form (.xlsb): save it as .xlsx")
    return named if named.begins == "zip" and suffix not in _FLAT else _ZIP


def _is_delimited(sample: bytes) -> bool:
    """Tell whether a file is a text whose lines have cells: one delimiter stands in most of them."""
    if not _is_text(sample):
        return False
    begin = sample[: 1 << 13]
    text = begin.decode("utf-16" if begin.startswith(_UTF_16) else "latin-1", "ignore")
    lines = [line for line in text.splitlines() if line.strip()][:_LINES_TOLD_BY]
    most = max(sum(delimiter in line for line in lines) for delimiter in "\t;,|")
    return not _NO_ROWS.match(text) and len(lines) > 1 and 2 * most > len(lines)


def _is_text(sample: bytes) -> bool:
    return sample.startswith(_UTF_16) or len(_CONTROL.findall(sample)) <= len(sample) // 1000


def _plain(sample: bytes, suffix: str) -> Format:
    """Return plain text if a file that has no known name is that."""
    if _MAILBOX.match(sample):
        return BY_SUFFIX[".mbox"]
    if _is_text(sample):
        return TEXT
    kind = f"{suffix} files are" if suffix else "files without an ending in their name are"
    raise DocumentRejectedError(f"{kind} not read: save it in a common format, such as PDF, or leave it out")
