"""What formats and places are called: "Presentation", "slide 3", "Sheet Revenue (2 of 4)". Records in, words out."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from index import BY_MEDIA_TYPE, BY_SUFFIX, UNKNOWN, Document, Entry, Format, Page

if TYPE_CHECKING:
    from index import Library
    from rag import Answer


LONGEST_HEADING = 120  # characters


def kind_of(media_type: str) -> Format:
    """Return the format of a media type: what it and its pages are called, and what it holds."""
    return BY_MEDIA_TYPE.get(media_type, UNKNOWN)


def kind_of_file(name: str) -> Format:
    """Return the format of a file by its name alone."""
    return BY_SUFFIX.get(PurePath(name).suffix.lower(), UNKNOWN)


def title_of(document: Document | Entry) -> str:
    """Return what a document is called: its title, or the name of its file."""
    return document.title or PurePath(document.path).name


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
        return f"{name} of {total:,}" if total > 1 or kind_of(document.media_type).holds != "picture" else ""
    return name if kind_of(document.media_type).page == "subtitle" else f"{name} ({number:,} of {total:,})"


def section_of(document: Document, offset: int) -> str:
    """Return the headings under which a character stands, outermost first, but for the title; "" if there are none."""
    above: dict[int, str] = {}
    for heading in document.headings:
        if heading.start > offset:
            break
        above = {level: name for level, name in above.items() if level < heading.level}
        above[heading.level] = " ".join(document.text[heading.start : heading.end].split())
    return " › ".join(name[:LONGEST_HEADING] for _, name in sorted(above.items()) if name and name != document.title)


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
