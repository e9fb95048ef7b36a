"""What formats and places are called: "Presentation", "slide 3", "Sheet Revenue (2 of 4)". Records in, words out."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING, NamedTuple

from index import BY_SUFFIX, Document, Page

if TYPE_CHECKING:
    from index import Library
    from rag import Answer

OFFICE = "application/vnd.openxmlformats-officedocument"
OPEN = "application/vnd.oasis.opendocument"


class Kind(NamedTuple):
    """What a format is called, and what one of its pages is called."""

    name: str
    page: str = "page"


PRESENTATION, WORKBOOK = Kind("Presentation", "slide"), Kind("Workbook", "sheet")
MAIL, ARCHIVE, PICTURE = Kind("Mail"), Kind("Archive", "file"), Kind("Picture")
KINDS = {
    "text/plain": Kind("Text"),
    "text/markdown": Kind("Markdown"),
    "text/x-rst": Kind("reStructuredText"),
    "text/org": Kind("Org"),
    "text/html": Kind("Web page"),
    "multipart/related": Kind("Web page"),
    "application/pdf": Kind("PDF"),
    f"{OFFICE}.wordprocessingml.document": Kind("Word"),
    f"{OFFICE}.presentationml.presentation": PRESENTATION,
    f"{OFFICE}.spreadsheetml.sheet": WORKBOOK,
    f"{OPEN}.text": Kind("Text document"),
    f"{OPEN}.presentation": PRESENTATION,
    f"{OPEN}.spreadsheet": WORKBOOK,
    "application/msword": Kind("Word"),
    "application/vnd.ms-powerpoint": PRESENTATION,
    "application/vnd.ms-excel": WORKBOOK,
    "application/x-ole-storage": Kind("Office file"),
    "application/rtf": Kind("Rich text"),
    "application/epub+zip": Kind("E-book", "chapter"),
    "text/csv": Kind("CSV table"),
    "application/json": Kind("JSON"),
    "application/xml": Kind("XML"),
    "application/x-ipynb+json": Kind("Notebook", "cell"),
    "application/x-subrip": Kind("Subtitles", "subtitle"),
    "message/rfc822": MAIL,
    "application/vnd.ms-outlook": MAIL,
    "application/mbox": Kind("Mailbox", "mail"),
    "application/zip": ARCHIVE,
    "application/x-tar": ARCHIVE,
    "image/png": PICTURE,
    "image/jpeg": PICTURE,
    "image/tiff": PICTURE,
    "image/webp": PICTURE,
    "image/bmp": PICTURE,
    "image/gif": PICTURE,
    "text/x-source": Kind("Code"),
}
MAILS = frozenset(media_type for media_type, kind in KINDS.items() if kind.name in ("Mail", "Mailbox"))
TABLES = frozenset({"text/csv", *(media_type for media_type, kind in KINDS.items() if kind == WORKBOOK)})
# Text in which line ends and indentation mean something.
VERBATIM = frozenset({"text/x-source"})
_UNKNOWN = Kind("File")


def kind_of(media_type: str) -> Kind:
    """Return what a format and its pages are called."""
    return KINDS.get(media_type, _UNKNOWN)


def kind_of_file(name: str) -> Kind:
    """Return what the format of a file and its pages are called, by the file's name alone."""
    found = BY_SUFFIX.get(PurePath(name).suffix.lower())
    return kind_of(found.media_type) if found else _UNKNOWN


def page_name(document: Document, number: int | None) -> str:
    """Name a page within a sentence: "page 3", "sheet Revenue", "0:01:02"; "" for None."""
    if number is None:
        return ""
    noun, page = kind_of(document.media_type).page, document.pages.get(number)
    label = page.label if page else ""
    if not label:
        return f"{noun} {number}"
    return label if noun == "subtitle" or label.lower().startswith(noun) else f"{noun} {label}"


def name_pages(library: Library, answer: Answer) -> dict[int, str]:
    """Name the pages of an answer's citations, by their numbers; those without a page are left out."""
    names: dict[int, str] = {}
    for citation in answer.citations:
        document = library.find_document(citation.doc_id) if citation.page is not None else None
        if document:
            names[citation.number] = page_name(document, citation.page)
    return names


def whereabouts(document: Document, offset: int) -> str:
    """Say where in its document a character stands: "Page 3 of 10", "Sheet Revenue (2 of 4)"; "" without pages."""
    number, total = document.page_of(offset), len(document.pages)
    if number is None:
        return ""
    name = capital(page_name(document, number))
    if not document.pages[number].label:
        return f"{name} of {total:,}" if total > 1 or kind_of(document.media_type) != PICTURE else ""
    return name if kind_of(document.media_type).page == "subtitle" else f"{name} ({number:,} of {total:,})"


def section_name(document: Document, number: int) -> str:
    """Name a page above its text, which may begin with the page's own name."""
    page, noun = document.pages[number], kind_of(document.media_type).page
    repeated = page.label and document.text.startswith(page.label, page.start)
    name = f"{noun} {number}" if repeated and noun != "subtitle" else page_name(document, number)
    return capital(name)


def certainty(page: Page) -> str:
    """Say that a page was read by OCR and how sure that is; "" if it was not."""
    return "" if page.certainty is None else f"by OCR, {min(99, round(100 * page.certainty))}\u00a0% certain"


def has_images(document: Document) -> bool:
    """Tell whether its pages can be shown with the places of its words on them."""
    return any(page.width > 0 and page.height > 0 and page.boxes is not None for page in document.pages.values())


def capital(words: str) -> str:
    """Return words as they stand at the beginning of a line."""
    return words[:1].upper() + words[1:]
