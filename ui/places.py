"""What formats and places are called: "Presentation", "slide 3", "Sheet Revenue (2 of 4)". Records in, words out."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePath
from types import MappingProxyType
from typing import TYPE_CHECKING

from index import BY_MEDIA_TYPE, BY_SUFFIX, UNKNOWN, Document, Entry, Format, Page
from ui.languages import counted, language, later, phrase, phrases

if TYPE_CHECKING:
    from index import Library
    from rag import Answer


LONGEST_HEADING = 120  # characters
PAGES: Mapping[str, tuple[str, tuple[str, str]]] = MappingProxyType(
    {  # what the pages of formats are called: one of them, and so many; another noun is shown as it is, in English
        "page": (later("page {name}"), counted("{n} page", "{n} pages")),
        "slide": (later("slide {name}"), counted("{n} slide", "{n} slides")),
        "sheet": (later("sheet {name}"), counted("{n} sheet", "{n} sheets")),
        "chapter": (later("chapter {name}"), counted("{n} chapter", "{n} chapters")),
        "cell": (later("cell {name}"), counted("{n} cell", "{n} cells")),
        "subtitle": (later("subtitle {name}"), counted("{n} subtitle", "{n} subtitles")),
        "mail": (later("mail {name}"), counted("{n} mail", "{n} mails")),
        "file": (later("file {name}"), counted("{n} file", "{n} files")),
    }
)
KINDS = (  # which names of formats are translated; another is shown as it is, in English
    later("Text"), later("Office file"), later("Markdown"), later("reStructuredText"), later("Org"), later("Web page"),
    later("PDF"), later("Word"), later("Presentation"), later("Workbook"), later("Text document"), later("Rich text"),
    later("E-book"), later("CSV table"), later("JSON"), later("XML"), later("Notebook"), later("Subtitles"),
    later("Mail"), later("Mailbox"), later("Archive"), later("Picture"), later("Code"), later("File"),
)  # fmt: skip


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
    """Name a page within a sentence: "page 3", "sheet Revenue", "0:01:02"; "" for None.

    It is English, as it is kept; `page_shown` makes of it what is shown.
    """
    if number is None:
        return ""
    noun, page = kind_of(document.media_type).page, document.pages.get(number)
    label = page.label if page else ""
    if not label:
        return f"{noun} {number}"
    return label if noun == "subtitle" or label.lower().startswith(noun) else f"{noun} {label}"


def page_shown(name: str) -> str:
    """Return the name of a page in the language that is spoken."""
    noun, _, rest = name.partition(" ")
    return phrase(PAGES[noun][0], name=rest) if noun in PAGES and rest else name


def numbered_page(noun: str, name: str) -> str:
    """Name a page that is called so by its number or label, in the language that is spoken: "page 3", "slide 4"."""
    return phrase(_forms_of(noun)[0], name=name)


def count_pages(count: int, noun: str) -> str:
    """Say how many pages there are, which are called so: "1 page", "12 slides"."""
    return phrases(*_forms_of(noun)[1], count)


def _forms_of(noun: str) -> tuple[str, tuple[str, str]]:
    """Return the messages for pages that are called so; those of a new format are no messages, and stay English."""
    return PAGES.get(noun) or (f"{noun} {{name}}", (f"{{n}} {noun}", f"{{n}} {noun}s"))


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
    name, kind = capital(page_shown(page_name(document, number))), kind_of(document.media_type)
    if not document.pages[number].label:
        return phrase("{page} of {total}", page=name, total=total) if total > 1 or kind.holds != "picture" else ""
    return (
        name
        if kind.page == "subtitle"
        else phrase("{page} ({number} of {total})", page=name, number=number, total=total)
    )


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
    return capital(page_shown(name))


def certainty(page: Page) -> str:
    """Say that a page was read by OCR and how sure that is; "" if it was not."""
    if page.certainty is None:
        return ""
    return phrase("by OCR, {share}\u00a0% certain", share=min(99, round(100 * page.certainty)))


def has_images(document: Document) -> bool:
    """Tell whether its pages can be shown with the places of its words on them."""
    return any(page.width > 0 and page.height > 0 and page.boxes is not None for page in document.pages.values())


def capital(words: str) -> str:
    """Return words as they stand at the beginning of a line."""
    first = "İ" if words.startswith("i") and language() == "tr" else words[:1].upper()
    return first + words[1:]
